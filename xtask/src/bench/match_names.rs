//! Names against the national registry: index, names a second, memory, and quality by relation and kind, beside what
//! else links names.
//!
//! The names are the two lists with known answers, for our program repeated until there are a hundred thousand. One
//! thread of ours searches, so names a second are names a second and core; the peers may use both cores.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::quality::{self, Judged, Known, Quality, Tally, percent};
use super::{peers, report};
use crate::steps::{cargo, program, root, step};

/// How many names are looked up at least by ours.
const NAMES: usize = 100_000;
/// What links that nobody looks at must reach.
const LINKS_RIGHT_PERCENT: f64 = 99.5;
/// Script, and what it is made of.
const PEERS: [(&str, &[&str]); 3] = [
    ("match_splink.py", &["splink", "duckdb"]),
    ("match_rapidfuzz.py", &["RapidFuzz"]),
    ("match_tfidf.py", &["scikit-learn", "sparse-dot-topn"]),
];

/// One program: what it took, and what it answered.
struct Outcome {
    who: String,
    timings: Value,
    judged: Vec<Judged>,
}

impl Outcome {
    fn figure(&self, key: &str) -> f64 {
        self.timings[key].as_f64().unwrap_or_default()
    }

    fn names_a_second(&self) -> f64 {
        self.figure("names") / self.figure("find_seconds").max(1e-9)
    }
}

