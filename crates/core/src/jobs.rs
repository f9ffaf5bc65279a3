//! Work that is done later, by whichever program has time for it: which kinds there are, how long one holds a job, how often
//! and after what pause it is tried again.
//!
//! A kind is here once something can do it. What was begun may be done once more (a program is killed after the effect and
//! before it said so), so whatever does a kind gives the same when it is done twice.

use chrono::{DateTime, TimeDelta, Utc};

/// The pause after the first failure, in milliseconds; it doubles with each further one.
const FIRST_PAUSE: i64 = 5_000;

/// The longest pause between two tries, in milliseconds.
const LONGEST_PAUSE: i64 = 60 * 60 * 1_000;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobKind {
    /// Sealing the log of who did what.
    LogSeal,
    /// Clearing what attempts wrote whose programs are gone.
    UpkeepClear,
}

impl JobKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::LogSeal, Self::UpkeepClear];

    /// The word in tables and logs, `<noun>.<verb>`; never renamed.
    pub fn key(self) -> &'static str {
        match self {
            Self::LogSeal => "log.seal",
            Self::UpkeepClear => "upkeep.clear",
        }
    }

    /// Reads the word; none: a kind of another program.
    pub fn find(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// How long a program holds a job before another takes it over, unless it says meanwhile that it is still at it.
    pub fn lease(self) -> TimeDelta {
        match self {
            Self::LogSeal => TimeDelta::minutes(1),
            Self::UpkeepClear => TimeDelta::minutes(5),
        }
    }

    /// After how long it says so: two of three times may come too late.
    pub fn renewal(self) -> TimeDelta {
        self.lease() / 3
    }

    /// How many of the kind are done at once, over all programs of the installation.
    pub fn most_at_once(self) -> usize {
        match self {
            Self::LogSeal | Self::UpkeepClear => 1,
        }
    }

    /// How often a job is tried before it has failed for good. A try that ended with its program counts.
    pub fn most_attempts(self) -> u32 {
        match self {
            Self::LogSeal => 12,
            Self::UpkeepClear => 6,
        }
    }

    /// When it is tried again after its attempt of this number, from 1, failed; none: it has failed for good.
    pub fn next_try(self, attempt: u32, now: DateTime<Utc>, jitter: Option<u8>) -> Option<DateTime<Utc>> {
        (attempt < self.most_attempts()).then(|| now + back_off(attempt, jitter))
    }

    /// Whether it may be of the installation as a whole, and not of a region.
    pub fn is_of_installation(self) -> bool {
        match self {
            Self::LogSeal | Self::UpkeepClear => true,
        }
    }

    /// Whether the log says that it was asked for and how it ended. Of sealing the log it does not: that entry would have to
    /// be sealed again.
    pub fn is_told(self) -> bool {
        match self {
            Self::LogSeal => false,
            Self::UpkeepClear => true,
        }
    }
}

/// The pause after the attempt of this number, from 1, failed: five seconds, doubled with each, an hour at most. Jitter, 0 to
/// 255, makes it longer by up to a quarter, so that what failed together is not tried again together.
pub fn back_off(attempt: u32, jitter: Option<u8>) -> TimeDelta {
    let doubled = attempt.saturating_sub(1).min(20);
    let pause = (FIRST_PAUSE << doubled).min(LONGEST_PAUSE);
    let more = jitter.map_or(0, |jitter| pause * i64::from(jitter) / (4 * 255));
    TimeDelta::milliseconds(pause + more)
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobState {
    /// To be done once its moment has come; asked for again meanwhile, it is the same.
    Waiting,
    /// A program holds it, until the end of its lease.
    Leased,
    /// Done.
    Done,
    /// Tried as often as its kind is tried, or not to be tried again.
    Failed,
    /// Somebody called it off, or another of the same key has taken its place.
    Cancelled,
}

impl JobState {
    const ALL: [Self; 5] = [Self::Waiting, Self::Leased, Self::Done, Self::Failed, Self::Cancelled];

    /// The word in tables and JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Leased => "leased",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the word.
    pub fn find(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// Whether it can be called off: it waits, or somebody is at it.
    pub fn can_cancel(self) -> bool {
        matches!(self, Self::Waiting | Self::Leased)
    }

    /// Whether it can be asked for once more by hand.
    pub fn can_retry(self) -> bool {
        matches!(self, Self::Failed | Self::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_back_as_what_it_says_and_a_foreign_one_as_nothing() {
        for kind in JobKind::ALL {
            assert_eq!(JobKind::find(kind.key()), Some(kind));
        }
        for state in JobState::ALL {
            assert_eq!(JobState::find(state.key()), Some(state));
        }
        assert_eq!((JobKind::find("log.burn"), JobState::find("")), (None, None));
    }

    #[test]
    fn the_pause_doubles_with_each_failure_and_ends_at_an_hour() {
        let seconds = |attempt| back_off(attempt, None).num_seconds();
        let pauses: Vec<i64> = (1..=12).map(seconds).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
        assert_eq!((seconds(0), seconds(u32::MAX)), (5, 3_600));
    }

    #[test]
    fn jitter_only_makes_the_pause_longer_and_by_a_quarter_at_most() {
        for attempt in [1, 5, 40] {
            let pauses: Vec<TimeDelta> = (0..=u8::MAX).map(|jitter| back_off(attempt, Some(jitter))).collect();
            assert!(pauses.is_sorted());
            assert_eq!(pauses[0], back_off(attempt, None));
            assert_eq!(pauses[255], back_off(attempt, None) * 5 / 4);
        }
    }

    #[test]
    fn a_job_is_tried_as_often_as_its_kind_and_no_more() {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        for kind in JobKind::ALL {
            let last = kind.most_attempts();
            assert_eq!(kind.next_try(1, now, None), Some(now + TimeDelta::seconds(5)));
            assert!(kind.next_try(last - 1, now, None).is_some());
            assert_eq!(kind.next_try(last, now, None), None);
            assert_eq!(kind.next_try(last + 1, now, Some(9)), None, "one that ended with its program each time");
        }
    }

    #[test]
    fn who_says_late_twice_that_it_is_at_work_still_holds_its_job() {
        for kind in JobKind::ALL {
            assert!(kind.renewal() > TimeDelta::zero() && kind.renewal() * 3 <= kind.lease());
            assert!(kind.most_at_once() > 0);
        }
    }

    #[test]
    fn what_is_done_is_neither_called_off_nor_done_again() {
        let may = |state: JobState| (state.can_cancel(), state.can_retry());
        assert_eq!(may(JobState::Done), (false, false));
        assert_eq!(may(JobState::Leased), (true, false));
        assert_eq!(may(JobState::Failed), (false, true));
    }
}
