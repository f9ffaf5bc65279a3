//! 公民身份号码 (GB 11643): region, birth date, serial, check digit. Fifteen digits are the form before 1999; they
//! become eighteen by putting the century in and the digit on.

use chrono::{Datelike, NaiveDate};

use super::{Finding, OrganisationCode, Today, Uscc, registration, text};
use crate::messages::Message;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const DIGITS: &[u8; 11] = b"10X98765432";

/// Provinces in use: the first two digits.
const PROVINCES: [&str; 35] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83",
];

/// Years of birth that anybody now living or on record can have. Numbers of other documents often have a form like a
/// citizen's with "births" in centuries to come, and are none.
const BIRTH_YEARS: std::ops::RangeInclusive<i32> = 1850..=2100;

/// A citizen id in eighteen signs whose province, birth date and check digit are right.
///
/// It has no `Debug` that shows the number: it must not reach a log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CitizenId(String);

impl std::fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CitizenId(…)")
    }
}

impl CitizenId {
    /// The id in a normalised text of 15 or 18 signs. `None` when anything in it is wrong; a birth date after `today`
    /// is wrong.
    pub fn parse(text: &str, today: Today) -> Option<Self> {
        match text.len() {
            15 => lengthen(text).filter(|id| holds(id, today)).map(Self),
            18 => holds(text, today).then(|| Self(text.to_owned())),
            _ => None,
        }
    }

    /// The eighteen signs.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The birth date within.
    pub fn birth_date(&self) -> Option<NaiveDate> {
        birth_date(&self.0)
    }
}

/// The eighteen signs of an old number: `19` put in after the region, the check digit put on.
fn lengthen(text: &str) -> Option<String> {
    if !text::is_digits(text) {
        return None;
    }
    let body = format!("{}19{}", &text[..6], &text[6..]);
    let digit = check_digit(body.as_bytes())?;
    Some(format!("{body}{}", digit as char))
}

fn check_digit(body: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (sign, weight) in body.iter().zip(WEIGHTS) {
        sum += (*sign as char).to_digit(10)? * weight;
    }
    Some(DIGITS[(sum % 11) as usize])
}

fn birth_date(text: &str) -> Option<NaiveDate> {
    let (year, month, day) = (text.get(6..10)?, text.get(10..12)?, text.get(12..14)?);
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Whether eighteen signs have the layout of a citizen id: province in use and a birth date that can be.
pub(crate) fn has_layout(text: &str, today: Today) -> bool {
    text.len() == 18
        && text.is_ascii()
        && text::is_digits(&text[..17])
        && PROVINCES.contains(&&text[..2])
        && birth_date(text).is_some_and(|day| day <= today && BIRTH_YEARS.contains(&day.year()))
}

fn holds(text: &str, today: Today) -> bool {
    has_layout(text, today) && check_digit(&text.as_bytes()[..17]) == Some(text.as_bytes()[17])
}

/// Whether a normalised text may be a natural person's number, right or mistyped: it must then not be kept as it stands.
pub(crate) fn may_be_personal(text: &str) -> bool {
    let any_day = NaiveDate::MAX;
    match text.len() {
        18 | 20 | 22 => Uscc::parse(text).is_none() && text.get(..18).is_some_and(|id| has_layout(id, any_day)),
        15 => {
            let is_another = registration::holds(text) || text.get(6..).and_then(OrganisationCode::parse).is_some();
            !is_another && lengthen(text).is_some_and(|id| has_layout(&id, any_day))
        }
        _ => false,
    }
}

/// Judges a normalised text as a citizen id.
pub(crate) fn judge(text: &str, today: Today) -> Finding {
    let length = text.chars().count();
    if length == 15 {
        return match CitizenId::parse(text, today) {
            Some(id) => Finding::HoldsAs(id.0),
            None => Finding::Fails(Message::new("codes-citizen-layout"), None),
        };
    }
    if length != 18 {
        return Finding::Fails(Message::new("codes-citizen-length").with("length", length), None);
    }
    if holds(text, today) {
        return Finding::Holds;
    }
    if has_layout(text, today) {
        return Finding::Fails(Message::new("codes-citizen-digit"), None);
    }
    let meant = text::unconfuse(text, |sign| sign.is_ascii_digit() || sign == b'X').filter(|meant| holds(meant, today));
    Finding::Fails(Message::new("codes-citizen-layout"), meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Today {
        Today::from_ymd_opt(2025, 6, 30).unwrap()
    }

    #[test]
    fn the_standards_own_examples_hold() {
        assert_eq!(judge("11010519491231002X", today()), Finding::Holds);
        assert_eq!(judge("440524188001010014", today()), Finding::Holds);
    }

    #[test]
    fn a_birth_date_after_today_does_not_hold() {
        let before = NaiveDate::from_ymd_opt(1949, 12, 30).unwrap();
        assert_eq!(CitizenId::parse("11010519491231002X", before), None);
    }

    #[test]
    fn fifteen_digits_become_eighteen() {
        assert_eq!(judge("110105491231002", today()), Finding::HoldsAs("11010519491231002X".to_owned()));
    }

    #[test]
    fn a_number_is_never_shown_by_debug() {
        let id = CitizenId::parse("11010519491231002X", today()).unwrap();
        assert!(!format!("{id:?}").contains("1949"));
    }
}
