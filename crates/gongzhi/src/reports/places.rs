//! Where the rows behind a lead stood: file, sheet and cell. The cell is the one of the fact that decides: the first the
//! model needs that the row's kind has, else its first other fact, else the name of whom the row is about.

use std::collections::BTreeMap;

use gongzhi_core::leads::Lead;
use gongzhi_engine::tables::EvidencePlace;

/// Places of evidence.
pub struct Places {
    by_handle: BTreeMap<String, EvidencePlace>,
    /// Columns to name a cell by, the deciding one first, by model and kind.
    columns: BTreeMap<(String, String), Vec<String>>,
}

impl Places {
    /// Places of rows, with the columns to name a cell by, the deciding one first, by model and kind.
    pub fn new(places: Vec<EvidencePlace>, columns: BTreeMap<(String, String), Vec<String>>) -> Self {
        let by_handle = places.into_iter().map(|place| (place.handle.clone(), place)).collect();
        Self { by_handle, columns }
    }

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
