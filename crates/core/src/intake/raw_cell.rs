//! What stands in a cell, as the reader gives it.

use chrono::NaiveDateTime;

use super::figure::as_seen;

/// The error that stands for a formula whose result the program that wrote the file left out.
pub const UNCOMPUTED: &str = "=?";
/// The error that stands for a text which the file names and doesn't hold.
pub const LOST_TEXT: &str = "#TEXT!";

/// What stands in a cell, as the reader gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RawValue<'a> {
    /// Nothing.
    Empty,
    /// Text, already narrowed and trimmed.
    Text(&'a str),
    /// A figure in plain decimal notation.
    Number {
        /// The figure.
        text: &'a str,
        /// A spreadsheet kept only fifteen of its digits.
        digits_lost: bool,
    },
    /// A day or a moment.
    Date(NaiveDateTime),
    /// True or false of the sheet itself.
    Boolean(bool),
    /// An error of a formula.
    Error(&'a str),
}

/// A cell with its text as it stood where the reader changed it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RawCell<'a> {
    /// What stands there.
    pub value: RawValue<'a>,
    /// The text before it was narrowed.
    pub raw: Option<&'a str>,
    /// The merged cell that it is part of, when it was written above.
    pub filled: Option<Filled>,
    /// The column, counted from 1, of the filled cell to the left with which it is merged, being empty itself.
    pub across: Option<u32>,
}

/// The merged cell whose value holds for the rows below the one in which it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    /// The row in which it is written, counted from 1.
    pub row: u32,
    /// Rows over which it reaches.
    pub rows: u32,
}

impl RawCell<'_> {
    /// The text to show to the clerk: as it stood.
    pub fn shown(&self) -> String {
        if let Some(raw) = self.raw {
            return raw.to_owned();
        }
        match self.value {
            RawValue::Empty => String::new(),
            RawValue::Text(text) => as_seen(text).into_owned(),
            RawValue::Number { text, .. } | RawValue::Error(text) => text.to_owned(),
            RawValue::Date(moment) => date_text(moment),
            RawValue::Boolean(truth) => if truth { "TRUE" } else { "FALSE" }.to_owned(),
        }
    }
}

pub(super) fn date_text(moment: NaiveDateTime) -> String {
    let has_time = moment.time() != chrono::NaiveTime::MIN;
    moment.format(if has_time { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d" }).to_string()
}
