//! What the text of a question may be: looked at before anything is planned, so that a text made to keep the planner
//! busy is refused in no time.
//!
//! One query; no rows but those of views and of `values`; no part that reads itself; nested only so deep. The planner
//! puts a named part wherever it is read, so what is read in all is worked out first: thirty parts that each read the
//! one before twice are a few lines, and a thousand million reads.

use std::collections::{BTreeSet, VecDeque};
use std::ops::ControlFlow::{self, Break, Continue};

use datafusion::error::DataFusionError;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::resolve::resolve_table_references;
use datafusion::sql::sqlparser::ast::{self, Cte, Expr, ObjectName, Query, SetExpr, TableFactor, Visit, Visitor};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use super::{FenceError, Refusal};

/// Bytes of a text; the longest of the catalogue has 16 thousand.
const MOST_BYTES: usize = 128 * 1024;
/// Words and signs of a text, comments apart.
const MOST_WORDS: usize = 20_000;
/// Expressions in one another, and tables and `union`s of one query.
const MOST_DEPTH: usize = 200;
/// Queries in one another. What lists the tables of a text reads a named part twice, one within it four times, and so
/// on.
const MOST_NESTED: usize = 12;
/// Reads of tables when every named part stands wherever it is read.
pub(super) const MOST_READS: u64 = 10_000;

/// A text that is one query and may be planned.
pub(crate) struct Text {
    query: Box<Query>,
}

impl Text {
    /// Reads a text.
    ///
    /// # Errors
    /// It is no SQL, not one query, or holds what is refused at sight.
    pub(crate) fn parse(sql: &str) -> Result<Self, FenceError> {
        if sql.len() > MOST_BYTES || (sql.len() > MOST_WORDS && count_words(sql) > MOST_WORDS) {
            return Err(refused(Refusal::beyond("", "fence-long", MOST_WORDS)));
        }
        let parsed = DFParserBuilder::new(sql).build().and_then(|mut parser| parser.parse_statements());
        let mut statements = parsed.map_err(too_deep)?;
        let first = statements.pop_front();
        if !statements.is_empty() {
            return Err(refused(Refusal::new(";", "fence-several")));
        }
        let query = match first {
            Some(Statement::Statement(statement)) => match *statement {
                ast::Statement::Query(query) => query,
                other => return Err(no_query(&other)),
            },
            Some(other) => return Err(no_query(&other)),
            None => return Err(refused(Refusal::new("", "fence-nothing"))),
        };
        let mut look = Look::default();
        // What it breaks off for is among the refusals.
        let _ = query.visit(&mut look);
        if look.reads > MOST_READS {
            look.refusals.push(Refusal::beyond("", "fence-large", MOST_READS));
        }
        if look.refusals.is_empty() { Ok(Self { query }) } else { Err(FenceError::Refused(look.refusals)) }
    }

    /// Names of the tables it reads, without its own named parts.
    pub(crate) fn names(&self) -> Result<BTreeSet<String>, FenceError> {
        let statement = ast::Statement::Query(self.query.clone());
        names_of(&Statement::Statement(Box::new(statement)))
    }

    pub(crate) fn into_query(self) -> Box<Query> {
        self.query
    }

    /// The named parts of the query, and the query without them.
    pub(crate) fn into_parts(mut self) -> (Vec<Cte>, Box<Query>) {
        let parts = self.query.with.take().map(|with| with.cte_tables);
        (parts.unwrap_or_default(), self.query)
    }
}

pub(super) fn names_of(statement: &Statement) -> Result<BTreeSet<String>, FenceError> {
    let (tables, _) = resolve_table_references(statement, true)?;
    Ok(tables.into_iter().map(|table| table.to_string()).collect())
}

fn refused(refusal: Refusal) -> FenceError {
    FenceError::Refused(vec![refusal])
}

/// A statement that is no query, told by its first word.
fn no_query(statement: &impl ToString) -> FenceError {
    let text = statement.to_string();
    let word = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    refused(Refusal::new(&word, "fence-statement"))
}

fn count_words(sql: &str) -> usize {
    // What can't be told apart the parser refuses with its own reason.
    let words = Tokenizer::new(&GenericDialect {}, sql).tokenize().unwrap_or_default();
    words.iter().filter(|word| !matches!(word, Token::Whitespace(_))).count()
}

