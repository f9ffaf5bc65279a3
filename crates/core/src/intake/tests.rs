//! Whole sheets through mapping and checking, on a catalogue of two small kinds.

use std::sync::Arc;

use chrono::NaiveDate;

use super::header::HeaderBook;
use super::lookup::RegionLookup;
use super::place::UnitBook;
use super::profile::{SetFault, Status, Use};
use super::recognise::{Expected, Recognised, recognise};
use super::*;
use crate::catalog::{Catalog, Severity, Source};
use crate::issues::Issue;
use crate::period::Period;
use crate::values::{RowAction, SetMode};

const GRANT: &str = r#"
number: 15
name: {zh: 土地出让, en: Land}
period: month
due: {after: month, days: 5}
mode: full_then_differential
basis: 测试
sharing: conditional
purposes: [deed_tax]
versions:
  - {version: 1, from: 2022-04-01}
kinds:
  grant:
    name: {zh: 出让, en: Grants}
    mark: flow
    key: [contract_number]
    columns:
      - {key: contract_number, zh: 合同编号, en: Contract, type: text, required: true, length: 10}
      - party: grantee
        zh: 受让单位
        en: Grantee
        required: true
        person: true
        codes: [organisation_code, registration_number]
      - {key: area_square_metres, zh: 面积, en: Area, type: quantity, measure: square_metre, min: "0"}
      - {key: price_yuan, zh: 成交价款, en: Price, type: amount, measure: yuan, min: "0"}
      - {key: manner, zh: 供应方式, en: Manner, type: code, values: [招标, 挂牌], origin: extension}
      - {key: contract_day, zh: 合同签订日期, en: Contract day, type: date}
      - {key: delivery_day, zh: 约定交付日期, en: Delivery, type: date, origin: extension}
      - {key: home_address, zh: 家庭住址, en: Home, type: text, class: personal, closed: true, expected: false}
      - {key: info_period, zh: 信息所属时间期间, en: Period, type: period}
      - party: supplier
        zh: 供地单位
        en: Supplier
        codes: [organisation_code, registration_number]
    rules:
      - {rule: order, columns: [contract_day, delivery_day], severity: warning}
      - {rule: not_future, column: contract_day}
  recovery:
    name: {zh: 收回, en: Recoveries}
    mark: flow
    key: []
    columns:
      - {key: document, zh: 收回文件, en: Document, type: text, required: true}
      - {key: area_square_metres, zh: 面积, en: Area, type: quantity, measure: square_metre}
"#;

const UNIT: &str =
    "name: {zh: 自然资源局, en: Land}\naliases: [县自然资源局]\nmember: true\nreports: true\nregion: \"652323\"\n";
const OTHER_UNIT: &str = "name: {zh: 财政局, en: Finance}\nmember: true\nreports: true\nregion: \"652323\"\n";

fn catalog() -> Catalog {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let sources = [
        source("templates/land/land_grant.yaml", GRANT),
        source("providers/land.yaml", UNIT),
        source("providers/finance.yaml", OTHER_UNIT),
    ];
    let (catalog, problems) = Catalog::compile(&sources);
    assert!(problems.is_empty(), "{problems:?}");
    catalog
}

fn sheet(headers: &[&str], titles: &[&str]) -> SheetFacts {
    SheetFacts {
        name: "表".to_owned(),
        header_row: 1,
        columns: headers
            .iter()
            .zip(1..)
            .map(|(name, column)| SheetColumn { name: (*name).to_owned(), own: vec![format!(" {name}")], column })
            .collect(),
        titles: titles.iter().map(|title| (*title).to_owned()).collect(),
        notes: Vec::new(),
        epoch_1904: false,
    }
}

/// Checks rows of texts under headers; gives the rows as shown and the issues as `severity rule cell`.
fn check(facts: &SheetFacts, rows: &[&[&str]], mode: SetMode) -> (Vec<Vec<String>>, Vec<String>) {
    let (values, issues, _) = check_all(facts, rows, mode, None);
    let issues = issues.iter().map(|issue| {
        let cell = issue.cell.map(|cell| cell.address()).unwrap_or_default();
        format!("{} {} {cell}", issue.severity.key(), issue.rule)
    });
    (values, issues.collect())
}

fn check_all(
    facts: &SheetFacts,
    rows: &[&[&str]],
    mode: SetMode,
    profile: Option<&LayoutProfile>,
) -> (Vec<Vec<String>>, Vec<Issue>, Vec<RowAction>) {
    check_in(&catalog(), facts, rows, (mode, profile))
}

fn check_in(
    catalog: &Catalog,
    facts: &SheetFacts,
    rows: &[&[&str]],
    (mode, profile): (SetMode, Option<&LayoutProfile>),
) -> (Vec<Vec<String>>, Vec<Issue>, Vec<RowAction>) {
    let (item, kind) = catalog.find_kind("land_grant.grant").unwrap();
    let book = HeaderBook::new(catalog);
    let headers = book.find("land_grant", "grant").unwrap();
    let when = Circumstances {
        period: Period::Month(2025, 3),
        region: "652323".to_owned(),
        today: NaiveDate::from_ymd_opt(2025, 4, 3).unwrap(),
    };
    let plan = KindPlan::new(catalog, item, kind, Arc::new(RegionLookup::new(catalog)), when);
    let mut issues = IssueList::default();
    let map = Mapping { headers, kind, plan: &plan, profile }.map(facts, &mut issues);
    let mut checker = RowChecker::new(plan, mode);
    let (mut values, mut actions) = (Vec::new(), Vec::new());
    for (row, number) in rows.iter().zip(2..) {
        let cell = |at: usize| {
            let text = row.get(at).copied().unwrap_or_default();
            // Written above, in a merged cell over rows 2 to 4.
            let above = text.strip_prefix('↓');
            let filled = above.map(|_| Filled { row: 2, rows: 3 });
            let text = above.unwrap_or(text);
            // Merged with the cell to the left, which is filled.
            let across = (text == "←").then_some(at as u32);
            let text = if across.is_some() { "" } else { text };
            // As the reader gives what a spreadsheet kept of more than fifteen digits.
            let value = match text {
                "" => RawValue::Empty,
                text if text.contains("E+") => RawValue::Number { text, digits_lost: true },
                text => RawValue::Text(text),
            };
            RawCell { value, raw: None, filled, across }
        };
        let checked = checker.check(&map, number, cell, &mut issues);
        values.push((0..checked.len()).map(|at| rules::shown(checked.value(at))).collect());
        actions.push(checked.action());
    }
    (values, issues.into_parts().0, actions)
}

