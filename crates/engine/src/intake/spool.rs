//! Bytes that arrive from outside, spooled as they come: one file an attempt, `<data>/spool/<attempt>`.
//!
//! It is named by the attempt's id and nothing else; what people call the file is a text that goes along. A *named* spool
//! acknowledges only what lasts, so that an upload that broke off goes on after a restart from there. A *nameless* one, for a
//! file of this machine that can be read again, loses its name as soon as it is made and goes with the program, however
//! that ends. Of both the check and the original read the very same bytes ([`Spooled::file`]). A spool is not sealed, so
//! that nothing of it stays longer than it must: removed at the upload's end, or after a time without a byte
//! ([`clear_spools`]). Who has one holds its lock.

mod error;
#[cfg(test)]
mod tests;

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use self::error::SpoolError;
use crate::keys::sync_folder_of;
use crate::pending::is_still_there;
use crate::read::OpenFile;

/// The folder of the spools below the data folder.
pub(crate) const SPOOLS: &str = "spool";

/// Bytes taken from a stream at once.
const PIECE: usize = 64 * 1024;
/// The longest id.
const LONGEST_ID: usize = 64;

/// What has come so far of an upload. Dropped, a named one stays and can be resumed.
#[derive(Debug)]
pub struct Spool {
    path: PathBuf,
    is_named: bool,
    file: File,
    length: u64,
    acknowledged: u64,
    most_bytes: u64,
}

impl Spool {
    /// Begins the spool of an attempt below the data folder, for so many bytes at most. Its name lasts.
    ///
    /// # Errors
    /// The attempt's id is none, it has a spool already, or nothing can be written.
    pub fn begin(folder: &Path, attempt: &str, most_bytes: u64) -> Result<Self, SpoolError> {
        let spool = Self::create(folder, attempt, most_bytes)?;
        let lasts = spool.file.sync_all().and_then(|()| sync_folder_of(&spool.path));
        lasts.map_err(|source| spool.failed(source))?;
        Ok(spool)
    }

    /// Begins a spool that nobody can resume: it has lost its name, and its bytes go with the last who has it open. What it
    /// acknowledges need not last.
    ///
    /// # Errors
    /// As of [`Self::begin`].
    pub fn begin_nameless(folder: &Path, attempt: &str, most_bytes: u64) -> Result<Self, SpoolError> {
        let spool = Self::create(folder, attempt, most_bytes)?;
        fs::remove_file(&spool.path).map_err(|source| spool.failed(source))?;
        Ok(Self { is_named: false, ..spool })
    }

