//! The peers: real programs from the package index, in a virtual environment under `bench/`, used as their own
//! documentation advises.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use super::measure::{self, Measured};
use crate::steps::{answers, root, step};

/// Python with every peer installed.
pub fn python() -> Result<PathBuf> {
    let folder = root().join("bench/.venv");
    let python = folder.join("bin/python");
    let wanted = std::fs::read_to_string(root().join("bench/requirements.txt"))?;
    let kept = folder.join("installed.txt");
    if std::fs::read_to_string(&kept).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    if !answers("python3", &["--version"]) {
        bail!("python3 is missing: install it (Debian packages python3 and python3-venv), then run this again");
    }
    step("virtual environment", Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--requirement", "bench/requirements.txt"]);
    step("peers", &mut install)?;
    std::fs::write(kept, wanted)?;
    Ok(python)
}

/// Runs a peer's script; the last line it prints is its answer.
pub fn run(script: &str, words: &[&std::ffi::OsStr]) -> Result<(Measured, serde_json::Value)> {
    let mut command = Command::new(python()?);
    command.arg(root().join("bench/peers").join(script)).args(words).current_dir(root());
    let measured = measure::run(&mut command)?;
    if measured.code != Some(0) {
        let said = measured.stderr.lines().rev().take(12).collect::<Vec<_>>();
        bail!("{script} failed: {}", said.into_iter().rev().collect::<Vec<_>>().join("\n"));
    }
    let answer = measured.stdout.lines().last().unwrap_or_default();
    let answer = serde_json::from_str(answer)?;
    Ok((measured, answer))
}

/// The version of a package that a peer uses.
pub fn version(package: &str) -> String {
    let wanted = std::fs::read_to_string(root().join("bench/requirements.txt")).unwrap_or_default();
    let line = wanted.lines().find(|line| line.split("==").next() == Some(package)).unwrap_or(package);
    line.replace("==", " ")
}
