//! `cargo xtask bench NAME`: measured with the release binary; results as tables in `bench/results/`.

mod before;
mod growth;
mod kept;
mod match_names;
mod measure;
mod peers;
mod pipeline;
mod quality;
mod report;
mod scan;
mod sheets;

use anyhow::{Result, bail};

/// The benchmarks there are.
pub const NAMES: &str = "match, pipeline, before, read-xlsx, read-csv, scan, growth";

/// Runs the benchmark named.
pub fn run(words: &[String]) -> Result<()> {
    match words.first().map(String::as_str) {
        Some("match") => match_names::run(),
        // The second word, when given, is the size of the county.
        // After `--before`, a commit: the main job beside itself at that commit too.
        Some("pipeline") => {
            let mark = words.iter().position(|word| word == "--before");
            let earlier = mark.and_then(|at| words.get(at + 1)).map(String::as_str);
            let scale = words.get(1).filter(|word| *word != "--before");
            pipeline::run(scale.map_or("1", String::as_str), earlier)
        }
        Some("before") => {
            let Some(commit) = words.get(1) else { bail!("say which commit") };
            let word = |at: usize, default: &'static str| words.get(at).map_or(default, String::as_str);
            before::run(commit, word(2, "1"), word(3, "release"))
        }
        Some("read-xlsx") => sheets::run(&sheets::XLSX, part(words)?),
        Some("read-csv") => sheets::run(&sheets::CSV, part(words)?),
        Some("scan") => scan::run(words.get(1).map(String::as_str)),
        Some("growth") => growth::run(),
        Some(name) => bail!("no benchmark is called {name}: {NAMES}"),
        None => bail!("say which: {NAMES}"),
    }
}

/// The second word, when given, divides the size: a quick look, whose table is kept all the same.
fn part(words: &[String]) -> Result<u64> {
    words.get(1).map_or(Ok(1), |word| Ok(word.parse()?))
}
