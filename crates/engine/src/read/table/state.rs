//! The table of one sheet as its rows come in: first held back, then let through.

use std::collections::{HashSet, VecDeque};

use gongzhi_core::messages::Message;

use super::super::event::{Notice, SheetFacts};
use super::super::row::{Row, cell_name};
use super::align::{Grid, lay_under};
use super::clean::{clean_into, row_text, shown};
use super::fill::{Across, FillDown};
use super::header::{self, Layout};
use super::known::Known;
use super::looks::{FAR_ROWS, counting_columns, counts_only, far_tail, opening_reason, opens_without_data, wide_rows};
use super::names::make_unique;
use super::reason::Place;
use super::trailing::{Became, Trailing};
use super::{Column, HeaderHint, HeaderPlace, LeftOut, Reason, SheetHead, SheetTotals, Title};

mod notices;

use notices::MOST_CELL_NOTICES;

/// Rows held back until the header is decided.
const HELD_ROWS: usize = 50;
/// Rows kept for their memory, those of the parcels a thread reads ahead among them.
const SPARE_ROWS: usize = 1_500;

/// What comes out.
#[derive(Debug)]
pub(in super::super) enum Out {
    Sheet(SheetHead),
    Row(Row),
    LeftOut(LeftOut),
    Notice(Notice),
    SheetEnd(SheetTotals),
}

/// One sheet.
#[derive(Default)]
pub(in super::super) struct Table {
    facts: SheetFacts,
    hint: Option<HeaderHint>,
    held: Vec<Row>,
    held_notices: Vec<Notice>,
    /// Set once the header is decided.
    known: Option<Known>,
    last_row: u32,
    /// Why the row before was left out, if it was.
    last_reason: Option<Reason>,
    totals: SheetTotals,
    spoilt_count: u32,
    uncomputed_count: u32,
    lost_count: u32,
    /// Cells that hold what a merged cell above says.
    filled_count: u64,
    /// Merged cells of figures that were told, by first row and column.
    told_merges: HashSet<(u32, u32)>,
    scratch: Row,
    spare: Vec<Row>,
    strays: Vec<LeftOut>,
    trailing: Trailing,
    /// The format names the columns itself, so every row is one of the table.
    are_all_rows: bool,
}

impl Table {
    /// A table for a sheet that begins.
    pub(in super::super) fn new(facts: SheetFacts, hint: Option<HeaderHint>) -> Self {
        let mut table = Self { facts, hint, ..Self::default() };
        if !table.facts.columns.is_empty() {
            table.are_all_rows = true;
        }
        table
    }

    /// Takes back a row that was read, for its memory.
    pub(in super::super) fn recycle(&mut self, row: Row) {
        if self.spare.len() < SPARE_ROWS {
            self.spare.push(row);
        }
    }

    /// Takes the next row of the sheet.
    pub(in super::super) fn push(&mut self, raw: &Row, out: &mut VecDeque<Out>) {
        let mut row = self.spare.pop().unwrap_or_default();
        clean_into(raw, &mut row);
        if row.is_empty() {
            self.recycle(row);
            return;
        }
        if self.are_all_rows && self.known.is_none() {
            self.begin_named(out);
        }
        if self.known.is_some() {
            self.settle(row, out);
            return;
        }
        self.held.push(row);
        if self.held.len() >= HELD_ROWS {
            self.decide(out);
        }
    }

    /// Passes a notice on, behind the sheet's head when that is still to come.
    pub(in super::super) fn notice(&mut self, notice: Notice, out: &mut VecDeque<Out>) {
        if self.known.is_some() {
            out.push_back(Out::Notice(notice));
        } else {
            self.held_notices.push(notice);
        }
    }

