//! What the control store keeps of a run: what it was about, which steps have ended, what it came to.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use gongzhi_core::access::{Actor, Purpose};
use gongzhi_core::leads::{LeadIdentity, ModelLook};
use gongzhi_store::{Store, StoreError};
use serde_json::{Value as Json, json};

use super::outputs::Step;
use super::taking_in::TakenFolder;
use super::{COVERAGE_FILE, RunOrder};
use crate::acts::operator::operator;

/// A run on record.
pub struct RunRecord {
    store: Store,
    actor: Actor,
    sequence: i64,
    now: DateTime<Utc>,
}

impl RunRecord {
    /// Begins the record; the same input and coverage looked at from the same day, with the same decisions of people about
    /// who is meant, is the same run, also when it is run again.
    pub async fn begin(
        store: &Store,
        (order, region, catalog): (&RunOrder, &str, &str),
        taken: &TakenFolder,
    ) -> Result<Self, StoreError> {
        let inputs = serde_json::to_string(&taken.digests).unwrap_or_default();
        let coverage = std::fs::read(order.folder.join(COVERAGE_FILE)).unwrap_or_default();
        let coverage = gongzhi_engine::keys::digest(&coverage);
        let actor = analysis();
        // Decisions are only ever added: how many there are tells which.
        let decisions = store.list_decisions(&actor.scope, order.now).await?.len();
        let words = format!("{}|{catalog}|{inputs}|{coverage}|{decisions}", order.as_of);
        let key = gongzhi_engine::keys::digest(words.as_bytes());
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

    /// Keeps what the run says of leads; the number of each found.
    pub async fn sightings(
        &self,
        as_of: NaiveDate,
        looks: &[ModelLook],
    ) -> Result<BTreeMap<LeadIdentity, String>, StoreError> {
        let of = (self.sequence, as_of);
        self.store.change((&self.actor, self.now), async |work| work.record_sightings(of, looks).await).await
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
