//! Which format a file is, by its content; its name is never asked (text named .xls is text).

use encoding_rs::{GB18030, UTF_8};

use super::super::error::ReadError;
use super::format::Format;
use super::input::Input;
use super::package::Package;
use super::text_decode::{self, Charset};
use super::{ole, text};

/// Openings of files that hold no table, with the name by which people know them.
const FOREIGN: [(&[u8], &str); 21] = [
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xFF\xD8\xFF", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"Rar!", "RAR"),
    (b"7z\xBC\xAF\x27\x1C", "7z"),
    (b"\x1F\x8B", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xFD7zXZ", "xz"),
    (b"MZ", "exe"),
    (b"\x7FELF", "ELF"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3\0", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"ID3", "MP3"),
    (b"RIFF", "RIFF"),
    (b"OFD", "OFD"),
    (b"MIME-Version:", "MHTML"),
];

/// Tells the format.
pub(super) fn detect(input: &mut Input) -> Result<Format, ReadError> {
    let head = input.peek(64 << 10)?;
    if head.is_empty() {
        return Err(ReadError::ZeroBytes);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") || head.starts_with(b"PK\x07\x08") {
        return detect_package(input);
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return ole::detect(input);
    }
    if head.starts_with(&[0x09, 0x08]) || head.starts_with(&[0x09, 0x04]) || head.starts_with(&[0x09, 0x02]) {
        return Ok(Format::Xls);
    }
    if let Some((_, name)) = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic) && !is_text_after(&head, magic)) {
        return Err(ReadError::NoTable((*name).to_owned()));
    }
    detect_text(input, &head)
}

/// Openings of letters alone (`BM`, `MZ`) also begin texts: then what follows is text too.
fn is_text_after(head: &[u8], magic: &[u8]) -> bool {
    magic.len() < 4 && magic.is_ascii() && !head.iter().take(4096).any(|byte| *byte == 0)
}

fn detect_package(input: &mut Input) -> Result<Format, ReadError> {
    let mut package = Package::open(input)?;
    if let Some(format) = package.open_document_type()? {
        return match format.as_str() {
            "application/vnd.oasis.opendocument.spreadsheet"
            | "application/vnd.oasis.opendocument.spreadsheet-template" => Ok(Format::Ods),
            other => Err(ReadError::NoTable(other.rsplit('.').next().unwrap_or(other).to_owned())),
        };
    }
    if package.find("xl/workbook.bin").is_some() {
        return Ok(Format::Xlsb);
    }
    if package.find("xl/workbook.xml").is_some() || package.workbook_part()?.is_some() {
        let has_macros = package.find("xl/vbaproject.bin").is_some();
        return Ok(if has_macros { Format::Xlsm } else { Format::Xlsx });
    }
    for (part, name) in [("word/document.xml", "Word"), ("ppt/presentation.xml", "PowerPoint"), ("ofd.xml", "OFD")] {
        if package.find(part).is_some() {
            return Err(ReadError::NoTable(name.to_owned()));
        }
    }
    if package.find("[content_types].xml").is_some() {
        return Err(ReadError::NoTable("Office".to_owned()));
    }
    Ok(Format::Archive)
}

fn detect_text(input: &mut Input, head: &[u8]) -> Result<Format, ReadError> {
    let charset = text_decode::guess_from_head(head);
    if charset.is_none_or(|charset| charset == Charset::SingleByte) && is_binary(head) {
        return Err(ReadError::NoTable("?".to_owned()));
    }
    let charset = text_decode::find_charset(input)?;
    let sample = text_decode::decode_sample(head, charset.charset);
    let is_odd = |sign: &char| sign.is_control() && !sign.is_whitespace() && !matches!(sign, '\0' | '\u{1A}');
    let control = sample.chars().filter(is_odd).count();
    if control * 50 > sample.chars().count() {
        return Err(ReadError::NoTable("?".to_owned()));
    }
    let trimmed = sample.trim_start();
    if trimmed.starts_with('<') {
        return detect_markup(trimmed);
    }
    if trimmed.starts_with('{') {
        let line = trimmed.lines().next().unwrap_or_default();
        if serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(line).is_ok() {
            return Ok(Format::JsonLines);
        }
        return Err(ReadError::NoTable("JSON".to_owned()));
    }
    if trimmed.starts_with("[{") || trimmed.starts_with("[\n") || trimmed.starts_with("[\r\n") {
        return Err(ReadError::NoTable("JSON".to_owned()));
    }
    Ok(Format::Text(text::find_separator(&sample)))
}

fn detect_markup(sample: &str) -> Result<Format, ReadError> {
    let lower = sample.to_ascii_lowercase();
    if lower.contains("urn:schemas-microsoft-com:office:spreadsheet")
        && lower.contains("<?xml") | lower.contains("workbook")
    {
        return Ok(Format::SpreadsheetXml);
    }
    if lower.contains("opendocument:xmlns:office") && lower.contains(":document") {
        return Ok(Format::FlatOds);
    }
    let page_signs = ["<html", "<!doctype html", "<table", "<meta", "<style", "<div", "<body", "<head"];
    if page_signs.iter().any(|sign| lower.contains(sign)) {
        return Ok(Format::WebPage);
    }
    Err(ReadError::NoTable("XML".to_owned()))
}

/// Signs that no text has: more than one in fifty is another control sign than blanks, the zeros with which old programs
/// fill their fields, and the sign that ended their files. With zeros what is left must be text.
fn is_binary(head: &[u8]) -> bool {
    let control = head.iter().filter(|byte| matches!(byte, 0x01..=0x08 | 0x0E..=0x19 | 0x1C..=0x1F)).count();
    control * 50 > head.len() || head.contains(&0) && !is_padded_text(head)
}

/// Lines of text whose fields are filled up with zeros: without them nearly nothing is broken.
fn is_padded_text(head: &[u8]) -> bool {
    let kept: Vec<u8> = head.iter().copied().filter(|byte| !matches!(byte, 0 | 0x1A)).collect();
    let has_lines = kept.contains(&b'\n') || kept.contains(&b'\r');
    if !has_lines || kept.len() * 4 < head.len() {
        return false;
    }
    [UTF_8, GB18030].iter().any(|charset| {
        let text = text_decode::decode_sample(&kept, charset);
        let odd = text.chars().filter(|sign| *sign == '\u{FFFD}' || sign.is_control() && !sign.is_whitespace()).count();
        odd * 100 <= text.chars().count()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_filled_up_with_zeros_are_text_and_programs_are_not() {
        let padded = |text: &str| -> Vec<u8> { text.replace('~', "\0\0\0\0").into_bytes() };
        assert!(!is_binary(&padded("名称,金额\r\n甲公司~~,1~\r\n\u{1A}")));
        let (gbk, _, _) = GB18030.encode("名称,金额\r\n甲公司\0\0\0\0,1\r\n");
        assert!(!is_binary(&gbk));
        assert!(is_binary(b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\xFF\xFF\x00\x00\xB8\x00\x00"));
        assert!(is_binary(&[b"abc\n".as_slice(), &[0; 400]].concat()));
    }
}
