//! `gongzhi demo-data`: makes the made-up county and its truth.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use gongzhi_core::messages::Message;
use gongzhi_demo::{Settings, generate};

use super::{CatalogWords, Context};
use crate::acts::catalog::get_catalog;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long)]
    out: PathBuf,
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 2025)]
    year: i32,
    #[command(flatten)]
    place: CatalogWords,
}

/// Exit 0 when made, 2 when it can't be.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    if !(args.scale > 0.0 && args.scale <= 200.0) {
        return Err(anyhow!("{}", say.say(&Message::new("demo-scale").with("scale", args.scale))));
    }
    if !(2023..=2026).contains(&args.year) {
        return Err(anyhow!("{}", say.say(&Message::new("demo-year").with("year", args.year))));
    }
    let catalog = get_catalog(&args.place.place())?;
    let settings = Settings { scale: args.scale, seed: args.seed, year: args.year };
    let made = generate(&catalog, settings, &args.out)?;
    let count = |key: &str| made.counts.get(key).copied().unwrap_or_default();
    let message = Message::new("demo-made")
        .with("folder", args.out.display())
        .with("taxpayers", count("taxpayers"))
        .with("files", count("files"))
        .with("rows", count("rows"))
        .with("leads", count("leads"))
        .with("wrong", count("wrong_cells"))
        .with("as_of", made.as_of);
    println!("{}", say.say(&message));
    Ok(ExitCode::SUCCESS)
}
