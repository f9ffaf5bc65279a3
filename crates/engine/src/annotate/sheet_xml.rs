//! A sheet's XML, first looked at, then rewritten as a stream: style numbers of wrong cells changed, cells and rows that
//! are missing put in their places, the link to the notes added. Everything else passes through as it stands.

use std::io::{BufRead, Write};

use gongzhi_core::issues::CellPlace;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use quick_xml::{Reader, Writer};

use super::AnnotateError;
use super::marks::{Mark, SheetMarks};
use super::package::{attribute, forgive, local, prefix_of, with_attributes};
use super::styles_xml::StyleBook;
use crate::read::Merge;

/// Merges that are looked at; more are not made by people.
const MOST_MERGES: usize = 200_000;

/// Elements of a worksheet that come after the link to the notes.
const AFTER_NOTES: [&str; 9] = [
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
];

/// What must be known of a sheet before it is rewritten.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) merges: Vec<Merge>,
    /// The sheet names a drawing of notes or controls.
    pub(super) has_notes_drawing: bool,
}

/// Looks at a sheet without keeping it.
pub(super) fn survey(input: impl BufRead) -> Result<Survey, AnnotateError> {
    let mut survey = Survey::default();
    let mut reader = Reader::from_reader(input);
    forgive(&mut reader);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(AnnotateError::package)? {
            Event::Start(start) | Event::Empty(start) => match start.local_name().into_inner() {
                "mergeCell" if survey.merges.len() < MOST_MERGES => {
                    survey.merges.extend(attribute(&start, "ref").and_then(|text| merge_of(&text)));
                }
                "legacyDrawing" => survey.has_notes_drawing = true,
                _ => {}
            },
            Event::Eof => return Ok(survey),
            _ => {}
        }
    }
}

fn merge_of(text: &str) -> Option<Merge> {
    let (first, last) = text.split_once(':')?;
    let (first, last) = (place_of(first)?, place_of(last)?);
    Some(Merge {
        first_row: first.row,
        first_column: first.column.checked_sub(1)?,
        last_row: last.row,
        last_column: last.column.checked_sub(1)?,
    })
}

/// The place an address such as `B7` or `$B$7` names.
pub(super) fn place_of(address: &str) -> Option<CellPlace> {
    let address = address.replace('$', "");
    let digits = address.find(|sign: char| sign.is_ascii_digit())?;
    let (letters, row) = address.split_at(digits);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters.bytes().try_fold(0_u32, |column, letter| {
        letter.is_ascii_alphabetic().then(|| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    })?;
    Some(CellPlace { row: row.parse().ok()?, column })
}

/// What a sheet is rewritten with.
pub(super) struct SheetPatch<'a> {
    pub(super) marks: &'a SheetMarks,
    pub(super) styles: &'a mut StyleBook,
    /// The relationship to the drawing of notes, when one must be added, with the namespace of such relationships.
    pub(super) notes_drawing: Option<(String, String)>,
}

/// Rewrites a sheet.
pub(super) fn rewrite(input: impl BufRead, output: impl Write, patch: SheetPatch<'_>) -> Result<(), AnnotateError> {
    let mut reader = Reader::from_reader(input);
    forgive(&mut reader);
    let mut rewriting = Rewriting {
        patch,
        writer: Writer::new(output),
        prefix: String::new(),
        depth: 0,
        columns: Vec::new(),
        row: RowState::default(),
        next_marked_row: 1,
        last_row: 0,
        in_data: false,
    };
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(AnnotateError::package)? {
            Event::Eof => return Ok(()),
            event => rewriting.event(event)?,
        }
    }
}

/// The row being rewritten.
#[derive(Debug, Default)]
struct RowState {
    number: u32,
    /// The row's own style, when it has one.
    style: Option<usize>,
    last_column: u32,
    /// Columns up to here have had their marks.
    done_column: u32,
}

