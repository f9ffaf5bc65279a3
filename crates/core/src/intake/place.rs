//! Whose sheet it is and of which period: found where offices write it.
//!
//! Six places are asked in a fixed order: the hidden identity of a template, the flags, the title rows
//! (`填报单位：…`, `所属期：2025年第1季度`), the column 信息所属时间期间, the folder's and the file's names. What stands further
//! back never overrules what stands in front. Nothing is guessed: still unknown means refused, naming what was tried.

use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use crate::catalog::{Catalog, Frequency, Item};
use crate::cells;
use crate::period::Period;

/// Where a unit or a period was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundIn {
    /// The hidden sheet of a template.
    Identity,
    /// A flag of the command, or the field of a form.
    Flag,
    /// A title row.
    Title,
    /// The column 信息所属时间期间.
    Column,
    /// The name of the file or of a folder above it.
    Name,
}

/// Labels before the reporting unit in a title row.
const UNIT_LABELS: [&str; 10] = [
    "填报单位",
    "报送单位",
    "编报单位",
    "报表单位",
    "上报单位",
    "填报部门",
    "报送部门",
    "提供单位",
    "提供部门",
    "编制单位",
];

/// Labels before the period in a title row.
const PERIOD_LABELS: [&str; 12] = [
    "信息所属时间期间",
    "信息所属期间",
    "信息所属期",
    "所属时期",
    "所属期间",
    "所属期",
    "报告期",
    "统计期间",
    "统计期",
    "填报期间",
    "数据期间",
    "报送期间",
];

/// A text with every full-width sign narrowed.
fn narrowed(text: &str) -> String {
    text.nfkc().collect()
}

/// The text behind one of the labels and its colon, up to the next blank or label.
fn labelled<'a>(text: &'a str, labels: &[&str]) -> Option<&'a str> {
    let (at, label) = labels
        .iter()
        .filter_map(|label| Some((text.find(label)?, label)))
        .min_by_key(|(at, l)| (*at, usize::MAX - l.len()))?;
    let rest = text[at + label.len()..].trim_start();
    let rest = match rest.strip_prefix('(') {
        Some(inner) => inner.split_once(')')?.1.trim_start(),
        None => rest,
    };
    let value = rest.strip_prefix(':')?.trim_start();
    let end = value.find(|sign: char| sign == ';' || sign.is_whitespace()).unwrap_or(value.len());
    let value = &value[..end];
    // An empty entry is followed by the next label.
    (!value.is_empty() && !value.contains(':')).then_some(value)
}

/// What a title row says about the unit: the text behind 填报单位.
pub fn unit_text_in_title(title: &str) -> Option<String> {
    let title = narrowed(title);
    labelled(&title, &UNIT_LABELS).map(str::to_owned)
}

/// A period as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// A period.
    Period(Period),
    /// Two days or periods joined: which period that is depends on the item.
    Days {
        /// What they span.
        stretch: Stretch,
        /// The text.
        text: String,
    },
    /// A period that the calendar doesn't have: `2025年13月`.
    Impossible(String),
}

/// What a title row says about the period: behind a label first, else anywhere in the row (`2025年一季度…情况表`).
pub fn periods_in_title(title: &str) -> Vec<Written> {
    let title = narrowed(title);
    let labels = PERIOD_LABELS.iter().filter_map(|label| Some((title.find(label)?, label.len())));
    let Some((at, length)) = labels.min_by_key(|(at, length)| (*at, usize::MAX - length)) else {
        return if title.contains("日期") { Vec::new() } else { periods_in(&title) };
    };
    let entry = entry_behind(&title[at + length..]);
    if let Some(period) = Period::find_spoken(&entry) {
        return vec![Written::Period(period)];
    }
    match read_stretch(&entry) {
        Some(stretch) => vec![stretch.as_period().map_or(Written::Days { stretch, text: entry }, Written::Period)],
        None => written_in(&entry, true),
    }
}

/// Whether a title row labels its period.
pub fn labels_period(title: &str) -> bool {
    let title = narrowed(title);
    PERIOD_LABELS.iter().any(|label| title.contains(label))
}

