//! What can go wrong with the store, and what is said of it.

use std::path::PathBuf;

use gongzhi_core::exchange::ExchangeError;
use gongzhi_core::messages::Message;
use gongzhi_core::problems::{ActError, Code};
use sea_orm::DbErr;

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database says no.
    #[error("control store: {0}")]
    Database(#[from] DbErr),
    /// The folder of the store can't be made.
    #[error("control store folder {path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What is asked for is not in the scope, or not there: the two are not told apart.
    #[error("no such {what} in the scope")]
    NotThere {
        /// Upload, batch, run …
        what: &'static str,
    },
    /// The upload has already ended: what was accepted is never changed.
    #[error("upload {0} has already ended")]
    UploadEnded(String),
    /// Another attempt took the upload in hand meanwhile.
    #[error("attempt {0} is over")]
    AttemptOver(String),
    /// A set that was not known stands in the group now: what the new one corrects must be decided anew.
    #[error("another set came in between")]
    Overtaken,
    /// A job is in other hands, or its state forbids what is asked.
    #[error("job {0} is in other hands or its state forbids it")]
    JobRefused(String),
    /// A unit of work changed something and said nothing of it in the log.
    #[error("a change without an entry in the log")]
    NothingSaid,
    /// Its tables are those of an earlier program, and it was opened to read.
    #[error("control store of an earlier program")]
    Earlier,
    /// Its tables are those of a later program.
    #[error("control store of a later program")]
    Later,
    /// Another program wrote to it while it was read.
    #[error("control store written meanwhile")]
    WrittenMeanwhile,
    /// A message of the other half is not taken.
    #[error("exchange: {0}")]
    Exchange(#[from] ExchangeError),
    /// A row holds what this version of the program does not understand.
    #[error("control store: {column} holds {value}")]
    NotUnderstood {
        /// The column.
        column: &'static str,
        /// What it holds.
        value: String,
    },
}

impl StoreError {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::Database(error) => Message::new("store-database").with("reason", error),
            Self::Folder { path, source } => {
                Message::new("store-folder").with("path", path.display()).with("reason", source)
            }
            Self::NotThere { what } => Message::new("store-not-there").with("what", what),
            Self::Earlier => Message::new("store-earlier"),
            Self::Later => Message::new("store-later"),
            Self::WrittenMeanwhile => Message::new("store-written-meanwhile"),
            Self::UploadEnded(upload) => Message::new("store-upload-ended").with("upload", upload),
            Self::JobRefused(job) => Message::new("store-job-refused").with("job", job),
            Self::NothingSaid => Message::new("store-nothing-said"),
            Self::AttemptOver(_) | Self::Overtaken => Message::new("store-overtaken"),
            Self::Exchange(error) => error.message(),
            Self::NotUnderstood { column, value } => {
                Message::new("store-not-understood").with("column", column).with("value", value)
            }
        }
    }
}

impl From<StoreError> for ActError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::NotThere { .. } => Code::NotThere,
            StoreError::UploadEnded(_) | StoreError::JobRefused(_) | StoreError::Exchange(_) => Code::StateRefuses,
            StoreError::AttemptOver(_) | StoreError::Overtaken | StoreError::WrittenMeanwhile => Code::ChangedMeanwhile,
            StoreError::Earlier | StoreError::Later => Code::HomeUnsound,
            StoreError::Database(_)
            | StoreError::Folder { .. }
            | StoreError::NothingSaid
            | StoreError::NotUnderstood { .. } => Code::Unexpected,
        };
        Self::new(code, error.message())
    }
}
