//! Tables to a workbook: what a run gives people to read.
//!
//! A [`TableBook`] holds sheets of one table each: a title, lines under it, headers, typed columns. Rows are written as
//! they come and kept on disk meanwhile, so a sheet of a hundred thousand rows costs no more memory than one of ten.
//! The same tables give the same bytes: the day of creation is an argument, nothing else depends on the clock. Only
//! those parts of the format are used that WPS, Excel and LibreOffice honour alike.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use gongzhi_core::messages::Message;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Url, Workbook, Worksheet,
    XlsxError,
};

mod fit;

use fit::{height_of, lines_of};

use crate::pending::WholeFile;

/// The font of every sheet written: on each Windows, and stood in for by the system's own where it is missing.
pub(crate) const FONT: &str = "微软雅黑";
/// Ground of header cells.
pub(crate) const HEADER_COLOUR: u32 = 0x1F_4E79;
/// Lines between cells.
pub(crate) const LINE_COLOUR: u32 = 0xBF_C6D1;
/// Words that explain.
pub(crate) const QUIET_COLOUR: u32 = 0x59_6273;
/// Ground of cells that people fill in.
const FILL_COLOUR: u32 = 0xFF_F2CC;
/// What only the program reads again.
const FAINT_COLOUR: u32 = 0x9A_A3B2;

/// Signs a cell may hold.
const CELL_SIGNS: usize = 32_767;
/// Links a sheet may hold.
const SHEET_LINKS: usize = 65_530;
/// Rows a sheet may hold.
const SHEET_ROWS: u32 = 1_048_576;
/// Signs a link may hold.
const LINK_SIGNS: usize = 2_000;
/// Width over which a line under the title goes on below itself: what a screen shows.
const NOTE_WIDTH: f64 = 130.0;

/// A cell of a table written out.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A text; one that begins like a formula stays a text.
    Text(String),
    /// An amount, a quantity, a rate.
    Decimal(Decimal),
    /// A whole number.
    Integer(i64),
    /// A day.
    Date(NaiveDate),
    /// A text that leads somewhere: `internal:'Sheet'!B7`, `file:///…` or a web address.
    Link {
        /// What is shown.
        text: String,
        /// Where it leads.
        target: String,
    },
}

/// What a column holds: how its figures are shown and its texts are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColumnKind {
    /// Text on one line.
    #[default]
    Text,
    /// Text that goes on to the next line.
    Wrapped,
    /// Money with two places.
    Amount,
    /// A figure with up to four places.
    Quantity,
    /// A ratio as per cent.
    Rate,
    /// A whole number.
    Integer,
    /// A day.
    Date,
    /// A link.
    Link,
    /// To be filled in by people: on a ground that asks for it.
    Fill,
    /// For the program that reads the file again: small and grey.
    Quiet,
}

/// A column of a table written out.
#[derive(Debug, Clone, PartialEq)]
pub struct TableColumn {
    /// Header.
    pub header: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Width in signs of the default font; a Chinese sign takes two.
    pub width: f64,
    /// What may be chosen in its cells; empty: anything.
    pub choices: Vec<String>,
}

impl TableColumn {
    /// A column.
    pub fn new(header: impl Into<String>, kind: ColumnKind, width: f64) -> Self {
        Self { header: header.into(), kind, width, choices: Vec::new() }
    }

    /// The column with a list to choose from.
    pub fn with_choices(self, choices: Vec<String>) -> Self {
        Self { choices, ..self }
    }
}

/// What stands above a table's rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableHead {
    /// Name of the sheet; it is made to fit what a sheet may be called.
    pub sheet: String,
    /// Title; empty: none.
    pub title: String,
    /// Lines under the title.
    pub notes: Vec<String>,
    /// Columns.
    pub columns: Vec<TableColumn>,
    /// Columns from the left that stay in sight while the others pass.
    pub frozen: u16,
}

/// Why a workbook was not written.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// The writer refused.
    #[error("workbook: {0}")]
    Writer(#[from] XlsxError),
    /// More rows than a sheet holds.
    #[error("sheet {sheet}: more than {SHEET_ROWS} rows")]
    TooManyRows {
        /// The sheet.
        sheet: String,
    },
}

impl WorkbookError {
    /// The sentence.
    pub fn message(&self) -> Message {
        match self {
            Self::Writer(error) => Message::new("template-workbook-failed").with("why", error),
            Self::TooManyRows { sheet } => {
                Message::new("template-too-many-rows").with("sheet", sheet).with("limit", SHEET_ROWS)
            }
        }
    }
}

