//! Rows of a question as values for people and other programs: text, decimal text, whole numbers, ISO days, null.

use std::path::Path;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Int64Type, UInt64Type};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::dataframe::DataFrameWriteOptions;
use futures::StreamExt;
use serde_json::{Map, Value};

use crate::session::{Session, SessionError};

impl Session {
    /// Writes what a question finds as one Parquet file; how many rows.
    pub async fn write_parquet(&self, sql: &str, path: &Path) -> Result<u64, SessionError> {
        let frame = self.question(sql).await?;
        let options = DataFrameWriteOptions::new().with_single_file_output(true);
        let written = frame.write_parquet(&path.to_string_lossy(), options, None).await;
        let counts = written.map_err(|error| self.error(error))?;
        // The writer answers with one row: how many it wrote.
        let count = counts.first().and_then(|batch| batch.column(0).as_primitive_opt::<UInt64Type>()?.iter().next()?);
        Ok(count.unwrap_or(0))
    }

    /// Asks a question and shows each row as a JSON object of its columns, in order, without holding them; `_ref` is the
    /// handle of the row.
    pub async fn each_row(&self, sql: &str, mut show: impl FnMut(Map<String, Value>)) -> Result<u64, SessionError> {
        let frame = self.question(sql).await?;
        let mut stream = frame.execute_stream().await.map_err(|error| self.error(error))?;
        let mut count = 0;
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(|error| self.error(error))?;
            for at in 0..batch.num_rows() {
                let mut row = row_of(&batch, at).map_err(|error| self.error(error.into()))?;
                if let Some(Value::String(reference)) = row.get_mut("_ref") {
                    *reference = self.handles().of(reference);
                }
                show(row);
                count += 1;
            }
        }
        Ok(count)
    }
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
