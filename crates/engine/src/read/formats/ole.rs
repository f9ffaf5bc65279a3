//! Compound files (`D0 CF 11 E0`): an xls workbook, an encrypted xlsx, or a document that is no table.

use super::super::error::{Limit, ReadError};
use super::MOST_WHOLE_BYTES;
use super::format::Format;
use super::input::Input;

/// Bytes of an entry of the directory: 64 of name, its length, the rest.
const ENTRY_BYTES: usize = 128;

/// Tells what a compound file is by the names in its directory. Entries lie at multiples of 128 bytes wherever the
/// directory is, so they are found without following chains that the file may have knotted.
pub(super) fn detect(input: &mut Input) -> Result<Format, ReadError> {
    if input.size() > MOST_WHOLE_BYTES {
        return Err(ReadError::BeyondLimits(Limit::FileSize));
    }
    let bytes = input.peek(MOST_WHOLE_BYTES)?;
    let has = |names: &[&str]| names.iter().any(|name| has_entry(&bytes, name));
    if has(&["EncryptedPackage", "EncryptionInfo"]) {
        return Err(ReadError::Encrypted);
    }
    if has(&["Workbook", "Book", "WORKBOOK", "BOOK"]) {
        return Ok(Format::Xls);
    }
    let known =
        [("WordDocument", "Word"), ("PowerPoint Document", "PowerPoint"), ("VisioDocument", "Visio"), ("ET", "WPS et")];
    let kind = known.iter().find(|(entry, _)| has_entry(&bytes, entry)).map_or("OLE", |(_, kind)| kind);
    Err(ReadError::NoTable(kind.to_owned()))
}

fn has_entry(bytes: &[u8], name: &str) -> bool {
    let mut wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    wide.extend_from_slice(&[0, 0]);
    bytes
        .chunks_exact(ENTRY_BYTES)
        .any(|entry| entry.starts_with(&wide) && usize::from(u16::from_le_bytes([entry[64], entry[65]])) == wide.len())
}
