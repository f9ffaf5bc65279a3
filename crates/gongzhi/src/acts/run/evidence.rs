//! Where the rows behind a lead stood: file, sheet and row.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use gongzhi_core::leads::Lead;
use gongzhi_core::state::VisibleBatches;
use gongzhi_engine::parts::DataPlace;
use gongzhi_engine::session::SessionPlace;
use gongzhi_engine::tables::{EvidencePlace, list_evidence};

use super::comparing::Compared;

/// Places of evidence by handle.
pub struct Places(BTreeMap<String, EvidencePlace>);

/// Looks up every handle that a lead names.
pub fn list_places(place: &SessionPlace, visible: &VisibleBatches, compared: &Compared) -> Result<Places> {
    let leads = compared.reports.iter().flat_map(|report| &report.leads);
    let handles: BTreeSet<&str> =
        leads.flat_map(|lead| lead.evidence.iter().chain(&lead.payments)).map(String::as_str).collect();
    let data = DataPlace { folder: &place.folder, keys: &place.keys };
    let places = list_evidence(data, visible, handles)?;
    Ok(Places(places.into_iter().map(|place| (place.handle.clone(), place)).collect()))
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

    fn sorted(&self, handles: &[String]) -> Vec<&EvidencePlace> {
        let mut places: Vec<&EvidencePlace> = handles.iter().filter_map(|handle| self.0.get(handle)).collect();
        places.sort_by(|a, b| (&a.file, &a.sheet, a.row).cmp(&(&b.file, &b.sheet, b.row)));
        places.dedup_by(|a, b| a.handle == b.handle);
        places
    }
}
