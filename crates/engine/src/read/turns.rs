//! So many at once, and who wants one more waits.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How long one waits: longer than any file is waited for that could be in the way.
const PATIENCE: Duration = Duration::from_secs(600);

/// How many may be taken, and how many are.
pub(super) struct Turns {
    most: usize,
    taken: Mutex<usize>,
    freed: Condvar,
    patience: Duration,
}

/// One of them, free again when it is dropped.
pub(crate) struct Turn(Arc<Turns>);

impl Turns {
    /// So many, at least one.
    pub(super) fn new(most: usize) -> Arc<Self> {
        Self::with_patience(most, PATIENCE)
    }

    fn with_patience(most: usize, patience: Duration) -> Arc<Self> {
        Arc::new(Self { most: most.max(1), taken: Mutex::new(0), freed: Condvar::new(), patience })
    }

    /// Waits until one is free; `None` when none became free.
    pub(super) fn take(self: &Arc<Self>) -> Option<Turn> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.freed.wait_timeout_while(taken, self.patience, |taken| *taken >= self.most);
        let (mut taken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *taken >= self.most {
            return None;
        }
        *taken += 1;
        Some(Turn(Arc::clone(self)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_than_there_are_waits_until_one_is_given_back() {
        let turns = Turns::with_patience(2, Duration::from_millis(1));
        let (first, second) = (turns.take().unwrap(), turns.take().unwrap());
        assert!(turns.take().is_none());
        drop(second);
        let again = turns.take().unwrap();
        assert!(turns.take().is_none());
        drop((first, again));
        assert!(turns.take().is_some());

        let one = Turns::new(0);
        let held = one.take().unwrap();
        let waiting = std::thread::spawn({
            let one = Arc::clone(&one);
            move || one.take().is_some()
        });
        drop(held);
        assert!(waiting.join().unwrap());
    }
}
