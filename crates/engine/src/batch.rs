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

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Int32Builder, Int64Builder, StringBuilder,
};
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::arrow::error::ArrowError;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;
use gongzhi_core::catalog::{Column, Kind};
use gongzhi_core::intake::OwnHeader;
use gongzhi_core::messages::Message;
use gongzhi_core::period::Period;
use gongzhi_core::values::{CellValue, RowAction, SetMode};

use crate::batch_output::{Output, Parcel, PartWriter, Parts};
use crate::fingerprint::{ColumnDigests, RowPrints};
use crate::keys::{KeyError, Keys, PendingKey};
use crate::layouts::SheetNotes;
use crate::pending::PendingFile;
use crate::schema::{self, ORIGIN_COLUMNS, Part};
use crate::sealed::SealingWriter;

/// Rows held before they are encoded.
const BUFFERED_ROWS: usize = 8_192;
/// Rows of a row group.
const GROUP_ROWS: usize = 65_536;
/// Columns of the personal part that say where rows came from.
const PERSONAL_ORIGINS: usize = 2;

/// The member of `_raw` that holds what the office wrote beside a row for itself.
const REMARK: &str = "_remark";

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
    /// A part is not what the control store says was written.
    #[error("the {part} part of batch {batch} was changed: {path}")]
    Changed {
        /// The batch.
        batch: String,
        /// `main`, `personal` or `links`.
        part: &'static str,
        /// The file.
        path: PathBuf,
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
            Self::Changed { batch, part, path } => {
                Message::new(format!("state-batch-changed-{part}")).with("batch", batch).with("path", path.display())
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
    /// What the clerk's own headers said, in the order of the sheets.
    pub headers: Vec<OwnHeader>,
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
    /// The column's key as a member of a JSON object, the colon with it.
    member: String,
}

/// Writes one batch. Dropped unfinished, it leaves nothing behind.
pub struct BatchWriter<'k> {
    kind: &'k Kind,
    digests: ColumnDigests<'k>,
    destinations: Vec<Destination>,
    main: Vec<ColumnBuilder>,
    personal: Vec<ColumnBuilder>,
    output: Output,
    data_key: Option<PendingKey<'k>>,
    origins: OriginBuilders,
    /// What is kept of its sheets.
    sheets: SheetNotes,
    /// What the set says of itself.
    mode: SetMode,
    rows: u64,
    /// Where a JSON object is put together.
    object: String,
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
        let main = builders(&main_schema, ORIGIN_COLUMNS.len());
        let main_part = PartWriter::create(main_file, main_schema, &properties, Ok)?;
        let (mut pending, mut personal) = (None, Vec::new());
        let personal_part = match (description.personal_key(kind), schema::personal_schema(kind, version)) {
            (Some(key), Some(schema)) => {
                let data_key = PendingKey::roll(keys, &description.id)?;
                let file = PendingFile::create(folder, key)?;
                let seal = |writer| SealingWriter::create(writer, data_key.key());
                personal = builders(&schema, PERSONAL_ORIGINS);
                let part = PartWriter::create(file, schema, &properties, seal)?;
                pending = Some(data_key);
                Some(part)
            }
            _ => None,
        };
        let mut destinations = destinations(kind, version);
        let places: Vec<_> = destinations.iter().map(|place| (place.main, place.personal)).collect();
        destinations.push(remark_destination(personal_part.is_some()));
        let prints = RowPrints::new(kind, keys, &places);
        Ok(Self {
            kind,
            digests: ColumnDigests::new(kind, keys),
            destinations,
            main,
            personal,
            output: Output::Here(Box::new(Parts { prints, main: main_part, personal: personal_part })),
            data_key: pending,
            origins: OriginBuilders::default(),
            sheets: SheetNotes::default(),
            mode: SetMode::Unsaid,
            rows: 0,
            object: String::new(),
        })
    }

    /// What the set says of itself: known once its rows were heard.
    pub fn say(&mut self, mode: SetMode) {
        self.mode = mode;
    }

    /// Keeps in which column of a sheet, from 1, each column of the kind stood, so that a row's evidence names a cell.
    pub fn record_layout(&mut self, sheet: &str, place_of: &[Option<u32>]) {
        if self.sheets.layouts.contains_key(sheet) {
            return;
        }
        let place = |(column, place): (&Column, &Option<u32>)| Some((column.key.clone(), (*place)?));
        let layout = self.kind.columns.iter().zip(place_of).filter_map(place).collect();
        self.sheets.layouts.insert(sheet.to_owned(), layout);
    }

    /// Keeps what the headers of its sheets said.
    pub fn keep_headers(&mut self, headers: Vec<OwnHeader>) {
        self.sheets.headers = headers;
    }

    /// Appends a row: one value for each of the kind's columns in its order (null where the template version has none),
    /// and the original text of the cells whose value was changed in reading, by the column's place in that order.
    /// Gives back the row's number in the batch, from 0: the second half of its evidence handle.
    pub fn append<'v>(
        &mut self,
        origin: RowOrigin<'_>,
        values: impl ExactSizeIterator<Item = CellValue<'v>> + Clone,
        raw: impl Iterator<Item = (usize, &'v str)> + Clone,
    ) -> Result<u64, BatchError> {
        let misfit = |column: usize| BatchError::Misfit {
            sheet: origin.sheet.to_owned(),
            row: origin.row,
            column: self.kind.columns.get(column).map(|column| column.key.clone()).unwrap_or_default(),
        };
        if values.len() != self.kind.columns.len() {
            return Err(misfit(values.len().min(self.kind.columns.len())));
        }
        let digests = self.digests.of_row(values.clone());
        for (at, (value, destination)) in values.zip(&self.destinations).enumerate() {
            let digest = || digests.get(at).and_then(Option::as_deref).map_or(CellValue::Null, CellValue::Text);
            let person = match value {
                CellValue::Person(number) => self.digests.of_person(number),
                _ => None,
            };
            let in_main = match destination.part {
                Part::Digested => digest(),
                _ => person.as_deref().map_or(value, CellValue::Text),
            };
            let fits = match (destination.main, destination.personal) {
                (None, None) => matches!(value, CellValue::Null),
                (main, personal) => {
                    main.is_none_or(|main| self.main[main].append(in_main))
                        && personal.is_none_or(|personal| self.personal[personal].append(value))
                }
            };
            if !fits {
                return Err(misfit(at));
            }
        }
        let row_id = self.rows;
        self.origins.append(row_id, origin);
        self.append_raw(raw.clone(), false);
        self.append_raw(raw, true);
        self.rows += 1;
        if self.rows.is_multiple_of(BUFFERED_ROWS as u64) {
            let parcel = self.take_parcel();
            self.output.write_beside(parcel)?;
        }
        Ok(row_id)
    }

    /// Keeps the original texts as a JSON object by column key; those of personal columns stay in the personal part.
    fn append_raw<'v>(&mut self, raw: impl Iterator<Item = (usize, &'v str)>, is_personal: bool) {
        let builder = if is_personal { &mut self.origins.personal_raw } else { &mut self.origins.raw };
        self.object.clear();
        for (at, text) in raw {
            let Some(destination) = self.destinations.get(at) else { continue };
            if (destination.part != Part::Main) == is_personal {
                self.object.push(if self.object.is_empty() { '{' } else { ',' });
                self.object.push_str(&destination.member);
                push_json_text(&mut self.object, text);
            }
        }
        if self.object.is_empty() {
            builder.append_null();
        } else {
            self.object.push('}');
            builder.append_value(&self.object);
        }
    }

    fn take_parcel(&mut self) -> Parcel {
        let (origins, personal_origins) = self.origins.finish();
        let columns = |builders: &mut [ColumnBuilder]| builders.iter_mut().map(ColumnBuilder::finish).collect();
        Parcel { origins, personal_origins, main: columns(&mut self.main), personal: columns(&mut self.personal) }
    }

    /// Ends the batch: both parts stand in their places and last. They are visible only once the control store says so.
    pub fn finish(mut self) -> Result<BatchFiles, BatchError> {
        let last = self.take_parcel();
        let parts = self.output.end(last)?;
        let mode = KeyValue::new("gongzhi.mode".to_owned(), self.mode.key().to_owned());
        let entries = self.sheets.entries().chain([mode]);
        self.data_key.as_mut().map(PendingKey::keep).transpose()?;
        let (main, personal) = parts.finish(entries)?;
        if let Some(data_key) = self.data_key {
            data_key.finish();
        }
        Ok(BatchFiles { main, personal, rows: self.rows, headers: self.sheets.headers })
    }
}

