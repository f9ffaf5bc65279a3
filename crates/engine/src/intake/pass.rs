//! One reading of a file, from its first event to its report.

use std::collections::{BTreeMap, HashMap};

use gongzhi_core::catalog::{Item, Kind};
use gongzhi_core::intake::identity::IDENTITY_SHEET;
use gongzhi_core::intake::issue_list::Mark;
use gongzhi_core::intake::place::{Stretch, read_stretch};
use gongzhi_core::intake::{IssueList, LayoutProfile, RawValue, Refusal, SheetFacts, SheetMap, TemplateIdentity};
use gongzhi_core::issues::Issue;
use gongzhi_core::messages::Message;
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;

use super::shape::{FirstTexts, is_header_row, is_scratch, second_table};
use super::sheet::{explains, facts_of, line_of, raw_cell};
use super::work::Work;
use super::{IntakeContext, IntakeError, IntakeRequest, SheetReport};
use crate::read::{Notice, OpenFile, ReadError, Row, SheetEvent, SheetHead};

mod ending;
mod laying;
mod left_out;
mod recognising;

use left_out::unread;

/// Rows held back until the column 信息所属时间期间 says the period.
const HELD_ROWS: usize = 50;

/// Rows of a sheet that may be nothing but a note.
const NOTE_ROWS: u64 = 3;
/// Left-out rows and notices listed.
const MOST_LISTED: usize = 200;

/// What is found only on the way through a file and says how it is to be read from its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Followed {
    /// The hidden identity.
    identity: Option<TemplateIdentity>,
    /// Notes below the tables that state what their figures are measured in, by sheet.
    notes: BTreeMap<String, Vec<String>>,
}

/// One reading of a file.
pub(super) struct Pass<'c> {
    context: &'c IntakeContext<'c>,
    request: &'c IntakeRequest,
    /// Path of the file as it was named; in a zip the member's path behind it. Its folders may say whose a sheet is.
    path: String,
    /// How much of the path is the file's own.
    file_length: usize,
    /// The identity followed.
    identity: Option<TemplateIdentity>,
    /// The identity found on the way.
    found: Option<TemplateIdentity>,
    /// The notes followed, and those found.
    notes: BTreeMap<String, Vec<String>>,
    found_notes: BTreeMap<String, Vec<String>>,
    refusal: Option<Refusal>,
    item: Option<&'c Item>,
    unit: Option<String>,
    period: Option<Period>,
    works: Vec<Work<'c>>,
    work_of: HashMap<String, usize>,
    issues: IssueList,
    sheets: Vec<SheetReport>,
    /// Which of them is being read; none: the current sheet is not reported.
    current: Option<usize>,
    notices: Vec<Notice>,
    proposals: Vec<LayoutProfile>,
    state: State<'c>,
    /// Whether a sheet had rows that nobody could read.
    unknown: Vec<(String, Vec<String>)>,
    /// Sheets of the kind that was named, under foreign headers.
    foreign: Vec<Foreign>,
}

/// A sheet without any header of the kind that was named.
struct Foreign {
    /// What it is beside a sheet that was recognised: nobody's.
    issue: Issue,
    /// What it is else.
    refusal: Refusal,
    /// What its columns may be.
    proposal: LayoutProfile,
}

/// What the current sheet is.
#[derive(Default)]
enum State<'c> {
    /// Nothing to do with its rows.
    #[default]
    Skipped,
    /// The hidden identity: its lines.
    Identity(Vec<String>),
    /// Recognised; held back until the period is known.
    Held(Box<Held<'c>>),
    /// Being checked; of a sheet with hardly a header its texts are looked at, with the issues before it.
    Checked { work: usize, map: Box<SheetMap>, looked_at: Option<Box<(FirstTexts, Mark)>> },
    /// Recognised, but its header is broken: what stands below it can't be told, so its rows are counted and no more.
    Broken { work: usize },
    /// Not recognised.
    Unknown(Box<Unknown>),
}

/// A sheet that nobody knows.
struct Unknown {
    refusal: Refusal,
    /// A visible table that may be a report: its rows block.
    is_table: bool,
    texts: FirstTexts,
    facts: SheetFacts,
}

