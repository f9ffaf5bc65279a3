//! A kind's state as a table of DataFusion: reads the rows that hold, and only the columns a question asks for.
//!
//! The batches are dealt out to the partitions by their rows. Nothing is held but the rows being read, and the number
//! of rows is known before: the planner builds its hash tables on the smaller side. Where a question asks for few rows by
//! what stands in columns of text (one tax kind of thirty), those columns are read first and of the others only the rows
//! that are left.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{
    ArrayRef, Date32Array, RecordBatch, RecordBatchOptions, StringArray, StringBuilder, new_null_array,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::cast::as_boolean_array;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, ColumnStatistics, DFSchema, ScalarValue, Statistics};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, Operator, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};
use gongzhi_core::catalog::Kind;

use crate::batch::BatchError;
use crate::keys::Keys;
use crate::parts::{DataPlace, PartReader, Slice, Source};
use crate::schema::{self, Part, party_columns};
use crate::tables::{KindState, StatePart, append_references};
use crate::unsaid::fill;

/// Where batches are kept, shared with every scan.
#[derive(Debug, Clone)]
pub(crate) struct SharedPlace {
    pub(crate) folder: Arc<std::path::Path>,
    pub(crate) keys: Arc<Keys>,
}

impl SharedPlace {
    pub(crate) fn get(&self) -> DataPlace<'_> {
        DataPlace { folder: &self.folder, keys: &self.keys }
    }
}

/// Where a column of a view comes from.
#[derive(Debug, Clone)]
enum Origin {
    Read(Source, String),
    Reference,
    Region,
    Unit,
    Period,
    PeriodFrom,
    PeriodTo,
}

/// The state of a kind, as a table.
#[derive(Debug)]
pub(crate) struct StateTable {
    schema: SchemaRef,
    origins: Vec<Origin>,
    parts: Arc<Vec<StatePart>>,
    place: SharedPlace,
}

/// Of one in so many rows or fewer the other columns are read by themselves; more are quicker read as a whole.
const FEW_ROWS: usize = 8;

impl StateTable {
    /// The column of a batch that a condition may ask for first: text in its main part.
    fn find_told_first(&self, name: &str) -> Option<(Source, String)> {
        let at = self.schema.index_of(name).ok()?;
        match &self.origins[at] {
            Origin::Read(Source::Main, column) if *self.schema.field(at).data_type() == DataType::Utf8 => {
                Some((Source::Main, column.clone()))
            }
            _ => None,
        }
    }

    fn is_told_first(&self, condition: &Expr) -> bool {
        let columns = condition.column_refs();
        let is_foreign = condition.exists(|part| Ok(!is_comparison(part))).unwrap_or(true);
        let is_known = |column: &&Column| self.find_told_first(&column.name).is_some();
        !is_foreign && !columns.is_empty() && columns.iter().all(is_known)
    }

