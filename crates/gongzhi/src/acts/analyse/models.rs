//! The models of a catalogue: checked, tested by their cases, run over what is kept.

use std::path::PathBuf;

use chrono::NaiveDate;
use gongzhi_core::access::Actor;
use gongzhi_core::catalog::{Catalog, Problem};
use gongzhi_core::models::warnings::list_warnings;
use gongzhi_core::models::{Model, Models};
use gongzhi_core::problems::ActError;
use gongzhi_core::state::Moment;
use gongzhi_engine::analysis::{Analysis, AnalysisOptions};
use gongzhi_engine::model_cases::{CaseResult, list_unread, run_cases};
use gongzhi_engine::model_run::check_models;
use gongzhi_engine::session::SessionOptions;

use crate::acts::catalog::{CatalogPlace, get_catalog};
use crate::acts::run::{Compared, Comparing, Content, choose_region, compare, read_coverage};
use crate::app::App;

/// Compiles the models of a catalogue and plans their SQL; every problem of either, ordered by file and line.
pub async fn check(catalog: &Catalog) -> (Models, Vec<Problem>) {
    planned(catalog, Models::compile(catalog), |_| true).await
}

async fn planned(
    catalog: &Catalog,
    (models, mut problems): (Models, Vec<Problem>),
    wanted: impl Fn(&Model) -> bool,
) -> (Models, Vec<Problem>) {
    problems.extend(check_models(catalog, &models, wanted).await);
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    (models, problems)
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
///
/// # Errors
/// The catalogue or a model is unsound.
pub async fn get_models(place: &CatalogPlace) -> Result<(Catalog, Models), ActError> {
    let catalog = get_catalog(place)?;
    let (models, problems) = check(&catalog).await;
    sound(catalog, models, &problems)
}

/// The catalogue with its models, to be run: the SQL of the wanted ones alone is looked at, and no cases are read.
///
/// # Errors
/// The catalogue or a model that is wanted is unsound.
pub async fn get_models_to_run(
    place: &CatalogPlace,
    wanted: impl Fn(&Model) -> bool,
) -> Result<(Catalog, Models), ActError> {
    let catalog = get_catalog(place)?;
    let (models, problems) = planned(&catalog, Models::compile_to_run(&catalog), wanted).await;
    sound(catalog, models, &problems)
}

fn sound(catalog: Catalog, models: Models, problems: &[Problem]) -> Result<(Catalog, Models), ActError> {
    if problems.is_empty() { Ok((catalog, models)) } else { Err(ActError::content(problems)) }
}

/// Runs the cases of the models given.
///
/// # Errors
/// Nothing can be asked at all.
pub async fn test(catalog: &Catalog, models: &Models, wanted: &[&Model]) -> Result<Vec<CaseResult>, ActError> {
    let options = SessionOptions { target_partitions: 1, ..SessionOptions::default() };
    let analysis = Analysis::start(AnalysisOptions::default())?;
    Ok(run_cases(&analysis, (catalog, models), wanted, &options).await)
}

/// What a comparison over kept data is told.
pub struct CompareOrder {
    /// The day the models look from.
    pub as_of: NaiveDate,
    /// What the tax side covers, as a run reads it.
    pub coverage: PathBuf,
    /// The region, by its code; none: the only one there is.
    pub region: Option<String>,
}

/// Runs models over the data and the links that earlier runs kept.
///
/// # Errors
/// The coverage file can't be read, or the region asked for is none.
pub async fn compare_kept(
    app: &App,
    actor: &Actor,
    (order, content): (CompareOrder, Content),
) -> Result<Compared, ActError> {
    let moment = Moment { as_of: app.clock.now(), period: None };
    let mut visible = app.store.visible_batches(&actor.scope, moment).await?;
    app.block(move |app, waiter| {
        let coverage = read_coverage(&order.coverage, &content.catalog)?;
        let region = choose_region(&mut visible, order.region.as_deref()).map_err(ActError::not_understood)?;
        let (place, region) = (app.place(), region.to_string());
        let analysis = app.analysis()?;
        let given = Comparing { content: &content, analysis, visible: &visible, place: &place, coverage, region };
        waiter.wait(compare(given, order.as_of))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_shipped_model_is_sound_and_every_case_of_it_passes() {
        let (catalog, models) = get_models(&CatalogPlace::default()).await.unwrap();
        let wanted: Vec<&Model> = models.models.values().collect();
        assert!(wanted.len() >= 12, "{} models", wanted.len());
        let results = test(&catalog, &models, &wanted).await.unwrap();
        let failed: Vec<_> = results.iter().filter(|result| !result.differences.is_empty()).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        for model in wanted {
            assert!(results.iter().filter(|result| result.model == model.key).count() >= 3, "{}", model.key);
        }
    }
}