struct Rewriting<'a, W: Write> {
    patch: SheetPatch<'a>,
    writer: Writer<W>,
    prefix: String,
    /// Elements that are open.
    depth: usize,
    /// First and last column and style of the sheet's column formats.
    columns: Vec<(u32, u32, usize)>,
    row: RowState,
    /// Marked rows before this one have been written.
    next_marked_row: u32,
    last_row: u32,
    in_data: bool,
}

impl<W: Write> Rewriting<'_, W> {
    fn event(&mut self, event: Event<'_>) -> Result<(), AnnotateError> {
        match event {
            Event::Start(start) => {
                self.open(&start, false)?;
                self.depth += 1;
                Ok(())
            }
            Event::Empty(start) => self.open(&start, true),
            Event::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                self.close(&end)
            }
            other => self.put(other),
        }
    }

    fn put(&mut self, event: Event<'_>) -> Result<(), AnnotateError> {
        self.writer.write_event(event).map_err(AnnotateError::package)
    }

    fn pass(&mut self, start: &BytesStart<'_>, is_empty: bool) -> Result<(), AnnotateError> {
        self.put(if is_empty { Event::Empty(start.borrow()) } else { Event::Start(start.borrow()) })
    }

    fn open(&mut self, start: &BytesStart<'_>, is_empty: bool) -> Result<(), AnnotateError> {
        let name = start.local_name().into_inner();
        match (self.depth, name) {
            (0, _) => self.prefix = prefix_of(start.name().into_inner()),
            (1, "dimension") => return self.dimension(start, is_empty),
            (1, "sheetData") => {
                self.in_data = true;
                if is_empty {
                    return self.expand(start, |own| own.rows_before(u32::MAX));
                }
            }
            (1, name) if AFTER_NOTES.contains(&name) => self.link_notes()?,
            (2, "col") => self.columns.extend(column_style(start)),
            (2, "row") if self.in_data => return self.open_row(start, is_empty),
            (3, "c") if self.in_data => return self.cell(start, is_empty),
            _ => {}
        }
        self.pass(start, is_empty)
    }

    fn close(&mut self, end: &BytesEnd<'_>) -> Result<(), AnnotateError> {
        match (self.depth, end.local_name().into_inner()) {
            (2, "row") if self.in_data => self.cells_before(u32::MAX)?,
            (1, "sheetData") => {
                self.rows_before(u32::MAX)?;
                self.in_data = false;
            }
            (0, _) => self.link_notes()?,
            _ => {}
        }
        self.put(Event::End(end.borrow()))
    }

    /// An empty element that gets content after all.
    fn expand(
        &mut self,
        start: &BytesStart<'_>,
        fill: impl FnOnce(&mut Self) -> Result<(), AnnotateError>,
    ) -> Result<(), AnnotateError> {
        self.put(Event::Start(start.borrow()))?;
        fill(self)?;
        self.put(Event::End(start.to_end()))
    }

    /// The stretch of cells a sheet says it has, widened to the marked ones.
    fn dimension(&mut self, start: &BytesStart<'_>, is_empty: bool) -> Result<(), AnnotateError> {
        let text = attribute(start, "ref").unwrap_or_default();
        let (first, last) = text.split_once(':').unwrap_or((&text, &text));
        let (Some(first), Some(mut last)) = (place_of(first), place_of(last)) else {
            return self.pass(start, is_empty);
        };
        let marks = self.patch.marks;
        last.row = last.row.max(marks.keys().next_back().copied().unwrap_or(1));
        let columns = marks.values().filter_map(|cells| cells.keys().next_back());
        last.column = last.column.max(columns.max().copied().unwrap_or(1));
        let first_marked = marks.values().filter_map(|cells| cells.keys().next()).min().copied();
        let first = CellPlace {
            row: first.row.min(marks.keys().next().copied().unwrap_or(first.row)),
            column: first.column.min(first_marked.unwrap_or(first.column)),
        };
        let stretch = format!("{}:{}", first.address(), last.address());
        self.pass(&with_attributes(start, &[("ref", &stretch)]), is_empty)
    }

    fn open_row(&mut self, start: &BytesStart<'_>, is_empty: bool) -> Result<(), AnnotateError> {
        let number = attribute(start, "r").and_then(|text| text.trim().parse().ok()).unwrap_or(self.last_row + 1);
        self.rows_before(number)?;
        self.last_row = number;
        self.next_marked_row = self.next_marked_row.max(number.saturating_add(1));
        let own = attribute(start, "customFormat").is_some_and(|value| matches!(value.as_str(), "1" | "true"));
        let style = attribute(start, "s").and_then(|text| text.parse().ok()).filter(|_| own);
        self.row = RowState { number, style, ..RowState::default() };
        if !self.patch.marks.contains_key(&number) {
            return self.pass(start, is_empty);
        }
        // The stretch of columns a row says it has may be too short now; it is a hint that may be left out.
        let start = with_attributes(start, &[("spans", "")]);
        if is_empty {
            return self.expand(&start, |own| own.cells_before(u32::MAX));
        }
        self.pass(&start, false)
    }

    fn cell(&mut self, start: &BytesStart<'_>, is_empty: bool) -> Result<(), AnnotateError> {
        let named = attribute(start, "r").and_then(|address| place_of(&address)).map(|place| place.column);
        let column = named.unwrap_or(self.row.last_column + 1);
        self.cells_before(column)?;
        self.row.last_column = column;
        self.row.done_column = self.row.done_column.max(column);
        let mark = self.patch.marks.get(&self.row.number).and_then(|cells| cells.get(&column));
        let severity = mark.map(|mark| mark.severity);
        let style: usize = attribute(start, "s").and_then(|text| text.parse().ok()).unwrap_or(0);
        let changed = self.patch.styles.style_for(style, severity);
        if changed == style {
            return self.pass(start, is_empty);
        }
        let changed = changed.to_string();
        self.pass(&with_attributes(start, &[("s", &changed)]), is_empty)
    }

    /// Writes the marked cells of the current row that have no cell yet and lie before this column.
    fn cells_before(&mut self, column: u32) -> Result<(), AnnotateError> {
        let marks = self.patch.marks;
        let Some(cells) = marks.get(&self.row.number) else { return Ok(()) };
        let from = self.row.done_column + 1;
        if from > column {
            return Ok(());
        }
        for (at, mark) in cells.range(from..column) {
            self.new_cell(*at, mark)?;
        }
        self.row.done_column = column.saturating_sub(1).max(self.row.done_column);
        Ok(())
    }

    fn new_cell(&mut self, column: u32, mark: &Mark) -> Result<(), AnnotateError> {
        let of_column = || self.columns.iter().find(|(first, last, _)| (*first..=*last).contains(&column));
        let style = self.row.style.or_else(|| of_column().map(|found| found.2)).unwrap_or(0);
        let style = self.patch.styles.style_for(style, Some(mark.severity)).to_string();
        let mut cell = BytesStart::new(format!("{}c", self.prefix));
        cell.push_attribute(("r", CellPlace { row: self.row.number, column }.address().as_str()));
        cell.push_attribute(("s", style.as_str()));
        self.put(Event::Empty(cell))
    }

    /// Writes the marked rows that have no row yet and lie before this one.
    fn rows_before(&mut self, number: u32) -> Result<(), AnnotateError> {
        if self.next_marked_row >= number {
            return Ok(());
        }
        let marks = self.patch.marks;
        for row in marks.range(self.next_marked_row..number).map(|(row, _)| *row) {
            self.row = RowState { number: row, ..RowState::default() };
            let mut start = BytesStart::new(format!("{}row", self.prefix));
            start.push_attribute(("r", row.to_string().as_str()));
            self.expand(&start, |own| own.cells_before(u32::MAX))?;
        }
        self.next_marked_row = number;
        Ok(())
    }

    fn link_notes(&mut self) -> Result<(), AnnotateError> {
        let Some((id, namespace)) = self.patch.notes_drawing.take() else { return Ok(()) };
        let mut link = BytesStart::new(format!("{}legacyDrawing", self.prefix));
        link.push_attribute(("xmlns:gz", namespace.as_str()));
        link.push_attribute(("gz:id", id.as_str()));
        self.put(Event::Empty(link))
    }
}

