//! Unit and period of a sheet decided from everything that was found, or refused naming what was tried.

use chrono::NaiveDate;

use super::identity::TemplateIdentity;
use super::place::{self, FoundIn, Stretch, UnitBook, Written};
use crate::catalog::{Catalog, Frequency, Item, Severity, Unit};
use crate::issues::Issue;
use crate::messages::Message;
use crate::period::Period;
use crate::values::SetMode;

/// A file, or a sheet of it, that can't be taken in at all: no cell is to blame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable name of the rule.
    pub rule: &'static str,
    /// Sheet; empty: the file.
    pub sheet: String,
    /// The value that is to blame, when there is one.
    pub value: String,
    /// Why.
    pub message: Message,
    /// How to mend it.
    pub mend: Message,
}

impl Refusal {
    /// A refusal whose two sentences have the keys `<key>` and `<key>-mend`.
    pub fn new(rule: &'static str, message: Message) -> Self {
        let mend = Message { key: format!("{}-mend", message.key).into(), values: message.values.clone() };
        Self { rule, sheet: String::new(), value: String::new(), message, mend }
    }

    /// The same refusal with the value to blame.
    #[must_use]
    pub fn about(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// The refusal as an issue of the file.
    pub fn into_issue(self) -> Issue {
        let Self { rule, sheet, value, message, mend } = self;
        Issue { sheet, cell: None, column: None, severity: Severity::Error, rule: rule.into(), value, message, mend }
    }
}

/// What the words of a command (or the fields of a form) say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// Unit, by key or name.
    pub unit: Option<String>,
    /// Period.
    pub period: Option<Period>,
    /// Mode.
    pub mode: Option<SetMode>,
}

/// Everything that may say whose a sheet is and of which period.
#[derive(Debug, Clone, Copy)]
pub struct Clues<'a> {
    /// The hidden identity.
    pub identity: Option<&'a TemplateIdentity>,
    /// The flags.
    pub flags: &'a Flags,
    /// Texts above the header.
    pub titles: &'a [String],
    /// What the column 信息所属时间期间 says first.
    pub column: Option<Stretch>,
    /// Path of the file as it was named, folders first.
    pub path: &'a str,
}

/// Which units are known and which item is meant.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    /// Units and items.
    pub catalog: &'a Catalog,
    /// Units by every name.
    pub units: &'a UnitBook,
    /// The item of the sheet.
    pub item: &'a Item,
    /// The day of intake: nothing can be told of a period that has not begun.
    pub today: NaiveDate,
}

impl<'a> Judge<'a> {
    /// The unit, by the first place that names one.
    ///
    /// # Errors
    /// No place names a unit, the name is unknown, or the unit does not report the item.
    pub fn unit(&self, clues: &Clues<'_>) -> Result<(String, FoundIn), Refusal> {
        // A word that a person typed for this very file is never passed over, whatever the file says itself.
        if let Some(text) = clues.flags.unit.as_ref().filter(|text| self.units.find(text).is_none()) {
            return Err(self.unknown_unit(text));
        }
        let title = clues.titles.iter().find_map(|title| place::unit_text_in_title(title));
        let stated = [
            (clues.identity.and_then(|identity| identity.unit.clone()), FoundIn::Identity),
            (clues.flags.unit.clone(), FoundIn::Flag),
            (title, FoundIn::Title),
        ];
        let first = stated.into_iter().find_map(|(text, found)| Some((text?, found)));
        let Some((text, found)) = first else { return self.unit_in_path(clues.path) };
        let named = match self.units.find(&text) {
            Some(unit) => Some(unit),
            // 呼图壁县自然资源局（盖章）, 填报单位：自然资源局规划股: the unit's name with something around it.
            None if found == FoundIn::Title => self.units.named_in(&text).first().copied(),
            None => None,
        };
        let Some(unit) = named else {
            return Err(self.unknown_unit(&text));
        };
        Ok((self.provider(unit)?, found))
    }

    fn unit_in_path(&self, path: &str) -> Result<(String, FoundIn), Refusal> {
        // The nearest folder says more than the farthest. The file's own name may hold the words of its item (企业银行账户
        // speaks of banks), so there only a unit that reports the item counts.
        let mut other = None;
        for (at, part) in path.rsplit(['/', '\\']).enumerate() {
            for unit in self.units.named_in(part) {
                if let Ok(unit) = self.provider(unit) {
                    return Ok((unit, FoundIn::Name));
                }
                other = other.or(Some(unit).filter(|_| at > 0));
            }
        }
        match other {
            Some(unit) => Err(self.not_provider(unit)),
            None => Err(Refusal::new(
                "unknown-unit",
                Message::new("intake-unit-not-found").with("item", &self.item.name.zh),
            )),
        }
    }

