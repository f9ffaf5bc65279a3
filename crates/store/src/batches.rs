//! Batches that are visible, and the links that go with them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use gongzhi_core::access::Scope;
use gongzhi_core::catalog::{Mark, Mode};
use gongzhi_core::state::{Batch, DigestedFile, Group, Moment, VisibleBatch, VisibleBatches};
use gongzhi_core::values::SetMode;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::entities::{batch, links, upload};
use crate::store::{Store, StoreError, in_scope, instant, micros};

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

impl Store {
    /// The batches of a scope accepted up to the moment, each with the links made last up to it.
    pub async fn visible_batches(&self, scope: &Scope, moment: Moment) -> Result<VisibleBatches, StoreError> {
        let as_of = micros(moment.as_of);
        let found = batch::Entity::find()
            .find_also_related(upload::Entity)
            .filter(in_scope(scope, batch::Column::Region, Some(batch::Column::Unit)))
            .filter(batch::Column::AcceptedAt.lte(as_of))
            .order_by_asc(batch::Column::Sequence)
            .all(self.readers())
            .await?;
        let made = links::Entity::find()
            .filter(links::Column::MadeAt.lte(as_of))
            .order_by_asc(links::Column::Sequence)
            .all(self.readers())
            .await?;
        let mut latest: HashMap<String, String> = made.into_iter().map(|links| (links.batch_id, links.key)).collect();
        let visible = found.into_iter().map(|(model, upload)| {
            let links_key = latest.remove(&model.id);
            let file = upload.map(|upload| (upload.file, upload.digest)).unwrap_or_default();
            read_visible(model, file, links_key)
        });
        Ok(VisibleBatches { batches: visible.collect::<Result<_, _>>()?, moment })
    }

    /// The batches of one group that a scope may see, in the order of their acceptance: what stands before a new set of it.
    /// Their links are not looked up.
    pub async fn list_group(&self, scope: &Scope, group: &Group) -> Result<Vec<VisibleBatch>, StoreError> {
        let found = batch::Entity::find()
            .find_also_related(upload::Entity)
            .filter(in_scope(scope, batch::Column::Region, Some(batch::Column::Unit)))
            .filter(batch::Column::Item.eq(&group.item))
            .filter(batch::Column::Kind.eq(&group.kind))
            .filter(batch::Column::Region.eq(&group.region))
            .filter(batch::Column::Lineage.eq(&group.lineage))
            .order_by_asc(batch::Column::Sequence)
            .all(self.readers())
            .await?;
        let visible = found.into_iter().map(|(model, upload)| {
            read_visible(model, upload.map(|upload| (upload.file, upload.digest)).unwrap_or_default(), None)
        });
        visible.collect()
    }

    /// Keeps that links were made. All of them in one transaction: a question sees the links of one version.
    pub async fn record_links(
        &self,
        scope: &Scope,
        made_at: DateTime<Utc>,
        new: &[NewLinks],
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        for new in new {
            let batch = batch::Entity::find()
                .filter(in_scope(scope, batch::Column::Region, Some(batch::Column::Unit)))
                .filter(batch::Column::Id.eq(&new.batch))
                .one(&transaction)
                .await?;
            let batch = batch.ok_or(StoreError::NotThere { what: "batch" })?;
            let row = links::ActiveModel {
                batch_id: Set(batch.id),
                version: Set(new.version.clone()),
                key: Set(new.key.clone()),
                digest: Set(new.digest.clone()),
                made_at: Set(micros(made_at)),
                ..Default::default()
            };
            row.insert(&transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}

fn read_visible(
    model: batch::Model,
    (file, file_digest): (String, String),
    links_key: Option<String>,
) -> Result<VisibleBatch, StoreError> {
    let wrong = |column, value: &str| StoreError::NotUnderstood { column, value: value.to_owned() };
    let batch = Batch {
        mark: Mark::read(&model.mark).map_err(|_| wrong("batches.mark", &model.mark))?,
        item_mode: Mode::read(&model.item_mode).map_err(|_| wrong("batches.item_mode", &model.item_mode))?,
        period: model.period.parse().map_err(|_| wrong("batches.period", &model.period))?,
        mode: SetMode::find(&model.mode).ok_or_else(|| wrong("batches.mode", &model.mode))?,
        sequence: model.sequence,
        id: model.id,
        region: model.region,
        unit: model.unit,
        lineage: model.lineage,
        item: model.item,
        kind: model.kind,
        covers_from: model.covers_from,
        covers_to: model.covers_to,
        template_version: model.template_version.cast_unsigned(),
        accepted_at: instant(model.accepted_at),
        supplement_of: model.supplement_of,
    };
    Ok(VisibleBatch {
        upload: model.upload_id,
        batch,
        main: file_of(model.main_key, model.main_digest),
        personal: file_of(model.personal_key, model.personal_digest),
        links_key,
        rows: model.row_count.cast_unsigned(),
        file,
        file_digest,
    })
}

/// A part and its digest, which are written together; one whose digest is gone is no part as it was written.
fn file_of(key: Option<String>, digest: Option<String>) -> Option<DigestedFile> {
    key.map(|key| DigestedFile { key, digest: digest.unwrap_or_default() })
}