/// What stands behind a label, up to the next label, its blanks taken out.
fn entry_behind(rest: &str) -> String {
    let rest = rest.trim_start().trim_start_matches(':');
    rest.split([' ', '\t', '\n', ';']).take_while(|word| !word.contains(':')).collect()
}

/// The units of a catalogue under every name, the longest first.
#[derive(Debug, Clone, Default)]
pub struct UnitBook {
    names: Vec<(String, String)>,
}

impl UnitBook {
    /// The book of a catalogue.
    pub fn new(catalog: &Catalog) -> Self {
        let mut names: Vec<(String, String)> = catalog
            .units
            .values()
            .flat_map(|unit| {
                let spellings = [&unit.key, &unit.name.zh].into_iter().chain(&unit.aliases);
                spellings.map(|name| (narrowed(name).to_lowercase(), unit.key.clone()))
            })
            .collect();
        names.sort_by(|a, b| b.0.chars().count().cmp(&a.0.chars().count()).then(a.cmp(b)));
        Self { names }
    }

    /// The unit with exactly this key, name or alias.
    pub fn find(&self, text: &str) -> Option<&str> {
        let text = narrowed(text.trim()).to_lowercase();
        self.names.iter().find(|(name, _)| *name == text).map(|(_, key)| key.as_str())
    }

    /// The units named anywhere in a text, the longest name first; a key counts only as a word of its own.
    pub fn named_in(&self, text: &str) -> Vec<&str> {
        let text = narrowed(text).to_lowercase();
        let is_key = |name: &str| name.is_ascii();
        let word = |name: &str| {
            let mut places = text.match_indices(name);
            places.any(|(at, _)| {
                let edge = |sign: Option<char>| !sign.is_some_and(|sign| sign.is_ascii_alphanumeric());
                edge(text[..at].chars().next_back()) && edge(text[at + name.len()..].chars().next())
            })
        };
        let stands = |name: &str| if is_key(name) { word(name) } else { text.contains(name) };
        let mut found: Vec<&str> = Vec::new();
        for (name, key) in self.names.iter().filter(|(name, _)| stands(name)) {
            if !found.contains(&key.as_str()) && !name.is_empty() {
                found.push(key);
            }
        }
        found
    }
}

/// Two days a text spans, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Stretch {
    /// The period that is exactly this stretch.
    pub fn as_period(self) -> Option<Period> {
        let (year, month) = (self.from.year(), Period::month_of(self.from));
        let candidates = [month, Period::quarter_of(self.from), Period::Year(year)];
        candidates.into_iter().find(|period| period.first_day() == self.from && period.last_day() == self.to)
    }

    /// The period of the item's own frequency in which the whole stretch lies.
    pub fn period_for(self, item: &Item) -> Option<Period> {
        let own = self.as_period().filter(|period| item.fits(*period));
        let wanted = match item.period {
            Frequency::Month | Frequency::Event => Period::month_of(self.from),
            Frequency::Quarter => Period::quarter_of(self.from),
            Frequency::Year => Period::Year(self.from.year()),
            Frequency::Demand => self.as_period()?,
        };
        own.or_else(|| (wanted.contains(self.from) && wanted.contains(self.to)).then_some(wanted))
    }
}

impl From<Period> for Stretch {
    fn from(period: Period) -> Self {
        Self { from: period.first_day(), to: period.last_day() }
    }
}

/// Reads a cell of 信息所属时间期间: a period in any spelling, a day, or two days joined by 至, ~, — or -.
pub fn read_stretch(text: &str) -> Option<Stretch> {
    let text = narrowed(text.trim());
    if let Some(period) = Period::find_spoken(&text) {
        return Some(period.into());
    }
    if let Some(day) = cells::parse_date(&text) {
        return Some(Stretch { from: day.value, to: day.value });
    }
    for joint in ["至", "到", "~", "—", "–", "--", "-", "/"] {
        let Some((first, second)) = split_evenly(&text, joint) else { continue };
        if let (Some(from), Some(to)) = (edge_of(first, false), edge_of(second, true)) {
            return (from <= to).then_some(Stretch { from, to });
        }
    }
    months_joined(&text).map(Stretch::from)
}

