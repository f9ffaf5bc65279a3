//! The fence: what a text may be that is asked of tables, and the only way to ask one.
//!
//! The SQL of models, of shared views and of the program's own questions comes here as text ([`text`]), is planned in
//! a state in which nothing stands but the views prepared for that question, and the plan is walked, subqueries and
//! all, by lists of what may stand in it ([`plan`], [`listed`]): a step, an expression or a function that no list
//! names is refused by its name. What passes is a [`FencedQuery`], which nothing else can make and which alone is run.
//! Sessions are made here too ([`context`]): without functions that give rows, formats of files and tables made from a
//! path.

mod check;
mod growth;
mod listed;
mod plan;
mod text;
#[cfg(test)]
mod trials;

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList, MemorySchemaProvider,
    SchemaProvider, TableProvider,
};
use datafusion::common::ParamValues;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::{MemTable, source_as_provider};
use datafusion::error::DataFusionError;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::execution::{SessionState, SessionStateBuilder, SessionStateDefaults};
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{self, Query};
use gongzhi_core::messages::Message;

use crate::checked_sum;

pub use check::check_models;
#[cfg(test)]
pub(crate) use check::tests;
pub(crate) use text::{Text, name_of, plain};

/// Something that the fence does not let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is refused, as the text has it; empty where it is the text as a whole.
    pub word: String,
    /// Why, and how to mend it.
    pub message: Message,
}

impl Refusal {
    fn new(word: &str, key: &'static str) -> Self {
        Self { word: word.to_owned(), message: Message::new(key).with("word", word) }
    }

    /// Of something that has a bound.
    fn beyond(word: &str, key: &'static str, most: impl std::fmt::Display) -> Self {
        Self { word: word.to_owned(), message: Message::new(key).with("word", word).with("most", most) }
    }
}

/// Why a text was not made a query.
#[derive(Debug, thiserror::Error)]
pub enum FenceError {
    /// It holds what may not stand in it: at least one refusal.
    #[error("refused: {}", .0.iter().map(|refusal| refusal.message.to_string()).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Refusal>),
    /// It can't be read or planned, or a part of it not be worked out.
    #[error(transparent)]
    Query(#[from] DataFusionError),
}

/// A table that plans may scan, and how many times longer than a cell the texts of its columns can be; none: they are
/// cells.
struct Leaf {
    provider: Arc<dyn TableProvider>,
    sizes: Option<Vec<u64>>,
}

/// Where texts about some views are planned: a session's state in which nothing else has a name.
pub(crate) struct Fence<'s> {
    session: &'s SessionContext,
    state: SessionState,
    views: Arc<MemorySchemaProvider>,
    leaves: Vec<Leaf>,
}

/// A query that passed. Only the fence makes one, and only of what it looked at.
pub(crate) struct FencedQuery {
    session: SessionContext,
    plan: LogicalPlan,
    sizes: Vec<u64>,
}

/// A query that was looked at, whatever came of it; it can't be run.
pub(crate) struct Looked {
    query: FencedQuery,
    refusals: Vec<Refusal>,
}

impl FencedQuery {
    /// The query with the values of its parameters, ready to be run.
    pub(crate) fn frame(self, values: &ParamValues) -> Result<DataFrame, DataFusionError> {
        Ok(DataFrame::new(self.session.state(), self.plan.with_param_values(values.clone())?))
    }

    /// The query as a view.
    pub(crate) fn into_view(self) -> Arc<dyn TableProvider> {
        DataFrame::new(self.session.state(), self.plan).into_view()
    }

    /// How many times longer than a cell the text of each column can be.
    pub(crate) fn sizes(&self) -> &[u64] {
        &self.sizes
    }
}

impl Looked {
    /// The query, if nothing of it was refused.
    pub(crate) fn pass(self) -> Result<FencedQuery, FenceError> {
        if self.refusals.is_empty() { Ok(self.query) } else { Err(FenceError::Refused(self.refusals)) }
    }

    /// What was refused.
    pub(crate) fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// Names of the columns it gives.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.query.plan.schema().fields().iter().map(|field| field.name().as_str())
    }
}

