//! What a set does to the sets before it.
//!
//! A set keeps what it said; its role is decided from the sets known at a moment and never kept. Where nothing was said it
//! is whole only in a period whose full set is due, as the first set of that period, in an item of which every set is
//! full, and while it is the only period of its kind that anybody sent. Everything else that says nothing is an upsert: the
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
}

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
                let earlier = || others().filter(|other| other.accepted() < set.accepted());
                let is_first_list = !earlier().any(|other| is_list(other.batch));
                let is_due = is_full_due(set.batch.item_mode, set.period) && is_first_list;
                let is_first_ever = is_only_period && earlier().next().is_none();
                if set.batch.item_mode == Mode::Full || is_due || is_first_ever {
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

/// Whether a set may be the list of its period.
fn is_list(batch: &Batch) -> bool {
    says_whole(batch) || batch.mode == SetMode::Unsaid
}
