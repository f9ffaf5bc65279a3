//! The steps all models share: what becomes of every row of facts.
//!
//! A row gets exactly one outcome: it is left out by law, can't be compared (and why), is not due yet, is settled, below
//! the floor, declared and unpaid, out of time, or part of a lead. The order is the order in which an officer would ask: does the law mean this subject,
//! do we know who it is, is it ours, do we have the figures, is it due, do our tables cover it, was it paid. What is
//! unknown is never taken for zero: a missing fact stops the row, a missing flag makes a range and the lead uses its low
//! end, and silence of a table counts only where the table covers the period.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::addresses::Addresses;
use super::facts::{Fact, FactValue, IncompletePayment, Payment, Payments, RunFacts, Standing};
use super::formula::{Names, NoValue};
use super::{AmountQuestion, Asks, Model, Models};
use crate::calendar::Deadline;
use crate::catalog::{Catalog, ParameterValue, region_with_parents};
use crate::codes::Uscc;
use crate::leads::{Confidence, Lead, NotCompared, Notice, ParameterUsed};
use crate::messages::Message;
use crate::money::{self, TooLarge, is_too_large};
use crate::period::Period;

mod conclude;
mod coverage;
mod due;
mod payments;
mod place;
mod reliefs;
mod wording;

use place::Place;

/// Regions inside the county whose taxpayers belong to another authority: class = division code, value 1.
const OTHER_AUTHORITY: &str = "place/other_authority";

/// Why figures are not compared that no column of amounts holds: something was added up that is none of a county.
const TOO_LARGE: &str = "too_large";

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Part of a lead.
    Lead,
    /// Compared, and in order.
    Settled,
    /// Compared, and short by less than the floor.
    BelowFloor,
    /// Declared and not paid: arrears, no lead.
    Arrears,
    /// The time to recover it is over: a notice, no lead.
    OutOfTime,
    /// Just this amount was paid under another item or period: a notice, no lead.
    PaidOtherwise,
    /// The due day is still to come.
    NotYetDue,
    /// On a service list, not a lead.
    Service(String),
    /// Left out by law, with the reason.
    LeftOut(String),
    /// Not comparable, with the reason.
    NotComparable(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lead => f.write_str("lead"),
            Self::Settled => f.write_str("settled"),
            Self::BelowFloor => f.write_str("below_floor"),
            Self::Arrears => f.write_str("arrears"),
            Self::OutOfTime => f.write_str("out_of_time"),
            Self::PaidOtherwise => f.write_str("paid_otherwise"),
            Self::NotYetDue => f.write_str("not_yet_due"),
            Self::Service(list) => write!(f, "service:{list}"),
            Self::LeftOut(reason) => write!(f, "left_out:{reason}"),
            Self::NotComparable(reason) => write!(f, "not_comparable:{reason}"),
        }
    }
}

/// What a model is run over.
#[derive(Debug)]
pub struct Material<'a> {
    /// The catalogue: parameters and calendars.
    pub catalog: &'a Catalog,
    /// The model.
    pub model: &'a Model,
    /// The day, the region, what is covered.
    pub run: &'a RunFacts,
    /// Rows of its SQL.
    pub facts: Vec<Fact>,
    /// Payments of the taxpayers in the facts.
    pub payments: Payments,
    /// Lines of returns of the taxpayers in the facts, read as payments of what they declare.
    pub returns: Vec<Payment>,
    /// Registrations of the taxpayers in the facts.
    pub standings: BTreeMap<String, Standing>,
    /// Due days found, by region, first day and count.
    due_days: RefCell<HashMap<(String, NaiveDate, u32), Deadline>>,
    /// Places by address.
    addresses: &'a Addresses,
}

impl<'a> Material<'a> {
    /// A model and what it is told, without any rows yet; `models` are those of the catalogue.
    pub fn new((catalog, models): (&'a Catalog, &'a Models), model: &'a Model, run: &'a RunFacts) -> Self {
        Self {
            catalog,
            model,
            run,
            facts: Vec::new(),
            payments: Payments::default(),
            returns: Vec::new(),
            standings: BTreeMap::new(),
            due_days: RefCell::default(),
            addresses: &models.addresses,
        }
    }
}

/// What a model found.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    /// A reason why the model did not run at all.
    pub stopped: Option<Message>,
    /// Rows by outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Leads by taxpayer and period.
    pub leads: Vec<Lead>,
    /// What is open and no lead, by taxpayer and period.
    pub notices: Vec<Notice>,
    /// Payments of these taxpayers that could not be laid against any debt.
    pub incomplete_payments: Vec<IncompletePayment>,
    /// Whom and when the rows that could not be compared are about; what several say in a row, once.
    pub not_compared: Vec<NotCompared>,
}

