//! `gongzhi mark-worker`: the process in which a clerk's package is patched. The program starts it itself.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use super::Context;

#[derive(clap::Args)]
pub struct Args {
    original: PathBuf,
    out: PathBuf,
}

/// Serves one order.
pub fn run(args: &Args, _context: &Context) -> anyhow::Result<ExitCode> {
    let (mut order, mut answer) = (io::stdin().lock(), io::stdout().lock());
    gongzhi_engine::annotate::serve_marking(&args.original, &args.out, &mut order, &mut answer)?;
    Ok(ExitCode::SUCCESS)
}
