//! What is wrong with the headers of a sheet, told.

use std::cell::Cell;

use super::{FEWEST_SIDE_BY_SIDE, MISSING_COLUMN, Mapping, OWN_COLUMN, SHAPE, UNKNOWN_COLUMN};
use crate::catalog::{Measure, Severity};
use crate::intake::claim::Claim;
use crate::intake::issue_list::IssueList;
use crate::intake::profile::Use;
use crate::intake::sheet_map::{SheetColumn, SheetFacts, SheetMap, Target, UnknownColumn};
use crate::intake::{header, measured};
use crate::issues::{CellPlace, Issue};
use crate::messages::Message;

impl Mapping<'_> {
    /// A title that says 单位：万元 over columns that say （元）: one of both is wrong ten thousandfold. Where no column follows
    /// the title nobody can tell which, and it blocks; where some do, the others are rather meant as they are headed.
    pub(super) fn report_disagreements(
        &self,
        map: &SheetMap,
        stated: &[Claim],
        facts: &SheetFacts,
        issues: &mut IssueList,
    ) {
        let mut differing: Vec<(&SheetColumn, usize, [Measure; 2], bool)> = Vec::new();
        let mut followed: Vec<&str> = Vec::new();
        for (column, target) in facts.columns.iter().zip(&map.targets) {
            let Target::Column { column: at, measure: Some(own), .. } = target else { continue };
            let Some((title, is_certain)) = measured::stated_for(*own, stated) else { continue };
            if title == *own {
                followed.push(own.dimension());
            } else if !self.is_confirmed(&column.name) && !measured::is_for_each(&column.name) {
                differing.push((column, *at, [*own, title], is_certain));
            }
        }
        for (column, at, [own, title], is_certain) in differing {
            let is_followed = !is_certain || followed.contains(&own.dimension());
            let key = if is_followed { "intake-measure-kept" } else { "intake-measure-disagrees" };
            let header = written(&column.name, facts);
            let message = Message::new(key).with("header", header).with("own", own.chinese());
            let message = message.with("title", title.chinese());
            let place = CellPlace { row: facts.header_row, column: column.column };
            let mend = Message::new("intake-measure-disagrees-mend").with("header", header);
            let mut issue = self.issue(facts, place, header, ("measure", message, mend));
            issue.column = Some(self.plan.columns[at].key.clone());
            issue.severity = if is_followed { Severity::Warning } else { Severity::Error };
            issues.record(issue);
        }
    }

    /// A person confirmed the measure of the column.
    fn is_confirmed(&self, header: &str) -> bool {
        let used = self.profile.and_then(|profile| profile.find(header));
        matches!(used, Some(Use::Column { measure: Some(_), .. }))
    }

    /// Two tables beside one another: the headers from the left stand there a second time, in their order.
    pub(super) fn side_by_side(&self, facts: &SheetFacts) -> Option<Issue> {
        let columns = facts.columns.iter().filter(|column| self.profile.is_none() && !header::is_blank(&column.name));
        let named: Vec<(String, &SheetColumn)> =
            columns.map(|column| (header::fold(header::without_repeat(&column.name)), column)).collect();
        let names: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
        let second = (FEWEST_SIDE_BY_SIDE..names.len()).find(|from| {
            let (left, right) = names.split_at(*from);
            left.starts_with(right) && self.headers.count_known(right.iter().copied()) >= FEWEST_SIDE_BY_SIDE
        })?;
        let column = named[second].1;
        let place = CellPlace { row: facts.header_row, column: column.column };
        let message = Message::new("intake-shape-side-by-side").with("cell", place.address());
        let mend = Message::new("intake-shape-side-by-side-mend").with("cell", place.address());
        let value = header::without_repeat(&column.name);
        Some(self.issue(facts, place, value, (SHAPE, message, mend)))
    }

    pub(super) fn report_twice(
        &self,
        header: &str,
        facts: &SheetFacts,
        (place, first): (CellPlace, String),
        issues: &mut IssueList,
    ) {
        let message = Message::new("intake-header-twice").with("header", header);
        let message = message.with("cell", place.address()).with("first", first);
        let mend = Message::new("intake-header-twice-mend");
        issues.record(self.issue(facts, place, header, ("header-twice", message, mend)));
    }

    pub(super) fn unknown(&self, column: &SheetColumn, facts: &SheetFacts, place: CellPlace) -> UnknownColumn {
        let header = written(&column.name, facts);
        let message = Message::new("intake-column-unknown").with("header", header);
        let mend = match self.headers.nearest(&column.name, self.kind) {
            Some(nearest) => Message::new("intake-column-unknown-nearest-mend").with("nearest", nearest),
            None => Message::new("intake-column-unknown-mend"),
        };
        let mend = mend.with("header", header);
        let issue = self.issue(facts, place, header, (UNKNOWN_COLUMN, message, mend));
        UnknownColumn { header: header.to_owned(), is_own: false, issue, has_values: Cell::new(false) }
    }

    /// What nobody knows may be a field of the template under a wrong name, and blocks; unless it is the office's own, or the
    /// sheet lacks nothing that it could be.
    pub(super) fn settle_unknown(&self, map: &mut SheetMap) {
        let places = map.place_of.clone();
        let columns = self.kind.columns.iter().zip(&self.plan.columns).zip(&places);
        let lacked =
            columns.filter(|((_, plan), place)| place.is_none() && !plan.closed).map(|((column, _), _)| column);
        let lacks_nothing = lacked.clone().next().is_none();
        for target in &mut map.targets {
            let Target::Unknown(unknown) = target else { continue };
            if !lacks_nothing && !self.headers.is_own(&unknown.header, lacked.clone()) {
                continue;
            }
            unknown.is_own = true;
            unknown.issue.severity = Severity::Warning;
            unknown.issue.rule = OWN_COLUMN.into();
            unknown.issue.message = Message::new("intake-column-own").with("header", &unknown.header);
            unknown.issue.mend = Message::new("intake-column-own-mend").with("header", &unknown.header);
        }
    }

    /// Each missing column that must be filled blocks; those the policy names besides are told in one line; extensions
    /// are expected and no more, but where they say when a thing of the key happened. What the sheet says of itself no
    /// column need say.
    pub(super) fn report_missing(&self, map: &SheetMap, facts: &SheetFacts, issues: &mut IssueList) {
        let mut optional: Vec<&str> = Vec::new();
        for (at, plan) in self.plan.columns.iter().enumerate() {
            let expected = self.kind.columns[at].expected && self.kind.columns[at].is_in(self.plan.version);
            let is_time = self.plan.is_in_key(at) && plan.says_when();
            let wanted = plan.required || is_time || (expected && !plan.extension);
            let is_said = self.plan.standing.iter().any(|standing| standing.column == at);
            if map.place_of[at].is_some() || plan.closed || is_said || !wanted {
                continue;
            }
            if !plan.required {
                optional.push(&plan.header);
                continue;
            }
            let message = Message::new("intake-column-missing").with("header", &plan.header);
            let mend = Message::new("intake-column-missing-mend").with("header", &plan.header);
            issues.record(Self::missing(facts, Some(plan.key.clone()), (Severity::Error, message, mend)));
        }
        if !optional.is_empty() {
            let message = Message::new("intake-columns-missing").with("count", optional.len());
            let message = message.with("headers", optional.join("、"));
            let mend = Message::new("intake-columns-missing-mend");
            let issue = Self::missing(facts, None, (Severity::Warning, message, mend));
            issues.record(Issue { value: optional.join("、"), ..issue });
        }
    }

    fn missing(
        facts: &SheetFacts,
        column: Option<String>,
        (severity, message, mend): (Severity, Message, Message),
    ) -> Issue {
        let (sheet, rule) = (facts.name.clone(), MISSING_COLUMN.into());
        Issue { sheet, cell: None, column, severity, rule, value: String::new(), message, mend }
    }

    pub(super) fn issue(
        &self,
        facts: &SheetFacts,
        place: CellPlace,
        value: &str,
        (rule, message, mend): (&'static str, Message, Message),
    ) -> Issue {
        Issue {
            sheet: facts.name.clone(),
            cell: Some(place),
            column: None,
            severity: Severity::Error,
            rule: rule.into(),
            value: value.to_owned(),
            message,
            mend,
        }
    }
}

/// A header as it stands in the sheet: the reader tells a repeated one from the first by a number.
pub(super) fn written<'h>(header: &'h str, facts: &SheetFacts) -> &'h str {
    let bare = header::without_repeat(header);
    if facts.columns.iter().any(|column| column.name == bare) { bare } else { header }
}
