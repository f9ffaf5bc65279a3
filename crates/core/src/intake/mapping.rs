//! The columns of one sheet laid over the columns of its kind.
//!
//! Done once a sheet. A column that nobody knows is an error until the catalogue declares it or a confirmed layout profile
//! maps or ignores it: what isn't understood is never dropped in silence.

use std::cell::Cell;

use super::claim::Claim;
use super::header::{self, KindHeaders};
use super::issue_list::IssueList;
use super::lookup::CodeLookup;
use super::mask::shown;
use super::measured::{self, Said};
use super::plan::KindPlan;
use super::profile::{LayoutProfile, Use};
use super::stated;
use crate::catalog::{Kind, Measure, Severity};
use crate::issues::{CellPlace, Issue};
use crate::messages::Message;

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

/// A column of a sheet as the reader found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetColumn {
    /// Header.
    pub name: String,
    /// What the cells of the header say as they stand in the sheet, from the upper row down.
    pub own: Vec<String>,
    /// Column in the sheet, counted from 1.
    pub column: u32,
}

/// A sheet before its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetFacts {
    /// Name.
    pub name: String,
    /// The last row of the header, counted from 1.
    pub header_row: u32,
    /// Columns from left to right.
    pub columns: Vec<SheetColumn>,
    /// Texts above the header.
    pub titles: Vec<String>,
    /// Texts elsewhere that may say what its figures are measured in: notes below the table, the file's own name.
    pub notes: Vec<String>,
    /// Serial days count from 1904.
    pub epoch_1904: bool,
}

/// What a column of a sheet is used for.
#[derive(Debug, Clone)]
pub enum Target {
    /// A column of the kind.
    Column {
        /// Position in the kind.
        column: usize,
        /// What its figures are measured in here.
        measure: Option<Measure>,
        /// The sheet says so itself, or a person did.
        is_stated: bool,
        /// Spellings of codes that a layout profile translates.
        translations: Option<CodeLookup>,
    },
    /// What the row does.
    Action,
    /// Read and not kept.
    Ignored,
    /// Without a header: an error once a cell in it holds something.
    Blank,
    /// The office's own remark about a row: kept beside it, never checked.
    Remark,
    /// Under a header that nobody knows: what is wrong once a cell in it holds something.
    Unknown(Box<UnknownColumn>),
}

/// A column that nobody knows. One without any value is left out.
#[derive(Debug, Clone)]
pub struct UnknownColumn {
    /// Header.
    pub header: String,
    /// The office's own: kept beside the row like a remark.
    pub is_own: bool,
    issue: Issue,
    has_values: Cell<bool>,
}

impl UnknownColumn {
    /// Notes that a cell holds something; the first time there is an error to tell.
    pub(super) fn note_value(&self) -> Option<Issue> {
        (!self.has_values.replace(true)).then(|| self.issue.clone())
    }

    /// Whether any cell held something.
    pub fn has_values(&self) -> bool {
        self.has_values.get()
    }
}

/// A sheet's columns, in the order of its cells, and where each column of the kind stands.
#[derive(Debug, Clone)]
pub struct SheetMap {
    /// Name of the sheet.
    pub sheet: String,
    /// The same as it is kept and shown.
    pub shown_sheet: String,
    /// One entry for each column of the sheet.
    pub targets: Vec<Target>,
    /// Column in the sheet, counted from 1, of each column of the sheet.
    pub places: Vec<u32>,
    /// Column in the sheet of each column of the kind.
    pub place_of: Vec<Option<u32>>,
    /// What the sheet states its figures are measured in, beside its headers.
    pub stated: Vec<Claim>,
    /// The sheet has a row action column.
    pub has_action: bool,
    /// Serial days count from 1904.
    pub epoch_1904: bool,
}

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

impl SheetMap {
    /// The columns that nobody knows.
    pub fn unknown(&self) -> impl Iterator<Item = &UnknownColumn> {
        self.targets.iter().filter_map(|target| match target {
            Target::Unknown(unknown) => Some(&**unknown),
            _ => None,
        })
    }
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

    /// A title that says 单位：万元 over columns that say （元）: one of both is wrong ten thousandfold. Where no column follows
    /// the title nobody can tell which, and it blocks; where some do, the others are rather meant as they are headed.
    fn report_disagreements(&self, map: &SheetMap, stated: &[Claim], facts: &SheetFacts, issues: &mut IssueList) {
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

    /// Two tables beside one another: the headers from the left stand there a second time, in their order.
    fn side_by_side(&self, facts: &SheetFacts) -> Option<Issue> {
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

    fn report_twice(
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

    fn unknown(&self, column: &SheetColumn, facts: &SheetFacts, place: CellPlace) -> UnknownColumn {
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
    fn settle_unknown(&self, map: &mut SheetMap) {
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
    fn report_missing(&self, map: &SheetMap, facts: &SheetFacts, issues: &mut IssueList) {
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

    fn issue(
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
fn written<'h>(header: &'h str, facts: &SheetFacts) -> &'h str {
    let bare = header::without_repeat(header);
    if facts.columns.iter().any(|column| column.name == bare) { bare } else { header }
}
