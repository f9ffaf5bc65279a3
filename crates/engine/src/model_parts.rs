//! The named parts of a query (`with`) that it reads more than once, worked out once.
//!
//! The planner puts a part's text wherever the part is named: read four times it is worked out four times, and with it
//! everything that it reads, and planning grows with the product. Here each such part is asked first and its rows stand
//! within the model's fence as a table for as long as the model runs. What would not fit into the memory is put in as text
//! after all.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

use datafusion::common::ParamValues;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::prelude::DataFrame;
use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{Cte, ObjectName, Query, With, visit_relations};
use futures::StreamExt;

use crate::fence::{Fence, FenceError, FencedQuery, Looked, Text, name_of, plain};

/// A model's query within its fence.
pub(crate) struct PartedQuery<'s> {
    fence: Fence<'s>,
    /// Values of its parameters.
    values: ParamValues,
    /// Where the memory of its parts is counted.
    held: &'s MemoryReservation,
}

impl<'s> PartedQuery<'s> {
    pub(crate) fn new(fence: Fence<'s>, values: ParamValues, held: &'s MemoryReservation) -> Self {
        Self { fence, values, held }
    }

    /// Puts up the parts that the query reads more than once within the fence, and plans what is left.
    pub(crate) async fn plan(mut self, sql: &str) -> Result<DataFrame, FenceError> {
        let (parts, query) = Text::parse(sql)?.into_parts();
        let reads: BTreeMap<String, usize> = count_reads(&parts, &query);
        let mut texts: Vec<Cte> = Vec::new();
        for part in parts {
            let name = name_of(&part);
            let is_read_again = reads.get(&name).is_some_and(|reads| *reads > 1);
            let is_free = part.alias.columns.is_empty() && !self.fence.has(&name);
            if is_read_again && is_free {
                let query = self.fence.fenced(with_parts(part.query.clone(), &texts)).await?;
                let sizes = query.sizes().to_vec();
                if let Some(rows) = self.rows_of(query).await? {
                    self.fence.put_up(&name, rows, &sizes)?;
                    continue;
                }
            }
            texts.push(part);
        }
        let query = self.fence.fenced(with_parts(query, &texts)).await?;
        Ok(query.frame(&self.values)?)
    }

    /// The rows of a query; none where they do not fit into the memory.
    async fn rows_of(&self, query: FencedQuery) -> Result<Option<MemTable>, DataFusionError> {
        let frame = query.frame(&self.values)?;
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

/// Looks at each named part of a query and then at the query itself: each text planned once, what reads a part reads a table
/// without rows in its place. For looking at plans, not for running them.
pub(crate) async fn plan_parts(mut fence: Fence<'_>, text: Text) -> Result<Vec<Looked>, FenceError> {
    let (parts, query) = text.into_parts();
    let (mut looked, mut texts) = (Vec::new(), Vec::new());
    for part in parts {
        let name = name_of(&part);
        if !part.alias.columns.is_empty() || fence.has(&name) {
            texts.push(part);
            continue;
        }
        let planned = fence.look(with_parts(part.query, &texts)).await?;
        fence.put_up_empty(&name, &planned)?;
        looked.push(planned);
    }
    looked.push(fence.look(with_parts(query, &texts)).await?);
    Ok(looked)
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
