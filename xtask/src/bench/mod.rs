//! `cargo xtask bench NAME`: measured with the release binary; results as tables in `bench/results/`.

mod match_names;
mod report;

use anyhow::{Result, bail};

/// Runs the benchmark named.
pub fn run(words: &[String]) -> Result<()> {
    match words.first().map(String::as_str) {
        Some("match") => match_names::run(),
        Some(name) => bail!("no benchmark is called {name}: match"),
        None => bail!("say which: match"),
    }
}
