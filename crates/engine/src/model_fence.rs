//! What a model's SQL may be, checked before it ever runs; the engine's half of `gongzhi check`.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, LogicalPlan, WindowFunctionDefinition};
use datafusion::prelude::SessionContext;
use gongzhi_core::catalog::{Catalog, Problem};
use gongzhi_core::messages::Message;
use gongzhi_core::models::{FIXED_COLUMNS, Model, Models, OPTIONAL_COLUMNS};

use crate::model_run::{is_float, model_config, plan, prepare_views, tables_of};

/// Functions that need no clock and no dice, exist on every executor and keep decimals decimals.
const FUNCTIONS: [&str; 48] = [
    "abs",
    "bool_and",
    "bool_or",
    "btrim",
    "ceil",
    "character_length",
    "coalesce",
    "concat",
    "concat_ws",
    "contains",
    "count",
    "date_part",
    "date_trunc",
    "dense_rank",
    "ends_with",
    "extract",
    "first_value",
    "floor",
    "greatest",
    "lag",
    "last_value",
    "lead",
    "least",
    "left",
    "length",
    "lower",
    "lpad",
    "ltrim",
    "make_date",
    "max",
    "min",
    "nullif",
    "nvl",
    "rank",
    "repeat",
    "replace",
    "right",
    "round",
    "row_number",
    "rtrim",
    "split_part",
    "starts_with",
    "string_agg",
    "strpos",
    "substr",
    "sum",
    "to_date",
    "upper",
];

/// Plans every model over empty views and reports everything its SQL may not be.
pub async fn check_models(catalog: &Catalog, models: &Models) -> Vec<Problem> {
    let mut problems = Vec::new();
    for model in models.models.values().filter(|model| !model.sql.is_empty()) {
        let session = SessionContext::new_with_config(model_config());
        let mut check = Check { file: model.path("sql"), sql: &model.sql, problems: &mut problems };
        if let Err(error) = check.model(&session, (catalog, models), model).await {
            let message = Message::new("models-query").with("why", error);
            check.record("", message);
        }
    }
    problems
}

struct Check<'a> {
    file: String,
    sql: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    /// Notes a problem on the line where the word first stands.
    fn record(&mut self, word: &str, message: Message) {
        let at = if word.is_empty() { None } else { self.sql.find(word) };
        let line = at.map_or(1, |at| self.sql[..at].matches('\n').count() + 1);
        self.problems.push(Problem { file: self.file.clone(), line, message });
    }

    async fn model(
        &mut self,
        session: &SessionContext,
        (catalog, models): (&Catalog, &Models),
        model: &Model,
    ) -> Result<(), String> {
        let said = |error: DataFusionError| error.strip_backtrace();
        let named = tables_of(session, &model.sql).map_err(said)?;
        let declared: BTreeSet<String> = model.reads.iter().cloned().collect();
        for view in named.difference(&declared) {
            self.record(view, Message::new("models-view-undeclared").with("view", view));
        }
        for view in declared.difference(&named) {
            self.record("", Message::new("models-view-unread").with("view", view));
        }
        if !named.is_subset(&declared) {
            return Ok(());
        }
        prepare_views(session, (catalog, models), model).await.map_err(|error| error.to_string())?;
        let plan = plan(session, &model.sql).await.map_err(said)?;
        self.columns(&plan, model);
        self.walk(&plan).map_err(said)
    }

    fn columns(&mut self, plan: &LogicalPlan, model: &Model) {
        let given: BTreeSet<&str> = plan.schema().fields().iter().map(|field| field.name().as_str()).collect();
        let wanted = FIXED_COLUMNS.iter().copied().chain(model.facts.iter().map(|(name, _)| name.as_str()));
        for column in wanted.filter(|column| !given.contains(column)) {
            self.record("", Message::new("models-column-missing").with("column", column));
        }
        let known = |column: &&&str| {
            FIXED_COLUMNS.contains(*column)
                || OPTIONAL_COLUMNS.contains(*column)
                || model.facts.iter().any(|(name, _)| name == **column)
        };
        let unknown: Vec<&str> = given.iter().filter(|column| !known(column)).copied().collect();
        for column in unknown {
            self.record(column, Message::new("models-column-unlabelled").with("column", column));
        }
    }

    fn walk(&mut self, plan: &LogicalPlan) -> Result<(), DataFusionError> {
        let mut found: BTreeSet<(String, &'static str)> = BTreeSet::new();
        plan.apply_with_subqueries(|node| {
            for field in node.schema().fields().iter().filter(|field| is_float(field.data_type())) {
                found.insert((field.name().clone(), "models-float"));
            }
            node.apply_expressions(|expression| {
                expression.apply(|part| {
                    found.extend(refused(part));
                    Ok(TreeNodeRecursion::Continue)
                })
            })
        })?;
        for (word, key) in found {
            self.record(&word, Message::new(key).with("word", &word));
        }
        Ok(())
    }
}

/// What of an expression is refused: the word and the message.
fn refused(expression: &Expr) -> Option<(String, &'static str)> {
    let outcome: ControlFlow<&str> = match expression {
        Expr::ScalarFunction(call) => ControlFlow::Break(call.func.name()),
        Expr::AggregateFunction(call) => ControlFlow::Break(call.func.name()),
        Expr::WindowFunction(call) => match &call.fun {
            WindowFunctionDefinition::AggregateUDF(function) => ControlFlow::Break(function.name()),
            WindowFunctionDefinition::WindowUDF(function) => ControlFlow::Break(function.name()),
        },
        Expr::Cast(cast) if is_float(cast.field.data_type()) => return Some(("double".to_owned(), "models-float")),
        Expr::TryCast(cast) if is_float(cast.field.data_type()) => return Some(("double".to_owned(), "models-float")),
        Expr::Literal(value, _) if is_float(&value.data_type()) => return Some((value.to_string(), "models-float")),
        _ => ControlFlow::Continue(()),
    };
    match outcome {
        ControlFlow::Break(name) if !FUNCTIONS.contains(&name) => Some((name.to_owned(), "models-function")),
        _ => None,
    }
}
