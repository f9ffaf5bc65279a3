//! Rows of a question as values for people and other programs: text, decimal text, whole numbers, ISO days, null.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Int64Type, UInt64Type};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use crate::fence::FenceError;
use crate::session::{Session, SessionError, question};
use crate::tables::Handles;

/// Rows handed on at a time, and how many such handfuls may wait: a few megabytes of the widest view.
const HANDFUL_ROWS: usize = 256;
const WAITING: usize = 2;

impl Session {
    /// Writes what a question finds as one Parquet file; how many rows.
    ///
    /// # Errors
    /// The question is refused or fails; the file can't be written.
    pub async fn write_parquet(&self, sql: &str, path: &Path) -> Result<u64, SessionError> {
        let (sql, path) = (sql.to_owned(), path.to_string_lossy().into_owned());
        let counts = self.run(|context| write_rows(context, sql, path)).await?;
        // The writer answers with one row: how many it wrote.
        let count = counts.first().and_then(|batch| batch.column(0).as_primitive_opt::<UInt64Type>()?.iter().next()?);
        Ok(count.unwrap_or(0))
    }

    /// Asks a question and shows each row as a JSON object of its columns, in order, without holding them; `_ref` is the
    /// handle of the row.
    ///
    /// # Errors
    /// The question is refused or fails; the rows before that were shown.
    pub async fn each_row(&self, sql: &str, mut show: impl FnMut(Map<String, Value>)) -> Result<u64, SessionError> {
        let (sender, mut handfuls) = mpsc::channel(WAITING);
        let (sql, handles) = (sql.to_owned(), Arc::clone(self.handles()));
        let asked = self.run(|context| send_rows(context, sql, handles, sender));
        let shown = async {
            let mut count = 0;
            while let Some(rows) = handfuls.recv().await {
                count += rows.len() as u64;
                rows.into_iter().for_each(&mut show);
            }
            count
        };
        let (asked, count) = tokio::join!(asked, shown);
        asked.map(|()| count)
    }
}

async fn write_rows(context: SessionContext, sql: String, path: String) -> Result<Vec<RecordBatch>, FenceError> {
    let options = DataFrameWriteOptions::new().with_single_file_output(true);
    Ok(question(&context, &sql).await?.write_parquet(&path, options, None).await?)
}

/// Sends the rows of a question on until nobody takes them any more.
async fn send_rows(
    context: SessionContext,
    sql: String,
    handles: Arc<Handles>,
    sender: mpsc::Sender<Vec<Map<String, Value>>>,
) -> Result<(), FenceError> {
    let mut batches = question(&context, &sql).await?.execute_stream().await?;
    while let Some(batch) = batches.next().await.transpose()? {
        for first in (0..batch.num_rows()).step_by(HANDFUL_ROWS) {
            let rows = first..batch.num_rows().min(first + HANDFUL_ROWS);
            let rows: Result<Vec<_>, ArrowError> = rows.map(|at| named_row(&batch, at, &handles)).collect();
            if sender.send(rows.map_err(DataFusionError::from)?).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn named_row(batch: &RecordBatch, at: usize, handles: &Handles) -> Result<Map<String, Value>, ArrowError> {
    let mut row = row_of(batch, at)?;
    if let Some(Value::String(reference)) = row.get_mut("_ref") {
        *reference = handles.of(reference);
    }
    Ok(row)
}

fn row_of(batch: &RecordBatch, at: usize) -> Result<Map<String, Value>, ArrowError> {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns());
    columns.map(|(field, column)| Ok((field.name().clone(), value_of(column, at)?))).collect()
}

fn value_of(column: &ArrayRef, at: usize) -> Result<Value, ArrowError> {
    if column.is_null(at) {
        return Ok(Value::Null);
    }
    match column.data_type() {
        DataType::Boolean => Ok(column.as_boolean().value(at).into()),
        DataType::Int64 => Ok(column.as_primitive::<Int64Type>().value(at).into()),
        _ => array_value_to_string(column, at).map(Value::String),
    }
}
