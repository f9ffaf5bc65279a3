//! A sheet before its rows, and its columns laid over those of its kind.

use std::cell::Cell;

use super::claim::Claim;
use super::lookup::CodeLookup;
use crate::catalog::Measure;
use crate::issues::Issue;

/// A column of a sheet as the reader found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetColumn {
    /// Header.
    pub name: String,
    /// What the cells of the header say as they stand in the sheet, from the upper row down.
    pub own: Vec<String>,
    /// Column in the sheet, counted from 1.
    pub column: u32,
}

/// A sheet before its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetFacts {
    /// Name.
    pub name: String,
    /// The last row of the header, counted from 1.
    pub header_row: u32,
    /// Columns from left to right.
    pub columns: Vec<SheetColumn>,
    /// Texts above the header.
    pub titles: Vec<String>,
    /// Texts elsewhere that may say what its figures are measured in: notes below the table, the file's own name.
    pub notes: Vec<String>,
    /// Serial days count from 1904.
    pub epoch_1904: bool,
}

/// What a column of a sheet is used for.
#[derive(Debug, Clone)]
pub enum Target {
    /// A column of the kind.
    Column {
        /// Position in the kind.
        column: usize,
        /// What its figures are measured in here.
        measure: Option<Measure>,
        /// The sheet says so itself, or a person did.
        is_stated: bool,
        /// Spellings of codes that a layout profile translates.
        translations: Option<CodeLookup>,
    },
    /// What the row does.
    Action,
    /// Read and not kept.
    Ignored,
    /// Without a header: an error once a cell in it holds something.
    Blank,
    /// The office's own remark about a row: kept beside it, never checked.
    Remark,
    /// Under a header that nobody knows: what is wrong once a cell in it holds something.
    Unknown(Box<UnknownColumn>),
}

/// A column that nobody knows. One without any value is left out.
#[derive(Debug, Clone)]
pub struct UnknownColumn {
    /// Header.
    pub header: String,
    /// The office's own: kept beside the row like a remark.
    pub is_own: bool,
    pub(super) issue: Issue,
    pub(super) has_values: Cell<bool>,
}

impl UnknownColumn {
    /// Notes that a cell holds something; the first time there is an error to tell.
    pub(super) fn note_value(&self) -> Option<Issue> {
        (!self.has_values.replace(true)).then(|| self.issue.clone())
    }

    /// Whether any cell held something.
    pub fn has_values(&self) -> bool {
        self.has_values.get()
    }
}

/// A sheet's columns, in the order of its cells, and where each column of the kind stands.
#[derive(Debug, Clone)]
pub struct SheetMap {
    /// Name of the sheet.
    pub sheet: String,
    /// The same as it is kept and shown.
    pub shown_sheet: String,
    /// One entry for each column of the sheet.
    pub targets: Vec<Target>,
    /// Column in the sheet, counted from 1, of each column of the sheet.
    pub places: Vec<u32>,
    /// Column in the sheet of each column of the kind.
    pub place_of: Vec<Option<u32>>,
    /// What the sheet states its figures are measured in, beside its headers.
    pub stated: Vec<Claim>,
    /// The sheet has a row action column.
    pub has_action: bool,
    /// Serial days count from 1904.
    pub epoch_1904: bool,
}

impl SheetMap {
    /// The columns that nobody knows.
    pub fn unknown(&self) -> impl Iterator<Item = &UnknownColumn> {
        self.targets.iter().filter_map(|target| match target {
            Target::Unknown(unknown) => Some(&**unknown),
            _ => None,
        })
    }
}
