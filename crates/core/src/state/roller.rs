//! Rolling: the ordered sets of one group, one after the other, into the rows that hold.

use std::collections::hash_map::Entry;
use std::hash::Hash;

use foldhash::HashMap;

use super::effect::MOST_COMPARED;
use super::place::{self, Place};
use super::{Counted, Effect, Reach, Role};
use crate::catalog::Mode;
use crate::period::Period;
use crate::values::{RowAction, SetMode};

/// A row of a batch, as the rules see it: which thing it is about and a print of what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The row's number in its batch.
    pub row: u64,
    /// What it says it does. In a whole set only that it is taken back means anything.
    pub action: RowAction,
    /// Equal when two rows say the same.
    pub print: u128,
}

/// What didn't fit together, for people to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mismatch {
    /// Known before, not in the full set: ended without a revocation.
    EndedWithoutRevocation,
    /// In the full set, not known before: never declared as added.
    NewWithoutAddition,
    /// In the full set with other values than before: never declared as changed.
    ChangedWithoutChange,
    /// Declared as added, and was there already.
    AddedButExisted,
    /// Declared as changed, and was not there.
    ChangedButUnknown,
    /// Taken back, and was not there.
    RevokedButUnknown,
}

impl Mismatch {
    /// The word in tables and JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::EndedWithoutRevocation => "ended_without_revocation",
            Self::NewWithoutAddition => "new_without_addition",
            Self::ChangedWithoutChange => "changed_without_change",
            Self::AddedButExisted => "added_but_existed",
            Self::ChangedButUnknown => "changed_but_unknown",
            Self::RevokedButUnknown => "revoked_but_unknown",
        }
    }
}

/// One entry of the worklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorklistEntry {
    /// What is odd.
    pub mismatch: Mismatch,
    /// The set that brought it up: index into the batches given to the roller.
    pub batch: usize,
    /// The row in that set, when it has one.
    pub after: Option<Place>,
    /// The row that held before.
    pub before: Option<Place>,
}

/// The rows that hold, and what didn't fit together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rolled {
    /// Places of the rows that hold, ordered.
    pub rows: Vec<Place>,
    /// What people should look at, ordered.
    pub worklist: Vec<WorklistEntry>,
    /// Of rows that hold and stand in a set that is partial, the rows of the same thing that stood before, the last first.
    pub beneath: Vec<(Place, Vec<Place>)>,
}

/// Rolls the ordered sets of one group into its state, one pass, holding one entry a key, and a few more for keys that
/// stand in several periods of a flow kind.
#[derive(Debug)]
pub struct Roller<'a, K> {
    sets: Vec<Counted<'a>>,
    held: HashMap<K, (Place, u128)>,
    /// Rows of a key that is held, oldest first, hidden by rows of other days and not ended with those.
    shadowed: HashMap<K, Vec<(Place, u128)>>,
    /// The rows of a whole set that replaces earlier ones, until it ends.
    whole: HashMap<K, (Place, u128)>,
    worklist: Vec<WorklistEntry>,
    /// By a row of a partial set, the row it took the place of.
    beneath: HashMap<Place, Place>,
}

impl<K> Default for Roller<'_, K> {
    fn default() -> Self {
        Self {
            sets: Vec::new(),
            held: HashMap::default(),
            shadowed: HashMap::default(),
            whole: HashMap::default(),
            worklist: Vec::new(),
            beneath: HashMap::default(),
        }
    }
}

impl<'a, K: Hash + Eq + Clone> Roller<'a, K> {
    /// A roller that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes room for so many things more, so that those of large sets are not moved again and again.
    pub fn reserve(&mut self, things: usize) {
        self.held.reserve(things);
    }

