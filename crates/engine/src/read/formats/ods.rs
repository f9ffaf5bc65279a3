//! ods: one part of XML with everything in it, read twice as a stream, first for its merged cells, then for its rows.
//!
//! Cells and rows are repeated by a count instead of being written again; blank ones to the end of the sheet, which
//! is how a page of nothing comes to claim a million rows. A blank repetition costs nothing here, one that holds
//! something counts as the cells it stands for.

use std::collections::HashSet;
use std::io::{BufRead, Cursor, Read};

use gongzhi_core::cells::{date_from_serial, parse_boolean, parse_moment};
use gongzhi_core::intake::cell::UNCOMPUTED;
use quick_xml::events::{BytesStart, Event};

use super::super::error::{Limit, ReadError};
use super::super::event::{Merge, SheetFacts};
use super::super::row::{Row, Value};
use super::super::wire::MOST_BYTES;
use super::input::Input;
use super::numbers::{Figure, NumberFormat, Shown, push_beside, push_number};
use super::package::Package;
use super::text_decode::decode_whole;
use super::xml::{Xml, attribute, number, push_reference};
use super::{MOST_MERGES, MOST_WHOLE_BYTES, Sink};

const MOST_COLUMNS: u32 = 16_384;

/// Reads the package.
pub(super) fn read_package(mut input: Input, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    let mut package = Package::open(&mut input)?;
    if let Some(part) = package.part("META-INF/manifest.xml")? {
        let mut manifest = String::new();
        part.take(1 << 20).read_to_string(&mut manifest)?;
        if manifest.contains("encryption-data") {
            return Err(ReadError::Encrypted);
        }
    }
    let absent = || ReadError::Unreadable("no content part".to_owned());
    let merges = find_merges(package.part("content.xml")?.ok_or_else(absent)?)?;
    let mut reader = SheetSender { sink, merges: merges.into_iter() };
    read_content(package.part("content.xml")?.ok_or_else(absent)?, &mut |piece| reader.take(piece))
}

/// Reads the form in one file.
pub(super) fn read_flat(input: Input, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    let text = decode_whole(input, MOST_WHOLE_BYTES)?;
    let merges = find_merges(Cursor::new(&text))?;
    let mut reader = SheetSender { sink, merges: merges.into_iter() };
    read_content(Cursor::new(&text), &mut |piece| reader.take(piece))
}

/// A piece of the content.
enum Piece<'p> {
    Table { name: String, hidden: bool },
    Row { row: &'p mut Row, repeated: u32 },
    Merge(Merge),
    TableEnd,
}

