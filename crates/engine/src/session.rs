//! A session of questions: a DataFusion context in which only views stand, asked through the fence (`fence`) alone. All
//! sessions of a process share the memory, the threads and the folder for spilling of its [`Analysis`].
//!
//! A view `<item>_<kind>` is the state of the kind as of the moment, with who each party is; `<item>_<kind>_by_period` is
//! what each period said of its keys, for what a later period's word of the same thing must not take away, and
//! `<item>_<kind>_ever` is everything ever reported, named by later lists or not. Only the views a question reads are built. Base files have no name here, so SQL can't read what it was not given. Sorts and aggregates spill
//! to disk at the limit; hash joins can't, and a question that meets the limit fails alone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::common::ParamValues;
use datafusion::error::DataFusionError;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use gongzhi_core::catalog::Catalog;
use gongzhi_core::messages::Message;
use gongzhi_core::state::VisibleBatches;

use crate::analysis::Analysis;
use crate::batch::BatchError;
use crate::fence::{self, Fence, FenceError, Refusal};
use crate::keys::Keys;
use crate::scan::{SharedPlace, StateTable};
use crate::schema;
use crate::tables::{Handles, WorklistLine};
use crate::view_states::{View, list_states};

/// What can go wrong with a session or a question.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// A batch can't be read.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// The catalogue has no such view.
    #[error("no view {0}")]
    ViewUnknown(String),
    /// The question met the memory limit.
    #[error("memory limit of {limit_bytes} bytes met: {source}")]
    MemoryMet {
        /// The limit.
        limit_bytes: usize,
        /// What DataFusion said.
        source: Box<DataFusionError>,
    },
    /// The question holds what may not stand in it: at least one refusal.
    #[error("question: {}", FenceError::Refused(.0.clone()))]
    Refused(Vec<Refusal>),
    /// The question failed.
    #[error("question: {0}")]
    Question(Box<DataFusionError>),
}

impl SessionError {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::Batch(error) => error.message(),
            Self::ViewUnknown(view) => Message::new("state-view-unknown").with("view", view),
            Self::MemoryMet { limit_bytes, .. } => {
                Message::new("state-memory-met").with("limit", limit_bytes / (1024 * 1024))
            }
            Self::Refused(refusals) => {
                refusals.first().map_or_else(|| Message::new("state-query-failed"), |refusal| refusal.message.clone())
            }
            Self::Question(error) => {
                let root = error.find_root();
                find_batch_error(root)
                    .map_or_else(|| Message::new("state-query-failed").with("reason", root), BatchError::message)
            }
        }
    }
}

/// What was wrong with a batch that a question read, when it failed for that.
pub(crate) fn find_batch_error(error: &DataFusionError) -> Option<&BatchError> {
    match error.find_root() {
        DataFusionError::External(error) => error.downcast_ref(),
        _ => None,
    }
}

/// What a session may use besides what it shares with all others of the process.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// Threads a question may use.
    pub target_partitions: usize,
    /// Personal columns that the purpose opens, as `<item>.<kind>.<column>`; of them those that the scope shows.
    pub opened: BTreeSet<String>,
    /// Join by sorting instead of hashing: for a question that met the limit.
    pub prefer_sort_merge_join: bool,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self { target_partitions: 2, opened: BTreeSet::new(), prefer_sort_merge_join: false }
    }
}

/// Where batches are kept, for a session that outlives its maker.
#[derive(Debug, Clone)]
pub struct SessionPlace {
    /// The data folder.
    pub folder: PathBuf,
    /// The deployment's keys.
    pub keys: Arc<Keys>,
}

/// A session with its views. A clone is the same one.
#[derive(Clone)]
pub struct Session {
    analysis: Analysis,
    context: SessionContext,
    worklist: Arc<[WorklistLine]>,
    handles: Arc<Handles>,
}

