//! Chores: `cargo xtask demo`, `test`, `bench`, `fuzz`.
//!
//! Each does all of its set-up on a fresh machine, says what it installs and why, and ends with a clear sentence when
//! it can't. Only programs are started here; what is computed belongs to the crates.

mod bench;
mod demo;
#[cfg(test)]
mod dependencies;
mod fuzz;
#[cfg(test)]
mod halves;
mod postgres;
mod real_data;
mod reviews;
mod steps;
#[cfg(test)]
mod targets;
mod test;

use std::process::ExitCode;

const HELP: &str = "cargo xtask demo          builds, makes the demo county, runs the main job, shows the result
cargo xtask test          everything continuous integration runs
cargo xtask fuzz MINUTES  spoilt files, sheets and queries, for as long as told
cargo xtask bench NAME    measured with the release binary, beside its peers: match, pipeline, read-xlsx, read-csv,
                          scan, growth; `before COMMIT` measures it beside an earlier commit";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match words.first().map(String::as_str) {
        Some("demo") => demo::run(&words[1..]),
        Some("test") => test::run(),
        Some("fuzz") => fuzz::run(&words[1..]),
        Some("bench") => bench::run(&words[1..]),
        _ => {
            println!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