impl<'s> Fence<'s> {
    /// A fence around some of the views that stand in a session.
    pub(crate) async fn over<'n>(
        session: &'s SessionContext,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, DataFusionError> {
        let mut state = session.state();
        let views = Arc::new(MemorySchemaProvider::new());
        let catalog = MemoryCatalogProvider::new();
        catalog.register_schema(
            &state.config_options().catalog.default_schema,
            Arc::<MemorySchemaProvider>::clone(&views),
        )?;
        let catalogs = MemoryCatalogProviderList::new();
        catalogs.register_catalog(state.config_options().catalog.default_catalog.clone(), Arc::new(catalog));
        state.register_catalog_list(Arc::new(catalogs));
        let mut fence = Self { session, state, views, leaves: Vec::new() };
        for name in names {
            if !fence.has(name) {
                let provider = session.table_provider(name).await?;
                fence.note_leaves(&provider)?;
                fence.views.register_table(name.to_owned(), provider)?;
            }
        }
        Ok(fence)
    }

    /// A fence around everything that stands in a session.
    pub(crate) async fn over_all(session: &'s SessionContext) -> Result<Self, DataFusionError> {
        let names = table_names(session);
        Self::over(session, names.iter().map(String::as_str)).await
    }

    /// Whether something of this name can be read.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.views.table_exist(name)
    }

    /// A text of which nothing is refused.
    pub(crate) async fn query(&self, sql: &str) -> Result<FencedQuery, FenceError> {
        self.fenced(Text::parse(sql)?.into_query()).await
    }

    /// A query that was read from a text, of which nothing is refused.
    pub(crate) async fn fenced(&self, query: Box<Query>) -> Result<FencedQuery, FenceError> {
        self.look(query).await?.pass()
    }

    /// Plans a query and looks at all of its plan.
    pub(crate) async fn look(&self, query: Box<Query>) -> Result<Looked, FenceError> {
        let statement = Statement::Statement(Box::new(ast::Statement::Query(query)));
        let unknown = text::names_of(&statement)?.into_iter().filter(|name| !self.has(name));
        let unknown: Vec<Refusal> = unknown.map(|name| self.no_view(&name)).collect();
        if !unknown.is_empty() {
            return Err(FenceError::Refused(unknown));
        }
        let plan = self.state.statement_to_plan(statement).await?;
        let (sizes, refusals) = plan::look(&plan, &self.leaves);
        Ok(Looked { query: FencedQuery { session: self.session.clone(), plan, sizes }, refusals })
    }

    /// Puts up the rows of a part of a query under its name. How long its texts can be goes on from the part.
    pub(crate) fn put_up(&mut self, name: &str, rows: MemTable, sizes: &[u64]) -> Result<(), DataFusionError> {
        let provider: Arc<dyn TableProvider> = Arc::new(rows);
        self.leaves.push(Leaf { provider: Arc::clone(&provider), sizes: Some(sizes.to_vec()) });
        self.views.register_table(name.to_owned(), provider)?;
        Ok(())
    }

    /// Puts up a part without rows, to look at what reads it.
    pub(crate) fn put_up_empty(&mut self, name: &str, part: &Looked) -> Result<(), DataFusionError> {
        let schema = Arc::clone(part.query.plan.schema().inner());
        self.put_up(name, MemTable::try_new(schema, vec![Vec::new()])?, part.query.sizes())
    }

    fn no_view(&self, name: &str) -> Refusal {
        let mut readable = self.views.table_names();
        readable.sort();
        let message = Message::new("fence-view").with("word", name).with("views", readable.join(", "));
        Refusal { word: name.to_owned(), message }
    }

    /// Notes the tables that stand beneath a view: those and no others its plan may scan.
    fn note_leaves(&mut self, provider: &Arc<dyn TableProvider>) -> Result<(), DataFusionError> {
        let Some(plan) = provider.get_logical_plan() else {
            self.leaves.push(Leaf { provider: Arc::clone(provider), sizes: None });
            return Ok(());
        };
        plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                let provider = source_as_provider(&scan.source)?;
                if !self.leaves.iter().any(|known| is_same(&known.provider, &provider)) {
                    self.leaves.push(Leaf { provider, sizes: None });
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(())
    }
}

/// Whether two names are of one table.
fn is_same(one: &Arc<dyn TableProvider>, other: &Arc<dyn TableProvider>) -> bool {
    std::ptr::addr_eq(Arc::as_ptr(one), Arc::as_ptr(other))
}

/// A session for questions: it plans and runs expressions; no function in it gives rows, and it knows no format of
/// files.
pub(crate) fn context(config: SessionConfig, runtime: Arc<RuntimeEnv>) -> SessionContext {
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_expr_planners(SessionStateDefaults::default_expr_planners())
        .with_scalar_functions(SessionStateDefaults::default_scalar_functions())
        .with_aggregate_functions(SessionStateDefaults::default_aggregate_functions())
        .with_window_functions(SessionStateDefaults::default_window_functions())
        .build();
    let session = SessionContext::new_with_state(state);
    checked_sum::register(&session);
    session
}

/// A session for planning alone: figures written in SQL are decimals as in every session that models run in, never
/// floats.
pub(crate) fn planning_context() -> SessionContext {
    let config = SessionConfig::new().set_bool("datafusion.sql_parser.parse_float_as_decimal", true);
    context(config, Arc::new(RuntimeEnv::default()))
}

/// Names of everything that stands in a session.
pub(crate) fn table_names(session: &SessionContext) -> BTreeSet<String> {
    let known = session.catalog_names().into_iter().filter_map(|name| session.catalog(&name));
    let schemas = known.flat_map(|known| known.schema_names().into_iter().filter_map(move |name| known.schema(&name)));
    schemas.flat_map(|schema| schema.table_names()).collect()
}

/// Names of the tables that a text reads, without its own named parts.
pub(crate) fn tables_of(sql: &str) -> Result<BTreeSet<String>, FenceError> {
    Text::parse(sql)?.names()
}
