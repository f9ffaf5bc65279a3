//! Merged cells that reach over several rows: a name or a document written once holds for all of them, a figure only once.
//!
//! The reader gives the rows below a merge its value. For an amount, an area, a count that would be the same money
//! several times over, so there the rows below hold nothing, and the clerk is asked once what belongs to each.

use super::checked_row::CheckedRow;
use super::issue_list::IssueList;
use super::plan::ColumnPlan;
use super::raw_cell::Filled;
use super::reading::Fault;
use super::row_place::Place;
use crate::catalog::{ColumnType, Severity};
use crate::issues::CellPlace;
use crate::messages::Message;
use crate::values::CellValue;

/// Words in the header of a figure that holds for each of the rows: a price, a standard, a year.
const HOLDS_FOR_EACH: [&str; 10] = ["单价", "均价", "地价", "每", "标准", "税率", "比例", "年份", "年度", "编号"];

/// The merges that were told.
#[derive(Debug, Default)]
pub(super) struct ToldMerges {
    /// Column and first row of each column's last one, and the row in which it was met.
    last: Vec<(usize, u32, u32)>,
}

impl ToldMerges {
    /// Takes a figure that was written in a row above out of a row, and says so once a merge.
    pub(super) fn settle(
        &mut self,
        row: &mut CheckedRow,
        place: &Place<'_>,
        (column, filled): (usize, Filled),
        issues: &mut IssueList,
    ) {
        let plan = &place.plan.columns[column];
        if !counts_once(plan) || !is_figure(row.value(column)) {
            return;
        }
        let value = place.shown(row, column);
        row.forget(column);
        if !self.is_new(column, filled.row, place.row) {
            return;
        }
        let message = Message::new("intake-merged-figure").with("column", &plan.header).with("rows", filled.rows);
        let message = message.with("first", filled.row).with("last", filled.row + filled.rows.saturating_sub(1));
        let fault = Fault::new("merged", message, Message::new("intake-merged-figure-mend"));
        let above = Place { plan: place.plan, map: place.map, row: filled.row };
        issues.record(above.issue(column, value, *fault));
    }

    fn is_new(&mut self, column: usize, first: u32, row: u32) -> bool {
        match self.last.iter_mut().find(|(of, ..)| *of == column) {
            Some(last) => {
                let is_same = last.1 == first && last.2 < row;
                *last = (column, first, row);
                !is_same
            }
            None => {
                self.last.push((column, first, row));
                true
            }
        }
    }
}

/// Cells that are empty because they are merged with their neighbour: what stands there is read under the neighbour's header.
/// Where the column must be filled that blocks; elsewhere it is told, whatever both columns hold: an amount
/// that reaches over the next column may be meant for either.
pub(super) fn tell_across(row: &CheckedRow, place: &Place<'_>, issues: &mut IssueList) {
    for (at, first) in row.across() {
        let plan = &place.plan.columns[at];
        let severity = if plan.required && !plan.extension { Severity::Error } else { Severity::Warning };
        let cell = CellPlace { row: place.row, column: first }.address();
        let message = Message::new("intake-merged-across").with("column", &plan.header).with("cell", &cell);
        let mend = Message::new("intake-merged-across-mend").with("column", &plan.header).with("cell", cell);
        let fault = Fault::new("merged", message, mend).with_severity(severity);
        issues.record(place.issue(at, String::new(), *fault));
    }
}

fn counts_once(plan: &ColumnPlan) -> bool {
    matches!(plan.column_type, ColumnType::Amount | ColumnType::Quantity | ColumnType::Integer)
        && !HOLDS_FOR_EACH.iter().any(|word| plan.header.contains(word))
}

/// A figure that is more when it stands more often.
fn is_figure(value: CellValue<'_>) -> bool {
    match value {
        CellValue::Decimal(value) => !value.is_zero(),
        CellValue::Integer(value) => value != 0,
        _ => false,
    }
}
