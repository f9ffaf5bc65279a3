//! Which kind a sheet is, told by its headers.

use super::bookkeeping::own;
use super::header::{HeaderBook, KindHeaders, fold, is_action, is_blank, is_counting, is_remark};
use super::mapping::SheetFacts;

/// What may be said before the headers are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// The item, when it was named.
    pub item: Option<String>,
    /// The kind, when it was named.
    pub kind: Option<String>,
    /// Items of the unit, when the unit is known; empty: any.
    pub unit_items: Vec<String>,
    /// Name of the file, for headers that fit several kinds.
    pub file: String,
}

/// What the headers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognised {
    /// One kind: item and kind.
    One(String, String),
    /// Several kinds fit equally: `item.kind`.
    Several(Vec<String>),
    /// None fits; the nearest, best first.
    None(Vec<String>),
}

/// How well a kind fits a sheet; compared from top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    known: usize,
    named: usize,
    of_unit: bool,
    required_present: bool,
    missing: std::cmp::Reverse<usize>,
}

/// Recognises a sheet. A kind fits when it knows at least two headers and half of those that say something, or when it
/// was named and knows any.
pub fn recognise(book: &HeaderBook, facts: &SheetFacts, expected: &Expected) -> Recognised {
    let names: Vec<&str> = facts
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| !is_blank(name) && !is_counting(name) && !is_action(name))
        .collect();
    let wanted = |headers: &&KindHeaders| {
        expected.item.as_ref().is_none_or(|item| *item == headers.item)
            && expected.kind.as_ref().is_none_or(|kind| *kind == headers.kind)
    };
    let places = [fold(&facts.name), fold(&expected.file), fold(&facts.titles.concat())];
    let mut fits: Vec<(Fit, &KindHeaders)> =
        book.kinds.iter().filter(wanted).map(|headers| (fit(headers, &names, &places, expected), headers)).collect();
    fits.sort_by_key(|fit| std::cmp::Reverse(fit.0));
    fits.retain(|(fit, _)| fit.known > 0);
    let saying = names.iter().filter(|name| !is_remark(name) && own(name).is_none()).count();
    let enough = |fit: &Fit| {
        let by_itself = fit.known >= 2 && fit.known * 2 >= saying;
        by_itself || expected.kind.is_some() || (expected.item.is_some() && fit.known >= 2)
    };
    let key = |headers: &KindHeaders| format!("{}.{}", headers.item, headers.kind);
    match fits.first() {
        Some((best, headers)) if enough(best) => {
            let equal: Vec<String> = fits.iter().filter(|(fit, _)| fit == best).map(|(_, h)| key(h)).collect();
            if equal.len() > 1 {
                Recognised::Several(equal)
            } else {
                Recognised::One(headers.item.clone(), headers.kind.clone())
            }
        }
        _ => Recognised::None(fits.iter().take(3).map(|(_, headers)| key(headers)).collect()),
    }
}

fn fit(headers: &KindHeaders, names: &[&str], places: &[String; 3], expected: &Expected) -> Fit {
    let found: std::collections::HashSet<usize> =
        names.iter().filter_map(|name| headers.find(name)).map(|found| found.column).collect();
    // The sheet's own name says more than the file's; the item's name less than the kind's.
    let named = |name: &str, worth: usize| if places.iter().any(|place| place.contains(name)) { worth } else { 0 };
    let by_key =
        places.iter().any(|place| place.contains(headers.item.as_str()) && place.contains(headers.kind.as_str()));
    Fit {
        known: found.len(),
        named: named(&headers.names[0], 2) + named(&headers.names[1], 1) + if by_key { 3 } else { 0 },
        of_unit: expected.unit_items.contains(&headers.item),
        required_present: headers.required.iter().all(|column| found.contains(column)),
        missing: std::cmp::Reverse(headers.column_count().saturating_sub(found.len())),
    }
}
