//! Every model over a made-up prefecture that was taken in, beside DuckDB that is asked the same over the same Parquet.
//!
//! One model opens sealed personal columns, which DuckDB can't read: both are asked the others, ours all of them as well.
//! The leads of both are held against the planted truth and against each other.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::kept::{AS_OF, Kept};
use super::measure::Measured;
use super::{peers, report};
use crate::steps::{cargo, step};

/// A prefecture: 300 000 taxpayers.
const SCALE: &str = "15";
const SCRIPT: &str = "scan_duckdb.py";

/// Gap by model, taxpayer and period.
type Leads = BTreeMap<[String; 3], String>;

/// What one program was asked, and what it came to.
struct Answer {
    measured: Measured,
    leads: Leads,
    score: Value,
}

/// All that was measured.
struct Outcome {
    kept: Kept,
    all: Answer,
    same: Answer,
    peer: Answer,
    /// What the peer tells of its steps and questions.
    told: Value,
    bare: Measured,
}

/// Builds, makes the prefecture, runs ours and the peer, writes the table.
pub fn run(scale: Option<&str>) -> Result<()> {
    step("release build", &mut cargo(&["build", "--release", "--locked", "-p", "gongzhi"]))?;
    let folder = std::env::temp_dir().join(format!("gongzhi-bench-scan-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure_all(&folder, scale.unwrap_or(SCALE));
    std::fs::remove_dir_all(&folder)?;
    report::keep("scan", &body(scale.unwrap_or(SCALE), &outcome?)?)
}

fn measure_all(folder: &Path, scale: &str) -> Result<Outcome> {
    let kept = Kept::make(folder, scale)?;
    println!("── bare read by DuckDB");
    let (bare, _) = ask_peer(&kept, OsStr::new("--bare"))?;
    println!("── gongzhi models run");
    let all = kept.run_models(&[])?;
    println!("── {SCRIPT}");
    let out = folder.join("peer.jsonl");
    let (peer, told) = ask_peer(&kept, out.as_os_str())?;
    let peer = Measured { stdout: std::fs::read_to_string(&out)?, ..peer };
    let asked = told["questions"].as_object().context("the peer names no question")?;
    let asked: Vec<&str> = asked.keys().map(String::as_str).collect();
    println!("── gongzhi models run, the same {}", asked.len());
    let same = kept.run_models(&asked)?;
    println!("── scores");
    let judge = |measured: Measured| -> Result<Answer> {
        Ok(Answer { leads: read_leads(&measured.stdout)?, score: kept.score(&measured.stdout)?, measured })
    };
    let (all, same, peer) = (judge(all)?, judge(same)?, judge(peer)?);
    Ok(Outcome { all, same, peer, told, bare, kept })
}

fn ask_peer(kept: &Kept, out: &OsStr) -> Result<(Measured, Value)> {
    let (home, coverage, layer) = (kept.home(), kept.coverage(), Kept::layer());
    peers::run(SCRIPT, &[home.as_os_str(), coverage.as_os_str(), OsStr::new(AS_OF), out, layer.as_os_str()])
}

fn read_leads(lines: &str) -> Result<Leads> {
    let mut leads = Leads::new();
    for line in lines.lines() {
        let lead: Value = serde_json::from_str(line)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let key = [text(&lead["model"]), text(&lead["taxpayer"]["uscc"]), text(&lead["period"])];
        leads.insert(key, text(&lead["gap"]));
    }
    Ok(leads)
}

fn body(scale: &str, outcome: &Outcome) -> Result<String> {
    let mut text = String::new();
    let Outcome { kept, all, same, peer, told, bare } = outcome;
    writeln!(
        text,
        "Scale {scale}: {} files, {} rows accepted, {} taxpayers. Files made in {:.0} s; taken in, linked and compared \
         once in {:.0} s (not part of the scan).\n",
        kept.count("intake", "files"),
        kept.count("intake", "rows"),
        kept.count("identity", "taxpayers"),
        kept.seconds[0],
        kept.seconds[1],
    )?;
    writeln!(
        text,
        "| program | models | leads | seconds | cores busy | ours is faster by | most memory, MiB | recall | precision |"
    )?;
    writeln!(text, "|---|---:|---:|---:|---:|---:|---:|---:|---:|")?;
    let asked = told["questions"].as_object().map_or(0, serde_json::Map::len);
    let duckdb = peers::version("duckdb");
    let models = all.score["models"].as_object().map_or(0, serde_json::Map::len);
    for (who, models, answer, base) in [
        ("gongzhi models run", models, all, None),
        ("gongzhi models run", asked, same, None),
        (&*duckdb, asked, peer, Some(same)),
    ] {
        let faster = base.map_or_else(String::new, |base: &Answer| {
            format!("{:.2} ×", answer.measured.seconds / base.measured.seconds)
        });
        let (recall, precision) = shares(answer, |model| models != asked || !told["questions"][model].is_null());
        writeln!(
            text,
            "| {who} | {models} | {} | {:.1} | {:.2} | {faster} | {:.0} | {recall} | {precision} |",
            answer.leads.len(),
            answer.measured.seconds,
            answer.measured.cores_busy,
            answer.measured.peak_mib,
        )?;
    }
    let (seconds, busy, peak) = (bare.seconds, bare.cores_busy, bare.peak_mib);
    writeln!(text, "| {duckdb}, bare read | | | {seconds:.1} | {busy:.2} | | {peak:.0} | | |")?;
    writeln!(text, "\nTo reach: ≥ 1 × DuckDB, < 60 s, < 4 096 MiB.\n")?;
    write_notes(&mut text, outcome)?;
    write_models(&mut text, outcome)?;
    Ok(text)
}

/// Recall and precision over the models meant.
fn shares(answer: &Answer, is_meant: impl Fn(&str) -> bool) -> (String, String) {
    let models = answer.score["models"].as_object().into_iter().flatten().filter(|(model, _)| is_meant(model));
    let (mut planted, mut found, mut right) = (0, 0, 0);
    for (_, tally) in models {
        let count = |key: &str| tally[key].as_u64().unwrap_or_default();
        (planted, found, right) = (planted + count("planted"), found + count("found"), right + count("right"));
    }
    let share = |of: u64| if of == 0 { "–".to_owned() } else { format!("{:.2} %", 100.0 * right as f64 / of as f64) };
    (share(planted), share(found))
}

fn write_notes(text: &mut String, outcome: &Outcome) -> Result<()> {
    let Outcome { all, same, peer, told, bare, .. } = outcome;
    let agree = |model: Option<&str>| agreement(same, peer, model);
    let (both, gaps) = agree(None);
    writeln!(
        text,
        "Of {} leads of ours and {} of DuckDB on the same models {both} are the same, {gaps} of these with the same gap to \
         the fen (or both without one). DuckDB can't be asked the models that open sealed personal columns; it gives no \
         evidence, no formula in words and no outcome of the rows that are no lead, which ours does, and computes in \
         double precision, ours in decimals.\n",
        same.leads.len(),
        peer.leads.len(),
    )?;
    let seconds = |step: &str| told["steps"][step].as_f64().unwrap_or_default();
    writeln!(
        text,
        "DuckDB's steps: catalogue {:.1} s, state and links {:.1} s, shared views {:.1} s, questions {:.1} s. The bare read \
         decodes the needed columns of the same files once ({:.1} s with its start): {:.0} % of what ours takes for all \
         models, so {} binds.\n",
        seconds("catalogue"),
        seconds("state"),
        seconds("shared"),
        seconds("questions"),
        bare.seconds,
        100.0 * bare.seconds / all.measured.seconds,
        if bare.seconds * 2.0 > all.measured.seconds {
            "the decoding of Parquet"
        } else {
            "the work on the rows, not their decoding,"
        },
    )?;
    Ok(())
}

/// Leads that both have, and those of them with the same gap.
fn agreement(ours: &Answer, peer: &Answer, model: Option<&str>) -> (usize, usize) {
    let both = ours.leads.iter().filter(|(key, _)| model.is_none_or(|model| key[0] == model));
    let both: Vec<bool> = both.filter_map(|(key, gap)| Some(peer.leads.get(key)? == gap)).collect();
    (both.len(), both.iter().filter(|same| **same).count())
}

fn write_models(text: &mut String, outcome: &Outcome) -> Result<()> {
    let Outcome { all, same, peer, told, .. } = outcome;
    writeln!(
        text,
        "| model | planted | ours | right | recall | precision | DuckDB | right | in both | DuckDB, seconds |"
    )?;
    writeln!(text, "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")?;
    for (model, tally) in all.score["models"].as_object().into_iter().flatten() {
        let (recall, precision) = shares(all, |other| other == model);
        write!(
            text,
            "| {model} | {} | {} | {} | {recall} | {precision} |",
            tally["planted"], tally["found"], tally["right"]
        )?;
        match told["questions"][model].as_f64() {
            None => writeln!(text, " not asked | | | |")?,
            Some(seconds) => {
                let other = &peer.score["models"][model];
                let (both, _) = agreement(same, peer, Some(model));
                writeln!(text, " {} | {} | {both} | {seconds:.2} |", other["found"], other["right"])?;
            }
        }
    }
    Ok(())
}