    /// The conditions that can be told from columns of text, as one.
    fn condition(&self, state: &dyn Session, filters: &[Expr]) -> Result<Option<Condition>> {
        let told = filters.iter().filter(|filter| self.is_told_first(filter)).cloned();
        let Some(told) = conjunction(told) else { return Ok(None) };
        let mut names: Vec<String> = told.column_refs().into_iter().map(|column| column.name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        let fields = names.iter().map(|name| self.schema.field_with_name(name).cloned());
        let schema = Arc::new(Schema::new(fields.collect::<std::result::Result<Vec<_>, _>>()?));
        let columns = names.iter().filter_map(|name| self.find_told_first(name)).collect();
        let bare = told.transform(|expression| match expression {
            // A condition names its table; here there is only the one.
            Expr::Column(column) => Ok(Transformed::yes(Expr::Column(Column::from_name(column.name)))),
            other => Ok(Transformed::no(other)),
        })?;
        let holds = state.create_physical_expr(bare.data, &DFSchema::try_from(Arc::clone(&schema))?)?;
        Ok(Some(Condition { columns, schema, holds }))
    }

    pub(crate) fn new(schema: SchemaRef, kind: &Kind, state: KindState, place: SharedPlace) -> Self {
        let origins = schema.fields().iter().map(|field| origin_of(kind, field)).collect();
        Self { schema, origins, parts: Arc::new(state.parts), place }
    }
}

/// What compares columns with literals, costs little and never fails.
fn is_comparison(part: &Expr) -> bool {
    match part {
        Expr::BinaryExpr(both) => matches!(
            both.op,
            Operator::And
                | Operator::Or
                | Operator::Eq
                | Operator::NotEq
                | Operator::Lt
                | Operator::LtEq
                | Operator::Gt
                | Operator::GtEq
                | Operator::IsDistinctFrom
                | Operator::IsNotDistinctFrom
        ),
        Expr::Column(_) | Expr::Literal(..) | Expr::Not(_) | Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::InList(_) => {
            true
        }
        _ => false,
    }
}

fn origin_of(kind: &Kind, field: &Field) -> Origin {
    let name = field.name();
    match name.as_str() {
        "_ref" => return Origin::Reference,
        "_region" => return Origin::Region,
        "_unit" => return Origin::Unit,
        "_period" => return Origin::Period,
        "_period_from" => return Origin::PeriodFrom,
        "_period_to" => return Origin::PeriodTo,
        _ => {}
    }
    let source = match kind.find_column(name) {
        Some(column) if schema::part_of(kind, column) != Part::Main => Source::Personal,
        Some(_) => Source::Main,
        None if kind.parties.iter().any(|party| party_columns(&party.key).contains(name)) => Source::Links,
        None => Source::Main,
    };
    Origin::Read(source, name.clone())
}

#[async_trait]
impl TableProvider for StateTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let told = |filter: &&Expr| match self.is_told_first(filter) {
            // Where many rows are left all are given: the planner looks at each once more.
            true => TableProviderFilterPushDown::Inexact,
            false => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(told).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all: Vec<usize> = (0..self.origins.len()).collect();
        let projection = projection.unwrap_or(&all);
        let schema = Arc::new(self.schema.project(projection)?);
        let origins = projection.iter().map(|at| self.origins[*at].clone()).collect();
        let partitions = deal_out(&self.parts, state.config().target_partitions());
        let properties = PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            Partitioning::UnknownPartitioning(partitions.len()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(Arc::new(StateScan {
            schema,
            origins,
            condition: self.condition(state, filters)?.map(Arc::new),
            parts: Arc::clone(&self.parts),
            partitions,
            place: self.place.clone(),
            properties: Arc::new(properties),
        }))
    }
}

/// Deals the batches out to partitions, each to the one that has fewest rows so far.
fn deal_out(parts: &[StatePart], count: usize) -> Vec<Vec<usize>> {
    let mut partitions = vec![(0, Vec::new()); count.clamp(1, parts.len().max(1))];
    for (at, part) in parts.iter().enumerate() {
        if let Some((rows, dealt)) = partitions.iter_mut().min_by_key(|(rows, _)| *rows) {
            *rows += part.rows.len();
            dealt.push(at);
        }
    }
    partitions.into_iter().map(|(_, dealt)| dealt).collect()
}

/// What must hold of a row, told from a few columns of text.
#[derive(Debug)]
struct Condition {
    columns: Vec<(Source, String)>,
    schema: SchemaRef,
    holds: Arc<dyn PhysicalExpr>,
}

impl Condition {
    /// Whether the part itself says all that it asks for.
    fn is_told_by(&self, part: &StatePart) -> bool {
        let lacks = |column: &String| part.beneath.as_ref().is_some_and(|beneath| beneath.columns.contains(column));
        !self.columns.iter().any(|(_, column)| lacks(column))
    }

    /// The rows of a part of which it holds.
    fn rows_of(&self, part: &StatePart, place: DataPlace<'_>) -> Result<Vec<u32>, BatchError> {
        let mut reader = PartReader::open(place, &part.visible, &self.columns, Some(&part.rows))?;
        let (mut rows, mut read) = (Vec::new(), 0);
        while let Some(slice) = reader.next_slice()? {
            let absent = |field: &Arc<Field>| new_null_array(field.data_type(), slice.rows);
            let columns = slice.columns.into_iter().zip(self.schema.fields());
            let columns = columns.map(|(column, field)| column.unwrap_or_else(|| absent(field))).collect();
            let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
            let failed = |error: DataFusionError| ArrowError::ExternalError(Box::new(error));
            let holds = self.holds.evaluate(&batch).and_then(|holds| holds.into_array(slice.rows)).map_err(failed)?;
            let holds = as_boolean_array(&holds).map_err(failed)?;
            let told = part.rows[read..read + slice.rows].iter().zip(holds);
            rows.extend(told.filter(|(_, holds)| *holds == Some(true)).map(|(row, _)| *row));
            read += slice.rows;
        }
        Ok(rows)
    }
}

/// Reads some columns of a state.
#[derive(Debug)]
struct StateScan {
    schema: SchemaRef,
    origins: Vec<Origin>,
    condition: Option<Arc<Condition>>,
    parts: Arc<Vec<StatePart>>,
    partitions: Vec<Vec<usize>>,
    place: SharedPlace,
    properties: Arc<PlanProperties>,
}

impl DisplayAs for StateScan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: Vec<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(f, "StateScan: batches={}, columns=[{}]", self.parts.len(), columns.join(", "))?;
        match &self.condition {
            Some(condition) => write!(f, ", told first: {}", condition.holds),
            None => Ok(()),
        }
    }
}

