//! What is handed in: an upload and where it stands, the attempt that takes it in, the batches it becomes.

use chrono::{DateTime, NaiveDate, Utc};
use gongzhi_core::catalog::{Mark, Mode};
use gongzhi_core::intake::OwnHeader;
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;

use crate::store::StoreError;

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

    pub(super) fn read(text: &str) -> Result<Self, StoreError> {
        [Self::Started, Self::Accepted, Self::Blocked, Self::Refused]
            .into_iter()
            .find(|status| status.key() == text)
            .ok_or_else(|| StoreError::NotUnderstood { column: "uploads.status", value: text.to_owned() })
    }
}

/// A file about to be taken in.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// Id of the attempt, drawn by the caller; a new upload takes it too.
    pub attempt: String,
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
    /// Every key that the attempt may write below the data folder.
    pub keys: Vec<String>,
    /// Of a folder that is one delivery, in which a file is told by its name: [`Work::settle_delivery`](crate::shared::work::Work::settle_delivery) orders it.
    pub is_delivered: bool,
    /// Now.
    pub started_at: DateTime<Utc>,
    /// Until then nobody else takes it in.
    pub leased_until: DateTime<Utc>,
}

/// Who takes an upload in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// This attempt does.
    Mine(Attempt),
    /// It was accepted before.
    Done(Box<Upload>),
    /// Another attempt does, at the latest until then.
    Busy {
        /// The other attempt.
        attempt: String,
        /// End of its lease.
        until: DateTime<Utc>,
    },
}

/// An attempt that holds an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id: what it writes is named by it.
    pub id: String,
    /// Id of the upload.
    pub upload: String,
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
    /// The attempt that ended it, or holds it; none for an upload of an earlier program, whose original is under its own id.
    pub attempt: Option<String>,
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
    /// The latest batch of its group that the caller knew when it said what this one corrects.
    pub after: Option<String>,
    /// Key and digest of the main part; none for a nil set.
    pub main: Option<(String, String)>,
    /// Key and digest of the personal part.
    pub personal: Option<(String, String)>,
    /// Rows.
    pub rows: u64,
    /// Where its columns stood in the sheets of the file, as far as that is known.
    pub sheets: Vec<OwnHeader>,
}
