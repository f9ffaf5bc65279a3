//! The notes of a sheet: the clerk's own kept, ours of an earlier annotation taken out, the new ones added.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::Writer;
use quick_xml::events::{BytesStart, BytesText, Event};

use super::marks::NOTE_MARK;
use super::package::{attribute, escaped, local, prefix_of, text_reader};
use super::sheet_xml::place_of;
use super::{AnnotateError, NOTE_AUTHOR};

/// Rows and columns from 1.
pub(super) type Cell = (u32, u32);

/// Rewritten notes, and which cells' shapes come and go with them.
#[derive(Debug, Default)]
pub(super) struct Comments {
    pub(super) xml: String,
    /// Cells that have no note any more.
    pub(super) removed: BTreeSet<Cell>,
    /// Cells that had none and have one now.
    pub(super) added: BTreeSet<Cell>,
}

/// A part without notes.
const BARE: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors></authors><commentList></commentList></comments>"#;

/// Puts the notes into the part, or makes one.
pub(super) fn rewrite(existing: Option<&str>, notes: &BTreeMap<Cell, String>) -> Result<Comments, AnnotateError> {
    let text = existing.unwrap_or(BARE);
    let mut editing = Editing {
        writer: Writer::new(Vec::new()),
        notes,
        prefix: String::new(),
        authors: 0,
        our_author: None,
        current: None,
        kept: BTreeSet::new(),
        ours: BTreeSet::new(),
    };
    let mut reader = text_reader(text);
    loop {
        match reader.read_event().map_err(AnnotateError::package)? {
            Event::Eof => break,
            event => editing.event(event)?,
        }
    }
    let Editing { writer, kept, ours, .. } = editing;
    let cells: BTreeSet<Cell> = notes.keys().copied().collect();
    let xml = String::from_utf8(writer.into_inner()).map_err(AnnotateError::package)?;
    Ok(Comments {
        xml,
        removed: ours.difference(&cells).copied().collect(),
        added: cells.iter().filter(|cell| !kept.contains(*cell) && !ours.contains(*cell)).copied().collect(),
    })
}

/// One comment held back until its end is seen.
struct Held {
    cell: Option<Cell>,
    is_ours: bool,
    events: Vec<Event<'static>>,
}

struct Editing<'a> {
    writer: Writer<Vec<u8>>,
    notes: &'a BTreeMap<Cell, String>,
    prefix: String,
    authors: usize,
    our_author: Option<usize>,
    current: Option<Held>,
    /// Cells with a note of the clerk's.
    kept: BTreeSet<Cell>,
    /// Cells with an earlier note of ours.
    ours: BTreeSet<Cell>,
}

