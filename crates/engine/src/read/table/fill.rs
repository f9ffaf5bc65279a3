//! Merged cells: the value of the first row holds for the rows under it, that of the first column for no other column.

use gongzhi_core::intake::Filled;

use super::super::event::Merge;
use super::super::row::Row;

/// Follows the merges of a sheet from top to bottom beside its rows.
#[derive(Debug, Default)]
pub(super) struct FillDown {
    /// Merges of more than one row, by first row.
    merges: Vec<Merge>,
    next: usize,
    /// Merges under way, each with the cell of its first row.
    active: Vec<(Merge, Row)>,
}

impl FillDown {
    /// Keeps the merges that begin below the header: those of the header are names, not values.
    pub(super) fn new(merges: &[Merge], header_end: u32) -> Self {
        let mut merges: Vec<Merge> = merges
            .iter()
            .copied()
            .filter(|merge| merge.last_row > merge.first_row && merge.first_row > header_end)
            .collect();
        merges.sort_unstable();
        Self { merges, next: 0, active: Vec::new() }
    }

    /// Nothing is merged downwards.
    pub(super) fn is_idle(&self) -> bool {
        self.active.is_empty() && self.next >= self.merges.len()
    }

    /// Goes on to a row: remembers the values of merges that begin in it, forgets those that ended above.
    pub(super) fn advance(&mut self, row: &Row) {
        let number = row.number();
        self.active.retain(|(merge, _)| merge.last_row >= number);
        while let Some(merge) = self.merges.get(self.next).filter(|merge| merge.first_row <= number) {
            self.next += 1;
            let position = row.position_at(merge.first_column);
            if merge.first_row == number && position < row.len() && row.column(position) == merge.first_column {
                let mut cell = Row::new(number);
                cell.push_from(merge.first_column, row, position);
                self.active.push((*merge, cell));
            }
        }
    }

    /// The value that holds in a column of a row whose own cell is empty there, and the merge it comes from.
    pub(super) fn find(&self, number: u32, column: u32) -> Option<(&Row, Filled)> {
        let holds =
            |merge: &Merge| merge.first_column == column && merge.first_row < number && number <= merge.last_row;
        let (merge, cell) = self.active.iter().find(|(merge, _)| holds(merge))?;
        Some((cell, Filled { row: merge.first_row, rows: merge.last_row - merge.first_row + 1 }))
    }
}

/// Follows the merges of more than one column: what stands in the first of them is nobody else's.
#[derive(Debug, Default)]
pub(super) struct Across {
    /// By first row.
    merges: Vec<Merge>,
    next: usize,
    active: Vec<Merge>,
}

impl Across {
    /// Keeps the merges that begin below the header.
    pub(super) fn new(merges: &[Merge], header_end: u32) -> Self {
        let is_across = |merge: &&Merge| merge.last_column > merge.first_column && merge.first_row > header_end;
        let mut merges: Vec<Merge> = merges.iter().filter(is_across).copied().collect();
        merges.sort_unstable();
        Self { merges, next: 0, active: Vec::new() }
    }

    /// Goes on to a row laid under its columns and marks its empty cells that are merged with a filled one to their left.
    pub(super) fn mark(&mut self, row: &mut Row) {
        let number = row.number();
        self.active.retain(|merge| merge.last_row >= number);
        while let Some(merge) = self.merges.get(self.next).filter(|merge| merge.first_row <= number) {
            self.next += 1;
            if merge.last_row >= number {
                self.active.push(*merge);
            }
        }
        for merge in &self.active {
            let first = row.position_at(merge.first_column);
            if row.value_at(merge.first_column).is_empty() {
                continue;
            }
            for position in first + 1..row.len() {
                if row.column(position) > merge.last_column {
                    break;
                }
                if row.value(position).is_empty() {
                    row.mark_across(position, merge.first_column);
                }
            }
        }
    }
}
