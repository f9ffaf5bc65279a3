//! States that were rolled before, for whoever asks for the same view again: a page, the next run, a run whose links are new.
//!
//! Rolling reads a key and a print of every row ever sent; what comes of it is kept as the numbers of the rows that hold, four
//! bytes a row, and which batch they are of. Columns are not kept: a question reads those it names from the batches, whose bytes
//! are compared with their digests as ever. The key is a digest of all that a state hangs on ([`StateKey::of`]): another
//! scope, catalogue, period, or a batch more or less is another key. Of the moment only which batches were known by then
//! counts. What was not asked for longest goes first when the budget is used up.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use datafusion::common::TableReference;
use datafusion::execution::cache::default_cache::DefaultCache;
use datafusion::execution::cache::{Cache, CacheKey, CacheValue};
use gongzhi_core::state::{VisibleBatch, VisibleBatches};
use sm3::{Digest, Sm3};
use tokio::sync::OnceCell;

use crate::batch::BatchError;
use crate::tables::{KindState, Span};

/// What a state is of.
pub(crate) struct Asked<'a> {
    /// Where the batches are kept.
    pub(crate) folder: &'a Path,
    /// Digest of the catalogue.
    pub(crate) catalog: &'a str,
    /// Keys of item and kind.
    pub(crate) kind: (&'a str, &'a str),
    pub(crate) span: Span,
    pub(crate) visible: &'a VisibleBatches,
    /// Of what is visible the batches of the kind.
    pub(crate) batches: &'a [&'a VisibleBatch],
}

/// A digest of what a state is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct StateKey([u8; 32]);

impl StateKey {
    /// Of the folder, the catalogue, the kind and span, the period asked for, the scope, and each batch of the kind that was
    /// known at the moment: all that the rules know of it, its parts with their digests, its rows. Not of its links or its
    /// file's name: they change without it.
    pub(crate) fn of(asked: &Asked<'_>) -> Self {
        let (moment, scope) = (asked.visible.moment(), asked.visible.scope());
        let mut digest = Digesting(Sm3::new());
        digest.tell(&(asked.folder, asked.catalog, asked.kind, asked.span, moment.period, scope));
        for one in asked.batches.iter().filter(|one| one.batch.accepted_at <= moment.as_of) {
            digest.tell(&(&one.batch, &one.main, &one.personal, one.rows));
        }
        Self(digest.0.finalize().into())
    }
}

/// Digests what is told of values: each text in it stands in quotes, so no two of them run into one another.
struct Digesting(Sm3);

impl Digesting {
    fn tell(&mut self, value: &impl fmt::Debug) {
        // Writing here never fails.
        let _ = writeln!(self, "{value:?}");
    }
}

impl fmt::Write for Digesting {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}

impl CacheKey for StateKey {
    fn size(&self) -> usize {
        self.0.len()
    }

    fn table_ref(&self) -> Option<&TableReference> {
        None
    }
}

/// A state that is kept.
#[derive(Clone)]
struct Kept(Arc<KindState>);

impl CacheValue for Kept {
    fn size(&self) -> usize {
        self.0.size_bytes()
    }
}

/// A state that may be being rolled: whoever asks meanwhile waits for it.
type Rolling = OnceCell<Arc<KindState>>;

/// States by what they are of, within a budget of bytes.
pub(crate) struct StateCache {
    kept: DefaultCache<StateKey, Kept>,
    rolling: Mutex<HashMap<StateKey, Weak<Rolling>>>,
}

impl StateCache {
    /// A cache that holds so many bytes at most.
    pub(crate) fn new(budget_bytes: usize) -> Self {
        Self { kept: DefaultCache::new(budget_bytes).with_name("states"), rolling: Mutex::default() }
    }

    /// The state of this key, rolled where it is not kept. Of several that ask at once one rolls it; when that one no longer
    /// waits, the next does.
    ///
    /// # Errors
    /// That of rolling, which is not kept.
    pub(crate) async fn find_or_roll(
        &self,
        key: StateKey,
        roll: impl Future<Output = Result<KindState, BatchError>>,
    ) -> Result<Arc<KindState>, BatchError> {
        let rolling = self.rolling(key);
        let state = rolling.get_or_try_init(|| async {
            if let Some(Kept(state)) = self.kept.get(&key) {
                return Ok(state);
            }
            let state = Arc::new(roll.await?);
            self.kept.put(&key, Kept(Arc::clone(&state)));
            Ok(state)
        });
        state.await.cloned()
    }

    fn rolling(&self, key: StateKey) -> Arc<Rolling> {
        let mut all = self.rolling.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rolling) = all.get(&key).and_then(Weak::upgrade) {
            return rolling;
        }
        all.retain(|_, rolling| rolling.strong_count() > 0);
        let rolling = Arc::new(Rolling::new());
        all.insert(key, Arc::downgrade(&rolling));
        rolling
    }

    /// Bytes that are held.
    #[cfg(test)]
    pub(crate) fn held_bytes(&self) -> usize {
        self.kept.memory_used()
    }

    /// How often each state that is kept was found again, together.
    #[cfg(test)]
    pub(crate) fn hits(&self) -> usize {
        self.kept.list_entries().values().map(|entry| entry.hits).sum()
    }
}

#[cfg(test)]
#[path = "state_cache_tests.rs"]
mod tests;
