//! A row as it is kept: the values in the order of the kind's columns, and what is told of its cells.

use super::mask::{mask, mask_contacts};
use super::reading::Stored;
use crate::values::{CellValue, RowAction};

/// A row checked.
#[derive(Debug, Clone, Default)]
pub struct CheckedRow {
    number: u32,
    pub(super) action: RowAction,
    pub(super) text: String,
    pub(super) values: Vec<Stored>,
    raws: Vec<(usize, u32, u32)>,
    /// Columns whose cell could not be read.
    pub(super) faulty: Vec<usize>,
    /// Columns of codes in which a person's number was found.
    pub(super) persons: Vec<usize>,
    /// What the office wrote beside the row for itself.
    remark: String,
    /// Empty columns whose cell is merged with a filled one to its left, with that one's column in the sheet.
    pub(super) across: Vec<(usize, u32)>,
}

impl CheckedRow {
    pub(super) fn reset(&mut self, number: u32, columns: usize) {
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
    pub(super) fn is_across(&self, column: usize) -> bool {
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
    pub(super) fn add_remark(&mut self, text: &str) {
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

    pub(super) fn slice(&self, from: u32, to: u32) -> &str {
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

    pub(super) fn keep_raw(&mut self, column: usize, text: &str) {
        let from = self.text.len() as u32;
        self.text.push_str(text);
        self.raws.push((column, from, self.text.len() as u32));
    }
}

/// A value as a sentence shows it.
pub(super) fn shown(value: CellValue<'_>) -> String {
    match value {
        CellValue::Null => String::new(),
        CellValue::Text(text) => text.to_owned(),
        CellValue::Person(number) => mask(number),
        CellValue::Date(day) => day.to_string(),
        CellValue::Decimal(value) => value.normalize().to_string(),
        CellValue::Integer(value) => value.to_string(),
        CellValue::Boolean(value) => value.to_string(),
    }
}
