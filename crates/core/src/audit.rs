//! The log of who did and read what: its entries, and the tree that makes any change to them show.
//!
//! Entries are leaves of one Merkle tree a node, as of RFC 6962 with SM3 in the place of SHA-256: a leaf is hashed behind
//! a byte 0, two nodes behind a byte 1. Whoever holds an earlier checkpoint (a count of entries and their root) can be
//! shown that a later one only adds to it ([`prove_growth`]), and that an entry is in it ([`prove_entry`]), with a few
//! hashes and without the log.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use sm3::{Digest, Sm3};

/// What was done, before it has its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The act, `<noun>.<verb>`.
    pub act: &'static str,
    /// What it was done to, `<noun>:<id>`.
    pub object: String,
    /// The unit it concerns; empty: none.
    pub unit: String,
    /// The region it concerns; empty: none.
    pub region: String,
    /// Whether it was done.
    pub outcome: ActOutcome,
}

/// Whether an act was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActOutcome {
    /// It was.
    Done,
    /// It was not, because the actor may not or the thing's state forbids it.
    Refused,
}

impl ActOutcome {
    /// The word in the log.
    pub fn key(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// An entry of the log. Its bytes are those of its JSON with the members in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its number, from 0 without a gap.
    pub n: u64,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Who: `account:<id>`, `operator:<the machine's user>` or `program:<name>`.
    pub actor: String,
    /// In which post; empty: none.
    pub post: String,
    /// The act, `<noun>.<verb>`.
    pub act: String,
    /// What it was done to, `<noun>:<id>`.
    pub object: String,
    /// The unit it concerns; empty: none.
    pub unit: String,
    /// The region it concerns; empty: none.
    pub region: String,
    /// For what.
    pub purpose: String,
    /// `done` or `refused`.
    pub outcome: String,
}

impl Entry {
    /// Its leaf in the tree.
    pub fn leaf(&self) -> Hash {
        // An entry has nothing that JSON could not hold.
        hash_leaf(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// When, as people and other programs read it.
    pub fn moment(&self) -> String {
        let at = DateTime::<Utc>::from_timestamp_micros(self.at).unwrap_or_default();
        at.to_rfc3339_opts(SecondsFormat::Micros, true)
    }
}

/// A hash in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

impl Hash {
    /// `sm3:` and 64 hexadecimal digits.
    pub fn to_text(self) -> String {
        use std::fmt::Write as _;
        self.0.iter().fold("sm3:".to_owned(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Reads the text form back; none when it is not one.
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("sm3:").filter(|digits| digits.len() == 64 && digits.is_ascii())?;
        let mut hash = [0; 32];
        for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(hash))
    }
}

/// The log as it stood: so many entries, this root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Entries in it.
    pub size: u64,
    /// Root of their tree.
    pub root: Hash,
    /// When it was made, in microseconds since 1970.
    pub at: i64,
    /// The node's signature of [`Checkpoint::text`].
    pub signature: String,
}

impl Checkpoint {
    /// What is signed.
    pub fn text(size: u64, root: Hash, at: i64) -> String {
        format!("gongzhi audit checkpoint\n{size}\n{}\n{at}\n", root.to_text())
    }
}

fn hash_leaf(bytes: &[u8]) -> Hash {
    let mut digest = Sm3::new_with_prefix([0]);
    digest.update(bytes);
    Hash(digest.finalize().into())
}

fn hash_nodes(left: Hash, right: Hash) -> Hash {
    let mut digest = Sm3::new_with_prefix([1]);
    digest.update(left.0);
    digest.update(right.0);
    Hash(digest.finalize().into())
}

/// The root over leaves; that of none is the hash of nothing.
pub fn root_of(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash(Sm3::new().finalize().into()),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            hash_nodes(root_of(left), root_of(right))
        }
    }
}

/// The hashes that lead from an entry to the root, nearest first; none when there is no such entry.
pub fn prove_entry(leaves: &[Hash], n: usize) -> Option<Vec<Hash>> {
    if n >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let middle = split(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut path, beside) = if n < middle {
        (prove_entry(left, n)?, root_of(right))
    } else {
        (prove_entry(right, n - middle)?, root_of(left))
    };
    path.push(beside);
    Some(path)
}

/// Whether a leaf is the entry of this number in a tree of this size and root.
pub fn is_entry(leaf: Hash, (n, size): (u64, u64), path: &[Hash], root: Hash) -> bool {
    climb(leaf, (n, size), path) == Some(root)
}

fn climb(leaf: Hash, (n, size): (u64, u64), path: &[Hash]) -> Option<Hash> {
    match (size, path) {
        (0, _) => None,
        (1, path) => path.is_empty().then_some(leaf),
        (_, []) => None,
        (size, [below @ .., beside]) => {
            let middle = split_u64(size);
            if n < middle {
                Some(hash_nodes(climb(leaf, (n, middle), below)?, *beside))
            } else {
                Some(hash_nodes(*beside, climb(leaf, (n - middle, size - middle), below)?))
            }
        }
    }
}

/// The hashes by which a tree of these leaves is shown to have grown out of its first ones; none when there are not so many.
pub fn prove_growth(leaves: &[Hash], first: usize) -> Option<Vec<Hash>> {
    (0 < first && first <= leaves.len()).then(|| grow(leaves, first, true))
}

fn grow(leaves: &[Hash], first: usize, is_whole: bool) -> Vec<Hash> {
    if first == leaves.len() {
        return if is_whole { Vec::new() } else { vec![root_of(leaves)] };
    }
    let middle = split(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut path, beside) = if first <= middle {
        (grow(left, first, is_whole), root_of(right))
    } else {
        (grow(right, first - middle, false), root_of(left))
    };
    path.push(beside);
    path
}

/// Whether the later tree only adds to the earlier one; each is its size and root.
pub fn is_growth((first, earlier): (u64, Hash), (size, later): (u64, Hash), path: &[Hash]) -> bool {
    if first == size {
        return path.is_empty() && earlier == later;
    }
    first > 0 && first < size && join((first, size), path, Some(earlier)) == Some((earlier, later))
}

/// The roots of the earlier and the later tree that a path leads to. `whole` is the earlier root where the earlier tree is a
/// whole branch, and not in the path.
fn join((first, size): (u64, u64), path: &[Hash], whole: Option<Hash>) -> Option<(Hash, Hash)> {
    if first == size {
        return match (whole, path) {
            (Some(root), []) => Some((root, root)),
            (None, [root]) => Some((*root, *root)),
            _ => None,
        };
    }
    let (beside, below) = path.split_last()?;
    let middle = split_u64(size);
    if first <= middle {
        let (earlier, later) = join((first, middle), below, whole)?;
        Some((earlier, hash_nodes(later, *beside)))
    } else {
        let (earlier, later) = join((first - middle, size - middle), below, None)?;
        Some((hash_nodes(*beside, earlier), hash_nodes(*beside, later)))
    }
}

/// The greatest power of two below a count of two or more.
fn split(count: usize) -> usize {
    count.div_ceil(2).next_power_of_two()
}

fn split_u64(count: u64) -> u64 {
    count.div_ceil(2).next_power_of_two()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(count: usize) -> Vec<Hash> {
        (0..count).map(|number| hash_leaf(&number.to_be_bytes())).collect()
    }

    /// The root as it is worked out by hand: pairs joined row by row, an odd one carried up.
    fn root_by_rows(mut row: Vec<Hash>) -> Hash {
        while row.len() > 1 {
            row = row.chunks(2).map(|pair| pair.get(1).map_or(pair[0], |right| hash_nodes(pair[0], *right))).collect();
        }
        row[0]
    }

    #[test]
    fn the_root_is_that_of_pairs_joined_row_by_row() {
        for count in 1..70 {
            assert_eq!(root_of(&leaves(count)), root_by_rows(leaves(count)), "{count}");
        }
        assert_eq!(root_of(&[]).to_text(), "sm3:1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
    }

    #[test]
    fn an_entry_says_the_same_whoever_writes_it() {
        let entry = Entry {
            n: 3,
            at: 1_735_732_800_000_001,
            actor: "operator:root".to_owned(),
            post: String::new(),
            act: "upload.accept".to_owned(),
            object: "upload:u1".to_owned(),
            unit: "water".to_owned(),
            region: "652323".to_owned(),
            purpose: "intake".to_owned(),
            outcome: ActOutcome::Done.key().to_owned(),
        };
        let text = serde_json::to_string(&entry).unwrap();
        assert_eq!(
            text,
            r#"{"n":3,"at":1735732800000001,"actor":"operator:root","post":"","act":"upload.accept","object":"upload:u1","unit":"water","region":"652323","purpose":"intake","outcome":"done"}"#
        );
        assert_eq!(entry.leaf(), hash_leaf(text.as_bytes()));
        assert_eq!(entry.moment(), "2025-01-01T12:00:00.000001Z");
        assert_ne!(Entry { unit: "housing".to_owned(), ..entry.clone() }.leaf(), entry.leaf());
        assert_eq!(Hash::read(&entry.leaf().to_text()), Some(entry.leaf()));
    }

    proptest! {
        #[test]
        fn an_entry_is_proved_and_no_other_in_its_place(count in 1_usize..200, seed in any::<u64>()) {
            let all = leaves(count);
            let root = root_of(&all);
            let n = (seed % count as u64) as usize;
            let path = prove_entry(&all, n).unwrap();
            let at = (n as u64, count as u64);
            prop_assert!(is_entry(all[n], at, &path, root));
            prop_assert!(!is_entry(hash_leaf(b"other"), at, &path, root));
            prop_assert!(count == 1 || !is_entry(all[(n + 1) % count], at, &path, root));
            prop_assert!(prove_entry(&all, count).is_none());
        }

        #[test]
        fn a_log_that_only_grew_is_proved_and_one_that_was_changed_is_not(count in 1_usize..200, seed in any::<u64>()) {
            let all = leaves(count);
            let first = 1 + (seed % count as u64) as usize;
            let (earlier, later) = (root_of(&all[..first]), root_of(&all));
            let path = prove_growth(&all, first).unwrap();
            let sizes = (first as u64, count as u64);
            prop_assert!(is_growth((sizes.0, earlier), (sizes.1, later), &path));
            // One entry of the earlier log was another one.
            let mut changed = all;
            changed[(seed >> 32) as usize % first] = hash_leaf(b"changed");
            let (path, later) = (prove_growth(&changed, first).unwrap(), root_of(&changed));
            prop_assert!(!is_growth((sizes.0, earlier), (sizes.1, later), &path));
        }
    }
}
