//! A session of questions: a DataFusion context in which only views stand, under a memory limit, asked through the fence
//! (`fence`) alone.
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
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use gongzhi_core::catalog::{BY_PERIOD, Catalog, EVER, Item, Kind};
use gongzhi_core::messages::Message;
use gongzhi_core::state::{VisibleBatch, VisibleBatches};

use crate::batch::BatchError;
use crate::fence::{self, Fence, FenceError, Refusal};
use crate::keys::Keys;
use crate::parallel::in_order;
use crate::scan::{SharedPlace, StateTable};
use crate::schema;
use crate::tables::{Handles, KindState, Span, WorklistLine, roll_kind};

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

/// What a session may use.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// Memory that all questions running at once may hold.
    pub memory_limit_bytes: usize,
    /// Threads a question may use.
    pub target_partitions: usize,
    /// Where sorts spill; none: the system's folder for temporary files.
    pub spill_folder: Option<PathBuf>,
    /// Personal columns that the purpose opens, as `<item>.<kind>.<column>`.
    pub opened: BTreeSet<String>,
    /// Join by sorting instead of hashing: for a question that met the limit.
    pub prefer_sort_merge_join: bool,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            memory_limit_bytes: 512 * 1024 * 1024,
            target_partitions: 2,
            spill_folder: None,
            opened: BTreeSet::new(),
            prefer_sort_merge_join: false,
        }
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

/// A session with its views.
pub struct Session {
    context: SessionContext,
    memory_limit_bytes: usize,
    worklist: Vec<WorklistLine>,
    handles: Handles,
}

/// A view that a session is to have.
struct View<'v> {
    name: &'v str,
    item: &'v Item,
    kind: &'v Kind,
}

impl View<'_> {
    fn span(&self) -> Span {
        match self.name {
            name if name.ends_with(BY_PERIOD) => Span::EachPeriod,
            name if name.ends_with(EVER) => Span::Ever,
            _ => Span::Now,
        }
    }

    fn row_count(&self, visible: &VisibleBatches) -> u64 {
        let of_kind = |batch: &&VisibleBatch| batch.batch.item == self.item.key && batch.batch.kind == self.kind.key;
        visible.batches.iter().filter(of_kind).map(|batch| batch.rows).sum()
    }
}

/// The states of the views in their order, two rolled at once: those of most rows first, so that none of them is left for
/// the end.
fn roll_all<'v>(
    views: &[View<'v>],
    visible: &VisibleBatches,
    roll: impl Fn(&View<'v>) -> Result<KindState, BatchError> + Sync,
) -> Result<Vec<KindState>, BatchError> {
    let mut turns: Vec<usize> = (0..views.len()).collect();
    turns.sort_by_key(|at| std::cmp::Reverse(views[*at].row_count(visible)));
    let mut states = vec![KindState::default(); views.len()];
    in_order(
        turns.len(),
        |turn| roll(&views[turns[turn]]),
        |turn, state| {
            states[turns[turn]] = state?;
            Ok::<_, BatchError>(())
        },
    )?;
    Ok(states)
}

impl Session {
    /// A session without any view: for planning, and for tables of the caller's.
    pub fn empty(options: &SessionOptions) -> Result<Self, SessionError> {
        let failed = |error| SessionError::Question(Box::new(error));
        let mut runtime =
            RuntimeEnvBuilder::new().with_memory_pool(Arc::new(FairSpillPool::new(options.memory_limit_bytes)));
        if let Some(folder) = &options.spill_folder {
            runtime = runtime.with_temp_file_path(folder);
        }
        let runtime = runtime.build_arc().map_err(failed)?;
        // The planner joins by sorting only where there is more than one partition.
        let partitions = options.target_partitions.max(if options.prefer_sort_merge_join { 2 } else { 1 });
        let mut config = SessionConfig::new().with_target_partitions(partitions);
        let settings = config.options_mut();
        settings.sql_parser.parse_float_as_decimal = true;
        settings.sql_parser.map_string_types_to_utf8view = false;
        settings.execution.time_zone = Some("+08:00".to_owned());
        settings.optimizer.prefer_hash_join = !options.prefer_sort_merge_join;
        // Several sorts run at once: what each sets aside for merging must leave room for the others.
        settings.execution.sort_spill_reservation_bytes = (options.memory_limit_bytes / 64).min(10 << 20);
        let context = fence::context(config, runtime);
        let memory_limit_bytes = options.memory_limit_bytes;
        Ok(Self { context, memory_limit_bytes, worklist: Vec::new(), handles: Handles::default() })
    }

    /// A session in which the named views stand, each the state as of the moment of `visible`.
    pub fn open<'v>(
        catalog: &Catalog,
        place: &SessionPlace,
        (visible, views): (&VisibleBatches, impl IntoIterator<Item = &'v str>),
        options: &SessionOptions,
    ) -> Result<Self, SessionError> {
        let mut session = Self { handles: Handles::new(visible), ..Self::empty(options)? };
        let shared = SharedPlace { folder: Arc::from(Path::new(&place.folder)), keys: Arc::clone(&place.keys) };
        let find = |view: &'v str| {
            let found = catalog.find_view(view).ok_or_else(|| SessionError::ViewUnknown(view.to_owned()));
            found.map(|(item, kind)| View { name: view, item, kind })
        };
        let views = views.into_iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let roll = |view: &View<'_>| roll_kind(shared.get(), visible, (view.item, view.kind), view.span());
        for (view, mut state) in views.iter().zip(roll_all(&views, visible, roll)?) {
            session.worklist.append(&mut state.worklist);
            let schema = schema::view_schema_opened(view.item, view.kind, &options.opened);
            let table = StateTable::new(schema, view.kind, state, shared.clone());
            let registered = session.context.register_table(view.name, Arc::new(table));
            registered.map_err(|error| SessionError::Question(Box::new(error)))?;
        }
        Ok(session)
    }

    /// The context, to register further views in. Questions are asked through the fence alone.
    pub(crate) fn context(&self) -> &SessionContext {
        &self.context
    }

    /// The handles of the rows that its questions name.
    pub fn handles(&self) -> &Handles {
        &self.handles
    }

    /// What did not fit together in the states of the views.
    pub fn worklist(&self) -> &[WorklistLine] {
        &self.worklist
    }

    /// Plans a question over what stands in the session. What the fence refuses is an error that says so.
    pub(crate) async fn question(&self, sql: &str) -> Result<DataFrame, SessionError> {
        let planned = async {
            let query = Fence::over_all(&self.context).await?.query(sql).await?;
            Ok::<_, FenceError>(query.frame(&ParamValues::Map(Default::default()))?)
        };
        planned.await.map_err(|error| match error {
            FenceError::Refused(refusals) => SessionError::Refused(refusals),
            FenceError::Query(error) => self.error(error),
        })
    }

    /// The error of a question, told apart when it is the memory limit.
    pub fn error(&self, error: DataFusionError) -> SessionError {
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => {
                SessionError::MemoryMet { limit_bytes: self.memory_limit_bytes, source: Box::new(error) }
            }
            _ => SessionError::Question(Box::new(error)),
        }
    }
}