/// Builds the release program, runs it and the peers, writes the table.
pub fn run() -> Result<()> {
    let data = std::env::var_os("GONGZHI_REAL_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    if !data.is_dir() {
        bail!("the real data is not at {}: set GONGZHI_REAL_DATA", data.display());
    }
    step("release build", &mut cargo(&["build", "--release", "--locked", "-p", "gongzhi"]))?;
    let mut known = quality::read_known(&data.join("gold/list_names_to_registry.csv"), "list", "relation")?;
    known.extend(quality::read_known(&data.join("gold/made_dirty_names.csv"), "made dirty", "kind")?);
    let folder = std::env::temp_dir().join(format!("gongzhi-bench-match-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure_all(&data.join("registry/national_names.parquet"), &folder, &known);
    std::fs::remove_dir_all(&folder)?;
    let (ours, peers) = outcome?;
    report::keep("match", &body(&known, &ours, &peers)?)
}

fn measure_all(registry: &Path, folder: &Path, known: &[Known]) -> Result<(Outcome, Vec<Outcome>)> {
    let (many, once) = (folder.join("many.csv"), folder.join("once.csv"));
    write_names(&many, known, NAMES.div_ceil(known.len()))?;
    write_names(&once, known, 1)?;
    println!("── gongzhi match");
    let ours = measure_ours(registry, &many, known)?;
    let mut others = Vec::new();
    for (script, packages) in PEERS {
        println!("── {script}");
        let out = folder.join("answers.jsonl");
        let (_, timings) = peers::run(script, &[registry.as_os_str(), once.as_os_str(), out.as_os_str()])?;
        let judged = judge(BufReader::new(std::fs::File::open(&out)?), known)?;
        let who = packages.iter().map(|package| peers::version(package)).collect::<Vec<_>>().join(" + ");
        others.push(Outcome { who, timings, judged });
    }
    Ok((ours, others))
}

fn write_names(path: &Path, known: &[Known], times: usize) -> Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(["name"])?;
    for _ in 0..times {
        for one in known {
            writer.write_record([&one.name])?;
        }
    }
    writer.flush()?;
    Ok(())
}

/// Runs the program over all names; the answers of the first round are judged.
fn measure_ours(registry: &Path, names: &Path, known: &[Known]) -> Result<Outcome> {
    let mut command = Command::new(program("release"));
    command.args(["match", "--json", "--timings", "--top", "3", "--column", "name"]);
    command.arg("--registry").arg(registry).arg("--names").arg(names);
    let mut child = command.current_dir(root()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let judged = judge(BufReader::new(child.stdout.take().context("no output")?), known)?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(Outcome { who: "gongzhi match".to_owned(), timings: serde_json::from_slice(&output.stderr)?, judged })
}

/// Judges the lines of answers, one a name; lines beyond the known names are read and not looked at.
fn judge(lines: impl BufRead, known: &[Known]) -> Result<Vec<Judged>> {
    let mut judged = Vec::with_capacity(known.len());
    for (at, line) in lines.lines().enumerate() {
        let line = line?;
        if let Some(one) = known.get(at) {
            judged.push(Judged::new(&serde_json::from_str(&line)?, one));
        }
    }
    if judged.len() < known.len() {
        bail!("{} answers for {} names", judged.len(), known.len());
    }
    Ok(judged)
}

fn body(known: &[Known], ours: &Outcome, peers: &[Outcome]) -> Result<String> {
    let mut text = String::new();
    write_speed(&mut text, ours, peers)?;
    write_quality(&mut text, known, ours, peers)?;
    write_kinds_of_peers(&mut text, known, ours, peers)?;
    write_kinds(&mut text, known, ours)?;
    Ok(text)
}

fn write_speed(text: &mut String, ours: &Outcome, peers: &[Outcome]) -> Result<()> {
    writeln!(text, "| program | names | index, seconds | names a second | ours is faster by | most memory, MiB |")?;
    writeln!(text, "|---|---:|---:|---:|---:|---:|")?;
    for one in std::iter::once(ours).chain(peers) {
        writeln!(
            text,
            "| {} | {} | {:.1} | {:.0} | {:.1} × | {:.0} |",
            one.who,
            one.figure("names"),
            one.figure("index_seconds"),
            one.names_a_second(),
            ours.names_a_second() / one.names_a_second(),
            one.figure("peak_memory_bytes") / 1_048_576.0,
        )?;
    }
    writeln!(
        text,
        "\nTo reach: index < 60 s, ≥ 5 000 names a second and core, < 1 536 MiB. Entries of the index: {}. The index \
         includes reading the registry and, for Splink, training; ours searches on one core and its names a second \
         include writing the answers, the peers may use both cores and write theirs after the clock has stopped.",
        ours.figure("entries")
    )?;
    Ok(())
}

fn write_quality(text: &mut String, known: &[Known], ours: &Outcome, peers: &[Outcome]) -> Result<()> {
    let rows_of_ours = list_inexact(known, ours);
    writeln!(text, "\n## Quality on the rows that are not exact\n")?;
    writeln!(
        text,
        "Every row but those of relation `exact`: the made dirty names, the list's width, form, small-edit and renamed \
         rows, and its rows that are not in the registry ({} rows, {} with a code). A prediction is the best candidate, \
         where the program stands by it: for ours in the classes named, for a peer at or above the score that makes its \
         F1 on these very rows greatest, which is the best case for the peer. True: it has the right code. False: \
         another code, or any for a row that is not in the registry. Missed: a row with a code whose right one was not \
         predicted.\n",
        rows_of_ours.len(),
        rows_of_ours.iter().filter(|one| one.has_answer).count(),
    )?;
    writeln!(text, "| program | stands by | true | false | missed | precision | recall | F1 |")?;
    writeln!(text, "|---|---|---:|---:|---:|---:|---:|---:|")?;
    let mut line = |who: &str, what: &str, quality: Quality| {
        writeln!(
            text,
            "| {who} | {what} | {} | {} | {} | {:.1} % | {:.1} % | {:.1} % |",
            quality.right,
            quality.wrong,
            quality.missed,
            quality.precision_percent(),
            quality.recall_percent(),
            quality.f1_percent()
        )
    };
    for classes in [&["certain", "probable"][..], &["certain", "probable", "possible"]] {
        let quality = Quality::count(rows_of_ours.iter().copied(), |one| classes.contains(&one.class.as_str()));
        line(&ours.who, &classes.join(", "), quality)?;
    }
    let (score, quality) = Quality::best(&rows_of_ours, Quality::f1_percent);
    line(&ours.who, &format!("likeness ≥ {score:.3}, tuned as for the peers"), quality)?;
    for peer in peers {
        let (score, quality) = Quality::best(&list_inexact(known, peer), Quality::f1_percent);
        line(&peer.who, &format!("score ≥ {score:.3}"), quality)?;
    }
    write_links(text, ours, peers)
}

fn write_links(text: &mut String, ours: &Outcome, peers: &[Outcome]) -> Result<()> {
    let links = Quality::count(&ours.judged, |one| one.class == "certain");
    let told = |quality: Quality| {
        let (count, share) = (quality.right + quality.wrong, quality.recall_percent());
        format!("{count} links, {:.2} % right, {share:.1} % of all rows with a code", quality.precision_percent())
    };
    writeln!(
        text,
        "\nAutomatic links, over all rows, the exact ones too (to reach: ≥ {LINKS_RIGHT_PERCENT} % right):\n"
    )?;
    writeln!(text, "- {}, class certain: {}", ours.who, told(links))?;
    for peer in peers {
        let enough = |quality: Quality| match quality.precision_percent() {
            percent if percent >= LINKS_RIGHT_PERCENT => 100.0 + quality.recall_percent(),
            percent => percent,
        };
        let (score, quality) = Quality::best(&peer.judged.iter().collect::<Vec<_>>(), enough);
        let what = match quality.precision_percent() {
            percent if percent >= LINKS_RIGHT_PERCENT => told(quality),
            percent => format!("no score reaches it; {percent:.2} % at its best"),
        };
        writeln!(text, "- {}, the score that links most at {LINKS_RIGHT_PERCENT} % ({score:.3}): {what}", peer.who)?;
    }
    Ok(())
}

/// The rows of a program that are not exact.
fn list_inexact<'a>(known: &[Known], outcome: &'a Outcome) -> Vec<&'a Judged> {
    known.iter().zip(&outcome.judged).filter(|(one, _)| !one.is_exact()).map(|(_, judged)| judged).collect()
}

