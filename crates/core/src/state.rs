//! The state of things: which rows hold as of a moment, given the sets that units have sent.
//!
//! A set is full (everything there is, or everything that happened in the periods it covers), differential (what was
//! added, changed, revoked since) or nil (nothing to report, said on purpose). Sets arrive late, twice and out of order,
//! so nothing depends on the order of arrival but the last tie: sets count in the order of (end of period, full before
//! differential, accepted at, sequence), and a supplement belongs to the period of the set it corrects.
//!
//! *The last row of a key wins.* A row taken back (撤销) holds no longer. A full set of a stock kind ends every key it
//! does not name that earlier sets in that order did; a full set of a flow kind does so only for rows of the periods it
//! covers. What such a row had hidden of the same key and of other days then holds again: a key written by mistake into
//! April's set does not cost March its row. A nil set is an empty full set where a full one was due, else it says that
//! nothing changed. A late full set stands before the differences of its own and later periods, so it does not overwrite
//! them.
//!
//! Both times are kept: `as_of` is what we knew when, the period is what held when. What doesn't fit together is never
//! mended in silence: it goes to a worklist for people.

use std::collections::hash_map::Entry;
use std::hash::Hash;

use chrono::{DateTime, NaiveDate, Utc};
use foldhash::HashMap;

use crate::catalog::{Item, Kind, Mark, Mode};
use crate::period::Period;
use crate::values::{RowAction, SetMode};

/// What the rules need to know of an accepted batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id, as files and the control store name it.
    pub id: String,
    /// Its number in the control store: grows with acceptance, the last tie of the order, the handle of evidence.
    pub sequence: i64,
    /// Region it speaks of, six digits.
    pub region: String,
    /// Unit that sent it.
    pub unit: String,
    /// What the unit descends from: units that were split, merged or renamed share it. Usually the unit itself.
    pub lineage: String,
    /// Item.
    pub item: String,
    /// Record kind within the item.
    pub kind: String,
    /// What exists, or what happened.
    pub mark: Mark,
    /// How the item's sets follow one another.
    pub item_mode: Mode,
    /// Period it is a set of.
    pub period: Period,
    /// First day it covers: of the period, or of the year when its figures run from January.
    pub covers_from: NaiveDate,
    /// Last day it covers.
    pub covers_to: NaiveDate,
    /// Full, differential or nil.
    pub mode: SetMode,
    /// Version of the template its rows follow.
    pub template_version: u32,
    /// When it was accepted.
    pub accepted_at: DateTime<Utc>,
    /// The batch it corrects, when it is a supplement.
    pub supplement_of: Option<String>,
}

/// An accepted batch that the scope may see, with its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisibleBatch {
    /// What the rules need to know.
    pub batch: Batch,
    /// Key of the main part below the data folder; none for a nil set.
    pub main_key: Option<String>,
    /// Key of the personal part, when the kind has one.
    pub personal_key: Option<String>,
    /// Key of the links in force at the moment asked for.
    pub links_key: Option<String>,
    /// Rows in it.
    pub rows: u64,
    /// Name of the file it came in, for evidence.
    pub file: String,
    /// Digest of that file.
    pub file_digest: String,
    /// Id of the upload that brought it.
    pub upload: String,
}

/// Everything a session may see, and as of when. The engine registers nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisibleBatches {
    /// Batches of any item and kind, in any order.
    pub batches: Vec<VisibleBatch>,
    /// What we knew when, and what held when.
    pub moment: Moment,
}

/// The two times of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Batches accepted up to here count.
    pub as_of: DateTime<Utc>,
    /// The state of this period: sets of later periods don't count, and of a flow kind only what it touches.
    pub period: Option<Period>,
}

/// What one state is about: rows of different groups never touch one another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    /// Region.
    pub region: String,
    /// Item.
    pub item: String,
    /// Kind.
    pub kind: String,
    /// Lineage of the unit.
    pub lineage: String,
}

/// A batch that counts, at its place in the order.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    /// The batch.
    pub batch: &'a Batch,
    /// The period it belongs to: its own, or that of the batch it corrects.
    pub period: Period,
    /// First day covered, after the same rule.
    pub covers_from: NaiveDate,
    /// Last day covered.
    pub covers_to: NaiveDate,
}

impl Batch {
    /// What state it is part of.
    pub fn group(&self) -> Group {
        Group {
            region: self.region.clone(),
            item: self.item.clone(),
            kind: self.kind.clone(),
            lineage: self.lineage.clone(),
        }
    }

