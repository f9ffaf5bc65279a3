//! A row of filled cells laid under the columns of its table.

use super::super::row::Row;
use super::fill::FillDown;
use super::{Column, LeftOut, Reason};
use crate::read::table::clean::shown;

/// Writes one cell for each column into `aligned`; cells beyond the columns go to `strays`.
pub(super) fn align(row: &Row, columns: &[Column], fill: &FillDown, aligned: &mut Row, strays: &mut Vec<LeftOut>) {
    aligned.reset(row.number());
    let mut position = 0;
    for column in columns {
        while position < row.len() && row.column(position) < column.index {
            strays.push(stray(row, position));
            position += 1;
        }
        if position < row.len() && row.column(position) == column.index {
            aligned.push_from(column.index, row, position);
            position += 1;
        } else if let Some(cell) = (!fill.is_idle()).then(|| fill.find(row.number(), column.index)).flatten() {
            aligned.push_from(column.index, cell, 0);
        } else {
            aligned.push(column.index, super::super::row::Value::Empty);
        }
    }
    for position in position..row.len() {
        strays.push(stray(row, position));
    }
}

fn stray(row: &Row, position: usize) -> LeftOut {
    let text = shown(row.value(position)).chars().take(200).collect();
    LeftOut { row: row.number(), reason: Reason::StrayCell { column: row.column(position) }, text }
}
