//! Sheets that are no list with its headers in one row above it: drafts and lists to choose from, tables on their side,
//! cards, a second table below the first.

use std::collections::HashMap;

use gongzhi_core::cells::is_blank_mark;
use gongzhi_core::intake::guess::Sample;
use gongzhi_core::intake::mapping::{FEWEST_OF_A_TABLE, SHAPE};
use gongzhi_core::intake::{HeaderBook, RawValue, Refusal, SheetFacts, SheetMap};
use gongzhi_core::issues::{CellPlace, Issue};
use gongzhi_core::messages::Message;

use super::sheet::raw_cell;
use crate::read::Row;

/// The texts of a sheet's first rows by column, its header among them, and what the cells below the header hold.
pub(super) struct FirstTexts(Vec<Vec<String>>, Vec<Vec<Sample>>);

/// Rows of an unknown sheet whose texts are looked at.
const LOOKED_AT: usize = 60;
/// Names of sheets that are nobody's report: drafts, pivots, sums, lists to choose from.
const SCRATCH_WORDS: [&str; 16] = [
    "草稿",
    "底稿",
    "透视",
    "pivot",
    "临时",
    "备份",
    "测算",
    "试算",
    "计算过程",
    "scratch",
    "temp",
    "下拉",
    "选项",
    "字典",
    "码表",
    "对照表",
];

/// Whether a sheet's name says that it is nobody's report.
pub(super) fn is_scratch(name: &str) -> bool {
    let name = name.to_lowercase();
    SCRATCH_WORDS.iter().any(|word| name.contains(word))
}

impl FirstTexts {
    /// A sheet's header to begin with.
    pub(super) fn of(facts: &SheetFacts) -> Self {
        let headers = facts.columns.iter().map(|column| vec![column.name.clone()]).collect();
        Self(headers, vec![Vec::new(); facts.columns.len()])
    }

    /// A row's texts, of the first rows.
    pub(super) fn take(&mut self, row: &Row) {
        for (at, texts) in self.0.iter_mut().enumerate() {
            if texts.len() <= LOOKED_AT
                && let RawValue::Text(text) = raw_cell(row, at).value
            {
                texts.push(text.to_owned());
            }
        }
        for (at, samples) in self.1.iter_mut().enumerate().filter(|(_, samples)| samples.len() < LOOKED_AT) {
            samples.extend(match raw_cell(row, at).value {
                RawValue::Text(text) if !is_blank_mark(text) => Some(Sample::Text(text.to_owned())),
                RawValue::Number { .. } => Some(Sample::Figure),
                RawValue::Date(_) => Some(Sample::Day),
                _ => None,
            });
        }
    }

    /// The cells below each header, for a guess of what its column is.
    pub(super) fn samples(&self) -> HashMap<String, Vec<Sample>> {
        let headers = self.0.iter().filter_map(|texts| texts.first().cloned());
        headers.zip(self.1.iter().cloned()).collect()
    }

    /// What a sheet is whose headers don't stand in a row: they stand in its first column, or here and there.
    pub(super) fn shape(&self, headers: &HeaderBook) -> Option<&'static str> {
        let known = |texts: &[String]| headers.most_known(texts);
        // Headers in a row above their columns, if of another kind than the one named: a list all the same.
        let header: Vec<String> = self.0.iter().filter_map(|texts| texts.first().cloned()).collect();
        if known(&header) >= FEWEST_OF_A_TABLE {
            return None;
        }
        let first = self.0.first().map_or(0, |texts| known(texts));
        let all: Vec<String> = self.0.iter().flatten().cloned().collect();
        let most = known(&all);
        match () {
            () if first >= FEWEST_OF_A_TABLE && first == most && self.0.len() > 2 => Some("intake-shape-on-its-side"),
            () if most >= FEWEST_OF_A_TABLE => Some("intake-shape-card"),
            () => None,
        }
    }
}

/// Whether a row holds headers of one and the same kind and no data: another table begins.
pub(super) fn is_header_row(headers: &HeaderBook, row: &Row) -> bool {
    let mut texts = Vec::new();
    for at in 0..row.len() {
        match raw_cell(row, at).value {
            RawValue::Empty => {}
            RawValue::Text(text) => texts.push(text.to_owned()),
            _ => return false,
        }
    }
    let known = headers.most_known(&texts);
    known >= FEWEST_OF_A_TABLE && known * 2 > texts.len()
}

/// What is wrong with a sheet in which another table begins at a row.
pub(super) fn second_table(map: &SheetMap, row: &Row) -> Issue {
    let message = Message::new("intake-shape-second-table").with("row", row.number());
    let refusal = Refusal { sheet: map.sheet.clone(), ..Refusal::new(SHAPE, message) };
    Issue { cell: Some(CellPlace { row: row.number(), column: 1 }), ..refusal.into_issue() }
}
