//! What rows say they do, in sheets that have a column for it.

use super::action::{self, Said};
use super::issue_list::IssueList;
use super::raw_cell::{RawCell, RawValue};
use super::row_place::Place;
use crate::catalog::Severity;
use crate::issues::{CellPlace, Issue};
use crate::messages::Message;
use crate::values::{RowAction, SetMode};

/// What rows say they do. A set that says nothing of itself is differential once one of its rows does.
#[derive(Debug)]
pub(super) struct Actions {
    pub(super) mode: SetMode,
}

impl Actions {
    /// A row that says nothing says what its key shows: it is new, changed or as it was.
    pub(super) fn read(
        &mut self,
        (place, at): (&Place<'_>, usize),
        raw: RawCell<'_>,
        issues: &mut IssueList,
    ) -> RowAction {
        let text = match raw.value {
            RawValue::Text(text) => text,
            RawValue::Empty => "",
            _ => "?",
        };
        let said = action::read(text);
        let fault = match (said, self.mode) {
            (Some(Said::Nothing), _) => return RowAction::Unsaid,
            (Some(Said::Does(RowAction::Revoke)), SetMode::Full) => "intake-revoke-in-full",
            (Some(Said::Does(said)), _) => {
                self.hear();
                return said;
            }
            (Some(Said::Unchanged), _) => {
                self.hear();
                return RowAction::Unsaid;
            }
            (None, _) => "intake-action-unknown",
        };
        issues.record(action_issue((place, at), raw, fault));
        if said.is_some() { RowAction::Revoke } else { RowAction::Unsaid }
    }

    /// A row says what it does.
    fn hear(&mut self) {
        if self.mode == SetMode::Unsaid {
            self.mode = SetMode::Differential;
        }
    }
}

fn action_issue((place, at): (&Place<'_>, usize), raw: RawCell<'_>, fault: &'static str) -> Issue {
    Issue {
        sheet: place.map.sheet.clone(),
        cell: Some(CellPlace { row: place.row, column: place.map.places[at] }),
        column: None,
        severity: Severity::Error,
        rule: "row-action".into(),
        value: raw.shown(),
        message: Message::new(fault).with("value", raw.shown()),
        mend: Message::new("intake-action-mend").with("words", action::list_words()),
    }
}
