//! What the control store keeps of a run: what it was about, which steps have ended, what it came to.

use anyhow::Result;
use chrono::{DateTime, Utc};
use gongzhi_core::access::{Purpose, Scope};
use gongzhi_store::{Store, StoreError};
use serde_json::{Value as Json, json};

use super::RunOrder;
use super::outputs::Step;
use super::taking_in::TakenFolder;

/// A run on record.
pub struct RunRecord {
    store: Store,
    sequence: i64,
    now: DateTime<Utc>,
}

impl RunRecord {
    /// Begins the record; the same input looked at from the same day is the same run, also when it is run again.
    pub async fn begin(
        store: &Store,
        (order, region, catalog): (&RunOrder, &str, &str),
        taken: &TakenFolder,
    ) -> Result<Self, StoreError> {
        let inputs = serde_json::to_string(&taken.digests).unwrap_or_default();
        let key = gongzhi_engine::keys::digest(format!("{}|{catalog}|{inputs}", order.as_of).as_bytes());
        let run = store.begin_run(&analysis(), (region, &key), order.now).await?;
        Ok(Self { store: store.clone(), sequence: run.sequence, now: order.now })
    }

    /// A step has ended.
    pub async fn step(&self, step: &Step) -> Result<(), StoreError> {
        let counts: serde_json::Map<String, Json> =
            step.counts.iter().map(|(what, count)| ((*what).to_owned(), json!(count))).collect();
        self.store.finish_step(&analysis(), (self.sequence, step.name, self.now), &Json::Object(counts)).await
    }

    /// The run has ended.
    pub async fn finish(&self, facts: &Json) -> Result<(), StoreError> {
        self.store.finish_run(&analysis(), (self.sequence, self.now), facts).await
    }
}

/// A run analyses every unit of the installation.
pub fn analysis() -> Scope {
    Scope::region("", Purpose::Analysis)
}