fn column_style(start: &BytesStart<'_>) -> Option<(u32, u32, usize)> {
    let number = |name| attribute(start, name)?.trim().parse::<u32>().ok();
    if local(start) != "col" {
        return None;
    }
    Some((number("min")?, number("max")?, usize::try_from(number("style")?).ok()?))
}

#[cfg(test)]
mod tests {
    use gongzhi_core::catalog::Severity;

    use super::*;

    fn marks(cells: &[(u32, u32)]) -> SheetMarks {
        let mut marks = SheetMarks::new();
        for (row, column) in cells {
            let mark = Mark { severity: Severity::Error, issues: vec![0] };
            marks.entry(*row).or_default().insert(*column, mark);
        }
        marks
    }

    fn rewritten(sheet: &str, cells: &[(u32, u32)]) -> String {
        let mut styles = StyleBook::read(None).unwrap();
        let mut out = Vec::new();
        let marks = marks(cells);
        let patch = SheetPatch { marks: &marks, styles: &mut styles, notes_drawing: None };
        rewrite(sheet.as_bytes(), &mut out, patch).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn missing_cells_and_rows_are_put_where_they_belong() {
        let sheet = r#"<worksheet><cols><col min="3" max="3" style="0"/></cols><sheetData><row r="2" spans="1:2"><c r="B2"><v>1 &amp; 2</v></c></row><row r="5"/></sheetData></worksheet>"#;
        let out = rewritten(sheet, &[(1, 1), (2, 1), (2, 2), (2, 3), (5, 2), (7, 1)]);
        let wrong = r#"s="8""#;
        let expected = format!(
            r#"<sheetData><row r="1"><c r="A1" {wrong}/></row><row r="2"><c r="A2" {wrong}/><c r="B2" {wrong}><v>1 &amp; 2</v></c><c r="C2" {wrong}/></row><row r="5"><c r="B5" {wrong}/></row><row r="7"><c r="A7" {wrong}/></row></sheetData>"#
        );
        assert!(out.contains(&expected), "{out}");
    }

    #[test]
    fn cells_without_addresses_are_counted() {
        let sheet = "<worksheet><sheetData><row><c/><c/></row><row><c/><c s=\"0\"/></row></sheetData></worksheet>";
        let out = rewritten(sheet, &[(2, 2)]);
        assert!(out.contains("<row><c/><c/></row><row><c/><c s=\"8\"/></row>"), "{out}");
    }

    #[test]
    fn a_sheet_without_marks_passes_as_it_stands() {
        let sheet = "<?xml version=\"1.0\"?>\n<x:worksheet xmlns:x=\"urn:x\"><x:sheetData>\r\n<x:row r='1'  ht=\"20\"><x:c r=\"A1\" t='s'><x:f>A&lt;B</x:f><x:v>0</x:v></x:c></x:row></x:sheetData><!-- end --></x:worksheet>";
        assert_eq!(rewritten(sheet, &[]), sheet);
    }

    #[test]
    fn the_link_to_the_notes_stands_before_tables() {
        let marks = marks(&[]);
        let mut styles = StyleBook::read(None).unwrap();
        let mut out = Vec::new();
        let notes_drawing = Some(("rId9".to_owned(), "urn:r".to_owned()));
        let patch = SheetPatch { marks: &marks, styles: &mut styles, notes_drawing };
        rewrite(&b"<worksheet><sheetData/><pageMargins/><tableParts/></worksheet>"[..], &mut out, patch).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("<pageMargins/><legacyDrawing xmlns:gz=\"urn:r\" gz:id=\"rId9\"/><tableParts/>"), "{out}");
    }
}
