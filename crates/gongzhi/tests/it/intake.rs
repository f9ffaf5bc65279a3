//! `gongzhi intake`: what a unit sends is accepted, blocked or refused with a sentence, and nothing in between.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value as Json;

use crate::program::run_in;
use crate::real_data;

const HEADER: &str = "序号,行政区划,招拍挂取得土地使用权单位名称,统一社会信用代码,宗地位置,面积（亩）,成交价款（万元）,合同签订日期,合同编号,信息所属时间期间";
const ROW: &str =
    "1,呼图壁镇,示例建材有限公司,91652323MA7A000172,示例路1号,15,\"1,200.5\",2025年3月5日,示例合同1,2025-03";

/// A folder with its own home; files are written into it and taken in from there.
struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
    }

    /// Takes files in; gives the exit code and a report for each.
    fn intake(&self, words: &[&str]) -> (i32, Vec<Json>) {
        let words: Vec<&str> = ["intake", "--json"].into_iter().chain(words.iter().copied()).collect();
        let output = run_in(self.path(), &words);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let reports = text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
        (output.status.code().unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr))), reports)
    }

    fn batches(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        gather(&self.path().join(".gongzhi/data"), &mut found);
        found.retain(|path| path.extension().is_some_and(|extension| extension == "parquet" || extension == "part"));
        found
    }
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { gather(&entry.path(), found) } else { found.push(entry.path()) }
    }
}