const ALL: [&str; 7] =
    ["合同编号", "受让单位名称", "受让单位统一社会信用代码", "面积", "成交价款", "合同签订日期", "信息所属时间期间"];

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
fn an_unknown_column_blocks_until_a_confirmed_profile_ignores_it() {
    let facts = sheet(&["合同编号", "受让单位名称", "内部流水", "金额合计"], &[]);
    let row: &[&str] = &["a1", "示例有限公司", "77", "3"];
    let (_, issues) = check(&facts, &[row], SetMode::Full);
    assert_eq!(issues.iter().filter(|issue| issue.starts_with("error unknown-column")).count(), 2);
    let catalog = catalog();
    let (_, kind) = catalog.find_kind("land_grant.grant").unwrap();
    let book = HeaderBook::new(&catalog);
    let names = || facts.columns.iter().map(|column| column.name.as_str());
    let mut profile = LayoutProfile::propose(kind, book.find("land_grant", "grant").unwrap(), "land", names());
    assert!(!profile.is_for(names()), "a proposal is not used");
    assert!(!profile.faults(kind).is_empty(), "what is undecided can't be confirmed");
    profile.headers[2].used = Use::Ignore;
    let measure = Some("ten_thousand_yuan".to_owned());
    profile.headers[3].used = Use::Column { column: "price_yuan".to_owned(), measure, codes: Default::default() };
    assert_eq!(profile.faults(kind), []);
    profile.status = Status::Confirmed;
    assert!(profile.is_for(names()));
    let (values, issues, _) = check_all(&facts, &[row], SetMode::Full, Some(&profile));
    assert!(issues.iter().all(|issue| issue.severity == crate::catalog::Severity::Warning), "{issues:?}");
    assert_eq!(values[0][7], "30000");
    let text = serde_json::to_string(&profile).unwrap();
    assert_eq!(serde_json::from_str::<LayoutProfile>(&text).unwrap(), profile);
}

#[test]
fn a_column_of_the_office_warns_and_what_may_be_a_field_under_a_wrong_name_blocks() {
    let own = ["审核意见", "数据来源", "更新时间", "创建时间", "所属科室", "领导批示", "录入账号", "是否审核"];
    let headers: Vec<&str> = ["合同编号", "受让单位名称"].into_iter().chain(own).collect();
    let row: Vec<&str> = ["a1", "示例"].into_iter().chain(own.map(|_| "同意")).collect();
    let (_, issues) = check(&sheet(&headers, &[]), &[&row, &row], SetMode::Full);
    assert!(!issues.iter().any(|issue| issue.starts_with("error unknown")), "{issues:?}");
    assert_eq!(issues.iter().filter(|issue| issue.starts_with("warning own-column")).count(), own.len(), "{issues:?}");
    // 编号 is the office's own where the contract's number is there, and may be it where it is not.
    let told = |headers: &[&str]| {
        let (_, issues) = check(&sheet(headers, &[]), &[&["a1", "示例", "7"]], SetMode::Full);
        issues.into_iter().filter(|issue| issue.contains("-column") && issue.ends_with("C1")).collect::<Vec<_>>()
    };
    assert_eq!(told(&["合同编号", "受让单位名称", "编号"]), ["warning own-column C1"]);
    assert_eq!(told(&["收回文件", "受让单位名称", "编号"]), ["error unknown-column C1"]);
    assert_eq!(told(&["合同编号", "受让单位名称", "成交价格"]), ["error unknown-column C1"]);
    assert_eq!(told(&["合同编号", "受让单位名称", "签订日期情况"]), ["error unknown-column C1"]);
}

#[test]
fn a_column_of_dashes_holds_nothing() {
    let facts = sheet(&["合同编号", "受让单位名称", "天气", "column_4"], &[]);
    let rows: [&[&str]; 3] = [&["a1", "示例", "—", "/"], &["a2", "示例", "", "－－"], &["a3", "示例", "---", "-"]];
    let (_, issues) = check(&facts, &rows, SetMode::Full);
    assert!(!issues.iter().any(|issue| issue.contains("unknown-column")), "{issues:?}");
}

#[test]
fn a_code_in_the_wrong_column_of_its_party_is_moved_and_told() {
    let facts = sheet(
        &["合同编号", "受让单位名称", "受让单位统一社会信用代码", "受让单位工商注册号", "受让单位身份证号码"],
        &[],
    );
    let rows: [&[&str]; 3] = [
        &["a1", "示例有限公司", "", "91652323MA7A000172", ""],
        &["a2", "示例有限公司", "", "", "91652323MA7A000172"],
        &["a3", "某人", "11010519491231002X", "", ""],
    ];
    let (values, issues) = check(&facts, &rows, SetMode::Full);
    assert_eq!(values[0][2], "91652323MA7A000172");
    assert_eq!(values[0][4], "");
    assert_eq!(values[1][2], "91652323MA7A000172");
    assert_eq!((values[2][2].as_str(), values[2][5].as_str()), ("", "11010519491231002X"));
    assert_eq!(issues.iter().filter(|issue| issue.starts_with("warning moved-code")).count(), 3);
    assert!(!issues.iter().any(|issue| issue.starts_with("error")), "{issues:?}");
}

#[test]
fn a_code_is_its_partys_in_whatever_words_its_header_names_it() {
    let code = "91652323MA7A000172";
    for header in [
        "统一社会信用代码",
        "信用代码",
        "税号",
        "纳税人识别号",
        "纳税人识别号（统一社会信用代码）",
        "统一社会信用代码/纳税人识别号",
        "受让单位税号",
        "受让单位/信用代码",
        "受让单位名称/纳税人识别号",
        "受让单位的社会信用代码",
    ] {
        let facts = sheet(&["合同编号", "受让单位名称", header], &[]);
        let (values, issues) = check(&facts, &[&["a1", "示例有限公司", code]], SetMode::Full);
        assert_eq!(values[0][2], code, "{header} {issues:?}");
    }
    let facts = sheet(&["合同编号", "受让单位名称", "证件号码"], &[]);
    let (values, _) = check(&facts, &[&["a1", "某人", "11010519491231002X"]], SetMode::Full);
    assert_eq!(values[0][5], "11010519491231002X");
}

#[test]
fn two_rows_of_one_key_are_told_with_both_their_numbers() {
    let rows: [&[&str]; 3] = [
        &["a1", "示例有限公司", "", "1", "1", "2025-03-05", "2025-03"],
        &["a1", "示例有限公司", "", "2", "1", "2025-03-05", "2025-03"],
        &["a1", "示例有限公司", "", "1", "1", "2025-03-05", "2025-03"],
    ];
    let (_, issues, _) = check_all(&sheet(&ALL, &[]), &rows, SetMode::Full, None);
    let rules: Vec<&str> =
        issues.iter().map(|issue| issue.rule.as_ref()).filter(|rule| *rule != "missing-column").collect();
    assert_eq!(rules, ["duplicate-key", "duplicate-row"]);
}

#[test]
fn a_row_without_an_action_says_what_its_key_shows_and_an_unknown_word_is_told() {
    let facts = sheet(&["操作（新增/变更/撤销）", "合同编号", "受让单位名称"], &[]);
    let rows: [&[&str]; 4] =
        [&["变更", "a1", "示例"], &["撤销", "a2", ""], &["", "a3", "示例"], &["待定", "a4", "示例"]];
    let (_, issues, actions) = check_all(&facts, &rows, SetMode::Differential, None);
    let rules: Vec<&str> =
        issues.iter().map(|issue| issue.rule.as_ref()).filter(|rule| *rule != "missing-column").collect();
    assert_eq!(rules, ["row-action"]);
    assert_eq!(&actions[..3], [RowAction::Change, RowAction::Revoke, RowAction::Unsaid]);
    let (_, issues) = check(&facts, &[&["撤销", "a2", ""]], SetMode::Full);
    assert!(issues.contains(&"error row-action A2".to_owned()), "{issues:?}");
}

