//! What is known of a table once its header is decided.

use std::collections::{HashMap, HashSet};

use super::super::row::Row;
use super::Column;
use super::fill::{Across, FillDown};

/// What is known once the header is decided.
pub(super) struct Known {
    pub(super) columns: Vec<Column>,
    /// Which columns only count rows; none when all do.
    pub(super) counting: Vec<bool>,
    /// Texts of the header's rows, to tell when one comes again.
    pub(super) header_rows: Vec<HashMap<u32, String>>,
    pub(super) titles: HashSet<String>,
    /// Rows whose merged cell lies across most of the table.
    pub(super) wide_rows: HashSet<u32>,
    pub(super) fill: FillDown,
    pub(super) across: Across,
}

impl Known {
    /// Whether a merged cell above says something in a row.
    pub(super) fn is_filled_down(&self, row: &Row) -> bool {
        let is_filled = |column: &Column| self.fill.find(row.number(), column.index).is_some();
        !self.fill.is_idle() && self.columns.iter().any(is_filled)
    }
}

#[cfg(test)]
impl Known {
    pub(super) fn for_tests(columns: Vec<Column>, header: HashMap<u32, String>, titles: HashSet<String>) -> Self {
        let counting = super::looks::counting_columns(&columns);
        let header_rows = if header.is_empty() { Vec::new() } else { vec![header] };
        let (wide_rows, fill, across) = (HashSet::new(), FillDown::default(), Across::default());
        Self { columns, counting, header_rows, titles, wide_rows, fill, across }
    }
}
