//! XML Spreadsheet 2003, mostly named .xls: one XML file, read twice, first for its merged cells, then for its rows.

use std::collections::HashMap;
use std::io::Cursor;

use gongzhi_core::cells::parse_moment;
use quick_xml::events::{BytesStart, Event};

use super::super::error::{Limit, ReadError};
use super::super::event::{Merge, SheetFacts};
use super::super::row::{Row, Value};
use super::super::wire::MOST_BYTES;
use super::input::Input;
use super::numbers::{Figure, FormatCode, NumberFormat, Shown, push_number};
use super::text_decode::decode_whole;
use super::xml::{Xml, attribute, number, push_reference};
use super::{MOST_MERGES, MOST_WHOLE_BYTES, Sink};

const MOST_COLUMNS: u32 = 16_384;

/// Reads every worksheet.
pub(super) fn read(input: Input, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    let text = decode_whole(input, MOST_WHOLE_BYTES)?;
    let mut first = Pass { merges: Vec::new(), sink: None };
    read_book(&text, &mut first)?;
    let mut second = Pass { merges: first.merges, sink: Some(sink) };
    second.merges.reverse();
    read_book(&text, &mut second)
}

/// The first pass gathers merges, the second, with a sink, sends; then the merges stand in reverse, to be popped.
struct Pass<'k, 's, 'w> {
    merges: Vec<Vec<Merge>>,
    sink: Option<&'k mut Sink<'s, 'w>>,
}

impl Pass<'_, '_, '_> {
    fn sheet(&mut self, name: String, hidden: bool) -> Result<(), ReadError> {
        match &mut self.sink {
            None => {
                self.merges.push(Vec::new());
                Ok(())
            }
            Some(sink) => {
                let merges = self.merges.pop().unwrap_or_default();
                sink.sheet(SheetFacts { name, hidden, merges, ..SheetFacts::default() })
            }
        }
    }

    fn merge(&mut self, merge: Merge) {
        if self.sink.is_none()
            && let Some(last) = self.merges.last_mut().filter(|last| last.len() < MOST_MERGES)
        {
            last.push(merge);
        }
    }

    fn row(&mut self, row: &mut Row) -> Result<(), ReadError> {
        row.sort();
        match &mut self.sink {
            Some(sink) => sink.counted_row(row),
            None => Ok(()),
        }
    }

    fn sheet_end(&mut self) -> Result<(), ReadError> {
        match &mut self.sink {
            Some(sink) => sink.sheet_end(),
            None => Ok(()),
        }
    }
}

#[derive(Default)]
struct Book {
    /// What styles make of a figure.
    styles: HashMap<String, FormatCode>,
    style: String,
    row: Row,
    row_number: u32,
    next_column: u32,
    column: u32,
    cell_style: String,
    kind: String,
    text: String,
}

fn read_book(text: &str, pass: &mut Pass<'_, '_, '_>) -> Result<(), ReadError> {
    let mut xml = Xml::new(Cursor::new(text));
    let mut book = Book::default();
    let mut in_data = false;
    loop {
        match xml.next_event()? {
            Event::Start(start) => {
                in_data |= start.local_name().into_inner() == "Data";
                book.begin(&start, pass)?;
            }
            Event::Empty(start) => {
                book.begin(&start, pass)?;
                if start.local_name().into_inner() == "Worksheet" {
                    pass.sheet_end()?;
                }
            }
            Event::Text(part) if in_data => book.text.push_str(&part.xml10_content()),
            Event::CData(part) if in_data => book.text.push_str(&part.into_inner()),
            Event::GeneralRef(reference) if in_data => push_reference(&reference, &mut book.text),
            Event::End(end) => match end.local_name().into_inner() {
                "Data" => {
                    in_data = false;
                    book.push_cell();
                }
                "Row" => pass.row(&mut book.row)?,
                "Worksheet" => pass.sheet_end()?,
                _ => {}
            },
            Event::Eof => return Ok(()),
            _ => {}
        }
        if book.text.len() > MOST_BYTES {
            return Err(ReadError::BeyondLimits(Limit::RowSize));
        }
    }
}

impl Book {
    fn begin(&mut self, start: &BytesStart<'_>, pass: &mut Pass<'_, '_, '_>) -> Result<(), ReadError> {
        match start.local_name().into_inner() {
            "Style" => self.style = attribute(start, "ID").unwrap_or_default().into_owned(),
            "NumberFormat" => {
                let format =
                    attribute(start, "Format").map_or_else(FormatCode::default, |format| format_named(&format));
                self.styles.insert(self.style.clone(), format);
            }
            "Worksheet" => {
                self.row_number = 0;
                pass.sheet(attribute(start, "Name").unwrap_or_default().into_owned(), false)?;
            }
            "Row" => {
                self.row_number = number(start, "Index").unwrap_or_else(|| self.row_number.saturating_add(1));
                self.row.reset(self.row_number);
                self.next_column = 0;
            }
            "Cell" => self.begin_cell(start, pass),
            "Data" => {
                self.kind = attribute(start, "Type").unwrap_or_default().into_owned();
                self.text.clear();
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_cell(&mut self, start: &BytesStart<'_>, pass: &mut Pass<'_, '_, '_>) {
        self.column = number::<u32>(start, "Index").map_or(self.next_column, |index| index.saturating_sub(1));
        let (across, down): (u32, u32) =
            (number(start, "MergeAcross").unwrap_or(0), number(start, "MergeDown").unwrap_or(0));
        self.next_column = self.column.saturating_add(across).saturating_add(1);
        self.cell_style = attribute(start, "StyleID").unwrap_or_default().into_owned();
        if across > 0 || down > 0 {
            pass.merge(Merge {
                first_row: self.row_number,
                first_column: self.column,
                last_row: self.row_number.saturating_add(down),
                last_column: self.column.saturating_add(across),
            });
        }
    }

    fn push_cell(&mut self) {
        if self.text.is_empty() || self.column >= MOST_COLUMNS {
            return;
        }
        let (row, column, text) = (&mut self.row, self.column, self.text.as_str());
        match self.kind.as_str() {
            "Number" => {
                let format = self.styles.get(&self.cell_style);
                let format = format.map_or_else(NumberFormat::default, |format| format.in_epoch(false));
                push_number(row, column, Figure::Written(text.trim()), format);
            }
            "DateTime" => match parse_moment(text) {
                Some(moment) => row.push(column, Value::Date(moment.value)),
                None => row.push(column, Value::Text(text)),
            },
            "Boolean" => row.push(column, Value::Boolean(text.trim() == "1")),
            "Error" => row.push(column, Value::Error(text)),
            _ => row.push(column, Value::Text(text)),
        }
    }
}

/// The formats of this format have names besides codes: `Short Date`.
fn format_named(format: &str) -> FormatCode {
    match format {
        "General Date" | "Long Date" | "Medium Date" | "Short Date" => Shown::Date.into(),
        "Long Time" | "Medium Time" | "Short Time" => Shown::Time.into(),
        "Percent" => Shown::Percent.into(),
        "General Number" | "Currency" | "Euro Currency" | "Fixed" | "Standard" | "Scientific" | "Yes/No"
        | "True/False" | "On/Off" => Shown::Figure.into(),
        code => FormatCode::of(code),
    }
}