/// What a set that says nothing of itself says once its rows are heard, and the cells it filled.
fn hear(headers: &[&str], rows: &[&[&str]]) -> (SetMode, Vec<String>, Vec<u64>) {
    let catalog = catalog();
    let (item, kind) = catalog.find_kind("land_grant.grant").unwrap();
    let book = HeaderBook::new(&catalog);
    let when = Circumstances {
        period: Period::Month(2025, 3),
        region: "652323".to_owned(),
        today: NaiveDate::from_ymd_opt(2025, 4, 3).unwrap(),
    };
    let plan = KindPlan::new(&catalog, item, kind, Arc::new(RegionLookup::new(&catalog)), when);
    let headers = (book.find("land_grant", "grant").unwrap(), sheet(headers, &[]));
    let mut issues = IssueList::default();
    let map = Mapping { headers: headers.0, kind, plan: &plan, profile: None }.map(&headers.1, &mut issues);
    let mut checker = RowChecker::new(plan, SetMode::Unsaid);
    for (row, number) in rows.iter().zip(2..) {
        let cell = |at: usize| match row[at] {
            "" => RawCell { value: RawValue::Empty, raw: None, filled: None, across: None },
            text => RawCell { value: RawValue::Text(text), raw: None, filled: None, across: None },
        };
        checker.check(&map, number, cell, &mut issues);
    }
    let errors = issues.into_parts().0.into_iter().filter(|issue| issue.severity == Severity::Error);
    let errors = errors.map(|issue| format!("{} {}", issue.rule, issue.cell.unwrap().address())).collect();
    (checker.mode(), errors, checker.filled().iter().map(|filled| filled.count).collect())
}

#[test]
fn a_column_of_actions_counts_only_once_a_row_says_something() {
    let headers = ["操作", "合同编号", "受让单位名称"];
    let silent: [&[&str]; 2] = [&["", "a1", "示例"], &["", "a2", "示例"]];
    assert_eq!(hear(&headers, &silent).0, SetMode::Unsaid);
    assert!(hear(&headers, &silent).1.is_empty());
    let late: [&[&str]; 3] = [&["", "a1", "示例"], &["变更", "a2", "示例"], &["", "a3", "示例"]];
    let (mode, errors, _) = hear(&headers, &late);
    assert_eq!((mode, errors), (SetMode::Differential, Vec::new()));
    let unchanged: [&[&str]; 2] = [&["不变", "a1", "示例"], &["无变化", "a2", "示例"]];
    assert_eq!(hear(&headers, &unchanged).0, SetMode::Differential, "rows say that they are as they were");
    let other_words: [&[&str]; 3] = [&["注销", "a1", ""], &["新 增。", "a2", "示例"], &["修改", "a3", "示例"]];
    assert_eq!(hear(&headers, &other_words).0, SetMode::Differential);
    assert!(hear(&headers, &other_words).1.is_empty(), "of a row that is taken back only the key is asked");
}

#[test]
fn an_empty_period_of_the_information_is_the_sheets_own() {
    let headers = ["合同编号", "受让单位名称", "信息所属时间期间"];
    let rows: [&[&str]; 3] = [&["a1", "示例", ""], &["a2", "示例", "/"], &["a3", "示例", "2025-02"]];
    let (values, issues) = check(&sheet(&headers, &[]), &rows, SetMode::Unsaid);
    assert_eq!(values.iter().map(|row| row[12].as_str()).collect::<Vec<_>>(), ["2025-03", "2025-03", "2025-02"]);
    assert!(!issues.iter().any(|issue| issue.ends_with("C2") || issue.ends_with("C3")), "{issues:?}");
    assert_eq!(hear(&headers, &rows).2, [2]);
    // A sheet without the column says it of itself too.
    let without: [&[&str]; 1] = [&["a1", "示例"]];
    let (values, _) = check(&sheet(&headers[..2], &[]), &without, SetMode::Unsaid);
    assert_eq!(values[0][12], "2025-03");
    let (_, issues, _) = check_all(&sheet(&headers[..2], &[]), &without, SetMode::Unsaid, None);
    let missing = issues.iter().find(|issue| issue.rule == "missing-column").unwrap();
    assert!(!format!("{:?}", missing.message).contains("信息所属时间期间"), "{missing:?}");
}

#[test]
fn an_empty_part_of_a_key_that_says_when_and_cannot_be_filled_is_an_error_at_its_cell() {
    let text = GRANT.replace("    key: []", "    key: [document, recovery_month]").replace(
        "{key: area_square_metres, zh: 面积, en: Area, type: quantity, measure: square_metre}",
        "{key: recovery_month, zh: 收回月份, en: Month, type: month, origin: extension}",
    );
    let told = |text: &str, period: Period, rows: &[&[&str]]| {
        let source = Source { path: "templates/land/land_grant.yaml".to_owned(), text: text.to_owned() };
        let (catalog, _) = Catalog::compile(&[source]);
        let (item, kind) = catalog.find_kind("land_grant.recovery").unwrap();
        let book = HeaderBook::new(&catalog);
        let today = NaiveDate::from_ymd_opt(2025, 4, 3).unwrap();
        let when = Circumstances { period, region: "652323".to_owned(), today };
        let plan = KindPlan::new(&catalog, item, kind, Arc::new(RegionLookup::new(&catalog)), when);
        let mut issues = IssueList::default();
        let facts = sheet(&["收回文件", "收回月份"], &[]);
        let headers = book.find("land_grant", "recovery").unwrap();
        let map = Mapping { headers, kind, plan: &plan, profile: None }.map(&facts, &mut issues);
        let mut checker = RowChecker::new(plan, SetMode::Unsaid);
        for (row, number) in rows.iter().zip(2..) {
            let cell = |at: usize| match row[at] {
                "" => RawCell { value: RawValue::Empty, raw: None, filled: None, across: None },
                text => RawCell { value: RawValue::Text(text), raw: None, filled: None, across: None },
            };
            checker.check(&map, number, cell, &mut issues);
        }
        let errors = issues.into_parts().0.into_iter().filter(|issue| issue.severity == Severity::Error);
        errors.map(|issue| format!("{} {}", issue.rule, issue.cell.unwrap().address())).collect::<Vec<_>>()
    };
    let rows: [&[&str]; 2] = [&["x", ""], &["y", "2025-02"]];
    assert_eq!(told(&text, Period::Quarter(2025, 1), &rows), ["key B2"]);
    assert!(told(&text, Period::Month(2025, 3), &rows).is_empty(), "the sheet's own month");
    // Nothing is left to tell things apart.
    let optional = text
        .replace("zh: 收回文件, en: Document, type: text, required: true", "zh: 收回文件, en: Document, type: text");
    assert_eq!(told(&optional, Period::Month(2025, 3), &[&["", "2025-02"]]), ["key A2"]);
    // Of a kind whose key is the whole row no part is asked for.
    let whole_row = optional.replace("key: [document, recovery_month]", "key: []");
    assert!(told(&whole_row, Period::Quarter(2025, 1), &[&["x", ""], &["", "2025-02"]]).is_empty());
}

