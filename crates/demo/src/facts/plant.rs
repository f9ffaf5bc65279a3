//! Puts copies of facts among what happens in the county: rows of items, rows of the tax side, registrations.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, anyhow};
use chrono::{Days, NaiveDate};
use gongzhi_core::catalog::{Catalog, ColumnType, Item, Kind, Mark};
use gongzhi_core::messages::Translator;
use gongzhi_core::period::Period;
use gongzhi_core::values::RowAction;

use super::super::draft::{Draft, Value, Who};
use super::super::taxpayers::Registration;
use super::super::world::World;
use super::cast::{Cast, has_registration, is_local};
use super::check::{REGISTRATION, check, value_of};
use super::{Fact, Party, Row, Sort, TOLD_FROM, Tempting};

/// Copies of each sort of temptation in a county of scale 1.
const TEMPTATIONS: usize = 30;
/// Copies of a plain fact in a county of scale 1.
const PLAIN: usize = 3;
/// Days of a row of the tax side that say in which month's table it stands, the first that it has.
const DAYS_OF_TABLES: [&str; 7] =
    ["paid_on", "filed_on", "checked_in_on", "reported_on", "claimed_on", "answered_on", "asked_on"];

/// A copy of a fact that stands in the county.
#[derive(Debug, Clone)]
pub struct PlantedFact {
    /// The fact.
    pub fact: &'static Fact,
    /// Number of the copy, from 1.
    pub copy: usize,
    /// Who plays.
    pub cast: Cast,
}

impl PlantedFact {
    /// Its name in the truth: file, key and number of the copy.
    pub fn name(&self) -> String {
        let file = self.fact.file.rsplit('/').next().unwrap_or_default();
        format!("{}/{}#{}", file.trim_end_matches(".yaml"), self.fact.key, self.copy)
    }
}

/// Plants so many copies of every fact as the county's scale asks for; facts that can't be planted are an error that
/// lists every problem.
pub fn plant(world: &mut World, catalog: &Catalog, facts: &'static [Fact], translator: &Translator) -> Result<()> {
    let mut problems = Vec::new();
    check(catalog, facts, &mut problems);
    if !problems.is_empty() {
        let lines: Vec<String> = problems.iter().map(|problem| problem.in_words(translator)).collect();
        return Err(anyhow!("{}", lines.join("\n")));
    }
    for fact in facts {
        for copy in 1..=copies_of(world, fact, facts) {
            let cast = Cast::drawn(world, fact, world.facts.len() + 1);
            register(world, catalog, (fact, &cast));
            let mut known = BTreeSet::new();
            for row in fact.rows() {
                report(world, catalog, (row, &mut known), &cast)?;
            }
            world.facts.push(PlantedFact { fact, copy, cast });
        }
    }
    Ok(())
}

/// Every fact stands at least once, every sort of temptation as often as the scale asks for.
fn copies_of(world: &World, fact: &Fact, facts: &[Fact]) -> usize {
    if fact.tempting == Tempting::None {
        return world.part_of(PLAIN);
    }
    let same = facts.iter().filter(|other| other.tempting == fact.tempting).count();
    world.part_of(TEMPTATIONS).div_ceil(same).max(1)
}

