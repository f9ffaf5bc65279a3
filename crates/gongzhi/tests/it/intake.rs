//! `gongzhi intake`: what a unit sends is accepted, blocked or refused with a sentence, and nothing in between.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::program::run_in;
use crate::real_data;

pub const HEADER: &str = "序号,行政区划,招拍挂取得土地使用权单位名称,统一社会信用代码,宗地位置,面积（亩）,成交价款（万元）,合同签订日期,合同编号,信息所属时间期间";
pub const ROW: &str =
    "1,呼图壁镇,示例建材有限公司,91652323MA7A000172,示例路1号,15,\"1,200.5\",2025年3月5日,示例合同1,2025-03";

/// A folder with its own home; files are written into it and taken in from there.
pub struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
    }

    /// Takes files in; gives the exit code and a report for each.
    pub fn intake(&self, words: &[&str]) -> (i32, Vec<Json>) {
        let words: Vec<&str> = ["intake", "--json"].into_iter().chain(words.iter().copied()).collect();
        let output = run_in(self.path(), &words);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let reports = text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
        (output.status.code().unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr))), reports)
    }

    pub fn batches(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        gather(&self.path().join(".gongzhi/data"), &mut found);
        found.retain(|path| path.extension().is_some_and(|extension| extension == "parquet" || extension == "part"));
        found
    }
}

pub fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { gather(&entry.path(), found) } else { found.push(entry.path()) }
    }
}

pub fn rules(report: &Json) -> Vec<String> {
    let issues = report["issues"].as_array().expect("issues");
    let text = |issue: &Json, key: &str| issue[key].as_str().unwrap_or_default().to_owned();
    issues
        .iter()
        .map(|issue| format!("{} {} {}", text(issue, "severity"), text(issue, "rule"), text(issue, "cell")))
        .collect()
}

#[test]
fn a_clean_sheet_is_accepted_once_however_often_it_is_sent() {
    let office = Office::new();
    office.write("自然资源局/2025年3月/土地.csv", &format!("{HEADER}\n{ROW}\n合计,,,,,15,1200.5,,,\n"));
    let (code, reports) = office.intake(&["自然资源局/2025年3月/土地.csv"]);
    assert_eq!((code, rules(&reports[0])), (0, Vec::new()), "{}", reports[0]);
    let report = &reports[0];
    assert_eq!(report["accepted"], true);
    assert_eq!((&report["unit"], &report["period"]), (&"natural_resources".into(), &"2025-03".into()));
    let sheet = &report["sheets"][0];
    assert_eq!((&sheet["item"], &sheet["kind"]), (&"land_expropriation_grant".into(), &"grant".into()));
    assert_eq!((&sheet["rows"], &sheet["left_out"]), (&1.into(), &1.into()));
    let batches = office.batches();
    assert!(!batches.is_empty());
    let (code, reports) = office.intake(&["自然资源局/2025年3月/土地.csv"]);
    assert_eq!(code, 0);
    assert!(reports[0]["received_before"].is_string(), "{}", reports[0]);
    assert_eq!(office.batches(), batches);
}

#[test]
fn wrong_cells_block_and_leave_no_batch() {
    let office = Office::new();
    let wrong = "2,呼图壁镇,示例商贸有限公司,9.16523E+17,示例路2号,多,10,2025-03-06,示例合同2,2025-03";
    office.write("自然资源局/2025-03.csv", &format!("{HEADER}\n{ROW}\n{wrong}\n"));
    let (code, reports) = office.intake(&["自然资源局/2025-03.csv", "--annotate", "标注"]);
    assert_eq!(code, 1);
    assert_eq!(rules(&reports[0]), ["error digits-lost D3", "error type F3"]);
    assert!(reports[0]["issues"].as_array().expect("issues").iter().all(|issue| {
        let said =
            |key: &str| issue[key].as_str().is_some_and(|text| text.chars().count() > 5 && !text.contains("intake-"));
        said("message") && said("mend")
    }));
    assert_eq!(office.batches(), Vec::<PathBuf>::new());
    let annotated = reports[0]["annotated"].as_str().expect("an annotated workbook");
    assert!(office.path().join(annotated).is_file());
}