    /// The sheet is over.
    pub(in super::super) fn finish(mut self, out: &mut VecDeque<Out>) {
        if self.known.is_none() && self.are_all_rows {
            self.begin_named(out);
        } else if self.known.is_none() {
            self.decide(out);
        }
        let trailing = self.trailing.end();
        self.settle_held(trailing, out);
        let name = &self.facts.name;
        if self.totals.blank_count > 0 {
            let message = Message::new("read-blank-rows").with("count", self.totals.blank_count);
            out.push_back(Out::Notice(Notice::of_sheet(name, message)));
        }
        if self.spoilt_count > MOST_CELL_NOTICES {
            let message = Message::new("read-more-digits-lost").with("count", self.spoilt_count - MOST_CELL_NOTICES);
            out.push_back(Out::Notice(Notice::of_sheet(name, message)));
        }
        if self.filled_count > 0 {
            let message = Message::new("read-filled-down").with("count", self.filled_count);
            out.push_back(Out::Notice(Notice::of_sheet(name, message)));
        }
        if self.uncomputed_count > MOST_CELL_NOTICES {
            let count = self.uncomputed_count - MOST_CELL_NOTICES;
            let message = Message::new("read-more-formula-uncomputed").with("count", count);
            out.push_back(Out::Notice(Notice::of_sheet(name, message)));
        }
        if self.lost_count > MOST_CELL_NOTICES {
            let message = Message::new("read-more-text-lost").with("count", self.lost_count - MOST_CELL_NOTICES);
            out.push_back(Out::Notice(Notice::of_sheet(name, message)));
        }
        out.push_back(Out::SheetEnd(self.totals));
    }

    /// Begins a table whose columns the format names.
    fn begin_named(&mut self, out: &mut VecDeque<Out>) {
        let mut names = self.facts.columns.clone();
        make_unique(&mut names);
        let columns: Vec<Column> = (0..)
            .zip(names.into_iter().zip(&self.facts.columns))
            .map(|(index, (name, own))| Column { name, own: vec![own.clone()], index })
            .collect();
        out.push_back(Out::Sheet(SheetHead {
            name: self.facts.name.clone(),
            columns: columns.clone(),
            ..SheetHead::default()
        }));
        out.extend(self.held_notices.drain(..).map(Out::Notice));
        self.known = Some(Known {
            counting: counting_columns(&columns),
            columns,
            header_rows: Vec::new(),
            titles: HashSet::new(),
            wide_rows: HashSet::new(),
            fill: FillDown::default(),
            across: Across::default(),
        });
    }

    /// Decides on the header and lets the rows held back through.
    fn decide(&mut self, out: &mut VecDeque<Out>) {
        let mut held = std::mem::take(&mut self.held);
        let far = far_tail(&held);
        let tail = held.split_off(far);
        let layout = header::decide(&held, &self.facts.merges, self.hint.as_ref());
        let (first_data, titles) = self.begin(&held, &layout);
        let data_row = held.get(first_data).map_or(1, Row::number);
        let above = if layout.header.is_empty() { &held[..first_data] } else { &held[..layout.header.start] };
        let head = SheetHead { titles, ..self.head(&layout, &held, data_row) };
        let no_table = head.columns.is_empty();
        out.push_back(Out::Sheet(head));
        out.extend(self.held_notices.drain(..).map(Out::Notice));
        for (row, column) in &layout.joined_names {
            let message = Message::new("read-header-joined");
            out.push_back(Out::Notice(Notice::of_cell(&self.facts.name, cell_name(*row, *column), message)));
        }
        for row in above {
            self.last_row = row.number();
            let reason = opening_reason(row);
            self.leave_out(row, if no_table { reason } else { Reason::Title }, out);
        }
        if let Some(last) = held[..first_data].last() {
            self.last_row = last.number();
        }
        for row in held.drain(first_data..) {
            self.settle(row, out);
        }
        for row in tail {
            self.settle(row, out);
        }
    }

    /// Sets what later rows are compared with; gives the position of the first row under the header, and the titles.
    fn begin(&mut self, held: &[Row], layout: &Layout) -> (usize, Vec<Title>) {
        let first_data = if layout.header.is_empty() {
            held.iter().take_while(|row| opens_without_data(row, layout.columns.len())).count()
        } else {
            layout.header.end
        };
        let title_end = if layout.header.is_empty() { first_data } else { layout.header.start };
        let titles: Vec<Title> =
            held[..title_end].iter().map(|row| Title { row: row.number(), text: row_text(row) }).collect();
        let header_end = held[..first_data].last().map_or(0, Row::number);
        let header_rows = held[layout.header.clone()]
            .iter()
            .map(|row| row.iter().map(|(column, value)| (column, shown(value))).collect())
            .collect();
        let columns =
            if held[first_data..].is_empty() && layout.header.is_empty() { Vec::new() } else { layout.columns.clone() };
        self.known = Some(Known {
            wide_rows: wide_rows(&self.facts.merges, columns.len()),
            counting: counting_columns(&columns),
            columns,
            header_rows,
            titles: titles.iter().map(|title| title.text.clone()).collect(),
            fill: FillDown::new(&self.facts.merges, header_end),
            across: Across::new(&self.facts.merges, header_end),
        });
        (first_data, titles)
    }

