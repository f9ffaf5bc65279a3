//! The main job beside itself at an earlier commit: both programs built here in one profile, run in turn on a county that
//! the earlier one made, each three times; what counts is the median.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::measure::{self, Measured};
use super::report;
use crate::steps::{cargo, program, root, step};

/// The day that the county of the earlier commit is looked at from.
const AS_OF: &str = "2026-06-30";
const TIMES: usize = 3;
/// No step may take more than this many times what it took.
const MOST: f64 = 1.2;

/// A program with the demonstration values of its own commit.
struct Version {
    name: String,
    program: PathBuf,
    layer: PathBuf,
}

/// Seconds by step or model and the most memory, one figure a repetition.
#[derive(Default)]
struct Figures {
    of: BTreeMap<String, Vec<f64>>,
}

/// `cargo xtask bench before COMMIT [SCALE [dev]]`: the comparison alone, with the release programs or, for a quick look,
/// those of the tests' profile.
pub fn run(commit: &str, scale: &str, profile: &str) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("gongzhi-bench-before-{}", std::process::id()));
    let table = compare((commit, profile), scale, &folder);
    std::fs::remove_dir_all(&folder)?;
    report::keep("before", &table?)
}

/// Builds the earlier commit, runs both, gives the table.
pub fn compare((commit, profile): (&str, &str), scale: &str, folder: &Path) -> Result<String> {
    let folder = folder.join("before");
    std::fs::create_dir_all(&folder)?;
    let built = program(if profile == "dev" { "debug" } else { profile });
    let words = ["build", "--profile", profile, "--locked", "-p", "gongzhi"];
    let built_earlier = earlier_target().join(if profile == "dev" { "debug" } else { profile }).join("gongzhi");
    let earlier = build(commit, (&words, &built_earlier), &folder)?;
    step("build of now", &mut cargo(&words))?;
    let now = Version { name: "now".to_owned(), program: folder.join("now"), layer: root().join("demo/catalog") };
    std::fs::copy(&built, &now.program)?;
    let mut make = earlier.command(&folder);
    make.args(["demo-data", "--scale", scale, "--out"]).arg(folder.join("made"));
    // Not as a step: those run in the root of the repository, whose catalogue is that of now.
    if !make.status()?.success() {
        bail!("the earlier commit makes no county");
    }
    let versions = [earlier, now];
    let mut figures = [Figures::default(), Figures::default()];
    for _ in 0..TIMES {
        for (version, figures) in versions.iter().zip(&mut figures) {
            version.measure(&folder, figures)?;
        }
    }
    Ok(format!("Profile: {profile}; county of scale {scale}.\n") + &table(&versions, &figures)?)
}

/// Where earlier commits are built. Cargo tells the same crate of two clones in one folder by the age of its files alone, so
/// it is one of their own, kept from one comparison to the next: the dependencies are built once.
fn earlier_target() -> PathBuf {
    crate::steps::target_folder().join("before")
}

fn build(commit: &str, (words, built): (&[&str], &Path), folder: &Path) -> Result<Version> {
    let tree = earlier_target().join("tree");
    if !tree.is_dir() {
        let mut clone = Command::new("git");
        step("earlier commits", clone.args(["clone", "--quiet"]).arg(root()).arg(&tree))?;
    }
    Command::new("git").args(["fetch", "--quiet"]).current_dir(&tree).status()?;
    let checkout = Command::new("git").args(["checkout", "--quiet", commit]).current_dir(&tree).status()?;
    if !checkout.success() {
        bail!("there is no commit {commit}");
    }
    println!("── build of {commit}");
    let mut build = cargo(words);
    build.env("CARGO_TARGET_DIR", earlier_target()).current_dir(&tree);
    if !build.status()?.success() {
        bail!("{commit} does not build");
    }
    let version =
        Version { name: commit.to_owned(), program: folder.join("earlier"), layer: tree.join("demo/catalog") };
    std::fs::copy(built, &version.program)?;
    Ok(version)
}

