//! What keeps bytes from being spooled.

use std::io;
use std::path::{Path, PathBuf};

use gongzhi_core::messages::Message;

/// Why bytes were not spooled.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The spool can't be written or read.
    #[error("spool {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is to name the spool is no id.
    #[error("no id to name a spool by")]
    NoId,
    /// The attempt has a spool already.
    #[error("attempt {attempt} has a spool already")]
    Begun {
        /// The attempt.
        attempt: String,
    },
    /// Somebody else is at it.
    #[error("somebody else is at the spool of attempt {attempt}")]
    Busy {
        /// The attempt.
        attempt: String,
    },
    /// The bytes do not follow what is there.
    #[error("the next byte is byte {next}")]
    Misplaced {
        /// The place of the next byte, from 0.
        next: u64,
    },
    /// There are more bytes than a file may have.
    #[error("more than {most_bytes} bytes")]
    TooLarge {
        /// So many it may have.
        most_bytes: u64,
    },
    /// Not as many bytes came as were said.
    #[error("{there} bytes came, {expected} were said")]
    Incomplete {
        /// So many were said.
        expected: u64,
        /// So many are there.
        there: u64,
    },
    /// What the bytes come from gives no more of them; what came before is acknowledged.
    #[error("the bytes broke off: {0}")]
    BrokenOff(io::Error),
}

impl SpoolError {
    pub(super) fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }

    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::File { path, source } => {
                Message::new("spool-file").with("path", path.display()).with("reason", source)
            }
            Self::NoId => Message::new("spool-no-id"),
            Self::Begun { attempt } => Message::new("spool-begun").with("attempt", attempt),
            Self::Busy { attempt } => Message::new("spool-busy").with("attempt", attempt),
            Self::Misplaced { next } => Message::new("spool-misplaced").with("next", next),
            Self::TooLarge { most_bytes } => Message::new("spool-too-large").with("most", *most_bytes >> 20),
            Self::Incomplete { expected, there } => {
                Message::new("spool-incomplete").with("expected", expected).with("there", there)
            }
            Self::BrokenOff(source) => Message::new("spool-broken-off").with("reason", source),
        }
    }
}
