//! `cargo xtask bench NAME`: measured with the release binary; results as tables in `bench/results/`.

mod match_names;
mod measure;
mod peers;
mod pipeline;
mod report;

use anyhow::{Result, bail};

/// The benchmarks there are.
pub const NAMES: &str = "match, pipeline";

/// Runs the benchmark named.
pub fn run(words: &[String]) -> Result<()> {
    match words.first().map(String::as_str) {
        Some("match") => match_names::run(),
        Some("pipeline") => pipeline::run(),
        Some(name) => bail!("no benchmark is called {name}: {NAMES}"),
        None => bail!("say which: {NAMES}"),
    }
}
