//! What each unit delivered: its files with what was wrong in them and how late they were, and what it owed and did not
//! deliver. A set that says there is nothing to report is a delivery; a blocked file is one too, only not yet a right one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use gongzhi_core::calendar::Calendar;
use gongzhi_core::catalog::{Catalog, Frequency, Item, Severity};
use gongzhi_core::period::Period;
use gongzhi_core::reports::{FileReport, FoundSet};
use gongzhi_core::state::VisibleBatches;

use super::found::FilesFound;

/// What is known of deliveries.
pub struct DeliveryFacts<'a> {
    /// Says who reports what and when.
    pub catalog: &'a Catalog,
    /// What became of the files, and when they came.
    pub files: FilesFound<'a>,
    /// What has been accepted, also earlier.
    pub visible: &'a VisibleBatches,
    /// The day the run looks from.
    pub as_of: NaiveDate,
    /// The county, whose own days off count.
    pub region: &'a str,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// Its rows count.
    Accepted,
    /// An error in it blocks.
    Blocked,
    /// It could not be read.
    Refused,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine {
    /// Key of the unit, if anything names one.
    pub unit: Option<String>,
    /// Path below the folder.
    pub file: String,
    /// Keys of the items recognised in it.
    pub items: Vec<String>,
    /// Period.
    pub period: Option<Period>,
    /// What it says of itself: `full`, `differential`, `unsaid`, `nil`, `nothing_exists`.
    pub mode: Option<String>,
    /// What its sets do to what stood before them.
    pub effect: EffectCounts,
    /// What became of it.
    pub state: FileState,
    /// Rows read.
    pub rows: u64,
    /// Errors listed.
    pub errors: u64,
    /// Warnings listed.
    pub warnings: u64,
    /// Issues beyond those a report lists.
    pub unlisted: u64,
    /// The earliest day that an item in it was due.
    pub due: Option<NaiveDate>,
    /// The day it came.
    pub received: Option<NaiveDate>,
}

/// What sets do to what stood before them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EffectCounts {
    /// Rows new, changed, unchanged, revoked, ended.
    pub rows: [u64; 5],
    /// The first of the rows that end.
    pub first_ended: Vec<String>,
    /// Rows on record that are not named and stand.
    pub absent: u64,
}

impl EffectCounts {
    /// Rows that end.
    pub fn ended(&self) -> u64 {
        self.rows[4]
    }

    /// What the sets of a file's report say.
    fn of(sets: &[FoundSet]) -> Self {
        let mut counts = Self::default();
        for effect in sets.iter().filter_map(|set| set.effect.as_ref()) {
            let rows = [effect.new, effect.changed, effect.unchanged, effect.revoked, effect.ended];
            counts.rows.iter_mut().zip(rows).for_each(|(count, rows)| *count += rows);
            counts.absent += effect.absent;
            counts.first_ended.extend(effect.first_ended.iter().cloned());
        }
        counts
    }
}

impl FileLine {
    /// Days from the due day to the day it came; none when it came in time, or when either is not known.
    pub fn days_late(&self) -> Option<i64> {
        let days = (self.received? - self.due?).num_days();
        (days > 0).then_some(days)
    }
}

/// A set that was owed and did not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// Key of the unit.
    pub unit: String,
    /// Key of the item.
    pub item: String,
    /// Period.
    pub period: Period,
    /// The day it was due.
    pub due: NaiveDate,
    /// The calendar of that year is not published yet.
    pub provisional: bool,
    /// Days from then to the day the run looks from.
    pub days: i64,
}

/// A unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitLine {
    /// Key; none for files that nothing says a unit of.
    pub unit: Option<String>,
    /// Files accepted, blocked, refused.
    pub files: [u64; 3],
    /// Rows of its files, accepted or not.
    pub rows: u64,
    /// Errors.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
    /// Issues beyond those listed.
    pub unlisted: u64,
    /// Rows on record that its files end.
    pub ended: u64,
    /// Files that came after their due day.
    pub late_files: u64,
    /// Days the latest of them was late.
    pub most_days_late: i64,
    /// Sets owed that did not come.
    pub undelivered: u64,
}

