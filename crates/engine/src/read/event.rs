//! What a reader says of a file, in the order in which it says it: the file, then for each sheet its facts, its rows,
//! its end, with notices in between.

use gongzhi_core::messages::Message;

use super::row::Row;

/// The value of a notice that names the member of a zip it is about.
pub(super) const MEMBER: &str = "member";
/// The value of such a notice that says whether the member was meant as a sheet.
pub(super) const IS_SHEET: &str = "is_sheet";

/// Cells joined into one; only the first of them holds the value. Rows count from 1, columns from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Merge {
    /// First row.
    pub first_row: u32,
    /// First column.
    pub first_column: u32,
    /// Last row, itself in the merge.
    pub last_row: u32,
    /// Last column, itself in the merge.
    pub last_column: u32,
}

/// No sheet of any format reaches further down.
const MOST_ROWS: u32 = 1 << 24;
/// No sheet of any format reaches further to the right.
const MOST_COLUMNS: u32 = 1 << 20;

impl Merge {
    /// The merge as far as a sheet can reach; `None` when it ends before it begins, as in a damaged file.
    pub(super) fn clipped(self) -> Option<Self> {
        let clipped =
            Self { last_row: self.last_row.min(MOST_ROWS), last_column: self.last_column.min(MOST_COLUMNS), ..self };
        let is_sound = clipped.first_row <= clipped.last_row && clipped.first_column <= clipped.last_column;
        is_sound.then_some(clipped)
    }
}

/// What is known of a sheet before its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetFacts {
    /// The name exactly as stored; in a zip of several files `<member>/<sheet>`.
    pub name: String,
    /// The sheet is hidden. It is read like the others.
    pub hidden: bool,
    /// Serial days count from 1904 and not from 1900.
    pub epoch_1904: bool,
    /// Merged cells, by first row.
    pub merges: Vec<Merge>,
    /// Names of the columns where the format gives them apart from the rows (JSON lines); else empty.
    pub columns: Vec<String>,
}

/// Something a person should know of the file that is no row of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The sentence.
    pub message: Message,
    /// The sheet it is about.
    pub sheet: Option<String>,
    /// The cell it is about: `C7`.
    pub cell: Option<String>,
}

impl Notice {
    /// The member of a zip that the notice says can't be read, and whether it was meant as a sheet.
    pub fn unread_member(&self) -> Option<(&str, bool)> {
        let value =
            |wanted: &str| self.message.values.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        Some((value(MEMBER)?, value(IS_SHEET)? == "yes"))
    }

    /// A notice about the file as a whole.
    pub fn of_file(message: Message) -> Self {
        Self { message, sheet: None, cell: None }
    }

    /// A notice about a sheet.
    pub fn of_sheet(sheet: &str, message: Message) -> Self {
        Self { message, sheet: Some(sheet.to_owned()), cell: None }
    }

    /// A notice about one cell.
    pub fn of_cell(sheet: &str, cell: String, message: Message) -> Self {
        Self { message, sheet: Some(sheet.to_owned()), cell: Some(cell) }
    }
}

/// What comes out of a reader, before anything of it is understood.
#[derive(Debug, PartialEq)]
pub enum RawEvent<'a> {
    /// The format, told by the content: `xlsx`, `csv`, …. Always first.
    File(&'a str),
    /// A sheet begins.
    Sheet(&'a SheetFacts),
    /// A row that holds something.
    Row(&'a Row),
    /// The sheet is over.
    SheetEnd,
    /// Something to know.
    Notice(Notice),
}
