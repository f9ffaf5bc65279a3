//! What every act is given, made once at the edge of the process.
//!
//! An act is `async fn(&App, &Actor, …) -> Result<_, ActError>`: the home with its keys and store, the catalogue, the
//! processes that read foreign files, the clock and chance are all here. Work that holds a thread (files, seals, sheets,
//! models) goes through [`App::block`], so that the threads that answer people never wait for a disk.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chrono::{DateTime, Utc};
use gongzhi_core::catalog::Catalog;
use gongzhi_core::problems::ActError;
use gongzhi_engine::analysis::{Analysis, AnalysisOptions};
use gongzhi_engine::intake::IntakeBooks;
use gongzhi_engine::keys::{Dice, Keys};
use gongzhi_engine::read::{Limits, WorkerCommand, WorkerPool};
use gongzhi_engine::session::SessionPlace;
use gongzhi_store::Store;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::config::Settings;

/// Tells the moment.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    goes_on: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
}

impl Clock {
    /// A clock that stands still, whatever happens meanwhile.
    #[cfg(test)]
    pub fn still(now: DateTime<Utc>) -> Self {
        Self::of_command(now, move || now)
    }

    /// A clock for a command, which is of one moment; what is held for some time is held by the machine's clock.
    pub fn of_command(now: DateTime<Utc>, machine: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(move || now), goes_on: Arc::new(machine) }
    }

    /// The moment of what is done.
    pub fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// The clock that goes on, by which leases are held.
    pub fn going_on(&self) -> Arc<dyn Fn() -> DateTime<Utc> + Send + Sync> {
        Arc::clone(&self.goes_on)
    }
}

/// Makes ids: of one moment they still differ and keep their order.
pub struct Ids {
    dice: Mutex<(Dice, u64)>,
}

impl Ids {
    /// Ids by these dice.
    pub fn new(dice: Dice) -> Self {
        Self { dice: Mutex::new((dice, 0)) }
    }

    /// A byte of chance; 0 where there is none.
    pub fn byte(&self) -> u8 {
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        dice.0.roll::<1>().map_or(0, |[byte]| byte)
    }

    /// A version 7 id of a moment.
    pub fn next(&self, now: DateTime<Utc>) -> String {
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        dice.1 += 1;
        let count = dice.1.to_be_bytes();
        // Without chance the count alone tells those of this process apart.
        let mut bytes: [u8; 10] = dice.0.roll().unwrap_or_else(|_| {
            let mut bytes = [0; 10];
            bytes[2..].copy_from_slice(&count);
            bytes
        });
        bytes[..2].copy_from_slice(&count[6..]);
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid().to_string()
    }
}

/// What an [`App`] is made of.
pub struct Parts {
    /// What holds.
    pub settings: Settings,
    /// The keys of the home.
    pub keys: Arc<Keys>,
    /// Its store.
    pub store: Store,
    /// Processes that read foreign files.
    pub workers: WorkerPool,
    /// The folder of the layout profiles' home: of a dry run without a home another than that of the data.
    pub profiles_home: PathBuf,
    /// Tells the moment.
    pub clock: Clock,
    /// Makes ids.
    pub ids: Ids,
    catalog: OnceLock<Content>,
    blocking: Arc<Semaphore>,
    analysis: OnceLock<Analysis>,
    /// The home of a dry run where there is none; taken away again.
    _scratch: Option<tempfile::TempDir>,
}

/// The catalogue in force, with what is worked out of it once.
struct Content {
    catalog: Arc<Catalog>,
    books: OnceLock<IntakeBooks>,
}

/// The parts; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Waits for what is asynchronous, on a thread that may.
#[derive(Clone)]
pub struct Waiter(Handle);

impl Waiter {
    /// Waits.
    pub fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.0.block_on(what)
    }
}

/// What an app is made from.
pub struct Opened {
    /// The keys.
    pub keys: Keys,
    /// The store they belong to.
    pub store: Store,
    /// The folder the layout profiles are read from; none: the home's.
    pub profiles_home: Option<PathBuf>,
    /// A home that ends with the app.
    pub scratch: Option<tempfile::TempDir>,
}

