//! Cells read by the type of their column.

use super::*;

#[test]
fn a_clean_sheet_has_no_issue() {
    let facts = sheet(
        &[
            "序号",
            "合同编号",
            "受让单位名称",
            "受让单位组织机构代码",
            "受让单位工商注册号",
            "受让单位统一社会信用代码",
            "面积（亩）",
            "成交价款(万元)",
            "合同签订日期",
            "信息所属时间期间",
            "供地单位名称",
            "供地单位统一社会信用代码",
            "供地单位组织机构代码",
            "供地单位工商注册号",
        ],
        &[],
    );
    let row = ["1", "a1", "示例有限公司", "", "", "91652323MA7A000172", "15", "1,200.5", "2025年3月5日", "2025年3月"];
    let (values, issues) = check(&facts, &[&row], SetMode::Full);
    assert_eq!(issues, Vec::<String>::new());
    assert_eq!(&values[0][..3], ["a1", "示例有限公司", "91652323MA7A000172"]);
    assert_eq!(values[0][6], "10000", "fifteen mu in square metres");
    assert_eq!(values[0][7], "12005000", "ten thousands of yuan in yuan");
    assert_eq!(values[0][9], "2025-03-05");
}

#[test]
fn every_wrong_cell_is_named_with_its_address() {
    let rows: [&[&str]; 7] = [
        &["", "示例有限公司", "", "1", "1", "2025-03-05", "2025-03"],
        &["a2", "示例有限公司", "9.16523E+17", "1", "1", "2025-03-05", "2025-03"],
        &["a3", "示例有限公司", "", "-1", "1", "2025-03-05", "2025-03"],
        &["a4", "示例有限公司", "", "多", "1", "2025-03-05", "2025-03"],
        &["a5", "示例有限公司", "", "1", "1", "2025-13-05", "2025-03"],
        &["a1234567890", "示例有限公司", "", "1", "1", "2025-05-05", "2025-03"],
        &["a7", "示例有限公司", "91652323MA7A000179", "1", "1", "2025-03-05", "2025-04"],
    ];
    let (_, issues) = check(&sheet(&ALL, &[]), &rows, SetMode::Full);
    let issues: Vec<&str> =
        issues.iter().map(String::as_str).filter(|issue| !issue.contains("missing-column")).collect();
    assert_eq!(
        issues,
        [
            "error required A2",
            "error digits-lost C3",
            "error range D4",
            "error type D5",
            "error type F6",
            "error length A7",
            "error not-future F7",
            "warning check-digit C8",
            "warning within-period G8",
        ]
    );
}

#[test]
fn a_whole_number_too_large_to_be_true_is_named() {
    let template = GRANT.replace("type: amount, measure: yuan, min: \"0\"", "type: integer, min: \"0\"");
    let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let sources = [source("templates/land/land_grant.yaml", &template), source("providers/land.yaml", UNIT)];
    let (catalog, problems) = Catalog::compile(&sources);
    assert!(problems.is_empty(), "{problems:?}");
    let facts = sheet(&["合同编号", "受让单位名称", "成交价款"], &[]);
    let rows: [&[&str]; 2] =
        [&["a1", "示例有限公司", "9999999999999999"], &["a2", "示例有限公司", "10000000000000000"]];
    let (values, issues, _) = check_in(&catalog, &facts, &rows, (SetMode::Full, None));
    let told: Vec<_> = issues.iter().filter(|issue| issue.rule == "range").collect();
    assert_eq!(told.len(), 1, "{issues:?}");
    assert_eq!((told[0].message.key.as_ref(), told[0].cell.unwrap().address()), ("intake-too-large", "C3".to_owned()));
    assert!(values[0].contains(&"9999999999999999".to_owned()), "{values:?}");
}

#[test]
fn an_extension_column_warns_and_keeps_nothing() {
    let facts = sheet(&["合同编号", "受让单位名称", "供应方式", "合同签订日期", "约定交付日期"], &[]);
    let rows: [&[&str]; 2] = [
        &["a1", "示例有限公司", "抓阄", "2025-03-05", "明年"],
        &["a2", "示例有限公司", "挂牌", "2025-03-05", "2025-03-01"],
    ];
    let (values, issues, _) = check_all(&facts, &rows, SetMode::Full, None);
    let severe: Vec<_> = issues.iter().filter(|issue| issue.severity == crate::catalog::Severity::Error).collect();
    assert!(severe.is_empty(), "{severe:?}");
    let rules: Vec<&str> =
        issues.iter().map(|issue| issue.rule.as_ref()).filter(|rule| *rule != "missing-column").collect();
    assert_eq!(rules, ["code-list", "type", "order"]);
    assert_eq!(values[0][8], "");
}

#[test]
fn a_figure_too_long_for_a_spreadsheet_is_no_code() {
    let facts = sheet(&["合同编号", "受让单位名称", "受让单位统一社会信用代码", "成交价款"], &[]);
    let row = ["a1", "示例有限公司", "9.16523E+17", "1.23456789012345E+18"];
    let (_, issues, _) = check_all(&facts, &[&row], SetMode::Full, None);
    let keys: Vec<&str> =
        issues.iter().filter(|issue| issue.rule == "digits-lost").map(|i| i.message.key.as_ref()).collect();
    assert_eq!(keys, ["intake-digits-lost", "intake-figure-too-long"]);
}

#[test]
fn a_number_written_with_other_dashes_brackets_or_blanks_is_the_same_number() {
    let headers = ["合同编号", "受让单位名称", "面积"];
    let rows: [&[&str]; 4] =
        [&["25-1（2）", "示例", "1"], &["25－1(2)", "示例", "2"], &["25——1 (2)", "示例", "3"], &["25−2", "示例", "4"]];
    let (values, issues) = check(&sheet(&headers, &[]), &rows, SetMode::Full);
    let numbers: Vec<&str> = values.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(numbers, ["25-1(2)", "25-1(2)", "25-1(2)", "25-2"]);
    let told = issues.iter().filter(|issue| issue.starts_with("error duplicate-key")).count();
    assert_eq!(told, 2, "{issues:?}");
}

#[test]
fn words_and_signs_for_nothing_are_nothing() {
    let facts = sheet(&["合同编号", "受让单位名称", "受让单位统一社会信用代码", "面积", "成交价款"], &[]);
    for word in ["－", "／", "———", "﹣", "暂无", "待定", "办理中", "不详"] {
        let (values, issues) = check(&facts, &[&["a1", "示例有限公司", word, "100", "900"]], SetMode::Full);
        assert!(values[0][2].is_empty() && issues.iter().all(|issue| issue.contains("missing")), "{word} {issues:?}");
    }
}

#[test]
fn a_name_in_two_lines_is_the_name_without_the_break() {
    let facts = sheet(&["合同编号", "受让单位名称", "面积", "成交价款"], &[]);
    let (values, _) = check(&facts, &[&["a1", "示例\n建材有限公司", "100", "900"]], SetMode::Full);
    assert_eq!(values[0][1], "示例建材有限公司");
}
