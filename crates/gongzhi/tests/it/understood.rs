//! How rows, columns and words of sheets and of the files beside them are understood, where they are not the template's.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::Value as Json;

use crate::program::run_in;

const SUBSIDY: &str = "补贴文件,企业名称,统一社会信用代码,工商注册号码,项目名称,补贴金额,补贴类型,补贴下发时间";
const SUBSIDY_ROW: &str = "示文〔2024〕1号,演示有限公司,91652323MA7A000172,,项目,1000,贷款贴息,2024-05-01";
const SUBSIDY_WORDS: [&str; 6] = ["--item", "fiscal_subsidy.payment", "--unit", "财政局", "--period", "2024"];

struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn said(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = run_in(self.path(), words);
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text)
    }

    fn intake(&self, name: &str) -> Json {
        let words: Vec<&str> = ["intake", "--json", name].into_iter().chain(SUBSIDY_WORDS).collect();
        let output = run_in(self.path(), &words);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    }
}

fn rules(report: &Json) -> Vec<String> {
    let issues = report["issues"].as_array().unwrap().iter();
    let text = |issue: &Json, key: &str| issue[key].as_str().unwrap_or_default().to_owned();
    issues
        .map(|issue| format!("{} {}", text(issue, "severity"), text(issue, "rule")))
        .filter(|issue| !issue.contains("missing-column"))
        .collect()
}

#[test]
fn a_sheet_of_foreign_headers_gets_a_profile_by_what_stands_in_it_and_is_taken_once_it_is_confirmed() {
    let office = Office::new();
    let rows = "演示有限公司,91652323MA7A000172,示文〔2024〕1号,1000,2024-05-01,贷款贴息\n\
                演示商贸有限公司,93652323MA7A00017U,示文〔2024〕2号,2000,2024-06-01,贷款贴息\n";
    office.write("外.csv", format!("UNITNM,TXNO,DOCNO,AMT,PAYDT,KINDNM\n{rows}"));
    let report = office.intake("外.csv");
    assert_eq!(rules(&report), ["error foreign-sheet"], "{report}");
    let profile = report["proposed_profiles"][0].as_str().unwrap().to_owned();
    assert!(report["issues"][0]["mend"].as_str().unwrap().contains(&profile), "{report}");
    let (_, shown) = office.said(&["profile", "show", &profile]);
    for (header, column) in [
        ("UNITNM", "recipient_name"),
        ("TXNO", "recipient_uscc"),
        ("AMT", "subsidy_amount_yuan"),
        ("PAYDT", "paid_day"),
        ("KINDNM", "subsidy_type"),
    ] {
        let line = shown.lines().find(|line| line.contains(header)).unwrap();
        assert!(line.contains(column), "{header}: {shown}");
    }
    let (code, text) = office.said(&["profile", "set", &profile, "DOCNO=补贴文件号码"]);
    assert!(code == Some(1) && text.contains("补贴文件"), "{text}");
    let (code, text) = office.said(&["profile", "set", &profile, "DOCNO=补贴文件"]);
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = office.said(&["profile", "confirm", &profile, "--as", "数据岗"]);
    assert_eq!(code, Some(0), "{text}");
    let report = office.intake("外.csv");
    assert_eq!(report["accepted"], true, "{report}");
    // Whoever changes a confirmed profile is told that it is not used any more.
    let (_, text) = office.said(&["profile", "set", &profile, "DOCNO=补贴文件"]);
    assert!(text.contains("仍是已确认"), "{text}");
    let (_, text) = office.said(&["profile", "set", &profile, "DOCNO=ignore"]);
    assert!(text.contains("重新确认"), "{text}");
    // Of an item with several kinds the kind is asked for.
    office.write("外2.csv", format!("UNITNM,TXNO,DOCNO,AMT,PAYDT,KINDNM\n{rows}{rows}"));
    let (code, text) = office.said(&["intake", "外2.csv", "--item", "tax_related_case", "--period", "2024"]);
    assert!(code == Some(2) && text.contains("涉税案件信息"), "{text}");
}

