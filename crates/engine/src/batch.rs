//! Batches: the rows of one accepted set, written once to Parquet and never changed.
//!
//! A batch has a main part and, when its kind has personal columns, a personal part sealed with a key of its own (the
//! columns are in [`crate::schema`]). Rows are appended one by one and leave for the disk in groups, so memory does not
//! grow with the set. A part is written beside its place, made to last, renamed, and its folder made to last: after a
//! loss of power it is there whole or not at all. Nothing of time or chance is in the main part, so the same rows have
//! the same digest.
//!
//! `_key` is a digest of the key columns (of all columns, for a kind without key), `_print` of all values but the
//! period a row states of itself: which row speaks of the same thing, and whether it says the same. Where a kind has
//! personal columns both are keyed, and nobody can try out numbers against them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, FixedSizeBinaryBuilder, Int32Builder, Int64Builder,
    RecordBatch, StringBuilder,
};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;
use gongzhi_core::catalog::{Column, Kind};
use gongzhi_core::messages::Message;
use gongzhi_core::period::Period;
use gongzhi_core::values::{CellValue, RowAction, SetMode};

use crate::fingerprint::Fingerprints;
use crate::keys::{KeyError, Keys};
use crate::pending::{Digesting, PendingFile};
use crate::schema::{self, KEY_BYTES, ORIGIN_COLUMNS, Part};
use crate::sealed::SealingWriter;

/// Rows held before they are encoded.
const BUFFERED_ROWS: usize = 8_192;
/// Rows of a row group.
const GROUP_ROWS: usize = 65_536;

/// Where a main part keeps in which column of which sheet its columns stood; older batches have none.
pub(crate) const LAYOUTS_ENTRY: &str = "gongzhi.layouts";

/// What can go wrong with a batch.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// A file can't be read or written.
    #[error("batch file {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Parquet says no.
    #[error("batch: {0}")]
    Parquet(#[from] ParquetError),
    /// Arrow says no.
    #[error("batch: {0}")]
    Arrow(#[from] ArrowError),
    /// A key can't be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A value does not fit its column: of another type, too large, or in a column the template version doesn't have.
    #[error("row {row} of sheet {sheet}: the value does not fit column {column}")]
    Misfit {
        /// Sheet.
        sheet: String,
        /// Row in the sheet.
        row: u32,
        /// Key of the column.
        column: String,
    },
    /// The data key of the personal part was destroyed.
    #[error("the personal part of batch {batch} was erased")]
    Erased {
        /// The batch.
        batch: String,
    },
}

impl BatchError {
    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }

    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::File { path, source } => {
                Message::new("state-batch-file").with("path", path.display()).with("reason", source)
            }
            Self::Parquet(error) => Message::new("state-batch-unreadable").with("reason", error),
            Self::Arrow(error) => Message::new("state-batch-unreadable").with("reason", error),
            Self::Key(error) => error.message(),
            Self::Misfit { sheet, row, column } => {
                Message::new("state-value-misfit").with("sheet", sheet).with("row", row).with("column", column)
            }
            Self::Erased { batch } => Message::new("state-batch-erased").with("batch", batch),
        }
    }
}

/// What a batch is a set of.
#[derive(Debug, Clone)]
pub struct BatchDescription {
    /// Its id: the stem of its files.
    pub id: String,
    /// Region, six digits.
    pub region: String,
    /// Key of the unit that sent it.
    pub unit: String,
    /// Key of the item.
    pub item: String,
    /// Period.
    pub period: Period,
    /// Full or differential; a nil set has no files.
    pub mode: SetMode,
    /// Template version of its rows.
    pub template_version: u32,
    /// Which header of the sheet was taken for which column: (header, column key).
    pub mapping: Vec<(String, String)>,
}

/// Where a row stood, and what it does.
#[derive(Debug, Clone, Copy)]
pub struct RowOrigin<'a> {
    /// Sheet as named in the file.
    pub sheet: &'a str,
    /// Row in it, from 1.
    pub row: u32,
    /// What it does in a differential set.
    pub action: RowAction,
}

