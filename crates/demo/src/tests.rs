//! Facts and what the county itself makes may not speak of one thing by accident, whatever the seed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gongzhi_core::catalog::{Catalog, Source, overlay};
use gongzhi_core::messages::{Language, Translator};
use rust_decimal::Decimal;

use super::draft::{Draft, Value, Who};
use super::facts::{Sort, Tempting};
use super::taxpayers::is_ordinary;
use super::world::World;
use super::{Settings, happen, plant_facts};

/// The catalogue of the repository, compiled.
pub fn shipped() -> Catalog {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let mut sources = Vec::new();
    read_below(&Path::new(&package).join("../../catalog"), "", &mut sources);
    let (catalog, problems) = Catalog::compile(&overlay([sources]));
    assert_eq!(problems, []);
    catalog
}

fn read_below(folder: &Path, prefix: &str, sources: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_below(&entry.path(), &format!("{path}/"), sources);
        } else {
            sources.push(Source { path, text: std::fs::read_to_string(entry.path()).unwrap() });
        }
    }
}

/// A county with its facts.
fn county(seed: u64, scale: f64) -> World {
    let mut world = happen(Settings { scale, seed, year: 2025 });
    plant_facts(&mut world, &shipped(), &Translator::new(Language::Chinese)).unwrap();
    world
}

/// All rows of a kind.
fn rows<'a>(world: &'a World, kind: &str) -> impl Iterator<Item = &'a Draft> {
    let (item, kind) = kind.split_once('.').unwrap_or_default();
    let (item, kind) = (item.to_owned(), kind.to_owned());
    let sets = world.ledger.sets.iter().filter(move |((known, _), _)| *known == item);
    sets.flat_map(move |(_, kinds)| kinds.get(kind.as_str()).into_iter().flatten())
}

/// A deal: use and year, yuan and square metres.
fn deal(draft: &Draft, [price, area, of_use, day]: [&str; 4]) -> Option<((String, String), [Decimal; 2])> {
    let figure = |key| match draft.find(key) {
        Some(Value::Figure(figure)) if *figure > Decimal::ZERO => Some(*figure),
        _ => None,
    };
    let (Some(Value::Text(of_use)), Some(Value::Day(day))) = (draft.find(of_use), draft.find(day)) else { return None };
    let year = day.format("%Y").to_string();
    // Land of one main class is one sort of goods.
    let of_use = if of_use.starts_with(|sign: char| sign.is_ascii_digit()) { &of_use[..2] } else { of_use };
    Some(((of_use.to_owned(), year), [figure(price)?, figure(area)?]))
}

#[test]
fn no_deal_of_a_fact_lies_plainly_below_what_others_in_the_county_pay() {
    const KINDS: [(&str, [&str; 4]); 2] = [
        ("property_registration.transfer", ["price_yuan", "floor_area_square_metres", "house_use", "deal_day"]),
        ("land_transfer.transfer", ["price_yuan", "transfer_area_square_metres", "land_use", "contract_day"]),
    ];
    let mut looked_at = 0;
    for (seed, scale) in [(1, 0.02), (2, 0.2), (3, 1.0), (4, 2.0)] {
        let world = county(seed, scale);
        for (kind, columns) in KINDS {
            let mut totals: BTreeMap<_, [Decimal; 2]> = BTreeMap::new();
            for (of_use, [price, area]) in rows(&world, kind).filter_map(|draft| deal(draft, columns)) {
                let total = totals.entry(of_use).or_default();
                *total = [total[0] + price, total[1] + area];
            }
            for draft in rows(&world, kind) {
                let (Some(told), Some((of_use, [price, area]))) = (draft.told, deal(draft, columns)) else { continue };
                let fact = world.facts[told - 1].fact;
                let [others_price, others_area] = [totals[&of_use][0] - price, totals[&of_use][1] - area];
                // A fact answers for its own model only: what it pays for a house matters where deed tax is asked.
                let asked = fact.model == "deed/transfer" && fact.tempting != Tempting::OtherCounty;
                if !asked || fact.low_price || others_area.is_zero() {
                    continue;
                }
                looked_at += 1;
                let (own, others) = (price / area, others_price / others_area);
                assert!(own * Decimal::from(10) >= others * Decimal::from(7), "{}: {own} {others}", fact.key);
            }
        }
    }
    assert!(looked_at > 100, "{looked_at}");
}

#[test]
fn what_a_fact_makes_up_anew_is_nothing_of_the_countys_own() {
    for seed in 1..=3 {
        let world = county(seed, 0.5);
        let drafts = world.ledger.sets.values().flat_map(BTreeMap::values).flatten();
        let mut own = BTreeSet::new();
        for (_, value) in drafts.filter(|draft| draft.told.is_none()).flat_map(|draft| &draft.cells) {
            if let Value::Text(text) = value {
                own.insert(text.clone());
            }
        }
        assert!(own.iter().any(|text| text.contains("不动产权")) && own.iter().any(|text| text.contains("新示例破")));
        let mut said_before = BTreeMap::new();
        for planted in &world.facts {
            let cells = planted.fact.reported.iter().chain(&planted.fact.tax_side).flat_map(|row| &row.cells);
            for (_, text) in cells.filter(|(_, text)| text.starts_with('$') && planted.cast.find_named(text).is_none())
            {
                let said = planted.cast.say(text).unwrap();
                assert!(!own.contains(&said), "{} says {said}, and so does the county", planted.name());
                let before = said_before.insert(said.clone(), planted.name()).unwrap_or_else(|| planted.name());
                assert_eq!(before, planted.name(), "{said}");
            }
        }
        assert!(said_before.len() > 200, "{}", said_before.len());
    }
}

#[test]
fn whoever_plays_a_plain_company_is_in_no_trade_with_tax_rules_of_its_own() {
    let mut drawn = 0;
    for seed in 1..=3 {
        let world = county(seed, 0.2);
        for planted in &world.facts {
            for party in &planted.fact.parties {
                let Some(Who::Taxpayer(at)) = planted.cast.find(&party.name) else { continue };
                let taxpayer = world.taxpayer(at);
                if matches!(party.sort, Sort::Company | Sort::Branch | Sort::SoleTrader) {
                    drawn += 1;
                    assert!(is_ordinary(taxpayer.industry), "{} {}: {}", planted.name(), party.name, taxpayer.name);
                }
            }
        }
    }
    assert!(drawn > 500, "{drawn}");
}
