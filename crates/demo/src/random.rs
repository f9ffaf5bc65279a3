//! Dice of the made-up county: the same seed gives the same county on every machine.
//!
//! `SplitMix64`, a few lines that never change, so that a county made today can be made again after any update of a
//! library. Every part of the county has dice of its own, seeded by the county's seed and the part's name: a new part
//! does not change the others.

/// A sequence of numbers that look random.
#[derive(Debug, Clone)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// The dice of one part of the county.
    pub fn new(seed: u64, part: &str) -> Self {
        // FNV-1a over the name keeps parts apart; the standard library's hashing is not stable.
        let named = part
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut dice = Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ named };
        dice.next();
        dice
    }

    /// The dice of one numbered thing of a part.
    pub fn numbered(seed: u64, part: &str, number: usize) -> Self {
        let mut dice = Self::new(seed, part);
        dice.state ^= (number as u64).wrapping_mul(0xd1b5_4a32_d192_ed03);
        dice.next();
        dice
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { usize::try_from(self.next() % end as u64).unwrap_or(0) }
    }

    /// A number from `first` to `last`, both included.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        let width = u64::try_from(last.saturating_sub(first)).unwrap_or(0).saturating_add(1);
        first + i64::try_from(self.next() % width).unwrap_or(0)
    }

    /// True this many times in ten thousand.
    pub fn happens(&mut self, per_ten_thousand: usize) -> bool {
        self.below(10_000) < per_ten_thousand
    }

    /// One of a list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }

    /// One of a list of words; empty when there is none.
    pub fn word<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list.get(self.below(list.len())).copied().unwrap_or_default()
    }

    /// Puts a list into a random order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_part_give_the_same_numbers_and_another_part_gives_others() {
        let numbers = |seed, part| {
            let mut dice = Dice::new(seed, part);
            (0..8).map(|_| dice.next()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(1, "names"), numbers(1, "names"));
        assert_ne!(numbers(1, "names"), numbers(1, "land"));
        assert_ne!(numbers(1, "names"), numbers(2, "names"));
    }

    #[test]
    fn between_reaches_both_ends_and_nothing_beyond() {
        let mut dice = Dice::new(1, "ends");
        let seen: std::collections::BTreeSet<i64> = (0..200).map(|_| dice.between(-1, 1)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [-1, 0, 1]);
    }

    #[test]
    fn a_shuffle_loses_nothing() {
        let mut list: Vec<usize> = (0..50).collect();
        Dice::new(3, "shuffle").shuffle(&mut list);
        assert_ne!(list, (0..50).collect::<Vec<_>>());
        list.sort_unstable();
        assert_eq!(list, (0..50).collect::<Vec<_>>());
    }
}
