//! The readers, one for each format: what stands in the cells, nothing understood.
//!
//! All of this runs in the reading process only. A reader sends a sheet's facts, its rows from top to bottom with the
//! filled cells alone, and its end; it keeps in memory what the format forces it to and never reserves by a count or
//! a range that the file announces.

mod archive;
mod detect;
mod format;
mod input;
mod json_lines;
mod number_words;
mod numbers;
mod ods;
mod ole;
mod package;
mod spreadsheet_xml;
mod text;
mod text_decode;
mod web_page;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use std::fs::File;

use gongzhi_core::messages::Message;

use self::format::Format;
use self::input::Input;
use super::error::{Limit, ReadError};
use super::event::{Merge, Notice};
use super::wire::Sender;

/// The largest file, and the largest member of a zip, that may be read whole.
const MOST_WHOLE_BYTES: u64 = 64 << 20;
/// Cells of a file that is read whole.
const MOST_CELLS: u64 = 10_000_000;
/// Bytes of the distinct strings of a workbook.
const MOST_STRING_BYTES: usize = 256 << 20;
/// Parts of a zip.
const MOST_PARTS: usize = 2_000;
/// Merged areas of a sheet that are kept.
const MOST_MERGES: usize = 200_000;

/// Reads an open file into frames. Where the format names no sheet, the stem of the file's name is the sheet's.
pub(super) fn read_file(file: File, stem: &str, sender: &mut Sender<'_>) -> Result<(), ReadError> {
    let mut input = Input::of_file(file)?;
    let format = detect::detect(&mut input)?;
    sender.file(format.key())?;
    read_input(input, format, stem, &mut Sink { sender, member: None, cells: 0, is_in_sheet: false })
}

/// Reads one file, or one member of a zip, whose format is known.
fn read_input(input: Input, format: Format, stem: &str, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    if format.is_read_whole() && input.size() > MOST_WHOLE_BYTES {
        return Err(ReadError::BeyondLimits(Limit::FileSize));
    }
    match format {
        Format::Xlsx | Format::Xlsm => xlsx::read(input, sink),
        Format::Xlsb => xlsb::read(input, sink),
        Format::Xls => xls::read(input, sink),
        Format::Ods => ods::read_package(input, sink),
        Format::FlatOds => ods::read_flat(input, sink),
        Format::SpreadsheetXml => spreadsheet_xml::read(input, sink),
        Format::WebPage => web_page::read(input, stem, sink),
        Format::JsonLines => json_lines::read(input, stem, sink),
        Format::Text(separator) => text::read(input, separator, stem, sink),
        Format::Archive => archive::read(input, sink),
    }?;
    // What a cut-off file had until there is not the sheet.
    if sink.is_in_sheet { Err(ReadError::Unreadable("the file ends inside a sheet".to_owned())) } else { Ok(()) }
}

/// Where readers put what they read: a sender that knows which member of a zip it is about and counts cells.
struct Sink<'s, 'w> {
    sender: &'s mut Sender<'w>,
    /// The member's name when the file is a zip of several.
    member: Option<String>,
    cells: u64,
    /// A sheet has begun and is not over.
    is_in_sheet: bool,
}

impl Sink<'_, '_> {
    fn sheet(&mut self, mut facts: super::event::SheetFacts) -> Result<(), ReadError> {
        facts.name = self.sheet_name(&facts.name);
        facts.merges = facts.merges.into_iter().filter_map(Merge::clipped).collect();
        facts.merges.sort_unstable();
        facts.merges.truncate(MOST_MERGES);
        if std::mem::replace(&mut self.is_in_sheet, true) {
            return Err(ReadError::Unreadable("a sheet begins inside another".to_owned()));
        }
        self.sender.sheet(&facts)
    }

    fn row(&mut self, row: &super::row::Row) -> Result<(), ReadError> {
        match (row.is_empty(), self.is_in_sheet) {
            (true, _) => Ok(()),
            (false, true) => self.sender.row(row),
            // Of a damaged file nothing is dropped in silence: it is refused.
            (false, false) => Err(ReadError::Unreadable("rows outside a sheet".to_owned())),
        }
    }

    /// A row of a file that is read whole, its cells counted.
    fn counted_row(&mut self, row: &super::row::Row) -> Result<(), ReadError> {
        self.cells += row.len() as u64;
        if self.cells > MOST_CELLS {
            return Err(ReadError::BeyondLimits(Limit::Cells));
        }
        self.row(row)
    }

    fn sheet_end(&mut self) -> Result<(), ReadError> {
        self.is_in_sheet = false;
        self.sender.sheet_end()
    }

    fn notice(&mut self, sheet: Option<&str>, cell: Option<String>, message: Message) -> Result<(), ReadError> {
        let sheet = sheet.map(|sheet| self.sheet_name(sheet)).or_else(|| self.member.clone());
        self.sender.notice(&Notice { message, sheet, cell })
    }

    fn sheet_name(&self, name: &str) -> String {
        match &self.member {
            Some(member) => format!("{member}/{name}"),
            None => name.to_owned(),
        }
    }
}
