//! What programs do with jobs: lease what is due, say that they are at it, end it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use gongzhi_core::access::Scope;
use gongzhi_core::jobs::{JobKind, JobState};
use gongzhi_core::messages::Message;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use serde_json::Value;

use super::asking::find_waiting;
use super::{Job, kind_of, read, write_problem};
use crate::entities::job;
use crate::shared::work::Work;
use crate::store::{Store, StoreError, in_scope, micros};

/// The number of PostgreSQL's lock for who leases: the count of what is held must stand still, writers need not.
const LEASING: i64 = 0x676f_6e67_7a68_6901;

/// What a program would take in hand.
#[derive(Debug, Clone, Copy)]
pub struct LeaseOrder<'a> {
    /// Kinds it can do.
    pub kinds: &'a [JobKind],
    /// Its name, which no other program has.
    pub worker: &'a str,
    /// At most so many jobs.
    pub most: usize,
    /// Now.
    pub now: DateTime<Utc>,
}

/// That a program holds a job. Not so any more once another has taken it over, or it is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Id of the job.
    pub job: String,
    worker: String,
    number: i64,
}

/// A job, held.
#[derive(Debug, Clone, PartialEq)]
pub struct Leased {
    /// The job; this attempt is among its attempts.
    pub job: Job,
    /// By what it is held.
    pub lease: Lease,
}

impl Store {
    /// Leases jobs of a scope that are due, the earliest first, for as long as their kind is held: those that wait, and those
    /// whose lease is over. Of a kind no more are held at once than it allows, over all programs, and of a key one. Programs
    /// that ask at one moment are never given the same.
    ///
    /// One that was begun as often as its kind is tried, and lost each time, is given out once more, to be ended.
    ///
    /// # Errors
    /// The database's.
    pub async fn lease_jobs(&self, scope: &Scope, order: &LeaseOrder<'_>) -> Result<Vec<Leased>, StoreError> {
        let is_any_due = is_due(scope, order.kinds, order.now);
        if job::Entity::find().filter(is_any_due).one(self.readers()).await?.is_none() {
            return Ok(Vec::new());
        }
        let transaction = self.begin_alone(LEASING).await?;
        let mut due = Vec::new();
        for kind in order.kinds {
            due.extend(list_due(&transaction, scope, (*kind, order.now)).await?);
        }
        due.sort_by(|a, b| a.run_at.cmp(&b.run_at).then_with(|| a.id.cmp(&b.id)));
        due.truncate(order.most);
        let mut leased = Vec::with_capacity(due.len());
        for model in due {
            leased.push(lease(&transaction, model, order).await?);
        }
        transaction.commit().await?;
        Ok(leased)
    }

    /// Says that whoever holds a job is at it still: it is held until then. `progress`, where it is given, is how far it is.
    ///
    /// # Errors
    /// Another has taken it over, or it is over ([`StoreError::JobRefused`]); the database's.
    pub async fn renew_job(
        &self,
        scope: &Scope,
        lease: &Lease,
        (until, progress): (DateTime<Utc>, Option<&Value>),
    ) -> Result<(), StoreError> {
        let transaction = self.begin_alone(LEASING).await?;
        let mut row = get_held(&transaction, scope, lease).await?.into_active_model();
        row.lease_until = Set(Some(micros(until)));
        if let Some(progress) = progress {
            row.progress = Set(Some(progress.to_string()));
        }
        row.update(&transaction).await?;
        Ok(transaction.commit().await?)
    }
}

impl Work {
    /// Ends a job as done, with what came of it: in the same transaction as its effect, where that is in the store. Ended a
    /// second time by the same lease it stays as it is. Of a kind and key the last one that was done is kept.
    ///
    /// # Errors
    /// Another has taken it over, or it was called off ([`StoreError::JobRefused`]); the database's.
    pub async fn finish_job(&mut self, lease: &Lease, answer: &Value) -> Result<(), StoreError> {
        let found = find_of_lease(&self.transaction, self.scope(), lease).await?;
        if found.as_ref().is_some_and(|found| found.state == JobState::Done.key()) {
            self.keep_books();
            return Ok(());
        }
        let held = still_held(found, lease)?;
        job::Entity::delete_many()
            .filter(job::Column::Kind.eq(&held.kind))
            .filter(job::Column::Key.eq(&held.key))
            .filter(job::Column::State.eq(JobState::Done.key()))
            .exec(&self.transaction)
            .await?;
        let (kind, region) = (kind_of(&held)?, held.region.clone());
        let mut row = held.into_active_model();
        row.state = Set(JobState::Done.key().to_owned());
        row.lease_until = Set(None);
        row.problem = Set(None);
        row.progress = Set(Some(answer.to_string()));
        row.ended_at = Set(Some(micros(self.now)));
        row.update(&self.transaction).await?;
        self.tell_of_job(kind, "job.finish", (&lease.job, &region));
        Ok(())
    }

