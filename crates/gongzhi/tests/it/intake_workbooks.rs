//! Workbooks and zips with something spoilt in them.

use std::fs;

use serde_json::Value as Json;

use crate::intake::{HEADER, Office, ROW, rules};
use crate::program::run_in;

/// A workbook of one sheet, its rows as XML.
fn workbook(rows: &str) -> Vec<u8> {
    let parts = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#.to_owned(),
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>"#.to_owned(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
            ),
        ),
    ];
    zipped(&parts.map(|(name, text)| (name, text.into_bytes())))
}

fn zipped(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a member");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("a zip").into_inner()
}

/// A row of inline texts; a cell that begins with `=` is a formula without a result.
fn row_xml(line: &str) -> String {
    let cell = |text: &str| match text.strip_prefix('=') {
        Some(formula) => format!("<c><f>{formula}</f><v></v></c>"),
        None if text.is_empty() => "<c/>".to_owned(),
        None => format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#),
    };
    format!("<row>{}</row>", line.split(',').map(cell).collect::<String>())
}

#[test]
fn a_formula_without_a_result_blocks_at_its_cell() {
    let office = Office::new();
    let row = "1,呼图壁镇,示例建材有限公司,91652323MA7A000172,示例路1号,=7+8,=E2*2,2025年3月5日,示例合同1,2025-03";
    fs::create_dir_all(office.path().join("自然资源局")).expect("a folder");
    let path = office.path().join("自然资源局/2025-03.xlsx");
    fs::write(&path, workbook(&(row_xml(HEADER) + &row_xml(row)))).expect("a file");
    let (code, reports) = office.intake(&["自然资源局/2025-03.xlsx"]);
    let told = ["error formula-uncomputed F2", "error formula-uncomputed G2"];
    assert_eq!((code, rules(&reports[0])), (1, told.map(str::to_owned).to_vec()));
    let read = run_in(office.path(), &["read", "自然资源局/2025-03.xlsx", "--json"]);
    let read: Json = serde_json::from_slice(&read.stdout).expect("json");
    assert_eq!(read["notices"].as_array().map(Vec::len), Some(2), "{}", read["notices"]);
}

#[test]
fn a_spoilt_sheet_in_a_zip_blocks_and_other_members_are_named() {
    let office = Office::new();
    let sheet = format!("{HEADER}\n{ROW}\n").into_bytes();
    let members = [("好.csv", sheet), ("空.xlsx", Vec::new()), ("图.pdf", b"%PDF-1.4\n%%EOF\n".to_vec())];
    fs::write(office.path().join("自然资源局2025年3月.zip"), zipped(&members)).expect("a file");
    let (code, reports) = office.intake(&["自然资源局2025年3月.zip"]);
    let issues = reports[0]["issues"].as_array().expect("issues").iter();
    let members: Vec<(&str, &str)> = issues
        .filter(|issue| issue["rule"] == "member")
        .map(|issue| (issue["severity"].as_str().unwrap_or(""), issue["sheet"].as_str().unwrap_or("")))
        .collect();
    assert_eq!((code, members), (1, vec![("error", "空.xlsx"), ("warning", "图.pdf")]));
}
