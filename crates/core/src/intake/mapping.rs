//! The columns of one sheet laid over the columns of its kind.
//!
//! Done once a sheet. A column that nobody knows is an error until the catalogue declares it or a confirmed layout profile
//! maps or ignores it: what isn't understood is never dropped in silence.

use super::claim::Claim;
use super::header::{self, KindHeaders};
use super::issue_list::IssueList;
use super::lookup::CodeLookup;
use super::mask::shown;
use super::measured::{self, Said};
use super::plan::KindPlan;
use super::profile::{LayoutProfile, Use};
pub use super::sheet_map::{SheetColumn, SheetFacts, SheetMap, Target, UnknownColumn};
use super::stated;
use crate::catalog::{Kind, Measure, Severity};
use crate::issues::CellPlace;
use crate::messages::Message;

mod telling;

use telling::written;

/// Name of the rule broken by a column that nobody knows.
pub const UNKNOWN_COLUMN: &str = "unknown-column";

/// Name of the rule broken by a sheet that has no header of the kind which was named for it.
pub const FOREIGN_SHEET: &str = "foreign-sheet";

/// Name of the rule by which a column of the office's own is told.
pub const OWN_COLUMN: &str = "own-column";

/// Name of the rule broken by a sheet that is no list with its headers in one row above it.
pub const SHAPE: &str = "shape";

/// Fewest headers that make a table.
pub const FEWEST_OF_A_TABLE: usize = 3;

/// Fewest headers of the kind that make a second table beside the first.
const FEWEST_SIDE_BY_SIDE: usize = 2;

/// Name of the rule broken by columns that a sheet lacks.
pub const MISSING_COLUMN: &str = "missing-column";

/// A sheet laid over a kind: what is known of both.
#[derive(Debug, Clone, Copy)]
pub struct Mapping<'a> {
    /// The kind's headers.
    pub headers: &'a KindHeaders,
    /// The kind.
    pub kind: &'a Kind,
    /// The kind worked out.
    pub plan: &'a KindPlan,
    /// A confirmed layout profile for exactly these headers.
    pub profile: Option<&'a LayoutProfile>,
}

