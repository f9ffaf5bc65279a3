//! Work done by two threads, its results taken in order: the same input gives the same output whoever was faster.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Threads that work at once; the county's machine has two cores.
const THREADS: usize = 2;

/// Does `work` for 0 to `count` − 1 and gives each result to `take` in ascending order. An error of `take` ends it.
///
/// # Errors
/// That of `take`.
pub fn in_order<T: Send, E>(
    count: usize,
    work: impl Fn(usize) -> T + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let stopped = Mutex::new(false);
    let is_stopped = || stopped.lock().map_or(true, |stopped| *stopped);
    std::thread::scope(|scope| {
        // A bound, so that a slow `take` holds the work up.
        let (sender, receiver) = mpsc::sync_channel::<(usize, T)>(THREADS);
        for _ in 0..THREADS.min(count) {
            let (sender, next, work, is_stopped) = (sender.clone(), &next, &work, &is_stopped);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count || is_stopped() || sender.send((at, work(at))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut turn = 0;
        let mut outcome = Ok(());
        for (at, done) in receiver {
            waiting.insert(at, done);
            while outcome.is_ok()
                && let Some(done) = waiting.remove(&turn)
            {
                outcome = take(turn, done);
                turn += 1;
            }
            if outcome.is_err()
                && let Ok(mut stopped) = stopped.lock()
            {
                *stopped = true;
            }
        }
        outcome
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_however_long_each_takes() {
        let mut seen = Vec::new();
        let take = |at, _| -> Result<(), ()> {
            seen.push(at);
            Ok(())
        };
        in_order(50, |at| (0..(50 - at) * 1000).sum::<usize>(), take).unwrap();
        assert_eq!(seen, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn an_error_ends_the_work() {
        let outcome = in_order(1000, |at| at, |at, _| if at == 3 { Err("stop") } else { Ok(()) });
        assert_eq!(outcome, Err("stop"));
    }
}
