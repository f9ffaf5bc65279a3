//! Cases: a model's examples, by which authors and lawyers check it.
//!
//! A case gives rows of the views the model reads (only the columns that matter), the figures of law it relies on, what
//! is covered, and the day; it expects leads with their figures and what becomes of every other row. Every model has at
//! least one case that it must find, one it must leave alone and one on a boundary.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::facts::{Coverage, RunFacts};
use super::steps::Judgement;
use super::{Model, RETURNS_TABLE};
use crate::catalog::names::words;
use crate::catalog::node::{Fields, Findings, Node, Problem, Value, parse, read_day, read_decimal, scalar};
use crate::catalog::{Catalog, Certainty, Parameter, ParameterValue};
use crate::leads::Lead;
use crate::messages::Message;
use crate::period::Period;

/// The county cases play in unless they say otherwise.
const REGION: &str = "652323";

words! {
    /// What a case is for.
    CaseSort {
        /// The model must find it.
        Find = "find",
        /// The model must leave it alone.
        Leave = "leave",
        /// One on each side of a line.
        Boundary = "boundary",
    }
}

/// The cases of one model.
#[derive(Debug, Clone, Default)]
pub struct CaseFile {
    /// Cases in the order of the file.
    pub cases: Vec<Case>,
}

/// Rows of one view: column → text as written.
pub type Rows = Vec<BTreeMap<String, String>>;

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it shows, as a sentence.
    pub name: String,
    /// Line of the file.
    pub line: usize,
    /// What it is for.
    pub sort: CaseSort,
    /// The day the run looks from.
    pub as_of: NaiveDate,
    /// Division code of the county.
    pub region: String,
    /// Rows by view.
    pub rows: BTreeMap<String, Rows>,
    /// Figures of law stated, by parameter; an empty list: not set.
    pub parameters: BTreeMap<String, Vec<ParameterValue>>,
    /// What is covered; none: everything.
    pub coverage: Option<Vec<Coverage>>,
    /// What is delivered; none: everything.
    pub delivered: Option<BTreeMap<String, BTreeSet<Period>>>,
    /// What must come of it.
    pub expected: Expected,
}

/// What must come of a case.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The model stops because a local figure is unset.
    pub stopped: bool,
    /// Exactly these leads: field → text.
    pub leads: Vec<BTreeMap<String, String>>,
    /// Exactly these notices: `sort`, and fields as of a lead; none: not looked at.
    pub notices: Option<Vec<BTreeMap<String, String>>>,
    /// Exactly these outcomes by count; none: not looked at.
    pub outcomes: Option<BTreeMap<String, String>>,
}

/// Reads `<model>.cases.yaml`.
pub fn read_cases(path: &str, text: &str, problems: &mut Vec<Problem>) -> CaseFile {
    let mut findings = Findings { file: path, problems };
    let Some(node) = parse(text, &mut findings) else { return CaseFile::default() };
    let mut fields = Fields::of(&node, &mut findings);
    let shared = Shared { rows: rows(&mut fields, &mut findings), parameters: parameters(&mut fields, &mut findings) };
    let mut file = CaseFile::default();
    for each in fields.list("cases", &mut findings) {
        file.cases.extend(read_case(each, &shared, &mut findings));
    }
    fields.finish(&mut findings);
    for sort in CaseSort::ALL {
        if !file.cases.iter().any(|case| case.sort == *sort) {
            findings.record(1, Message::new("models-case-sort").with("sort", sort.key()));
        }
    }
    file
}

/// What all cases of a file start from.
struct Shared {
    rows: BTreeMap<String, Rows>,
    parameters: BTreeMap<String, Vec<ParameterValue>>,
}

