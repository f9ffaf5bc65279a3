//! The arrow schemas of a record kind: of a batch's two parts, and of the view that models read.
//!
//! A batch is kept in two parts. The *main* part has where each row came from, the key it is recognised by, and every
//! column that says nothing personal; in place of a personal identifier (a citizen's number, a certificate, a personal
//! column of the key) stands its keyed digest, so that two rows of one person can be matched without opening the
//! personal part. The *personal* part has the personal columns and nothing else. The *view* is what SQL sees of all
//! batches: the columns of every template version (one that a batch doesn't have is null there), who each party is, and
//! which row it is.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use gongzhi_core::access::Scope;
use gongzhi_core::catalog::{Class, Column, ColumnType, Item, Kind};
use rust_decimal::{Decimal, RoundingStrategy};

/// Columns of the main part that say where a row came from; `_key` and `_print` are 16 bytes each.
pub const ORIGIN_COLUMNS: [&str; 7] = ["_row_id", "_sheet", "_row", "_action", "_raw", "_key", "_print"];

/// Bytes of a row's key and of the print of its values.
pub const KEY_BYTES: i32 = 16;

/// The last columns of every view: which row it is ([`crate::tables::row_reference`]), whose row it is, and the period of its batch.
pub const VIEW_TAIL: [&str; 6] = ["_ref", "_region", "_unit", "_period", "_period_from", "_period_to"];

/// The arrow type that keeps a column's values.
pub fn arrow_type(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Amount => DataType::Decimal128(18, 2),
        ColumnType::Quantity => DataType::Decimal128(18, 4),
        ColumnType::Rate => DataType::Decimal128(18, 8),
        ColumnType::Integer => DataType::Int64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Date => DataType::Date32,
        _ => DataType::Utf8,
    }
}

/// Where a column of a kind is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// In the main part, as it is.
    Main,
    /// In the personal part, with its keyed digest in the main part.
    Digested,
    /// In the personal part only.
    Personal,
}

/// Where a column is kept. Personal identifiers and personal columns of the key leave a digest in the main part.
pub fn part_of(kind: &Kind, column: &Column) -> Part {
    let identifies = matches!(column.column_type, ColumnType::CitizenId | ColumnType::DisabilityCertificate);
    if identifies || (column.class.is_personal() && kind.key_columns.contains(&column.key)) {
        Part::Digested
    } else if column.class.is_personal() {
        Part::Personal
    } else {
        Part::Main
    }
}

/// The name of a column's digest: `<column>_digest`.
pub fn digest_name(column: &str) -> String {
    format!("{column}_digest")
}

/// Columns of the main part of a batch of this template version: [`ORIGIN_COLUMNS`], then the kind's columns in its
/// order (a digest stands where its column would).
pub fn batch_schema(kind: &Kind, version: u32) -> SchemaRef {
    let key = DataType::FixedSizeBinary(KEY_BYTES);
    let types = [DataType::Int64, DataType::Utf8, DataType::Int32, DataType::Utf8, DataType::Utf8, key.clone(), key];
    let mut fields: Vec<Field> = ORIGIN_COLUMNS
        .iter()
        .zip(types)
        .map(|(name, data_type)| Field::new(*name, data_type, *name == "_raw"))
        .collect();
    fields.extend(kind.columns.iter().filter(|column| column.is_in(version)).filter_map(|c| main_field(kind, c)));
    Arc::new(Schema::new(fields))
}

/// Columns of the personal part: `_row_id`, `_raw`, then the personal columns. `None` when the kind has none.
pub fn personal_schema(kind: &Kind, version: u32) -> Option<SchemaRef> {
    let personal: Vec<Field> = kind
        .columns
        .iter()
        .filter(|column| column.is_in(version) && part_of(kind, column) != Part::Main)
        .map(|column| Field::new(&column.key, arrow_type(column.column_type), true))
        .collect();
    if personal.is_empty() {
        return None;
    }
    let mut fields = vec![Field::new("_row_id", DataType::Int64, false), Field::new("_raw", DataType::Utf8, true)];
    fields.extend(personal);
    Some(Arc::new(Schema::new(fields)))
}