/// One file of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePart {
    /// Path below the data folder, with `/`.
    pub key: String,
    /// `sm3:` digest of its bytes.
    pub digest: String,
}

/// The files of a finished batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchFiles {
    /// The main part.
    pub main: FilePart,
    /// The personal part; none when the kind has no personal columns.
    pub personal: Option<FilePart>,
    /// Rows.
    pub rows: u64,
}

impl BatchDescription {
    /// The key of its main part, to be named in the control store before the file is written.
    pub fn main_key(&self, kind: &Kind) -> String {
        self.key_of(kind, "parquet")
    }

    /// The key of its personal part, when its kind has one.
    pub fn personal_key(&self, kind: &Kind) -> Option<String> {
        schema::personal_schema(kind, self.template_version)?;
        Some(self.key_of(kind, "personal.parquet"))
    }

    fn key_of(&self, kind: &Kind, extension: &str) -> String {
        let Self { id, item, region, period, .. } = self;
        format!("item={item}/kind={}/region={region}/period={period}/{id}.{extension}", kind.key)
    }

    fn metadata(&self, kind: &Kind) -> Vec<KeyValue> {
        let mapping: serde_json::Map<String, serde_json::Value> =
            self.mapping.iter().map(|(header, column)| (header.clone(), column.clone().into())).collect();
        let entries = [
            ("item", self.item.clone()),
            ("kind", kind.key.clone()),
            ("region", self.region.clone()),
            ("unit", self.unit.clone()),
            ("period", self.period.to_string()),
            ("mode", self.mode.key().to_owned()),
            ("template_version", self.template_version.to_string()),
            ("columns", serde_json::Value::Object(mapping).to_string()),
        ];
        entries.into_iter().map(|(key, value)| KeyValue::new(format!("gongzhi.{key}"), value)).collect()
    }
}

/// Where the values of a column of the kind go.
struct Destination {
    /// Builder in the main part; of a digested column, the digest's.
    main: Option<usize>,
    /// Builder in the personal part.
    personal: Option<usize>,
    part: Part,
}

/// The data key of a batch that is not finished yet: dropped, it is destroyed.
struct PendingKey<'k> {
    keys: &'k Keys,
    batch: String,
    is_kept: bool,
}

impl Drop for PendingKey<'_> {
    fn drop(&mut self) {
        if !self.is_kept
            && let Err(error) = self.keys.destroy_data_key(&self.batch)
        {
            tracing::warn!(batch = self.batch, %error, "the data key of an unfinished batch stays behind");
        }
    }
}

/// Writes one batch. Dropped unfinished, it leaves nothing behind.
pub struct BatchWriter<'k> {
    kind: &'k Kind,
    fingerprints: Fingerprints<'k>,
    destinations: Vec<Destination>,
    main: PartWriter<Digesting<BufWriter<File>>>,
    personal: Option<PartWriter<SealingWriter<Digesting<BufWriter<File>>>>>,
    data_key: Option<PendingKey<'k>>,
    origins: OriginBuilders,
    /// Where each sheet has its columns: column number by column key, by sheet.
    layouts: BTreeMap<String, BTreeMap<String, u32>>,
    rows: u64,
}

impl<'k> BatchWriter<'k> {
    /// Begins a batch below the data folder.
    pub fn create(
        folder: &Path,
        description: &BatchDescription,
        kind: &'k Kind,
        keys: &'k Keys,
    ) -> Result<Self, BatchError> {
        let version = description.template_version;
        let properties = properties(description, kind);
        let main_file = PendingFile::create(folder, description.main_key(kind))?;
        let main_schema = schema::batch_schema(kind, version);
        let main = PartWriter::create(main_file, main_schema, ORIGIN_COLUMNS.len(), &properties, Ok)?;
        let mut pending = None;
        let personal = match (description.personal_key(kind), schema::personal_schema(kind, version)) {
            (Some(key), Some(schema)) => {
                let data_key = keys.make_data_key(&description.id)?;
                pending = Some(PendingKey { keys, batch: description.id.clone(), is_kept: false });
                let file = PendingFile::create(folder, key)?;
                let seal = |writer| SealingWriter::create(writer, &data_key);
                Some(PartWriter::create(file, schema, 2, &properties, seal)?)
            }
            _ => None,
        };
        Ok(Self {
            kind,
            fingerprints: Fingerprints::new(kind, keys),
            destinations: destinations(kind, version),
            main,
            personal,
            data_key: pending,
            origins: OriginBuilders::default(),
            layouts: BTreeMap::new(),
            rows: 0,
        })
    }

