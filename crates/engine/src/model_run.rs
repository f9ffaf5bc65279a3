//! Runs models: their SQL on DataFusion over exactly the views they read, then the shared steps of the core.
//!
//! A model's SQL is fenced. It is one read-only query; it names the views the model declares and no others; it calls
//! functions of an allow-list (no clock, no dice); its plan holds no float; values reach it only as typed named
//! parameters (`$as_of`, `$region`, and the model's own figures). [`check_models`] refuses what breaks this, with file
//! and line; [`run_models`] runs what passed. Views of record kinds that nobody delivered are there and empty: whether
//! silence means anything is for the shared steps to say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::{ParamValues, ScalarValue};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::leads::Lead;
use gongzhi_core::messages::Message;
use gongzhi_core::models::facts::{Fact, RunFacts};
use gongzhi_core::models::steps::{Judgement, Material, find_stop, judge};
use gongzhi_core::models::{CALENDAR_VIEW, Model, Models};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::model_rows::{facts_of, payments_of, standings_of};
use crate::schema::view_schema_opened;

pub use crate::model_fence::check_models;

/// The shared view of registrations that the shared steps read for every model.
pub const REGISTRATION_VIEW: &str = "registration";

/// Why a model could not run.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A shared view that the models need is not in the catalogue.
    #[error("no shared view {0}")]
    NoView(String),
    /// The SQL can't be planned or run.
    #[error("query failed: {0}")]
    Query(Box<DataFusionError>),
    /// The SQL met the memory limit of its session.
    #[error("memory limit met: {0}")]
    MemoryMet(Box<DataFusionError>),
    /// A column has another type than the shared steps read.
    #[error("column {0} has an unexpected type")]
    Column(String),
}

impl From<DataFusionError> for ModelError {
    fn from(error: DataFusionError) -> Self {
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => Self::MemoryMet(Box::new(error)),
            _ => Self::Query(Box::new(error)),
        }
    }
}

impl ModelError {
    /// What people are told.
    pub fn message(&self) -> Message {
        match self {
            Self::NoView(view) => Message::new("models-no-view").with("view", view),
            Self::Query(error) => Message::new("models-query").with("why", error.strip_backtrace()),
            Self::MemoryMet(_) => Message::new("models-memory-met"),
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
    /// Rows that could be compared.
    pub compared: u64,
    /// Rows by outcome (`lead`, `settled`, `left_out:person`, `not_comparable:identity` …).
    pub outcomes: BTreeMap<String, u64>,
    /// Leads by taxpayer and period.
    pub leads: Vec<Lead>,
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
            outcomes: judgement.outcomes.iter().map(|(outcome, count)| (outcome.to_string(), *count)).collect(),
            leads: judgement.leads,
            seconds,
        }
    }
}

/// Runs one model over the views `<item>_<kind>` registered in a session. One that fails says so in its report.
pub async fn run_model(
    session: &SessionContext,
    (catalog, models): (&Catalog, &Models),
    model: &Model,
    run: &RunFacts,
) -> ModelReport {
    let started = Instant::now();
    let judged = judge_model(session, (catalog, models), model, run).await;
    let met_memory_limit = matches!(judged, Err(ModelError::MemoryMet(_)));
    let judgement = judged.unwrap_or_else(|error| Judgement { stopped: Some(error.message()), ..Judgement::default() });
    ModelReport { met_memory_limit, ..ModelReport::of(&model.key, judgement, started.elapsed().as_secs_f64()) }
}

/// Facts, payments and registrations of a model, judged by the shared steps.
pub async fn judge_model(
    session: &SessionContext,
    (catalog, models): (&Catalog, &Models),
    model: &Model,
    run: &RunFacts,
) -> Result<Judgement, ModelError> {
    if let Some(stopped) = find_stop(catalog, model, &run.region) {
        return Ok(Judgement { stopped: Some(stopped), ..Judgement::default() });
    }
    let views = prepare_views(session, (catalog, models), model).await?;
    let judged = judge_prepared(session, catalog, model, run).await;
    // Also after a failure: the next model opens other columns.
    for view in views {
        session.deregister_table(view.as_str())?;
    }
    judged
}

