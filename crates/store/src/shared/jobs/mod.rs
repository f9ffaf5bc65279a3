//! Jobs: what is asked for in the transaction that gives the reason for it, and done later by whichever program has time.
//!
//! A job is asked for by [`Work::enqueue`], so that it is there when what it follows from is, and not otherwise. Of a kind
//! and key one waits: asked for again meanwhile it is the same; asked for again while somebody is at it, another one
//! waits, for what came in between may have been missed, and it is begun once the first is over. Programs lease what is due
//! ([`Store::lease_jobs`]), say now and then that they are still at it ([`Store::renew_job`]) and end it
//! ([`Work::finish_job`], [`Work::fail_job`]). Who lost its lease ends nothing.
//!
//! The log says who asked for a job, called it off or had it tried again, and how it ended for good; of the kinds that
//! `JobKind::is_told` excepts only what people did. Leases, renewals and failed tries that are followed by another are the
//! program's bookkeeping, of which it says nothing: what was changed by whoever is at it is said by its own work.

mod asking;
mod leases;

use chrono::{DateTime, Utc};
use gongzhi_core::access::Scope;
use gongzhi_core::jobs::{JobKind, JobState};
use gongzhi_core::messages::Message;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

pub use self::leases::{Lease, LeaseOrder, Leased};
use crate::entities::job;
use crate::shared::work::Work;
use crate::store::{Store, StoreError, in_scope, instant};

/// Something to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Its id, a `UUIDv7` drawn by the caller.
    pub id: String,
    /// What is to be done.
    pub kind: JobKind,
    /// To what: of a kind one of a key waits. What differs by region has the region in its key.
    pub key: String,
    /// Region; empty, for some kinds: the installation as a whole.
    pub region: String,
    /// What whoever does it must know.
    pub payload: Value,
    /// Not before.
    pub run_at: DateTime<Utc>,
}

/// What came of asking for a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Id of the job that waits.
    pub id: String,
    /// Whether it does so only now.
    pub is_new: bool,
}

/// Who asked for a job: it is done in their name. What they may see is found out when it is done, not kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobActor {
    /// As the log names them.
    pub who: String,
    /// In which post; empty: none.
    pub post: String,
    /// For what, by its word.
    pub purpose: String,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// What is to be done.
    pub kind: JobKind,
    /// To what.
    pub key: String,
    /// Region; empty: the installation as a whole.
    pub region: String,
    /// What whoever does it must know.
    pub payload: Value,
    /// Who asked for it.
    pub actor: JobActor,
    /// Where it stands.
    pub state: JobState,
    /// Not before.
    pub run_at: DateTime<Utc>,
    /// How often it was begun since it was asked for.
    pub attempts: u32,
    /// Who holds it, and until when.
    pub held: Option<(String, DateTime<Utc>)>,
    /// Why the last attempt failed.
    pub problem: Option<Message>,
    /// How far it is; of one that is done what came of it.
    pub progress: Option<Value>,
    /// When it was asked for.
    pub enqueued_at: DateTime<Utc>,
    /// When it was done, failed for good or was called off.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Which jobs to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobList {
    /// Of this state; none: of any.
    pub state: Option<JobState>,
    /// Asked for by this actor, as the log names them; none: by anybody.
    pub who: Option<String>,
    /// Asked for before the job of this id; none: from the newest on.
    pub before: Option<String>,
    /// At most so many.
    pub most: u64,
}

impl Store {
    /// Jobs of a scope, the newest first by their ids.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_jobs(&self, scope: &Scope, list: &JobList) -> Result<Vec<Job>, StoreError> {
        let mut which = in_scope(scope, job::Column::Region, None::<job::Column>);
        which = which.add_option(list.state.map(|state| job::Column::State.eq(state.key())));
        which = which.add_option(list.who.as_deref().map(|who| job::Column::Actor.eq(who)));
        which = which.add_option(list.before.as_deref().map(|before| job::Column::Id.lt(before)));
        let query = job::Entity::find().filter(which).order_by_desc(job::Column::Id).limit(list.most);
        query.all(self.readers()).await?.into_iter().map(read).collect()
    }

    /// A job of a scope.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_job(&self, scope: &Scope, id: &str) -> Result<Option<Job>, StoreError> {
        let which = in_scope(scope, job::Column::Region, None::<job::Column>);
        job::Entity::find_by_id(id).filter(which).one(self.readers()).await?.map(read).transpose()
    }
}

impl Work {
    /// Says in the log what became of a job, unless its kind is one of which nothing is said.
    fn tell_of_job(&mut self, kind: JobKind, act: &'static str, (id, region): (&str, &str)) {
        if kind.is_told() {
            self.did(act, format!("job:{id}"), (region, ""));
        } else {
            self.keep_books();
        }
    }
}

fn read(model: job::Model) -> Result<Job, StoreError> {
    let json = |column: &'static str, text: &str| {
        serde_json::from_str::<Value>(text).map_err(|_| not_understood(column, text))
    };
    let until = model.lease_until.map(instant);
    Ok(Job {
        kind: kind_of(&model)?,
        state: state_of(&model)?,
        payload: json("jobs.payload", &model.payload)?,
        progress: model.progress.as_deref().map(|text| json("jobs.progress", text)).transpose()?,
        problem: model.problem.as_deref().map(read_problem).transpose()?,
        id: model.id,
        key: model.key,
        region: model.region,
        actor: JobActor { who: model.actor, post: model.post, purpose: model.purpose },
        run_at: instant(model.run_at),
        attempts: u32::try_from(model.attempts).unwrap_or(u32::MAX),
        held: model.lease_of.zip(until),
        enqueued_at: instant(model.enqueued_at),
        ended_at: model.ended_at.map(instant),
    })
}

fn kind_of(model: &job::Model) -> Result<JobKind, StoreError> {
    JobKind::find(&model.kind).ok_or_else(|| not_understood("jobs.kind", &model.kind))
}

fn state_of(model: &job::Model) -> Result<JobState, StoreError> {
    JobState::find(&model.state).ok_or_else(|| not_understood("jobs.state", &model.state))
}

/// A message as it is kept: its key and its values, readable in every language.
fn write_problem(problem: &Message) -> String {
    serde_json::json!([problem.key, problem.values]).to_string()
}

fn read_problem(text: &str) -> Result<Message, StoreError> {
    let read = serde_json::from_str::<(String, Vec<(String, String)>)>(text);
    let (key, values) = read.map_err(|_| not_understood("jobs.problem", text))?;
    let values = values.into_iter().map(|(name, value)| (name.into(), value)).collect();
    Ok(Message { key: key.into(), values })
}

fn not_understood(column: &'static str, value: &str) -> StoreError {
    StoreError::NotUnderstood { column, value: value.to_owned() }
}
