//! What the control store keeps of a run: what it was about, which steps have ended, what it came to.

use anyhow::Result;
use chrono::{DateTime, Utc};
use gongzhi_core::access::{Actor, Purpose};
use gongzhi_store::{Store, StoreError};
use serde_json::{Value as Json, json};

use super::order::RunOrder;
use super::outputs::Step;
use super::taking_in::TakenFolder;
use crate::acts::operator::operator;

/// A run on record.
pub struct RunRecord {
    store: Store,
    actor: Actor,
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
        let actor = analysis();
        let run = store.change((&actor, order.now), async |work| work.begin_run((region, &key)).await).await?;
        Ok(Self { store: store.clone(), actor, sequence: run.sequence, now: order.now })
    }

    /// A step has ended.
    pub async fn step(&self, step: &Step) -> Result<(), StoreError> {
        let counts: serde_json::Map<String, Json> =
            step.counts.iter().map(|(what, count)| ((*what).to_owned(), json!(count))).collect();
        let (of, facts) = ((self.sequence, step.name), Json::Object(counts));
        self.store.change((&self.actor, self.now), async |work| work.finish_step(of, &facts).await).await
    }

    /// The run has ended.
    pub async fn finish(&self, facts: &Json) -> Result<(), StoreError> {
        self.store.change((&self.actor, self.now), async |work| work.finish_run(self.sequence, facts).await).await
    }
}

/// A run analyses every unit of the installation.
pub fn analysis() -> Actor {
    operator(Purpose::Analysis)
}
