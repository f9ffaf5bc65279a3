//! What a row is about and what it says, as digests of 16 bytes, and the digests that stand for persons.
//!
//! Of a kind with personal columns everything is keyed with the deployment's key, else plain SM3, so that batches of
//! such kinds come out the same in every deployment. A column that is absent counts like one that is empty: a template
//! version that adds a column does not change what older rows say. What is digested is written short, since a digest
//! costs what its bytes are: a tag of four bytes for a column (columns are never retyped), then its value; and a print
//! begins with the row's key, so that the key's columns are not digested twice.

use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, FixedSizeBinaryBuilder, Int64Array,
    StringArray,
};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::error::ArrowError;
use gongzhi_core::catalog::{Column, ColumnType, Kind};
use gongzhi_core::codes::PERSON_PREFIX;
use gongzhi_core::values::CellValue;
use hmac::{Hmac, Mac};
use sm3::{Digest, Sm3};

use crate::keys::{Keys, hex};
use crate::schema::{self, KEY_BYTES, Part};

/// Makes the digests that columns of a kind leave in the main part.
pub(crate) struct ColumnDigests<'k> {
    keys: &'k Keys,
    /// The columns that leave one; all of them absent for a kind without.
    columns: Vec<Option<&'k Column>>,
}

impl<'k> ColumnDigests<'k> {
    pub(crate) fn new(kind: &'k Kind, keys: &'k Keys) -> Self {
        let own = |column: &'k Column| Some(column).filter(|_| schema::part_of(kind, column) == Part::Digested);
        Self { keys, columns: kind.columns.iter().map(own).collect() }
    }

    /// By the columns' places; `None` for the others and for empty cells. Nothing at all for a kind without such columns.
    pub(crate) fn of_row<'v>(&self, values: impl Iterator<Item = CellValue<'v>>) -> Vec<Option<String>> {
        if self.columns.iter().all(Option::is_none) {
            return Vec::new();
        }
        self.columns.iter().zip(values).map(|(column, value)| self.digest((*column)?, value)).collect()
    }

    /// What stands in the main part for a person's number in a column of codes.
    pub(crate) fn of_person(&self, number: &str) -> Option<String> {
        let digest = self.keys.person().digest(number, any_day()?)?;
        Some(format!("{PERSON_PREFIX}{digest}"))
    }

    fn digest(&self, column: &Column, value: CellValue<'_>) -> Option<String> {
        match (column.column_type, value) {
            (_, CellValue::Null) => None,
            (ColumnType::CitizenId | ColumnType::DisabilityCertificate, CellValue::Text(number)) => {
                self.keys.person().digest(number, any_day()?).map(|digest| digest.to_string())
            }
            (_, value) => {
                let mut mac = self.keys.row_mac();
                mac.update(b"value:");
                mac.update(column.key.as_bytes());
                let mut bytes = Vec::new();
                push_value(&mut bytes, schema::scale_of(column.column_type), value);
                mac.update(&bytes);
                Some(format!("hmac-sm3:{}", hex(&mac.finalize().into_bytes())))
            }
        }
    }
}

/// The day only rules out births after it. One that never comes makes a digest depend on nothing but the number.
fn any_day() -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2100, 12, 31)
}

/// Makes the keys and prints of the rows of one kind out of their columns.
pub(crate) struct RowPrints {
    columns: Vec<PrintedColumn>,
    /// Places of the key columns; empty: every column.
    key_columns: Vec<usize>,
    /// Places of the others that say something: all but the period a row states of itself.
    said_columns: Vec<usize>,
    /// Where the kind has personal columns.
    mac: Option<Hmac<Sm3>>,
    buffer: Vec<u8>,
}

/// A column as it is printed.
struct PrintedColumn {
    tag: [u8; 4],
    /// Its place among the columns of the main part; of a digested column, the digest's.
    main: Option<usize>,
    /// Its place among those of the personal part.
    personal: Option<usize>,
    is_digested: bool,
}