impl Editing<'_> {
    fn put(&mut self, event: Event<'_>) -> Result<(), AnnotateError> {
        self.writer.write_event(event).map_err(AnnotateError::package)
    }

    fn event(&mut self, event: Event<'_>) -> Result<(), AnnotateError> {
        if let Some(held) = &mut self.current {
            let is_end = matches!(&event, Event::End(end) if end.local_name().into_inner() == "comment");
            held.events.push(event.into_owned());
            return if is_end { self.settle() } else { Ok(()) };
        }
        match &event {
            Event::Start(start) => match local(start).as_str() {
                "comments" => self.prefix = prefix_of(start.name().into_inner()),
                "author" => self.authors += 1,
                "comment" => {
                    self.hold(start);
                    return Ok(());
                }
                _ => {}
            },
            Event::Empty(start) => match local(start).as_str() {
                "author" => self.authors += 1,
                "authors" | "commentList" => return self.fill_empty(start),
                _ => {}
            },
            Event::Text(text) if &**text == NOTE_AUTHOR => self.our_author = self.authors.checked_sub(1),
            Event::End(end) => match end.local_name().into_inner() {
                "authors" => self.write_author()?,
                "commentList" => self.write_new()?,
                _ => {}
            },
            _ => {}
        }
        self.put(event)
    }

    fn fill_empty(&mut self, start: &BytesStart<'_>) -> Result<(), AnnotateError> {
        self.put(Event::Start(start.borrow()))?;
        if local(start) == "authors" {
            self.write_author()?
        } else {
            self.write_new()?
        }
        self.put(Event::End(start.to_end()))
    }

    fn hold(&mut self, start: &BytesStart<'_>) {
        let cell =
            attribute(start, "ref").and_then(|address| place_of(&address)).map(|place| (place.row, place.column));
        let author = attribute(start, "authorId").and_then(|text| text.parse::<usize>().ok());
        let is_ours = author.is_some() && author == self.our_author;
        self.current = Some(Held { cell, is_ours, events: vec![Event::Start(start.to_owned())] });
    }

    /// A comment is over: ours is dropped, the clerk's written back with our words behind hers.
    fn settle(&mut self) -> Result<(), AnnotateError> {
        let Some(held) = self.current.take() else { return Ok(()) };
        if held.is_ours {
            self.ours.extend(held.cell);
            return Ok(());
        }
        self.kept.extend(held.cell);
        let addition = held.cell.and_then(|cell| self.notes.get(&cell));
        let mut addition = addition.map(|note| self.run(&format!("\n{note}")));
        let mut run: Vec<Event<'static>> = Vec::new();
        for event in held.events {
            let name = match &event {
                Event::Start(start) | Event::Empty(start) => local(start),
                Event::End(end) => end.local_name().into_inner().to_owned(),
                _ => String::new(),
            };
            let begins_run = name == "r" && matches!(event, Event::Start(_));
            let ends_run = name == "r" && matches!(event, Event::End(_));
            if begins_run || !run.is_empty() {
                run.push(event);
                if ends_run {
                    self.write_run(std::mem::take(&mut run))?;
                }
                continue;
            }
            let ends_text = matches!(event, Event::End(_)) && name == "text";
            if ends_text || name == "rPh" || name == "phoneticPr" {
                self.put_raw(addition.take())?;
            }
            self.put(event)?;
        }
        Ok(())
    }

    /// A run of the clerk's; one that an earlier annotation added is dropped.
    fn write_run(&mut self, run: Vec<Event<'static>>) -> Result<(), AnnotateError> {
        let ours =
            run.iter().any(|event| matches!(event, Event::Text(text) if text.trim_start().starts_with(NOTE_MARK)));
        if ours {
            return Ok(());
        }
        run.into_iter().try_for_each(|event| self.put(event))
    }

    fn write_author(&mut self) -> Result<(), AnnotateError> {
        if self.our_author.is_some() {
            return Ok(());
        }
        self.our_author = Some(self.authors);
        self.authors += 1;
        let author = BytesStart::new(format!("{}author", self.prefix));
        self.put(Event::Start(author.borrow()))?;
        self.put(Event::Text(BytesText::new(NOTE_AUTHOR)))?;
        self.put(Event::End(author.to_end()))
    }

    fn write_new(&mut self) -> Result<(), AnnotateError> {
        let (p, author) = (self.prefix.clone(), self.our_author.unwrap_or(0));
        let notes = self.notes;
        for ((row, column), note) in notes {
            if self.kept.contains(&(*row, *column)) {
                continue;
            }
            let address = gongzhi_core::issues::CellPlace { row: *row, column: *column }.address();
            let run = self.run(note);
            let comment =
                format!("<{p}comment ref=\"{address}\" authorId=\"{author}\"><{p}text>{run}</{p}text></{p}comment>");
            self.put_raw(Some(comment))?;
        }
        Ok(())
    }

    fn run(&self, text: &str) -> String {
        let p = &self.prefix;
        format!(
            "<{p}r><{p}rPr><{p}sz val=\"9\"/><{p}color rgb=\"FF9C0006\"/><{p}rFont val=\"微软雅黑\"/></{p}rPr><{p}t xml:space=\"preserve\">{}</{p}t></{p}r>",
            escaped(text)
        )
    }

    fn put_raw(&mut self, xml: Option<String>) -> Result<(), AnnotateError> {
        let Some(xml) = xml else { return Ok(()) };
        self.put(Event::Text(BytesText::from_escaped(xml)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERS: &str = r#"<comments xmlns="m"><authors><author>科员</author></authors><commentList><comment ref="B2" authorId="0"><text><r><t>待核</t></r></text></comment><comment ref="C3" authorId="0"><text><t>已核</t></text></comment></commentList></comments>"#;

    fn notes(cells: &[Cell]) -> BTreeMap<Cell, String> {
        cells.iter().map(|cell| (*cell, format!("{NOTE_MARK}\n一 & 二"))).collect()
    }

    #[test]
    fn her_notes_are_kept_and_ours_come_behind_them() {
        let out = rewrite(Some(HERS), &notes(&[(2, 2), (4, 1)])).unwrap();
        assert!(out.xml.contains("<t>待核</t></r><r>"), "{}", out.xml);
        assert!(out.xml.contains("一 &amp; 二"));
        assert!(out.xml.contains("<comment ref=\"A4\" authorId=\"1\">"));
        assert_eq!(out.added.into_iter().collect::<Vec<_>>(), [(4, 1)]);
        assert!(out.removed.is_empty());
    }

    #[test]
    fn a_second_annotation_leaves_nothing_of_the_first() {
        let first = rewrite(Some(HERS), &notes(&[(2, 2), (4, 1)])).unwrap();
        let second = rewrite(Some(&first.xml), &notes(&[(3, 3)])).unwrap();
        assert_eq!(second.xml.matches(NOTE_MARK).count(), 1, "{}", second.xml);
        assert_eq!(second.xml.matches(NOTE_AUTHOR).count(), 1);
        assert_eq!(second.removed.into_iter().collect::<Vec<_>>(), [(4, 1)]);
        assert!(second.xml.contains("待核") && second.xml.contains("已核"));
        let third = rewrite(Some(&second.xml), &BTreeMap::new()).unwrap();
        assert!(!third.xml.contains(NOTE_MARK));
    }
}
