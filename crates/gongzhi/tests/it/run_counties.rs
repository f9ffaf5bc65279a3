//! Whole counties run and scored against what was planted.

use std::path::Path;

use serde_json::Value as Json;

use crate::program::gongzhi;
use crate::run::{command, make};

fn score(out: &Path, county: &Path) -> Json {
    let told = gongzhi().arg("demo-score").arg(out).arg("--truth").arg(county.join("truth")).arg("--json").output();
    let told = told.expect("the program starts");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    serde_json::from_slice(&told.stdout).expect("json")
}

/// Runs a county of a thousand taxpayers and compares what came of it with what was planted.
fn run_and_score(seed: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let made = make(folder.path(), "0.05", seed);
    let out = folder.path().join("out");
    let ended = command(&made.join("county"), &out).output().expect("the program starts");
    assert_eq!(ended.status.code(), Some(1), "{}", String::from_utf8_lossy(&ended.stderr));
    let score = score(&out, &made);
    println!("seed {seed}: {score}");
    let percent = |what: &str, share: &str| {
        let text = score[what][share].as_str().map(str::to_owned).unwrap_or_else(|| score[what][share].to_string());
        text.trim_end_matches('%').parse::<f64>().expect("a share in per cent")
    };
    assert!(percent("intake", "recall_percent") >= 99.0, "{score}");
    assert_eq!(score["false_alarms"].as_array().map(Vec::len), Some(0), "{score}");
    assert!(percent("identity", "precision_percent") >= 99.5, "{score}");
    assert!(percent("identity", "recall_percent") >= 95.0, "{score}");
    assert!(percent("all_models", "recall_percent") >= 99.0, "{score}");
    assert!(percent("all_models", "precision_percent") >= 98.0, "{score}");
    let models = score["models"].as_object().expect("models");
    assert_eq!(models.len(), 20, "{score}");
    for (model, tally) in models {
        let of = |share: &str| tally[share].as_str().unwrap_or("").trim_end_matches('%').parse::<f64>().expect(model);
        assert!(of("recall_percent") >= 90.0 && of("precision_percent") >= 90.0, "{model}: {tally}");
    }
    let gaps = |what: &str| score["gaps"][what].as_u64().expect("a count");
    assert!(gaps("right") * 100 >= gaps("compared") * 99, "{score}");
    assert!(percent("facts", "recall_percent") >= 99.0, "{score}");
    assert!(percent("facts", "precision_percent") >= 98.0, "{score}");
    let tempting = score["tempting"].as_object().expect("what tempts");
    assert_eq!(tempting.len(), 8, "{score}");
    for (tempting, left) in tempting {
        let count = |key: &str| left[key].as_u64().expect(tempting);
        assert!(count("left_alone") * 100 >= count("copies") * 95, "{tempting}: {left}");
    }
}

#[test]
fn a_county_run_finds_what_was_planted_and_nothing_else() {
    run_and_score("1");
}

#[test]
fn another_county_run_finds_what_was_planted_and_nothing_else() {
    run_and_score("2");
}
