//! Every row against every rule.
//!
//! One checker serves all sheets of a kind in a file, so that keys are compared across them. It is given the cells of a row
//! and gives the values in the order of the kind's columns; what is wrong goes to the list of issues. The row it gives is
//! used again for the next one, and a row that is right allocates nothing.

use super::action::{self, Said};
use super::cell::{Fault, Lens, RawCell, RawValue, Stored, read_cell};
use super::duplicates::Duplicates;
use super::issue_list::IssueList;
use super::mapping::{SheetMap, Target};
use super::mask::{hide_personal, is_document_number, is_masked_alone, mask, mask_citizens, mask_contacts, mask_text};
use super::merged::{self, ToldMerges};
use super::plan::{ColumnPlan, KindPlan};
use super::{key, party, persons, remarked, rules};
use crate::catalog::{ColumnType, Measure, Severity};
use crate::cells::is_blank_mark;
use crate::codes::{is_certificate, may_be_personal, normalise};
use crate::issues::{CellPlace, Issue};
use crate::messages::Message;
use crate::values::{CellValue, RowAction, SetMode};

/// A row checked.
#[derive(Debug, Clone, Default)]
pub struct CheckedRow {
    number: u32,
    action: RowAction,
    text: String,
    values: Vec<Stored>,
    raws: Vec<(usize, u32, u32)>,
    /// Columns whose cell could not be read.
    faulty: Vec<usize>,
    /// Columns of codes in which a person's number was found.
    persons: Vec<usize>,
    /// What the office wrote beside the row for itself.
    remark: String,
    /// Empty columns whose cell is merged with a filled one to its left, with that one's column in the sheet.
    across: Vec<(usize, u32)>,
}

impl CheckedRow {
    fn reset(&mut self, number: u32, columns: usize) {
        self.number = number;
        self.action = RowAction::Unsaid;
        self.text.clear();
        self.raws.clear();
        self.faulty.clear();
        self.persons.clear();
        self.remark.clear();
        self.across.clear();
        self.values.clear();
        self.values.resize(columns, Stored::Null);
    }

    /// The row in the sheet, counted from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// What the row does.
    pub fn action(&self) -> RowAction {
        self.action
    }

