//! Writes what a benchmark measured: printed, and kept in `bench/results/<name>.md` with machine and command.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::steps::root;

/// Prints the report and keeps it as the last result of the benchmark.
pub fn keep(name: &str, body: &str) -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut text = format!("# bench {name}\n\n`cargo xtask {}`\n\n", words.join(" "));
    writeln!(text, "Machine: {}. {} Program: {}.\n", machine(), limits()?, version())?;
    text.push_str(body);
    println!("{text}");
    let folder = root().join("bench/results");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join(format!("{name}.md")), text)?;
    Ok(())
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processor = first_value("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = first_value("/proc/meminfo", "MemTotal").unwrap_or_else(|| "memory unknown".to_owned());
    format!("{cores} cores, {processor}, {memory}, {}", std::env::consts::OS)
}

/// What the machine itself gives: how fast memory is copied by one core, and a file written so that it lasts.
fn limits() -> Result<String> {
    const BYTES: usize = 256 << 20;
    let (from, mut to) = (vec![1_u8; BYTES], vec![0_u8; BYTES]);
    to.copy_from_slice(&from);
    let begun = Instant::now();
    to.copy_from_slice(std::hint::black_box(&from));
    let copied = BYTES as f64 / begun.elapsed().as_secs_f64() / 1e9;
    let path = std::env::temp_dir().join(format!("gongzhi-bench-disk-{}", std::process::id()));
    let begun = Instant::now();
    let mut file = File::create(&path)?;
    file.write_all(std::hint::black_box(&to))?;
    file.sync_all()?;
    let written = BYTES as f64 / begun.elapsed().as_secs_f64() / 1e6;
    std::fs::remove_file(&path)?;
    Ok(format!("Memory is copied at {copied:.1} GB/s a core, a file written and synced at {written:.0} MB/s."))
}

fn first_value(file: &str, key: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

/// The program's version and commit; `dirty` when anything but kept results differs from it.
fn version() -> String {
    let git = |words: &[&str]| Command::new("git").args(words).current_dir(root()).output();
    let commit = git(&["describe", "--always"]);
    let commit = commit.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    let changed = git(&["diff", "--quiet", "HEAD", "--", ":!bench/results"]);
    let dirty = if changed.is_ok_and(|output| output.status.success()) { "" } else { "-dirty" };
    format!("gongzhi {} ({commit}{dirty})", env!("CARGO_PKG_VERSION"))
}
