//! From record batches, one at a time, to what the shared steps read: facts, payments, registrations; and the view of
//! working days.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use gongzhi_core::calendar::Calendar;
use gongzhi_core::catalog::{Catalog, ParameterValue};
use gongzhi_core::models::Model;
use gongzhi_core::models::facts::{Fact, FactValue, IncompletePayment, Payment, Payments, Standing};
use gongzhi_core::money;
use rust_decimal::Decimal;

use crate::model_run::ModelError;

/// Columns that facts of every model may have.
const FACT_COLUMNS: [&str; 14] = [
    "taxpayer",
    "taxpayer_name",
    "confidence",
    "subject",
    "event_day",
    "period",
    "place_region",
    "place_address",
    "evidence",
    "left_out",
    "not_comparable",
    "finding",
    "service",
    "deadline_day",
];

/// Columns of the view of payments that the shared steps read.
pub const PAYMENT_COLUMNS: [&str; 8] =
    ["taxpayer", "tax_kind", "tax_item", "period_from", "period_to", "amount_yuan", "paid_on", "evidence"];

/// Columns of the view of registrations that the shared steps read.
pub const STANDING_COLUMNS: [&str; 9] = [
    "taxpayer",
    "authority",
    "tax_office",
    "subject",
    "vat_payer_kind",
    "vat_general_from",
    "vat_general_to",
    "small_profit_years",
    "not_small_profit_years",
];

/// A column brought to one of the few types that facts have.
enum Cells {
    Text(ArrayRef),
    Decimal(ArrayRef, i8),
    Date(ArrayRef),
    Boolean(ArrayRef),
}

impl Cells {
    fn of(name: &str, array: &ArrayRef) -> Result<Self, ModelError> {
        let wrong = || ModelError::Column(name.to_owned());
        let to = |data_type: &DataType| cast(array, data_type).map_err(|_| wrong());
        Ok(match array.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) | DataType::Null => {
                Self::Text(to(&DataType::Utf8)?)
            }
            DataType::Decimal128(_, scale) => Self::Decimal(Arc::clone(array), *scale),
            whole if whole.is_integer() => Self::Decimal(to(&DataType::Decimal128(20, 0))?, 0),
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => Self::Date(to(&DataType::Date32)?),
            DataType::Boolean => Self::Boolean(Arc::clone(array)),
            _ => return Err(wrong()),
        })
    }

    fn value(&self, row: usize) -> Option<FactValue> {
        match self {
            Self::Text(array) => present(array, row)
                .then(|| array.as_string::<i32>().value(row).to_owned())
                .and_then(|text| if text.is_empty() { None } else { Some(FactValue::Text(text)) }),
            Self::Decimal(array, scale) => {
                let mantissa = present(array, row).then(|| array.as_primitive::<Decimal128Type>().value(row))?;
                // What no figure holds is told as too large by whoever reads it, and never taken for an empty cell.
                let figure = money::of_places(mantissa, u32::try_from(*scale).ok()?);
                Some(FactValue::Decimal(figure.unwrap_or(if mantissa < 0 { Decimal::MIN } else { Decimal::MAX })))
            }
            Self::Date(array) => {
                let days = present(array, row).then(|| array.as_primitive::<Date32Type>().value(row))?;
                let day = NaiveDate::default().checked_add_signed(chrono::TimeDelta::days(days.into()))?;
                Some(FactValue::Date(day))
            }
            Self::Boolean(array) => present(array, row).then(|| FactValue::Boolean(array.as_boolean().value(row))),
        }
    }
}

fn present(array: &ArrayRef, row: usize) -> bool {
    !array.is_null(row)
}

/// The columns of a batch by name.
struct Columns(Vec<(Arc<str>, Cells)>);

impl Columns {
    fn of(batch: &RecordBatch) -> Result<Self, ModelError> {
        let fields = batch.schema_ref().fields().iter().zip(batch.columns());
        let column = |(field, array): (&Arc<Field>, &ArrayRef)| {
            Ok((Arc::from(field.name().as_str()), Cells::of(field.name(), array)?))
        };
        fields.map(column).collect::<Result<_, _>>().map(Self)
    }

    fn find(&self, name: &str) -> Option<&Cells> {
        self.0.iter().find(|(known, _)| **known == *name).map(|(_, cells)| cells)
    }
}

