//! The steps all models share: what becomes of every row of facts.
//!
//! A row gets exactly one outcome: it is left out by law, can't be compared (and why), is not due yet, is settled, below
//! the floor, or part of a lead. The order is the order in which an officer would ask: does the law mean this subject,
//! do we know who it is, is it ours, do we have the figures, is it due, do our tables cover it, was it paid. What is
//! unknown is never taken for zero: a missing fact stops the row, a missing flag makes a range and the lead uses its low
//! end, and silence of a table counts only where the table covers the period.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{Days, Months, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};

use super::facts::{Fact, FactValue, IncompletePayment, Payments, RunFacts, Standing};
use super::formula::{Names, NoValue};
use super::{AmountQuestion, Asks, DueFrom, Model, PeriodLength, TaxedAt};
use crate::calendar::Calendar;
use crate::catalog::{Catalog, ParameterValue, region_with_parents};
use crate::codes::Uscc;
use crate::leads::{Confidence, Lead, LeadFact, ParameterUsed, Taxpayer};
use crate::messages::{Bilingual, Message};
use crate::period::Period;

mod coverage;
mod payments;
mod reliefs;
mod wording;

/// Regions inside the county whose taxpayers belong to another authority: class = division code, value 1.
const OTHER_AUTHORITY: &str = "place/other_authority";

/// Days after the statutory due day before a lead is raised.
const GRACE: &str = "due_on/grace";

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Part of a lead.
    Lead,
    /// Compared, and in order.
    Settled,
    /// Compared, and short by less than the floor.
    BelowFloor,
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
    /// Registrations of the taxpayers in the facts.
    pub standings: BTreeMap<String, Standing>,
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
    /// Payments of these taxpayers that could not be laid against any debt.
    pub incomplete_payments: Vec<IncompletePayment>,
}

impl Judgement {
    /// Rows that could be compared: leads, settled ones, those below the floor.
    pub fn compared(&self) -> u64 {
        let of = |outcome: &Outcome| self.outcomes.get(outcome).copied().unwrap_or(0);
        of(&Outcome::Lead) + of(&Outcome::Settled) + of(&Outcome::BelowFloor)
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
            Err(outcome) => *judgement.outcomes.entry(outcome).or_default() += 1,
        }
    }
    let mut paid = payments::Allocation::default();
    if let Asks::Amount(question) = &material.model.asks {
        let dues = groups.iter().map(|(key, rows)| (key, payments::due_of(rows)));
        paid = payments::allocate(&question.paid, &material.payments.whole, dues);
    }
    for (key, rows) in groups {
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let outcome = match material.conclude(&key, &rows, &paid) {
            Ok(lead) => {
                judgement.leads.push(lead);
                Outcome::Lead
            }
            Err(outcome) => outcome,
        };
        *judgement.outcomes.entry(outcome).or_default() += count;
    }
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
    low: Decimal,
    high: Decimal,
    missing: BTreeSet<String>,
    parameters: BTreeSet<ParameterUsed>,
}

/// Where a row stands while it is examined.
struct Place<'a> {
    taxpayer: &'a str,
    region: &'a str,
    standing: Option<&'a Standing>,
    period: Period,
    event_day: NaiveDate,
}

/// Names a formula may use: facts, parameters, steps.
struct Scope<'a> {
    fact: &'a Fact,
    others: BTreeMap<String, Decimal>,
    /// Steps whose rule does not apply to this row.
    idle: BTreeSet<String>,
}

impl Names for Scope<'_> {
    fn find(&self, name: &str) -> Option<Decimal> {
        self.others.get(name).copied().or_else(|| self.fact.values.get(name).and_then(FactValue::figure))
    }

    fn applies(&self, name: &str) -> bool {
        !self.idle.contains(name)
    }
}