    /// Keeps in which column of a sheet, from 1, each column of the kind stood, so that a row's evidence names a cell.
    pub fn record_layout(&mut self, sheet: &str, place_of: &[Option<u32>]) {
        if self.layouts.contains_key(sheet) {
            return;
        }
        let place = |(column, place): (&Column, &Option<u32>)| Some((column.key.clone(), (*place)?));
        let layout = self.kind.columns.iter().zip(place_of).filter_map(place).collect();
        self.layouts.insert(sheet.to_owned(), layout);
    }

    /// Appends a row: one value for each of the kind's columns in its order (null where the template version has none),
    /// and the original text of the cells whose value was changed in reading, by the column's place in that order.
    /// Gives back the row's number in the batch, from 0: the second half of its evidence handle.
    pub fn append(
        &mut self,
        origin: RowOrigin<'_>,
        values: &[CellValue<'_>],
        raw: &[(usize, &str)],
    ) -> Result<u64, BatchError> {
        let misfit = |column: usize| BatchError::Misfit {
            sheet: origin.sheet.to_owned(),
            row: origin.row,
            column: self.kind.columns.get(column).map(|column| column.key.clone()).unwrap_or_default(),
        };
        if values.len() != self.kind.columns.len() {
            return Err(misfit(values.len().min(self.kind.columns.len())));
        }
        let digests = self.fingerprints.digests(values);
        for (at, (value, destination)) in values.iter().zip(&self.destinations).enumerate() {
            let fits = match (destination.main, destination.personal) {
                (None, None) => matches!(value, CellValue::Null),
                (main, personal) => {
                    let in_main = match destination.part {
                        Part::Digested => {
                            digests.get(at).and_then(Option::as_deref).map_or(CellValue::Null, CellValue::Text)
                        }
                        _ => *value,
                    };
                    main.is_none_or(|main| self.main.builders[main].append(in_main))
                        && personal.is_none_or(|place| {
                            self.personal.as_mut().is_some_and(|part| part.builders[place].append(*value))
                        })
                }
            };
            if !fits {
                return Err(misfit(at));
            }
        }
        let (key, print) = self.fingerprints.of_row(values, &digests);
        let row_id = self.rows;
        self.origins.append(row_id, origin);
        self.origins.append_digests(key, print)?;
        self.origins.raw.append_option(self.raw_text(raw, false));
        self.origins.personal_raw.append_option(self.raw_text(raw, true));
        self.rows += 1;
        if self.rows.is_multiple_of(BUFFERED_ROWS as u64) {
            self.write_buffered()?;
        }
        Ok(row_id)
    }

    /// The original texts as a JSON object by column key; those of personal columns stay in the personal part.
    fn raw_text(&self, raw: &[(usize, &str)], is_personal: bool) -> Option<String> {
        let object: serde_json::Map<String, serde_json::Value> = raw
            .iter()
            .filter_map(|(at, text)| Some((self.kind.columns.get(*at)?, self.destinations.get(*at)?, *text)))
            .filter(|(_, destination, _)| (destination.part != Part::Main) == is_personal)
            .map(|(column, _, text)| (column.key.clone(), text.into()))
            .collect();
        (!object.is_empty()).then(|| serde_json::Value::Object(object).to_string())
    }

    fn write_buffered(&mut self) -> Result<(), BatchError> {
        let (main, personal) = self.origins.finish();
        self.main.write(main)?;
        match &mut self.personal {
            Some(part) => part.write(personal),
            None => Ok(()),
        }
    }

    /// Ends the batch: both parts stand in their places and last. They are visible only once the control store says so.
    pub fn finish(mut self) -> Result<BatchFiles, BatchError> {
        self.write_buffered()?;
        let personal = match self.personal {
            Some(part) => Some(part.finish(|sealing| sealing.finish())?),
            None => None,
        };
        if !self.layouts.is_empty() {
            let layouts = serde_json::json!(self.layouts).to_string();
            self.main.writer.append_key_value_metadata(KeyValue::new(LAYOUTS_ENTRY.to_owned(), layouts));
        }
        let main = self.main.finish(Ok)?;
        if let Some(data_key) = &mut self.data_key {
            data_key.is_kept = true;
        }
        Ok(BatchFiles { main, personal, rows: self.rows })
    }
}

fn destinations(kind: &Kind, version: u32) -> Vec<Destination> {
    let (mut main, mut personal) = (0, 0);
    let next = |counter: &mut usize| {
        *counter += 1;
        Some(*counter - 1)
    };
    let destination = |column| {
        let part = schema::part_of(kind, column);
        if !column.is_in(version) {
            return Destination { main: None, personal: None, part };
        }
        let main = if part == Part::Personal { None } else { next(&mut main) };
        let personal = if part == Part::Main { None } else { next(&mut personal) };
        Destination { main, personal, part }
    };
    kind.columns.iter().map(destination).collect()
}

fn properties(description: &BatchDescription, kind: &Kind) -> WriterProperties {
    let level = ZstdLevel::try_new(1).unwrap_or_default();
    let mut properties = WriterProperties::builder()
        .set_created_by("gongzhi".to_owned())
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_key_value_metadata(Some(description.metadata(kind)));
    for name in ["_key", "_print", "_row_id", "_row"] {
        let path = ColumnPath::from(name);
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_statistics_enabled(path, EnabledStatistics::None);
    }
    properties.build()
}

/// The builders of the columns that say where rows came from, of both parts.
struct OriginBuilders {
    row_id: Int64Builder,
    sheet: StringBuilder,
    row: Int32Builder,
    action: StringBuilder,
    raw: StringBuilder,
    personal_raw: StringBuilder,
    key: FixedSizeBinaryBuilder,
    print: FixedSizeBinaryBuilder,
}

impl Default for OriginBuilders {
    fn default() -> Self {
        Self {
            row_id: Int64Builder::new(),
            sheet: StringBuilder::new(),
            row: Int32Builder::new(),
            action: StringBuilder::new(),
            raw: StringBuilder::new(),
            personal_raw: StringBuilder::new(),
            key: FixedSizeBinaryBuilder::new(KEY_BYTES),
            print: FixedSizeBinaryBuilder::new(KEY_BYTES),
        }
    }
}

impl OriginBuilders {
    fn append(&mut self, row_id: u64, origin: RowOrigin<'_>) {
        self.row_id.append_value(row_id.cast_signed());
        self.sheet.append_value(origin.sheet);
        self.row.append_value(origin.row.cast_signed());
        self.action.append_value(origin.action.key());
    }