fn read_case(node: &Node, shared: &Shared, findings: &mut Findings<'_>) -> Option<Case> {
    let mut fields = Fields::of(node, findings);
    let name = fields.get_text("name", findings);
    let sort = fields.get_as("sort", CaseSort::read, findings);
    let as_of = fields.get_as("as_of", read_day, findings);
    let region = fields.find_text("region", findings).unwrap_or_else(|| REGION.to_owned());
    let mut given = shared.rows.clone();
    for (view, more) in rows(&mut fields, findings) {
        given.entry(view).or_default().extend(more);
    }
    let mut figures = shared.parameters.clone();
    figures.extend(parameters(&mut fields, findings));
    let coverage = fields.find("coverage").is_some().then(|| coverage(&mut fields, findings));
    let delivered = fields.find("delivered").is_some().then(|| delivered(&mut fields, findings));
    let expected = match fields.get("expect", findings) {
        Some(node) => expectation(node, findings),
        None => Expected::default(),
    };
    fields.finish(findings);
    Some(Case {
        name,
        line: node.line,
        sort: sort?,
        as_of: as_of?,
        region,
        rows: given,
        parameters: figures,
        coverage,
        delivered,
        expected,
    })
}

fn rows(fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> BTreeMap<String, Rows> {
    let mut given = BTreeMap::new();
    for (view, node) in fields.entries("given", findings) {
        let Value::List(list) = &node.value else {
            findings.record(node.line, Message::new("catalog-not-a-list").with("key", view));
            continue;
        };
        let rows: Rows = list.iter().map(|row| texts_of(row, findings)).collect();
        given.insert(view.clone(), rows);
    }
    given
}

fn texts_of(node: &Node, findings: &mut Findings<'_>) -> BTreeMap<String, String> {
    let Value::Map(map) = &node.value else {
        findings.record(node.line, Message::new("catalog-not-a-mapping"));
        return BTreeMap::new();
    };
    map.iter()
        .filter_map(|(key, value)| match &value.value {
            Value::List(list) => {
                let texts: Vec<&str> = list.iter().filter_map(|each| scalar(each, findings)).collect();
                Some((key.clone(), texts.join(";")))
            }
            _ => scalar(value, findings).map(|text| (key.clone(), text.to_owned())),
        })
        .collect()
}

fn parameters(fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> BTreeMap<String, Vec<ParameterValue>> {
    let mut stated = BTreeMap::new();
    for (key, node) in fields.entries("parameters", findings) {
        let values = match &node.value {
            Value::Scalar(text) if text.is_empty() => Vec::new(),
            Value::Scalar(text) => match read_decimal(text) {
                Ok(value) => vec![ParameterValue { value, ..stated_value() }],
                Err(expected) => {
                    let message = Message::new("catalog-bad-value").with("key", key).with("value", text);
                    findings.record(node.line, message.with("expected", expected));
                    Vec::new()
                }
            },
            Value::List(list) => list.iter().filter_map(|each| dated_value(each, findings)).collect(),
            Value::Map(_) => dated_value(node, findings).into_iter().collect(),
        };
        stated.insert(key.clone(), values);
    }
    stated
}

fn stated_value() -> ParameterValue {
    ParameterValue {
        from: NaiveDate::default(),
        to: None,
        region: "00".to_owned(),
        class: String::new(),
        value: Decimal::ZERO,
        certainty: Certainty::Read,
        reference: "case".to_owned(),
        law: None,
        line: 0,
    }
}

fn dated_value(node: &Node, findings: &mut Findings<'_>) -> Option<ParameterValue> {
    let mut fields = Fields::of(node, findings);
    let plain = stated_value();
    let value = ParameterValue {
        from: fields.find_as("from", read_day, findings).unwrap_or(plain.from),
        to: fields.find_as("to", read_day, findings),
        region: fields.find_text("region", findings).unwrap_or(plain.region),
        class: fields.find_text("class", findings).unwrap_or_default(),
        value: fields.get_as("value", read_decimal, findings)?,
        certainty: fields.find_as("certainty", Certainty::read, findings).unwrap_or(plain.certainty),
        reference: plain.reference,
        law: plain.law,
        line: node.line,
    };
    fields.finish(findings);
    Some(value)
}

fn coverage(fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> Vec<Coverage> {
    let mut loads = Vec::new();
    for node in fields.list("coverage", findings) {
        let mut each = Fields::of(node, findings);
        let table = each.get_text("table", findings);
        let tax_kind = each.find_text("tax_kind", findings).unwrap_or_default();
        let authority = each.find_text("authority", findings).unwrap_or_default();
        let from = each.get_as("from", read_day, findings);
        let to = each.get_as("to", read_day, findings);
        let as_of = each.find_as("as_of", read_day, findings);
        each.finish(findings);
        if let (Some(from), Some(to)) = (from, to) {
            loads.push(Coverage { table, tax_kind, authority, from, to, as_of });
        }
    }
    loads
}

fn delivered(fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> BTreeMap<String, BTreeSet<Period>> {
    let mut periods = BTreeMap::new();
    for (item, node) in fields.entries("delivered", findings) {
        let list: &[Node] = match &node.value {
            Value::List(list) => list,
            _ => std::slice::from_ref(node),
        };
        let texts = list.iter().filter_map(|each| scalar(each, findings));
        let read: BTreeSet<Period> = texts.filter_map(|text| text.parse().ok()).collect();
        periods.insert(item.clone(), read);
    }
    periods
}

fn expectation(node: &Node, findings: &mut Findings<'_>) -> Expected {
    let mut fields = Fields::of(node, findings);
    let stopped = fields.flag("stopped", false, findings);
    let leads = fields.list("leads", findings).iter().map(|lead| texts_of(lead, findings)).collect();
    let notices = fields.find("notices").is_some().then(|| fields.list("notices", findings));
    let notices = notices.map(|list| list.iter().map(|notice| texts_of(notice, findings)).collect());
    let outcomes = fields.find("outcomes").map(|node| texts_of(node, findings));
    fields.finish(findings);
    Expected { stopped, leads, notices, outcomes }
}

impl Case {
    /// The catalogue with the case's own figures in place of the shipped ones.
    pub fn figures(&self, catalog: &Catalog) -> Catalog {
        let mut changed = catalog.clone();
        for (key, values) in &self.parameters {
            let parameter = changed.parameters.entry(key.clone()).or_insert_with(|| Parameter {
                key: key.clone(),
                name: crate::messages::Bilingual::default(),
                measure: String::new(),
                local: false,
                classes: BTreeMap::new(),
                values: Vec::new(),
            });
            parameter.values.clone_from(values);
        }
        changed
    }

    /// What the run is told; where the case says nothing, everything is covered and delivered.
    pub fn run_facts(&self, model: &Model) -> RunFacts {
        let always = |table: &str| Coverage {
            table: table.to_owned(),
            tax_kind: String::new(),
            authority: String::new(),
            from: NaiveDate::MIN,
            to: self.as_of,
            as_of: Some(self.as_of),
        };
        let all_years: BTreeSet<Period> = (1990..2100).map(Period::Year).collect();
        RunFacts {
            as_of: self.as_of,
            region: self.region.clone(),
            coverage: self.coverage.clone().unwrap_or_else(|| {
                let tables = model.coverage.iter().map(|need| need.table.as_str()).chain([RETURNS_TABLE]);
                tables.collect::<BTreeSet<_>>().into_iter().map(always).collect()
            }),
            delivered: self
                .delivered
                .clone()
                .unwrap_or_else(|| model.absence.iter().map(|item| (item.clone(), all_years.clone())).collect()),
        }
    }

    /// Compares what came of the case with what was expected; every difference is a message.
    pub fn differences(&self, judgement: &Judgement) -> Vec<Message> {
        let incomplete = judgement.incomplete_payments.iter().map(|payment| {
            let message = Message::new("models-case-payment").with("row", &payment.evidence);
            message.with("columns", payment.missing.join(", "))
        });
        let mut found: Vec<Message> = incomplete.collect();
        if self.expected.stopped != judgement.stopped.is_some() {
            let stopped = judgement.stopped.is_some();
            found
                .push(Message::new("models-case-stopped").with("expected", self.expected.stopped).with("got", stopped));
        }
        let leads: Vec<(&str, &Lead)> = judgement.leads.iter().map(|lead| ("lead", lead)).collect();
        found.extend(differences_of_all("models-case-count", &self.expected.leads, &leads));
        if let Some(expected) = &self.expected.notices {
            let notices = judgement.notices.iter().map(|notice| (notice.sort.key(), &notice.found));
            found.extend(differences_of_all("models-case-notices", expected, &notices.collect::<Vec<_>>()));
        }
        if let Some(expected) = &self.expected.outcomes {
            let got: BTreeMap<String, String> =
                judgement.outcomes.iter().map(|(outcome, count)| (outcome.to_string(), count.to_string())).collect();
            if *expected != got {
                let message = Message::new("models-case-outcomes").with("expected", list(expected));
                found.push(message.with("got", list(&got)));
            }
        }
        found
    }
}

/// Leads or notices, each with its sort, against those expected.
fn differences_of_all(
    count: &'static str,
    expected: &[BTreeMap<String, String>],
    found: &[(&str, &Lead)],
) -> Vec<Message> {
    if expected.len() != found.len() {
        let got: Vec<String> = found.iter().map(|(_, lead)| describe(lead)).collect();
        let message = Message::new(count).with("expected", expected.len()).with("got", found.len());
        return vec![message.with("leads", got.join("; "))];
    }
    let pairs = expected.iter().zip(found).enumerate();
    pairs.flat_map(|(at, (expected, one))| differences_of(at + 1, expected, *one)).collect()
}

fn differences_of(number: usize, expected: &BTreeMap<String, String>, (sort, lead): (&str, &Lead)) -> Vec<Message> {
    let differs = |(field, wanted): (&String, &String)| {
        let got = if field == "sort" { Some(sort.to_owned()) } else { field_of(lead, field) };
        if got.as_ref() == Some(wanted) {
            return None;
        }
        let message = Message::new("models-case-field").with("lead", number).with("field", field);
        Some(message.with("expected", wanted).with("got", got.unwrap_or_else(|| "—".to_owned())))
    };
    expected.iter().filter_map(differs).collect()
}

/// A field of a lead as cases write it; none when there is no such field.
fn field_of(lead: &Lead, field: &str) -> Option<String> {
    let amount = |amount: Option<Decimal>| amount.map(|amount| amount.to_string()).unwrap_or_default();
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    Some(match field {
        "taxpayer" => lead.taxpayer.uscc.clone(),
        "name" => lead.taxpayer.name.clone(),
        "period" => lead.period.clone(),
        "finding" => lead.finding.clone().unwrap_or_default(),
        "due_low" => amount(lead.due_low),
        "due_high" => amount(lead.due_high),
        "paid" => amount(lead.paid),
        "gap" => amount(lead.gap),
        "confidence" => lead.confidence.key().to_owned(),
        "declared" => amount(lead.declared),
        "late_fee" => amount(lead.late_fee),
        "filing" => lead.filing.map(|filing| filing.key().to_owned()).unwrap_or_default(),
        "due_day" => day(lead.due_day),
        "due_day_provisional" => lead.due_day_provisional.to_string(),
        "recoverable_until" => day(lead.recoverable_until),
        "other_payments" => lead.other_payments.len().to_string(),
        "tax_office" => lead.tax_office.clone(),
        "laws" => lead.laws.iter().map(|law| law.law.as_str()).collect::<Vec<_>>().join(";"),
        "evidence" => lead.evidence.join(";"),
        "payments" => lead.payments.join(";"),
        "unconfirmed" => lead.unconfirmed.join(";"),
        "formula_numbers" => lead.formula_numbers.join(";"),
        "narrowed_by" => lead.narrowed_by.iter().map(|label| label.zh.as_str()).collect::<Vec<_>>().join(";"),
        _ => {
            let name = field.strip_prefix("fact:")?;
            lead.facts.iter().find(|fact| fact.name == name)?.value.clone()
        }
    })
}

fn describe(lead: &Lead) -> String {
    let gap = lead.gap.map(|gap| gap.to_string()).unwrap_or_default();
    format!("{} {} {}{gap}", lead.taxpayer.uscc, lead.period, lead.finding.as_deref().unwrap_or_default())
}

fn list(outcomes: &BTreeMap<String, String>) -> String {
    outcomes.iter().map(|(outcome, count)| format!("{outcome}={count}")).collect::<Vec<_>>().join(" ")
}
