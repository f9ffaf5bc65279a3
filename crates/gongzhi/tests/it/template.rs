//! `gongzhi template`: all forty workbooks, opened by another program.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use gongzhi_core::catalog::{Catalog, Column, ColumnType, Frequency, Item, Kind};
use gongzhi_core::intake::mask::mask_persons;
use gongzhi_core::messages::{Language, Translator};
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;
use gongzhi_engine::template::{
    KindRows, TemplateRequest, TemplateRow, has_action, header_of, list_sheets, write_filled_template,
};
use gongzhi_engine::workbook::Cell;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use crate::office::open_all;
use crate::program::{gongzhi, run_in};
use crate::shipped::catalog;

fn period_of(item: &Item) -> Period {
    match item.period {
        Frequency::Month | Frequency::Event | Frequency::Demand => Period::Month(2025, 3),
        Frequency::Quarter => Period::Quarter(2025, 1),
        Frequency::Year => Period::Year(2025),
    }
}

/// What a clerk who copies the example puts into the cell.
fn example_cell(column: &Column) -> Cell {
    // Parties and certificates have no example of their own in the catalogue.
    let example = match column.column_type {
        _ if !column.example.is_empty() => column.example.as_str(),
        ColumnType::Text if column.required => "示例建材有限公司",
        ColumnType::Uscc => "91652323MA7A000172",
        ColumnType::CitizenId if column.required => "652323199001010011",
        ColumnType::DisabilityCertificate => "65232319900101001142",
        _ => return Cell::Empty,
    };
    match column.column_type {
        ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate => {
            Cell::Decimal(example.parse().expect("a figure"))
        }
        ColumnType::Integer => Cell::Integer(example.parse().expect("a whole number")),
        ColumnType::Date => Cell::Date(example.parse().expect("a day")),
        _ => Cell::Text(example.to_owned()),
    }
}

fn example_row(kind: &Kind, version: u32) -> TemplateRow {
    TemplateRow { action: None, cells: kind.columns_of(version).map(example_cell).collect() }
}

/// Whether a cell read back is the one that was filled in.
fn is_same(filled: &Cell, read: &Json) -> bool {
    let text = read.as_str().map_or_else(|| read.to_string(), str::to_owned);
    match filled {
        Cell::Empty => read.is_null(),
        // A person's number comes out masked, whatever stands in the file.
        Cell::Text(filled) => *filled == text || mask_persons(filled).is_some_and(|masked| masked == text),
        Cell::Decimal(filled) => text.parse::<Decimal>().is_ok_and(|read| read == *filled),
        Cell::Integer(filled) => text.parse::<i64>().is_ok_and(|read| read == *filled),
        Cell::Date(filled) => text.parse::<NaiveDate>().is_ok_and(|read| read == *filled),
        Cell::Link { .. } => false,
    }
}

/// Fills an item's template with its examples, a row a kind; gives the path and the rows.
fn fill(item: &Item, catalog: &Catalog, folder: &Path) -> (PathBuf, Vec<KindRows>) {
    let period = period_of(item);
    let request = TemplateRequest {
        version: item.version_on(period.last_day()),
        unit: catalog.units_of(item).next(),
        period: Some(period),
        mode: Some(SetMode::Full),
        created: NaiveDate::from_ymd_opt(2025, 4, 1).expect("a day"),
    };
    let rows: Vec<KindRows> = list_sheets(item, request.version)
        .into_iter()
        .map(|(_, kind)| KindRows { kind: kind.key.clone(), rows: vec![example_row(kind, request.version)] })
        .collect();
    let say = Translator::new(Language::Chinese);
    let bytes = write_filled_template((item, catalog), &request, &rows, &say).expect("a workbook");
    let path = folder.join(format!("{}.xlsx", item.key));
    std::fs::write(&path, bytes).expect("a file");
    (path, rows)
}

/// Reads a filled template back; every cell that differs, and every sheet that is not as long as it was filled.
fn differences(item: &Item, (path, filled): &(PathBuf, Vec<KindRows>)) -> Vec<String> {
    let output = gongzhi().args(["read", "--json", "--rows"]).arg(path).output().expect("the program starts");
    let read: Json = serde_json::from_slice(&output.stdout).expect("json");
    let version = item.version_on(period_of(item).last_day());
    let mut found = Vec::new();
    for ((name, kind), filled) in list_sheets(item, version).iter().zip(filled) {
        let sheet = read["sheets"].as_array().expect("sheets").iter().find(|sheet| sheet["name"] == name.as_str());
        let sheet = sheet.unwrap_or_else(|| panic!("{}: no sheet {name}", item.key));
        let rows = sheet["rows"].as_array().expect("rows");
        if rows.len() != filled.rows.len() {
            found.push(format!("{} {name}: {} rows", item.key, rows.len()));
        }
        let skipped = usize::from(has_action(item));
        for (row, filled) in rows.iter().zip(&filled.rows) {
            let cells = row.as_array().expect("cells");
            assert_eq!(cells.len(), filled.cells.len() + skipped, "{} {name}", item.key);
            for ((column, cell), read) in kind.columns_of(version).zip(&filled.cells).zip(&cells[skipped..]) {
                if !is_same(cell, read) {
                    found.push(format!("{} {name} {}: {cell:?} is read as {read}", item.key, header_of(column)));
                }
            }
        }
    }
    found
}

