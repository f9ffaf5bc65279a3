//! `gongzhi demo-data` and `demo-score`: the made-up county and what intake says of its files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::program::{gongzhi, run_in};

fn make(folder: &Path, seed: &str) -> PathBuf {
    let out = folder.join(format!("county-{seed}"));
    let words = ["demo-data", "--scale", "0.02", "--seed", seed, "--out", &out.to_string_lossy()].map(str::to_owned);
    let made = gongzhi().args(words).output().expect("the program starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    out
}

fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("below").to_string_lossy().replace('\\', "/");
            files.insert(name, std::fs::read(&path).expect("a file"));
        }
    }
    files
}

/// Rows of a table of the truth, by the names of its columns.
fn truth(out: &Path, table: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(out.join("truth").join(table)).expect("a table");
    let headers = reader.headers().expect("a header").clone();
    let row = |row: csv::StringRecord| headers.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

/// What intake says of every file of the forty items.
fn intake(out: &Path) -> BTreeMap<String, Json> {
    let county = out.join("county");
    let files: Vec<String> =
        files_below(&county).into_keys().filter(|file| !file.starts_with("税务局/") && file.contains('/')).collect();
    let home = out.join("home").to_string_lossy().into_owned();
    let mut words = vec!["intake", "--dry-run", "--json", "--home", &home];
    words.extend(files.iter().map(String::as_str));
    let told = run_in(&county, &words);
    let lines = String::from_utf8(told.stdout).expect("text");
    let reports = lines.lines().map(|line| serde_json::from_str::<Json>(line).expect("json"));
    reports.map(|report| (report["file"].as_str().expect("a file").to_owned(), report)).collect()
}

#[test]
fn the_same_seed_makes_the_same_bytes_and_another_seed_another_county() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = files_below(&make(folder.path(), "7"));
    let again = tempfile::tempdir().expect("a folder");
    assert!(first == files_below(&make(again.path(), "7")), "the same seed made other files");
    assert!(first != files_below(&make(again.path(), "8")));
    assert!(first.len() > 200, "{} files", first.len());
}

#[test]
fn every_wrong_cell_is_found_and_every_clean_file_of_the_forty_items_is_accepted() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = make(folder.path(), "3");
    let reports = intake(&out);
    let wrong = truth(&out, "cells.csv");
    let spoilt: BTreeSet<&str> = wrong.iter().map(|cell| cell["file"].as_str()).collect();
    let items: BTreeSet<&str> = reports
        .values()
        .flat_map(|report| report["sheets"].as_array().into_iter().flatten())
        .filter_map(|sheet| sheet["item"].as_str())
        .collect();
    assert_eq!(items.len(), 40, "{items:?}");
    for (file, report) in &reports {
        assert!(spoilt.contains(file.as_str()) || report["accepted"] == true, "{file}: {}", report["issues"]);
    }
    assert!(wrong.len() > 20);
    for cell in &wrong {
        let issues = reports[&cell["file"]]["issues"].as_array().expect("issues");
        let here = |issue: &&Json| {
            issue["sheet"] == cell["sheet"].as_str() && cell["cell"].split('|').any(|place| issue["cell"] == place)
        };
        assert!(issues.iter().any(|issue| here(&issue)), "{cell:?} was not found among {issues:?}");
    }
}

#[test]
fn every_mended_file_mends_one_with_wrong_cells() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = make(folder.path(), "4");
    let resent = truth(&out, "files.csv");
    let mended: BTreeSet<&String> = resent.iter().map(|row| &row["mends"]).collect();
    let wrong = truth(&out, "cells.csv");
    for cell in &wrong {
        assert!(mended.contains(&cell["file"]), "{} was never mended", cell["file"]);
    }
    for row in &resent {
        assert!(out.join("county").join(&row["file"]).exists());
    }
    let models: BTreeSet<String> =
        truth(&out, "leads.csv").into_iter().map(|mut lead| lead.remove("model").expect("a model")).collect();
    assert_eq!(models.len(), 20, "{models:?}");
}

#[test]
fn files_are_as_old_as_they_were_sent_and_some_of_them_late() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = make(folder.path(), "6");
    let county = out.join("county");
    let files: Vec<String> =
        files_below(&county).into_keys().filter(|file| !file.starts_with("税务局/") && file.contains('/')).collect();
    let late: BTreeMap<String, u64> = truth(&out, "late.csv")
        .into_iter()
        .map(|mut row| (row.remove("file").expect("a file"), row["days"].parse().expect("days")))
        .collect();
    assert!(!late.is_empty() && late.len() * 10 < files.len(), "{} of {} are late", late.len(), files.len());
    let day = |file: &str| {
        let sent = std::fs::metadata(county.join(file)).and_then(|told| told.modified()).expect("a time");
        sent.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs() / 86_400
    };
    // Five days after the month, moved to the next working day.
    let month = |file: &String| file.contains("2025年06月") && file.contains("/企业土地转让信息");
    let transfers = files.iter().find(|file| month(file)).expect("the transfers of June");
    let due = 20_276;
    match late.get(transfers) {
        Some(days) => assert_eq!(day(transfers), due + days),
        None => assert!((due - 6..=due).contains(&day(transfers)), "day {}", day(transfers)),
    }
    let sent: BTreeSet<u64> = files.iter().map(|file| day(file)).collect();
    assert!(sent.len() > 20, "{sent:?}");
}

#[test]
fn an_empty_county_and_a_year_without_rules_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    for words in [["--scale", "0"], ["--year", "1999"]] {
        let told = run_in(folder.path(), &["demo-data", "--out", "x", words[0], words[1]]);
        assert_eq!(told.status.code(), Some(2));
        let said = String::from_utf8_lossy(&told.stderr).into_owned();
        assert!(said.contains('应'), "{said}");
        assert!(!folder.path().join("x").exists());
    }
}
