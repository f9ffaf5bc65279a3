//! Days and moments as people and programs write them.
//!
//! People write 2024年 3 月 5 日, 2024.3.5日, 二〇二四年三月五日, with a weekday or 上午 behind; programs write ISO 8601, the
//! moments of Java and JavaScript, fourteen digits. A moment that names its zone is brought to Beijing time: an
//! export of a database writes the midnight of the fifth as four in the afternoon of the fourth, UTC. What could be two
//! days (24.3.5, 03/05/2024, a stretch) is none.

use std::borrow::Cow;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use crate::chinese_numbers::{begins, split_ordinal, split_year};
use crate::narrow::{Parsed, narrow_all};

mod clock;

use clock::parse_clock;

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
