//! A file that is no xlsx becomes one: the same cells in the same places, with the marks.

use std::collections::BTreeMap;

use chrono::{NaiveTime, Timelike};
use gongzhi_core::catalog::Severity;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, FormatUnderline, Note, Url, Workbook, Worksheet};

use super::marks::{SheetMarks, marks_of, move_to_shown_cells, notes_of};
use super::{AnnotateError, LIST_SHEET, Marking, NOTE_AUTHOR, list};
use crate::read::{Merge, RawEvent, Row, RowStream, SheetFacts, Value};
use crate::workbook::{
    FONT, HEADER_COLOUR, LINE_COLOUR, QUIET_COLOUR, SheetNames, WorkbookError, column_number, cut, day_serial,
    looks_like_formula, properties,
};

/// Rows held before a sheet is written row by row.
const ROWS_IN_MEMORY: usize = 10_000;
const ERROR_GROUND: u32 = 0xFF_C9CB;
const WARNING_GROUND: u32 = 0xFF_E9A3;
const CELL_SIGNS: usize = 32_767;

/// Writes the rows of the stream and the list of issues as a new workbook.
pub(super) fn rebuild(stream: &mut RowStream, marking: &Marking<'_>) -> Result<Vec<u8>, AnnotateError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(marking.made).map_err(WorkbookError::from)?);
    let mut names = SheetNames::default();
    names.take(LIST_SHEET);
    let mut new_names = BTreeMap::new();
    let marks = marks_of(marking.issues);
    let mut sheet: Option<SheetWriter<'_>> = None;
    while let Some(event) = stream.next_event()? {
        match event {
            RawEvent::Sheet(facts) => {
                let name = names.take(&facts.name);
                new_names.insert(facts.name.clone(), name.clone());
                let marks = marks.get(facts.name.as_str()).cloned().unwrap_or_default();
                sheet = Some(SheetWriter::new(facts, name, &marks, marking));
            }
            RawEvent::Row(row) => {
                if let Some(sheet) = &mut sheet {
                    sheet.row(row, &mut workbook)?;
                }
            }
            RawEvent::SheetEnd => {
                if let Some(sheet) = sheet.take() {
                    sheet.finish(&mut workbook)?;
                }
            }
            RawEvent::File(_) | RawEvent::Notice(_) => {}
        }
    }
    write_list(&mut workbook, marking, &new_names).map_err(WorkbookError::from)?;
    Ok(workbook.save_to_buffer().map_err(WorkbookError::from)?)
}

/// A sheet being written: its first rows are held until it is known whether they are few.
struct SheetWriter<'a> {
    facts: SheetFacts,
    name: String,
    marks: SheetMarks,
    marking: &'a Marking<'a>,
    styles: Styles,
    held: Vec<Row>,
    /// Position of the sheet in the workbook once it is written row by row.
    begun: Option<Begun>,
}

/// A sheet of very many rows.
struct Begun {
    sheet: Worksheet,
    next_marked_row: u32,
}

impl<'a> SheetWriter<'a> {
    fn new(facts: &SheetFacts, name: String, marks: &SheetMarks, marking: &'a Marking<'a>) -> Self {
        let marks = move_to_shown_cells(marks, &facts.merges);
        Self { facts: facts.clone(), name, marks, marking, styles: Styles::new(), held: Vec::new(), begun: None }
    }

    fn row(&mut self, row: &Row, workbook: &mut Workbook) -> Result<(), AnnotateError> {
        if self.begun.is_none() && self.held.len() < ROWS_IN_MEMORY {
            self.held.push(row.clone());
            return Ok(());
        }
        if self.begun.is_none() {
            let sheet = workbook.new_worksheet_with_constant_memory().map_err(WorkbookError::from)?;
            self.begin(sheet)?;
        }
        self.write_row(row)
    }

