//! Links that were made: of each batch, which file says what taxpayer each of its rows speaks of.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};

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

impl Work {
    /// Keeps that links were made. All of them in one transaction: a question sees the links of one version.
    pub async fn record_links(&mut self, new: &[NewLinks]) -> Result<(), StoreError> {
        let transaction = &self.transaction;
        for new in new {
            let batch = received_batch::Entity::find()
                .filter(in_scope(self.scope(), received_batch::Column::Region, Some(received_batch::Column::Unit)))
                .filter(received_batch::Column::Id.eq(&new.batch))
                .one(transaction)
                .await?;
            let batch = batch.ok_or(StoreError::NotThere { what: "batch" })?;
            let row = links::ActiveModel {
                batch_id: Set(batch.id),
                version: Set(new.version.clone()),
                key: Set(new.key.clone()),
                digest: Set(new.digest.clone()),
                made_at: Set(micros(self.now)),
                ..Default::default()
            };
            row.insert(transaction).await?;
        }
        self.did("links.make", format!("batches:{}", new.len()), ("", ""));
        Ok(())
    }
}
