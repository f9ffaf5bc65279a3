//! What can be done with models: compile and check them, run their cases.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use chrono::{DateTime, NaiveDate, Utc};
use gongzhi_core::access::Purpose;
use gongzhi_core::catalog::{Catalog, Problem};
use gongzhi_core::messages::Translator;
use gongzhi_core::models::warnings::list_warnings;
use gongzhi_core::models::{Model, Models};
use gongzhi_core::state::Moment;
use gongzhi_engine::model_cases::{CaseResult, list_unread, run_cases};
use gongzhi_engine::model_run::check_models;
use gongzhi_engine::session::{SessionOptions, SessionPlace};

use crate::acts::catalog::{CatalogPlace, get_catalog};
use crate::acts::home::{self, Access, Home};
use crate::acts::operator::operator;
use crate::acts::run::{Compared, Comparing, RunContext, choose_region, compare, read_coverage};

/// Compiles the models of a catalogue and plans their SQL; every problem of either, ordered by file and line.
pub fn check(catalog: &Catalog) -> Result<(Models, Vec<Problem>)> {
    planned(catalog, Models::compile(catalog), |_| true)
}

fn planned(
    catalog: &Catalog,
    (models, mut problems): (Models, Vec<Problem>),
    wanted: impl Fn(&Model) -> bool,
) -> Result<(Models, Vec<Problem>)> {
    problems.extend(runtime()?.block_on(check_models(catalog, &models, wanted)));
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok((models, problems))
}

/// Everything suspicious in a catalogue that may yet be right, by file and line. Of models that can't be planned their cases
/// are not looked at: that is told already.
pub fn warnings(catalog: &Catalog, models: &Models, today: NaiveDate) -> Vec<Problem> {
    let mut warnings = list_warnings(catalog, models, today);
    warnings.extend(list_unread(models).unwrap_or_default());
    warnings.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    warnings
}

/// The catalogue with its models and their cases; an unsound one is an error that lists every problem.
pub fn get_models(place: &CatalogPlace, say: &Translator) -> Result<(Catalog, Models)> {
    let catalog = get_catalog(place, say)?;
    let (models, problems) = check(&catalog)?;
    sound(catalog, models, &problems, say)
}

/// The catalogue with its models, to be run: the SQL of the wanted ones alone is looked at, and no cases are read.
pub fn get_models_to_run(
    place: &CatalogPlace,
    wanted: impl Fn(&Model) -> bool,
    say: &Translator,
) -> Result<(Catalog, Models)> {
    let catalog = get_catalog(place, say)?;
    let (models, problems) = planned(&catalog, Models::compile_to_run(&catalog), wanted)?;
    sound(catalog, models, &problems, say)
}

fn sound(catalog: Catalog, models: Models, problems: &[Problem], say: &Translator) -> Result<(Catalog, Models)> {
    if problems.is_empty() {
        return Ok((catalog, models));
    }
    let lines: Vec<String> = problems.iter().map(|problem| problem.in_words(say)).collect();
    Err(anyhow!("{}", lines.join("\n")))
}

/// Runs the cases of the models given.
pub fn test(catalog: &Catalog, models: &Models, wanted: &[&Model]) -> Result<Vec<CaseResult>> {
    let options = SessionOptions { target_partitions: 1, ..SessionOptions::default() };
    Ok(runtime()?.block_on(run_cases(catalog, models, wanted, &options))?)
}

/// What a comparison over kept data is told.
pub struct CompareOrder {
    /// The home folder.
    pub home: PathBuf,
    /// The day the models look from.
    pub as_of: NaiveDate,
    /// What the tax side covers, as a run reads it.
    pub coverage: PathBuf,
    /// The region, by its code; none: the only one there is.
    pub region: Option<String>,
    /// The moment the command began.
    pub now: DateTime<Utc>,
}

/// Runs models over the data and the links that earlier runs kept.
///
/// # Errors
/// The home folder is missing or can't be read, or the coverage file can't.
pub fn compare_kept(order: &CompareOrder, context: &RunContext<'_>) -> Result<Compared> {
    let say = context.say;
    let runtime = runtime()?;
    let Home { keys, store } = runtime.block_on(home::open(&order.home, Access::Read, say))?;
    let place = SessionPlace { folder: order.home.join("data"), keys: Arc::new(keys) };
    let coverage = read_coverage(&order.coverage, &context.catalog, say)?;
    runtime.block_on(async {
        let moment = Moment { as_of: order.now, period: None };
        let mut visible = store.visible_batches(&operator(Purpose::Analysis).scope, moment).await?;
        store.close().await?;
        let region = choose_region(&mut visible, order.region.as_deref());
        let region = region.map_err(|message| anyhow!("{}", say.say(&message)))?.to_string();
        compare(Comparing { context, visible: &visible, place: &place, coverage, region }, order.as_of).await
    })
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

#[cfg(test)]
mod tests {
    use gongzhi_core::messages::Language;

    use super::*;

    #[test]
    fn every_shipped_model_is_sound_and_every_case_of_it_passes() {
        let (catalog, models) = get_models(&CatalogPlace::default(), &Translator::new(Language::English)).unwrap();
        let wanted: Vec<&Model> = models.models.values().collect();
        assert!(wanted.len() >= 12, "{} models", wanted.len());
        let results = test(&catalog, &models, &wanted).unwrap();
        let failed: Vec<_> = results.iter().filter(|result| !result.differences.is_empty()).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        for model in wanted {
            assert!(results.iter().filter(|result| result.model == model.key).count() >= 3, "{}", model.key);
        }
    }
}
