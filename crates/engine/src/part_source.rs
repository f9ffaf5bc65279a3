//! Which file of a batch something is read from.

use gongzhi_core::state::{DigestedFile, VisibleBatch};

/// Which file of a batch a column is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Main,
    Personal,
    Links,
}

impl Source {
    /// The word for it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Personal => "personal",
            Self::Links => "links",
        }
    }

    /// The key of its file, and the file with its digest; links are worked out anew by every run and have none.
    pub(crate) fn file_of(self, visible: &VisibleBatch) -> Option<(&str, Option<&DigestedFile>)> {
        let part = match self {
            Self::Main => visible.main.as_ref(),
            Self::Personal => visible.personal.as_ref(),
            Self::Links => return Some((visible.links_key.as_deref()?, None)),
        };
        part.map(|part| (part.key.as_str(), Some(part)))
    }
}
