//! What a cell is read with and what comes of it: a value that the column keeps, or a fault that says which rule it breaks, why,
//! and how to mend it.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::lookup::CodeLookup;
use super::mask::mask;
use super::persons_in_figures;
use super::plan::{Circumstances, ColumnPlan, KindPlan};
use crate::catalog::{ColumnType, Measure, Severity};
use crate::messages::Message;

/// A value whose text lies in the row's buffer.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Stored {
    /// Nothing there.
    #[default]
    Null,
    /// From, to in the buffer.
    Text(u32, u32),
    /// A person's number in a column of codes, from, to in the buffer.
    Person(u32, u32),
    /// A day.
    Date(NaiveDate),
    /// Amount, quantity, rate.
    Decimal(Decimal),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
}

/// A cell read.
#[derive(Debug, Default)]
pub struct Reading {
    /// The value kept.
    pub value: Stored,
    /// The cell is written otherwise than the value: its text is kept beside it.
    pub changed: bool,
    /// Something to tell although the value is kept.
    pub warning: Option<Box<Fault>>,
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Stable name of the rule.
    pub rule: &'static str,
    /// `None`: as the column's origin says (a policy column blocks, an extension column warns).
    pub severity: Option<Severity>,
    /// What is wrong.
    pub message: Message,
    /// How to mend it.
    pub mend: Message,
}

impl Fault {
    /// A fault whose severity the column's origin decides.
    pub fn new(rule: &'static str, message: Message, mend: Message) -> Box<Self> {
        Box::new(Self { rule, severity: None, message, mend })
    }

    /// The same fault with a severity of its own.
    #[must_use]
    pub fn with_severity(mut self: Box<Self>, severity: Severity) -> Box<Self> {
        self.severity = Some(severity);
        self
    }
}

/// What a column's cells are read with: the column itself and what this sheet says about it.
#[derive(Debug, Clone, Copy)]
pub struct Lens<'a> {
    /// The kind.
    pub plan: &'a KindPlan,
    /// The column.
    pub column: &'a ColumnPlan,
    /// What this sheet's figures are measured in.
    pub measure: Option<Measure>,
    /// The sheet says so itself, or a person did.
    pub is_stated: bool,
    /// Spellings of codes a layout profile translates.
    pub translations: Option<&'a CodeLookup>,
    /// Serial days count from 1904.
    pub epoch_1904: bool,
}

impl Lens<'_> {
    pub(super) fn fault(&self, rule: &'static str, key: &'static str, value: &str) -> Box<Fault> {
        let message = Message::new(key).with("column", &self.column.header).with("value", value);
        Fault::new(rule, message, Message::new(format!("{key}-mend")).with("column", &self.column.header))
    }

    pub(super) fn when(&self) -> &Circumstances {
        &self.plan.circumstances
    }
}

/// A code that a spreadsheet turned into a figure: the digits are gone whatever the column's origin, so it blocks. In a
/// column of figures it never was a code: the figure is merely longer than a spreadsheet keeps.
pub(super) fn digits_lost(lens: &Lens<'_>, text: &str) -> Box<Fault> {
    match lens.column.column_type {
        ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate | ColumnType::Integer => {
            if persons_in_figures::is_in_figure(text) {
                return person_in_figure(lens, text);
            }
            return lens.fault("digits-lost", "intake-figure-too-long", text);
        }
        ColumnType::Date | ColumnType::Month | ColumnType::Period | ColumnType::Boolean => {
            return type_fault(lens, text);
        }
        _ => {}
    }
    lens.fault("digits-lost", "intake-digits-lost", text).with_severity(Severity::Error)
}

/// A person's number under a header of figures: the cells of the row stand one column off. Whatever the column's origin it
/// blocks, for the number must not be kept as money, nor the money be lost.
pub(super) fn person_in_figure(lens: &Lens<'_>, text: &str) -> Box<Fault> {
    lens.fault(persons_in_figures::IN_FIGURE, "intake-person-in-figure", &mask(text)).with_severity(Severity::Error)
}

pub(super) fn keep(text: &str, out: &mut String) -> Stored {
    let from = out.len() as u32;
    out.push_str(text);
    Stored::Text(from, out.len() as u32)
}

pub(super) fn kept(text: &str, changed: bool, out: &mut String) -> Reading {
    Reading { value: keep(text, out), changed, warning: None }
}

/// The sentence that says what should have stood there.
pub(super) fn type_fault(lens: &Lens<'_>, value: &str) -> Box<Fault> {
    let key = match lens.column.column_type {
        ColumnType::Date => "intake-not-a-date",
        ColumnType::Month => "intake-not-a-month",
        ColumnType::Period => "intake-not-a-period",
        ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate => "intake-not-a-figure",
        ColumnType::Integer => "intake-not-a-whole-number",
        ColumnType::Boolean => "intake-not-yes-or-no",
        ColumnType::Phone => "intake-not-a-phone",
        _ => "intake-not-an-identifier",
    };
    lens.fault("type", key, value)
}
