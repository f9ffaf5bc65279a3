//! Every row against every rule.
//!
//! One checker serves all sheets of a kind in a file, so that keys are compared across them. It is given the cells of a row
//! and gives the values in the order of the kind's columns; what is wrong goes to the list of issues. The row it gives is
//! used again for the next one, and a row that is right allocates nothing.

use super::cell::read_cell;
use super::checked_row::CheckedRow;
use super::duplicates::Duplicates;
use super::issue_list::IssueList;
pub use super::key::Filled;
use super::mapping::{SheetMap, Target};
use super::mask::{is_document_number, is_masked_alone, mask, mask_citizens, mask_text};
use super::merged::{self, ToldMerges};
use super::plan::KindPlan;
use super::raw_cell::{RawCell, RawValue};
use super::reading::{Fault, Lens, Stored};
use super::required::{ask_as_row, check_required};
use super::row_action::Actions;
use super::row_place::{Place, is_persons_number};
use super::{key, party, persons, persons_in_figures, remarked, rules};
use crate::catalog::{ColumnType, Measure, Severity};
use crate::cells::is_blank_mark;
use crate::issues::{CellPlace, Issue};
use crate::messages::Message;
use crate::values::SetMode;

/// Checks the rows of a kind.
#[derive(Debug)]
pub struct RowChecker {
    plan: KindPlan,
    actions: Actions,
    row: CheckedRow,
    duplicates: Duplicates,
    filled: Vec<Filled>,
    merges: ToldMerges,
    /// Columns of codes of which was told that persons' numbers stand in them.
    persons_told: Vec<usize>,
    /// Measures stated in remarks of which was told, by sheet.
    remarks_told: Vec<(String, Measure)>,
}

impl RowChecker {
    /// A checker for the sheets of one kind in one file.
    pub fn new(plan: KindPlan, mode: SetMode) -> Self {
        let duplicates = Duplicates::new(&plan);
        let actions = Actions { mode };
        let (row, merges) = (CheckedRow::default(), ToldMerges::default());
        let (filled, persons_told, remarks_told) = Default::default();
        Self { plan, actions, row, duplicates, filled, merges, persons_told, remarks_told }
    }

    /// What the set says of itself, its rows heard.
    pub fn mode(&self) -> SetMode {
        self.actions.mode
    }

    /// What was read as a set that says nothing is one that says this, and no row would have been read otherwise.
    pub fn say(&mut self, mode: SetMode) {
        self.actions.mode = mode;
    }

    /// Cells that took what the sheet says of itself.
    pub fn filled(&self) -> &[Filled] {
        &self.filled
    }

    /// The kind as it is checked.
    pub fn plan(&self) -> &KindPlan {
        &self.plan
    }

    /// Checks a row: `cell` gives the cell under each column of the sheet. What it gives back is good until the next row;
    /// when the list of issues blocks, it must not be kept.
    pub fn check<'r>(
        &mut self,
        map: &SheetMap,
        number: u32,
        cell: impl Fn(usize) -> RawCell<'r>,
        issues: &mut IssueList,
    ) -> &CheckedRow {
        let row = &mut self.row;
        row.reset(number, self.plan.columns.len());
        let place = Place { plan: &self.plan, map, row: number };
        for (at, target) in map.targets.iter().enumerate() {
            let raw = cell(at);
            match target {
                Target::Column { column, .. } => {
                    read_into(row, &place, target, raw, issues);
                    row.across.extend(raw.across.map(|first| (*column, first)));
                    if let Some(filled) = raw.filled {
                        self.merges.settle(row, &place, (*column, filled), issues);
                    }
                }
                Target::Action => row.action = self.actions.read((&place, at), raw, issues),
                Target::Blank if holds(raw) => report_blank(&place, at, raw, issues),
                Target::Remark if raw.value != RawValue::Empty => {
                    row.add_remark(&raw.shown());
                    if let RawValue::Text(text) = raw.value {
                        remarked::tell(&place, (at, text), &mut self.remarks_told, issues);
                    }
                }
                Target::Unknown(unknown) if holds(raw) => {
                    if let Some(issue) = unknown.note_value() {
                        issues.record(issue);
                    }
                    if unknown.is_own {
                        row.add_remark(&format!("{}：{}", unknown.header, raw.shown()));
                    }
                }
                Target::Ignored | Target::Blank | Target::Remark | Target::Unknown(_) => {}
            }
        }
        persons::settle(row, &place, &mut self.persons_told, issues);
        party::settle(row, &place, issues);
        if !ask_as_row(row, &place, issues) {
            key::fill(row, &place, &mut self.filled);
            check_required(row, &place, issues);
            merged::tell_across(row, &place, issues);
            key::check(row, &place, issues);
            rules::check(row, &place, issues);
        }
        self.duplicates.check(row, &place, issues);
        &self.row
    }
}

