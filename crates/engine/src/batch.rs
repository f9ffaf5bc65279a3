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

use std::path::Path;

use datafusion::parquet::basic::Compression;
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;
use gongzhi_core::catalog::{Column, Kind};
use gongzhi_core::intake::OwnHeader;
use gongzhi_core::values::{CellValue, SetMode};

use crate::batch_columns::{ColumnBuilder, OriginBuilders, builders};
pub use crate::batch_error::BatchError;
pub use crate::batch_files::{BatchDescription, BatchFiles, FilePart, RowOrigin};
use crate::batch_output::{Output, Parcel, PartWriter, Parts};
use crate::fingerprint::{ColumnDigests, RowPrints};
use crate::keys::{Keys, PendingKey};
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
        let main_part = PartWriter::create(main_file, main_schema, properties.clone(), Ok)?;
        let (mut pending, mut personal) = (None, Vec::new());
        let personal_part = match (description.personal_key(kind), schema::personal_schema(kind, version)) {
            (Some(key), Some(schema)) => {
                let data_key = PendingKey::roll(keys, &description.id)?;
                let file = PendingFile::create(folder, key)?;
                let seal = |writer| SealingWriter::create(writer, data_key.key());
                personal = builders(&schema, PERSONAL_ORIGINS);
                let part = PartWriter::create(file, schema, properties, seal)?;
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
    let mut properties = WriterProperties::builder()
        .set_created_by("gongzhi".to_owned())
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
    // What a state is rolled from: digests, which don't become shorter, and a word that is the same in nearly every row.
    for name in ["_key", "_print", "_action"] {
        properties = properties.set_column_compression(ColumnPath::from(name), Compression::UNCOMPRESSED);
    }
    properties.build()
}