    fn begin(&mut self, mut sheet: Worksheet) -> Result<(), AnnotateError> {
        sheet.set_name(&self.name).map_err(WorkbookError::from)?;
        let rows = std::mem::take(&mut self.held);
        self.set_widths(&mut sheet, &rows)?;
        self.begun = Some(Begun { sheet, next_marked_row: 1 });
        rows.iter().try_for_each(|row| self.write_row(row))
    }

    fn finish(mut self, workbook: &mut Workbook) -> Result<(), AnnotateError> {
        if self.begun.is_none() {
            self.begin(Worksheet::new())?;
        }
        self.marks_before(u32::MAX)?;
        let notes = notes_of(&self.marks, self.marking);
        if let Some(mut begun) = self.begun {
            for ((row, column), text) in notes.into_iter().filter(|((row, column), _)| fits(*row, *column)) {
                let lines = text.lines().map(|line| line.chars().count() / 20 + 1).sum::<usize>();
                let note = Note::new(text)
                    .set_author(NOTE_AUTHOR)
                    .add_author_prefix(false)
                    .set_width(280)
                    .set_height(u32::try_from(lines.clamp(3, 24) * 18).unwrap_or(90))
                    .set_font_name(FONT)
                    .set_font_size(9)
                    .set_background_color(0xFF_FBE6);
                let column = column_number(column as usize - 1);
                begun.sheet.insert_note(row - 1, column, &note).map_err(WorkbookError::from)?;
            }
            workbook.push_worksheet(begun.sheet);
        }
        Ok(())
    }

    /// Widths that show most of what stands in the first rows.
    fn set_widths(&self, sheet: &mut Worksheet, rows: &[Row]) -> Result<(), AnnotateError> {
        let mut widths: BTreeMap<u32, f64> = BTreeMap::new();
        let spans_columns = |row: u32, column: u32| {
            let covers = |merge: &Merge| merge.first_row == row && merge.first_column == column;
            self.facts.merges.iter().any(|merge| covers(merge) && merge.last_column > merge.first_column)
        };
        for row in rows.iter().take(200) {
            let alone = row.len() == 1 && row.number() < 5;
            for (column, value) in row.iter().filter(|(column, _)| !alone && !spans_columns(row.number(), *column)) {
                let shown = match value {
                    Value::Text(text) => text.chars().map(|sign| if sign.is_ascii() { 1.1 } else { 2.1 }).sum(),
                    Value::Number(number) => number.seen().len() as f64 * 1.1,
                    Value::Date(_) => 11.0,
                    _ => 5.0,
                };
                let width = widths.entry(column).or_insert(8.0);
                *width = f64::max(*width, shown + 2.0).min(48.0);
            }
        }
        for (column, width) in widths.into_iter().filter(|(column, _)| *column < 16_384) {
            sheet.set_column_width(column_number(column as usize), width).map_err(WorkbookError::from)?;
        }
        Ok(())
    }

    fn write_row(&mut self, row: &Row) -> Result<(), AnnotateError> {
        let number = row.number();
        self.marks_before(number)?;
        let Some(begun) = &mut self.begun else { return Ok(()) };
        begun.next_marked_row = number + 1;
        for merge in self.facts.merges.iter().filter(|merge| merge.first_row == number && merge.last_column < 16_384) {
            let (first, last) = (column_number(merge.first_column as usize), column_number(merge.last_column as usize));
            // Merges that overlap are refused; the cells are written all the same.
            let style = &self.styles.merged;
            begun.sheet.merge_range(merge.first_row - 1, first, merge.last_row - 1, last, "", style).ok();
        }
        let marks = self.marks.get(&number);
        for (column, value) in row.iter().filter(|(column, _)| fits(number, *column + 1)) {
            let severity = marks.and_then(|cells| cells.get(&(column + 1))).map(|mark| mark.severity);
            let place = (number - 1, column_number(column as usize));
            write_value(&mut begun.sheet, place, value, self.styles.of(value, severity))
                .map_err(WorkbookError::from)?;
        }
        let missing = marks.into_iter().flatten().filter(|(column, _)| row.value_at(**column - 1).is_empty());
        for (column, mark) in missing.filter(|(column, _)| fits(number, **column)) {
            let format = self.styles.of(Value::Empty, Some(mark.severity));
            let column = column_number(*column as usize - 1);
            begun.sheet.write_blank(number - 1, column, format).map_err(WorkbookError::from)?;
        }
        Ok(())
    }