    /// Whether keys it does not name end: full sets, and nil sets where a full one was due. Of a flow kind a nil set
    /// says that nothing happened in its periods, which is the same.
    pub fn is_whole(&self) -> bool {
        match self.mode {
            SetMode::Full => true,
            SetMode::Differential => false,
            SetMode::Nil => self.mark == Mark::Flow || is_full_due(self.item_mode, self.period),
        }
    }
}

/// Whether a full set is due for a period: always, or in the first period of the year.
pub fn is_full_due(mode: Mode, period: Period) -> bool {
    match mode {
        Mode::Full => true,
        Mode::FullThenDifferential => matches!(period, Period::Year(_) | Period::Quarter(_, 1) | Period::Month(_, 1)),
        Mode::None => false,
    }
}

/// The days a set of a period covers: the period, or from 1 January when its figures run from the year's beginning.
pub fn covered_days(period: Period, is_year_to_date: bool) -> (NaiveDate, NaiveDate) {
    let first = if is_year_to_date { Period::Year(period.year()).first_day() } else { period.first_day() };
    (first, period.last_day())
}

/// The batches of one group that count at a moment, in the order in which they count.
pub fn order_batches<'a>(batches: impl IntoIterator<Item = &'a Batch>, moment: Moment) -> Vec<Counted<'a>> {
    let known: Vec<&Batch> = batches.into_iter().filter(|batch| batch.accepted_at <= moment.as_of).collect();
    let by_id: HashMap<&str, &Batch> = known.iter().map(|batch| (batch.id.as_str(), *batch)).collect();
    let mut counted: Vec<Counted<'a>> = known.iter().map(|batch| count(batch, &by_id)).collect();
    if let Some(period) = moment.period {
        counted.retain(|counted| counted.covers_to <= period.last_day());
    }
    counted.sort_by_key(Counted::order);
    counted
}

/// A supplement belongs to the batch it corrects, also through several corrections; one of an unknown batch to itself.
fn count<'a>(batch: &'a Batch, by_id: &HashMap<&str, &'a Batch>) -> Counted<'a> {
    let mut corrected = batch;
    for _ in 0..by_id.len() {
        let Some(earlier) = corrected.supplement_of.as_deref().and_then(|id| by_id.get(id)) else { break };
        corrected = earlier;
    }
    Counted { batch, period: corrected.period, covers_from: corrected.covers_from, covers_to: corrected.covers_to }
}

impl Counted<'_> {
    fn order(&self) -> (NaiveDate, bool, DateTime<Utc>, i64) {
        let is_difference = self.batch.mode == SetMode::Differential;
        (self.period.last_day(), is_difference, self.batch.accepted_at, self.batch.sequence)
    }

    /// Whether this set, when it is whole, has the last word about rows of the other, earlier one.
    fn replaces(&self, earlier: &Self) -> bool {
        match self.batch.mark {
            Mark::Stock => true,
            Mark::Flow => self.covers_from <= earlier.covers_from && earlier.covers_to <= self.covers_to,
        }
    }

    /// Whether rows of this set show in the state of a period: all of a stock kind, of a flow kind what it touches.
    fn shows_in(&self, period: Option<Period>) -> bool {
        let Some(period) = period.filter(|_| self.batch.mark == Mark::Flow) else { return true };
        self.covers_from <= period.last_day() && period.first_day() <= self.covers_to
    }
}

/// A row of a batch, as the rules see it: which thing it is about and a print of what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The row's number in its batch.
    pub row: u64,
    /// What it does. Rows of a full set are all added, but for one taken back, which is said on purpose there too.
    pub action: RowAction,
    /// Equal when two rows say the same.
    pub print: u128,
}

/// Where a row that holds stands: index into the ordered batches, and row number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index into the batches given to the roller.
    pub batch: usize,
    /// The row's number in it.
    pub row: u64,
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
}

impl<K> Default for Roller<'_, K> {
    fn default() -> Self {
        Self {
            sets: Vec::new(),
            held: HashMap::default(),
            shadowed: HashMap::default(),
            whole: HashMap::default(),
            worklist: Vec::new(),
        }
    }
}

impl<'a, K: Hash + Eq + Clone> Roller<'a, K> {
    /// A roller that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next set, in the order of [`order_batches`], with its rows.
    pub fn add(&mut self, set: Counted<'a>, rows: impl IntoIterator<Item = (K, Arrival)>) {
        // A whole set that replaces no earlier one ends nothing, and nothing is compared with it: its rows just hold.
        let ends_earlier = set.batch.is_whole() && self.sets.iter().any(|earlier| set.replaces(earlier));
        self.sets.push(set);
        let batch = self.sets.len() - 1;
        let rows = rows.into_iter();
        if set.batch.is_whole() && !ends_earlier {
            self.held.reserve(rows.size_hint().0);
        }
        for (key, arrival) in rows {
            let place = Place { batch, row: arrival.row };
            if ends_earlier {
                self.arrive_whole(key, place, arrival);
            } else if !set.batch.is_whole() {
                self.arrive_difference(key, place, arrival);
            } else if arrival.action == RowAction::Revoke {
                self.revoke(&key);
            } else {
                self.hold(key, (place, arrival.print));
            }
        }
        if ends_earlier {
            self.end_whole(batch);
        }
    }

