//! What can go wrong with a batch.

use std::io;
use std::path::{Path, PathBuf};

use datafusion::arrow::error::ArrowError;
use datafusion::parquet::errors::ParquetError;
use gongzhi_core::messages::Message;

use crate::keys::KeyError;

/// What can go wrong with a batch.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// A file can't be read or written.
    #[error("batch file {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Parquet says no.
    #[error("batch: {0}")]
    Parquet(#[from] ParquetError),
    /// Arrow says no.
    #[error("batch: {0}")]
    Arrow(#[from] ArrowError),
    /// A key can't be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A value does not fit its column: of another type, too large, or in a column the template version doesn't have.
    #[error("row {row} of sheet {sheet}: the value does not fit column {column}")]
    Misfit {
        /// Sheet.
        sheet: String,
        /// Row in the sheet.
        row: u32,
        /// Key of the column.
        column: String,
    },
    /// A part is not what the control store says was written.
    #[error("the {part} part of batch {batch} was changed: {path}")]
    Changed {
        /// The batch.
        batch: String,
        /// `main`, `personal` or `links`.
        part: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The data key of the personal part was destroyed.
    #[error("the personal part of batch {batch} was erased")]
    Erased {
        /// The batch.
        batch: String,
    },
}

impl BatchError {
    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }

    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::File { path, source } => {
                Message::new("state-batch-file").with("path", path.display()).with("reason", source)
            }
            Self::Parquet(error) => Message::new("state-batch-unreadable").with("reason", error),
            Self::Arrow(error) => Message::new("state-batch-unreadable").with("reason", error),
            Self::Key(error) => error.message(),
            Self::Misfit { sheet, row, column } => {
                Message::new("state-value-misfit").with("sheet", sheet).with("row", row).with("column", column)
            }
            Self::Changed { batch, part, path } => {
                Message::new(format!("state-batch-changed-{part}")).with("batch", batch).with("path", path.display())
            }
            Self::Erased { batch } => Message::new("state-batch-erased").with("batch", batch),
        }
    }
}
