//! The events of one file as they arrive from the process that reads it.

use std::io::{BufRead, BufReader, Read};

use super::error::ReadError;
use super::event::RawEvent;
use super::pool::Lease;
use super::wire::Receiver;

/// Bytes taken from a pipe at once.
pub(super) const PIPE_BYTES: usize = 128 << 10;

/// Where frames come from.
enum Source {
    /// A worker under limits.
    Worker(Lease),
    /// Frames already at hand.
    Bytes(BufReader<Box<dyn Read + Send>>),
}

/// The events of one file.
pub struct RowStream {
    source: Source,
    receiver: Receiver,
    is_over: bool,
}

impl RowStream {
    pub(super) fn of_worker(lease: Lease) -> Self {
        Self { source: Source::Worker(lease), receiver: Receiver::new(), is_over: false }
    }

    /// Frames recorded earlier: for tests of what is built upon events.
    pub fn of_frames(frames: impl Read + Send + 'static) -> Self {
        Self { source: Source::Bytes(BufReader::new(Box::new(frames))), receiver: Receiver::new(), is_over: false }
    }

    /// The next event; `None` when the file is over.
    ///
    /// # Errors
    /// The file is refused, or the process that read it died: then the reason is what its death tells.
    pub fn next_event(&mut self) -> Result<Option<RawEvent<'_>>, ReadError> {
        if self.is_over {
            return Ok(None);
        }
        // What comes next decides whether the worker may be used again, so it is looked at before it is given on.
        let input: &mut dyn BufRead = match &mut self.source {
            Source::Worker(lease) => lease,
            Source::Bytes(bytes) => bytes,
        };
        match self.receiver.next(input) {
            Ok(Some(event)) => Ok(Some(event)),
            Ok(None) => {
                self.is_over = true;
                if let Source::Worker(lease) = &mut self.source {
                    lease.give_back();
                }
                Ok(None)
            }
            Err(error) => {
                self.is_over = true;
                Err(match &mut self.source {
                    Source::Worker(lease) => lease.explain(error),
                    Source::Bytes(_) => error,
                })
            }
        }
    }
}
