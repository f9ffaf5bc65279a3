//! The walk of a plan: every step, every expression of it and every query within those, counted as it goes.
//!
//! Nothing here says what is fine by not looking at it: [`super::listed`] names what may stand in a plan, and a table
//! is scanned only where it is one of the very tables that were prepared for the question, whatever it is called.
//! Views stand in the plan as the steps they are made of, and are walked like the text itself. On the way up each
//! column is told how many times longer than a cell its texts can be ([`super::growth`]).

use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema};
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::{Distinct, Expr, Join, JoinType, LogicalPlan, TableScan, Values};

use super::growth::size_of;
use super::listed::{float, refused_expression, refused_step};
use super::text::MOST_READS;
use super::{Leaf, Refusal, is_same};

/// Steps and expressions that are looked at.
const MOST_STEPS: usize = 1_000_000;
/// Steps and expressions in one another.
const MOST_DEPTH: usize = 600;
/// Rows written in the text itself.
const MOST_VALUES: usize = 1_000;

/// How many times longer than a cell the texts of a plan's columns can be, and everything refused in it.
pub(super) fn look(plan: &LogicalPlan, leaves: &[Leaf]) -> (Vec<u64>, Vec<Refusal>) {
    let mut walk = Walk { leaves, around: Vec::new(), steps: 0, scans: 0, depth: 0, refusals: Vec::new() };
    let sizes = walk.step(plan);
    (sizes, walk.refusals)
}

/// Columns that expressions can name, with their sizes.
#[derive(Clone)]
struct Given<'p> {
    schema: &'p DFSchema,
    sizes: Vec<u64>,
}

impl Given<'_> {
    fn find(&self, column: &Column) -> Option<u64> {
        self.schema.maybe_index_of_column(column).and_then(|at| self.sizes.get(at)).copied()
    }
}

struct Walk<'p> {
    leaves: &'p [Leaf],
    /// What the queries around the one that is walked give.
    around: Vec<Given<'p>>,
    steps: usize,
    scans: u64,
    depth: usize,
    refusals: Vec<Refusal>,
}

impl<'p> Walk<'p> {
    fn refuse(&mut self, refusal: Refusal) {
        if !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
    }

