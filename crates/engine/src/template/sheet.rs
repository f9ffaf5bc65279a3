//! The sheet of one kind: title, who and when, headers with their notes, and free cells below.

use gongzhi_core::catalog::{Column, Kind, Origin};
use gongzhi_core::messages::Message;
use rust_decimal::Decimal;
use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, Format, FormatAlign, FormatBorder, Note, ProtectionOptions, Workbook,
    Worksheet,
};

use super::columns::{Lists, action_validation, cell_format, column_width, free_cell, shown_width, validation_of};
use super::speech::{spoken_note, written_period};
use super::{
    ACTION_HEADER, HEADER_ROW, PERIOD_LABEL, REQUIRED_SIGN, TemplateRow, UNIT_LABEL, Writer, has_action, header_of,
};
use crate::workbook::{
    Cell, FONT, HEADER_COLOUR, LINE_COLOUR, QUIET_COLOUR, WorkbookError, cell_figure, column_number, cut, day_serial,
};

/// Rows a sheet may hold.
const LAST_ROW: u32 = 1_048_575;
/// Last column of a sheet.
const LAST_COLUMN: u16 = 16_383;
/// Rows in which an empty required cell is coloured.
const COLOURED_ROWS: u32 = 3_000;
/// Beyond so many rows a sheet is written row by row and not held in memory.
const ROWS_IN_MEMORY: usize = 10_000;
/// Signs of a table that fit across a printed page and can still be read. One page is better than two: the title above
/// the columns repeated on a second page would be cut off.
const PAGE_SIGNS: f64 = 320.0;
/// Ground of the headers the policy asks for, of those the comparison asks for, and of an empty required cell.
const POLICY_COLOUR: u32 = 0xD6_E4F0;
const EXTENSION_COLOUR: u32 = 0xEE_F2F5;
const MISSING_COLOUR: u32 = 0xFD_E9E7;
const RED: u32 = 0xC0_0000;

impl Writer<'_> {
    /// Writes the sheet of a kind with the rows given.
    pub(super) fn write_kind(
        &self,
        workbook: &mut Workbook,
        place: (&str, &Kind),
        content: (&Lists, &[TemplateRow]),
    ) -> Result<(), WorkbookError> {
        let ((name, kind), (lists, rows)) = (place, content);
        let sheet = if rows.len() > ROWS_IN_MEMORY {
            workbook.add_worksheet_with_constant_memory()?
        } else {
            workbook.add_worksheet()
        };
        sheet.set_name(name)?;
        let table = Table {
            writer: *self,
            kind,
            columns: kind.columns_of(self.request.version).collect(),
            offset: u16::from(has_action(self.item)),
        };
        table.write_columns(sheet, lists)?;
        table.write_title(sheet)?;
        table.write_headers(sheet)?;
        table.write_rows(sheet, rows)?;
        table.write_page(sheet)
    }
}

/// A kind's table on its sheet.
struct Table<'a> {
    writer: Writer<'a>,
    kind: &'a Kind,
    columns: Vec<&'a Column>,
    /// Columns before the kind's first.
    offset: u16,
}

