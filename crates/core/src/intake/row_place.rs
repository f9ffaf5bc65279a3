//! Where a row stands, for the issues about it.

use super::checked_row::{self, CheckedRow};
use super::mapping::SheetMap;
use super::mask::{hide_personal, mask};
use super::plan::{ColumnPlan, KindPlan};
use super::reading::Fault;
use crate::catalog::Severity;
use crate::codes::{is_certificate, may_be_personal, normalise};
use crate::issues::{CellPlace, Issue};
use crate::messages::Message;

/// A row where it stands, for the issues about it.
pub(super) struct Place<'a> {
    pub(super) plan: &'a KindPlan,
    pub(super) map: &'a SheetMap,
    pub(super) row: u32,
}

impl Place<'_> {
    /// The cell of a column of the kind; none when the sheet doesn't have it.
    pub(super) fn cell(&self, column: usize) -> Option<CellPlace> {
        self.map.place_of[column].map(|place| CellPlace { row: self.row, column: place })
    }

    /// The address of a column's cell, for sentences.
    pub(super) fn address(&self, column: usize) -> String {
        self.cell(column).map_or_else(|| self.row.to_string(), CellPlace::address)
    }

    /// A value as sentences show it: masked where it is personal.
    pub(super) fn shown(&self, row: &CheckedRow, column: usize) -> String {
        let shown = checked_row::shown(row.value(column));
        if self.plan.columns[column].personal { mask(&shown) } else { shown }
    }

    pub(super) fn issue(&self, column: usize, mut value: String, mut fault: Fault) -> Issue {
        let plan = &self.plan.columns[column];
        if plan.personal || is_persons_number(plan, &value) {
            hide_personal(&mut fault.message, &value);
            // Half a suggested number helps nobody.
            match fault.mend.key.as_ref() {
                "intake-mend-suggestion" => fault.mend = Message::new("intake-mend-identifier"),
                _ => hide_personal(&mut fault.mend, &value),
            }
            value = mask(&value);
        }
        let by_origin = if plan.extension { Severity::Warning } else { Severity::Error };
        Issue {
            sheet: self.map.sheet.clone(),
            cell: self.cell(column),
            column: Some(plan.key.clone()),
            severity: fault.severity.unwrap_or(by_origin),
            rule: fault.rule.into(),
            value,
            message: fault.message,
            mend: fault.mend,
        }
    }
}

/// Whether a column of codes holds what may be a person's number.
pub(super) fn is_persons_number(plan: &ColumnPlan, value: &str) -> bool {
    let normal = || normalise(value);
    plan.column_type.is_code_of_organisation() && (may_be_personal(&normal()) || is_certificate(&normal()))
}
