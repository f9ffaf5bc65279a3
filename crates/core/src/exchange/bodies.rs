//! What each kind of message says: plain words and numbers, as they stand in a file of it.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::catalog::{Mark, Mode};
use crate::intake::OwnHeader;
use crate::period::Period;
use crate::state::{Batch, DigestedFile, VisibleBatch};
use crate::values::SetMode;

/// A batch was accepted: everything that a question needs to know of it. Its rows are in its parts, which are told by key and
/// digest; the file as it was handed in stays where it was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchAccepted {
    /// Id of the batch.
    pub batch: String,
    /// Id of the upload that brought it.
    pub upload: String,
    /// Unit that sent it.
    pub unit: String,
    /// What the unit descends from.
    pub lineage: String,
    /// Item.
    pub item: String,
    /// Record kind within the item.
    pub kind: String,
    /// `stock` or `flow`.
    pub mark: String,
    /// How the item's sets follow one another, in the catalogue's word.
    pub item_mode: String,
    /// Period it is a set of, as `2025`, `2025H1`, `2025Q1`, `2025-03`.
    pub period: String,
    /// First day it covers.
    pub covers_from: NaiveDate,
    /// Last day it covers.
    pub covers_to: NaiveDate,
    /// What it said of itself, in the word of [`SetMode::key`].
    pub mode: String,
    /// Version of the template its rows follow.
    pub template_version: u32,
    /// Id of the batch it corrects, when it is a supplement.
    pub supplement_of: Option<String>,
    /// When it was accepted.
    pub accepted_at: DateTime<Utc>,
    /// The main part; none of a nil set.
    pub main: Option<NamedPart>,
    /// The personal part, when the kind has one.
    pub personal: Option<NamedPart>,
    /// Rows in it.
    pub rows: u64,
    /// Name of the file it came in.
    pub file: String,
    /// `sm3:` digest of that file.
    pub file_digest: String,
    /// What the clerk's own headers said in the sheets of that file, and which column each was taken for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sheets: Vec<OwnHeader>,
}

/// A part of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedPart {
    /// Its key below the data folder.
    pub key: String,
    /// `sm3:` digest of its bytes as they were written.
    pub digest: String,
}

/// A batch is visible no longer: it was sent back, or its file is another one now. As of earlier moments it is still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchReturned {
    /// Id of the batch.
    pub batch: String,
    /// It is not visible from then on.
    pub visible_until: DateTime<Utc>,
}

/// Files of a folder that is one delivery were put into their order: their batches count from one moment, each at the place of
/// its file's name, and those that were not visible any more are visible again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliverySettled {
    /// Ids of the batches.
    pub batches: Vec<String>,
    /// They count from then on.
    pub counts_from: DateTime<Utc>,
}

/// A word of a message that is none of its column's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAWord {
    /// Where it stands.
    pub column: &'static str,
    /// The word.
    pub value: String,
}

impl fmt::Display for NotAWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.column, self.value)
    }
}

impl BatchAccepted {
    /// What is told of a batch that was just accepted, and of the columns of its sheets.
    pub fn of(visible: VisibleBatch, sheets: Vec<OwnHeader>) -> Self {
        let part = |file: DigestedFile| NamedPart { key: file.key, digest: file.digest };
        let batch = visible.batch;
        Self {
            batch: batch.id,
            upload: visible.upload,
            unit: batch.unit,
            lineage: batch.lineage,
            item: batch.item,
            kind: batch.kind,
            mark: batch.mark.key().to_owned(),
            item_mode: batch.item_mode.key().to_owned(),
            period: batch.period.to_string(),
            covers_from: batch.covers_from,
            covers_to: batch.covers_to,
            mode: batch.mode.key().to_owned(),
            template_version: batch.template_version,
            supplement_of: batch.supplement_of,
            accepted_at: batch.accepted_at,
            main: visible.main.map(part),
            personal: visible.personal.map(part),
            rows: visible.rows,
            file: visible.file,
            file_digest: visible.file_digest,
            sheets,
        }
    }

    /// The batch in a region, at its place among those that were received there (`sequence`).
    ///
    /// # Errors
    /// A word is none that this program knows.
    pub fn into_visible(self, region: String, sequence: i64) -> Result<VisibleBatch, NotAWord> {
        let file = |part: NamedPart| DigestedFile { key: part.key, digest: part.digest };
        let batch = Batch {
            mark: Mark::read(&self.mark).map_err(|_| not_a_word("mark", &self.mark))?,
            item_mode: Mode::read(&self.item_mode).map_err(|_| not_a_word("item_mode", &self.item_mode))?,
            period: Period::from_str(&self.period).map_err(|_| not_a_word("period", &self.period))?,
            mode: SetMode::find(&self.mode).ok_or_else(|| not_a_word("mode", &self.mode))?,
            id: self.batch,
            sequence,
            region,
            unit: self.unit,
            lineage: self.lineage,
            item: self.item,
            kind: self.kind,
            covers_from: self.covers_from,
            covers_to: self.covers_to,
            template_version: self.template_version,
            accepted_at: self.accepted_at,
            supplement_of: self.supplement_of,
        };
        Ok(VisibleBatch {
            batch,
            main: self.main.map(file),
            personal: self.personal.map(file),
            links_key: None,
            rows: self.rows,
            file: self.file,
            file_digest: self.file_digest,
            upload: self.upload,
        })
    }
}

fn not_a_word(column: &'static str, value: &str) -> NotAWord {
    NotAWord { column, value: value.to_owned() }
}
