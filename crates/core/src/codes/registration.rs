//! 工商注册号: the number of a business licence before 2015. Fifteen digits (GS 15-2006, ISO 7064 MOD 11,10); thirteen
//! digits are older still and carry no check digit.

use super::{CitizenId, Finding, OrganisationCode, Today, text};
use crate::messages::Message;

/// A registration number of fifteen digits whose check digit is right, or one of thirteen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RegistrationNumber(String);

impl RegistrationNumber {
    /// The number in 13 or 15 digits. `None` when a sign, the length or the check digit is wrong.
    pub fn parse(number: &str) -> Option<Self> {
        (number.len() == 13 && text::is_digits(number) || holds(number)).then(|| Self(number.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The region of the authority that gave the number, six digits.
    pub fn region(&self) -> &str {
        &self.0[..6]
    }
}

/// Whether fifteen digits carry the right check digit.
pub(crate) fn holds(number: &str) -> bool {
    if number.len() != 15 || !text::is_digits(number) {
        return false;
    }
    let (body, digit) = number.as_bytes().split_at(14);
    let mut product = 10;
    for sign in body {
        let sum = match (product + u32::from(sign - b'0')) % 10 {
            0 => 10,
            sum => sum,
        };
        product = sum * 2 % 11;
    }
    (11 - product) % 10 == u32::from(digit[0] - b'0')
}

/// Judges a normalised text as a registration number.
pub(crate) fn judge(number: &str, today: Today) -> Finding {
    if number.len() == 13 && text::is_digits(number) {
        return Finding::HoldsWith(Message::new("codes-registration-thirteen"));
    }
    if holds(number) {
        return Finding::Holds;
    }
    if number.chars().count() != 15 {
        let length = number.chars().count();
        return Finding::Fails(Message::new("codes-registration-length").with("length", length), None);
    }
    if !text::is_digits(number) {
        let meant = text::unconfuse(number, |sign| sign.is_ascii_digit()).filter(|meant| holds(meant));
        return Finding::Fails(Message::new("codes-registration-signs"), meant);
    }
    Finding::Fails(other_kind(number, today), None)
}

/// Fifteen digits that fail as a registration number may be an old tax id or an old citizen id: said, not guessed.
fn other_kind(number: &str, today: Today) -> Message {
    if OrganisationCode::parse(&number[6..]).is_some() {
        return Message::new("codes-registration-or-tax-id").with("part", &number[6..]);
    }
    if CitizenId::parse(number, today).is_some() {
        return Message::new("codes-registration-or-citizen-id");
    }
    Message::new("codes-registration-digit")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Today {
        Today::from_ymd_opt(2025, 6, 30).unwrap()
    }

    #[test]
    fn published_examples_hold_and_a_changed_digit_fails() {
        assert!(holds("440301108548379"));
        assert!(holds("652323050000016"));
        assert!(!holds("652323050000017"));
    }

    #[test]
    fn thirteen_digits_hold_with_a_notice() {
        assert!(matches!(judge("3202111100667", today()), Finding::HoldsWith(_)));
    }

    #[test]
    fn an_old_tax_id_is_named_as_what_it_could_be() {
        let Finding::Fails(notice, _) = judge("440301085948158", today()) else { panic!("it holds") };
        assert_eq!(notice.key, "codes-registration-or-tax-id");
    }
}
