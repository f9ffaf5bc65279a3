//! One sheet as it goes by: from its head to the kind it is checked as.

use gongzhi_core::intake::{RawCell, RawValue, SheetColumn, SheetFacts};

use crate::annotate::LIST_SHEET;
use crate::read::{Row, SheetHead, Value};

/// Sheets of a workbook that explain and hold no data.
const EXPLAINING_SHEETS: [&str; 7] = ["填报说明", "填表说明", "说明", "使用说明", "填写说明", "_lists", LIST_SHEET];

/// What is known of a sheet from its head.
pub(super) fn facts_of(head: &SheetHead) -> SheetFacts {
    SheetFacts {
        name: head.name.clone(),
        header_row: head.header.first_row + head.header.row_count.saturating_sub(1),
        columns: head
            .columns
            .iter()
            .map(|column| SheetColumn { name: column.name.clone(), own: column.own.clone(), column: column.index + 1 })
            .collect(),
        titles: head.titles.iter().map(|title| title.text.clone()).collect(),
        notes: Vec::new(),
        epoch_1904: head.epoch_1904,
    }
}

/// Whether a sheet only explains.
pub(super) fn explains(head: &SheetHead) -> bool {
    let name = head.name.rsplit('/').next().unwrap_or(&head.name);
    EXPLAINING_SHEETS.contains(&name.trim())
}

/// The cell at a position, as the rules take it.
pub(super) fn raw_cell(row: &Row, position: usize) -> RawCell<'_> {
    let value = match row.value(position) {
        Value::Empty => RawValue::Empty,
        Value::Text(text) => RawValue::Text(text),
        // What the format says of the figure counts like a word behind it.
        Value::Number(number) if !number.shown.is_empty() => RawValue::Text(number.shown),
        Value::Number(number) => RawValue::Number { text: number.text, digits_lost: number.digits_lost },
        Value::Date(moment) => RawValue::Date(moment),
        Value::Boolean(truth) => RawValue::Boolean(truth),
        Value::Error(text) => RawValue::Error(text),
    };
    // Columns of the rules count from 1.
    let across = row.across(position).map(|first| first + 1);
    RawCell { value, raw: row.raw(position), filled: row.filled(position), across }
}

/// A row's texts joined by blanks, as the hidden sheet is read.
pub(super) fn line_of(row: &Row) -> String {
    let cells = (0..row.len()).map(|at| raw_cell(row, at).shown());
    cells.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}
