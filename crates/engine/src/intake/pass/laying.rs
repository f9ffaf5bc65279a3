//! A recognised sheet laid over its kind: whose it is, of which period, and what checks its rows.

use gongzhi_core::catalog::{Item, Kind, Severity};
use gongzhi_core::intake::mapping::FEWEST_OF_A_TABLE;
use gongzhi_core::intake::place::Stretch;
use gongzhi_core::intake::said::said_mode;
use gongzhi_core::intake::{
    Circumstances, Clues, Flags, IssueList, KindPlan, Mapping, OwnHeader, Refusal, RowChecker, SheetFacts,
};
use gongzhi_core::issues::Issue;
use gongzhi_core::messages::Message;
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;

use super::{Held, Pass, State};
use crate::batch::BatchDescription;
use crate::intake::shape::FirstTexts;
use crate::intake::work::{Work, mapping_of};
use crate::intake::{IntakeError, region_of};

impl<'c> Pass<'c> {
    /// Starts a recognised sheet, or holds it back while only its rows can say the period.
    pub(super) fn start(&mut self, facts: SheetFacts, item: &'c Item, kind: &'c Kind) -> Result<(), IntakeError> {
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
    pub(super) fn open(
        &mut self,
        facts: SheetFacts,
        kind: &'c Kind,
        column: Option<Stretch>,
    ) -> Result<(), IntakeError> {
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
}
