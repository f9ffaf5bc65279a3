//! Sheets as people really send them (the field review): each is read, told or refused as a careful human would.

use std::path::Path;

use serde_json::Value as Json;

use crate::program::run_in;
use crate::real_data;

/// Reads a file of the field; `None` where there are no real data.
fn read(name: &str) -> Option<Json> {
    let path = real_data::find("field")?.join(name);
    Some(read_at(&path))
}

fn read_at(path: &Path) -> Json {
    let folder = path.parent().expect("a folder");
    let output = run_in(folder, &["read", &path.to_string_lossy(), "--json", "--rows"]);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The rows of the first sheet, blanks as empty texts.
fn rows(json: &Json) -> Vec<Vec<String>> {
    let cells = |row: &Json| -> Vec<String> {
        row.as_array().expect("a row").iter().map(|cell| cell.as_str().unwrap_or_default().to_owned()).collect()
    };
    json["sheets"][0]["rows"].as_array().expect("rows").iter().map(cells).collect()
}

fn said(json: &Json) -> String {
    json["notices"].to_string()
}

/// Takes a file of the field in, nothing kept; gives the exit code and the report.
fn intake(name: &str, words: &[&str]) -> Option<(i32, Json)> {
    let path = real_data::find("field")?.join(name);
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join(name);
    std::fs::copy(&path, &copy).expect("a copy");
    let words: Vec<&str> = ["intake", "--json", "--dry-run", name].into_iter().chain(words.iter().copied()).collect();
    let output = run_in(folder.path(), &words);
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{name}: {error} {}", String::from_utf8_lossy(&output.stderr)));
    Some((output.status.code().expect("an exit code"), report))
}

const FINANCE: [&str; 4] = ["--unit", "财政局", "--period", "2024"];

/// `severity rule cell` of each error.
fn errors(report: &Json) -> Vec<String> {
    let text = |issue: &Json, key: &str| issue[key].as_str().unwrap_or_default().to_owned();
    let errors = report["issues"].as_array().expect("issues").iter().filter(|issue| issue["severity"] == "error");
    errors.map(|issue| format!("{} {} {}", text(issue, "severity"), text(issue, "rule"), text(issue, "cell"))).collect()
}

/// Rows in which a cell of a column can't be read.
fn told_rows(report: &Json, column: &str) -> Vec<u32> {
    let cells = report["issues"].as_array().expect("issues").iter().filter(|issue| issue["rule"] == "type");
    let of_column = cells.filter_map(|issue| issue["cell"].as_str()?.strip_prefix(column)?.parse().ok());
    let mut rows: Vec<u32> = of_column.collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

#[test]
fn an_amount_merged_over_rows_of_the_field_is_told_and_counted_for_none() {
    let Some(json) = read("24-merged-amount.xlsx") else { return };
    assert!(said(&json).contains("合并"), "{}", said(&json));
    let Some((code, report)) = intake("x13_merged.xlsx", &FINANCE) else { return };
    assert_eq!((code, errors(&report)), (1, vec!["error merged E2".to_owned()]), "{report}");
    let Some((code, report)) = intake("I08_补贴模板.xlsx", &FINANCE) else { return };
    assert_eq!((code, errors(&report)), (1, vec!["error merged J7".to_owned()]), "{report}");
}

#[test]
fn closing_lines_of_the_field_are_no_records() {
    let Some(json) = read("27-totals-anywhere.xlsx") else { return };
    let names: Vec<String> = rows(&json).into_iter().map(|row| row[2].clone()).collect();
    assert_eq!(names, ["甲公司", "乙公司", "丙公司"], "{json}");
    let Some(json) = read("x03_totals_col0.csv") else { return };
    assert_eq!(rows(&json).len(), 2, "{json}");
    let Some(json) = read("y02_builder_closing.csv") else { return };
    assert_eq!(rows(&json).len(), 1, "{json}");
}

#[test]
fn number_formats_of_the_field_say_what_their_figures_are_measured_in() {
    let Some(json) = read("10-format-wan-yuan.xlsx") else { return };
    assert_eq!(rows(&json), [["甲项目", "12.5万元", "12000", "92340"], ["乙项目", "3万元", "500", "10000"]], "{json}");
    let Some(json) = read("x12_amount_formats.xlsx") else { return };
    let amounts: Vec<String> = rows(&json).into_iter().map(|row| row[4].clone()).collect();
    assert_eq!(amounts[..4], ["12.5万元", "12.5万", "1200千元", "0.5亿元"]);
    assert!(amounts[4].ends_with("万元") && !amounts[5].contains('万'), "{amounts:?}");
    let Some((code, report)) = intake("x12_amount_formats.xlsx", &FINANCE) else { return };
    assert_eq!((code, errors(&report)), (0, Vec::new()), "{report}");
}

#[test]
fn leading_zeros_of_a_format_of_the_field_are_read_as_they_are_seen() {
    let Some(json) = read("11-format-leading-zeros.xlsx") else { return };
    assert_eq!(rows(&json), [["甲公司", "031100", "012345672", "HT0007"]], "{json}");
    let Some((_, report)) = intake("x11_org_code_format.xlsx", &FINANCE) else { return };
    assert!(!errors(&report).iter().any(|issue| issue.ends_with("C2")), "{report}");
}

#[test]
fn amounts_of_the_field_are_read_right_or_named() {
    let Some((_, report)) = intake("x02_amounts.tsv", &FINANCE) else { return };
    // A sign behind, Indian groups, foreign money, about, groups of four, %, European marks, an error, a sign alone, so
    // much an acre, a stretch, with words, dollars, a product: all others are read.
    let named = [9, 12, 17, 18, 19, 21, 22, 26, 27, 28, 29, 30, 37, 39, 40, 41, 44];
    assert_eq!(told_rows(&report, "E"), named, "{report}");
    let Some((_, report)) = intake("y03_fullwidth.tsv", &FINANCE) else { return };
    let told = told_rows(&report, "E");
    // $500, US$500, ＄500, €500, HK$500 are told; ￥, dashes, capitals are not.
    assert_eq!(told[..5], [5, 6, 7, 8, 9], "{report}");
    assert!((10..=24).all(|row| !told.contains(&row)), "{told:?} {report}");
}

#[test]
fn days_of_the_field_are_the_day_in_beijing_or_refused() {
    let Some(json) = read("51-utc-z.tsv") else { return };
    assert_eq!(rows(&json)[0][6], "2024-03-05", "{json}");
    let Some((_, report)) = intake("x01_dates.tsv", &FINANCE) else { return };
    // 24.3.5, 03/05/2024, a stretch, milliseconds, 30 February, 民国, a year of two digits.
    assert_eq!(told_rows(&report, "G"), [10, 16, 17, 18, 20, 21, 23], "{report}");
    let Some((_, report)) = intake("y04_dates_fw.tsv", &FINANCE) else { return };
    let told = told_rows(&report, "G");
    assert!((2..=16).all(|row| !told.contains(&row)), "{told:?}");
    assert!((17..=21).all(|row| told.contains(&row)), "{told:?}");
}

#[test]
fn a_time_of_day_over_a_day_of_the_field_is_the_day() {
    let Some(json) = read("x14_time_format.xlsx") else { return };
    let days: Vec<String> = rows(&json).into_iter().map(|row| row[6].clone()).collect();
    assert!(days.iter().all(|day| day.starts_with("2024-05-06")), "{days:?}");
    let Some((code, report)) = intake("x14_time_format.xlsx", &FINANCE) else { return };
    assert_eq!((code, errors(&report)), (0, Vec::new()), "{report}");
}

#[test]
fn a_title_of_the_field_that_contradicts_the_headers_does_not_pass_in_silence() {
    let Some((code, report)) = intake("z_conflict.csv", &FINANCE) else { return };
    assert_eq!((code, errors(&report)), (1, vec!["error measure E2".to_owned()]), "{report}");
    let sentence = report["issues"].to_string();
    assert!(sentence.contains("万元") && sentence.contains("两处不一致"), "{sentence}");
}

#[test]
fn cut_signs_of_the_field_leave_the_text_what_it_is() {
    for name in ["30-utf8-one-broken-byte.csv", "z_utf8_every_row_cut.csv"] {
        let Some(json) = read(name) else { return };
        assert!(rows(&json).iter().all(|row| row[0].starts_with("呼财") || row[0].ends_with("公司")), "{json}");
        assert!(said(&json).contains('�'), "{}", said(&json));
    }
}

#[test]
fn folders_in_a_zip_of_the_field_say_unit_and_period() {
    let Some((code, report)) = intake("y08_unit_in_zip.zip", &[]) else { return };
    assert_eq!(code, 0, "{report}");
    assert_eq!((&report["unit"], &report["period"]), (&"finance".into(), &"2024".into()));
}

#[test]
fn zeros_and_old_code_pages_of_the_field_are_texts() {
    for name in ["x17b_nul_pad.csv", "48-nul-and-ctrl-z.csv"] {
        let Some(json) = read(name) else { return };
        assert!(rows(&json).iter().flatten().any(|cell| cell == "甲公司"), "{json}");
    }
    let Some(json) = read("x18b_biff5_no_cp.xls") else { return };
    assert!(json["sheets"].to_string().contains("公司"), "{json}");
}

#[test]
fn texts_of_the_field_in_cells_of_figures_are_kept_and_lost_ones_named() {
    let Some(json) = read("39-text-in-number-cell.xlsx") else { return };
    assert!(rows(&json)[0][1].contains("存续") && said(&json).contains("B3"), "{json}");
    let Some((code, report)) = intake("x15_lost_text.xlsx", &FINANCE) else { return };
    assert_eq!((code, errors(&report)), (1, vec!["error text-lost B2".to_owned()]), "{report}");
}
