//! Codes with right check digits for made-up taxpayers and persons.
//!
//! A code is made from a serial number, never drawn at random, so that no two things share one. Division `659900` does
//! not exist below the province: persons are registered there on purpose, so that no number can be a real person's.

use chrono::{Datelike, NaiveDate};

const USCC_SIGNS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const PERSON_REGION: &str = "659900";

/// A place of a sign in an alphabet, as a number.
fn value_in(alphabet: &[u8], sign: u8) -> u32 {
    alphabet.iter().position(|each| *each == sign).and_then(|at| u32::try_from(at).ok()).unwrap_or(0)
}

/// An organisation code of 9 signs (GB 11714) that begins with `MA`, or with figures for bodies older than 2015.
pub fn organisation_code(serial: usize, beginning: &str) -> String {
    let mut rest = serial;
    let mut signs = vec![b'0'; 8 - beginning.len()];
    for sign in signs.iter_mut().rev() {
        *sign = USCC_SIGNS[rest % 31];
        rest /= 31;
    }
    let mut code = beginning.as_bytes().to_vec();
    code.extend(signs);
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = code
        .iter()
        .zip(weights)
        .map(|(sign, weight)| value_in(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", *sign) * weight)
        .sum();
    code.push(match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + u8::try_from(digit).unwrap_or(0),
    });
    String::from_utf8_lossy(&code).into_owned()
}

/// A unified social credit code (GB 32100) over an organisation code.
pub fn uscc(registrar: &str, region: &str, organisation_code: &str) -> String {
    let mut code = format!("{registrar}{region}{organisation_code}");
    let mut weight = 1;
    let mut sum = 0;
    for sign in code.bytes() {
        sum += value_in(USCC_SIGNS, sign) * weight;
        weight = weight * 3 % 31;
    }
    let check = usize::try_from((31 - sum % 31) % 31).unwrap_or(0);
    code.push(char::from(USCC_SIGNS[check]));
    code
}

/// A registration number of 15 digits (GS 15-2006) with ISO 7064 MOD 11,10.
pub fn registration_number(region: &str, serial: usize) -> String {
    let mut number = format!("{region}{:08}", serial % 100_000_000);
    let mut product = 10;
    for digit in number.bytes() {
        let sum = (product + u32::from(digit - b'0')) % 10;
        product = if sum == 0 { 10 } else { sum } * 2 % 11;
    }
    let check = (11 - product) % 10;
    number.push(char::from(b'0' + u8::try_from(check).unwrap_or(0)));
    number
}

/// A citizen's number (GB 11643) of the purpose-made division.
pub fn citizen_id(born: NaiveDate, serial: usize) -> String {
    let mut number =
        format!("{PERSON_REGION}{:04}{:02}{:02}{:03}", born.year(), born.month(), born.day(), serial % 1_000);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = number.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    number.push(char::from(b"10X98765432"[usize::try_from(sum % 11).unwrap_or(0)]));
    number
}

/// The code with one sign in its middle changed: its check digit no longer holds.
pub fn with_wrong_sign(code: &str, at: usize) -> String {
    let at = 8 + at % 8;
    code.char_indices()
        .map(|(place, sign)| match sign {
            '9' if place == at => '0',
            digit if place == at && digit.is_ascii_digit() => char::from(digit as u8 + 1),
            'A' if place == at => 'B',
            _ if place == at => 'A',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gongzhi_core::codes::{OrganisationCode, RegistrationNumber, Uscc};

    #[test]
    fn made_codes_have_right_check_digits() {
        for serial in [0, 1, 172, 30_000, 887_502_680] {
            let organisation = organisation_code(serial, "MA");
            assert!(OrganisationCode::parse(&organisation).is_some(), "{organisation}");
            let code = uscc("91", "652323", &organisation);
            assert!(Uscc::parse(&code).is_some(), "{code}");
            let number = registration_number("652323", serial);
            assert!(RegistrationNumber::parse(&number).is_some(), "{number}");
        }
    }

    #[test]
    fn the_known_codes_come_out() {
        assert_eq!(uscc("91", "440300", "085948158"), "91440300085948158H");
        assert_eq!(registration_number("440301", 10_854_837), "440301108548379");
    }

    #[test]
    fn a_code_with_a_wrong_sign_is_not_valid() {
        let code = uscc("91", "652323", &organisation_code(172, "MA"));
        for at in 0..8 {
            assert!(Uscc::parse(&with_wrong_sign(&code, at)).is_none(), "place {at}");
        }
    }

    #[test]
    fn persons_are_registered_where_nobody_lives() {
        let born = NaiveDate::from_ymd_opt(1980, 2, 29).unwrap();
        assert!(citizen_id(born, 7).starts_with("65990019800229007"));
    }
}
