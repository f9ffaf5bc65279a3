//! `gongzhi code` and `gongzhi match`, on small registries made here and on the real ones.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::real_data;

/// Runs the program and gives what it said, line by line as JSON.
fn gongzhi(words: &[&str], input: &str) -> Vec<Value> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gongzhi"))
        .args(["--lang", "en"])
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "{words:?}: {}", output.status);
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn read_csv(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_default()
}

#[test]
fn every_line_gets_a_line_blank_ones_too() {
    let lines = gongzhi(&["code", "-", "--json"], "91652323MA7A000172\n\n d2143569-x\r\n91652323MA7AO00172");
    let verdicts: Vec<_> =
        lines.iter().map(|line| (text(line, "value"), text(line, "kind"), text(line, "verdict"))).collect();
    assert_eq!(
        verdicts,
        [
            ("91652323MA7A000172", "uscc", "valid"),
            ("", "other", "invalid"),
            (" d2143569-x", "organisation_code", "valid_after_normalise"),
            ("91652323MA7AO00172", "uscc", "invalid"),
        ]
    );
    assert_eq!(text(&lines[2], "normalised"), "D2143569X");
    assert_eq!(text(&lines[3], "suggestion"), "91652323MA7A000172");
}

#[test]
fn every_vector_gets_the_verdict_that_is_expected_of_it() {
    let Some(data) = real_data::find("") else { return };
    let vectors = read_csv(&data.join("identifiers/vectors.csv"));
    let input: String = vectors.iter().map(|row| format!("{}\n", row["value"])).collect();
    let lines = gongzhi(&["code", "-", "--json"], &input);
    assert_eq!(lines.len(), vectors.len());
    let wrong: Vec<_> = vectors.iter().zip(&lines).filter(|(row, line)| !is_as_expected(row, line)).collect();
    assert!(wrong.is_empty(), "{} of {} differ, the first: {:?}", wrong.len(), vectors.len(), wrong.first());
    assert!(vectors.len() > 4000);
}

fn is_as_expected(row: &BTreeMap<String, String>, line: &Value) -> bool {
    let kind = match row["type"].as_str() {
        "uscc" => "uscc",
        "orgcode9" => "organisation_code",
        "regno15" => "registration_number",
        _ => "",
    };
    let (is_kind, verdict) = (text(line, "kind") == kind, text(line, "verdict"));
    match row["expected"].as_str() {
        "valid" => is_kind && verdict == "valid",
        "valid_after_normalise" => is_kind && verdict == "valid_after_normalise" && line["normalised"].is_string(),
        "invalid" => verdict == "invalid",
        "invalid_confusable" => {
            let suggestion = text(line, "suggestion");
            is_kind && verdict == "invalid" && !suggestion.is_empty() && row["reason"].contains(suggestion)
        }
        "invalid_but_genuine" => is_kind && verdict == "invalid" && line["notice"].is_string(),
        "not_a_uscc" => verdict == "invalid" || text(line, "kind") != "uscc",
        other => panic!("the vectors expect something new: {other}"),
    }
}

#[test]
fn names_are_matched_row_by_row_and_blank_rows_too() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, names) = (folder.path().join("registry.csv"), folder.path().join("names.csv"));
    let taxpayers = "name,uscc,former_names\n\
        呼图壁县甲甲商贸有限公司,91652323MA7A000172,呼图壁县旧旧商贸有限公司;呼图壁县老老商行\n\
        呼图壁县乙乙棉业有限公司,92652323MA7A00017Y,\n\
        呼图壁县乙乙棉业有限责任公司,93652323MA7A00017U,\n";
    std::fs::write(&registry, taxpayers).unwrap();
    std::fs::write(&names, "单位名称\n呼图壁县甲甲商贸有限责任公司\n\n呼图壁县乙乙棉业有限公司\n呼图壁县老老商行\n")
        .unwrap();
    let words = [
        "match",
        "--registry",
        registry.to_str().unwrap(),
        "--names",
        names.to_str().unwrap(),
        "--column",
        "单位名称",
        "--json",
    ];
    let lines = gongzhi(&words, "");
    let classes: Vec<_> = lines.iter().map(|line| (line["row"].as_u64().unwrap(), text(line, "class"))).collect();
    assert_eq!(classes, [(1, "certain"), (2, "none"), (3, "probable"), (4, "certain")]);
    assert_eq!(text(&lines[0]["candidates"][0], "uscc"), "91652323MA7A000172");
    assert_eq!(lines[2]["candidates"].as_array().unwrap().len(), 2, "the name stands for two codes");
    assert_eq!(lines[3]["candidates"][0]["agree"], serde_json::json!(["former_name"]));
}

#[test]
fn a_registry_without_a_column_of_codes_is_refused_with_exit_2() {
    let folder = tempfile::tempdir().unwrap();
    let registry = folder.path().join("registry.csv");
    std::fs::write(&registry, "name\n某某商贸有限公司\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_gongzhi"))
        .args(["--lang", "en", "match", "--registry", registry.to_str().unwrap(), "某某商贸有限公司"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("uscc"));
}

