//! The program: reads its words, calls an act, shows what came of it.

mod acts;
mod cli;
mod clock;
mod demo;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os().collect())
}
