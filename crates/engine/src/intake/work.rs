//! A kind of a file being taken in: its rows are checked and appended to a batch while nothing blocks.

use std::collections::HashMap;

use gongzhi_core::catalog::Kind;
use gongzhi_core::intake::header::fold;
use gongzhi_core::intake::mask::shown;
use gongzhi_core::intake::row::Filled;
use gongzhi_core::intake::{IssueList, OwnHeader, RowChecker, SheetFacts, SheetMap};
use gongzhi_core::messages::Message;
use gongzhi_core::values::SetMode;

use super::sheet::raw_cell;
use super::{IntakeBatch, IntakeContext, IntakeError};
use crate::batch::{BatchDescription, BatchWriter, RowOrigin};
use crate::read::{Notice, Row};

/// A kind of the file: its checker, and the batch its rows go to.
pub(super) struct Work<'c> {
    pub(super) kind: &'c Kind,
    pub(super) checker: RowChecker,
    pub(super) description: BatchDescription,
    pub(super) writer: Option<BatchWriter<'c>>,
    /// What the headers of its sheets say.
    pub(super) headers: Vec<OwnHeader>,
    pub(super) rows: u64,
}

impl<'c> Work<'c> {
    /// What it says of itself, the rows read so far heard.
    pub(super) fn mode(&self) -> SetMode {
        self.checker.mode()
    }

    /// Whether its rows would have been read the same, had it said this of itself from the beginning.
    pub(super) fn could_say(&self, mode: SetMode) -> bool {
        let said = self.mode();
        said == mode || said == SetMode::Unsaid && !mode.is_nil()
    }

    /// Checks a row and appends it while nothing blocks.
    pub(super) fn check(
        &mut self,
        row: &Row,
        map: &SheetMap,
        issues: &mut IssueList,
        (context, is_dry_run): (&'c IntakeContext<'c>, bool),
    ) -> Result<(), IntakeError> {
        self.rows += 1;
        let checked = self.checker.check(map, row.number(), |at| raw_cell(row, at), issues);
        if issues.blocks() {
            // Dropped unfinished, a writer leaves nothing behind.
            self.writer = None;
            return Ok(());
        }
        if is_dry_run {
            return Ok(());
        }
        if self.writer.is_none() {
            let created = BatchWriter::create(context.data_folder, &self.description, self.kind, context.keys)?;
            self.writer = Some(created);
        }
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let values = (0..checked.len()).map(|at| checked.value(at));
        writer.record_layout(&map.shown_sheet, &map.place_of);
        let origin = RowOrigin { sheet: &map.shown_sheet, row: checked.number(), action: checked.action() };
        writer.append(origin, values, checked.raws())?;
        Ok(())
    }

    /// Empty cells that took what the sheet says of itself: told, no more.
    pub(super) fn list_filled(&self) -> Vec<Notice> {
        let plan = self.checker.plan();
        let told = |filled: &Filled| {
            let standing = plan.standing.iter().find(|standing| standing.column == filled.column)?;
            let message = Message::new("intake-cells-filled")
                .with("column", &plan.columns[filled.column].header)
                .with("value", &standing.text)
                .with("count", filled.count);
            Some(Notice { message, sheet: Some(filled.sheet.clone()), cell: None })
        };
        self.checker.filled().iter().filter_map(told).collect()
    }

    pub(super) fn end(self) -> (IntakeBatch, Option<BatchWriter<'c>>) {
        let kind = self.kind;
        let keys = if self.writer.is_some() {
            let personal = self.description.personal_key(kind);
            std::iter::once(self.description.main_key(kind)).chain(personal).collect()
        } else {
            Vec::new()
        };
        let mode = self.mode();
        let mut writer = self.writer;
        if let Some(writer) = &mut writer {
            writer.say(mode);
            writer.keep_headers(self.headers);
        }
        let BatchDescription { id, region, unit, item, period, template_version, .. } = self.description;
        let batch = IntakeBatch {
            id,
            region,
            unit,
            item,
            kind: kind.key.clone(),
            period,
            mode,
            template_version,
            keys,
            files: None,
            rows: self.rows,
            is_supplement: false,
            effect: None,
        };
        (batch, writer)
    }
}

/// Which header was taken for which column.
pub(super) fn mapping_of(facts: &SheetFacts, map: &SheetMap, kind: &Kind) -> Vec<(String, String)> {
    let headers: HashMap<u32, &str> =
        facts.columns.iter().map(|column| (column.column, column.name.as_str())).collect();
    let pair = |(at, place): (usize, &Option<u32>)| {
        let header = headers.get(&(*place)?)?;
        Some((shown(header).into_owned(), kind.columns.get(at)?.key.clone()))
    };
    map.place_of.iter().enumerate().filter_map(pair).filter(|(header, _)| !fold(header).is_empty()).collect()
}
