//! What the figures of a sheet are measured in, wherever and however the sheet says so: followed, or told, never passed over.

use std::fs;

use serde_json::Value as Json;

use crate::program::run_in;

const HEADER: [&str; 7] =
    ["补贴文件", "企业名称", "统一社会信用代码", "项目名称", "补贴金额", "补贴类型", "补贴下发时间"];
const WORDS: [&str; 6] = ["--item", "fiscal_subsidy.payment", "--unit", "财政局", "--period", "2024"];

fn row(amount: &str) -> String {
    format!("示文〔2024〕1号,演示有限公司,91652323MA7A000172,项目,{amount},贷款贴息,2024-05-01")
}

/// Takes a file in; gives the amount kept, if it was accepted, and the issues about measures as `severity cell`.
fn taken(name: &str, text: &str) -> (Option<String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    let words: Vec<&str> = ["intake", "--json", name].into_iter().chain(WORDS).collect();
    let output = run_in(folder.path(), &words);
    let report: Json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let issues = report["issues"].as_array().unwrap().iter().filter(|issue| issue["rule"] == "measure");
    let text = |issue: &Json, key: &str| issue[key].as_str().unwrap_or_default().to_owned();
    let told = issues.map(|issue| format!("{} {}", text(issue, "severity"), text(issue, "cell"))).collect();
    if report["accepted"] != true {
        assert!(report["issues"].to_string().contains("\"error\""), "{report}");
        return (None, told);
    }
    let state = run_in(folder.path(), &["state", "fiscal_subsidy.payment", "--json"]).stdout;
    let kept: Json = serde_json::from_slice(&state).unwrap();
    (kept["subsidy_amount_yuan"].as_str().map(str::to_owned), told)
}

fn csv(above: &str, header: &str, amount: &str, below: &str) -> (Option<String>, Vec<String>) {
    let header = HEADER.join(",").replace("补贴金额", header);
    taken("补贴.csv", &format!("{above}{header}\n{}\n{below}", row(amount)))
}

fn followed() -> (Option<String>, Vec<String>) {
    (Some("125000.00".to_owned()), Vec::new())
}

#[test]
fn a_measure_above_or_below_the_table_or_in_its_header_is_followed() {
    for above in [
        "补贴发放表（以万元计）,,,,,,\n",
        "补贴发放表 万元,,,,,,\n",
        "补贴发放表,,,,,,（单位／万元）\n",
        "补贴发放表,,,,,,\n填报单位：财政局,,,,,单位,万元\n",
        "补贴发放表,,,,,,\n,,,,,,万元\n",
        "金额：萬元,,,,,,\n",
    ] {
        assert_eq!(csv(above, "补贴金额", "12.5", ""), followed(), "{above}");
    }
    for below in
        ["注：金额单位为万元,,,,,,\n", "以上金额单位：万元,,,,,,\n", ",,,,,,\n以上金额以万元计,,,,,,\n", ",,,,万元,,\n"]
    {
        assert_eq!(csv("", "补贴金额", "12.5", below), followed(), "{below}");
    }
    for header in
        ["补贴金额（万）", "补贴金额（萬元）", "补贴金额万元", "补贴金额（万元）（含税）", "\"补贴金额\n（万元）\""]
    {
        assert_eq!(csv("", header, "12.5", ""), followed(), "{header}");
    }
    let rows = format!("{}\n,,,,（万元）,,\n{}\n", HEADER.join(","), row("12.5"));
    assert_eq!(taken("补贴.csv", &rows), followed(), "a row of measures under the header");
    let rows = format!("{},单位：万元\n{}\n", HEADER.join(","), row("12.5"));
    assert_eq!(taken("补贴.csv", &rows), followed(), "at the end of the header's row");
    let rows = format!("{}\n{}\n", HEADER.join(","), row("12.5"));
    assert_eq!(taken("补贴（万元）.csv", &rows), followed(), "in the file's name");
}

#[test]
fn what_disagrees_or_is_no_sum_is_told_and_other_words_are_not() {
    assert_eq!(csv("", "补贴金额（元）", "12.5", "注：金额单位为万元,,,,,,\n"), (None, vec!["error E1".to_owned()]));
    assert_eq!(csv("", "补贴金额（W）", "12.5", ""), (None, vec!["error E1".to_owned()]));
    let kept = |amount: &str| Some(amount.to_owned());
    assert_eq!(csv("", "补贴金额（元/户）", "12.5", ""), (kept("12.50"), vec!["warning E1".to_owned()]));
    assert_eq!(csv("", "补贴金额（元）", "3.5万元", ""), (kept("35000.00"), vec!["warning E2".to_owned()]));
    assert_eq!(csv("", "补贴金额（万元）", "500元", ""), (kept("500.00"), vec!["warning E2".to_owned()]));
    for above in
        ["5000万元以上项目补贴表,,,,,,\n", "万元商贸有限公司补贴表,,,,,,\n", "补贴表（均价：元/平方米）,,,,,,\n"]
    {
        assert_eq!(csv(above, "补贴金额", "12.5", ""), (kept("12.50"), Vec::new()), "{above}");
    }
    let notes = "注：含5000万元以上项目1个,,,,,,\n";
    assert_eq!(csv("", "补贴金额", "12.5", notes), (kept("12.50"), Vec::new()));
}

/// A workbook as text, its amounts under a number format.
fn formatted(format: &str, figure: &str) -> (Option<String>, Vec<String>) {
    let text = |cells: &[&str]| -> String {
        cells.iter().map(|cell| format!("<Cell><Data ss:Type=\"String\">{cell}</Data></Cell>")).collect()
    };
    let amount = format!("<Cell ss:StyleID=\"a\"><Data ss:Type=\"Number\">{figure}</Data></Cell>");
    let (before, after) =
        (["示文〔2024〕1号", "演示有限公司", "91652323MA7A000172", "项目"], ["贷款贴息", "2024-05-01"]);
    let book = format!(
        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Styles><Style ss:ID=\"a\"><NumberFormat \
         ss:Format=\"{}\"/></Style></Styles><Worksheet ss:Name=\"补贴\"><Table><Row>{}</Row><Row>{}{amount}{}</Row>\
         </Table></Worksheet></Workbook>",
        format.replace('"', "&quot;"),
        text(&HEADER),
        text(&before),
        text(&after)
    );
    taken("补贴.xls", &book)
}

#[test]
fn a_number_format_says_its_measure_before_or_behind_and_per_cent_is_no_amount() {
    for format in ["\"万元\"0.00", "0.00\"万元\"", "\"￥万元\"0.00", "0.00\"萬元\"", "0.00\"万\""] {
        assert_eq!(formatted(format, "12.5"), followed(), "{format}");
    }
    for format in ["0.00\"W\"", "0.00%", "Percent", "0.00\"万块\""] {
        assert_eq!(formatted(format, "12.5").0, None, "{format}");
    }
    for format in ["\"合计\"0.00", "#,##0.00", "\"￥\"#,##0.00", "0.00\"元\""] {
        assert_eq!(formatted(format, "12.5"), (Some("12.50".to_owned()), Vec::new()), "{format}");
    }
}
