//! Where the deployment's keys come from: an edge of the process. By default files in the home folder; a device or a
//! service that keeps keys would stand here too.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{KeyError, hex, unhex};
use crate::disk::{create_locked_with, sync_folder_of};

/// The keys of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyName {
    /// Signs (SM2).
    Signing,
    /// Wraps the data keys of personal parts (SM4).
    Wrapping,
    /// Makes the digests that stand for natural persons (HMAC-SM3).
    Persons,
    /// Makes the digests of rows and values (HMAC-SM3).
    Rows,
}

impl KeyName {
    /// Every key.
    pub const ALL: [Self; 4] = [Self::Signing, Self::Wrapping, Self::Persons, Self::Rows];

    /// The name by which the store knows it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Wrapping => "wrapping",
            Self::Persons => "persons",
            Self::Rows => "rows",
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::Signing => "signing.sm2",
            Self::Wrapping => "wrapping.sm4",
            Self::Persons => "digest.hmac-sm3",
            Self::Rows => "rows.hmac-sm3",
        }
    }
}

/// Where keys come from and new ones are kept.
pub trait KeySource {
    /// The bytes of a key; `None` when it is not there.
    ///
    /// # Errors
    /// It can't be told, or what is there is no key.
    fn find(&self, name: KeyName) -> Result<Option<Vec<u8>>, KeyError>;

    /// Keeps a new key. Of two programs that keep one at the same moment one wins, and both find the winner's.
    ///
    /// # Errors
    /// It can't be kept.
    fn keep(&self, name: KeyName, key: &[u8]) -> Result<(), KeyError>;

    /// Where a key is kept, for a person who looks for it.
    fn place(&self, name: KeyName) -> String;
}

/// Keys in files that nobody else may read.
#[derive(Debug, Clone)]
pub struct KeyFiles {
    folder: PathBuf,
}

impl KeyFiles {
    /// Those of a home folder, in `<home>/keys`.
    pub fn of_home(home: &Path) -> Self {
        Self { folder: home.join("keys") }
    }

    fn path(&self, name: KeyName) -> PathBuf {
        self.folder.join(name.file())
    }
}

impl KeySource for KeyFiles {
    fn find(&self, name: KeyName) -> Result<Option<Vec<u8>>, KeyError> {
        let path = self.path(name);
        let Some(text) = read_text(&path)? else { return Ok(None) };
        unhex(text.trim()).filter(|key| !key.is_empty()).map(Some).ok_or(KeyError::Damaged { path })
    }

    fn keep(&self, name: KeyName, key: &[u8]) -> Result<(), KeyError> {
        create_private_folder(&self.folder)?;
        write_once(&self.path(name), format!("{}\n", hex(key)).as_bytes())
    }

    fn place(&self, name: KeyName) -> String {
        self.path(name).display().to_string()
    }
}

pub(super) fn read_text(path: &Path) -> Result<Option<String>, KeyError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(KeyError::File { path: path.to_owned(), source }),
    }
}

/// Writes a file that nobody else may read, unless it is already there: of two programs that make a key at the same
/// moment one wins, and both use the winner's.
pub(super) fn write_once(path: &Path, content: &[u8]) -> Result<(), KeyError> {
    let (part, _lock) = write_part(path, content)?;
    let linked = fs::hard_link(&part, path);
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    fs::remove_file(&part).map_err(failed)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(error)),
        _ => sync_folder_of(path).map_err(failed),
    }
}

pub(super) fn replace(path: &Path, content: &[u8]) -> Result<(), KeyError> {
    let (part, _lock) = write_part(path, content)?;
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    fs::rename(&part, path).map_err(failed)?;
    sync_folder_of(path).map_err(failed)
}

/// Writes a file beside its place, locked for as long as it is open: one that nobody has locked was left behind.
fn write_part(path: &Path, content: &[u8]) -> Result<(PathBuf, File), KeyError> {
    let part = path.with_extension(format!("{}.part", std::process::id()));
    let written = private_file(&part).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()?;
        Ok(file)
    });
    let file = written.map_err(|source| KeyError::File { path: path.to_owned(), source })?;
    Ok((part, file))
}

fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    create_locked_with(path, fs::OpenOptions::new().write(true).mode(0o600))
}

pub(super) fn create_private_folder(path: &Path) -> Result<(), KeyError> {
    let mut builder = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(builder.recursive(true), 0o700);
    builder.create(path).map_err(|source| KeyError::File { path: path.to_owned(), source })
}
