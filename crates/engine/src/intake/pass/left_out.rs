//! What the reader left out or tells of a file.

use gongzhi_core::catalog::Severity;
use gongzhi_core::intake::{Refusal, stated};
use gongzhi_core::issues::{CellPlace, Issue};
use gongzhi_core::messages::Message;

use super::{MOST_LISTED, Pass, State};
use crate::read::{LeftOut, Notice, Reason};

/// What the reader says of a header that is no longer over its columns.
const BROKEN_HEADER: &str = "read-header-joined";

impl<'c> Pass<'c> {
    pub(super) fn leave_out(&mut self, left_out: &LeftOut) {
        if let State::Identity(lines) = &mut self.state {
            lines.push(left_out.text.clone());
            return;
        }
        self.note_measures(left_out);
        let Some(sheet) = self.current.and_then(|at| self.sheets.get_mut(at)) else { return };
        if sheet.left_out_rows.len() < MOST_LISTED {
            sheet.left_out_rows.push(left_out.clone());
        }
        if let (Reason::Alone { column }, State::Checked { .. }) = (left_out.reason, &self.state)
            && self.context.books.units.named_in(&left_out.text).is_empty()
        {
            let issue = alone_issue(&sheet.sheet, left_out, column);
            self.issues.record(issue);
        }
    }

    /// A line below the header that states a measure which nothing above it stated: 注：金额单位为万元, 合计（万元）.
    fn note_measures(&mut self, left_out: &LeftOut) {
        let (sheet, known) = match &self.state {
            State::Checked { map, .. } => (&map.sheet, map.stated.clone()),
            State::Held(held) => {
                let titles = held.facts.titles.iter();
                (&held.facts.name, titles.flat_map(|title| stated::claims_in(title)).collect())
            }
            _ => return,
        };
        let may_state = matches!(
            left_out.reason,
            Reason::Note | Reason::Total | Reason::Signature | Reason::StrayRow | Reason::StrayCell { .. }
        );
        if !may_state || !self.notes.is_empty() {
            return;
        }
        let claims = stated::claims_in(&left_out.text);
        if claims.iter().any(|claim| !known.contains(claim)) {
            self.found_notes.entry(sheet.clone()).or_default().push(left_out.text.clone());
        }
    }

    pub(super) fn notice(&mut self, notice: &Notice) {
        if notice.message.key == BROKEN_HEADER {
            self.break_header(notice);
            return;
        }
        if let Some((member, is_sheet)) = notice.unread_member() {
            self.issues.record(unread(member, is_sheet, notice.message.clone()));
            return;
        }
        // Cells spoilt by a spreadsheet become issues of their own.
        let key = &notice.message.key;
        let told_as_issues = ["digits-lost", "formula-uncomputed", "text-lost", "merged-figure"];
        let is_issue = told_as_issues.iter().any(|part| key.contains(part));
        if !is_issue && self.notices.len() < MOST_LISTED {
            self.notices.push(notice.clone());
        }
    }

    /// Names that were joined in one cell stand over other columns than their own: one error says so, where checking
    /// the rows would give thousands that are none.
    fn break_header(&mut self, notice: &Notice) {
        let work = match std::mem::take(&mut self.state) {
            State::Checked { work, .. } | State::Broken { work } => work,
            other => {
                self.state = other;
                self.notices.push(notice.clone());
                return;
            }
        };
        self.state = State::Broken { work };
        let refusal = Refusal::new("header", Message::new("intake-header-joined"));
        let sheet = notice.sheet.clone().unwrap_or_default();
        let cell = notice.cell.as_deref().and_then(CellPlace::parse);
        self.issues.record(Issue { cell, ..Refusal { sheet, ..refusal }.into_issue() });
    }
}

/// A name that stood alone behind a total and was not taken for a record: the clerk is asked.
fn alone_issue(sheet: &str, left_out: &LeftOut, column: u32) -> Issue {
    let message = Message::new("intake-row-left-out").with("row", left_out.row).with("value", &left_out.text);
    let refusal = Refusal { sheet: sheet.to_owned(), ..Refusal::new("row", message) }.about(&left_out.text);
    let cell = Some(CellPlace { row: left_out.row, column: column + 1 });
    Issue { cell, severity: Severity::Warning, ..refusal.into_issue() }
}

/// A member of a zip that can't be read: a sheet among them would be missing from what is taken in.
pub(super) fn unread(member: &str, is_sheet: bool, reason: Message) -> Issue {
    let (severity, key) = match is_sheet {
        true => (Severity::Error, "intake-member-unreadable"),
        false => (Severity::Warning, "intake-member-no-table"),
    };
    let refusal = Refusal::new("member", Message::new(key).with("member", member));
    Issue { severity, ..Refusal { sheet: member.to_owned(), mend: reason, ..refusal }.into_issue() }
}
