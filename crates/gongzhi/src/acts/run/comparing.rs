//! Puts the state of things before the models.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use gongzhi_core::catalog::{BY_PERIOD, EVER};
use gongzhi_core::ids::Region;
use gongzhi_core::leads::LeadNumbers;
use gongzhi_core::messages::Message;
use gongzhi_core::models::facts::{Coverage, RunFacts};
use gongzhi_core::period::Period;
use gongzhi_core::problems::ActError;
use gongzhi_core::state::VisibleBatches;
use gongzhi_engine::analysis::Analysis;
use gongzhi_engine::model_run::{ModelReport, list_views, run_model, run_models};
use gongzhi_engine::session::{Session, SessionOptions, SessionPlace};
use gongzhi_engine::tables::{Handles, WorklistLine};
use gongzhi_engine::townships::list_townships;

use super::order::Content;

/// What a comparison is given.
pub struct Comparing<'a> {
    /// The catalogue and its models.
    pub content: &'a Content,
    /// What its questions share with all others.
    pub analysis: &'a Analysis,
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
    /// Numbers of the leads, once they are kept.
    pub numbers: LeadNumbers,
}

/// Runs every model.
pub async fn compare(given: Comparing<'_>, as_of: NaiveDate) -> Result<Compared, ActError> {
    let views = list_filled_views(&given)?;
    let options = SessionOptions { opened: given.content.models.opened(), ..SessionOptions::default() };
    let visible = (given.visible, views.iter().map(String::as_str));
    let catalog = &given.content.catalog;
    let session = Session::open(given.analysis, catalog, given.place, visible, &options).await?;
    let facts = RunFacts {
        as_of,
        region: given.region.clone(),
        coverage: given.coverage.clone(),
        delivered: list_delivered(given.visible),
    };
    let content = given.content.of_models();
    let mut reports = run_models(&session, &content, &facts).await;
    for report in reports.iter_mut().filter(|report| report.met_memory_limit) {
        // Joins that hash hold one side in memory, joins that sort leave it on the disk: slower, but it may get through.
        let options = SessionOptions { prefer_sort_merge_join: true, ..options.clone() };
        let visible = (given.visible, views.iter().map(String::as_str));
        let again = Session::open(given.analysis, catalog, given.place, visible, &options).await?;
        *report = run_model(&again, &content, &report.model, &facts).await;
    }
    reports.iter_mut().for_each(|report| name_rows(report, session.handles()));
    let leads = reports.iter().flat_map(|report| &report.leads);
    let taxpayers: BTreeSet<&str> = leads.map(|lead| lead.taxpayer.uscc.as_str()).collect();
    // A county may lay its own view of registrations over ours; one without townships costs the report a breakdown, not
    // the run its leads.
    let townships = list_townships(&session, &content, &taxpayers).await.unwrap_or_else(|_| {
        // What the error says may hold what stands in a row.
        tracing::warn!("the view of registrations tells no townships, the report goes without them");
        BTreeMap::new()
    });
    let worklist = session.worklist().to_vec();
    Ok(Compared { reports, worklist, region: given.region, townships, numbers: LeadNumbers::default() })
}

/// Rows are named by their handles: in another run they stand at other places.
fn name_rows(report: &mut ModelReport, handles: &Handles) {
    let noticed = report.notices.iter_mut().map(|notice| &mut notice.found);
    for lead in report.leads.iter_mut().chain(noticed) {
        let payments = lead.other_payments.iter_mut().map(|payment| &mut payment.evidence);
        for reference in lead.evidence.iter_mut().chain(&mut lead.payments).chain(payments) {
            *reference = handles.of(reference);
        }
    }
    for reference in report.not_compared.iter_mut().flat_map(|one| &mut one.evidence) {
        *reference = handles.of(reference);
    }
}

/// The region that a comparison is about, the one asked for or the only one there is, and only what was reported in it, below
/// it or above it.
///
/// # Errors
/// Nothing was asked for and there are several; what was asked for is no region of which anything was reported.
pub fn choose_region(visible: &mut VisibleBatches, asked: Option<&str>) -> Result<Region, Message> {
    let there: BTreeSet<Region> = visible.batches().iter().filter_map(|one| Region::read(&one.batch.region)).collect();
    let lowest = Region::list_lowest(&there);
    let names = lowest.iter().map(|region| region.as_str()).collect::<Vec<_>>().join("、");
    let unknown = |asked: &str| Message::new("run-region-unknown").with("asked", asked).with("regions", &names);
    let region = match (asked, lowest.as_slice()) {
        (Some(asked), _) => Region::read(asked)
            .filter(|asked| there.iter().any(|one| asked.covers(one)))
            .ok_or_else(|| unknown(asked))?,
        (None, [only]) => (*only).clone(),
        (None, _) => return Err(Message::new("run-region-several").with("regions", &names)),
    };
    visible.retain(|one| {
        Region::read(&one.batch.region).is_some_and(|other| region.covers(&other) || other.covers(&region))
    });
    Ok(region)
}

