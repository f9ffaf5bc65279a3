//! Files that are there whole or not at all.
//!
//! A file written once: beside its place, made to last, then renamed, so that after a loss of power it is there whole or
//! not at all. Its bytes are digested as they pass.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sm3::{Digest, Sm3};

use crate::batch_error::BatchError;
use crate::batch_files::FilePart;
use crate::digests::digest_text;
pub(crate) use crate::disk::is_still_there;
pub use crate::disk::{clear_unfinished, is_locked};
use crate::disk::{create_lasting_folders, create_locked, sync_folder_of};
use crate::part_digests;

/// A file that is being written beside its place.
pub(crate) struct PendingFile {
    key: String,
    part: PathBuf,
    place: PathBuf,
    is_finished: bool,
}

impl PendingFile {
    /// Begins a file of the key below a folder.
    pub(crate) fn create(folder: &Path, key: String) -> Result<(Self, Digesting<BufWriter<File>>), BatchError> {
        let place = folder.join(&key);
        let part = folder.join(format!("{key}.part"));
        let opened = create_lasting_folders(folder, &part).and_then(|()| create_locked(&part));
        let file = opened.map_err(|source| BatchError::file(&part, source))?;
        let writer = Digesting { inner: BufWriter::new(file), digest: Sm3::new() };
        Ok((Self { key, part, place, is_finished: false }, writer))
    }

    /// Where it is written.
    pub(crate) fn part(&self) -> &Path {
        &self.part
    }

    /// Makes it last and puts it into its place.
    pub(crate) fn finish(mut self, writer: Digesting<BufWriter<File>>) -> Result<FilePart, BatchError> {
        let last = |writer: BufWriter<File>| -> io::Result<()> {
            // Locked until it stands in its place: unlocked it would be taken for one that was left behind.
            let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            fs::rename(&self.part, &self.place)?;
            sync_folder_of(&self.place)
        };
        last(writer.inner).map_err(|source| BatchError::file(&self.place, source))?;
        self.is_finished = true;
        let digest = digest_text(writer.digest);
        part_digests::note(&self.place, &digest);
        Ok(FilePart { key: self.key.clone(), digest })
    }
}

impl Drop for PendingFile {
    fn drop(&mut self) {
        if !self.is_finished {
            // What can't be removed is never visible, and cleared later.
            let _ = fs::remove_file(&self.part);
        }
    }
}

/// A program that is at work on something, told to others on the same machine by a lock that ends with it.
#[derive(Debug)]
pub struct AtWork {
    place: PathBuf,
    _lock: File,
}

impl AtWork {
    /// Tells that this program is at work on what this names.
    ///
    /// # Errors
    /// Nothing can be written below the data folder.
    pub fn begin(folder: &Path, name: &str) -> Result<Self, BatchError> {
        let place = place_of_work(folder, name);
        let locked = create_lasting_folders(folder, &place).and_then(|()| create_locked(&place));
        let lock = locked.map_err(|source| BatchError::file(&place, source))?;
        Ok(Self { place, _lock: lock })
    }

    /// Whether a program of this machine is at work on what this names.
    pub fn is_alive(folder: &Path, name: &str) -> bool {
        is_locked(&place_of_work(folder, name))
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        // What stays behind is locked by nobody, and cleared later.
        let _ = fs::remove_file(&self.place);
    }
}

fn place_of_work(folder: &Path, name: &str) -> PathBuf {
    folder.join("attempts").join(format!("{name}.part"))
}

/// A file for people and other programs: written beside its place, under its name with `.part` behind, and there whole once
/// it is finished. Until then whatever stood in its place stands there.
pub struct WholeFile {
    pending: PendingFile,
    writer: Digesting<BufWriter<File>>,
}

impl WholeFile {
    /// Begins a file; its folder is made where there is none.
    ///
    /// # Errors
    /// It can't be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (pending, writer) = PendingFile::create(folder, name).map_err(io_error)?;
        Ok(Self { pending, writer })
    }

    /// Where it is written until then, for who writes by path.
    pub fn part(&self) -> &Path {
        self.pending.part()
    }

    /// Makes it last and puts it into its place.
    ///
    /// # Errors
    /// The disk is full, or the place is a folder.
    pub fn finish(self) -> io::Result<()> {
        self.pending.finish(self.writer).map(|_| ()).map_err(io_error)
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Writes a whole file.
///
/// # Errors
/// It can't be written; what stood in its place still does.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = WholeFile::create(path)?;
    file.write_all(bytes)?;
    file.finish()
}

fn io_error(error: BatchError) -> io::Error {
    match error {
        BatchError::File { source, .. } => source,
        error => io::Error::other(error),
    }
}

/// Digests what passes through.
pub(crate) struct Digesting<W> {
    inner: W,
    digest: Sm3,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_at_work_is_told_until_it_ends_and_what_it_left_is_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let work = AtWork::begin(folder.path(), "a").unwrap();
        clear_unfinished(folder.path());
        assert!(AtWork::is_alive(folder.path(), "a") && !AtWork::is_alive(folder.path(), "b"));
        drop(work);
        assert!(!AtWork::is_alive(folder.path(), "a"));
        fs::write(folder.path().join("attempts/killed.part"), "").unwrap();
        assert!(!AtWork::is_alive(folder.path(), "killed"));
        clear_unfinished(folder.path());
        assert_eq!(fs::read_dir(folder.path().join("attempts")).unwrap().count(), 0);
    }

    #[test]
    fn a_file_is_there_whole_once_it_is_finished_and_what_stood_there_stands_until_then() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/leads.jsonl");
        write_whole(&path, b"old").unwrap();
        // What a killed program left is written over.
        fs::write(folder.path().join("new/leads.jsonl.part"), "a longer half").unwrap();
        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"ne").unwrap();
        file.flush().unwrap();
        assert_eq!((fs::read(&path).unwrap(), fs::read(file.part()).unwrap()), (b"old".to_vec(), b"ne".to_vec()));
        file.write_all(b"w").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        let dropped = WholeFile::create(&path).unwrap();
        drop(dropped);
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn what_is_made_while_another_program_clears_is_never_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let is_over = std::sync::atomic::AtomicBool::new(false);
        let seen = || is_over.load(std::sync::atomic::Ordering::Relaxed);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !seen() {
                        clear_unfinished(folder.path());
                    }
                });
            }
            for number in 0..2_000 {
                let path = folder.path().join(format!("{number}.json"));
                let written = write_whole(&path, b"whole");
                is_over.store(written.is_err() || number == 1_999, std::sync::atomic::Ordering::Relaxed);
                written.unwrap();
            }
        });
    }

    #[test]
    fn what_was_left_half_written_is_cleared_and_what_is_being_written_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join("item=a/left.parquet.part");
        fs::create_dir_all(left.parent().unwrap()).unwrap();
        fs::write(&left, "half").unwrap();
        let (pending, mut writer) = PendingFile::create(folder.path(), "item=a/now.parquet".to_owned()).unwrap();
        writer.write_all(b"whole").unwrap();
        clear_unfinished(folder.path());
        assert!(!left.exists());
        let part = pending.finish(writer).unwrap();
        assert_eq!(fs::read(folder.path().join(part.key)).unwrap(), b"whole");
    }
}
