//! Periods as people write them: in a cell, in a title row, in a name of a file.

use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use crate::catalog::{Frequency, Item};
use crate::cells;
use crate::period::Period;

/// A text with every full-width sign narrowed.
pub(super) fn narrowed(text: &str) -> String {
    text.nfkc().collect()
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
pub(super) fn written_in(text: &str, is_labelled: bool) -> Vec<Written> {
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
