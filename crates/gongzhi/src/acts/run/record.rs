//! What the control store keeps of a run: what it was about, which steps have ended, what it came to.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use gongzhi_core::access::Actor;
use gongzhi_core::leads::{LeadIdentity, ModelLook};
use gongzhi_store::StoreError;
use gongzhi_store::shared::work::Work;
use serde_json::{Value as Json, json};

use super::order::RunOrder;
use super::outputs::Step;
use super::taking_in::TakenFolder;
use crate::app::App;
use crate::jobs::inline::sealing;

/// A run on record.
pub struct RunRecord {
    app: App,
    actor: Actor,
    sequence: i64,
}

impl RunRecord {
    /// Begins the record; the same input and coverage looked at from the same day, with the same decisions of people about
    /// who is meant, is the same run, also when it is run again.
    pub async fn begin(
        (app, actor): (&App, &Actor),
        (order, region, catalog): (&RunOrder, &str, &str),
        (taken, coverage): (&TakenFolder, &str),
    ) -> Result<Self, StoreError> {
        let inputs = serde_json::to_string(&taken.digests).unwrap_or_default();
        // Decisions are only ever added: how many there are tells which.
        let decisions = app.store.list_decisions(&actor.scope, app.clock.now()).await?.len();
        let words = format!("{}|{catalog}|{inputs}|{coverage}|{decisions}", order.as_of);
        let key = gongzhi_engine::keys::digest(words.as_bytes());
        let begin = async |work: &mut Work| work.begin_run((region, &key)).await;
        let run = app.store.change((actor, app.clock.now()), begin).await?;
        Ok(Self { app: app.clone(), actor: actor.clone(), sequence: run.sequence })
    }

    /// A step has ended.
    pub async fn step(&self, step: &Step) -> Result<(), StoreError> {
        let counts: serde_json::Map<String, Json> =
            step.counts.iter().map(|(what, count)| ((*what).to_owned(), json!(count))).collect();
        let (of, facts) = ((self.sequence, step.name), Json::Object(counts));
        let by = (&self.actor, self.now());
        self.app.store.change(by, async |work| work.finish_step(of, &facts).await).await
    }

    /// Keeps what the run says of leads; the number of each found.
    pub async fn sightings(
        &self,
        as_of: NaiveDate,
        looks: &[ModelLook],
    ) -> Result<BTreeMap<LeadIdentity, String>, StoreError> {
        let of = (self.sequence, as_of);
        let by = (&self.actor, self.now());
        self.app.store.change(by, async |work| work.record_sightings(of, looks).await).await
    }

    /// The run has ended.
    pub async fn finish(&self, facts: &Json) -> Result<(), StoreError> {
        let sealing = sealing(&self.app);
        let by = (&self.actor, self.now());
        self.app
            .store
            .change(by, async |work| {
                work.finish_run(self.sequence, facts).await?;
                work.enqueue(&sealing).await?;
                Ok(())
            })
            .await
    }

    /// The moment of the run.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// A new id.
    pub fn new_id(&self) -> String {
        self.app.ids.next(self.now())
    }
}
