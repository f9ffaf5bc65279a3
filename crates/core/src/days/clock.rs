//! The time that stands behind a day, with its half of the day and its zone.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use crate::time::BEIJING_MINUTES;

/// The time behind a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    time: NaiveTime,
    /// Minutes ahead of UTC, where it says so.
    ahead: Option<i64>,
}

impl Clock {
    /// The moment in Beijing.
    pub(super) fn on(self, date: NaiveDate) -> Option<NaiveDateTime> {
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
pub(super) fn parse_clock(text: &str) -> Option<Clock> {
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