/// The rows whose taxpayer is one of these, by their code in column `taxpayer`.
fn rows_of<'c>(
    columns: &'c Columns,
    rows: usize,
    taxpayers: &HashSet<String>,
) -> impl Iterator<Item = (usize, &'c str)> {
    let codes = columns.find("taxpayer").and_then(|cells| match cells {
        Cells::Text(codes) => Some(codes.as_string::<i32>()),
        _ => None,
    });
    let code = move |row: usize| codes.filter(|codes| codes.is_valid(row)).map(|codes| (row, codes.value(row)));
    (0..rows).filter_map(code).filter(|(_, code)| taxpayers.contains(*code))
}

fn text(cells: Option<&Cells>, row: usize) -> Option<String> {
    Some(match cells?.value(row)? {
        FactValue::Text(text) => text,
        other => other.to_string(),
    })
}

fn day(cells: Option<&Cells>, row: usize) -> Option<NaiveDate> {
    match cells?.value(row)? {
        FactValue::Date(day) => Some(day),
        _ => None,
    }
}

/// Facts of a batch of a model's answer.
pub fn facts_of(batch: &RecordBatch, model: &Model) -> Result<Vec<Fact>, ModelError> {
    let columns = Columns::of(batch)?;
    let is_own = |(name, _): &&(Arc<str>, Cells)| {
        !FACT_COLUMNS.contains(&&**name) && model.facts.iter().any(|(known, _)| **known == **name)
    };
    let own: Vec<&(Arc<str>, Cells)> = columns.0.iter().filter(is_own).collect();
    let [
        taxpayer,
        taxpayer_name,
        confidence,
        subject,
        event_day,
        period,
        place_region,
        place_address,
        evidence,
        left_out,
        not_comparable,
        finding,
        service,
        deadline_day,
    ] = FACT_COLUMNS.map(|name| columns.find(name));
    let fact = |row: usize| {
        let value = |(name, cells): &&(Arc<str>, Cells)| Some((Arc::clone(name), cells.value(row)?));
        Fact {
            taxpayer: text(taxpayer, row),
            taxpayer_name: text(taxpayer_name, row),
            confidence: text(confidence, row),
            subject: text(subject, row),
            event_day: day(event_day, row),
            period: text(period, row),
            place_region: text(place_region, row),
            place_address: text(place_address, row),
            evidence: handles_of(text(evidence, row).unwrap_or_default()),
            left_out: text(left_out, row),
            not_comparable: text(not_comparable, row),
            finding: text(finding, row),
            service: text(service, row),
            deadline_day: day(deadline_day, row),
            values: own.iter().filter_map(value).collect(),
        }
    };
    Ok((0..batch.num_rows()).map(fact).collect())
}

/// The handles in a text parted by `;`, each once and in order. Most have one.
fn handles_of(evidence: String) -> Vec<String> {
    if !evidence.is_empty() && !evidence.contains(';') {
        return vec![evidence];
    }
    let handles: BTreeSet<&str> = evidence.split(';').filter(|handle| !handle.is_empty()).collect();
    handles.into_iter().map(str::to_owned).collect()
}

/// Payments of a batch made by these taxpayers. One of which a column is empty counts towards nothing.
pub fn payments_of(batch: &RecordBatch, taxpayers: &HashSet<String>) -> Result<Payments, ModelError> {
    let columns = Columns::of(batch)?;
    let [_, tax_kind, tax_item, period_from, period_to, amount_yuan, paid_on, evidence] =
        PAYMENT_COLUMNS.map(|name| columns.find(name));
    let mut payments = Payments::default();
    for (row, taxpayer) in rows_of(&columns, batch.num_rows(), taxpayers) {
        let evidence = text(evidence, row).unwrap_or_default();
        let amount = amount_yuan.and_then(|cells| cells.value(row)?.figure());
        let (kind, from, to) = (text(tax_kind, row), day(period_from, row), day(period_to, row));
        if let (Some(tax_kind), Some(period_from), Some(period_to), Some(amount_yuan)) = (&kind, from, to, amount) {
            let (taxpayer, tax_kind, tax_item) = (taxpayer.to_owned(), tax_kind.clone(), text(tax_item, row));
            let paid_on = day(paid_on, row);
            let payment =
                Payment { taxpayer, tax_kind, tax_item, period_from, period_to, amount_yuan, paid_on, evidence };
            payments.whole.push(payment);
            continue;
        }
        let needed = [
            ("tax_kind", kind.is_some()),
            ("period_from", from.is_some()),
            ("period_to", to.is_some()),
            ("amount_yuan", amount.is_some()),
        ];
        let missing = needed.into_iter().filter(|(_, is_there)| !is_there).map(|(name, _)| name.to_owned()).collect();
        payments.incomplete.push(IncompletePayment { evidence, missing });
    }
    Ok(payments)
}