impl Judgement {
    /// Rows that could be compared: leads, notices, settled ones, those below the floor.
    pub fn compared(&self) -> u64 {
        let of = |outcome: &Outcome| self.outcomes.get(outcome).copied().unwrap_or(0);
        let notices = of(&Outcome::Arrears) + of(&Outcome::OutOfTime) + of(&Outcome::PaidOtherwise);
        of(&Outcome::Lead) + of(&Outcome::Settled) + of(&Outcome::BelowFloor) + notices
    }

    fn count(&mut self, outcome: Outcome, rows: usize) {
        *self.outcomes.entry(outcome).or_default() += rows as u64;
    }

    /// Rows of a taxpayer and period that could not be compared once they were added up.
    fn leave(&mut self, (taxpayer, period, _): &GroupKey, outcome: Outcome, rows: usize) {
        self.count(outcome, rows);
        let (taxpayer, period) = (taxpayer.clone(), period.to_string());
        self.not_compared.push(NotCompared { taxpayer, period, evidence: Vec::new() });
    }

    /// A row that could not be compared.
    fn leave_row(&mut self, fact: &Fact, period: Option<Period>) {
        let taxpayer = fact.taxpayer.clone().filter(|_| confidence_of(fact).is_some()).unwrap_or_default();
        let period = period.map(|period| period.to_string()).unwrap_or_default();
        let evidence = if taxpayer.is_empty() { fact.evidence.clone() } else { Vec::new() };
        let left = NotCompared { taxpayer, period, evidence };
        if self.not_compared.last() != Some(&left) {
            self.not_compared.push(left);
        }
    }
}

/// A local parameter that is unset stops the model: the sentence that says which.
pub fn find_stop(catalog: &Catalog, model: &Model, region: &str) -> Option<Message> {
    let chain = region_with_parents(region);
    model.parameter_keys().into_iter().find_map(|key| {
        let parameter = catalog.parameters.get(key).filter(|parameter| parameter.local)?;
        let serves = |code: &str| chain.contains(&code) || code.starts_with(region);
        let set = parameter.values.iter().any(|value| serves(&value.region));
        (!set).then(|| Message::new("models-local-unset").with("parameter", key).with("name", &parameter.name.zh))
    })
}

/// Judges every row of facts.
pub fn judge(mut material: Material<'_>) -> Judgement {
    if let Some(stopped) = find_stop(material.catalog, material.model, &material.run.region) {
        return Judgement { stopped: Some(stopped), ..Judgement::default() };
    }
    let mut facts = std::mem::take(&mut material.facts);
    facts.sort_by(|a, b| (&a.taxpayer, a.event_day, &a.evidence).cmp(&(&b.taxpayer, b.event_day, &b.evidence)));
    let incomplete_payments = std::mem::take(&mut material.payments.incomplete);
    let mut judgement = Judgement { incomplete_payments, ..Judgement::default() };
    let mut groups: BTreeMap<GroupKey, Vec<Examined<'_>>> = BTreeMap::new();
    for fact in &facts {
        match material.examine(fact) {
            Ok(examined) => groups.entry(examined.key.clone()).or_default().push(examined),
            Err(outcome) => {
                if matches!(outcome, Outcome::NotComparable(_)) {
                    judgement.leave_row(fact, material.find_period(fact));
                }
                judgement.count(outcome, 1);
            }
        }
    }
    material.conclude(&groups, &mut judgement);
    judgement
}

/// What leads are grouped by: taxpayer, period, finding.
type GroupKey = (String, Period, Option<String>);

/// A row that got through to the comparison.
#[derive(Debug)]
struct Examined<'a> {
    fact: &'a Fact,
    key: GroupKey,
    confidence: Confidence,
    due_day: Option<NaiveDate>,
    due_day_provisional: bool,
    low: Decimal,
    high: Decimal,
    missing: BTreeSet<String>,
    parameters: BTreeSet<ParameterUsed>,
}

/// Names a formula may use: facts, parameters, steps.
struct Scope<'a> {
    fact: &'a Fact,
    others: BTreeMap<String, Decimal>,
    /// Steps whose rule does not apply to this row.
    idle: BTreeSet<String>,
    /// Steps that came to more than a decimal holds.
    too_large: BTreeSet<String>,
}

