//! The compound file around a workbook, as far as its one stream needs it.

use super::super::super::error::ReadError;

const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
/// Streams below this lie in the small sectors.
const SMALL_STREAM: usize = 4096;
const SMALL_SECTOR: usize = 64;

/// The workbook's records. A file that is no compound file but records from its first byte is taken as it is.
pub(super) fn workbook_stream(bytes: Vec<u8>) -> Result<Vec<u8>, ReadError> {
    if !bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Ok(bytes);
    }
    let file = Compound::open(&bytes).ok_or_else(|| damaged("the compound file's tables"))?;
    file.stream(&["workbook", "book"]).ok_or_else(|| damaged("no workbook stream"))
}

fn damaged(what: &str) -> ReadError {
    ReadError::Unreadable(what.to_owned())
}

struct Compound<'b> {
    bytes: &'b [u8],
    sector: usize,
    /// Which sector follows which.
    next: Vec<u32>,
    directory_start: u32,
    small_start: u32,
}

impl<'b> Compound<'b> {
    fn open(bytes: &'b [u8]) -> Option<Self> {
        let shift = u16::from_le_bytes(*bytes.get(30..)?.first_chunk()?);
        let sector = 1_usize << if matches!(shift, 7..=16) { shift } else { 9 };
        let mut file = Self {
            bytes,
            sector,
            next: Vec::new(),
            directory_start: u32_at(bytes, 48)?,
            small_start: u32_at(bytes, 60)?,
        };
        let mut tables: Vec<u32> = (0..109).filter_map(|at| u32_at(bytes, 76 + at * 4)).collect();
        let mut more = u32_at(bytes, 68)?;
        let most = bytes.len() / sector + 1;
        for _ in 0..most {
            let Some(part) = file.sector(more) else { break };
            let places = sector / 4 - 1;
            tables.extend((0..places).filter_map(|at| u32_at(part, at * 4)));
            more = u32_at(part, places * 4).unwrap_or(END_OF_CHAIN);
        }
        for table in tables.into_iter().take(most) {
            if let Some(part) = file.sector(table) {
                file.next.extend(part.chunks_exact(4).filter_map(|four| u32_at(four, 0)));
            }
        }
        Some(file)
    }

    /// A sector's bytes; the last one of a file is often cut short.
    fn sector(&self, at: u32) -> Option<&'b [u8]> {
        let start = (at as usize).checked_add(1)?.checked_mul(self.sector)?;
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(start..end).filter(|bytes| !bytes.is_empty())
    }

    /// The bytes of a chain of sectors; a chain knotted into a ring ends when it outgrows the file.
    fn chain(&self, start: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut at = start;
        while let Some(part) = self.sector(at) {
            bytes.extend_from_slice(part);
            if bytes.len() > self.bytes.len() {
                break;
            }
            at = self.next.get(at as usize).copied().unwrap_or(END_OF_CHAIN);
        }
        bytes
    }

    /// The first stream with one of the names, whatever their case.
    fn stream(&self, names: &[&str]) -> Option<Vec<u8>> {
        let directory = self.chain(self.directory_start);
        let entries: Vec<&[u8]> = directory.chunks_exact(128).collect();
        let root = entries.first().copied()?;
        let found = names.iter().find_map(|name| entries.iter().find(|entry| entry_name(entry) == *name))?;
        let (start, size) = (u32_at(found, 116)?, u32_at(found, 120)? as usize);
        let mut bytes = if size < SMALL_STREAM {
            let (container, table) = (self.chain(u32_at(root, 116)?), self.chain(self.small_start));
            let mut bytes = Vec::new();
            let mut at = start;
            while let Some(part) = container.get(at as usize * SMALL_SECTOR..).filter(|part| !part.is_empty()) {
                bytes.extend_from_slice(&part[..part.len().min(SMALL_SECTOR)]);
                if bytes.len() >= size {
                    break;
                }
                at = u32_at(&table, at as usize * 4).unwrap_or(END_OF_CHAIN);
            }
            bytes
        } else {
            self.chain(start)
        };
        bytes.truncate(size);
        Some(bytes).filter(|bytes| !bytes.is_empty())
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

fn entry_name(entry: &[u8]) -> String {
    let length = usize::from(u16::from_le_bytes([entry[64], entry[65]])).clamp(2, 64) - 2;
    let wide: Vec<u16> = entry[..length].chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
    String::from_utf16_lossy(&wide).to_lowercase()
}
