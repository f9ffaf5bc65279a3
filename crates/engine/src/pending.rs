//! A file written once: beside its place, made to last, then renamed, so that after a loss of power it is there whole or
//! not at all. Its bytes are digested as they pass.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sm3::{Digest, Sm3};

use crate::batch::{BatchError, FilePart};
use crate::keys::{digest_text, sync_folder_of};
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

    /// Its place is another one, below the same folder.
    pub(crate) fn rename(&mut self, folder: &Path, key: String) {
        self.place = folder.join(&key);
        self.key = key;
    }

    /// Makes it last and puts it into its place.
    pub(crate) fn finish(mut self, writer: Digesting<BufWriter<File>>) -> Result<FilePart, BatchError> {
        let last = |writer: BufWriter<File>| -> io::Result<()> {
            writer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
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

/// Creates a file and locks it for as long as it is open: one that nobody has locked was left behind.
fn create_locked(part: &Path) -> io::Result<File> {
    loop {
        let file = File::create(part)?;
        file.lock()?;
        // Cleared by another program before it was locked, it is made again.
        if part.exists() {
            return Ok(file);
        }
    }
}

/// Removes what programs that were killed left half written below a folder. What another program is writing stays.
pub fn clear_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            clear_unfinished(&path);
        } else if path.extension().is_some_and(|extension| extension == "part")
            && File::options().write(true).open(&path).is_ok_and(|file| file.try_lock().is_ok())
        {
            // Another program may have cleared it at the same moment.
            let _ = fs::remove_file(&path);
        }
    }
}

/// Makes the folders of a file, each of them to last.
fn create_lasting_folders(root: &Path, file: &Path) -> io::Result<()> {
    fs::create_dir_all(root)?;
    let Some(folder) = file.parent().filter(|folder| !folder.exists()) else { return Ok(()) };
    fs::create_dir_all(folder)?;
    folder.ancestors().take_while(|ancestor| *ancestor != root).try_for_each(sync_folder_of)
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
