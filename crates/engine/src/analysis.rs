//! What a process has once for its questions: one pool of memory, one folder to spill into, threads of their own, a bound
//! on how many models run at once, and the states rolled before.
//!
//! Whoever asks waits for the answer on whatever runtime it is on. Files are read, sealed parts are opened and plans are
//! run on the threads of the analysis and on no others: those that answer people never wait for a disk. What is asked by
//! somebody who no longer waits is given up.

use std::io;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use gongzhi_core::messages::Message;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

use crate::state_cache::StateCache;

/// Fewer would leave a question whose sorts spill waiting for the views of another that are being rolled.
const FEWEST_BLOCKING_THREADS: usize = 4;

/// How much a process gives to its questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalysisOptions {
    /// Memory that all questions running at once may hold, in bytes.
    pub memory_limit_bytes: usize,
    /// Threads that work on questions, at least one; as many views are rolled at once.
    pub threads: usize,
    /// Models that run at once, of all runs of the process; at least one.
    pub models_at_once: usize,
    /// Bytes of rolled states that are kept for whoever asks for them next.
    pub state_cache_bytes: usize,
    /// Where sorts spill; none: the system's folder for temporary files.
    pub spill_folder: Option<PathBuf>,
}

impl Default for AnalysisOptions {
    /// What a small machine gives: half a GiB, two threads, two models, 64 MiB of states.
    fn default() -> Self {
        Self {
            memory_limit_bytes: 512 << 20,
            threads: 2,
            models_at_once: 2,
            state_cache_bytes: 64 << 20,
            spill_folder: None,
        }
    }
}

/// Why a process has no analysis.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The system gives no threads.
    #[error("no threads for questions: {0}")]
    Threads(io::Error),
    /// The folder to spill into can't be had.
    #[error("no folder for what does not fit into memory: {0}")]
    Spill(Box<DataFusionError>),
}

impl AnalysisError {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::Threads(error) => Message::new("state-no-threads").with("reason", error),
            Self::Spill(error) => Message::new("state-no-spill-folder").with("reason", error.strip_backtrace()),
        }
    }
}

/// What a process has once for its questions. A clone is the same one. The last of them may be dropped anywhere, also on
/// the threads of a runtime: what still runs is given up, and nobody waits for it.
#[derive(Clone)]
pub struct Analysis(Arc<Shared>);

struct Shared {
    /// None once it was dropped.
    runtime: Option<Runtime>,
    handle: Handle,
    environment: Arc<RuntimeEnv>,
    models: Arc<Semaphore>,
    states: StateCache,
    options: AnalysisOptions,
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Analysis {
    /// Starts its threads.
    ///
    /// # Errors
    /// The system gives no threads, or the folder to spill into can't be had.
    pub fn start(options: AnalysisOptions) -> Result<Self, AnalysisError> {
        let options = AnalysisOptions {
            threads: options.threads.max(1),
            models_at_once: options.models_at_once.clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize)),
            ..options
        };
        let pool = Arc::new(FairSpillPool::new(options.memory_limit_bytes));
        let mut environment = RuntimeEnvBuilder::new().with_memory_pool(pool);
        if let Some(folder) = &options.spill_folder {
            environment = environment.with_temp_file_path(folder);
        }
        let environment = environment.build_arc().map_err(|error| AnalysisError::Spill(Box::new(error)))?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(options.threads)
            .max_blocking_threads(options.threads.max(FEWEST_BLOCKING_THREADS))
            .thread_name("analysis")
            .enable_all()
            .build()
            .map_err(AnalysisError::Threads)?;
        let handle = runtime.handle().clone();
        let models = Arc::new(Semaphore::new(options.models_at_once));
        let states = StateCache::new(options.state_cache_bytes);
        Ok(Self(Arc::new(Shared { runtime: Some(runtime), handle, environment, models, states, options })))
    }

    /// Works something out on its threads, awaited from any runtime. It is given up when the caller no longer waits.
    ///
    /// # Panics
    /// Where the work does.
    pub async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        Task(self.0.handle.spawn(work)).join().await
    }

    /// Does what blocks, reading files above all, on threads kept for that, at most so many at once. What has not begun when
    /// the caller no longer waits is never begun.
    ///
    /// # Panics
    /// Where the work does.
    pub async fn block<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        Task(self.0.handle.spawn_blocking(work)).join().await
    }

    /// What it was started with.
    pub fn options(&self) -> &AnalysisOptions {
        &self.0.options
    }

    /// Memory and temporary files, shared by all sessions.
    pub(crate) fn environment(&self) -> Arc<RuntimeEnv> {
        Arc::clone(&self.0.environment)
    }

    /// States that were rolled before.
    pub(crate) fn states(&self) -> &StateCache {
        &self.0.states
    }

    /// Who gives a model its turn.
    pub(crate) fn turns(&self) -> Turns {
        Turns {
            models: Arc::clone(&self.0.models),
            all: u32::try_from(self.0.options.models_at_once).unwrap_or(u32::MAX),
        }
    }
}

