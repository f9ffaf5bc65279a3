//! What a row is about and what it says, as digests of 16 bytes, and the digests that stand for persons.
//!
//! Of a kind with personal columns everything is keyed with the deployment's key, else plain SM3, so that batches of
//! such kinds come out the same in every deployment. A column that is absent counts like one that is empty: a template
//! version that adds a column does not change what older rows say. What is digested is written short, since a digest
//! costs what its bytes are: a tag of four bytes for a column (columns are never retyped), then its value; and a print
//! begins with the row's key, so that the key's columns are not digested twice.

use std::cell::RefCell;

use chrono::NaiveDate;
use gongzhi_core::catalog::{Column, ColumnType, Kind};
use gongzhi_core::values::CellValue;
use hmac::{Hmac, Mac};
use sm3::{Digest, Sm3};

use crate::keys::{Keys, hex};
use crate::schema::{self, Part};

/// Makes the digests of the rows of one kind.
pub(crate) struct Fingerprints<'k> {
    kind: &'k Kind,
    keys: &'k Keys,
    columns: Vec<DigestedColumn>,
    /// Places of the key columns; empty: every column.
    key_columns: Vec<usize>,
    /// Places of the others that say something: all but the period a row states of itself.
    said_columns: Vec<usize>,
    is_keyed: bool,
    buffer: RefCell<Vec<u8>>,
}

/// A column as it is digested.
struct DigestedColumn {
    tag: [u8; 4],
    /// It leaves a digest of its own in the main part.
    has_own: bool,
    scale: i8,
}

impl<'k> Fingerprints<'k> {
    pub(crate) fn new(kind: &'k Kind, keys: &'k Keys) -> Self {
        let place = |key: &String| kind.columns.iter().position(|column| column.key == *key);
        let key_columns: Vec<usize> = kind.key_columns.iter().filter_map(place).collect();
        let says = |at: &usize| kind.columns[*at].column_type != ColumnType::Period && !key_columns.contains(at);
        Self {
            kind,
            keys,
            columns: kind.columns.iter().map(|column| DigestedColumn::of(kind, column)).collect(),
            said_columns: (0..kind.columns.len()).filter(says).collect(),
            key_columns,
            is_keyed: kind.columns.iter().any(|column| schema::part_of(kind, column) != Part::Main),
            buffer: RefCell::default(),
        }
    }

    /// The digests that columns leave in the main part, by the columns' places; `None` for the others and for empty cells.
    /// Nothing at all for a kind without such columns.
    pub(crate) fn digests(&self, values: &[CellValue<'_>]) -> Vec<Option<String>> {
        if !self.columns.iter().any(|column| column.has_own) {
            return Vec::new();
        }
        let columns = self.columns.iter().zip(&self.kind.columns).zip(values);
        columns.map(|((own, column), value)| own.has_own.then(|| self.digest(column, *value)).flatten()).collect()
    }

    fn digest(&self, column: &Column, value: CellValue<'_>) -> Option<String> {
        match (column.column_type, value) {
            (_, CellValue::Null) => None,
            (ColumnType::CitizenId | ColumnType::DisabilityCertificate, CellValue::Text(number)) => {
                // The day only rules out births after it. One that never comes makes the digest depend on nothing but
                // the number.
                let day = NaiveDate::from_ymd_opt(2100, 12, 31)?;
                self.keys.person().digest(number, day).map(|digest| digest.to_string())
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

    /// The row's key and print.
    pub(crate) fn of_row(&self, values: &[CellValue<'_>], digests: &[Option<String>]) -> ([u8; 16], [u8; 16]) {
        let key = match self.key_columns.as_slice() {
            [] => self.digest_of(&[], 0..self.columns.len(), values, digests),
            places => self.digest_of(&[], places.iter().copied(), values, digests),
        };
        // Without a key the key is every column, the period with it: the print can't rest on that.
        let begins: &[u8] = if self.key_columns.is_empty() { &[] } else { &key };
        (key, self.digest_of(begins, self.said_columns.iter().copied(), values, digests))
    }

    fn digest_of(
        &self,
        begins: &[u8],
        places: impl Iterator<Item = usize>,
        values: &[CellValue<'_>],
        digests: &[Option<String>],
    ) -> [u8; 16] {
        let mut bytes = self.buffer.borrow_mut();
        bytes.clear();
        bytes.extend_from_slice(begins);
        for at in places.filter(|at| !matches!(values[*at], CellValue::Null)) {
            let column = &self.columns[at];
            bytes.extend_from_slice(&column.tag);
            match digests.get(at).and_then(Option::as_ref) {
                Some(digest) => push_text(&mut bytes, digest),
                None => push_value(&mut bytes, column.scale, values[at]),
            }
        }
        let mut short = [0; 16];
        if self.is_keyed {
            let mut mac: Hmac<Sm3> = self.keys.row_mac();
            mac.update(b"row:");
            mac.update(&bytes);
            short.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        } else {
            short.copy_from_slice(&Sm3::digest(bytes.as_slice())[..16]);
        }
        short
    }
}

impl DigestedColumn {
    fn of(kind: &Kind, column: &Column) -> Self {
        let mut tag = [0; 4];
        tag.copy_from_slice(&Sm3::digest(column.key.as_bytes())[..4]);
        let has_own = schema::part_of(kind, column) == Part::Digested;
        Self { tag, has_own, scale: schema::scale_of(column.column_type) }
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
    match value {
        CellValue::Null => {}
        CellValue::Text(text) => push_text(bytes, text),
        CellValue::Date(day) => bytes.extend_from_slice(&schema::days_of(day).to_be_bytes()),
        CellValue::Integer(figure) => push_figure(bytes, figure.into()),
        CellValue::Boolean(flag) => bytes.push(u8::from(flag)),
        CellValue::Decimal(figure) => push_figure(bytes, schema::scaled(figure, scale).unwrap_or_default()),
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