    /// Adds the next set, in the order of [`order_batches`](super::order_batches), with its rows, and tells what it does to
    /// what stood before it.
    pub fn add(&mut self, set: Counted<'a>, rows: impl IntoIterator<Item = (K, Arrival)>) -> Effect {
        let is_whole = set.role == Role::Whole;
        // A whole set that replaces no earlier one ends nothing, and nothing is compared with it: its rows just hold.
        let ends_earlier = is_whole && self.sets.iter().any(|earlier| set.replaces(earlier));
        let mut effect = Effect {
            before: self.on_record(&set),
            is_unsaid_upsert: set.role == Role::Upsert && set.batch.mode == SetMode::Unsaid,
            ..Effect::default()
        };
        self.sets.push(set);
        let batch = self.sets.len() - 1;
        let rows = rows.into_iter();
        if is_whole && !ends_earlier {
            self.held.reserve(rows.size_hint().0);
        }
        for (key, arrival) in rows {
            let place = Place { batch, row: arrival.row };
            if arrival.action == RowAction::Revoke {
                self.whole.remove(&key);
                let before = self.revoke(&key);
                if before.is_none() {
                    effect.miss(place);
                }
                self.count(before, None, (batch, &mut effect));
                self.compare((arrival.action, place), before);
            } else if ends_earlier {
                self.whole.insert(key, (place, arrival.print));
            } else {
                let before = self.hold(key, (place, arrival.print));
                self.count(before, Some((place, arrival.print)), (batch, &mut effect));
                self.compare((arrival.action, place), before);
            }
        }
        if ends_earlier {
            self.end_whole(batch, &mut effect);
        }
        if effect.looks_whole() {
            self.name_absent(batch, &mut effect);
        }
        effect
    }

    /// The row whose place a row of a partial set took.
    pub fn beneath(&self, row: Place) -> Option<Place> {
        self.beneath.get(&row).copied()
    }

    /// Rows on record of which a set may speak.
    fn on_record(&self, set: &Counted<'a>) -> u64 {
        if set.reach != Reach::ItsDays {
            return self.held.len() as u64;
        }
        if !self.sets.iter().any(|earlier| set.touches(earlier)) {
            return 0;
        }
        self.held.values().filter(|(place, _)| set.touches(&self.sets[place.batch])).count() as u64
    }

    /// Counts a row by what stood before it; without one after it, it is taken back. A whole set of a flow kind speaks of
    /// its own days only.
    fn count(
        &self,
        before: Option<(Place, u128)>,
        after: Option<(Place, u128)>,
        (batch, effect): (usize, &mut Effect),
    ) {
        let set = &self.sets[batch];
        let touches = |place: Place| set.touches(&self.sets[place.batch]);
        let before = before.filter(|(place, _)| set.role != Role::Whole || touches(*place));
        if before.is_some_and(|(place, _)| place.batch != batch && touches(place)) {
            effect.named += 1;
        }
        let count = match (before, after) {
            // The set itself named it before.
            (Some((place, _)), _) if place.batch == batch => return,
            (Some(_), None) => &mut effect.revoked,
            (Some((_, earlier)), Some((_, print))) if earlier == print => &mut effect.unchanged,
            (Some((before, _)), Some((after, _))) => {
                if effect.replaced.len() < MOST_COMPARED {
                    effect.replaced.push((before, after));
                }
                &mut effect.changed
            }
            (None, Some(_)) => &mut effect.added,
            (None, None) => return,
        };
        *count += 1;
    }

    /// What a row of a set that is not whole says it does, held against what is known.
    fn compare(&mut self, (action, place): (RowAction, Place), before: Option<(Place, u128)>) {
        if self.sets[place.batch].role == Role::Whole {
            return;
        }
        let mismatch = match (action, before.is_some()) {
            (RowAction::Add, true) => Mismatch::AddedButExisted,
            (RowAction::Change, false) => Mismatch::ChangedButUnknown,
            (RowAction::Revoke, false) => Mismatch::RevokedButUnknown,
            _ => return,
        };
        let before = before.map(|(place, _)| place);
        self.worklist.push(WorklistEntry { mismatch, batch: place.batch, after: Some(place), before });
    }

    /// Names the first of the rows on record that a set does not name.
    fn name_absent(&self, batch: usize, effect: &mut Effect) {
        let set = &self.sets[batch];
        let absent = self.held.values().map(|(place, _)| *place);
        absent
            .filter(|place| place.batch != batch && set.touches(&self.sets[place.batch]))
            .for_each(|place| effect.keep_first(place));
    }

