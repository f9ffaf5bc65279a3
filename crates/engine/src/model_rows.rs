//! From record batches, one at a time, to what the shared steps read: facts, payments, registrations; and the view of
//! working days.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use gongzhi_core::calendar::Calendar;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::models::Model;
use gongzhi_core::models::facts::{Fact, FactValue, IncompletePayment, Payment, Payments, Standing};
use rust_decimal::Decimal;

use crate::model_run::ModelError;

/// What a row has a value for.
type Values = BTreeMap<String, FactValue>;

/// Columns of the view of payments that the shared steps read.
pub const PAYMENT_COLUMNS: [&str; 7] =
    ["taxpayer", "tax_kind", "tax_item", "period_from", "period_to", "amount_yuan", "evidence"];

/// Columns of the view of registrations that the shared steps read.
pub const STANDING_COLUMNS: [&str; 8] = [
    "taxpayer",
    "authority",
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
                let scale = u32::try_from(*scale).ok()?;
                Decimal::try_from_i128_with_scale(mantissa, scale).ok().map(FactValue::Decimal)
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

/// The rows of a batch; where taxpayers are named, theirs only, the others are never built.
fn rows_of(batch: &RecordBatch, taxpayers: Option<&HashSet<String>>) -> Result<Vec<Values>, ModelError> {
    let mut columns = Vec::with_capacity(batch.num_columns());
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        columns.push((field.name().as_str(), Cells::of(field.name(), array)?));
    }
    let of_whom = columns.iter().find(|(name, _)| *name == "taxpayer").map(|(_, cells)| cells);
    let is_wanted = |row: &usize| {
        let Some(taxpayers) = taxpayers else { return true };
        matches!(of_whom, Some(Cells::Text(codes)) if present(codes, *row)
            && taxpayers.contains(codes.as_string::<i32>().value(*row)))
    };
    let value = |row: usize, (name, cells): &(&str, Cells)| Some(((*name).to_owned(), cells.value(row)?));
    let rows = (0..batch.num_rows()).filter(is_wanted);
    Ok(rows.map(|row| columns.iter().filter_map(|column| value(row, column)).collect()).collect())
}

fn text(values: &mut Values, name: &str) -> Option<String> {
    values.remove(name).map(|value| value.to_string())
}

fn day(values: &mut Values, name: &str) -> Option<NaiveDate> {
    match values.remove(name) {
        Some(FactValue::Date(day)) => Some(day),
        _ => None,
    }
}

/// Facts of a batch of a model's answer.
pub fn facts_of(batch: &RecordBatch, model: &Model) -> Result<Vec<Fact>, ModelError> {
    let fact = |mut values: Values| {
        let evidence = text(&mut values, "evidence").unwrap_or_default();
        let handles: BTreeSet<&str> = evidence.split(';').filter(|handle| !handle.is_empty()).collect();
        let mut fact = Fact {
            taxpayer: text(&mut values, "taxpayer"),
            taxpayer_name: text(&mut values, "taxpayer_name"),
            confidence: text(&mut values, "confidence"),
            subject: text(&mut values, "subject"),
            event_day: day(&mut values, "event_day"),
            period: text(&mut values, "period"),
            place_region: text(&mut values, "place_region"),
            evidence: handles.into_iter().map(str::to_owned).collect(),
            left_out: text(&mut values, "left_out"),
            not_comparable: text(&mut values, "not_comparable"),
            finding: text(&mut values, "finding"),
            service: text(&mut values, "service"),
            deadline_day: day(&mut values, "deadline_day"),
            values: BTreeMap::new(),
        };
        values.retain(|name, _| model.facts.iter().any(|(known, _)| known == name));
        fact.values = values;
        fact
    };
    Ok(rows_of(batch, None)?.into_iter().map(fact).collect())
}

/// Payments of a batch made by these taxpayers.
pub fn payments_of(batch: &RecordBatch, taxpayers: &HashSet<String>) -> Result<Payments, ModelError> {
    let mut payments = Payments::default();
    for values in rows_of(batch, Some(taxpayers))? {
        match payment_of(values) {
            Ok(payment) => payments.whole.push(payment),
            Err(incomplete) => payments.incomplete.push(incomplete),
        }
    }
    Ok(payments)
}

/// A payment of which one of the columns is empty counts towards nothing: which they are.
fn payment_of(mut values: Values) -> Result<Payment, IncompletePayment> {
    let needed = ["tax_kind", "period_from", "period_to", "amount_yuan"];
    let missing: Vec<String> =
        needed.into_iter().filter(|column| !values.contains_key(*column)).map(str::to_owned).collect();
    let evidence = text(&mut values, "evidence").unwrap_or_default();
    let amount = values.remove("amount_yuan").and_then(|value| value.figure());
    let (from, to) = (day(&mut values, "period_from"), day(&mut values, "period_to"));
    let (Some(tax_kind), Some(amount_yuan), Some(period_from), Some(period_to)) =
        (text(&mut values, "tax_kind"), amount, from, to)
    else {
        return Err(IncompletePayment { evidence, missing });
    };
    let taxpayer = text(&mut values, "taxpayer").unwrap_or_default();
    let tax_item = text(&mut values, "tax_item");
    Ok(Payment { taxpayer, tax_kind, tax_item, period_from, period_to, amount_yuan, evidence })
}

/// Registrations of a batch, of these taxpayers.
pub fn standings_of(
    batch: &RecordBatch,
    taxpayers: &HashSet<String>,
) -> Result<BTreeMap<String, Standing>, ModelError> {
    let years = |text: Option<String>| -> BTreeSet<i32> {
        let text = text.unwrap_or_default();
        text.split([';', '；', ',', '，', '、', ' ']).filter_map(|year| year.trim().parse().ok()).collect()
    };
    let standing = |mut values: Values| {
        let standing = Standing {
            authority: text(&mut values, "authority"),
            subject: text(&mut values, "subject"),
            vat_payer_kind: text(&mut values, "vat_payer_kind"),
            vat_general_from: day(&mut values, "vat_general_from"),
            vat_general_to: day(&mut values, "vat_general_to"),
            small_profit_years: years(text(&mut values, "small_profit_years")),
            not_small_profit_years: years(text(&mut values, "not_small_profit_years")),
        };
        Some((text(&mut values, "taxpayer")?, standing))
    };
    Ok(rows_of(batch, Some(taxpayers))?.into_iter().filter_map(standing).collect())
}

/// One row a day: whether offices work on it, and the day itself or the next working one. Ten years either side of the
/// calendars shipped; years without a notice know weekends and fixed holidays.
pub fn calendar_table(catalog: &Catalog) -> Result<MemTable, DataFusionError> {
    let calendar = Calendar::new(&catalog.calendar);
    let year = |year: Option<&i32>, other: i32| year.copied().unwrap_or(other);
    let first = NaiveDate::from_ymd_opt(year(catalog.calendar.keys().next(), 2022) - 10, 1, 1).unwrap_or_default();
    let last = NaiveDate::from_ymd_opt(year(catalog.calendar.keys().last(), 2026) + 10, 12, 31).unwrap_or_default();
    let days: Vec<NaiveDate> = first.iter_days().take_while(|day| *day <= last).collect();
    let number = |day: NaiveDate| -> i32 {
        i32::try_from(day.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or(0)
    };
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