impl<'a> Scope<'a> {
    /// A fact and its figures of law, before any step.
    fn new(fact: &'a Fact, others: BTreeMap<String, Decimal>) -> Self {
        Self { fact, others, idle: BTreeSet::new(), too_large: BTreeSet::new() }
    }
}

impl Names for Scope<'_> {
    fn find(&self, name: &str) -> Option<Decimal> {
        self.others.get(name).copied().or_else(|| self.fact.values.get(name).and_then(FactValue::figure))
    }

    fn applies(&self, name: &str) -> bool {
        !self.idle.contains(name)
    }

    fn is_too_large(&self, name: &str) -> bool {
        self.too_large.contains(name)
    }
}

fn missing(column: &str) -> Outcome {
    Outcome::NotComparable(format!("missing:{column}"))
}

impl From<TooLarge> for Outcome {
    fn from(_: TooLarge) -> Self {
        Self::NotComparable(TOO_LARGE.to_owned())
    }
}

impl Material<'_> {
    fn examine<'a>(&'a self, fact: &'a Fact) -> Result<Examined<'a>, Outcome> {
        if let Some(reason) = &fact.left_out {
            return Err(Outcome::LeftOut(reason.clone()));
        }
        let place = self.place_of(fact)?;
        if let Some(column) = self.model.needs.iter().find(|column| !has(fact, column)) {
            return Err(missing(column));
        }
        if let Some(reason) = &fact.not_comparable {
            return Err(Outcome::NotComparable(reason.clone()));
        }
        // Whatever is asked: what rests on a figure that is none of a county says nothing of the taxpayer.
        if fact.values.values().filter_map(FactValue::figure).any(is_too_large) {
            return Err(TooLarge.into());
        }
        let mut used = BTreeSet::new();
        let deadline = self.due_day(&place, &mut used)?;
        let due_day = deadline.map(|deadline| deadline.day);
        // Where the SQL gives the day itself, a load must reach up to it.
        self.check_coverage(&place, fact.deadline_day.or(due_day))?;
        if due_day.is_some_and(|day| self.run.as_of <= self.with_grace(day, place.region)) {
            return Err(Outcome::NotYetDue);
        }
        if let Some(list) = &fact.service {
            return Err(Outcome::Service(list.clone()));
        }
        let parameters = self.parameters(fact, &place, &mut used)?;
        let mut examined = Examined {
            fact,
            key: (place.taxpayer.to_owned(), place.period, fact.finding.clone()),
            confidence: confidence_of(fact).unwrap_or(Confidence::Probable),
            due_day: fact.deadline_day.or(due_day),
            due_day_provisional: fact.deadline_day.is_none() && deadline.is_some_and(|deadline| deadline.provisional),
            low: Decimal::ZERO,
            high: Decimal::ZERO,
            missing: BTreeSet::new(),
            parameters: used,
        };
        match &self.model.asks {
            Asks::Finding(_) if fact.finding.is_none() => return Err(Outcome::Settled),
            Asks::Finding(_) => {}
            Asks::Amount(question) => {
                self.compute((question, Scope::new(fact, parameters)), &place, &mut examined)?;
            }
        }
        Ok(examined)
    }

    fn check_coverage(&self, place: &Place<'_>, due_day: Option<NaiveDate>) -> Result<(), Outcome> {
        let decisive = due_day.unwrap_or(place.event_day).min(self.run.as_of);
        for need in &self.model.coverage {
            if !coverage::is_covered(need, &self.run.coverage, (place.region, place.period), (decisive, self.run.as_of))
            {
                return Err(Outcome::NotComparable(format!("coverage:{}", need.table)));
            }
        }
        for item in &self.model.absence {
            let delivered = self.run.delivered.get(item).is_some_and(|periods| {
                periods.iter().any(|period| {
                    period.first_day() <= place.period.last_day() && place.period.first_day() <= period.last_day()
                })
            });
            if !delivered {
                return Err(Outcome::NotComparable(format!("not_delivered:{item}")));
            }
        }
        Ok(())
    }

    fn figure(&self, key: &str, (region, class): (&str, &str), day: NaiveDate) -> Option<&ParameterValue> {
        self.catalog.parameters.get(key)?.find(region, class, day)
    }

    fn parameters(
        &self,
        fact: &Fact,
        place: &Place<'_>,
        used: &mut BTreeSet<ParameterUsed>,
    ) -> Result<BTreeMap<String, Decimal>, Outcome> {
        let mut values = BTreeMap::new();
        for parameter in &self.model.parameters {
            let day = match parameter.on.as_deref() {
                None | Some("event_day") => place.event_day,
                Some("period_end") => place.period.last_day(),
                Some("as_of") => self.run.as_of,
                Some(column) => match fact.values.get(column) {
                    Some(FactValue::Date(day)) => *day,
                    _ => return Err(missing(column)),
                },
            };
            let class = match &parameter.class {
                None => String::new(),
                Some(column) => fact.values.get(column.as_str()).ok_or_else(|| missing(column))?.to_string(),
            };
            match self.figure(&parameter.key, (place.region, &class), day) {
                Some(value) => {
                    values.insert(parameter.name.clone(), value.value);
                    used.insert(used_figure(&parameter.key, value));
                }
                None if parameter.optional => {}
                None => return Err(Outcome::NotComparable(format!("no_parameter:{}", parameter.key))),
            }
        }
        Ok(values)
    }

    fn compute(
        &self,
        (question, scope): (&AmountQuestion, Scope<'_>),
        place: &Place<'_>,
        examined: &mut Examined<'_>,
    ) -> Result<(), Outcome> {
        let reason = |why: NoValue| match why {
            NoValue::Missing(name) => missing(&name),
            NoValue::TooLarge => TooLarge.into(),
            NoValue::Impossible | NoValue::NotApplicable => Outcome::NotComparable("formula".to_owned()),
        };
        let scope = take_steps(question, scope, &mut examined.missing);
        let low = question.low.value(&scope, &mut examined.missing).map_err(reason)?;
        let high = match &question.high {
            Some(high) => high.value(&scope, &mut examined.missing).map_err(reason)?,
            None => low,
        };
        let relief = self.relief(scope.fact, place);
        examined.parameters.extend(relief.used.clone());
        if relief.low != relief.high {
            examined.missing.insert("six_taxes_flag".to_owned());
        }
        let (low, high) = (money::checked(low)?, money::checked(high)?);
        examined.low = money::product([low.min(high), relief.low])?;
        examined.high = money::product([high.max(low), relief.high])?;
        Ok(())
    }

    fn relief(&self, fact: &Fact, place: &Place<'_>) -> reliefs::Relief {
        if self.model.halved { self.halving(fact, place) } else { reliefs::Relief::none() }
    }
}