impl ExecutionPlan for StateScan {
    fn name(&self) -> &'static str {
        "StateScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let reader = PartitionReader {
            schema: Arc::clone(&self.schema),
            origins: self.origins.clone(),
            condition: self.condition.clone(),
            parts: Arc::clone(&self.parts),
            left: self.partitions[partition].iter().rev().copied().collect(),
            place: self.place.clone(),
            open: None,
        };
        let batches = futures::stream::iter(reader);
        Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), batches)))
    }

    fn partition_statistics(&self, partition: Option<usize>) -> Result<Arc<Statistics>> {
        let count = |parts: &mut dyn Iterator<Item = &StatePart>| parts.map(|part| part.rows.len()).sum::<usize>();
        let rows = match partition {
            Some(partition) => count(&mut self.partitions[partition].iter().map(|at| &self.parts[*at])),
            None => count(&mut self.parts.iter()),
        };
        // About what a row of these columns takes: enough for the planner to tell a small side from a large one.
        let bytes = rows * self.schema.fields().len() * 16;
        Ok(Arc::new(Statistics {
            num_rows: if self.condition.is_some() { Precision::Inexact(rows) } else { Precision::Exact(rows) },
            total_byte_size: Precision::Inexact(bytes),
            column_statistics: vec![ColumnStatistics::new_unknown(); self.schema.fields().len()],
        }))
    }
}

/// Reads the batches of one partition one after another.
struct PartitionReader {
    schema: SchemaRef,
    origins: Vec<Origin>,
    condition: Option<Arc<Condition>>,
    parts: Arc<Vec<StatePart>>,
    left: Vec<usize>,
    place: SharedPlace,
    open: Option<OpenPart>,
}

/// The batch being read: its index, its reader, how many of its rows were read, and which rows they are where not all.
struct OpenPart {
    at: usize,
    reader: PartReader,
    read: usize,
    rows: Option<Vec<u32>>,
    /// By a column's place among those read, what rows before said of it.
    before: BTreeMap<usize, HashMap<u32, ScalarValue>>,
}

impl PartitionReader {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, BatchError> {
        loop {
            if let Some(open) = &mut self.open {
                if let Some(mut slice) = open.reader.next_slice()? {
                    let first = open.read;
                    open.read += slice.rows;
                    let part = &self.parts[open.at];
                    let rows = &open.rows.as_deref().unwrap_or(&part.rows)[first..open.read];
                    for (at, before) in &open.before {
                        slice.columns[*at] = fill(slice.columns[*at].as_ref(), rows, before)?;
                    }
                    return Ok(Some(assemble((&self.schema, &self.origins), part, rows, slice)?));
                }
                self.open = None;
            }
            let Some(at) = self.left.pop() else { return Ok(None) };
            let part = &self.parts[at];
            let columns: Vec<(Source, String)> = self
                .origins
                .iter()
                .filter_map(|origin| match origin {
                    Origin::Read(source, name) => Some((*source, name.clone())),
                    _ => None,
                })
                .collect();
            let condition = self.condition.as_ref().filter(|condition| condition.is_told_by(part));
            let left = condition.map(|condition| condition.rows_of(part, self.place.get())).transpose()?;
            let before = before_of(part, self.place.get(), &columns)?;
            let rows = left.filter(|left| left.len() * FEW_ROWS <= part.rows.len());
            let wanted = rows.as_deref().unwrap_or(&part.rows);
            let reader = PartReader::open(self.place.get(), &part.visible, &columns, Some(wanted))?;
            self.open = Some(OpenPart { at, reader, read: 0, rows, before });
        }
    }
}

/// What rows before those of a part said of the columns that it lacks, by a column's place among those read.
fn before_of(
    part: &StatePart,
    place: DataPlace<'_>,
    columns: &[(Source, String)],
) -> Result<BTreeMap<usize, HashMap<u32, ScalarValue>>, BatchError> {
    let Some(beneath) = &part.beneath else { return Ok(BTreeMap::new()) };
    let lacked = columns.iter().enumerate().filter(|(_, (_, column))| beneath.columns.contains(column));
    lacked.map(|(at, (source, column))| Ok((at, beneath.values_of(place, (*source, column))?))).collect()
}

/// The columns asked for, of these rows of a part.
fn assemble(
    (schema, origins): (&SchemaRef, &[Origin]),
    part: &StatePart,
    rows: &[u32],
    slice: Slice,
) -> Result<RecordBatch, BatchError> {
    let mut read = slice.columns.into_iter();
    let batch = &part.visible.batch;
    let text = |text: &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(vec![text; slice.rows])) };
    let day = |day| -> ArrayRef { Arc::new(Date32Array::from_value(schema::days_of(day), slice.rows)) };
    let columns = origins.iter().zip(schema.fields()).map(|(origin, field)| match origin {
        Origin::Read(..) => {
            let found = read.next().flatten();
            found.unwrap_or_else(|| new_null_array(field.data_type(), slice.rows))
        }
        Origin::Reference => {
            let mut handles = StringBuilder::with_capacity(rows.len(), rows.len() * 16);
            append_references(batch.sequence, rows, &mut handles);
            Arc::new(handles.finish())
        }
        Origin::Region => text(&batch.region),
        Origin::Unit => text(&batch.unit),
        Origin::Period => text(&part.period.to_string()),
        Origin::PeriodFrom => day(part.covers_from),
        Origin::PeriodTo => day(part.covers_to),
    });
    let columns: Vec<ArrayRef> = columns.collect();
    let options = RecordBatchOptions::new().with_row_count(Some(slice.rows));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
}

impl Iterator for PartitionReader {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_batch().map_err(|error| DataFusionError::External(Box::new(error))).transpose()
    }
}
