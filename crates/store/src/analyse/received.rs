//! Batches as the analyse half was told of them: what every question is asked of.
//!
//! A batch stands here once its message was taken in ([`Work::take_in`]), with everything that a question needs of it. The
//! tables of the other half are never looked into: they may be on another machine.

use std::collections::HashMap;

use gongzhi_core::access::Scope;
use gongzhi_core::exchange::{
    BatchAccepted, BatchReturned, Content, DeliverySettled, Direction, Envelope, ExchangeError, NamedPart,
};
use gongzhi_core::state::{Moment, VisibleBatch, VisibleBatches};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set, UpdateMany,
};

use crate::entities::{links, received_batch};
use crate::shared::named_files::NamedFiles;
use crate::shared::order::numbered;
use crate::shared::work::Work;
use crate::store::{Store, StoreError, in_scope, instant, micros};

/// Ids in one statement.
const AT_ONCE: usize = 500;

impl Work {
    /// Takes a message of the collect half in, and those that waited for it; how many. One that was taken in before changes
    /// nothing, and one before which another is missing waits.
    ///
    /// # Errors
    /// Its region is not in the scope; the message is refused, or can't be read; the database's.
    pub async fn take_in(&mut self, envelope: &Envelope) -> Result<usize, StoreError> {
        if envelope.direction != Direction::ToAnalyse {
            return Err(ExchangeError::Astray { id: envelope.id.clone() }.into());
        }
        let due = self.receive(envelope).await?;
        for envelope in &due {
            match envelope.open()? {
                Content::BatchAccepted(told) => self.put_received(envelope, *told).await?,
                Content::BatchReturned(told) => self.end_received(envelope, &told).await?,
                Content::DeliverySettled(told) => self.settle_received(envelope, &told).await?,
            }
        }
        Ok(due.len())
    }

    async fn put_received(&self, envelope: &Envelope, told: BatchAccepted) -> Result<(), StoreError> {
        let unread = |why: String| ExchangeError::Unread { id: envelope.id.clone(), why };
        // What can't be read later is not kept.
        let readable = told.clone().into_visible(envelope.region.clone(), 0);
        readable.map_err(|wrong| unread(wrong.to_string()))?;
        let sheets = serde_json::to_string(&told.sheets).map_err(|error| unread(error.to_string()))?;
        let sheets = (!told.sheets.is_empty()).then_some(sheets);
        row_of(&envelope.region, told, sheets, micros(self.now)).insert(&self.transaction).await?;
        Ok(())
    }

    async fn end_received(&self, envelope: &Envelope, told: &BatchReturned) -> Result<(), StoreError> {
        let ended = of_region(envelope, std::slice::from_ref(&told.batch))
            .col_expr(received_batch::Column::VisibleUntil, Expr::value(micros(told.visible_until)))
            .exec(&self.transaction)
            .await?;
        known(envelope, ended.rows_affected, 1)
    }

    async fn settle_received(&self, envelope: &Envelope, told: &DeliverySettled) -> Result<(), StoreError> {
        for batches in told.batches.chunks(AT_ONCE) {
            let settled = of_region(envelope, batches)
                .col_expr(received_batch::Column::DeliveredAt, Expr::value(micros(told.counts_from)))
                .col_expr(received_batch::Column::VisibleUntil, Expr::value(None::<i64>))
                .exec(&self.transaction)
                .await?;
            known(envelope, settled.rows_affected, batches.len())?;
        }
        Ok(())
    }
}

impl Store {
    /// The batches of a scope that were accepted up to the moment, as far as this half was told of them, each with the links
    /// made last up to it. They stand in the order of their acceptance, those of a folder that is one delivery in the order of
    /// their files' names; the number of each is its place in that order.
    ///
    /// # Errors
    /// The database's.
    pub async fn visible_batches(&self, scope: &Scope, moment: Moment) -> Result<VisibleBatches, StoreError> {
        let as_of = micros(moment.as_of);
        let until = received_batch::Column::VisibleUntil;
        // One snapshot: links of a batch that was not there yet are nobody's.
        let snapshot = self.begin_to_read().await?;
        let found = received_batch::Entity::find()
            .filter(in_scope(scope, received_batch::Column::Region, Some(received_batch::Column::Unit)))
            .filter(received_batch::Column::AcceptedAt.lte(as_of))
            .filter(Condition::any().add(until.is_null()).add(until.gt(as_of)))
            .all(&snapshot)
            .await?;
        let made = links::Entity::find()
            .filter(links::Column::MadeAt.lte(as_of))
            .order_by_asc(links::Column::Sequence)
            .all(&snapshot)
            .await?;
        snapshot.commit().await?;
        let mut latest: HashMap<String, String> = made.into_iter().map(|links| (links.batch_id, links.key)).collect();
        let read = |model: received_batch::Model| {
            let is_delivered = model.delivered_at.is_some();
            Ok((read_visible(model)?, is_delivered))
        };
        let mut batches = numbered(found.into_iter().map(read).collect::<Result<_, StoreError>>()?);
        for one in &mut batches {
            one.links_key = latest.remove(&one.batch.id);
        }
        #[expect(clippy::disallowed_methods, reason = "here it is asked what the scope may see")]
        let found = VisibleBatches::found(scope, moment, batches);
        Ok(found)
    }
}

