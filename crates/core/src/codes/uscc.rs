//! 统一社会信用代码, the code of every organisation since October 2015 (GB 32100-2015).
//!
//! Eighteen signs: registrar, kind, the region of *first* registration (not the present place), the organisation code
//! with its own check digit, and a check digit over all. The alphabet has no I, O, S, V and Z. About one code in ten
//! thousand fails its digit and is genuine all the same (a pilot before the standard), so a failing code is flagged and
//! never refused for good.

use super::organisation::OrganisationCode;
use super::{Finding, text};
use crate::messages::Message;

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// 3^i mod 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Value of a sign in the alphabet; 255 for a sign outside it.
const VALUES: [u8; 128] = {
    let mut values = [255; 128];
    let mut at = 0;
    while at < 31 {
        values[ALPHABET[at] as usize] = at as u8;
        at += 1;
    }
    values
};

/// A USCC whose signs and check digit are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uscc([u8; 18]);

/// Who registered the organisation: the first sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registrar {
    /// 1, 机构编制: public institutions and organs of state.
    Establishment,
    /// 2, 外交.
    ForeignAffairs,
    /// 3, 司法行政: law firms and the like.
    Justice,
    /// 4, 文化.
    Culture,
    /// 5, 民政: associations, foundations, private non-enterprise units.
    CivilAffairs,
    /// 6, 旅游.
    Tourism,
    /// 7, 宗教.
    Religion,
    /// 8, 工会.
    Union,
    /// 9, 市场监管: companies, individual businesses, farmers' co-operatives.
    Market,
    /// A, 中央军委.
    Military,
    /// N, 农业农村: village economic co-operatives.
    Agriculture,
    /// Y, others.
    Other,
}

impl Uscc {
    /// The code in a text written exactly as the standard says. `None` when a sign or the check digit is wrong.
    pub fn parse(code: &str) -> Option<Self> {
        let signs: [u8; 18] = code.as_bytes().try_into().ok()?;
        check_digit(&signs).filter(|digit| *digit == signs[17]).map(|_| Self(signs))
    }

    /// The eighteen signs.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The region where it was first registered, six digits. The present place may be another.
    pub fn region(&self) -> &str {
        &self.as_str()[2..8]
    }

    /// The nine signs of the organisation code within, whether or not its own digit holds.
    pub fn organisation_part(&self) -> &str {
        &self.as_str()[8..17]
    }

    /// The organisation code within; `None` when its own digit fails (rare, and not a fault of the USCC).
    pub fn organisation_code(&self) -> Option<OrganisationCode> {
        OrganisationCode::parse(self.organisation_part())
    }

    /// Who registered it.
    pub fn registrar(&self) -> Registrar {
        match self.0[0] {
            b'1' => Registrar::Establishment,
            b'2' => Registrar::ForeignAffairs,
            b'3' => Registrar::Justice,
            b'4' => Registrar::Culture,
            b'5' => Registrar::CivilAffairs,
            b'6' => Registrar::Tourism,
            b'7' => Registrar::Religion,
            b'8' => Registrar::Union,
            b'9' => Registrar::Market,
            b'A' => Registrar::Military,
            b'N' => Registrar::Agriculture,
            _ => Registrar::Other,
        }
    }
}

impl std::fmt::Display for Uscc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The check digit that the first seventeen signs ask for; `None` when one of them is outside the alphabet, the
/// registrar is unknown or the region is not of digits.
pub(crate) fn check_digit(signs: &[u8; 18]) -> Option<u8> {
    let registrar_known = matches!(signs[0], b'1'..=b'9' | b'A' | b'N' | b'Y');
    if !registrar_known || !signs[2..8].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut sum = 0;
    for (sign, weight) in signs[..17].iter().zip(WEIGHTS) {
        let value = *VALUES.get(*sign as usize)?;
        if value == 255 {
            return None;
        }
        sum += u32::from(value) * weight;
    }
    Some(ALPHABET[((31 - sum % 31) % 31) as usize])
}

/// Whether the first two signs are a registrar and a kind of organisation that are given out.
pub(crate) fn has_known_class(code: &str) -> bool {
    matches!(
        code.as_bytes(),
        [b'1' | b'9' | b'N', b'1' | b'2' | b'3' | b'9', ..]
            | [b'2' | b'4' | b'8' | b'A', b'1' | b'9', ..]
            | [b'3' | b'5', b'1'..=b'5' | b'9', ..]
            | [b'6' | b'7', b'1' | b'2' | b'9', ..]
            | [b'Y', b'1', ..]
    )
}

fn is_in_alphabet(sign: u8) -> bool {
    VALUES.get(sign as usize).is_some_and(|value| *value != 255)
}

/// Judges a normalised text as a USCC.
pub(crate) fn judge(code: &str) -> Finding {
    if code.chars().count() != 18 {
        return Finding::Fails(Message::new("codes-uscc-length").with("length", code.chars().count()), None);
    }
    if let Some(uscc) = Uscc::parse(code) {
        if uscc.organisation_code().is_some() {
            return Finding::Holds;
        }
        return Finding::HoldsWith(
            Message::new("codes-uscc-organisation-digit").with("part", uscc.organisation_part()),
        );
    }
    if let Some(meant) = text::unconfuse(code, is_in_alphabet) {
        let suggestion = Uscc::parse(&meant).map(|uscc| uscc.to_string());
        return Finding::Fails(Message::new("codes-uscc-alphabet"), suggestion);
    }
    if !code.bytes().all(is_in_alphabet) {
        return Finding::Fails(Message::new("codes-uscc-alphabet"), None);
    }
    let signs: Option<[u8; 18]> = code.as_bytes().try_into().ok();
    match signs.as_ref().and_then(check_digit) {
        Some(_) => Finding::Fails(Message::new("codes-check-digit-genuine"), None),
        None => Finding::Fails(Message::new("codes-uscc-layout"), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_every_registrar_hold() {
        let codes = [
            "91652323MA7A000172",
            "92652323MA7A00017Y",
            "93652323MA7A00017U",
            "11652323MA7A00017A",
            "N2652323MF0000013A",
            "54652323MF0000013M",
        ];
        for code in codes {
            assert!(Uscc::parse(code).is_some(), "{code}");
        }
    }

    #[test]
    fn a_changed_sign_fails_and_the_notice_says_a_few_genuine_ones_do() {
        let Finding::Fails(notice, suggestion) = judge("91652323MA7A000182") else { panic!("it holds") };
        assert_eq!(notice.key, "codes-check-digit-genuine");
        assert_eq!(suggestion, None);
    }

    #[test]
    fn a_letter_o_written_for_zero_is_suggested_and_not_mended() {
        let Finding::Fails(_, suggestion) = judge("91652323MA7AO00172") else { panic!("it holds") };
        assert_eq!(suggestion.as_deref(), Some("91652323MA7A000172"));
    }

    #[test]
    fn the_parts_are_region_and_organisation_code() {
        let uscc = Uscc::parse("91652323MA7A000172").unwrap();
        assert_eq!((uscc.region(), uscc.organisation_part()), ("652323", "MA7A00017"));
        assert_eq!(uscc.registrar(), Registrar::Market);
    }
}
