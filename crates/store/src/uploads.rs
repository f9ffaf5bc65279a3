//! Uploads: files that units handed in, from the first byte to the receipt.
//!
//! An intake first names here every key it may write ([`Store::begin_upload`]), then writes, then accepts
//! ([`Store::accept_upload`]): the upload's end, its batches and the facts of its receipt are one transaction. What was
//! broken off in between is begun again with the same key and finds the same upload.

use chrono::{DateTime, NaiveDate, Utc};
use gongzhi_core::access::Scope;
use gongzhi_core::catalog::{Mark, Mode};
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set,
};

use crate::entities::{batch, upload};
use crate::store::{Store, StoreError, in_scope, instant, micros};

/// Where an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadStatus {
    /// Being read, or broken off.
    Started,
    /// Its batches are visible.
    Accepted,
    /// Read, with issues that block.
    Blocked,
    /// Could not be read.
    Refused,
}

impl UploadStatus {
    /// The word in tables and JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Accepted => "accepted",
            Self::Blocked => "blocked",
            Self::Refused => "refused",
        }
    }

    fn read(text: &str) -> Result<Self, StoreError> {
        [Self::Started, Self::Accepted, Self::Blocked, Self::Refused]
            .into_iter()
            .find(|status| status.key() == text)
            .ok_or_else(|| StoreError::NotUnderstood { column: "uploads.status", value: text.to_owned() })
    }
}

/// A file about to be taken in.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// Its id, drawn by the caller.
    pub id: String,
    /// Region.
    pub region: String,
    /// Unit that hands it in.
    pub unit: String,
    /// What makes a repeated hand-in the same one: digest of the file and what was stated with it.
    pub key: String,
    /// Name of the file.
    pub file: String,
    /// Digest of the file.
    pub digest: String,
    /// Every key that the intake may write below the data folder.
    pub keys: Vec<String>,
    /// Now.
    pub started_at: DateTime<Utc>,
}

/// An upload as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: String,
    /// Region.
    pub region: String,
    /// Unit.
    pub unit: String,
    /// What makes a repeated hand-in the same one.
    pub key: String,
    /// Name of the file.
    pub file: String,
    /// Digest of the file.
    pub digest: String,
    /// Where it stands.
    pub status: UploadStatus,
    /// Keys that the intake may have written.
    pub keys: Vec<String>,
    /// When it was begun.
    pub started_at: DateTime<Utc>,
    /// When it was accepted, blocked or refused.
    pub ended_at: Option<DateTime<Utc>>,
    /// Facts of the receipt, or of the reasons.
    pub facts: serde_json::Value,
}

/// A batch that becomes visible with its upload.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// Its id.
    pub id: String,
    /// What the unit descends from; usually the unit itself.
    pub lineage: String,
    /// Item.
    pub item: String,
    /// Kind.
    pub kind: String,
    /// Stock or flow.
    pub mark: Mark,
    /// How the item's sets follow one another.
    pub item_mode: Mode,
    /// Period.
    pub period: Period,
    /// First day covered.
    pub covers_from: NaiveDate,
    /// Last day covered.
    pub covers_to: NaiveDate,
    /// Full, differential, nil.
    pub mode: SetMode,
    /// Template version.
    pub template_version: u32,
    /// Id of the batch it corrects.
    pub supplement_of: Option<String>,
    /// Key and digest of the main part; none for a nil set.
    pub main: Option<(String, String)>,
    /// Key and digest of the personal part.
    pub personal: Option<(String, String)>,
    /// Rows.
    pub rows: u64,
}

impl Store {
    /// Begins an upload. When one with the same key was begun before, that one comes back as it stands: go on with it
    /// when it was only started (under its own id and keys), and do nothing when it was accepted. One that was blocked
    /// or refused is begun again.
    pub async fn begin_upload(&self, scope: &Scope, new: &NewUpload) -> Result<Upload, StoreError> {
        if !scope.covers(&new.region, &new.unit) {
            return Err(StoreError::NotThere { what: "unit" });
        }
        let transaction = self.begin().await?;
        let earlier = upload::Entity::find()
            .filter(upload::Column::Region.eq(&new.region))
            .filter(upload::Column::Key.eq(&new.key))
            .one(&transaction)
            .await?;
        let model = match earlier {
            Some(earlier) if !scope.covers(&earlier.region, &earlier.unit) => {
                return Err(StoreError::NotThere { what: "upload" });
            }
            Some(earlier) => {
                let status = UploadStatus::read(&earlier.status)?;
                let keys = with_keys(&earlier.keys, &new.keys)?;
                let is_open = status != UploadStatus::Accepted;
                let mut again = earlier.clone().into_active_model();
                again.status = Set(UploadStatus::Started.key().to_owned());
                again.keys = Set(keys);
                again.ended_at = Set(None);
                again.facts = Set(None);
                if is_open { again.update(&transaction).await? } else { earlier }
            }
            None => started(new)?.insert(&transaction).await?,
        };
        transaction.commit().await?;
        read_upload(model)
    }

    /// Accepts an upload: in one transaction it ends, its batches become visible, and the facts of its receipt are kept.
    /// Gives back the sequence numbers of the batches, in their order.
    pub async fn accept_upload(
        &self,
        scope: &Scope,
        (id, accepted_at): (&str, DateTime<Utc>),
        batches: &[NewBatch],
        facts: &serde_json::Value,
    ) -> Result<Vec<i64>, StoreError> {
        let transaction = self.begin().await?;
        let upload = end(&transaction, scope, (id, UploadStatus::Accepted, accepted_at), facts).await?;
        let mut sequences = Vec::with_capacity(batches.len());
        for new in batches {
            sequences.push(visible(new, &upload, accepted_at).insert(&transaction).await?.sequence);
        }
        transaction.commit().await?;
        Ok(sequences)
    }

