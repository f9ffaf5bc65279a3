//! The state of things: which rows hold as of a moment, given the sets that units have sent.
//!
//! A set says of itself that it is full (everything there is, or everything that happened in the periods it covers),
//! differential (what was added, changed, revoked since), that nothing changed or that nothing exists, or it says nothing
//! at all. What it does to earlier sets is its *role* ([`role`]), decided anew at every moment from the sets known then.
//! Sets arrive late, twice and out of order, so nothing depends on the order of arrival but the last tie: sets count in
//! the order of (end of period, whole before the rest, accepted at, sequence), and a supplement belongs to the period of
//! the set it corrects.
//!
//! *The last row of a key wins.* A row taken back (撤销) holds no longer. A whole set of a stock kind ends every key it
//! does not name that earlier sets in that order did; a whole set of a flow kind does so only for rows of the periods it
//! covers. What such a row had hidden of the same key and of other days then holds again: a key written by mistake into
//! April's set does not cost March its row. What is not whole ends nothing. A late whole set stands before the
//! differences of its own and later periods, so it does not overwrite them.
//!
//! A row says nothing of a column that its sheet does not have: the value that the row before it had stands. An empty cell of a
//! column that is there is empty.
//!
//! Both times are kept: `as_of` is what we knew when, the period is what held when. What doesn't fit together is never
//! mended in silence: it goes to a worklist for people.

mod effect;
mod place;
mod role;
mod roller;
mod visible;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use foldhash::HashMap;

pub use effect::{Effect, MOST_ENDED, NAMED_PLACES, NEARLY_ALL_PERCENT};
pub use place::Place;
pub use role::{Role, find_supplemented, is_full_due};
pub use roller::{Arrival, Mismatch, Rolled, Roller, WorklistEntry};
pub use visible::{DigestedFile, VisibleBatch, VisibleBatches, group_batches};

use crate::catalog::{Mark, Mode};
use crate::period::Period;
use crate::values::{RowAction, SetMode};

/// What the rules need to know of an accepted batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id, as files and the control store name it.
    pub id: String,
    /// Its place among the visible batches: grows with acceptance, within a delivery with the files' names; the last tie of
    /// the order.
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
    /// What it said of itself.
    pub mode: SetMode,
    /// Version of the template its rows follow.
    pub template_version: u32,
    /// When it was accepted.
    pub accepted_at: DateTime<Utc>,
    /// The batch it corrects, when it is a supplement.
    pub supplement_of: Option<String>,
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
    /// What it does to the sets before it.
    pub role: Role,
    /// Which rows a whole set has the last word about.
    pub reach: Reach,
    /// It has no column for something that another set of its group tells: of that it says nothing, and what stood before
    /// stands. The caller knows; nobody else said so by itself.
    pub is_partial: bool,
    /// Behind the whole sets of its period.
    is_behind: bool,
}

/// Which rows of earlier sets a whole set has the last word about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All: of a stock kind.
    Everything,
    /// Those of sets whose days it covers: of a flow kind.
    ItsDays,
    /// Those of its own period, as a correction of it.
    ItsPeriod,
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
    role::decide(&mut counted);
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
    Counted {
        batch,
        period: corrected.period,
        covers_from: corrected.covers_from,
        covers_to: corrected.covers_to,
        role: Role::Upsert,
        reach: if batch.mark == Mark::Stock { Reach::Everything } else { Reach::ItsDays },
        is_partial: false,
        is_behind: false,
    }
}

/// The places of the sets among ordered ones that bear on what the one at a place does to what stood before it, the set itself
/// the last of them: of a stock kind those from the last whole one on; of a flow kind all, but for a whole set those that
/// speak of some of its days.
pub fn list_bearing(ordered: &[Counted<'_>], at: usize) -> Vec<usize> {
    let Some(set) = ordered.get(at) else { return Vec::new() };
    let is_stock = set.reach == Reach::Everything;
    let whole = ordered[..at].iter().rposition(|earlier| earlier.role == Role::Whole);
    let first = whole.filter(|_| is_stock).unwrap_or(0);
    let bears = |earlier: &usize| set.role != Role::Whole || set.touches(&ordered[*earlier]);
    (first..at).filter(bears).chain([at]).collect()
}

impl Counted<'_> {
    fn order(&self) -> (NaiveDate, bool, DateTime<Utc>, i64) {
        let (accepted_at, sequence) = self.accepted();
        (self.period.last_day(), self.is_behind, accepted_at, sequence)
    }

    fn accepted(&self) -> (DateTime<Utc>, i64) {
        (self.batch.accepted_at, self.batch.sequence)
    }

    /// Whether this set, when it is whole, has the last word about rows of the other, earlier one.
    fn replaces(&self, earlier: &Self) -> bool {
        match self.reach {
            Reach::Everything => true,
            Reach::ItsDays => self.covers_from <= earlier.covers_from && earlier.covers_to <= self.covers_to,
            Reach::ItsPeriod => self.period == earlier.period,
        }
    }

    /// Whether both speak of the same things: of a flow kind, of some of the same days.
    fn touches(&self, other: &Self) -> bool {
        self.reach != Reach::ItsDays || self.covers_from <= other.covers_to && other.covers_from <= self.covers_to
    }

    /// Whether rows of this set show in the state of a period: all of a stock kind, of a flow kind what it touches.
    fn shows_in(&self, period: Option<Period>) -> bool {
        let Some(period) = period.filter(|_| self.reach == Reach::ItsDays) else { return true };
        self.covers_from <= period.last_day() && period.first_day() <= self.covers_to
    }
}

/// What a differential set would have to say to lead from one state to another: for each key its print.
/// Keys in both with the same print are not named.
pub fn difference<'k, K: Ord>(before: &'k [(K, u128)], after: &'k [(K, u128)]) -> Vec<(&'k K, RowAction)> {
    let earlier: BTreeMap<&K, u128> = before.iter().map(|(key, print)| (key, *print)).collect();
    let later: BTreeMap<&K, u128> = after.iter().map(|(key, print)| (key, *print)).collect();
    let gone = earlier.keys().filter(|key| !later.contains_key(*key)).map(|key| (*key, RowAction::Revoke));
    let come = later.iter().filter_map(|(key, print)| match earlier.get(key) {
        None => Some((*key, RowAction::Add)),
        Some(earlier) if earlier != print => Some((*key, RowAction::Change)),
        Some(_) => None,
    });
    gone.chain(come).collect()
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;

#[cfg(test)]
mod clerk_tests;
