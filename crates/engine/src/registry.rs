//! Reads a registry of taxpayers, or a list of names, from csv or parquet, row by row in bounded memory.
//!
//! The format is told by content, never by the name. Columns are found by their English key or by the header that
//! offices write; a text file may be UTF-8 or GB 18030, with commas, semicolons or tabs. A file of another format is
//! refused with a sentence that says how to save it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use encoding_rs::{Encoding, GB18030, UTF_8};
use gongzhi_core::identity::RegistryRecord;
use gongzhi_core::messages::Message;

/// How many bytes are looked at to tell the encoding and the delimiter.
const LOOKED_AT: u64 = 1 << 20;

/// Why a registry or a list can't be read.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The file can't be opened or read.
    #[error("{path}: {why}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's or the reader's words.
        why: String,
    },
    /// It is neither text nor parquet.
    #[error("{path}: neither csv nor parquet")]
    ForeignFormat {
        /// The file.
        path: PathBuf,
    },
    /// A column that must be there is not.
    #[error("{path}: no column {column}; it has {known}")]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The headers under which it was looked for.
        column: String,
        /// The headers that are there.
        known: String,
    },
}

impl RegistryError {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::Unreadable { path, why } => {
                Message::new("identity-file-unreadable").with("path", path.display()).with("why", why)
            }
            Self::ForeignFormat { path } => Message::new("identity-file-foreign").with("path", path.display()),
            Self::NoColumn { path, column, known } => Message::new("identity-file-no-column")
                .with("path", path.display())
                .with("column", column)
                .with("known", known),
        }
    }
}

/// Headers under which a column of a registry is known.
struct Wanted {
    headers: &'static [&'static str],
    required: bool,
}

const REGISTRY: [Wanted; 8] = [
    Wanted {
        headers: &["name", "企业名称", "纳税人名称", "单位名称", "机构名称", "市场主体名称", "名称"],
        required: true,
    },
    Wanted { headers: &["uscc", "统一社会信用代码", "社会信用代码", "统一代码"], required: true },
    Wanted {
        headers: &["address", "地址", "住所", "注册地址", "经营地址", "生产经营地址"], required: false
    },
    Wanted { headers: &["former_names", "曾用名", "曾用名称"], required: false },
    Wanted { headers: &["organisation_code", "组织机构代码"], required: false },
    Wanted { headers: &["registration_number", "工商注册号", "注册号"], required: false },
    Wanted { headers: &["tax_id", "纳税人识别号", "税号"], required: false },
    Wanted { headers: &["region", "行政区划代码", "行政区划"], required: false },
];

/// Reads every record of a registry in order: name and USCC, and where they are there address, former names (separated
/// by `;`), older codes and region. Gives how many there were.
pub fn read_registry(path: &Path, mut take: impl FnMut(RegistryRecord)) -> Result<u64, RegistryError> {
    let mut count = 0;
    let choose = |headers: &[String]| choose_wanted(path, headers);
    read_columns(path, choose, |cells| {
        count += 1;
        take(record_of(cells));
    })?;
    Ok(count)
}

fn choose_wanted(path: &Path, headers: &[String]) -> Result<Vec<Option<usize>>, RegistryError> {
    let mut columns = Vec::with_capacity(REGISTRY.len());
    for wanted in &REGISTRY {
        let found =
            wanted.headers.iter().find_map(|header| headers.iter().position(|one| one.eq_ignore_ascii_case(header)));
        if found.is_none() && wanted.required {
            return Err(no_column(path, &wanted.headers.join(" / "), headers));
        }
        columns.push(found);
    }
    Ok(columns)
}

fn no_column(path: &Path, column: &str, headers: &[String]) -> RegistryError {
    RegistryError::NoColumn { path: path.to_owned(), column: column.to_owned(), known: headers.join(", ") }
}

fn record_of(cells: &[&str]) -> RegistryRecord {
    let cell = |at: usize| cells.get(at).map_or(String::new(), |text| text.trim().to_owned());
    let former = cell(3);
    let former = former.split([';', '；']).map(str::trim).filter(|name| !name.is_empty());
    RegistryRecord {
        name: cell(0),
        uscc: cell(1),
        address: cell(2),
        former_names: former.map(str::to_owned).collect(),
        organisation_code: cell(4),
        registration_number: cell(5),
        tax_id: cell(6),
        region: cell(7),
        ..RegistryRecord::default()
    }
}

/// Reads the named columns of every row in order; blank rows of a single column count as rows with an empty value.
pub fn read_named_columns(path: &Path, columns: &[&str], mut take: impl FnMut(&[&str])) -> Result<(), RegistryError> {
    let choose = |headers: &[String]| {
        let places = columns.iter().map(|column| match headers.iter().position(|header| header == column) {
            Some(at) => Ok(Some(at)),
            None => Err(no_column(path, column, headers)),
        });
        places.collect()
    };
    read_columns(path, choose, |cells| take(cells))
}