    /// Ends an upload without batches: blocked by issues, or refused.
    pub async fn reject_upload(
        &self,
        scope: &Scope,
        (id, status, ended_at): (&str, UploadStatus, DateTime<Utc>),
        facts: &serde_json::Value,
    ) -> Result<(), StoreError> {
        if !matches!(status, UploadStatus::Blocked | UploadStatus::Refused) {
            return Err(StoreError::NotUnderstood { column: "uploads.status", value: status.key().to_owned() });
        }
        let transaction = self.begin().await?;
        end(&transaction, scope, (id, status, ended_at), facts).await?;
        Ok(transaction.commit().await?)
    }

    /// The upload of a key, when the scope has it.
    pub async fn find_upload(&self, scope: &Scope, key: &str) -> Result<Option<Upload>, StoreError> {
        let found = upload::Entity::find()
            .filter(in_scope(scope, upload::Column::Region, Some(upload::Column::Unit)))
            .filter(upload::Column::Key.eq(key))
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

async fn end(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    (id, status, ended_at): (&str, UploadStatus, DateTime<Utc>),
    facts: &serde_json::Value,
) -> Result<upload::Model, StoreError> {
    let found = upload::Entity::find_by_id(id)
        .filter(in_scope(scope, upload::Column::Region, Some(upload::Column::Unit)))
        .one(connection)
        .await?;
    let upload = found.ok_or(StoreError::NotThere { what: "upload" })?;
    if UploadStatus::read(&upload.status)? != UploadStatus::Started {
        return Err(StoreError::UploadEnded(upload.id));
    }
    let mut ended = upload.into_active_model();
    ended.status = Set(status.key().to_owned());
    ended.ended_at = Set(Some(micros(ended_at)));
    ended.facts = Set(Some(facts.to_string()));
    Ok(ended.update(connection).await?)
}

fn started(new: &NewUpload) -> Result<upload::ActiveModel, StoreError> {
    Ok(upload::ActiveModel {
        id: Set(new.id.clone()),
        region: Set(new.region.clone()),
        unit: Set(new.unit.clone()),
        key: Set(new.key.clone()),
        file: Set(new.file.clone()),
        digest: Set(new.digest.clone()),
        status: Set(UploadStatus::Started.key().to_owned()),
        keys: Set(with_keys("[]", &new.keys)?),
        started_at: Set(micros(new.started_at)),
        ended_at: Set(None),
        facts: Set(None),
    })
}

/// The keys named so far and those named now: what an earlier attempt may have left stays known.
fn with_keys(earlier: &str, keys: &[String]) -> Result<String, StoreError> {
    let mut all = read_keys(earlier)?;
    all.extend(keys.iter().filter(|key| !all.contains(key)).cloned().collect::<Vec<_>>());
    Ok(serde_json::Value::from(all).to_string())
}

fn read_keys(text: &str) -> Result<Vec<String>, StoreError> {
    let wrong = |_| StoreError::NotUnderstood { column: "uploads.keys", value: text.to_owned() };
    serde_json::from_str(text).map_err(wrong)
}

fn visible(new: &NewBatch, upload: &upload::Model, accepted_at: DateTime<Utc>) -> batch::ActiveModel {
    let (main_key, main_digest) = new.main.clone().unzip();
    let (personal_key, personal_digest) = new.personal.clone().unzip();
    batch::ActiveModel {
        id: Set(new.id.clone()),
        upload_id: Set(upload.id.clone()),
        region: Set(upload.region.clone()),
        unit: Set(upload.unit.clone()),
        lineage: Set(new.lineage.clone()),
        item: Set(new.item.clone()),
        kind: Set(new.kind.clone()),
        mark: Set(new.mark.key().to_owned()),
        item_mode: Set(new.item_mode.key().to_owned()),
        period: Set(new.period.to_string()),
        covers_from: Set(new.covers_from),
        covers_to: Set(new.covers_to),
        mode: Set(new.mode.key().to_owned()),
        template_version: Set(new.template_version.cast_signed()),
        supplement_of: Set(new.supplement_of.clone()),
        main_key: Set(main_key),
        main_digest: Set(main_digest),
        personal_key: Set(personal_key),
        personal_digest: Set(personal_digest),
        row_count: Set(new.rows.cast_signed()),
        accepted_at: Set(micros(accepted_at)),
        ..Default::default()
    }
}

fn read_upload(model: upload::Model) -> Result<Upload, StoreError> {
    let facts = model.facts.as_deref().map_or(Ok(serde_json::Value::Null), serde_json::from_str);
    let wrong = |_| StoreError::NotUnderstood { column: "uploads.facts", value: model.id.clone() };
    Ok(Upload {
        facts: facts.map_err(wrong)?,
        status: UploadStatus::read(&model.status)?,
        keys: read_keys(&model.keys)?,
        id: model.id,
        region: model.region,
        unit: model.unit,
        key: model.key,
        file: model.file,
        digest: model.digest,
        started_at: instant(model.started_at),
        ended_at: model.ended_at.map(instant),
    })
}
