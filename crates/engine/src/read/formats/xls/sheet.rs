//! The rows of a worksheet.

use std::collections::BTreeMap;

use gongzhi_core::intake::cell::LOST_TEXT;

use super::super::super::error::ReadError;
use super::super::super::event::Merge;
use super::super::super::row::{Row, Value};
use super::super::numbers::{Figure, push_number};
use super::super::{MOST_MERGES, Sink};
use super::globals::Globals;
use super::{Record, Records, kind};

/// What is known of a sheet before its rows are read.
pub(super) struct Survey {
    pub(super) merges: Vec<Merge>,
    /// Cells stand row by row from top to bottom, as they should.
    pub(super) is_in_order: bool,
}

/// The records of one sheet, without those of charts inside it.
fn records_of_sheet(bytes: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut depth = 0_i32;
    Records { rest: bytes }
        .map(move |record| {
            match record.kind {
                kind::BEGIN => depth += 1,
                kind::END => depth -= 1,
                _ => {}
            }
            (depth, record)
        })
        .take_while(|(depth, record)| *depth > 0 || record.kind == kind::BEGIN)
        .filter(|(depth, _)| *depth == 1)
        .map(|(_, record)| record)
}

/// Walks a sheet for its merged cells and the order of its cells.
pub(super) fn survey(bytes: &[u8]) -> Survey {
    let mut survey = Survey { merges: Vec::new(), is_in_order: true };
    let mut last_row = 0;
    for record in records_of_sheet(bytes) {
        if is_cell(record.kind) {
            let row = record.u16(0).unwrap_or(last_row);
            survey.is_in_order &= row >= last_row;
            last_row = row;
        } else if record.kind == kind::MERGED {
            for area in record.body.get(2..).unwrap_or_default().chunks_exact(8) {
                let number = |at: usize| u32::from(u16::from_le_bytes([area[at], area[at + 1]]));
                if survey.merges.len() < MOST_MERGES {
                    survey.merges.push(Merge {
                        first_row: number(0) + 1,
                        last_row: number(2) + 1,
                        first_column: number(4),
                        last_column: number(6),
                    });
                }
            }
        }
    }
    survey
}

fn is_cell(record: u16) -> bool {
    matches!(
        record,
        kind::NUMBER
            | kind::RK
            | kind::MANY_RK
            | kind::SHARED_LABEL
            | kind::LABEL
            | kind::RICH_LABEL
            | kind::TRUTH_OR_ERROR
            | kind::FORMULA
    )
}

/// Sends the rows. Cells out of order are gathered by row first.
pub(super) fn read(
    bytes: &[u8],
    globals: &Globals,
    is_in_order: bool,
    sink: &mut Sink<'_, '_>,
) -> Result<(), ReadError> {
    let mut rows = Rows { current: Row::new(1), gathered: (!is_in_order).then(BTreeMap::new) };
    // Where the text of a formula belongs that follows it in a record of its own.
    let mut awaited: Option<(u32, u32)> = None;
    for record in records_of_sheet(bytes) {
        if record.kind == kind::FORMULA_TEXT {
            if let (Some((row, column)), Some(text)) = (awaited.take(), globals.writing.text(&record, 0, 2)) {
                push_text(rows.at(row, sink)?, column, &text);
            }
            continue;
        }
        if !is_cell(record.kind) {
            continue;
        }
        let (Some(row), Some(column)) = (record.u16(0), record.u16(2)) else { continue };
        let (row, column) = (u32::from(row) + 1, u32::from(column));
        awaited = push_cell(&record, rows.at(row, sink)?, globals).then_some((row, column));
    }
    rows.finish(sink)
}

/// The row being filled; or all of them when cells come in no order.
struct Rows {
    current: Row,
    gathered: Option<BTreeMap<u32, Row>>,
}

impl Rows {
    fn at(&mut self, number: u32, sink: &mut Sink<'_, '_>) -> Result<&mut Row, ReadError> {
        if let Some(gathered) = &mut self.gathered {
            return Ok(gathered.entry(number).or_insert_with(|| Row::new(number)));
        }
        if self.current.number() != number {
            self.current.sort();
            sink.counted_row(&self.current)?;
            self.current.reset(number);
        }
        Ok(&mut self.current)
    }

    fn finish(mut self, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
        self.current.sort();
        sink.counted_row(&self.current)?;
        for (_, mut row) in self.gathered.into_iter().flatten() {
            row.sort();
            sink.counted_row(&row)?;
        }
        Ok(())
    }
}

/// Adds the cell or cells of a record; `true` when the text of a formula is still to come.
fn push_cell(record: &Record<'_>, row: &mut Row, globals: &Globals) -> bool {
    let column = u32::from(record.u16(2).unwrap_or(0));
    let format = record.u16(4).unwrap_or(0);
    let mut number = |column, format, value| {
        push_number(row, column, Figure::Float(value), globals.format(format));
    };
    match record.kind {
        kind::NUMBER => record.f64(6).into_iter().for_each(|value| number(column, format, value)),
        kind::RK => record.u32(6).into_iter().for_each(|value| number(column, format, rk(value))),
        kind::MANY_RK => {
            let cells = record.body.get(4..record.body.len().saturating_sub(2)).unwrap_or_default();
            for (at, cell) in (0..).zip(cells.chunks_exact(6)) {
                let value = u32::from_le_bytes([cell[2], cell[3], cell[4], cell[5]]);
                number(column + at, u16::from_le_bytes([cell[0], cell[1]]), rk(value));
            }
        }
        kind::SHARED_LABEL => match record.u32(6).and_then(|index| globals.strings.find(index as usize)) {
            Some(text) => push_text(row, column, text),
            None => row.push(column, Value::Error(LOST_TEXT)),
        },
        kind::LABEL | kind::RICH_LABEL => {
            push_text(row, column, &globals.writing.text(record, 6, 2).unwrap_or_default());
        }
        kind::TRUTH_OR_ERROR => match (record.byte(6), record.byte(7)) {
            (Some(truth), Some(0)) => row.push(column, Value::Boolean(truth != 0)),
            (Some(code), _) => row.push(column, Value::Error(error_text(code))),
            _ => {}
        },
        kind::FORMULA => return push_formula(record, row, globals),
        _ => {}
    }
    false
}

/// The kept result of a formula: a figure, or by a mark in its last two bytes something else.
fn push_formula(record: &Record<'_>, row: &mut Row, globals: &Globals) -> bool {
    let column = u32::from(record.u16(2).unwrap_or(0));
    if record.u16(12) != Some(0xFFFF) {
        if let Some(value) = record.f64(6) {
            push_number(row, column, Figure::Float(value), globals.format(record.u16(4).unwrap_or(0)));
        }
        return false;
    }
    match (record.byte(6), record.byte(8)) {
        (Some(0), _) => return true,
        (Some(1), Some(truth)) => row.push(column, Value::Boolean(truth != 0)),
        (Some(2), Some(code)) => row.push(column, Value::Error(error_text(code))),
        _ => {}
    }
    false
}

fn push_text(row: &mut Row, column: u32, text: &str) {
    if !text.is_empty() {
        row.push(column, Value::Text(text));
    }
}

/// A figure in four bytes: a whole one of thirty bits or the upper half of a float, perhaps in hundredths.
fn rk(bits: u32) -> f64 {
    let value = if bits & 2 != 0 { f64::from(bits as i32 >> 2) } else { f64::from_bits(u64::from(bits & !3) << 32) };
    if bits & 1 != 0 { value / 100.0 } else { value }
}

fn error_text(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}
