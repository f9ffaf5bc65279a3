//! Natural persons are known by a keyed digest of their certificate number, never by name and never by the number.
//!
//! HMAC-SM3 under a key of the deployment: the same number gives the same digest within one deployment, so that rows
//! of two units meet; without the key nobody can try out all numbers and find whose it is.

use hmac::{Hmac, KeyInit, Mac};
use sm3::Sm3;

use super::{DisabilityCertificate, TaxId, Today, normalise};

/// The deployment's key for digests of persons.
#[derive(Clone)]
pub struct PersonKey(Vec<u8>);

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonKey(…)")
    }
}

impl PersonKey {
    /// A key of 32 bytes or more, drawn by the caller.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The digest of a certificate number: a citizen id of 15 or 18 signs, the 20 of an old tax id, a disability
    /// certificate (its holder). Another certificate (passport, military) is digested as it stands once normalised.
    /// `None` when there is nothing to digest.
    pub fn digest(&self, certificate_number: &str, today: Today) -> Option<PersonDigest> {
        let text = normalise(certificate_number);
        if text.is_empty() {
            return None;
        }
        let citizen = match TaxId::parse(&text, today) {
            Some(TaxId::Person(citizen)) => Some(citizen),
            _ => DisabilityCertificate::parse(&text, today).map(|card| card.citizen),
        };
        let number = citizen.as_ref().map_or(text.as_ref(), |citizen| citizen.as_str());
        let mut mac = Hmac::<Sm3>::new_from_slice(&self.0).ok()?;
        mac.update(number.as_bytes());
        let mut digest = [0; 32];
        digest.copy_from_slice(&mac.finalize().into_bytes());
        Some(PersonDigest(digest))
    }
}

/// What stands before a person's digest where codes of taxpayers stand: `person:hmac-sm3:…`.
pub const PERSON_PREFIX: &str = "person:";

/// What stands for a natural person in tables and links: `hmac-sm3:` and 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonDigest(pub(crate) [u8; 32]);

impl PersonDigest {
    /// Reads the text form back. `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix("hmac-sm3:").filter(|hex| hex.len() == 64 && hex.is_ascii())?;
        let mut digest = [0; 32];
        for (byte, at) in digest.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&hex[at..at + 2], 16).ok()?;
        }
        Some(Self(digest))
    }

    /// The digest that stands in the place of a code: `person:hmac-sm3:…`. `None` for any other code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::parse(code.strip_prefix(PERSON_PREFIX)?)
    }
}

impl std::fmt::Display for PersonDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("hmac-sm3:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(key: &[u8], number: &str) -> PersonDigest {
        PersonKey::new(key).digest(number, Today::from_ymd_opt(2025, 6, 30).unwrap()).unwrap()
    }

    #[test]
    fn one_person_has_one_digest_however_the_number_is_written() {
        let written = ["11010519491231002X", "11010519491231002x", "110105491231002", "11010519491231002X43"];
        for number in written {
            assert_eq!(digest(b"one key", number), digest(b"one key", written[0]), "{number}");
        }
    }

    #[test]
    fn another_key_gives_another_digest() {
        assert_ne!(digest(b"one key", "11010519491231002X"), digest(b"another", "11010519491231002X"));
    }

    #[test]
    fn the_text_form_is_read_back() {
        let made = digest(b"one key", "11010519491231002X");
        assert_eq!(PersonDigest::parse(&made.to_string()), Some(made));
    }
}
