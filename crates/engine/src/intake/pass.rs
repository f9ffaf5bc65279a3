//! One reading of a file, from its first event to its report.

mod ending;

use std::collections::{BTreeMap, HashMap};

use gongzhi_core::catalog::{Item, Kind, Severity};
use gongzhi_core::intake::identity::IDENTITY_SHEET;
use gongzhi_core::intake::issue_list::Mark;
use gongzhi_core::intake::mapping::FEWEST_OF_A_TABLE;
use gongzhi_core::intake::place::{Stretch, read_stretch};
use gongzhi_core::intake::recognise::{Expected, Recognised, recognise};
use gongzhi_core::intake::said::said_mode;
use gongzhi_core::intake::stated;
use gongzhi_core::intake::{
    Circumstances, Clues, Flags, IssueList, Judge, KindPlan, LayoutProfile, Mapping, OwnHeader, RawValue, Refusal,
    RowChecker, SheetFacts, SheetMap, TemplateIdentity,
};
use gongzhi_core::issues::{CellPlace, Issue};
use gongzhi_core::messages::Message;
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;

use super::shape::{FirstTexts, is_header_row, is_scratch, second_table};
use super::sheet::{explains, facts_of, line_of, raw_cell};
use super::work::{Work, mapping_of};
use super::{IntakeContext, IntakeError, IntakeRequest, SheetReport, region_of};
use crate::batch::BatchDescription;
use crate::read::{LeftOut, Notice, OpenFile, ReadError, Reason, Row, SheetEvent, SheetHead};

