//! Files packed together.

use std::io::Write;

use zip::write::{SimpleFileOptions, ZipWriter};

use super::error::OfficeFileError;

/// An archive of files by name.
pub fn archive_of(members: &[(String, Vec<u8>)]) -> Result<Vec<u8>, OfficeFileError> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(name.as_str(), SimpleFileOptions::default())?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}