    fn append_digests(&mut self, key: [u8; 16], print: [u8; 16]) -> Result<(), ArrowError> {
        self.key.append_value(key)?;
        self.print.append_value(print)
    }

    /// The buffered columns of the main and of the personal part.
    fn finish(&mut self) -> (Vec<ArrayRef>, Vec<ArrayRef>) {
        let row_id: ArrayRef = Arc::new(self.row_id.finish());
        let main: Vec<ArrayRef> = vec![
            Arc::clone(&row_id),
            Arc::new(self.sheet.finish()),
            Arc::new(self.row.finish()),
            Arc::new(self.action.finish()),
            Arc::new(self.raw.finish()),
            Arc::new(self.key.finish()),
            Arc::new(self.print.finish()),
        ];
        (main, vec![row_id, Arc::new(self.personal_raw.finish())])
    }
}

/// Writes one part.
struct PartWriter<W: Write + Send> {
    schema: SchemaRef,
    builders: Vec<ColumnBuilder>,
    writer: ArrowWriter<W>,
    file: PendingFile,
}

impl<W: Write + Send> PartWriter<W> {
    /// `skipped` columns of the schema are not built here but given to [`Self::write`]; `wrap` puts what is needed
    /// around the file.
    fn create(
        mut pending: (PendingFile, Digesting<BufWriter<File>>),
        schema: SchemaRef,
        skipped: usize,
        properties: &WriterProperties,
        wrap: impl FnOnce(Digesting<BufWriter<File>>) -> io::Result<W>,
    ) -> Result<Self, BatchError> {
        let (file, writer) = (&mut pending.0, pending.1);
        let writer = wrap(writer).map_err(|source| BatchError::file(file.part(), source))?;
        let builders = schema.fields()[skipped..].iter().map(|field| ColumnBuilder::new(field.data_type())).collect();
        let writer = ArrowWriter::try_new(writer, Arc::clone(&schema), Some(properties.clone()))?;
        Ok(Self { schema, builders, writer, file: pending.0 })
    }

