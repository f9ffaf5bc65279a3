//! Uploads: files that units handed in, from the first byte to the receipt.
//!
//! An upload is taken in by an *attempt*: it names here every key it may write ([`Work::begin_upload`]), writes under
//! names of its own, and accepts ([`Work::accept_upload`]): the upload's end, its batches and the facts of its receipt
//! are one transaction. One attempt at a time holds an upload, until its lease is over or it is given up; what it wrote
//! belongs to nothing then, and another takes the same upload in anew.

use chrono::{DateTime, Utc};
use gongzhi_core::access::Scope;
use gongzhi_core::audit::{Act, ActOutcome};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set,
};

pub use super::handed_in::{Attempt, Begun, NewBatch, NewUpload, Upload, UploadStatus};
use super::upload_rows::{again, read_upload, started, visible};
use crate::collect::attempts;
use crate::collect::batches::{accepted, of_group};
use crate::entities::{batch, upload};
use crate::shared::work::Work;
use crate::store::{Store, StoreError, in_scope, micros};

impl Work {
    /// Begins an upload, in one transaction with the look at what there is: of several who hand the same in at once one
    /// takes it in. What was accepted before is done, unless another set has taken the place of what it brought: then the
    /// same is a new upload, and brings it back. Of what was blocked, refused or broken off a new attempt is made.
    ///
    /// # Errors
    /// The unit is not in the scope; the database's.
    pub async fn begin_upload(&mut self, new: &NewUpload) -> Result<Begun, StoreError> {
        if !self.scope().covers(&new.region, &new.unit) {
            return Err(StoreError::NotThere { what: "unit" });
        }
        let transaction = &self.transaction;
        let (key, earlier) = find_last(transaction, new).await?;
        let begun = match earlier {
            Some(earlier) if !self.scope().covers(&earlier.region, &earlier.unit) => {
                return Err(StoreError::NotThere { what: "upload" });
            }
            Some(earlier) if UploadStatus::read(&earlier.status)? == UploadStatus::Accepted => {
                Begun::Done(Box::new(read_upload(earlier)?))
            }
            Some(earlier) => match attempts::find_live(transaction, &earlier.id, new.started_at).await? {
                Some((attempt, until)) => Begun::Busy { attempt, until },
                None => {
                    let held = again(&earlier, new).update(transaction).await?;
                    Begun::Mine(attempts::insert(transaction, &held, new).await?)
                }
            },
            None => {
                let held = started(&key, new).insert(transaction).await?;
                Begun::Mine(attempts::insert(transaction, &held, new).await?)
            }
        };
        match &begun {
            Begun::Mine(attempt) => {
                let object = format!("upload:{}", attempt.upload);
                self.did("upload.begin", object, (&new.region, &new.unit));
            }
            Begun::Done(upload) => self.record(Act {
                act: "upload.begin",
                object: format!("upload:{}", upload.id),
                unit: new.unit.clone(),
                region: new.region.clone(),
                outcome: ActOutcome::Refused,
            }),
            Begun::Busy { .. } => {}
        }
        Ok(begun)
    }

    /// Accepts an upload: in one transaction it ends, its batches become visible, the facts of its receipt are kept, and the
    /// analyse half is sent word of each batch.
    /// A batch is never accepted before one that stands in its group already: its moment is at least the other's.
    ///
    /// # Errors
    /// The attempt holds the upload no longer; a group has a batch that the caller did not know
    /// ([`StoreError::Overtaken`]): decide anew; the database's.
    pub async fn accept_upload(
        &mut self,
        (attempt, accepted_at): (&Attempt, DateTime<Utc>),
        batches: &[NewBatch],
        facts: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let transaction = &self.transaction;
        let upload = end(transaction, self.scope(), (attempt, UploadStatus::Accepted, accepted_at), facts).await?;
        let mut earliest = micros(accepted_at);
        let mut own: Vec<&str> = Vec::new();
        for new in batches {
            let last = last_of_group(transaction, &upload, new).await?;
            let is_known = last.as_ref().is_none_or(|last| {
                own.contains(&last.id.as_str()) || new.after.as_ref().is_some_and(|after| *after == last.id)
            });
            if !is_known {
                return Err(StoreError::Overtaken);
            }
            earliest = earliest.max(last.map_or(0, |last| last.accepted_at));
            own.push(&new.id);
        }
        let mut told = Vec::with_capacity(batches.len());
        for new in batches {
            let batch = visible(new, &upload, earliest).insert(transaction).await?;
            told.push(accepted(batch, &upload, new.sheets.clone())?);
        }
        self.did("upload.accept", format!("upload:{}", upload.id), (&upload.region, &upload.unit));
        for content in &told {
            self.send(&upload.region, content).await?;
        }
        Ok(())
    }

