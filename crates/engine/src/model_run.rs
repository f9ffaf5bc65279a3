//! Runs models: their SQL on DataFusion over exactly the views they read, then the shared steps of the core.
//!
//! A model's SQL is fenced (`fence`). It is one read-only query; it names the views the model declares and no
//! others; its plan holds only steps, expressions and functions of allow-lists (no clock, no dice) and no float; values
//! reach it only as typed named parameters (`$as_of`, `$region`, and the model's own figures). [`check_models`] refuses
//! what breaks this, with file and line; [`run_models`] runs what passes. Views of record kinds that nobody delivered are
//! there and empty: whether silence means anything is for the shared steps to say.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::error::ArrowError;
use datafusion::common::{ParamValues, ScalarValue};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::prelude::{SessionContext, col, lit};
use futures::StreamExt;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::leads::{Lead, NotCompared, Notice};
use gongzhi_core::messages::Message;
use gongzhi_core::models::facts::{Fact, Payments, RunFacts};
use gongzhi_core::models::steps::{Judgement, Material, find_stop, judge};
use gongzhi_core::models::{CALENDAR_VIEW, DECLARED_VIEW, FIGURES_VIEW, Model, Models, PaidRule, RETURNS_TABLE};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use tokio::task::JoinSet;

use crate::analysis::Turns;
use crate::batch::BatchError;
use crate::fence::{self, Fence, tables_of};
use crate::model_parts::{PartedQuery, collect};
use crate::model_rows::{
    PAYMENT_COLUMNS, STANDING_COLUMNS, calendar_table, facts_of, figures_table, payments_of, standings_of,
};
use crate::schema::view_schema_opened;
use crate::session::{Session, find_batch_error};

pub use crate::fence::{FenceError, Refusal, check_models};

/// The shared view of registrations that the shared steps read for every model.
pub const REGISTRATION_VIEW: &str = "registration";

/// How long the questions of one model may take; a prefecture's take seconds.
const MOST_TIME: Duration = Duration::from_secs(15 * 60);

/// So many taxpayers are named where it is asked what they paid.
const MOST_NAMED: usize = 1_000;

/// Why a model could not run.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A shared view that the models need is not in the catalogue.
    #[error("no shared view {0}")]
    NoView(String),
    /// The SQL holds what may not stand in it: at least one refusal.
    #[error("{}", FenceError::Refused(.0.clone()))]
    Refused(Vec<Refusal>),
    /// The SQL of a shared view does.
    #[error("view {view}: {}", FenceError::Refused(.refusals.clone()))]
    ViewRefused {
        /// The view.
        view: String,
        /// At least one.
        refusals: Vec<Refusal>,
    },
    /// The SQL can't be planned or run.
    #[error("query failed: {0}")]
    Query(Box<DataFusionError>),
    /// The SQL met the memory limit of its session.
    #[error("memory limit met: {0}")]
    MemoryMet(Box<DataFusionError>),
    /// The SQL went on for longer than a model may.
    #[error("still running after {0:?}")]
    TimeMet(Duration),
    /// What the SQL works out came to more than its type holds.
    #[error("a figure is too large: {0}")]
    TooLarge(Box<DataFusionError>),
    /// A column has another type than the shared steps read.
    #[error("column {0} has an unexpected type")]
    Column(String),
}

impl From<DataFusionError> for ModelError {
    fn from(error: DataFusionError) -> Self {
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => Self::MemoryMet(Box::new(error)),
            DataFusionError::ArrowError(arrow, _) if matches!(**arrow, ArrowError::ArithmeticOverflow(_)) => {
                Self::TooLarge(Box::new(error))
            }
            _ => Self::Query(Box::new(error)),
        }
    }
}

impl From<FenceError> for ModelError {
    fn from(error: FenceError) -> Self {
        match error {
            FenceError::Refused(refusals) => Self::Refused(refusals),
            FenceError::Query(error) => error.into(),
        }
    }
}

