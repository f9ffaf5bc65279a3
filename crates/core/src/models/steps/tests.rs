use std::collections::BTreeSet;

use super::coverage::is_covered;
use super::payments::{allocate, due_of};
use super::reliefs::{small_profit_on, small_scale_on};
use super::*;
use crate::models::facts::{Coverage, Payment};
use crate::models::{CoverageNeed, PaidRule};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn payment(period: (&str, &str), amount: &str) -> Payment {
    Payment {
        taxpayer: "a".to_owned(),
        tax_kind: "deed_tax".to_owned(),
        tax_item: None,
        period_from: day(period.0),
        period_to: day(period.1),
        amount_yuan: amount.parse().unwrap(),
        paid_on: None,
        evidence: format!("{}:{amount}", period.0),
    }
}

/// What was paid towards debts of 100 in March and of 100 in July.
fn paid(later: bool, payments: &[Payment]) -> Vec<String> {
    let keys = ["2025-03", "2025-07"].map(|period| ("a".to_owned(), period.parse().unwrap(), None));
    let rule = PaidRule { view: String::new(), tax_kinds: Vec::new(), items: vec!["出让".to_owned()], later };
    let dues = keys.iter().map(|key| (key, (Decimal::ONE_HUNDRED, Decimal::ONE_HUNDRED)));
    let allocation = allocate(&rule, payments, dues);
    keys.iter().map(|key| allocation.of(key).amount.to_string()).collect()
}

#[test]
fn a_payment_counts_once_and_first_for_its_own_period() {
    let july = payment(("2025-07-01", "2025-07-31"), "100");
    assert_eq!(paid(true, std::slice::from_ref(&july)), ["0", "100"]);
    assert_eq!(paid(true, &[payment(("2025-08-01", "2025-08-31"), "150")]), ["100", "50"]);
    assert_eq!(paid(false, &[payment(("2025-08-01", "2025-08-31"), "150")]), ["0", "0"]);
    assert_eq!(paid(true, &[payment(("2025-01-01", "2025-12-31"), "120"), july]), ["100", "100"]);
}

#[test]
fn a_payment_of_an_earlier_period_pays_no_later_debt() {
    assert_eq!(paid(true, &[payment(("2025-02-01", "2025-02-28"), "500")]), ["0", "0"]);
}

#[test]
fn a_refund_lowers_the_payment_it_takes_back() {
    let paid_back = [payment(("2025-03-01", "2025-03-31"), "100"), payment(("2025-03-01", "2025-03-31"), "-40")];
    assert_eq!(paid(true, &paid_back), ["60", "0"]);
}

#[test]
fn an_item_that_says_something_else_pays_nothing_and_an_empty_one_counts() {
    let mut other = payment(("2025-03-01", "2025-03-31"), "100");
    other.tax_item = Some("买卖合同".to_owned());
    assert_eq!(paid(true, std::slice::from_ref(&other)), ["0", "0"]);
    other.tax_item = Some("土地使用权出让".to_owned());
    assert_eq!(paid(true, &[other]), ["100", "0"]);
}

#[test]
fn amounts_are_rounded_half_up_once_after_the_sum() {
    let fact = Fact::default();
    let row = |amount: &str| Examined {
        fact: &fact,
        key: ("a".to_owned(), Period::Year(2025), None),
        confidence: Confidence::Certain,
        due_day: None,
        due_day_provisional: false,
        low: amount.parse().unwrap(),
        high: amount.parse().unwrap(),
        missing: BTreeSet::new(),
        parameters: BTreeSet::new(),
    };
    assert_eq!(due_of(&[row("0.0025"), row("0.0025")]).unwrap().0.to_string(), "0.01");
    assert_eq!(due_of(&[row("0.0025")]).unwrap().0.to_string(), "0.00");
}

#[test]
fn a_general_taxpayer_of_today_was_small_scale_before_its_first_day() {
    let standing = Standing {
        vat_payer_kind: Some("general".to_owned()),
        vat_general_from: Some(day("2025-02-01")),
        ..Standing::default()
    };
    assert_eq!(small_scale_on(&standing, day("2025-01-31")), Some(true));
    assert_eq!(small_scale_on(&standing, day("2025-02-01")), Some(false));
    assert_eq!(small_scale_on(&Standing::default(), day("2025-02-01")), None);
    let since_when = Standing { vat_payer_kind: Some("general".to_owned()), ..Standing::default() };
    assert_eq!(small_scale_on(&since_when, day("2025-02-01")), None);
}