/// A sheet held back.
struct Held<'c> {
    facts: SheetFacts,
    kind: &'c Kind,
    /// Position of the column 信息所属时间期间.
    position: usize,
    rows: Vec<Row>,
}

impl<'c> Pass<'c> {
    pub(super) fn new(context: &'c IntakeContext<'c>, request: &'c IntakeRequest, followed: &Followed) -> Self {
        Self {
            context,
            request,
            path: request.name.clone(),
            file_length: request.name.len(),
            identity: followed.identity.clone(),
            found: None,
            notes: followed.notes.clone(),
            found_notes: BTreeMap::new(),
            refusal: None,
            item: None,
            unit: None,
            period: None,
            works: Vec::new(),
            work_of: HashMap::new(),
            issues: IssueList::default(),
            sheets: Vec::new(),
            current: None,
            notices: Vec::new(),
            proposals: Vec::new(),
            state: State::default(),
            unknown: Vec::new(),
            foreign: Vec::new(),
        }
    }

    /// Reads the file to its end. The inner result is what the reader says of the file.
    pub(super) fn read(&mut self, file: &OpenFile) -> Result<Result<(), ReadError>, IntakeError> {
        let hint = self.context.books.hint(self.context.profiles);
        let mut reader = match self.context.pool.read_open(file) {
            Ok(reader) => reader.with_hint(hint).ahead(),
            Err(error) => return Ok(Err(error)),
        };
        loop {
            let event = match reader.next_event() {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(Ok(())),
                Err(error) => return Ok(Err(error)),
            };
            match event {
                SheetEvent::Sheet(head) => self.begin(head)?,
                SheetEvent::Row(row) => self.take(row)?,
                SheetEvent::LeftOut(left_out) => self.leave_out(left_out),
                SheetEvent::Notice(notice) => self.notice(notice),
                SheetEvent::SheetEnd(totals) => self.end(*totals)?,
            }
            if self.refusal.is_some() && self.identity.is_some() {
                return Ok(Ok(()));
            }
        }
    }

    /// What was found on the way and isn't followed yet. Each is followed once, so a file is read three times at most.
    pub(super) fn take_followed(&mut self) -> Option<Followed> {
        let identity = self.identity_to_follow();
        let has_notes = self.notes.is_empty() && !self.found_notes.is_empty();
        if identity.is_none() && !has_notes {
            return None;
        }
        let notes = if has_notes { std::mem::take(&mut self.found_notes) } else { std::mem::take(&mut self.notes) };
        Some(Followed { identity: identity.or_else(|| self.identity.take()), notes })
    }

    /// The identity found on the way, when it says otherwise than what the headers and titles said.
    fn identity_to_follow(&mut self) -> Option<TemplateIdentity> {
        let identity = self.found.take().filter(|_| self.identity.is_none())?;
        let period = self.period.map(|period| period.to_string());
        let said = identity.mode.as_deref().and_then(SetMode::find).filter(|_| self.request.flags.mode.is_none());
        let same_kinds = self.sheets.iter().all(|sheet| {
            sheet.item == identity.item && identity.kinds.get(&sheet.sheet).is_none_or(|kind| *kind == sheet.kind)
        });
        let agrees = self.refusal.is_none()
            && self.unknown.is_empty()
            && !self.sheets.is_empty()
            && same_kinds
            && (identity.unit.is_none() || identity.unit == self.unit)
            && (identity.period.is_none() || identity.period == period)
            && said.is_none_or(|said| self.works.iter().all(|work| work.could_say(said)));
        if let Some(said) = said.filter(|_| agrees) {
            self.works.iter_mut().for_each(|work| work.checker.say(said));
        }
        (!agrees).then_some(identity)
    }

    fn refuse(&mut self, sheet: &str, refusal: Refusal) {
        self.state = State::Skipped;
        if self.refusal.is_none() {
            self.refusal = Some(Refusal { sheet: sheet.to_owned(), ..refusal });
        }
    }

    fn report(&mut self, sheet: SheetReport) {
        self.sheets.push(sheet);
        self.current = Some(self.sheets.len() - 1);
    }