/// The two halves around a joint that stands once, or in the middle of several (`2025-01-01-2025-03-31`).
fn split_evenly<'a>(text: &'a str, joint: &str) -> Option<(&'a str, &'a str)> {
    let places: Vec<usize> = text.match_indices(joint).map(|(at, _)| at).collect();
    let at = *places.get(places.len() / 2)?;
    (places.len() % 2 == 1).then(|| (text[..at].trim(), text[at + joint.len()..].trim()))
}

fn edge_of(text: &str, is_end: bool) -> Option<NaiveDate> {
    if let Some(day) = cells::parse_date(text) {
        return Some(day.value);
    }
    let period = Period::find_spoken(text)?;
    Some(if is_end { period.last_day() } else { period.first_day() })
}

/// `2025年1-3月`, `2025年1至12月`: the quarter or the year that is.
fn months_joined(text: &str) -> Option<Period> {
    let (year, rest) = (text.get(..4)?.parse().ok()?, text.get(4..)?.strip_prefix('年')?);
    let months = rest.split('月').next()?;
    let (first, last) = months.split_once(['-', '至', '到', '~', '—', '–'])?;
    let (first, last): (u32, u32) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    match (first, last) {
        (1, 12) => Some(Period::Year(year)),
        (first, last) if first % 3 == 1 && last == first + 2 && last <= 12 => Some(Period::Quarter(year, last / 3)),
        _ => None,
    }
}

/// The periods written anywhere in a text, in the order in which they stand. A day is no month.
pub fn periods_in(text: &str) -> Vec<Written> {
    written_in(&narrowed(text), false)
}

/// `is_labelled`: the text is there to say the period, so `2025-13` is one that doesn't exist and no number of a file.
fn written_in(text: &str, is_labelled: bool) -> Vec<Written> {
    let mut found = Vec::new();
    let mut skip_to = 0;
    for (at, sign) in text.char_indices() {
        let begins = sign.is_ascii_digit() && !text[..at].ends_with(|before: char| before.is_ascii_digit());
        if !begins || at < skip_to {
            continue;
        }
        let here = &text[at..];
        match period_at(here) {
            Spoken::Period(first, length) => match joined_to(here, length) {
                Some((second, end)) => {
                    let stretch = Stretch { from: first.first_day(), to: second.last_day() };
                    let text = here[..end].to_owned();
                    found.push(stretch.as_period().map_or(Written::Days { stretch, text }, Written::Period));
                    skip_to = at + end;
                }
                None if length == 4 && is_labelled && numbered_wrongly(&here[4..]) => {
                    found.push(Written::Impossible(word_of(here)));
                    skip_to = at + word_of(here).len();
                }
                None => {
                    found.push(Written::Period(first));
                    skip_to = at + length;
                }
            },
            Spoken::Impossible => {
                found.push(Written::Impossible(word_of(here)));
                skip_to = at + word_of(here).len();
            }
            Spoken::None => {}
        }
    }
    found
}

/// The text of a period to quote: up to the end of its last 季度 or 月, of its year, or of its digits.
fn word_of(text: &str) -> String {
    let in_period = |sign: &char| sign.is_ascii_digit() || "年第季度月份Qq-._/一二三四五六七八九十".contains(*sign);
    text.chars().take_while(in_period).collect::<String>().trim_end_matches(['-', '_', '.', '/']).to_owned()
}

/// A number behind a year that is no month: `2025-13`, `2025.00`.
fn numbered_wrongly(rest: &str) -> bool {
    let Some(number) = rest.strip_prefix(['-', '.', '/', '_']) else { return false };
    number.starts_with(|sign: char| sign.is_ascii_digit())
}

/// The period that is joined to one of this length (`2024年-2025年`, `2025年1月至2025年3月`), and where it ends.
fn joined_to(text: &str, length: usize) -> Option<(Period, usize)> {
    let rest = text.get(length..)?.trim_start_matches(['年', '度', '月', '份', '季']).trim_start();
    let joints = ["至", "到", "~", "—", "–", "-"];
    let other = joints.iter().find_map(|joint| rest.strip_prefix(joint))?.trim_start_matches(['-', '—', '–', ' ']);
    let begins = text.len() - other.len();
    match period_at(other) {
        Spoken::Period(second, length) => {
            let end = begins + length;
            let tail: usize =
                text[end..].chars().take_while(|sign| "年度月份".contains(*sign)).map(char::len_utf8).sum();
            Some((second, end + tail))
        }
        _ => None,
    }
}

