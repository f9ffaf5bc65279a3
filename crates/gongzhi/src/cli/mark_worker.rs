//! `gongzhi mark-worker`: the process in which a clerk's package is patched. The program starts it itself.

use std::io;
use std::process::ExitCode;

use super::Context;

#[derive(clap::Args)]
pub struct Args {}

/// Serves one order.
pub fn run(_args: &Args, _context: &Context) -> anyhow::Result<ExitCode> {
    gongzhi_engine::annotate::serve_marking(&mut io::stdout().lock())?;
    Ok(ExitCode::SUCCESS)
}
