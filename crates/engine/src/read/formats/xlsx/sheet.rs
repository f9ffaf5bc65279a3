//! The rows of a worksheet.

use std::io::BufRead;

use gongzhi_core::intake::cell::{LOST_TEXT, UNCOMPUTED};
use quick_xml::events::{BytesStart, Event};

use super::super::super::error::{Limit, ReadError};
use super::super::super::row::{Row, Value};
use super::super::super::wire::MOST_BYTES;
use super::super::Sink;
use super::super::numbers::{Figure, push_number};
use super::super::xml::{Xml, push_reference, truth, unescaped};
use super::strings::{Strings, read_rich_text, unescape_signs};
use super::styles::Styles;

/// Columns there are in a sheet.
const MOST_COLUMNS: u32 = 16_384;

/// What the cells of a sheet refer to.
pub(super) struct SheetPart<'s> {
    pub(super) strings: &'s Strings,
    pub(super) styles: &'s Styles,
    pub(super) epoch_1904: bool,
}

/// What a cell's `t` says of its value.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    #[default]
    Number,
    SharedString,
    Text,
    Boolean,
    Error,
    IsoDate,
}

/// A cell being read.
#[derive(Default)]
struct Cell {
    column: u32,
    kind: Kind,
    style: usize,
    value: String,
    inline: String,
    has_inline: bool,
    has_formula: bool,
    has_value: bool,
}

impl SheetPart<'_> {
    /// Reads the rows; gives how many of those that hold something are hidden.
    pub(super) fn read(&self, input: impl BufRead, sink: &mut Sink<'_, '_>) -> Result<u64, ReadError> {
        let mut xml = Xml::new(input);
        let mut row = Row::default();
        let mut cell = Cell::default();
        let (mut number, mut next_column, mut is_hidden, mut hidden_count, mut row_bytes) = (0_u32, 0_u32, false, 0, 0);
        let mut is_inside = false;
        loop {
            match xml.next_event()? {
                Event::Start(start) => match start.local_name().into_inner() {
                    "sheetData" => is_inside = true,
                    "row" if is_inside => {
                        (number, is_hidden) = row_place(&start, number);
                        (next_column, row_bytes) = (0, 0);
                        row.reset(number);
                    }
                    "c" if is_inside => {
                        cell.begin(&start, next_column);
                        next_column = cell.column + 1;
                        cell.read(&mut xml)?;
                        row_bytes += cell.value.len() + cell.inline.len();
                        if row_bytes > MOST_BYTES {
                            return Err(ReadError::BeyondLimits(Limit::RowSize));
                        }
                        self.push(&mut row, &cell);
                    }
                    _ => {}
                },
                Event::Empty(start) => match start.local_name().into_inner() {
                    "row" => (number, _) = row_place(&start, number),
                    "c" if is_inside => {
                        cell.begin(&start, next_column);
                        next_column = cell.column + 1;
                    }
                    _ => {}
                },
                Event::End(end) => match end.local_name().into_inner() {
                    "row" if is_inside => {
                        row.sort();
                        hidden_count += u64::from(is_hidden && !row.is_empty());
                        sink.row(&row)?;
                    }
                    "sheetData" => return Ok(hidden_count),
                    _ => {}
                },
                Event::Eof => return Ok(hidden_count),
                _ => {}
            }
        }
    }

    fn push(&self, row: &mut Row, cell: &Cell) {
        if cell.column >= MOST_COLUMNS {
            return;
        }
        if cell.has_inline {
            return push_text(row, cell.column, &cell.inline);
        }
        let value = cell.value.as_str();
        if value.is_empty() {
            // An empty text is a result; nothing at all is a formula that nobody computed.
            if cell.has_formula && !(cell.has_value && cell.kind == Kind::Text) {
                row.push(cell.column, Value::Error(UNCOMPUTED));
            }
            return;
        }
        match cell.kind {
            Kind::Number => {
                let format = self.styles.format(cell.style, self.epoch_1904);
                push_number(row, cell.column, Figure::Written(value.trim()), format);
            }
            Kind::SharedString => match value.trim().parse().ok().and_then(|index| self.strings.find(index)) {
                Some(text) => push_text(row, cell.column, text),
                None => row.push(cell.column, Value::Error(LOST_TEXT)),
            },
            Kind::Text => push_text(row, cell.column, value),
            Kind::Boolean => row.push(cell.column, Value::Boolean(matches!(value.trim(), "1" | "true"))),
            Kind::Error => row.push(cell.column, Value::Error(value)),
            Kind::IsoDate => match gongzhi_core::cells::parse_moment(value) {
                Some(moment) => row.push(cell.column, Value::Date(moment.value)),
                None => push_text(row, cell.column, value),
            },
        }
    }
}