impl ModelError {
    /// What stands in the text of a shared view.
    fn of_view(view: &str, error: FenceError) -> Self {
        match error {
            FenceError::Refused(refusals) => Self::ViewRefused { view: view.to_owned(), refusals },
            FenceError::Query(error) => error.into(),
        }
    }

    /// What people are told.
    pub fn message(&self) -> Message {
        match self {
            Self::NoView(view) => Message::new("models-no-view").with("view", view),
            // One stands for all: a model that is checked is told all of them.
            Self::Refused(refusals) | Self::ViewRefused { refusals, .. } => {
                refusals.first().map_or_else(|| Message::new("models-query"), |refusal| refusal.message.clone())
            }
            Self::Query(error) => find_batch_error(error)
                .map_or_else(|| Message::new("models-query").with("why", error.strip_backtrace()), BatchError::message),
            Self::MemoryMet(_) => Message::new("models-memory-met"),
            Self::TooLarge(_) => Message::new("models-too-large"),
            Self::TimeMet(limit) => Message::new("models-time-met").with("minutes", limit.as_secs() / 60),
            Self::Column(column) => Message::new("models-column-type").with("column", column),
        }
    }
}

/// What one model came to.
#[derive(Debug, Clone, Default)]
pub struct ModelReport {
    /// Key of the model.
    pub model: String,
    /// Why it did not run: a local figure is unset, or the query failed.
    pub stopped: Option<Message>,
    /// It stopped because its SQL met the memory limit: joined by sorting it may get through.
    pub met_memory_limit: bool,
    /// It stopped because its SQL went on for longer than a model may.
    pub met_time_limit: bool,
    /// Rows that could be compared.
    pub compared: u64,
    /// Rows by outcome (`lead`, `settled`, `left_out:person`, `not_comparable:identity` …).
    pub outcomes: BTreeMap<String, u64>,
    /// Leads by taxpayer and period.
    pub leads: Vec<Lead>,
    /// What is open and no lead: out of time, or declared and unpaid.
    pub notices: Vec<Notice>,
    /// Whom and when the rows that could not be compared are about.
    pub not_compared: Vec<NotCompared>,
    /// Seconds it took.
    pub seconds: f64,
}

impl ModelReport {
    fn of(model: &str, judgement: Judgement, seconds: f64) -> Self {
        Self {
            model: model.to_owned(),
            compared: judgement.compared(),
            stopped: judgement.stopped,
            met_memory_limit: false,
            met_time_limit: false,
            outcomes: judgement.outcomes.iter().map(|(outcome, count)| (outcome.to_string(), *count)).collect(),
            leads: judgement.leads,
            notices: judgement.notices,
            not_compared: judgement.not_compared,
            seconds,
        }
    }
}

/// The catalogue and its models, shared by all tasks that run some of them.
#[derive(Debug, Clone)]
pub struct ModelContent {
    /// The catalogue.
    pub catalog: Arc<Catalog>,
    /// Its models.
    pub models: Arc<Models>,
}

impl ModelContent {
    pub(crate) fn both(&self) -> (&Catalog, &Models) {
        (&self.catalog, &self.models)
    }
}

/// Runs every model over the views `<item>_<kind>` registered in a session, each as a task on the threads of the analysis
/// and in a context of its own: what one puts up is not in another's way. So many run at once as the analysis lets, of all
/// runs of the process. A report for each in the order of the models, whoever ends first; one that fails says so in it.
pub async fn run_models(session: &Session, content: &ModelContent, run: &RunFacts) -> Vec<ModelReport> {
    let all = AllModels {
        context: session.context().clone(),
        content: content.clone(),
        run: Arc::new(run.clone()),
        turns: session.analysis().turns(),
    };
    session.analysis().run(async move { all.list_reports().await }).await
}

/// All models of a run; a clone is of the same run.
#[derive(Clone)]
struct AllModels {
    context: SessionContext,
    content: ModelContent,
    run: Arc<RunFacts>,
    turns: Turns,
}