impl RowPrints {
    /// `places`: for each column of the kind its places in the main and in the personal part.
    pub(crate) fn new(kind: &Kind, keys: &Keys, places: &[(Option<usize>, Option<usize>)]) -> Self {
        let place = |key: &String| kind.columns.iter().position(|column| column.key == *key);
        let key_columns: Vec<usize> = kind.key_columns.iter().filter_map(place).collect();
        let says = |at: &usize| kind.columns[*at].column_type != ColumnType::Period && !key_columns.contains(at);
        let is_personal = |column: &Column| schema::part_of(kind, column) != Part::Main;
        let printed = |(column, (main, personal)): (&Column, &(Option<usize>, Option<usize>))| {
            let mut tag = [0; 4];
            tag.copy_from_slice(&Sm3::digest(column.key.as_bytes())[..4]);
            let is_digested = schema::part_of(kind, column) == Part::Digested;
            PrintedColumn { tag, main: *main, personal: *personal, is_digested }
        };
        Self {
            columns: kind.columns.iter().zip(places).map(printed).collect(),
            said_columns: (0..kind.columns.len()).filter(says).collect(),
            key_columns,
            mac: kind.columns.iter().any(is_personal).then(|| keys.row_mac()),
            buffer: Vec::new(),
        }
    }

    /// The columns `_key` and `_print` of rows whose columns in the main and in the personal part these are.
    pub(crate) fn of_rows(&mut self, main: &[ArrayRef], personal: &[ArrayRef]) -> Result<[ArrayRef; 2], ArrowError> {
        let rows = main.first().or_else(|| personal.first()).map_or(0, |column| column.len());
        let cells: Vec<PrintedCells<'_>> =
            self.columns.iter().map(|column| PrintedCells::of(column, main, personal)).collect();
        let every: Vec<usize> = (0..cells.len()).collect();
        let key_columns = if self.key_columns.is_empty() { &every } else { &self.key_columns };
        let [mut keys, mut prints] = [0; 2].map(|_| FixedSizeBinaryBuilder::new(KEY_BYTES));
        for row in 0..rows {
            let key = digest_row((&mut self.buffer, self.mac.as_ref()), &cells, key_columns, (row, &[]));
            // Without a key the key is every column, the period with it: the print can't rest on that.
            let begins: &[u8] = if self.key_columns.is_empty() { &[] } else { &key };
            let print = digest_row((&mut self.buffer, self.mac.as_ref()), &cells, &self.said_columns, (row, begins));
            keys.append_value(key)?;
            prints.append_value(print)?;
        }
        Ok([Arc::new(keys.finish()), Arc::new(prints.finish())])
    }
}

fn digest_row(
    (buffer, mac): (&mut Vec<u8>, Option<&Hmac<Sm3>>),
    cells: &[PrintedCells<'_>],
    places: &[usize],
    (row, begins): (usize, &[u8]),
) -> [u8; 16] {
    buffer.clear();
    buffer.extend_from_slice(begins);
    places.iter().for_each(|at| cells[*at].push(row, buffer));
    let mut short = [0; 16];
    match mac {
        Some(mac) => {
            let mut mac = mac.clone();
            mac.update(b"row:");
            mac.update(buffer);
            short.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        }
        None => short.copy_from_slice(&Sm3::digest(buffer.as_slice())[..16]),
    }
    short
}

/// The cells of a column.
struct PrintedCells<'a> {
    tag: [u8; 4],
    /// Digests that stand for the values, where there are any.
    digests: Option<&'a StringArray>,
    values: Option<Cells<'a>>,
}

