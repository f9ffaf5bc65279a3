use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;

use calamine::{Data, Reader, SheetVisible, Xlsx};
use gongzhi_core::catalog::{Catalog, Source};
use gongzhi_core::messages::{Language, Translator};

use super::*;

fn read_folder(folder: &Path, prefix: &str, sources: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            read_folder(&entry.path(), &format!("{path}/"), sources);
        } else {
            sources.push(Source { path, text: std::fs::read_to_string(entry.path()).unwrap() });
        }
    }
}

fn catalog() -> Catalog {
    let mut sources = Vec::new();
    read_folder(&Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../../catalog"), "", &mut sources);
    Catalog::compile(&sources).0
}

fn request<'a>() -> TemplateRequest<'a> {
    TemplateRequest { version: 1, unit: None, period: None, mode: None, created: "2025-04-01".parse().unwrap() }
}

fn open(bytes: &[u8]) -> Xlsx<Cursor<&[u8]>> {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The texts of a row counted from 1.
fn texts(bytes: &[u8], sheet: &str, row: u32) -> Vec<String> {
    let range = open(bytes).worksheet_range(sheet).unwrap();
    let width = range.end().unwrap().1;
    (0..=width).map(|column| range.get_value((row - 1, column)).map(ToString::to_string).unwrap_or_default()).collect()
}

#[test]
fn all_forty_items_have_a_template_whose_headers_are_read_back() {
    let (catalog, translator) = (catalog(), Translator::new(Language::Chinese));
    let mut count = 0;
    for item in catalog.items.values().filter(|item| item.number.is_some()) {
        let bytes = write_template(item, &catalog, &request(), &translator).unwrap();
        for (sheet, kind) in list_sheets(item, 1) {
            let mut wanted: Vec<String> = kind.columns_of(1).map(header_of).collect();
            if has_action(item) {
                wanted.insert(0, ACTION_HEADER.to_owned());
            }
            let read = texts(&bytes, &sheet, HEADER_ROW);
            assert_eq!(read[..wanted.len()], wanted[..], "{} {sheet}", item.key);
            assert!(wanted.len() > 2, "{} {sheet}", item.key);
        }
        count += 1;
    }
    assert_eq!(count, 40);
}

#[test]
fn closed_columns_are_not_in_the_sheet() {
    let (catalog, translator) = (catalog(), Translator::new(Language::Chinese));
    let mut seen = 0;
    for item in catalog.items.values() {
        let bytes = write_template(item, &catalog, &request(), &translator).unwrap();
        for (sheet, kind) in list_sheets(item, 1) {
            let headers = texts(&bytes, &sheet, HEADER_ROW);
            for column in kind.columns.iter().filter(|column| column.closed) {
                assert!(!headers.contains(&header_of(column)), "{} {sheet} asks for {}", item.key, column.key);
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "the catalogue has closed columns");
}

#[test]
fn the_hidden_identity_says_item_version_unit_period_mode_and_kinds() {
    let (catalog, translator) = (catalog(), Translator::new(Language::Chinese));
    let item = &catalog.items["land_expropriation_grant"];
    let request = TemplateRequest {
        unit: catalog.units.get("natural_resources"),
        period: "2025-03".parse().ok(),
        mode: Some(SetMode::Differential),
        ..request()
    };
    let bytes = write_template(item, &catalog, &request, &translator).unwrap();
    let mut book = open(&bytes);
    let range = book.worksheet_range(IDENTITY_SHEET).unwrap();
    assert_eq!(range.get_value((0, 0)), Some(&Data::String(IDENTITY_MARK.to_owned())));
    let rows: Vec<Vec<String>> =
        range.rows().skip(1).map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let facts: BTreeMap<&str, &str> = rows.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    assert_eq!(facts["item"], "land_expropriation_grant");
    assert_eq!(facts["version"], "1");
    assert_eq!(facts["catalog"], catalog.digest);
    assert_eq!((facts["unit"], facts["period"], facts["mode"]), ("natural_resources", "2025-03", "differential"));
    assert!(rows.contains(&vec!["sheet".to_owned(), "出让".to_owned(), "grant".to_owned()]), "{rows:?}");
    let hidden = book.sheets_metadata().iter().find(|sheet| sheet.name == IDENTITY_SHEET).unwrap().visible;
    assert_eq!(hidden, SheetVisible::VeryHidden);
    let title = texts(&bytes, "出让", 2);
    assert_eq!(title[..4], ["填报单位：", "自然资源局", "所属期：", "2025年3月"]);
}

#[test]
fn codes_are_text_and_lists_are_drop_downs_and_headers_are_locked() {
    let (catalog, translator) = (catalog(), Translator::new(Language::Chinese));
    let item = &catalog.items["land_expropriation_grant"];
    let bytes = write_template(item, &catalog, &request(), &translator).unwrap();
    let sheet = part(&bytes, "xl/worksheets/sheet2.xml");
    assert!(sheet.contains("<sheetProtection sheet=\"1\""), "no protection");
    assert!(sheet.contains("insertRows=\"0\"") && sheet.contains("sort=\"0\""), "rows can't be inserted or sorted");
    assert!(sheet.contains("<formula1>list_land_use</formula1>"), "the long list is no drop-down");
    assert!(sheet.contains("新增,变更,撤销"), "the action is no drop-down");
    let book = part(&bytes, "xl/workbook.xml");
    assert!(book.contains("<definedName name=\"list_land_use\">_lists!$A$2:$A$86</definedName>"), "{book}");
    let styles = part(&bytes, "xl/styles.xml");
    assert!(styles.contains("numFmtId=\"49\"") && styles.contains("<protection locked=\"0\"/>"), "{styles}");
    assert!(part(&bytes, "xl/comments1.xml").contains("示例：12000000.00"));
}

#[test]
fn rows_written_into_a_template_are_read_back_cell_for_cell() {
    let (catalog, translator) = (catalog(), Translator::new(Language::Chinese));
    let item = &catalog.items["construction_acceptance"];
    let (sheet, kind) = list_sheets(item, 1).swap_remove(0);
    let columns: Vec<_> = kind.columns_of(1).collect();
    let row = |text: &str| TemplateRow {
        action: Some(RowAction::Revoke),
        cells: columns.iter().map(|_| Cell::Text(text.to_owned())).collect(),
    };
    let rows = [KindRows { kind: kind.key.clone(), rows: vec![row("=1+1"), row("91652323MA7A000172"), row("007")] }];
    let bytes = write_filled_template((item, &catalog), &request(), &rows, &translator).unwrap();
    for (number, text) in (HEADER_ROW + 1..).zip(["=1+1", "91652323MA7A000172", "007"]) {
        let read = texts(&bytes, &sheet, number);
        assert_eq!(read[0], "撤销");
        assert!(read[1..=columns.len()].iter().all(|cell| cell == text), "{read:?}");
    }
}

#[test]
fn a_sheet_of_very_many_rows_is_the_same_as_a_small_one() {
    let (catalog, translator) = (catalog(), Translator::new(Language::Chinese));
    let item = &catalog.items["marriage_registration"];
    let (sheet, kind) = list_sheets(item, 1).swap_remove(0);
    let row = TemplateRow { action: None, cells: vec![Cell::Text("甲".to_owned()), Cell::Integer(7)] };
    let rows = [KindRows { kind: kind.key.clone(), rows: vec![row; 10_001] }];
    let bytes = write_filled_template((item, &catalog), &request(), &rows, &translator).unwrap();
    assert_eq!(open(&bytes).worksheet_range(&sheet).unwrap().end().unwrap().0, HEADER_ROW + 10_000);
    let empty = write_template(item, &catalog, &request(), &translator).unwrap();
    assert_eq!(texts(&bytes, &sheet, HEADER_ROW), texts(&empty, &sheet, HEADER_ROW));
}

#[test]
fn the_same_request_gives_the_same_bytes_and_english_notes_keep_chinese_headers() {
    let catalog = catalog();
    let item = &catalog.items["fiscal_subsidy"];
    let [chinese, english] = [Language::Chinese, Language::English].map(Translator::new);
    let write = |translator| write_template(item, &catalog, &request(), translator).unwrap();
    assert_eq!(write(&chinese), write(&chinese));
    let sheet = &list_sheets(item, 1)[0].0;
    assert_eq!(texts(&write(&english), sheet, HEADER_ROW), texts(&write(&chinese), sheet, HEADER_ROW));
    assert!(part(&write(&english), "xl/comments1.xml").contains("Need: required"));
}
