//! Reads columns of one batch side by side: from its main part, its personal part and its links.
//!
//! The three files have the same rows in the same order, so a row needs no join: the same selection is read from each,
//! a few thousand rows at a time. A column that the batch's template version does not have comes back as `None`.

use std::collections::VecDeque;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection,
};
use datafusion::parquet::file::reader::ChunkReader;
use gongzhi_core::state::VisibleBatch;

use crate::batch_error::BatchError;
use crate::keys::Keys;
use crate::part_digests;
pub(crate) use crate::part_source::Source;
use crate::sealed::SealedFile;

/// Rows read at a time.
pub(crate) const READ_ROWS: usize = 8_192;

/// Where batches are kept, and the keys that open their personal parts.
#[derive(Debug, Clone, Copy)]
pub struct DataPlace<'a> {
    /// The data folder.
    pub folder: &'a Path,
    /// The deployment's keys.
    pub keys: &'a Keys,
}

/// Reads some columns of a batch for some of its rows.
pub(crate) struct PartReader {
    files: Vec<FileReader>,
    /// For each column asked for: which file, and under which name it is there.
    columns: Vec<Option<(usize, String)>>,
    rows_left: usize,
}

struct FileReader {
    reader: ParquetRecordBatchReader,
    pending: VecDeque<RecordBatch>,
}

/// A few thousand rows: the columns asked for, and how many rows.
pub(crate) struct Slice {
    pub(crate) columns: Vec<Option<ArrayRef>>,
    pub(crate) rows: usize,
}

impl PartReader {
    /// `rows`: numbers of the rows wanted, ascending; `None` for all.
    pub(crate) fn open(
        place: DataPlace<'_>,
        visible: &VisibleBatch,
        columns: &[(Source, String)],
        rows: Option<&[u32]>,
    ) -> Result<Self, BatchError> {
        let mut reader = Self { files: Vec::new(), columns: vec![None; columns.len()], rows_left: 0 };
        let all = usize::try_from(visible.rows).unwrap_or(usize::MAX);
        reader.rows_left = rows.map_or(all, <[u32]>::len);
        let selection = rows.filter(|rows| rows.len() < all).map(|rows| select(rows, all));
        for source in [Source::Main, Source::Personal, Source::Links] {
            let wanted: Vec<(usize, &str)> = columns
                .iter()
                .enumerate()
                .filter(|(_, (from, _))| *from == source)
                .map(|(at, (_, name))| (at, name.as_str()))
                .collect();
            if !wanted.is_empty() {
                reader.open_source(place, visible, source, (&wanted, selection.as_ref()))?;
            }
        }
        Ok(reader)
    }

    fn open_source(
        &mut self,
        place: DataPlace<'_>,
        visible: &VisibleBatch,
        source: Source,
        (wanted, selection): (&[(usize, &str)], Option<&RowSelection>),
    ) -> Result<(), BatchError> {
        let Some((key, digested)) = source.file_of(visible) else { return Ok(()) };
        let path = place.folder.join(key);
        let failed = |error| BatchError::file(&path, error);
        let compare = || digested.map_or(Ok(()), |part| part_digests::compare(&path, part, visible, source));
        let file = if source == Source::Personal {
            let batch = &visible.batch.id;
            let erased = || BatchError::Erased { batch: batch.clone() };
            let data_key = place.keys.find_data_key(batch)?.ok_or_else(erased)?;
            compare()?;
            self.project(SealedFile::open(&path, data_key).map_err(failed)?, wanted, selection)?
        } else {
            compare()?;
            self.project(File::open(&path).map_err(failed)?, wanted, selection)?
        };
        self.files.extend(file.map(|reader| FileReader { reader, pending: VecDeque::new() }));
        Ok(())
    }

    fn project<F: ChunkReader + 'static>(
        &mut self,
        file: F,
        wanted: &[(usize, &str)],
        selection: Option<&RowSelection>,
    ) -> Result<Option<ParquetRecordBatchReader>, BatchError> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
        let there: Vec<(usize, &str)> =
            wanted.iter().copied().filter(|(_, name)| builder.schema().index_of(name).is_ok()).collect();
        if there.is_empty() {
            return Ok(None);
        }
        for (at, name) in &there {
            self.columns[*at] = Some((self.files.len(), (*name).to_owned()));
        }
        let mask = ProjectionMask::columns(builder.parquet_schema(), there.iter().map(|(_, name)| *name));
        let mut builder = builder.with_projection(mask).with_batch_size(READ_ROWS);
        if let Some(selection) = selection {
            builder = builder.with_row_selection(selection.clone());
        }
        Ok(Some(builder.build()?))
    }

    /// The next rows; `None` at the end.
    pub(crate) fn next_slice(&mut self) -> Result<Option<Slice>, BatchError> {
        if self.rows_left == 0 {
            return Ok(None);
        }
        let mut rows = self.rows_left.min(READ_ROWS);
        for file in &mut self.files {
            if file.pending.is_empty() {
                file.pending.extend(file.reader.next().transpose()?);
            }
            // A file with fewer rows than the batch is damaged: what it lacks can't be told from what is null.
            let damaged = || datafusion::parquet::errors::ParquetError::EOF("rows are missing".to_owned());
            rows = rows.min(file.pending.front().ok_or_else(damaged)?.num_rows());
        }
        let taken: Vec<RecordBatch> = self.files.iter_mut().filter_map(|file| file.take(rows)).collect();
        let column = |found: &Option<(usize, String)>| {
            let (file, name) = found.as_ref()?;
            taken[*file].column_by_name(name).cloned()
        };
        let columns = self.columns.iter().map(column).collect();
        self.rows_left -= rows;
        Ok(Some(Slice { columns, rows }))
    }
}

impl FileReader {
    fn take(&mut self, rows: usize) -> Option<RecordBatch> {
        let batch = self.pending.pop_front()?;
        if batch.num_rows() > rows {
            self.pending.push_front(batch.slice(rows, batch.num_rows() - rows));
        }
        Some(batch.slice(0, rows))
    }
}

fn select(rows: &[u32], all: usize) -> RowSelection {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for row in rows.iter().map(|row| *row as usize) {
        match ranges.last_mut() {
            Some(range) if range.end == row => range.end += 1,
            _ => ranges.push(row..row + 1),
        }
    }
    RowSelection::from_consecutive_ranges(ranges.into_iter(), all)
}
