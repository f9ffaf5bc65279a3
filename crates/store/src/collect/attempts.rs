//! Attempts at taking an upload in: who holds it until when, and which files and keys each may have written.

use chrono::{DateTime, Utc};
use gongzhi_core::access::Scope;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::collect::handed_in::{Attempt, NewUpload};
use crate::entities::{attempt, batch, upload};
use crate::shared::named_files::NamedFiles;
use crate::shared::work::Work;
use crate::store::{Store, StoreError, in_scope, instant, micros};

/// What an attempt may have written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptFiles {
    /// Id of the attempt.
    pub id: String,
    /// Keys below the data folder.
    pub keys: Vec<String>,
    /// Where it stands.
    pub standing: Standing,
}

/// Where an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It holds its upload and its lease is not over.
    Live,
    /// It ended its upload: what it wrote is kept.
    Kept,
    /// Its lease is over, or it was given up: what it wrote belongs to nothing.
    Over,
}

impl Work {
    /// Gives an attempt up whose program is gone: the next takes its upload in without waiting for the end of its lease, and
    /// what it wrote belongs to nothing. Whether that is so: one that ended its upload meanwhile, or that somebody has
    /// cleared, is left as it is.
    ///
    /// # Errors
    /// The database's.
    pub async fn give_up_attempt(&mut self, attempt: &str) -> Result<bool, StoreError> {
        let all = list(&self.transaction, self.scope(), self.now).await?;
        let is_over = all.iter().any(|one| one.id == attempt && one.standing != Standing::Kept);
        if is_over {
            end(&self.transaction, attempt).await?;
            self.did("attempt.give_up", format!("attempt:{attempt}"), ("", ""));
        }
        Ok(is_over)
    }

    /// Forgets attempts that are over, once nothing of what they wrote is left; how many. Others stay.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_attempts(&mut self, ids: &[String]) -> Result<usize, StoreError> {
        let over = list(&self.transaction, self.scope(), self.now).await?.into_iter();
        let over = over.filter(|one| one.standing == Standing::Over && ids.contains(&one.id)).map(|one| one.id);
        let over: Vec<String> = over.collect();
        let which = attempt::Column::Id.is_in(over.iter().cloned());
        attempt::Entity::delete_many().filter(which).exec(&self.transaction).await?;
        over.iter().for_each(|id| self.did("attempt.clear", format!("attempt:{id}"), ("", "")));
        Ok(over.len())
    }
}

impl Store {
    /// Every attempt of a scope's uploads, in the order in which they were begun.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_attempts(&self, scope: &Scope, now: DateTime<Utc>) -> Result<Vec<AttemptFiles>, StoreError> {
        list(self.readers(), scope, now).await
    }
}

/// What this half names below the data folder.
pub(crate) async fn name_files(
    connection: &impl ConnectionTrait,
    (scope, now): (&Scope, DateTime<Utc>),
    named: &mut NamedFiles,
) -> Result<(), StoreError> {
    let batches = batch::Entity::find()
        .filter(in_scope(scope, batch::Column::Region, Some(batch::Column::Unit)))
        .all(connection)
        .await?;
    for batch in batches {
        named.needed.extend([batch.main_key, batch.personal_key].into_iter().flatten());
    }
    // What a blocked file would have become was never written.
    let is_original = |key: &String| key.starts_with("uploads/");
    for one in list(connection, scope, now).await? {
        match one.standing {
            Standing::Kept => named.needed.extend(one.keys.into_iter().filter(is_original)),
            Standing::Live => named.pending.extend(one.keys),
            Standing::Over => {}
        }
    }
    // Uploads of earlier programs have no attempts.
    let ended = upload::Entity::find()
        .filter(in_scope(scope, upload::Column::Region, Some(upload::Column::Unit)))
        .filter(upload::Column::Attempt.is_null())
        .filter(upload::Column::EndedAt.is_not_null())
        .all(connection)
        .await?;
    for upload in ended {
        named.pending.extend(read_keys(&upload.keys)?.into_iter().filter(is_original));
    }
    Ok(())
}

async fn list(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
) -> Result<Vec<AttemptFiles>, StoreError> {
    let found = attempt::Entity::find()
        .find_also_related(upload::Entity)
        .filter(in_scope(scope, upload::Column::Region, Some(upload::Column::Unit)))
        .order_by_asc(attempt::Column::StartedAt)
        .order_by_asc(attempt::Column::Id)
        .all(connection)
        .await?;
    let files = found.into_iter().map(|(model, upload)| {
        let upload = upload.filter(|upload| upload.attempt.as_ref() == Some(&model.id));
        let standing = match upload {
            Some(upload) if upload.ended_at.is_some() => Standing::Kept,
            Some(_) if model.leased_until > micros(now) => Standing::Live,
            _ => Standing::Over,
        };
        Ok(AttemptFiles { keys: read_keys(&model.keys)?, id: model.id, standing })
    });
    files.collect()
}

/// The attempt that holds an upload, and until when.
pub(crate) async fn find_live(
    connection: &impl ConnectionTrait,
    upload: &str,
    now: DateTime<Utc>,
) -> Result<Option<(String, DateTime<Utc>)>, StoreError> {
    let found = attempt::Entity::find()
        .filter(attempt::Column::UploadId.eq(upload))
        .filter(attempt::Column::LeasedUntil.gt(micros(now)))
        .one(connection)
        .await?;
    Ok(found.map(|model| (model.id, instant(model.leased_until))))
}

/// A new attempt holds the upload.
pub(crate) async fn insert(
    connection: &impl ConnectionTrait,
    upload: &upload::Model,
    new: &NewUpload,
) -> Result<Attempt, StoreError> {
    let row = attempt::ActiveModel {
        id: Set(new.attempt.clone()),
        upload_id: Set(upload.id.clone()),
        keys: Set(serde_json::Value::from(new.keys.clone()).to_string()),
        started_at: Set(micros(new.started_at)),
        leased_until: Set(micros(new.leased_until)),
    };
    row.insert(connection).await?;
    Ok(Attempt { id: new.attempt.clone(), upload: upload.id.clone() })
}

/// The attempt holds nothing any more; whether it held something until now.
pub(crate) async fn end(connection: &impl ConnectionTrait, attempt: &str) -> Result<bool, StoreError> {
    let ended = attempt::Entity::update_many()
        .col_expr(attempt::Column::LeasedUntil, Expr::value(0_i64))
        .filter(attempt::Column::Id.eq(attempt))
        .filter(attempt::Column::LeasedUntil.gt(0))
        .exec(connection)
        .await?;
    Ok(ended.rows_affected > 0)
}

fn read_keys(text: &str) -> Result<Vec<String>, StoreError> {
    let wrong = |_| StoreError::NotUnderstood { column: "upload_attempts.keys", value: text.to_owned() };
    serde_json::from_str(text).map_err(wrong)
}
