//! Links: which taxpayer each party of each row is, kept beside the batch and never in it.
//!
//! Identity changes while batches do not: a new index, a decision by a person, and the links of a batch are made anew as
//! another file. Which file holds as of a moment the control store says. A link file has the rows of its batch in the
//! same order, and for each party the taxpayer's code, how sure that is, what sort of subject it is, and a person's digest.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Builder, RecordBatch, StringBuilder};
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::WriterProperties;
use gongzhi_core::catalog::{Kind, Party, PartyPart};
use gongzhi_core::codes::PERSON_PREFIX;
use gongzhi_core::state::VisibleBatch;

use crate::batch::{BatchError, FilePart};
use crate::batch_output::packing_of;
use crate::keys::digest;
use crate::parts::{DataPlace, PartReader, Slice, Source};
use crate::pending::PendingFile;
use crate::schema::{self, Part, digest_name, party_columns};

/// Who a party of a row is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Link {
    /// The taxpayer's code; none when nobody in the index is meant.
    pub taxpayer: Option<String>,
    /// `certain` or `probable` with a taxpayer; else `possible` or `none`.
    pub confidence: &'static str,
    /// `enterprise`, `sole_trader`, `public_body`, `village`, `person` or `unknown`.
    pub subject: &'static str,
    /// `hmac-sm3:…` digest of a natural person's certificate number; none without one.
    pub person: Option<String>,
}

/// What a row says of one of its parties. Texts that are absent are empty.
#[derive(Debug, Clone, Copy)]
pub struct PartyText<'a> {
    /// The row's number in its batch.
    pub row: u64,
    /// The sheet it stood in.
    pub sheet: &'a str,
    /// Its row in the sheet, from 1.
    pub sheet_row: u32,
    /// The party, and its place among the kind's parties.
    pub party: &'a Party,
    /// Its place among the kind's parties.
    pub place: usize,
    /// Name.
    pub name: &'a str,
    /// Unified social credit code, or what stands there.
    pub uscc: &'a str,
    /// Organisation code.
    pub organisation_code: &'a str,
    /// Registration number.
    pub registration_number: &'a str,
    /// `hmac-sm3:…` digest of a natural person's certificate number.
    pub certificate_digest: &'a str,
    /// The number stood in a column of codes: it may be the owner's, and the name a business's.
    pub is_in_code: bool,
}

impl PartyText<'_> {
    /// A digest that stands in the place of a code is a person's: it is no code of an organisation.
    fn with_person_apart(mut self) -> Self {
        for code in [&mut self.uscc, &mut self.organisation_code, &mut self.registration_number] {
            let Some(digest) = code.strip_prefix(PERSON_PREFIX) else { continue };
            *code = "";
            if self.certificate_digest.is_empty() {
                (self.certificate_digest, self.is_in_code) = (digest, true);
            }
        }
        self
    }

    /// Whether the row says nothing of the party.
    pub fn is_empty(&self) -> bool {
        [self.name, self.uscc, self.organisation_code, self.registration_number, self.certificate_digest]
            .iter()
            .all(|text| text.is_empty())
    }
}

const PARTS: [PartyPart; 5] = [
    PartyPart::Name,
    PartyPart::Uscc,
    PartyPart::OrganisationCode,
    PartyPart::RegistrationNumber,
    PartyPart::CitizenId,
];

/// The key of the links of a batch under a version of index and decisions.
pub fn links_key(batch: &str, version: &str) -> String {
    let digest = digest(version.as_bytes());
    format!("links/{batch}/{}.parquet", &digest[4..20])
}

