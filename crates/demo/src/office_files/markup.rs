//! Tables as the HTML and XML that are mostly named `.xls`.

use std::fmt::Write as _;

use super::sheet::{Merge, OfficeCell, OfficeSheet};

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
