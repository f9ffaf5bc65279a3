//! The named parts of a query (`with`) that it reads more than once, worked out once.
//!
//! The planner puts a part's text wherever the part is named: read four times it is worked out four times, and with it
//! everything that it reads, and planning grows with the product. Here each such part is asked first and its rows stand
//! in the session as a table for as long as the model runs. What would not fit into the memory is put in as text after
//! all.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

use datafusion::common::ParamValues;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{DataFrame, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{self, Cte, ObjectName, Query, With, visit_relations};
use futures::StreamExt;

use crate::model_run::read_only;

/// A model's query in a session.
pub(crate) struct PartedQuery<'s> {
    session: &'s SessionContext,
    /// Values of its parameters.
    values: ParamValues,
    /// Where the memory of its parts is counted.
    held: &'s MemoryReservation,
}

impl<'s> PartedQuery<'s> {
    pub(crate) fn new(session: &'s SessionContext, values: ParamValues, held: &'s MemoryReservation) -> Self {
        Self { session, values, held }
    }

    /// Puts up the parts that the query reads more than once, notes their names, and plans what is left.
    pub(crate) async fn plan(&self, sql: &str, put_up: &mut Vec<String>) -> Result<LogicalPlan, DataFusionError> {
        let state = self.session.state();
        let statement = state.sql_to_statement(sql, &state.config().options().sql_parser.dialect)?;
        let (parts, query) = match take_parts(statement) {
            Ok(parted) => parted,
            Err(whole) => return self.plan_statement(*whole).await,
        };
        let reads: BTreeMap<String, usize> = count_reads(&parts, &query);
        let mut texts: Vec<Cte> = Vec::new();
        for part in parts {
            let name = name_of(&part);
            let is_read_again = reads.get(&name).is_some_and(|reads| *reads > 1);
            let is_free = part.alias.columns.is_empty() && !self.session.table_exist(name.as_str())?;
            if is_read_again && is_free {
                let rows = self.rows_of(with_parts(part.query.clone(), &texts)).await?;
                if let Some(rows) = rows {
                    self.session.register_table(name.as_str(), Arc::new(rows))?;
                    put_up.push(name);
                    continue;
                }
            }
            texts.push(part);
        }
        let query = with_parts(query, &texts);
        self.plan_statement(statement_of(query)).await
    }

    async fn plan_statement(&self, statement: Statement) -> Result<LogicalPlan, DataFusionError> {
        verified(self.session, statement).await?.with_param_values(self.values.clone())
    }

