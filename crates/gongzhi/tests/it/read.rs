//! `gongzhi read`: any file is read or refused with a sentence, and nothing it asks for hurts the parent.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::program::run_in;
use crate::real_data;

/// Runs `read --json --rows`; gives the exit code and the object.
fn read_json(path: &Path) -> (i32, Json) {
    let folder = path.parent().expect("a folder");
    let output = run_in(folder, &["read", &path.to_string_lossy(), "--json", "--rows"]);
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    (output.status.code().expect("an exit code"), json)
}

fn column(sheet: &Json, part: &str) -> usize {
    let columns = sheet["columns"].as_array().expect("columns");
    columns
        .iter()
        .position(|column| column["name"].as_str().is_some_and(|name| name.contains(part)))
        .expect("the column")
}

#[test]
fn the_object_has_the_promised_shape() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("表.csv");
    std::fs::write(
        &path,
        "序号,名称,金额,登记日期,空\n1,甲公司,\"1,200.50\",2024年3月5日,\n2,乙公司,3,2024/3/6,\n合计,,1203.50,,\n",
    )
    .expect("a file");
    let (code, json) = read_json(&path);
    assert_eq!((code, json["format"].as_str()), (0, Some("csv")));
    let sheet = &json["sheets"][0];
    assert_eq!(sheet["name"], "表");
    assert_eq!(sheet["header"], serde_json::json!({"first_row": 1, "row_count": 1}));
    let types: Vec<_> =
        sheet["columns"].as_array().expect("columns").iter().map(|column| column["type"].as_str()).collect();
    assert_eq!(types, [Some("integer"), Some("text"), Some("decimal"), Some("date"), Some("empty")]);
    assert_eq!(sheet["row_count"], 2);
    assert_eq!(
        sheet["rows"],
        serde_json::json!([["1", "甲公司", "1200.50", "2024-03-05", null], ["2", "乙公司", "3", "2024-03-06", null]])
    );
    assert_eq!(sheet["left_out"][0]["row"], 4);
}

#[test]
fn what_can_not_be_read_is_refused_with_a_sentence_and_exit_code_two() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases: [(&str, &[u8]); 4] = [
        ("空.xlsx", b""),
        ("文档.xls", b"%PDF-1.7"),
        ("坏.xlsx", b"PK\x03\x04broken"),
        ("程序.csv", b"MZ\x00\x01\x02"),
    ];
    for (name, bytes) in cases {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        let (code, json) = read_json(&path);
        let sentence = json["notices"][0]["message"].as_str().expect("a sentence");
        assert_eq!(code, 2, "{name}");
        assert!(sentence.chars().count() > 10 && sentence.contains('。'), "{name}: {sentence}");
        assert_eq!(json["sheets"], serde_json::json!([]), "{name}");
    }
    let (code, json) = read_json(&folder.path().join("没有.xlsx"));
    assert_eq!((code, json["notices"].as_array().map(Vec::len)), (2, Some(1)));
}

/// A workbook of one sheet, whose XML is given in pieces, and its strings.
fn write_workbook(path: &Path, sheet: &[&[u8]], strings: &[u8]) {
    let file = std::fs::File::create(path).expect("a file");
    let mut zip = zip::ZipWriter::new(file);
    let parts: [(&str, &[u8]); 3] = [
        ("xl/workbook.xml", br#"<workbook xmlns:r="r"><sheets><sheet name="s" r:id="r1"/></sheets></workbook>"#),
        ("xl/_rels/workbook.xml.rels", br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="strings.xml"/></Relationships>"#),
        ("xl/strings.xml", strings),
    ];
    for (name, bytes) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(bytes).expect("written");
    }
    zip.start_file("xl/sheet1.xml", zip::write::SimpleFileOptions::default()).expect("a part");
    sheet.iter().for_each(|piece| zip.write_all(piece).expect("written"));
    zip.finish().expect("a zip");
}

#[test]
fn a_workbook_that_claims_ten_trillion_strings_is_read_for_what_it_holds() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("claims.xlsx");
    let sheet = br#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>9999999999999</v></c><c r="B2"><v>1</v></c></row></sheetData></worksheet>"#;
    write_workbook(
        &path,
        &[sheet],
        br#"<sst count="9999999999999" uniqueCount="9999999999999"><si><t>a</t></si></sst>"#,
    );
    let (code, json) = read_json(&path);
    assert_eq!((code, json["format"].as_str()), (0, Some("xlsx")));
}

