//! `gongzhi coverage`: proposes what the tax side's files cover, for a person to confirm.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use gongzhi_core::access::Purpose;
use gongzhi_core::messages::Message;
use gongzhi_engine::pending::write_whole;

use super::{CatalogWords, Context};
use crate::acts::catalog::get_catalog;
use crate::acts::home::Access;
use crate::acts::operator::operator;
use crate::acts::run::{COVERAGE_FILE, propose_folder};

#[derive(clap::Args)]
pub struct Args {
    folder: PathBuf,
    #[arg(long)]
    authority: Option<String>,
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    place: CatalogWords,
}

/// Prints the proposal, or writes it where none is yet. Exit 0; 2 when the folder holds nothing of the tax side.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let catalog = Arc::new(get_catalog(&args.place.place())?);
    let scratch = tempfile::tempdir()?;
    let app = context.open(scratch.path(), Access::Make)?.with_catalog(catalog);
    let order = (args.folder.clone(), args.authority.clone());
    let proposal = context.wait(propose_folder(&app, &operator(Purpose::Intake), order))?;
    let path = args.folder.join(COVERAGE_FILE);
    if !args.write {
        print!("{proposal}");
        eprintln!("{}", say.say(&Message::new("run-coverage-proposed").with("path", path.display())));
        return Ok(ExitCode::SUCCESS);
    }
    if path.exists() {
        eprintln!("{}", say.say(&Message::new("run-coverage-exists").with("path", path.display())));
        return Ok(ExitCode::from(2));
    }
    write_whole(&path, proposal.as_bytes()).with_context(|| path.display().to_string())?;
    println!("{}", say.say(&Message::new("run-coverage-written").with("path", path.display())));
    Ok(ExitCode::SUCCESS)
}
