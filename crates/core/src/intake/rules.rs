//! Rules between the columns of a row.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::checked_row::{CheckedRow, shown};
use super::issue_list::IssueList;
use super::plan::{RowCheck, RulePlan};
use super::reading::Fault;
use super::row_place::Place;
use crate::codes::DisabilityCertificate;
use crate::messages::Message;
use crate::values::{CellValue, RowAction};

/// A rule broken: at which column, and what to say.
type Broken = (usize, Box<Fault>);

/// Checks a row against the rules of its kind. A row that is taken back says only which it is.
pub(super) fn check(row: &CheckedRow, place: &Place<'_>, issues: &mut IssueList) {
    if row.action() == RowAction::Revoke {
        return;
    }
    for RulePlan { check, severity } in &place.plan.rules {
        if let Some((column, fault)) = break_of(check, row, place) {
            let value = shown(row.value(column));
            issues.record(place.issue(column, value, *fault.with_severity(*severity)));
        }
    }
}

fn break_of(check: &RowCheck, row: &CheckedRow, place: &Place<'_>) -> Option<Broken> {
    match check {
        RowCheck::Order(a, b) => is_after(row.value(*a), row.value(*b))
            .then(|| (*a, two_columns("order", "intake-rule-order", (*a, *b), row, place))),
        RowCheck::AtMost(a, b) => is_after(row.value(*a), row.value(*b))
            .then(|| (*a, two_columns("at-most", "intake-rule-at-most", (*a, *b), row, place))),
        RowCheck::Sum(total, parts, tolerance) => {
            let parts_sum = sum(row, parts)?;
            differs(row, place, (*total, parts_sum, *tolerance), ("sum", "intake-rule-sum", parts))
        }
        RowCheck::Product(result, factors, tolerance) => {
            let product = product(row, factors)?;
            differs(row, place, (*result, product, *tolerance), ("product", "intake-rule-product", factors))
        }
        RowCheck::AnyOf(columns) => columns.iter().all(|column| row.is_null(*column)).then(|| {
            let message = Message::new("intake-rule-any-of").with("columns", headers(place, columns));
            let at = columns.iter().copied().find(|column| place.cell(*column).is_some());
            (at.unwrap_or(columns[0]), Fault::new("any-of", message, Message::new("intake-rule-any-of-mend")))
        }),
        RowCheck::RequiredIf(column, when, equals) => required_if(row, place, (*column, *when), equals),
        RowCheck::WithinPeriod(column) => {
            let period = place.plan.circumstances.period;
            let day = date(row.value(*column)).filter(|day| !period.contains(*day))?;
            let message = Message::new("intake-rule-within-period").with("value", day).with("period", period);
            let message = message.with("column", header(place, *column));
            Some((*column, Fault::new("within-period", message, Message::new("intake-rule-within-period-mend"))))
        }
        RowCheck::NotFuture(column) => {
            let today = place.plan.circumstances.today;
            let day = date(row.value(*column)).filter(|day| *day > today)?;
            let message = Message::new("intake-rule-not-future").with("value", day).with("today", today);
            let message = message.with("column", header(place, *column));
            Some((*column, Fault::new("not-future", message, Message::new("intake-rule-not-future-mend"))))
        }
        RowCheck::SameDisability(certificate, others) => same_disability(row, place, *certificate, *others),
        RowCheck::SamePermit(permit, uscc) => {
            let (number, code) = (text(row, *permit)?, text(row, *uscc)?);
            (code.len() == 18 && number.len() >= 18 && !number.starts_with(code))
                .then(|| (*permit, two_columns("same-permit", "intake-rule-same-permit", (*permit, *uscc), row, place)))
        }
    }
}

/// Whether both are filled, comparable, and the first lies behind the second.
fn is_after(a: CellValue<'_>, b: CellValue<'_>) -> bool {
    match (a, b) {
        (CellValue::Date(a), CellValue::Date(b)) => a > b,
        (CellValue::Text(a), CellValue::Text(b)) => a > b,
        _ => matches!((figure(a), figure(b)), (Some(a), Some(b)) if a > b),
    }
}

