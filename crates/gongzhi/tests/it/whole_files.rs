//! What is written for people and other programs is there whole or not at all, and no cell of it is a formula.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::days::sources;
use crate::program::run_in;

const HEADER: &str = "招拍挂取得土地使用权单位名称,统一社会信用代码,宗地位置,面积（亩）,供应方式,成交价款（万元）,合同签订日期,合同编号,信息所属时间期间\n";
const ROW: &str =
    "示例建材有限公司,91652323MA7A000172,示例路1号,15,挂牌出让,\"1,200.5\",2025年3月5日,示例合同1,2025-03\n";

fn said(folder: &Path, words: &str) -> String {
    let output = run_in(folder, &words.split(' ').collect::<Vec<_>>());
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code().unwrap() < 2, "{words}: {text}");
    text
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names
}

/// Says `words` twice and holds on to every file of the first time: the second must leave what was there as it was and put
/// another in its place.
fn replaces(root: &Path, out: &str, words: &str) {
    said(root, words);
    let (out, kept) = (root.join(out), root.join(format!("kept {out}")));
    fs::create_dir_all(&kept).unwrap();
    let first = files(&out);
    assert!(!first.is_empty(), "{words}");
    let mut held = Vec::new();
    for path in &first {
        let link = kept.join(path.file_name().unwrap());
        fs::hard_link(path, &link).unwrap();
        held.push((path, link.clone(), fs::read(link).unwrap()));
    }
    // What a program that was killed left.
    for path in &first {
        fs::write(format!("{}.part", path.display()), "half").unwrap();
    }
    said(root, words);
    for (path, link, bytes) in held {
        assert_eq!(fs::read(&link).unwrap(), bytes, "{words}: {} was written over where it stood", path.display());
        assert_ne!(
            fs::metadata(&link).unwrap().ino(),
            fs::metadata(path).unwrap().ino(),
            "{words}: {}",
            path.display()
        );
    }
    assert_eq!(files(&out), first, "{words}: nothing half written is left");
}

#[test]
fn every_file_that_is_given_out_is_written_beside_its_place_and_renamed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("county")).unwrap();
    fs::write(root.join("county/自然资源局2025年03月.csv"), HEADER.to_owned() + ROW).unwrap();
    replaces(root, "out", "run county --as-of 2026-03-31 --out out");
    for format in ["csv", "xlsx", "parquet"] {
        replaces(root, format, &format!("export land_expropriation_grant --out {format} --format {format}"));
    }
    replaces(root, "templates", "template 15 --unit 自然资源局 --period 2025-03 --out templates");
    replaces(root, "schemas", "template 15 --schema --out schemas");
}

#[test]
fn nothing_that_is_given_out_is_written_in_its_place() {
    let of_commands = |path: &Path| {
        let path = path.to_string_lossy();
        ["acts", "cli", "reports"].iter().any(|room| path.contains(&format!("gongzhi/src/{room}")))
    };
    for (path, text) in sources().iter().filter(|(path, _)| of_commands(path) && !path.ends_with("acts/run/mod.rs")) {
        let text = text.split("#[cfg(test)]").next().unwrap().replace("WholeFile::create(", "");
        let is_tests = path.to_string_lossy().ends_with("_tests.rs");
        for word in ["fs::write(", "File::create(", "Writer::from_path("] {
            assert!(is_tests || !text.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn cells_of_an_export_that_begin_like_a_formula_are_texts_and_come_back_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let places = ["=1+1", "+86路", "-附楼", "@某处", "＝1+1", "＋路", "－附楼", "＠某处", "-5.20", "示例路1号"];
    let rows: String = places
        .iter()
        .enumerate()
        .map(|(at, place)| ROW.replace("示例路1号", place).replace("示例合同1", &format!("合同{at}")))
        .collect();
    fs::write(root.join("三月.csv"), HEADER.to_owned() + &rows).unwrap();
    said(root, "intake 三月.csv --item 15.grant --unit 自然资源局 --period 2025-03");
    said(root, "export land_expropriation_grant.grant --out out");
    let kept = |home: &str| {
        let text = said(root, &format!("state land_expropriation_grant.grant --json --home {home}"));
        let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let mut places: Vec<(String, String)> =
            lines.map(|row| (row["contract_number"].to_string(), row["location"].to_string())).collect();
        places.sort();
        places
    };
    let mut reader = csv::Reader::from_path(root.join("out/land_expropriation_grant.grant.csv")).unwrap();
    let at = reader.headers().unwrap().iter().position(|header| header == "location").unwrap();
    let mut cells: Vec<String> = reader.records().map(|record| record.unwrap()[at].to_owned()).collect();
    cells.sort();
    let signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let bare: Vec<&String> = cells.iter().filter(|cell| cell.starts_with(signs)).collect();
    assert_eq!(bare, ["-5.20"], "{cells:?}");
    assert_eq!(cells.len(), places.len());
    said(root, "intake out/datapackage.json --home again");
    assert_eq!(kept("again"), kept(".gongzhi"));
}