/// Puts the steps' values beside the facts and parameters. A step over a missing fact stays without a value; only a
/// formula that needs it stops the row.
fn take_steps<'f>(question: &AmountQuestion, mut scope: Scope<'f>, missing: &mut BTreeSet<String>) -> Scope<'f> {
    for (name, step) in &question.steps {
        match step.value(&scope, missing) {
            Ok(value) => drop(scope.others.insert(name.clone(), value)),
            Err(NoValue::NotApplicable) => drop(scope.idle.insert(name.clone())),
            Err(NoValue::TooLarge) => drop(scope.too_large.insert(name.clone())),
            Err(_) => {}
        }
    }
    scope
}

fn has(fact: &Fact, column: &str) -> bool {
    match column {
        "event_day" => fact.event_day.is_some(),
        "place_region" => fact.place_region.is_some(),
        "period" => fact.period.is_some(),
        "subject" => fact.subject.as_deref().is_some_and(|subject| subject != "unknown"),
        _ => fact.values.contains_key(column),
    }
}

/// Certain and probable links count. A code that only the row itself states counts as probable when its check digit
/// holds: it names a taxpayer, though nobody here knows it.
fn confidence_of(fact: &Fact) -> Option<Confidence> {
    match fact.confidence.as_deref()? {
        "stated" => fact.taxpayer.as_deref().and_then(Uscc::parse).map(|_| Confidence::Probable),
        class => Confidence::find(class),
    }
}

fn name_of(rows: &[Examined<'_>]) -> String {
    rows.iter().find_map(|row| row.fact.taxpayer_name.clone()).unwrap_or_default()
}

fn used_figure(key: &str, value: &ParameterValue) -> ParameterUsed {
    ParameterUsed {
        key: key.to_owned(),
        value: value.value,
        class: value.class.clone(),
        from: value.from,
        reference: value.reference.clone(),
        certainty: value.certainty.key().to_owned(),
    }
}

fn sorted<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    values.collect::<BTreeSet<T>>().into_iter().collect()
}

#[cfg(test)]
mod judge_tests;
#[cfg(test)]
mod tests;