#[test]
fn what_can_not_be_taken_in_is_refused_with_its_sentence_and_the_rest_goes_on() {
    let office = Office::new();
    let sheet = format!("{HEADER}\n{ROW}\n");
    let without_period = sheet.replace(",2025-03\n", ",\n");
    office.write("空.csv", "");
    office.write("自然资源局/表头2025年3月.csv", &format!("{HEADER}\n"));
    office.write("财政局/2025年3月.csv", &sheet);
    office.write("无单位/2025年3月.csv", &sheet);
    office.write("自然资源局/无期.csv", &without_period);
    office.write("自然资源局/杂.csv", "天气,心情\n晴,好\n雨,坏\n");
    office.write("自然资源局/好2025年3月.csv", &sheet);
    let files = [
        "空.csv",
        "自然资源局/表头2025年3月.csv",
        "财政局/2025年3月.csv",
        "无单位/2025年3月.csv",
        "自然资源局/无期.csv",
        "自然资源局/杂.csv",
        "自然资源局/好2025年3月.csv",
    ];
    let (code, reports) = office.intake(&files);
    assert_eq!(code, 2);
    let first: Vec<String> = reports.iter().map(|report| rules(report).first().cloned().unwrap_or_default()).collect();
    assert_eq!(
        first,
        [
            "error unreadable ",
            "error empty-sheet ",
            "error unit-not-provider ",
            "error unknown-unit ",
            "error period ",
            "error unknown-sheet ",
            ""
        ]
    );
    assert_eq!(reports[6]["accepted"], true);
}

#[test]
fn wrong_words_are_refused_each_with_its_sentence() {
    let office = Office::new();
    office.write("a.csv", &format!("{HEADER}\n{ROW}\n"));
    let cases = [
        (vec!["--unit", "月球局", "--period", "2025-03"], "error unknown-unit "),
        (vec!["--unit", "natural_resources", "--period", "2025Q1"], "error period "),
        (vec!["--unit", "natural_resources", "--period", "去年"], "error period "),
        (vec!["--unit", "natural_resources", "--period", "2025-03", "--mode", "半"], "error mode "),
        (vec!["--item", "nothing"], "error unknown-item "),
        (vec!["--unit", "natural_resources", "--period", "2025-03", "--mode", "nil"], "error nil "),
    ];
    for (words, rule) in cases {
        let words: Vec<&str> = ["a.csv"].into_iter().chain(words).collect();
        let (code, reports) = office.intake(&words);
        assert_eq!((code, rules(&reports[0]).first().map(String::as_str)), (2, Some(rule)), "{words:?}");
    }
    assert_eq!(office.batches(), Vec::<PathBuf>::new());
}

