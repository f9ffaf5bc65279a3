//! Codes of things rather than of persons: discharge permits, real-estate units, investment projects.

use chrono::NaiveDate;

use super::{Finding, Uscc, text, uscc};
use crate::messages::Message;

/// 排污许可证编号: the holder's USCC, three digits and a letter. It checks against the sheet's USCC column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DischargePermit {
    /// Who holds it.
    pub holder: Uscc,
    /// Serial and letter, four signs.
    pub serial: String,
}

impl DischargePermit {
    /// Reads a normalised text of 22 signs. `None` when a part is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let holder = Uscc::parse(text.get(..18)?)?;
        has_permit_tail(text).then(|| Self { holder, serial: text[18..].to_owned() })
    }
}

fn has_permit_tail(text: &str) -> bool {
    matches!(text.as_bytes().get(18..), Some([a, b, c, letter])
        if [a, b, c].iter().all(|sign| sign.is_ascii_digit()) && letter.is_ascii_uppercase())
}

/// 不动产单元号: 28 signs, or the 19 of the parcel alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RealEstateUnit {
    /// Region 6, district 3, sub-district 3, feature 2, serial 5.
    pub parcel: String,
    /// What stands on the parcel, nine signs; `None` for the parcel alone.
    pub fixture: Option<String>,
}

impl RealEstateUnit {
    /// Reads a normalised text of 19 or 28 signs. `None` when the layout is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.is_ascii() || !matches!(text.len(), 19 | 28) {
            return None;
        }
        let (parcel, fixture) = text.split_at(19);
        let letters = parcel[12..14].bytes().all(|sign| sign.is_ascii_uppercase());
        let digits = text::is_digits(&parcel[..12]) && text::is_digits(&parcel[14..]);
        let fixture_right =
            fixture.is_empty() || (fixture.as_bytes()[0].is_ascii_uppercase() && text::is_digits(&fixture[1..]));
        (letters && digits && fixture_right)
            .then(|| Self { parcel: parcel.to_owned(), fixture: (!fixture.is_empty()).then(|| fixture.to_owned()) })
    }

    /// The region of the parcel, six digits.
    pub fn region(&self) -> &str {
        &self.parcel[..6]
    }
}

/// 投资项目代码: year and month, region, industry class, kind, serial: `2203-652323-04-01-123456`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectCode {
    /// Six digits.
    pub region: String,
    /// First day of the month in which the code was given.
    pub month: NaiveDate,
}

impl ProjectCode {
    /// Reads a normalised text. `None` when the layout is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        if lengths != [4, 6, 2, 2, 6] || !parts.iter().all(|part| text::is_digits(part)) {
            return None;
        }
        let (year, month) = parts[0].split_at(2);
        let month = NaiveDate::from_ymd_opt(2000 + year.parse::<i32>().ok()?, month.parse().ok()?, 1)?;
        Some(Self { region: parts[1].to_owned(), month })
    }
}

/// Judges a normalised text as a discharge permit's number.
pub(crate) fn judge_permit(text: &str) -> Finding {
    let length = text.chars().count();
    if length != 22 || !text.is_ascii() {
        return Finding::Fails(Message::new("codes-permit-length").with("length", length), None);
    }
    if !has_permit_tail(text) {
        return Finding::Fails(Message::new("codes-permit-tail"), None);
    }
    match uscc::judge(&text[..18]) {
        Finding::Fails(notice, meant) => Finding::Fails(notice, meant.map(|holder| format!("{holder}{}", &text[18..]))),
        holding => holding,
    }
}

/// Judges a normalised text as a real-estate unit.
pub(crate) fn judge_real_estate(text: &str) -> Finding {
    match RealEstateUnit::parse(text) {
        Some(_) => Finding::Holds,
        None => Finding::Fails(Message::new("codes-real-estate-layout"), None),
    }
}

/// Judges a normalised text as a project code.
pub(crate) fn judge_project(text: &str) -> Finding {
    match ProjectCode::parse(text) {
        Some(_) => Finding::Holds,
        None => Finding::Fails(Message::new("codes-project-layout"), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_names_its_holder() {
        let permit = DischargePermit::parse("91652323MA7A000172001V").unwrap();
        assert_eq!(permit.holder.as_str(), "91652323MA7A000172");
        assert_eq!(DischargePermit::parse("91652323MA7A0001720010"), None);
    }

    #[test]
    fn a_parcel_stands_alone_or_with_a_fixture() {
        assert_eq!(RealEstateUnit::parse("450103001001GB00001").unwrap().fixture, None);
        let unit = RealEstateUnit::parse("450103001001GB00001F00010001").unwrap();
        assert_eq!((unit.region(), unit.fixture.as_deref()), ("450103", Some("F00010001")));
    }

    #[test]
    fn a_project_code_of_month_thirteen_does_not_hold() {
        assert!(ProjectCode::parse("2203-652323-04-01-123456").is_some());
        assert_eq!(ProjectCode::parse("2213-652323-04-01-123456"), None);
    }
}