impl AllModels {
    async fn list_reports(self) -> Vec<ModelReport> {
        // What can't be kept each model meets by itself, and says so. What is kept counts for as long as the models run.
        let held = MemoryConsumer::new("registrations").register(self.context.task_ctx().memory_pool());
        let kept = keep_registrations(&self.context, self.content.both(), &held);
        if let Err(error) = within(MOST_TIME, kept).await {
            // What it says may hold what stands in a row.
            let why = if matches!(error, ModelError::MemoryMet(_)) { "memory" } else { "query" };
            tracing::warn!(why, "registrations are not kept, every model asks for them itself");
        }
        let mut tasks = JoinSet::new();
        for key in self.content.models.models.keys().cloned() {
            let all = self.clone();
            tasks.spawn(async move {
                let turn = all.turns.one().await;
                let report = all.run_one(&key).await;
                drop(turn);
                (key, report)
            });
        }
        let mut reports = BTreeMap::new();
        while let Some(done) = tasks.join_next().await {
            match done {
                Ok((key, report)) => drop(reports.insert(key, report)),
                // Nobody gives it up: it panicked.
                Err(error) => resume_unwind(error.into_panic()),
            }
        }
        // Several share the limits: whether one gets through must not hang on its neighbours.
        for (key, report) in &mut reports {
            if report.met_memory_limit || report.met_time_limit {
                let _turn = self.turns.alone().await;
                *report = self.run_one(key).await;
            }
        }
        reports.into_values().collect()
    }

    async fn run_one(&self, key: &str) -> ModelReport {
        let stopped = |why| ModelReport::of(key, Judgement { stopped: why, ..Judgement::default() }, 0.0);
        let Some(model) = self.content.models.models.get(key) else { return stopped(None) };
        match fork(&self.context).await {
            Ok(own) => run_in(&own, self.content.both(), model, &self.run).await,
            Err(error) => stopped(Some(error.message())),
        }
    }
}

/// Works the view of registrations out once and keeps its rows in the session: nearly every model reads it, and so do the
/// shared steps for each.
async fn keep_registrations(
    session: &SessionContext,
    content: (&Catalog, &Models),
    held: &MemoryReservation,
) -> Result<(), ModelError> {
    let mut registered = Vec::new();
    let ready = register_view(session, content, (REGISTRATION_VIEW, &content.1.opened()), &mut registered).await;
    let rows = match ready {
        Ok(()) => whole_view(session, REGISTRATION_VIEW, held).await,
        Err(error) => Err(error),
    };
    for view in registered {
        session.deregister_table(view.as_str())?;
    }
    session.register_table(REGISTRATION_VIEW, Arc::new(rows?))?;
    Ok(())
}

async fn whole_view(session: &SessionContext, view: &str, held: &MemoryReservation) -> Result<MemTable, ModelError> {
    let query = Fence::over(session, [view]).await?.query(&format!("select * from {view}")).await?;
    Ok(collect(query.frame(&no_values())?, held).await?)
}

/// A context with the same tables and under the same limits.
async fn fork(session: &SessionContext) -> Result<SessionContext, ModelError> {
    let fork = fence::context(session.copied_config(), session.runtime_env());
    for name in fence::table_names(session) {
        let table = session.table_provider(name.as_str()).await?;
        fork.register_table(name.as_str(), table)?;
    }
    Ok(fork)
}

/// Runs one model of the content, by its key, over the views `<item>_<kind>` registered in a session, on the threads of the
/// analysis and with no other model beside it. One that fails says so in its report, one that is not there finds nothing.
pub async fn run_model(session: &Session, content: &ModelContent, key: &str, run: &RunFacts) -> ModelReport {
    let (context, content) = (session.context().clone(), content.clone());
    let (key, run, turns) = (key.to_owned(), run.clone(), session.analysis().turns());
    let work = async move {
        let _turn = turns.alone().await;
        match content.models.models.get(&key) {
            Some(model) => run_in(&context, content.both(), model, &run).await,
            None => ModelReport { model: key, ..ModelReport::default() },
        }
    };
    session.analysis().run(work).await
}

