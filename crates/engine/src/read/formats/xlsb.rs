//! xlsb: the binary form of xlsx, through calamine's cell reader, never a whole range. Merged cells, which it doesn't
//! give, are looked up in the records before.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsb, XlsbError};
use gongzhi_core::cells::parse_moment;
use gongzhi_core::messages::Message;

use super::super::error::ReadError;
use super::super::event::{Merge, SheetFacts};
use super::super::row::{Row, Value};
use super::input::Input;
use super::numbers::{Figure, NumberFormat, Shown, push_number};
use super::package::Package;
use super::{MOST_MERGES, Sink};

const MOST_COLUMNS: u32 = 16_384;

/// Records that are looked at: a sheet of the workbook, a merged area of a sheet.
const BUNDLED_SHEET: u32 = 156;
const MERGED_AREA: u32 = 176;
/// The longest record that is looked at.
const MOST_RECORD_BYTES: u64 = 1 << 20;

/// Reads every worksheet.
pub(super) fn read(mut input: Input, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    // The parts are counted before a reader that doesn't count is let in.
    let mut merges = find_merges(&mut Package::open(&mut input)?)?;
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
        let merges = merges.remove(&sheet.name).unwrap_or_default();
        sink.sheet(SheetFacts { name: sheet.name.clone(), hidden, epoch_1904, merges, ..SheetFacts::default() })?;
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

/// The merged areas of each sheet by its name: calamine's cell reader doesn't give them.
fn find_merges(package: &mut Package<'_>) -> Result<HashMap<String, Vec<Merge>>, ReadError> {
    let targets: HashMap<String, String> =
        package.relationships("xl/workbook.bin")?.into_iter().map(|related| (related.id, related.target)).collect();
    let mut sheets = Vec::new();
    if let Some(part) = package.part("xl/workbook.bin")? {
        each_record(part, BUNDLED_SHEET, &mut |body| {
            let mut rest = body.get(8..).unwrap_or_default();
            if let (Some(id), Some(name)) = (wide_text(&mut rest), wide_text(&mut rest)) {
                sheets.push((id, name));
            }
        })?;
    }
    let mut merges = HashMap::new();
    for (id, name) in sheets {
        let Some(part) = targets.get(&id).map(|target| package.part(target)).transpose()?.flatten() else { continue };
        let areas: &mut Vec<Merge> = merges.entry(name).or_default();
        each_record(part, MERGED_AREA, &mut |body| {
            let number = |at: usize| body.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
            if let (Some(first_row), Some(last_row), Some(first_column), Some(last_column)) =
                (number(0), number(4), number(8), number(12))
                && areas.len() < MOST_MERGES
            {
                let (first_row, last_row) = (first_row.saturating_add(1), last_row.saturating_add(1));
                areas.push(Merge { first_row, first_column, last_row, last_column });
            }
        })?;
    }
    Ok(merges)
}

/// Calls `take` with the body of each record of one kind. A part cut short ends the walk; its cells tell of it.
fn each_record(mut part: impl BufRead, wanted: u32, take: &mut dyn FnMut(&[u8])) -> Result<(), ReadError> {
    let mut body = Vec::new();
    while let Some(kind) = record_number(&mut part, 2)? {
        let Some(length) = record_number(&mut part, 4)? else { return Ok(()) };
        let mut rest = part.by_ref().take(u64::from(length));
        if kind == wanted && u64::from(length) <= MOST_RECORD_BYTES {
            body.clear();
            rest.read_to_end(&mut body)?;
            take(&body);
        } else {
            io::copy(&mut rest, &mut io::sink())?;
        }
    }
    Ok(())
}

/// The kind or the length before a record: seven bits a byte, lowest first.
fn record_number(part: &mut impl BufRead, most_bytes: u32) -> Result<Option<u32>, ReadError> {
    let mut number = 0;
    for at in 0..most_bytes {
        let Some(byte) = part.fill_buf()?.first().copied() else { return Ok(None) };
        part.consume(1);
        number |= u32::from(byte & 0x7F) << (7 * at);
        if byte < 0x80 {
            break;
        }
    }
    Ok(Some(number))
}

/// A text of sixteen-bit signs behind their count.
fn wide_text(rest: &mut &[u8]) -> Option<String> {
    let count = u32::from_le_bytes(*rest.first_chunk()?) as usize;
    let (text, after) = rest.get(4..)?.split_at_checked(count.checked_mul(2)?)?;
    *rest = after;
    let wide: Vec<u16> = text.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
    Some(String::from_utf16_lossy(&wide))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_other_kinds_are_walked_over_and_a_cut_part_ends_quietly() {
        let area: Vec<u8> = [1_u32, 3, 0, 0].iter().flat_map(|number| number.to_le_bytes()).collect();
        let bytes = [&[0x05, 2, 9, 9][..], &[0xB0, 0x01, 16], &area, &[0xB0, 0x01, 0xFF]].concat();
        let mut found = Vec::new();
        each_record(&bytes[..], MERGED_AREA, &mut |body| found.push(body.to_vec())).expect("walked");
        assert_eq!(found, [area]);
    }

    #[test]
    fn a_wide_text_that_claims_more_than_there_is_is_none() {
        let mut rest = &[2, 0, 0, 0, 0x32, 0x75, b'b', 0, 7][..];
        assert_eq!((wide_text(&mut rest).as_deref(), rest), (Some("甲b"), &[7][..]));
        assert_eq!(wide_text(&mut &[0xFF, 0xFF, 0xFF, 0xFF, 1][..]), None);
    }
}