#[test]
fn a_closed_column_is_read_over_and_told() {
    let facts = sheet(&["合同编号", "受让单位名称", "家庭住址"], &[]);
    let (values, issues) = check(&facts, &[&["a1", "示例", "某路1号"]], SetMode::Full);
    assert!(issues.contains(&"warning closed-column C1".to_owned()), "{issues:?}");
    assert_eq!(values[0][11], "");
}

#[test]
fn a_kind_is_told_by_its_headers_and_asked_for_when_two_fit() {
    let book = HeaderBook::new(&catalog());
    let found = |headers: &[&str]| recognise(&book, &sheet(headers, &[]), &Expected::default());
    let grant = Recognised::One("land_grant".to_owned(), "grant".to_owned());
    assert_eq!(found(&["合同编号", "面积", "成交价款"]), grant);
    assert_eq!(found(&["收回文件", "面积"]), Recognised::One("land_grant".to_owned(), "recovery".to_owned()));
    assert!(matches!(found(&["面积"]), Recognised::None(nearest) if nearest.len() == 2));
    assert_eq!(found(&["天气", "心情"]), Recognised::None(Vec::new()));
}

#[test]
fn unit_and_period_come_from_the_first_place_that_names_them() {
    let catalog = catalog();
    let units = UnitBook::new(&catalog);
    let item = &catalog.items["land_grant"];
    let judge = Judge { catalog: &catalog, units: &units, item, today: NaiveDate::from_ymd_opt(2025, 4, 3).unwrap() };
    let titles = ["填报单位：呼图壁县自然资源局 所属期：2025年3月".to_owned()];
    let flags = Flags::default();
    let clues =
        Clues { identity: None, flags: &flags, titles: &titles, column: None, path: "财政局/2025年2月.csv" };
    assert_eq!(judge.unit(&clues).unwrap().0, "land");
    assert_eq!(judge.period(&clues).unwrap().0, Period::Month(2025, 3));
    let clues = Clues { titles: &[], path: "自然资源局/2025年2月.csv", ..clues };
    assert_eq!(
        (judge.unit(&clues).unwrap().0, judge.period(&clues).unwrap().0),
        ("land".to_owned(), Period::Month(2025, 2))
    );
    let rule = |clues: &Clues<'_>| (judge.unit(clues).unwrap_err().rule, judge.period(clues).unwrap_err().rule);
    assert_eq!(rule(&Clues { path: "财政局/2025Q1.csv", ..clues }), ("unit-not-provider", "period"));
    assert_eq!(rule(&Clues { path: "a.csv", ..clues }), ("unknown-unit", "period"));
    let flags = Flags { unit: Some("月球局".to_owned()), period: Some(Period::Year(2025)), mode: None };
    assert_eq!(rule(&Clues { flags: &flags, ..clues }), ("unknown-unit", "period"));
}

/// The measures of a sheet with these headers under this title: `price area`, and the rules broken with their cells.
fn priced(price: &str, area: &str, title: &str) -> (String, String, Vec<String>) {
    let titles: &[&str] = if title.is_empty() { &[] } else { &[title] };
    let facts = sheet(&["合同编号", "受让单位名称", price, area], titles);
    let (values, issues) = check(&facts, &[&["a1", "示例有限公司", "1000", "3"]], SetMode::Full);
    let errors = issues.into_iter().filter(|issue| issue.starts_with("error")).collect();
    (values[0][7].clone(), values[0][6].clone(), errors)
}

#[test]
fn a_measure_is_converted_or_refused_and_never_passed_over() {
    let read = |price, area, title| {
        let (price, area, errors) = priced(price, area, title);
        assert_eq!(errors, Vec::<String>::new());
        (price, area)
    };
    let both = |price: &str, area: &str| (price.to_owned(), area.to_owned());
    assert_eq!(read("成交价款[千元]", "面积【公顷】", ""), both("1000000", "30000"));
    assert_eq!(read("成交价款（百万元）", "面积（千公顷）", ""), both("1000000000", "30000000"));
    assert_eq!(read("成交价款", "面积", "金额单位：千元"), both("1000000", "3"));
    assert_eq!(read("成交价款万元", "面积：亩", ""), both("10000000", "2000"));
    assert_eq!(read("成交价款（含税）", "面积（合同约定）", "填报单位：自然资源局"), both("1000", "3"));
    assert_eq!(read("成交（万元）/成交价款", "面积", ""), both("10000000", "3"));
    let wrong = [
        ("成交价款（美元）", "面积", "", "error measure C1"),
        ("成交价款（十亿元）", "面积", "", "error measure C1"),
        ("成交价款（亩）", "面积", "", "error measure C1"),
        ("成交价款", "面积（吨）", "", "error measure D1"),
        ("成交价款", "面积[小亩]", "", "error measure D1"),
        ("成交价款", "面积", "金额单位：美元", "error measure C1"),
        ("成交价款", "面积", "金额单位：万元、补贴单位：元", "error measure C1"),
    ];
    for (price, area, title, error) in wrong {
        assert_eq!(priced(price, area, title).2, [error], "{price} {area} {title}");
    }
}

#[test]
fn a_measure_is_followed_wherever_and_however_the_sheet_states_it() {
    let (ten_thousands, mu) = ("10000000".to_owned(), "2000".to_owned());
    for title in [
        "土地出让表（以万元计）",
        "以万元计",
        "土地出让表 万元",
        "（单位／万元）",
        "金额：万元",
        "单位 万元",
        "万元",
        "单位：萬元",
        "注：金额单位为万元",
        "以上金额单位：万元",
        "单位：万",
    ] {
        let (price, area, errors) = priced("成交价款", "面积", title);
        assert_eq!((&price, area.as_str(), errors), (&ten_thousands, "3", Vec::new()), "{title}");
    }
    let (price, area, errors) = priced("成交价款", "面积", "单位：亩、万元");
    assert_eq!((price, area, errors), (ten_thousands.clone(), mu.clone(), Vec::new()));
    for header in ["成交价款（万）", "成交价款（萬元）", "成交价款万元", "成交价款/（万元）", "成交价款万元（含税）"]
    {
        let (price, _, errors) = priced(header, "面积", "");
        assert_eq!((&price, errors), (&ten_thousands, Vec::new()), "{header}");
    }
    for header in ["面积亩（毛）", "面积（亩（毛））", "面积mu", "面积（MU）", "面积（畝）"] {
        let (_, area, errors) = priced("成交价款", header, "");
        assert_eq!((&area, errors), (&mu, Vec::new()), "{header}");
    }
    for header in ["面积㎡", "面积（m2）", "面积（M²）"] {
        assert_eq!(priced("成交价款", header, "").1, "3", "{header}");
    }
    assert_eq!(priced("成交价款", "面积公顷(ha)", "").1, "30000");
    assert_eq!(priced("成交价款（W）", "面积", "").2, ["error measure C1"]);
    assert_eq!(priced("成交价款", "面积（万）", "").2, ["error measure D1"]);
}