/// What came of one relation or kind.
#[derive(Default)]
struct Tally {
    count: u32,
    certain: u32,
    certain_right: u32,
    probable: u32,
    probable_right: u32,
    first: u32,
    within_three: u32,
}

impl Tally {
    fn add(&mut self, line: &Value, gold: &str) {
        let candidates = line["candidates"].as_array().unwrap();
        let place = candidates.iter().position(|one| !gold.is_empty() && text(one, "uscc") == gold);
        let is_first = u32::from(place == Some(0));
        self.count += 1;
        self.first += is_first;
        self.within_three += u32::from(place.is_some_and(|place| place < 3));
        match text(line, "class") {
            "certain" => (self.certain, self.certain_right) = (self.certain + 1, self.certain_right + is_first),
            "probable" => (self.probable, self.probable_right) = (self.probable + 1, self.probable_right + is_first),
            _ => {}
        }
    }
}

fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole.max(1))
}

fn print(title: &str, tallies: &BTreeMap<String, Tally>) {
    eprintln!(
        "{title:24} {:>6} {:>8} {:>7} {:>9} {:>7} {:>7} {:>7}",
        "n", "certain", "right", "probable", "right", "first", "three"
    );
    for (kind, one) in tallies {
        eprintln!(
            "{kind:24} {:>6} {:>8} {:>7} {:>9} {:>7} {:>6.1}% {:>6.1}%",
            one.count,
            one.certain,
            one.certain_right,
            one.probable,
            one.probable_right,
            100.0 * share(one.first, one.count),
            100.0 * share(one.within_three, one.count)
        );
    }
}

/// One run over both lists, because building the index of 2.9 M names is what takes the time.
#[test]
fn names_against_the_national_registry_reach_the_precision_and_recall_asked_for() {
    let Some(data) = real_data::find("") else { return };
    let list = read_csv(&data.join("gold/list_names_to_registry.csv"));
    let dirty = read_csv(&data.join("gold/made_dirty_names.csv"));
    let folder = tempfile::tempdir().unwrap();
    let names = folder.path().join("names.csv");
    let mut writer = csv::Writer::from_path(&names).unwrap();
    writer.write_record(["name", "list"]).unwrap();
    for row in list.iter().chain(&dirty) {
        writer.write_record([row["name_raw"].as_str(), "x"]).unwrap();
    }
    writer.flush().unwrap();
    let registry = data.join("registry/national_names.parquet");
    let words = [
        "match",
        "--registry",
        registry.to_str().unwrap(),
        "--names",
        names.to_str().unwrap(),
        "--column",
        "name",
        "--top",
        "3",
        "--json",
    ];
    let lines = gongzhi(&words, "");
    assert_eq!(lines.len(), list.len() + dirty.len());
    let (of_list, of_dirty) = lines.split_at(list.len());
    judge_list(&tallies(&list, of_list, "relation"));
    judge_dirty(&tallies(&dirty, of_dirty, "kind"));
}

fn tallies(rows: &[BTreeMap<String, String>], lines: &[Value], key: &str) -> BTreeMap<String, Tally> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for (row, line) in rows.iter().zip(lines) {
        assert_eq!(text(line, "name"), row["name_raw"]);
        for key in [row[key].as_str(), "all"] {
            tallies.entry(key.to_owned()).or_default().add(line, &row["gold_uscc"]);
        }
    }
    tallies
}

fn judge_list(tallies: &BTreeMap<String, Tally>) {
    print("relation", tallies);
    let (all, absent) = (&tallies["all"], &tallies["not_in_registry"]);
    assert!(share(all.certain_right, all.certain) >= 0.995, "precision of certain links");
    assert!(share(absent.certain, absent.count) <= 0.005, "certain on rows that are not in the registry");
    assert!(share(absent.probable, absent.count) <= 0.01, "probable on rows that are not in the registry");
    for relation in ["exact", "width_bracket_space"] {
        let one = &tallies[relation];
        assert!(share(one.certain_right, one.count) >= 0.99, "recall of {relation}");
    }
}

fn judge_dirty(tallies: &BTreeMap<String, Tally>) {
    print("kind", tallies);
    let all = &tallies["all"];
    assert!(share(all.certain_right, all.certain) >= 0.995, "precision of certain links");
    assert!(share(all.probable_right, all.probable) >= 0.99, "precision of probable links");
    assert!(share(all.certain_right + all.probable_right, all.count) >= 0.88, "recall of certain and probable links");
    assert!(share(all.within_three, all.count) >= 0.97, "the true one within the first three");
    assert!(share(all.first, all.count) >= 0.95, "the true one first");
    for (kind, one) in tallies {
        assert!(share(one.within_three, one.count) >= 0.93, "the true one within the first three: {kind}");
    }
    assert_eq!(tallies.len(), 13, "twelve kinds and all");
}

#[test]
fn the_enterprises_of_the_region_load_as_a_registry() {
    let Some(data) = real_data::find("") else { return };
    let registry = data.join("registry/xinjiang_enterprises.parquet");
    let output = Command::new(env!("CARGO_BIN_EXE_gongzhi"))
        .args(["match", "--timings", "--registry", registry.to_str().unwrap(), "某某"])
        .output()
        .unwrap();
    let said: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(said["records"].as_u64(), Some(73_418));
}