impl Mapping<'_> {
    /// Lays the sheet over the kind. What is wrong with its headers goes to `issues`.
    pub fn map(&self, facts: &SheetFacts, issues: &mut IssueList) -> SheetMap {
        let mut map = SheetMap {
            sheet: facts.name.clone(),
            shown_sheet: shown(&facts.name).into_owned(),
            targets: Vec::with_capacity(facts.columns.len()),
            places: facts.columns.iter().map(|column| column.column).collect(),
            place_of: vec![None; self.kind.columns.len()],
            stated: self.stated(facts),
            has_action: false,
            epoch_1904: facts.epoch_1904,
        };
        let stated = map.stated.clone();
        if let Some(issue) = self.side_by_side(facts) {
            issues.record(issue);
            map.targets = facts.columns.iter().map(|_| Target::Ignored).collect();
            return map;
        }
        let mut left = None;
        for column in &facts.columns {
            let target = self.target(column, (left, &stated), &mut map, (facts, issues));
            if let Target::Column { column, .. } = target {
                left = Some(column);
            }
            map.targets.push(target);
        }
        self.settle_unknown(&mut map);
        self.report_missing(&map, facts, issues);
        self.report_disagreements(&map, &stated, facts, issues);
        map
    }

    /// What the sheet states of measures beside its headers: in its titles and notes, in its own name, in a header that says
    /// nothing else, in a group of headers that is rather a title.
    fn stated(&self, facts: &SheetFacts) -> Vec<Claim> {
        let texts = facts.titles.iter().chain(&facts.notes).chain(std::iter::once(&facts.name)).map(String::as_str);
        let headers = facts.columns.iter().map(|column| header::without_repeat(&column.name));
        let alone = headers.clone().filter(|name| self.headers.find(name).is_none() && stated::is_statement(name));
        let groups = headers.filter_map(|name| name.rsplit_once('/')).flat_map(|(upper, _)| upper.split('/'));
        let groups = groups.filter(|group| group.contains("单位") && stated::is_statement(group));
        let mut found: Vec<Claim> = Vec::new();
        for claim in texts.chain(alone).chain(groups).flat_map(stated::claims_in) {
            if !found.contains(&claim) {
                found.push(claim);
            }
        }
        found
    }

    fn target(
        &self,
        column: &SheetColumn,
        (left, stated): (Option<usize>, &[Claim]),
        map: &mut SheetMap,
        (facts, issues): (&SheetFacts, &mut IssueList),
    ) -> Target {
        let place = CellPlace { row: facts.header_row, column: column.column };
        if let Some(used) = self.profile.and_then(|profile| profile.find(&column.name)) {
            return self.profiled((used, &column.name), stated, map, (facts, place, issues));
        }
        if header::is_blank(&column.name) {
            return Target::Blank;
        }
        let repeated = header::without_repeat(&column.name);
        let bare = self.headers.find_bare_code(&column.name, left).filter(|at| map.place_of[*at].is_none());
        let found = match bare {
            Some(at) => Some((at, None)),
            None => self
                .headers
                .find(&column.name)
                .or_else(|| self.headers.find(repeated))
                .map(|found| (found.column, found.claim)),
        };
        if let Some((at, claim)) = found {
            if let Some(first) = map.place_of[at] {
                let first = CellPlace { row: facts.header_row, column: first }.address();
                self.report_twice(written(&column.name, facts), facts, (place, first), issues);
                return Target::Ignored;
            }
            map.place_of[at] = Some(column.column);
            return self.known((at, &column.name), claim, stated, (facts, place, issues));
        }
        if header::is_action(&column.name) && !map.has_action {
            map.has_action = true;
            return Target::Action;
        }
        match () {
            () if header::is_counting(&column.name) => Target::Ignored,
            () if header::is_remark(&column.name) => Target::Remark,
            () => Target::Unknown(Box::new(self.unknown(column, facts, place))),
        }
    }

    /// A column of the kind: closed ones are read over, the others get the measure their figures have here.
    fn known(
        &self,
        (at, header): (usize, &str),
        claim: Option<Claim>,
        stated: &[Claim],
        (facts, place, issues): (&SheetFacts, CellPlace, &mut IssueList),
    ) -> Target {
        let plan = &self.plan.columns[at];
        if plan.closed {
            let message = Message::new("intake-column-closed").with("header", &plan.header);
            let mend = Message::new("intake-column-closed-mend");
            let mut issue = self.issue(facts, place, &plan.header, ("closed-column", message, mend));
            issue.severity = Severity::Warning;
            issue.column = Some(plan.key.clone());
            issues.record(issue);
            return Target::Ignored;
        }
        let said = self.measured((at, header), claim.as_ref(), stated, (facts, place, issues));
        Target::Column { column: at, measure: said.measure, is_stated: said.is_stated, translations: None }
    }

    /// The measure of a column's figures in this sheet; a word that can't be followed is an error at the header, so much for
    /// each of something where a sum is asked for a warning.
    fn measured(
        &self,
        (at, header): (usize, &str),
        claim: Option<&Claim>,
        stated: &[Claim],
        (facts, place, issues): (&SheetFacts, CellPlace, &mut IssueList),
    ) -> Said {
        let plan = &self.plan.columns[at];
        match measured::decide(plan, claim, stated) {
            Ok(said) => {
                let each = said.each.as_deref().filter(|each| !measured::expects_each(plan, header, each));
                if let (Some(each), Some(measure)) = (each, said.measure) {
                    let told = |key: &'static str| {
                        let message = Message::new(key).with("header", written(header, facts));
                        message.with("own", measure.chinese()).with("each", each)
                    };
                    let sentences = ("measure", told("intake-measure-each"), told("intake-measure-each-mend"));
                    let mut issue = self.issue(facts, place, written(header, facts), sentences);
                    issue.column = Some(plan.key.clone());
                    issue.severity = Severity::Warning;
                    issues.record(issue);
                }
                said
            }
            Err(word) => {
                let known = measured::understood(plan.measure);
                let told = |key: &'static str| {
                    let message = Message::new(key).with("header", written(header, facts));
                    message.with("word", &word).with("known", &known)
                };
                let sentences = ("measure", told("intake-measure-unknown"), told("intake-measure-unknown-mend"));
                let mut issue = self.issue(facts, place, written(header, facts), sentences);
                issue.column = Some(plan.key.clone());
                issues.record(issue);
                Said { measure: plan.measure, ..Said::default() }
            }
        }
    }

    fn profiled(
        &self,
        (used, header): (&Use, &str),
        stated: &[Claim],
        map: &mut SheetMap,
        (facts, place, issues): (&SheetFacts, CellPlace, &mut IssueList),
    ) -> Target {
        let Use::Column { column, measure, codes } = used else {
            if *used == Use::Action {
                map.has_action = true;
                return Target::Action;
            }
            return if header::is_remark(header) { Target::Remark } else { Target::Ignored };
        };
        let Some(at) = self.plan.columns.iter().position(|plan| plan.key == *column) else { return Target::Ignored };
        if self.plan.columns[at].closed || map.place_of[at].is_some() {
            return Target::Ignored;
        }
        map.place_of[at] = Some(place.column);
        let translations = (!codes.is_empty()).then(|| CodeLookup::of_translations(codes));
        // What a person confirmed counts; where the profile says nothing, header and title do.
        let confirmed = measure.as_deref().and_then(|word| Measure::read(word).ok());
        let claim = header::claim_in(header);
        let said = match confirmed {
            Some(measure) => Said { measure: Some(measure), is_stated: true, each: None },
            None => self.measured((at, header), claim.as_ref(), stated, (facts, place, issues)),
        };
        Target::Column { column: at, measure: said.measure, is_stated: said.is_stated, translations }
    }
}
