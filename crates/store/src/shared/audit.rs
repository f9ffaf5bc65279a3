//! The log in the store: entries without a gap, and checkpoints that are signed.

use chrono::{DateTime, Utc};
use gongzhi_core::access::Actor;
use gongzhi_core::audit::{Act, Checkpoint, Entry, Hash, root_of};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set,
};

use crate::entities::{audit_checkpoint, audit_entry};
use crate::store::{Store, StoreError, micros};

/// What is wrong with the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogFault {
    /// An entry says something else than what was written.
    Changed {
        /// Its number.
        n: u64,
    },
    /// An entry is gone.
    Gone {
        /// Its number.
        n: u64,
    },
    /// Among the first entries something is not as it was when a checkpoint was made, though each fits its own hash.
    Rewritten {
        /// From this entry on, the count of the checkpoint before.
        from: u64,
        /// Up to this count.
        size: u64,
    },
    /// A checkpoint is not signed by this node.
    Unsigned {
        /// Its count of entries.
        size: u64,
    },
}

/// What a look through the log came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogLook {
    /// Entries there are.
    pub entries: u64,
    /// Entries that the last good checkpoint covers.
    pub sealed: u64,
    /// What is wrong, in the order of the entries.
    pub faults: Vec<LogFault>,
}

impl Store {
    /// Seals what was written since the last checkpoint with one more: who changes it from then on shows. `sign` gives the
    /// node's signature of a text. Nothing is made where nothing was written.
    ///
    /// # Errors
    /// The database's.
    pub async fn seal_log(&self, now: DateTime<Utc>, sign: impl Fn(&str) -> String) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let size = audit_entry::Entity::find().count(&transaction).await?;
        let last = last_checkpoint(&transaction).await?;
        if last.as_ref().is_some_and(|last| last.size.cast_unsigned() >= size) || size == 0 {
            return Ok(());
        }
        let leaves = read_leaves(&transaction).await?;
        let (root, at) = (root_of(&leaves), micros(now));
        let row = audit_checkpoint::ActiveModel {
            size: Set(size.cast_signed()),
            root: Set(root.to_text()),
            at: Set(at),
            signature: Set(sign(&Checkpoint::text(size, root, at))),
        };
        row.insert(&transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Looks the whole log through. `is_signed` tells whether the second text is the node's signature of the first.
    ///
    /// # Errors
    /// The database's.
    pub async fn verify_log(&self, is_signed: impl Fn(&str, &str) -> bool) -> Result<LogLook, StoreError> {
        let snapshot = self.begin_to_read().await?;
        let entries = audit_entry::Entity::find().order_by_asc(audit_entry::Column::N).all(&snapshot).await?;
        let checkpoints =
            audit_checkpoint::Entity::find().order_by_asc(audit_checkpoint::Column::Size).all(&snapshot).await?;
        snapshot.commit().await?;
        let mut look = LogLook::default();
        let mut leaves = Vec::with_capacity(entries.len());
        for model in entries {
            let n = model.n.cast_unsigned();
            look.faults.extend((look.entries..n).map(|n| LogFault::Gone { n }));
            look.entries = n + 1;
            let (kept, entry) = (model.digest.clone(), read_entry(model));
            if Hash::read(&kept) != Some(entry.leaf()) {
                look.faults.push(LogFault::Changed { n });
            }
            // The root goes by what the hash was: who changed one entry is not hidden behind all that came after.
            leaves.push(Hash::read(&kept).unwrap_or_else(|| entry.leaf()));
        }
        let mut from = 0;
        for checkpoint in checkpoints {
            let size = checkpoint.size.cast_unsigned();
            let root = usize::try_from(size).ok().and_then(|size| leaves.get(..size)).map(root_of);
            let is_as_it_was = root.is_some() && root == Hash::read(&checkpoint.root);
            let text = Hash::read(&checkpoint.root).map(|root| Checkpoint::text(size, root, checkpoint.at));
            if !text.is_some_and(|text| is_signed(&text, &checkpoint.signature)) {
                look.faults.push(LogFault::Unsigned { size });
            } else if is_as_it_was {
                look.sealed = size;
            } else if !look.faults.iter().any(|fault| matches!(fault, LogFault::Gone { n } if *n < size)) {
                look.faults.push(LogFault::Rewritten { from, size });
                return Ok(look);
            }
            if size > look.entries {
                look.faults.extend((look.entries..size).map(|n| LogFault::Gone { n }));
                look.entries = size;
            }
            from = size;
        }
        Ok(look)
    }

    /// Entries of the log from a number on, at most so many.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_entries(&self, from: u64, most: u64) -> Result<Vec<Entry>, StoreError> {
        use sea_orm::QuerySelect as _;
        let found = audit_entry::Entity::find()
            .filter(audit_entry::Column::N.gte(from.cast_signed()))
            .order_by_asc(audit_entry::Column::N)
            .limit(most)
            .all(self.readers())
            .await?;
        Ok(found.into_iter().map(read_entry).collect())
    }
}

/// Appends entries behind those there are. Writers come one at a time: numbers have no gap.
pub(crate) async fn append(
    connection: &impl ConnectionTrait,
    (actor, now): (&Actor, DateTime<Utc>),
    acts: &[Act],
) -> Result<(), StoreError> {
    let last = audit_entry::Entity::find().order_by_desc(audit_entry::Column::N).one(connection).await?;
    let first = last.map_or(0, |last| last.n + 1);
    for (n, act) in (first..).zip(acts) {
        let entry = Entry {
            n: n.cast_unsigned(),
            at: micros(now),
            actor: actor.who.clone(),
            post: actor.post.clone(),
            act: act.act.to_owned(),
            object: act.object.clone(),
            unit: act.unit.clone(),
            region: act.region.clone(),
            purpose: actor.purpose.key().to_owned(),
            outcome: act.outcome.key().to_owned(),
        };
        row_of(entry).insert(connection).await?;
    }
    Ok(())
}

async fn last_checkpoint(connection: &impl ConnectionTrait) -> Result<Option<audit_checkpoint::Model>, StoreError> {
    let last = audit_checkpoint::Entity::find().order_by_desc(audit_checkpoint::Column::Size);
    Ok(last.one(connection).await?)
}

async fn read_leaves(connection: &impl ConnectionTrait) -> Result<Vec<Hash>, StoreError> {
    let entries = audit_entry::Entity::find().order_by_asc(audit_entry::Column::N).all(connection).await?;
    let read = |model: audit_entry::Model| {
        let wrong = StoreError::NotUnderstood { column: "audit_entries.digest", value: model.digest.clone() };
        Hash::read(&model.digest).ok_or(wrong)
    };
    entries.into_iter().map(read).collect()
}

fn row_of(entry: Entry) -> audit_entry::ActiveModel {
    audit_entry::ActiveModel {
        n: Set(entry.n.cast_signed()),
        digest: Set(entry.leaf().to_text()),
        at: Set(entry.at),
        actor: Set(entry.actor),
        post: Set(entry.post),
        act: Set(entry.act),
        object: Set(entry.object),
        unit: Set(entry.unit),
        region: Set(entry.region),
        purpose: Set(entry.purpose),
        outcome: Set(entry.outcome),
    }
}

fn read_entry(model: audit_entry::Model) -> Entry {
    Entry {
        n: model.n.cast_unsigned(),
        at: model.at,
        actor: model.actor,
        post: model.post,
        act: model.act,
        object: model.object,
        unit: model.unit,
        region: model.region,
        purpose: model.purpose,
        outcome: model.outcome,
    }
}
