//! What people do with jobs: look, have one tried again, call one off.

use gongzhi_core::access::Actor;
use gongzhi_core::jobs::JobState;
use gongzhi_core::problems::ActError;
use gongzhi_store::shared::jobs::{Job, JobList};

use crate::app::App;

/// The newest jobs that the actor may see, of a state or of any.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, actor: &Actor, (state, most): (Option<JobState>, u64)) -> Result<Vec<Job>, ActError> {
    let list = JobList { state, who: None, before: None, most };
    Ok(app.store.list_jobs(&actor.scope, &list).await?)
}

/// Has a job tried again that has failed for good or was called off.
///
/// # Errors
/// It is not there, or its state forbids it.
pub async fn retry(app: &App, actor: &Actor, id: &str) -> Result<(), ActError> {
    let mut work = app.store.write(actor, app.clock.now()).await?;
    work.retry_job(id).await?;
    Ok(work.commit().await?)
}

/// Calls a job off.
///
/// # Errors
/// It is not there, or has ended.
pub async fn cancel(app: &App, actor: &Actor, id: &str) -> Result<(), ActError> {
    let mut work = app.store.write(actor, app.clock.now()).await?;
    work.cancel_job(id).await?;
    Ok(work.commit().await?)
}
