//! Days and moments as people and programs write them.
//!
//! People write 2024年 3 月 5 日, 2024.3.5日, 二〇二四年三月五日, with a weekday or 上午 behind; programs write ISO 8601, the
//! moments of Java and JavaScript, fourteen digits. A moment that names its zone is brought to Beijing time: an
//! export of a database writes the midnight of the fifth as four in the afternoon of the fourth, UTC. What could be two
//! days (24.3.5, 03/05/2024, a stretch) is none.

use std::borrow::Cow;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use crate::cells::{Parsed, narrow_all};
use crate::chinese_numbers::{begins, split_ordinal, split_year};
use crate::time::BEIJING_MINUTES;

/// Reads a day: `2024-03-05`, `2024/3/5`, `2024.3.5`, `2024年3月5日`, `20240305`, each with or without a time behind it.
/// A month without a day is no day.
pub fn parse_date(text: &str) -> Option<Parsed<NaiveDate>> {
    if let Some(value) = parse_plain_date(text) {
        return Some(Parsed { value, changed: false });
    }
    let moment = parse_moment(text)?;
    let plain = text.len() == 10 && !moment.changed;
    Some(Parsed { value: moment.value.date(), changed: !plain })
}

/// `2024-03-05` and nothing else, as every clean cell is written.
fn parse_plain_date(text: &str) -> Option<NaiveDate> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let number = |places: std::ops::Range<usize>| {
        bytes[places]
            .iter()
            .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
    };
    let year = number(0..4).filter(|year| (1800..=2200).contains(year) && bytes[4] == b'-' && bytes[7] == b'-')?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(5..7)?, number(8..10)?)
}

/// Reads a day with the time behind it, midnight when there is none. Plain forms: `2024-03-05`, `2024-03-05T10:30:00`.
pub fn parse_moment(text: &str) -> Option<Parsed<NaiveDateTime>> {
    if text.len() > 96 {
        return None;
    }
    let narrowed = day_signs(text);
    let first = narrowed.chars().next()?;
    if !(first.is_ascii_alphanumeric() || begins(&narrowed)) {
        return None;
    }
    if let Some((date, rest, is_plain)) = split_date(&narrowed) {
        let value = parse_clock(rest)?.on(date)?;
        let is_plain = is_plain && (rest.is_empty() || rest.len() == 9 && rest.starts_with('T'));
        return Some(Parsed { value, changed: !is_plain || narrowed.len() != text.len() });
    }
    // Nearly all texts that are no day end here: a name of a month has three letters.
    let has_letters = narrowed.bytes().filter(u8::is_ascii_alphabetic).take(3).count() == 3;
    let value = if has_letters { parse_english(&narrowed)? } else { return None };
    Some(Parsed { value, changed: true })
}

/// Width and the radicals that copies from PDF hold in place of 月 and 日.
fn day_signs(text: &str) -> Cow<'_, str> {
    let narrowed = narrow_all(text);
    if narrowed.is_ascii() || !narrowed.contains(['⽉', '⽇', '⺝']) {
        return narrowed;
    }
    let plain = |sign| match sign {
        '⽉' | '⺝' => '月',
        '⽇' => '日',
        sign => sign,
    };
    Cow::Owned(narrowed.chars().map(plain).collect())
}

/// The day at the beginning of a text, what follows it, and whether it was written plainly.
fn split_date(text: &str) -> Option<(NaiveDate, &str, bool)> {
    let (year, rest) = match split_number(text) {
        Some((digits, rest)) if digits.len() == 8 || digits.len() == 14 => {
            let date = day(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..8].parse().ok()?)?;
            // Of fourteen digits the last six are the time.
            let rest = if digits.len() == 8 {
                rest
            } else if rest.is_empty() {
                &text[8..]
            } else {
                return None;
            };
            return Some((date, rest, false));
        }
        Some((digits, rest)) if digits.len() == 4 => (digits.parse().ok()?, rest),
        Some(_) => return None,
        None => split_year(text)?,
    };
    let rest = rest.trim_start();
    let separator = rest.chars().next().filter(|sign| matches!(sign, '年' | '-' | '/' | '.' | '、'))?;
    let wanted = if separator == '年' { '月' } else { separator };
    let ((month, width), rest) = split_part(rest[separator.len_utf8()..].trim_start(), separator)?;
    let rest = rest.trim_start().strip_prefix(wanted)?.trim_start();
    let ((number, day_width), rest) = split_part(rest, separator)?;
    let after = rest.trim_start();
    let rest = after.strip_prefix(['日', '号']).unwrap_or(rest);
    // 2024.03.05.
    let rest = if separator == '.' && rest == "." { "" } else { rest };
    let is_plain = separator == '-' && width == 2 && day_width == 2 && text.is_ascii() && !text.contains(' ');
    Some((day(year, month, number)?, rest, is_plain))
}