    fn create(folder: &Path, attempt: &str, most_bytes: u64) -> Result<Self, SpoolError> {
        let path = place_of(folder, attempt)?;
        let failed = |source: io::Error| SpoolError::file(&path, source);
        make_folder(folder).map_err(failed)?;
        let file = match File::options().read(true).write(true).create_new(true).mode(0o600).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(SpoolError::Begun { attempt: attempt.to_owned() });
            }
            opened => opened.map_err(failed)?,
        };
        lock(&file, &path, attempt)?;
        Ok(Self { path, is_named: true, file, length: 0, acknowledged: 0, most_bytes })
    }

    /// Goes on with the spool of an attempt; `None` when there is none. What a program that was killed wrote and did not
    /// acknowledge may be there or not; what is there lasts from here on and is acknowledged.
    ///
    /// # Errors
    /// The attempt's id is none, somebody else is at it, or it can't be read.
    pub fn resume(folder: &Path, attempt: &str, most_bytes: u64) -> Result<Option<Self>, SpoolError> {
        let path = place_of(folder, attempt)?;
        let failed = |source: io::Error| SpoolError::file(&path, source);
        let file = match File::options().read(true).write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        lock(&file, &path, attempt)?;
        if !is_still_there(&path, &file) {
            // Cleared before it was locked.
            return Ok(None);
        }
        file.sync_all().map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        Ok(Some(Self { path, is_named: true, file, length, acknowledged: length, most_bytes }))
    }

    /// How many bytes are there and last: the place from which an upload goes on.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// Adds bytes that begin at this place. They last once they are acknowledged. Gives the place of the next byte.
    ///
    /// # Errors
    /// They begin elsewhere than at the end, they are too many, or can't be written; then nothing of them is there.
    pub fn append(&mut self, offset: u64, bytes: &[u8]) -> Result<u64, SpoolError> {
        if offset != self.length {
            return Err(SpoolError::Misplaced { next: self.length });
        }
        let length = self.length.saturating_add(bytes.len() as u64);
        if length > self.most_bytes {
            return Err(SpoolError::TooLarge { most_bytes: self.most_bytes });
        }
        if let Err(source) = self.file.write_all_at(bytes, offset) {
            return Err(self.cut_back(offset, source));
        }
        self.length = length;
        Ok(length)
    }

    /// Makes what was added last. Gives the place from which an upload goes on.
    ///
    /// # Errors
    /// It does not last; what was added since the last time is gone.
    pub fn acknowledge(&mut self) -> Result<u64, SpoolError> {
        if self.is_named
            && self.acknowledged < self.length
            && let Err(source) = self.file.sync_data()
        {
            // A second attempt could succeed without having written anything.
            return Err(self.cut_back(self.acknowledged, source));
        }
        self.acknowledged = self.length;
        Ok(self.acknowledged)
    }

    /// Adds all there is to read, beginning at this place, and acknowledges it. What came before a stream broke off is
    /// acknowledged too.
    ///
    /// # Errors
    /// As of [`Self::append`] and [`Self::acknowledge`], and the stream's.
    pub fn receive(&mut self, offset: u64, mut stream: impl Read) -> Result<u64, SpoolError> {
        let mut piece = vec![0; PIECE];
        let mut next = offset;
        let outcome = loop {
            match stream.read(&mut piece) {
                Ok(0) => break Ok(()),
                Ok(length) => match self.append(next, &piece[..length]) {
                    Ok(end) => next = end,
                    Err(error) => break Err(error),
                },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(SpoolError::BrokenOff(error)),
            }
        };
        let acknowledged = self.acknowledge()?;
        outcome.map(|()| acknowledged)
    }

    /// Adds a file of this machine and acknowledges it. The system copies it, where the disk can without moving a byte.
    ///
    /// # Errors
    /// It is too large, or can't be read or written; then nothing of it is there.
    pub fn receive_file(&mut self, source: &OpenFile) -> Result<u64, SpoolError> {
        let (begin, room) = (self.length, self.most_bytes.saturating_sub(self.length));
        let too_large = SpoolError::TooLarge { most_bytes: self.most_bytes };
        let unreadable = |why: io::Error| SpoolError::file(Path::new(source.name()), why);
        if source.facts().map_err(unreadable)?.len() > room {
            return Err(too_large);
        }
        // It may grow meanwhile.
        let mut reader = source.reader().map_err(unreadable)?.take(room.saturating_add(1));
        let mut writer = &self.file;
        let copied = writer.seek(SeekFrom::Start(begin)).and_then(|_| io::copy(&mut reader, &mut writer));
        match copied {
            Ok(copied) if copied <= room => self.length = begin + copied,
            Ok(_) => {
                self.cut(begin);
                return Err(too_large);
            }
            Err(why) => return Err(self.cut_back(begin, why)),
        }
        self.acknowledge()
    }

    /// Ends it: no byte is missing, where it was said how many there are. From here on it is read under the name people
    /// gave the file.
    ///
    /// # Errors
    /// Bytes are missing or too many, or it can't be read; a named one can be resumed.
    pub fn finish(mut self, expected: Option<u64>, name: &str) -> Result<Spooled, SpoolError> {
        let there = self.acknowledge()?;
        if let Some(expected) = expected.filter(|expected| *expected != there) {
            return Err(SpoolError::Incomplete { expected, there });
        }
        // What could not be cut off before is no part of it.
        let file = self.file.set_len(there).and_then(|()| OpenFile::of(&self.file, name));
        let file = file.map_err(|source| self.failed(source))?;
        Ok(Spooled { file, spool: self })
    }

    /// Removes it: the upload was given up.
    ///
    /// # Errors
    /// It can't be removed.
    pub fn remove(self) -> Result<(), SpoolError> {
        if !self.is_named {
            return Ok(());
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(error)),
            _ => Ok(()),
        }
    }

    /// What did not fit, or does not last, is gone.
    fn cut_back(&mut self, length: u64, source: io::Error) -> SpoolError {
        self.cut(length);
        self.failed(source)
    }

    fn cut(&mut self, length: u64) {
        // What can't be cut off is written over by what comes next: it begins at the same place.
        let _ = self.file.set_len(length);
        self.length = length;
    }

    fn failed(&self, source: io::Error) -> SpoolError {
        SpoolError::file(&self.path, source)
    }
}