async fn judge_prepared(
    session: &SessionContext,
    catalog: &Catalog,
    model: &Model,
    run: &RunFacts,
) -> Result<Judgement, ModelError> {
    let facts = facts_of(&query(session, &model.sql, parameters(catalog, model, run)).await?, model)?;
    let taxpayers: BTreeSet<&str> = facts.iter().filter_map(|fact| fact.taxpayer.as_deref()).collect();
    let mut material =
        Material { catalog, model, run, payments: Vec::new(), standings: BTreeMap::new(), facts: Vec::<Fact>::new() };
    if let Some(paid) = model.payments_view() {
        let sql = format!(
            "select taxpayer, tax_kind, tax_item, period_from, period_to, amount_yuan, evidence from {} \
             where tax_kind in ({})",
            paid.view,
            paid.tax_kinds.iter().map(|kind| format!("'{kind}'")).collect::<Vec<_>>().join(", ")
        );
        material.payments =
            payments_of(&query(session, &sql, ParamValues::Map(Default::default())).await?, &taxpayers)?;
    }
    let sql = format!("select * from {REGISTRATION_VIEW}");
    let registrations = query(session, &sql, ParamValues::Map(Default::default())).await?;
    material.standings = standings_of(&registrations, &taxpayers)?;
    drop(taxpayers);
    material.facts = facts;
    Ok(judge(material))
}

/// Registers what the model and the shared steps read and is not there: shared views, and empty tables for kinds that
/// nobody delivered. Gives the names registered.
pub(crate) async fn prepare_views(
    session: &SessionContext,
    (catalog, models): (&Catalog, &Models),
    model: &Model,
) -> Result<Vec<String>, ModelError> {
    let mut wanted: Vec<&str> = model.reads.iter().map(String::as_str).collect();
    wanted.push(REGISTRATION_VIEW);
    wanted.extend(model.payments_view().map(|paid| paid.view.as_str()));
    let mut registered = Vec::new();
    for view in wanted {
        register_view(session, (catalog, models), (view, &model.opens), &mut registered).await?;
    }
    Ok(registered)
}

/// Registers one view with everything below it.
async fn register_view(
    session: &SessionContext,
    (catalog, models): (&Catalog, &Models),
    (view, opens): (&str, &BTreeSet<String>),
    registered: &mut Vec<String>,
) -> Result<(), ModelError> {
    if session.table_exist(view)? {
        return Ok(());
    }
    if let Some(sql) = models.views.get(view) {
        for below in tables_of(session, sql)? {
            Box::pin(register_view(session, (catalog, models), (&below, opens), registered)).await?;
        }
        let plan = session.sql_with_options(sql, read_only()).await?;
        session.register_table(view, plan.into_view())?;
    } else if view == CALENDAR_VIEW {
        session.register_table(view, Arc::new(crate::model_rows::calendar_table(catalog)?))?;
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

/// Names of the tables a query reads, without its own common table expressions.
pub(crate) fn tables_of(session: &SessionContext, sql: &str) -> Result<BTreeSet<String>, DataFusionError> {
    let state = session.state();
    let dialect = state.config().options().sql_parser.dialect;
    let statement = state.sql_to_statement(sql, &dialect)?;
    let tables = state.resolve_table_references(&statement)?;
    Ok(tables.into_iter().map(|table| table.to_string()).collect())
}

/// Nothing but queries.
pub(crate) fn read_only() -> SQLOptions {
    SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false)
}

/// Plans a query under the fence of statements.
pub(crate) async fn plan(session: &SessionContext, sql: &str) -> Result<LogicalPlan, DataFusionError> {
    let plan = session.state().create_logical_plan(sql).await?;
    read_only().verify_plan(&plan)?;
    Ok(plan)
}

async fn query(
    session: &SessionContext,
    sql: &str,
    values: ParamValues,
) -> Result<(Arc<Schema>, Vec<RecordBatch>), DataFusionError> {
    let plan = plan(session, sql).await?.with_param_values(values)?;
    let frame = session.execute_logical_plan(plan).await?;
    let schema = Arc::new(frame.schema().as_arrow().clone());
    // The answer is held as a whole: it counts towards the session's limit like what the query itself holds.
    let held = MemoryConsumer::new("answer").register(session.task_ctx().memory_pool());
    let mut stream = frame.execute_stream().await?;
    let mut batches = Vec::new();
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        held.try_grow(batch.get_array_memory_size())?;
        batches.push(batch);
    }
    Ok((schema, batches))
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

/// Whether a type is a float, at any depth that models use.
pub(crate) fn is_float(data_type: &DataType) -> bool {
    match data_type {
        DataType::Float16 | DataType::Float32 | DataType::Float64 => true,
        DataType::List(inner) | DataType::LargeList(inner) | DataType::FixedSizeList(inner, _) => {
            is_float(inner.data_type())
        }
        _ => false,
    }
}
