//! Why a file can't be read: each reason becomes a sentence that says how to mend it.

use gongzhi_core::messages::Message;

/// Reasons why a file can't be opened that have sentences of their own.
const ABSENT: &str = "absent";
const NO_RIGHT: &str = "no right to read it";
pub(super) const NO_FILE: &str = "not a file";

/// What a zip inside a zip is called.
pub(super) const ZIP_IN_ZIP: &str = "zip in zip";
/// Packed files that are not unpacked here.
const PACKED: [&str; 5] = ["RAR", "7z", "gzip", "bzip2", "xz"];

/// A refusal. Nothing of the file may be used after it, whatever was read before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Zero bytes.
    #[error("the file is empty")]
    ZeroBytes,
    /// A password stands before it.
    #[error("the file is encrypted")]
    Encrypted,
    /// It is one of the known formats but damaged.
    #[error("the file is damaged: {0}")]
    Unreadable(String),
    /// It is something else: a document, an image, a program.
    #[error("no table format: {0}")]
    NoTable(String),
    /// It asks for more than a file may: which limit.
    #[error("beyond the limits: {0}")]
    BeyondLimits(Limit),
    /// It can't be opened: absent, no right, a folder.
    #[error("can't be opened: {0}")]
    CannotOpen(String),
    /// The reading process couldn't be started or spoke nonsense; the file is not to blame.
    #[error("the reading process failed: {0}")]
    Worker(String),
}

/// A limit a file went beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Memory.
    Memory,
    /// Time.
    Time,
    /// Bytes of a file that must be read whole.
    FileSize,
    /// Cells of a file that must be read whole.
    Cells,
    /// Distinct strings of a workbook.
    Strings,
    /// Parts of a zip.
    Parts,
    /// Bytes of one row or cell.
    RowSize,
}

impl Limit {
    /// Every limit with its key in messages and between processes.
    const ALL: [(Limit, &'static str); 7] = [
        (Limit::Memory, "memory"),
        (Limit::Time, "time"),
        (Limit::FileSize, "file-size"),
        (Limit::Cells, "cells"),
        (Limit::Strings, "strings"),
        (Limit::Parts, "parts"),
        (Limit::RowSize, "row-size"),
    ];

    /// The limit's key.
    pub fn key(self) -> &'static str {
        Self::ALL.iter().find(|(limit, _)| *limit == self).map_or("memory", |(_, key)| key)
    }

    /// The limit with this key.
    pub fn find(key: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == key).map(|(limit, _)| *limit)
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.key())
    }
}

impl ReadError {
    /// The refusal of a file that the system doesn't open.
    pub(super) fn cannot_open(error: std::io::Error) -> Self {
        Self::CannotOpen(match error.kind() {
            std::io::ErrorKind::NotFound => ABSENT.to_owned(),
            std::io::ErrorKind::PermissionDenied => NO_RIGHT.to_owned(),
            _ => error.to_string(),
        })
    }

    /// The sentence for a person: why, and how to mend it.
    pub fn message(&self) -> Message {
        self.told("")
    }

    /// Why, without its full stop.
    pub fn reason(&self) -> Message {
        self.told("-reason")
    }

    /// How to mend it, without its full stop.
    pub fn mend(&self) -> Message {
        self.told("-mend")
    }

    fn told(&self, part: &str) -> Message {
        let whole = self.whole();
        Message { key: format!("{}{part}", whole.key).into(), ..whole }
    }

