//! The reading process: `gongzhi read-worker`.
//!
//! Readers of foreign formats believe counts that stand in the file; a workbook of 7 KB can ask for 10¹³ strings. So
//! they run in a process of their own that puts itself under limits ([`super::limits`]) and shuts itself in
//! ([`super::confinement`]) before the first file. It is handed open files over its standard input
//! ([`super::handing`]) and answers over its standard output: first a byte that says what of the confinement this
//! kernel lacks, then for each file its frames ([`super::wire`]). It ends when the input ends.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::confinement::confine;
use super::error::ReadError;
use super::formats;
use super::handing::{standard_input, take};
use super::limits::{limit_processor_time, limit_reading};
use super::wire::Sender;

/// Serves requests until the input ends.
///
/// # Errors
/// The parent went away in the middle of an answer, or there is none.
pub fn serve(answers: &mut dyn Write) -> Result<(), ReadError> {
    let failed = |error: io::Error| ReadError::Worker(error.to_string());
    // A reader that panics over a file says so in a frame; its text is for nobody.
    std::panic::set_hook(Box::new(|_| {}));
    let begun = Instant::now();
    let requests = standard_input().map_err(failed)?;
    limit_reading();
    let lacking = confine();
    let mut answers = BufWriter::with_capacity(super::stream::PIPE_BYTES, answers);
    answers.write_all(&[lacking.to_byte()]).and_then(|()| answers.flush()).map_err(failed)?;
    while let Some(([mut file], stem)) = take(&requests).map_err(failed)? {
        limit_processor_time(begun, size_of(&mut file));
        let mut sender = Sender::new(&mut answers);
        let outcome = catch_unwind(AssertUnwindSafe(|| formats::read_file(file, &stem, &mut sender)))
            .unwrap_or_else(|_| Err(ReadError::Unreadable("the reader stumbled".to_owned())));
        if let Err(ReadError::Worker(_)) = &outcome {
            return outcome;
        }
        sender.finish(&outcome)?;
    }
    Ok(())
}

/// The bytes of a file that has a size; it begins at its beginning.
fn size_of(file: &mut File) -> u64 {
    let size = file.seek(SeekFrom::End(0));
    size.and_then(|size| file.rewind().map(|()| size)).unwrap_or(0)
}