async fn run_in(
    session: &SessionContext,
    (catalog, models): (&Catalog, &Models),
    model: &Model,
    run: &RunFacts,
) -> ModelReport {
    let started = Instant::now();
    let judged = judge_model(session, (catalog, models), model, run).await;
    let met_memory_limit = matches!(judged, Err(ModelError::MemoryMet(_)));
    let met_time_limit = matches!(judged, Err(ModelError::TimeMet(_)));
    let judgement = judged.unwrap_or_else(|error| Judgement { stopped: Some(error.message()), ..Judgement::default() });
    ModelReport {
        met_memory_limit,
        met_time_limit,
        ..ModelReport::of(&model.key, judgement, started.elapsed().as_secs_f64())
    }
}

/// Facts, payments and registrations of a model, judged by the shared steps.
pub(crate) async fn judge_model(
    session: &SessionContext,
    (catalog, models): (&Catalog, &Models),
    model: &Model,
    run: &RunFacts,
) -> Result<Judgement, ModelError> {
    if let Some(stopped) = find_stop(catalog, model, &run.region) {
        return Ok(Judgement { stopped: Some(stopped), ..Judgement::default() });
    }
    let mut views = Vec::new();
    // The days on which offices work are those of the run's region.
    if model.reads.iter().any(|view| view == CALENDAR_VIEW) && !session.table_exist(CALENDAR_VIEW)? {
        session.register_table(CALENDAR_VIEW, Arc::new(calendar_table(catalog, &run.region)?))?;
        views.push(CALENDAR_VIEW.to_owned());
    }
    let gathered = match prepare_views(session, (catalog, models), model, &mut views).await {
        Ok(()) => within(MOST_TIME, gather(session, (catalog, models), model, run)).await,
        Err(error) => Err(error),
    };
    // Also after a failure: a view left behind would stop the next model, which registers its own.
    for view in views {
        session.deregister_table(view.as_str())?;
    }
    Ok(judge(gathered?))
}

/// A join without a condition may keep nothing and yet go on for years: memory does not end it, time does.
async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, ModelError>>) -> Result<T, ModelError> {
    tokio::time::timeout(limit, work).await.unwrap_or(Err(ModelError::TimeMet(limit)))
}

/// What the shared steps judge: the facts, and of payments, returns and registrations only those of the taxpayers in them, so
/// that memory grows with what is compared and not with the county.
async fn gather<'a>(
    session: &SessionContext,
    (catalog, models): (&'a Catalog, &'a Models),
    model: &'a Model,
    run: &'a RunFacts,
) -> Result<Material<'a>, ModelError> {
    let mut material = Material::new((catalog, models), model, run);
    // The facts are held as a whole: they count towards the session's limit like what the query itself holds.
    let held = MemoryConsumer::new("facts").register(session.task_ctx().memory_pool());
    material.facts = list_facts(session, (catalog, model), run, &held).await?;
    let taxpayers: HashSet<String> = material.facts.iter().filter_map(|fact| fact.taxpayer.clone()).collect();
    let shared = Fence::over(session, views_of_steps(model)).await?;
    if let Some(paid) = model.payments_view() {
        material.payments = list_payments(&shared, &payments_sql(paid, &paid.view), &taxpayers).await?;
        // What the returns say is only asked where somebody said that they are there.
        if paid.has_returns() && run.coverage.iter().any(|load| load.table == RETURNS_TABLE) {
            material.returns = list_payments(&shared, &payments_sql(paid, DECLARED_VIEW), &taxpayers).await?.whole;
        }
    }
    let mut batches = ask(&shared, &standings_sql()).await?;
    while let Some(batch) = batches.next().await {
        material.standings.extend(standings_of(&batch?, &taxpayers)?);
    }
    Ok(material)
}

