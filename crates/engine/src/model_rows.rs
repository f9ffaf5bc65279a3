//! From record batches to what the shared steps read: facts, payments, registrations; and the view of working days.

use std::collections::{BTreeMap, BTreeSet};
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
use gongzhi_core::models::facts::{Fact, FactValue, Payment, Standing};
use rust_decimal::Decimal;

use crate::model_run::ModelError;

/// A query's result: its schema and its batches.
type Answer = (Arc<Schema>, Vec<RecordBatch>);

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

/// The rows of an answer as maps of what has a value.
fn rows_of(answer: &Answer, keep: &dyn Fn(&mut BTreeMap<String, FactValue>)) -> Result<(), ModelError> {
    let (schema, batches) = answer;
    for batch in batches {
        let mut columns = Vec::with_capacity(batch.num_columns());
        for (field, array) in schema.fields().iter().zip(batch.columns()) {
            columns.push((field.name().as_str(), Cells::of(field.name(), array)?));
        }
        for row in 0..batch.num_rows() {
            let mut values: BTreeMap<String, FactValue> = BTreeMap::new();
            for (name, cells) in &columns {
                if let Some(value) = cells.value(row) {
                    values.insert((*name).to_owned(), value);
                }
            }
            keep(&mut values);
        }
    }
    Ok(())
}

fn text(values: &mut BTreeMap<String, FactValue>, name: &str) -> Option<String> {
    values.remove(name).map(|value| value.to_string())
}

fn day(values: &mut BTreeMap<String, FactValue>, name: &str) -> Option<NaiveDate> {
    match values.remove(name) {
        Some(FactValue::Date(day)) => Some(day),
        _ => None,
    }
}

/// Facts of a model's answer.
pub fn facts_of(answer: &Answer, model: &Model) -> Result<Vec<Fact>, ModelError> {
    let facts = std::cell::RefCell::new(Vec::new());
    rows_of(answer, &|values| {
        let evidence = text(values, "evidence").unwrap_or_default();
        let handles: BTreeSet<&str> = evidence.split(';').filter(|handle| !handle.is_empty()).collect();
        let mut fact = Fact {
            taxpayer: text(values, "taxpayer"),
            taxpayer_name: text(values, "taxpayer_name"),
            confidence: text(values, "confidence"),
            subject: text(values, "subject"),
            event_day: day(values, "event_day"),
            period: text(values, "period"),
            place_region: text(values, "place_region"),
            evidence: handles.into_iter().map(str::to_owned).collect(),
            left_out: text(values, "left_out"),
            not_comparable: text(values, "not_comparable"),
            finding: text(values, "finding"),
            service: text(values, "service"),
            deadline_day: day(values, "deadline_day"),
            values: BTreeMap::new(),
        };
        fact.values = std::mem::take(values);
        fact.values.retain(|name, _| model.facts.iter().any(|(known, _)| known == name));
        facts.borrow_mut().push(fact);
    })?;
    Ok(facts.into_inner())
}

/// Payments of an answer made by these taxpayers; a row without its fixed columns counts for nothing.
pub fn payments_of(answer: &Answer, taxpayers: &BTreeSet<&str>) -> Result<Vec<Payment>, ModelError> {
    let payments = std::cell::RefCell::new(Vec::new());
    rows_of(answer, &|values| {
        let Some(taxpayer) = text(values, "taxpayer").filter(|code| taxpayers.contains(code.as_str())) else { return };
        let amount = values.remove("amount_yuan").and_then(|value| value.figure());
        let (from, to) = (day(values, "period_from"), day(values, "period_to"));
        let (Some(amount_yuan), Some(period_from), Some(period_to)) = (amount, from, to) else { return };
        payments.borrow_mut().push(Payment {
            taxpayer,
            tax_kind: text(values, "tax_kind").unwrap_or_default(),
            tax_item: text(values, "tax_item"),
            period_from,
            period_to,
            amount_yuan,
            evidence: text(values, "evidence").unwrap_or_default(),
        });
    })?;
    Ok(payments.into_inner())
}

/// Registrations of these taxpayers.
pub fn standings_of(answer: &Answer, taxpayers: &BTreeSet<&str>) -> Result<BTreeMap<String, Standing>, ModelError> {
    let standings = std::cell::RefCell::new(BTreeMap::new());
    let years = |text: Option<String>| -> BTreeSet<i32> {
        let text = text.unwrap_or_default();
        text.split([';', '；', ',', '，', '、', ' ']).filter_map(|year| year.trim().parse().ok()).collect()
    };
    rows_of(answer, &|values| {
        let Some(taxpayer) = text(values, "taxpayer").filter(|code| taxpayers.contains(code.as_str())) else { return };
        let standing = Standing {
            authority: text(values, "authority"),
            subject: text(values, "subject"),
            vat_payer_kind: text(values, "vat_payer_kind"),
            vat_general_from: day(values, "vat_general_from"),
            vat_general_to: day(values, "vat_general_to"),
            small_profit_years: years(text(values, "small_profit_years")),
            not_small_profit_years: years(text(values, "not_small_profit_years")),
        };
        standings.borrow_mut().insert(taxpayer, standing);
    })?;
    Ok(standings.into_inner())
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