fn push_text(row: &mut Row, column: u32, text: &str) {
    if !text.is_empty() {
        row.push(column, Value::Text(text));
    }
}

/// The number of a row and whether it is hidden; without a number it is the one after the last.
fn row_place(start: &BytesStart<'_>, last: u32) -> (u32, bool) {
    let number = super::super::xml::number(start, "r").filter(|number| *number > 0);
    (number.unwrap_or_else(|| last.saturating_add(1)), truth(start, "hidden"))
}

impl Cell {
    fn begin(&mut self, start: &BytesStart<'_>, next_column: u32) {
        self.column = next_column;
        self.kind = Kind::Number;
        self.style = 0;
        self.has_inline = false;
        self.has_formula = false;
        self.has_value = false;
        self.value.clear();
        self.inline.clear();
        for attribute in start.attributes().with_checks(false).flatten() {
            let value: &str = &attribute.value;
            match attribute.key.into_inner() {
                "r" => self.column = cell_place(value).map_or(next_column, |(_, column)| column),
                "s" => self.style = value.parse().unwrap_or(0),
                "t" => self.kind = kind_of(&unescaped(attribute.value)),
                _ => {}
            }
        }
    }

    /// Reads what is inside the cell: its value and its inline text; of its formula no more than that it has one.
    fn read<R: BufRead>(&mut self, xml: &mut Xml<R>) -> Result<(), ReadError> {
        let mut in_value = false;
        loop {
            match xml.next_event()? {
                Event::Start(start) => match start.local_name().into_inner() {
                    "v" => {
                        in_value = true;
                        self.has_value = true;
                    }
                    "f" => self.has_formula = true,
                    "is" => {
                        self.has_inline = true;
                        read_rich_text(xml, "is", &mut self.inline)?;
                    }
                    _ => {}
                },
                Event::Empty(start) => match start.local_name().into_inner() {
                    "v" => self.has_value = true,
                    "f" => self.has_formula = true,
                    _ => {}
                },
                Event::End(end) => match end.local_name().into_inner() {
                    "v" => in_value = false,
                    "c" => break,
                    _ => {}
                },
                Event::Text(text) if in_value => self.value.push_str(&text.xml10_content()),
                Event::CData(text) if in_value => self.value.push_str(&text.into_inner()),
                Event::GeneralRef(reference) if in_value => push_reference(&reference, &mut self.value),
                Event::Eof => break,
                _ => {}
            }
        }
        if self.kind == Kind::Text {
            unescape_signs(&mut self.value, 0);
        }
        // An inline text that is empty leaves a value that was written instead of it.
        self.has_inline &= !self.inline.is_empty() || self.value.is_empty();
        Ok(())
    }
}

fn kind_of(text: &str) -> Kind {
    match text {
        "s" => Kind::SharedString,
        "str" | "inlineStr" => Kind::Text,
        "b" => Kind::Boolean,
        "e" => Kind::Error,
        "d" => Kind::IsoDate,
        _ => Kind::Number,
    }
}

/// The row, counted from 1, and the column, from 0, of a reference such as `AB12` or `$AB$12`.
pub(super) fn cell_place(reference: &str) -> Option<(u32, u32)> {
    let (mut column, mut row) = (0_u32, 0_u32);
    for byte in reference.bytes() {
        match byte {
            b'A'..=b'Z' if row == 0 => column = column.checked_mul(26)?.checked_add(u32::from(byte - b'A') + 1)?,
            b'a'..=b'z' if row == 0 => column = column.checked_mul(26)?.checked_add(u32::from(byte - b'a') + 1)?,
            b'0'..=b'9' => row = row.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?,
            b'$' => {}
            _ => return None,
        }
    }
    (row > 0).then_some((row, column.checked_sub(1)?))
}