/// Rows held back until the column 信息所属时间期间 says the period.
const HELD_ROWS: usize = 50;
/// What the reader says of a header that is no longer over its columns.
const BROKEN_HEADER: &str = "read-header-joined";
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

    /// The kind of a sheet: by the hidden identity, by a confirmed layout profile for exactly these headers, by the headers.
    fn recognise(&self, facts: &SheetFacts) -> Result<(&'c Item, &'c Kind), Refusal> {
        let catalog = self.context.catalog;
        let by_identity = self.identity.as_ref().and_then(|identity| {
            let kind = identity.kinds.get(&facts.name)?;
            catalog.find_kind(&format!("{}.{kind}", identity.item))
        });
        let by_profile = || self.profile(facts, None).and_then(|profile| catalog.find_kind(&profile.kind));
        if let Some(found) = by_identity.or_else(by_profile) {
            return self.open_kind(found);
        }
        let clues = self.clues(facts, None);
        let units: Vec<&str> = self.context.books.units.named_in(&format!("{} {}", clues.path, facts.titles.join(" ")));
        let stated = self.request.flags.unit.as_deref().and_then(|unit| self.context.books.units.find(unit));
        let is_reporter = |item: &&Item| {
            let reports = |unit: &str| catalog.reporter_of(item, unit).is_some();
            stated.map_or_else(|| units.iter().any(|unit| reports(unit)), reports)
        };
        let identity = self.identity.as_ref();
        let expected = Expected {
            item: self.request.item.clone().or_else(|| identity.map(|identity| identity.item.clone())),
            kind: self.request.kind.clone(),
            unit_items: catalog.items.values().filter(is_reporter).map(|item| item.key.clone()).collect(),
            file: self.path.clone(),
        };
        match recognise(&self.context.books.headers, facts, &expected) {
            Recognised::One(item, kind) => match catalog.find_kind(&format!("{item}.{kind}")) {
                Some(found) => self.open_kind(found),
                None => Err(Refusal::new("unknown-sheet", Message::new("intake-sheet-unknown"))),
            },
            Recognised::Several(kinds) => {
                let message = Message::new("intake-sheet-several").with("sheet", &facts.name);
                Err(Refusal::new("unknown-sheet", message.with("kinds", self.named(&kinds))))
            }
            Recognised::None(nearest) if nearest.is_empty() && self.lacks_kind().is_some() => {
                let item = self.lacks_kind().unwrap_or_default();
                let mend = Message::new("intake-kind-needed-mend");
                Err(Refusal { mend, ..Refusal::new("unknown-sheet", catalog.unknown_kind(item)) })
            }
            Recognised::None(nearest) => {
                let key = if nearest.is_empty() { "intake-sheet-unknown" } else { "intake-sheet-unknown-nearest" };
                let message = Message::new(key).with("sheet", &facts.name).with("kinds", self.named(&nearest));
                Err(Refusal::new("unknown-sheet", message))
            }
        }
    }

    /// The item, where it was named but not which of its kinds.
    fn lacks_kind(&self) -> Option<&str> {
        let named = self.request.item.as_deref().filter(|_| self.request.kind.is_none())?;
        (self.context.catalog.items.get(named)?.kinds.len() > 1).then_some(named)
    }

    /// The kind that was named, of an item of one kind with the item.
    fn named_kind(&self) -> Option<(&'c Item, &'c Kind)> {
        let item = self.context.catalog.items.get(self.request.item.as_deref()?)?;
        let only = || item.kinds.first().filter(|_| item.kinds.len() == 1);
        let kind = self.request.kind.as_deref().map_or_else(only, |key| item.find_kind(key))?;
        Some((item, kind))
    }

    fn open_kind(&self, (item, kind): (&'c Item, &'c Kind)) -> Result<(&'c Item, &'c Kind), Refusal> {
        if kind.columns.iter().all(|column| column.closed) {
            let message = Message::new("intake-kind-closed").with("item", &item.name.zh).with("kind", &kind.name.zh);
            return Err(Refusal::new("closed-kind", message));
        }
        Ok((item, kind))
    }

    fn named(&self, kinds: &[String]) -> String {
        let name = |key: &String| match self.context.catalog.find_kind(key) {
            Some((item, kind)) => format!("{key}（{}·{}）", item.name.zh, kind.name.zh),
            None => key.clone(),
        };
        kinds.iter().map(name).collect::<Vec<_>>().join("、")
    }

    /// The confirmed layout profile made for exactly these headers.
    fn profile(&self, facts: &SheetFacts, unit: Option<&str>) -> Option<&'c LayoutProfile> {
        let names = || facts.columns.iter().map(|column| column.name.as_str());
        let wanted = |profile: &&LayoutProfile| {
            let item = self.request.item.as_ref().is_none_or(|item| profile.kind.split('.').next() == Some(item));
            let unit = unit.is_none_or(|unit| profile.unit.is_empty() || profile.unit == unit);
            item && unit && profile.is_for(names())
        };
        self.context.profiles.iter().find(wanted)
    }

    fn clues<'a>(&'a self, facts: &'a SheetFacts, column: Option<Stretch>) -> Clues<'a> {
        Clues {
            identity: self.identity.as_ref(),
            flags: &self.request.flags,
            titles: &facts.titles,
            column,
            path: &self.path,
        }
    }

    fn judge(&self, item: &'c Item) -> Judge<'c> {
        let (catalog, units) = (self.context.catalog, &self.context.books.units);
        Judge { catalog, units, item, today: self.request.today }
    }

    /// Starts a recognised sheet, or holds it back while only its rows can say the period.
    fn start(&mut self, facts: SheetFacts, item: &'c Item, kind: &'c Kind) -> Result<(), IntakeError> {
        let headers = self.context.books.headers.find(&item.key, &kind.key);
        let said_before = {
            let judge = self.judge(item);
            let clues = Clues { path: "", ..self.clues(&facts, None) };
            self.period.is_some() || judge.period(&clues).is_ok() || clues.flags.period.is_some()
        };
        let position = headers.and_then(|headers| {
            let at = kind.columns.iter().position(|column| column.key == "info_period")?;
            facts.columns.iter().position(|column| headers.find(&column.name).is_some_and(|found| found.column == at))
        });
        match position.filter(|_| !said_before) {
            Some(position) => {
                self.state = State::Held(Box::new(Held { facts, kind, position, rows: Vec::new() }));
                Ok(())
            }
            None => self.open(facts, kind, None),
        }
    }

    /// Opens a sheet for checking: unit, period and mode are decided, its columns laid over the kind's.
    fn open(&mut self, facts: SheetFacts, kind: &'c Kind, column: Option<Stretch>) -> Result<(), IntakeError> {
        let Some(item) = self.item else { return Ok(()) };
        let judge = self.judge(item);
        let clues = self.clues(&facts, column);
        let decided = match (&self.unit, self.period) {
            (Some(unit), Some(period)) => Ok((unit.clone(), period)),
            _ => judge.unit(&clues).and_then(|(unit, _)| Ok((unit, judge.period(&clues)?.0))),
        };
        let (unit, period) = match decided {
            Ok(decided) => decided,
            Err(refusal) => {
                self.refuse(&facts.name, refusal);
                return Ok(());
            }
        };
        for (severity, message) in judge.contradictions(&clues, &unit, period) {
            let refusal = Refusal { sheet: facts.name.clone(), ..Refusal::new("contradiction", message) };
            self.issues.record(Issue { severity, ..refusal.into_issue() });
        }
        if self.unit.is_some() {
            self.tell_other_folder(&facts, item, (&unit, period));
        }
        (self.unit, self.period) = (Some(unit), Some(period));
        self.lay(&facts, item, kind)
    }

    /// A member of a zip that lies in the folder of another unit or period than the sheets before it.
    fn tell_other_folder(&mut self, facts: &SheetFacts, item: &'c Item, (unit, period): (&str, Period)) {
        let nothing = Flags::default();
        let path = &self.path[self.file_length..];
        let clues = Clues { identity: None, flags: &nothing, titles: &[], column: None, path };
        let judge = self.judge(item);
        let other_unit = judge.unit(&clues).ok().map(|(stated, _)| stated).filter(|stated| stated != unit);
        let other_period = judge.period(&clues).ok().map(|(stated, _)| stated).filter(|stated| *stated != period);
        let flags = &self.request.flags;
        let told = [
            (other_unit, unit.to_owned(), "unit", flags.unit.is_some()),
            (other_period.map(|stated| stated.to_string()), period.to_string(), "period", flags.period.is_some()),
        ];
        for (stated, decided, what, by_flag) in told {
            let Some(stated) = stated else { continue };
            let (severity, key) = match by_flag {
                true => (Severity::Warning, format!("intake-{what}-contradicts")),
                false => (Severity::Error, format!("intake-sheets-of-{what}s")),
            };
            let message = Message::new(key).with("stated", stated).with(what, decided);
            let refusal = Refusal { sheet: facts.name.clone(), ..Refusal::new("contradiction", message) };
            self.issues.record(Issue { severity, ..refusal.into_issue() });
        }
    }

    /// Lays a sheet over its kind.
    fn lay(&mut self, facts: &SheetFacts, item: &'c Item, kind: &'c Kind) -> Result<(), IntakeError> {
        let Some(headers) = self.context.books.headers.find(&item.key, &kind.key) else { return Ok(()) };
        let profile = self.profile(facts, self.unit.as_deref());
        let work = match self.work_of.get(&kind.key) {
            Some(work) => *work,
            None => self.add_work(facts, item, kind),
        };
        let mapping = Mapping { headers, kind, plan: self.works[work].checker.plan(), profile };
        let mut issues = IssueList::default();
        let map = mapping.map(facts, &mut issues);
        let is_list = profile.is_some() || map.place_of.iter().flatten().count() >= FEWEST_OF_A_TABLE;
        let looked_at = (!is_list).then(|| Box::new((FirstTexts::of(facts), self.issues.mark())));
        if issues.blocks() {
            self.propose(work);
        }
        self.issues.extend(issues);
        self.works[work].headers.push(OwnHeader::of(facts, &map, kind));
        if self.works[work].description.mapping.is_empty() {
            self.works[work].description.mapping = mapping_of(facts, &map, kind);
        }
        self.state = State::Checked { work, map: Box::new(map), looked_at };
        Ok(())
    }

    fn add_work(&mut self, facts: &SheetFacts, item: &'c Item, kind: &'c Kind) -> usize {
        let (unit, period) = (self.unit.clone().unwrap_or_default(), self.period.unwrap_or(Period::Year(0)));
        let mode = said_mode((item, kind), &self.clues(facts, None)).unwrap_or(SetMode::Unsaid);
        let region = self.context.catalog.units.get(&unit).map(|unit| unit.region.clone()).unwrap_or_default();
        let when = Circumstances { period, region, today: self.request.today };
        let plan = KindPlan::new(self.context.catalog, item, kind, self.context.books.regions.clone(), when);
        let description = BatchDescription {
            id: (self.context.new_id)(),
            region: region_of(self.context.catalog, &unit),
            unit,
            item: item.key.clone(),
            period,
            template_version: plan.version,
            mapping: Vec::new(),
        };
        let checker = RowChecker::new(plan, mode);
        self.works.push(Work { kind, checker, description, writer: None, headers: Vec::new(), rows: 0 });
        self.work_of.insert(kind.key.clone(), self.works.len() - 1);
        self.works.len() - 1
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

    fn leave_out(&mut self, left_out: &LeftOut) {
        if let State::Identity(lines) = &mut self.state {
            lines.push(left_out.text.clone());
            return;
        }
        self.note_measures(left_out);
        let Some(sheet) = self.current.and_then(|at| self.sheets.get_mut(at)) else { return };
        if sheet.left_out_rows.len() < MOST_LISTED {
            sheet.left_out_rows.push(left_out.clone());
        }
        if let (Reason::Alone { column }, State::Checked { .. }) = (left_out.reason, &self.state)
            && self.context.books.units.named_in(&left_out.text).is_empty()
        {
            let issue = alone_issue(&sheet.sheet, left_out, column);
            self.issues.record(issue);
        }
    }

    /// A line below the header that states a measure which nothing above it stated: 注：金额单位为万元, 合计（万元）.
    fn note_measures(&mut self, left_out: &LeftOut) {
        let (sheet, known) = match &self.state {
            State::Checked { map, .. } => (&map.sheet, map.stated.clone()),
            State::Held(held) => {
                let titles = held.facts.titles.iter();
                (&held.facts.name, titles.flat_map(|title| stated::claims_in(title)).collect())
            }
            _ => return,
        };
        let may_state = matches!(
            left_out.reason,
            Reason::Note | Reason::Total | Reason::Signature | Reason::StrayRow | Reason::StrayCell { .. }
        );
        if !may_state || !self.notes.is_empty() {
            return;
        }
        let claims = stated::claims_in(&left_out.text);
        if claims.iter().any(|claim| !known.contains(claim)) {
            self.found_notes.entry(sheet.clone()).or_default().push(left_out.text.clone());
        }
    }

    fn notice(&mut self, notice: &Notice) {
        if notice.message.key == BROKEN_HEADER {
            self.break_header(notice);
            return;
        }
        if let Some((member, is_sheet)) = notice.unread_member() {
            self.issues.record(unread(member, is_sheet, notice.message.clone()));
            return;
        }
        // Cells spoilt by a spreadsheet become issues of their own.
        let key = &notice.message.key;
        let told_as_issues = ["digits-lost", "formula-uncomputed", "text-lost", "merged-figure"];
        let is_issue = told_as_issues.iter().any(|part| key.contains(part));
        if !is_issue && self.notices.len() < MOST_LISTED {
            self.notices.push(notice.clone());
        }
    }

    /// Names that were joined in one cell stand over other columns than their own: one error says so, where checking
    /// the rows would give thousands that are none.
    fn break_header(&mut self, notice: &Notice) {
        let work = match std::mem::take(&mut self.state) {
            State::Checked { work, .. } | State::Broken { work } => work,
            other => {
                self.state = other;
                self.notices.push(notice.clone());
                return;
            }
        };
        self.state = State::Broken { work };
        let refusal = Refusal::new("header", Message::new("intake-header-joined"));
        let sheet = notice.sheet.clone().unwrap_or_default();
        let cell = notice.cell.as_deref().and_then(CellPlace::parse);
        self.issues.record(Issue { cell, ..Refusal { sheet, ..refusal }.into_issue() });
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

/// A name that stood alone behind a total and was not taken for a record: the clerk is asked.
fn alone_issue(sheet: &str, left_out: &LeftOut, column: u32) -> Issue {
    let message = Message::new("intake-row-left-out").with("row", left_out.row).with("value", &left_out.text);
    let refusal = Refusal { sheet: sheet.to_owned(), ..Refusal::new("row", message) }.about(&left_out.text);
    let cell = Some(CellPlace { row: left_out.row, column: column + 1 });
    Issue { cell, severity: Severity::Warning, ..refusal.into_issue() }
}

/// A member of a zip that can't be read: a sheet among them would be missing from what is taken in.
fn unread(member: &str, is_sheet: bool, reason: Message) -> Issue {
    let (severity, key) = match is_sheet {
        true => (Severity::Error, "intake-member-unreadable"),
        false => (Severity::Warning, "intake-member-no-table"),
    };
    let refusal = Refusal::new("member", Message::new(key).with("member", member));
    Issue { severity, ..Refusal { sheet: member.to_owned(), mend: reason, ..refusal }.into_issue() }
}
