//! xls: the records of a BIFF5 or BIFF8 workbook, walked in place.
//!
//! The stream of the workbook lies in memory whole (the format needs it) and is capped; beyond it only the shared
//! strings are kept. Every length is checked against the bytes that are there, so a record that lies about its
//! content costs that record and nothing else. Merged cells stand behind the rows they are about: each sheet is
//! walked once for them and once for its rows.

mod compound;
mod globals;
mod sheet;
mod strings;

use gongzhi_core::messages::Message;

use self::globals::Globals;
use super::super::error::ReadError;
use super::super::event::SheetFacts;
use super::input::Input;
use super::{MOST_WHOLE_BYTES, Sink};

/// Reads every worksheet in the order of the workbook.
pub(super) fn read(input: Input, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    let bytes = input.into_bytes(MOST_WHOLE_BYTES)?;
    let stream = compound::workbook_stream(bytes)?;
    let globals = Globals::read(&stream)?;
    let mut other_count = 0;
    for bound in &globals.sheets {
        if !bound.is_worksheet {
            other_count += 1;
            continue;
        }
        let Some(records) = stream.get(bound.offset..).filter(|rest| !rest.is_empty()) else {
            sink.sheet(SheetFacts { name: bound.name.clone(), ..SheetFacts::default() })?;
            sink.notice(Some(&bound.name), None, Message::new("read-sheet-missing"))?;
            sink.sheet_end()?;
            continue;
        };
        let survey = sheet::survey(records);
        sink.sheet(SheetFacts {
            name: bound.name.clone(),
            hidden: bound.hidden,
            epoch_1904: globals.epoch_1904,
            merges: survey.merges,
            ..SheetFacts::default()
        })?;
        sheet::read(records, &globals, survey.is_in_order, sink)?;
        sink.sheet_end()?;
    }
    if other_count > 0 {
        sink.notice(None, None, Message::new("read-other-sheets").with("count", other_count))?;
    }
    Ok(())
}

/// One record: its type and its content, cut short where the stream ends.
#[derive(Debug, Clone, Copy)]
struct Record<'s> {
    kind: u16,
    body: &'s [u8],
}

/// The records of a stream from some place on.
struct Records<'s> {
    rest: &'s [u8],
}

impl<'s> Iterator for Records<'s> {
    type Item = Record<'s>;

    fn next(&mut self) -> Option<Record<'s>> {
        let head = self.rest.first_chunk::<4>()?;
        let (kind, length) = (u16::from_le_bytes([head[0], head[1]]), u16::from_le_bytes([head[2], head[3]]));
        let body = &self.rest[4..];
        let (body, rest) = body.split_at_checked(usize::from(length)).unwrap_or((body, &[]));
        self.rest = rest;
        Some(Record { kind, body })
    }
}

impl<'s> Record<'s> {
    fn u16(&self, at: usize) -> Option<u16> {
        self.body.get(at..at + 2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
    }

    fn u32(&self, at: usize) -> Option<u32> {
        self.body.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }

    fn f64(&self, at: usize) -> Option<f64> {
        self.body.get(at..)?.first_chunk().map(|bytes| f64::from_le_bytes(*bytes))
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.body.get(at).copied()
    }
}

/// Kinds of records that are looked at.
mod kind {
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const END: u16 = 0x000A;
    pub(super) const EPOCH: u16 = 0x0022;
    pub(super) const PASSWORD: u16 = 0x002F;
    pub(super) const CONTINUE: u16 = 0x003C;
    pub(super) const CODE_PAGE: u16 = 0x0042;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const MANY_RK: u16 = 0x00BD;
    pub(super) const RICH_LABEL: u16 = 0x00D6;
    pub(super) const CELL_FORMAT: u16 = 0x00E0;
    pub(super) const MERGED: u16 = 0x00E5;
    pub(super) const SHARED_STRINGS: u16 = 0x00FC;
    pub(super) const SHARED_LABEL: u16 = 0x00FD;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const LABEL: u16 = 0x0204;
    pub(super) const TRUTH_OR_ERROR: u16 = 0x0205;
    pub(super) const FORMULA_TEXT: u16 = 0x0207;
    pub(super) const RK: u16 = 0x027E;
    pub(super) const NUMBER_FORMAT: u16 = 0x041E;
    pub(super) const BEGIN: u16 = 0x0809;
}
