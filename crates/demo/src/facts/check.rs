//! Holds facts against the catalogue: every item, column, party, value and period they name must be there.

use std::collections::BTreeSet;

use gongzhi_core::catalog::node::nearest;
use gongzhi_core::catalog::{Catalog, Column, ColumnType, Frequency, Item, Kind, Problem};
use gongzhi_core::messages::Message;
use gongzhi_core::period::Period;

use super::super::draft::Value;
use super::cast::{Cast, is_local, seat_of};
use super::read::read_yes;
use super::{Fact, Party, Row, Sort};

/// Table of the tax registration.
pub const REGISTRATION: &str = "tax_registration.taxpayer";

/// Everything that is wrong with facts.
pub fn check(catalog: &Catalog, facts: &'static [Fact], problems: &mut Vec<Problem>) {
    let mut known = BTreeSet::new();
    for fact in facts {
        let mut findings = Findings { fact, problems };
        if !known.insert((&fact.file, &fact.key)) {
            findings.record(fact.line, Message::new("demo-fact-twice"));
        }
        for party in &fact.parties {
            check_party(catalog, party, &mut findings);
        }
        let cast = Cast::stand_in(fact);
        for row in &fact.reported {
            check_row(catalog, (row, false), &cast, &mut findings);
        }
        for row in &fact.tax_side {
            check_row(catalog, (row, true), &cast, &mut findings);
        }
        for answer in &fact.leads {
            if fact.find_party(&answer.taxpayer).is_none() {
                findings.record(answer.line, Message::new("demo-fact-party").with("party", &answer.taxpayer));
            }
        }
    }
}

struct Findings<'a> {
    fact: &'a Fact,
    problems: &'a mut Vec<Problem>,
}

impl Findings<'_> {
    fn record(&mut self, line: usize, message: Message) {
        let message = message.with("fact", &self.fact.key);
        self.problems.push(Problem { file: self.fact.file.clone(), line, message });
    }

    fn refuse_value(&mut self, line: usize, (column, value): (&str, &str), expected: &str) {
        let message = Message::new("demo-fact-value").with("column", column).with("value", value);
        self.record(line, message.with("expected", expected));
    }
}

fn check_party(catalog: &Catalog, party: &Party, findings: &mut Findings<'_>) {
    let fact = findings.fact;
    if let Some(head) = party.of.as_ref().filter(|head| fact.find_party(head).is_none()) {
        findings.record(party.line, Message::new("demo-fact-party").with("party", head));
    }
    if party.sort == Sort::Branch && party.of.is_none() {
        findings.refuse_value(party.line, ("of", ""), "sort: branch, of: A");
    }
    if !is_local(party) && seat_of(party).is_none() {
        findings.refuse_value(party.line, ("seat", party.seat.as_deref().unwrap_or_default()), "here | 650100 …");
    }
    if let Some(vat) = party.vat.as_deref().filter(|vat| !["general", "small_scale", "none"].contains(vat)) {
        findings.refuse_value(party.line, ("vat", vat), "general | small_scale | none");
    }
    let Some((_, kind)) = catalog.find_kind(REGISTRATION) else { return };
    for (key, text) in &party.registration {
        match kind.find_column(key) {
            Some(column) => {
                if let Err(expected) = value_of(catalog, column, text) {
                    findings.refuse_value(party.line, (key, text), &expected);
                }
            }
            None => unknown_column((REGISTRATION, kind), (key, party.line), findings),
        }
    }
}

fn unknown_column((name, kind): (&str, &Kind), (key, line): (&str, usize), findings: &mut Findings<'_>) {
    let known = kind.columns.iter().map(|column| column.key.as_str());
    let hint = nearest(key, known.chain(kind.parties.iter().map(|party| party.key.as_str()))).unwrap_or("-");
    findings.record(line, Message::new("demo-fact-column").with("kind", name).with("column", key).with("hint", hint));
}

