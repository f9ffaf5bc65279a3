//! Tables as separated text, in the encodings offices use.

use super::sheet::{OfficeCell, OfficeSheet};

/// How text is put into bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Marked,
    /// GB 18030, which most offices know as GBK.
    Gbk,
}

impl TextEncoding {
    /// The bytes of a text.
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 | Self::Utf8Marked => text.as_bytes().to_vec(),
            Self::Gbk => encoding_rs::GB18030.encode(text).0.into_owned(),
        }
    }

    /// What a file begins with.
    pub fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8Marked => b"\xEF\xBB\xBF",
            Self::Utf8 | Self::Gbk => b"",
        }
    }
}

/// One table as separated text. Fields are quoted when they must be.
pub fn text_of(sheet: &OfficeSheet, separator: char, encoding: TextEncoding) -> Vec<u8> {
    let mut text = String::new();
    let titles = sheet.titles.iter().map(|title| vec![title.clone()]);
    let rows = sheet.rows.iter().chain(&sheet.footers).map(|row| row.iter().map(OfficeCell::text).collect::<Vec<_>>());
    for fields in titles.chain(sheet.header_rows()).chain(rows) {
        push_line(&mut text, fields.iter().map(String::as_str), separator);
    }
    let mut bytes = encoding.mark().to_vec();
    bytes.extend(encoding.encode(&text));
    bytes
}

/// Adds one line of separated text.
pub fn push_line<'a>(text: &mut String, fields: impl Iterator<Item = &'a str>, separator: char) {
    for (at, field) in fields.enumerate() {
        if at > 0 {
            text.push(separator);
        }
        if field.contains([separator, '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(field);
        }
    }
    text.push_str("\r\n");
}