/// Keys of rows that a copy has reported.
type Known = BTreeSet<(&'static str, Vec<String>)>;

/// One row of an item or of the tax side.
fn report(world: &mut World, catalog: &Catalog, (row, known): (&'static Row, &mut Known), cast: &Cast) -> Result<()> {
    let (item, kind) = catalog.find_kind(&row.kind).ok_or_else(|| anyhow!("{}", row.kind))?;
    let mut draft = Draft { told: Some(cast.number), ..Draft::default() };
    for (key, text) in &row.cells {
        if kind.parties.iter().any(|party| party.key == *key) {
            draft = add_party(draft, key, cast.find(text));
            continue;
        }
        let said = cast.say(text).map_err(|word| anyhow!("${word}"))?;
        let Some(column) = kind.find_column(key) else { continue };
        let value = value_of(catalog, column, &said).map_err(|expected| anyhow!("{key}: {expected}"))?;
        // A name or a code that is said to be empty is not the party's.
        let silent = column.party.is_some() && value == Value::Empty;
        draft.cells.push((key, if silent { Value::Text(String::new()) } else { value }));
        if let Some((party, part)) = &column.party {
            draft = name_party(draft, row, (key.strip_suffix(part.suffix()), party), cast.find_named(text));
        }
    }
    if !known.insert((&row.kind, key_of(kind, row))) {
        draft.action = RowAction::Change;
    }
    let is_unknown =
        |at: usize| matches!(world.taxpayer(at).registration, Registration::Absent | Registration::Unregistered);
    let unknown = |who: &Who| matches!(who, Who::Taxpayer(at) if is_unknown(*at));
    if draft.parties.iter().any(|(_, who)| unknown(who)) {
        // The tax bureau does not say who they are: what their rows say must be right.
        draft.exact_identity = true;
    }
    let period = match row.period {
        Some(period) => period,
        None if item.is_tax_side() => {
            draft = complete(world, kind, draft);
            period_of_table(world, (item, kind), &draft)
        }
        // What is asked for on demand is asked for once a year.
        None => Period::Year(world.year),
    };
    world.ledger.add(&row.kind, period, draft);
    Ok(())
}

/// What tells a row from the others of its kind, as the fact says it.
fn key_of(kind: &Kind, row: &Row) -> Vec<String> {
    let said = |key: &str| row.cells.iter().find(|(known, _)| known == key).map(|(_, text)| text.clone());
    let part = |key: &String| said(key).or_else(|| said(key.rsplit_once('_')?.0)).unwrap_or_default();
    kind.key_columns.iter().map(part).collect()
}

/// Whose name or code is written out stands there all the same, and nothing else is said of him.
fn name_party(mut draft: Draft, row: &Row, (group, party): (Option<&'static str>, &str), who: Option<Who>) -> Draft {
    let Some(group) = group.map(|group| group.trim_end_matches('_')) else { return draft };
    draft.exact_identity = true;
    let said = row.cells.iter().any(|(other, _)| other == party);
    if !said && !draft.by_words.contains(&group) {
        draft.by_words.push(group);
        draft = add_party(draft, group, who);
    }
    draft
}

fn add_party(draft: Draft, key: &'static str, who: Option<Who>) -> Draft {
    match who {
        Some(Who::Taxpayer(at)) => draft.party(key, at),
        Some(Who::Person(at)) => draft.person(key, at),
        None => draft,
    }
}

/// What the tax bureau's system writes by itself into every row.
fn complete(world: &mut World, kind: &Kind, mut draft: Draft) -> Draft {
    let unsaid = |draft: &Draft, key: &str| kind.find_column(key).is_some() && draft.find(key).is_none();
    if unsaid(&draft, "receipt_number") {
        draft = draft.text("receipt_number", world.next_receipt());
    }
    if unsaid(&draft, "source_number") {
        draft = draft.text("source_number", world.next_source());
    }
    if unsaid(&draft, "authority") {
        draft = draft.text("authority", "652323");
    }
    draft
}

/// The table of what stands is exported with the county's own rows, at last on the day the county is looked at; what
/// happened stands in its month's.
fn period_of_table(world: &World, (item, kind): (&Item, &Kind), draft: &Draft) -> Period {
    let day = |key: &&str| match draft.find(key) {
        Some(Value::Day(day)) => Some(*day),
        _ => None,
    };
    let happened = (kind.mark == Mark::Flow).then(|| DAYS_OF_TABLES.iter().find_map(day)).flatten();
    let month = kind.columns.iter().find(|column| column.column_type == ColumnType::Month);
    let told = month.and_then(|column| match draft.find(&column.key) {
        Some(Value::Text(text)) => text.parse().ok(),
        _ => None,
    });
    let exported = || world.ledger.sets.keys().rev().find(|(key, _)| *key == item.key).map(|(_, period)| *period);
    happened.map(Period::month_of).or(told).or_else(exported).unwrap_or_else(|| Period::month_of(TOLD_FROM.1))
}

/// The parties' rows of the tax registration.
fn register(world: &mut World, catalog: &Catalog, (fact, cast): (&'static Fact, &Cast)) {
    let Some((_, kind)) = catalog.find_kind(REGISTRATION) else { return };
    for party in fact.parties.iter().filter(|party| has_registration(party)) {
        let Some(Who::Taxpayer(at)) = cast.find(&party.name) else { continue };
        let mut draft = Draft::of("taxpayer", at);
        for (key, text) in &party.registration {
            let value = kind.find_column(key).and_then(|column| value_of(catalog, column, text).ok());
            draft.cells.extend(value.map(|value| (key.as_str(), value)));
        }
        let said: BTreeMap<&str, String> = registration_of((&*world, catalog), at, party);
        for (key, text) in said {
            if draft.find(key).is_none() && !text.is_empty() {
                let value = kind.find_column(key).and_then(|column| value_of(catalog, column, &text).ok());
                draft.cells.extend(value.map(|value| (key, value)));
            }
        }
        world.ledger.add(REGISTRATION, Period::month_of(TOLD_FROM.1), draft);
    }
}

/// What a registration says of a party that says nothing else about it.
fn registration_of((world, catalog): (&World, &Catalog), at: usize, party: &Party) -> BTreeMap<&'static str, String> {
    let taxpayer = world.taxpayer(at);
    let here = is_local(party);
    let opened_on = NaiveDate::from_ymd_opt(2016, 3, 1).unwrap_or_default();
    let years = "2019;2020;2021;2022;2023;2024;2025;2026".to_owned();
    let address = format!("{}{}示例大道", taxpayer.seat.name, if here { "呼图壁镇" } else { "" });
    let (general, vat) = match party.vat.as_deref() {
        Some("general") => (opened_on.to_string(), "一般纳税人"),
        Some("small_scale") => (String::new(), "小规模纳税人"),
        Some(_) => (String::new(), "非增值税纳税人"),
        None => (String::new(), ""),
    };
    let category = match party.sort {
        _ if !here => "跨区域报验登记",
        Sort::SoleTrader => "个体经营纳税人税务登记",
        _ => "单位纳税人税务登记",
    };
    let (small, other) = match party.small_profit {
        Some(true) => (years, String::new()),
        Some(false) => (String::new(), years),
        None => (String::new(), String::new()),
    };
    BTreeMap::from([
        ("former_names", taxpayer.former_name.clone().unwrap_or_default()),
        ("status", "正常".to_owned()),
        ("registration_category", category.to_owned()),
        ("registered_address", address.clone()),
        ("operating_address", address),
        ("township", if here { "呼图壁镇".to_owned() } else { String::new() }),
        ("industry", industry_of(party, taxpayer.industry).to_owned()),
        ("registration_type", registration_type(party.sort).to_owned()),
        ("vat_payer_kind", vat.to_owned()),
        ("vat_general_from", general),
        ("small_profit_years", small),
        ("not_small_profit_years", other),
        ("registered_on", (opened_on + Days::new(12)).to_string()),
        ("opened_on", opened_on.to_string()),
        ("tax_office", "呼图壁镇".to_owned()),
        ("authority", authority_of(catalog, party.seat.as_deref())),
    ])
}

/// The tax bureau of a seat, where the list of bureaus has it: that of the division, or of the city it belongs to.
fn authority_of(catalog: &Catalog, seat: Option<&str>) -> String {
    let Some(seat) = seat else { return "652323".to_owned() };
    let list = catalog.lists.get("tax_authority");
    let known = |code: &&str| list.is_some_and(|list| list.find(code).is_some());
    [seat.get(..6), seat.get(..4)].into_iter().flatten().find(known).unwrap_or_default().to_owned()
}

fn industry_of<'a>(party: &Party, drawn: &'a str) -> &'a str {
    match party.sort {
        Sort::Developer => "7010",
        Sort::Builder => "4710",
        Sort::Partnership => "7212",
        Sort::SoleProprietorship => "3311",
        _ => drawn,
    }
}

fn registration_type(sort: Sort) -> &'static str {
    match sort {
        Sort::SoleTrader => "个体工商户",
        Sort::SoleProprietorship => "个人独资企业",
        Sort::Partnership => "合伙企业",
        Sort::Branch => "有限责任公司分公司",
        Sort::Cooperative => "农民专业合作社",
        Sort::Village => "村民委员会",
        Sort::PublicBody => "事业单位",
        _ => "其他有限责任公司",
    }
}
