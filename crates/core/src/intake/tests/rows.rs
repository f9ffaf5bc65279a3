//! Rows: their keys, what they do, what they lack.

use super::*;
use crate::catalog::Severity;

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