/// Whether a cell of a column that nobody knows holds something: dashes are nothing.
fn holds(raw: RawCell<'_>) -> bool {
    match raw.value {
        RawValue::Empty => false,
        RawValue::Text(text) => !is_blank_mark(text),
        _ => true,
    }
}

fn read_into(row: &mut CheckedRow, place: &Place<'_>, target: &Target, raw: RawCell<'_>, issues: &mut IssueList) {
    let Target::Column { column, measure, is_stated, translations } = target else { return };
    let lens = Lens {
        plan: place.plan,
        column: &place.plan.columns[*column],
        measure: *measure,
        is_stated: *is_stated,
        translations: translations.as_ref(),
        epoch_1904: place.map.epoch_1904,
    };
    match read_cell(&lens, raw.value, &mut row.text) {
        Ok(reading) => {
            row.values[*column] = reading.value;
            if let Stored::Person(..) = reading.value {
                // The number as it was written tells as much as the number.
                row.persons.push(*column);
                return;
            }
            if hide_citizen(row, place, *column, raw, issues) {
                return;
            }
            if let Some(text) = raw.raw {
                row.keep_raw(*column, text);
            } else if reading.changed {
                keep_shown(row, *column, raw.value);
            }
            if let Some(warning) = reading.warning {
                issues.record(place.issue(*column, raw.shown(), *warning));
            }
        }
        Err(fault) => {
            let shown = raw.shown();
            let plan = &place.plan.columns[*column];
            let shown = if fault.rule == persons_in_figures::IN_FIGURE { mask(&shown) } else { shown };
            let masked = match is_persons_number(plan, &shown) {
                true => Some(mask(&shown)),
                false => mask_citizens(&shown),
            };
            let masked = masked.filter(|_| !plan.personal);
            row.keep_raw(*column, masked.as_deref().unwrap_or(&shown));
            row.faulty.push(*column);
            issues.record(place.issue(*column, shown, *fault));
        }
    }
}

/// A citizen's number in a name or a text: what is kept has it masked, and the clerk is told. Codes are left alone: one
/// that stands in the wrong column of its party is moved.
fn hide_citizen(
    row: &mut CheckedRow,
    place: &Place<'_>,
    column: usize,
    raw: RawCell<'_>,
    issues: &mut IssueList,
) -> bool {
    let plan = &place.plan.columns[column];
    let (false, ColumnType::Text, Stored::Text(from, to)) = (plan.personal, plan.column_type, row.values[column])
    else {
        return false;
    };
    let text = row.slice(from, to);
    let Some(masked) = mask_text(text) else { return false };
    if is_document_number(text, &plan.header, place.plan.circumstances.today) {
        return false;
    }
    // Masked, the numbers of two people may read the same: they can't tell two records apart.
    let is_no_key = place.plan.is_in_key(column) && is_masked_alone(&masked);
    let from = row.text.len() as u32;
    row.text.push_str(&masked);
    row.values[column] = Stored::Text(from, row.text.len() as u32);
    if let Some(masked) = raw.raw.and_then(mask_text) {
        row.keep_raw(column, &masked);
    }
    if is_no_key {
        row.faulty.push(column);
    }
    let (key, severity) = match is_no_key {
        true => ("intake-citizen-as-key", Severity::Error),
        false => ("intake-citizen-in-text", Severity::Warning),
    };
    let message = Message::new(key).with("column", &plan.header);
    let fault = Fault::new("citizen-in-text", message, Message::new(format!("{key}-mend")));
    issues.record(place.issue(column, masked, *fault.with_severity(severity)));
    true
}

/// Keeps a cell's text without allocating where it is a text already.
fn keep_shown(row: &mut CheckedRow, column: usize, value: RawValue<'_>) {
    match value {
        RawValue::Text(text) | RawValue::Number { text, .. } => row.keep_raw(column, text),
        other => {
            let shown = RawCell { value: other, raw: None, filled: None, across: None }.shown();
            row.keep_raw(column, &shown);
        }
    }
}

/// A cell under no header: what it says can't be known.
fn report_blank(place: &Place<'_>, at: usize, raw: RawCell<'_>, issues: &mut IssueList) {
    let cell = CellPlace { row: place.row, column: place.map.places[at] };
    issues.record(Issue {
        sheet: place.map.sheet.clone(),
        cell: Some(cell),
        column: None,
        severity: Severity::Error,
        rule: "unknown-column".into(),
        value: raw.shown(),
        message: Message::new("intake-column-nameless").with("column", crate::issues::column_letters(cell.column)),
        mend: Message::new("intake-column-nameless-mend"),
    });
}
