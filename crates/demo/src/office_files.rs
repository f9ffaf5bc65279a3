//! Sheets as offices send them: the made-up county's way out.
//!
//! Departments do not only fill in templates. They send workbooks of their own with title rows, two-row headers, totals
//! and signatures, text in GBK, and tables in HTML or XML that are named `.xls`. This module writes such files from rows
//! of text and figures, so that the generator of the made-up county can be as dirty as real senders are without
//! knowing any format. It is not the way templates are made (see `gongzhi_engine::template`), and nothing is read here.

use std::fmt::Write as _;
use std::io::Write;

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use zip::write::{SimpleFileOptions, ZipWriter};

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum OfficeCell {
    /// Nothing.
    Empty,
    /// Text, written as it stands.
    Text(String),
    /// A figure in decimal text: a number in workbooks, the same signs elsewhere.
    Figure(String),
    /// A day: a date cell in workbooks, ISO text elsewhere.
    Day(NaiveDate),
    /// A figure with the measure that its number format shows behind it; the same signs elsewhere.
    Measured(String, &'static str),
}

impl OfficeCell {
    fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Figure(text) => text.clone(),
            Self::Day(day) => day.to_string(),
            Self::Measured(figure, measure) => format!("{figure}{measure}"),
        }
    }
}

/// One header over two rows: equal neighbours above are merged; without one above, the lower is merged upwards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfficeHeader {
    /// The upper row's text, shared by neighbours of one group.
    pub upper: Option<String>,
    /// The column's own text.
    pub lower: String,
}

/// Equal cells of a column that are merged downwards: only the first of them holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// Column, from 0.
    pub column: usize,
    /// First row of the table that is merged, from 0.
    pub first_row: usize,
    /// Last one.
    pub last_row: usize,
}

/// A table with what an office puts around it.
#[derive(Debug, Clone, Default)]
pub struct OfficeSheet {
    /// Name of the worksheet.
    pub name: String,
    /// Rows above the header, each one merged over the whole width in workbooks.
    pub titles: Vec<String>,
    /// Columns.
    pub headers: Vec<OfficeHeader>,
    /// Rows of the table.
    pub rows: Vec<Vec<OfficeCell>>,
    /// Rows below the table: totals, notes, signatures.
    pub footers: Vec<Vec<OfficeCell>>,
    /// Cells of the table that are merged, in workbooks and in HTML.
    pub merges: Vec<Merge>,
}

impl OfficeSheet {
    /// Whether any header needs a second row.
    pub fn has_upper_header(&self) -> bool {
        self.headers.iter().any(|header| header.upper.is_some())
    }

    /// The row, counted from 1, in which the first row of the table stands.
    pub fn first_row(&self) -> usize {
        self.titles.len() + 2 + usize::from(self.has_upper_header())
    }

    fn header_rows(&self) -> Vec<Vec<String>> {
        let lower = self.headers.iter().map(|header| header.lower.clone()).collect();
        if !self.has_upper_header() {
            return vec![lower];
        }
        let upper = self.headers.iter().map(|header| header.upper.clone().unwrap_or_else(|| header.lower.clone()));
        let lower = self.headers.iter().map(|header| match header.upper {
            Some(_) => header.lower.clone(),
            None => String::new(),
        });
        vec![upper.collect(), lower.collect()]
    }

    /// Runs of equal upper headers as (first column, last column, text).
    fn groups(&self) -> Vec<(usize, usize, String)> {
        let mut groups: Vec<(usize, usize, String)> = Vec::new();
        for (at, header) in self.headers.iter().enumerate() {
            let Some(upper) = &header.upper else { continue };
            match groups.last_mut() {
                Some((_, last, text)) if *last + 1 == at && text == upper => *last = at,
                _ => groups.push((at, at, upper.clone())),
            }
        }
        groups
    }
}

/// How text is put into bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Marked,
    /// GB 18030, which most offices know as GBK.
    Gbk,
}