#[test]
fn a_measure_in_a_header_of_its_own_a_group_a_note_or_the_sheets_name_counts() {
    let read = |facts: &SheetFacts| {
        let (values, issues) = check(facts, &[&["a1", "示例有限公司", "1000"]], SetMode::Full);
        let errors: Vec<String> = issues.into_iter().filter(|issue| issue.starts_with("error")).collect();
        (values[0][7].clone(), errors)
    };
    let headers = ["合同编号", "受让单位名称", "成交价款"];
    let plain = sheet(&headers, &[]);
    let followed = ("10000000".to_owned(), Vec::new());
    assert_eq!(read(&SheetFacts { notes: vec!["注：金额单位为万元".to_owned()], ..plain.clone() }), followed);
    assert_eq!(read(&SheetFacts { name: "出让（万元）".to_owned(), ..plain.clone() }), followed);
    assert_eq!(read(&sheet(&["合同编号", "受让单位名称", "成交价款", "单位：万元"], &[])), followed);
    assert_eq!(read(&sheet(&["合同编号", "受让单位名称", "成交价款", "万元"], &[])), followed);
    assert_eq!(read(&sheet(&["合同编号", "受让单位名称", "单位：万元/成交价款"], &[])), followed);
    let silent = ("1000".to_owned(), Vec::new());
    for title in ["5000万元以上项目清单", "新疆万元商贸有限公司出让表", "单位名称：示例局", "币种：人民币"]
    {
        assert_eq!(read(&sheet(&headers, &[title])), silent, "{title}");
    }
    let disagrees = SheetFacts {
        notes: vec!["注：金额单位为万元".to_owned()],
        ..sheet(&["合同编号", "受让单位名称", "成交价款（元）"], &[])
    };
    assert_eq!(read(&disagrees).1, ["error measure C1"]);
}

#[test]
fn a_measure_in_a_remark_against_the_sheets_own_is_told_once_and_blocks() {
    let told = |price: &str, remarks: [&str; 2]| {
        let facts = sheet(&["合同编号", "受让单位名称", price, "备注"], &[]);
        let rows: [&[&str]; 2] = [&["a1", "示例", "350", remarks[0]], &["a2", "示例", "360", remarks[1]]];
        let (_, issues) = check(&facts, &rows, SetMode::Full);
        issues.into_iter().filter(|issue| issue.contains("measure")).collect::<Vec<_>>()
    };
    assert_eq!(told("成交价款", ["金额单位：万元", "金额单位：万元"]), ["error measure D2"]);
    assert_eq!(told("成交价款（元）", ["", "以万元计"]), ["error measure D3"]);
    for (price, remark) in [
        ("成交价款（万元）", "单位：万元"),
        ("成交价款", "单位：元"),
        ("成交价款", "单位：亩"),
        ("成交价款", "已缴350万元"),
        ("成交价款", "分三期付款，每期100万元"),
    ] {
        assert_eq!(told(price, [remark, ""]), Vec::<String>::new(), "{price} {remark}");
    }
}

#[test]
fn so_much_for_each_is_told_where_a_sum_is_asked() {
    let told = |price: &str| {
        let facts = sheet(&["合同编号", "受让单位名称", price], &[]);
        let (values, issues) = check(&facts, &[&["a1", "示例有限公司", "1000"]], SetMode::Full);
        let issues: Vec<String> = issues.into_iter().filter(|issue| issue.contains("measure")).collect();
        (values[0][7].clone(), issues)
    };
    for header in ["成交价款（元/户）", "成交价款（元／人）", "成交价款（元/年）"] {
        // 价 is a price, so much for each of what it is the price of.
        assert_eq!(told(header), ("1000".to_owned(), Vec::new()), "{header}");
    }
    assert_eq!(told("成交价款（元/㎡）").1, Vec::<String>::new());
}

#[test]
fn a_figure_against_the_sheets_measure_is_told_in_either_direction() {
    let told = |header: &str, figure: &str| {
        let facts = sheet(&["合同编号", "受让单位名称", header], &[]);
        let (values, issues) = check(&facts, &[&["a1", "示例有限公司", figure]], SetMode::Full);
        let issues: Vec<String> = issues.into_iter().filter(|issue| issue.contains("measure")).collect();
        (values[0][7].clone(), issues)
    };
    let warned = vec!["warning measure C2".to_owned()];
    assert_eq!(told("成交价款（元）", "3.5万元"), ("35000".to_owned(), warned.clone()));
    assert_eq!(told("成交价款（万元）", "500元"), ("500".to_owned(), warned));
    assert_eq!(told("成交价款", "3.5万元"), ("35000".to_owned(), Vec::new()), "nothing says otherwise");
    assert_eq!(told("成交价款（万元）", "3.5万元"), ("35000".to_owned(), Vec::new()));
    assert_eq!(told("成交价款（元）", "500元"), ("500".to_owned(), Vec::new()));
    assert_eq!(told("成交价款", "0.125×100%").1, ["error measure C2"]);
}

#[test]
fn a_certificate_of_another_sort_in_a_column_of_codes_is_a_persons_where_the_name_is() {
    let told = |name: &str, code: &str| {
        let facts = sheet(&["合同编号", "供地单位名称", "供地单位统一社会信用代码", "受让单位名称"], &[]);
        let (values, issues) = check(&facts, &[&["a1", name, code, "示例有限公司"]], SetMode::Full);
        let issues: Vec<String> = issues.into_iter().filter(|issue| issue.ends_with("C2")).collect();
        (values[0].iter().any(|value| value == code), issues)
    };
    let person = vec!["warning person-in-code C2".to_owned()];
    for code in ["H1234567890", "M0123456789", "CHN110100000001", "军字第2001988号"] {
        assert_eq!(told("示例有限公司", code).1, person, "{code}");
    }
    for code in ["E12345678", "C12345678", "EA1234567"] {
        assert_eq!(told("张三", code).1, person, "{code}");
        let of_organisation = ["warning check-digit C2", "warning moved-code C2"].map(str::to_owned).to_vec();
        assert_eq!(told("示例有限公司", code), (true, of_organisation), "{code}");
    }
    assert_eq!(told("张三", "600037341").1, ["warning moved-code C2"], "the code of an organisation holds");
}

