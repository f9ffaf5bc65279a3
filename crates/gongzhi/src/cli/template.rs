//! `gongzhi template`: workbooks for the units to fill in.

use std::path::PathBuf;
use std::process::ExitCode;

use gongzhi_core::messages::Message;

use super::{CatalogWords, Context};
use crate::acts::catalog::get_catalog;
use crate::acts::collect::template::{TemplateOrder, write_schemas, write_templates};

#[derive(clap::Args)]
pub struct Args {
    #[arg(required = true)]
    items: Vec<String>,
    #[arg(long)]
    out: PathBuf,
    #[arg(long)]
    version: Option<u32>,
    #[arg(long)]
    period: Option<String>,
    #[arg(long)]
    unit: Option<String>,
    #[arg(long)]
    mode: Option<String>,
    #[arg(long)]
    schema: bool,
    #[command(flatten)]
    place: CatalogWords,
}

/// Exit 0 when every template was written, 2 when the order is wrong or the folder can't be written to.
pub fn run(args: Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let catalog = get_catalog(&args.place.place())?;
    let order = TemplateOrder {
        items: args.items,
        version: args.version,
        period: args.period,
        unit: args.unit,
        mode: args.mode,
    };
    let paths = if args.schema {
        write_schemas(&order, &catalog, (&args.out, context.today))?
    } else {
        write_templates(&order, &catalog, (&args.out, context.today), say.language())?
    };
    for path in &paths {
        println!("{}", say.say(&Message::new("template-written").with("path", path.display())));
    }
    let count = Message::new("template-count").with("count", paths.len()).with("folder", args.out.display());
    println!("{}", say.say(&count));
    Ok(ExitCode::SUCCESS)
}
