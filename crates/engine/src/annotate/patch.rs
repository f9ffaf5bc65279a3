//! A clerk's xlsx patched: every part copied as it stands but those that must say something new.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};

use quick_xml::events::Event;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::comments_xml::{self, Comments};
use super::marks::{SheetMarks, marks_of, move_to_shown_cells, notes_of};
use super::package::{
    Package, Relationship, append_to_root, attribute, escaped, local, normal, prefix_of, relationships_name,
    text_reader,
};
use super::sheet_xml::{SheetPatch, rewrite, survey};
use super::styles_xml::StyleBook;
use super::{AnnotateError, LIST_SHEET, Marking, NOTE_AUTHOR, list, vml};

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const CONTENT: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// A sheet of the workbook.
struct Sheet {
    name: String,
    part: String,
    /// A sheet of cells, not of a chart, a dialog or macros.
    is_worksheet: bool,
}

/// The workbook's own lists.
struct Book {
    part: String,
    text: String,
    relationships: Vec<Relationship>,
    sheets: Vec<Sheet>,
    /// Beginning of every relationship's type.
    office: String,
    content_types: String,
}

/// What becomes of a worksheet.
struct SheetPlan {
    marks: SheetMarks,
    notes_drawing: Option<(String, String)>,
}

/// New content of parts by their names, `None` for parts left out; names that are new come in order.
#[derive(Default)]
struct Changes {
    parts: BTreeMap<String, Option<String>>,
    new_types: Vec<(String, String)>,
    needs_vml: bool,
}

impl Changes {
    fn set(&mut self, name: &str, text: String) {
        self.parts.insert(name.to_owned(), Some(text));
    }
}

/// Patches the package and writes it; `false` when it is no package this can be done with (an xlsb, an ods, a zip of
/// several files), and nothing was written.
pub(super) fn patch(original: File, marking: &Marking<'_>, out: File) -> Result<bool, AnnotateError> {
    let Ok(mut package) = Package::read(original) else { return Ok(false) };
    let Some(book) = read_book(&mut package)? else { return Ok(false) };
    let styles_part = book.relationships.iter().find(|found| found.kind == "styles").map(|found| found.target.clone());
    let styles_text = match &styles_part {
        Some(part) => package.find_text(part)?,
        None => None,
    };
    let mut styles = StyleBook::read(styles_text)?;
    let mut changes = Changes::default();
    let plans = plan_sheets(&mut package, &book, (marking, &styles), &mut changes)?;
    let list_part = plan_lists(&mut package, &book, styles_part.as_deref(), &mut changes)?;
    let mut zip = ZipWriter::new(BufWriter::new(out));
    copy_parts(&mut package, &mut zip, (&plans, &mut styles), &changes)?;
    for (name, text) in changes.parts.iter().filter(|(name, _)| package.find(name).is_none()) {
        if let Some(text) = text {
            put(&mut zip, name, text.as_bytes())?;
        }
    }
    let names = book.sheets.iter().map(|sheet| (sheet.name.clone(), sheet.name.clone())).collect();
    zip.start_file(&list_part, options()).map_err(AnnotateError::package)?;
    list::write(BufWriter::new(&mut zip), marking, &styles.list, &names)?;
    put(&mut zip, styles_part.as_deref().unwrap_or("xl/styles.xml"), styles.write().as_bytes())?;
    let mut file = zip.finish().map_err(AnnotateError::package)?;
    file.flush().map_err(AnnotateError::package)?;
    Ok(true)
}

/// No part is announced as large: LibreOffice opens no package that has such a part.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .large_file(false)
}

fn put(zip: &mut ZipWriter<BufWriter<File>>, name: &str, bytes: &[u8]) -> Result<(), AnnotateError> {
    zip.start_file(name, options()).map_err(AnnotateError::package)?;
    zip.write_all(bytes).map_err(AnnotateError::package)
}