#[test]
fn a_persons_number_cut_by_any_signs_is_a_persons_in_a_column_of_codes_and_a_name_is_no_code() {
    let told = |code: &str| {
        let facts = sheet(&["合同编号", "供地单位名称", "供地单位统一社会信用代码", "受让单位名称"], &[]);
        let (values, issues) = check(&facts, &[&["a1", "示例有限公司", code, "示例有限公司"]], SetMode::Full);
        let leaks = values.iter().flatten().any(|value| value == code);
        (leaks, issues.into_iter().filter(|issue| issue.ends_with("C2")).collect::<Vec<_>>())
    };
    for code in ["110105.19491231.002X", "110105/19491231/002X", "110105·19491231·002X", "110105_19491231_002X"] {
        assert_eq!(told(code), (false, vec!["warning person-in-code C2".to_owned()]), "{code}");
    }
    assert_eq!(told("呼图壁县甲记农机店").1, ["error identifier C2"]);
}

#[test]
fn a_proposal_takes_the_measure_of_the_header() {
    let catalog = catalog();
    let (_, kind) = catalog.find_kind("land_grant.grant").unwrap();
    let book = HeaderBook::new(&catalog);
    let names = ["合同编号", "受让单位名称", "总成交价款万元", "地面积（美元）"];
    let profile = LayoutProfile::propose(kind, book.find("land_grant", "grant").unwrap(), "land", names.into_iter());
    let measure = Some("ten_thousand_yuan".to_owned());
    let price = Use::Column { column: "price_yuan".to_owned(), measure, codes: Default::default() };
    assert_eq!(profile.headers[2].used, price);
    assert_eq!(profile.headers[3].used, Use::Undecided);
}

#[test]
fn other_periods_and_units_than_the_one_decided_are_told_or_block() {
    use crate::catalog::Severity::{Error, Warning};
    let catalog = catalog();
    let units = UnitBook::new(&catalog);
    let today = NaiveDate::from_ymd_opt(2025, 4, 3).unwrap();
    let judge = Judge { catalog: &catalog, units: &units, item: &catalog.items["land_grant"], today };
    let (none, march) = (Flags::default(), Period::Month(2025, 3));
    let february = ["填报单位：自然资源局 所属期：2025年2月".to_owned()];
    let clues = Clues { identity: None, flags: &none, titles: &february, column: None, path: "a.xlsx" };
    let said = |clues: &Clues<'_>, unit| {
        let told = judge.contradictions(clues, unit, march);
        told.into_iter().map(|(severity, message)| (severity, message.key.into_owned())).collect::<Vec<_>>()
    };
    assert_eq!(said(&clues, "land"), [(Error, "intake-sheets-of-periods".to_owned())]);
    assert_eq!(said(&clues, "finance").len(), 2, "another unit and another period");
    let impossible = ["所属期：2025年13月".to_owned()];
    assert_eq!(said(&Clues { titles: &impossible, ..clues }, "land"), [(Error, "intake-period-unreadable".to_owned())]);
    let given = Flags { period: Some(march), ..Flags::default() };
    assert_eq!(said(&Clues { flags: &given, ..clues }, "land"), [(Warning, "intake-period-contradicts".to_owned())]);
    let identity = TemplateIdentity {
        unit: Some("land".to_owned()),
        period: Some("2025-03".to_owned()),
        ..TemplateIdentity::default()
    };
    let wrong = Flags { unit: Some("财政局".to_owned()), period: Some(Period::Month(2025, 1)), mode: None };
    let against = Clues { identity: Some(&identity), flags: &wrong, titles: &[], ..clues };
    let keys = ["intake-period-against-identity", "intake-unit-against-identity"].map(|key| (Error, key.to_owned()));
    assert_eq!(said(&against, "land"), keys);
    let unknown = Flags { unit: Some("火星局".to_owned()), ..Flags::default() };
    assert_eq!(judge.unit(&Clues { flags: &unknown, ..against }).unwrap_err().rule, "unknown-unit");
}

#[test]
fn a_period_that_has_not_begun_or_does_not_exist_is_refused() {
    let catalog = catalog();
    let units = UnitBook::new(&catalog);
    let today = NaiveDate::from_ymd_opt(2025, 4, 3).unwrap();
    let judge = Judge { catalog: &catalog, units: &units, item: &catalog.items["land_grant"], today };
    let flags = Flags::default();
    let key = |title: &str, path: &str| {
        let titles = [title.to_owned()];
        let clues = Clues { identity: None, flags: &flags, titles: &titles, column: None, path };
        match judge.period(&clues) {
            Ok((period, _)) => period.to_string(),
            Err(refusal) => format!("{} {}", refusal.message.key, refusal.value),
        }
    };
    assert_eq!(key("所属期：2025年4月", ""), "2025-04");
    assert_eq!(key("所属期：2025年5月", ""), "intake-period-future 2025-05");
    assert_eq!(key("", "2031-03.xlsx"), "intake-period-future 2031-03");
    assert_eq!(key("所属期：2025年13月", "2025-03.xlsx"), "intake-period-unreadable 2025年13月");
    assert_eq!(key("所属期：2025年1月-2025年2月", ""), "intake-period-unreadable 2025年1月-2025年2月");
    assert_eq!(key("2024-2025年统计表 所属期：2025-03", ""), "2025-03");
    assert_eq!(key("", "2024-2025年/2025年3月.xlsx"), "2025-03");
    assert_eq!(key("", "2024-2025年.xlsx"), "intake-period-unreadable 2024-2025年");
}