/// Right predictions by kind; for rows that are not in the registry, false ones.
fn write_kinds_of_peers(text: &mut String, known: &[Known], ours: &Outcome, peers: &[Outcome]) -> Result<()> {
    writeln!(text, "\nRight predictions of a hundred, by kind; for `not_in_registry`, false ones of a hundred:\n")?;
    let names: String = peers.iter().map(|peer| format!(" | {}", peer.who)).collect();
    writeln!(text, "| list | relation or kind | n | certain, probable | with possible{names} |")?;
    writeln!(text, "|---|---|---:|---:|---:{}|", "|---:".repeat(peers.len()))?;
    let thresholds: Vec<f64> =
        peers.iter().map(|peer| Quality::best(&list_inexact(known, peer), Quality::f1_percent).0).collect();
    for (list, kind) in Tally::of_kinds(known, &ours.judged).into_keys().filter(|(_, kind)| kind != quality::ALL) {
        let of_kind = |outcome: &Outcome, stands: &dyn Fn(&Judged) -> bool| {
            let rows: Vec<&Judged> = known
                .iter()
                .zip(&outcome.judged)
                .filter(|(one, _)| one.list == list && one.kind == kind)
                .map(|(_, judged)| judged)
                .collect();
            let quality = Quality::count(rows.iter().copied(), stands);
            let count = if rows.iter().any(|one| one.has_answer) { quality.right } else { quality.wrong };
            (rows.len(), format!(" | {:.1} %", percent(count, rows.len() as u32)))
        };
        let (count, sure) = of_kind(ours, &|one| matches!(one.class.as_str(), "certain" | "probable"));
        let (_, any) = of_kind(ours, &|one| !matches!(one.class.as_str(), "none"));
        write!(text, "| {list} | {kind} | {count}{sure}{any}")?;
        for (peer, threshold) in peers.iter().zip(&thresholds) {
            write!(text, "{}", of_kind(peer, &|one| one.reaches(*threshold)).1)?;
        }
        writeln!(text, " |")?;
    }
    Ok(())
}

fn write_kinds(text: &mut String, known: &[Known], ours: &Outcome) -> Result<()> {
    writeln!(text, "\n## Ours by class and kind\n")?;
    writeln!(
        text,
        "| list | relation or kind | n | certain | right | probable | right | possible | first | within three |"
    )?;
    writeln!(text, "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")?;
    for ((list, kind), one) in Tally::of_kinds(known, &ours.judged) {
        writeln!(
            text,
            "| {list} | {kind} | {} | {} | {} | {} | {} | {} | {:.1} % | {:.1} % |",
            one.count,
            one.certain,
            one.certain_right,
            one.probable,
            one.probable_right,
            one.possible,
            percent(one.first, one.count),
            percent(one.within_three, one.count)
        )?;
    }
    Ok(())
}
