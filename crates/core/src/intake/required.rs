//! Cells that must be filled and are not; and rows of which hardly anything is filled.

use super::checked_row::CheckedRow;
use super::issue_list::IssueList;
use super::plan::{ColumnPlan, KindPlan};
use super::reading::Fault;
use super::row_place::Place;
use crate::catalog::Severity;
use crate::messages::Message;
use crate::values::RowAction;

/// Cells filled at most in a row that is asked about as a row: less than half of its sheet's.
const MOST_OF_SPARSE: usize = 2;
/// Cells that must be filled and aren't, of a row with two filled cells that is asked about.
const FEWEST_MISSING: usize = 2;

/// A row of which hardly anything is filled is rather a closing line in words that nobody foresaw: it is asked about as a row,
/// once. Whether its empty cells need no word of their own.
pub(super) fn ask_as_row(row: &CheckedRow, place: &Place<'_>, issues: &mut IssueList) -> bool {
    let filled = (0..row.values.len()).filter(|at| !row.is_null(*at) || row.is_faulty(*at));
    let filled: Vec<usize> = filled.take(MOST_OF_SPARSE + 1).collect();
    let columns = place.map.place_of.iter().flatten().count();
    let Some(first) = filled.first().copied() else { return false };
    if filled.len() > MOST_OF_SPARSE || columns < filled.len() * 2 + 1 || row.action == RowAction::Revoke {
        return false;
    }
    let missing: Vec<&str> = missing(row, place).map(|at| place.plan.columns[at].header.as_str()).collect();
    let is_alone = filled.len() == 1;
    // A code says whose row it is; and a row that lacks one thing is told of that.
    let is_code = |at: &usize| place.plan.columns[*at].column_type.is_code_of_organisation();
    if !is_alone && (missing.len() < FEWEST_MISSING || filled.iter().any(is_code)) {
        return false;
    }
    let key = match (is_alone, missing.is_empty()) {
        (true, true) => "intake-row-alone",
        (true, false) => "intake-row-doubtful",
        (false, _) => "intake-row-sparse",
    };
    let message = Message::new(key).with("row", place.row).with("column", &place.plan.columns[first].header);
    let mend = Message::new(format!("{key}-mend")).with("columns", missing.join("、"));
    let severity = if missing.is_empty() { Severity::Warning } else { Severity::Error };
    let shown = filled.iter().map(|at| place.shown(row, *at)).filter(|text| !text.is_empty());
    let shown = shown.collect::<Vec<_>>().join("、");
    let fault = Fault::new("row", message.with("value", &shown), mend).with_severity(severity);
    issues.record(place.issue(first, shown, *fault));
    !missing.is_empty()
}

/// Columns of the sheet that must be filled and aren't; of a cell that held something unreadable was told already.
fn missing<'a>(row: &'a CheckedRow, place: &'a Place<'_>) -> impl Iterator<Item = usize> + 'a {
    let is_missing = move |(at, column): (usize, &ColumnPlan)| {
        let is_open = column.required && row.is_null(at) && place.map.place_of[at].is_some() && !row.is_faulty(at);
        (is_open && (row.action != RowAction::Revoke || is_key(place.plan, at))).then_some(at)
    };
    place.plan.columns.iter().enumerate().filter_map(is_missing)
}

/// An empty cell that must not be.
pub(super) fn check_required(row: &CheckedRow, place: &Place<'_>, issues: &mut IssueList) {
    for at in missing(row, place).filter(|at| !row.is_across(*at)) {
        let header = &place.plan.columns[at].header;
        let message = Message::new("intake-required").with("column", header);
        let fault = Fault::new("required", message, Message::new("intake-required-mend").with("column", header));
        issues.record(place.issue(at, String::new(), *fault));
    }
}

/// A row that is taken back need only say which it is.
fn is_key(plan: &KindPlan, column: usize) -> bool {
    plan.unique.first().is_none_or(|key| key.columns.is_empty()) || plan.is_in_key(column)
}