fn missing(column: &str) -> Outcome {
    Outcome::NotComparable(format!("missing:{column}"))
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
        let mut used = BTreeSet::new();
        let due_day = self.due_day(&place, &mut used)?;
        self.check_coverage(&place, due_day)?;
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
            low: Decimal::ZERO,
            high: Decimal::ZERO,
            missing: BTreeSet::new(),
            parameters: used,
        };
        match &self.model.asks {
            Asks::Finding(_) if fact.finding.is_none() => return Err(Outcome::Settled),
            Asks::Finding(_) => {}
            Asks::Amount(question) => {
                let scope = Scope { fact, others: parameters, idle: BTreeSet::new() };
                self.compute((question, scope), &place, &mut examined)?;
            }
        }
        Ok(examined)
    }

    /// Who, where and when, or why that can't be said.
    fn place_of<'a>(&'a self, fact: &'a Fact) -> Result<Place<'a>, Outcome> {
        let subject = fact.subject.as_deref().unwrap_or("unknown");
        if self.model.leaves_out.iter().any(|left_out| left_out == subject) {
            return Err(Outcome::LeftOut(subject.to_owned()));
        }
        let unknown = || Outcome::NotComparable("identity".to_owned());
        let taxpayer = fact.taxpayer.as_deref().filter(|code| !code.is_empty()).ok_or_else(unknown)?;
        confidence_of(fact).ok_or_else(unknown)?;
        let standing = self.standings.get(taxpayer);
        if let Some(subject) = standing.and_then(|standing| standing.subject.as_deref())
            && subject != "unknown"
            && self.model.leaves_out.iter().any(|left_out| left_out == subject)
        {
            return Err(Outcome::LeftOut(subject.to_owned()));
        }
        let region = match self.model.taxed_at {
            TaxedAt::Seat => self.seat_of(standing)?,
            TaxedAt::Object | TaxedAt::Work => fact.place_region.as_deref().unwrap_or(&self.run.region),
            TaxedAt::Here => &self.run.region,
        };
        let day = fact.event_day;
        if self.figure(OTHER_AUTHORITY, (region, region), day.unwrap_or(self.run.as_of)).is_some() {
            return Err(Outcome::LeftOut("other_authority".to_owned()));
        }
        let period = match &fact.period {
            Some(text) => text.parse().map_err(|_| missing("period"))?,
            None => self.period_of(day.ok_or_else(|| missing("event_day"))?),
        };
        Ok(Place { taxpayer, region, standing, period, event_day: day.unwrap_or_else(|| period.last_day()) })
    }

    /// The region of the authority in charge; a party seated elsewhere owes a seat tax there.
    fn seat_of<'a>(&'a self, standing: Option<&'a Standing>) -> Result<&'a str, Outcome> {
        let standing = standing.ok_or_else(|| Outcome::NotComparable("not_registered".to_owned()))?;
        let authority = standing.authority.as_deref().unwrap_or(&self.run.region);
        if !authority.starts_with(&self.run.region) {
            return Err(Outcome::LeftOut("seat_elsewhere".to_owned()));
        }
        Ok(authority)
    }

    fn period_of(&self, day: NaiveDate) -> Period {
        match self.model.period {
            PeriodLength::Month => Period::month_of(day),
            PeriodLength::Quarter => Period::quarter_of(day),
            PeriodLength::Year => Period::Year(chrono::Datelike::year(&day)),
        }
    }

    fn due_day(&self, place: &Place<'_>, used: &mut BTreeSet<ParameterUsed>) -> Result<Option<NaiveDate>, Outcome> {
        let Some(due) = &self.model.due else { return Ok(None) };
        let from = match due.after {
            DueFrom::Event => place.event_day,
            DueFrom::Period => place.period.last_day(),
        };
        let none = || Outcome::NotComparable(format!("no_parameter:{}", due.parameter));
        let value = self.figure(&due.parameter, (place.region, ""), from).ok_or_else(none)?;
        let months = self.catalog.parameters.get(&due.parameter).is_some_and(|found| found.measure == "months");
        let count = u32::try_from(value.value.trunc().mantissa()).map_err(|_| none())?;
        let day = if months { end_of_month_after(from, count) } else { from.checked_add_days(Days::new(count.into())) };
        used.insert(used_figure(&due.parameter, value));
        // 征收管理法实施细则 §109: a last day that is a holiday moves to the next working day.
        Ok(Some(Calendar::new(&self.catalog.calendar).next_working_day(day.ok_or_else(none)?)))
    }

    fn with_grace(&self, day: NaiveDate, region: &str) -> NaiveDate {
        let days =
            self.figure(GRACE, (region, ""), day).and_then(|found| u64::try_from(found.value.trunc().mantissa()).ok());
        day.checked_add_days(Days::new(days.unwrap_or(0))).unwrap_or(day)
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
        (examined.low, examined.high) = (low.min(high) * relief.low, high.max(low) * relief.high);
        Ok(())
    }

    fn relief(&self, fact: &Fact, place: &Place<'_>) -> reliefs::Relief {
        if self.model.halved { self.halving(fact, place) } else { reliefs::Relief::none() }
    }

    fn conclude(&self, key: &GroupKey, rows: &[Examined<'_>], paid: &payments::Allocation) -> Result<Lead, Outcome> {
        let (taxpayer, period, finding) = key;
        let mut lead = Lead {
            model: self.model.key.clone(),
            taxpayer: Taxpayer::new(taxpayer, &name_of(rows)),
            period: period.to_string(),
            finding: finding.clone(),
            finding_label: self.finding_label(finding.as_deref()),
            due_low: None,
            due_high: None,
            paid: None,
            gap: None,
            confidence: rows.iter().map(|row| row.confidence).min().unwrap_or(Confidence::Probable),
            due_day: rows.iter().filter_map(|row| row.due_day).max(),
            evidence: sorted(rows.iter().flat_map(|row| row.fact.evidence.iter().cloned())),
            payments: Vec::new(),
            formula: self.formula_text(),
            formula_numbers: Vec::new(),
            laws: self.model.laws.clone(),
            parameters: sorted(rows.iter().flat_map(|row| row.parameters.iter().cloned())),
            unconfirmed: Vec::new(),
            narrowed_by: sorted(rows.iter().flat_map(|row| row.missing.iter().cloned()))
                .iter()
                .map(|name| self.model.label_of(name))
                .collect(),
            facts: self.facts_of(rows),
        };
        let unconfirmed = lead.parameters.iter().filter(|used| matches!(used.certainty.as_str(), "2" | "K"));
        lead.unconfirmed = sorted(unconfirmed.map(|used| used.key.clone()));
        if let Asks::Amount(_) = self.model.asks {
            self.weigh(&mut lead, rows, paid.of(key))?;
        }
        lead.formula_numbers = rows.iter().filter_map(|row| self.numbers_of(row.fact)).collect();
        Ok(lead)
    }

    /// Due against paid, and the floors.
    fn weigh(&self, lead: &mut Lead, rows: &[Examined<'_>], paid: payments::Paid) -> Result<(), Outcome> {
        let (low, high) = payments::due_of(rows);
        let gap = low - paid.amount;
        if gap <= Decimal::ZERO {
            return Err(Outcome::Settled);
        }
        let floor = |key: &str| self.figure(key, (&self.run.region, ""), self.run.as_of).map(|found| found.value);
        let absolute = floor(&self.model.floor_yuan).unwrap_or_default();
        let relative = floor(&self.model.floor_ratio).unwrap_or_default() * low;
        if gap <= absolute.max(relative) {
            return Err(Outcome::BelowFloor);
        }
        (lead.due_low, lead.due_high) = (Some(low), Some(high));
        (lead.paid, lead.gap) = (Some(two_places(paid.amount)), Some(two_places(gap)));
        lead.payments = paid.evidence;
        Ok(())
    }

    fn finding_label(&self, finding: Option<&str>) -> Bilingual {
        let (Asks::Finding(labels), Some(finding)) = (&self.model.asks, finding) else { return Bilingual::default() };
        let found = labels.iter().find(|(key, _)| key == finding);
        found.map_or_else(|| Bilingual { zh: finding.to_owned(), en: String::new() }, |(_, label)| label.clone())
    }

    fn facts_of(&self, rows: &[Examined<'_>]) -> Vec<LeadFact> {
        let Some(first) = rows.first() else { return Vec::new() };
        let whom = Taxpayer::new(&first.key.0, &name_of(rows));
        let labelled = self.model.facts.iter().filter_map(|(name, label)| {
            let value = first.fact.values.get(name.as_str())?.to_string();
            let is_persons = whom.is_person() && Some(&value) == first.fact.taxpayer_name.as_ref();
            let value = if is_persons { whom.name.clone() } else { value };
            Some(LeadFact { name: name.clone(), label: label.clone(), value })
        });
        labelled.collect()
    }
}

/// Puts the steps' values beside the facts and parameters. A step over a missing fact stays without a value; only a
/// formula that needs it stops the row.
fn take_steps<'f>(question: &AmountQuestion, mut scope: Scope<'f>, missing: &mut BTreeSet<String>) -> Scope<'f> {
    for (name, step) in &question.steps {
        match step.value(&scope, missing) {
            Ok(value) => drop(scope.others.insert(name.clone(), value)),
            Err(NoValue::NotApplicable) => drop(scope.idle.insert(name.clone())),
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

/// The last day of the month that is so many months after the day's.
fn end_of_month_after(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    let first = chrono::Datelike::with_day(&day, 1)?;
    first.checked_add_months(Months::new(months + 1))?.pred_opt()
}

fn sorted<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    values.collect::<BTreeSet<T>>().into_iter().collect()
}

/// Rounded half up to the fen, written with two places.
fn two_places(amount: Decimal) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

#[cfg(test)]
mod tests;
