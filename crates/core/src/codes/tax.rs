//! 纳税人识别号. Fifteen signs are a region and an organisation code, so they give nine signs of the USCC; eighteen are
//! a USCC or a citizen id; twenty are a citizen id and two more (an individual business before 2015).

use super::{CitizenId, Finding, OrganisationCode, Today, Uscc, text, uscc};
use crate::messages::Message;

/// What a taxpayer's number turns out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaxId {
    /// Eighteen signs: the USCC itself.
    Uscc(Uscc),
    /// Fifteen signs: the region of registration and the organisation code, which is `[8..17]` of the USCC.
    Organisation {
        /// Six digits.
        region: String,
        /// The code that the USCC carries too.
        code: OrganisationCode,
    },
    /// Fifteen, eighteen or twenty signs: a natural person's certificate number.
    Person(CitizenId),
}

impl TaxId {
    /// Reads a normalised text. `None` when it is no tax id or a check digit fails.
    pub fn parse(text: &str, today: Today) -> Option<Self> {
        match text.len() {
            15 => {
                if !text.is_ascii() || !text::is_digits(&text[..6]) {
                    return None;
                }
                let organisation = OrganisationCode::parse(&text[6..]);
                organisation
                    .map(|code| Self::Organisation { region: text[..6].to_owned(), code })
                    .or_else(|| CitizenId::parse(text, today).map(Self::Person))
            }
            18 => Uscc::parse(text).map(Self::Uscc).or_else(|| CitizenId::parse(text, today).map(Self::Person)),
            20 => text.get(..18).and_then(|id| CitizenId::parse(id, today)).map(Self::Person),
            _ => None,
        }
    }

    /// The nine signs that the USCC of the same organisation has in `[8..17]`. `None` for a natural person.
    pub fn organisation_part(&self) -> Option<&str> {
        match self {
            Self::Uscc(uscc) => Some(uscc.organisation_part()),
            Self::Organisation { code, .. } => Some(code.as_str()),
            Self::Person(_) => None,
        }
    }
}

/// Judges a normalised text as a tax id.
pub(crate) fn judge(text: &str, today: Today) -> Finding {
    match TaxId::parse(text, today) {
        Some(TaxId::Uscc(_)) => uscc::judge(text),
        Some(_) => Finding::Holds,
        None => match text.chars().count() {
            18 => uscc::judge(text),
            15 | 20 => Finding::Fails(Message::new("codes-tax-id-digit"), None),
            length => Finding::Fails(Message::new("codes-tax-id-length").with("length", length), None),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Today {
        Today::from_ymd_opt(2025, 6, 30).unwrap()
    }

    #[test]
    fn fifteen_signs_give_the_organisation_part_of_the_uscc() {
        let tax_id = TaxId::parse("652323MA7A00017", today());
        let uscc = Uscc::parse("91652323MA7A000172").unwrap();
        assert_eq!(tax_id.unwrap().organisation_part(), Some(uscc.organisation_part()));
    }

    #[test]
    fn twenty_signs_are_a_person_and_two_more() {
        assert!(matches!(TaxId::parse("11010519491231002X00", today()), Some(TaxId::Person(_))));
        assert_eq!(TaxId::parse("11010519491231003X00", today()), None);
    }
}
