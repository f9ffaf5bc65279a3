//! What a set does to the sets before it.
//!
//! A set keeps what it said; its role is decided from the sets known at a moment and never kept. Where nothing was said it
//! is whole only as the first set of its period of whatever sort, where that period's full set is due or no other period of
//! its kind is on record, and in an item of which every set is full. Everything else that says nothing is an upsert: the
//! last word about each key it names, and nothing ends.

use super::{Batch, Counted};
use crate::catalog::{Mark, Mode};
use crate::period::Period;
use crate::values::SetMode;

/// What a set does to the sets before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What it does not name ends.
    Whole,
    /// Its rows say what they do.
    Differences,
    /// Its rows are the last word about their keys.
    Upsert,
    /// What is on record stands.
    NoChange,
}

impl Role {
    /// The word in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Differences => "differences",
            Self::Upsert => "upsert",
            Self::NoChange => "no_change",
        }
    }

    /// Reads the word.
    pub fn find(text: &str) -> Option<Self> {
        [Self::Whole, Self::Differences, Self::Upsert, Self::NoChange].into_iter().find(|role| role.key() == text)
    }
}

crate::texts::serde_by_text!(Role, Role::key, Role::find);

/// Whether a full set is due for a period: always, or in the first period of the year.
pub fn is_full_due(mode: Mode, period: Period) -> bool {
    match mode {
        Mode::Full => true,
        Mode::FullThenDifferential => matches!(period, Period::Year(_) | Period::Quarter(_, 1) | Period::Month(_, 1)),
        Mode::None => false,
    }
}

/// The batch that a new set supplements: what is no whole set of a period of which something was accepted before belongs to
/// that. `before` are the batches of its group, the new one may be among them.
pub fn find_supplemented<'b>(before: &'b [Batch], new: &Batch) -> Option<&'b Batch> {
    if !matches!(new.mode, SetMode::Differential | SetMode::Unsaid) {
        return None;
    }
    let earlier = before.iter().filter(|earlier| earlier.period == new.period && earlier.id != new.id);
    earlier.max_by_key(|earlier| (earlier.accepted_at, earlier.sequence))
}

/// Gives the sets of a group their roles, and those that are not whole their places behind the whole ones of their
/// period.
pub(super) fn decide(sets: &mut [Counted<'_>]) {
    let is_only_period = sets.windows(2).all(|two| two[0].period == two[1].period);
    for at in 0..sets.len() {
        let set = &sets[at];
        let others = || sets.iter().filter(|other| other.period == set.period && other.batch.id != set.batch.id);
        let (role, is_behind) = match set.batch.mode {
            SetMode::Full | SetMode::NothingExists => (Role::Whole, false),
            SetMode::Nil if set.batch.mark == Mark::Flow => (Role::Whole, false),
            SetMode::Nil => (Role::NoChange, false),
            SetMode::Differential => (Role::Differences, true),
            SetMode::Unsaid => {
                // Behind a set of its period that said anything, "nothing changed" and differences too, it only adds to that.
                let is_first = !others().any(|other| other.accepted() < set.accepted());
                let is_expected = is_only_period || is_full_due(set.batch.item_mode, set.period);
                if set.batch.item_mode == Mode::Full || is_first && is_expected {
                    (Role::Whole, false)
                } else {
                    // A list sent later for the same period, and said to be whole, has the last word about it.
                    let is_replaced =
                        others().any(|later| later.accepted() > set.accepted() && says_whole(later.batch));
                    (Role::Upsert, !is_replaced)
                }
            }
        };
        (sets[at].role, sets[at].is_behind) = (role, is_behind);
    }
}

/// Whether a set said that it is everything.
fn says_whole(batch: &Batch) -> bool {
    match batch.mode {
        SetMode::Full | SetMode::NothingExists => true,
        SetMode::Nil => batch.mark == Mark::Flow,
        SetMode::Differential | SetMode::Unsaid => false,
    }
}
