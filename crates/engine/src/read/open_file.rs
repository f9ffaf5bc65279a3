//! A file that is open: what is read is what was opened, whatever becomes of its path since.

use std::fs::{File, Metadata};
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

use super::error::{NO_FILE, ReadError};

/// A file open for reading, and what people call it. The name is told and never opened.
#[derive(Debug)]
pub struct OpenFile {
    file: File,
    name: String,
}

impl OpenFile {
    /// Opens the file of a path, which is its name too.
    ///
    /// # Errors
    /// It is absent or no file, or may not be read.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        // What is no file may let who opens it wait for ever.
        if !std::fs::metadata(path).map_err(ReadError::cannot_open)?.is_file() {
            return Err(ReadError::CannotOpen(NO_FILE.to_owned()));
        }
        let file = File::open(path).map_err(ReadError::cannot_open)?;
        Ok(Self { file, name: path.to_string_lossy().into_owned() })
    }

    /// A file that is open already, under the name people gave it. It is opened once more, for reading only.
    ///
    /// # Errors
    /// The system does not open it again.
    pub fn of(file: &File, name: &str) -> io::Result<Self> {
        Ok(Self { file: open_again(file)?, name: name.to_owned() })
    }

    /// The name people gave it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name without folders and ending, by which a table is called where the format names none.
    pub fn stem(&self) -> String {
        Path::new(&self.name).file_stem().map_or_else(|| "1".to_owned(), |stem| stem.to_string_lossy().into_owned())
    }

    /// Its bytes' number, and when they were last written.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn facts(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }

    /// The same file opened once more, for reading only and from its beginning: several may read it side by side, each from
    /// a place of its own.
    ///
    /// # Errors
    /// The system does not open it again.
    pub fn reader(&self) -> io::Result<File> {
        open_again(&self.file)
    }
}

/// A copy of the handle would share its place in the file with whoever else reads; this one is of its own, and is there
/// also when the file has lost its name.
fn open_again(file: &File) -> io::Result<File> {
    File::open(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    #[test]
    fn what_was_opened_is_read_from_its_beginning_by_each_also_when_its_path_is_another_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("三月.csv");
        std::fs::write(&path, "first").unwrap();
        let opened = OpenFile::open(&path).unwrap();
        std::fs::write(folder.path().join("new"), "second").unwrap();
        std::fs::rename(folder.path().join("new"), &path).unwrap();
        let mut text = String::new();
        let (mut one, mut other) = (opened.reader().unwrap(), opened.reader().unwrap());
        one.read_to_string(&mut text).unwrap();
        other.read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), opened.stem().as_str()), ("firstfirst", "三月"));
        assert!(one.write_all(b"x").is_err(), "for reading only");
    }

    #[test]
    fn a_name_is_told_and_never_opened() {
        let file = tempfile::tempfile().unwrap();
        let opened = OpenFile::of(&file, "../../x.xlsx").unwrap();
        assert_eq!((opened.name(), opened.stem().as_str()), ("../../x.xlsx", "x"));
        assert_eq!(OpenFile::of(&file, "..").unwrap().stem(), "1");
    }
}
