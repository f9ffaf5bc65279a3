//! `sum` as models use it: one that says when it came to more than its type holds.
//!
//! The engine's own wraps without a word. Here figures that could wrap (decimals of more than 28 digits, which products come
//! to, and whole numbers) are added up in 256 bits. A sum of decimals that no longer fits becomes the greatest figure of its
//! type, which whoever judges the fact tells as too large; one of whole numbers ends the question, for what is then made of it
//! may wrap again.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, BooleanArray, Decimal128Array, Int64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal256Type, Field, FieldRef, i256};
use datafusion::arrow::error::ArrowError;
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::functions_aggregate::sum::Sum;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, ReversedUDAF, Signature,
};
use datafusion::prelude::SessionContext;

/// Digits of a decimal of which 10^10 rows can't wrap in 128 bits.
const SURE_DIGITS: u8 = 28;

/// Puts the sum that says so in the place of the one that wraps.
pub(crate) fn register(session: &SessionContext) {
    session.register_udaf(AggregateUDF::from(CheckedSum::default()));
}

#[derive(Debug, Default, PartialEq, Eq, Hash)]
struct CheckedSum {
    inner: Sum,
}

/// The type in which figures of a type are added up; none: they can't wrap, or are no figures.
fn wide_type(input: Option<&FieldRef>, is_distinct: bool) -> Option<DataType> {
    match input.filter(|_| !is_distinct)?.data_type() {
        DataType::Decimal128(digits, scale) if *digits > SURE_DIGITS => Some(DataType::Decimal256(76, *scale)),
        DataType::Int64 => Some(DataType::Decimal256(76, 0)),
        _ => None,
    }
}

fn widened<'a>(args: &AccumulatorArgs<'a>, wide: &DataType) -> AccumulatorArgs<'a> {
    let return_field = Arc::new(Field::new(args.return_field.name(), wide.clone(), true));
    AccumulatorArgs {
        return_field,
        schema: args.schema,
        ignore_nulls: args.ignore_nulls,
        order_bys: args.order_bys,
        is_reversed: args.is_reversed,
        name: args.name,
        is_distinct: args.is_distinct,
        exprs: args.exprs,
        expr_fields: args.expr_fields,
    }
}

impl AggregateUDFImpl for CheckedSum {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.inner.return_type(arguments)
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let Some(wide) = wide_type(args.expr_fields.first(), args.is_distinct) else {
            return self.inner.accumulator(args);
        };
        let inner = self.inner.accumulator(widened(&args, &wide))?;
        Ok(Box::new(Wide { inner, wide, narrow: args.return_field.data_type().clone() }))
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let Some(wide) = wide_type(args.expr_fields.first(), args.is_distinct) else {
            return self.inner.create_sliding_accumulator(args);
        };
        let inner = self.inner.create_sliding_accumulator(widened(&args, &wide))?;
        Ok(Box::new(Wide { inner, wide, narrow: args.return_field.data_type().clone() }))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        self.inner.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        let Some(wide) = wide_type(args.expr_fields.first(), args.is_distinct) else {
            return self.inner.create_groups_accumulator(args);
        };
        let inner = self.inner.create_groups_accumulator(widened(&args, &wide))?;
        Ok(Box::new(Wide { inner, wide, narrow: args.return_field.data_type().clone() }))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        match wide_type(args.input_fields.first(), args.is_distinct) {
            Some(wide) => Ok(vec![Arc::new(Field::new(format_state_name(args.name, "sum"), wide, true))]),
            None => self.inner.state_fields(args),
        }
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        self.inner.reverse_expr()
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.inner.order_sensitivity()
    }
}

/// An accumulator of the engine's own that adds up in a wider type.
struct Wide<A> {
    inner: A,
    wide: DataType,
    /// The type of the answer.
    narrow: DataType,
}

impl<A> std::fmt::Debug for Wide<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wide").field("narrow", &self.narrow).finish_non_exhaustive()
    }
}

impl<A> Wide<A> {
    fn widen(&self, values: &[ArrayRef]) -> Result<Vec<ArrayRef>> {
        values.iter().map(|array| Ok(cast(array, &self.wide)?)).collect()
    }

    /// Sums in the type of the answer.
    fn narrow(&self, sums: &ArrayRef) -> Result<ArrayRef> {
        let sums = sums.as_primitive::<Decimal256Type>();
        if self.narrow == DataType::Int64 {
            let whole = |sum: i256| sum.to_i128().and_then(|sum| i64::try_from(sum).ok()).ok_or_else(overflow);
            let whole = sums.iter().map(|sum| sum.map(whole).transpose());
            return Ok(Arc::new(whole.collect::<Result<Int64Array>>()?));
        }
        let most = |sum: i256| if sum < i256::ZERO { i128::MIN } else { i128::MAX };
        let figures = sums.iter().map(|sum| sum.map(|sum| sum.to_i128().unwrap_or_else(|| most(sum))));
        let DataType::Decimal128(digits, scale) = self.narrow else { return Err(overflow()) };
        Ok(Arc::new(figures.collect::<Decimal128Array>().with_precision_and_scale(digits, scale)?))
    }
}

