//! xlsb: the binary form of xlsx, through calamine's cell reader, never a whole range.

use std::io::BufReader;

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsb, XlsbError};
use gongzhi_core::cells::parse_moment;
use gongzhi_core::messages::Message;

use super::super::error::ReadError;
use super::super::event::SheetFacts;
use super::super::row::{Row, Value};
use super::Sink;
use super::input::Input;
use super::numbers::{Figure, NumberFormat, Shown, push_number};
use super::package::Package;

const MOST_COLUMNS: u32 = 16_384;

/// Reads every worksheet. calamine gives no merged cells for this format, so none are filled down; a notice says so
/// nowhere, for none can be seen.
pub(super) fn read(mut input: Input, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    // The parts are counted before a reader that doesn't count is let in.
    drop(Package::open(&mut input)?);
    input.rewind_to_start()?;
    let mut book: Xlsb<_> = Xlsb::new(BufReader::new(input)).map_err(refused)?;
    let epoch_1904 = book.has_1904_epoch();
    let sheets = book.sheets_metadata().to_vec();
    let mut other_count = 0;
    for sheet in sheets {
        if sheet.typ != SheetType::WorkSheet {
            other_count += 1;
            continue;
        }
        let hidden = sheet.visible != SheetVisible::Visible;
        sink.sheet(SheetFacts { name: sheet.name.clone(), hidden, epoch_1904, ..SheetFacts::default() })?;
        let mut cells = book.worksheet_cells_reader(&sheet.name).map_err(refused)?;
        let mut row = Row::new(1);
        while let Some(cell) = cells.next_cell().map_err(refused)? {
            let (line, column) = cell.get_position();
            if line + 1 != row.number() {
                row.sort();
                sink.row(&row)?;
                row.reset(line + 1);
            }
            if column < MOST_COLUMNS {
                push(&mut row, column, cell.get_value(), epoch_1904);
            }
        }
        row.sort();
        sink.row(&row)?;
        sink.sheet_end()?;
    }
    if other_count > 0 {
        sink.notice(None, None, Message::new("read-other-sheets").with("count", other_count))?;
    }
    Ok(())
}

fn push(row: &mut Row, column: u32, value: &DataRef<'_>, epoch_1904: bool) {
    match value {
        DataRef::Empty => {}
        DataRef::Int(number) => push_number(row, column, Figure::Written(&number.to_string()), NumberFormat::default()),
        DataRef::Float(number) => push_number(row, column, Figure::Float(*number), NumberFormat::default()),
        DataRef::String(text) => push_text(row, column, text),
        DataRef::SharedString(text) => push_text(row, column, text),
        DataRef::Bool(truth) => row.push(column, Value::Boolean(*truth)),
        DataRef::DateTime(moment) => {
            let shown = if moment.is_duration() || moment.as_f64() < 1.0 { Shown::Time } else { Shown::Date };
            push_number(row, column, Figure::Float(moment.as_f64()), NumberFormat { shown, epoch_1904 });
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => match parse_moment(text) {
            Some(moment) => row.push(column, Value::Date(moment.value)),
            None => push_text(row, column, text),
        },
        DataRef::Error(error) => row.push(column, Value::Error(&error.to_string())),
    }
}

fn push_text(row: &mut Row, column: u32, text: &str) {
    if !text.is_empty() {
        row.push(column, Value::Text(text));
    }
}

fn refused(error: XlsbError) -> ReadError {
    match error {
        XlsbError::Password => ReadError::Encrypted,
        other => ReadError::Unreadable(other.to_string()),
    }
}
