//! What land, houses and coal usually cost in the county, without VAT (`demo/prices.csv`): what the county itself sells lies about
//! these prices.
//!
//! A price plainly below what others pay may be assessed (契税法 §4, 资源税 by 征管法 §35), so a fact that is worked from its own
//! price alone may not stand in a county where that price is plainly low: law and fact would both be right.

use gongzhi_core::catalog::Problem;
use gongzhi_core::messages::Message;
use rust_decimal::Decimal;

use super::facts::{Fact, Row, TOLD_FROM};
use super::taxpayers::TOWNSHIPS;

static PRICES: &str = include_str!("../../../demo/prices.csv");

/// What a square metre of a use, or a tonne, usually costs in the county, in whole yuan; nothing where nobody says.
pub fn find(what: &str, of_use: &str) -> Option<i64> {
    let lines = PRICES.lines().skip(1);
    let mut rows = lines.filter_map(|line| line.strip_prefix(what)?.strip_prefix(',')?.split_once(','));
    rows.find(|(known, _)| *known == of_use).and_then(|(_, yuan)| yuan.parse().ok())
}

/// What a square metre or a tonne costs that the list has.
pub fn get(what: &str, of_use: &str) -> i64 {
    find(what, of_use).unwrap_or_default()
}

/// Facts that sell for less than four fifths of what the county does without saying that they mean it.
pub fn check(facts: &[Fact]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for fact in facts.iter().filter(|fact| !fact.low_price) {
        for row in &fact.reported {
            let Some((what, of_use, yuan)) = price_of(row) else { continue };
            let Some(usual) = find(what, &of_use).map(Decimal::from) else { continue };
            if yuan * Decimal::from(5) < usual * Decimal::from(4) {
                let message = Message::new("demo-fact-price")
                    .with("fact", &fact.key)
                    .with("what", format!("{what},{of_use}"))
                    .with("yuan", yuan.round_dp(2).normalize())
                    .with("usual", usual);
                problems.push(Problem { file: fact.file.clone(), line: row.line, message });
            }
        }
    }
    problems
}

/// What a row says a square metre or a tonne of this county cost in the year that the county has prices of.
pub fn price_of(row: &Row) -> Option<(&'static str, String, Decimal)> {
    let said = |key: &str| row.cells.iter().find(|(known, _)| known == key).map(|(_, text)| text.as_str());
    let figure = |key: &str| said(key)?.parse::<Decimal>().ok().filter(|figure| *figure > Decimal::ZERO);
    let here = said("admin_region").is_none_or(|place| TOWNSHIPS.iter().any(|(code, _)| *code == place));
    if !here || row.period.is_none_or(|period| period.year() != TOLD_FROM.0) {
        return None;
    }
    match row.kind.as_str() {
        "property_registration.transfer" => {
            let yuan = figure("price_yuan")? / figure("floor_area_square_metres")?;
            Some(("house", said("house_use")?.to_owned(), yuan))
        }
        "land_transfer.transfer" => {
            let yuan = figure("price_yuan")? / figure("transfer_area_square_metres")?;
            Some(("land", said("land_use")?.get(..2)?.to_owned(), yuan))
        }
        "coal_output.mine" => {
            let sold = || Some(figure("sales_amount_yuan")? / figure("sold_tonnes")?);
            let pit = || figure("pit_price_without_tax_yuan").or_else(|| figure("pit_price_yuan"));
            Some(("coal", "pit".to_owned(), sold().or_else(pit)?))
        }
        _ => None,
    }
}
