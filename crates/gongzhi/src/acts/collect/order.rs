//! A file to be taken in, and what is said of it beside what it says itself.

use std::fs::File;
use std::path::Path;

use gongzhi_core::intake::{Flags, Refusal};
use gongzhi_core::messages::Message;
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;
use gongzhi_engine::keys::digest_reader;

/// What is said about the files beside what they say themselves, as written on the command line.
#[derive(Debug, Clone, Default)]
pub struct IntakeOrder {
    /// `ITEM` or `ITEM.KIND`; the item by key, name or number.
    pub item: Option<String>,
    /// Unit, by key or name.
    pub unit: Option<String>,
    /// Period.
    pub period: Option<String>,
    /// Mode.
    pub mode: Option<String>,
    /// Check only.
    pub is_dry_run: bool,
    /// The name tells files apart too: of a folder, two files of the same content may be sets of two periods.
    pub is_by_name: bool,
}

/// A file as it lies there.
pub struct FileAtHand<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// The path as people named it.
    pub name: &'a str,
    /// It is a file of its own: what isn't (a folder, a pipe) the reader refuses.
    is_file: bool,
    /// Digest of its bytes, when it was asked for.
    pub(super) digest: Option<String>,
}

impl<'a> FileAtHand<'a> {
    /// A file to be taken in.
    pub fn new(path: &'a Path, name: &'a str) -> Self {
        let is_file = std::fs::metadata(path).is_ok_and(|facts| facts.is_file());
        Self { path, name, is_file, digest: None }
    }

    /// The same, its bytes digested: for who must know beforehand whether it was taken in before.
    pub fn digested(path: &'a Path, name: &'a str) -> Self {
        let file = Self::new(path, name);
        let digest = Some(path).filter(|_| file.is_file).and_then(|path| File::open(path).and_then(digest_reader).ok());
        Self { digest, ..file }
    }

    /// Its digest; empty when it was not asked for or can't be told.
    pub fn digest(&self) -> &str {
        self.digest.as_deref().unwrap_or_default()
    }
}

pub(super) fn flags_of(order: &IntakeOrder) -> Result<Flags, Refusal> {
    let period = match &order.period {
        Some(text) => Some(Period::find_spoken(&gongzhi_core::cells::narrow(text)).ok_or_else(|| {
            Refusal::new("period", Message::new("intake-period-unreadable").with("period", text)).about(text)
        })?),
        None => None,
    };
    let mode = match &order.mode {
        Some(text) => Some(SetMode::find(text).ok_or_else(|| {
            Refusal::new("mode", Message::new("intake-mode-unreadable").with("mode", text)).about(text)
        })?),
        None => None,
    };
    Ok(Flags { unit: order.unit.clone(), period, mode })
}

/// What makes a repeated hand-in the same one: the file, its name or whose it is and of when, and what was said about it.
pub(super) fn upload_identity(digest: &str, told_by: &str, order: &IntakeOrder) -> String {
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    let words = [digest, told_by].map(str::to_owned).into_iter();
    let words = words.chain([word(&order.item), word(&order.unit), word(&order.period), word(&order.mode)]);
    let words: Vec<String> = words.collect();
    gongzhi_engine::keys::digest(words.join("|").as_bytes())
}
