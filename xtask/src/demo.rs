//! `cargo xtask demo`: builds, makes the demo county, runs the main job, shows the result.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::steps::{cargo, program, root, step};

/// Builds the program alone, with the profile and the features that `test` uses too: of what is compiled here nothing is
/// compiled again there (`--workspace`, or the features of dependencies would be others). The first word, when given, is
/// the scale (default 0.05: a thousand taxpayers).
pub fn run(words: &[String]) -> Result<()> {
    let start = Instant::now();
    let scale = words.first().map_or("0.05", String::as_str);
    let out = root().join("demo").join("out");
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    step("build", &mut cargo(&["build", "--workspace", "--bin", "gongzhi", "--locked"]))?;
    let gongzhi = |words: &[&str], paths: &[PathBuf]| {
        let mut command = Command::new(program("debug"));
        command.args(words).args(paths);
        command
    };
    step("demo county", &mut gongzhi(&["demo-data", "--scale", scale, "--out"], std::slice::from_ref(&out)))?;
    let run = out.join("run");
    let mut main_job = gongzhi(&["run"], &[out.join("county")]);
    main_job.args(["--as-of", "2026-04-17", "--layer"]).arg(root().join("demo/catalog")).arg("--out").arg(&run);
    main_job.arg("--home").arg(out.join("home"));
    println!("── main job");
    // Exit 1 says that some sheets were blocked, as some of a real county's are: the run went on.
    let status = main_job.current_dir(root()).status()?;
    if status.code().is_none_or(|code| code > 1) {
        anyhow::bail!("the run failed ({status})");
    }
    step(
        "score against the planted truth",
        gongzhi(&["demo-score"], std::slice::from_ref(&run)).arg("--truth").arg(out.join("truth")),
    )?;
    println!("── ready in {:.0} s: open {}", start.elapsed().as_secs_f64(), run.join("leads.xlsx").display());
    Ok(())
}