enum Cells<'a> {
    Text(&'a StringArray),
    Date(&'a Date32Array),
    Decimal(&'a Decimal128Array),
    Integer(&'a Int64Array),
    Boolean(&'a BooleanArray),
}

impl<'a> PrintedCells<'a> {
    fn of(column: &PrintedColumn, main: &'a [ArrayRef], personal: &'a [ArrayRef]) -> Self {
        let [in_main, in_personal] = [(column.main, main), (column.personal, personal)]
            .map(|(place, columns)| place.and_then(|place| columns.get(place)));
        let digests = in_main.filter(|_| column.is_digested).and_then(|array| array.as_string_opt());
        let values = if column.is_digested { in_personal } else { in_main.or(in_personal) };
        Self { tag: column.tag, digests, values: values.and_then(Cells::of) }
    }

    /// Appends the cell of a row; nothing when it is empty.
    fn push(&self, row: usize, bytes: &mut Vec<u8>) {
        if let Some(digests) = self.digests.filter(|digests| digests.is_valid(row)) {
            bytes.extend_from_slice(&self.tag);
            push_text(bytes, digests.value(row));
        } else if let Some(value) = self.values.as_ref().and_then(|values| values.value(row)) {
            bytes.extend_from_slice(&self.tag);
            push_printed(bytes, value);
        }
    }
}

/// A value as it is printed.
enum Printed<'a> {
    Text(&'a str),
    Days(i32),
    /// A whole number of its last decimal place.
    Figure(i128),
    Flag(bool),
}

impl<'a> Cells<'a> {
    fn of(array: &'a ArrayRef) -> Option<Self> {
        match array.data_type() {
            DataType::Utf8 => array.as_string_opt().map(Self::Text),
            DataType::Date32 => array.as_primitive_opt().map(Self::Date),
            DataType::Decimal128(..) => array.as_primitive_opt().map(Self::Decimal),
            DataType::Int64 => array.as_primitive_opt().map(Self::Integer),
            DataType::Boolean => array.as_boolean_opt().map(Self::Boolean),
            _ => None,
        }
    }

    fn value(&self, row: usize) -> Option<Printed<'a>> {
        match self {
            Self::Text(array) => array.is_valid(row).then(|| Printed::Text(array.value(row))),
            Self::Date(array) => array.is_valid(row).then(|| Printed::Days(array.value(row))),
            Self::Decimal(array) => array.is_valid(row).then(|| Printed::Figure(array.value(row))),
            Self::Integer(array) => array.is_valid(row).then(|| Printed::Figure(array.value(row).into())),
            Self::Boolean(array) => array.is_valid(row).then(|| Printed::Flag(array.value(row))),
        }
    }
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    push_number(bytes, text.len() as u128);
    bytes.extend_from_slice(text.as_bytes());
}

/// Seven bits a byte, lowest first.
fn push_number(bytes: &mut Vec<u8>, mut number: u128) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Small figures of either sign in few bytes.
fn push_figure(bytes: &mut Vec<u8>, figure: i128) {
    push_number(bytes, ((figure << 1) ^ (figure >> 127)).cast_unsigned());
}

fn push_value(bytes: &mut Vec<u8>, scale: i8, value: CellValue<'_>) {
    let printed = match value {
        CellValue::Null => return,
        CellValue::Text(text) | CellValue::Person(text) => Printed::Text(text),
        CellValue::Date(day) => Printed::Days(schema::days_of(day)),
        CellValue::Integer(figure) => Printed::Figure(figure.into()),
        CellValue::Boolean(flag) => Printed::Flag(flag),
        CellValue::Decimal(figure) => Printed::Figure(schema::scaled(figure, scale).unwrap_or_default()),
    };
    push_printed(bytes, printed);
}

fn push_printed(bytes: &mut Vec<u8>, value: Printed<'_>) {
    match value {
        Printed::Text(text) => push_text(bytes, text),
        Printed::Days(days) => bytes.extend_from_slice(&days.to_be_bytes()),
        Printed::Figure(figure) => push_figure(bytes, figure),
        Printed::Flag(flag) => bytes.push(u8::from(flag)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_both_signs_and_any_size_are_written_each_in_its_own_way() {
        let figures = [0, 1, -1, 63, 64, -64, -65, 1_000_000, i128::MAX, i128::MIN];
        let written: std::collections::BTreeSet<Vec<u8>> = figures
            .iter()
            .map(|figure| {
                let mut bytes = Vec::new();
                push_figure(&mut bytes, *figure);
                bytes
            })
            .collect();
        assert_eq!(written.len(), figures.len());
        let mut short = Vec::new();
        push_figure(&mut short, -64);
        assert_eq!(short.len(), 1);
    }
}