    /// Keeps why an attempt failed, and when there is another; `None`: it has failed for good. Where another of its kind and
    /// key was asked for meanwhile, that one takes its place, with what was tried so far.
    ///
    /// # Errors
    /// Another has taken it over, or it is over ([`StoreError::JobRefused`]); the database's.
    pub async fn fail_job(
        &mut self,
        lease: &Lease,
        problem: &Message,
        next: Option<DateTime<Utc>>,
    ) -> Result<JobState, StoreError> {
        let held = get_held(&self.transaction, self.scope(), lease).await?;
        let (kind, region, problem) = (kind_of(&held)?, held.region.clone(), write_problem(problem));
        let mut state = JobState::Failed;
        if let Some(next) = next {
            state = JobState::Waiting;
            if let Some(other) = find_waiting(&self.transaction, (&held.kind, &held.key)).await? {
                state = JobState::Cancelled;
                let (attempts, run_at) = (other.attempts.max(held.attempts), other.run_at.max(micros(next)));
                let mut other = other.into_active_model();
                other.attempts = Set(attempts);
                other.run_at = Set(run_at);
                other.problem = Set(Some(problem.clone()));
                other.update(&self.transaction).await?;
            }
        }
        let mut row = held.into_active_model();
        row.state = Set(state.key().to_owned());
        row.lease_until = Set(None);
        row.problem = Set(Some(problem));
        match next {
            Some(next) if state == JobState::Waiting => row.run_at = Set(micros(next)),
            _ => row.ended_at = Set(Some(micros(self.now))),
        }
        row.update(&self.transaction).await?;
        if state == JobState::Failed {
            self.tell_of_job(kind, "job.fail", (&lease.job, &region));
        } else {
            self.keep_books();
        }
        Ok(state)
    }
}

/// What waits and its moment has come, and what somebody held whose lease is over.
fn is_due(scope: &Scope, kinds: &[JobKind], now: DateTime<Utc>) -> Condition {
    let is_in = |state: JobState| Condition::all().add(job::Column::State.eq(state.key()));
    let waits = is_in(JobState::Waiting).add(job::Column::RunAt.lte(micros(now)));
    let is_left = is_in(JobState::Leased).add(job::Column::LeaseUntil.lte(micros(now)));
    in_scope(scope, job::Column::Region, None::<job::Column>)
        .add(job::Column::Kind.is_in(kinds.iter().map(|kind| kind.key())))
        .add(Condition::any().add(waits).add(is_left))
}

/// What may be leased of a kind beside what is held of it. What a writer has in hand is passed over.
async fn list_due(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    (kind, now): (JobKind, DateTime<Utc>),
) -> Result<Vec<job::Model>, StoreError> {
    let held = job::Entity::find()
        .filter(job::Column::Kind.eq(kind.key()))
        .filter(job::Column::State.eq(JobState::Leased.key()))
        .filter(job::Column::LeaseUntil.gt(micros(now)))
        .all(connection)
        .await?;
    let room = kind.most_at_once().saturating_sub(held.len());
    if room == 0 {
        return Ok(Vec::new());
    }
    let mut keys: BTreeSet<String> = held.into_iter().map(|model| model.key).collect();
    // Of a key two can be due: one that somebody left, and one that was asked for meanwhile.
    let most = u64::try_from(2 * room).unwrap_or(u64::MAX);
    let due = job::Entity::find()
        .filter(is_due(scope, &[kind], now))
        .filter(job::Column::Key.is_not_in(keys.iter().cloned()))
        .order_by_asc(job::Column::RunAt)
        .order_by_asc(job::Column::Id)
        .limit(most)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(connection)
        .await?;
    Ok(due.into_iter().filter(|model| keys.insert(model.key.clone())).take(room).collect())
}

async fn lease(
    connection: &impl ConnectionTrait,
    model: job::Model,
    order: &LeaseOrder<'_>,
) -> Result<Leased, StoreError> {
    let until = order.now + kind_of(&model)?.lease();
    let (attempts, number) = (model.attempts + 1, model.leases + 1);
    let mut row = model.into_active_model();
    row.state = Set(JobState::Leased.key().to_owned());
    row.attempts = Set(attempts);
    row.leases = Set(number);
    row.lease_until = Set(Some(micros(until)));
    row.lease_of = Set(Some(order.worker.to_owned()));
    let job = read(row.update(connection).await?)?;
    let lease = Lease { job: job.id.clone(), worker: order.worker.to_owned(), number };
    Ok(Leased { job, lease })
}

/// The job that a lease was given for last, wherever it stands.
async fn find_of_lease(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    lease: &Lease,
) -> Result<Option<job::Model>, StoreError> {
    let found = job::Entity::find_by_id(lease.job.as_str())
        .filter(in_scope(scope, job::Column::Region, None::<job::Column>))
        .filter(job::Column::LeaseOf.eq(lease.worker.as_str()))
        .filter(job::Column::Leases.eq(lease.number))
        .lock_exclusive()
        .one(connection)
        .await?;
    Ok(found)
}

async fn get_held(connection: &impl ConnectionTrait, scope: &Scope, lease: &Lease) -> Result<job::Model, StoreError> {
    still_held(find_of_lease(connection, scope, lease).await?, lease)
}

fn still_held(found: Option<job::Model>, lease: &Lease) -> Result<job::Model, StoreError> {
    let held = found.filter(|found| found.state == JobState::Leased.key());
    held.ok_or_else(|| StoreError::JobRefused(lease.job.clone()))
}