/// A task that ends with whoever waits for it.
struct Task<T>(JoinHandle<T>);

impl<T> Task<T> {
    async fn join(mut self) -> T {
        match (&mut self.0).await {
            Ok(done) => done,
            // It is never given up while somebody waits for it: it panicked.
            Err(error) => resume_unwind(error.into_panic()),
        }
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Gives models their turns, in the order in which they ask.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    models: Arc<Semaphore>,
    all: u32,
}

/// A model's turn, for as long as it is held; nobody ever closes what gives them.
pub(crate) type Turn = Option<OwnedSemaphorePermit>;

impl Turns {
    /// The turn of one model.
    pub(crate) async fn one(&self) -> Turn {
        Arc::clone(&self.models).acquire_owned().await.ok()
    }

    /// The turn of a model beside which no other runs.
    pub(crate) async fn alone(&self) -> Turn {
        Arc::clone(&self.models).acquire_many_owned(self.all).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    fn analysis() -> Analysis {
        Analysis::start(AnalysisOptions { threads: 1, models_at_once: 2, ..AnalysisOptions::default() }).unwrap()
    }

    fn thread_name() -> String {
        std::thread::current().name().unwrap_or_default().to_owned()
    }

    #[tokio::test]
    async fn what_is_worked_out_or_blocks_is_on_threads_of_its_own_and_one_may_go_inside_another_runtime() {
        let analysis = analysis();
        let here = thread_name();
        assert_eq!(analysis.run(async { thread_name() }).await, "analysis");
        assert_eq!(analysis.block(thread_name).await, "analysis");
        assert_eq!(here, thread_name());
        // Dropped on a thread of a runtime, with work that is still going on.
        let other = analysis.clone();
        let going_on = tokio::spawn(async move { other.run(std::future::pending::<()>()).await });
        tokio::task::yield_now().await;
        drop(analysis);
        going_on.abort();
        assert!(going_on.await.unwrap_err().is_cancelled());
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_given_up() {
        struct Told(Arc<AtomicBool>, mpsc::Sender<()>);
        impl Drop for Told {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
                let _ = self.1.send(());
            }
        }
        let analysis = analysis();
        let (is_given_up, (sender, given_up)) = (Arc::new(AtomicBool::new(false)), mpsc::channel());
        let told = Told(Arc::clone(&is_given_up), sender);
        let work = analysis.run(async move {
            let _told = told;
            std::future::pending::<()>().await;
        });
        assert!(tokio::time::timeout(Duration::from_millis(1), work).await.is_err());
        given_up.recv_timeout(Duration::from_secs(60)).unwrap();
        assert!(is_given_up.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_panic_of_the_work_is_the_callers() {
        let analysis = analysis();
        let caller = tokio::spawn(async move { analysis.run(async { panic!("told") }).await });
        assert!(caller.await.unwrap_err().is_panic());
    }

    #[tokio::test]
    async fn a_model_that_runs_alone_waits_for_the_others_and_they_for_it() {
        let turns = analysis().turns();
        let (one, two) = (turns.one().await, turns.one().await);
        let soon = Duration::from_millis(1);
        assert!(tokio::time::timeout(soon, turns.one()).await.is_err(), "two at once");
        drop(one);
        assert!(tokio::time::timeout(soon, turns.alone()).await.is_err());
        drop(two);
        let alone = turns.alone().await;
        assert!(alone.is_some() && tokio::time::timeout(soon, turns.one()).await.is_err());
    }
}
