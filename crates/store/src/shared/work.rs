//! A unit of work: what is changed, the entries of the log that say so, in one transaction.
//!
//! Every change of the store is a method of [`Work`]; each says in the log what it did, and what says nothing can't be
//! committed. Dropped uncommitted, nothing was done. The one thing that may be kept unsaid is the program's own bookkeeping of
//! its jobs, which changes nothing that anybody decided.

use chrono::{DateTime, Utc};
use gongzhi_core::access::{Actor, Scope};
use gongzhi_core::audit::{Act, ActOutcome};
use sea_orm::DatabaseTransaction;

use crate::shared::audit;
use crate::store::{Store, StoreError};

/// A transaction that writes, in the name of an actor.
#[derive(Debug)]
pub struct Work {
    pub(crate) transaction: DatabaseTransaction,
    pub(crate) actor: Actor,
    pub(crate) now: DateTime<Utc>,
    acts: Vec<Act>,
    keeps_books: bool,
}

impl Store {
    /// Begins a unit of work.
    ///
    /// # Errors
    /// The database's.
    pub async fn write(&self, actor: &Actor, now: DateTime<Utc>) -> Result<Work, StoreError> {
        let transaction = self.begin().await?;
        Ok(Work { transaction, actor: actor.clone(), now, acts: Vec::new(), keeps_books: false })
    }

    /// A unit of work of one change, or several that belong together.
    ///
    /// # Errors
    /// The change's; those of [`Work::commit`].
    pub async fn change<T>(
        &self,
        (actor, now): (&Actor, DateTime<Utc>),
        change: impl AsyncFnOnce(&mut Work) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut work = self.write(actor, now).await?;
        let changed = change(&mut work).await?;
        work.commit().await?;
        Ok(changed)
    }
}

impl Work {
    /// Says in the log what was done, or refused.
    pub fn record(&mut self, act: Act) {
        self.acts.push(act);
    }

    /// Makes all of it last, with its entries.
    ///
    /// # Errors
    /// Nothing was said ([`StoreError::NothingSaid`]); the database's. Nothing was done then.
    pub async fn commit(self) -> Result<(), StoreError> {
        if self.acts.is_empty() && !self.keeps_books {
            return Err(StoreError::NothingSaid);
        }
        if !self.acts.is_empty() {
            audit::append(&self.transaction, (&self.actor, self.now), &self.acts).await?;
        }
        Ok(self.transaction.commit().await?)
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.actor.scope
    }

    /// What was changed is bookkeeping, of which the log says nothing.
    pub(crate) fn keep_books(&mut self) {
        self.keeps_books = true;
    }

    pub(crate) fn did(&mut self, act: &'static str, object: impl Into<String>, (region, unit): (&str, &str)) {
        let (object, region, unit) = (object.into(), region.to_owned(), unit.to_owned());
        self.record(Act { act, object, unit, region, outcome: ActOutcome::Done });
    }
}
