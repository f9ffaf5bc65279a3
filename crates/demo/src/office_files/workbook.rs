//! Tables as xlsx workbooks.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::error::OfficeFileError;
use super::sheet::{OfficeCell, OfficeSheet};

/// An xlsx workbook with these sheets. The day it claims to be made on is given, so that the same sheets are the same
/// bytes.
pub fn workbook_of(sheets: &[OfficeSheet], created: NaiveDate) -> Result<Vec<u8>, OfficeFileError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&date_of(created)?));
    let formats = Formats {
        title: Format::new().set_bold().set_align(FormatAlign::Center),
        header: Format::new().set_bold().set_align(FormatAlign::Center).set_text_wrap(),
        day: Format::new().set_num_format("yyyy-mm-dd"),
        merged: Format::new().set_align(FormatAlign::VerticalCenter),
    };
    for sheet in sheets {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(&sheet.name)?;
        write_worksheet(worksheet, sheet, &formats)?;
    }
    Ok(workbook.save_to_buffer()?)
}

struct Formats {
    title: Format,
    header: Format,
    day: Format,
    merged: Format,
}

fn write_worksheet(worksheet: &mut Worksheet, sheet: &OfficeSheet, formats: &Formats) -> Result<(), OfficeFileError> {
    let last = column(sheet.headers.len().saturating_sub(1));
    let mut row = 0;
    for title in &sheet.titles {
        if last == 0 {
            worksheet.write_with_format(row, 0, title, &formats.title)?;
        } else {
            worksheet.merge_range(row, 0, row, last, title, &formats.title)?;
        }
        row += 1;
    }
    write_headers(worksheet, sheet, row, &formats.header)?;
    row += if sheet.has_upper_header() { 2 } else { 1 };
    for merge in &sheet.merges {
        let place = |at: usize| row + u32::try_from(at).unwrap_or(u32::MAX);
        let (first, last, at) = (place(merge.first_row), place(merge.last_row), column(merge.column));
        worksheet.merge_range(first, at, last, at, "", &formats.merged)?;
    }
    for cells in sheet.rows.iter().chain(&sheet.footers) {
        for (at, cell) in cells.iter().enumerate() {
            write_cell(worksheet, (row, column(at)), cell, &formats.day)?;
        }
        row += 1;
    }
    Ok(())
}

fn write_headers(sheet: &mut Worksheet, table: &OfficeSheet, row: u32, format: &Format) -> Result<(), OfficeFileError> {
    if !table.has_upper_header() {
        for (at, header) in table.headers.iter().enumerate() {
            sheet.write_with_format(row, column(at), &header.lower, format)?;
        }
        return Ok(());
    }
    for (first, last, text) in table.groups() {
        if first == last {
            sheet.write_with_format(row, column(first), &text, format)?;
        } else {
            sheet.merge_range(row, column(first), row, column(last), &text, format)?;
        }
    }
    for (at, header) in table.headers.iter().enumerate() {
        match header.upper {
            Some(_) => sheet.write_with_format(row + 1, column(at), &header.lower, format)?,
            None => sheet.merge_range(row, column(at), row + 1, column(at), &header.lower, format)?,
        };
    }
    Ok(())
}

fn write_cell(sheet: &mut Worksheet, (row, at): (u32, u16), cell: &OfficeCell, day: &Format) -> Result<(), XlsxError> {
    match cell {
        OfficeCell::Empty => {}
        OfficeCell::Text(text) => {
            sheet.write_string(row, at, text)?;
        }
        OfficeCell::Figure(text) => match text.parse::<f64>() {
            Ok(figure) => {
                sheet.write_number(row, at, figure)?;
            }
            Err(_) => {
                sheet.write_string(row, at, text)?;
            }
        },
        OfficeCell::Day(date) => {
            sheet.write_datetime_with_format(row, at, date_of(*date)?, day)?;
        }
        OfficeCell::Measured(text, measure) => {
            let format = Format::new().set_num_format(format!("#,##0.00\"{measure}\""));
            sheet.write_number_with_format(row, at, text.parse::<f64>().unwrap_or_default(), &format)?;
        }
    }
    Ok(())
}

fn date_of(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or(1900);
    let month = u8::try_from(day.month()).unwrap_or(1);
    ExcelDateTime::from_ymd(year, month, u8::try_from(day.day()).unwrap_or(1))
}

fn column(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}
