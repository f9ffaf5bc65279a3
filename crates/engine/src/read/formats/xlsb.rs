//! xlsb: the binary form of xlsx, through calamine's cell reader, never a whole range. Merged cells and the words of number
//! formats, which it doesn't give, are looked up in the records before.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsb, XlsbError};
use gongzhi_core::cells::parse_moment;
use gongzhi_core::messages::Message;

use super::super::error::ReadError;
use super::super::event::{Merge, SheetFacts};
use super::super::row::{Row, Value};
use super::input::Input;
use super::numbers::{Figure, FormatCode, NumberFormat, Shown, push_number};
use super::package::Package;
use super::{MOST_MERGES, Sink};

const MOST_COLUMNS: u32 = 16_384;

/// Records that are looked at: a sheet of the workbook, a merged area of a sheet, number formats and the cell formats that
/// use them, rows and cells of figures.
const BUNDLED_SHEET: u32 = 156;
const MERGED_AREA: u32 = 176;
const NUMBER_FORMAT: u32 = 44;
const CELL_FORMAT: u32 = 47;
const CELL_FORMATS: u32 = 617;
const CELL_FORMATS_END: u32 = 618;
const ROW: u32 = 0;
const FIGURES: [u32; 3] = [2, 5, 9];
/// Formats that are looked at, and figures under formats with words.
const MOST_FORMATS: usize = 100_000;
const MOST_WORDED: usize = 2_000_000;
/// The longest record that is looked at.
const MOST_RECORD_BYTES: u64 = 1 << 20;

