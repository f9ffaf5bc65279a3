//! Fills the columns of a row that what happened says nothing about, so that the row keeps every rule of its kind.

use chrono::Days;
use gongzhi_core::catalog::{Catalog, Column, ColumnType, Kind, Rule};
use gongzhi_core::period::Period;
use rust_decimal::Decimal;

use super::draft::{Draft, Value};
use super::random::Dice;
use super::taxpayers::TOWNSHIPS;

/// The values of a row, a column each, in the order of the kind's columns.
pub fn fill(catalog: &Catalog, kind: &Kind, (draft, period): (&Draft, Period), seed: u64) -> Vec<Value> {
    // What is filled in hangs on the row alone: a list that still holds it says the same of it.
    let mut dice = Dice::numbered(seed, "filled", draft.serial);
    let dice = &mut dice;
    let origin = draft.origin.unwrap_or(period);
    let mut values: Vec<Value> = kind
        .columns
        .iter()
        .map(|column| match draft.find(&column.key) {
            Some(value) => value.clone(),
            None if column.party.is_some() || column.closed => Value::Empty,
            None if draft.told.is_some() && !column.required => Value::Empty,
            None if draft.told.is_some() && column.column_type == ColumnType::Text => {
                let example: String = column.example.chars().take(20).collect();
                Value::Text(format!("{example}{:06}", draft.told.unwrap_or_default()))
            }
            None if is_key_text(kind, column) => Value::Text(format!(
                "{}{:07}",
                column.example.chars().take(20).collect::<String>(),
                dice.below(10_000_000)
            )),
            None if column.column_type == ColumnType::Period => Value::Text(spoken(period)),
            None if !column.required && dice.happens(1_500) => Value::Empty,
            None => default_of(catalog, column, origin, dice),
        })
        .collect();
    for rule in &kind.rules {
        keep_rule(&rule.rule, kind, draft, &mut values);
    }
    values
}

/// Texts that tell rows apart may not be the same example in every row.
fn is_key_text(kind: &Kind, column: &Column) -> bool {
    let unique = |rule: &Rule| matches!(rule, Rule::Unique(columns) if columns.contains(&column.key));
    column.column_type == ColumnType::Text
        && (kind.key_columns.contains(&column.key) || kind.rules.iter().any(|rule| unique(&rule.rule)))
}

fn default_of(catalog: &Catalog, column: &Column, period: Period, dice: &mut Dice) -> Value {
    match column.column_type {
        ColumnType::Text if column.example.is_empty() => Value::Empty,
        ColumnType::Text => Value::Text(column.example.clone()),
        ColumnType::Code => code_of(catalog, column, period, dice),
        ColumnType::Region => {
            Value::Text(dice.pick(&TOWNSHIPS).map(|(_, name)| (*name).to_owned()).unwrap_or_default())
        }
        ColumnType::Date => Value::Day(day_in(period, dice)),
        ColumnType::Month => Value::Text(Period::month_of(day_in(period, dice)).to_string()),
        ColumnType::Amount => Value::Figure(Decimal::new(dice.between(1_000_000, 500_000_000), 2)),
        ColumnType::Quantity => figure_between(column, dice, (100, 60_000)),
        ColumnType::Rate => Value::Figure(Decimal::new(dice.between(10, 90), 2)),
        ColumnType::Integer if column.key == "year" => Value::Whole(i64::from(period.year())),
        ColumnType::Integer => match figure_between(column, dice, (1, 60)) {
            Value::Figure(figure) => Value::Whole(i64::try_from(figure.trunc().mantissa()).unwrap_or(1)),
            other => other,
        },
        ColumnType::Boolean => Value::Flag(dice.below(2) == 0),
        ColumnType::Industry => Value::Text("5165".to_owned()),
        ColumnType::Parcel => Value::Text(parcel(dice)),
        ColumnType::Phone => Value::Text(format!("0994-0000{:03}", dice.below(1_000))),
        ColumnType::Period
        | ColumnType::Uscc
        | ColumnType::OrganisationCode
        | ColumnType::RegistrationNumber
        | ColumnType::TaxId
        | ColumnType::CitizenId
        | ColumnType::DisabilityCertificate => Value::Empty,
    }
}

/// A made-up parcel number of the county.
pub fn parcel(dice: &mut Dice) -> String {
    format!("652323{:03}{:03}GB{:05}", dice.between(100, 105), dice.between(1, 40), dice.between(1, 99_999))
}

