//! A made-up county: a year of the forty items and the tax side, in the dirty formats offices send, with planted truth.
//!
//! A world comes first: taxpayers, projects, land, outlets, and what happens to them, settled with the tax bureau unless
//! a lead is planted. Then every unit writes down its part in its own manner. `DIR/county` is what `gongzhi run` may
//! read; `DIR/truth` says who stands in each row, which leads exist and which cells are wrong. The same seed gives the
//! same bytes.

mod buildings;
mod business;
mod coal;
mod codes;
mod contracts;
mod developers;
mod dirt;
mod draft;
mod dues;
mod environment;
mod everyday;
mod facts;
mod farmland;
mod files;
mod fill;
mod forms;
mod hand;
mod land;
mod lists;
mod names;
mod office;
pub mod office_files;
mod persons;
mod prices;
mod projects;
mod random;
pub mod score;
pub mod score_leads;
mod score_tables;
mod settle;
mod sheets;
mod sources;
mod spelling;
mod support;
mod tax_side;
mod tax_table;
mod taxpayers;
mod timing;
mod trades;
mod truth;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, anyhow};
use gongzhi_core::catalog::{Catalog, Frequency, Item, Unit};
use gongzhi_core::messages::{Language, Translator};
use gongzhi_core::period::Period;

use draft::{Draft, Who};
use lists::mode_of;
use office::{Job, Office};
use random::Dice;
use truth::FileTruth;
use world::World;

/// What county to make.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// 1 is a county of 20 000 taxpayers.
    pub scale: f64,
    /// Seed of all dice.
    pub seed: u64,
    /// The year.
    pub year: i32,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Counts by name.
    pub counts: BTreeMap<&'static str, usize>,
    /// The day from which the county is meant to be looked at.
    pub as_of: chrono::NaiveDate,
}

/// Makes the county and its truth in a folder; gives the counts.
pub fn generate(catalog: &Catalog, settings: Settings, folder: &Path) -> Result<Made> {
    let translator = Translator::new(Language::Chinese);
    let mut world = happen(settings);
    plant_facts(&mut world, catalog, &translator)?;
    let county = folder.join("county");
    fs::create_dir_all(&county).with_context(|| county.display().to_string())?;
    let mut sets = std::mem::take(&mut world.ledger.sets);
    let habits = lists::habits(world.seed, &sets);
    lists::carry(catalog, &mut sets, &habits);
    world.named_by_tax_bureau = list_named_by_tax_bureau(catalog, &sets);
    let office = Office { world: &world, catalog, folder: &county, translator: &translator };
    let jobs = jobs_of(office, &sets, &habits)?;
    let mut truths = side_by_side(jobs.len(), |at| files::write(office, &jobs[at]))?;
    let silent = silences(office, &sets);
    truths.extend(side_by_side(silent.len(), |at| {
        let (item, unit, period) = silent[at];
        files::write_nil(office, item, unit, period).map(|truth| vec![truth])
    })?);
    truths.extend(tax_side::write(office, &sets)?);
    let truths: Vec<FileTruth> = truths.into_iter().flatten().collect();
    let counts = truth::write(&world, &folder.join("truth"), &truths)?;
    Ok(Made { counts, as_of: world.as_of() })
}

/// A county in which everything of its own making has happened.
fn happen(settings: Settings) -> World {
    let mut world = World::new(settings.seed, settings.year, settings.scale);
    projects::make(&mut world);
    projects::list_builders(&mut world);
    land::make(&mut world);
    farmland::make(&mut world);
    buildings::make(&mut world);
    developers::make(&mut world);
    environment::make(&mut world);
    business::make(&mut world);
    support::make(&mut world);
    trades::make(&mut world);
    coal::make(&mut world);
    persons::make(&mut world);
    dues::plant(&mut world);
    world
}

/// Taxpayers whose code and name the tax bureau's own tables say together.
fn list_named_by_tax_bureau(catalog: &Catalog, sets: &Sets) -> BTreeSet<usize> {
    let tables = sets.iter().filter(|((key, _), _)| catalog.items.get(*key).is_some_and(Item::is_tax_side));
    let parties = tables.flat_map(|(_, kinds)| kinds.values().flatten()).flat_map(|draft| &draft.parties);
    let taxpayers = parties.filter_map(|(party, who)| match who {
        Who::Taxpayer(at) if *party == "taxpayer" => Some(*at),
        _ => None,
    });
    taxpayers.collect()
}