    /// A sheet begins.
    fn begin(&mut self, head: &SheetHead) -> Result<(), IntakeError> {
        (self.state, self.current) = (State::Skipped, None);
        if head.name == IDENTITY_SHEET {
            let mut lines: Vec<String> = head.titles.iter().map(|title| title.text.clone()).collect();
            lines.push(head.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(" "));
            self.state = State::Identity(lines);
            return Ok(());
        }
        // Only in a zip has a sheet's name a stroke: the member's name stands before it.
        let member = head.name.rsplit_once('/').map(|(member, _)| member);
        self.path.truncate(self.file_length);
        if let Some(member) = member {
            self.path.extend(["/", member]);
        }
        if let Some(member) = member.filter(|_| head.columns.is_empty()) {
            self.issues.record(unread(member, false, Message::new("intake-member-no-table-mend")));
        }
        if head.columns.is_empty() || explains(head) || self.refusal.is_some() {
            return Ok(());
        }
        let mut facts = facts_of(head);
        facts.notes = self.notes.get(&head.name).cloned().unwrap_or_default();
        let name = self.path.rsplit(['/', '\\']).next().unwrap_or_default();
        facts.notes.push(name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned());
        let (item, kind) = match self.recognise(&facts) {
            Ok(found) => found,
            Err(refusal) => {
                let is_table = facts.columns.len() > 1 && head.header.row_count > 0;
                let is_table = is_table && !head.hidden && !is_scratch(&head.name);
                let texts = FirstTexts::of(&facts);
                let refusal = Refusal { sheet: head.name.clone(), ..refusal };
                self.state = State::Unknown(Box::new(Unknown { refusal, is_table, texts, facts: facts.clone() }));
                self.report(report_of(&facts, "", ""));
                return Ok(());
            }
        };
        self.report(report_of(&facts, &item.key, &kind.key));
        if let Some(other) = self.item.filter(|other| other.key != item.key) {
            let message = Message::new("intake-two-items").with("first", &other.name.zh).with("second", &item.name.zh);
            self.refuse(&head.name, Refusal::new("two-items", message));
            return Ok(());
        }
        self.item = Some(item);
        self.start(facts, item, kind)
    }

    /// A row of the current sheet.
    fn take(&mut self, row: &Row) -> Result<(), IntakeError> {
        match &mut self.state {
            State::Skipped => Ok(()),
            State::Unknown(unknown) => {
                unknown.texts.take(row);
                Ok(())
            }
            State::Identity(lines) => {
                lines.push(line_of(row));
                Ok(())
            }
            State::Checked { work, map, looked_at } => {
                if let Some(looked_at) = looked_at {
                    looked_at.0.take(row);
                }
                let checked = &mut self.works[*work];
                let mark = self.issues.mark();
                checked.check(row, map, &mut self.issues, (self.context, self.request.is_dry_run))?;
                if self.issues.errors_since(&mark) > 0 && is_header_row(&self.context.books.headers, row) {
                    self.issues.rewind(&mark);
                    checked.rows -= 1;
                    self.issues.record(second_table(map, row));
                    self.state = State::Skipped;
                }
                Ok(())
            }
            State::Broken { work } => {
                self.works[*work].rows += 1;
                Ok(())
            }
            State::Held(held) => {
                let stretch = match raw_cell(row, held.position).value {
                    RawValue::Text(text) | RawValue::Number { text, .. } => read_stretch(text),
                    RawValue::Date(moment) => Some(Period::month_of(moment.date()).into()),
                    _ => None,
                };
                held.rows.push(row.clone());
                if stretch.is_some() || held.rows.len() >= HELD_ROWS { self.release(stretch) } else { Ok(()) }
            }
        }
    }

    /// The rows held back are checked with the period known, or found in the names.
    fn release(&mut self, column: Option<Stretch>) -> Result<(), IntakeError> {
        let State::Held(held) = std::mem::take(&mut self.state) else { return Ok(()) };
        let Held { facts, kind, rows, .. } = *held;
        self.open(facts, kind, column)?;
        rows.iter().try_for_each(|row| self.take(row))
    }
}

fn report_of(facts: &SheetFacts, item: &str, kind: &str) -> SheetReport {
    SheetReport {
        sheet: facts.name.clone(),
        item: item.to_owned(),
        kind: kind.to_owned(),
        headers: facts.columns.iter().map(|column| column.name.clone()).collect(),
        ..SheetReport::default()
    }
}