/// The views that models read and some batch fills; a view of a kind nobody sent is put up empty later.
fn list_filled_views(given: &Comparing<'_>) -> Result<BTreeSet<String>, ActError> {
    let Content { catalog, models, .. } = given.content;
    let read = list_views(models)?;
    let batches = given.visible.batches().iter();
    let kinds: BTreeSet<String> = batches.map(|batch| format!("{}.{}", batch.batch.item, batch.batch.kind)).collect();
    let kinds = kinds.iter().filter_map(|key| catalog.find_kind(key));
    let views = kinds.map(|(item, kind)| item.view_of(kind));
    let views = views.flat_map(|view| [format!("{view}{BY_PERIOD}"), format!("{view}{EVER}"), view]);
    Ok(views.filter(|view| read.contains(view)).collect())
}

fn list_delivered(visible: &VisibleBatches) -> BTreeMap<String, BTreeSet<Period>> {
    let mut delivered: BTreeMap<String, BTreeSet<Period>> = BTreeMap::new();
    for batch in visible.batches() {
        delivered.entry(batch.batch.item.clone()).or_default().insert(batch.batch.period);
    }
    delivered
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use gongzhi_core::access::Purpose;
    use gongzhi_core::catalog::{Mark, Mode};
    use gongzhi_core::state::{Batch, Moment, VisibleBatch, covered_days};
    use gongzhi_core::values::SetMode;

    use super::*;
    use crate::acts::operator::operator;

    fn visible(regions: &[&str]) -> VisibleBatches {
        let period = Period::Quarter(2025, 1);
        let (covers_from, covers_to) = covered_days(period, false);
        let batch = |region: &&str| VisibleBatch {
            batch: Batch {
                id: format!("of {region}"),
                sequence: 1,
                region: (*region).to_owned(),
                unit: "water".to_owned(),
                lineage: "water".to_owned(),
                item: "water_project".to_owned(),
                kind: "project".to_owned(),
                mark: Mark::Stock,
                item_mode: Mode::Full,
                period,
                covers_from,
                covers_to,
                mode: SetMode::Full,
                template_version: 1,
                accepted_at: DateTime::default(),
                supplement_of: None,
            },
            main: None,
            personal: None,
            links_key: None,
            rows: 0,
            file: String::new(),
            file_digest: String::new(),
            upload: String::new(),
        };
        let moment = Moment { as_of: DateTime::default(), period: None };
        let scope = operator(Purpose::Analysis).scope;
        VisibleBatches::found_by_a_test(&scope, moment, regions.iter().map(batch).collect())
    }

    fn chosen(regions: &[&str], asked: Option<&str>) -> Result<(String, Vec<String>), String> {
        let mut visible = visible(regions);
        let region = choose_region(&mut visible, asked).map_err(|message| message.key.to_string())?;
        Ok((region.to_string(), visible.batches().iter().map(|one| one.batch.region.clone()).collect()))
    }

    #[test]
    fn a_run_is_about_the_only_region_or_the_one_asked_for_and_sees_no_other() {
        let of =
            |region: &str, seen: &[&str]| Ok((region.to_owned(), seen.iter().map(|one| (*one).to_owned()).collect()));
        assert_eq!(chosen(&["652323", "652323001"], None), of("652323", &["652323", "652323001"]));
        // A prefecture's own department speaks of the county too.
        assert_eq!(chosen(&["652300", "652323"], None), of("652323", &["652300", "652323"]));
        let several = ["652323", "652324", "652300", "650102"];
        assert_eq!(chosen(&several, None), Err("run-region-several".to_owned()));
        assert_eq!(chosen(&several, Some("652323")), of("652323", &["652323", "652300"]));
        assert_eq!(chosen(&several, Some("652300")), of("652300", &["652323", "652324", "652300"]));
        for unknown in ["652327", "县", ""] {
            assert_eq!(chosen(&several, Some(unknown)), Err("run-region-unknown".to_owned()), "{unknown}");
        }
    }
}
