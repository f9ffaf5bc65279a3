//! The columns of a batch as they are built, row by row.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Int32Builder, Int64Builder, StringBuilder,
};
use datafusion::arrow::datatypes::{DataType, Schema};
use gongzhi_core::values::CellValue;

use crate::batch_files::RowOrigin;
use crate::schema;

/// The builders of the columns that say where rows came from, of both parts.
pub(crate) struct OriginBuilders {
    row_id: Int64Builder,
    sheet: StringBuilder,
    row: Int32Builder,
    action: StringBuilder,
    pub(crate) raw: StringBuilder,
    pub(crate) personal_raw: StringBuilder,
}

impl Default for OriginBuilders {
    fn default() -> Self {
        Self {
            row_id: Int64Builder::new(),
            sheet: StringBuilder::new(),
            row: Int32Builder::new(),
            action: StringBuilder::new(),
            raw: StringBuilder::new(),
            personal_raw: StringBuilder::new(),
        }
    }
}

impl OriginBuilders {
    pub(crate) fn append(&mut self, row_id: u64, origin: RowOrigin<'_>) {
        self.row_id.append_value(row_id.cast_signed());
        self.sheet.append_value(origin.sheet);
        self.row.append_value(origin.row.cast_signed());
        self.action.append_value(origin.action.key());
    }

    /// The buffered columns of the main and of the personal part.
    pub(crate) fn finish(&mut self) -> (Vec<ArrayRef>, Vec<ArrayRef>) {
        let row_id: ArrayRef = Arc::new(self.row_id.finish());
        let main: Vec<ArrayRef> = vec![
            Arc::clone(&row_id),
            Arc::new(self.sheet.finish()),
            Arc::new(self.row.finish()),
            Arc::new(self.action.finish()),
            Arc::new(self.raw.finish()),
        ];
        (main, vec![row_id, Arc::new(self.personal_raw.finish())])
    }
}

/// A builder for each column of a part but the first, which say where rows came from.
pub(crate) fn builders(schema: &Schema, skipped: usize) -> Vec<ColumnBuilder> {
    schema.fields()[skipped..].iter().map(|field| ColumnBuilder::new(field.data_type())).collect()
}

/// Builds one column of any type a kind may have.
pub(crate) enum ColumnBuilder {
    Text(StringBuilder),
    Date(Date32Builder),
    Decimal(Decimal128Builder, i8),
    Integer(Int64Builder),
    Boolean(BooleanBuilder),
}

impl ColumnBuilder {
    pub(crate) fn new(data_type: &DataType) -> Self {
        match data_type {
            DataType::Date32 => Self::Date(Date32Builder::new()),
            DataType::Decimal128(_, scale) => {
                Self::Decimal(Decimal128Builder::new().with_data_type(data_type.clone()), *scale)
            }
            DataType::Int64 => Self::Integer(Int64Builder::new()),
            DataType::Boolean => Self::Boolean(BooleanBuilder::new()),
            _ => Self::Text(StringBuilder::new()),
        }
    }

    /// Appends a value; false when it is of another type or does not fit.
    pub(crate) fn append(&mut self, value: CellValue<'_>) -> bool {
        match (self, value) {
            (Self::Text(builder), CellValue::Null) => builder.append_null(),
            (Self::Text(builder), CellValue::Text(text)) => builder.append_value(text),
            (Self::Date(builder), CellValue::Null) => builder.append_null(),
            (Self::Date(builder), CellValue::Date(day)) => builder.append_value(schema::days_of(day)),
            (Self::Decimal(builder, _), CellValue::Null) => builder.append_null(),
            (Self::Decimal(builder, scale), CellValue::Decimal(figure)) => match schema::scaled(figure, *scale) {
                Some(figure) => builder.append_value(figure),
                None => return false,
            },
            (Self::Decimal(builder, scale), CellValue::Integer(figure)) => {
                match schema::scaled(figure.into(), *scale) {
                    Some(figure) => builder.append_value(figure),
                    None => return false,
                }
            }
            (Self::Integer(builder), CellValue::Null) => builder.append_null(),
            (Self::Integer(builder), CellValue::Integer(figure)) => builder.append_value(figure),
            (Self::Boolean(builder), CellValue::Null) => builder.append_null(),
            (Self::Boolean(builder), CellValue::Boolean(flag)) => builder.append_value(flag),
            _ => return false,
        }
        true
    }

    pub(crate) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Date(builder) => Arc::new(builder.finish()),
            Self::Decimal(builder, _) => Arc::new(builder.finish()),
            Self::Integer(builder) => Arc::new(builder.finish()),
            Self::Boolean(builder) => Arc::new(builder.finish()),
        }
    }
}