#[test]
fn a_workbook_that_really_holds_too_many_strings_is_refused_and_kills_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bomb.xlsx");
    let strings = format!("<sst>{}</sst>", format!("<si><t>{}</t></si>", "x".repeat(1 << 20)).repeat(300));
    write_workbook(&path, &[b"<worksheet/>"], strings.as_bytes());
    let begun = Instant::now();
    let (code, json) = read_json(&path);
    assert_eq!(code, 2);
    assert!(json["notices"][0]["message"].as_str().is_some_and(|sentence| sentence.contains("256 MB")), "{json}");
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_cell_that_outgrows_memory_kills_the_child_and_not_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cell.xlsx");
    let piece = vec![b'y'; 1 << 20];
    let mut sheet: Vec<&[u8]> = vec![b"<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>"];
    sheet.extend(std::iter::repeat_n(piece.as_slice(), 700));
    write_workbook(&path, &sheet, b"<sst/>");
    let (code, json) = read_json(&path);
    assert_eq!((code, json["sheets"].as_array().map(Vec::len)), (2, Some(0)));
    assert_eq!(json["notices"].as_array().map(Vec::len), Some(1));
}

#[test]
fn every_office_file_gives_name_and_code_of_all_forty_rows() {
    let Some(office) = real_data::find("sheets/office") else { return };
    let (_, expected) = read_json(&office.join("expected.csv"));
    let expected = &expected["sheets"][0];
    let (name_at, code_at) = (column(expected, "企业名称"), column(expected, "代码"));
    let mut file_count = 0;
    for entry in std::fs::read_dir(&office).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.ends_with("expected.csv") {
            continue;
        }
        file_count += 1;
        let (code, json) = read_json(&path);
        let sheet = &json["sheets"][0];
        let (name, code_column) = (column(sheet, "企业名称"), column(sheet, "代码"));
        let rows = sheet["rows"].as_array().expect("rows");
        assert_eq!((code, rows.len()), (0, 40), "{}", path.display());
        let is_spoilt = path.to_string_lossy().contains("09_dirty");
        for (at, (row, wanted)) in rows.iter().zip(expected["rows"].as_array().expect("rows")).enumerate() {
            assert_eq!(row[name], wanted[name_at], "{} row {}", path.display(), at + 1);
            if is_spoilt && [0, 24, 38].contains(&at) {
                assert!(row[code_column].as_str().is_some_and(|code| code.contains("E+17")));
                continue;
            }
            assert_eq!(row[code_column], wanted[code_at], "{} row {}", path.display(), at + 1);
        }
        let spoilt_cells: Vec<_> =
            json["notices"].as_array().expect("notices").iter().filter_map(|notice| notice["cell"].as_str()).collect();
        assert_eq!(spoilt_cells, if is_spoilt { vec!["C2", "C28", "C43"] } else { vec![] });
        if path.to_string_lossy().contains("12_vertical") {
            let address = column(sheet, "地址");
            assert!(rows.iter().all(|row| row[address].is_string()), "the address is filled down");
        }
    }
    assert_eq!(file_count, 6);
}

#[test]
fn every_file_of_other_readers_is_read_or_refused_in_time() {
    let Some(folder) = real_data::find("sheets/reader") else { return };
    let (mut read_count, mut refused) = (0, Vec::new());
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let begun = Instant::now();
        let (code, json) = read_json(&path);
        assert!(begun.elapsed() < Duration::from_secs(10), "{}", path.display());
        if code == 2 {
            assert!(json["notices"][0]["message"].is_string());
            refused.push(path.file_name().expect("a name").to_string_lossy().into_owned());
            continue;
        }
        assert_eq!(code, 0, "{}", path.display());
        read_count += 1;
        for sheet in json["sheets"].as_array().expect("sheets") {
            let (rows, width) = (sheet["rows"].as_array().expect("rows"), sheet["columns"].as_array().map(Vec::len));
            assert_eq!(sheet["row_count"].as_u64(), Some(rows.len() as u64), "{}", path.display());
            assert!(rows.iter().all(|row| row.as_array().map(Vec::len) == width), "{}", path.display());
        }
    }
    refused.sort();
    let expected = [
        "issue252.xlsx",
        "issue_385.xls",
        "issue_594_dos.ods",
        "pass_protected.ods",
        "pass_protected.xlsb",
        "pass_protected.xlsx",
    ];
    assert_eq!((read_count, refused), (126, expected.map(str::to_owned).to_vec()));
}
