//! Batches that units handed in: what stands before a new one, the order of a delivery, and what is told of them to the
//! analyse half.

use std::collections::BTreeMap;

use gongzhi_core::access::Scope;
use gongzhi_core::catalog::{Mark, Mode};
use gongzhi_core::exchange::{BatchAccepted, BatchReturned, Content, DeliverySettled};
use gongzhi_core::intake::OwnHeader;
use gongzhi_core::state::{Batch, DigestedFile, Group, VisibleBatch};
use gongzhi_core::values::SetMode;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Select, Set};

use crate::entities::{batch, upload};
use crate::shared::order::numbered;
use crate::shared::work::Work;
use crate::store::{Store, StoreError, in_scope, instant, micros};

/// The sets of a group, and which of them was accepted last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupSets {
    /// In the order in which they stand.
    pub sets: Vec<VisibleBatch>,
    /// Id of the one accepted last: what [`crate::collect::uploads::NewBatch::after`] names.
    pub last: Option<String>,
}

impl Store {
    /// The batches of one group that a scope may see: what stands before a new set of it. Their links are not looked up.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_group(&self, scope: &Scope, group: &Group) -> Result<GroupSets, StoreError> {
        let found = of_group(&group.region, (&group.item, &group.kind), &group.lineage)
            .find_also_related(upload::Entity)
            .filter(in_scope(scope, batch::Column::Region, Some(batch::Column::Unit)))
            .all(self.readers())
            .await?;
        let last = found.iter().max_by_key(|(model, _)| model.sequence).map(|(model, _)| model.id.clone());
        Ok(GroupSets { sets: read_in_order(found)?, last })
    }
}

impl Work {
    /// Orders what a folder holds as one delivery: its files stand in the order of their names and count from the moment
    /// the first of them was accepted, for which of two was read first is chance. A file that is another one now is
    /// visible no longer as it was; one that is again as it was is visible again.
    ///
    /// # Errors
    /// The database's.
    pub async fn settle_delivery(&mut self, files: &BTreeMap<String, String>) -> Result<(), StoreError> {
        let transaction = &self.transaction;
        let found = batch::Entity::find()
            .find_also_related(upload::Entity)
            .filter(in_scope(self.scope(), batch::Column::Region, Some(batch::Column::Unit)))
            .all(transaction)
            .await?;
        let delivered = found.into_iter().filter_map(|(model, upload)| {
            let upload = upload.filter(|upload| upload.is_delivered != Some(false))?;
            let is_as_it_was = *files.get(&upload.file)? == upload.digest;
            // An earlier program did not keep which uploads are of a delivery: those of just this file are.
            (is_as_it_was || upload.is_delivered == Some(true)).then_some((model, is_as_it_was))
        });
        let (there, gone): (Vec<_>, Vec<_>) = delivered.partition(|(_, is_as_it_was)| *is_as_it_was);
        let from = there.iter().map(|(model, _)| model.delivered_at.unwrap_or(model.accepted_at)).min();
        let (mut settled, mut returned) = (BTreeMap::<String, Vec<String>>::new(), Vec::new());
        for (model, _) in there {
            let is_settled = model.delivered_at == from && model.visible_until.is_none();
            if !is_settled {
                settled.entry(model.region.clone()).or_default().push(model.id.clone());
                set(transaction, model, from, None).await?;
            }
        }
        for (model, _) in gone.into_iter().filter(|(model, _)| model.visible_until.is_none()) {
            returned.push((model.region.clone(), model.id.clone()));
            let from = model.delivered_at;
            set(transaction, model, from, Some(micros(self.now))).await?;
        }
        self.did("delivery.settle", format!("files:{}", files.len()), ("", ""));
        for (region, batches) in settled {
            let counts_from = instant(from.unwrap_or_default());
            self.send(&region, &Content::DeliverySettled(DeliverySettled { batches, counts_from })).await?;
        }
        for (region, batch) in returned {
            let visible_until = instant(micros(self.now));
            self.send(&region, &Content::BatchReturned(BatchReturned { batch, visible_until })).await?;
        }
        Ok(())
    }
}

async fn set(
    connection: &impl ConnectionTrait,
    model: batch::Model,
    delivered_at: Option<i64>,
    visible_until: Option<i64>,
) -> Result<(), StoreError> {
    let mut settled = model.into_active_model();
    settled.delivered_at = Set(delivered_at);
    settled.visible_until = Set(visible_until);
    settled.update(connection).await?;
    Ok(())
}

/// What is told of a batch that was just accepted.
pub(crate) fn accepted(
    model: batch::Model,
    upload: &upload::Model,
    sheets: Vec<OwnHeader>,
) -> Result<Content, StoreError> {
    let visible = read_visible(model, (upload.file.clone(), upload.digest.clone()))?;
    Ok(Content::BatchAccepted(Box::new(BatchAccepted::of(visible, sheets))))
}

/// The visible batches of a group.
pub(crate) fn of_group(region: &str, (item, kind): (&str, &str), lineage: &str) -> Select<batch::Entity> {
    batch::Entity::find()
        .filter(batch::Column::Item.eq(item))
        .filter(batch::Column::Kind.eq(kind))
        .filter(batch::Column::Region.eq(region))
        .filter(batch::Column::Lineage.eq(lineage))
        .filter(batch::Column::VisibleUntil.is_null())
}

fn read_in_order(found: Vec<(batch::Model, Option<upload::Model>)>) -> Result<Vec<VisibleBatch>, StoreError> {
    let read = |(model, upload): (batch::Model, Option<upload::Model>)| {
        let is_delivered = model.delivered_at.is_some();
        let file = upload.map(|upload| (upload.file, upload.digest)).unwrap_or_default();
        Ok((read_visible(model, file)?, is_delivered))
    };
    Ok(numbered(found.into_iter().map(read).collect::<Result<_, StoreError>>()?))
}

fn read_visible(model: batch::Model, (file, file_digest): (String, String)) -> Result<VisibleBatch, StoreError> {
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
        accepted_at: instant(model.delivered_at.unwrap_or(model.accepted_at)),
        supplement_of: model.supplement_of,
    };
    Ok(VisibleBatch {
        upload: model.upload_id,
        batch,
        main: file_of(model.main_key, model.main_digest),
        personal: file_of(model.personal_key, model.personal_digest),
        links_key: None,
        rows: model.row_count.cast_unsigned(),
        file,
        file_digest,
    })
}

/// A part and its digest, which are written together; one whose digest is gone is no part as it was written.
fn file_of(key: Option<String>, digest: Option<String>) -> Option<DigestedFile> {
    key.map(|key| DigestedFile { key, digest: digest.unwrap_or_default() })
}
