//! What can be done with models: compile and check them, run their cases.

use anyhow::{Result, anyhow};
use gongzhi_core::catalog::{Catalog, Problem};
use gongzhi_core::messages::Translator;
use gongzhi_core::models::{Model, Models};
use gongzhi_engine::model_cases::{CaseResult, run_cases};
use gongzhi_engine::model_run::check_models;

use super::catalog::{CatalogPlace, get_catalog, line_of};

/// Compiles the models of a catalogue and plans their SQL; every problem of either, ordered by file and line.
pub fn check(catalog: &Catalog) -> Result<(Models, Vec<Problem>)> {
    let (models, mut problems) = Models::compile(catalog);
    problems.extend(runtime()?.block_on(check_models(catalog, &models)));
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok((models, problems))
}

/// The catalogue with its models; an unsound one is an error that lists every problem.
pub fn get_models(place: &CatalogPlace, say: &Translator) -> Result<(Catalog, Models)> {
    let catalog = get_catalog(place, say)?;
    let (models, problems) = check(&catalog)?;
    if problems.is_empty() {
        return Ok((catalog, models));
    }
    let lines: Vec<String> = problems.iter().map(|problem| line_of(problem, say)).collect();
    Err(anyhow!("{}", lines.join("\n")))
}

/// Runs the cases of the models given.
pub fn test(catalog: &Catalog, models: &Models, wanted: &[&Model]) -> Result<Vec<CaseResult>> {
    Ok(runtime()?.block_on(run_cases(catalog, models, wanted)))
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