    /// A row takes the place of the one that held, which is given back. That one is kept below it when it is of other
    /// days: whatever ends a row ends the older ones of its days too, so those can be forgotten.
    fn hold(&mut self, key: K, row: (Place, u128)) -> Option<(Place, u128)> {
        let (sets, set) = (&self.sets, self.sets[row.0.batch]);
        let is_of_other_days = |older: &(Place, u128)| !set.replaces(&sets[older.0.batch]);
        // Most kinds have no row below another: nothing is looked up then.
        if !self.shadowed.is_empty()
            && let Some(below) = self.shadowed.get_mut(&key)
        {
            below.retain(is_of_other_days);
        }
        match self.held.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(row);
                None
            }
            Entry::Occupied(mut entry) => {
                let before = entry.insert(row);
                if set.is_partial {
                    self.beneath.insert(row.0, before.0);
                }
                if is_of_other_days(&before) {
                    self.shadowed.entry(entry.key().clone()).or_default().push(before);
                }
                Some(before)
            }
        }
    }

    /// A thing taken back holds on no day.
    fn revoke(&mut self, key: &K) -> Option<(Place, u128)> {
        self.shadowed.remove(key);
        self.held.remove(key)
    }

    /// A whole set that replaces earlier ones has ended: what it does not name ends, what it names holds.
    fn end_whole(&mut self, batch: usize, effect: &mut Effect) {
        let set = self.sets[batch];
        // Where every set is full nobody declares differences.
        let is_compared = set.batch.item_mode != Mode::Full;
        // What happened in days that no earlier set covered is new to us without being odd.
        let is_known_to_here =
            set.reach == Reach::Everything || self.sets[..batch].iter().any(|other| other.replaces(&set));
        self.end_what_is_not_named(batch, is_compared, effect);
        self.held.reserve(self.whole.len());
        for (key, (after, print)) in std::mem::take(&mut self.whole) {
            let before = self.hold(key, (after, print));
            self.count(before, Some((after, print)), (batch, effect));
            let mismatch = match before {
                None => Mismatch::NewWithoutAddition,
                Some((_, earlier)) if earlier != print => Mismatch::ChangedWithoutChange,
                Some(_) => continue,
            };
            if is_compared && (before.is_some() || is_known_to_here) {
                let before = before.map(|(place, _)| place);
                self.worklist.push(WorklistEntry { mismatch, batch, after: Some(after), before });
            }
        }
    }

    /// Ends the rows of the sets that a whole one replaces, where it does not name their keys.
    fn end_what_is_not_named(&mut self, batch: usize, is_compared: bool, effect: &mut Effect) {
        let set = self.sets[batch];
        let (sets, whole, worklist, shadowed) = (&self.sets, &self.whole, &mut self.worklist, &mut self.shadowed);
        shadowed.retain(|_, below| {
            below.retain(|(older, _)| !set.replaces(&sets[older.batch]));
            !below.is_empty()
        });
        self.held.retain(|key, held| {
            let before = held.0;
            if !set.replaces(&sets[before.batch]) || whole.contains_key(key) {
                return true;
            }
            effect.ended += 1;
            effect.keep_first(before);
            if is_compared {
                let mismatch = Mismatch::EndedWithoutRevocation;
                worklist.push(WorklistEntry { mismatch, batch, after: None, before: Some(before) });
            }
            let restored = shadowed.get_mut(key).and_then(Vec::pop);
            restored.map(|older| *held = older).is_some()
        });
    }

    /// The rows that hold; `period` as in [`Moment`](super::Moment).
    pub fn finish(self, period: Option<Period>) -> Rolled {
        let sets = &self.sets;
        let places = self.held.into_values().map(|(place, _)| place);
        let rows = place::in_order(places.filter(|place| sets[place.batch].shows_in(period)), sets.len());
        let below = |place: &Place| self.beneath.get(place).copied();
        let chain = |row: &Place| std::iter::successors(below(row), below).collect::<Vec<_>>();
        let beneath = rows.iter().map(|row| (*row, chain(row))).filter(|(_, chain)| !chain.is_empty()).collect();
        let mut worklist = self.worklist;
        worklist.sort_unstable_by_key(|entry| (entry.batch, entry.after, entry.before, entry.mismatch));
        Rolled { rows, worklist, beneath }
    }
}
