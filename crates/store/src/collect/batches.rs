//! Batches that are visible, and the links that go with them.

use std::collections::{BTreeMap, HashMap};

use gongzhi_core::access::Scope;
use gongzhi_core::catalog::{Mark, Mode};
use gongzhi_core::state::{Batch, DigestedFile, Group, Moment, VisibleBatch, VisibleBatches};
use gongzhi_core::values::SetMode;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    Select, Set,
};

use crate::entities::{batch, links, upload};
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
    /// The batches of a scope accepted up to the moment, each with the links made last up to it. They stand in the order of
    /// their acceptance, those of a folder that is one delivery in the order of their files' names; the number of each is
    /// its place in that order.
    ///
    /// # Errors
    /// The database's.
    pub async fn visible_batches(&self, scope: &Scope, moment: Moment) -> Result<VisibleBatches, StoreError> {
        let as_of = micros(moment.as_of);
        // One snapshot: links of a batch that was not there yet are nobody's.
        let snapshot = self.begin_to_read().await?;
        let found = batch::Entity::find()
            .find_also_related(upload::Entity)
            .filter(in_scope(scope, batch::Column::Region, Some(batch::Column::Unit)))
            .filter(batch::Column::AcceptedAt.lte(as_of))
            .filter(is_visible(Some(as_of)))
            .all(&snapshot)
            .await?;
        let made = links::Entity::find()
            .filter(links::Column::MadeAt.lte(as_of))
            .order_by_asc(links::Column::Sequence)
            .all(&snapshot)
            .await?;
        snapshot.commit().await?;
        let mut latest: HashMap<String, String> = made.into_iter().map(|links| (links.batch_id, links.key)).collect();
        let mut batches = read_in_order(found)?;
        for one in &mut batches {
            one.links_key = latest.remove(&one.batch.id);
        }
        #[expect(clippy::disallowed_methods, reason = "here it is asked what the scope may see")]
        let found = VisibleBatches::found(scope, moment, batches);
        Ok(found)
    }

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
        for (model, _) in there {
            let is_settled = model.delivered_at == from && model.visible_until.is_none();
            set(transaction, (model, is_settled), from, None).await?;
        }
        for (model, _) in gone {
            let (from, is_settled) = (model.delivered_at, model.visible_until.is_some());
            set(transaction, (model, is_settled), from, Some(micros(self.now))).await?;
        }
        self.did("delivery.settle", format!("files:{}", files.len()), ("", ""));
        Ok(())
    }
}

async fn set(
    connection: &impl ConnectionTrait,
    (model, is_settled): (batch::Model, bool),
    delivered_at: Option<i64>,
    visible_until: Option<i64>,
) -> Result<(), StoreError> {
    if !is_settled {
        let mut settled = model.into_active_model();
        settled.delivered_at = Set(delivered_at);
        settled.visible_until = Set(visible_until);
        settled.update(connection).await?;
    }
    Ok(())
}

/// What is visible at a moment; none: now.
pub(crate) fn is_visible(as_of: Option<i64>) -> Condition {
    let always = Condition::any().add(batch::Column::VisibleUntil.is_null());
    as_of.map_or_else(|| always.clone(), |as_of| always.clone().add(batch::Column::VisibleUntil.gt(as_of)))
}

/// The visible batches of a group.
pub(crate) fn of_group(region: &str, (item, kind): (&str, &str), lineage: &str) -> Select<batch::Entity> {
    batch::Entity::find()
        .filter(batch::Column::Item.eq(item))
        .filter(batch::Column::Kind.eq(kind))
        .filter(batch::Column::Region.eq(region))
        .filter(batch::Column::Lineage.eq(lineage))
        .filter(is_visible(None))
}

fn read_in_order(found: Vec<(batch::Model, Option<upload::Model>)>) -> Result<Vec<VisibleBatch>, StoreError> {
    let visible = found.into_iter().map(|(model, upload)| {
        let (sequence, is_delivered) = (model.sequence, model.delivered_at.is_some());
        let file = upload.map(|upload| (upload.file, upload.digest)).unwrap_or_default();
        let one = read_visible(model, file)?;
        let place = if is_delivered { one.file.clone() } else { String::new() };
        Ok(((one.batch.accepted_at, place, sequence), one))
    });
    let mut ordered = visible.collect::<Result<Vec<_>, StoreError>>()?;
    ordered.sort_by(|(a, _), (b, _)| a.cmp(b));
    let numbered = ordered.into_iter().zip(1..).map(|((_, mut one), number)| {
        one.batch.sequence = number;
        one
    });
    Ok(numbered.collect())
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