fn check_row(catalog: &Catalog, (row, tax_side): (&Row, bool), cast: &Cast, findings: &mut Findings<'_>) {
    let found = catalog.find_kind(&row.kind).filter(|(item, _)| item.is_tax_side() == tax_side);
    let Some((item, kind)) = found else {
        findings.record(row.line, Message::new("demo-fact-item").with("kind", &row.kind));
        return;
    };
    if let Some(period) = row.period.filter(|period| !item.fits(*period)) {
        findings.record(row.line, Message::new("demo-fact-period").with("kind", &row.kind).with("period", period));
    }
    if row.period.is_none() && !tax_side && item.period != Frequency::Demand {
        findings.record(row.line, Message::new("demo-fact-missing").with("kind", &row.kind).with("column", "period"));
    }
    for (key, text) in &row.cells {
        check_cell(catalog, (row, kind), (key, text), cast, findings);
    }
    for column in missing(item, kind, row) {
        findings
            .record(row.line, Message::new("demo-fact-missing").with("kind", &row.kind).with("column", &column.key));
    }
}

fn check_cell(
    catalog: &Catalog,
    (row, kind): (&Row, &Kind),
    (key, text): (&str, &str),
    cast: &Cast,
    findings: &mut Findings<'_>,
) {
    if kind.parties.iter().any(|party| party.key == key) {
        if cast.find(text).is_none() || !text.starts_with('$') {
            findings.record(row.line, Message::new("demo-fact-party").with("party", text));
        }
        return;
    }
    let Some(column) = kind.find_column(key) else {
        unknown_column((&row.kind, kind), (key, row.line), findings);
        return;
    };
    match cast.say(text) {
        Err(word) => findings.record(row.line, Message::new("demo-fact-word").with("word", word)),
        Ok(text) => {
            if let Err(expected) = value_of(catalog, column, &text) {
                findings.refuse_value(row.line, (key, &text), &expected);
            }
        }
    }
}

/// Columns without which the answer would hang on what is filled in: a required day, amount, code, yes or no.
fn missing<'a>(item: &Item, kind: &'a Kind, row: &'a Row) -> impl Iterator<Item = &'a Column> {
    let version = row.period.map_or(1, |period: Period| item.version_on(period.last_day()));
    let said = |column: &Column| row.cells.iter().any(|(key, _)| *key == column.key);
    kind.columns.iter().filter(move |column| {
        let decides = matches!(
            column.column_type,
            ColumnType::Date
                | ColumnType::Amount
                | ColumnType::Quantity
                | ColumnType::Rate
                | ColumnType::Integer
                | ColumnType::Code
                | ColumnType::Boolean
        );
        column.required && decides && column.party.is_none() && column.is_in(version) && !said(column)
    })
}

/// A value as its column holds it, or what is expected there.
pub fn value_of(catalog: &Catalog, column: &Column, text: &str) -> Result<Value, String> {
    if text.is_empty() {
        return Ok(Value::Empty);
    }
    match column.column_type {
        ColumnType::Date => text.parse().map(Value::Day).map_err(|_| "2025-03-05".to_owned()),
        ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate => {
            text.parse().map(Value::Figure).map_err(|_| "12000.00".to_owned())
        }
        ColumnType::Integer => text.parse().map(Value::Whole).map_err(|_| "12".to_owned()),
        ColumnType::Boolean => read_yes(text).map(Value::Flag),
        ColumnType::Code => {
            let list = column.list.as_ref().and_then(|list| catalog.lists.get(list));
            let known = list.map_or(column.values.iter().any(|value| value == text), |list| list.find(text).is_some());
            let expected = || column.list.clone().unwrap_or_else(|| column.values.join(" | "));
            if known { Ok(Value::Text(text.to_owned())) } else { Err(expected()) }
        }
        _ => Ok(Value::Text(text.to_owned())),
    }
}