#[test]
fn a_nil_report_needs_no_file_and_is_a_set_of_every_kind() {
    let office = Office::new();
    let words = ["--item", "land_expropriation_grant", "--unit", "自然资源局", "--period", "2025-03", "--mode", "nil"];
    let (code, reports) = office.intake(&words);
    assert_eq!((code, &reports[0]["mode"]), (0, &"nil".into()));
    assert_eq!(reports[0]["batches"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_refusal_says_why_and_how_to_mend_just_that() {
    let office = Office::new();
    office.write("空.xlsx", "");
    let words = ["intake", "没有.xlsx", "空.xlsx", "."];
    let told = String::from_utf8(run_in(office.path(), &words).stdout).expect("UTF-8");
    for sentence in ["错误：找不到这个文件。请检查路径", "错误：文件是空的（0 字节）。请重新导出", "错误：这不是文件"]
    {
        assert!(told.contains(sentence), "{told}");
    }
    assert!(!told.contains("。。") && !told.contains(" ："), "{told}");
}

#[test]
fn a_nil_report_says_whose_it_is_and_of_what() {
    let office = Office::new();
    let words = ["intake", "--mode", "nil", "--item", "10", "--unit", "finance", "--period", "2025"];
    let told = String::from_utf8(run_in(office.path(), &words).stdout).expect("UTF-8");
    for word in ["财政局", "财政补贴信息", "2025", "零报告"] {
        assert!(told.contains(word), "{word}: {told}");
    }
}

#[test]
fn a_dry_run_keeps_nothing() {
    let office = Office::new();
    office.write("自然资源局/2025年3月.csv", &format!("{HEADER}\n{ROW}\n"));
    let (code, reports) = office.intake(&["自然资源局/2025年3月.csv", "--dry-run"]);
    assert_eq!((code, &reports[0]["accepted"]), (0, &true.into()));
    assert_eq!(office.batches(), Vec::<PathBuf>::new());
    let (_, reports) = office.intake(&["自然资源局/2025年3月.csv"]);
    assert!(reports[0]["received_before"].is_null());
}

#[test]
fn every_template_sent_back_empty_is_known_and_refused() {
    let office = Office::new();
    let output = run_in(office.path(), &["template", "all", "--out", "模板"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut files = Vec::new();
    gather(&office.path().join("模板"), &mut files);
    files.sort();
    assert!(files.len() >= 40);
    let names: Vec<String> = files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let words: Vec<&str> = names.iter().map(String::as_str).chain(["--period", "2025-03"]).collect();
    let (code, reports) = office.intake(&words);
    assert_eq!(code, 2);
    for report in &reports {
        let refused: Vec<String> = rules(report).into_iter().filter(|rule| rule.starts_with("error")).collect();
        let known = ["error empty-sheet ", "error period ", "error unknown-unit "];
        assert!(refused.iter().all(|rule| known.contains(&rule.as_str())), "{}: {refused:?}", report["file"]);
        assert!(!refused.is_empty(), "{}", report["file"]);
    }
}

/// The sheets that offices really send, taken in as item 33 of the market regulator.
fn office_sheet(name: &str) -> Option<(i32, Json)> {
    let path = real_data::find(&format!("sheets/office/{name}"))?;
    let office = Office::new();
    let path = path.to_str().expect("a path");
    let (code, mut reports) = office.intake(&[path, "--item", "33", "--unit", "市场监督管理局", "--period", "2025-03"]);
    Some((code, reports.remove(0)))
}

fn errors(report: &Json) -> Vec<(&str, &str)> {
    let issues = report["issues"].as_array().expect("issues").iter();
    let errors = issues.filter(|issue| issue["severity"] == "error");
    errors.map(|issue| (issue["cell"].as_str().unwrap_or(""), issue["rule"].as_str().unwrap_or(""))).collect()
}

#[test]
fn every_office_sheet_is_taken_in_and_spoilt_codes_are_named_by_their_cells() {
    let files = [
        "01_gbk.csv",
        "03_utf8_bom.csv",
        "05_title_two_level_header_footer.xls",
        "07_spreadsheetml2003.xls",
        "12_vertical_merge_fill_down.xlsx",
    ];
    for name in files {
        let Some((code, report)) = office_sheet(name) else { return };
        assert_eq!((code, report["sheets"][0]["rows"].as_u64(), errors(&report)), (0, Some(40), vec![]), "{name}");
    }
    let Some((code, report)) = office_sheet("09_dirty_values.xlsx") else { return };
    let spoilt: Vec<&str> = errors(&report).into_iter().map(|(cell, _)| cell).collect();
    assert_eq!((code, report["sheets"][0]["rows"].as_u64(), spoilt), (1, Some(40), vec!["C2", "C28", "C43"]));
}

#[test]
fn a_published_list_is_read_whole_and_its_header_and_duplicates_are_told() {
    let Some(path) = real_data::find("lists/tax_credit_A_heilongjiang_2018.gbk.csv") else { return };
    let office = Office::new();
    let list = path.to_str().expect("a path");
    let read = run_in(office.path(), &["read", list, "--json"]);
    let read: Json = serde_json::from_slice(&read.stdout).expect("json");
    assert_eq!(read["sheets"][0]["row_count"], 5224);
    let notices: Vec<&Json> = read["notices"].as_array().expect("notices").iter().collect();
    assert!(notices.iter().any(|notice| notice["cell"] == "A1"), "{notices:?}");
    assert!(notices.iter().any(|notice| notice["message"].to_string().contains("179")), "{notices:?}");

    // As it was: one error at the joined header, and none of what would follow from it.
    let words = ["--item", "tax_credit", "--unit", "税务局", "--period", "2018"];
    let (code, reports) = office.intake(&[&[list], words.as_slice()].concat());
    assert_eq!((code, reports[0]["sheets"][0]["rows"].as_u64()), (1, Some(5224)));
    assert!(errors(&reports[0]).contains(&("A1", "header")), "{:?}", errors(&reports[0]));
    assert!(errors(&reports[0]).len() < 5, "{:?}", errors(&reports[0]));

    // With a header over its columns, every taxpayer named again is an error at its cell.
    let bytes = fs::read(&path).expect("the list");
    let (text, _, _) = encoding_rs::GBK.decode(&bytes);
    let rows: Vec<&str> = text.lines().skip(1).filter(|line| !line.is_empty()).collect();
    let codes: Vec<&str> = rows.iter().filter_map(|row| row.split(',').nth(1)).collect();
    let distinct: std::collections::BTreeSet<&&str> = codes.iter().collect();
    let mended = rows.iter().map(|row| format!("{row},A级\n")).collect::<String>();
    office.write("名单.csv", &format!("编号,纳税人识别号,纳税人名称,评价年度,税务所,信用级别\n{mended}"));
    let (code, reports) = office.intake(&[&["名单.csv"], words.as_slice()].concat());
    let told = errors(&reports[0]).into_iter().filter(|(_, rule)| rule.starts_with("duplicate")).count();
    assert_eq!((code, told), (1, codes.len() - distinct.len()));
    assert_eq!((codes.len(), told > 150), (5224, true));
}

#[test]
fn rows_of_numbers_alone_are_left_out_and_citizens_numbers_are_not_kept_in_clear() {
    let office = Office::new();
    let numbered: String = (2..40).map(|number| format!("{number},,,,,,,,,\n")).collect();
    let row = ROW.replace("示例建材有限公司", "张三11010519491231002X");
    office.write("自然资源局/2025-03.csv", &format!("{HEADER}\n{row}\n{numbered}"));
    let (code, reports) = office.intake(&["自然资源局/2025-03.csv"]);
    let sheet = &reports[0]["sheets"][0];
    assert_eq!((code, &sheet["rows"], &sheet["left_out"]), (0, &1.into(), &38.into()), "{}", reports[0]);
    assert!(sheet["left_out_rows"][0]["reason"].as_str().is_some_and(|reason| reason.contains("序号")));
    assert_eq!(rules(&reports[0]), ["warning citizen-in-text C2"]);
    assert!(!reports[0].to_string().contains("19491231"), "{}", reports[0]);
}

#[test]
fn a_citizens_number_can_not_tell_records_apart() {
    let office = Office::new();
    let row = ROW.replace("示例合同1", "11010519491231002X");
    office.write("自然资源局/2025-03.csv", &format!("{HEADER}\n{row}\n"));
    let (code, reports) = office.intake(&["自然资源局/2025-03.csv"]);
    assert_eq!((code, rules(&reports[0])), (1, vec!["error citizen-in-text I2".to_owned()]));
    assert!(reports[0]["issues"][0]["mend"].as_str().is_some_and(|mend| mend.contains("编号")));
    assert!(!reports[0].to_string().contains("19491231"), "{}", reports[0]);
}