/// Reads every worksheet.
pub(super) fn read(mut input: Input, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    // The parts are counted before a reader that doesn't count is let in.
    let mut asides = find_asides(&mut Package::open(&mut input)?)?;
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
        let Aside { merges, worded } = asides.sheets.remove(&sheet.name).unwrap_or_default();
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
                let words = worded.get(&(line, column)).and_then(|at| asides.codes[*at].words.as_ref());
                push(&mut row, column, cell.get_value(), NumberFormat { words, epoch_1904, ..NumberFormat::default() });
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

/// What calamine's cell reader doesn't give.
#[derive(Default)]
struct Asides {
    /// By the sheet's name.
    sheets: HashMap<String, Aside>,
    /// Number formats of the workbook's own.
    codes: Vec<FormatCode>,
}

/// Of one sheet.
#[derive(Default)]
struct Aside {
    merges: Vec<Merge>,
    /// Figures whose format has words, by row and column from 0: which of the codes.
    worded: HashMap<(u32, u32), usize>,
}

fn find_asides(package: &mut Package<'_>) -> Result<Asides, ReadError> {
    let related = package.relationships("xl/workbook.bin")?;
    let styles = related.iter().find(|related| related.kind == "styles").map(|related| related.target.clone());
    let targets: HashMap<String, String> = related.into_iter().map(|related| (related.id, related.target)).collect();
    let mut sheets = Vec::new();
    if let Some(part) = package.part("xl/workbook.bin")? {
        each_record(part, &[BUNDLED_SHEET], &mut |_, body| {
            let mut rest = body.get(8..).unwrap_or_default();
            if let (Some(id), Some(name)) = (wide_text(&mut rest), wide_text(&mut rest)) {
                sheets.push((id, name));
            }
        })?;
    }
    let mut asides = Asides::default();
    let mut worded_formats = Vec::new();
    if let Some(part) = styles.map(|name| package.part(&name)).transpose()?.flatten() {
        worded_formats = read_styles(part, &mut asides.codes)?;
    }
    for (id, name) in sheets {
        let Some(part) = targets.get(&id).map(|target| package.part(target)).transpose()?.flatten() else { continue };
        let aside = find_aside(part, &worded_formats)?;
        asides.sheets.insert(name, aside);
    }
    Ok(asides)
}

/// The workbook's own number formats; gives for each cell format the one it uses, when that has words.
fn read_styles(part: impl BufRead, codes: &mut Vec<FormatCode>) -> Result<Vec<Option<usize>>, ReadError> {
    let mut own: HashMap<u16, usize> = HashMap::new();
    let (mut formats, mut in_cell_formats) = (Vec::new(), false);
    each_record(part, &[NUMBER_FORMAT, CELL_FORMAT, CELL_FORMATS, CELL_FORMATS_END], &mut |kind, body| match kind {
        NUMBER_FORMAT if codes.len() < MOST_FORMATS => {
            let mut rest = body.get(2..).unwrap_or_default();
            if let (Some(id), Some(code)) = (body.first_chunk(), wide_text(&mut rest)) {
                own.insert(u16::from_le_bytes(*id), codes.len());
                codes.push(FormatCode::of(&code));
            }
        }
        CELL_FORMAT if in_cell_formats && formats.len() < MOST_FORMATS => {
            let id = body.get(2..4).map(|id| u16::from_le_bytes([id[0], id[1]]));
            if let Some(id @ (9 | 10)) = id.filter(|id| !own.contains_key(id)) {
                own.insert(id, codes.len());
                codes.push(FormatCode::of("0%"));
            }
            let code = id.and_then(|id| own.get(&id)).copied();
            formats.push(code.filter(|at| codes[*at].words.is_some()));
        }
        CELL_FORMATS => in_cell_formats = true,
        CELL_FORMATS_END => in_cell_formats = false,
        _ => {}
    })?;
    Ok(formats)
}

fn find_aside(part: impl BufRead, worded_formats: &[Option<usize>]) -> Result<Aside, ReadError> {
    let mut aside = Aside::default();
    let has_words = worded_formats.iter().any(Option::is_some);
    let wanted: &[u32] =
        if has_words { &[MERGED_AREA, ROW, FIGURES[0], FIGURES[1], FIGURES[2]] } else { &[MERGED_AREA] };
    let mut row = 0;
    each_record(part, wanted, &mut |kind, body| {
        let number = |at: usize| body.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
        match kind {
            ROW => row = number(0).unwrap_or(row),
            MERGED_AREA => {
                if let (Some(first_row), Some(last_row), Some(first_column), Some(last_column)) =
                    (number(0), number(4), number(8), number(12))
                    && aside.merges.len() < MOST_MERGES
                {
                    let (first_row, last_row) = (first_row.saturating_add(1), last_row.saturating_add(1));
                    aside.merges.push(Merge { first_row, first_column, last_row, last_column });
                }
            }
            _ => {
                let (Some(column), Some(style)) = (number(0), number(4).map(|style| style & 0x00FF_FFFF)) else {
                    return;
                };
                let code = worded_formats.get(style as usize).copied().flatten();
                if let Some(code) = code.filter(|_| aside.worded.len() < MOST_WORDED) {
                    aside.worded.insert((row, column), code);
                }
            }
        }
    })?;
    Ok(aside)
}

/// Calls `take` with the kind and the body of each record of some kinds. A part cut short ends the walk; its cells tell
/// of it.
fn each_record(mut part: impl BufRead, wanted: &[u32], take: &mut dyn FnMut(u32, &[u8])) -> Result<(), ReadError> {
    let mut body = Vec::new();
    while let Some(kind) = record_number(&mut part, 2)? {
        let Some(length) = record_number(&mut part, 4)? else { return Ok(()) };
        let mut rest = part.by_ref().take(u64::from(length));
        if wanted.contains(&kind) && u64::from(length) <= MOST_RECORD_BYTES {
            body.clear();
            rest.read_to_end(&mut body)?;
            take(kind, &body);
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

fn push(row: &mut Row, column: u32, value: &DataRef<'_>, format: NumberFormat<'_>) {
    match value {
        DataRef::Empty => {}
        DataRef::Int(number) => push_number(row, column, Figure::Written(&number.to_string()), format),
        DataRef::Float(number) => push_number(row, column, Figure::Float(*number), format),
        DataRef::String(text) => push_text(row, column, text),
        DataRef::SharedString(text) => push_text(row, column, text),
        DataRef::Bool(truth) => row.push(column, Value::Boolean(*truth)),
        DataRef::DateTime(moment) => {
            let shown = if moment.is_duration() { Shown::Span } else { Shown::Time };
            push_number(row, column, Figure::Float(moment.as_f64()), NumberFormat { shown, words: None, ..format });
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
        each_record(&bytes[..], &[MERGED_AREA], &mut |_, body| found.push(body.to_vec())).expect("walked");
        assert_eq!(found, [area]);
    }

    #[test]
    fn a_figure_under_a_format_with_words_is_found_by_its_place() {
        let record = |kind: u32, body: &[u8]| {
            let head: Vec<u8> = if kind < 0x80 { vec![kind as u8] } else { vec![kind as u8 | 0x80, (kind >> 7) as u8] };
            [&head[..], &[body.len() as u8], body].concat()
        };
        let wide = |text: &str| -> Vec<u8> {
            let signs: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [&(text.encode_utf16().count() as u32).to_le_bytes()[..], &signs].concat()
        };
        let styles = [
            record(NUMBER_FORMAT, &[&164_u16.to_le_bytes()[..], &wide("0.00\"万元\"")].concat()),
            record(CELL_FORMAT, &[0, 0, 164, 0]),
            record(CELL_FORMATS, &[]),
            record(CELL_FORMAT, &[0, 0, 0, 0]),
            record(CELL_FORMAT, &[0, 0, 164, 0]),
            record(CELL_FORMATS_END, &[]),
        ];
        let mut codes = Vec::new();
        let formats = read_styles(&styles.concat()[..], &mut codes).expect("styles");
        assert_eq!(formats, [None, Some(0)]);
        let sheet = [
            record(ROW, &4_u32.to_le_bytes()),
            record(5, &[2, 0, 0, 0, 1, 0, 0, 0]),
            record(5, &[3, 0, 0, 0, 0, 0, 0, 0]),
        ];
        let aside = find_aside(&sheet.concat()[..], &formats).expect("a sheet");
        assert_eq!(aside.worded.into_iter().collect::<Vec<_>>(), [((4, 2), 0)]);
    }

    #[test]
    fn a_wide_text_that_claims_more_than_there_is_is_none() {
        let mut rest = &[2, 0, 0, 0, 0x32, 0x75, b'b', 0, 7][..];
        assert_eq!((wide_text(&mut rest).as_deref(), rest), (Some("甲b"), &[7][..]));
        assert_eq!(wide_text(&mut &[0xFF, 0xFF, 0xFF, 0xFF, 1][..]), None);
    }
}