/// A workbook of tables.
pub struct TableBook {
    workbook: Workbook,
    names: SheetNames,
    styles: Styles,
}

impl TableBook {
    /// An empty workbook said to be made on this day.
    ///
    /// # Errors
    /// The day is before 1900.
    pub fn new(created: NaiveDate) -> Result<Self, WorkbookError> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(created)?);
        Ok(Self { workbook, names: SheetNames::default(), styles: Styles::new() })
    }

    /// Adds a sheet with its table and gives the name the sheet got.
    ///
    /// # Errors
    /// The rows are more than a sheet holds, or the disk is full.
    pub fn add_table(
        &mut self,
        head: &TableHead,
        rows: impl IntoIterator<Item = Vec<Cell>>,
    ) -> Result<String, WorkbookError> {
        let name = self.names.take(&head.sheet);
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(&name)?;
        let header_row = write_head(sheet, head, &self.styles)?;
        let mut pen = Pen { sheet, styles: &self.styles, links: 0 };
        let mut row = header_row;
        for cells in rows {
            row += 1;
            if row >= SHEET_ROWS {
                return Err(WorkbookError::TooManyRows { sheet: name });
            }
            pen.sheet.set_row_height(row, row_height(&cells, &head.columns))?;
            for (at, cell) in cells.iter().enumerate() {
                let kind = head.columns.get(at).map_or(ColumnKind::Text, |column| column.kind);
                pen.write(row, column_number(at), cell, kind)?;
            }
        }
        let last = column_number(head.columns.len().max(1) - 1);
        if !head.columns.is_empty() {
            pen.sheet.autofilter(header_row, 0, row.max(header_row + 1), last)?;
        }
        for (at, column) in head.columns.iter().enumerate().filter(|(_, column)| !column.choices.is_empty()) {
            let choice = DataValidation::new().allow_list_strings(&column.choices)?;
            let at = column_number(at);
            pen.sheet.add_data_validation(header_row + 1, at, row.max(header_row + 1), at, &choice)?;
        }
        Ok(name)
    }

    /// The finished file.
    ///
    /// # Errors
    /// The disk is full.
    pub fn finish(mut self) -> Result<Vec<u8>, WorkbookError> {
        Ok(self.workbook.save_to_buffer()?)
    }

    /// Writes the finished file.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn save(mut self, path: &Path) -> Result<(), WorkbookError> {
        let file = WholeFile::create(path).map_err(XlsxError::IoError)?;
        self.workbook.save(file.part())?;
        Ok(file.finish().map_err(XlsxError::IoError)?)
    }
}

/// The title, the lines under it and the headers; gives the headers' row.
fn write_head(sheet: &mut Worksheet, head: &TableHead, styles: &Styles) -> Result<u32, WorkbookError> {
    for (at, column) in head.columns.iter().enumerate() {
        sheet.set_column_width(column_number(at), width_of(column))?;
    }
    set_up_pages(sheet, head);
    let mut row = 0;
    if !head.title.is_empty() {
        sheet.set_row_height(row, 28)?;
        sheet.write_string_with_format(row, 0, cut(&head.title, CELL_SIGNS), &styles.title)?;
        row += 1;
    }
    for note in &head.notes {
        write_note(sheet, row, (note, head), styles)?;
        row += 1;
    }
    let lines = head.columns.iter().map(|column| lines_of(&column.header, width_of(column))).max().unwrap_or(1);
    sheet.set_row_height(row, height_of(lines).max(24.0))?;
    for (at, column) in head.columns.iter().enumerate() {
        sheet.write_string_with_format(row, column_number(at), cut(&column.header, CELL_SIGNS), &styles.header)?;
    }
    sheet.set_freeze_panes(row + 1, head.frozen)?;
    sheet.set_repeat_rows(row, row)?;
    Ok(row)
}

/// Printed on A4 across, one page wide, each page with the headers, what it is from and its number.
fn set_up_pages(sheet: &mut Worksheet, head: &TableHead) {
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_screen_gridlines(false);
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3).set_print_center_horizontally(true);
    let title = if head.title.is_empty() { &head.sheet } else { &head.title };
    // A footer holds 255 signs, and `&` begins a command in it.
    let title = cut(title, 100).replace('&', "&&");
    sheet.set_footer(format!("&L&8{title}&R&8&P / &N"));
}

