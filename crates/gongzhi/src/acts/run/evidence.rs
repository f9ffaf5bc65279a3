//! Where the rows behind a lead stood: file, sheet and cell. The cell is the one of the fact that decides: the first the
//! model needs that the row's kind has, else its first other fact, else the name of whom the row is about.

use std::collections::{BTreeMap, BTreeSet};

use gongzhi_core::catalog::Kind;
use gongzhi_core::leads::Lead;
use gongzhi_core::models::Model;
use gongzhi_core::problems::ActError;
use gongzhi_core::state::VisibleBatches;
use gongzhi_engine::parts::DataPlace;
use gongzhi_engine::session::SessionPlace;
use gongzhi_engine::tables::{EvidencePlace, list_evidence};

use super::RunContext;
use super::comparing::Compared;

/// Places of evidence.
pub struct Places {
    by_handle: BTreeMap<String, EvidencePlace>,
    /// Columns to name a cell by, the deciding one first, by model and kind.
    columns: BTreeMap<(String, String), Vec<String>>,
}

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
    let by_handle = places.into_iter().map(|place| (place.handle.clone(), place)).collect();
    Ok(Places { by_handle, columns })
}

fn deciding_columns(model: &Model, kind: &Kind) -> Vec<String> {
    let facts = model.needs.iter().chain(model.facts.iter().map(|(name, _)| name));
    let facts = facts.filter(|name| kind.find_column(name).is_some()).cloned();
    facts.chain(kind.parties.iter().map(|party| format!("{}_name", party.key))).collect()
}

impl Places {
    /// The rows a lead came from, by file, sheet and row.
    pub fn evidence<'a>(&'a self, lead: &'a Lead) -> Vec<&'a EvidencePlace> {
        self.sorted(&lead.evidence)
    }

    /// The other side's rows, by file, sheet and row.
    pub fn payments<'a>(&'a self, lead: &'a Lead) -> Vec<&'a EvidencePlace> {
        self.sorted(&lead.payments)
    }

    /// The cell that a place's row is named by in a lead of this model.
    pub fn cell(&self, model: &str, place: &EvidencePlace) -> String {
        let columns = self.columns.get(&(model.to_owned(), place.kind.clone()));
        place.cell(columns.into_iter().flatten().map(String::as_str))
    }

    fn sorted(&self, handles: &[String]) -> Vec<&EvidencePlace> {
        let mut places: Vec<&EvidencePlace> = handles.iter().filter_map(|handle| self.by_handle.get(handle)).collect();
        places.sort_by(|a, b| (&a.file, &a.sheet, a.row).cmp(&(&b.file, &b.sheet, b.row)));
        places.dedup_by(|a, b| a.handle == b.handle);
        places
    }
}
