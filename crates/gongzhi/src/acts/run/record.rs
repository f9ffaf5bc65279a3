//! What the control store keeps of a run: what it was about, which steps have ended, what it came to.

use gongzhi_core::access::Actor;
use gongzhi_store::StoreError;
use gongzhi_store::shared::work::Work;
use serde_json::{Value as Json, json};

use super::order::RunOrder;
use super::outputs::Step;
use super::taking_in::TakenFolder;
use crate::app::App;

/// A run on record.
pub struct RunRecord {
    app: App,
    actor: Actor,
    sequence: i64,
}

impl RunRecord {
    /// Begins the record; the same input looked at from the same day is the same run, also when it is run again.
    pub async fn begin(
        (app, actor): (&App, &Actor),
        (order, region, catalog): (&RunOrder, &str, &str),
        taken: &TakenFolder,
    ) -> Result<Self, StoreError> {
        let inputs = serde_json::to_string(&taken.digests).unwrap_or_default();
        let key = gongzhi_engine::keys::digest(format!("{}|{catalog}|{inputs}", order.as_of).as_bytes());
        let begin = async |work: &mut Work| work.begin_run((region, &key)).await;
        let run = app.store.change((actor, app.clock.now()), begin).await?;
        Ok(Self { app: app.clone(), actor: actor.clone(), sequence: run.sequence })
    }

    /// A step has ended.
    pub async fn step(&self, step: &Step) -> Result<(), StoreError> {
        let counts: serde_json::Map<String, Json> =
            step.counts.iter().map(|(what, count)| ((*what).to_owned(), json!(count))).collect();
        let (of, facts) = ((self.sequence, step.name), Json::Object(counts));
        let by = (&self.actor, self.app.clock.now());
        self.app.store.change(by, async |work| work.finish_step(of, &facts).await).await
    }

    /// The run has ended.
    pub async fn finish(&self, facts: &Json) -> Result<(), StoreError> {
        let by = (&self.actor, self.app.clock.now());
        self.app.store.change(by, async |work| work.finish_run(self.sequence, facts).await).await
    }
}
