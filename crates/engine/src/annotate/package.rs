//! The zip that a workbook is, as far as patching needs it: parts by name, relationships, and text edited in place.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::AnnotateError;

/// Bytes of a part that is held whole: styles, comments, relationships. Sheets are streamed.
const WHOLE_PART: u64 = 64 << 20;
/// Bytes of a sheet.
const SHEET_PART: u64 = 3 << 30;

/// A workbook's package.
pub(super) struct Package {
    pub(super) archive: ZipArchive<BufReader<File>>,
    places: HashMap<String, usize>,
}

/// A relationship of a part.
#[derive(Debug, Clone)]
pub(super) struct Relationship {
    pub(super) id: String,
    /// The last word of the type: `worksheet`, `comments`.
    pub(super) kind: String,
    /// The type as written.
    pub(super) full_kind: String,
    /// The other part's name.
    pub(super) target: String,
}

impl Package {
    pub(super) fn read(file: File) -> Result<Self, AnnotateError> {
        let archive = ZipArchive::new(BufReader::new(file)).map_err(AnnotateError::package)?;
        let mut places = HashMap::new();
        for at in 0..archive.len() {
            if let Some(Ok(name)) = archive.name_for_index(at) {
                places.entry(normal(&name)).or_insert(at);
            }
        }
        Ok(Self { archive, places })
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.places.get(&normal(name)).copied()
    }

    /// A part as a stream.
    pub(super) fn stream(&mut self, at: usize) -> Result<impl BufRead + '_, AnnotateError> {
        let part: ZipFile<'_, _> = self.archive.by_index(at).map_err(AnnotateError::package)?;
        Ok(BufReader::with_capacity(64 << 10, part.take(SHEET_PART)))
    }

    /// A small part as text; `None` when it is absent.
    pub(super) fn find_text(&mut self, name: &str) -> Result<Option<String>, AnnotateError> {
        let Some(at) = self.find(name) else { return Ok(None) };
        let part = self.archive.by_index(at).map_err(AnnotateError::package)?;
        let mut bytes = Vec::new();
        part.take(WHOLE_PART + 1).read_to_end(&mut bytes).map_err(AnnotateError::package)?;
        if bytes.len() as u64 > WHOLE_PART {
            return Err(AnnotateError::package(format!("{name} is beyond {WHOLE_PART} bytes")));
        }
        let text = String::from_utf8(bytes).map_err(|_| AnnotateError::package(format!("{name} is not UTF-8")))?;
        Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
    }

    /// The relationships of a part; of the package for an empty name.
    pub(super) fn relationships(&mut self, part: &str) -> Result<Vec<Relationship>, AnnotateError> {
        let Some(text) = self.find_text(&relationships_name(part))? else { return Ok(Vec::new()) };
        let folder = part.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut found = Vec::new();
        let mut reader = text_reader(&text);
        loop {
            match reader.read_event().map_err(AnnotateError::package)? {
                Event::Start(start) | Event::Empty(start) if local(&start) == "Relationship" => {
                    let value = |name| attribute(&start, name).unwrap_or_default();
                    let full_kind = value("Type");
                    let kind = full_kind.rsplit('/').next().unwrap_or_default().to_owned();
                    found.push(Relationship {
                        id: value("Id"),
                        kind,
                        full_kind,
                        target: resolve(folder, &value("Target")),
                    });
                }
                Event::Eof => return Ok(found),
                _ => {}
            }
        }
    }
}

/// The name of the part that holds a part's relationships.
pub(super) fn relationships_name(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, file)) => format!("{folder}/_rels/{file}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// A part's name whatever its case and slashes.
pub(super) fn normal(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

/// A target as a relationship writes it, from the folder of the part that has it.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A reader that forgives what programs in the wild write.
pub(super) fn text_reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    forgive(&mut reader);
    reader
}

pub(super) fn forgive<R>(reader: &mut Reader<R>) {
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
}

/// The name of an element without its prefix.
pub(super) fn local(start: &BytesStart<'_>) -> String {
    start.local_name().into_inner().to_owned()
}

/// The prefix of an element's name with its colon; empty without one.
pub(super) fn prefix_of(name: &str) -> String {
    name.rsplit_once(':').map(|(prefix, _)| format!("{prefix}:")).unwrap_or_default()
}

/// The value of the attribute with a local name.
pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.attributes();
    attributes.with_checks(false);
    let found = attributes.flatten().find(|attribute| attribute.key.local_name().into_inner() == name)?;
    Some(match quick_xml::escape::unescape(&found.value) {
        Ok(text) => text.into_owned(),
        Err(_) => found.value.into_owned(),
    })
}

/// The element with some attributes set, the others as they stand.
pub(super) fn with_attributes(start: &BytesStart<'_>, set: &[(&str, &str)]) -> BytesStart<'static> {
    let mut changed = BytesStart::new(start.name().into_inner().to_owned());
    let mut attributes = start.attributes();
    attributes.with_checks(false);
    for attribute in attributes.flatten() {
        let key = attribute.key.into_inner();
        if !set.iter().any(|(name, _)| *name == key) {
            changed.push_attribute(attribute);
        }
    }
    for (name, value) in set.iter().filter(|(_, value)| !value.is_empty()) {
        changed.push_attribute((*name, *value));
    }
    changed
}

/// The text with more put in before the end of its root element; `make` is given the root's prefix.
pub(super) fn append_to_root(text: &str, make: impl Fn(&str) -> String) -> Result<String, AnnotateError> {
    if let Some(end) = text.rfind("</") {
        let prefix = prefix_of(text[end + 2..].split('>').next().unwrap_or_default().trim());
        return Ok(format!("{}{}{}", &text[..end], make(&prefix), &text[end..]));
    }
    let (Some(end), Some(start)) = (text.rfind("/>"), text.rfind('<')) else {
        return Err(AnnotateError::package("a part without a root element"));
    };
    let name = text[start + 1..end].split_whitespace().next().unwrap_or_default();
    Ok(format!("{}>{}</{name}>", &text[..end], make(&prefix_of(name))))
}

/// Text made fit for XML, signs that XML can't hold taken out.
pub(super) fn escaped(text: &str) -> String {
    let fit: String = text
        .chars()
        .filter(|sign| matches!(sign, '\t' | '\n' | '\r') || (*sign >= ' ' && !matches!(sign, '\u{fffe}' | '\u{ffff}')))
        .collect();
    quick_xml::escape::escape(fit).into_owned()
}