/// Shows every party of every row of a batch, in order, to a function that says who it is, and keeps what it says.
/// `version` names the index and the decisions it goes by: the same version makes the same file.
pub fn link_batch(
    place: DataPlace<'_>,
    visible: &VisibleBatch,
    kind: &Kind,
    (version, mut link): (&str, impl FnMut(PartyText<'_>) -> Link),
) -> Result<FilePart, BatchError> {
    let columns = party_sources(kind);
    let mut reader = PartReader::open(place, visible, &columns, None)?;
    let mut writer = LinkWriter::create(place.folder, visible, kind, version)?;
    let mut first_row = 0;
    while let Some(slice) = reader.next_slice()? {
        for at in 0..slice.rows {
            for (party_place, party) in kind.parties.iter().enumerate() {
                let text = party_text(&slice, at, party, party_place);
                writer.append(party_place, &link(PartyText { row: first_row + at as u64, ..text }));
            }
        }
        writer.end_rows(first_row, slice.rows)?;
        first_row += slice.rows as u64;
    }
    writer.finish()
}

/// For each party the five columns that may say who it is; a certificate number as its digest.
fn party_sources(kind: &Kind) -> Vec<(Source, String)> {
    let mut sources = Vec::with_capacity(kind.parties.len() * PARTS.len());
    for party in &kind.parties {
        for part in PARTS {
            let column = kind.find_party_column(&party.key, part);
            let kept = column.map(|column| (column, schema::part_of(kind, column)));
            sources.push(match kept {
                None => (Source::Main, String::new()),
                Some((column, Part::Digested)) if part == PartyPart::CitizenId => {
                    (Source::Main, digest_name(&column.key))
                }
                Some((column, Part::Main)) => (Source::Main, column.key.clone()),
                Some((column, _)) => (Source::Personal, column.key.clone()),
            });
        }
    }
    sources.extend(["_sheet", "_row"].map(|name| (Source::Main, name.to_owned())));
    sources
}

fn party_text<'a>(slice: &'a Slice, at: usize, party: &'a Party, place: usize) -> PartyText<'a> {
    let text = |part: usize| {
        let column = slice.columns.get(place * PARTS.len() + part).and_then(Option::as_ref);
        let strings = column.and_then(|column| column.as_string_opt::<i32>());
        strings.filter(|strings| strings.is_valid(at)).map_or("", |strings| strings.value(at))
    };
    let origin = slice.columns.len() - 2;
    let sheets = slice.columns[origin].as_ref().and_then(|column| column.as_string_opt::<i32>());
    let rows = slice.columns[origin + 1].as_ref().and_then(|column| column.as_primitive_opt::<Int32Type>());
    PartyText {
        row: 0,
        sheet: sheets.map_or("", |sheets| sheets.value(at)),
        sheet_row: rows.map_or(0, |rows| rows.value(at).cast_unsigned()),
        party,
        place,
        name: text(0),
        uscc: text(1),
        organisation_code: text(2),
        registration_number: text(3),
        certificate_digest: text(4),
        is_in_code: false,
    }
    .with_person_apart()
}

struct LinkWriter {
    schema: SchemaRef,
    columns: Vec<[StringBuilder; 4]>,
    writer: ArrowWriter<crate::pending::Digesting<std::io::BufWriter<std::fs::File>>>,
    file: PendingFile,
}

impl LinkWriter {
    fn create(folder: &Path, visible: &VisibleBatch, kind: &Kind, version: &str) -> Result<Self, BatchError> {
        let mut fields = vec![Field::new("_row_id", DataType::Int64, false)];
        for party in &kind.parties {
            fields.extend(party_columns(&party.key).map(|name| Field::new(name, DataType::Utf8, true)));
        }
        let schema = Arc::new(Schema::new(fields));
        let (file, writer) = PendingFile::create(folder, links_key(&visible.batch.id, version))?;
        let properties = WriterProperties::builder()
            .set_created_by("gongzhi".to_owned())
            .set_compression(packing_of(usize::try_from(visible.rows).unwrap_or(usize::MAX)))
            .set_offset_index_disabled(true)
            .set_key_value_metadata(Some(vec![KeyValue::new("gongzhi.version".to_owned(), version.to_owned())]))
            .build();
        let writer = ArrowWriter::try_new(writer, Arc::clone(&schema), Some(properties))?;
        let columns = kind.parties.iter().map(|_| std::array::from_fn(|_| StringBuilder::new())).collect();
        Ok(Self { schema, columns, writer, file })
    }

    fn append(&mut self, party: usize, link: &Link) {
        let [taxpayer, confidence, subject, person] = &mut self.columns[party];
        taxpayer.append_option(link.taxpayer.as_deref());
        confidence.append_option(Some(link.confidence).filter(|text| !text.is_empty()));
        subject.append_option(Some(link.subject).filter(|text| !text.is_empty()));
        person.append_option(link.person.as_deref());
    }

    fn end_rows(&mut self, first_row: u64, rows: usize) -> Result<(), BatchError> {
        let mut row_ids = Int64Builder::with_capacity(rows);
        (first_row..first_row + rows as u64).for_each(|row| row_ids.append_value(row.cast_signed()));
        let mut columns: Vec<ArrayRef> = vec![Arc::new(row_ids.finish())];
        let builders = self.columns.iter_mut().flatten();
        columns.extend(builders.map(|builder| Arc::new(builder.finish()) as ArrayRef));
        Ok(self.writer.write(&RecordBatch::try_new(Arc::clone(&self.schema), columns)?)?)
    }

    fn finish(self) -> Result<FilePart, BatchError> {
        let writer = self.writer.into_inner()?;
        self.file.finish(writer)
    }
}
