//! A made-up county that was taken in: files made, read, linked and kept in a home folder, as the models find it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use serde_json::Value;

use super::measure::{self, Measured};
use crate::steps::{program, root, step};

/// The day the county is looked at from.
pub const AS_OF: &str = "2026-04-17";

/// A county with its home folder.
pub struct Kept {
    folder: PathBuf,
    /// Seconds of making the files and taking them in.
    pub seconds: [f64; 2],
    /// The steps of the run that took them in, with counts.
    pub steps: Value,
}

impl Kept {
    /// Makes a county of a scale in a folder and runs the main job on it with the release program.
    pub fn make(folder: &Path, scale: &str) -> Result<Self> {
        let started = std::time::Instant::now();
        let mut make = Command::new(program("release"));
        make.args(["demo-data", "--scale", scale, "--out"]).arg(folder);
        step(&format!("county of scale {scale}"), &mut make)?;
        let made = started.elapsed().as_secs_f64();
        println!("── intake, identity");
        let mut command = Command::new(program("release"));
        command.arg("run").arg(folder.join("county")).args(["--as-of", AS_OF, "--layer"]).arg(Self::layer());
        command.arg("--home").arg(folder.join("home"));
        let run = measure::run(command.arg("--out").arg(folder.join("run")))?;
        println!("   intake, identity: {:.1} s", run.seconds);
        if run.code.is_none_or(|code| code > 1) {
            bail!("the run failed: {}", run.stderr);
        }
        let told: Value = serde_json::from_slice(&std::fs::read(folder.join("run/run.json"))?)?;
        // What was read is kept in the home folder: the files themselves are in nobody's way any more.
        let coverage = folder.join("coverage.csv");
        std::fs::rename(folder.join("county/coverage.csv"), &coverage)?;
        std::fs::remove_dir_all(folder.join("county"))?;
        Ok(Self { folder: folder.to_owned(), seconds: [made, run.seconds], steps: told["steps"].clone() })
    }

    /// Demonstration values of what a county sets itself.
    pub fn layer() -> PathBuf {
        root().join("demo/catalog")
    }

    /// The home folder.
    pub fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// What the tax side covers.
    pub fn coverage(&self) -> PathBuf {
        self.folder.join("coverage.csv")
    }

    /// A count of one of the steps.
    pub fn count(&self, step: &str, what: &str) -> u64 {
        let steps = self.steps.as_array().into_iter().flatten();
        let found = steps.into_iter().find(|one| one["step"] == step);
        found.and_then(|one| one["counts"][what].as_u64()).unwrap_or_default()
    }

    /// Runs the models named, or all of them, over what is kept: a line a lead.
    pub fn run_models(&self, models: &[&str]) -> Result<Measured> {
        let mut command = Command::new(program("release"));
        command.args(["models", "run"]).args(models).args(["--as-of", AS_OF, "--json", "--coverage"]);
        command.arg(self.coverage()).arg("--home").arg(self.home()).arg("--layer").arg(Self::layer());
        let run = measure::run(&mut command)?;
        if run.code != Some(0) {
            bail!("the models failed: {}", run.stderr);
        }
        Ok(run)
    }

    /// How leads, a line each, compare with the planted truth, in the way every run is scored.
    pub fn score(&self, leads: &str) -> Result<Value> {
        std::fs::write(self.folder.join("run/leads.jsonl"), leads)?;
        let mut command = Command::new(program("release"));
        command
            .arg("demo-score")
            .arg(self.folder.join("run"))
            .arg("--truth")
            .arg(self.folder.join("truth"))
            .arg("--json");
        let score = measure::run(&mut command)?;
        if score.code != Some(0) {
            bail!("the score failed: {}", score.stderr);
        }
        Ok(serde_json::from_str(score.stdout.trim())?)
    }
}