/// A line under the title. One too long for a page's width goes on below itself, over as many columns as make a page.
fn write_note(
    sheet: &mut Worksheet,
    row: u32,
    (note, head): (&str, &TableHead),
    styles: &Styles,
) -> Result<(), WorkbookError> {
    let (mut width, mut last) = (0.0, 0);
    for (at, column) in head.columns.iter().enumerate() {
        if width >= NOTE_WIDTH {
            break;
        }
        width += width_of(column);
        last = column_number(at);
    }
    let note = cut(note, CELL_SIGNS);
    let lines = lines_of(&note, width);
    if lines < 2 || last == 0 {
        sheet.set_row_height(row, height_of(1))?;
        sheet.write_string_with_format(row, 0, note, &styles.note)?;
        return Ok(());
    }
    sheet.set_row_height(row, height_of(lines))?;
    sheet.merge_range(row, 0, row, last, &note, &styles.long_note)?;
    Ok(())
}

fn width_of(column: &TableColumn) -> f64 {
    column.width.clamp(4.0, 120.0)
}

/// The height that shows the longest of the texts that go on to the next line.
fn row_height(cells: &[Cell], columns: &[TableColumn]) -> f64 {
    let lines = cells.iter().zip(columns).map(|(cell, column)| match (cell, column.kind) {
        (Cell::Text(text), ColumnKind::Wrapped) => lines_of(text, width_of(column)),
        _ => 1,
    });
    height_of(lines.max().unwrap_or(1))
}

/// Writes cells and counts the links, of which a sheet holds only so many.
struct Pen<'a> {
    sheet: &'a mut Worksheet,
    styles: &'a Styles,
    links: usize,
}

impl Pen<'_> {
    fn write(&mut self, row: u32, column: u16, cell: &Cell, kind: ColumnKind) -> Result<(), WorkbookError> {
        let style = self.styles.of(kind);
        match cell {
            Cell::Empty => self.sheet.write_blank(row, column, style)?,
            Cell::Text(text) => return self.text(row, column, text, style),
            Cell::Integer(number) => return self.figure(row, column, Decimal::from(*number), style),
            Cell::Decimal(figure) => return self.figure(row, column, *figure, style),
            Cell::Date(date) => match day_serial(*date) {
                Some(serial) => self.sheet.write_number_with_format(row, column, serial, &self.styles.date)?,
                None => return self.text(row, column, &date.to_string(), style),
            },
            Cell::Link { text, target } => {
                let fits = target.chars().count() <= LINK_SIGNS && !target.is_empty();
                if !fits || self.links >= SHEET_LINKS {
                    return self.text(row, column, text, style);
                }
                self.links += 1;
                let url = Url::new(target.as_str()).set_text(cut(text, CELL_SIGNS));
                self.sheet.write_url_with_format(row, column, &url, &self.styles.link)?
            }
        };
        Ok(())
    }

    fn text(&mut self, row: u32, column: u16, text: &str, style: &Format) -> Result<(), WorkbookError> {
        let style = if looks_like_formula(text) { &self.styles.formula_like } else { style };
        self.sheet.write_string_with_format(row, column, cut(text, CELL_SIGNS), style)?;
        Ok(())
    }

    fn figure(&mut self, row: u32, column: u16, figure: Decimal, style: &Format) -> Result<(), WorkbookError> {
        match cell_figure(figure) {
            Some(number) => self.sheet.write_number_with_format(row, column, number, style)?,
            None => return self.text(row, column, &figure.to_string(), style),
        };
        Ok(())
    }
}

/// A figure as the format keeps it. A sheet's figures are floats of fifteen digits; `None` for one that would lose any,
/// which is then written as text.
pub(crate) fn cell_figure(figure: Decimal) -> Option<f64> {
    let plain = figure.normalize();
    let digits = plain.mantissa().unsigned_abs().to_string().len();
    if digits > 15 { None } else { plain.to_string().parse().ok() }
}

/// A day as the format counts it; `None` before March 1900, where programs disagree.
pub(crate) fn day_serial(date: NaiveDate) -> Option<f64> {
    let base = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    let days = (date - base).num_days();
    (61..=2_958_465).contains(&days).then(|| days.to_f64()).flatten()
}

/// Whether a program may take the text for a formula.
pub(crate) fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@'])
}

/// The text with at most so many signs; a longer one ends in `…`.
pub(crate) fn cut(text: &str, signs: usize) -> String {
    if text.encode_utf16().count() <= signs {
        return text.to_owned();
    }
    let mut left = signs - 1;
    let kept = text.chars().take_while(|sign| {
        let fits = sign.len_utf16() <= left;
        left = left.saturating_sub(sign.len_utf16());
        fits
    });
    kept.chain(std::iter::once('…')).collect()
}

