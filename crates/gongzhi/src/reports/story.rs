//! What the report tells, as values: where the run looked, what it counted, what it found by model and township.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::leads::{Confidence, Lead};
use gongzhi_core::messages::Bilingual;
use gongzhi_core::money::{self, LARGEST};
use rust_decimal::Decimal;

use super::found::RunFound;
use super::unlocks::{Locked, Unlocks};

/// What leads come to together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// Leads.
    pub leads: u64,
    /// Of them, those whose taxpayer is certain.
    pub certain: u64,
    /// Leads that have an amount.
    pub with_amount: u64,
    /// Least due.
    pub due_low: Decimal,
    /// Most due.
    pub due_high: Decimal,
    /// Paid.
    pub paid: Decimal,
    /// Least gap: the sum of what the leads' own gaps are.
    pub gap_low: Decimal,
    /// Greatest gap.
    pub gap_high: Decimal,
}

impl Sums {
    /// The sums of some leads.
    pub fn of<'l>(leads: impl IntoIterator<Item = &'l Lead>) -> Self {
        leads.into_iter().fold(Self::default(), |mut sums, lead| {
            sums.add(lead);
            sums
        })
    }

    /// Leads whose taxpayer somebody should look at first.
    pub fn probable(&self) -> u64 {
        self.leads - self.certain
    }

    fn add(&mut self, lead: &Lead) {
        self.leads += 1;
        self.certain += u64::from(lead.confidence == Confidence::Certain);
        let Some(due_low) = lead.due_low else { return };
        let due_high = lead.due_high.unwrap_or(due_low);
        let paid = lead.paid.unwrap_or_default();
        self.with_amount += 1;
        let gap = lead.gap.unwrap_or(due_low - paid);
        let sums = [&mut self.due_low, &mut self.due_high, &mut self.paid, &mut self.gap_low, &mut self.gap_high];
        // A sum that is too large stays so, and is told as that and never as a figure.
        for (sum, amount) in sums.into_iter().zip([due_low, due_high, paid, gap, gap + (due_high - due_low)]) {
            *sum = money::sum([*sum, amount]).unwrap_or(LARGEST);
        }
    }
}

/// The leads of a model.
#[derive(Debug, Clone)]
pub struct ModelLine {
    /// Name.
    pub name: Bilingual,
    /// It did not run.
    pub is_stopped: bool,
    /// Rows compared.
    pub compared: u64,
    /// Its leads.
    pub sums: Sums,
}

/// The leads about the taxpayers of a township.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownshipLine {
    /// Name; none where the registration names no township, or there is no registration.
    pub name: Option<Bilingual>,
    /// Taxpayers.
    pub taxpayers: u64,
    /// The leads.
    pub sums: Sums,
}

/// Stages of the way from rows to leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Rows of accepted files.
    Rows,
    /// Enterprises and persons named in them.
    Parties,
    /// Matched for certain.
    Certain,
    /// Matched, to be looked at.
    Probable,
    /// Not matched.
    Unmatched,
    /// Rows that models could compare.
    Compared,
    /// Rows they could not.
    NotComparable,
    /// Rows declared and unpaid.
    Arrears,
    /// Rows too old to be recovered.
    OutOfTime,
    /// Rows paid under another item or period.
    PaidOtherwise,
    /// Leads.
    Leads,
}

/// Everything the report tells but for deliveries.
#[derive(Debug, Clone)]
pub struct Story {
    /// Name of the county.
    pub county: Bilingual,
    /// The day looked from.
    pub as_of: NaiveDate,
    /// Digest of the catalogue.
    pub catalog: String,
    /// Files accepted, blocked, refused.
    pub files: [u64; 3],
    /// Somebody confirmed what the tax side covers.
    pub has_coverage: bool,
    /// From rows to leads.
    pub funnel: Vec<(Stage, u64)>,
    /// All leads.
    pub total: Sums,
    /// By model, in the catalogue's order.
    pub models: Vec<ModelLine>,
    /// By township, most leads first, the unknown last.
    pub townships: Vec<TownshipLine>,
    /// What could not be compared.
    pub locked: Vec<Locked>,
    /// Names people have to decide on.
    pub queue: u64,
}