/// A small text file whole, in whichever of the encodings it is; what is no text is refused.
pub fn read_small_text(path: &Path) -> Result<String, RegistryError> {
    let bytes =
        std::fs::read(path).map_err(|why| RegistryError::Unreadable { path: path.to_owned(), why: why.to_string() })?;
    if bytes.contains(&0) || bytes.starts_with(b"PK") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(RegistryError::ForeignFormat { path: path.to_owned() });
    }
    let layout = TextLayout::of(&bytes);
    let skip = usize::try_from(layout.skip).unwrap_or_default();
    Ok(layout.encoding.decode_without_bom_handling(&bytes[skip..]).0.into_owned())
}

/// The header of a file of names: every column in order.
pub fn list_columns(path: &Path) -> Result<Vec<String>, RegistryError> {
    let mut known = Vec::new();
    let outcome = read_columns(
        path,
        |headers| {
            known = headers.to_vec();
            Err(no_column(path, "", headers))
        },
        |_| {},
    );
    match outcome {
        Err(RegistryError::NoColumn { .. }) | Ok(()) => Ok(known),
        Err(other) => Err(other),
    }
}

/// Reads the chosen columns of every row. `choose` is given the headers and says which column stands at which place.
fn read_columns(
    path: &Path,
    choose: impl FnMut(&[String]) -> Result<Vec<Option<usize>>, RegistryError>,
    take: impl FnMut(&[&str]),
) -> Result<(), RegistryError> {
    let unreadable =
        |why: &dyn std::fmt::Display| RegistryError::Unreadable { path: path.to_owned(), why: why.to_string() };
    let mut file = File::open(path).map_err(|why| unreadable(&why))?;
    let mut start = Vec::new();
    (&mut file).take(LOOKED_AT).read_to_end(&mut start).map_err(|why| unreadable(&why))?;
    file.seek(SeekFrom::Start(0)).map_err(|why| unreadable(&why))?;
    if start.starts_with(b"PAR1") {
        return read_parquet(path, file, choose, take);
    }
    if start.contains(&0) || start.starts_with(b"PK") || start.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(RegistryError::ForeignFormat { path: path.to_owned() });
    }
    let layout = TextLayout::of(&start);
    file.seek(SeekFrom::Start(layout.skip)).map_err(|why| unreadable(&why))?;
    let text = TextTable { path, layout, reader: BufReader::with_capacity(1 << 16, file) };
    if text.layout.is_single_column { text.read_lines(choose, take) } else { text.read_records(choose, take) }
}

/// How a text file is written.
struct TextLayout {
    encoding: &'static Encoding,
    delimiter: u8,
    /// Bytes of a byte order mark.
    skip: u64,
    is_single_column: bool,
}

impl TextLayout {
    fn of(start: &[u8]) -> Self {
        let skip = if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let is_utf8 = match std::str::from_utf8(start) {
            Ok(_) => true,
            // The last sign may be cut where the look ended.
            Err(error) => error.error_len().is_none(),
        };
        let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |delimiter: u8| header.iter().filter(|byte| **byte == delimiter).count();
        let delimiter = [b',', b'\t', b';'].into_iter().max_by_key(|one| (count(*one), *one == b',')).unwrap_or(b',');
        Self {
            encoding: if is_utf8 { UTF_8 } else { GB18030 },
            delimiter,
            skip,
            is_single_column: count(delimiter) == 0,
        }
    }
}

struct TextTable<'a> {
    path: &'a Path,
    layout: TextLayout,
    reader: BufReader<File>,
}

impl TextTable<'_> {
    fn unreadable(path: &Path, why: &dyn std::fmt::Display) -> RegistryError {
        RegistryError::Unreadable { path: path.to_owned(), why: why.to_string() }
    }

    /// One column: a line is a row, a blank line too.
    fn read_lines(
        self,
        mut choose: impl FnMut(&[String]) -> Result<Vec<Option<usize>>, RegistryError>,
        mut take: impl FnMut(&[&str]),
    ) -> Result<(), RegistryError> {
        let Self { path, layout, mut reader } = self;
        let mut columns = None;
        let mut line = Vec::new();
        loop {
            line.clear();
            if reader.read_until(b'\n', &mut line).map_err(|why| Self::unreadable(path, &why))? == 0 {
                return Ok(());
            }
            let text = layout.encoding.decode_without_bom_handling(&line).0;
            let text = unquote(text.trim_end_matches(['\n', '\r']));
            match &columns {
                None => columns = Some(choose(&[text.trim().to_owned()])?),
                Some(columns) => {
                    let cells: Vec<&str> =
                        columns.iter().map(|at| if at.is_some() { text.as_str() } else { "" }).collect();
                    take(&cells);
                }
            }
        }
    }

    fn read_records(
        self,
        mut choose: impl FnMut(&[String]) -> Result<Vec<Option<usize>>, RegistryError>,
        mut take: impl FnMut(&[&str]),
    ) -> Result<(), RegistryError> {
        let Self { path, layout, reader } = self;
        let mut builder = csv::ReaderBuilder::new();
        let mut reader = builder.delimiter(layout.delimiter).flexible(true).has_headers(false).from_reader(reader);
        let mut record = csv::ByteRecord::new();
        let mut columns = None;
        while reader.read_byte_record(&mut record).map_err(|why| Self::unreadable(path, &why))? {
            let decoded = |at: usize| layout.encoding.decode_without_bom_handling(record.get(at).unwrap_or_default()).0;
            match &columns {
                None => {
                    let headers: Vec<String> = (0..record.len()).map(|at| decoded(at).trim().to_owned()).collect();
                    columns = Some(choose(&headers)?);
                }
                Some(columns) => {
                    let cells: Vec<_> = columns.iter().map(|at| at.map(decoded).unwrap_or_default()).collect();
                    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
                    take(&cells);
                }
            }
        }
        Ok(())
    }
}