/// The properties of a file made on a day.
pub(crate) fn properties(created: NaiveDate) -> Result<DocProperties, XlsxError> {
    let year = u16::try_from(created.year()).unwrap_or(1900);
    let (month, day) = (u8::try_from(created.month()).unwrap_or(1), u8::try_from(created.day()).unwrap_or(1));
    let moment = ExcelDateTime::from_ymd(year, month, day)?;
    Ok(DocProperties::new().set_author("gongzhi").set_creation_datetime(&moment))
}

/// Column numbers of the writer are 16 bits wide; a sheet has no more than 16 384 columns.
pub(crate) fn column_number(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

/// Names given to sheets: what a program accepts, each once.
#[derive(Debug, Default)]
pub(crate) struct SheetNames {
    taken: BTreeSet<String>,
}

impl SheetNames {
    /// The wished name made fit: at most 31 signs, none of `[]:*?/\`, not taken.
    pub(crate) fn take(&mut self, wish: &str) -> String {
        let clean: String =
            wish.chars().map(|sign| if "[]:*?/\\".contains(sign) || sign.is_control() { '_' } else { sign }).collect();
        let clean = clean.trim_matches(['\'', ' ']);
        let clean = if clean.is_empty() { "Sheet" } else { clean };
        let mut name = short_name(clean, 31);
        let mut number = 1;
        while !self.taken.insert(name.to_lowercase()) {
            number += 1;
            let end = format!("_{number}");
            name = format!("{}{end}", short_name(clean, 31 - end.len()));
        }
        name
    }
}

fn short_name(name: &str, signs: usize) -> String {
    let mut left = signs;
    let kept = name.chars().take_while(|sign| {
        let fits = sign.len_utf16() <= left;
        left = left.saturating_sub(sign.len_utf16());
        fits
    });
    kept.collect()
}

/// The formats of a table.
struct Styles {
    title: Format,
    note: Format,
    long_note: Format,
    header: Format,
    text: Format,
    wrapped: Format,
    amount: Format,
    quantity: Format,
    rate: Format,
    integer: Format,
    date: Format,
    link: Format,
    fill: Format,
    quiet: Format,
    formula_like: Format,
}

impl Styles {
    fn new() -> Self {
        let plain = Format::new().set_font_name(FONT).set_font_size(9).set_align(FormatAlign::VerticalCenter);
        let note = plain.clone().set_font_color(QUIET_COLOUR);
        let cell = plain.clone().set_border(FormatBorder::Thin).set_border_color(LINE_COLOUR);
        // A figure too wide for its column is drawn smaller, never as a row of `#`.
        let figure = |shown: &str| cell.clone().set_num_format(shown).set_align(FormatAlign::Right).set_shrink();
        Self {
            title: plain.clone().set_font_size(15).set_bold().set_font_color(HEADER_COLOUR),
            note: note.clone(),
            long_note: note.set_text_wrap(),
            header: cell
                .clone()
                .set_bold()
                .set_font_color(0xFF_FFFF)
                .set_background_color(HEADER_COLOUR)
                .set_align(FormatAlign::Center)
                .set_text_wrap(),
            text: cell.clone(),
            wrapped: cell.clone().set_text_wrap(),
            amount: figure("#,##0.00"),
            quantity: figure("#,##0.00##"),
            rate: figure("0.00%"),
            integer: cell.clone().set_num_format("#,##0").set_align(FormatAlign::Right).set_indent(1),
            date: cell.clone().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
            link: cell.clone().set_font_color(0x05_63C1).set_underline(rust_xlsxwriter::FormatUnderline::Single),
            fill: cell.clone().set_background_color(FILL_COLOUR).set_align(FormatAlign::Center),
            // Wrapped in a row of one line it stays inside its cell.
            quiet: cell.clone().set_font_size(8).set_font_color(FAINT_COLOUR).set_text_wrap(),
            formula_like: cell.set_text_wrap().set_num_format_index(49).set_quote_prefix(),
        }
    }

    fn of(&self, kind: ColumnKind) -> &Format {
        match kind {
            ColumnKind::Text | ColumnKind::Link => &self.text,
            ColumnKind::Wrapped => &self.wrapped,
            ColumnKind::Amount => &self.amount,
            ColumnKind::Quantity => &self.quantity,
            ColumnKind::Rate => &self.rate,
            ColumnKind::Integer => &self.integer,
            ColumnKind::Date => &self.date,
            ColumnKind::Fill => &self.fill,
            ColumnKind::Quiet => &self.quiet,
        }
    }
}

#[cfg(test)]
#[path = "workbook_tests.rs"]
mod tests;
