//! Jobs of a command: asked for in the act's own transaction, done before the command ends.

use std::sync::Arc;

use gongzhi_core::access::{Actor, Purpose};
use gongzhi_core::jobs::JobKind;
use gongzhi_core::problems::ActError;
use gongzhi_store::shared::jobs::NewJob;
use serde_json::json;

use super::handlers::handlers_of;
use super::runner::{Pace, Ran, Runner};
use crate::app::App;

/// That the log is to be sealed: asked for by whatever changes something.
pub fn sealing(app: &App) -> NewJob {
    let now = app.clock.now();
    NewJob {
        id: app.ids.next(now),
        kind: JobKind::LogSeal,
        key: String::new(),
        region: String::new(),
        payload: json!({}),
        run_at: now,
    }
}

/// Does what is due, what others left too; what was taken in hand. What fails is tried again by whoever comes next.
///
/// # Errors
/// The store's.
pub async fn run_due(app: &App, actor: &Actor) -> Result<Vec<Ran>, ActError> {
    Ok(runner_of(app, actor).run_due().await?)
}

/// A runner of this program, in the name of an actor.
pub fn runner_of(app: &App, actor: &Actor) -> Runner {
    let (actor, dice) = (actor.with_purpose(Purpose::Upkeep), app.clone());
    Runner {
        store: app.store.clone(),
        worker: app.ids.next(app.clock.now()),
        clock: app.clock.going_on(),
        dice: Arc::new(move || dice.ids.byte()),
        handlers: handlers_of(app, &actor),
        pace: Pace::default(),
        actor,
    }
}
