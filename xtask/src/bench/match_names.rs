//! Names against the national registry: index, names a second, memory, and quality by relation and kind.
//!
//! The names are the two lists with known answers, repeated until there are a hundred thousand. One thread searches,
//! so names a second are names a second and core.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::report;
use crate::steps::{cargo, program, root, step};

/// How many names are looked up at least.
const NAMES: usize = 100_000;

/// One name with its known answer; an empty code: not in the registry.
struct Known {
    name: String,
    uscc: String,
    list: &'static str,
    kind: String,
}

/// Builds the release program, runs it, writes the table.
pub fn run() -> Result<()> {
    let data = std::env::var_os("GONGZHI_REAL_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    if !data.is_dir() {
        bail!("the real data is not at {}: set GONGZHI_REAL_DATA", data.display());
    }
    step("release build", &mut cargo(&["build", "--release", "--locked", "-p", "gongzhi"]))?;
    let mut known = read_known(&data.join("gold/list_names_to_registry.csv"), "list", "relation")?;
    known.extend(read_known(&data.join("gold/made_dirty_names.csv"), "made dirty", "kind")?);
    let times = NAMES.div_ceil(known.len());
    let names = std::env::temp_dir().join(format!("gongzhi-bench-match-{}.csv", std::process::id()));
    write_names(&names, &known, times)?;
    let outcome = measure(&data.join("registry/national_names.parquet"), &names, &known);
    std::fs::remove_file(&names)?;
    let (timings, tallies) = outcome?;
    report::keep("match", &body(&timings, &tallies, times)?)
}

fn read_known(path: &Path, list: &'static str, kind_column: &str) -> Result<Vec<Known>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
    let rows = reader.deserialize::<BTreeMap<String, String>>();
    rows.map(|row| {
        let row = row?;
        let cell = |column: &str| row.get(column).cloned().unwrap_or_default();
        Ok(Known { name: cell("name_raw"), uscc: cell("gold_uscc"), list, kind: cell(kind_column) })
    })
    .collect()
}

fn write_names(path: &Path, known: &[Known], times: usize) -> Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(["name", "kind"])?;
    for _ in 0..times {
        for one in known {
            writer.write_record([&one.name, &one.kind])?;
        }
    }
    writer.flush()?;
    Ok(())
}

/// Counts of one relation or kind.
#[derive(Default)]
struct Tally {
    count: u32,
    certain: u32,
    certain_right: u32,
    probable: u32,
    probable_right: u32,
    possible: u32,
    first: u32,
    within_three: u32,
}

impl Tally {
    fn add(&mut self, line: &Value, gold: &str) {
        let candidates = line["candidates"].as_array().map(Vec::as_slice).unwrap_or_default();
        let place = candidates.iter().position(|one| !gold.is_empty() && one["uscc"].as_str() == Some(gold));
        let is_first = u32::from(place == Some(0));
        self.count += 1;
        self.first += is_first;
        self.within_three += u32::from(place.is_some_and(|place| place < 3));
        match line["class"].as_str() {
            Some("certain") => (self.certain, self.certain_right) = (self.certain + 1, self.certain_right + is_first),
            Some("probable") => {
                (self.probable, self.probable_right) = (self.probable + 1, self.probable_right + is_first);
            }
            Some("possible") => self.possible += 1,
            _ => {}
        }
    }
}

type Tallies = BTreeMap<(&'static str, String), Tally>;

/// Runs the program over all names; the answers of the first round are judged.
fn measure(registry: &Path, names: &Path, known: &[Known]) -> Result<(Value, Tallies)> {
    let mut command = Command::new(program("release"));
    command.args(["match", "--json", "--timings", "--top", "3", "--column", "name"]);
    command.arg("--registry").arg(registry).arg("--names").arg(names);
    let mut child = command.current_dir(root()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().context("no output")?;
    let mut tallies = Tallies::new();
    for (at, line) in BufReader::new(stdout).lines().enumerate() {
        let line = line?;
        let Some(one) = known.get(at) else { continue };
        let found: Value = serde_json::from_str(&line)?;
        for kind in [one.kind.as_str(), "~ all"] {
            tallies.entry((one.list, kind.to_owned())).or_default().add(&found, &one.uscc);
        }
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok((serde_json::from_slice(&output.stderr)?, tallies))
}

fn body(timings: &Value, tallies: &Tallies, times: usize) -> Result<String> {
    let figure = |key: &str| timings[key].as_f64().unwrap_or_default();
    let mut text = String::new();
    writeln!(text, "| what | figure | to reach |\n|---|---|---|")?;
    writeln!(text, "| entries of the index | {} | |", figure("entries"))?;
    writeln!(text, "| index, seconds (reading the registry included) | {:.1} | < 60 |", figure("index_seconds"))?;
    let rate = figure("names") / figure("find_seconds").max(1e-9);
    writeln!(text, "| names a second, one core, writing the answers included | {rate:.0} | ≥ 5 000 |")?;
    writeln!(text, "| names ({times} rounds of the lists) | {} | |", figure("names"))?;
    writeln!(text, "| most memory, MiB | {:.0} | < 1 536 |", figure("peak_memory_bytes") / 1_048_576.0)?;
    writeln!(
        text,
        "\n| list | relation or kind | n | certain | right | probable | right | possible | first | within three |"
    )?;
    writeln!(text, "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")?;
    for ((list, kind), one) in tallies {
        let share = |part: u32| 100.0 * f64::from(part) / f64::from(one.count.max(1));
        writeln!(
            text,
            "| {list} | {kind} | {} | {} | {} | {} | {} | {} | {:.1} % | {:.1} % |",
            one.count,
            one.certain,
            one.certain_right,
            one.probable,
            one.probable_right,
            one.possible,
            share(one.first),
            share(one.within_three)
        )?;
    }
    Ok(text)
}
