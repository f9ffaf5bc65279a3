//! What rows look like: those that only count, those that open a sheet, those that lie far below.

use std::collections::HashSet;

use gongzhi_core::cells::parse_decimal;
use gongzhi_core::intake::header::is_counting;

use super::super::event::Merge;
use super::super::row::{Row, Value};
use super::words::{is_note, is_signature, is_total};
use super::{Column, Reason};

/// A row this far below the one before it, with next to nothing in it, is no row of the table.
pub(super) const FAR_ROWS: u32 = 1_000;

/// A figure, in a cell of figures or as a text; codes are longer or begin with a nought.
pub(super) fn is_figure(value: Value<'_>) -> bool {
    match value {
        Value::Number(number) => !number.digits_lost && number.text.len() <= 15,
        Value::Text(text) => {
            let is_code = text.len() > 15 || text.starts_with('0') && !text.starts_with("0.");
            !is_code && parse_decimal(text).is_some()
        }
        _ => false,
    }
}

/// Which columns only count rows; none when all do.
pub(super) fn counting_columns(columns: &[Column]) -> Vec<bool> {
    let counting: Vec<bool> = columns.iter().map(|column| is_counting(&column.name)).collect();
    if counting.iter().all(|counts| *counts) { Vec::new() } else { counting }
}

/// Whether nothing stands in a row but the numbers of a column that only counts.
pub(super) fn counts_only(row: &Row, counting: &[bool]) -> bool {
    let counts = |at: usize, value: Value<'_>| {
        let is_number = match value {
            Value::Number(_) => true,
            Value::Text(text) => text.bytes().all(|sign| sign.is_ascii_digit()),
            _ => false,
        };
        is_number && counting.get(at) == Some(&true)
    };
    !counting.is_empty() && row.iter().enumerate().all(|(at, (_, value))| value.is_empty() || counts(at, value))
}

/// The reason for a row of a sheet in which no table was found.
pub(super) fn opening_reason(row: &Row) -> Reason {
    match row.value(0) {
        Value::Text(text) if is_signature(text) => Reason::Signature,
        Value::Text(text) if is_total(text) => Reason::Total,
        Value::Text(_) => Reason::Note,
        _ => Reason::Title,
    }
}

/// Rows at the top of a sheet without header that hold no data: notes, signatures, a single text over a wider table.
pub(super) fn opens_without_data(row: &Row, columns: usize) -> bool {
    let Value::Text(text) = row.value(0) else { return false };
    row.len() <= 2 && (is_note(text) || is_signature(text)) || row.len() == 1 && columns >= 3
}

/// Where, among the first rows, those begin that lie far below the others.
pub(super) fn far_tail(held: &[Row]) -> usize {
    let far = held.windows(2).position(|pair| pair[1].number().saturating_sub(pair[0].number()) > FAR_ROWS);
    far.map_or(held.len(), |at| at + 1)
}

/// Rows in which one merged cell lies across most of the table.
pub(super) fn wide_rows(merges: &[Merge], columns: usize) -> HashSet<u32> {
    let wide = (columns * 6 / 10).max(3) as u32;
    merges
        .iter()
        .filter(|merge| merge.last_column - merge.first_column + 1 >= wide && merge.last_row == merge.first_row)
        .map(|merge| merge.first_row)
        .collect()
}