    /// Ends an upload without batches: blocked by issues, or refused.
    ///
    /// # Errors
    /// The attempt holds the upload no longer; the database's.
    pub async fn reject_upload(
        &mut self,
        (attempt, status, ended_at): (&Attempt, UploadStatus, DateTime<Utc>),
        facts: &serde_json::Value,
    ) -> Result<(), StoreError> {
        if !matches!(status, UploadStatus::Blocked | UploadStatus::Refused) {
            return Err(StoreError::NotUnderstood { column: "uploads.status", value: status.key().to_owned() });
        }
        let upload = end(&self.transaction, self.scope(), (attempt, status, ended_at), facts).await?;
        self.did("upload.reject", format!("upload:{}", upload.id), (&upload.region, &upload.unit));
        Ok(())
    }
}

impl Store {
    /// The upload of a key, when the scope has it.
    pub async fn find_upload(&self, scope: &Scope, key: &str) -> Result<Option<Upload>, StoreError> {
        let found = upload::Entity::find()
            .filter(in_scope(scope, upload::Column::Region, Some(upload::Column::Unit)))
            .filter(upload::Column::Key.eq(key))
            .one(self.readers())
            .await?;
        found.map(read_upload).transpose()
    }

    /// The upload of an id, when the scope has it.
    pub async fn get_upload(&self, scope: &Scope, id: &str) -> Result<Option<Upload>, StoreError> {
        let found = upload::Entity::find_by_id(id)
            .filter(in_scope(scope, upload::Column::Region, Some(upload::Column::Unit)))
            .one(self.readers())
            .await?;
        found.map(read_upload).transpose()
    }

    /// The uploads of a scope, in the order in which they were begun.
    pub async fn list_uploads(&self, scope: &Scope) -> Result<Vec<Upload>, StoreError> {
        let found = upload::Entity::find()
            .filter(in_scope(scope, upload::Column::Region, Some(upload::Column::Unit)))
            .order_by_asc(upload::Column::StartedAt)
            .order_by_asc(upload::Column::Id)
            .all(self.readers())
            .await?;
        found.into_iter().map(read_upload).collect()
    }
}

/// The last upload of what is handed in, and the key under which it, or a new one, stands: each time another set has
/// taken the place of what one brought, the next goes by that set too.
async fn find_last(
    connection: &impl ConnectionTrait,
    new: &NewUpload,
) -> Result<(String, Option<upload::Model>), StoreError> {
    let mut key = new.key.clone();
    loop {
        let found = upload::Entity::find()
            .filter(upload::Column::Region.eq(&new.region))
            .filter(upload::Column::Key.eq(&key))
            .one(connection)
            .await?;
        let Some(earlier) = found else { return Ok((key, None)) };
        // The files of a folder are one delivery: which of them counts is not a matter of when it was read.
        let is_accepted = UploadStatus::read(&earlier.status)? == UploadStatus::Accepted;
        let next = if is_accepted && !new.is_delivered { replacing(connection, &earlier.id).await? } else { None };
        let Some(next) = next else { return Ok((key, Some(earlier))) };
        key = format!("{}+{}", new.key, next);
    }
}

/// The first batch that was accepted after those of an upload, into the same group and period.
async fn replacing(connection: &impl ConnectionTrait, upload: &str) -> Result<Option<String>, StoreError> {
    let own = batch::Entity::find().filter(batch::Column::UploadId.eq(upload)).all(connection).await?;
    let mut next: Option<batch::Model> = None;
    for own in own {
        let later = of_group(&own.region, (&own.item, &own.kind), &own.lineage)
            .filter(batch::Column::Period.eq(&own.period))
            .filter(batch::Column::Sequence.gt(own.sequence))
            .filter(batch::Column::UploadId.ne(upload))
            .order_by_asc(batch::Column::Sequence)
            .one(connection)
            .await?;
        next = [next, later].into_iter().flatten().min_by_key(|later| later.sequence);
    }
    Ok(next.map(|next| next.id))
}

async fn last_of_group(
    connection: &impl ConnectionTrait,
    upload: &upload::Model,
    new: &NewBatch,
) -> Result<Option<batch::Model>, StoreError> {
    let last = of_group(&upload.region, (&new.item, &new.kind), &new.lineage).order_by_desc(batch::Column::Sequence);
    Ok(last.one(connection).await?)
}

async fn end(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    (attempt, status, ended_at): (&Attempt, UploadStatus, DateTime<Utc>),
    facts: &serde_json::Value,
) -> Result<upload::Model, StoreError> {
    let found = upload::Entity::find_by_id(&attempt.upload)
        .filter(in_scope(scope, upload::Column::Region, Some(upload::Column::Unit)))
        .one(connection)
        .await?;
    let upload = found.ok_or(StoreError::NotThere { what: "upload" })?;
    if UploadStatus::read(&upload.status)? != UploadStatus::Started {
        return Err(StoreError::UploadEnded(upload.id));
    }
    if upload.attempt.as_ref() != Some(&attempt.id) {
        return Err(StoreError::AttemptOver(attempt.id.clone()));
    }
    if !attempts::end(connection, &attempt.id).await? {
        return Err(StoreError::AttemptOver(attempt.id.clone()));
    }
    let mut ended = upload.into_active_model();
    ended.status = Set(status.key().to_owned());
    ended.ended_at = Set(Some(micros(ended_at)));
    ended.facts = Set(Some(facts.to_string()));
    Ok(ended.update(connection).await?)
}