/// The rows of a model's SQL. What it worked out on the way to them is gone with its end, before anything else is asked.
async fn list_facts(
    session: &SessionContext,
    (catalog, model): (&Catalog, &Model),
    run: &RunFacts,
    held: &MemoryReservation,
) -> Result<Vec<Fact>, ModelError> {
    let of_parts = MemoryConsumer::new("parts").register(session.task_ctx().memory_pool());
    let own = Fence::over(session, model.reads.iter().map(String::as_str)).await?;
    let parted = PartedQuery::new(own, parameters(catalog, model, run), &of_parts);
    let mut batches = parted.plan(&model.sql).await?.execute_stream().await?;
    let mut facts = Vec::new();
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        held.try_grow(batch.get_array_memory_size())?;
        facts.extend(facts_of(&batch, model)?);
    }
    Ok(facts)
}

/// What some taxpayers paid, or declared. A few are named in the question, so that of the others nothing is put in order.
async fn list_payments(fence: &Fence<'_>, sql: &str, taxpayers: &HashSet<String>) -> Result<Payments, ModelError> {
    let mut asked = fence.query(sql).await?.frame(&no_values())?;
    if taxpayers.len() <= MOST_NAMED {
        asked = asked.filter(col("taxpayer").in_list(taxpayers.iter().map(lit).collect(), false))?;
    }
    let mut batches = asked.execute_stream().await?;
    let mut payments = Payments::default();
    while let Some(batch) = batches.next().await {
        let found = payments_of(&batch?, taxpayers)?;
        payments.whole.extend(found.whole);
        payments.incomplete.extend(found.incomplete);
    }
    Ok(payments)
}

/// Payments of the tax kinds that count; those that name none are told apart later, as incomplete.
fn payments_sql(paid: &PaidRule, view: &str) -> String {
    let kinds: Vec<String> = paid.tax_kinds.iter().map(|kind| format!("'{}'", kind.replace('\'', "''"))).collect();
    let columns = PAYMENT_COLUMNS.join(", ");
    format!("select {columns} from {view} where tax_kind in ({}) or tax_kind is null", kinds.join(", "))
}

fn standings_sql() -> String {
    format!("select {} from {REGISTRATION_VIEW}", STANDING_COLUMNS.join(", "))
}

/// What the shared steps ask of shared views for a model.
pub(crate) fn shared_questions(model: &Model) -> Vec<String> {
    let mut questions = vec![standings_sql()];
    if let Some(paid) = model.payments_view() {
        questions.push(payments_sql(paid, &paid.view));
        questions.extend(paid.has_returns().then(|| payments_sql(paid, DECLARED_VIEW)));
    }
    questions
}

/// The views of kinds that models read: those they declare, and those that shared views under them and under the shared
/// steps read.
///
/// # Errors
/// The text of a shared view is no SQL.
pub fn list_views(models: &Models) -> Result<BTreeSet<String>, ModelError> {
    let read: BTreeSet<String> = models.models.values().flat_map(views_of).map(str::to_owned).collect();
    views_below(models, &read)
}

/// The views a model reads itself, and those the shared steps read for it.
pub(crate) fn views_of(model: &Model) -> impl Iterator<Item = &str> {
    model.reads.iter().map(String::as_str).chain(views_of_steps(model))
}

/// The views the shared steps read for a model.
pub(crate) fn views_of_steps(model: &Model) -> impl Iterator<Item = &str> {
    let paid = model.payments_view();
    let of_steps = paid.map(|paid| paid.view.as_str());
    let declared = paid.filter(|paid| paid.has_returns()).map(|_| DECLARED_VIEW);
    of_steps.into_iter().chain(declared).chain([REGISTRATION_VIEW])
}

