//! Looks up where the rows behind the leads stood, and which column of each row decides.

use std::collections::{BTreeMap, BTreeSet};

use gongzhi_core::catalog::Kind;
use gongzhi_core::models::Model;
use gongzhi_core::problems::ActError;
use gongzhi_core::state::VisibleBatches;
use gongzhi_engine::parts::DataPlace;
use gongzhi_engine::session::SessionPlace;
use gongzhi_engine::tables::list_evidence;

use super::comparing::Compared;
use super::order::RunContext;
use crate::reports::places::Places;

/// Looks up every handle that a lead names.
pub fn list_places(
    context: &RunContext<'_>,
    (place, visible): (&SessionPlace, &VisibleBatches),
    compared: &Compared,
) -> Result<Places, ActError> {
    let reports = &compared.reports;
    let leads = reports.iter().flat_map(|report| &report.leads);
    let noticed = reports.iter().flat_map(|report| &report.notices).map(|notice| &notice.found);
    let handles: BTreeSet<&str> =
        leads.chain(noticed).flat_map(|lead| lead.evidence.iter().chain(&lead.payments)).map(String::as_str).collect();
    let data = DataPlace { folder: &place.folder, keys: &place.keys };
    let places = list_evidence(data, visible, handles)?;
    let kinds: BTreeSet<&String> = places.iter().map(|place| &place.kind).collect();
    let mut columns = BTreeMap::new();
    for model in compared.reports.iter().filter_map(|report| context.models.models.get(&report.model)) {
        for key in &kinds {
            let Some((_, kind)) = context.catalog.find_kind(key) else { continue };
            columns.insert((model.key.clone(), (*key).clone()), deciding_columns(model, kind));
        }
    }
    Ok(Places::new(places, columns))
}

fn deciding_columns(model: &Model, kind: &Kind) -> Vec<String> {
    let facts = model.needs.iter().chain(model.facts.iter().map(|(name, _)| name));
    let facts = facts.filter(|name| kind.find_column(name).is_some()).cloned();
    facts.chain(kind.parties.iter().map(|party| format!("{}_name", party.key))).collect()
}
