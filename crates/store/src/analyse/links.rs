//! Links that were made: of each batch, which file says what taxpayer each of its rows speaks of.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::entities::{links, received_batch};
use crate::shared::work::Work;
use crate::store::{StoreError, in_scope, micros};

/// The links of a batch, made and written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLinks {
    /// Id of the batch.
    pub batch: String,
    /// The version of index and decisions they go by.
    pub version: String,
    /// Key of the file below the data folder.
    pub key: String,
    /// Its digest.
    pub digest: String,
}

/// Rows of one statement.
const AT_ONCE: usize = 500;

impl Work {
    /// Keeps that links were made, all of them in one transaction: a question sees the links of one version. Those that a
    /// batch has already are not kept again; how many are new. Where none is, nothing is changed and nothing said.
    ///
    /// # Errors
    /// The database's; a batch is not there.
    pub async fn record_links(&mut self, new: &[NewLinks]) -> Result<usize, StoreError> {
        let transaction = &self.transaction;
        let visible = in_scope(self.scope(), received_batch::Column::Region, Some(received_batch::Column::Unit));
        let ids = received_batch::Entity::find().select_only().column(received_batch::Column::Id).filter(visible);
        let there: BTreeSet<String> = ids.into_tuple().all(transaction).await?.into_iter().collect();
        if new.iter().any(|new| !there.contains(&new.batch)) {
            return Err(StoreError::NotThere { what: "batch" });
        }
        let made = links::Entity::find().order_by_asc(links::Column::Sequence).all(transaction).await?;
        let latest: HashMap<String, (String, String)> =
            made.into_iter().map(|links| (links.batch_id, (links.key, links.digest))).collect();
        let is_known = |new: &&NewLinks| {
            latest.get(&new.batch).is_some_and(|(key, digest)| (key, digest) == (&new.key, &new.digest))
        };
        let new: Vec<&NewLinks> = new.iter().filter(|new| !is_known(new)).collect();
        for some in new.chunks(AT_ONCE) {
            let rows = some.iter().map(|new| links::ActiveModel {
                batch_id: Set(new.batch.clone()),
                version: Set(new.version.clone()),
                key: Set(new.key.clone()),
                digest: Set(new.digest.clone()),
                made_at: Set(micros(self.now)),
                ..Default::default()
            });
            links::Entity::insert_many(rows).exec(transaction).await?;
        }
        if !new.is_empty() {
            self.did("links.make", format!("batches:{}", new.len()), ("", ""));
        }
        Ok(new.len())
    }
}