/// A quoted line without its quotes.
fn unquote(line: &str) -> String {
    match line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => line.to_owned(),
    }
}

fn read_parquet(
    path: &Path,
    file: File,
    mut choose: impl FnMut(&[String]) -> Result<Vec<Option<usize>>, RegistryError>,
    mut take: impl FnMut(&[&str]),
) -> Result<(), RegistryError> {
    let unreadable =
        |why: &dyn std::fmt::Display| RegistryError::Unreadable { path: path.to_owned(), why: why.to_string() };
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|why| unreadable(&why))?;
    let headers: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let columns = choose(&headers)?;
    let mut roots: Vec<usize> = columns.iter().flatten().copied().collect();
    roots.sort_unstable();
    roots.dedup();
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots.iter().copied());
    let batches = builder.with_projection(mask).with_batch_size(8192).build().map_err(|why| unreadable(&why))?;
    for batch in batches {
        let batch = batch.map_err(|why| unreadable(&why))?;
        let texts = texts_of(&batch).map_err(|why| unreadable(&why))?;
        let places: Vec<Option<usize>> =
            columns.iter().map(|column| column.and_then(|at| roots.iter().position(|root| *root == at))).collect();
        for row in 0..batch.num_rows() {
            let cells: Vec<&str> = places.iter().map(|place| place.map_or("", |at| cell(&texts[at], row))).collect();
            take(&cells);
        }
    }
    Ok(())
}

/// Every column of a batch as text.
fn texts_of(
    batch: &RecordBatch,
) -> Result<Vec<datafusion::arrow::array::ArrayRef>, datafusion::arrow::error::ArrowError> {
    batch.columns().iter().map(|column| cast(column, &DataType::Utf8)).collect()
}

fn cell(column: &datafusion::arrow::array::ArrayRef, row: usize) -> &str {
    if column.is_null(row) { "" } else { column.as_string::<i32>().value(row) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    fn records(bytes: &[u8]) -> Result<Vec<RegistryRecord>, RegistryError> {
        let mut records = Vec::new();
        read_registry(written(bytes).path(), |record| records.push(record))?;
        Ok(records)
    }

    #[test]
    fn former_names_are_split_and_columns_are_found_by_chinese_headers() {
        let text = "企业名称,统一社会信用代码,曾用名\n某某商贸有限公司,91652323MA7A000172,甲甲商行；乙乙商行;\n";
        let records = records(text.as_bytes()).unwrap();
        assert_eq!(records[0].uscc, "91652323MA7A000172");
        assert_eq!(records[0].former_names, ["甲甲商行", "乙乙商行"]);
    }

    #[test]
    fn a_file_in_gbk_with_tabs_is_read_like_one_in_utf8() {
        let text = "名称\t统一社会信用代码\n某某商贸有限公司\t91652323MA7A000172\n";
        let (bytes, _, _) = GB18030.encode(text);
        assert_eq!(records(&bytes).unwrap()[0].name, "某某商贸有限公司");
    }

    #[test]
    fn a_registry_without_codes_is_refused_naming_its_columns() {
        let error = records("name,city\n某某,某地\n".as_bytes()).unwrap_err();
        assert!(matches!(error, RegistryError::NoColumn { ref known, .. } if known == "name, city"));
    }

    #[test]
    fn a_workbook_is_refused_as_a_foreign_format() {
        assert!(matches!(records(b"PK\x03\x04...."), Err(RegistryError::ForeignFormat { .. })));
    }

    #[test]
    fn blank_lines_of_a_single_column_are_rows() {
        let file = written("name\n某某\n\n\"乙乙\"\n".as_bytes());
        let mut names = Vec::new();
        read_named_columns(file.path(), &["name"], |cells| names.push(cells[0].to_owned())).unwrap();
        assert_eq!(names, ["某某", "", "乙乙"]);
        assert_eq!(list_columns(file.path()).unwrap(), ["name"]);
    }
}