/// What a text begins with.
enum Spoken {
    /// A period, and how long it is.
    Period(Period, usize),
    /// A period that the calendar doesn't have.
    Impossible,
    /// None.
    None,
}

fn period_at(text: &str) -> Spoken {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let year: Option<i32> =
        text.get(..4).and_then(|year| year.parse().ok()).filter(|year| (1990..=2100).contains(year));
    let Some(year) = year.filter(|_| digits == 4 || digits == 6) else { return Spoken::None };
    if digits == 6 {
        let month = text[4..6].parse().ok().filter(|month| (1..=12).contains(month));
        return month.map_or(Spoken::None, |month| Spoken::Period(Period::Month(year, month), 6));
    }
    let rest = &text[4..];
    if let Some(period) = months_joined(text) {
        return Spoken::Period(period, 4 + rest.find('月').unwrap_or(0));
    }
    let after = rest.strip_prefix(['年', '-', '_', '.', '/', ' ']).unwrap_or(rest);
    let separated = after.len() < rest.len();
    if let Some(quarter) = quarter_of(after) {
        return Spoken::Period(Period::Quarter(year, quarter), 5);
    }
    if names_quarter(after) {
        return Spoken::Impossible;
    }
    month_at((year, rest), after, separated)
}

/// The month behind a year; the year alone when there is none.
fn month_at((year, rest): (i32, &str), after: &str, separated: bool) -> Spoken {
    let number = after.bytes().take_while(u8::is_ascii_digit).count();
    let behind = &after[number..];
    let month: Option<u32> = after[..number].parse().ok().filter(|month| (1..=12).contains(month));
    if month.is_none() && number > 0 && separated && behind.starts_with('月') {
        return Spoken::Impossible;
    }
    if let (true, Some(month)) = (separated && number <= 2, month) {
        let is_month = rest.starts_with('年') == behind.starts_with('月');
        let is_day = behind.trim_start_matches('月').starts_with(|sign: char| sign.is_ascii_digit())
            || behind
                .strip_prefix(['-', '.', '/', '_'])
                .is_some_and(|day| day.starts_with(|sign: char| sign.is_ascii_digit()))
                && !begins_year(&behind[1..]);
        if is_month && !is_day {
            return Spoken::Period(Period::Month(year, month), 4 + after_width(rest, after) + number);
        }
        if is_day {
            return Spoken::None;
        }
    }
    Spoken::Period(Period::Year(year), 4)
}

/// Bytes of the sign between the year and what follows.
fn after_width(rest: &str, after: &str) -> usize {
    rest.len() - after.len()
}

/// Four digits of a year: `2025-01-2025-03` joins two months.
fn begins_year(text: &str) -> bool {
    text.bytes().take_while(u8::is_ascii_digit).count() == 4
}

/// Whether a text begins with a quarter of whatever number: `第5季度`, `Q7`, `0季度`.
fn names_quarter(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix(['q', 'Q']) {
        return rest.starts_with(|sign: char| sign.is_ascii_digit());
    }
    let number = text.trim_start().trim_start_matches('第');
    let rest = number.trim_start_matches(|sign: char| sign.is_ascii_digit() || "五六七八九十".contains(sign));
    rest.len() < number.len() && rest.trim_start().starts_with("季度")
}

/// The quarter a text begins with: `Q1`, `第1季度`, `一季度`.
fn quarter_of(text: &str) -> Option<u32> {
    if let Some(rest) = text.strip_prefix(['q', 'Q']) {
        return rest.chars().next()?.to_digit(10).filter(|quarter| (1..=4).contains(quarter));
    }
    let text = text.trim_start().trim_start_matches('第');
    let mut signs = text.chars();
    let sign = signs.next()?;
    let number = ["1一", "2二", "3三", "4四"].iter().position(|both| both.contains(sign))?;
    signs.as_str().trim_start().starts_with('季').then_some(u32::try_from(number).ok()? + 1)
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