    fn head(&self, layout: &Layout, held: &[Row], data_row: u32) -> SheetHead {
        let first_row = held.get(layout.header.start).map_or(1, Row::number);
        let header = if layout.header.is_empty() {
            HeaderPlace { first_row: data_row, row_count: 0 }
        } else {
            let last = held[layout.header.end - 1].number();
            // Numbers that run backwards are those of a damaged file.
            HeaderPlace { first_row, row_count: last.saturating_sub(first_row) + 1 }
        };
        SheetHead {
            name: self.facts.name.clone(),
            hidden: self.facts.hidden,
            epoch_1904: self.facts.epoch_1904,
            header,
            columns: self.known.as_ref().map(|known| known.columns.clone()).unwrap_or_default(),
            titles: Vec::new(),
        }
    }

    /// A row under the header: left out, or laid under the columns.
    fn settle(&mut self, row: Row, out: &mut VecDeque<Out>) {
        // What is blank above the first row is no gap in the table.
        let gap = if self.last_row == 0 { 0 } else { row.number().saturating_sub(self.last_row).saturating_sub(1) };
        let Some(known) = self.known.as_mut() else { return };
        known.fill.advance(&row);
        let reason = if self.are_all_rows {
            None
        } else if gap >= FAR_ROWS && row.len() * 3 <= known.columns.len() + 2 {
            Some(Reason::StrayRow)
        } else {
            let is_first = self.totals.row_count == 0;
            known.reason(&row, &Place { before: self.last_reason, is_first, follows_blank: gap > 0 })
        };
        if reason != Some(Reason::StrayRow) {
            self.totals.blank_count += u64::from(gap);
            self.last_row = row.number();
        }
        let is_wide = known.columns.len() >= 3 && !self.are_all_rows;
        if reason.is_none() && is_wide && !known.is_filled_down(&row) && self.trailing.is_one(&row, self.last_reason) {
            let became = self.trailing.hold(row);
            self.settle_held(became, out);
            return;
        }
        if matches!(reason, None | Some(Reason::Total)) {
            let became = self.trailing.go_on();
            self.settle_held(became, out);
        }
        match reason {
            Some(reason) => {
                self.leave_out(&row, reason, out);
                self.recycle(row);
            }
            None => {
                self.trailing.note_alone(&row);
                self.give(row, out);
            }
        }
    }

    /// Rows that were held back, as what they turned out to be.
    fn settle_held(&mut self, held: Vec<Became>, out: &mut VecDeque<Out>) {
        for became in held {
            match became {
                Became::Row(row) => {
                    self.trailing.note_alone(&row);
                    self.give(row, out);
                }
                Became::LeftOut(row, reason) => {
                    self.leave_out(&row, reason, out);
                    self.recycle(row);
                }
            }
        }
    }

    fn give(&mut self, row: Row, out: &mut VecDeque<Out>) {
        let Some(known) = self.known.as_mut() else { return };
        let mut aligned = row;
        if known.fill.is_idle() {
            lay_under(&known.columns, &mut aligned, &mut self.strays);
        } else {
            std::mem::swap(&mut self.scratch, &mut aligned);
            let grid = Grid { columns: &known.columns, fill: &known.fill };
            grid.align(&self.scratch, &mut aligned, &mut self.strays);
        }
        known.across.mark(&mut aligned);
        self.last_reason = None;
        for stray in self.strays.drain(..) {
            out.push_back(Out::LeftOut(stray));
        }
        if aligned.iter().all(|(_, value)| value.is_empty()) {
            self.recycle(aligned);
            return;
        }
        // 序号 filled down ahead of the rows: nothing is reported in them.
        if counts_only(&aligned, &known.counting) {
            self.leave_out(&aligned, Reason::OnlyNumber, out);
            self.recycle(aligned);
            return;
        }
        self.notice_spoilt(&aligned, out);
        self.notice_filled(&aligned, out);
        self.totals.row_count += 1;
        out.push_back(Out::Row(aligned));
    }

    fn leave_out(&mut self, row: &Row, reason: Reason, out: &mut VecDeque<Out>) {
        self.totals.left_out_count += 1;
        self.last_reason = Some(reason);
        out.push_back(Out::LeftOut(LeftOut { row: row.number(), reason, text: row_text(row) }));
    }
}
