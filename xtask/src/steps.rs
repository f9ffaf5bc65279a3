//! Running programs step by step, each with its time, and installing what a fresh machine lacks.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The workspace's root folder: asked of cargo as it runs, since a target folder may be shared by several clones.
pub fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&manifest).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Where cargo puts what it builds.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The program as built in a profile (`debug` or `release`).
pub fn program(profile: &str) -> PathBuf {
    target_folder().join(profile).join(format!("gongzhi{}", std::env::consts::EXE_SUFFIX))
}

/// Runs one step to its end and prints its time; a failure names the step and the command.
pub fn step(name: &str, command: &mut Command) -> Result<()> {
    println!("── {name}");
    let start = Instant::now();
    let status = command
        .current_dir(root())
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("{name}: {command:?} can't be started"))?;
    println!("   {name}: {:.1} s", start.elapsed().as_secs_f64());
    if !status.success() {
        bail!("{name} failed ({status}): {command:?}");
    }
    Ok(())
}

/// A cargo command with these words. What cargo told this program of its own package is kept from it: build scripts of
/// dependencies look at the same names, and would compile anew after every build that was not begun from here.
pub fn cargo(words: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let own = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(own)) {
        command.env_remove(name);
    }
    command.args(words);
    command
}

/// Whether a program answers `--version` (or the words given).
pub fn answers(program: &str, words: &[&str]) -> bool {
    Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Makes sure that a cargo subcommand is there, building it from the registry when it is not.
pub fn ensure_cargo_tool(name: &str, why: &str) -> Result<()> {
    let subcommand = name.trim_start_matches("cargo-");
    if answers("cargo", &[subcommand, "--version"]) {
        return Ok(());
    }
    println!("{name} is not on this machine; it is installed because {why}");
    step(&format!("install {name}"), &mut cargo(&["install", "--locked", name]))
}

/// Installs a Debian package whose programs are not on the path.
pub fn ensure_package_files(package: &str, why: &str) -> Result<()> {
    println!("the package {package} is installed because {why}");
    install(package, package)
}

/// Makes sure that a program of a Debian package is there, installing the package when this account may.
pub fn ensure_package(program: &str, package: &str, why: &str) -> Result<()> {
    if answers(program, &["--version"]) {
        return Ok(());
    }
    println!("{program} is not on this machine; the package {package} is installed because {why}");
    install(program, package)
}

fn install(program: &str, package: &str) -> Result<()> {
    if !answers("apt-get", &["--version"]) {
        bail!(
            "{program} is missing and there is no apt-get here: install it (Debian package {package}), then run this again"
        );
    }
    step("package lists", Command::new("apt-get").args(["-qq", "update"]))
        .with_context(|| format!("{program} is missing: install {package} as root, then run this again"))?;
    let mut install = Command::new("apt-get");
    install.args(["-qq", "-y", "--no-install-recommends", "install", package]).env("DEBIAN_FRONTEND", "noninteractive");
    step(&format!("install {package}"), install.stdout(Stdio::null()))
        .with_context(|| format!("{program} is missing: install {package} as root, then run this again"))
}
