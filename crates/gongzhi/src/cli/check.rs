//! `gongzhi check`: the catalogue's compiler.

use std::process::ExitCode;

use gongzhi_core::catalog::Catalog;
use gongzhi_core::messages::Message;

use super::{CatalogWords, Context};
use crate::acts::analyse::models;
use crate::acts::catalog::list_sources;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: CatalogWords,
}

/// Exit 0 when clean, 1 with problems, 2 when the folder can't be read.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let (catalog, mut problems) = Catalog::compile(&list_sources(&args.place.place())?);
    let (models, of_models) = context.wait(models::check(&catalog));
    problems.extend(of_models);
    for problem in &problems {
        println!("{}", problem.in_words(say));
    }
    let warnings = models::warnings(&catalog, &models, context.today);
    for warning in &warnings {
        let place = format!("{}:{}", warning.file, warning.line);
        let message = Message::new("catalog-warning").with("place", place).with("text", say.say(&warning.message));
        println!("{}", say.say(&message));
    }
    if !warnings.is_empty() {
        println!("{}", say.say(&Message::new("catalog-warnings").with("count", warnings.len())));
    }
    if !problems.is_empty() {
        println!("{}", say.say(&Message::new("catalog-problems").with("count", problems.len())));
        return Ok(ExitCode::from(1));
    }
    let kinds: Vec<_> = catalog.items.values().flat_map(|item| &item.kinds).collect();
    let clean = Message::new("catalog-clean")
        .with("items", catalog.items.len())
        .with("kinds", kinds.len())
        .with("columns", kinds.iter().map(|kind| kind.columns.len()).sum::<usize>())
        .with("units", catalog.units.len())
        .with("parameters", catalog.parameters.len())
        .with("laws", catalog.laws.len())
        .with("models", models.models.len());
    println!("{}", say.say(&clean));
    Ok(ExitCode::SUCCESS)
}
