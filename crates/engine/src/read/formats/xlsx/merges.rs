//! Merged cells of a sheet, looked up before its rows are read.
//!
//! They stand behind the rows, so the part is inflated once for them alone. Only their elements are looked for, as
//! bytes: parsing the rows for it would double the time of a large sheet.

use std::io::Read;

use super::super::super::error::ReadError;
use super::super::super::event::Merge;
use super::super::MOST_MERGES;
use super::sheet::cell_place;

const NEEDLE: &[u8] = b"mergeCell ";
/// Bytes looked at together at most once more: an element that begins in one piece and ends in the next.
const OVERLAP: usize = 256;
const PIECE: usize = 128 << 10;

/// Finds them all, in the order of the file.
pub(super) fn find(mut input: impl Read) -> Result<Vec<Merge>, ReadError> {
    let mut merges = Vec::new();
    let mut piece = Vec::with_capacity(PIECE + OVERLAP);
    loop {
        let read = input.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
        let is_last = read == 0;
        // What begins in the last bytes is looked at again with the next piece.
        let end = if is_last { piece.len() } else { piece.len().saturating_sub(OVERLAP) };
        let mut at = 0;
        while let Some(found) = next_needle(&piece[at..], end.saturating_sub(at)) {
            at += found + NEEDLE.len();
            if let Some(merge) = parse(&piece[at..]) {
                merges.push(merge);
            }
            if merges.len() >= MOST_MERGES {
                return Ok(merges);
            }
        }
        if is_last {
            return Ok(merges);
        }
        piece.drain(..end.max(at));
    }
}

/// Where the needle begins next, before `end`.
fn next_needle(bytes: &[u8], end: usize) -> Option<usize> {
    let mut at = 0;
    while at < end {
        let found = at + bytes[at..end.min(bytes.len())].iter().position(|byte| *byte == b'm')?;
        if bytes[found..].starts_with(NEEDLE) {
            return Some(found);
        }
        at = found + 1;
    }
    None
}

/// The reference in the attributes behind the element's name.
fn parse(rest: &[u8]) -> Option<Merge> {
    let rest = &rest[..rest.len().min(OVERLAP)];
    let end = rest.iter().position(|byte| *byte == b'>')?;
    let text = std::str::from_utf8(&rest[..end]).ok()?;
    let value = text.split_once("ref=")?.1;
    let quote = value.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
    let reference = value[1..].split(quote).next()?;
    let (from, to) = reference.split_once(':').unwrap_or((reference, reference));
    let ((first_row, first_column), (last_row, last_column)) = (cell_place(from)?, cell_place(to)?);
    (last_row >= first_row && last_column >= first_column).then_some(Merge {
        first_row,
        first_column,
        last_row,
        last_column,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_are_found_wherever_a_piece_ends() {
        for padding in [0, PIECE - 12, PIECE - 5, PIECE - 300, 3 * PIECE - 1] {
            let text = format!(
                "<sheetData>{}</sheetData><mergeCells count=\"9\"><mergeCell ref=\"A2:A5\"/><x:mergeCell ref='C1:D1' /></mergeCells>",
                " ".repeat(padding)
            );
            let merges = find(text.as_bytes()).expect("merges");
            let places: Vec<_> = merges
                .iter()
                .map(|merge| (merge.first_row, merge.first_column, merge.last_row, merge.last_column))
                .collect();
            assert_eq!(places, [(2, 0, 5, 0), (1, 2, 1, 3)], "{padding}");
        }
    }
}
