//! Where buffered rows of a batch go: their keys and prints are made, and the parts encoded and written.
//!
//! Of a small batch that is done on the spot, and nothing in it is packed: unpacking a column takes the reader longer to
//! prepare than a few rows of it take to read. A large one gets a thread, for checking rows and writing them take about
//! the same time; one parcel of rows may wait for it, so memory stays bounded.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::WriterProperties;

use crate::batch_error::BatchError;
use crate::batch_files::FilePart;
use crate::fingerprint::RowPrints;
use crate::pending::{Digesting, PendingFile};
use crate::sealed::SealingWriter;

/// Parcels that may wait.
const WAITING: usize = 1;

/// A file of at most so many rows is small.
const SMALL_ROWS: usize = 1_000;

/// How the columns of a file of so many rows are packed.
pub(crate) fn packing_of(rows: usize) -> Compression {
    match rows {
        ..=SMALL_ROWS => Compression::UNCOMPRESSED,
        _ => Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default()),
    }
}

/// Buffered rows, column by column.
pub(crate) struct Parcel {
    /// Columns of the main part that say where rows came from, but for their keys and prints.
    pub(crate) origins: Vec<ArrayRef>,
    /// The kind's columns in the main part.
    pub(crate) main: Vec<ArrayRef>,
    /// The same two of the personal part.
    pub(crate) personal_origins: Vec<ArrayRef>,
    /// The kind's columns in the personal part.
    pub(crate) personal: Vec<ArrayRef>,
}

/// A file that passes bytes on to the disk and digests them.
type Disk = Digesting<BufWriter<File>>;

/// The two parts of a batch.
pub(crate) struct Parts {
    pub(crate) prints: RowPrints,
    pub(crate) main: PartWriter<Disk>,
    pub(crate) personal: Option<PartWriter<SealingWriter<Disk>>>,
}

impl Parts {
    /// Writes a parcel; `more`: others come after it.
    fn write(&mut self, parcel: Parcel, more: bool) -> Result<(), BatchError> {
        let Parcel { origins, main, personal_origins, personal } = parcel;
        let prints = self.prints.of_rows(&main, &personal)?;
        self.main.write(origins.into_iter().chain(prints).chain(main).collect(), more)?;
        match &mut self.personal {
            Some(part) => part.write(personal_origins.into_iter().chain(personal).collect(), more),
            None => Ok(()),
        }
    }

    /// Ends both parts, with further entries of metadata in the main one.
    pub(crate) fn finish(
        mut self,
        entries: impl Iterator<Item = KeyValue>,
    ) -> Result<(FilePart, Option<FilePart>), BatchError> {
        let personal = self.personal.map(|part| part.finish(SealingWriter::finish)).transpose()?;
        let main = self.main.writer.as_mut().ok_or_else(over)?;
        entries.for_each(|entry| main.append_key_value_metadata(entry));
        Ok((self.main.finish(Ok)?, personal))
    }
}

/// Writes one part.
pub(crate) struct PartWriter<W: Write + Send> {
    schema: SchemaRef,
    properties: WriterProperties,
    /// Where it goes, until the first rows are there: how it is packed hangs on whether they are all.
    target: Option<W>,
    writer: Option<ArrowWriter<W>>,
    file: PendingFile,
}

impl<W: Write + Send> PartWriter<W> {
    /// `wrap` puts what is needed around the file.
    pub(crate) fn create(
        mut pending: (PendingFile, Disk),
        schema: SchemaRef,
        properties: WriterProperties,
        wrap: impl FnOnce(Disk) -> io::Result<W>,
    ) -> Result<Self, BatchError> {
        let (file, target) = (&mut pending.0, pending.1);
        let target = wrap(target).map_err(|source| BatchError::file(file.part(), source))?;
        Ok(Self { schema, properties, target: Some(target), writer: None, file: pending.0 })
    }

    fn write(&mut self, columns: Vec<ArrayRef>, more: bool) -> Result<(), BatchError> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
        if let Some(target) = self.target.take() {
            let packing = packing_of(if more { usize::MAX } else { batch.num_rows() });
            let properties = self.properties.clone().into_builder().set_compression(packing).build();
            self.writer = Some(ArrowWriter::try_new(target, Arc::clone(&self.schema), Some(properties))?);
        }
        Ok(self.writer.as_mut().ok_or_else(over)?.write(&batch)?)
    }

    fn finish(self, unwrap: impl FnOnce(W) -> io::Result<Disk>) -> Result<FilePart, BatchError> {
        let writer = self.writer.ok_or_else(over)?.into_inner()?;
        let writer = unwrap(writer).map_err(|source| BatchError::file(self.file.part(), source))?;
        self.file.finish(writer)
    }
}

/// Who writes the parcels. Dropped unfinished, it leaves nothing behind.
pub(crate) enum Output {
    /// Who appends the rows.
    Here(Box<Parts>),
    /// A thread.
    Beside(Beside),
    /// Nobody any more: it failed.
    Over,
}

/// A thread that writes.
pub(crate) struct Beside {
    parcels: Option<SyncSender<Parcel>>,
    thread: Option<JoinHandle<Result<Box<Parts>, BatchError>>>,
}

impl Output {
    /// Hands a parcel over, and everything further to a thread.
    pub(crate) fn write_beside(&mut self, parcel: Parcel) -> Result<(), BatchError> {
        let mut beside = match std::mem::replace(self, Self::Over) {
            Self::Here(parts) => Beside::start(parts),
            Self::Beside(beside) => beside,
            Self::Over => return Err(over()),
        };
        if beside.parcels.as_ref().is_none_or(|parcels| parcels.send(parcel).is_err()) {
            // A thread that takes no more has failed, and says why.
            return beside.join().and(Err(over()));
        }
        *self = Self::Beside(beside);
        Ok(())
    }

    /// Writes the last parcel; the parts are to be finished.
    pub(crate) fn end(self, last: Parcel) -> Result<Parts, BatchError> {
        let mut parts = match self {
            Self::Here(parts) => parts,
            Self::Beside(mut beside) => beside.join()?,
            Self::Over => return Err(over()),
        };
        parts.write(last, false)?;
        Ok(*parts)
    }
}

impl Beside {
    fn start(parts: Box<Parts>) -> Self {
        let (parcels, received) = sync_channel(WAITING);
        let thread = thread::spawn(move || write_on(parts, &received));
        Self { parcels: Some(parcels), thread: Some(thread) }
    }

    fn join(&mut self) -> Result<Box<Parts>, BatchError> {
        self.parcels = None;
        let ended = self.thread.take().map(JoinHandle::join);
        ended.map_or_else(|| Err(over()), |ended| ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.parcels = None;
        if let Some(thread) = self.thread.take() {
            // Its files are gone once it has ended, whatever it says.
            let _ = thread.join();
        }
    }
}

fn write_on(mut parts: Box<Parts>, received: &Receiver<Parcel>) -> Result<Box<Parts>, BatchError> {
    for parcel in received {
        parts.write(parcel, true)?;
    }
    Ok(parts)
}

fn over() -> BatchError {
    let ended = datafusion::parquet::errors::ParquetError::General("the batch is over".to_owned());
    BatchError::Parquet(ended)
}
