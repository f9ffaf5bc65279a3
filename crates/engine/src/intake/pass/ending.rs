//! What a sheet came to, and what the file came to.

use std::collections::HashMap;

use gongzhi_core::catalog::Severity;
use gongzhi_core::intake::guess::Seen;
use gongzhi_core::intake::issue_list::Mark;
use gongzhi_core::intake::mapping::{FOREIGN_SHEET, SHAPE};
use gongzhi_core::intake::mask::{mask_citizens, shown};
use gongzhi_core::intake::{LayoutProfile, Refusal, SheetMap, TemplateIdentity};
use gongzhi_core::issues::Issue;
use gongzhi_core::messages::Message;
use gongzhi_core::values::SetMode;

use super::{Foreign, MOST_LISTED, NOTE_ROWS, Pass, State, Unknown};
use crate::batch::BatchWriter;
use crate::intake::nil::nil_batches;
use crate::intake::shape::FirstTexts;
use crate::intake::work::Work;
use crate::intake::{CheckedFile, IntakeBatch, IntakeError, IntakeReport, Outcome};
use crate::read::{Notice, SheetTotals};

impl<'c> Pass<'c> {
    /// The current sheet is over.
    pub(super) fn end(&mut self, totals: SheetTotals) -> Result<(), IntakeError> {
        if matches!(self.state, State::Held(_)) {
            self.release(None)?;
        }
        match std::mem::take(&mut self.state) {
            State::Identity(lines) => self.found = TemplateIdentity::read(lines.iter().map(String::as_str)),
            State::Unknown(unknown) => self.end_unknown(*unknown, totals),
            state => {
                if let State::Checked { work, map, looked_at } = state {
                    self.end_checked(work, &map, looked_at);
                }
                if let Some(sheet) = self.current.and_then(|at| self.sheets.get_mut(at)) {
                    (sheet.rows, sheet.left_out) = (totals.row_count, totals.left_out_count);
                }
            }
        }
        Ok(())
    }

    /// What its columns came to that nobody knows: a layout profile is proposed for those with values, the others are told.
    /// One that turns out to be no list is named as what it is instead.
    fn end_checked(&mut self, work: usize, map: &SheetMap, looked_at: Option<Box<(FirstTexts, Mark)>>) {
        if let Some((texts, mark)) = looked_at.map(|looked_at| *looked_at)
            && let Some(key) = texts.shape(&self.context.books.headers)
        {
            self.issues.rewind(&mark);
            self.proposals.clear();
            let refusal = Refusal { sheet: map.sheet.clone(), ..Refusal::new(SHAPE, Message::new(key)) };
            self.issues.record(refusal.into_issue());
            return;
        }
        let (filled, empty): (Vec<_>, Vec<_>) = map.unknown().partition(|unknown| unknown.has_values());
        if !empty.is_empty() && self.notices.len() < MOST_LISTED {
            let headers: Vec<&str> = empty.iter().map(|unknown| unknown.header.as_str()).collect();
            let message = Message::new("intake-columns-empty").with("headers", headers.join("、"));
            self.notices.push(Notice::of_sheet(&map.sheet, message));
        }
        if filled.iter().any(|unknown| !unknown.is_own) {
            self.propose(work);
        }
    }

    /// Proposes a layout profile for the current sheet.
    pub(super) fn propose(&mut self, work: usize) {
        let work = &self.works[work];
        let (item, kind) = (&work.description.item, work.kind);
        let Some(headers) = self.context.books.headers.find(item, &kind.key) else { return };
        let Some(sheet) = self.current.and_then(|at| self.sheets.get(at)) else { return };
        // A header that tells who somebody is stands in no file of this program.
        if sheet.headers.iter().any(|header| mask_citizens(header).is_some()) {
            return;
        }
        let unit = self.unit.as_deref().unwrap_or_default();
        let proposal = LayoutProfile::propose(kind, headers, unit, sheet.headers.iter().map(String::as_str));
        if !self.proposals.contains(&proposal) {
            self.proposals.push(proposal);
        }
    }

