//! What a row is about and what it says, as digests of 16 bytes, and the digests that stand for persons.
//!
//! Of a kind with personal columns everything is keyed with the deployment's key, else plain SM3, so that batches of
//! such kinds come out the same in every deployment. A column that is absent counts like one that is empty: a template
//! version that adds a column does not change what older rows say.

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
    /// Places of the key columns; empty: every column.
    key_columns: Vec<usize>,
    is_keyed: bool,
    buffer: std::cell::RefCell<Vec<u8>>,
}

impl<'k> Fingerprints<'k> {
    pub(crate) fn new(kind: &'k Kind, keys: &'k Keys) -> Self {
        let place = |key: &String| kind.columns.iter().position(|column| column.key == *key);
        Self {
            kind,
            keys,
            key_columns: kind.key_columns.iter().filter_map(place).collect(),
            is_keyed: kind.columns.iter().any(|column| schema::part_of(kind, column) != Part::Main),
            buffer: std::cell::RefCell::default(),
        }
    }

    /// For each column that leaves a digest in the main part, the digest; `None` for the others and for empty cells.
    pub(crate) fn digests(&self, values: &[CellValue<'_>]) -> Vec<Option<String>> {
        let columns = self.kind.columns.iter().zip(values);
        let digest = |(column, value): (&Column, &CellValue<'_>)| match schema::part_of(self.kind, column) {
            Part::Digested => self.digest(column, *value),
            _ => None,
        };
        columns.map(digest).collect()
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
                push_value(&mut bytes, column, value);
                mac.update(&bytes);
                Some(format!("hmac-sm3:{}", hex(&mac.finalize().into_bytes())))
            }
        }
    }

    /// The row's key and print.
    pub(crate) fn of_row(&self, values: &[CellValue<'_>], digests: &[Option<String>]) -> ([u8; 16], [u8; 16]) {
        let all = 0..self.kind.columns.len();
        let said = all.clone().filter(|at| self.kind.columns[*at].column_type != ColumnType::Period);
        let print = self.digest_of(said, values, digests);
        let key = match self.key_columns.as_slice() {
            [] => self.digest_of(all, values, digests),
            places => self.digest_of(places.iter().copied(), values, digests),
        };
        (key, print)
    }

    fn digest_of(
        &self,
        places: impl Iterator<Item = usize>,
        values: &[CellValue<'_>],
        digests: &[Option<String>],
    ) -> [u8; 16] {
        let mut bytes = self.buffer.borrow_mut();
        bytes.clear();
        for at in places.filter(|at| !matches!(values[*at], CellValue::Null)) {
            let column = &self.kind.columns[at];
            bytes.extend_from_slice(column.key.as_bytes());
            bytes.push(0);
            match &digests[at] {
                Some(digest) => push_text(&mut bytes, digest),
                None => push_value(&mut bytes, column, values[at]),
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

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn push_value(bytes: &mut Vec<u8>, column: &Column, value: CellValue<'_>) {
    match value {
        CellValue::Null => {}
        CellValue::Text(text) => push_text(bytes, text),
        CellValue::Date(day) => bytes.extend_from_slice(&schema::days_of(day).to_be_bytes()),
        CellValue::Integer(figure) => push_text(bytes, &figure.to_string()),
        CellValue::Boolean(flag) => bytes.push(u8::from(flag)),
        CellValue::Decimal(figure) => {
            let scale = schema::scale_of(column.column_type);
            let scaled = schema::scaled(figure, scale).unwrap_or_default();
            bytes.extend_from_slice(&scaled.to_be_bytes());
        }
    }
}
