//! A file understood by a thread ahead of who uses it.
//!
//! Telling rows from what is around them and checking them take about the same time. On two threads a large file takes
//! half of it. Events go over in parcels, a few of which may be under way, so memory stays bounded; used rows go back
//! for their memory.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use super::error::ReadError;
use super::row::Row;
use super::sheet_reader::{SheetEvent, SheetReader};
use super::table::Out;

/// Events of a parcel.
const PARCEL: usize = 256;
/// Parcels that may be under way.
const PARCELS: usize = 4;

/// What comes over.
enum Parcel {
    Events(VecDeque<Out>),
    /// Nothing more: the file is over, or refused.
    End(Result<(), ReadError>),
}

/// The events of a file, understood ahead. Dropped before the file is over, its thread ends with the next parcel.
pub struct AheadReader {
    parcels: Receiver<Parcel>,
    used: Sender<Vec<Row>>,
    spent: Vec<Row>,
    waiting: VecDeque<Out>,
    current: Option<Out>,
    is_over: bool,
}

impl SheetReader {
    /// The same events, understood by a thread ahead of who asks for them.
    pub fn ahead(self) -> AheadReader {
        AheadReader::start(self)
    }
}

impl AheadReader {
    pub(super) fn start(reader: SheetReader) -> Self {
        let (filled, parcels) = sync_channel(PARCELS);
        let (used, empty) = channel();
        thread::spawn(move || read_on(reader, &filled, &empty));
        Self { parcels, used, spent: Vec::new(), waiting: VecDeque::new(), current: None, is_over: false }
    }

    /// The next event; `None` when the file is over.
    ///
    /// # Errors
    /// The file is refused. It may come after rows were given: they must not be used then.
    pub fn next_event(&mut self) -> Result<Option<SheetEvent<'_>>, ReadError> {
        if let Some(Out::Row(row)) = self.current.take() {
            self.spent.push(row);
            if self.spent.len() >= PARCEL {
                // A thread that has ended needs no rows.
                let _ = self.used.send(std::mem::take(&mut self.spent));
            }
        }
        while self.waiting.is_empty() {
            if self.is_over {
                return Ok(None);
            }
            // A thread that ends without saying how stumbled: what it gave is not the whole file.
            let stumbled = |_| Parcel::End(Err(ReadError::Worker("the reading thread ended".to_owned())));
            match self.parcels.recv().unwrap_or_else(stumbled) {
                Parcel::Events(events) => self.waiting = events,
                Parcel::End(outcome) => {
                    self.is_over = true;
                    outcome?;
                }
            }
        }
        self.current = self.waiting.pop_front();
        Ok(self.current.as_ref().map(SheetEvent::of))
    }
}

/// The thread's side.
fn read_on(mut reader: SheetReader, filled: &SyncSender<Parcel>, empty: &Receiver<Vec<Row>>) {
    loop {
        empty.try_iter().flatten().for_each(|row| reader.recycle(row));
        let outcome = reader.fill(PARCEL);
        if filled.send(Parcel::Events(reader.take_waiting())).is_err() {
            return;
        }
        let end = match outcome {
            Ok(true) => continue,
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        // Nobody listens any more: nothing to say.
        let _ = filled.send(Parcel::End(end));
        return;
    }
}