    fn whole(&self) -> Message {
        match self {
            Self::ZeroBytes => Message::new("read-zero-bytes"),
            Self::Encrypted => Message::new("read-encrypted"),
            Self::Unreadable(_) => Message::new("read-unreadable"),
            Self::NoTable(kind) if kind == ZIP_IN_ZIP => Message::new("read-zip-in-zip"),
            Self::NoTable(kind) if PACKED.iter().any(|packed| packed.eq_ignore_ascii_case(kind)) => {
                Message::new("read-packed").with("kind", kind)
            }
            Self::NoTable(kind) => Message::new("read-no-table").with("kind", kind),
            Self::BeyondLimits(limit) => Message::new(format!("read-limit-{}", limit.key())),
            Self::CannotOpen(reason) if reason == ABSENT => Message::new("read-absent"),
            Self::CannotOpen(reason) if reason == NO_FILE => Message::new("read-no-file"),
            Self::CannotOpen(reason) if reason == NO_RIGHT => Message::new("read-no-right"),
            Self::CannotOpen(reason) => Message::new("read-cannot-open").with("reason", reason),
            Self::Worker(_) => Message::new("read-worker-failed"),
        }
    }

    /// The error as it crosses from the reading process: a code and a detail.
    pub(super) fn to_parts(&self) -> (&'static str, String) {
        match self {
            Self::ZeroBytes => ("zero-bytes", String::new()),
            Self::Encrypted => ("encrypted", String::new()),
            Self::Unreadable(detail) => ("unreadable", detail.clone()),
            Self::NoTable(kind) => ("no-table", kind.clone()),
            Self::BeyondLimits(limit) => ("limit", limit.key().to_owned()),
            Self::CannotOpen(reason) => ("cannot-open", reason.clone()),
            Self::Worker(detail) => ("worker", detail.clone()),
        }
    }

    /// The other way round.
    pub(super) fn from_parts(code: &str, detail: String) -> Self {
        match code {
            "zero-bytes" => Self::ZeroBytes,
            "encrypted" => Self::Encrypted,
            "unreadable" => Self::Unreadable(detail),
            "no-table" => Self::NoTable(detail),
            "limit" => Self::BeyondLimits(Limit::find(&detail).unwrap_or(Limit::Memory)),
            "cannot-open" => Self::CannotOpen(detail),
            _ => Self::Worker(detail),
        }
    }
}

impl From<std::io::Error> for ReadError {
    /// Errors while reading on. A damaged zip or deflate stream arrives here too.
    fn from(error: std::io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<ReadError>()) {
            Some(known) => known.clone(),
            None => Self::Unreadable(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_crosses_to_the_parent_unchanged() {
        let all = [
            ReadError::ZeroBytes,
            ReadError::Encrypted,
            ReadError::Unreadable("crc".into()),
            ReadError::NoTable("pdf".into()),
            ReadError::BeyondLimits(Limit::Strings),
            ReadError::CannotOpen("absent".into()),
            ReadError::Worker("died".into()),
        ];
        for error in all {
            let (code, detail) = error.to_parts();
            assert_eq!(ReadError::from_parts(code, detail), error);
        }
    }

    #[test]
    fn every_refusal_has_its_sentence_in_both_languages() {
        use gongzhi_core::messages::{Language, Translator};
        for language in [Language::Chinese, Language::English] {
            let translator = Translator::new(language);
            let limits = Limit::ALL.map(|(limit, _)| ReadError::BeyondLimits(limit));
            let opening = [ABSENT, NO_RIGHT, NO_FILE, "else"].map(|why| ReadError::CannotOpen(why.to_owned()));
            let others = [
                ReadError::ZeroBytes,
                ReadError::Encrypted,
                ReadError::Unreadable("crc".into()),
                ReadError::NoTable("pdf".into()),
                ReadError::NoTable(ZIP_IN_ZIP.to_owned()),
                ReadError::NoTable("RAR".into()),
                ReadError::Worker("died".into()),
            ];
            for error in limits.into_iter().chain(opening).chain(others) {
                let [whole, reason, mend] =
                    [error.message(), error.reason(), error.mend()].map(|message| translator.say(&message));
                assert!(whole.starts_with(&reason) && whole.contains(&mend), "{whole}");
                assert!(!reason.is_empty() && !mend.is_empty() && !whole.contains('{'), "{whole}");
                assert!(!reason.ends_with(['。', '.']) && !mend.ends_with(['。', '.']), "{whole}");
            }
        }
    }
}