/// What this half names below the data folder.
pub(crate) async fn name_files(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    named: &mut NamedFiles,
) -> Result<(), StoreError> {
    let received = received_batch::Entity::find()
        .filter(in_scope(scope, received_batch::Column::Region, Some(received_batch::Column::Unit)))
        .all(connection)
        .await?;
    for batch in received {
        named.needed.extend([batch.main_key, batch.personal_key].into_iter().flatten());
    }
    named.needed.extend(links::Entity::find().all(connection).await?.into_iter().map(|links| links.key));
    Ok(())
}

fn of_region(envelope: &Envelope, batches: &[String]) -> UpdateMany<received_batch::Entity> {
    received_batch::Entity::update_many()
        .filter(received_batch::Column::Region.eq(&envelope.region))
        .filter(received_batch::Column::Id.is_in(batches.iter().cloned()))
}

/// A message speaks of batches that were told of before.
fn known(envelope: &Envelope, found: u64, told: usize) -> Result<(), StoreError> {
    if found == told as u64 { Ok(()) } else { Err(ExchangeError::Unknown { id: envelope.id.clone() }.into()) }
}

fn row_of(region: &str, told: BatchAccepted, sheets: Option<String>, taken_at: i64) -> received_batch::ActiveModel {
    let named = |part: NamedPart| (part.key, part.digest);
    let (main_key, main_digest) = told.main.map(named).unzip();
    let (personal_key, personal_digest) = told.personal.map(named).unzip();
    received_batch::ActiveModel {
        id: Set(told.batch),
        upload_id: Set(told.upload),
        region: Set(region.to_owned()),
        unit: Set(told.unit),
        lineage: Set(told.lineage),
        item: Set(told.item),
        kind: Set(told.kind),
        mark: Set(told.mark),
        item_mode: Set(told.item_mode),
        period: Set(told.period),
        covers_from: Set(told.covers_from),
        covers_to: Set(told.covers_to),
        mode: Set(told.mode),
        template_version: Set(told.template_version.cast_signed()),
        supplement_of: Set(told.supplement_of),
        main_key: Set(main_key),
        main_digest: Set(main_digest),
        personal_key: Set(personal_key),
        personal_digest: Set(personal_digest),
        row_count: Set(told.rows.cast_signed()),
        file: Set(told.file),
        file_digest: Set(told.file_digest),
        sheets: Set(sheets),
        accepted_at: Set(micros(told.accepted_at)),
        delivered_at: Set(None),
        visible_until: Set(None),
        taken_at: Set(taken_at),
        ..Default::default()
    }
}

/// The batch of a row. What it says of its sheets is not read: no question needs it yet.
fn read_visible(model: received_batch::Model) -> Result<VisibleBatch, StoreError> {
    let told = BatchAccepted {
        batch: model.id,
        upload: model.upload_id,
        unit: model.unit,
        lineage: model.lineage,
        item: model.item,
        kind: model.kind,
        mark: model.mark,
        item_mode: model.item_mode,
        period: model.period,
        covers_from: model.covers_from,
        covers_to: model.covers_to,
        mode: model.mode,
        template_version: model.template_version.cast_unsigned(),
        supplement_of: model.supplement_of,
        accepted_at: instant(model.delivered_at.unwrap_or(model.accepted_at)),
        main: part_of(model.main_key, model.main_digest),
        personal: part_of(model.personal_key, model.personal_digest),
        rows: model.row_count.cast_unsigned(),
        file: model.file,
        file_digest: model.file_digest,
        sheets: Vec::new(),
    };
    let visible = told.into_visible(model.region, model.sequence);
    visible.map_err(|wrong| StoreError::NotUnderstood { column: wrong.column, value: wrong.value })
}

/// A part and its digest, which are written together; one whose digest is gone is no part as it was written.
fn part_of(key: Option<String>, digest: Option<String>) -> Option<NamedPart> {
    key.map(|key| NamedPart { key, digest: digest.unwrap_or_default() })
}
