//! `gongzhi read-worker`: the process in which foreign files are parsed. The program starts it itself.

use std::io;
use std::process::ExitCode;

use super::Context;

#[derive(clap::Args)]
pub struct Args {}

/// Serves requests until the parent closes them.
pub fn run(_args: &Args, _context: &Context) -> anyhow::Result<ExitCode> {
    gongzhi_engine::read::serve(&mut io::stdout().lock())?;
    Ok(ExitCode::SUCCESS)
}