    /// Colours marked cells of rows that hold nothing.
    fn marks_before(&mut self, number: u32) -> Result<(), AnnotateError> {
        let Some(begun) = &mut self.begun else { return Ok(()) };
        if begun.next_marked_row >= number {
            return Ok(());
        }
        for (row, cells) in self.marks.range(begun.next_marked_row..number) {
            for (column, mark) in cells.iter().filter(|(column, _)| fits(*row, **column)) {
                let format = self.styles.of(Value::Empty, Some(mark.severity));
                let column = column_number(*column as usize - 1);
                begun.sheet.write_blank(*row - 1, column, format).map_err(WorkbookError::from)?;
            }
        }
        begun.next_marked_row = number;
        Ok(())
    }
}

/// Whether a sheet has such a cell; row and column from 1.
fn fits(row: u32, column: u32) -> bool {
    (1..=1_048_576).contains(&row) && (1..=16_384).contains(&column)
}

fn write_value(
    sheet: &mut Worksheet,
    place: (u32, u16),
    value: Value<'_>,
    format: &Format,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    let (row, column) = place;
    let as_percent = matches!(value, Value::Number(number) if number.is_percent());
    let percent = as_percent.then(|| format.clone().set_num_format("0.00%"));
    let format = percent.as_ref().unwrap_or(format);
    let figure = match value {
        Value::Empty => return sheet.write_blank(row, column, format).map(|_| ()),
        Value::Boolean(truth) => return sheet.write_boolean_with_format(row, column, truth, format).map(|_| ()),
        Value::Text(text) | Value::Error(text) => Err(cut(text, CELL_SIGNS)),
        // A figure whose format says what it is measured in: the new workbook says it in the cell.
        Value::Number(number) if !number.shown.is_empty() && !as_percent => Err(cut(number.shown, CELL_SIGNS)),
        Value::Number(number) => {
            let digits = number.text.bytes().filter(u8::is_ascii_digit).count();
            let fits = digits <= 15 || number.digits_lost;
            let parsed = number.text.parse::<f64>().ok().filter(|figure| fits && figure.is_finite());
            parsed.ok_or_else(|| number.text.to_owned())
        }
        Value::Date(moment) => {
            let part = f64::from(moment.time().num_seconds_from_midnight()) / 86_400.0;
            day_serial(moment.date()).map(|day| day + part).ok_or_else(|| moment.date().to_string())
        }
    };
    match figure {
        Ok(figure) => sheet.write_number_with_format(row, column, figure, format).map(|_| ()),
        Err(text) => sheet.write_string_with_format(row, column, text, format).map(|_| ()),
    }
}

/// The formats of a sheet's cells: by sort of value and by mark.
struct Styles {
    /// Text, figure, day, moment, text like a formula; each plain, wrong, doubtful.
    cells: [[Format; 3]; 5],
    merged: Format,
}

impl Styles {
    fn new() -> Self {
        let plain = Format::new().set_font_name(FONT).set_font_size(10).set_align(FormatAlign::VerticalCenter);
        let plain = plain.set_border(FormatBorder::Thin).set_border_color(LINE_COLOUR);
        let three = |format: Format| {
            [
                format.clone(),
                format.clone().set_background_color(ERROR_GROUND),
                format.set_background_color(WARNING_GROUND),
            ]
        };
        Self {
            cells: [
                three(plain.clone().set_num_format_index(49)),
                three(plain.clone()),
                three(plain.clone().set_num_format("yyyy-mm-dd")),
                three(plain.clone().set_num_format("yyyy-mm-dd hh:mm:ss")),
                three(plain.clone().set_num_format_index(49).set_quote_prefix()),
            ],
            merged: plain.set_num_format_index(49).set_text_wrap(),
        }
    }