    /// How many columns the kind has.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether the kind has no columns.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value of a column of the kind.
    pub fn value(&self, column: usize) -> CellValue<'_> {
        match self.values.get(column).copied().unwrap_or_default() {
            Stored::Null => CellValue::Null,
            Stored::Text(from, to) => CellValue::Text(self.slice(from, to)),
            Stored::Person(from, to) => CellValue::Person(self.slice(from, to)),
            Stored::Date(day) => CellValue::Date(day),
            Stored::Decimal(value) => CellValue::Decimal(value),
            Stored::Integer(value) => CellValue::Integer(value),
            Stored::Boolean(value) => CellValue::Boolean(value),
        }
    }

    /// Whether a column holds nothing.
    pub fn is_null(&self, column: usize) -> bool {
        matches!(self.values.get(column), None | Some(Stored::Null))
    }

    /// Whether a column's cell could not be read.
    pub(super) fn is_faulty(&self, column: usize) -> bool {
        self.faulty.contains(&column)
    }

    /// Whether a column's cell is merged with a filled one to its left.
    fn is_across(&self, column: usize) -> bool {
        self.across.iter().any(|(at, _)| *at == column)
    }

    /// Empty columns whose cell is merged with a filled one to its left, with that one's column in the sheet.
    pub(super) fn across(&self) -> impl Iterator<Item = (usize, u32)> {
        self.across.iter().filter(|(at, _)| self.is_null(*at)).copied()
    }

    /// The text or number of a column; empty where it holds nothing of the kind.
    pub(super) fn text_of(&self, column: usize) -> &str {
        match self.value(column) {
            CellValue::Text(text) | CellValue::Person(text) => text,
            _ => "",
        }
    }

    /// The columns of codes in which a person's number was found, to be settled.
    pub(super) fn take_persons(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.persons)
    }

    /// What was taken for a person's number is the code of an organisation after all.
    pub(super) fn is_no_person(&mut self, column: usize) {
        if let Stored::Person(from, to) = self.values[column] {
            self.values[column] = Stored::Text(from, to);
        }
    }

    /// Whether a person's number stands in a column of codes.
    pub(super) fn is_person(&self, column: usize) -> bool {
        matches!(self.values.get(column), Some(Stored::Person(..)))
    }

    /// Leaves nothing in a column.
    pub(super) fn clear(&mut self, column: usize) {
        self.values[column] = Stored::Null;
        self.raws.retain(|(known, ..)| *known != column);
    }

    /// The texts of cells that are written otherwise than their values, by column of the kind; behind the last column the
    /// remark.
    pub fn raws(&self) -> impl Iterator<Item = (usize, &str)> + Clone {
        let remark = Some((self.values.len(), self.remark.as_str())).filter(|(_, remark)| !remark.is_empty());
        self.raws.iter().map(|(column, from, to)| (*column, self.slice(*from, *to))).chain(remark)
    }

    /// Adds to the remark; numbers of persons and of telephones are masked.
    fn add_remark(&mut self, text: &str) {
        if !self.remark.is_empty() {
            self.remark.push('；');
        }
        self.remark.push_str(&mask_contacts(text));
    }

    /// Moves a value from one column to another that is empty. The text as it stood goes with it: of a person's number
    /// nothing may stay in a column that isn't personal.
    pub(super) fn shift(&mut self, from: usize, to: usize) {
        self.values[to] = match std::mem::take(&mut self.values[from]) {
            Stored::Person(from, to) => Stored::Text(from, to),
            other => other,
        };
        self.raws.retain(|(column, ..)| *column != to);
        for (column, ..) in &mut self.raws {
            if *column == from {
                *column = to;
            }
        }
    }

    /// Takes a value out that its cell doesn't say: it is not missed either.
    pub(super) fn forget(&mut self, column: usize) {
        self.values[column] = Stored::Null;
        self.raws.retain(|(raw, ..)| *raw != column);
        self.faulty.push(column);
    }

    fn slice(&self, from: u32, to: u32) -> &str {
        self.text.get(from as usize..to as usize).unwrap_or_default()
    }

    /// Gives an empty column a value that stood elsewhere; the text of the cell, which is empty, is kept beside it.
    pub(super) fn fill(&mut self, column: usize, text: &str) {
        if !self.raws.iter().any(|(kept, ..)| *kept == column) {
            self.keep_raw(column, "");
        }
        let from = self.text.len() as u32;
        self.text.push_str(text);
        self.values[column] = Stored::Text(from, self.text.len() as u32);
    }

    fn keep_raw(&mut self, column: usize, text: &str) {
        let from = self.text.len() as u32;
        self.text.push_str(text);
        self.raws.push((column, from, self.text.len() as u32));
    }
}

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
        let shown = rules::shown(row.value(column));
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
fn is_persons_number(plan: &ColumnPlan, value: &str) -> bool {
    let normal = || normalise(value);
    plan.column_type.is_code_of_organisation() && (may_be_personal(&normal()) || is_certificate(&normal()))
}

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

/// What rows say they do. A set that says nothing of itself is differential once one of its rows does.
#[derive(Debug)]
struct Actions {
    mode: SetMode,
}

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
            let shown = if fault.rule == persons::IN_FIGURE { mask(&shown) } else { shown };
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

/// Cells filled at most in a row that is asked about as a row: less than half of its sheet's.
const MOST_OF_SPARSE: usize = 2;
/// Cells that must be filled and aren't, of a row with two filled cells that is asked about.
const FEWEST_MISSING: usize = 2;

/// A row of which hardly anything is filled is rather a closing line in words that nobody foresaw: it is asked about as a row,
/// once. Whether its empty cells need no word of their own.
fn ask_as_row(row: &CheckedRow, place: &Place<'_>, issues: &mut IssueList) -> bool {
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
fn check_required(row: &CheckedRow, place: &Place<'_>, issues: &mut IssueList) {
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

impl Actions {
    /// A row that says nothing says what its key shows: it is new, changed or as it was.
    fn read(&mut self, (place, at): (&Place<'_>, usize), raw: RawCell<'_>, issues: &mut IssueList) -> RowAction {
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
