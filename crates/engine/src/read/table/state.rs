//! The table of one sheet as its rows come in: first held back, then let through.

use std::collections::{HashMap, HashSet, VecDeque};

use gongzhi_core::intake::cell::UNCOMPUTED;
use gongzhi_core::intake::header::is_counting;
use gongzhi_core::messages::Message;

use super::super::event::{Merge, Notice, SheetFacts};
use super::super::row::{Row, Value, cell_name};
use super::align::{Grid, lay_under};
use super::clean::{clean_into, row_text, shown};
use super::fill::FillDown;
use super::header::{self, Layout};
use super::names::make_unique;
use super::words::{ends_like_total, is_labelled_value, is_note, is_prose, is_section, is_signature, is_total};
use super::{Column, HeaderHint, HeaderPlace, LeftOut, Reason, SheetHead, SheetTotals, Title};

/// Rows held back until the header is decided.
const HELD_ROWS: usize = 50;
/// A row this far below the one before it, with next to nothing in it, is no row of the table.
const FAR_ROWS: u32 = 1_000;
/// Rows kept for their memory, those of the parcels a thread reads ahead among them.
const SPARE_ROWS: usize = 1_500;
/// Cells spoilt by Excel of which each gets its own notice; the rest are counted.
const MOST_CELL_NOTICES: u32 = 1_000;

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
    scratch: Row,
    spare: Vec<Row>,
    strays: Vec<LeftOut>,
    /// The format names the columns itself, so every row is one of the table.
    are_all_rows: bool,
}