fn find_merges(input: impl BufRead) -> Result<Vec<Vec<Merge>>, ReadError> {
    let mut merges: Vec<Vec<Merge>> = Vec::new();
    read_content(input, &mut |piece| {
        match piece {
            Piece::Table { .. } => merges.push(Vec::new()),
            Piece::Merge(merge) => {
                if let Some(last) = merges.last_mut().filter(|last| last.len() < MOST_MERGES) {
                    last.push(merge);
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(merges)
}

struct SheetSender<'k, 's, 'w> {
    sink: &'k mut Sink<'s, 'w>,
    merges: std::vec::IntoIter<Vec<Merge>>,
}

impl SheetSender<'_, '_, '_> {
    fn take(&mut self, piece: Piece<'_>) -> Result<(), ReadError> {
        match piece {
            Piece::Table { name, hidden } => {
                let merges = self.merges.next().unwrap_or_default();
                self.sink.sheet(SheetFacts { name, hidden, merges, ..SheetFacts::default() })
            }
            Piece::Row { row, repeated } => {
                for _ in 0..repeated {
                    self.sink.counted_row(row)?;
                    let next = row.number().saturating_add(1);
                    row.renumber(next);
                }
                Ok(())
            }
            Piece::Merge(_) => Ok(()),
            Piece::TableEnd => self.sink.sheet_end(),
        }
    }
}

/// Where the reading is in the content.
struct Place {
    /// Tables inside tables: those of a cell are passed over.
    depth: u32,
    row_number: u32,
    rows_repeated: u32,
    column: u32,
}

fn read_content(
    input: impl BufRead,
    take: &mut dyn FnMut(Piece<'_>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut xml = Xml::new(input);
    let mut row = Row::default();
    let mut place = Place { depth: 0, row_number: 1, rows_repeated: 1, column: 0 };
    let mut hidden_styles = HashSet::new();
    let mut style = String::new();
    let mut cell = OdsCell::default();
    loop {
        match xml.next_event()? {
            Event::Start(start) => match start.local_name().into_inner() {
                "style" => style = attribute(&start, "name").unwrap_or_default().into_owned(),
                "table-properties" if is_undisplayed(&start) => {
                    hidden_styles.insert(style.clone());
                }
                "table" => {
                    place.depth += 1;
                    if place.depth == 1 {
                        place.row_number = 1;
                        take(table_piece(&start, &hidden_styles))?;
                    }
                }
                "table-row" if place.depth == 1 => place.begin_row(&start, &mut row),
                "table-cell" | "covered-table-cell" if place.depth == 1 => {
                    cell.begin(&start);
                    cell.read_text(&mut xml)?;
                    place.push_cell(&cell, &mut row, take)?;
                }
                _ => {}
            },
            Event::Empty(start) => match start.local_name().into_inner() {
                "table-properties" if is_undisplayed(&start) => {
                    hidden_styles.insert(style.clone());
                }
                "table-row" if place.depth == 1 => {
                    place.begin_row(&start, &mut row);
                    place.end_row();
                }
                "table-cell" | "covered-table-cell" if place.depth == 1 => {
                    cell.begin(&start);
                    place.push_cell(&cell, &mut row, take)?;
                }
                "table" if place.depth == 0 => {
                    take(table_piece(&start, &hidden_styles))?;
                    take(Piece::TableEnd)?;
                }
                _ => {}
            },
            Event::End(end) => match end.local_name().into_inner() {
                "table-row" if place.depth == 1 => {
                    if !row.is_empty() {
                        take(Piece::Row { row: &mut row, repeated: place.rows_repeated })?;
                    }
                    place.end_row();
                }
                "table" => {
                    place.depth = place.depth.saturating_sub(1);
                    if place.depth == 0 {
                        take(Piece::TableEnd)?;
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn table_piece<'p>(start: &BytesStart<'_>, hidden_styles: &HashSet<String>) -> Piece<'p> {
    let hidden = attribute(start, "style-name").is_some_and(|style| hidden_styles.contains(style.as_ref()));
    Piece::Table { name: attribute(start, "name").unwrap_or_default().into_owned(), hidden }
}

fn is_undisplayed(start: &BytesStart<'_>) -> bool {
    attribute(start, "display").is_some_and(|display| display == "false")
}

impl Place {
    fn begin_row(&mut self, start: &BytesStart<'_>, row: &mut Row) {
        self.rows_repeated = number(start, "number-rows-repeated").unwrap_or(1).max(1);
        self.column = 0;
        row.reset(self.row_number);
    }

    fn end_row(&mut self) {
        self.row_number = self.row_number.saturating_add(self.rows_repeated);
    }

    fn push_cell(
        &mut self,
        cell: &OdsCell,
        row: &mut Row,
        take: &mut dyn FnMut(Piece<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let first = self.column;
        self.column = first.saturating_add(cell.repeated);
        if cell.columns_spanned > 1 || cell.rows_spanned > 1 {
            take(Piece::Merge(Merge {
                first_row: self.row_number,
                first_column: first,
                last_row: self.row_number.saturating_add(cell.rows_spanned - 1),
                last_column: first.saturating_add(cell.columns_spanned - 1),
            }))?;
        }
        if cell.is_blank() {
            return Ok(());
        }
        for column in (first..self.column).take_while(|column| *column < MOST_COLUMNS) {
            cell.push(row, column);
        }
        Ok(())
    }
}

#[derive(Default)]
struct OdsCell {
    kind: String,
    /// `value`, `date-value`, `time-value`, `boolean-value` or `string-value`.
    value: String,
    text: String,
    repeated: u32,
    columns_spanned: u32,
    rows_spanned: u32,
    has_formula: bool,
    /// LibreOffice says beside an empty text that the formula failed.
    is_error: bool,
}

impl OdsCell {
    fn begin(&mut self, start: &BytesStart<'_>) {
        *self = Self { repeated: 1, columns_spanned: 1, rows_spanned: 1, ..Self::default() };
        for found in start.attributes().with_checks(false).flatten() {
            let value = super::xml::unescaped(found.value);
            let count = || value.trim().parse::<u32>().unwrap_or(1).max(1);
            match found.key.local_name().into_inner() {
                "formula" => self.has_formula = true,
                "value-type" if found.key.into_inner().starts_with("calcext") => self.is_error |= value == "error",
                "value-type" if !found.key.into_inner().starts_with("calcext") => self.kind = value.into_owned(),
                "value" | "date-value" | "time-value" | "boolean-value" | "string-value" => {
                    self.value = value.into_owned()
                }
                "number-columns-repeated" => self.repeated = count(),
                "number-columns-spanned" => self.columns_spanned = count(),
                "number-rows-spanned" => self.rows_spanned = count(),
                _ => {}
            }
        }
    }

    fn is_blank(&self) -> bool {
        self.value.is_empty() && self.text.is_empty() && !self.is_uncomputed()
    }

    /// A formula whose result the program that wrote the file left out; an empty text has its type.
    fn is_uncomputed(&self) -> bool {
        self.has_formula && self.kind.is_empty() && self.value.is_empty() && self.text.is_empty()
    }

    /// Reads the paragraphs of a cell; a comment pinned to it is no part of it.
    fn read_text<R: BufRead>(&mut self, xml: &mut Xml<R>) -> Result<(), ReadError> {
        let (mut paragraphs, mut depth, mut comment_depth) = (0_u32, 1_u32, 0_u32);
        while depth > 0 {
            if self.text.len() > MOST_BYTES {
                return Err(ReadError::BeyondLimits(Limit::RowSize));
            }
            match xml.next_event()? {
                Event::Start(start) => {
                    depth += 1;
                    let name = start.local_name().into_inner();
                    if comment_depth > 0 || matches!(name, "annotation" | "table" | "frame") {
                        comment_depth += 1;
                    } else if name == "p" {
                        paragraphs += 1;
                        if paragraphs > 1 {
                            self.text.push('\n');
                        }
                    } else if name == "s" {
                        self.push_blanks(&start);
                    }
                }
                Event::Empty(start) if comment_depth == 0 => match start.local_name().into_inner() {
                    "s" => self.push_blanks(&start),
                    "tab" => self.text.push('\t'),
                    "line-break" => self.text.push('\n'),
                    "p" => {
                        paragraphs += 1;
                        if paragraphs > 1 {
                            self.text.push('\n');
                        }
                    }
                    _ => {}
                },
                Event::End(_) => {
                    depth -= 1;
                    comment_depth = comment_depth.saturating_sub(1);
                }
                Event::Text(text) if comment_depth == 0 && paragraphs > 0 => self.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) if comment_depth == 0 => push_reference(&reference, &mut self.text),
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
        Ok(())
    }

    fn push_blanks(&mut self, start: &BytesStart<'_>) {
        let count: usize = number(start, "c").unwrap_or(1);
        self.text.extend(std::iter::repeat_n(' ', count.min(1_000)));
    }

    fn push(&self, row: &mut Row, column: u32) {
        if self.is_uncomputed() {
            return row.push(column, Value::Error(UNCOMPUTED));
        }
        if !self.text.is_empty() && (self.is_error || self.has_formula && is_formula_error(&self.text)) {
            return row.push(column, Value::Error(&self.text));
        }
        match self.kind.as_str() {
            "float" | "percentage" | "currency" if !self.value.is_empty() => {
                self.push_figure(row, column);
            }
            "date" => match parse_moment(&self.value) {
                Some(moment) => row.push(column, Value::Date(moment.value)),
                None => self.push_text(row, column),
            },
            "boolean" => match parse_boolean(&self.value) {
                Some(truth) => row.push(column, Value::Boolean(truth.value)),
                None => self.push_text(row, column),
            },
            "time" => self.push_time(row, column),
            _ if self.kind.is_empty() && self.text.starts_with('#') => row.push(column, Value::Error(&self.text)),
            _ => self.push_text(row, column),
        }
    }

    /// A time of day; or a day of which the format shows only the time: then the file counts hours from the epoch on.
    fn push_time(&self, row: &mut Row, column: u32) {
        let Some((hours, minutes, seconds)) = hours_of(&self.value) else { return self.push_text(row, column) };
        let shown_hours = self.text.split(|sign: char| !sign.is_ascii_digit()).find(|digits| !digits.is_empty());
        let shows_all = shown_hours.is_some_and(|shown| shown.parse() == Ok(hours));
        if hours >= 24 && !shows_all {
            let serial = (f64::from(hours) + f64::from(minutes) / 60.0 + f64::from(seconds) / 3_600.0) / 24.0;
            if let Some(moment) = date_from_serial(serial, false) {
                return row.push(column, Value::Date(moment));
            }
        }
        row.push(column, Value::Text(&format!("{hours:02}:{minutes:02}:{seconds:02}")));
    }

    /// A figure, with what the program shows of it: 12.50万元, $500.00.
    fn push_figure(&self, row: &mut Row, column: u32) {
        let value = self.value.trim();
        if self.kind == "percentage" {
            let format = NumberFormat { shown: Shown::Percent, ..NumberFormat::default() };
            push_number(row, column, Figure::Written(value), format);
        } else if self.text.is_empty() || self.text == value {
            push_number(row, column, Figure::Written(value), NumberFormat::default());
        } else {
            push_beside(row, column, value, &self.text);
        }
    }

    fn push_text(&self, row: &mut Row, column: u32) {
        let text = if self.text.is_empty() { &self.value } else { &self.text };
        if !text.is_empty() {
            row.push(column, Value::Text(text));
        }
    }
}

/// What a failed formula shows: `#DIV/0!`, `Err:502`.
fn is_formula_error(text: &str) -> bool {
    const ERRORS: [&str; 8] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!"];
    ERRORS.contains(&text) || text.strip_prefix("Err:").is_some_and(|code| code.parse::<u16>().is_ok())
}

/// Hours, minutes and seconds of `PT10H30M00S`.
fn hours_of(value: &str) -> Option<(u32, u32, u32)> {
    let (hours, rest) = value.strip_prefix("PT")?.split_once('H')?;
    let (minutes, seconds) = rest.split_once('M')?;
    let seconds: f64 = seconds.trim_end_matches('S').replace(',', ".").parse().ok()?;
    Some((hours.parse().ok()?, minutes.parse().ok()?, seconds as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_which_the_time_is_shown_is_the_day_and_hours_counted_on_are_hours() {
        let pushed = |value: &str, text: &str| {
            let cell = OdsCell { kind: "time".into(), value: value.into(), text: text.into(), ..OdsCell::default() };
            let mut row = Row::new(1);
            cell.push(&mut row, 0);
            match row.value(0) {
                Value::Date(moment) => moment.to_string(),
                Value::Text(text) => text.to_owned(),
                other => format!("{other:?}"),
            }
        };
        assert_eq!(pushed("PT1090041H36M00S", "09:36"), "2024-05-06 09:36:00");
        assert_eq!(pushed("PT10H30M00S", "10:30"), "10:30:00");
        assert_eq!(pushed("PT36H00M00S", "36:00:00"), "36:00:00");
    }
}
