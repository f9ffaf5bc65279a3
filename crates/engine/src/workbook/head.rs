//! What stands above a table's rows, and how its sheet is printed.

use rust_xlsxwriter::Worksheet;

use super::figures::{column_number, cut};
use super::fit::{height_of, lines_of};
use super::pen::CELL_SIGNS;
use super::styles::Styles;
use super::table::{TableColumn, TableHead, WorkbookError};

/// Width over which a line under the title goes on below itself: what a screen shows.
const NOTE_WIDTH: f64 = 130.0;

/// The title, the lines under it and the headers; gives the headers' row.
pub(super) fn write_head(sheet: &mut Worksheet, head: &TableHead, styles: &Styles) -> Result<u32, WorkbookError> {
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

pub(super) fn width_of(column: &TableColumn) -> f64 {
    column.width.clamp(4.0, 120.0)
}