/// A month or a day with the width of its digits, and what follows. Chinese signs stand with 年 and 月 only.
fn split_part(text: &str, separator: char) -> Option<((u32, usize), &str)> {
    match split_number(text) {
        Some((digits, rest)) if digits.len() <= 2 => Some(((digits.parse().ok()?, digits.len()), rest)),
        Some(_) => None,
        None if separator == '年' => split_ordinal(text).map(|(number, rest)| ((number, 0), rest)),
        None => None,
    }
}

fn split_number(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).filter(|_| (1800..=2200).contains(&year))
}

/// The time behind a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Clock {
    time: NaiveTime,
    /// Minutes ahead of UTC, where it says so.
    ahead: Option<i64>,
}

impl Clock {
    /// The moment in Beijing.
    fn on(self, date: NaiveDate) -> Option<NaiveDateTime> {
        let moment = date.and_time(self.time);
        match self.ahead {
            None | Some(BEIJING_MINUTES) => Some(moment),
            Some(ahead) => moment.checked_add_signed(TimeDelta::minutes(BEIJING_MINUTES - ahead)),
        }
    }
}

/// The half of the day that a time is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Noon,
    Afternoon,
}

const HALVES: [(&str, Half); 11] = [
    ("上午", Half::Morning),
    ("凌晨", Half::Morning),
    ("早上", Half::Morning),
    ("早晨", Half::Morning),
    ("am", Half::Morning),
    ("a.m.", Half::Morning),
    ("中午", Half::Noon),
    ("下午", Half::Afternoon),
    ("晚上", Half::Afternoon),
    ("pm", Half::Afternoon),
    ("p.m.", Half::Afternoon),
];

/// Reads what stands behind a day: nothing, a weekday, ` 0:00`, `T10:30:00.000+08:00`, ` 上午 12:00:00`, ` 8时5分`, `Z`.
fn parse_clock(text: &str) -> Option<Clock> {
    if text.is_empty() {
        return Some(Clock { time: NaiveTime::MIN, ahead: None });
    }
    let text = without_weekday(text.trim());
    let (is_iso, text) = match text.strip_prefix('T') {
        Some(rest) => (true, rest.trim()),
        None => (false, text),
    };
    let (text, ahead) = split_zone(text, is_iso)?;
    let (text, half) = split_half(text);
    if text.is_empty() {
        // A day alone is that day in whatever zone.
        return Some(Clock { time: NaiveTime::MIN, ahead: None });
    }
    Some(Clock { time: parse_time(text, half)?, ahead })
}

/// Without 星期二, （周二）, Tuesday at either end.
fn without_weekday(text: &str) -> &str {
    const OPENS: [char; 4] = ['(', '[', '【', ' '];
    const CLOSES: [char; 5] = [')', ']', '】', ' ', ','];
    for name in ["星期", "礼拜", "周"] {
        let Some(at) = text.find(name) else { continue };
        let mut signs = text[at + name.len()..].chars();
        if !signs.next().is_some_and(|sign| "一二三四五六日天1234567".contains(sign)) {
            return text;
        }
        let (before, after) = (text[..at].trim_end_matches(OPENS), signs.as_str().trim_start_matches(CLOSES));
        return if before.is_empty() {
            after
        } else if after.is_empty() {
            before
        } else {
            text
        };
    }
    text
}

/// The zone at the end, in minutes ahead of UTC. `None`: it can't be one.
fn split_zone(text: &str, is_iso: bool) -> Option<(&str, Option<i64>)> {
    // (中国标准时间), [Asia/Shanghai]
    let opens = if text.ends_with(')') { '(' } else { '[' };
    let named = text.ends_with([')', ']']).then(|| text.rfind(opens)).flatten();
    let text = named.map_or(text, |at| text[..at].trim_end());
    for (name, ahead) in [("CST", BEIJING_MINUTES), ("UTC", 0), ("GMT", 0), ("Z", 0)] {
        let follows_time =
            |rest: &&str| rest.is_empty() || rest.ends_with(|sign: char| sign == ' ' || sign.is_ascii_digit());
        if let Some(rest) = text.strip_suffix(name).filter(follows_time) {
            // Go writes both: +0800 CST.
            let (rest, stated) = split_offset(rest.trim_end(), true)?;
            return Some((rest, stated.or(Some(ahead))));
        }
    }
    split_offset(text, is_iso)
}

/// `+08:00`, `+0800`, `+08` behind a time. A minus may join two times instead (10:00-12:00): it is a zone only behind
/// seconds or in ISO 8601.
fn split_offset(text: &str, is_iso: bool) -> Option<(&str, Option<i64>)> {
    let Some(at) = text.rfind(['+', '-']).filter(|at| *at > 0) else { return Some((text, None)) };
    let (time, offset) = (text[..at].trim_end(), &text[at + 1..]);
    let time = time.trim_end_matches("GMT").trim_end_matches("UTC").trim_end();
    let has_seconds = time.matches(':').count() >= 2;
    if text[at..].starts_with('-') && !(is_iso || has_seconds) || !time.contains(':') {
        return None;
    }
    let digits: String = offset.chars().filter(|sign| *sign != ':').collect();
    let is_offset = matches!(digits.len(), 2 | 4) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes): (i64, i64) = match is_offset {
        true => (digits[..2].parse().ok()?, digits[2..].parse().unwrap_or(0)),
        false => return None,
    };
    let ahead = hours * 60 + minutes;
    let ahead = if text[at..].starts_with('-') { -ahead } else { ahead };
    (hours <= 14 && minutes < 60).then_some((time, Some(ahead)))
}