impl Table<'_> {
    fn say(&self, message: &Message) -> String {
        self.writer.translator.say(message)
    }

    fn place_of(&self, at: usize) -> u16 {
        self.offset + column_number(at)
    }

    /// Widths, formats and rules of whole columns. All cells are free but those written with a locked format: a row
    /// with a single locked cell could not be deleted.
    fn write_columns(&self, sheet: &mut Worksheet, lists: &Lists) -> Result<(), WorkbookError> {
        if self.offset == 1 {
            sheet.set_column_format(0, &action_format())?;
            sheet.set_column_width(0, 11.5)?;
            self.accept(sheet, 0, &action_validation(&self.writer)?)?;
        }
        let last = self.place_of(self.columns.len()) - 1;
        for (at, column) in self.columns.iter().enumerate() {
            let place = self.place_of(at);
            sheet.set_column_format(place, &cell_format(column))?;
            let least = if place < 3 { 12.0 } else { 0.0 };
            sheet.set_column_width(place, column_width(column).max(least))?;
            if let Some(validation) = validation_of(column, lists, &self.writer)? {
                self.accept(sheet, place, &validation)?;
            }
            if column.required {
                self.colour_missing(sheet, place, last)?;
            }
        }
        sheet.set_column_range_format(last + 1, LAST_COLUMN, &Format::new().set_unlocked())?;
        Ok(())
    }

    fn accept(&self, sheet: &mut Worksheet, column: u16, validation: &DataValidation) -> Result<(), WorkbookError> {
        sheet.add_data_validation(HEADER_ROW, column, LAST_ROW, column, validation)?;
        Ok(())
    }

    /// An empty required cell in a row that holds something.
    fn colour_missing(&self, sheet: &mut Worksheet, column: u16, last: u16) -> Result<(), WorkbookError> {
        let letters = |column: u16| gongzhi_core::issues::column_letters(u32::from(column) + 1);
        let row = HEADER_ROW + 1;
        let (cell, end) = (letters(column), letters(last));
        let rule = format!("=AND(LEN(TRIM(${cell}{row}))=0,COUNTA($A{row}:${end}{row})>0)");
        let missing = Format::new().set_background_color(MISSING_COLOUR);
        let rule = ConditionalFormatFormula::new().set_rule(rule.as_str()).set_format(missing);
        sheet.add_conditional_format(HEADER_ROW, column, HEADER_ROW + COLOURED_ROWS, column, &rule)?;
        Ok(())
    }

    /// Three rows above the headers: what, who and when, how.
    fn write_title(&self, sheet: &mut Worksheet) -> Result<(), WorkbookError> {
        let base = locked();
        let title = base.clone().set_font_size(16).set_bold().set_font_color(HEADER_COLOUR);
        let label = base.clone().set_font_color(QUIET_COLOUR).set_align(FormatAlign::Right);
        let entry = base.clone().set_unlocked().set_num_format_index(49).set_bold();
        let entry = entry.set_border_bottom(FormatBorder::Thin).set_border_bottom_color(LINE_COLOUR);
        let quiet = base.clone().set_font_size(9).set_font_color(QUIET_COLOUR);
        let last = self.place_of(self.columns.len()).max(4);
        for row in 0..HEADER_ROW - 1 {
            for column in 0..last {
                sheet.write_blank(row, column, &base)?;
            }
        }
        let (item, request) = (self.writer.item, self.writer.request);
        let name = if item.name.zh == self.kind.name.zh {
            item.name.zh.clone()
        } else {
            format!("{}（{}）", item.name.zh, self.kind.name.zh)
        };
        sheet.set_row_height(0, 32)?.set_row_height(1, 22)?.set_row_height(2, 18)?;
        sheet.write_string_with_format(0, 0, name, &title)?;
        sheet.write_string_with_format(1, 0, UNIT_LABEL, &label)?;
        sheet.write_string_with_format(1, 1, request.unit.map_or("", |unit| unit.name.zh.as_str()), &entry)?;
        sheet.write_string_with_format(1, 2, PERIOD_LABEL, &label)?;
        sheet.write_string_with_format(1, 3, request.period.map(written_period).unwrap_or_default(), &entry)?;
        sheet.write_string_with_format(2, 0, self.say(&Message::new("template-legend")), &quiet)?;
        Ok(())
    }

    fn write_headers(&self, sheet: &mut Worksheet) -> Result<(), WorkbookError> {
        let row = HEADER_ROW - 1;
        let header = locked()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Center)
            .set_border(FormatBorder::Thin)
            .set_border_color(LINE_COLOUR);
        let policy = header.clone().set_background_color(POLICY_COLOUR).set_font_color(HEADER_COLOUR);
        let extension = header.set_background_color(EXTENSION_COLOUR).set_font_color(QUIET_COLOUR);
        let (plain, red) = (Format::new().set_font_name(FONT).set_bold(), Format::new().set_font_color(RED).set_bold());
        let tallest = self.columns.iter().map(|column| shown_width(&header_of(column)) / (column_width(column) - 2.0));
        sheet.set_row_height(row, 18.0 + 15.0 * tallest.fold(1.0, f64::max).ceil().min(4.0))?;
        if self.offset == 1 {
            sheet.write_string_with_format(row, 0, ACTION_HEADER, &extension)?;
            sheet.insert_note(row, 0, &note(&self.say(&Message::new("template-note-action"))))?;
        }
        for (at, column) in self.columns.iter().enumerate() {
            let place = self.place_of(at);
            let style = if column.origin == Origin::Extension { &extension } else { &policy };
            let text = header_of(column);
            match text.strip_suffix(REQUIRED_SIGN) {
                Some(name) => {
                    let plain = plain.clone().set_font_size(10).set_font_color(HEADER_COLOUR);
                    let star = REQUIRED_SIGN.to_string();
                    sheet.write_rich_string_with_format(row, place, &[(&plain, name), (&red, &star)], style)?
                }
                None => sheet.write_string_with_format(row, place, &text, style)?,
            };
            sheet.insert_note(row, place, &note(&spoken_note(column, self.writer.translator)))?;
        }
        Ok(())
    }

    fn write_rows(&self, sheet: &mut Worksheet, rows: &[TemplateRow]) -> Result<(), WorkbookError> {
        let formats: Vec<Format> = self.columns.iter().map(|column| cell_format(column)).collect();
        let action = action_format();
        for (number, row) in (HEADER_ROW..).zip(rows) {
            if number > LAST_ROW {
                return Err(WorkbookError::TooManyRows { sheet: self.kind.name.zh.clone() });
            }
            if let (Some(what), 1) = (row.action, self.offset) {
                sheet.write_string_with_format(number, 0, what.chinese(), &action)?;
            }
            for (at, (cell, format)) in row.cells.iter().zip(&formats).enumerate() {
                write_cell(sheet, (number, self.place_of(at)), cell, format)?;
            }
        }
        Ok(())
    }

    fn write_page(&self, sheet: &mut Worksheet) -> Result<(), WorkbookError> {
        let options = ProtectionOptions {
            format_columns: true,
            format_rows: true,
            insert_rows: true,
            delete_rows: true,
            sort: true,
            use_autofilter: true,
            ..ProtectionOptions::new()
        };
        let row = HEADER_ROW - 1;
        sheet.protect_with_options(&options);
        sheet.set_freeze_panes(HEADER_ROW, self.offset + 1)?;
        sheet.set_selection(HEADER_ROW, self.offset, HEADER_ROW, self.offset)?;
        let signs: f64 = self.columns.iter().map(|column| column_width(column)).sum();
        let pages = (signs / PAGE_SIGNS).ceil().clamp(1.0, 8.0);
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(pages as u16, 0);
        sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
        if pages > 1.0 {
            sheet.set_repeat_columns(0, self.offset)?;
        }
        sheet.set_repeat_rows(row, row)?;
        sheet.set_footer("&C&P / &N");
        Ok(())
    }
}

