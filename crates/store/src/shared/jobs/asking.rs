//! What people and acts do with jobs: ask for one, call it off, have it tried again.

use gongzhi_core::jobs::JobState;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set,
};

use super::{Asked, NewJob, state_of};
use crate::entities::job;
use crate::shared::work::Work;
use crate::store::{StoreError, in_scope, micros};

impl Work {
    /// Asks for a job, in the name of who does this work. One of the same kind and key that waits already is the same, and
    /// is done at the earlier of the two moments unless it was tried and failed before.
    ///
    /// # Errors
    /// Its region is not in the scope; the database's.
    pub async fn enqueue(&mut self, new: &NewJob) -> Result<Asked, StoreError> {
        let is_of_installation = new.region.is_empty() && new.kind.is_of_installation();
        if !is_of_installation && !self.scope().covers_region(&new.region) {
            return Err(StoreError::NotThere { what: "region" });
        }
        if let Some(waiting) = find_waiting(&self.transaction, (new.kind.key(), &new.key)).await? {
            let asked = Asked { id: waiting.id.clone(), is_new: false };
            if waiting.attempts == 0 && waiting.run_at > micros(new.run_at) {
                let mut row = waiting.into_active_model();
                row.run_at = Set(micros(new.run_at));
                row.update(&self.transaction).await?;
            }
            self.keep_books();
            return Ok(asked);
        }
        let row = job::ActiveModel {
            id: Set(new.id.clone()),
            kind: Set(new.kind.key().to_owned()),
            key: Set(new.key.clone()),
            region: Set(new.region.clone()),
            payload: Set(new.payload.to_string()),
            actor: Set(self.actor.who.clone()),
            post: Set(self.actor.post.clone()),
            purpose: Set(self.actor.purpose.key().to_owned()),
            state: Set(JobState::Waiting.key().to_owned()),
            run_at: Set(micros(new.run_at)),
            attempts: Set(0),
            leases: Set(0),
            enqueued_at: Set(micros(self.now)),
            ..Default::default()
        };
        row.insert(&self.transaction).await?;
        self.tell_of_job(new.kind, "job.enqueue", (&new.id, &new.region));
        Ok(Asked { id: new.id.clone(), is_new: true })
    }

    /// Calls a job off. Whoever is at it learns so when it says next that it is, and what it did by then is done.
    ///
    /// # Errors
    /// It is not in the scope, or over ([`StoreError::JobRefused`]); the database's.
    pub async fn cancel_job(&mut self, id: &str) -> Result<(), StoreError> {
        let found = self.get_job(id).await?;
        if !state_of(&found)?.can_cancel() {
            return Err(StoreError::JobRefused(id.to_owned()));
        }
        let region = found.region.clone();
        let mut row = found.into_active_model();
        row.state = Set(JobState::Cancelled.key().to_owned());
        row.lease_until = Set(None);
        row.ended_at = Set(Some(micros(self.now)));
        row.update(&self.transaction).await?;
        self.did("job.cancel", format!("job:{id}"), (&region, ""));
        Ok(())
    }

    /// Has a job that failed or was called off tried again, now and as often as a new one. Where another of its kind and key
    /// waits, that is the one.
    ///
    /// # Errors
    /// It is not in the scope, or neither failed nor called off ([`StoreError::JobRefused`]); the database's.
    pub async fn retry_job(&mut self, id: &str) -> Result<Asked, StoreError> {
        let found = self.get_job(id).await?;
        if !state_of(&found)?.can_retry() {
            return Err(StoreError::JobRefused(id.to_owned()));
        }
        let waiting = find_waiting(&self.transaction, (&found.kind, &found.key)).await?;
        let (region, is_new) = (found.region.clone(), waiting.is_none());
        let row = waiting.unwrap_or(found);
        let asked = Asked { id: row.id.clone(), is_new };
        let mut row = row.into_active_model();
        row.state = Set(JobState::Waiting.key().to_owned());
        row.run_at = Set(micros(self.now));
        row.attempts = Set(0);
        row.ended_at = Set(None);
        row.update(&self.transaction).await?;
        self.did("job.retry", format!("job:{id}"), (&region, ""));
        Ok(asked)
    }

    async fn get_job(&self, id: &str) -> Result<job::Model, StoreError> {
        let found = job::Entity::find_by_id(id)
            .filter(in_scope(self.scope(), job::Column::Region, None::<job::Column>))
            .lock_exclusive()
            .one(&self.transaction)
            .await?;
        found.ok_or(StoreError::NotThere { what: "job" })
    }
}

/// The job of this kind and key that waits. It can't be leased until the transaction ends: whoever is given it then sees
/// what was changed here.
pub(super) async fn find_waiting(
    connection: &impl ConnectionTrait,
    (kind, key): (&str, &str),
) -> Result<Option<job::Model>, StoreError> {
    let found = job::Entity::find()
        .filter(job::Column::Kind.eq(kind))
        .filter(job::Column::Key.eq(key))
        .filter(job::Column::State.eq(JobState::Waiting.key()))
        .lock_exclusive()
        .one(connection)
        .await?;
    Ok(found)
}
