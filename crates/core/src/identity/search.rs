//! Looks for names near a name: by keys that slips leave alone, then by the rarest pairs of signs.

use super::compare::{self, FAR, Rows, Side};
use super::index::Index;
use super::{form, keys};

/// Names farther apart than this are not candidates, in hundredths of a sign.
const LIMIT: u32 = 500;
/// What a name found through a misspelt form is farther away.
const FORM_MISSPELT: u32 = 60;
/// No bucket of names is read beyond this many.
const MOST_OF_A_BUCKET: usize = 256;
/// How many names the search by pairs may read, and how many of them it compares.
const MOST_BY_PAIRS: usize = 6_000;
const MOST_COMPARED: usize = 40;
/// How many entries a search gives back at most.
const MOST_FOUND: usize = 64;

/// Collects texts near a name and keeps the nearest of every entry.
pub(crate) struct Search<'a> {
    index: &'a Index,
    probe: &'a Side,
    mended: Option<&'a Side>,
    rows: Rows,
    other: Side,
    /// Texts to be compared; after that, texts compared already.
    waiting: Vec<u32>,
    compared: Vec<u32>,
    /// Entry and distance, an entry perhaps several times.
    found: Vec<(u32, u32)>,
}

impl<'a> Search<'a> {
    /// A search for a name; `mended` is the name with a misspelt form put right.
    pub(crate) fn new(index: &'a Index, probe: &'a Side, mended: Option<&'a Side>) -> Self {
        Self {
            index,
            probe,
            mended,
            rows: Rows::default(),
            other: Side::default(),
            waiting: Vec::new(),
            compared: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Texts that share a key with the name once a sign is left out of either, and those that differ by a place.
    pub(crate) fn by_slips(&mut self) {
        for side in [Some(self.probe), self.mended].into_iter().flatten() {
            let index = self.index;
            keys::near(&side.core, |hash| self.wait(index.by_near.list(hash)));
            for end in &side.places {
                let hash = keys::whole(&side.core[*end..]);
                self.wait(index.by_near.list(hash));
                self.wait(index.by_bare.list(hash));
            }
        }
        self.by_place_left_out();
    }

    /// Texts that are the name with a place before it.
    pub(crate) fn by_place_left_out(&mut self) {
        for side in [Some(self.probe), self.mended].into_iter().flatten() {
            self.wait(self.index.by_bare.list(keys::whole(&side.core)));
        }
        self.compare_waiting();
    }

    fn wait(&mut self, texts: &[u32]) {
        self.waiting.extend_from_slice(&texts[..texts.len().min(MOST_OF_A_BUCKET)]);
    }

    fn compare_waiting(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_unstable();
        waiting.dedup();
        for text in &waiting {
            self.compare(*text);
        }
        self.compared.append(&mut waiting);
        self.waiting = waiting;
    }

    fn compare(&mut self, text: u32) {
        let other = &mut self.other;
        other.full.clear();
        other.full.extend_from_slice(self.index.texts.full(text));
        other.form = form::strip(&other.full, &mut other.core);
        if other.core.len().abs_diff(self.probe.core.len()) > 12 {
            return;
        }
        other.places = self.index.places.ends(&other.core);
        let mut distance = compare::distance(self.probe, other, LIMIT, &mut self.rows);
        if let Some(mended) = self.mended {
            let through = compare::distance(mended, other, LIMIT, &mut self.rows);
            distance = distance.min(through.saturating_add(FORM_MISSPELT));
        }
        if distance < FAR {
            self.found.push((self.index.texts.owner(text), distance));
        }
    }

    /// The least distance found so far.
    pub(crate) fn nearest(&self) -> u32 {
        self.found.iter().map(|(_, distance)| *distance).min().unwrap_or(FAR)
    }

    /// Texts that share the rarest pairs of signs with the name.
    pub(crate) fn by_pairs(&mut self) {
        let (index, side) = (self.index, self.mended.unwrap_or(self.probe));
        let mut lists: Vec<&[u32]> =
            side.core.windows(2).map(|pair| index.by_pair.list(keys::pair(pair[0], pair[1]))).collect();
        lists.sort_by_key(|list| list.len());
        let mut tally = Tally::new();
        let mut left = MOST_BY_PAIRS;
        for list in lists.into_iter().filter(|list| !list.is_empty()) {
            let Some(less) = left.checked_sub(list.len()) else { break };
            left = less;
            let weight = 24 - list.len().ilog2().min(20);
            list.iter().for_each(|text| tally.add(*text, weight));
        }
        self.compared.sort_unstable();
        for text in tally.heaviest(MOST_COMPARED) {
            if self.compared.binary_search(&text).is_err() {
                self.waiting.push(text);
            }
        }
        self.compare_waiting();
    }

    /// The entries found with their distance, nearest first, each once.
    pub(crate) fn finish(mut self) -> Vec<(u32, u32)> {
        self.found.sort_unstable();
        self.found.dedup_by_key(|(entry, _)| *entry);
        self.found.sort_unstable_by_key(|(entry, distance)| (*distance, *entry));
        self.found.truncate(MOST_FOUND);
        self.found
    }
}

/// Adds up weights by text: a flat table of a fixed size, at most half full.
struct Tally {
    slots: Vec<(u32, u32)>,
}

impl Tally {
    const SIZE: usize = (2 * MOST_BY_PAIRS).next_power_of_two();
    const FREE: u32 = u32::MAX;

    fn new() -> Self {
        Self { slots: vec![(Self::FREE, 0); Self::SIZE] }
    }

    fn add(&mut self, text: u32, weight: u32) {
        let mut at = (text.wrapping_mul(0x9e37_79b1) >> 7) as usize % Self::SIZE;
        while self.slots[at].0 != text && self.slots[at].0 != Self::FREE {
            at = (at + 1) % Self::SIZE;
        }
        self.slots[at].0 = text;
        self.slots[at].1 += weight;
    }

    /// The texts of most weight; the lower number first where the weight is the same.
    fn heaviest(self, count: usize) -> Vec<u32> {
        let mut texts: Vec<(u32, u32)> = self.slots.into_iter().filter(|(text, _)| *text != Self::FREE).collect();
        let order = |(text, weight): &(u32, u32)| (u32::MAX - weight, *text);
        if texts.len() > count {
            texts.select_nth_unstable_by_key(count, order);
            texts.truncate(count);
        }
        texts.into_iter().map(|(text, _)| text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_texts_are_kept() {
        let mut tally = Tally::new();
        for (text, weight) in [(7, 1), (8, 5), (9, 2), (7, 3)] {
            tally.add(text, weight);
        }
        let mut kept = tally.heaviest(2);
        kept.sort_unstable();
        assert_eq!(kept, [7, 8]);
    }
}