fn rules(report: &Json) -> Vec<String> {
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
fn a_foreign_layout_is_confirmed_once_and_then_used() {
    let office = Office::new();
    let foreign = "乡镇名称,受让主体全称,地块面积,流水号,合同编号\n呼图壁镇,示例建材有限公司,8000,77,示例合同1\n";
    office.write("自然资源局/2025年3月.csv", foreign);
    let words = ["自然资源局/2025年3月.csv", "--item", "land_expropriation_grant.grant"];
    let (code, reports) = office.intake(&words);
    assert_eq!(code, 1, "{}", reports[0]);
    let proposed = reports[0]["proposed_profiles"][0].as_str().expect("a proposal").to_owned();
    let confirm = |expected: i32| {
        let output = run_in(office.path(), &["profile", "confirm", &proposed, "--as", "联络员"]);
        assert_eq!(output.status.code(), Some(expected), "{}", String::from_utf8_lossy(&output.stdout));
    };
    let path = office.path().join(&proposed);
    let mut profile: Json = serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    profile["headers"][3] = serde_json::json!({"header": "流水号", "use": "undecided"});
    fs::write(&path, profile.to_string()).expect("a file");
    confirm(1);
    let column = |header: &str, key: &str| serde_json::json!({"header": header, "use": "column", "column": key});
    profile["headers"][0] = column("乡镇名称", "admin_region");
    profile["headers"][1] = column("受让主体全称", "grantee_name");
    profile["headers"][2] = column("地块面积", "area_square_metres");
    profile["headers"][3] = serde_json::json!({"header": "流水号", "use": "ignore"});
    fs::write(&path, profile.to_string()).expect("a file");
    confirm(0);
    let (code, reports) = office.intake(&words[..1]);
    assert_eq!(code, 0, "{}", reports[0]);
    assert_eq!(reports[0]["sheets"][0]["kind"], "grant");
}

#[test]
fn a_profile_is_confirmed_in_the_home_it_lies_in_and_the_issue_names_it() {
    let office = Office::new();
    let foreign = "乡镇名称,受让主体全称,地块面积,流水号,合同编号\n呼图壁镇,示例建材有限公司,8000,77,示例合同1\n";
    office.write("自然资源局/2025年3月.csv", foreign);
    let words = ["自然资源局/2025年3月.csv", "--home", "别处/家"];
    let (_, reports) = office.intake(&[words.as_slice(), &["--item", "land_expropriation_grant.grant"]].concat());
    let proposed = reports[0]["proposed_profiles"][0].as_str().expect("a proposal").to_owned();
    let unknown = |issue: &&Json| issue["rule"] == "unknown-column";
    let unknown: Vec<&Json> = reports[0]["issues"].as_array().expect("issues").iter().filter(unknown).collect();
    assert!(!unknown.is_empty(), "{}", reports[0]);
    for issue in unknown {
        assert!(issue["mend"].as_str().is_some_and(|mend| mend.contains(&proposed)), "{issue}");
    }
    let path = office.path().join(&proposed);
    let mut profile: Json = serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    let keys = ["admin_region", "grantee_name", "area_square_metres", "", "contract_number"];
    for (at, key) in keys.iter().enumerate() {
        let header = profile["headers"][at]["header"].clone();
        profile["headers"][at] = match *key {
            "" => serde_json::json!({"header": header, "use": "ignore"}),
            key => serde_json::json!({"header": header, "use": "column", "column": key}),
        };
    }
    fs::write(&path, profile.to_string()).expect("a file");
    let confirmed = run_in(office.path(), &["profile", "confirm", &proposed, "--as", "联络员"]);
    assert_eq!(confirmed.status.code(), Some(0), "{}", String::from_utf8_lossy(&confirmed.stdout));
    assert!(!office.path().join(".gongzhi").exists(), "nothing was put into another home");
    let (code, reports) = office.intake(&words);
    assert_eq!(code, 0, "{}", reports[0]);
}

#[test]
fn a_profile_may_name_a_code_by_its_name_and_nothing_unknown_is_kept_as_a_code() {
    let office = Office::new();
    office.write(
        "自然资源局/2025年3月.csv",
        "行政区划,受让主体全称,面积,合同编号,供地方式\n呼图壁镇,示例建材有限公司,8000,示例合同1,ZB\n",
    );
    let words = ["自然资源局/2025年3月.csv", "--item", "land_expropriation_grant.grant"];
    let (_, reports) = office.intake(&words);
    let proposed = reports[0]["proposed_profiles"][0].as_str().expect("a proposal").to_owned();
    let path = office.path().join(&proposed);
    let mut profile: Json = serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    for (meaning, is_known) in [("随便", false), ("招标", true)] {
        profile["headers"][1] =
            serde_json::json!({"header": "受让主体全称", "use": "column", "column": "grantee_name"});
        profile["headers"][4] = serde_json::json!(
            {"header": "供地方式", "use": "column", "column": "manner", "codes": {"ZB": meaning}});
        fs::write(&path, profile.to_string()).expect("a file");
        let confirmed = run_in(office.path(), &["profile", "confirm", &proposed, "--as", "联络员"]);
        assert_eq!(confirmed.status.code(), Some(0), "{}", String::from_utf8_lossy(&confirmed.stdout));
        let dry = if is_known { None } else { Some("--dry-run") };
        let (_, reports) = office.intake(&words[..1].iter().copied().chain(dry).collect::<Vec<_>>());
        let told = reports[0]["issues"].as_array().expect("issues").iter().any(|issue| issue["rule"] == "code-list");
        assert_eq!(told, !is_known, "{meaning}: {}", reports[0]);
    }
    let state = run_in(office.path(), &["state", "land_expropriation_grant.grant", "--json"]);
    assert!(String::from_utf8_lossy(&state.stdout).contains("\"manner\":\"tender\""));
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
fn a_file_sent_again_after_another_took_its_place_is_a_new_one_and_brings_it_back() {
    let office = Office::new();
    // Only a list that says it is full takes the place of another: one that says nothing adds to it.
    let words = ["--item", "15.grant", "--unit", "自然资源局", "--period", "2025-03", "--mode", "full"];
    let second = ROW.replace("示例合同1", "示例合同2");
    office.write("a.csv", &format!("{HEADER}\n{ROW}\n"));
    office.write("c.csv", &format!("{HEADER}\n{second}\n"));
    let state = || {
        let output = run_in(office.path(), &["state", "land_expropriation_grant.grant", "--json"]);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        (text.contains("示例合同1"), text.contains("示例合同2"))
    };
    for (file, expected) in [("a.csv", (true, false)), ("c.csv", (false, true)), ("a.csv", (true, false))] {
        let (code, _) = office.intake(&[&[file], words.as_slice()].concat());
        assert_eq!((code, state()), (0, expected), "{file}");
    }
    let batches = office.batches().len();
    let (code, _) = office.intake(&[&["a.csv"], words.as_slice()].concat());
    assert_eq!((code, office.batches().len()), (0, batches), "what is in force is not taken in twice");
}

#[test]
fn differences_of_a_period_already_reported_are_its_supplement_and_count_there() {
    let office = Office::new();
    let file = |name: &str, contract: &str, action: &str, month: &str| {
        let row = ROW.replace("示例合同1", contract).replace("3月5日", &format!("{month}月5日"));
        office.write(name, &format!("操作,{HEADER}\n{action},{}\n", row.replace("2025-03", &format!("2025-0{month}"))));
    };
    file("三月.csv", "示例合同1", "新增", "3");
    file("四月.csv", "示例合同2", "新增", "4");
    file("三月补.csv", "示例合同3", "新增", "3");
    let take = |name: &str, period: &str, mode: &str| {
        let (code, reports) = office.intake(&[name, "--unit", "自然资源局", "--period", period, "--mode", mode]);
        assert_eq!(code, 0, "{}", reports[0]);
        reports[0]["batches"][0]["supplement"].as_bool()
    };
    assert_eq!(take("三月.csv", "2025-03", "full"), Some(false));
    assert_eq!(take("四月.csv", "2025-04", "differential"), Some(false));
    assert_eq!(take("三月补.csv", "2025-03", "differential"), Some(true));
    let state = |words: &[&str]| {
        let words = [&["state", "land_expropriation_grant.grant", "--json"], words].concat();
        let text = String::from_utf8(run_in(office.path(), &words).stdout).expect("UTF-8");
        ["示例合同1", "示例合同2", "示例合同3"].map(|contract| text.contains(contract))
    };
    assert_eq!(state(&[]), [true, true, true], "it takes nothing away");
    assert_eq!(state(&["--period", "2025-03"]), [true, false, true], "it belongs to March");
}

#[test]
fn six_programs_may_open_a_new_home_at_one_moment() {
    let office = Office::new();
    let words = ["intake", "--item", "15.grant", "--unit", "自然资源局", "--period", "2025-03"];
    let running: Vec<_> = (0..6)
        .map(|at| {
            let name = format!("{at}.csv");
            office.write(&name, &format!("{HEADER}\n{}\n", ROW.replace("示例合同1", &format!("示例合同{at}"))));
            crate::program::gongzhi().current_dir(office.path()).args(words).arg(name).spawn().expect("it starts")
        })
        .collect();
    for mut program in running {
        assert_eq!(program.wait().expect("it ends").code(), Some(0));
    }
}

/// A workbook of one sheet, its rows as XML.
fn workbook(rows: &str) -> Vec<u8> {
    let parts = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#.to_owned(),
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>"#.to_owned(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
            ),
        ),
    ];
    zipped(&parts.map(|(name, text)| (name, text.into_bytes())))
}