fn figure(value: CellValue<'_>) -> Option<Decimal> {
    match value {
        CellValue::Decimal(value) => Some(value),
        CellValue::Integer(value) => Some(Decimal::from(value)),
        _ => None,
    }
}

fn date(value: CellValue<'_>) -> Option<NaiveDate> {
    match value {
        CellValue::Date(day) => Some(day),
        _ => None,
    }
}

fn text(row: &CheckedRow, column: usize) -> Option<&str> {
    match row.value(column) {
        CellValue::Text(text) => Some(text),
        _ => None,
    }
}

/// The sum of the parts that are filled; none when none is.
fn sum(row: &CheckedRow, parts: &[usize]) -> Option<Decimal> {
    let figures: Vec<Decimal> = parts.iter().filter_map(|part| figure(row.value(*part))).collect();
    (!figures.is_empty()).then(|| figures.iter().sum())
}

/// The product; none when a factor is missing.
fn product(row: &CheckedRow, factors: &[usize]) -> Option<Decimal> {
    let mut product = Decimal::ONE;
    for factor in factors {
        product = product.checked_mul(figure(row.value(*factor))?)?;
    }
    Some(product)
}

fn differs(
    row: &CheckedRow,
    place: &Place<'_>,
    (column, computed, tolerance): (usize, Decimal, Decimal),
    (rule, key, columns): (&'static str, &'static str, &[usize]),
) -> Option<Broken> {
    let stated = figure(row.value(column))?;
    if stated.checked_sub(computed).is_some_and(|difference| difference.abs() <= tolerance) {
        return None;
    }
    let message = Message::new(key)
        .with("column", header(place, column))
        .with("columns", headers(place, columns))
        .with("stated", stated.normalize())
        .with("computed", computed.normalize());
    Some((column, Fault::new(rule, message, Message::new("intake-rule-figures-mend"))))
}

fn required_if(
    row: &CheckedRow,
    place: &Place<'_>,
    (column, when): (usize, usize),
    equals: &[String],
) -> Option<Broken> {
    let decides = shown(row.value(when));
    if !row.is_null(column) || !equals.contains(&decides) {
        return None;
    }
    let message = Message::new("intake-rule-required-if")
        .with("column", header(place, column))
        .with("when", header(place, when))
        .with("value", decides);
    let mend = Message::new("intake-required-mend").with("column", header(place, column));
    Some((column, Fault::new("required-if", message, mend)))
}

/// The certificate ends with kind and degree and begins with the citizen's number.
fn same_disability(row: &CheckedRow, place: &Place<'_>, at: usize, others: [Option<usize>; 3]) -> Option<Broken> {
    let number = text(row, at)?;
    let certificate = DisabilityCertificate::parse(number, place.plan.circumstances.today)?;
    let [citizen, kind, degree] = others;
    let differs = |column: Option<usize>, said: String| {
        let column = column?;
        let stated = text(row, column)?;
        (stated != said).then_some(column)
    };
    let wrong = differs(citizen, certificate.citizen.as_str().to_owned())
        .or_else(|| differs(kind, certificate.kind.to_string()))
        .or_else(|| differs(degree, certificate.degree.to_string()))?;
    Some((wrong, two_columns("same-disability", "intake-rule-same-disability", (wrong, at), row, place)))
}

fn two_columns(
    rule: &'static str,
    key: &'static str,
    (a, b): (usize, usize),
    row: &CheckedRow,
    place: &Place<'_>,
) -> Box<Fault> {
    let message = Message::new(key)
        .with("column", header(place, a))
        .with("value", place.shown(row, a))
        .with("other", header(place, b))
        .with("other_value", place.shown(row, b));
    let mend = Message::new(format!("{key}-mend")).with("cell", place.address(a)).with("other_cell", place.address(b));
    Fault::new(rule, message, mend)
}

fn header<'a>(place: &Place<'a>, column: usize) -> &'a str {
    &place.plan.columns[column].header
}

fn headers(place: &Place<'_>, columns: &[usize]) -> String {
    columns.iter().map(|column| header(place, *column)).collect::<Vec<_>>().join("、")
}
