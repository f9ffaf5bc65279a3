//! One command.

use std::process::ExitCode;

use super::Context;

#[derive(clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _context: &Context) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