impl Session {
    /// A session without any view: for planning, and for tables of the caller's.
    pub fn empty(analysis: &Analysis, options: &SessionOptions) -> Self {
        // The planner joins by sorting only where there is more than one partition.
        let partitions = options.target_partitions.max(if options.prefer_sort_merge_join { 2 } else { 1 });
        let mut config = SessionConfig::new().with_target_partitions(partitions);
        let settings = config.options_mut();
        settings.sql_parser.parse_float_as_decimal = true;
        settings.sql_parser.map_string_types_to_utf8view = false;
        settings.execution.time_zone = Some("+08:00".to_owned());
        settings.optimizer.prefer_hash_join = !options.prefer_sort_merge_join;
        // Several sorts run at once: what each sets aside for merging must leave room for the others.
        let memory_limit_bytes = analysis.options().memory_limit_bytes;
        settings.execution.sort_spill_reservation_bytes = (memory_limit_bytes / 64).min(10 << 20);
        let context = fence::context(config, analysis.environment());
        Self { analysis: analysis.clone(), context, worklist: Arc::default(), handles: Arc::default() }
    }

    /// A session in which the named views stand, each the state as of the moment of `visible`, with the rows and columns that
    /// its scope sees. The states are rolled on the threads of the analysis.
    ///
    /// # Errors
    /// The catalogue has no such view; a batch can't be read.
    pub async fn open<'v>(
        analysis: &Analysis,
        catalog: &Catalog,
        place: &SessionPlace,
        (visible, views): (&VisibleBatches, impl IntoIterator<Item = &'v str>),
        options: &SessionOptions,
    ) -> Result<Self, SessionError> {
        let find = |view: &'v str| {
            let found = catalog.find_view(view).ok_or_else(|| SessionError::ViewUnknown(view.to_owned()));
            found.map(|(item, kind)| View { name: view, item, kind })
        };
        let views = views.into_iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let shared = SharedPlace { folder: Arc::from(Path::new(&place.folder)), keys: Arc::clone(&place.keys) };
        let mut session = Self::empty(analysis, options);
        let mut worklist = Vec::new();
        let states = list_states(analysis, (&shared, &catalog.digest), visible, &views).await?;
        for (view, mut state) in views.iter().zip(states) {
            worklist.append(&mut state.worklist);
            let schema = schema::view_schema_in(visible.scope(), (view.item, view.kind), &options.opened);
            let table = StateTable::new(schema, view.kind, state, shared.clone());
            let registered = session.context.register_table(view.name, Arc::new(table));
            registered.map_err(|error| SessionError::Question(Box::new(error)))?;
        }
        session.worklist = worklist.into();
        session.handles = Arc::new(Handles::new(visible));
        Ok(session)
    }

    /// The context, to register further views in. Questions are asked through the fence alone.
    pub(crate) fn context(&self) -> &SessionContext {
        &self.context
    }

    /// What it shares with all others of the process.
    pub(crate) fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// The handles of the rows that its questions name.
    pub fn handles(&self) -> &Arc<Handles> {
        &self.handles
    }

    /// What did not fit together in the states of the views.
    pub fn worklist(&self) -> &[WorklistLine] {
        &self.worklist
    }

    /// Works on its views, on the threads of the analysis.
    pub(crate) async fn run<T: Send + 'static, W>(
        &self,
        work: impl FnOnce(SessionContext) -> W,
    ) -> Result<T, SessionError>
    where
        W: Future<Output = Result<T, FenceError>> + Send + 'static,
    {
        let done = self.analysis.run(work(self.context.clone())).await;
        done.map_err(|error| match error {
            FenceError::Refused(refusals) => SessionError::Refused(refusals),
            FenceError::Query(error) => self.error(error),
        })
    }

    /// Plans a question over what stands in the session. What the fence refuses is an error that says so.
    #[cfg(test)]
    pub(crate) async fn question(&self, sql: &str) -> Result<DataFrame, SessionError> {
        let sql = sql.to_owned();
        self.run(|context| async move { question(&context, &sql).await }).await
    }

    /// The error of a question, told apart when it is the memory limit.
    pub fn error(&self, error: DataFusionError) -> SessionError {
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => {
                let limit_bytes = self.analysis.options().memory_limit_bytes;
                SessionError::MemoryMet { limit_bytes, source: Box::new(error) }
            }
            _ => SessionError::Question(Box::new(error)),
        }
    }
}

/// Plans a question over all that stands in a session.
pub(crate) async fn question(context: &SessionContext, sql: &str) -> Result<DataFrame, FenceError> {
    let query = Fence::over_all(context).await?.query(sql).await?;
    Ok(query.frame(&ParamValues::Map(Default::default()))?)
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "scope_tests.rs"]
mod scope_tests;