#[test]
fn every_template_filled_with_its_own_examples_is_accepted_and_reads_back_cell_by_cell() {
    let folder = tempfile::tempdir().expect("a folder");
    let catalog = catalog();
    let items: Vec<&Item> = catalog.items.values().filter(|item| !item.is_tax_side()).collect();
    assert_eq!(items.len(), 40);
    let made: Vec<_> = items.iter().map(|item| fill(item, &catalog, folder.path())).collect();
    let differing: Vec<String> = items.iter().zip(&made).flat_map(|(item, made)| differences(item, made)).collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    let names: Vec<&str> = made.iter().map(|(path, _)| path.to_str().expect("a path")).collect();
    let words: Vec<&str> = ["intake", "--dry-run", "--json"].into_iter().chain(names).collect();
    let output = run_in(folder.path(), &words);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong: Vec<String> = told
        .lines()
        .flat_map(|line| {
            let report: Json = serde_json::from_str(line).expect("json");
            let file = report["file"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
            let errors = report["issues"].as_array().expect("issues").clone();
            let errors = errors.into_iter().filter(|issue| issue["severity"] == "error");
            errors
                .map(move |issue| format!("{file} {} {} {}", issue["sheet"], issue["cell"], issue["message"]))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty() && output.status.success(), "{}", wrong.join("\n"));
    assert_eq!(told.lines().count(), 40);
}

#[test]
fn a_department_with_two_keys_is_known_by_both_to_template_and_intake() {
    let folder = tempfile::tempdir().expect("a folder");
    for unit in ["财政局", "国资委", "finance"] {
        let words = ["state_asset_transfer", "--unit", unit, "--period", "2025-03"];
        let made = run_in(folder.path(), &[&["template"], words.as_slice(), &["--out", "made"]].concat());
        assert!(made.status.success(), "{unit}: {}", String::from_utf8_lossy(&made.stderr));
        let words = ["--item", "state_asset_transfer", "--unit", unit, "--period", "2025-03"];
        let taken = run_in(folder.path(), &[&["intake", "--mode", "nil", "--json"], words.as_slice()].concat());
        let taken: Json = serde_json::from_slice(&taken.stdout).expect("json");
        assert_eq!(taken["unit"], "state_assets", "{unit}");
    }
    let foreign = ["state_asset_transfer", "--unit", "住建局", "--period", "2025-03"];
    let refused = run_in(folder.path(), &[&["template"], foreign.as_slice(), &["--out", "made"]].concat());
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn an_unknown_unit_is_told_in_the_same_words_by_template_and_intake() {
    let folder = tempfile::tempdir().expect("a folder");
    let template = run_in(folder.path(), &["template", "10", "--unit", "烟草", "--out", "made"]);
    let words = ["intake", "--mode", "nil", "--item", "10", "--period", "2025", "--unit", "烟草"];
    let intake = run_in(folder.path(), &words);
    let told = String::from_utf8_lossy(&template.stderr).trim().trim_end_matches('。').to_owned();
    assert!(told.contains("财政局（finance）"), "{told}");
    assert!(String::from_utf8_lossy(&intake.stdout).contains(&told), "{}", String::from_utf8_lossy(&intake.stdout));
}

#[test]
fn another_program_opens_all_forty_templates() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = folder.path().join("made");
    let output = gongzhi().args(["template", "all", "--out"]).arg(&made).output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let templates: Vec<_> = std::fs::read_dir(&made).expect("the folder").flatten().map(|entry| entry.path()).collect();
    assert_eq!(templates.len(), 40);
    let Some(sheets) = open_all(&templates, &folder.path().join("opened")) else { return };
    for template in &templates {
        let stem = template.file_stem().expect("a name").to_string_lossy().into_owned();
        let own = || sheets.iter().filter(|(name, _)| name.starts_with(&format!("{stem}-")));
        let to_fill = own().filter(|(_, text)| text.lines().nth(1).is_some_and(|line| line.contains("填报单位：")));
        assert!(to_fill.count() > 0, "{stem} has no sheet to fill in");
        assert!(own().any(|(name, _)| name.ends_with("-填报说明.csv")), "{stem} has no instructions");
        assert!(own().any(|(_, text)| text.starts_with("gongzhi-template")), "{stem} has no identity");
    }
}

#[test]
fn a_wrong_order_is_told_whole_and_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let words = ["template", "15", "nonsense", "--period", "2025Q1", "--unit", "住建局", "--mode", "half", "--out"];
    let output = gongzhi().args(words).arg(&out).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    for word in ["nonsense", "住建局", "2025Q1", "half", "自然资源局"] {
        assert!(told.contains(word), "{word} is not named: {told}");
    }
    assert!(!out.exists());
}
