//! Rows that say the same thing twice.
//!
//! The kind's key, and what a template says is unique, are compared over all sheets of a kind in a file. A million rows
//! are a million digests of 96 bits and row numbers, not a million texts. Null is a value like any other: two rows whose
//! key parts are both empty have the same key.

use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::HashMap;
use foldhash::fast::FixedState;
use siphasher::sip128::{Hasher128, SipHasher13};

use super::checked_row::CheckedRow;
use super::issue_list::IssueList;
use super::plan::{KindPlan, UniquePlan};
use super::reading::Fault;
use super::row_place::Place;
use crate::messages::Message;
use crate::values::CellValue;

/// Where a key was first seen.
#[derive(Debug, Clone, Copy)]
struct First {
    /// Further bits of the key.
    more: u32,
    sheet: u32,
    row: u32,
    whole: u32,
}

/// Keys by 64 of their bits, in several maps by four others: one that has to grow takes its whole size once more
/// meanwhile, and of these only one grows at a time.
type Shards = [HashMap<u64, First>; 16];

/// The keys seen.
#[derive(Debug, Default)]
pub(super) struct Duplicates {
    seen: Vec<Shards>,
    sheets: Vec<String>,
    all: Vec<usize>,
}

impl Duplicates {
    pub(super) fn new(plan: &KindPlan) -> Self {
        Self {
            seen: plan.unique.iter().map(|_| Shards::default()).collect(),
            sheets: Vec::new(),
            all: (0..plan.columns.len()).collect(),
        }
    }

    pub(super) fn check(&mut self, row: &CheckedRow, place: &Place<'_>, issues: &mut IssueList) {
        let sheet = self.sheet_number(&place.map.sheet);
        let whole = whole_of(row, &self.all);
        for (unique, seen) in place.plan.unique.iter().zip(&mut self.seen) {
            let columns = if unique.columns.is_empty() { &self.all } else { &unique.columns };
            // A key that could not be read is told already, and is no key of another row.
            let unread =
                |column: &usize| row.is_faulty(*column) || place.plan.columns[*column].required && row.is_null(*column);
            let partial = !unique.is_key && columns.iter().any(|column| row.is_null(*column));
            if partial || columns.iter().any(unread) {
                continue;
            }
            let key = key_of(row, columns);
            let more = (key >> 64) as u32;
            match seen[(key >> 124) as usize].entry(key as u64) {
                Entry::Vacant(entry) => {
                    entry.insert(First { more, sheet, row: row.number(), whole });
                }
                // Of two keys that agree in 64 bits by chance the second goes unseen.
                Entry::Occupied(entry) if entry.get().more != more => {}
                Entry::Occupied(entry) => {
                    let first = *entry.get();
                    let name = self.sheets.get(first.sheet as usize).map_or("", String::as_str);
                    report(row, place, unique, (first, name, first.whole == whole), issues);
                }
            }
        }
    }

    fn sheet_number(&mut self, name: &str) -> u32 {
        if self.sheets.last().map(String::as_str) != Some(name) {
            self.sheets.push(name.to_owned());
        }
        u32::try_from(self.sheets.len() - 1).unwrap_or(u32::MAX)
    }
}

/// 128 bits of the values in these columns. The row's action is part of it: taking a row back and giving it anew is no
/// contradiction.
fn key_of(row: &CheckedRow, columns: &[usize]) -> u128 {
    let mut hasher = SipHasher13::new();
    write(row, columns, &mut hasher);
    hasher.finish128().as_u128()
}

/// 32 bits of the whole row, only to tell whether two rows of one key say the same.
fn whole_of(row: &CheckedRow, columns: &[usize]) -> u32 {
    let mut hasher = FixedState::default().build_hasher();
    write(row, columns, &mut hasher);
    hasher.finish() as u32
}

fn write(row: &CheckedRow, columns: &[usize], hasher: &mut impl Hasher) {
    row.action().hash(hasher);
    for column in columns {
        match row.value(*column) {
            CellValue::Null => hasher.write_u8(0),
            CellValue::Text(text) => {
                hasher.write_u8(1);
                text.hash(hasher);
            }
            CellValue::Person(number) => {
                hasher.write_u8(7);
                number.hash(hasher);
            }
            CellValue::Date(day) => {
                hasher.write_u8(2);
                day.hash(hasher);
            }
            CellValue::Decimal(value) => {
                hasher.write_u8(3);
                value.hash(hasher);
            }
            CellValue::Integer(value) => {
                hasher.write_u8(4);
                hasher.write_i64(value);
            }
            CellValue::Boolean(value) => hasher.write_u8(5 + u8::from(value)),
        }
    }
}

fn report(
    row: &CheckedRow,
    place: &Place<'_>,
    unique: &UniquePlan,
    (first, first_sheet, same_row): (First, &str, bool),
    issues: &mut IssueList,
) {
    let columns = &unique.columns;
    let shown = columns.iter().map(|column| place.shown(row, *column));
    let value = shown.filter(|value| !value.is_empty()).collect::<Vec<_>>().join(" · ");
    let headers =
        columns.iter().map(|column| place.plan.columns[*column].header.as_str()).collect::<Vec<_>>().join("、");
    let (rule, key) = match (unique.is_key, same_row) {
        (true, true) => ("duplicate-row", "intake-duplicate-row"),
        (true, false) => ("duplicate-key", "intake-duplicate-key"),
        (false, _) => ("unique", "intake-not-unique"),
    };
    let message = Message::new(key)
        .with("row", row.number())
        .with("first", first.row)
        .with("sheet", first_sheet)
        .with("columns", headers)
        .with("value", &value);
    let mend = Message::new(format!("{key}-mend")).with("row", row.number()).with("first", first.row);
    let at = columns.iter().copied().find(|column| place.cell(*column).is_some() && !row.is_null(*column));
    let at = at.or_else(|| (0..row.len()).find(|column| place.cell(*column).is_some())).unwrap_or_default();
    let fault = Fault::new(rule, message, mend).with_severity(unique.severity);
    issues.record(place.issue(at, value, *fault));
}
