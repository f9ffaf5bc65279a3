//! Uploads and their batches as rows.

use sea_orm::{IntoActiveModel, Set};

use super::handed_in::{NewBatch, NewUpload, Upload, UploadStatus};
use crate::entities::{batch, upload};
use crate::store::{StoreError, instant, micros};

pub(super) fn started(key: &str, new: &NewUpload) -> upload::ActiveModel {
    upload::ActiveModel {
        id: Set(new.attempt.clone()),
        region: Set(new.region.clone()),
        unit: Set(new.unit.clone()),
        key: Set(key.to_owned()),
        file: Set(new.file.clone()),
        digest: Set(new.digest.clone()),
        status: Set(UploadStatus::Started.key().to_owned()),
        keys: Set("[]".to_owned()),
        started_at: Set(micros(new.started_at)),
        ended_at: Set(None),
        facts: Set(None),
        attempt: Set(Some(new.attempt.clone())),
        is_delivered: Set(Some(new.is_delivered)),
    }
}

/// The same upload, held by a new attempt.
pub(super) fn again(earlier: &upload::Model, new: &NewUpload) -> upload::ActiveModel {
    let mut again = earlier.clone().into_active_model();
    again.status = Set(UploadStatus::Started.key().to_owned());
    again.attempt = Set(Some(new.attempt.clone()));
    again.ended_at = Set(None);
    again.facts = Set(None);
    again
}

pub(super) fn visible(new: &NewBatch, upload: &upload::Model, accepted_at: i64) -> batch::ActiveModel {
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
        accepted_at: Set(accepted_at),
        ..Default::default()
    }
}

pub(super) fn read_upload(model: upload::Model) -> Result<Upload, StoreError> {
    let facts = model.facts.as_deref().map_or(Ok(serde_json::Value::Null), serde_json::from_str);
    let wrong = |_| StoreError::NotUnderstood { column: "uploads.facts", value: model.id.clone() };
    Ok(Upload {
        facts: facts.map_err(wrong)?,
        status: UploadStatus::read(&model.status)?,
        attempt: model.attempt,
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