/// Views with all that shared views among them read.
pub(crate) fn views_below<'a>(
    models: &Models,
    views: impl IntoIterator<Item = &'a String>,
) -> Result<BTreeSet<String>, ModelError> {
    let mut open: Vec<String> = views.into_iter().cloned().collect();
    let mut found = BTreeSet::new();
    while let Some(view) = open.pop() {
        if let Some(sql) = models.views.get(&view) {
            let below = tables_of(sql).map_err(|error| ModelError::of_view(&view, error))?;
            open.extend(below.into_iter().filter(|below| !found.contains(below)));
        }
        found.insert(view);
    }
    Ok(found)
}

/// Registers what the model and the shared steps read and is not there: shared views, and empty tables for kinds that
/// nobody delivered. The names registered are noted as it goes, those before a failure too.
pub(crate) async fn prepare_views(
    session: &SessionContext,
    (catalog, models): (&Catalog, &Models),
    model: &Model,
    registered: &mut Vec<String>,
) -> Result<(), ModelError> {
    for view in views_of(model) {
        register_view(session, (catalog, models), (view, &model.opens), registered).await?;
    }
    Ok(())
}

/// Registers one view with everything below it.
pub(crate) async fn register_view(
    session: &SessionContext,
    (catalog, models): (&Catalog, &Models),
    (view, opens): (&str, &BTreeSet<String>),
    registered: &mut Vec<String>,
) -> Result<(), ModelError> {
    if session.table_exist(view)? {
        return Ok(());
    }
    if let Some(sql) = models.views.get(view) {
        let refused = |error| ModelError::of_view(view, error);
        let below = tables_of(sql).map_err(refused)?;
        for view in &below {
            Box::pin(register_view(session, (catalog, models), (view, opens), registered)).await?;
        }
        let fence = Fence::over(session, below.iter().map(String::as_str)).await?;
        session.register_table(view, fence.query(sql).await.map_err(refused)?.into_view())?;
    } else if view == CALENDAR_VIEW {
        session.register_table(view, Arc::new(calendar_table(catalog, "")?))?;
    } else if view == FIGURES_VIEW {
        session.register_table(view, Arc::new(figures_table(catalog)?))?;
    } else {
        let (item, kind) = catalog.find_view(view).ok_or_else(|| ModelError::NoView(view.to_owned()))?;
        session.register_table(
            view,
            Arc::new(MemTable::try_new(view_schema_opened(item, kind, opens), vec![Vec::new()])?),
        )?;
    }
    registered.push(view.to_owned());
    Ok(())
}

/// Asks a question without parameters; its batches come one by one.
pub(crate) async fn ask(fence: &Fence<'_>, sql: &str) -> Result<SendableRecordBatchStream, ModelError> {
    Ok(fence.query(sql).await?.frame(&no_values())?.execute_stream().await?)
}

fn no_values() -> ParamValues {
    ParamValues::Map(Default::default())
}

/// `$as_of`, `$region` and the model's figures that its SQL names, as of the run's day.
pub(crate) fn parameters(catalog: &Catalog, model: &Model, run: &RunFacts) -> ParamValues {
    let mut values: Vec<(String, ScalarValue)> =
        vec![("as_of".to_owned(), date(run.as_of)), ("region".to_owned(), ScalarValue::Utf8(Some(run.region.clone())))];
    for used in model.sql_parameters() {
        let parameter = catalog.parameters.get(&used.key);
        let value = parameter.and_then(|found| found.find(&run.region, "", run.as_of)).map(|found| found.value);
        let whole = parameter.is_some_and(|found| is_counted(&found.measure));
        values.push((used.name.clone(), if whole { integer(value) } else { decimal(value) }));
    }
    ParamValues::Map(values.into_iter().map(|(name, value)| (name, value.into())).collect())
}

/// Measures whose figures reach SQL as whole numbers.
pub(crate) fn is_counted(measure: &str) -> bool {
    matches!(measure, "days" | "months" | "years" | "persons" | "flag")
}

fn date(day: chrono::NaiveDate) -> ScalarValue {
    let days = day.signed_duration_since(chrono::NaiveDate::default()).num_days();
    ScalarValue::Date32(i32::try_from(days).ok())
}

