//! Runs a program to its end and measures it from outside: seconds, seconds of the processor, and the most memory it and
//! its children held.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How often the program is asked for the most memory it held so far. A short one would otherwise be looked at before or
/// after its most.
const OFTEN: Duration = Duration::from_millis(2);
/// How often memory is looked at of the program and all below it.
const EVERY: Duration = Duration::from_millis(20);
/// Looking at a process of gigabytes takes long and holds it up: this many times as long passes before the next look.
const REST: u32 = 20;

/// What a program took.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Seconds from start to end.
    pub seconds: f64,
    /// Cores kept busy, on average, by the program and all it waited for.
    pub cores_busy: f64,
    /// Most memory held at one moment by the program and all below it, MiB.
    pub peak_mib: f64,
    /// Exit code.
    pub code: Option<i32>,
    /// What it said.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

/// Runs a command and measures it.
pub fn run(command: &mut Command) -> Result<Measured> {
    let (started, used_before) = (Instant::now(), processor_seconds());
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.with_context(|| format!("{command:?} can't be started"))?;
    let id = child.id();
    let ended = AtomicBool::new(false);
    let (output, peak) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let (mut peak, mut next) = (0, Instant::now());
            while !ended.load(Ordering::Relaxed) {
                let looked = Instant::now();
                peak = peak.max(most_so_far(id));
                if looked >= next {
                    peak = peak.max(memory_below(id));
                    next = Instant::now() + EVERY.max(looked.elapsed() * REST);
                }
                std::thread::sleep(OFTEN);
            }
            peak
        });
        let output = child.wait_with_output();
        ended.store(true, Ordering::Relaxed);
        (output, watch.join().unwrap_or(0))
    });
    let output = output?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(Measured {
        seconds,
        cores_busy: (processor_seconds() - used_before) / seconds.max(1e-9),
        peak_mib: peak as f64 / 1024.0,
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// What binds, told from how busy the cores were.
pub fn binding(measured: &Measured) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
    let busy = measured.cores_busy;
    let what = match busy / cores {
        0.75.. => "the processor binds, neither disk nor memory",
        _ if busy > 0.9 => "what only one core does at a time binds",
        _ => "waiting for the disk binds",
    };
    format!("{busy:.2} of {cores} cores busy, {what}")
}

/// Processor seconds of all children that ended so far, and of all they waited for.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    // User and system time of waited-for children, the fourteenth and fifteenth words there, in hundredths of a second.
    let ticks = behind_name.split_whitespace().skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// KiB that a process alone held at the most until now.
fn most_so_far(process: u32) -> u64 {
    kib_of(&format!("/proc/{process}/status"), "VmHWM:")
}

/// KiB that a process and its descendants hold now, pages shared with another process counted in parts.
fn memory_below(id: u32) -> u64 {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name stands in brackets and may hold anything; the parent is the second word behind it.
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(process);
        }
    }
    let (mut waiting, mut seen, mut sum) = (vec![id], BTreeSet::new(), 0);
    while let Some(process) = waiting.pop() {
        if seen.insert(process) {
            sum += resident(process);
            waiting.extend(children.get(&process).into_iter().flatten());
        }
    }
    sum
}

fn resident(process: u32) -> u64 {
    kib_of(&format!("/proc/{process}/smaps_rollup"), "Pss:")
}

/// The figure of a line in what the system says of a process; 0 where it says nothing any more.
fn kib_of(path: &str, word: &str) -> u64 {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(word)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}
