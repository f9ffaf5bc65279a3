//! The reading process: `gongzhi read-worker`.
//!
//! Readers of foreign formats believe counts that stand in the file; a workbook of 7 KB can ask for 10¹³ strings. So
//! they run in a process of their own that puts itself under a limit of address space before the first file and of
//! processor time before each, and answers in frames ([`super::wire`]) over its standard output. Requests come over
//! its standard input: the length of a path and its bytes. It ends when the input ends.

use std::io::{self, BufWriter, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::error::ReadError;
use super::formats;
use super::limits::{limit_memory, limit_processor_time};
use super::wire::Sender;

/// The longest path.
const LONGEST_PATH: usize = 1 << 16;

/// Serves requests until the input ends.
///
/// # Errors
/// The parent went away in the middle of an answer.
pub fn serve(requests: &mut dyn Read, answers: &mut dyn Write) -> Result<(), ReadError> {
    // A reader that panics over a file says so in a frame; its text is for nobody.
    std::panic::set_hook(Box::new(|_| {}));
    let begun = Instant::now();
    limit_memory();
    let mut answers = BufWriter::with_capacity(super::stream::PIPE_BYTES, answers);
    while let Some(path) = next_request(requests).map_err(|error| ReadError::Worker(error.to_string()))? {
        limit_processor_time(begun, &path);
        let mut sender = Sender::new(&mut answers);
        let outcome = catch_unwind(AssertUnwindSafe(|| formats::read_file(&path, &mut sender)))
            .unwrap_or_else(|_| Err(ReadError::Unreadable("the reader stumbled".to_owned())));
        if let Err(ReadError::Worker(_)) = &outcome {
            return outcome;
        }
        sender.finish(&outcome)?;
    }
    Ok(())
}

/// Writes a request as [`serve`] reads it.
pub(super) fn put_request(requests: &mut dyn Write, path: &Path) -> io::Result<()> {
    let bytes = path_bytes(path)?;
    let mut request = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes().to_vec();
    request.extend_from_slice(bytes);
    requests.write_all(&request)
}

fn next_request(requests: &mut dyn Read) -> io::Result<Option<PathBuf>> {
    let mut length = [0_u8; 4];
    match requests.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST_PATH {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = vec![0; length];
    requests.read_exact(&mut bytes)?;
    path_from(bytes).map(Some)
}

/// Names of files on shared drives are often GBK: on Unix a path is its bytes.
#[cfg(unix)]
fn path_bytes(path: &Path) -> io::Result<&[u8]> {
    use std::os::unix::ffi::OsStrExt;
    Ok(path.as_os_str().as_bytes())
}

#[cfg(unix)]
fn path_from(bytes: Vec<u8>) -> io::Result<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Ok(std::ffi::OsString::from_vec(bytes).into())
}

#[cfg(not(unix))]
fn path_bytes(path: &Path) -> io::Result<&[u8]> {
    path.to_str().map(str::as_bytes).ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

#[cfg(not(unix))]
fn path_from(bytes: Vec<u8>) -> io::Result<PathBuf> {
    String::from_utf8(bytes).map(PathBuf::from).map_err(|_| io::ErrorKind::InvalidInput.into())
}
