//! A sheet understood: where its table lies, what its columns are called, which rows are rows of the table.
//!
//! What an office sends is a page, not a table: a title across the top, 填报单位 and 单位：万元 under it, a header of two
//! rows with merged cells, the rows, 合计, then who filled it in and who checked it. This layer takes the rows of a
//! [`super::RawEvent`] stream and gives the table alone, with everything it set aside and why. It holds the first
//! rows back until it has seen the header and lets the rest through one by one, so memory does not grow with the sheet.

mod align;
mod clean;
mod closing;
mod fill;
mod header;
mod known;
mod looks;
mod names;
mod reason;
mod state;
mod trailing;
mod words;

use std::sync::Arc;

use gongzhi_core::messages::Message;

use super::row::cell_name;

pub(super) use state::{Out, Table};

/// How many of a row's texts are headers that a template knows. Given by who knows the templates, it decides which
/// row is the header before any guess from its looks.
pub type HeaderHint = Arc<dyn Fn(&[String]) -> usize + Send + Sync>;

/// A sheet before its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetHead {
    /// The name exactly as stored; in a zip of several files `<member>/<sheet>`.
    pub name: String,
    /// The sheet is hidden.
    pub hidden: bool,
    /// Serial days count from 1904: needed for figures in a column of dates that carry no date format.
    pub epoch_1904: bool,
    /// Where the header stands.
    pub header: HeaderPlace,
    /// The columns of the table from left to right; none when the sheet holds no table.
    pub columns: Vec<Column>,
    /// What stands above the header, a text for each row: 填报单位：…, 所属期：….
    pub titles: Vec<Title>,
}

/// The rows of the header. A table without one has no rows here and begins at `first_row`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderPlace {
    /// First row, counted from 1.
    pub first_row: u32,
    /// How many rows; 0 when the table has no header.
    pub row_count: u32,
}

impl Default for HeaderPlace {
    fn default() -> Self {
        Self { first_row: 1, row_count: 0 }
    }
}

/// A column of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The header's text: `upper/lower` of two rows, `_2` behind a repeated one, `column_N` for a blank one.
    pub name: String,
    /// The texts it was made of as they stand in the sheet, from the upper row down; a joined cell over each column it covers.
    pub own: Vec<String>,
    /// The column in the sheet, counted from 0.
    pub index: u32,
}

/// A row above the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// The row, counted from 1.
    pub row: u32,
    /// Its texts, joined by blanks.
    pub text: String,
}

/// A row, or a cell of one, that is no part of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The row, counted from 1.
    pub row: u32,
    /// Why.
    pub reason: Reason,
    /// What stood there, at most its first thousand signs.
    pub text: String,
}

/// Why something is no part of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Above the header, or the same again at the top of a printed page.
    Title,
    /// 合计, 小计 and the like.
    Total,
    /// A note or a heading across the table.
    Note,
    /// Who filled it in, who checked it, the seal, the telephone.
    Signature,
    /// The header once more.
    RepeatedHeader,
    /// Nothing but its running number.
    OnlyNumber,
    /// A row that numbers the columns (甲 乙 1 2 3).
    ColumnNumbers,
    /// A single cell far from the table; the rest of its row is read.
    StrayCell {
        /// The cell's column in the sheet, counted from 0.
        column: u32,
    },
    /// A row far below the table with next to nothing in it.
    StrayRow,
    /// A name alone behind a total or a signature: the head of a group, who sends the sheet, or a record after all.
    Alone {
        /// The cell's column in the sheet, counted from 0.
        column: u32,
    },
}

impl Reason {
    /// The reason's key, the same in every language.
    pub fn key(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Total => "total",
            Self::Note => "note",
            Self::Signature => "signature",
            Self::RepeatedHeader => "repeated-header",
            Self::OnlyNumber => "only-number",
            Self::ColumnNumbers => "column-numbers",
            Self::StrayCell { .. } => "stray-cell",
            Self::StrayRow => "stray-row",
            Self::Alone { .. } => "alone",
        }
    }
}

impl LeftOut {
    /// What stood there, as much of it as is shown.
    pub fn beginning(&self) -> &str {
        self.text.char_indices().nth(200).map_or(&self.text, |(end, _)| &self.text[..end])
    }

    /// The reason as a sentence.
    pub fn message(&self) -> Message {
        let message = Message::new(format!("read-left-out-{}", self.reason.key()));
        match self.reason {
            Reason::StrayCell { column } => {
                message.with("cell", cell_name(self.row, column)).with("text", self.beginning())
            }
            _ => message,
        }
    }
}

/// What was found out by the end of a sheet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SheetTotals {
    /// Rows of the table.
    pub row_count: u64,
    /// Rows left out.
    pub left_out_count: u64,
    /// Blank rows between the others; they are neither rows nor left out.
    pub blank_count: u64,
}