fn overflow() -> DataFusionError {
    ArrowError::ArithmeticOverflow("a sum of whole numbers".to_owned()).into()
}

impl Accumulator for Wide<Box<dyn Accumulator>> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = self.widen(values)?;
        self.inner.update_batch(&values)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = self.widen(values)?;
        self.inner.retract_batch(&values)
    }

    fn supports_retract_batch(&self) -> bool {
        self.inner.supports_retract_batch()
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let sum = self.inner.evaluate()?.to_array()?;
        ScalarValue::try_from_array(&self.narrow(&sum)?, 0)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.inner.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.inner.state()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.inner.merge_batch(states)
    }
}

impl GroupsAccumulator for Wide<Box<dyn GroupsAccumulator>> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        count: usize,
    ) -> Result<()> {
        let values = self.widen(values)?;
        self.inner.update_batch(&values, groups, filter, count)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let sums = self.inner.evaluate(emit_to)?;
        self.narrow(&sums)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        self.inner.state(emit_to)
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], count: usize) -> Result<()> {
        self.inner.merge_batch(values, groups, count)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        self.inner.convert_to_state(&self.widen(values)?, filter)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.inner.size()
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{RecordBatch, StringArray};
    use datafusion::arrow::datatypes::Decimal128Type;
    use datafusion::datasource::MemTable;

    use datafusion::common::ParamValues;

    use super::*;
    use crate::fence::{Fence, FenceError, planning_context};

    /// A table of figures near the end of what 128 and 64 bits hold: of `a` too many, of `b` one.
    fn session() -> SessionContext {
        let who: ArrayRef = Arc::new(StringArray::from(vec!["a", "a", "b", "a"]));
        let nearly = 10_i128.pow(38) - 1;
        let figures = Decimal128Array::from(vec![nearly, nearly, nearly, nearly]);
        let figures: ArrayRef = Arc::new(figures.with_precision_and_scale(38, 2).unwrap());
        let counts: ArrayRef = Arc::new(Int64Array::from(vec![i64::MAX, i64::MAX, 7, 2]));
        let batch = RecordBatch::try_from_iter([("who", who), ("figure", figures), ("count", counts)]).unwrap();
        let session = planning_context();
        let table = MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
        session.register_table("rows", Arc::new(table)).unwrap();
        session
    }

    async fn sums(sql: &str) -> Result<Vec<i128>> {
        let session = session();
        let query = Fence::over(&session, ["rows"]).await?.query(sql).await.map_err(|error| match error {
            FenceError::Query(error) => error,
            FenceError::Refused(refusals) => panic!("{refusals:?}"),
        })?;
        let batches = query.frame(&ParamValues::List(Vec::new()))?.collect().await?;
        let of = |batch: &RecordBatch| batch.column(0).as_primitive::<Decimal128Type>().values().to_vec();
        Ok(batches.iter().flat_map(of).collect())
    }

    #[tokio::test]
    async fn a_sum_that_no_decimal_holds_is_the_greatest_figure_and_never_a_small_one() {
        let nearly = 10_i128.pow(38) - 1;
        assert_eq!(sums("select sum(figure) from rows").await.unwrap(), [i128::MAX]);
        assert_eq!(sums("select sum(-figure) from rows").await.unwrap(), [i128::MIN]);
        let by_who = "select sum(figure) as figures from rows group by who order by who";
        assert_eq!(sums(by_who).await.unwrap(), [i128::MAX, nearly]);
        let running = "select sum(figure) over (order by who rows between 1 preceding and current row) from rows";
        assert_eq!(sums(running).await.unwrap(), [nearly, i128::MAX, i128::MAX, i128::MAX]);
        assert_eq!(
            sums("select sum(figure) over (partition by who) from rows where who = 'b'").await.unwrap(),
            [nearly]
        );
        assert_eq!(sums("select sum(figure) from rows where who = 'c'").await.unwrap(), [0], "null");
    }

    #[tokio::test]
    async fn a_sum_of_whole_numbers_that_wraps_ends_the_question() {
        let counted = |filter: &str| format!("select cast(sum(count) as decimal(38, 0)) from rows where {filter}");
        assert_eq!(sums(&counted("who = 'b' or count = 2")).await.unwrap(), [9]);
        let error = sums(&counted("who = 'a'")).await.unwrap_err();
        assert!(matches!(error.find_root(), DataFusionError::ArrowError(..)), "{error}");
    }
}