/// Registrations of a batch, of these taxpayers.
pub fn standings_of(
    batch: &RecordBatch,
    taxpayers: &HashSet<String>,
) -> Result<BTreeMap<String, Standing>, ModelError> {
    let columns = Columns::of(batch)?;
    let [_, authority, tax_office, subject, vat_payer_kind, vat_general_from, vat_general_to, small, not_small] =
        STANDING_COLUMNS.map(|name| columns.find(name));
    let years = |cells: Option<&Cells>, row: usize| -> BTreeSet<i32> {
        let text = text(cells, row).unwrap_or_default();
        text.split([';', '；', ',', '，', '、', ' ']).filter_map(|year| year.trim().parse().ok()).collect()
    };
    let standing = |(row, taxpayer): (usize, &str)| {
        let standing = Standing {
            authority: text(authority, row),
            tax_office: text(tax_office, row),
            subject: text(subject, row),
            vat_payer_kind: text(vat_payer_kind, row),
            vat_general_from: day(vat_general_from, row),
            vat_general_to: day(vat_general_to, row),
            small_profit_years: years(small, row),
            not_small_profit_years: years(not_small, row),
        };
        (taxpayer.to_owned(), standing)
    };
    Ok(rows_of(&columns, batch.num_rows(), taxpayers).map(standing).collect())
}

/// A day as Arrow counts them.
fn number(day: NaiveDate) -> i32 {
    i32::try_from(day.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or(0)
}

/// One row a dated value of a parameter: `parameter`, `region`, `class` (empty: none), `valid_from`, `valid_to`, `value`.
pub fn figures_table(catalog: &Catalog) -> Result<MemTable, DataFusionError> {
    let values: Vec<(&String, &ParameterValue)> =
        catalog.parameters.iter().flat_map(|(key, found)| found.values.iter().map(move |value| (key, value))).collect();
    let scaled = |mut value: Decimal| {
        value.rescale(8);
        (value.scale() == 8).then(|| value.mantissa())
    };
    let figures = Decimal128Array::from_iter(values.iter().map(|(_, value)| scaled(value.value)));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(values.iter().map(|(key, _)| key))),
        Arc::new(StringArray::from_iter_values(values.iter().map(|(_, value)| &value.region))),
        Arc::new(StringArray::from_iter_values(values.iter().map(|(_, value)| &value.class))),
        Arc::new(Date32Array::from_iter_values(values.iter().map(|(_, value)| number(value.from)))),
        Arc::new(Date32Array::from_iter(values.iter().map(|(_, value)| value.to.map(number)))),
        Arc::new(figures.with_precision_and_scale(18, 8)?),
    ];
    let schema = Arc::new(Schema::new(vec![
        Field::new("parameter", DataType::Utf8, false),
        Field::new("region", DataType::Utf8, false),
        Field::new("class", DataType::Utf8, false),
        Field::new("valid_from", DataType::Date32, false),
        Field::new("valid_to", DataType::Date32, true),
        Field::new("value", DataType::Decimal128(18, 8), true),
    ]));
    MemTable::try_new(Arc::clone(&schema), vec![vec![RecordBatch::try_new(schema, columns)?]])
}

/// One row a day: whether offices of a region work on it, and the day itself or the next working one. Ten years either side of the
/// calendars shipped; years without a notice know weekends and fixed holidays.
pub fn calendar_table(catalog: &Catalog, region: &str) -> Result<MemTable, DataFusionError> {
    let calendar = Calendar::of(catalog, region);
    let year = |year: Option<&i32>, other: i32| year.copied().unwrap_or(other);
    let first = NaiveDate::from_ymd_opt(year(catalog.calendar.keys().next(), 2022) - 10, 1, 1).unwrap_or_default();
    let last = NaiveDate::from_ymd_opt(year(catalog.calendar.keys().last(), 2026) + 10, 12, 31).unwrap_or_default();
    let days: Vec<NaiveDate> = first.iter_days().take_while(|day| *day <= last).collect();
    let next = days.iter().map(|day| number(calendar.next_working_day(*day)));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Date32Array::from_iter_values(days.iter().map(|day| number(*day)))),
        Arc::new(BooleanArray::from_iter(days.iter().map(|day| Some(calendar.is_working_day(*day))))),
        Arc::new(Date32Array::from_iter_values(next)),
    ];
    let schema = Arc::new(Schema::new(vec![
        Field::new("day", DataType::Date32, false),
        Field::new("working", DataType::Boolean, false),
        Field::new("next_working_day", DataType::Date32, false),
    ]));
    MemTable::try_new(Arc::clone(&schema), vec![vec![RecordBatch::try_new(schema, columns)?]])
}