    /// A sheet that nobody knows: a table with rows blocks, anything else is told. One whose headers stand elsewhere than
    /// in a row above it is named as what it is.
    fn end_unknown(&mut self, unknown: Unknown, totals: SheetTotals) {
        let Some(sheet) = self.current.take().and(self.sheets.pop()) else { return };
        if totals.row_count == 0 {
            return;
        }
        let shape = unknown.texts.shape(&self.context.books.headers);
        let proposal = shape.is_none().then(|| self.propose_foreign(&unknown)).flatten();
        let Unknown { refusal, is_table, .. } = unknown;
        self.unknown.push((sheet.sheet.clone(), sheet.headers));
        // A few words and figures that nobody knows beside a report are notes.
        let is_like_none = ["intake-sheet-unknown", "catalog-kind-needed"].contains(&refusal.message.key.as_ref());
        let is_note = shape.is_none() && totals.row_count <= NOTE_ROWS && is_like_none;
        let severity = if is_table && !is_note { Severity::Error } else { Severity::Warning };
        let refusal = match shape {
            Some(key) => Refusal { sheet: refusal.sheet, ..Refusal::new(SHAPE, Message::new(key)) },
            None => refusal,
        };
        let name = refusal.sheet.clone();
        let issue = Issue { severity, ..refusal.into_issue() };
        match proposal {
            Some((item, proposal)) => {
                let message = Message::new("intake-sheet-foreign").with("sheet", &name).with("item", item);
                let refusal = Refusal { sheet: name, ..Refusal::new(FOREIGN_SHEET, message) };
                self.foreign.push(Foreign { issue, refusal, proposal });
            }
            None => self.issues.record(issue),
        }
    }

    /// What the columns of a sheet may be that has no header of the kind which was named, by what stands in them.
    fn propose_foreign(&self, unknown: &Unknown) -> Option<(String, LayoutProfile)> {
        let (item, kind) = self.named_kind().filter(|_| unknown.is_table)?;
        let headers = self.context.books.headers.find(&item.key, &kind.key)?;
        let unit = self.judge(item).unit(&self.clues(&unknown.facts, None)).map(|(unit, _)| unit).unwrap_or_default();
        let names = unknown.facts.columns.iter().map(|column| column.name.as_str());
        let mut proposal = LayoutProfile::propose(kind, headers, &unit, names);
        let samples = unknown.texts.samples();
        proposal.guess(kind, &Seen { samples: &samples, catalog: self.context.catalog, day: self.request.today });
        Some((item.name.zh.clone(), proposal))
    }

    /// A sheet under foreign headers is nobody's beside one that was recognised; else it is what was meant.
    fn end_foreign(&mut self) {
        let is_beside = !self.works.is_empty();
        for Foreign { issue, refusal, proposal } in std::mem::take(&mut self.foreign) {
            if is_beside {
                self.issues.record(issue);
                continue;
            }
            match self.refusal {
                None => self.refusal = Some(refusal),
                Some(_) => self.issues.record(refusal.into_issue()),
            }
            if !self.proposals.contains(&proposal) {
                self.proposals.push(proposal);
            }
        }
    }