/// A period as people write it.
pub fn spoken(period: Period) -> String {
    match period {
        Period::Year(year) => format!("{year}年度"),
        Period::Half(year, 1) => format!("{year}年上半年"),
        Period::Half(year, _) => format!("{year}年下半年"),
        Period::Quarter(year, quarter) => format!("{year}年第{quarter}季度"),
        Period::Month(year, month) => format!("{year}年{month}月"),
    }
}

fn day_in(period: Period, dice: &mut Dice) -> chrono::NaiveDate {
    let days = (period.last_day() - period.first_day()).num_days();
    period.first_day() + Days::new(dice.between(0, days).unsigned_abs())
}

fn figure_between(column: &Column, dice: &mut Dice, (least, most): (i64, i64)) -> Value {
    let least = column.min.map_or(Decimal::from(least), |min| min.max(Decimal::from(least)));
    let most = column.max.map_or(Decimal::from(most), |max| max.min(Decimal::from(most)));
    let width = i64::try_from((most - least).trunc().mantissa()).unwrap_or(0).max(0);
    Value::Figure(least.min(most) + Decimal::from(dice.between(0, width)))
}

fn code_of(catalog: &Catalog, column: &Column, period: Period, dice: &mut Dice) -> Value {
    let day = period.first_day();
    let Some(list) = column.list.as_ref().and_then(|list| catalog.lists.get(list)) else {
        return Value::Text(dice.pick(&column.values).cloned().unwrap_or_default());
    };
    let holds = |entry: &&gongzhi_core::catalog::CodeEntry| {
        entry.from.is_none_or(|from| from <= day) && entry.to.is_none_or(|to| day <= to)
    };
    let codes: Vec<&str> = list.entries.iter().filter(holds).map(|entry| entry.code.as_str()).collect();
    Value::Text(dice.word(&codes).to_owned())
}

/// Changes values that were filled in, never those that were given, until the rule holds.
fn keep_rule(rule: &Rule, kind: &Kind, draft: &Draft, values: &mut [Value]) {
    let at = |key: &str| kind.columns.iter().position(|column| column.key == key);
    let given = |key: &str| draft.find(key).is_some();
    match rule {
        Rule::Order(low, high) | Rule::AtMost(low, high) => {
            let (Some(low_at), Some(high_at)) = (at(low), at(high)) else { return };
            if !is_above(&values[low_at], &values[high_at]) {
                return;
            }
            match (given(low), given(high)) {
                (false, false) => values.swap(low_at, high_at),
                (true, _) if !given(high) => values[high_at] = values[low_at].clone(),
                _ => values[low_at] = values[high_at].clone(),
            }
        }
        Rule::Sum { total, parts, .. } if !given(total) => {
            let Some(total_at) = at(total) else { return };
            let figures: Vec<Decimal> =
                parts.iter().filter_map(|part| at(part)).map(|part| figure(&values[part])).collect();
            let sum: Decimal = figures.iter().sum();
            values[total_at] = match values[total_at] {
                Value::Whole(_) => Value::Whole(i64::try_from(sum.trunc().mantissa()).unwrap_or(0)),
                _ => Value::Figure(sum),
            };
        }
        Rule::Product { factors, .. } => {
            for factor in factors.iter().filter(|factor| !given(factor)).filter_map(|factor| at(factor)) {
                values[factor] = Value::Empty;
            }
        }
        Rule::AnyOf(columns) => {
            let places: Vec<usize> = columns.iter().filter_map(|column| at(column)).collect();
            if places.iter().all(|place| values[*place] == Value::Empty)
                && let Some(first) = places.first()
            {
                values[*first] = Value::Text(format!("示例{}号", draft.cells.len()));
            }
        }
        Rule::RequiredIf { column, when, equals } => {
            let (Some(column_at), Some(when_at)) = (at(column), at(when)) else { return };
            let decides = matches!(&values[when_at], Value::Text(text) if equals.contains(text));
            if decides && values[column_at] == Value::Empty && !given(when) {
                values[when_at] = Value::Empty;
            }
        }
        Rule::SamePermit { permit, .. } if !given(permit) => {
            if let Some(permit) = at(permit) {
                values[permit] = Value::Empty;
            }
        }
        _ => {}
    }
}

fn figure(value: &Value) -> Decimal {
    match value {
        Value::Figure(figure) => *figure,
        Value::Whole(number) => Decimal::from(*number),
        _ => Decimal::ZERO,
    }
}

fn is_above(low: &Value, high: &Value) -> bool {
    match (low, high) {
        (Value::Day(low), Value::Day(high)) => low > high,
        (Value::Figure(_) | Value::Whole(_), Value::Figure(_) | Value::Whole(_)) => figure(low) > figure(high),
        _ => false,
    }
}