impl App {
    /// The app of an opened home.
    ///
    /// # Errors
    /// The program can't find itself.
    pub fn new(settings: Settings, opened: Opened, clock: Clock) -> Result<Self, ActError> {
        let command = WorkerCommand::of_this_program()?;
        Ok(Self(Arc::new(Parts {
            keys: Arc::new(opened.keys),
            store: opened.store,
            workers: WorkerPool::new(command, settings.workers, Limits::default()),
            profiles_home: opened.profiles_home.unwrap_or_else(|| settings.home.clone()),
            clock,
            ids: Ids::new(Dice::system()),
            catalog: OnceLock::new(),
            analysis: OnceLock::new(),
            blocking: Arc::new(Semaphore::new(settings.workers.max(settings.threads))),
            settings,
            _scratch: opened.scratch,
        })))
    }

    /// The same with a catalogue in force.
    #[must_use]
    pub fn with_catalog(self, catalog: Arc<Catalog>) -> Self {
        // Who gives one twice keeps the first.
        let _ = self.catalog.set(Content { catalog, books: OnceLock::new() });
        self
    }

    /// The catalogue in force.
    ///
    /// # Errors
    /// None was given.
    pub fn catalog(&self) -> Result<&Arc<Catalog>, ActError> {
        Ok(&self.content()?.catalog)
    }

    /// The catalogue's headers, units and places, for taking files in.
    ///
    /// # Errors
    /// There is no catalogue.
    pub fn books(&self) -> Result<&IntakeBooks, ActError> {
        let content = self.content()?;
        Ok(content.books.get_or_init(|| IntakeBooks::new(&content.catalog)))
    }

    fn content(&self) -> Result<&Content, ActError> {
        self.catalog.get().ok_or_else(|| ActError::unexpected("no catalogue"))
    }

    /// Where the batches are, for questions.
    pub fn place(&self) -> SessionPlace {
        SessionPlace { folder: self.settings.data.clone(), keys: Arc::clone(&self.keys) }
    }

    /// What all questions of the process share; its threads begin with the first.
    ///
    /// # Errors
    /// The system gives no threads, or there is nowhere to spill to.
    pub fn analysis(&self) -> Result<&Analysis, ActError> {
        if let Some(analysis) = self.analysis.get() {
            return Ok(analysis);
        }
        let Settings { memory_bytes, threads, models, state_cache_bytes, .. } = self.settings;
        let options = AnalysisOptions {
            memory_limit_bytes: memory_bytes,
            threads,
            models_at_once: models,
            state_cache_bytes,
            spill_folder: None,
        };
        let started = Analysis::start(options)?;
        // Of two begun at once the first stays.
        Ok(self.analysis.get_or_init(|| started))
    }

    /// Does work that holds a thread, on one of a bounded number of threads for it; it ends even when nobody waits for it.
    ///
    /// # Errors
    /// The work's.
    pub async fn block<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self, &Waiter) -> Result<T, ActError> + Send + 'static,
    ) -> Result<T, ActError> {
        let permit = Arc::clone(&self.blocking).acquire_owned().await.map_err(ActError::unexpected)?;
        let (app, waiter) = (self.clone(), Waiter(Handle::current()));
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work(&app, &waiter)
        });
        match done.await {
            Ok(outcome) => outcome,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(error) => Err(ActError::unexpected(error)),
        }
    }

    /// Ends all connections of the store: everything written is in its place.
    ///
    /// # Errors
    /// The store's.
    pub async fn close(&self) -> Result<(), ActError> {
        Ok(self.store.clone().close().await?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_of_one_moment_differ_and_keep_their_order() {
        let ids = Ids::new(Dice::system());
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let made: Vec<String> = (0..1000).map(|_| ids.next(now)).collect();
        assert!(made.is_sorted());
        assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), made.len());
        assert!(ids.next(now + chrono::TimeDelta::milliseconds(1)) > made[999]);
    }
}
