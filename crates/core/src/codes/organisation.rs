//! 组织机构代码, nine signs (GB 11714): the code of an organisation before 2015, and a part of every USCC since.

use super::{Finding, text};
use crate::messages::Message;

const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// An organisation code whose check digit is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrganisationCode([u8; 9]);

impl OrganisationCode {
    /// The code in nine signs without a hyphen. `None` when a sign or the check digit is wrong.
    pub fn parse(code: &str) -> Option<Self> {
        let signs: [u8; 9] = code.as_bytes().try_into().ok()?;
        (check_digit(&signs)? == signs[8]).then_some(Self(signs))
    }

    /// The nine signs.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Display for OrganisationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

fn check_digit(signs: &[u8; 9]) -> Option<u8> {
    let mut sum = 0;
    for (sign, weight) in signs[..8].iter().zip(WEIGHTS) {
        sum += (*sign as char).to_digit(36).filter(|_| !sign.is_ascii_lowercase())? * weight;
    }
    Some(match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + digit as u8,
    })
}

/// The nine signs of a code written with its hyphen (`D2143569-X`).
pub(crate) fn without_hyphen(code: &str) -> Option<String> {
    let (body, digit) = code.split_once('-')?;
    (body.len() == 8 && digit.len() == 1).then(|| format!("{body}{digit}"))
}

/// Judges a normalised text as an organisation code.
pub(crate) fn judge(code: &str) -> Finding {
    if let Some(bare) = without_hyphen(code) {
        return match judge(&bare) {
            Finding::Holds => Finding::HoldsAs(bare),
            other => other,
        };
    }
    if code.chars().count() != 9 {
        return Finding::Fails(Message::new("codes-organisation-length").with("length", code.chars().count()), None);
    }
    if OrganisationCode::parse(code).is_some() {
        return Finding::Holds;
    }
    let meant = text::unconfuse(code, |sign| !matches!(sign, b'O' | b'I'))
        .filter(|meant| OrganisationCode::parse(meant).is_some());
    Finding::Fails(Message::new("codes-organisation-digit"), meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_hold() {
        for code in ["085948158", "600037341", "M000100Y4", "D2143569X"] {
            assert!(OrganisationCode::parse(code).is_some(), "{code}");
        }
    }

    #[test]
    fn the_hyphen_is_left_out_of_the_normal_form() {
        assert_eq!(judge("D2143569-X"), Finding::HoldsAs("D2143569X".to_owned()));
    }
}
