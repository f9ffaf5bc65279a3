//! Whole sheets through mapping and checking, on a catalogue of two small kinds: the catalogue and how a sheet is checked; the tests
//! stand by subject beside it.

mod cells;
mod codes;
mod columns;
mod measures;
mod merges;
mod places;
mod profiles;
mod rows;

use std::sync::Arc;

use chrono::NaiveDate;

use super::header::HeaderBook;
use super::lookup::RegionLookup;
use super::*;
use crate::catalog::{Catalog, Source};
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
        values.push((0..checked.len()).map(|at| checked_row::shown(checked.value(at))).collect());
        actions.push(checked.action());
    }
    (values, issues.into_parts().0, actions)
}

const ALL: [&str; 7] =
    ["合同编号", "受让单位名称", "受让单位统一社会信用代码", "面积", "成交价款", "合同签订日期", "信息所属时间期间"];