/// Reads the workbook's lists; `None` when the package is no xlsx or xlsm.
fn read_book(package: &mut Package) -> Result<Option<Book>, AnnotateError> {
    let Some(content_types) = package.find_text("[Content_Types].xml")? else { return Ok(None) };
    let root = package.relationships("")?;
    let Some(start) = root.iter().find(|found| found.kind == "officeDocument") else { return Ok(None) };
    let part = start.target.clone();
    if !part.ends_with(".xml") {
        return Ok(None);
    }
    let Some(text) = package.find_text(&part)? else { return Ok(None) };
    let relationships = package.relationships(&part)?;
    let office = start.full_kind.strip_suffix("/officeDocument").unwrap_or(OFFICE).to_owned();
    let by_id: BTreeMap<&str, &Relationship> =
        relationships.iter().map(|relationship| (relationship.id.as_str(), relationship)).collect();
    let mut sheets = Vec::new();
    let mut is_workbook = false;
    let mut reader = text_reader(&text);
    loop {
        match reader.read_event().map_err(AnnotateError::package)? {
            Event::Start(start) | Event::Empty(start) => match local(&start).as_str() {
                "workbook" => is_workbook = true,
                "sheet" => {
                    let Some(found) = attribute(&start, "id").and_then(|id| by_id.get(id.as_str()).copied()) else {
                        continue;
                    };
                    sheets.push(Sheet {
                        name: attribute(&start, "name").unwrap_or_default(),
                        part: found.target.clone(),
                        is_worksheet: found.kind == "worksheet",
                    });
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    let book = Book { part, text, office, sheets, content_types, relationships: relationships.clone() };
    Ok(is_workbook.then_some(book).filter(|book| !book.sheets.is_empty()))
}

/// Decides for each worksheet what is marked in it, and rewrites its notes.
fn plan_sheets(
    package: &mut Package,
    book: &Book,
    known: (&Marking<'_>, &StyleBook),
    changes: &mut Changes,
) -> Result<BTreeMap<String, SheetPlan>, AnnotateError> {
    let (marking, styles) = known;
    let marks = marks_of(marking.issues);
    let nothing = SheetMarks::new();
    let mut plans = BTreeMap::new();
    for (at, sheet) in
        book.sheets.iter().enumerate().filter(|(_, sheet)| sheet.is_worksheet && sheet.name != LIST_SHEET)
    {
        let marks = marks.get(sheet.name.as_str()).unwrap_or(&nothing);
        let relationships = package.relationships(&sheet.part)?;
        let target =
            |kind: &str| relationships.iter().find(|found| found.kind == kind).map(|found| found.target.clone());
        let (comments_part, drawing_part) = (target("comments"), target("vmlDrawing"));
        let comments = match &comments_part {
            Some(part) => package.find_text(part)?,
            None => None,
        };
        let had_notes = comments.as_ref().is_some_and(|text| text.contains(NOTE_AUTHOR));
        if marks.is_empty() && !had_notes && !styles.has_marks() {
            continue;
        }
        let Some(place) = package.find(&sheet.part) else { continue };
        let survey = survey(package.stream(place)?)?;
        let marks = move_to_shown_cells(marks, &survey.merges);
        let notes = notes_of(&marks, marking);
        let mut notes_drawing = None;
        if !notes.is_empty() || had_notes {
            let rewritten = comments_xml::rewrite(comments.as_deref(), &notes)?;
            let drawing_part = drawing_part.filter(|_| survey.has_notes_drawing);
            let drawing = match &drawing_part {
                Some(part) => package.find_text(part)?,
                None => None,
            };
            let lines = |cell: &(u32, u32)| notes.get(cell).map_or(3, |note| note_lines(note));
            let added: Vec<_> = rewritten.added.iter().map(|cell| (*cell, lines(cell))).collect();
            let drawing = vml::rewrite(drawing.as_deref(), &rewritten.removed, &added);
            let parts = NoteParts { at, comments: comments_part, drawing: drawing_part, relationships: &relationships };
            notes_drawing = plan_notes(package, (book, &sheet.part), (parts, rewritten, drawing), changes)?;
        }
        plans.insert(normal(&sheet.part), SheetPlan { marks, notes_drawing });
    }
    Ok(plans)
}

fn note_lines(note: &str) -> usize {
    note.lines().map(|line| line.chars().count() / 20 + 1).sum()
}

/// Where a sheet's notes are, or will be.
struct NoteParts<'a> {
    at: usize,
    comments: Option<String>,
    drawing: Option<String>,
    relationships: &'a [Relationship],
}

/// Sets the parts of a sheet's notes, new ones with their relationships; gives the link the sheet must get.
fn plan_notes(
    package: &mut Package,
    place: (&Book, &str),
    content: (NoteParts<'_>, Comments, String),
    changes: &mut Changes,
) -> Result<Option<(String, String)>, AnnotateError> {
    let ((book, sheet), (parts, comments, drawing)) = (place, content);
    let folder = book.part.rsplit_once('/').map_or("", |(folder, _)| folder);
    let new_name = |name: String| free_name(package, &format!("{folder}/{name}"));
    let new_comments = new_name(format!("gongzhi_comments{}.xml", parts.at + 1));
    let new_drawing = new_name(format!("drawings/gongzhi_notes{}.vml", parts.at + 1));
    let taken: BTreeSet<&str> = parts.relationships.iter().map(|found| found.id.as_str()).collect();
    let mut lines = String::new();
    let mut link = None;
    let relate = |kind: &str, target: &str, changes: &mut String| {
        let id = (1..)
            .map(|number| format!("rIdGz{number}"))
            .find(|id| !taken.contains(id.as_str()) && !changes.contains(&format!("\"{id}\"")));
        let id = id.unwrap_or_default();
        changes.push_str(&format!(
            "<@Relationship Id=\"{id}\" Type=\"{}/{kind}\" Target=\"/{}\"/>",
            book.office,
            escaped(target)
        ));
        id
    };
    if parts.comments.is_none() {
        relate("comments", &new_comments, &mut lines);
        changes.new_types.push((new_comments.clone(), format!("{CONTENT}.comments+xml")));
    }
    if parts.drawing.is_none() {
        let id = relate("vmlDrawing", &new_drawing, &mut lines);
        changes.needs_vml = true;
        link = Some((id, book.office.clone()));
    }
    changes.set(parts.comments.as_deref().unwrap_or(&new_comments), comments.xml);
    changes.set(parts.drawing.as_deref().unwrap_or(&new_drawing), drawing);
    if !lines.is_empty() {
        let name = relationships_name(sheet);
        let text = package.find_text(&name)?.unwrap_or_else(bare_relationships);
        changes.set(&name, append_to_root(&text, |prefix| lines.replace('@', prefix))?);
    }
    Ok(link)
}

fn bare_relationships() -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"></Relationships>".to_owned()
}

fn free_name(package: &Package, name: &str) -> String {
    let name = name.trim_start_matches('/');
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "xml"));
    let mut free = name.to_owned();
    let mut number = 1;
    while package.find(&free).is_some() {
        number += 1;
        free = format!("{stem}_{number}.{ending}");
    }
    free
}

/// The lists of parts with the list sheet, the notes and, when there were none, the styles; gives the list's part. The
/// list of an earlier annotation gives way to the new one.
fn plan_lists(
    package: &mut Package,
    book: &Book,
    styles_part: Option<&str>,
    changes: &mut Changes,
) -> Result<String, AnnotateError> {
    let mut lines = String::new();
    let mut book_text = book.text.clone();
    let earlier = book.sheets.iter().find(|sheet| sheet.name == LIST_SHEET).map(|sheet| sheet.part.clone());
    let folder = book.part.rsplit_once('/').map_or("", |(folder, _)| folder);
    let list_part = match earlier {
        Some(part) => {
            changes.parts.insert(relationships_name(&part), None);
            part
        }
        None => {
            let part = free_name(package, &format!("{folder}/worksheets/gongzhi_issues.xml"));
            book_text = with_sheet(&book.text, "rIdGzList", &book.office)?;
            lines.push_str(&relationship_line(book, ("rIdGzList", "worksheet"), &part));
            changes.new_types.push((part.clone(), format!("{CONTENT}.worksheet+xml")));
            part
        }
    };
    // The list is streamed and the styles are known last: both are left out while the others are copied.
    changes.parts.insert(list_part.clone(), None);
    changes.parts.insert(styles_part.unwrap_or("xl/styles.xml").to_owned(), None);
    if styles_part.is_none() {
        lines.push_str(&relationship_line(book, ("rIdGzStyles", "styles"), "xl/styles.xml"));
        changes.new_types.push(("xl/styles.xml".to_owned(), format!("{CONTENT}.styles+xml")));
    }
    if !lines.is_empty() {
        let name = relationships_name(&book.part);
        let text = package.find_text(&name)?.unwrap_or_else(bare_relationships);
        changes.set(&name, append_to_root(&text, |prefix| lines.replace('@', prefix))?);
    }
    changes.set(&book.part, book_text);
    let types = types_lines(book, changes);
    changes.set("[Content_Types].xml", append_to_root(&book.content_types, |prefix| types.replace('@', prefix))?);
    Ok(list_part)
}

fn relationship_line(book: &Book, what: (&str, &str), target: &str) -> String {
    let (id, kind) = what;
    format!("<@Relationship Id=\"{id}\" Type=\"{}/{kind}\" Target=\"/{}\"/>", book.office, escaped(target))
}

fn types_lines(book: &Book, changes: &Changes) -> String {
    let mut lines = String::new();
    if changes.needs_vml && !book.content_types.to_lowercase().contains("extension=\"vml\"") {
        lines.push_str(
            "<@Default Extension=\"vml\" ContentType=\"application/vnd.openxmlformats-officedocument.vmlDrawing\"/>",
        );
    }
    for (part, kind) in &changes.new_types {
        lines.push_str(&format!("<@Override PartName=\"/{}\" ContentType=\"{kind}\"/>", escaped(part)));
    }
    lines
}

/// The workbook with one more sheet, behind the others so that no number of a sheet changes. It brings the namespace of its
/// relationship along: some programs declare it on each sheet and nowhere else. Its own name is in scope where the list
/// of sheets ends.
fn with_sheet(text: &str, id: &str, office: &str) -> Result<String, AnnotateError> {
    let mut reader = text_reader(text);
    let mut most = 0_u32;
    loop {
        let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match reader.read_event().map_err(AnnotateError::package)? {
            Event::Start(start) | Event::Empty(start) if local(&start) == "sheet" => {
                let number = attribute(&start, "sheetId").and_then(|number| number.parse().ok());
                most = most.max(number.unwrap_or(0));
            }
            Event::End(end) if end.local_name().into_inner() == "sheets" => {
                let prefix = prefix_of(end.name().into_inner());
                let number = most + 1;
                let sheet = format!(
                    "<{prefix}sheet xmlns:gz=\"{}\" name=\"{LIST_SHEET}\" sheetId=\"{number}\" gz:id=\"{id}\"/>",
                    escaped(office)
                );
                return Ok(format!("{}{sheet}{}", &text[..before], &text[before..]));
            }
            Event::Eof => return Err(AnnotateError::package("the workbook lists no sheets")),
            _ => {}
        }
    }
}

/// Copies every part: as it stands, with its new text, or, a sheet with marks, rewritten as it is read.
fn copy_parts(
    package: &mut Package,
    zip: &mut ZipWriter<BufWriter<File>>,
    sheets: (&BTreeMap<String, SheetPlan>, &mut StyleBook),
    changes: &Changes,
) -> Result<(), AnnotateError> {
    let (plans, styles) = sheets;
    let by_name: BTreeMap<String, &Option<String>> =
        changes.parts.iter().map(|(name, text)| (normal(name), text)).collect();
    for at in 0..package.archive.len() {
        let name = package.archive.name_for_index(at).and_then(Result::ok).map(|name| name.to_string());
        let Some(name) = name else { continue };
        let key = normal(&name);
        if let Some(plan) = plans.get(&key) {
            zip.start_file(&name, options()).map_err(AnnotateError::package)?;
            let notes_drawing = plan.notes_drawing.clone();
            let patch = SheetPatch { marks: &plan.marks, styles, notes_drawing };
            let mut out = BufWriter::with_capacity(64 << 10, &mut *zip);
            rewrite(package.stream(at)?, &mut out, patch)?;
            out.flush().map_err(AnnotateError::package)?;
            continue;
        }
        match by_name.get(&key) {
            Some(None) => {}
            Some(Some(text)) => put(zip, &name, text.as_bytes())?,
            None => {
                let part = package.archive.by_index_raw(at).map_err(AnnotateError::package)?;
                zip.raw_copy_file(part).map_err(AnnotateError::package)?;
            }
        }
    }
    Ok(())
}