fn split_half(text: &str) -> (&str, Option<Half>) {
    let lower = text.to_ascii_lowercase();
    for (word, half) in HALVES {
        if lower.starts_with(word) {
            return (text[word.len()..].trim_start(), Some(half));
        }
        if lower.ends_with(word) {
            return (text[..text.len() - word.len()].trim_end(), Some(half));
        }
    }
    (text, None)
}

/// `10:30`, `10:30:00.000`, `8时5分`, `103000`. Twenty-four o'clock is the end of its day.
fn parse_time(text: &str, half: Option<Half>) -> Option<NaiveTime> {
    let mut parts = [0_u32; 3];
    if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        parts = [text[..2].parse().ok()?, text[2..4].parse().ok()?, text[4..].parse().ok()?];
    } else {
        let mut pieces = text.split([':', '时', '点', '分', '秒']).filter(|piece| !piece.is_empty());
        for (at, part) in parts.iter_mut().enumerate() {
            let Some(piece) = pieces.next() else {
                if at == 0 {
                    return None;
                }
                break;
            };
            *part = piece.split('.').next()?.trim().parse().ok()?;
        }
        if pieces.next().is_some() {
            return None;
        }
    }
    let [hour, minute, second] = parts;
    if parts == [24, 0, 0] && half.is_none() {
        return NaiveTime::from_hms_opt(23, 59, 59);
    }
    let hour = match half {
        None => hour,
        Some(Half::Morning) if hour <= 12 => hour % 12,
        Some(Half::Morning) => return None,
        Some(Half::Noon | Half::Afternoon) if hour >= 12 => hour,
        Some(Half::Noon) if hour == 11 => hour,
        Some(_) => hour + 12,
    };
    NaiveTime::from_hms_opt(hour, minute, second)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The moments of Java, JavaScript and mail: `Tue Mar 05 00:00:00 CST 2024`, `Tue, 05 Mar 2024 00:00:00 GMT`,
/// `Mar 5, 2024 12:00:00 AM`, `05-Mar-2024`. The year has four digits, or the day could be the year.
fn parse_english(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map_or(text, |(rest, _)| rest);
    let (mut year, mut month, mut number) = (None, None, None);
    let mut clock = String::new();
    let is_name = |word: &str, names: &[&str]| {
        let lower = word.trim_end_matches('.').to_ascii_lowercase();
        names.iter().position(|name| lower.len() >= 3 && name.starts_with(lower.as_str()))
    };
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        let has_zone = ["GMT", "UTC", "+"].iter().any(|zone| word.starts_with(zone));
        if word.contains(':') || has_zone || matches!(word, "CST" | "Z" | "AM" | "PM" | "am" | "pm") {
            clock.push(' ');
            clock.push_str(word);
            continue;
        }
        for piece in word.split('-') {
            let figure = piece.bytes().all(|byte| byte.is_ascii_digit());
            match (figure, piece.len()) {
                (true, 4) if year.is_none() => year = piece.parse().ok(),
                (true, 1 | 2) if number.is_none() => number = piece.parse().ok(),
                (false, _) if month.is_none() && is_name(piece, &MONTHS).is_some() => {
                    month = is_name(piece, &MONTHS).and_then(|at| u32::try_from(at + 1).ok());
                }
                (false, _) if is_name(piece, &WEEKDAYS).is_some() => {}
                _ => return None,
            }
        }
    }
    parse_clock(&clock)?.on(day(year?, month?, number?)?)
}

/// The moment of a serial day as spreadsheets count them, to the millisecond. Counting from 1900, day 60 is the
/// 29 February that never was and is refused with the negative ones; the largest is the end of 9999.
pub fn date_from_serial(serial: f64, epoch_1904: bool) -> Option<NaiveDateTime> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let (days, fraction) = (serial.floor(), serial.fract());
    let (base, skipped) = if epoch_1904 {
        (NaiveDate::from_ymd_opt(1904, 1, 1)?, 0)
    } else if days == 60.0 {
        return None;
    } else {
        (NaiveDate::from_ymd_opt(1899, 12, 31)?, u64::from(days > 60.0))
    };
    let date = base.checked_add_days(Days::new(days as u64 - skipped))?;
    let milliseconds = (fraction * 86_400_000.0).round() as i64;
    date.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::milliseconds(milliseconds))
}

#[cfg(test)]
#[path = "days_tests.rs"]
mod tests;
