//! Puts the state of things before the models.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, anyhow};
use chrono::NaiveDate;
use gongzhi_core::catalog::{BY_PERIOD, EVER};
use gongzhi_core::models::facts::{Coverage, RunFacts};
use gongzhi_core::period::Period;
use gongzhi_core::state::VisibleBatches;
use gongzhi_engine::model_run::{ModelReport, list_views, run_model, run_models};
use gongzhi_engine::session::{Session, SessionOptions, SessionPlace};
use gongzhi_engine::tables::WorklistLine;
use gongzhi_engine::townships::list_townships;

use super::RunContext;

/// What a comparison is given.
pub struct Comparing<'a> {
    /// The run's catalogue and models.
    pub context: &'a RunContext<'a>,
    /// Batches with their links.
    pub visible: &'a VisibleBatches,
    /// Where they are.
    pub place: &'a SessionPlace,
    /// What the tax side covers.
    pub coverage: Vec<Coverage>,
    /// County the run is about.
    pub region: String,
}

/// What the models found.
pub struct Compared {
    /// One report a model.
    pub reports: Vec<ModelReport>,
    /// What did not fit together in the states read.
    pub worklist: Vec<WorklistLine>,
    /// County the run is about.
    pub region: String,
    /// Townships of the leads' taxpayers, by code, as far as they are registered with one.
    pub townships: BTreeMap<String, String>,
}

/// Runs every model.
pub async fn compare(given: Comparing<'_>, as_of: NaiveDate) -> Result<Compared> {
    let views = list_filled_views(&given)?;
    let options = SessionOptions { opened: given.context.models.opened(), ..SessionOptions::default() };
    let visible = (given.visible, views.iter().map(String::as_str));
    let session = Session::open(&given.context.catalog, given.place, visible, &options)?;
    let facts = RunFacts {
        as_of,
        region: given.region.clone(),
        coverage: given.coverage.clone(),
        delivered: list_delivered(given.visible),
    };
    let content = (&given.context.catalog, &given.context.models);
    let mut reports = run_models(&session, content, &facts).await;
    for report in reports.iter_mut().filter(|report| report.met_memory_limit) {
        let Some(model) = given.context.models.models.get(&report.model) else { continue };
        // Joins that hash hold one side in memory, joins that sort leave it on the disk: slower, but it may get through.
        let options = SessionOptions { prefer_sort_merge_join: true, ..options.clone() };
        let visible = (given.visible, views.iter().map(String::as_str));
        let again = Session::open(&given.context.catalog, given.place, visible, &options)?;
        *report = run_model(&again, content, model, &facts).await;
    }
    let leads = reports.iter().flat_map(|report| &report.leads);
    let taxpayers: BTreeSet<&str> = leads.map(|lead| lead.taxpayer.uscc.as_str()).collect();
    // A county may lay its own view of registrations over ours; one without townships costs the report a breakdown, not
    // the run its leads.
    let townships = list_townships(&session, content, &taxpayers).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "no townships: {error}");
        BTreeMap::new()
    });
    Ok(Compared { reports, worklist: session.worklist().to_vec(), region: given.region, townships })
}

/// The county most batches speak of; ties go to the lower code.
pub fn region_of(visible: &VisibleBatches) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for batch in &visible.batches {
        *counts.entry(batch.batch.region.get(..6).unwrap_or(&batch.batch.region)).or_default() += 1;
    }
    let most = counts.iter().max_by_key(|(region, count)| (**count, std::cmp::Reverse(**region)));
    most.map(|(region, _)| (*region).to_owned()).unwrap_or_default()
}

/// The views that models read and some batch fills; a view of a kind nobody sent is put up empty later.
fn list_filled_views(given: &Comparing<'_>) -> Result<BTreeSet<String>> {
    let RunContext { catalog, models, say, .. } = given.context;
    let read = list_views(models).map_err(|error| anyhow!("{}", say.say(&error.message())))?;
    let batches = given.visible.batches.iter();
    let kinds: BTreeSet<String> = batches.map(|batch| format!("{}.{}", batch.batch.item, batch.batch.kind)).collect();
    let kinds = kinds.iter().filter_map(|key| catalog.find_kind(key));
    let views = kinds.map(|(item, kind)| item.view_of(kind));
    let views = views.flat_map(|view| [format!("{view}{BY_PERIOD}"), format!("{view}{EVER}"), view]);
    Ok(views.filter(|view| read.contains(view)).collect())
}

fn list_delivered(visible: &VisibleBatches) -> BTreeMap<String, BTreeSet<Period>> {
    let mut delivered: BTreeMap<String, BTreeSet<Period>> = BTreeMap::new();
    for batch in &visible.batches {
        delivered.entry(batch.batch.item.clone()).or_default().insert(batch.batch.period);
    }
    delivered
}
