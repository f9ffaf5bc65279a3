//! What stands before the sheets: their names and places, the formats, the shared strings.

use std::collections::HashMap;

use super::super::super::error::{Limit, ReadError};
use super::super::MOST_PARTS;
use super::super::numbers::{FormatCode, NumberFormat, shown_by_id};
use super::strings::{Strings, Writing, charset_of};
use super::{Record, Records, kind};

pub(super) struct BoundSheet {
    pub(super) name: String,
    pub(super) offset: usize,
    pub(super) hidden: bool,
    pub(super) is_worksheet: bool,
}

pub(super) struct Globals {
    pub(super) sheets: Vec<BoundSheet>,
    pub(super) epoch_1904: bool,
    pub(super) strings: Strings,
    pub(super) writing: Writing,
    /// The number format of each cell format.
    cell_formats: Vec<u16>,
    own_formats: HashMap<u16, FormatCode>,
}

impl Globals {
    pub(super) fn read(stream: &[u8]) -> Result<Self, ReadError> {
        let mut records = Records { rest: stream }.peekable();
        let version = match records.next() {
            Some(record) if record.kind == kind::BEGIN => record.u16(0).unwrap_or(0),
            _ => return Err(ReadError::Unreadable("a workbook before Excel 5 or no workbook".to_owned())),
        };
        let mut globals = Self {
            sheets: Vec::new(),
            epoch_1904: false,
            strings: Strings::default(),
            writing: Writing { is_wide: version >= 0x0600, charset: None },
            cell_formats: Vec::new(),
            own_formats: HashMap::new(),
        };
        while let Some(record) = records.next() {
            if record.kind == kind::SHARED_STRINGS {
                let mut pieces = vec![record.body];
                while let Some(next) = records.next_if(|next| next.kind == kind::CONTINUE) {
                    pieces.push(next.body);
                }
                globals.strings = Strings::read(&pieces)?;
                continue;
            }
            if record.kind == kind::END {
                break;
            }
            globals.take(&record)?;
        }
        Ok(globals)
    }

    fn take(&mut self, record: &Record<'_>) -> Result<(), ReadError> {
        match record.kind {
            kind::PASSWORD => return Err(ReadError::Encrypted),
            kind::CODE_PAGE => self.writing.charset = charset_of(record.u16(0).unwrap_or(1252)),
            kind::EPOCH => self.epoch_1904 = record.u16(0) == Some(1),
            kind::CELL_FORMAT => self.cell_formats.push(record.u16(2).unwrap_or(0)),
            kind::NUMBER_FORMAT => {
                let length_bytes = if self.writing.is_wide { 2 } else { 1 };
                if let (Some(id), Some(code)) = (record.u16(0), self.writing.text(record, 2, length_bytes)) {
                    self.own_formats.insert(id, FormatCode::of(&code));
                }
            }
            kind::BOUND_SHEET => self.bind(record)?,
            _ => {}
        }
        Ok(())
    }

    fn bind(&mut self, record: &Record<'_>) -> Result<(), ReadError> {
        if self.sheets.len() >= MOST_PARTS {
            return Err(ReadError::BeyondLimits(Limit::Parts));
        }
        let (Some(offset), Some(visibility), Some(sort)) = (record.u32(0), record.byte(4), record.byte(5)) else {
            return Ok(());
        };
        self.sheets.push(BoundSheet {
            name: self.writing.text(record, 6, 1).unwrap_or_default(),
            offset: offset as usize,
            hidden: visibility & 3 != 0,
            is_worksheet: sort == 0,
        });
        Ok(())
    }

    /// What a cell's format makes of a figure.
    pub(super) fn format(&self, cell_format: u16) -> NumberFormat<'_> {
        let id = self.cell_formats.get(usize::from(cell_format)).copied().unwrap_or(0);
        if let Some(own) = self.own_formats.get(&id) {
            return own.in_epoch(self.epoch_1904);
        }
        let shown = shown_by_id(u32::from(id)).unwrap_or_default();
        NumberFormat { shown, epoch_1904: self.epoch_1904, words: None }
    }
}