    /// Goes one deeper; not where that would be too far or too much.
    fn enter(&mut self) -> bool {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            self.refuse(Refusal::beyond("", "fence-large", MOST_READS));
            return false;
        }
        if self.depth == MOST_DEPTH {
            self.refuse(Refusal::beyond("", "fence-chain", MOST_DEPTH));
            return false;
        }
        self.depth += 1;
        true
    }

    /// The sizes of a step's columns.
    fn step(&mut self, plan: &'p LogicalPlan) -> Vec<u64> {
        let width = plan.schema().fields().len();
        if !self.enter() {
            return vec![1; width];
        }
        if let Some(word) = refused_step(plan) {
            self.refuse(Refusal::new(word, "fence-step"));
        }
        for field in plan.schema().fields() {
            if let Some(refusal) = float(field.data_type(), field.name()) {
                self.refuse(refusal);
            }
        }
        let mut sizes = self.sizes_of(plan);
        self.depth -= 1;
        // Of columns that a step adds by itself nothing is known but what it read.
        let longest = sizes.iter().copied().max().unwrap_or(1);
        sizes.resize(width, longest);
        sizes
    }

    fn sizes_of(&mut self, plan: &'p LogicalPlan) -> Vec<u64> {
        match plan {
            LogicalPlan::Projection(projection) => {
                let given = self.input(&projection.input);
                self.each(&projection.expr, &given)
            }
            LogicalPlan::Window(window) => {
                let given = self.input(&window.input);
                let made = self.each(&window.window_expr, &given);
                [take(given), made].concat()
            }
            LogicalPlan::Aggregate(aggregate) => {
                let given = self.input(&aggregate.input);
                [self.each(&aggregate.group_expr, &given), self.each(&aggregate.aggr_expr, &given)].concat()
            }
            LogicalPlan::Join(join) => self.join(join),
            LogicalPlan::Union(union) => {
                let inputs: Vec<Vec<u64>> = union.inputs.iter().map(|input| self.step(input)).collect();
                longest_of(&inputs)
            }
            LogicalPlan::TableScan(scan) => self.scan(scan),
            LogicalPlan::Values(values) => self.values(values),
            LogicalPlan::Distinct(Distinct::On(distinct)) => {
                let given = self.input(&distinct.input);
                self.expressions_of(plan, &given);
                self.each(&distinct.select_expr, &given)
            }
            LogicalPlan::Subquery(subquery) => self.step(&subquery.subquery),
            LogicalPlan::Filter(_)
            | LogicalPlan::Sort(_)
            | LogicalPlan::Limit(_)
            | LogicalPlan::SubqueryAlias(_)
            | LogicalPlan::EmptyRelation(_)
            | LogicalPlan::Distinct(Distinct::All(_)) => {
                let given: Vec<Given<'p>> = plan.inputs().into_iter().flat_map(|input| self.input(input)).collect();
                self.expressions_of(plan, &given);
                take(given)
            }
            // Refused by their names.
            LogicalPlan::Repartition(_)
            | LogicalPlan::Statement(_)
            | LogicalPlan::Explain(_)
            | LogicalPlan::Analyze(_)
            | LogicalPlan::Extension(_)
            | LogicalPlan::Dml(_)
            | LogicalPlan::Ddl(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::DescribeTable(_)
            | LogicalPlan::Unnest(_)
            | LogicalPlan::RecursiveQuery(_) => Vec::new(),
        }
    }

    fn input(&mut self, plan: &'p LogicalPlan) -> Vec<Given<'p>> {
        let sizes = self.step(plan);
        vec![Given { schema: plan.schema(), sizes }]
    }

    fn join(&mut self, join: &'p Join) -> Vec<u64> {
        let mut given = self.input(&join.left);
        // What stands beside the left side may name its columns (`lateral`).
        self.around.extend(given.iter().cloned());
        let right = self.step(&join.right);
        self.around.pop();
        given.push(Given { schema: join.right.schema(), sizes: right });
        for (left, right) in &join.on {
            self.expression(left, &given);
            self.expression(right, &given);
        }
        if let Some(filter) = &join.filter {
            self.expression(filter, &given);
        }
        match join.join_type {
            JoinType::RightSemi | JoinType::RightAnti => given.swap_remove(1).sizes,
            JoinType::LeftSemi | JoinType::LeftAnti => given.swap_remove(0).sizes,
            _ => take(given),
        }
    }

    fn scan(&mut self, scan: &'p TableScan) -> Vec<u64> {
        self.scans += 1;
        if self.scans > MOST_READS {
            self.refuse(Refusal::beyond("", "fence-large", MOST_READS));
        }
        for filter in &scan.filters {
            self.expression(filter, &[]);
        }
        let (leaves, provider) = (self.leaves, source_as_provider(&scan.source));
        let leaf = provider.ok().and_then(|found| leaves.iter().find(|leaf| is_same(&leaf.provider, &found)));
        let Some(leaf) = leaf else {
            let word = scan.table_name.table().trim_end_matches("()");
            self.refuse(Refusal::new(word, "fence-scan"));
            return Vec::new();
        };
        let width = scan.source.schema().fields().len();
        let whole = leaf.sizes.clone().unwrap_or_else(|| vec![1; width]);
        match &scan.projection {
            Some(columns) => columns.iter().filter_map(|at| whole.get(*at)).copied().collect(),
            None => whole,
        }
    }

    fn values(&mut self, values: &'p Values) -> Vec<u64> {
        if values.values.len() > MOST_VALUES {
            self.refuse(Refusal::beyond("values", "fence-values", MOST_VALUES));
        }
        let rows: Vec<Vec<u64>> = values.values.iter().map(|row| self.each(row, &[])).collect();
        longest_of(&rows)
    }

    /// The sizes of columns made by expressions.
    fn each(&mut self, expressions: &'p [Expr], given: &[Given<'p>]) -> Vec<u64> {
        expressions.iter().map(|expression| self.expression(expression, given).max(1)).collect()
    }

    fn expressions_of(&mut self, plan: &'p LogicalPlan, given: &[Given<'p>]) {
        let mut expressions: Vec<&'p Expr> = Vec::new();
        match plan {
            LogicalPlan::Filter(filter) => expressions.push(&filter.predicate),
            LogicalPlan::Sort(sort) => expressions.extend(sort.expr.iter().map(|by| &by.expr)),
            LogicalPlan::Limit(limit) => {
                expressions.extend(limit.skip.iter().chain(&limit.fetch).map(|number| number.as_ref()))
            }
            LogicalPlan::Distinct(Distinct::On(distinct)) => {
                expressions.extend(&distinct.on_expr);
                expressions.extend(distinct.sort_expr.iter().flatten().map(|by| &by.expr));
            }
            _ => {}
        }
        for expression in expressions {
            self.expression(expression, given);
        }
    }

    /// How many times longer than a cell an expression's text can be.
    fn expression(&mut self, expression: &'p Expr, given: &[Given<'p>]) -> u64 {
        if !self.enter() {
            return 1;
        }
        if let Some(refusal) = refused_expression(expression) {
            self.refuse(refusal);
        }
        let mut parts = Vec::new();
        // Nothing breaks off.
        let _ = expression.apply_children(|part| {
            parts.push(self.expression(part, given));
            Ok(TreeNodeRecursion::Continue)
        });
        let size = match expression {
            Expr::Column(column) => find(given, column),
            Expr::OuterReferenceColumn(_, column) => find(&self.around, column),
            Expr::ScalarSubquery(query) => self.query_within(&query.subquery, given),
            Expr::Exists(exists) => self.query_within(&exists.subquery.subquery, given),
            Expr::InSubquery(within) => self.query_within(&within.subquery.subquery, given),
            Expr::SetComparison(compared) => self.query_within(&compared.subquery.subquery, given),
            _ => size_of(expression, &parts).unwrap_or_else(|refusal| {
                self.refuse(refusal);
                1
            }),
        };
        self.depth -= 1;
        size
    }

    /// A query within an expression.
    fn query_within(&mut self, plan: &'p Arc<LogicalPlan>, given: &[Given<'p>]) -> u64 {
        let before = self.around.len();
        self.around.extend(given.iter().cloned());
        let sizes = self.step(plan);
        self.around.truncate(before);
        sizes.into_iter().max().unwrap_or(1)
    }
}

/// The size of a column; of one that is not found, the most there is.
fn find(given: &[Given<'_>], column: &Column) -> u64 {
    let found = given.iter().rev().find_map(|given| given.find(column));
    let longest = || given.iter().flat_map(|given| given.sizes.iter().copied()).max();
    found.or_else(longest).unwrap_or(1)
}

fn take(given: Vec<Given<'_>>) -> Vec<u64> {
    given.into_iter().flat_map(|given| given.sizes).collect()
}

/// Of rows of sizes the longest of each column.
fn longest_of(rows: &[Vec<u64>]) -> Vec<u64> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let longest = |at: usize| rows.iter().filter_map(|row| row.get(at)).copied().max().unwrap_or(1);
    (0..width).map(longest).collect()
}