/// Appends a text as JSON writes it; most have nothing to escape.
fn push_json_text(object: &mut String, text: &str) {
    if text.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\' | 0x7F)) {
        object.push_str(&serde_json::json!(text).to_string());
        return;
    }
    object.push('"');
    object.push_str(text);
    object.push('"');
}

fn destinations(kind: &Kind, version: u32) -> Vec<Destination> {
    let (mut main, mut personal) = (0, 0);
    let next = |counter: &mut usize| {
        *counter += 1;
        Some(*counter - 1)
    };
    let destination = |column| {
        let part = schema::part_of(kind, column);
        let member = format!("{}:", serde_json::json!(column.key));
        if !column.is_in(version) {
            return Destination { main: None, personal: None, part, member };
        }
        let main = if part == Part::Personal { None } else { next(&mut main) };
        let personal = if part == Part::Main { None } else { next(&mut personal) };
        Destination { main, personal, part, member }
    };
    kind.columns.iter().map(destination).collect()
}

/// Where a row's remark is kept among the original texts: beside what is personal, where anything is.
fn remark_destination(is_personal: bool) -> Destination {
    let part = if is_personal { Part::Personal } else { Part::Main };
    Destination { main: None, personal: None, part, member: format!("\"{REMARK}\":") }
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

    /// The buffered columns of the main and of the personal part.
    fn finish(&mut self) -> (Vec<ArrayRef>, Vec<ArrayRef>) {
        let row_id: ArrayRef = Arc::new(self.row_id.finish());
        let main: Vec<ArrayRef> = vec![
            Arc::clone(&row_id),
            Arc::new(self.sheet.finish()),
            Arc::new(self.row.finish()),
            Arc::new(self.action.finish()),
            Arc::new(self.raw.finish()),
        ];
        (main, vec![row_id, Arc::new(self.personal_raw.finish())])
    }
}

/// A builder for each column of a part but the first, which say where rows came from.
fn builders(schema: &Schema, skipped: usize) -> Vec<ColumnBuilder> {
    schema.fields()[skipped..].iter().map(|field| ColumnBuilder::new(field.data_type())).collect()
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
