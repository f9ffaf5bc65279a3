//! What only the whole catalogue shows: names that point from one file to another, numbers given twice, item counts.

use std::collections::BTreeMap;

use super::names::{ColumnType, Frequency};
use super::node::{Problem, nearest};
use super::{Catalog, Item};
use crate::messages::Message;

/// Checks every reference between files.
pub fn cross_check(catalog: &Catalog, problems: &mut Vec<Problem>) {
    let mut numbers: BTreeMap<u32, &str> = BTreeMap::new();
    for item in catalog.items.values() {
        if let Some(number) = item.number
            && let Some(other) = numbers.insert(number, &item.key)
        {
            record(problems, item, 1, Message::new("catalog-number-twice").with("number", number).with("other", other));
        }
        check_item(catalog, item, problems);
    }
    for unit in catalog.units.values().filter(|unit| unit.unit.is_some()) {
        let of = unit.unit.clone().unwrap_or_default();
        if !catalog.units.contains_key(&of) && !is_faulty(catalog, &format!("providers/{of}.yaml")) {
            let file = format!("providers/{}.yaml", unit.key);
            problems.push(Problem { file, line: 1, message: Message::new("catalog-unit-unknown").with("unit", of) });
        }
    }
    for parameter in catalog.parameters.values() {
        for value in &parameter.values {
            let Some(law) = value.law.as_ref().filter(|law| !catalog.laws.contains_key(*law)) else { continue };
            if is_faulty(catalog, &format!("laws/{law}.yaml")) {
                continue;
            }
            let file = format!("params/{}.yaml", parameter.key);
            let message = Message::new("catalog-law-unknown").with("law", law);
            problems.push(Problem { file, line: value.line, message });
        }
    }
    for law in catalog.laws.values() {
        for replaced in law.replaces.iter().filter(|replaced| !catalog.laws.contains_key(*replaced)) {
            if is_faulty(catalog, &format!("laws/{replaced}.yaml")) {
                continue;
            }
            let file = format!("laws/{}.yaml", law.key);
            problems.push(Problem {
                file,
                line: 1,
                message: Message::new("catalog-law-unknown").with("law", replaced),
            });
        }
    }
}

/// What a file with a problem would give is not missing as well.
fn is_faulty(catalog: &Catalog, path: &str) -> bool {
    catalog.faulty_files.contains(path)
}

fn check_item(catalog: &Catalog, item: &Item, problems: &mut Vec<Problem>) {
    if catalog.units_of(item).next().is_none() && !is_faulty(catalog, &format!("providers/{}.yaml", item.provider)) {
        record(problems, item, 1, Message::new("catalog-unit-unknown").with("unit", &item.provider));
    }
    let periodic = !item.is_tax_side() && item.period != Frequency::Demand;
    if periodic != item.due.is_some() {
        record(problems, item, 1, Message::new("catalog-due").with("item", &item.key));
    }
    for kind in &item.kinds {
        for column in &kind.columns {
            let Some(list) = &column.list else { continue };
            if !catalog.lists.contains_key(list) && !is_faulty(catalog, &format!("codes/{list}.csv")) {
                let hint = nearest(list, catalog.lists.keys().map(String::as_str)).unwrap_or("-");
                let message = Message::new("catalog-list-unknown").with("list", list).with("hint", hint);
                record(problems, item, column.line, message);
            }
        }
        check_example(catalog, item, kind, problems);
    }
}

/// An example that its own column would refuse misleads the clerk who copies it.
fn check_example(catalog: &Catalog, item: &Item, kind: &super::Kind, problems: &mut Vec<Problem>) {
    for column in kind.columns.iter().filter(|column| !column.example.is_empty()) {
        let example = column.example.as_str();
        let fits = match column.column_type {
            ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate => {
                example.parse::<rust_decimal::Decimal>().is_ok()
            }
            ColumnType::Integer => example.parse::<i64>().is_ok(),
            ColumnType::Date => super::node::read_day(example).is_ok(),
            ColumnType::Code => match &column.list {
                Some(key) => {
                    let list = catalog.lists.get(key).filter(|_| !is_faulty(catalog, &format!("codes/{key}.csv")));
                    list.is_none_or(|list| list.find(example).is_some())
                }
                None => column.values.iter().any(|value| value == example),
            },
            _ => true,
        };
        if !fits {
            let message = Message::new("catalog-example").with("column", &column.key).with("value", example);
            record(problems, item, column.line, message);
        }
    }
}

fn record(problems: &mut Vec<Problem>, item: &Item, line: usize, message: Message) {
    problems.push(Problem { file: item.file.clone(), line, message });
}
