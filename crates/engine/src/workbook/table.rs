//! A table as it is given to be written: its head, its columns, its cells.

use chrono::NaiveDate;
use gongzhi_core::messages::Message;
use rust_decimal::Decimal;
use rust_xlsxwriter::XlsxError;

/// Rows a sheet may hold.
pub(super) const SHEET_ROWS: u32 = 1_048_576;

/// A cell of a table written out.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A text; one that begins like a formula stays a text.
    Text(String),
    /// An amount, a quantity, a rate.
    Decimal(Decimal),
    /// A whole number.
    Integer(i64),
    /// A day.
    Date(NaiveDate),
    /// A text that leads somewhere: `internal:'Sheet'!B7`, `file:///…` or a web address.
    Link {
        /// What is shown.
        text: String,
        /// Where it leads.
        target: String,
    },
}

/// What a column holds: how its figures are shown and its texts are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColumnKind {
    /// Text on one line.
    #[default]
    Text,
    /// Text that goes on to the next line.
    Wrapped,
    /// Money with two places.
    Amount,
    /// A figure with up to four places.
    Quantity,
    /// A ratio as per cent.
    Rate,
    /// A whole number.
    Integer,
    /// A day.
    Date,
    /// A link.
    Link,
    /// To be filled in by people: on a ground that asks for it.
    Fill,
    /// For the program that reads the file again: small and grey.
    Quiet,
}

/// A column of a table written out.
#[derive(Debug, Clone, PartialEq)]
pub struct TableColumn {
    /// Header.
    pub header: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Width in signs of the default font; a Chinese sign takes two.
    pub width: f64,
    /// What may be chosen in its cells; empty: anything.
    pub choices: Vec<String>,
}

impl TableColumn {
    /// A column.
    pub fn new(header: impl Into<String>, kind: ColumnKind, width: f64) -> Self {
        Self { header: header.into(), kind, width, choices: Vec::new() }
    }

    /// The column with a list to choose from.
    pub fn with_choices(self, choices: Vec<String>) -> Self {
        Self { choices, ..self }
    }
}

/// What stands above a table's rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableHead {
    /// Name of the sheet; it is made to fit what a sheet may be called.
    pub sheet: String,
    /// Title; empty: none.
    pub title: String,
    /// Lines under the title.
    pub notes: Vec<String>,
    /// Columns.
    pub columns: Vec<TableColumn>,
    /// Columns from the left that stay in sight while the others pass.
    pub frozen: u16,
}

/// Why a workbook was not written.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// The writer refused.
    #[error("workbook: {0}")]
    Writer(#[from] XlsxError),
    /// More rows than a sheet holds.
    #[error("sheet {sheet}: more than {SHEET_ROWS} rows")]
    TooManyRows {
        /// The sheet.
        sheet: String,
    },
}

impl WorkbookError {
    /// The sentence.
    pub fn message(&self) -> Message {
        match self {
            Self::Writer(error) => Message::new("template-workbook-failed").with("why", error),
            Self::TooManyRows { sheet } => {
                Message::new("template-too-many-rows").with("sheet", sheet).with("limit", SHEET_ROWS)
            }
        }
    }
}