impl UnitLine {
    /// Files delivered.
    pub fn delivered(&self) -> u64 {
        self.files.iter().sum()
    }

    /// Files of a thousand that were right as they came; none without any file.
    pub fn right_thousandths(&self) -> Option<u64> {
        (self.files[0] * 1000).checked_div(self.delivered())
    }

    fn add(&mut self, file: &FileLine) {
        self.files[file.state as usize] += 1;
        self.rows += file.rows;
        self.errors += file.errors;
        self.warnings += file.warnings;
        self.unlisted += file.unlisted;
        self.ended += file.effect.ended();
        if let Some(days) = file.days_late() {
            self.late_files += 1;
            self.most_days_late = self.most_days_late.max(days);
        }
    }
}

/// Everything that was and was not delivered.
#[derive(Debug, Clone, Default)]
pub struct Deliveries {
    /// Units, the one with most to mend first.
    pub units: Vec<UnitLine>,
    /// Files by unit and name.
    pub files: Vec<FileLine>,
    /// What did not come, by unit, item and period.
    pub undelivered: Vec<Undelivered>,
}

impl Deliveries {
    /// Computes them.
    pub fn of(facts: &DeliveryFacts<'_>) -> Self {
        let mut files: Vec<FileLine> =
            facts.files.reports.iter().map(|(name, report)| file_line(facts, name, report)).collect();
        // Files of no known unit last: they are nobody's yet.
        files.sort_by(|a, b| (a.unit.is_none(), &a.unit, &a.file).cmp(&(b.unit.is_none(), &b.unit, &b.file)));
        let undelivered = list_undelivered(facts, &files);
        let mut units: BTreeMap<Option<String>, UnitLine> = BTreeMap::new();
        let line = |unit: Option<String>| UnitLine { unit, ..UnitLine::default() };
        for file in &files {
            units.entry(file.unit.clone()).or_insert_with(|| line(file.unit.clone())).add(file);
        }
        for missing in &undelivered {
            let unit = Some(missing.unit.clone());
            units.entry(unit.clone()).or_insert_with(|| line(unit)).undelivered += 1;
        }
        let mut units: Vec<UnitLine> = units.into_values().collect();
        units.sort_by_key(|unit| {
            let not_accepted = unit.files[1] + unit.files[2];
            let most = Reverse((unit.undelivered, not_accepted, unit.errors));
            (unit.unit.is_none(), most, unit.unit.clone())
        });
        Self { units, files, undelivered }
    }
}

fn file_line(facts: &DeliveryFacts<'_>, name: &str, report: &FileReport) -> FileLine {
    let of_sheets = report.sheets.iter().map(|sheet| sheet.item.as_str());
    // A nil set has batches and no sheet with rows.
    let items: BTreeSet<&str> = of_sheets.chain(report.batches.iter().map(|batch| batch.item.as_str())).collect();
    let due = |item: &Item| due_day(facts, item, report.period?).map(|(day, _)| day);
    let unit = report.unit.clone().filter(|unit| !unit.is_empty());
    FileLine {
        unit: unit.or_else(|| facts.files.named_units.get(name).cloned()),
        file: name.to_owned(),
        due: items.iter().filter_map(|item| due(facts.catalog.items.get(*item)?)).min(),
        items: items.into_iter().map(str::to_owned).collect(),
        period: report.period,
        mode: report.mode.map(|mode| mode.key().to_owned()),
        effect: EffectCounts::of(&report.batches),
        state: match (report.accepted, report.refused) {
            (true, _) => FileState::Accepted,
            (_, true) => FileState::Refused,
            _ => FileState::Blocked,
        },
        rows: report.rows(),
        errors: report.count(Severity::Error),
        warnings: report.count(Severity::Warning),
        unlisted: report.unlisted_issues,
        received: facts.files.received.get(name).copied(),
    }
}

