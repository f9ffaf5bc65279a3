//! The sets accepted so far: whether a set is the first of its year, and which one it adds to.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use gongzhi_core::intake::EarlierSets;
use gongzhi_core::period::Period;
use gongzhi_core::state::VisibleBatch;
use gongzhi_core::values::SetMode;
use gongzhi_store::uploads::NewBatch;

/// Item, kind, unit, period.
type SetKey = (String, String, String, Period);

/// What is known of the sets of every unit.
pub struct KnownSets {
    years: Arc<EarlierSets>,
    /// The batch accepted last of each set.
    latest: HashMap<SetKey, String>,
}

impl KnownSets {
    /// What the batches accepted so far say.
    pub fn of(batches: &[VisibleBatch]) -> Self {
        let mut known = Self { years: Arc::new(EarlierSets::Known(HashSet::new())), latest: HashMap::new() };
        let mut batches: Vec<_> = batches.iter().map(|visible| &visible.batch).collect();
        batches.sort_by_key(|batch| batch.sequence);
        for batch in batches {
            let key = (batch.item.clone(), batch.kind.clone(), batch.lineage.clone(), batch.period);
            known.record_one(key, batch.id.clone());
        }
        known
    }

    /// Which sets there are of which years.
    pub fn years(&self) -> Arc<EarlierSets> {
        Arc::clone(&self.years)
    }

    /// The batch that a new one supplements: differences of a period of which a set was accepted before belong to that.
    pub fn find_supplemented(&self, new: &NewBatch) -> Option<String> {
        let key = (new.item.clone(), new.kind.clone(), new.lineage.clone(), new.period);
        self.latest.get(&key).filter(|_| new.mode == SetMode::Differential).cloned()
    }

    /// Batches accepted since.
    pub fn record(&mut self, accepted: &[NewBatch]) {
        for new in accepted {
            let key = (new.item.clone(), new.kind.clone(), new.lineage.clone(), new.period);
            self.record_one(key, new.id.clone());
        }
    }

    fn record_one(&mut self, key: SetKey, id: String) {
        let (item, kind, unit, period) = key.clone();
        Arc::make_mut(&mut self.years).record([(item, kind, unit, period.year())]);
        self.latest.insert(key, id);
    }
}
