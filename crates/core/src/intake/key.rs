//! The key of a row where cells of it are empty.
//!
//! An empty 信息所属时间期间 is the sheet's own period, in every kind. A month in the key is the sheet's month where the sheet
//! is of one, and a region in the key the unit's own. What says when a thing happened and can't be filled is an error: the
//! next period's row would take the place of this one. Other parts may be empty, where a template lets them, as long as
//! one of them says which thing the row is about.

use super::checked_row::CheckedRow;
use super::issue_list::IssueList;
use super::plan::Standing;
use super::reading::Fault;
use super::row_place::Place;
use crate::catalog::Severity;
use crate::messages::Message;

/// Cells of a column that were empty and took what the sheet says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Name of the sheet.
    pub sheet: String,
    /// Position of the column.
    pub column: usize,
    /// How many.
    pub count: u64,
}

/// Fills what the sheet says of itself, and counts it.
pub(super) fn fill(row: &mut CheckedRow, place: &Place<'_>, filled: &mut Vec<Filled>) {
    for Standing { column, text } in &place.plan.standing {
        if !row.is_null(*column) || row.is_faulty(*column) {
            continue;
        }
        row.fill(*column, text);
        let sheet = &place.map.sheet;
        match filled.iter_mut().rev().find(|known| known.column == *column && known.sheet == *sheet) {
            Some(known) => known.count += 1,
            None => filled.push(Filled { sheet: sheet.clone(), column: *column, count: 1 }),
        }
    }
}

/// Tells the parts of a key that are empty and must not be. Required ones are told with the other required columns.
pub(super) fn check(row: &CheckedRow, place: &Place<'_>, issues: &mut IssueList) {
    let Some(key) = place.plan.unique.first().filter(|key| key.is_key) else { return };
    let is_time = |at: usize| place.plan.columns[at].says_when();
    let is_empty = |at: usize| row.is_null(at) && !row.is_faulty(at);
    let is_told = |at: usize| place.plan.columns[at].required && place.map.place_of[at].is_some();
    for at in key.columns.iter().copied().filter(|at| is_time(*at) && is_empty(*at) && !is_told(*at)) {
        // A column that the sheet does not have is told once, with the missing columns.
        if place.map.place_of[at].is_some() {
            issues.record(place.issue(at, String::new(), *fault(place, at, "intake-key-time-empty")));
        }
    }
    let mut things = key.columns.iter().copied().filter(|at| !is_time(*at)).peekable();
    let Some(first) = things.peek().copied() else { return };
    if things.all(|at| is_empty(at) && !is_told(at)) {
        issues.record(place.issue(first, String::new(), *fault(place, first, "intake-key-empty")));
    }
}

fn fault(place: &Place<'_>, at: usize, key: &'static str) -> Box<Fault> {
    let header = &place.plan.columns[at].header;
    let message = Message::new(key).with("column", header);
    let mend = Message::new("intake-required-mend").with("column", header);
    Fault::new("key", message, mend).with_severity(Severity::Error)
}
