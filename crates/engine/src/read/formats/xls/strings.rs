//! Texts of a workbook: bytes of a code page before Excel 97, since then sixteen-bit signs or their lower halves.

use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};

use super::super::super::error::{Limit, ReadError};
use super::super::MOST_STRING_BYTES;
use super::Record;

/// The character set of a code page's number; `None` where it says nothing that could be believed: exporters of the
/// West write 1252 before the bytes of whatever system they run on.
pub(super) fn charset_of(code_page: u16) -> Option<&'static Encoding> {
    Some(match code_page {
        936 | 10_008 | 54_936 => GB18030,
        950 | 10_002 => BIG5,
        932 | 10_001 => SHIFT_JIS,
        949 | 10_003 => EUC_KR,
        1250 => WINDOWS_1250,
        1251 | 10_007 => WINDOWS_1251,
        65_001 => UTF_8,
        _ => return None,
    })
}

/// A text of no stated character set: Chinese where every sign beyond ASCII is one of two bytes that GBK has, as in
/// workbooks of old Chinese programs that name no code page.
fn guessed(bytes: &[u8]) -> &'static Encoding {
    let (mut at, mut high, mut low) = (0, 0, 0);
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii() {
            at += 1;
            continue;
        }
        // Most Chinese signs are two bytes beyond ASCII; behind a letter of the West stands another of ASCII.
        match bytes.get(at + 1) {
            Some(0x80..=0xFE) => high += 1,
            Some(0x40..=0x7E) => low += 1,
            _ => return WINDOWS_1252,
        }
        at += 2;
    }
    let is_chinese = high > low && GB18030.decode_without_bom_handling_and_without_replacement(bytes).is_some();
    if is_chinese { GB18030 } else { WINDOWS_1252 }
}

/// How texts are written in a workbook.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing {
    /// BIFF8: with flags, in sixteen bits or eight.
    pub(super) is_wide: bool,
    /// `None`: no code page that could be believed is stated.
    pub(super) charset: Option<&'static Encoding>,
}

impl Writing {
    /// A text inside one record whose length takes one byte or two.
    pub(super) fn text(&self, record: &Record<'_>, at: usize, length_bytes: usize) -> Option<String> {
        let length = match length_bytes {
            1 => usize::from(record.byte(at)?),
            _ => usize::from(record.u16(at)?),
        };
        let at = at + length_bytes;
        if !self.is_wide {
            let bytes = record.body.get(at..)?;
            let bytes = &bytes[..bytes.len().min(length)];
            let charset = self.charset.unwrap_or_else(|| guessed(bytes));
            return Some(charset.decode_without_bom_handling(bytes).0.into_owned());
        }
        let flags = record.byte(at)?;
        let mut at = at + 1;
        at += if flags & 8 != 0 { 2 } else { 0 } + if flags & 4 != 0 { 4 } else { 0 };
        let bytes = record.body.get(at..)?;
        let mut text = String::new();
        push_signs(bytes, length, flags & 1 != 0, &mut text);
        Some(text)
    }
}

/// Adds up to `length` signs; gives how many there were and their bytes.
fn push_signs(bytes: &[u8], length: usize, is_wide: bool, text: &mut String) -> (usize, usize) {
    if is_wide {
        let count = (bytes.len() / 2).min(length);
        let wide = bytes[..count * 2].chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
        text.extend(char::decode_utf16(wide).map(|sign| sign.unwrap_or('\u{FFFD}')));
        return (count, count * 2);
    }
    let count = bytes.len().min(length);
    text.extend(bytes[..count].iter().copied().map(char::from));
    (count, count)
}

/// Bytes counted for each string besides its text: a workbook of empty ones fills memory by their places alone.
const STRING_OVERHEAD: usize = 16;

/// The shared strings: one behind another in one buffer. How many there are said to be is not asked.
#[derive(Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    /// Reads them from their record and those that continue it.
    pub(super) fn read(pieces: &[&[u8]]) -> Result<Self, ReadError> {
        let mut strings = Self::default();
        let mut cursor = Cursor { pieces, piece: 0, at: 8 };
        while let Some(()) = strings.read_one(&mut cursor) {
            if strings.text.len() + strings.ends.len() * STRING_OVERHEAD > MOST_STRING_BYTES {
                return Err(ReadError::BeyondLimits(Limit::Strings));
            }
        }
        Ok(strings)
    }

    fn read_one(&mut self, cursor: &mut Cursor<'_>) -> Option<()> {
        let mut left = usize::from(cursor.u16()?);
        let flags = cursor.byte()?;
        let runs = if flags & 8 != 0 { usize::from(cursor.u16()?) * 4 } else { 0 };
        let phonetic = if flags & 4 != 0 { cursor.u16()? as usize | (cursor.u16()? as usize) << 16 } else { 0 };
        let mut is_wide = flags & 1 != 0;
        while left > 0 {
            let rest = cursor.rest();
            let (count, bytes) = push_signs(rest, left, is_wide, &mut self.text);
            left -= count;
            cursor.at += bytes;
            if left > 0 {
                // A text cut by the end of a record goes on in the next behind a new flag.
                if !cursor.next_piece() {
                    break;
                }
                is_wide = cursor.byte()? & 1 != 0;
            }
        }
        self.ends.push(self.text.len() as u32);
        cursor.skip(runs + phonetic);
        Some(())
    }

    /// The string at an index.
    pub(super) fn find(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }
}

/// A place in a record and those that continue it.
struct Cursor<'p> {
    pieces: &'p [&'p [u8]],
    piece: usize,
    at: usize,
}

impl<'p> Cursor<'p> {
    fn rest(&self) -> &'p [u8] {
        self.pieces.get(self.piece).and_then(|piece| piece.get(self.at..)).unwrap_or_default()
    }

    fn next_piece(&mut self) -> bool {
        self.piece += 1;
        self.at = 0;
        self.piece < self.pieces.len()
    }

    fn byte(&mut self) -> Option<u8> {
        while self.rest().is_empty() {
            if !self.next_piece() {
                return None;
            }
        }
        let byte = self.rest()[0];
        self.at += 1;
        Some(byte)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, mut count: usize) {
        while count > 0 {
            let here = self.rest().len().min(count);
            self.at += here;
            count -= here;
            if count > 0 && !self.next_piece() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_without_code_page_is_chinese_where_its_bytes_are() {
        let writing = Writing { is_wide: false, charset: None };
        let said = |bytes: &[u8]| {
            let body = [&[bytes.len() as u8][..], bytes].concat();
            writing.text(&Record { kind: 0, body: &body }, 0, 1)
        };
        let (gbk, _, _) = GB18030.encode("呼图壁县某某公司");
        assert_eq!(said(&gbk).as_deref(), Some("呼图壁县某某公司"));
        assert_eq!(said(b"Caf\xE9").as_deref(), Some("Café"));
        assert_eq!(said(b"M\xFCller AG").as_deref(), Some("Müller AG"));
    }

    #[test]
    fn a_string_cut_by_a_record_goes_on_behind_a_new_flag() {
        // "甲b" cut after its first sign: sixteen bits before, eight behind.
        let first = [&[0_u8; 8][..], &[2, 0, 1], &0x7532_u16.to_le_bytes()].concat();
        let second = [&[0_u8][..], b"b", &[1, 0, 0], b"z"].concat();
        let strings = Strings::read(&[&first, &second]).expect("strings");
        assert_eq!((strings.find(0), strings.find(1), strings.find(2)), (Some("甲b"), Some("z"), None));
    }
}