impl TextEncoding {
    /// The bytes of a text.
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 | Self::Utf8Marked => text.as_bytes().to_vec(),
            Self::Gbk => encoding_rs::GB18030.encode(text).0.into_owned(),
        }
    }

    /// What a file begins with.
    pub fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8Marked => b"\xEF\xBB\xBF",
            Self::Utf8 | Self::Gbk => b"",
        }
    }
}

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum OfficeFileError {
    /// A workbook could not be built.
    #[error("workbook: {0}")]
    Workbook(#[from] XlsxError),
    /// An archive could not be built.
    #[error("archive: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// Bytes could not be written.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
}

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

/// One table as separated text. Fields are quoted when they must be.
pub fn text_of(sheet: &OfficeSheet, separator: char, encoding: TextEncoding) -> Vec<u8> {
    let mut text = String::new();
    let titles = sheet.titles.iter().map(|title| vec![title.clone()]);
    let rows = sheet.rows.iter().chain(&sheet.footers).map(|row| row.iter().map(OfficeCell::text).collect::<Vec<_>>());
    for fields in titles.chain(sheet.header_rows()).chain(rows) {
        push_line(&mut text, fields.iter().map(String::as_str), separator);
    }
    let mut bytes = encoding.mark().to_vec();
    bytes.extend(encoding.encode(&text));
    bytes
}

/// Adds one line of separated text.
pub fn push_line<'a>(text: &mut String, fields: impl Iterator<Item = &'a str>, separator: char) {
    for (at, field) in fields.enumerate() {
        if at > 0 {
            text.push(separator);
        }
        if field.contains([separator, '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(field);
        }
    }
    text.push_str("\r\n");
}

/// One table as the HTML that web systems give out under the name `.xls`.
pub fn html_of(sheet: &OfficeSheet) -> Vec<u8> {
    let mut html = String::from("<html><head><meta charset=\"utf-8\"></head><body><table border=\"1\">\n");
    let width = sheet.headers.len();
    for title in &sheet.titles {
        let _ = writeln!(html, "<tr><td colspan=\"{width}\">{}</td></tr>", escape(title));
    }
    if sheet.has_upper_header() {
        push_html_headers(&mut html, sheet);
    } else {
        push_html_row(&mut html, "th", sheet.headers.iter().map(|header| header.lower.clone()));
    }
    for (at, row) in sheet.rows.iter().enumerate() {
        push_html_merged(&mut html, (at, row), &sheet.merges);
    }
    for row in &sheet.footers {
        push_html_row(&mut html, "td", row.iter().map(OfficeCell::text));
    }
    html.push_str("</table></body></html>\n");
    html.into_bytes()
}

fn push_html_headers(html: &mut String, sheet: &OfficeSheet) {
    html.push_str("<tr>");
    let mut groups = sheet.groups().into_iter();
    let mut after = 0;
    for (at, header) in sheet.headers.iter().enumerate() {
        if header.upper.is_none() {
            let _ = write!(html, "<th rowspan=\"2\">{}</th>", escape(&header.lower));
        } else if at >= after
            && let Some((first, last, text)) = groups.next()
        {
            let _ = write!(html, "<th colspan=\"{}\">{}</th>", last - first + 1, escape(&text));
            after = last + 1;
        }
    }
    html.push_str("</tr>\n");
    let lower = sheet.headers.iter().filter(|header| header.upper.is_some()).map(|header| header.lower.clone());
    push_html_row(html, "th", lower);
}

/// A row of the table: the first cell of a merge spans the rows below, which have none of their own there.
fn push_html_merged(html: &mut String, (at, row): (usize, &[OfficeCell]), merges: &[Merge]) {
    html.push_str("<tr>");
    for (column, cell) in row.iter().enumerate() {
        let over = |merge: &&Merge| merge.column == column && (merge.first_row..=merge.last_row).contains(&at);
        match merges.iter().find(over) {
            Some(merge) if merge.first_row < at => {}
            Some(merge) => {
                let rows = merge.last_row - at + 1;
                let _ = write!(html, "<td rowspan=\"{rows}\">{}</td>", escape(&cell.text()));
            }
            None => {
                let _ = write!(html, "<td>{}</td>", escape(&cell.text()));
            }
        }
    }
    html.push_str("</tr>\n");
}

fn push_html_row(html: &mut String, tag: &str, cells: impl Iterator<Item = String>) {
    html.push_str("<tr>");
    for cell in cells {
        let _ = write!(html, "<{tag}>{}</{tag}>", escape(&cell));
    }
    html.push_str("</tr>\n");
}

/// The tables as an XML spreadsheet of 2003, also mostly named `.xls`.
pub fn xml_spreadsheet_of(sheets: &[OfficeSheet]) -> Vec<u8> {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n\
         <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\n",
    );
    for sheet in sheets {
        let _ = writeln!(xml, "<Worksheet ss:Name=\"{}\"><Table>", escape(&sheet.name));
        let across = sheet.headers.len().saturating_sub(1);
        for title in &sheet.titles {
            let title = escape(title);
            let _ = writeln!(
                xml,
                "<Row><Cell ss:MergeAcross=\"{across}\"><Data ss:Type=\"String\">{title}</Data></Cell></Row>"
            );
        }
        for row in sheet.header_rows() {
            push_xml_row(&mut xml, &row.into_iter().map(OfficeCell::Text).collect::<Vec<_>>());
        }
        for row in sheet.rows.iter().chain(&sheet.footers) {
            push_xml_row(&mut xml, row);
        }
        xml.push_str("</Table></Worksheet>\n");
    }
    xml.push_str("</Workbook>\n");
    xml.into_bytes()
}

