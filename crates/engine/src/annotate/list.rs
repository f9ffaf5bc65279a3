//! The sheet 校验问题: every issue with a link to its cell, most of what a clerk needs to mend the file.

use std::collections::BTreeMap;
use std::io::Write;

use gongzhi_core::intake::mask::shown;
use gongzhi_core::issues::{CellPlace, column_letters};
use gongzhi_core::messages::Message;

use super::marks::MOST_NOTES;
use super::package::escaped;
use super::styles_xml::ListStyles;
use super::{AnnotateError, Marking, SaidIssue};
use crate::workbook::cut;

/// Issues that are listed; a sheet holds no more rows.
pub(super) const MOST_LISTED: usize = 1_000_000;
/// Links a sheet may hold.
const MOST_LINKS: usize = 65_000;
/// Signs of a cell of the list.
const CELL_SIGNS: usize = 2_000;
/// Headers' keys and widths of the columns.
pub(super) const COLUMNS: [(&str, f64); 8] = [
    ("number", 6.0),
    ("sheet", 18.0),
    ("cell", 9.0),
    ("column", 24.0),
    ("value", 26.0),
    ("severity", 9.0),
    ("what", 46.0),
    ("mend", 46.0),
];
/// The column of the link and of the severity.
pub(super) const LINK_COLUMN: usize = 2;
pub(super) const SEVERITY_COLUMN: usize = 5;
/// Row of the headers, from 1.
pub(super) const HEADER_ROW: usize = 3;

/// The title and the line under it.
pub(super) fn head(marking: &Marking<'_>) -> [String; 2] {
    let errors = marking.issues.iter().filter(|issue| issue.is_error).count();
    let warnings = marking.issues.len() - errors;
    let say = |message: Message| marking.translator.say(&message);
    let mut line = say(Message::new("annotate-summary").with("errors", errors).with("warnings", warnings));
    if marking.issues.len() > MOST_NOTES {
        line.push_str(&say(Message::new("annotate-most-notes").with("count", MOST_NOTES)));
    }
    if marking.issues.len() > MOST_LISTED {
        line.push_str(&say(Message::new("annotate-most-listed").with("count", MOST_LISTED)));
    }
    [say(Message::new("annotate-title")), line]
}

/// The headers.
pub(super) fn headers(marking: &Marking<'_>) -> Vec<String> {
    let header = |(key, _): &(&str, f64)| marking.translator.say(&Message::new(format!("annotate-column-{key}")));
    COLUMNS.iter().map(header).collect()
}

/// The cells of one issue.
pub(super) fn row(number: usize, issue: &SaidIssue, marking: &Marking<'_>) -> [String; 8] {
    [
        number.to_string(),
        shown(&issue.sheet).into_owned(),
        issue.cell.map(|(row, column)| CellPlace { row, column }.address()).unwrap_or_default(),
        issue.column_name.clone(),
        issue.value.clone(),
        marking.translator.say(&Message::new(format!("annotate-severity-{}", issue.severity().key()))),
        issue.what.clone(),
        issue.mend.clone(),
    ]
    .map(|text| cut(&text, CELL_SIGNS))
}

/// How tall a row must be for its fullest cell, in points.
pub(super) fn height(cells: &[String; 8]) -> u32 {
    let lines = cells.iter().zip(COLUMNS).map(|(cell, (_, width))| {
        let signs = |line: &str| line.chars().map(|sign| if sign.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>();
        cell.lines().map(|line| (signs(line) / (width - 1.5)).ceil().max(1.0)).sum::<f64>()
    });
    (lines.fold(1.0, f64::max) * 15.0 + 5.0).min(400.0) as u32
}

/// Where an issue's link leads: `'Sheet'!B7`. Sheets may have another name in the workbook written.
pub(super) fn link(issue: &SaidIssue, names: &BTreeMap<String, String>) -> Option<String> {
    let name = names.get(&issue.sheet)?;
    let (row, column) = issue.cell?;
    (column <= 16_384 && row <= 1_048_576)
        .then(|| format!("'{}'!{}", name.replace('\'', "''"), CellPlace { row, column }.address()))
}

/// Writes the list as the XML of a sheet.
pub(super) fn write(
    mut out: impl Write,
    marking: &Marking<'_>,
    styles: &ListStyles,
    names: &BTreeMap<String, String>,
) -> Result<(), AnnotateError> {
    let mut put = |text: &str| out.write_all(text.as_bytes()).map_err(AnnotateError::package);
    put(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>"#,
    )?;
    put(&format!(
        r#"<sheetViews><sheetView showGridLines="0" workbookViewId="0"><pane ySplit="{HEADER_ROW}" topLeftCell="A{}" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/></sheetView></sheetViews><cols>"#,
        HEADER_ROW + 1
    ))?;
    for (at, (_, width)) in (1..).zip(COLUMNS) {
        put(&format!(r#"<col min="{at}" max="{at}" width="{width}" customWidth="1"/>"#))?;
    }
    put("</cols><sheetData>")?;
    let [title, line] = head(marking);
    put(&row_xml(1, &[(0, title, styles.title)], 28))?;
    put(&row_xml(2, &[(0, line, styles.quiet)], 20))?;
    let header = headers(marking).into_iter().enumerate().map(|(at, text)| (at, text, styles.header));
    put(&row_xml(HEADER_ROW, &header.collect::<Vec<_>>(), 24))?;
    let mut links = Vec::new();
    let listed = marking.issues.iter().take(MOST_LISTED);
    for (number, issue) in (1..).zip(listed) {
        let target = link(issue, names).filter(|_| links.len() < MOST_LINKS);
        let style = |at: usize| match at {
            LINK_COLUMN if target.is_some() => styles.link,
            SEVERITY_COLUMN if issue.is_error => styles.error,
            SEVERITY_COLUMN => styles.warning,
            _ => styles.text,
        };
        let cells = row(number, issue, marking);
        let height = height(&cells);
        let cells = cells.into_iter().enumerate().map(|(at, text)| (at, text, style(at)));
        put(&row_xml(HEADER_ROW + number, &cells.collect::<Vec<_>>(), height))?;
        links.extend(target.map(|target| (HEADER_ROW + number, target)));
    }
    put("</sheetData>")?;
    let last = column_letters(COLUMNS.len() as u32);
    let end = HEADER_ROW + marking.issues.len().clamp(1, MOST_LISTED);
    put(&format!(r#"<autoFilter ref="A{HEADER_ROW}:{last}{end}"/>"#))?;
    if !links.is_empty() {
        put("<hyperlinks>")?;
        let column = column_letters(LINK_COLUMN as u32 + 1);
        for (row, target) in &links {
            put(&format!(r#"<hyperlink ref="{column}{row}" location="{}" display=""/>"#, escaped(target)))?;
        }
        put("</hyperlinks>")?;
    }
    put(r#"<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>"#)
}

/// A row of texts; one that looks like a formula is a text like any other here.
fn row_xml(number: usize, cells: &[(usize, String, usize)], height: u32) -> String {
    let mut xml = format!("<row r=\"{number}\" ht=\"{height}\" customHeight=\"1\">");
    for (at, text, style) in cells {
        let column = column_letters(u32::try_from(*at).unwrap_or(0) + 1);
        if text.is_empty() {
            xml.push_str(&format!("<c r=\"{column}{number}\" s=\"{style}\"/>"));
        } else {
            let text = escaped(text);
            xml.push_str(&format!(
                "<c r=\"{column}{number}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"
            ));
        }
    }
    xml.push_str("</row>");
    xml
}