    fn of(&self, value: Value<'_>, severity: Option<Severity>) -> &Format {
        let sort = match value {
            Value::Text(text) if looks_like_formula(text) => 4,
            Value::Empty | Value::Text(_) | Value::Error(_) => 0,
            Value::Number(number) if !number.shown.is_empty() => 0,
            Value::Number(_) | Value::Boolean(_) => 1,
            Value::Date(moment) if moment.time() == NaiveTime::MIN => 2,
            Value::Date(_) => 3,
        };
        let mark = match severity {
            None => 0,
            Some(Severity::Error) => 1,
            Some(Severity::Warning) => 2,
        };
        &self.cells[sort][mark]
    }
}

/// The list of issues as the last sheet.
fn write_list(
    workbook: &mut Workbook,
    marking: &Marking<'_>,
    names: &BTreeMap<String, String>,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    let sheet = if marking.issues.len() > ROWS_IN_MEMORY {
        workbook.add_worksheet_with_constant_memory()?
    } else {
        workbook.add_worksheet()
    };
    let plain = Format::new().set_font_name(FONT).set_font_size(10).set_align(FormatAlign::VerticalCenter);
    let boxed = plain.clone().set_border(FormatBorder::Thin).set_border_color(LINE_COLOUR).set_num_format_index(49);
    let text = boxed.clone().set_text_wrap();
    let header = text.clone().set_bold().set_font_color(0xFF_FFFF).set_background_color(HEADER_COLOUR);
    let header = header.set_align(FormatAlign::Center);
    let link = boxed.clone().set_font_color(0x05_63C1).set_underline(FormatUnderline::Single);
    let grounds = [ERROR_GROUND, WARNING_GROUND].map(|ground| text.clone().set_background_color(ground));
    sheet.set_name(LIST_SHEET)?.set_screen_gridlines(false).set_tab_color(0xC0_0000);
    for (at, (_, width)) in list::COLUMNS.iter().enumerate() {
        sheet.set_column_width(column_number(at), *width)?;
    }
    let [title, line] = list::head(marking);
    let title_style = plain.clone().set_font_size(15).set_bold().set_font_color(HEADER_COLOUR);
    sheet.set_row_height(0, 28)?.write_string_with_format(0, 0, title, &title_style)?;
    sheet.write_string_with_format(1, 0, line, &plain.set_font_color(QUIET_COLOUR))?;
    let first = list::HEADER_ROW as u32;
    sheet.set_row_height(first - 1, 24)?;
    for (at, text) in list::headers(marking).into_iter().enumerate() {
        sheet.write_string_with_format(first - 1, column_number(at), text, &header)?;
    }
    let mut links = 0;
    for (number, issue) in marking.issues.iter().take(list::MOST_LISTED).enumerate() {
        let row = first + u32::try_from(number).unwrap_or(u32::MAX);
        let cells = list::row(number + 1, issue, marking);
        sheet.set_row_height(row, list::height(&cells))?;
        for (at, cell) in cells.into_iter().enumerate() {
            let target = list::link(issue, names).filter(|_| at == list::LINK_COLUMN && links < 65_000);
            if let Some(target) = target {
                links += 1;
                let url = Url::new(format!("internal:{target}")).set_text(cell);
                sheet.write_url_with_format(row, column_number(at), &url, &link)?;
                continue;
            }
            let style = match (at, issue.severity()) {
                (list::SEVERITY_COLUMN, Severity::Error) => &grounds[0],
                (list::SEVERITY_COLUMN, Severity::Warning) => &grounds[1],
                _ => &text,
            };
            sheet.write_string_with_format(row, column_number(at), cell, style)?;
        }
    }
    sheet.set_freeze_panes(first, 0)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}