fn push_xml_row(xml: &mut String, cells: &[OfficeCell]) {
    xml.push_str("<Row>");
    for cell in cells {
        let _ = match cell {
            OfficeCell::Empty => write!(xml, "<Cell/>"),
            OfficeCell::Figure(figure) => {
                write!(xml, "<Cell><Data ss:Type=\"Number\">{}</Data></Cell>", escape(figure))
            }
            OfficeCell::Measured(..) => {
                write!(xml, "<Cell><Data ss:Type=\"String\">{}</Data></Cell>", escape(&cell.text()))
            }
            OfficeCell::Text(text) => write!(xml, "<Cell><Data ss:Type=\"String\">{}</Data></Cell>", escape(text)),
            OfficeCell::Day(day) => write!(xml, "<Cell><Data ss:Type=\"DateTime\">{day}T00:00:00.000</Data></Cell>"),
        };
    }
    xml.push_str("</Row>\n");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// An archive of files by name.
pub fn archive_of(members: &[(String, Vec<u8>)]) -> Result<Vec<u8>, OfficeFileError> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(name.as_str(), SimpleFileOptions::default())?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> OfficeSheet {
        let header =
            |upper: Option<&str>, lower: &str| OfficeHeader { upper: upper.map(str::to_owned), lower: lower.into() };
        OfficeSheet {
            name: "表一".into(),
            titles: vec!["示例表".into()],
            headers: vec![header(None, "序号"), header(Some("施工单位"), "名称"), header(Some("施工单位"), "代码")],
            rows: vec![vec![OfficeCell::Figure("1".into()), OfficeCell::Text("甲,乙".into()), OfficeCell::Empty]],
            footers: vec![],
            merges: vec![],
        }
    }

    #[test]
    fn merged_cells_stand_once_and_the_measure_of_a_format_stands_in_no_cell() {
        let text = |text: &str| OfficeCell::Text(text.into());
        let row = |name, figure: &str| vec![text("1"), name, OfficeCell::Measured(figure.into(), "万元")];
        let merges = vec![Merge { column: 1, first_row: 0, last_row: 1 }];
        let rows = vec![row(text("甲"), "1.5"), row(OfficeCell::Empty, "2")];
        let sheet = OfficeSheet { rows, merges, ..sheet() };
        let html = String::from_utf8(html_of(&sheet)).unwrap();
        assert!(
            html.contains("<td rowspan=\"2\">甲</td><td>1.5万元</td></tr>\n<tr><td>1</td><td>2万元</td>"),
            "{html}"
        );
        let day = NaiveDate::from_ymd_opt(2025, 1, 5).unwrap();
        assert!(workbook_of(&[sheet], day).unwrap().starts_with(b"PK"));
    }

    #[test]
    fn a_comma_in_a_field_does_not_split_it() {
        let text = String::from_utf8(text_of(&sheet(), ',', TextEncoding::Utf8)).unwrap();
        assert_eq!(text.lines().last(), Some("1,\"甲,乙\","));
    }

    #[test]
    fn the_first_row_stands_below_titles_and_both_header_rows() {
        assert_eq!(sheet().first_row(), 4);
        let text = String::from_utf8(text_of(&sheet(), '\t', TextEncoding::Utf8)).unwrap();
        assert!(text.lines().nth(3).unwrap().starts_with("1\t"));
    }

    #[test]
    fn gbk_bytes_are_not_utf_8() {
        assert!(String::from_utf8(text_of(&sheet(), ',', TextEncoding::Gbk)).is_err());
    }

    #[test]
    fn one_merged_header_spans_its_group_in_html() {
        let html = String::from_utf8(html_of(&sheet())).unwrap();
        assert_eq!(html.matches("colspan=\"2\">施工单位").count(), 1);
    }

    #[test]
    fn a_workbook_is_a_zip() {
        let day = NaiveDate::from_ymd_opt(2025, 1, 5).unwrap();
        assert!(workbook_of(&[sheet()], day).unwrap().starts_with(b"PK"));
        assert_eq!(workbook_of(&[sheet()], day).unwrap(), workbook_of(&[sheet()], day).unwrap());
        assert!(archive_of(&[("a.csv".into(), vec![1])]).unwrap().starts_with(b"PK"));
    }
}
