//! Names of places as they stand in names of companies, found at the start of a row of signs.

use std::collections::HashMap;

use super::keys;
use super::signs::{self, Signs};
use crate::codes::Divisions;

/// Most names of places that are taken one after the other (province, prefecture, county).
const MOST: usize = 3;
/// No name of a place is longer.
const LONGEST: usize = 16;

/// Names of places by their signs, made once from the list of divisions.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Hash of the name → the codes of the places so named, as numbers.
    codes: HashMap<u64, Vec<u32>>,
    /// Hash of a name that is taken for a place only after another (和平, 新华: districts, and brands far more often).
    weak: HashMap<u64, Vec<u32>>,
    /// For each first sign the greatest length of a name, 0 for none.
    lengths: Vec<u8>,
    /// Codes that were in the list once and are no more, ascending.
    retired: Vec<u32>,
    /// Every name of a place that is called otherwise than it is named: an autonomous region, prefecture, county.
    spellings: HashMap<u32, Vec<Signs>>,
}

impl Places {
    /// The places of a list of divisions.
    pub fn new(divisions: &Divisions) -> Self {
        let mut places = Self { lengths: vec![0; 1 << 16], ..Self::default() };
        let mut names: Vec<&str> = divisions.names().collect();
        names.sort_unstable();
        for name in names {
            places.add(name, divisions);
        }
        places.retired.sort_unstable();
        places.retired.dedup();
        places
    }

    /// Adds a name; the retired codes are put in order after the last.
    fn add(&mut self, name: &str, divisions: &Divisions) {
        let row = signs::read(name);
        let codes: Vec<u32> = divisions.codes_named(name).filter_map(|code| code.parse().ok()).collect();
        let Some(first) = row.first().filter(|_| (2..=LONGEST).contains(&row.len())) else { return };
        let length = &mut self.lengths[*first as usize];
        *length = (*length).max(row.len() as u8);
        for code in divisions.codes_named(name).filter(|code| divisions.is_retired(code)) {
            self.retired.extend(code.parse::<u32>());
        }
        let short_of_district = row.len() == 2
            && divisions
                .codes_named(name)
                .all(|code| !code.ends_with("00") && divisions.find(code).is_some_and(|one| one.name.ends_with('区')));
        for code in divisions.codes_named(name) {
            let is_autonomous = divisions.find(code).is_some_and(|division| division.name.contains("自治"));
            if let Some(code) = code.parse().ok().filter(|_| is_autonomous) {
                self.spellings.entry(code).or_default().push(row.clone());
            }
        }
        let table = if short_of_district { &mut self.weak } else { &mut self.codes };
        table.entry(keys::whole(&row)).or_default().extend(codes);
    }

    /// Length of the longest name of a place at the start, 0 for none. `after_another`: a name of a place stands before.
    fn prefix(&self, row: &[u16], after_another: bool) -> usize {
        let Some(first) = row.first() else { return 0 };
        let longest = self.lengths.get(*first as usize).copied().unwrap_or(0) as usize;
        let known = |length: &usize| {
            let hash = keys::whole(&row[..*length]);
            self.codes.contains_key(&hash) || (after_another && self.weak.contains_key(&hash))
        };
        (2..=longest.min(row.len())).rev().find(known).unwrap_or(0)
    }

    /// Where the names of places at the start end, one after the other: for 黑龙江省佳木斯市某某 4 and 8. At least two
    /// signs stay over.
    pub(crate) fn ends(&self, row: &[u16]) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut at = 0;
        while ends.len() < MOST {
            let length = self.prefix(&row[at..], at > 0);
            if length == 0 || at + length + 2 > row.len() {
                break;
            }
            at += length;
            ends.push(at);
        }
        ends
    }

    /// Codes of the places named at the start of a text (an address), the narrowest name that was found.
    pub(crate) fn region_of_address(&self, address: &str) -> Option<u32> {
        let row = signs::read(address);
        let mut found: Option<u32> = None;
        let mut at = 0;
        for _ in 0..MOST {
            let length = self.prefix(&row[at..], at > 0);
            if length == 0 {
                break;
            }
            let hash = keys::whole(&row[at..at + length]);
            let codes = self.codes.get(&hash).into_iter().chain(self.weak.get(&hash)).flatten();
            let within = codes.filter(|code| found.is_none_or(|wider| agree(wider, **code)));
            let Some(narrower) = within.copied().max_by_key(|code| (!self.is_retired(*code), *code)) else { break };
            found = Some(narrower);
            at += length;
        }
        found
    }

    /// The other names of an autonomous place that has this one.
    pub(crate) fn spellings<'a>(&'a self, row: &'a [u16]) -> impl Iterator<Item = &'a Signs> {
        let codes = self.codes.get(&keys::whole(row)).into_iter().flatten();
        let names = codes.filter_map(|code| self.spellings.get(code)).flatten();
        names.filter(move |name| name.as_slice() != row)
    }

    /// Whether a row of signs is the name of a place, whole.
    pub(crate) fn is_place(&self, row: &[u16]) -> bool {
        self.codes.contains_key(&keys::whole(row))
    }

    /// Whether the code was in the list once and is no more.
    pub(crate) fn is_retired(&self, code: u32) -> bool {
        self.retired.binary_search(&code).is_ok()
    }
}

/// Whether one place lies in the other, at the levels their codes carry.
pub(crate) fn agree(one: u32, other: u32) -> bool {
    let level = |code: u32| match code {
        _ if code.is_multiple_of(10_000) => 10_000,
        _ if code.is_multiple_of(100) => 100,
        _ => 1,
    };
    let wider = level(one).max(level(other));
    one / wider == other / wider
}

/// The signs of a name of a place without the word for what it is, so that 呼图壁县 and 呼图壁 compare.
pub(crate) fn bare(name: &[u16]) -> Signs {
    let mut bare = name.to_vec();
    let is_word = |sign: u16| ['省', '市', '县', '区', '州', '旗', '盟'].map(|one| one as u16).contains(&sign);
    while bare.len() > 2 && bare.last().is_some_and(|sign| is_word(*sign)) {
        bare.pop();
    }
    bare
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn places() -> Places {
        Places::new(
            &Divisions::read(
                "code,name,from,to\n650000,新疆维吾尔自治区,,\n652300,昌吉回族自治州,,\n652301,昌吉市,,\n\
                 652323,呼图壁县,,\n652302,阜康市,,\n230000,黑龙江省,,\n230800,佳木斯市,,\n120101,和平区,,\n",
            )
            .0,
        )
    }

    #[test]
    fn places_at_the_start_are_found_one_after_the_other() {
        let row = signs::read("黑龙江省佳木斯市某某商贸");
        assert_eq!(places().ends(&row), [4, 8]);
        assert!(places().ends(&signs::read("和平商贸")).is_empty(), "a district's short name alone is a brand");
    }

    #[test]
    fn an_address_gives_the_narrowest_place() {
        assert_eq!(places().region_of_address("新疆昌吉州呼图壁县某路1号"), Some(652_323));
        assert_eq!(places().region_of_address("某路1号"), None);
    }
}