/// When a department's item falls due for a period, and whether the calendar may still move it.
fn due_day(facts: &DeliveryFacts<'_>, item: &Item, period: Period) -> Option<(NaiveDate, bool)> {
    let rule = item.due.as_ref().filter(|_| !item.is_tax_side())?;
    let deadline = Calendar::of(facts.catalog, facts.region).deadline(rule, period);
    Some((deadline.day, deadline.provisional))
}

/// What was due before the day the run looks from and of which nothing came, from the first period of its length that any
/// unit delivered: what lies before, the folder was not meant to hold.
fn list_undelivered(facts: &DeliveryFacts<'_>, files: &[FileLine]) -> Vec<Undelivered> {
    let delivered = list_delivered(facts, files);
    let mut undelivered = Vec::new();
    for item in facts.catalog.items.values().filter(|item| !item.is_tax_side() && item.due.is_some()) {
        for period in list_periods(item.period, &delivered, facts.as_of) {
            let Some((due, provisional)) = due_day(facts, item, period).filter(|(due, _)| *due < facts.as_of) else {
                continue;
            };
            for unit in facts.catalog.units_of(item).filter(|unit| unit.reports) {
                if !delivered.contains(&(item.key.clone(), unit.key.clone(), period)) {
                    let days = (facts.as_of - due).num_days();
                    let (unit, item) = (unit.key.clone(), item.key.clone());
                    undelivered.push(Undelivered { unit, item, period, due, provisional, days });
                }
            }
        }
    }
    undelivered.sort_by(|a, b| (&a.unit, &a.item, a.period).cmp(&(&b.unit, &b.item, b.period)));
    undelivered
}

/// Item, reporting unit and period of all that came.
type Delivered = BTreeSet<(String, String, Period)>;

fn list_delivered(facts: &DeliveryFacts<'_>, files: &[FileLine]) -> Delivered {
    let accepted = facts.visible.batches().iter().map(|one| (&one.batch.item, &one.batch.unit, one.batch.period));
    let of_files = files.iter().filter_map(|file| Some((file, file.unit.as_ref()?, file.period?)));
    let of_files = of_files.flat_map(|(file, unit, period)| file.items.iter().map(move |item| (item, unit, period)));
    let found = accepted.chain(of_files).filter_map(|(key, unit, period)| {
        let item = facts.catalog.items.get(key).filter(|item| !item.is_tax_side())?;
        Some((key.clone(), facts.catalog.reporter_of(item, unit)?.key.clone(), period))
    });
    found.collect()
}

/// The periods of an item's length from the first that was delivered to the day the run looks from. Where nobody delivered
/// any of that length, from the first day that anything delivered speaks of.
fn list_periods(frequency: Frequency, delivered: &Delivered, as_of: NaiveDate) -> Vec<Period> {
    let all = || delivered.iter().map(|(_, _, period)| *period);
    let same_length = |period: &Period| match frequency {
        Frequency::Month | Frequency::Event => matches!(period, Period::Month(..)),
        Frequency::Quarter => matches!(period, Period::Quarter(..)),
        Frequency::Year => matches!(period, Period::Year(_)),
        Frequency::Demand => false,
    };
    let first = all().filter(same_length).map(Period::first_day).min().or_else(|| all().map(Period::first_day).min());
    let Some(first) = first else { return Vec::new() };
    let mut period = match frequency {
        Frequency::Month | Frequency::Event => Period::month_of(first),
        Frequency::Quarter => Period::quarter_of(first),
        Frequency::Year => Period::Year(chrono::Datelike::year(&first)),
        Frequency::Demand => return Vec::new(),
    };
    let mut periods = Vec::new();
    while period.last_day() < as_of {
        // A year or quarter that began before the first day speaks of days nobody was asked about.
        if period.first_day() >= first {
            periods.push(period);
        }
        period = following(period);
    }
    periods
}

fn following(period: Period) -> Period {
    let next = period.last_day().succ_opt().unwrap_or(period.last_day());
    match period {
        Period::Year(year) => Period::Year(year + 1),
        Period::Half(..) => Period::half_of(next),
        Period::Quarter(..) => Period::quarter_of(next),
        Period::Month(..) => Period::month_of(next),
    }
}

#[cfg(test)]
#[path = "deliveries_tests.rs"]
mod tests;