/// What is known once the header is decided.
struct Known {
    columns: Vec<Column>,
    /// Which columns only count rows; none when all do.
    counting: Vec<bool>,
    /// Texts of the header's rows, to tell when one comes again.
    header_rows: Vec<HashMap<u32, String>>,
    titles: HashSet<String>,
    /// Rows whose merged cell lies across most of the table.
    wide_rows: HashSet<u32>,
    fill: FillDown,
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
        let name = &self.facts.name;
        if self.totals.blank_count > 0 {
            let message = Message::new("read-blank-rows").with("count", self.totals.blank_count);
            out.push_back(Out::Notice(Notice::of_sheet(name, message)));
        }
        if self.spoilt_count > MOST_CELL_NOTICES {
            let message = Message::new("read-more-digits-lost").with("count", self.spoilt_count - MOST_CELL_NOTICES);
            out.push_back(Out::Notice(Notice::of_sheet(name, message)));
        }
        if self.uncomputed_count > MOST_CELL_NOTICES {
            let count = self.uncomputed_count - MOST_CELL_NOTICES;
            let message = Message::new("read-more-formula-uncomputed").with("count", count);
            out.push_back(Out::Notice(Notice::of_sheet(name, message)));
        }
        out.push_back(Out::SheetEnd(self.totals));
    }

    /// Begins a table whose columns the format names.
    fn begin_named(&mut self, out: &mut VecDeque<Out>) {
        let mut names = self.facts.columns.clone();
        make_unique(&mut names);
        let columns: Vec<Column> = (0..).zip(names).map(|(index, name)| Column { name, index }).collect();
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
        match reason {
            Some(reason) => {
                self.leave_out(&row, reason, out);
                self.recycle(row);
            }
            None => self.give(row, out),
        }
    }

    fn give(&mut self, row: Row, out: &mut VecDeque<Out>) {
        let Some(known) = &self.known else { return };
        let mut aligned = row;
        if known.fill.is_idle() {
            lay_under(&known.columns, &mut aligned, &mut self.strays);
        } else {
            std::mem::swap(&mut self.scratch, &mut aligned);
            let grid = Grid { columns: &known.columns, fill: &known.fill };
            grid.align(&self.scratch, &mut aligned, &mut self.strays);
        }
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
        self.totals.row_count += 1;
        out.push_back(Out::Row(aligned));
    }

    fn leave_out(&mut self, row: &Row, reason: Reason, out: &mut VecDeque<Out>) {
        self.totals.left_out_count += 1;
        self.last_reason = Some(reason);
        out.push_back(Out::LeftOut(LeftOut { row: row.number(), reason, text: row_text(row) }));
    }

    /// A code that Excel turned into a figure is named cell by cell, for only the clerk can restore it.
    fn notice_spoilt(&mut self, row: &Row, out: &mut VecDeque<Out>) {
        for (column, value) in row.iter() {
            if value == Value::Error(UNCOMPUTED) {
                self.uncomputed_count += 1;
                if self.uncomputed_count <= MOST_CELL_NOTICES {
                    let cell = cell_name(row.number(), column);
                    let message = Message::new("read-formula-uncomputed");
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

/// Which columns only count rows; none when all do.
fn counting_columns(columns: &[Column]) -> Vec<bool> {
    let counting: Vec<bool> = columns.iter().map(|column| is_counting(&column.name)).collect();
    if counting.iter().all(|counts| *counts) { Vec::new() } else { counting }
}

/// Whether nothing stands in a row but the numbers of a column that only counts.
fn counts_only(row: &Row, counting: &[bool]) -> bool {
    let counts = |at: usize, value: Value<'_>| {
        let is_number = match value {
            Value::Number(_) => true,
            Value::Text(text) => text.bytes().all(|sign| sign.is_ascii_digit()),
            _ => false,
        };
        is_number && counting.get(at) == Some(&true)
    };
    !counting.is_empty() && row.iter().enumerate().all(|(at, (_, value))| value.is_empty() || counts(at, value))
}

/// Where a row stands among the others.
struct Place {
    /// Why the row before was left out, if it was.
    before: Option<Reason>,
    /// No row of the table came before.
    is_first: bool,
    /// A blank row came before.
    follows_blank: bool,
}

impl Known {
    /// Why a row under the header is no row of the table; `None` when it is one.
    fn reason(&self, row: &Row, place: &Place) -> Option<Reason> {
        if self.repeats_header(row) {
            return Some(Reason::RepeatedHeader);
        }
        if place.is_first && self.numbers_columns(row) {
            return Some(Reason::ColumnNumbers);
        }
        let is_alone = row.len() == 1 && self.columns.len() >= 3;
        // What stands alone behind the end of a table goes with what ended it: the date under a signature.
        let trailing = match place.before {
            Some(Reason::Total | Reason::Note) if is_alone => Some(Reason::Note),
            Some(Reason::Signature) if is_alone => Some(Reason::Signature),
            _ => None,
        };
        let Some(first) = row.iter().find_map(|(_, value)| text_of(value)) else { return trailing };
        if is_totals_row(row, first) {
            return Some(Reason::Total);
        }
        let is_sparse = row.len() * 2 <= self.columns.len() || row.len() <= 2 && self.columns.len() > 2;
        if is_signature(first) && (is_sparse || is_labelled_value(first) || place.before == Some(Reason::Signature)) {
            return Some(Reason::Signature);
        }
        if trailing.is_some() {
            return trailing;
        }
        if row.len() <= 3 && self.titles.contains(&row_text(row)) {
            return Some(Reason::Title);
        }
        let is_wide = self.wide_rows.contains(&row.number());
        let says_so = is_wide || is_section(first) || place.follows_blank && is_prose(first);
        let is_noted = (row.len() <= 2 && self.columns.len() >= 3 || row.len() == 1) && is_note(first);
        (is_noted || is_alone && says_so).then_some(Reason::Note)
    }

    fn repeats_header(&self, row: &Row) -> bool {
        self.header_rows.iter().any(|header| {
            let enough = row.len() * 2 >= header.len() && row.len() >= 2;
            enough && row.iter().all(|(column, value)| {
                matches!(value, Value::Text(text) if header.get(&column).is_some_and(|name| name == text))
            })
        })
    }

    /// Right under the header: 甲 乙 1 2 3, (1) (2) (3), or plain figures that count six columns or more from 1.
    fn numbers_columns(&self, row: &Row) -> bool {
        if row.len() < 3 || row.len() * 10 < self.columns.len() * 8 || self.header_rows.is_empty() {
            return false;
        }
        let mut marked = row.len() >= 6;
        let mut next = 1_u32;
        for (at, (_, value)) in row.iter().enumerate() {
            let text = shown(value);
            let text = text.trim_matches(['(', ')', '（', '）']);
            if matches!(text, "甲" | "乙" | "丙" | "丁" | "戊" | "栏次" | "行次") && at < 5 {
                marked = true;
            } else if text.parse() == Ok(next) {
                marked |= matches!(value, Value::Text(whole) if whole.len() != text.len());
                next += 1;
            } else {
                return false;
            }
        }
        marked && next >= 3
    }
}

/// 合计 in the first cell or beside it, or 某镇小计 before figures.
fn is_totals_row(row: &Row, first: &str) -> bool {
    let [opens, is_second] = [text_of(row.value(0)), text_of(row.value(1))];
    let named = opens.is_some_and(is_total) || is_second.is_some_and(is_total);
    named || opens == Some(first) && ends_like_total(first) && is_mostly_figures(row)
}

fn text_of(value: Value<'_>) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Figures outnumber texts.
fn is_mostly_figures(row: &Row) -> bool {
    let figures = row.iter().filter(|(_, value)| matches!(value, Value::Number(_))).count();
    figures > 0 && figures * 2 >= row.len()
}

/// The reason for a row of a sheet in which no table was found.
fn opening_reason(row: &Row) -> Reason {
    match row.value(0) {
        Value::Text(text) if is_signature(text) => Reason::Signature,
        Value::Text(text) if is_total(text) => Reason::Total,
        Value::Text(_) => Reason::Note,
        _ => Reason::Title,
    }
}

/// Rows at the top of a sheet without header that hold no data: notes, signatures, a single text over a wider table.
fn opens_without_data(row: &Row, columns: usize) -> bool {
    let Value::Text(text) = row.value(0) else { return false };
    row.len() <= 2 && (is_note(text) || is_signature(text)) || row.len() == 1 && columns >= 3
}

/// Where, among the first rows, those begin that lie far below the others.
fn far_tail(held: &[Row]) -> usize {
    let far = held.windows(2).position(|pair| pair[1].number().saturating_sub(pair[0].number()) > FAR_ROWS);
    far.map_or(held.len(), |at| at + 1)
}

/// Rows in which one merged cell lies across most of the table.
fn wide_rows(merges: &[Merge], columns: usize) -> HashSet<u32> {
    let wide = (columns * 6 / 10).max(3) as u32;
    merges
        .iter()
        .filter(|merge| merge.last_column - merge.first_column + 1 >= wide && merge.last_row == merge.first_row)
        .map(|merge| merge.first_row)
        .collect()
}