/// Columns of a kind's view in SQL, of all template versions: the kind's columns, for each party
/// `<party>_taxpayer`, `<party>_confidence`, `<party>_subject` and `<party>_person`, then [`VIEW_TAIL`]. Of personal columns only those
/// opened are in it: `opened` holds `<item>.<kind>.<column>`, as the purpose of the run allows. The digest of an opened
/// column stays in the view.
pub fn view_schema_opened(item: &Item, kind: &Kind, opened: &BTreeSet<String>) -> SchemaRef {
    view_schema((item, kind), opened, |_| true)
}

/// The same with the columns alone that a scope shows. One that has no personal columns has nothing in their place either:
/// neither their digests nor those that stand for a person.
pub fn view_schema_in(scope: &Scope, kind: (&Item, &Kind), opened: &BTreeSet<String>) -> SchemaRef {
    view_schema(kind, opened, |class| scope.shows(class))
}

fn view_schema((item, kind): (&Item, &Kind), opened: &BTreeSet<String>, shows: impl Fn(Class) -> bool) -> SchemaRef {
    let mut fields: Vec<Field> = Vec::with_capacity(kind.columns.len() + 12);
    for column in kind.columns.iter().filter(|column| shows(column.class.max(class_of_part(kind, column)))) {
        fields.extend(main_field(kind, column));
        let is_opened = opened.contains(&format!("{}.{}.{}", item.key, kind.key, column.key));
        if part_of(kind, column) != Part::Main && is_opened {
            fields.push(Field::new(&column.key, arrow_type(column.column_type), true));
        }
    }
    for party in &kind.parties {
        let [taxpayer, confidence, subject, person] = party_columns(&party.key);
        let person = Some(person).filter(|_| shows(Class::Personal));
        for name in [taxpayer, confidence, subject].into_iter().chain(person) {
            fields.push(Field::new(name, DataType::Utf8, true));
        }
    }
    for name in VIEW_TAIL {
        let data_type = if name.starts_with("_period_") { DataType::Date32 } else { DataType::Utf8 };
        fields.push(Field::new(name, data_type, false));
    }
    Arc::new(Schema::new(fields))
}

/// The columns that say who a party is: its taxpayer, how sure that is, what sort of subject, and the keyed digest of a
/// natural person's certificate number, wherever in the row it stood; null without one.
pub fn party_columns(party: &str) -> [String; 4] {
    ["taxpayer", "confidence", "subject", "person"].map(|column| format!("{party}_{column}"))
}

/// Certificates of persons are personal whatever the catalogue says of their column.
fn class_of_part(kind: &Kind, column: &Column) -> Class {
    if part_of(kind, column) == Part::Main { Class::Public } else { Class::Personal }
}

fn main_field(kind: &Kind, column: &Column) -> Option<Field> {
    match part_of(kind, column) {
        Part::Main => Some(Field::new(&column.key, arrow_type(column.column_type), true)),
        Part::Digested => Some(Field::new(digest_name(&column.key), DataType::Utf8, true)),
        Part::Personal => None,
    }
}

/// Digits after the point of a figure column; 0 for the others.
pub(crate) fn scale_of(column_type: ColumnType) -> i8 {
    match arrow_type(column_type) {
        DataType::Decimal128(_, scale) => scale,
        _ => 0,
    }
}

/// Days since 1970-01-01, as Date32 counts.
pub(crate) fn days_of(day: NaiveDate) -> i32 {
    day.to_epoch_days()
}

/// A figure as a whole number of its last decimal place, rounded half away from zero; `None` beyond 18 digits.
pub(crate) fn scaled(figure: Decimal, scale: i8) -> Option<i128> {
    let places = u32::try_from(scale).ok()?;
    let rounded = figure.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    let missing = places.checked_sub(rounded.scale())?;
    let whole = rounded.mantissa().checked_mul(10_i128.checked_pow(missing)?)?;
    (whole.abs() < 10_i128.pow(18)).then_some(whole)
}
