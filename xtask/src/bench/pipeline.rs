//! The main job on a made-up county-year at scale 1, the default seed and one more: from files to leads and scores,
//! beside a script that does what an office does today.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use super::measure::{self, Measured};
use super::{peers, report};
use crate::steps::{cargo, program, root, step};

const SEEDS: [&str; 2] = ["1", "2"];

/// One county: what our run took, and how it scored.
struct Ours {
    seed: &'static str,
    run: Measured,
    steps: serde_json::Value,
    score: serde_json::Value,
}

/// Builds, makes the counties, runs ours and the peer, writes the table.
pub fn run() -> Result<()> {
    step("release build", &mut cargo(&["build", "--release", "--locked", "-p", "gongzhi"]))?;
    let folder = std::env::temp_dir().join(format!("gongzhi-bench-pipeline-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure_all(&folder);
    std::fs::remove_dir_all(&folder)?;
    let (ours, peer) = outcome?;
    report::keep("pipeline", &body(&ours, &peer)?)
}

fn measure_all(folder: &Path) -> Result<(Vec<Ours>, (Measured, serde_json::Value))> {
    let mut ours = Vec::new();
    let mut peer = None;
    for seed in SEEDS {
        let made = folder.join(seed);
        let mut make = Command::new(program("release"));
        make.args(["demo-data", "--scale", "1", "--seed", seed, "--out"]).arg(&made);
        step(&format!("county of seed {seed}"), &mut make)?;
        if peer.is_none() {
            println!("── the office's script");
            peer = Some(peers::run("pipeline.py", &[made.join("county").as_os_str()])?);
        }
        ours.push(measure_ours(&made, seed)?);
        std::fs::remove_dir_all(&made)?;
    }
    let Some(peer) = peer else { bail!("no seed") };
    Ok((ours, peer))
}

fn measure_ours(made: &Path, seed: &'static str) -> Result<Ours> {
    println!("── run of seed {seed}");
    let out = made.join("run");
    let mut command = Command::new(program("release"));
    command.arg("run").arg(made.join("county")).args(["--as-of", "2026-06-30", "--layer"]);
    command.arg(root().join("demo/catalog")).arg("--out").arg(&out);
    let run = measure::run(&mut command)?;
    if run.code.is_none_or(|code| code > 1) {
        bail!("the run failed: {}", run.stderr);
    }
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(out.join("run.json"))?)?;
    let mut score = Command::new(program("release"));
    score.arg("demo-score").arg(&out).arg("--truth").arg(made.join("truth")).arg("--json");
    let score = measure::run(&mut score)?;
    Ok(Ours { seed, run, steps: told["steps"].clone(), score: serde_json::from_str(score.stdout.trim())? })
}

fn body(ours: &[Ours], (peer, peer_told): &(Measured, serde_json::Value)) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "| program | seed | files | rows | seconds | ratio | most memory, MiB | answers |")?;
    writeln!(text, "|---|---|---:|---:|---:|---:|---:|---|")?;
    for one in ours {
        let counts = &one.steps[0]["counts"];
        writeln!(
            text,
            "| gongzhi run | {} | {} | {} | {:.1} | {:.1} × | {:.0} | {} models, every rule, identity of every party |",
            one.seed,
            counts["files"],
            counts["rows"],
            one.run.seconds,
            peer.seconds / one.run.seconds,
            one.run.peak_mib,
            one.score["models"].as_object().map_or(0, serde_json::Map::len),
        )?;
    }
    writeln!(
        text,
        "| {} + {}, as an office does it | {} | {} | {} | {:.1} | 1 × | {:.0} | two questions, simple checks, exact look-up |",
        peers::version("pandas"),
        peers::version("openpyxl"),
        ours[0].seed,
        peer_told["files"],
        peer_told["rows"],
        peer.seconds,
        peer.peak_mib,
    )?;
    writeln!(text, "\nTo reach: ≥ 20 ×, < 60 s, < 1 024 MiB. The steps of ours, seconds:\n")?;
    writeln!(text, "| seed | {} |", step_words(&ours[0], |step| step["step"].as_str().unwrap_or_default().to_owned()))?;
    writeln!(text, "|---|{}", "---:|".repeat(ours[0].steps.as_array().map_or(0, Vec::len)))?;
    for one in ours {
        writeln!(text, "| {} | {} |", one.seed, step_words(one, |step| step["seconds"].to_string()))?;
    }
    writeln!(text, "\nAgainst the planted truth:\n\n```json")?;
    for one in ours {
        writeln!(text, "{}", one.score)?;
    }
    writeln!(text, "```")?;
    Ok(text)
}

fn step_words(ours: &Ours, word: impl Fn(&serde_json::Value) -> String) -> String {
    ours.steps.as_array().into_iter().flatten().map(word).collect::<Vec<_>>().join(" | ")
}