#[test]
fn an_offices_own_columns_do_not_block_a_sheet() {
    let office = Office::new();
    let own = "审核意见,数据来源,更新时间,创建时间,所属科室,领导批示,是否审核,编号,天气";
    let cells = "同意,业务系统,2024-05-02 10:00,2024-05-01,综合科,请办,是,7,—";
    office.write("自用.csv", format!("{SUBSIDY},{own}\n{SUBSIDY_ROW},{cells}\n"));
    let report = office.intake("自用.csv");
    assert_eq!(report["accepted"], true, "{report}");
    assert_eq!(rules(&report), ["warning own-column"; 8], "{report}");
}

#[test]
fn closing_lines_of_several_cells_are_left_out_with_their_reason() {
    let office = Office::new();
    let rows = format!(
        "{SUBSIDY}\n{SUBSIDY_ROW}\n企业小计,,,,,1000,,\n其中：一般纳税人,,,,,1000,,\n合计,,,,,1000,,\n\
         制表人：某某,,审核人：某某,,日期：2024-12-31,,,\n"
    );
    office.write("合计.csv", &rows);
    let report = office.intake("合计.csv");
    assert_eq!((&report["accepted"], &report["sheets"][0]["rows"]), (&Json::Bool(true), &Json::from(1)), "{report}");
    assert_eq!(report["sheets"][0]["left_out_rows"].as_array().unwrap().len(), 4, "{report}");
    let words: Vec<&str> = ["intake", "--dry-run", "合计.csv"].into_iter().chain(SUBSIDY_WORDS).collect();
    let (_, text) = office.said(&words);
    assert!(text.contains("第 3、4、5 行没有收：合计行") && text.contains("第 6 行没有收"), "{text}");
}

#[test]
fn a_dry_run_makes_nothing() {
    let office = Office::new();
    office.write("补贴.csv", format!("{SUBSIDY}\n{SUBSIDY_ROW}\n"));
    let words: Vec<&str> = ["intake", "--dry-run", "补贴.csv"].into_iter().chain(SUBSIDY_WORDS).collect();
    let (code, text) = office.said(&words);
    assert_eq!(code, Some(0), "{text}");
    let nil: Vec<&str> = ["intake", "--dry-run", "--mode", "nil"].into_iter().chain(SUBSIDY_WORDS).collect();
    let (code, text) = office.said(&nil);
    assert_eq!(code, Some(0), "{text}");
    let left: Vec<_> = fs::read_dir(office.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["补贴.csv"]);
}

#[test]
fn a_zip_inside_a_zip_says_to_unpack_it() {
    let office = Office::new();
    let zipped = |name: &str, bytes: &[u8]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
        zip.finish().unwrap().into_inner()
    };
    let inner = zipped("补贴.csv", format!("{SUBSIDY}\n{SUBSIDY_ROW}\n").as_bytes());
    office.write("外.zip", zipped("内.zip", &inner));
    let (code, text) = office.said(&["intake", "外.zip"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("压缩包里还有压缩包") && text.contains("解压"), "{text}");
}

#[test]
fn a_wrong_or_missing_kind_is_answered_with_the_kinds_there_are() {
    let office = Office::new();
    for words in [
        &["state", "15.没有的表"][..],
        &["state", "15"],
        &["export", "15.没有的表", "--out", "out"],
        &["intake", "--item", "15.没有的表", "--mode", "nil", "--unit", "自然资源局", "--period", "2024-01"],
    ] {
        let (code, text) = office.said(words);
        assert!(code != Some(0) && text.contains("grant") && text.contains("recovery"), "{words:?}: {text}");
    }
    let (_, text) = office.said(&["state", "补贴信息"]);
    assert!(text.contains("fiscal_subsidy"), "{text}");
}

#[test]
fn a_model_that_did_not_run_says_so_and_why_and_no_number_of_leads() {
    let office = Office::new();
    office.write("财政局/2024年/补贴.csv", format!("{SUBSIDY}\n{SUBSIDY_ROW}\n"));
    let (_, text) = office.said(&["run", ".", "--as-of", "2026-03-31", "--out", "out"]);
    let stopped: Vec<&str> = text.lines().filter(|line| line.contains("没有运行")).collect();
    assert!(!stopped.is_empty(), "{text}");
    for line in stopped {
        let model = line.split_whitespace().next().unwrap();
        assert!(!text.contains(&format!("{model}：")), "{model}: {text}");
    }
}