    fn write(&mut self, mut columns: Vec<ArrayRef>) -> Result<(), BatchError> {
        columns.extend(self.builders.iter_mut().map(ColumnBuilder::finish));
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
        Ok(self.writer.write(&batch)?)
    }

    fn finish(self, unwrap: impl FnOnce(W) -> io::Result<Digesting<BufWriter<File>>>) -> Result<FilePart, BatchError> {
        let writer = self.writer.into_inner()?;
        let writer = unwrap(writer).map_err(|source| BatchError::file(self.file.part(), source))?;
        self.file.finish(writer)
    }
}

/// Builds one column of any type a kind may have.
enum ColumnBuilder {
    Text(StringBuilder),
    Date(Date32Builder),
    Decimal(Decimal128Builder, i8),
    Integer(Int64Builder),
    Boolean(BooleanBuilder),
}

impl ColumnBuilder {
    fn new(data_type: &DataType) -> Self {
        match data_type {
            DataType::Date32 => Self::Date(Date32Builder::new()),
            DataType::Decimal128(_, scale) => {
                Self::Decimal(Decimal128Builder::new().with_data_type(data_type.clone()), *scale)
            }
            DataType::Int64 => Self::Integer(Int64Builder::new()),
            DataType::Boolean => Self::Boolean(BooleanBuilder::new()),
            _ => Self::Text(StringBuilder::new()),
        }
    }

    /// Appends a value; false when it is of another type or does not fit.
    fn append(&mut self, value: CellValue<'_>) -> bool {
        match (self, value) {
            (Self::Text(builder), CellValue::Null) => builder.append_null(),
            (Self::Text(builder), CellValue::Text(text)) => builder.append_value(text),
            (Self::Date(builder), CellValue::Null) => builder.append_null(),
            (Self::Date(builder), CellValue::Date(day)) => builder.append_value(schema::days_of(day)),
            (Self::Decimal(builder, _), CellValue::Null) => builder.append_null(),
            (Self::Decimal(builder, scale), CellValue::Decimal(figure)) => match schema::scaled(figure, *scale) {
                Some(figure) => builder.append_value(figure),
                None => return false,
            },
            (Self::Decimal(builder, scale), CellValue::Integer(figure)) => {
                match schema::scaled(figure.into(), *scale) {
                    Some(figure) => builder.append_value(figure),
                    None => return false,
                }
            }
            (Self::Integer(builder), CellValue::Null) => builder.append_null(),
            (Self::Integer(builder), CellValue::Integer(figure)) => builder.append_value(figure),
            (Self::Boolean(builder), CellValue::Null) => builder.append_null(),
            (Self::Boolean(builder), CellValue::Boolean(flag)) => builder.append_value(flag),
            _ => return false,
        }
        true
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Date(builder) => Arc::new(builder.finish()),
            Self::Decimal(builder, _) => Arc::new(builder.finish()),
            Self::Integer(builder) => Arc::new(builder.finish()),
            Self::Boolean(builder) => Arc::new(builder.finish()),
        }
    }
}
