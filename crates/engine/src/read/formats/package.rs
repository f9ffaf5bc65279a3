//! The zip that xlsx, xlsm, xlsb and ods files are: its parts by name, whatever the case and the slashes.
//!
//! Sizes that the zip declares are never believed. A part is inflated as it is read; what is kept of it in memory is
//! counted by who keeps it. A wrong checksum is forgiven: programs in the wild write them.

use std::collections::HashMap;
use std::io::{BufReader, Read};

use quick_xml::events::Event;
use zip::ZipArchive;
use zip::read::{ZipFile, ZipReadOptions};

use super::super::error::{Limit, ReadError};
use super::MOST_PARTS;
use super::input::Input;
use super::xml::{Xml, attribute};

/// A part being inflated.
pub(super) type Part<'p, 'i> = BufReader<ZipFile<'p, &'i mut Input>>;

/// A zip with its parts by their names in lower case with forward slashes.
pub(super) struct Package<'i> {
    archive: ZipArchive<&'i mut Input>,
    places: HashMap<String, usize>,
}

/// A relationship of a part: what another part is to it.
pub(super) struct Relationship {
    pub(super) id: String,
    /// The last word of the type: `worksheet`, `sharedStrings`.
    pub(super) kind: String,
    /// The other part's name.
    pub(super) target: String,
}

impl<'i> Package<'i> {
    pub(super) fn open(input: &'i mut Input) -> Result<Self, ReadError> {
        input.rewind_to_start()?;
        let archive = ZipArchive::new(input).map_err(damaged)?;
        if archive.len() > MOST_PARTS {
            return Err(ReadError::BeyondLimits(Limit::Parts));
        }
        let mut places = HashMap::with_capacity(archive.len());
        for at in 0..archive.len() {
            if let Some(Ok(name)) = archive.name_for_index(at) {
                places.entry(normal(&name)).or_insert(at);
            }
        }
        Ok(Self { archive, places })
    }

    /// Where a part is.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.places.get(&normal(name)).copied()
    }

    /// A part to read on, `None` when it is absent.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Part<'_, 'i>>, ReadError> {
        let Some(at) = self.find(name) else { return Ok(None) };
        let encrypted = self.archive.by_index_raw(at).is_ok_and(|part| part.encrypted());
        if encrypted {
            return Err(ReadError::Encrypted);
        }
        let options = ZipReadOptions::new().ignore_crc32(true);
        let part = self.archive.by_index_with_options(at, options).map_err(damaged)?;
        Ok(Some(BufReader::with_capacity(32 << 10, part)))
    }

    /// The type of an OpenDocument file: its part `mimetype`.
    pub(super) fn open_document_type(&mut self) -> Result<Option<String>, ReadError> {
        if self.find("mimetype").is_none()
            && self.find("content.xml").is_some()
            && self.find("xl/workbook.xml").is_none()
        {
            return Ok(Some("application/vnd.oasis.opendocument.spreadsheet".to_owned()));
        }
        let Some(part) = self.part("mimetype")? else { return Ok(None) };
        let mut text = String::new();
        part.take(200).read_to_string(&mut text)?;
        let text = text.trim();
        Ok(text.starts_with("application/vnd.oasis.opendocument").then(|| text.to_owned()))
    }

    /// The workbook's part as the package's own relationships name it.
    pub(super) fn workbook_part(&mut self) -> Result<Option<String>, ReadError> {
        let found = self.relationships("")?.into_iter().find(|found| found.kind == "officeDocument");
        let target = found.map(|found| found.target).filter(|target| self.find(target).is_some());
        let usual = || self.find("xl/workbook.xml").map(|_| "xl/workbook.xml".to_owned());
        let target = target.or_else(usual);
        // Word and PowerPoint files have an office document too.
        Ok(target.filter(|target| target.contains("workbook") || target.starts_with("xl/")))
    }

    /// The relationships of a part; of the package for an empty name.
    pub(super) fn relationships(&mut self, part: &str) -> Result<Vec<Relationship>, ReadError> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
        let folder = folder.to_owned();
        let Some(input) = self.part(&name)? else { return Ok(Vec::new()) };
        let mut xml = Xml::new(input);
        let mut found = Vec::new();
        loop {
            match xml.next_event()? {
                Event::Start(start) | Event::Empty(start) if start.local_name().into_inner() == "Relationship" => {
                    let text = |name| attribute(&start, name).map(|value| value.into_owned()).unwrap_or_default();
                    let kind = text("Type").rsplit('/').next().unwrap_or_default().to_owned();
                    found.push(Relationship { id: text("Id"), kind, target: resolve(&folder, &text("Target")) });
                    if found.len() > MOST_PARTS * 2 {
                        return Err(ReadError::BeyondLimits(Limit::Parts));
                    }
                }
                Event::Eof => return Ok(found),
                _ => {}
            }
        }
    }

    /// Names of all parts in their order.
    pub(super) fn names(&self) -> Vec<Vec<u8>> {
        self.archive.file_names_raw().map(<[u8]>::to_vec).collect()
    }

    /// A part by its place, inflated whole, refused beyond `most` bytes.
    pub(super) fn whole_part(&mut self, at: usize, most: u64) -> Result<Vec<u8>, ReadError> {
        if self.archive.by_index_raw(at).is_ok_and(|part| part.encrypted()) {
            return Err(ReadError::Encrypted);
        }
        let options = ZipReadOptions::new().ignore_crc32(true);
        let part = self.archive.by_index_with_options(at, options).map_err(damaged)?;
        let mut bytes = Vec::new();
        part.take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most { Err(ReadError::BeyondLimits(Limit::FileSize)) } else { Ok(bytes) }
    }
}

pub(super) fn damaged(error: zip::result::ZipError) -> ReadError {
    match error {
        zip::result::ZipError::Io(error) => error.into(),
        other => ReadError::Unreadable(other.to_string()),
    }
}

fn normal(name: &str) -> String {
    name.trim_start_matches(['/', '\\']).replace('\\', "/").to_ascii_lowercase()
}

/// A target as a part's name: absolute, or from the folder of the part it belongs to.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_found_from_any_folder() {
        assert_eq!(resolve("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl/worksheets", "..\\tables\\table1.xml"), "xl/tables/table1.xml");
        assert_eq!(resolve("", "xl/workbook.xml"), "xl/workbook.xml");
    }
}