    /// The unit a text names exactly, under the key by which it reports the item.
    ///
    /// # Errors
    /// No unit is called so, or it does not report the item: the refusal names those that do.
    pub fn unit_called(&self, text: &str) -> Result<&'a Unit, Refusal> {
        let unit = self.units.find(text).ok_or_else(|| self.unknown_unit(text))?;
        self.catalog.reporter_of(self.item, unit).ok_or_else(|| self.not_provider(unit))
    }

    fn provider(&self, unit: &str) -> Result<String, Refusal> {
        let found = self.catalog.reporter_of(self.item, unit);
        found.map(|unit| unit.key.clone()).ok_or_else(|| self.not_provider(unit))
    }

    fn unknown_unit(&self, text: &str) -> Refusal {
        let message = Message::new("intake-unit-unknown").with("unit", text);
        Refusal::new("unknown-unit", self.with_reporters(message)).about(text)
    }

    fn not_provider(&self, unit: &str) -> Refusal {
        let name = self.catalog.units.get(unit).map_or(unit, |unit| unit.name.zh.as_str());
        let message = Message::new("intake-unit-not-provider").with("unit", name);
        Refusal::new("unit-not-provider", self.with_reporters(message)).about(unit)
    }

    fn with_reporters(&self, message: Message) -> Message {
        let spelled = |unit: &Unit| format!("{}（{}）", unit.name.zh, unit.key);
        let reporters: Vec<String> = self.catalog.units_of(self.item).map(spelled).collect();
        message.with("item", &self.item.name.zh).with("providers", reporters.join("、"))
    }

    /// The period, by the first place that names one.
    ///
    /// # Errors
    /// No place names a period, or the one named is not of the item's frequency.
    pub fn period(&self, clues: &Clues<'_>) -> Result<(Period, FoundIn), Refusal> {
        if let Some(text) = clues.identity.and_then(|identity| identity.period.as_ref()) {
            let Some(period) = Period::find_spoken(text) else { return Err(unreadable_period(text)) };
            return self.fitting(period, FoundIn::Identity);
        }
        if let Some(period) = clues.flags.period {
            return self.fitting(period, FoundIn::Flag);
        }
        if let Some(found) = self.first_fitting(&periods_of(clues.titles), FoundIn::Title) {
            return found;
        }
        if let Some(period) = clues.column.and_then(|stretch| stretch.period_for(self.item)) {
            return self.fitting(period, FoundIn::Column);
        }
        // The nearest name says more than the farthest.
        let mut other = None;
        for part in clues.path.rsplit(['/', '\\']) {
            match self.first_fitting(&place::periods_in(part), FoundIn::Name) {
                Some(Err(refusal)) if refusal.message.key == "intake-period-wrong" => {
                    other = other.or(Some(Err(refusal)));
                }
                Some(found) => return found,
                None => {}
            }
        }
        let message =
            Message::new("intake-period-not-found").with("item", &self.item.name.zh).with("expected", self.expected());
        other.unwrap_or_else(|| Err(Refusal::new("period", message)))
    }

    /// The first period of the item's frequency; when there are only others, the refusal of the first. One that can't be
    /// followed is never passed over for another.
    fn first_fitting(&self, written: &[Written], found: FoundIn) -> Option<Result<(Period, FoundIn), Refusal>> {
        let mut periods = Vec::new();
        for written in written {
            match self.as_period(written) {
                Ok(period) => periods.push(period),
                Err(refusal) => return Some(Err(refusal)),
            }
        }
        let fitting = periods.iter().find(|period| self.item.fits(**period));
        fitting.or(periods.first()).map(|period| self.fitting(*period, found))
    }

    fn as_period(&self, written: &Written) -> Result<Period, Refusal> {
        match written {
            Written::Period(period) => Ok(*period),
            Written::Days { stretch, text } => stretch.period_for(self.item).ok_or_else(|| unreadable_period(text)),
            Written::Impossible(text) => Err(unreadable_period(text)),
        }
    }

    fn fitting(&self, period: Period, found: FoundIn) -> Result<(Period, FoundIn), Refusal> {
        if self.item.fits(period) {
            return if period.first_day() > self.today { Err(self.not_begun(period)) } else { Ok((period, found)) };
        }
        let message = Message::new("intake-period-wrong")
            .with("period", period)
            .with("item", &self.item.name.zh)
            .with("expected", self.expected());
        Err(Refusal::new("period", message).about(period.to_string()))
    }

    /// How a period of the item is written.
    fn expected(&self) -> &'static str {
        match self.item.period {
            Frequency::Month | Frequency::Event => "2025-03",
            Frequency::Quarter => "2025Q1",
            Frequency::Year => "2025",
            Frequency::Demand => "2025 / 2025Q1 / 2025-03",
        }
    }

    fn not_begun(&self, period: Period) -> Refusal {
        let message = Message::new("intake-period-future").with("period", period).with("today", self.today);
        Refusal::new("period", message).about(period.to_string())
    }

    /// What other places say otherwise than the one that decided. A flag against the hidden identity may mean that this
    /// is the wrong file, and a title against the sheets before it that several sets stand in one file: both block. A
    /// title against a flag or the hidden identity is told.
    pub fn contradictions(&self, clues: &Clues<'_>, unit: &str, period: Period) -> Vec<(Severity, Message)> {
        let mut told = Vec::new();
        let identity = |given: fn(&TemplateIdentity) -> bool| clues.identity.is_some_and(given);
        let by_others = |is_given: bool| if is_given { Severity::Warning } else { Severity::Error };
        if let Some(stated) = clues.flags.period.filter(|stated| *stated != period) {
            let message = Message::new("intake-period-against-identity").with("stated", stated);
            told.push((Severity::Error, message.with("period", period)));
        }
        let severity = by_others(clues.flags.period.is_some() || identity(|identity| identity.period.is_some()));
        told.extend(self.period_in_titles(clues, period, severity).map(|message| (severity, message)));
        if let Some(text) = clues.flags.unit.as_ref().filter(|text| !self.is_unit(text, unit)) {
            let message = Message::new("intake-unit-against-identity").with("stated", text).with("unit", unit);
            told.push((Severity::Error, message));
        }
        let severity = by_others(clues.flags.unit.is_some() || identity(|identity| identity.unit.is_some()));
        let in_title = clues.titles.iter().find_map(|title| place::unit_text_in_title(title));
        if let Some(text) = in_title.filter(|text| !self.is_unit(text, unit)) {
            let key = if severity == Severity::Error { "intake-sheets-of-units" } else { "intake-unit-contradicts" };
            told.push((severity, Message::new(key).with("stated", text).with("unit", unit)));
        }
        told
    }

    /// What the titles say otherwise of the period.
    fn period_in_titles(&self, clues: &Clues<'_>, period: Period, severity: Severity) -> Option<Message> {
        let written = periods_of(clues.titles);
        let mut periods = Vec::new();
        for written in &written {
            match self.as_period(written) {
                Ok(period) => periods.push(period),
                Err(refusal) => return Some(refusal.message),
            }
        }
        let stated = periods.into_iter().find(|stated| self.item.fits(*stated));
        let stated = stated.filter(|stated| *stated != period)?;
        let key = if severity == Severity::Error { "intake-sheets-of-periods" } else { "intake-period-contradicts" };
        Some(Message::new(key).with("stated", stated).with("period", period))
    }

    fn is_unit(&self, text: &str, unit: &str) -> bool {
        let named = self.units.find(text).or_else(|| self.units.named_in(text).first().copied());
        named.is_some_and(|named| self.provider(named).is_ok_and(|named| named == unit))
    }
}

/// What the titles say of the period: a row that labels it says more than a heading.
fn periods_of(titles: &[String]) -> Vec<Written> {
    let labelled: Vec<Written> = titles
        .iter()
        .filter(|title| place::labels_period(title))
        .flat_map(|title| place::periods_in_title(title))
        .collect();
    if labelled.is_empty() {
        return titles.iter().flat_map(|title| place::periods_in_title(title)).collect();
    }
    labelled
}

fn unreadable_period(text: &str) -> Refusal {
    Refusal::new("period", Message::new("intake-period-unreadable").with("period", text)).about(text)
}
