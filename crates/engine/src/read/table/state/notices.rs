//! What is told of the cells of rows: figures that a merged cell says for several rows, codes that a spreadsheet spoilt.

use std::collections::VecDeque;

use gongzhi_core::intake::cell::{LOST_TEXT, UNCOMPUTED};
use gongzhi_core::messages::Message;

use super::{Out, Table};
use crate::read::event::Notice;
use crate::read::row::{Row, Value, cell_name};
use crate::read::table::looks::is_figure;

/// Cells spoilt by Excel of which each gets its own notice; the rest are counted.
pub(super) const MOST_CELL_NOTICES: u32 = 1_000;

impl Table {
    /// What a merged cell above says was read in this row too. Of a figure that is told at the merged cell: it may be an
    /// amount, which counts once.
    pub(super) fn notice_filled(&mut self, row: &Row, out: &mut VecDeque<Out>) {
        let Some(known) = &self.known else { return };
        for (at, filled) in row.all_filled() {
            self.filled_count += 1;
            let column = row.column(*at);
            let is_told = known.counting.get(*at) == Some(&true)
                || !is_figure(row.value(*at))
                || self.told_merges.len() >= MOST_CELL_NOTICES as usize
                || !self.told_merges.insert((filled.row, column));
            if !is_told {
                let message = Message::new("read-merged-figure").with("rows", filled.rows);
                out.push_back(Out::Notice(Notice::of_cell(&self.facts.name, cell_name(filled.row, column), message)));
            }
        }
    }

    /// A code that Excel turned into a figure is named cell by cell, for only the clerk can restore it.
    pub(super) fn notice_spoilt(&mut self, row: &Row, out: &mut VecDeque<Out>) {
        for (column, value) in row.iter() {
            if value == Value::Error(UNCOMPUTED) {
                self.uncomputed_count += 1;
                if self.uncomputed_count <= MOST_CELL_NOTICES {
                    let cell = cell_name(row.number(), column);
                    let message = Message::new("read-formula-uncomputed");
                    out.push_back(Out::Notice(Notice::of_cell(&self.facts.name, cell, message)));
                }
            }
            if value == Value::Error(LOST_TEXT) {
                self.lost_count += 1;
                if self.lost_count <= MOST_CELL_NOTICES {
                    let cell = cell_name(row.number(), column);
                    let message = Message::new("read-text-lost");
                    out.push_back(Out::Notice(Notice::of_cell(&self.facts.name, cell, message)));
                }
            }
            let Value::Number(number) = value else { continue };
            if !number.digits_lost {
                continue;
            }
            self.spoilt_count += 1;
            if self.spoilt_count <= MOST_CELL_NOTICES {
                let message = Message::new("read-digits-lost").with("value", number.text);
                out.push_back(Out::Notice(Notice::of_cell(&self.facts.name, cell_name(row.number(), column), message)));
            }
        }
    }
}