    /// The report, and the batches that may be written when nothing blocks.
    pub(in crate::intake) fn finish(mut self) -> CheckedFile<'c> {
        self.end_foreign();
        self.refusal = self.refusal.take().or_else(|| self.reason_to_refuse());
        let mode = self.works.first().map(Work::mode).or(self.request.flags.mode);
        let rows: u64 = self.works.iter().map(|work| work.rows).sum();
        if rows > 0 {
            self.tell_empty_kinds();
            self.notices.extend(self.works.iter().flat_map(Work::list_filled));
        }
        let mut report = IntakeReport {
            file: shown(&self.request.name).into_owned(),
            unit: self.unit.clone(),
            period: self.period,
            mode,
            sheets: std::mem::take(&mut self.sheets),
            notices: std::mem::take(&mut self.notices),
            proposals: std::mem::take(&mut self.proposals),
            ..IntakeReport::default()
        };
        report.outcome = match (&self.refusal, self.issues.blocks()) {
            (Some(_), _) => Outcome::Refused,
            (None, true) => Outcome::Blocked,
            (None, false) => Outcome::Accepted,
        };
        let mut writers = Vec::new();
        if report.outcome == Outcome::Accepted {
            (report.batches, writers) = self.end_works(mode);
        }
        let refusal = self.refusal.take().map(Refusal::into_issue);
        let order: HashMap<String, usize> =
            report.sheets.iter().enumerate().map(|(at, sheet)| (sheet.sheet.clone(), at)).collect();
        let (mut issues, unlisted) = self.issues.into_parts();
        issues.sort_by_key(|issue| (order.get(&issue.sheet).copied(), issue.cell));
        report.issues = refusal.into_iter().chain(issues).collect();
        report.unlisted_issues = unlisted;
        CheckedFile { report, writers }
    }

    /// What makes the whole file unfit although no sheet was refused.
    fn reason_to_refuse(&self) -> Option<Refusal> {
        let rows: u64 = self.works.iter().map(|work| work.rows).sum();
        let is_nil = self.works.first().map(Work::mode).or(self.request.flags.mode).is_some_and(SetMode::is_nil)
            || self.request.flags.mode.is_some_and(SetMode::is_nil);
        if is_nil {
            return (rows > 0).then(|| Refusal::new("nil", Message::new("intake-nil-with-rows").with("rows", rows)));
        }
        if self.works.is_empty() {
            let unknown = (!self.unknown.is_empty()).then(|| Message::new("intake-nothing-known"));
            return Some(match unknown {
                Some(message) => Refusal::new("unknown-sheet", message),
                None => Refusal::new("empty-sheet", Message::new("intake-file-empty")),
            });
        }
        let sheet = self.sheets.iter().find(|sheet| !sheet.item.is_empty())?;
        (rows == 0).then(|| {
            let message = Message::new("intake-sheet-empty").with("sheet", &sheet.sheet);
            Refusal { sheet: sheet.sheet.clone(), ..Refusal::new("empty-sheet", message) }
        })
    }

    /// A sheet of a kind without rows is neither a set nor the declaration that there is nothing: told, where others of
    /// the file have rows.
    fn tell_empty_kinds(&mut self) {
        let empty: Vec<String> =
            self.works.iter().filter(|work| work.rows == 0).map(|work| work.kind.key.clone()).collect();
        for sheet in self.sheets.iter().filter(|sheet| empty.contains(&sheet.kind)) {
            let message = Message::new("intake-kind-empty").with("sheet", &sheet.sheet);
            let refusal = Refusal { sheet: sheet.sheet.clone(), ..Refusal::new("empty-sheet", message) };
            self.issues.record(Issue { severity: Severity::Warning, ..refusal.into_issue() });
        }
    }

    /// The batches, and a writer for each that has rows.
    fn end_works(&mut self, mode: Option<SetMode>) -> (Vec<IntakeBatch>, Vec<Option<BatchWriter<'c>>>) {
        if let Some(mode) = mode.filter(|mode| mode.is_nil()) {
            let (Some(item), Some(unit), Some(period)) = (self.item, &self.unit, self.period) else {
                return (Vec::new(), Vec::new());
            };
            let kinds = self.works.iter().map(|work| work.kind);
            let batches = nil_batches(self.context, item, (unit, period, mode), kinds);
            let writers = batches.iter().map(|_| None).collect();
            return (batches, writers);
        }
        let works = std::mem::take(&mut self.works);
        works.into_iter().filter(|work| work.rows > 0).map(Work::end).unzip()
    }
}
