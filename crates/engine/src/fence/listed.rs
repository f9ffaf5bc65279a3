//! What may stand in a plan: steps, expressions, operators and functions. Everything that DataFusion knows is named
//! here, on one side or the other, so that what a new version adds is a question to whoever takes it up, and no hole.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{Expr, LogicalPlan, Operator, WindowFunctionDefinition};

use super::Refusal;

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

/// The word of a step that has no place in a query; none: it has.
pub(super) fn refused_step(step: &LogicalPlan) -> Option<&str> {
    match step {
        LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::Window(_)
        | LogicalPlan::Aggregate(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Join(_)
        | LogicalPlan::Union(_)
        | LogicalPlan::TableScan(_)
        | LogicalPlan::EmptyRelation(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Values(_)
        | LogicalPlan::Distinct(_) => None,
        LogicalPlan::Repartition(_) => Some("distribute by"),
        LogicalPlan::Statement(statement) => Some(statement.name()),
        LogicalPlan::Explain(_) => Some("explain"),
        LogicalPlan::Analyze(_) => Some("explain analyze"),
        LogicalPlan::Extension(extension) => Some(extension.node.name()),
        LogicalPlan::Dml(dml) => Some(dml.op.name()),
        LogicalPlan::Ddl(ddl) => Some(ddl.name()),
        LogicalPlan::Copy(_) => Some("copy"),
        LogicalPlan::DescribeTable(_) => Some("describe"),
        LogicalPlan::Unnest(_) => Some("unnest"),
        LogicalPlan::RecursiveQuery(_) => Some("recursive"),
    }
}

/// What of an expression is refused, its parts and the queries in it apart.
#[expect(deprecated, reason = "the planner still makes wildcards, and every expression has to be named")]
pub(super) fn refused_expression(expression: &Expr) -> Option<Refusal> {
    let unlisted = |word: &str| Some(Refusal::new(word, "fence-expression"));
    match expression {
        Expr::Alias(_)
        | Expr::Column(_)
        | Expr::OuterReferenceColumn(..)
        | Expr::Placeholder(_)
        | Expr::Like(_)
        | Expr::Not(_)
        | Expr::IsNotNull(_)
        | Expr::IsNull(_)
        | Expr::IsTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsUnknown(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNotFalse(_)
        | Expr::IsNotUnknown(_)
        | Expr::Negative(_)
        | Expr::Between(_)
        | Expr::Case(_)
        | Expr::InList(_)
        | Expr::Exists(_)
        | Expr::InSubquery(_)
        | Expr::ScalarSubquery(_) => None,
        Expr::Literal(value, _) => float(&value.data_type(), &value.to_string()),
        Expr::Cast(cast) => float(cast.field.data_type(), "double"),
        Expr::TryCast(cast) => float(cast.field.data_type(), "double"),
        Expr::BinaryExpr(binary) if is_listed(binary.op) => None,
        Expr::SetComparison(compared) if is_listed(compared.op) => None,
        Expr::SetComparison(compared) => unlisted(&compared.op.to_string()),
        Expr::BinaryExpr(binary) => unlisted(&binary.op.to_string()),
        Expr::ScalarFunction(call) => function(call.func.name()),
        Expr::AggregateFunction(call) => function(call.func.name()),
        Expr::WindowFunction(call) => match &call.fun {
            WindowFunctionDefinition::AggregateUDF(called) => function(called.name()),
            WindowFunctionDefinition::WindowUDF(called) => function(called.name()),
        },
        Expr::HigherOrderFunction(call) => function(call.name()),
        Expr::SimilarTo(_) => unlisted("similar to"),
        Expr::ScalarVariable(_, names) => unlisted(&names.join(".")),
        Expr::Wildcard { .. } => unlisted("*"),
        Expr::GroupingSet(_) => unlisted("grouping sets"),
        Expr::Unnest(_) => unlisted("unnest"),
        Expr::Lambda(_) | Expr::LambdaVariable(_) => unlisted("->"),
    }
}

/// Whether an operator compares, reckons, joins conditions or joins texts.
fn is_listed(operator: Operator) -> bool {
    match operator {
        Operator::Eq
        | Operator::NotEq
        | Operator::Lt
        | Operator::LtEq
        | Operator::Gt
        | Operator::GtEq
        | Operator::Plus
        | Operator::Minus
        | Operator::Multiply
        | Operator::Divide
        | Operator::Modulo
        | Operator::And
        | Operator::Or
        | Operator::IsDistinctFrom
        | Operator::IsNotDistinctFrom
        | Operator::LikeMatch
        | Operator::ILikeMatch
        | Operator::NotLikeMatch
        | Operator::NotILikeMatch
        | Operator::StringConcat => true,
        Operator::RegexMatch
        | Operator::RegexIMatch
        | Operator::RegexNotMatch
        | Operator::RegexNotIMatch
        | Operator::BitwiseAnd
        | Operator::BitwiseOr
        | Operator::BitwiseXor
        | Operator::BitwiseShiftRight
        | Operator::BitwiseShiftLeft
        | Operator::AtArrow
        | Operator::ArrowAt
        | Operator::Arrow
        | Operator::LongArrow
        | Operator::HashArrow
        | Operator::HashLongArrow
        | Operator::AtAt
        | Operator::IntegerDivide
        | Operator::HashMinus
        | Operator::AtQuestion
        | Operator::Question
        | Operator::QuestionAnd
        | Operator::QuestionPipe
        | Operator::Colon => false,
    }
}

fn function(name: &str) -> Option<Refusal> {
    (!FUNCTIONS.contains(&name)).then(|| Refusal::new(name, "models-function"))
}

/// Refuses a float.
pub(super) fn float(data_type: &DataType, word: &str) -> Option<Refusal> {
    is_float(data_type).then(|| Refusal::new(word, "models-float"))
}

/// Whether a type is a float, at any depth that models use.
fn is_float(data_type: &DataType) -> bool {
    match data_type {
        DataType::Float16 | DataType::Float32 | DataType::Float64 => true,
        DataType::List(inner) | DataType::LargeList(inner) | DataType::FixedSizeList(inner, _) => {
            is_float(inner.data_type())
        }
        _ => false,
    }
}
