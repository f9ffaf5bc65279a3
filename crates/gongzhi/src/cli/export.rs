//! `gongzhi export`: the state of items in open formats.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::NaiveDate;
use gongzhi_core::access::Purpose;
use gongzhi_core::messages::Message;
use gongzhi_core::period::Period;

use super::{CatalogWords, Context};
use crate::acts::analyse::export::{ExportOrder, Format, export, list_kinds};
use crate::acts::catalog::get_catalog;
use crate::acts::home::Access;
use crate::acts::operator::operator;

#[derive(clap::Args)]
pub struct Args {
    #[arg(required = true, value_name = "ITEM[.KIND]")]
    words: Vec<String>,
    #[arg(long)]
    out: PathBuf,
    #[arg(long, default_value = "csv", value_parser = parse_format)]
    format: Format,
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
    #[arg(long)]
    period: Option<Period>,
    #[arg(long, default_value = ".gongzhi")]
    home: PathBuf,
    #[command(flatten)]
    place: CatalogWords,
}

fn parse_format(text: &str) -> Result<Format, String> {
    let known = [Format::Csv, Format::Xlsx, Format::Parquet];
    known.into_iter().find(|format| format.extension() == text).ok_or_else(|| "csv | xlsx | parquet".to_owned())
}

/// Exit 0 when everything was written.
pub fn run(args: Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let catalog = Arc::new(get_catalog(&args.place.place())?);
    list_kinds(&catalog, &args.words)?;
    let app = context.open(&args.home, Access::Read)?.with_catalog(catalog);
    let order = ExportOrder {
        words: args.words,
        as_of: args.as_of,
        period: args.period,
        format: args.format,
        language: say.language(),
    };
    let written = context.wait(export(&app, &operator(Purpose::Analysis), (&order, &args.out)))?;
    context.wait(app.close())?;
    for (path, rows) in written {
        let line = Message::new("export-written").with("path", path.display()).with("rows", rows);
        println!("{}", say.say(&line));
    }
    Ok(ExitCode::SUCCESS)
}