impl Story {
    /// Computes it.
    pub fn of(run: &RunFound<'_>) -> Self {
        let (catalog, reports) = (run.catalog, run.reports);
        let leads: Vec<&Lead> = reports.iter().flat_map(|report| &report.leads).collect();
        let unlocks = Unlocks { catalog, models: run.models };
        let models = reports.iter().map(|report| {
            let model = run.models.models.get(&report.model);
            let key = || Bilingual { zh: report.model.clone(), en: String::new() };
            ModelLine {
                name: model.map_or_else(key, |model| model.name.clone()),
                is_stopped: report.stopped.is_some(),
                compared: report.compared,
                sums: Sums::of(&report.leads),
            }
        });
        Self {
            county: place_name(catalog, run.region),
            as_of: run.as_of,
            catalog: catalog.digest.clone(),
            files: run.files.counts,
            has_coverage: run.has_coverage,
            funnel: funnel(run, leads.len() as u64),
            total: Sums::of(leads.iter().copied()),
            models: models.collect(),
            townships: by_township(catalog, &leads, run.townships),
            locked: reports.iter().flat_map(|report| unlocks.of(report)).collect(),
            queue: run.queue.len() as u64,
        }
    }

    /// The count of a stage.
    pub fn count(&self, stage: Stage) -> u64 {
        self.funnel.iter().find(|(other, _)| *other == stage).map_or(0, |(_, count)| *count)
    }
}

fn funnel(run: &RunFound<'_>, leads: u64) -> Vec<(Stage, u64)> {
    let classes = run.classes;
    let of = |class: &str| classes.get(class).copied().unwrap_or_default();
    let parties: u64 = classes.values().sum();
    let reports = run.reports;
    let outcomes = reports.iter().flat_map(|report| &report.outcomes);
    let rows = |outcome: &str| reports.iter().filter_map(|report| report.outcomes.get(outcome)).sum();
    let not_comparable = outcomes.filter(|(outcome, _)| outcome.starts_with("not_comparable:"));
    vec![
        (Stage::Rows, run.files.rows),
        (Stage::Parties, parties),
        (Stage::Certain, of("certain")),
        (Stage::Probable, of("probable")),
        (Stage::Unmatched, parties.saturating_sub(of("certain") + of("probable"))),
        (Stage::Compared, reports.iter().map(|report| report.compared).sum()),
        (Stage::NotComparable, not_comparable.map(|(_, count)| count).sum()),
        (Stage::Arrears, rows("arrears")),
        (Stage::OutOfTime, rows("out_of_time")),
        (Stage::PaidOtherwise, rows("paid_otherwise")),
        (Stage::Leads, leads),
    ]
}

/// The name of a division code; a text that is none stays as it is.
fn place_name(catalog: &Catalog, code: &str) -> Bilingual {
    let entries = ["township", "divisions"].into_iter().filter_map(|list| catalog.lists.get(list));
    let entry = entries.flat_map(|list| &list.entries).find(|entry| entry.code == code);
    entry.map_or_else(|| Bilingual { zh: code.to_owned(), en: String::new() }, |entry| entry.name.clone())
}

fn by_township(catalog: &Catalog, leads: &[&Lead], townships: &BTreeMap<String, String>) -> Vec<TownshipLine> {
    let mut places: BTreeMap<Option<&String>, Vec<&Lead>> = BTreeMap::new();
    for lead in leads {
        places.entry(townships.get(&lead.taxpayer.uscc)).or_default().push(lead);
    }
    let mut lines: Vec<(Option<&String>, TownshipLine)> = places
        .into_iter()
        .map(|(code, leads)| {
            let taxpayers: BTreeSet<&str> = leads.iter().map(|lead| lead.taxpayer.uscc.as_str()).collect();
            let name = code.map(|code| place_name(catalog, code));
            (code, TownshipLine { name, taxpayers: taxpayers.len() as u64, sums: Sums::of(leads) })
        })
        .collect();
    lines.sort_by_key(|(code, line)| (code.is_none(), Reverse((line.sums.leads, line.sums.gap_low)), *code));
    lines.into_iter().map(|(_, line)| line).collect()
}

#[cfg(test)]
#[path = "story_tests.rs"]
mod tests;