fn zipped(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a member");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("a zip").into_inner()
}

/// A row of inline texts; a cell that begins with `=` is a formula without a result.
fn row_xml(line: &str) -> String {
    let cell = |text: &str| match text.strip_prefix('=') {
        Some(formula) => format!("<c><f>{formula}</f><v></v></c>"),
        None if text.is_empty() => "<c/>".to_owned(),
        None => format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#),
    };
    format!("<row>{}</row>", line.split(',').map(cell).collect::<String>())
}

#[test]
fn a_formula_without_a_result_blocks_at_its_cell() {
    let office = Office::new();
    let row = "1,呼图壁镇,示例建材有限公司,91652323MA7A000172,示例路1号,=7+8,=E2*2,2025年3月5日,示例合同1,2025-03";
    fs::create_dir_all(office.path().join("自然资源局")).expect("a folder");
    let path = office.path().join("自然资源局/2025-03.xlsx");
    fs::write(&path, workbook(&(row_xml(HEADER) + &row_xml(row)))).expect("a file");
    let (code, reports) = office.intake(&["自然资源局/2025-03.xlsx"]);
    let told = ["error formula-uncomputed F2", "error formula-uncomputed G2"];
    assert_eq!((code, rules(&reports[0])), (1, told.map(str::to_owned).to_vec()));
    let read = run_in(office.path(), &["read", "自然资源局/2025-03.xlsx", "--json"]);
    let read: Json = serde_json::from_slice(&read.stdout).expect("json");
    assert_eq!(read["notices"].as_array().map(Vec::len), Some(2), "{}", read["notices"]);
}

#[test]
fn a_spoilt_sheet_in_a_zip_blocks_and_other_members_are_named() {
    let office = Office::new();
    let sheet = format!("{HEADER}\n{ROW}\n").into_bytes();
    let members = [("好.csv", sheet), ("空.xlsx", Vec::new()), ("图.pdf", b"%PDF-1.4\n%%EOF\n".to_vec())];
    fs::write(office.path().join("自然资源局2025年3月.zip"), zipped(&members)).expect("a file");
    let (code, reports) = office.intake(&["自然资源局2025年3月.zip"]);
    let issues = reports[0]["issues"].as_array().expect("issues").iter();
    let members: Vec<(&str, &str)> = issues
        .filter(|issue| issue["rule"] == "member")
        .map(|issue| (issue["severity"].as_str().unwrap_or(""), issue["sheet"].as_str().unwrap_or("")))
        .collect();
    assert_eq!((code, members), (1, vec![("error", "空.xlsx"), ("warning", "图.pdf")]));
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

#[test]
fn a_file_that_is_saved_again_and_again_is_taken_in_as_it_was_copied_or_refused_and_nothing_of_it_kept() {
    let office = Office::new();
    let rows: String = (0..20_000).map(|at| ROW.replace("示例合同1", &format!("合同{at}")) + "\n").collect();
    office.write("自然资源局/2025-03.csv", &format!("{HEADER}\n{rows}"));
    let file = fs::File::options().append(true).open(office.path().join("自然资源局/2025-03.csv")).expect("the file");
    let is_over = AtomicBool::new(false);
    let (code, reports) = std::thread::scope(|scope| {
        // Somebody saves it again and again.
        scope.spawn(|| {
            for second in (1..).take_while(|_| !is_over.load(Ordering::Relaxed)) {
                file.set_modified(UNIX_EPOCH + Duration::from_secs(second)).expect("a time");
            }
        });
        let outcome = office.intake(&["自然资源局/2025-03.csv"]);
        is_over.store(true, Ordering::Relaxed);
        outcome
    });
    // Once it is copied, nobody looks at it again: which of the two it is depends on when it was saved.
    if code != 0 {
        assert_eq!((code, rules(&reports[0])), (2, vec!["error changed ".to_owned()]));
        let mut left = Vec::new();
        gather(&office.path().join(".gongzhi/data"), &mut left);
        gather(&office.path().join(".gongzhi/keys/data"), &mut left);
        assert_eq!(left, Vec::<PathBuf>::new());
    }
    // Left in peace it is taken in.
    let (code_of_next, next) = office.intake(&["自然资源局/2025-03.csv"]);
    assert_eq!((code_of_next, next[0]["received_before"].is_null()), (0, code != 0));
}