    fn arrive_whole(&mut self, key: K, place: Place, arrival: Arrival) {
        if arrival.action == RowAction::Revoke {
            self.whole.remove(&key);
            self.revoke(&key);
        } else {
            self.whole.insert(key, (place, arrival.print));
        }
    }

    fn arrive_difference(&mut self, key: K, place: Place, arrival: Arrival) {
        let before = match arrival.action {
            RowAction::Revoke => self.revoke(&key),
            _ => self.hold(key, (place, arrival.print)),
        };
        let mismatch = match (arrival.action, before.is_some()) {
            (RowAction::Add, true) => Mismatch::AddedButExisted,
            (RowAction::Change, false) => Mismatch::ChangedButUnknown,
            (RowAction::Revoke, false) => Mismatch::RevokedButUnknown,
            _ => return,
        };
        let before = before.map(|(place, _)| place);
        self.worklist.push(WorklistEntry { mismatch, batch: place.batch, after: Some(place), before });
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
    fn end_whole(&mut self, batch: usize) {
        let set = self.sets[batch];
        // Where every set is full nobody declares differences.
        let is_compared = set.batch.item_mode != Mode::Full;
        // What happened in days that no earlier set covered is new to us without being odd.
        let is_known_to_here =
            set.batch.mark == Mark::Stock || self.sets[..batch].iter().any(|other| other.replaces(&set));
        self.end_what_is_not_named(batch, is_compared);
        self.held.reserve(self.whole.len());
        for (key, (after, print)) in std::mem::take(&mut self.whole) {
            let before = self.hold(key, (after, print));
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
    fn end_what_is_not_named(&mut self, batch: usize, is_compared: bool) {
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
            if is_compared {
                let mismatch = Mismatch::EndedWithoutRevocation;
                worklist.push(WorklistEntry { mismatch, batch, after: None, before: Some(before) });
            }
            let restored = shadowed.get_mut(key).and_then(Vec::pop);
            restored.map(|older| *held = older).is_some()
        });
    }

    /// The rows that hold; `period` as in [`Moment`].
    pub fn finish(self, period: Option<Period>) -> Rolled {
        let sets = &self.sets;
        let places = self.held.into_values().map(|(place, _)| place);
        let mut rows: Vec<Place> = places.filter(|place| sets[place.batch].shows_in(period)).collect();
        rows.sort_unstable();
        let mut worklist = self.worklist;
        worklist.sort_unstable_by_key(|entry| (entry.batch, entry.after, entry.before, entry.mismatch));
        Rolled { rows, worklist }
    }
}

/// What a differential set would have to say to lead from one state to another: for each key its print.
/// Keys in both with the same print are not named.
pub fn difference<'k, K: Ord>(before: &'k [(K, u128)], after: &'k [(K, u128)]) -> Vec<(&'k K, RowAction)> {
    let earlier: std::collections::BTreeMap<&K, u128> = before.iter().map(|(key, print)| (key, *print)).collect();
    let later: std::collections::BTreeMap<&K, u128> = after.iter().map(|(key, print)| (key, *print)).collect();
    let gone = earlier.keys().filter(|key| !later.contains_key(*key)).map(|key| (*key, RowAction::Revoke));
    let come = later.iter().filter_map(|(key, print)| match earlier.get(key) {
        None => Some((*key, RowAction::Add)),
        Some(earlier) if earlier != print => Some((*key, RowAction::Change)),
        Some(_) => None,
    });
    gone.chain(come).collect()
}

impl VisibleBatches {
    /// The batches of a kind, by the group whose state they make.
    pub fn of_kind(&self, item: &Item, kind: &Kind) -> std::collections::BTreeMap<Group, Vec<&VisibleBatch>> {
        let mut groups: std::collections::BTreeMap<Group, Vec<&VisibleBatch>> = std::collections::BTreeMap::new();
        for visible in &self.batches {
            if visible.batch.item == item.key && visible.batch.kind == kind.key {
                groups.entry(visible.batch.group()).or_default().push(visible);
            }
        }
        groups
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
