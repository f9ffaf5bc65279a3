//! What does each kind of jobs: an act, called.

use std::path::PathBuf;
use std::sync::Arc;

use gongzhi_core::jobs::JobKind;
use gongzhi_engine::keys::Keys;
use gongzhi_store::{Store, StoreError};
use serde_json::json;

use super::{Answer, Handlers, JobContext};
use crate::acts::{audit, doctor};

/// What the acts that handlers call stand on.
pub struct Tools {
    /// The store.
    pub store: Store,
    /// The keys of its home.
    pub keys: Arc<Keys>,
    /// The data folder.
    pub data_folder: PathBuf,
}

/// What does every kind there is.
pub fn handlers_of(tools: &Arc<Tools>) -> Handlers {
    let (sealing, clearing) = (Arc::clone(tools), Arc::clone(tools));
    Handlers::default()
        .with(JobKind::LogSeal, move |context, _| {
            let tools = Arc::clone(&sealing);
            Box::pin(async move { seal_log(&tools, context).await })
        })
        .with(JobKind::UpkeepClear, move |context, _| {
            let tools = Arc::clone(&clearing);
            Box::pin(async move { clear_upkeep(&tools, context).await })
        })
}

/// Sealed once more nothing is made: there is nothing new to seal.
async fn seal_log(tools: &Tools, context: &JobContext) -> Answer {
    told(audit::seal(&tools.store, &tools.keys, context.now()).await)
}

/// Cleared once more there is nothing left to clear: what is gone is as good as cleared, and attempts are forgotten last.
async fn clear_upkeep(tools: &Tools, context: &JobContext) -> Answer {
    let place = (tools.data_folder.as_path(), tools.keys.as_ref());
    told(doctor::clear_over(place, &tools.store, context.now()).await)
}

fn told(done: Result<(), StoreError>) -> Answer {
    done.map(|()| json!({})).map_err(|error| error.message())
}