#[test]
fn citizens_numbers_stand_nowhere_in_clear() {
    const NUMBER: &str = "11010519491231002X";
    let facts = sheet(
        &["合同编号", "受让单位名称", "受让单位统一社会信用代码", "受让单位工商注册号", "受让单位身份证号码", "收回"],
        &[],
    );
    let named = format!("张三{NUMBER}");
    let rows: [&[&str]; 4] = [
        &["a1", &named, "", "", "", ""],
        &["a2", "某人", NUMBER, "", "", ""],
        &["a3", "某人", "", "", "110105194912310021", ""],
        &["a3", "某人", "", "", "11010519491231", ""],
    ];
    let (values, issues, _) = check_all(&facts, &rows, SetMode::Full, None);
    assert_eq!(values[0][1], "张三1101************2X");
    assert_eq!(values[1][5], NUMBER, "the personal part keeps it");
    let rules: Vec<&str> = issues.iter().map(|issue| issue.rule.as_ref()).collect();
    for rule in ["citizen-in-text", "moved-code", "check-digit", "identifier"] {
        assert!(rules.contains(&rule), "{rule} {rules:?}");
    }
    for issue in &issues {
        let said = format!("{issue:?}");
        assert!(!said.contains("19491231"), "{said}");
    }
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
fn a_header_that_stands_twice_is_named_as_it_is_written_with_both_cells() {
    let facts = sheet(&["合同编号", "受让单位名称", "面积（亩）", "面积（亩）_2"], &[]);
    let (_, issues, _) = check_all(&facts, &[&["a1", "示例", "1", "1"]], SetMode::Full, None);
    let twice = issues.iter().find(|issue| issue.rule == "header-twice").expect("told");
    let said: Vec<&str> = twice.message.values.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!((twice.value.as_str(), said), ("面积（亩）", vec!["面积（亩）", "D1", "C1"]));
}

#[test]
fn a_figure_merged_over_rows_counts_for_none_and_is_told_once_while_names_hold_for_all() {
    let facts = sheet(&["合同编号", "受让单位名称", "面积", "成交价款"], &[]);
    let rows: [&[&str]; 4] = [
        &["a1", "示例有限公司", "100", "900"],
        &["a2", "↓示例有限公司", "↓100", "↓900"],
        &["a3", "↓示例有限公司", "↓100", "↓900"],
        &["a4", "另一有限公司", "7", "8"],
    ];
    let (values, issues) = check(&facts, &rows, SetMode::Full);
    let errors: Vec<String> = issues.into_iter().filter(|issue| issue.starts_with("error")).collect();
    assert_eq!(errors, ["error merged C2", "error merged D2"]);
    let of = |row: usize| (values[row][1].as_str(), values[row][6].as_str(), values[row][7].as_str());
    assert_eq!((of(1), of(2)), (("示例有限公司", "", ""), ("示例有限公司", "", "")));
    assert_eq!(of(3), ("另一有限公司", "7", "8"));
}

#[test]
fn a_title_that_no_header_follows_blocks_and_one_that_some_follow_warns() {
    let told = |headers: [&str; 3], title: &str| -> Vec<String> {
        let facts = sheet(&["合同编号", "受让单位名称", headers[0], headers[1], headers[2]], &[title]);
        let row: &[&str] = &["a1", "示例有限公司", "1000", "3", ""];
        let issues = check(&facts, &[row], SetMode::Full).1;
        issues.into_iter().filter(|issue| issue.contains("measure")).collect()
    };
    assert_eq!(told(["成交价款（元）", "面积", "合同签订日期"], "单位：万元"), ["error measure C1"]);
    assert_eq!(
        told(["成交价款（元）", "面积（平方米）", "合同签订日期"], "单位：万元、亩"),
        ["error measure C1", "error measure D1"]
    );
    assert_eq!(told(["成交价款（万元）", "面积", "合同签订日期"], "单位：万元"), Vec::<String>::new());
    assert_eq!(told(["成交价款", "面积", "合同签订日期"], "单位：万元"), Vec::<String>::new());
    assert_eq!(told(["成交价款（元/平方米）", "面积", "合同签订日期"], "单位：万元"), Vec::<String>::new());
}

#[test]
fn a_figure_merged_with_its_neighbour_is_told_and_how_to_mend_it() {
    let rows: [&[&str]; 2] = [&["a1", "示例", "", "1", "←", "2025-03-05", ""], &["a2", "←", "", "1", "2", "", ""]];
    let (_, issues, _) = check_all(&sheet(&ALL, &[]), &rows, SetMode::Full, None);
    let told: Vec<String> = issues
        .iter()
        .filter(|issue| issue.rule != "missing-column")
        .map(|issue| format!("{} {} {}", issue.severity.key(), issue.rule, issue.cell.unwrap().address()))
        .collect();
    assert_eq!(told, ["error merged B3", "warning merged E2"]);
    let merged = issues.iter().find(|issue| issue.rule == "merged").unwrap();
    assert!(merged.message.values.iter().any(|(name, value)| name == "cell" && value == "A3"), "{merged:?}");
}

#[test]
fn a_merge_across_two_columns_is_told_whatever_they_hold() {
    let headers = ["合同编号", "受让单位名称", "成交价款", "合同签订日期", "供应方式"];
    let rows: [&[&str]; 2] = [&["a1", "示例", "5000", "←", "挂牌"], &["a2", "示例", "5000", "2025-03-05", "←"]];
    let (_, issues) = check(&sheet(&headers, &[]), &rows, SetMode::Full);
    let told: Vec<&str> = issues.iter().map(String::as_str).filter(|issue| issue.contains("merged")).collect();
    assert_eq!(told, ["warning merged D2", "warning merged E3"], "{issues:?}");
}

#[test]
fn a_persons_number_in_a_column_of_figures_is_an_error_at_its_cell_and_stands_nowhere() {
    let headers = ["合同编号", "受让单位名称", "面积", "成交价款"];
    for number in [
        "110105490101003",
        "11010519491231002X",
        "110105194912310021",
        "１１０１０５４９０１０１００３",
        "110105 490101 003",
        "110105490101003.00",
        "110,105,490,101,003",
    ] {
        let rows: [&[&str]; 2] = [&["a1", "示例", "100", number], &["a2", "示例", number, "100"]];
        let (values, issues, _) = check_all(&sheet(&headers, &[]), &rows, SetMode::Full, None);
        let told: Vec<String> = issues
            .iter()
            .filter(|issue| issue.rule != "missing-column")
            .map(|issue| format!("{} {} {}", issue.severity.key(), issue.rule, issue.cell.unwrap().address()))
            .collect();
        assert_eq!(told, ["error person-in-figure D2", "error person-in-figure C3"], "{number}");
        assert!(values[0][7].is_empty() && values[1][6].is_empty(), "{number}");
        assert!(issues.iter().all(|issue| !format!("{issue:?}").contains("49")), "{number} {issues:?}");
    }
    // What has no region and no day of birth in it is a figure.
    for figure in ["999999999999999", "33333.333333333336", "100000000000000", "12345678901.5"] {
        let (_, issues) = check(&sheet(&headers, &[]), &[&["a1", "示例", "100", figure]], SetMode::Full);
        assert!(issues.iter().all(|issue| issue.contains("missing")), "{figure} {issues:?}");
    }
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
fn a_row_of_one_cell_is_asked_about_as_a_row() {
    let facts = sheet(&["合同编号", "受让单位名称", "面积", "成交价款"], &[]);
    let rows: [&[&str]; 2] = [&["a1", "示例有限公司", "100", "900"], &["", "截至三月底", "", ""]];
    let (_, issues) = check(&facts, &rows, SetMode::Full);
    assert_eq!(issues.iter().filter(|issue| !issue.contains("missing")).collect::<Vec<_>>(), ["error row B3"]);
    // A subtotal in words that nobody foresaw, and a record that lacks one thing.
    let rows: [&[&str]; 2] = [&["", "", "", "12", "3.5"], &["", "示例有限公司", "", "12"]];
    let (_, issues) = check(&sheet(&ALL, &[]), &rows, SetMode::Full);
    let errors: Vec<&str> = issues.iter().map(String::as_str).filter(|issue| issue.starts_with("error")).collect();
    assert_eq!(errors, ["error row D2", "error required A3"]);
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

const SUPPLIER: [&str; 5] =
    ["合同编号", "受让单位名称", "供地单位名称", "供地单位统一社会信用代码", "供地单位工商注册号"];

/// Position of the supplier's code and of its licence number.
const SUPPLIER_CODES: [usize; 2] = [14, 16];

#[test]
fn a_persons_number_in_a_column_of_codes_is_told_and_treated_as_a_persons_whatever_its_form() {
    let facts = sheet(&SUPPLIER, &[]);
    let numbers = [
        "11010519491231002X",
        "１１０１０５ 19491231 002x",
        "11010519491231002X01",
        "110105490101003",
        "965398198501010992",
        "110105194912310021",
    ];
    for number in numbers {
        for at in [3, 4] {
            let mut row = ["a1", "示例", "某店", "", ""];
            row[at] = number;
            let (values, issues, _) = check_all(&facts, &[&row], SetMode::Full, None);
            let told = issues.iter().find(|issue| issue.rule == "person-in-code").unwrap_or_else(|| panic!("{number}"));
            assert_eq!(told.severity, crate::catalog::Severity::Warning);
            assert!(values[0][SUPPLIER_CODES[at - 3]].contains("****"), "{number}: {:?}", values[0]);
            let said = format!("{issues:?} {values:?}");
            for telling in ["19491231", "19850101", "490101003"] {
                assert!(!said.contains(telling), "{said}");
            }
        }
    }
}

#[test]
fn codes_of_organisations_are_no_persons_and_a_licence_like_a_birthday_is_kept_and_told() {
    let facts = sheet(&SUPPLIER, &[]);
    let code = |code: &str| {
        let (values, issues) = check(&facts, &[&["a1", "示例", "某店", code, ""]], SetMode::Full);
        let told = issues.into_iter().find(|issue| issue.contains("person-in-code"));
        (SUPPLIER_CODES.map(|at| values[0][at].clone()).concat(), told)
    };
    for right in ["91652323MA7A000172", "911101085923662400", "652323050000016", "D2143569X"] {
        assert_eq!(code(right).1, None, "{right}");
    }
    // 1980-01-01 and the check digit of a licence at once: the check digit decides.
    assert_eq!(code("652323800101005"), ("652323800101005".to_owned(), Some("warning person-in-code D2".to_owned())));
}

#[test]
fn fifteen_digits_that_may_be_either_are_a_persons_where_the_party_is_named_as_people_are() {
    // The old number of the standard's own example has the check digit of a licence by chance.
    let facts = sheet(&SUPPLIER, &[]);
    let kept = |name: &str| {
        let (values, issues, _) =
            check_all(&facts, &[&["a1", "示例", name, "", "110105491231002"]], SetMode::Full, None);
        assert!(issues.iter().any(|issue| issue.rule == "person-in-code"), "{name}");
        (values[0][SUPPLIER_CODES[1]].clone(), format!("{issues:?}").contains("491231002"))
    };
    assert_eq!(kept("某某"), ("1101*********02".to_owned(), false));
    assert_eq!(kept("某店"), ("110105491231002".to_owned(), true));
}

#[test]
fn a_number_that_stands_in_both_columns_of_a_party_stays_in_the_persons_own() {
    let facts = sheet(&["合同编号", "受让单位名称", "受让单位统一社会信用代码", "受让单位身份证号码"], &[]);
    let number = "11010519491231002X";
    let (values, issues) = check(&facts, &[&["a1", "某人", number, number]], SetMode::Full);
    assert_eq!((values[0][2].as_str(), values[0][5].as_str()), ("", number));
    assert!(issues.contains(&"warning moved-code C2".to_owned()), "{issues:?}");
}

#[test]
fn a_column_that_nobody_knows_blocks_only_once_it_holds_something() {
    let facts = sheet(&["合同编号", "受让单位名称", "天气"], &[]);
    let (_, issues) = check(&facts, &[&["a1", "示例", ""], &["a2", "示例", ""]], SetMode::Full);
    assert!(!issues.iter().any(|issue| issue.contains("unknown-column")), "{issues:?}");
    let (_, issues) =
        check(&facts, &[&["a1", "示例", ""], &["a2", "示例", "晴"], &["a3", "示例", "雨"]], SetMode::Full);
    let told: Vec<&String> = issues.iter().filter(|issue| issue.contains("unknown-column")).collect();
    assert_eq!(told, ["error unknown-column C1"]);
}

#[test]
fn an_offices_own_remarks_are_kept_beside_the_row_and_never_wrong() {
    let facts = sheet(&["合同编号", "受让单位名称", "备 注", "经办人", "联系电话"], &[]);
    let (_, issues, _) = check_all(&facts, &[&["a1", "示例", "补报", "张某", "0994-4501234"]], SetMode::Full, None);
    assert!(issues.iter().all(|issue| issue.rule == "missing-column"), "{issues:?}");
    for header in ["备注2", "备注（必填）", "说明", "填表人", "手机号码"] {
        assert!(header::is_remark(header), "{header}");
    }
    for header in ["项目负责人", "电话费", "注册资本"] {
        assert!(!header::is_remark(header), "{header}");
    }
}

#[test]
fn missing_columns_that_do_not_block_are_one_line_a_sheet() {
    let facts = sheet(&["合同编号", "受让单位名称"], &[]);
    let (_, issues) = check(&facts, &[&["a1", "示例"]], SetMode::Full);
    assert_eq!(issues.iter().filter(|issue| issue.contains("missing-column")).count(), 1, "{issues:?}");
}

#[test]
fn a_profile_is_completed_in_the_words_of_the_template() {
    let catalog = catalog();
    let (_, kind) = catalog.find_kind("land_grant.grant").unwrap();
    let book = HeaderBook::new(&catalog);
    let headers = book.find("land_grant", "grant").unwrap();
    let mut profile =
        LayoutProfile::propose(kind, headers, "land", ["合同编号", "拿地单位", "总价万", "天气"].into_iter());
    profile.status = Status::Confirmed;
    for word in [("拿地单位", "受让单位名称"), ("总价万", "成交价款（万元）"), ("天气", "ignore")]
    {
        profile.set(word, kind, headers).unwrap();
    }
    assert_eq!(profile.status, Status::Proposed, "a changed profile is confirmed again");
    assert_eq!(profile.faults(kind), []);
    assert!(matches!(&profile.headers[2].used, Use::Column { column, measure: Some(measure), .. }
        if column == "price_yuan" && measure == "ten_thousand_yuan"));
    assert_eq!(profile.headers[3].used, Use::Ignore);
    let refused = profile.set(("天气", "没有的列"), kind, headers);
    assert!(matches!(&refused, Err(SetFault::NoSuchColumn { known, .. }) if known.contains(&"合同编号".to_owned())));
    let refused = profile.set(("天气", "成交价"), kind, headers);
    assert!(matches!(&refused, Err(SetFault::NoSuchColumn { nearest: Some(near), .. }) if near == "成交价款"));
    let refused = profile.set(("天气", "成交价款（斤）"), kind, headers);
    assert!(matches!(&refused, Err(SetFault::BadMeasure { .. })), "{refused:?}: never undecided in silence");
    assert!(profile.set(("没有的列名", "ignore"), kind, headers).is_err());
    assert_eq!(profile.headers[3].used, Use::Ignore);
    // What is so already leaves a confirmed profile confirmed.
    profile.status = Status::Confirmed;
    profile.set(("天气", "不收"), kind, headers).unwrap();
    profile.set(("总价万", "成交价款（万元）"), kind, headers).unwrap();
    assert_eq!(profile.status, Status::Confirmed);
}