/// The parser goes only so deep by itself.
fn too_deep(error: DataFusionError) -> FenceError {
    match error.find_root() {
        DataFusionError::SQL(reason, _) if matches!(**reason, ParserError::RecursionLimitExceeded) => {
            refused(Refusal::beyond("", "fence-deep", MOST_NESTED))
        }
        _ => FenceError::Query(error),
    }
}

/// A query being looked at.
#[derive(Default)]
struct Level {
    /// Names of its parts whose queries come next.
    awaited: VecDeque<String>,
    /// Reads of each part that is behind.
    parts: Vec<(String, u64)>,
    /// Reads so far.
    reads: u64,
    /// What stood after `from` so far.
    sources: usize,
}

#[derive(Default)]
struct Look {
    levels: Vec<Level>,
    depth: usize,
    reads: u64,
    refusals: Vec<Refusal>,
}

impl Look {
    fn refuse(&mut self, refusal: Refusal) -> ControlFlow<()> {
        self.refusals.push(refusal);
        Break(())
    }
}

impl Visitor for Look {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if self.levels.len() == MOST_NESTED {
            return self.refuse(Refusal::beyond("", "fence-deep", MOST_NESTED));
        }
        if count_unions(query) > MOST_DEPTH {
            return self.refuse(Refusal::beyond("union", "fence-chain", MOST_DEPTH));
        }
        let mut level = Level::default();
        if let Some(with) = &query.with {
            if with.recursive {
                return self.refuse(Refusal::new("recursive", "fence-recursive"));
            }
            level.awaited = with.cte_tables.iter().map(name_of).collect();
        }
        self.levels.push(level);
        Continue(())
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
        let Some(done) = self.levels.pop() else { return Continue(()) };
        // A query that reads no table gives rows too.
        let reads = done.reads.max(1);
        match self.levels.last_mut() {
            Some(around) => match around.awaited.pop_front() {
                Some(part) => around.parts.push((part, reads)),
                None => around.reads = around.reads.saturating_add(reads),
            },
            None => self.reads = reads,
        }
        Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        let name = plain(relation);
        let mut parts = self.levels.iter().rev().flat_map(|level| level.parts.iter().rev());
        let reads = parts.find(|(part, _)| *part == name).map_or(1, |(_, reads)| *reads);
        if let Some(level) = self.levels.last_mut() {
            level.reads = level.reads.saturating_add(reads);
        }
        Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let Some(level) = self.levels.last_mut() {
            level.sources += 1;
            if level.sources > MOST_DEPTH {
                return self.refuse(Refusal::beyond("", "fence-chain", MOST_DEPTH));
            }
        }
        let word = match factor {
            TableFactor::Table { args: None, .. } | TableFactor::Derived { .. } | TableFactor::NestedJoin { .. } => {
                return Continue(());
            }
            TableFactor::Table { name, .. } | TableFactor::Function { name, .. } => name.to_string(),
            TableFactor::UNNEST { .. } => "unnest".to_owned(),
            // Whatever else stands after `from`.
            other => other.to_string().split(['(', ' ']).next().unwrap_or_default().to_lowercase(),
        };
        self.refuse(Refusal::new(&word, "fence-rows"))
    }

    fn pre_visit_expr(&mut self, _expression: &Expr) -> ControlFlow<()> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return self.refuse(Refusal::beyond("", "fence-chain", MOST_DEPTH));
        }
        Continue(())
    }

    fn post_visit_expr(&mut self, _expression: &Expr) -> ControlFlow<()> {
        self.depth -= 1;
        Continue(())
    }
}

/// How many queries are put together on the left side of one another; on the right side they stand in brackets.
fn count_unions(query: &Query) -> usize {
    let (mut body, mut count) = (&query.body, 0);
    while let SetExpr::SetOperation { left, .. } = body.as_ref() {
        (body, count) = (left, count + 1);
    }
    count
}

/// The name of a part, as the planner takes it.
pub(crate) fn name_of(part: &Cte) -> String {
    part.alias.name.value.to_lowercase()
}

/// A name as the planner takes it: our texts write none in quotes that differs by case alone.
pub(crate) fn plain(name: &ObjectName) -> String {
    name.to_string().replace('"', "").to_lowercase()
}
