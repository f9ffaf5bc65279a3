//! 残疾人证号: a citizen id, the kind of disability (1–7) and its degree (1–4); a card given again carries B1–B9.
//!
//! Three columns of a sheet check each other: the number, the kind and the degree.

use super::{CitizenId, Finding, Today};
use crate::messages::Message;

/// A disability certificate's number whose parts are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisabilityCertificate {
    /// The holder.
    pub citizen: CitizenId,
    /// 1 sight, 2 hearing, 3 speech, 4 body, 5 intellect, 6 mind, 7 several.
    pub kind: u8,
    /// 1 (heaviest) to 4.
    pub degree: u8,
    /// How often the card was given again: 0, or the digit after B.
    pub replacement: u8,
}

impl DisabilityCertificate {
    /// Reads a normalised text of 20 or 22 signs. `None` when a part is wrong.
    pub fn parse(text: &str, today: Today) -> Option<Self> {
        if !text.is_ascii() || !has_layout(text) {
            return None;
        }
        let signs = text.as_bytes();
        Some(Self {
            citizen: CitizenId::parse(&text[..18], today)?,
            kind: signs[18] - b'0',
            degree: signs[19] - b'0',
            replacement: signs.get(21).map_or(0, |digit| digit - b'0'),
        })
    }
}

/// Whether the signs after the citizen id are a kind, a degree and perhaps a replacement.
pub(crate) fn has_layout(text: &str) -> bool {
    let Some(tail) = text.as_bytes().get(18..) else { return false };
    match tail {
        [kind, degree] => matches!(kind, b'1'..=b'7') && matches!(degree, b'1'..=b'4'),
        [kind, degree, b'B', times] => {
            matches!(kind, b'1'..=b'7') && matches!(degree, b'1'..=b'4') && matches!(times, b'1'..=b'9')
        }
        _ => false,
    }
}

/// Judges a normalised text as the number of a disability certificate.
pub(crate) fn judge(text: &str, today: Today) -> Finding {
    let length = text.chars().count();
    if length != 20 && length != 22 {
        return Finding::Fails(Message::new("codes-disability-length").with("length", length), None);
    }
    if !has_layout(text) {
        return Finding::Fails(Message::new("codes-disability-tail"), None);
    }
    match DisabilityCertificate::parse(text, today) {
        Some(_) => Finding::Holds,
        None => Finding::Fails(Message::new("codes-disability-citizen"), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_degree_and_replacement_are_read_from_the_tail() {
        let today = Today::from_ymd_opt(2025, 6, 30).unwrap();
        let card = DisabilityCertificate::parse("11010519491231002X42B1", today).unwrap();
        assert_eq!((card.kind, card.degree, card.replacement), (4, 2, 1));
        assert_eq!(DisabilityCertificate::parse("11010519491231002X82", today), None);
        assert_eq!(DisabilityCertificate::parse("11010519491231002X45", today), None);
    }
}
