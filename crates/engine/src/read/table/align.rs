//! A row of filled cells laid under the columns of its table.

use super::super::row::{Row, Value};
use super::clean::shown;
use super::fill::FillDown;
use super::{Column, LeftOut, Reason};

/// What a row is laid under.
pub(super) struct Grid<'g> {
    pub(super) columns: &'g [Column],
    pub(super) fill: &'g FillDown,
}

impl Grid<'_> {
    /// Writes one cell for each column into `aligned`; cells beyond the columns go to `strays`.
    pub(super) fn align(&self, row: &Row, aligned: &mut Row, strays: &mut Vec<LeftOut>) {
        aligned.reset(row.number());
        let mut position = 0;
        for column in self.columns {
            while position < row.len() && row.column(position) < column.index {
                strays.push(stray(row, position));
                position += 1;
            }
            let filled = if self.fill.is_idle() { None } else { self.fill.find(row.number(), column.index) };
            if position < row.len() && row.column(position) == column.index {
                aligned.push_from(column.index, row, position);
                // What a cell under a merge holds itself nobody sees: it counts as little as what is filled down.
                if let Some((_, filled)) = filled {
                    aligned.mark_filled(filled);
                }
                position += 1;
                continue;
            }
            match filled {
                Some((cell, filled)) => aligned.push_filled(column.index, cell, filled),
                None => aligned.push(column.index, Value::Empty),
            }
        }
        for position in position..row.len() {
            strays.push(stray(row, position));
        }
    }
}

/// Lays a row under its columns where it stands, nothing being filled down; cells beyond the columns go to `strays`.
pub(super) fn lay_under(columns: &[Column], row: &mut Row, strays: &mut Vec<LeftOut>) {
    let indexes = || columns.iter().map(|column| column.index);
    strays.extend(row.beyond(indexes()).map(|position| stray(row, position)));
    row.spread(indexes());
}

fn stray(row: &Row, position: usize) -> LeftOut {
    let text = shown(row.value(position)).chars().take(200).collect();
    LeftOut { row: row.number(), reason: Reason::StrayCell { column: row.column(position) }, text }
}
