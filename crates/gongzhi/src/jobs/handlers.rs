//! What does each kind of jobs: an act, called.

use gongzhi_core::access::Actor;
use gongzhi_core::jobs::JobKind;
use gongzhi_core::messages::Message;
use gongzhi_core::problems::ActError;
use serde_json::json;

use super::{Answer, Handlers, JobContext};
use crate::acts::{audit, doctor};
use crate::app::App;

/// What does every kind there is, in the name of an actor.
pub fn handlers_of(app: &App, actor: &Actor) -> Handlers {
    let (sealing, clearing) = (app.clone(), (app.clone(), actor.clone()));
    Handlers::default()
        .with(JobKind::LogSeal, move |context, _| {
            let app = sealing.clone();
            Box::pin(async move { seal_log(&app, context).await })
        })
        .with(JobKind::UpkeepClear, move |context, _| {
            let (app, actor) = clearing.clone();
            Box::pin(async move { clear_upkeep((&app, &actor), context).await })
        })
}

/// Sealed once more nothing is made: there is nothing new to seal.
async fn seal_log(app: &App, context: &JobContext) -> Answer {
    told(audit::seal(app, context.now()).await)
}

/// Cleared once more there is nothing left to clear: what is gone is as good as cleared, and attempts are forgotten last.
async fn clear_upkeep((app, actor): (&App, &Actor), context: &JobContext) -> Answer {
    told(doctor::clear_over(app, actor, context.now()).await)
}

fn told(done: Result<(), ActError>) -> Answer {
    let first = |error: ActError| {
        error.told.into_iter().next().map_or_else(|| Message::new("act-unexpected"), |told| told.message)
    };
    done.map(|()| json!({})).map_err(first)
}
