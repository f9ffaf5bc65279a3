//! The file as it was handed in, kept sealed.
//!
//! It may hold anything a clerk typed, persons' numbers in any column, so it is under the same rule as the personal part
//! of a batch: sealed with a data key of its own, gone for good when that key is destroyed.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::batch::{BatchError, FilePart};
use crate::keys::Keys;
use crate::pending::PendingFile;
use crate::sealed::SealingWriter;

/// The key below the data folder under which an upload's original is kept.
pub fn upload_key(upload: &str) -> String {
    format!("uploads/{upload}.sealed")
}

/// Keeps a file sealed under the id of its upload.
///
/// # Errors
/// It can't be read, or not be written.
pub fn keep_upload(path: &Path, upload: &str, folder: &Path, keys: &Keys) -> Result<FilePart, BatchError> {
    let failed = |source: io::Error| BatchError::file(path, source);
    let mut original = File::open(path).map_err(failed)?;
    let data_key = keys.make_data_key(upload)?;
    let (pending, writer) = PendingFile::create(folder, upload_key(upload))?;
    let mut sealing = SealingWriter::create(writer, &data_key).map_err(failed)?;
    io::copy(&mut original, &mut sealing).map_err(failed)?;
    pending.finish(sealing.finish().map_err(failed)?)
}