fn locked() -> Format {
    Format::new().set_font_name(FONT).set_font_size(10).set_align(FormatAlign::VerticalCenter)
}

fn action_format() -> Format {
    free_cell().set_num_format_index(49).set_align(FormatAlign::Center)
}

/// A note wide and tall enough to be read without dragging its corner.
fn note(text: &str) -> Note {
    let lines: f64 = text.lines().map(|line| (shown_width(line) / 38.0).ceil().max(1.0)).sum();
    let height = (lines * 17.0 + 14.0).min(420.0);
    Note::new(text)
        .add_author_prefix(false)
        .set_width(280)
        .set_height(height as u32)
        .set_font_name(FONT)
        .set_font_size(9)
        .set_background_color(0xFF_FBE6)
}

fn write_cell(sheet: &mut Worksheet, at: (u32, u16), cell: &Cell, format: &Format) -> Result<(), WorkbookError> {
    let (row, column) = at;
    let figure = |figure: Decimal| cell_figure(figure).ok_or_else(|| figure.to_string());
    let written = match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) | Cell::Link { text, .. } => Err(cut(text, 32_767)),
        Cell::Decimal(value) => figure(*value),
        Cell::Integer(value) => figure(Decimal::from(*value)),
        Cell::Date(date) => day_serial(*date).ok_or_else(|| date.to_string()),
    };
    match written {
        Ok(number) => sheet.write_number_with_format(row, column, number, format)?,
        Err(text) => sheet.write_string_with_format(row, column, text, format)?,
    };
    Ok(())
}