fn integer(value: Option<Decimal>) -> ScalarValue {
    ScalarValue::Int64(value.and_then(|value| value.trunc().to_i64()))
}

fn decimal(value: Option<Decimal>) -> ScalarValue {
    let scaled = value.and_then(|mut value| {
        value.rescale(8);
        (value.scale() == 8).then(|| value.mantissa())
    });
    ScalarValue::Decimal128(scaled, 18, 8)
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray};

    use super::*;
    use crate::analysis::{Analysis, AnalysisOptions};
    use crate::fence::planning_context;
    use crate::fence::tests::{SQL, compile};
    use crate::session::SessionOptions;

    fn run_facts() -> RunFacts {
        let as_of = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        RunFacts { as_of, region: "652323".to_owned(), coverage: Vec::new(), delivered: BTreeMap::new() }
    }

    /// Why a model stopped, and the views left in the session after it.
    async fn stopped(sql: &str, also_reads: &[&str]) -> (Option<Message>, Vec<&'static str>) {
        let (catalog, mut models) = compile(sql);
        let model = models.models.get_mut("a/b").unwrap();
        model.reads.extend(also_reads.iter().map(|view| (*view).to_owned()));
        let session = planning_context();
        let report = run_in(&session, (&catalog, &models), &models.models["a/b"], &run_facts()).await;
        let views = ["tax_payment_payment", REGISTRATION_VIEW, CALENDAR_VIEW];
        (report.stopped, views.into_iter().filter(|view| session.table_exist(*view).unwrap()).collect())
    }

    #[tokio::test]
    async fn reports_stand_in_the_order_of_the_models_whoever_ends_first() {
        let (catalog, mut models) = compile(SQL);
        let model = models.models["a/b"].clone();
        for key in ["a/a", "c/d", "z/z"] {
            models.models.insert(key.to_owned(), Model { key: key.to_owned(), ..model.clone() });
        }
        models.models.get_mut("a/a").unwrap().sql = SQL.replace("'found'", "no_such_column");
        let content = ModelContent { catalog: Arc::new(catalog), models: Arc::new(models) };
        for models_at_once in [1, 4] {
            let options = AnalysisOptions { threads: 2, models_at_once, ..AnalysisOptions::default() };
            let session = Session::empty(&Analysis::start(options).unwrap(), &SessionOptions::default());
            let reports = run_models(&session, &content, &run_facts()).await;
            let told: Vec<_> = reports.iter().map(|one| (one.model.as_str(), one.stopped.is_some())).collect();
            assert_eq!(told, [("a/a", true), ("a/b", false), ("c/d", false), ("z/z", false)]);
        }
    }

    #[tokio::test]
    async fn a_model_leaves_no_view_behind_whether_it_ends_well_or_not() {
        assert_eq!(stopped(SQL, &[]).await, (None, vec![]));
        let (why, left) = stopped(&SQL.replace("'found'", "no_such_column"), &[]).await;
        assert_eq!((why.unwrap().key.as_ref(), left), ("models-query", vec![]));
        let (why, left) = stopped(SQL, &[CALENDAR_VIEW, "no_such_view"]).await;
        assert_eq!((why.unwrap().key.as_ref(), left), ("models-no-view", vec![]));
    }

    #[tokio::test]
    async fn a_figure_that_a_model_works_out_and_no_decimal_holds_is_told_as_too_large() {
        let (_, models) = compile(SQL);
        let model = &models.models["a/b"];
        let session = planning_context();
        let facts = async |sql: &str| {
            let mut batches = ask(&Fence::over(&session, []).await?, sql).await?;
            let mut facts = Vec::new();
            while let Some(batch) = batches.next().await.transpose()? {
                facts.push(facts_of(&batch, model)?);
            }
            Ok::<_, ModelError>(facts)
        };
        let amount =
            |facts: &[Vec<gongzhi_core::models::facts::Fact>]| facts[0][0].values["amount_yuan"].figure().unwrap();
        // A figure of thirty digits is there and too large; one of many places and no size is what it is.
        let large = "select cast('900000000000000000000000000000' as decimal(38, 6)) as amount_yuan";
        assert!(gongzhi_core::money::is_too_large(amount(&facts(large).await.unwrap())));
        let small = "select cast('9000000000000000.5' as decimal(38, 20)) as amount_yuan";
        assert_eq!(amount(&facts(small).await.unwrap()).normalize().to_string(), "9000000000000000.5");
        let beyond = "select n * n * n as amount_yuan from (select cast('90000000000000' as decimal(18, 4)) as n)";
        let error = facts(beyond).await.unwrap_err();
        assert_eq!(error.message().key, "models-too-large", "{error}");
    }

    #[tokio::test]
    async fn a_join_without_a_condition_that_keeps_nothing_ends_with_its_time() {
        let few: ArrayRef = Arc::new(Int64Array::from_iter_values(0..8));
        let batch = RecordBatch::try_from_iter([("n", few)]).unwrap();
        let many = MemTable::try_new(batch.schema(), vec![vec![batch; 2_000]]).unwrap();
        let session = planning_context();
        session.register_table("many", Arc::new(many)).unwrap();
        let sql = "select count(*) as kept from many a, many b where a.n + b.n < 0";
        let work = async {
            let fence = Fence::over(&session, ["many"]).await?;
            let mut batches = ask(&fence, sql).await?;
            while batches.next().await.transpose()?.is_some() {}
            Ok(())
        };
        let error = within(Duration::from_millis(1), work).await.unwrap_err();
        assert_eq!(error.message().key, "models-time-met");
    }

    #[test]
    fn of_a_batch_of_payments_only_the_rows_of_the_taxpayers_asked_for_are_kept() {
        let text = |values: [Option<&str>; 3]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
        let days = |values: [Option<i32>; 3]| -> ArrayRef { Arc::new(Date32Array::from(values.to_vec())) };
        let amounts = Decimal128Array::from(vec![100, 200, 300]).with_precision_and_scale(18, 2).unwrap();
        let columns: [ArrayRef; 8] = [
            text([Some("a"), Some("b"), Some("a")]),
            text([Some("vat"); 3]),
            text([None; 3]),
            days([Some(0), Some(0), None]),
            days([Some(1), Some(1), None]),
            Arc::new(amounts),
            days([Some(9), None, None]),
            text([Some("1:0"), Some("1:1"), Some("1:2")]),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(
            PAYMENT_COLUMNS.iter().zip(columns).map(|(name, column)| (*name, column, true)),
        );
        let payments = payments_of(&batch.unwrap(), &HashSet::from(["a".to_owned()])).unwrap();
        let whole: Vec<_> = payments.whole.iter().map(|payment| payment.evidence.as_str()).collect();
        assert_eq!(whole, ["1:0"]);
        assert_eq!(payments.whole[0].paid_on.unwrap().to_string(), "1970-01-10");
        assert_eq!(payments.incomplete.len(), 1);
        assert_eq!(payments.incomplete[0].evidence, "1:2");
        assert_eq!(payments.incomplete[0].missing, ["period_from", "period_to"]);
    }

    #[test]
    fn models_read_the_views_they_declare_and_those_below_shared_views_and_no_others() {
        let (_, mut models) = compile(&format!("-- not tax_return_return\n{SQL}"));
        let listed: Vec<String> = list_views(&models).unwrap().into_iter().collect();
        assert_eq!(listed, ["registration", "tax_payment_payment"]);
        models.views.insert("registration".to_owned(), "select 1 from below".to_owned());
        models.views.insert("below".to_owned(), "select 1 from tax_registration_taxpayer".to_owned());
        let listed = list_views(&models).unwrap();
        assert!(listed.contains("tax_registration_taxpayer") && !listed.contains("tax_return_return"));
    }
}