    /// The rows of a query; none where they do not fit into the memory.
    async fn rows_of(&self, query: Box<Query>) -> Result<Option<MemTable>, DataFusionError> {
        let plan = self.plan_statement(statement_of(query)).await?;
        let frame = self.session.execute_logical_plan(plan).await?;
        let before = self.held.size();
        match collect(frame, self.held).await {
            Ok(rows) => Ok(Some(rows)),
            Err(error) if matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)) => {
                self.held.shrink(self.held.size() - before);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// The plan of each named part of a query and then that of the query itself: each text planned once, what reads a part reads a
/// table without rows in its place. For looking at plans, not for running them; names nothing in the session when it is done.
pub(crate) async fn plan_parts(session: &SessionContext, sql: &str) -> Result<Vec<LogicalPlan>, DataFusionError> {
    let mut put_up = Vec::new();
    let plans = plan_each(session, sql, &mut put_up).await;
    for name in put_up {
        session.deregister_table(name.as_str())?;
    }
    plans
}

async fn plan_each(
    session: &SessionContext,
    sql: &str,
    put_up: &mut Vec<String>,
) -> Result<Vec<LogicalPlan>, DataFusionError> {
    let state = session.state();
    let statement = state.sql_to_statement(sql, &state.config().options().sql_parser.dialect)?;
    let (parts, query) = match take_parts(statement) {
        Ok(parted) => parted,
        Err(whole) => return Ok(vec![verified(session, *whole).await?]),
    };
    let (mut plans, mut texts) = (Vec::new(), Vec::new());
    for part in parts {
        let name = name_of(&part);
        if !part.alias.columns.is_empty() || session.table_exist(name.as_str())? {
            texts.push(part);
            continue;
        }
        let plan = verified(session, statement_of(with_parts(part.query, &texts))).await?;
        let empty = MemTable::try_new(Arc::clone(plan.schema().inner()), vec![Vec::new()])?;
        session.register_table(name.as_str(), Arc::new(empty))?;
        put_up.push(name);
        plans.push(plan);
    }
    plans.push(verified(session, statement_of(with_parts(query, &texts))).await?);
    Ok(plans)
}

/// The parts of a query and the query without them; the statement itself where it is no query or its parts read themselves.
fn take_parts(statement: Statement) -> Result<(Vec<Cte>, Box<Query>), Box<Statement>> {
    match statement {
        Statement::Statement(statement) => match *statement {
            ast::Statement::Query(mut query) => {
                let parts = query.with.take_if(|with| !with.recursive).map(|with| with.cte_tables);
                Ok((parts.unwrap_or_default(), query))
            }
            other => Err(Box::new(Statement::Statement(Box::new(other)))),
        },
        other => Err(Box::new(other)),
    }
}

fn statement_of(query: Box<Query>) -> Statement {
    Statement::Statement(Box::new(ast::Statement::Query(query)))
}

/// The plan of a statement that reads and does nothing else.
async fn verified(session: &SessionContext, statement: Statement) -> Result<LogicalPlan, DataFusionError> {
    let plan = session.state().statement_to_plan(statement).await?;
    read_only().verify_plan(&plan)?;
    Ok(plan)
}

/// The rows of a question, counted as they come.
pub(crate) async fn collect(frame: DataFrame, held: &MemoryReservation) -> Result<MemTable, DataFusionError> {
    let mut schema = Arc::clone(frame.schema().inner());
    let mut partitions = Vec::new();
    for mut stream in frame.execute_stream_partitioned().await? {
        schema = stream.schema();
        let mut rows = Vec::new();
        while let Some(batch) = stream.next().await.transpose()? {
            held.try_grow(batch.get_array_memory_size())?;
            rows.push(batch);
        }
        partitions.push(rows);
    }
    MemTable::try_new(schema, partitions)
}

/// How often each name is read by the parts and by what follows them.
fn count_reads(parts: &[Cte], query: &Query) -> BTreeMap<String, usize> {
    let mut reads = BTreeMap::new();
    let mut count = |name: &ObjectName| {
        *reads.entry(plain(name)).or_insert(0) += 1;
        Continue::<()>(())
    };
    for part in parts {
        // Nothing breaks off.
        let _ = visit_relations(&part.query, &mut count);
    }
    let _ = visit_relations(query, &mut count);
    reads
}

/// A query with the text of those parts that it reads, and that these read.
fn with_parts(mut query: Box<Query>, texts: &[Cte]) -> Box<Query> {
    let mut named = names_in(&query);
    let mut used: Vec<Cte> = Vec::new();
    for part in texts.iter().rev() {
        if named.contains(&name_of(part)) {
            named.extend(names_in(&part.query));
            used.push(part.clone());
        }
    }
    if used.is_empty() {
        return query;
    }
    used.reverse();
    match &mut query.with {
        Some(with) => {
            used.append(&mut with.cte_tables);
            with.cte_tables = used;
        }
        none => {
            let with_token = AttachedToken::empty();
            *none = Some(With { with_token, recursive: false, cte_tables: used });
        }
    }
    query
}

fn names_in(query: &Query) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let _ = visit_relations(query, |name| {
        names.insert(plain(name));
        Continue::<()>(())
    });
    names
}

fn name_of(part: &Cte) -> String {
    part.alias.name.value.to_lowercase()
}

/// A name as the planner takes it: our texts write none in quotes that differs by case alone.
fn plain(name: &ObjectName) -> String {
    name.to_string().replace('"', "").to_lowercase()
}