impl Version {
    /// In a folder without a catalogue, so that the one inside the program counts.
    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(folder);
        command
    }

    fn measure(&self, folder: &Path, figures: &mut Figures) -> Result<()> {
        println!("── {}", self.name);
        let (out, home) = (folder.join("run"), folder.join("home"));
        let county = folder.join("made/county");
        let mut run = self.command(folder);
        run.arg("run").arg(&county).args(["--as-of", AS_OF, "--layer"]).arg(&self.layer).arg("--out").arg(&out);
        run.arg("--home").arg(&home);
        let run = get_ended(measure::run(&mut run)?, 1)?;
        figures.add("run: most memory, MiB", run.peak_mib);
        figures.add("run: all", run.seconds);
        let told: Value = serde_json::from_slice(&std::fs::read(out.join("run.json"))?)?;
        for one in told["steps"].as_array().into_iter().flatten() {
            let (Some(name), Some(seconds)) = (one["step"].as_str(), one["seconds"].as_f64()) else { continue };
            figures.add(&format!("run: {name}"), seconds);
        }
        for model in earlier_models()? {
            let mut command = self.command(folder);
            command.args(["models", "run", &model, "--as-of", AS_OF, "--json", "--layer"]).arg(&self.layer);
            command.arg("--coverage").arg(county.join("coverage.csv")).arg("--home").arg(&home);
            let ended = get_ended(measure::run(&mut command)?, 0)?;
            figures.add(&format!("model {model}"), ended.seconds);
            figures.add(&format!("model {model}: most memory, MiB"), ended.peak_mib);
        }
        std::fs::remove_dir_all(&out)?;
        std::fs::remove_dir_all(&home)?;
        Ok(())
    }
}

fn get_ended(run: Measured, most: i32) -> Result<Measured> {
    match run.code {
        Some(code) if code <= most => Ok(run),
        _ => bail!("a program failed: {}", run.stderr),
    }
}

/// Keys of the models that the earlier commit has.
fn earlier_models() -> Result<Vec<String>> {
    let place = earlier_target().join("tree/catalog/models");
    let mut keys = Vec::new();
    for group in std::fs::read_dir(&place).with_context(|| place.display().to_string())? {
        let group = group?.path();
        let name = group.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for file in std::fs::read_dir(&group)? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "sql") {
                keys.push(format!("{name}/{}", path.file_stem().unwrap_or_default().to_string_lossy()));
            }
        }
    }
    keys.sort();
    Ok(keys)
}

impl Figures {
    fn add(&mut self, what: &str, figure: f64) {
        self.of.entry(what.to_owned()).or_default().push(figure);
    }

    fn median(&self, what: &str) -> Option<f64> {
        let mut figures = self.of.get(what)?.clone();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied()
    }
}

fn table(versions: &[Version; 2], figures: &[Figures; 2]) -> Result<String> {
    let mut text = format!(
        "\nThe same work by the program of {} and by that of now, in turn on the county that the earlier one makes, median of \
         {TIMES}; to reach: ≤ {MOST} ×. A model's figure is a whole `gongzhi models run`.\n\n| what | {} | {} | ratio |\n\
         |---|---:|---:|---:|\n",
        versions[0].name, versions[0].name, versions[1].name
    );
    for what in figures[0].of.keys() {
        let (Some(before), Some(now)) = (figures[0].median(what), figures[1].median(what)) else { continue };
        let ratio = now / before.max(1e-9);
        let behind = if ratio > MOST { " BEHIND" } else { "" };
        writeln!(text, "| {what} | {before:.2} | {now:.2} | {ratio:.2}{behind} |")?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_longer_than_allowed_is_behind() {
        let version = |name: &str| Version { name: name.to_owned(), program: PathBuf::new(), layer: PathBuf::new() };
        let mut figures = [Figures::default(), Figures::default()];
        for (before, now) in [(1.0, 1.1), (9.0, 1.3), (1.0, 1.1)] {
            figures[0].add("run: intake", before);
            figures[1].add("run: intake", now);
            figures[0].add("run: identity", before);
            figures[1].add("run: identity", now + 0.2);
        }
        let text = table(&[version("a"), version("b")], &figures).expect("a table");
        assert!(text.contains("| run: intake | 1.00 | 1.10 | 1.10 |"), "{text}");
        assert!(text.contains("| run: identity | 1.00 | 1.30 | 1.30 BEHIND |"), "{text}");
    }
}