/// Plants the facts from the law's text in the county of their year; their days are days of the calendar.
fn plant_facts(world: &mut World, catalog: &Catalog, translator: &Translator) -> Result<()> {
    if world.year != facts::TOLD_FROM.0 {
        return Ok(());
    }
    let (facts, problems) = facts::embedded();
    let mut problems = problems.to_vec();
    problems.extend(prices::check(facts));
    if !problems.is_empty() {
        let lines: Vec<String> = problems.iter().map(|problem| problem.in_words(translator)).collect();
        return Err(anyhow!("{}", lines.join("\n")));
    }
    facts::plant(world, catalog, facts, translator)
}

type Sets = BTreeMap<(&'static str, Period), BTreeMap<&'static str, Vec<Draft>>>;

/// The files of the forty items; in one period of every item, and here and there, wrong cells are planted.
fn jobs_of<'a>(office: Office<'a>, sets: &Sets, habits: &lists::Habits) -> Result<Vec<Job<'a>>> {
    let mut jobs = Vec::new();
    let mut dice = Dice::new(office.world.seed, "wrong files");
    let mut chosen: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, period) in sets.keys() {
        let item = get_item(office.catalog, key)?;
        if item.is_tax_side() {
            continue;
        }
        let count = sets.keys().filter(|(other, _)| other == key).count();
        let wrong_at = *chosen.entry(key).or_insert_with(|| dice.below(count));
        let before = sets.keys().filter(|(other, before)| other == key && before < period).count();
        let units: Vec<_> = office.catalog.units_of(item).collect();
        for (number, unit) in units.iter().enumerate() {
            let mut shares: BTreeMap<&str, Vec<Draft>> = BTreeMap::new();
            for (kind, drafts) in &sets[&(*key, *period)] {
                let share: Vec<Draft> = drafts.iter().skip(number).step_by(units.len()).cloned().collect();
                if !share.is_empty() {
                    shares.insert(kind, share);
                }
            }
            if shares.is_empty() {
                continue;
            }
            jobs.push(Job {
                item,
                unit,
                period: *period,
                mode: mode_of(item, *period),
                sets: shares,
                number: jobs.len(),
                wrong: before == wrong_at || dice.happens(500),
                habit: habits.get(&(*key, *period)).copied().unwrap_or(lists::Habit::First),
            });
        }
    }
    Ok(jobs)
}

/// Duties of the year, and of the next one up to the day the county is looked at, for which a unit has nothing to report.
fn silences<'a>(office: Office<'a>, sets: &Sets) -> Vec<(&'a Item, &'a Unit, Period)> {
    let mut silent = Vec::new();
    let year = office.world.year;
    for item in office.catalog.items.values().filter(|item| !item.is_tax_side()) {
        let periods_of = |year: i32| -> Vec<Period> {
            match item.period {
                Frequency::Month | Frequency::Event => (1..=12).map(|month| Period::Month(year, month)).collect(),
                Frequency::Quarter => (1..=4).map(|quarter| Period::Quarter(year, quarter)).collect(),
                Frequency::Year => vec![Period::Year(year)],
                Frequency::Demand => Vec::new(),
            }
        };
        let next = periods_of(year + 1).into_iter().filter(|period| timing::is_due(office, item, *period));
        let said = |period: &Period| sets.keys().any(|(key, said)| *key == item.key && said == period);
        for period in periods_of(year).into_iter().chain(next).filter(|period| !said(period)) {
            silent.extend(office.catalog.units_of(item).map(|unit| (item, unit, period)));
        }
    }
    silent
}

/// The item with a key that this program's own text names.
fn get_item<'a>(catalog: &'a Catalog, key: &str) -> Result<&'a Item> {
    catalog.items.get(key).ok_or_else(|| anyhow!("the catalogue has no item {key}"))
}

/// Does numbered things on two threads and gives the results in order.
fn side_by_side<T: Send>(count: usize, work: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let run = || -> Result<Vec<(usize, T)>> {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return Ok(done);
            }
            done.push((at, work(at)?));
        }
    };
    let mut all = std::thread::scope(|scope| -> Result<Vec<(usize, T)>> {
        let other = scope.spawn(run);
        let mut mine = run()?;
        mine.extend(other.join().map_err(|_| anyhow!("a thread that writes files ended"))??);
        Ok(mine)
    })?;
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, value)| value).collect())
}

#[cfg(test)]
mod tests;