#[test]
fn the_settlement_of_last_year_decides_from_july_and_a_year_not_listed_is_unknown() {
    let standing = Standing {
        small_profit_years: BTreeSet::from([2023]),
        not_small_profit_years: BTreeSet::from([2024]),
        ..Standing::default()
    };
    assert_eq!(small_profit_on(Some(&standing), None, day("2025-06-30")), Some(true));
    assert_eq!(small_profit_on(Some(&standing), None, day("2025-07-01")), Some(false));
    assert_eq!(small_profit_on(Some(&standing), None, day("2030-01-01")), None);
    assert_eq!(small_profit_on(None, Some("sole_trader"), day("2025-07-01")), Some(false));
}

#[test]
fn a_code_that_only_the_row_states_needs_its_check_digit() {
    let fact = |code: &str, class: &str| Fact {
        taxpayer: Some(code.to_owned()),
        confidence: Some(class.to_owned()),
        ..Fact::default()
    };
    assert_eq!(confidence_of(&fact("91652323MA7A000172", "stated")), Some(Confidence::Probable));
    assert_eq!(confidence_of(&fact("91652323MA7A000173", "stated")), None);
    assert_eq!(confidence_of(&fact("91652323MA7A000173", "certain")), Some(Confidence::Certain));
    assert_eq!(confidence_of(&fact("91652323MA7A000172", "possible")), None);
}

/// A load of payments: tax kind, first and last day, day of the export.
fn load((tax_kind, from, to): (&str, &str, &str), as_of: Option<&str>) -> Coverage {
    Coverage {
        table: "tax_payment".to_owned(),
        tax_kind: tax_kind.to_owned(),
        authority: "652323".to_owned(),
        from: day(from),
        to: day(to),
        as_of: as_of.map(day),
    }
}

/// Whether loads cover the year 2025 of a tax due at the end of May after it.
fn year_covered(tax_kinds: &[&str], loads: &[Coverage]) -> bool {
    let tax_kinds = tax_kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let need = CoverageNeed { table: "tax_payment".to_owned(), tax_kinds, stock: false };
    is_covered(&need, loads, ("652323100", Period::Year(2025)), (day("2026-05-31"), day("2026-08-01")))
}

#[test]
fn two_half_years_cover_a_year_and_a_gap_of_one_day_does_not() {
    let halves = [load(("", "2025-07-01", "2025-12-31"), None), load(("", "2025-01-01", "2025-06-30"), None)];
    assert!(year_covered(&["vat"], &halves));
    assert!(!year_covered(&["vat"], &halves[..1]));
    assert!(!year_covered(&["vat"], &halves[1..]));
    let short = load(("", "2025-01-01", "2025-06-29"), None);
    assert!(!year_covered(&["vat"], &[short, halves[0].clone()]));
    let before = load(("", "2023-01-01", "2023-12-31"), None);
    assert!(year_covered(&["vat"], &[before, halves[0].clone(), halves[1].clone()]));
}

#[test]
fn a_stale_part_and_a_part_of_another_kind_or_authority_complete_nothing() {
    let first = ("vat", "2025-01-01", "2025-06-30");
    let second = load(("", "2025-07-01", "2025-12-31"), Some("2026-06-01"));
    assert!(year_covered(&["vat"], &[load(first, Some("2026-06-01")), second.clone()]));
    assert!(!year_covered(&["vat"], &[load(first, Some("2025-07-05")), second.clone()]));
    assert!(!year_covered(&["deed_tax"], &[load(first, None), second.clone()]));
    assert!(!year_covered(&["vat", "deed_tax"], &[load(first, None), second.clone()]));
    assert!(!year_covered(&[], &[load(first, None), load(("deed_tax", "2025-07-01", "2025-12-31"), None)]));
    assert!(year_covered(&[], &[load(first, None), second.clone()]));
    let elsewhere = Coverage { authority: "652324".to_owned(), ..load(first, None) };
    assert!(!year_covered(&["vat"], &[elsewhere, second]));
}
