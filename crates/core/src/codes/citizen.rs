//! 公民身份号码 (GB 11643): region, birth date, serial, check digit. Fifteen digits are the form before 1999; they
//! become eighteen by putting the century in and the digit on. A foreigner with permanent residence has a number of the
//! same make since 2023: a 9, the province, three digits of the country (ISO 3166), birth date, serial, check digit.

use chrono::{Datelike, NaiveDate};

use super::{Finding, OrganisationCode, Today, Uscc, registration, text, uscc};
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

/// Countries in a foreigner's number: no code of ISO 3166 lies outside.
const COUNTRIES: std::ops::RangeInclusive<u32> = 4..=894;

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

pub(super) fn birth_date(text: &str) -> Option<NaiveDate> {
    let (year, month, day) = (text.get(6..10)?, text.get(10..12)?, text.get(12..14)?);
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Whether eighteen signs have the layout of a citizen id: province in use and a birth date that can be.
pub(crate) fn has_layout(text: &str, today: Today) -> bool {
    has_signs(text)
        && (is_of_province(text) || is_of_foreigner(text))
        && birth_date(text).is_some_and(|day| day <= today && BIRTH_YEARS.contains(&day.year()))
}

/// Eighteen signs, digits all but perhaps the last.
pub(super) fn has_signs(text: &str) -> bool {
    text.len() == 18
        && text.is_ascii()
        && text::is_digits(&text[..17])
        && matches!(text.as_bytes()[17], b'0'..=b'9' | b'X')
}

pub(super) fn is_of_province(text: &str) -> bool {
    PROVINCES.contains(&&text[..2])
}

pub(super) fn is_of_foreigner(text: &str) -> bool {
    let country = || text[3..6].parse().is_ok_and(|country| COUNTRIES.contains(&country));
    text.starts_with('9') && PROVINCES.contains(&&text[1..3]) && country()
}

/// Whether eighteen signs are meant as a citizen id although something in them may be wrong: the day of birth, the
/// year, the check digit. What has too little of one is rather the code of an organisation.
pub(crate) fn is_meant(text: &str) -> bool {
    if !has_signs(text) || !(is_of_province(text) || is_of_foreigner(text)) {
        return false;
    }
    let digit_holds = check_digit(&text.as_bytes()[..17]) == Some(text.as_bytes()[17]);
    let year_can_be = text[6..10].parse().is_ok_and(|year| BIRTH_YEARS.contains(&year));
    let begins_otherwise = !uscc::has_known_class(text);
    has_layout(text, NaiveDate::MAX)
        || (year_can_be && (digit_holds || begins_otherwise))
        || (digit_holds && begins_otherwise)
}

/// Whether eighteen signs are surely the code of an organisation although they may have the form of a citizen id: where
/// both check digits hold, the class of the organisation and its own code within decide.
pub(crate) fn is_surely_uscc(text: &str) -> bool {
    Uscc::parse(text).is_some_and(|code| {
        !holds(text, NaiveDate::MAX) || (uscc::has_known_class(text) && code.organisation_code().is_some())
    })
}

fn holds(text: &str, today: Today) -> bool {
    has_layout(text, today) && check_digit(&text.as_bytes()[..17]) == Some(text.as_bytes()[17])
}

/// Whether a normalised text may be a natural person's number, right or mistyped: it must then not be kept as it stands.
/// Fifteen digits that hold as a registration number, or as an old tax id, are none.
pub fn may_be_personal(text: &str) -> bool {
    if !text.is_ascii() {
        return false;
    }
    let first = || text.get(..18);
    match text.len() {
        18 => is_meant(text) && !is_surely_uscc(text),
        20 | 22 => first().is_some_and(|id| is_meant(id) && !is_surely_uscc(id)),
        15 => {
            let is_another = registration::holds(text) || text.get(6..).and_then(OrganisationCode::parse).is_some();
            !is_another && is_old_number(text)
        }
        // One digit too few or too many: the day of birth still shows.
        17 | 19 => text::is_digits(&text[..14.min(text.len())]) && is_near_number(text),
        _ => false,
    }
}

/// Whether a normalised text is surely another certificate of a person: 港澳居民来往内地通行证 (H, M and ten digits), a card of
/// residence before 2023 (a country and twelve digits), an officer's or a soldier's card.
pub fn is_certificate(text: &str) -> bool {
    let behind = |letters: usize, digits: usize| {
        let (Some(head), Some(tail)) = (text.get(..letters), text.get(letters..)) else { return false };
        text.len() == letters + digits && head.bytes().all(|sign| sign.is_ascii_uppercase()) && text::is_digits(tail)
    };
    let is_card = ["军字", "士字", "武字", "文字", "警字"].iter().any(|word| text.starts_with(word));
    behind(1, 10) && text.starts_with(['H', 'M'])
        || behind(3, 12)
        || is_card && text.bytes().any(|sign| sign.is_ascii_digit())
}

/// Whether a normalised text may be a passport's or a travel permit's number: nine signs that begin with letters and hold as
/// no code of an organisation. A mistyped code looks the same: who is named beside it decides.
pub fn may_be_certificate(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    text.len() == 9
        && matches!(letters, 1 | 2)
        && text::is_digits(&text[letters..])
        && OrganisationCode::parse(text).is_none()
}

/// Whether fifteen digits have the layout of the citizen id before 1999.
pub(super) fn is_old_number(text: &str) -> bool {
    text.len() == 15 && lengthen(text).is_some_and(|id| has_layout(&id, NaiveDate::MAX))
}

/// Whether fifteen digits that hold as the number of a licence could as well be the old citizen id of somebody who was
/// grown up when licences had such numbers.
pub(crate) fn is_like_old_citizen(number: &str) -> bool {
    registration::holds(number) && is_old_number(number) && matches!(number.as_bytes()[6], b'3'..=b'9')
}

fn is_near_number(text: &str) -> bool {
    let plausible = |day: NaiveDate| BIRTH_YEARS.contains(&day.year());
    text.is_ascii()
        && text.bytes().all(|sign| sign.is_ascii_digit() || sign == b'X')
        && (is_of_province(text) || is_of_foreigner(text))
        && birth_date(text).is_some_and(plausible)
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
    fn a_foreigners_number_holds_by_country_birth_and_check_digit() {
        assert_eq!(judge("965398198501010992", today()), Finding::Holds);
        assert!(matches!(judge("965000198501010992", today()), Finding::Fails(..)), "no country has the code 000");
        assert!(matches!(judge("965398198501010993", today()), Finding::Fails(..)));
    }

    #[test]
    fn a_number_with_an_impossible_day_is_still_meant_as_a_persons() {
        for number in ["652323190002290018", "652323119104155931", "652323198713010015"] {
            assert!(is_meant(number) && may_be_personal(number), "{number}");
        }
        for code in ["91652323MA7A000172", "911101085923662400", "12652323457610305X"] {
            assert!(!may_be_personal(code), "{code}");
        }
    }

    #[test]
    fn a_licence_number_that_holds_is_no_person_whatever_day_is_in_it() {
        assert!(may_be_personal("652323800101001"));
        assert!(registration::holds("652323800101005"));
        assert!(!may_be_personal("652323800101005"));
    }

    #[test]
    fn a_number_is_never_shown_by_debug() {
        let id = CitizenId::parse("11010519491231002X", today()).unwrap();
        assert!(!format!("{id:?}").contains("1949"));
    }
}