/// An upload that has come whole. Dropped, a named one stays, for whoever goes on with it.
#[derive(Debug)]
pub struct Spooled {
    file: OpenFile,
    spool: Spool,
}

impl Spooled {
    /// What came, for the check and for the original.
    pub fn file(&self) -> &OpenFile {
        &self.file
    }

    /// Only what came: a nameless one is there for as long as this is.
    pub fn into_file(self) -> OpenFile {
        self.file
    }

    /// Removes it: the upload has ended. Who still reads it reads on.
    ///
    /// # Errors
    /// It can't be removed.
    pub fn remove(self) -> Result<(), SpoolError> {
        self.spool.remove()
    }
}

/// Removes the spools below a data folder that nobody is at and that had no byte since a moment. Gives the attempts.
///
/// # Errors
/// The folder can't be read, or one can't be removed.
pub fn clear_spools(folder: &Path, older_than: SystemTime) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder.join(SPOOLS)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut cleared = Vec::new();
    for entry in entries {
        let entry = entry?;
        if clear_spool(&entry.path(), older_than)? {
            cleared.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(cleared)
}

/// Removes a spool that nobody is at and that had no byte since a moment. Whether it was removed.
pub(crate) fn clear_spool(path: &Path, older_than: SystemTime) -> io::Result<bool> {
    let is_left = |facts: &Metadata| facts.is_file() && facts.modified().is_ok_and(|written| written < older_than);
    // Looked at before it is locked: who is about to go on with a younger one is not kept from it.
    if !fs::symlink_metadata(path).is_ok_and(|facts| is_left(&facts)) {
        return Ok(false);
    }
    let file = match File::options().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        opened => opened?,
    };
    let is_mine = file.try_lock().is_ok() && is_still_there(path, &file);
    // Somebody may have gone on with it, and ended, in between.
    if !is_mine || !file.metadata().is_ok_and(|facts| is_left(&facts)) {
        return Ok(false);
    }
    fs::remove_file(path).map(|()| true)
}

/// Where the spool of an attempt is. An id is letters, digits and hyphens: nothing else becomes a path.
fn place_of(folder: &Path, attempt: &str) -> Result<PathBuf, SpoolError> {
    let is_id = |sign: u8| sign.is_ascii_alphanumeric() || sign == b'-';
    if attempt.is_empty() || attempt.len() > LONGEST_ID || !attempt.bytes().all(is_id) {
        return Err(SpoolError::NoId);
    }
    Ok(folder.join(SPOOLS).join(attempt))
}

/// The folder of the spools, which nobody else may look into.
fn make_folder(folder: &Path) -> io::Result<()> {
    let spools = folder.join(SPOOLS);
    if spools.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    // Another program may make it at the same moment.
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&spools)?;
    sync_folder_of(&spools)
}

fn lock(file: &File, path: &Path, attempt: &str) -> Result<(), SpoolError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => SpoolError::Busy { attempt: attempt.to_owned() },
        TryLockError::Error(source) => SpoolError::file(path, source),
    })
}
