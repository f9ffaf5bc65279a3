//! The main job on a made-up county-year at scale 1, the default seed and one more: from files to leads and scores,
//! beside a script that does what an office does today.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::measure::{self, Measured};
use super::{before, peers, report};
use crate::steps::{cargo, program, root, step};

const SEEDS: [&str; 2] = ["1", "2"];
/// The day on which the tax side was exported.
const AS_OF: &str = "2026-04-17";
/// The tax side's tables: `template all` stands for what units report.
const TAX_SIDE: &str = "catalog/templates/tax_bureau";

/// One county: what our run took, and how it scored.
struct Ours {
    seed: &'static str,
    run: Measured,
    steps: serde_json::Value,
    score: serde_json::Value,
}

/// The office's script: what it took, what it says of itself, and its leads by question.
struct Peer {
    run: Measured,
    told: serde_json::Value,
    answers: BTreeMap<String, Answers>,
}

/// Leads of one question against the planted ones.
#[derive(Default)]
struct Answers {
    planted: usize,
    found: usize,
    right: usize,
}

/// Builds, makes the counties, runs ours and the peer, writes the table. `scale` is the counties' size, `earlier` a commit
/// to be measured beside the program of now.
pub fn run(scale: &str, earlier: Option<&str>) -> Result<()> {
    step("release build", &mut cargo(&["build", "--release", "--locked", "-p", "gongzhi"]))?;
    let folder = std::env::temp_dir().join(format!("gongzhi-bench-pipeline-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure_all(&folder, scale);
    let compared = earlier.map(|commit| before::compare((commit, "release"), scale, &folder)).transpose();
    std::fs::remove_dir_all(&folder)?;
    let (ours, peer) = outcome?;
    report::keep("pipeline", &(body(&ours, &peer)? + &compared?.unwrap_or_default()))
}

fn measure_all(folder: &Path, scale: &str) -> Result<(Vec<Ours>, Peer)> {
    let mut ours = Vec::new();
    let mut peer = None;
    for seed in SEEDS {
        let made = folder.join(seed);
        let mut make = Command::new(program("release"));
        make.args(["demo-data", "--scale", scale, "--seed", seed, "--out"]).arg(&made);
        step(&format!("county of seed {seed}"), &mut make)?;
        if peer.is_none() {
            peer = Some(measure_peer(&made, folder)?);
        }
        ours.push(measure_ours(&made, seed)?);
        std::fs::remove_dir_all(&made)?;
    }
    let Some(peer) = peer else { bail!("no seed") };
    Ok((ours, peer))
}

fn measure_peer(made: &Path, folder: &Path) -> Result<Peer> {
    let (schemas, out) = (folder.join("schemas"), folder.join("office"));
    let mut write = Command::new(program("release"));
    write.args(["template", "all", "--schema", "--out"]).arg(&schemas);
    let tables = std::fs::read_dir(root().join(TAX_SIDE))?.flatten().map(|entry| entry.path());
    write.args(tables.filter_map(|path| Some(path.file_stem()?.to_owned())));
    step("table schemas", &mut write)?;
    println!("── the office's script");
    let words = [made.join("county"), schemas, out.clone()];
    let (run, told) = peers::run("pipeline.py", &words.each_ref().map(|word| word.as_os_str()))?;
    let (planted, found) = (read_leads(&made.join("truth/leads.csv"))?, read_leads(&out.join("leads.csv"))?);
    let mut answers = BTreeMap::<String, Answers>::new();
    for lead in &found {
        let one = answers.entry(lead[0].clone()).or_default();
        one.found += 1;
        one.right += usize::from(planted.contains(lead));
    }
    for lead in &planted {
        answers.entry(lead[0].clone()).or_default().planted += 1;
    }
    Ok(Peer { run, told, answers })
}

/// Model, taxpayer and period of every lead of a table.
fn read_leads(path: &Path) -> Result<BTreeSet<[String; 3]>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
    let rows = reader.deserialize::<BTreeMap<String, String>>();
    rows.map(|row| {
        let row = row?;
        let cell = |column: &str| row.get(column).cloned().unwrap_or_default();
        Ok([cell("model"), cell("uscc"), cell("period")])
    })
    .collect()
}

fn measure_ours(made: &Path, seed: &'static str) -> Result<Ours> {
    println!("── run of seed {seed}");
    let out = made.join("run");
    let mut command = Command::new(program("release"));
    command.arg("run").arg(made.join("county")).args(["--as-of", AS_OF, "--layer"]);
    command.arg(root().join("demo/catalog")).arg("--out").arg(&out).arg("--home").arg(made.join("home"));
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

fn body(ours: &[Ours], peer: &Peer) -> Result<String> {
    let mut text = String::new();
    write_runs(&mut text, ours, peer)?;
    write_steps(&mut text, ours, peer)?;
    write_answers(&mut text, ours, peer)?;
    write_facts(&mut text, ours)?;
    writeln!(text, "\nOurs against the planted truth:\n\n```json")?;
    for one in ours {
        writeln!(text, "{}", one.score)?;
    }
    writeln!(text, "```")?;
    Ok(text)
}

fn write_runs(text: &mut String, ours: &[Ours], peer: &Peer) -> Result<()> {
    writeln!(text, "| program | seed | files | rows | seconds | ours is faster by | most memory, MiB | answers |")?;
    writeln!(text, "|---|---|---:|---:|---:|---:|---:|---|")?;
    for one in ours {
        let counts = &one.steps[0]["counts"];
        writeln!(
            text,
            "| gongzhi run | {} | {} | {} | {:.1} | | {:.0} | {} models, every rule, identity of every party |",
            one.seed,
            counts["files"],
            counts["rows"],
            one.run.seconds,
            one.run.peak_mib,
            one.score["models"].as_object().map_or(0, serde_json::Map::len),
        )?;
    }
    writeln!(
        text,
        "| {} + {}, as an office does it | {} | {} | {} | {:.1} | {:.1} × | {:.0} | {} questions, every column, look-up of every party |",
        peers::version("pandas"),
        peers::version("openpyxl"),
        ours[0].seed,
        peer.told["files"],
        peer.told["rows"],
        peer.run.seconds,
        peer.run.seconds / ours[0].run.seconds,
        peer.run.peak_mib,
        peer.told["questions"],
    )?;
    writeln!(
        text,
        "\nTo reach: ≥ 20 ×, < 60 s, < 1 024 MiB.\n\n\
         The script reads every file in every format (openpyxl; calamine for old workbooks), knows items and kinds by \
         the headers of the table schemas and their other spellings, checks type, required, range, closed list, pattern \
         and length of every column and repeated keys, names sheet and cell of every issue, looks every party up by \
         code, exact name and the most alike name (rapidfuzz {}), keeps the rows without issues as Parquet, and writes \
         leads.xlsx. It leaves out: check digits, rules over several cells, long code lists, personal columns apart and \
         sealed, marked workbooks, going on after a stop, coverage, figures by date and region, ranges, evidence, late \
         and missing deliveries, the report, and nine of the twenty questions.",
        peers::version("RapidFuzz").replace("RapidFuzz ", ""),
    )?;
    writeln!(
        text,
        "It counted {} issues in {} sheets ({} files unread, {} sheets unknown); parties found: {}. Ours: {}.",
        peer.told["problems"],
        peer.told["sheets"],
        peer.told["unread"],
        peer.told["unknown"],
        peer.told["parties"],
        measure::binding(&ours[0].run),
    )?;
    Ok(())
}

fn write_steps(text: &mut String, ours: &[Ours], peer: &Peer) -> Result<()> {
    writeln!(text, "\nThe steps, seconds:\n")?;
    let steps: Vec<&str> =
        ours[0].steps.as_array().into_iter().flatten().filter_map(|one| one["step"].as_str()).collect();
    writeln!(text, "| program | seed | {} |", steps.join(" | "))?;
    writeln!(text, "|---|---|{}", "---:|".repeat(steps.len()))?;
    for one in ours {
        let seconds = one.steps.as_array().into_iter().flatten().map(|step| step["seconds"].to_string());
        writeln!(text, "| gongzhi run | {} | {} |", one.seed, seconds.collect::<Vec<_>>().join(" | "))?;
    }
    let seconds = steps.iter().map(|step| peer.told["seconds"][step].to_string());
    writeln!(text, "| as an office does it | {} | {} |", ours[0].seed, seconds.collect::<Vec<_>>().join(" | "))?;
    Ok(())
}

/// Leads on plain facts, and of each sort of temptation how many were left alone.
fn write_facts(text: &mut String, ours: &[Ours]) -> Result<()> {
    writeln!(text, "\nFacts and temptations, by seed:\n")?;
    let seeds: Vec<&str> = ours.iter().map(|one| one.seed).collect();
    writeln!(text, "| what | {} |", seeds.join(" | "))?;
    writeln!(text, "|---|{}", "---:|".repeat(seeds.len()))?;
    for (what, name) in [("all_models", "all models"), ("facts", "plain facts from the law's text")] {
        for share in ["recall_percent", "precision_percent"] {
            let told = ours.iter().map(|one| one.score[what][share].as_str().unwrap_or("–"));
            let share = share.trim_end_matches("_percent");
            writeln!(text, "| {name}, {share} | {} |", told.collect::<Vec<_>>().join(" | "))?;
        }
    }
    let kinds: BTreeSet<&String> =
        ours.iter().filter_map(|one| one.score["tempting"].as_object()).flat_map(serde_json::Map::keys).collect();
    for kind in kinds {
        let told = ours.iter().map(|one| {
            let left = &one.score["tempting"][kind];
            format!("{} of {}", left["left_alone"], left["copies"])
        });
        writeln!(text, "| left alone: {} | {} |", kind.replace('_', " "), told.collect::<Vec<_>>().join(" | "))?;
    }
    Ok(())
}

fn write_answers(text: &mut String, ours: &[Ours], peer: &Peer) -> Result<()> {
    writeln!(text, "\nLeads against the planted ones, seed {}: planted, found, of them right:\n", ours[0].seed)?;
    writeln!(text, "| question | planted | gongzhi found | right | the script found | right |")?;
    writeln!(text, "|---|---:|---:|---:|---:|---:|")?;
    for (question, one) in &peer.answers {
        let model = &ours[0].score["models"][question];
        let script = if one.found > 0 { format!("{} | {}", one.found, one.right) } else { "– | –".to_owned() };
        writeln!(text, "| {question} | {} | {} | {} | {script} |", one.planted, model["found"], model["right"])?;
    }
    Ok(())
}
