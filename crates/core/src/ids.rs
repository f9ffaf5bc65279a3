//! What things are called across rooms: a region, a township, the handle of a row of evidence, the numbers that people refer to.

use std::collections::BTreeSet;
use std::fmt;

/// A county, or a prefecture or province with all below it: six digits of the division code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(String);

impl Region {
    /// Of a division code of six digits or more; none where the text is no such code.
    pub fn read(code: &str) -> Option<Self> {
        let six = code.trim().get(..6)?;
        code.trim().bytes().all(|sign| sign.is_ascii_digit()).then(|| Self(six.to_owned()))
    }

    /// Its code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the code of everything in it begins with.
    pub fn prefix(&self) -> &str {
        self.0.trim_end_matches("00")
    }

    /// Whether the other lies in it: a prefecture has its counties, a county only itself.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(self.prefix())
    }

    /// Of some regions those that have none of the others in them.
    pub fn list_lowest(all: &BTreeSet<Self>) -> Vec<&Self> {
        all.iter().filter(|one| !all.iter().any(|other| other != *one && one.covers(other))).collect()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A township, a street or a park with a code of its own: nine digits of the division code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Township(String);

impl Township {
    /// Of a division code of nine digits or more; none where the text is no such code.
    pub fn read(code: &str) -> Option<Self> {
        let nine = code.trim().get(..9)?;
        code.trim().bytes().all(|sign| sign.is_ascii_digit()).then(|| Self(nine.to_owned()))
    }

    /// Its code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Township {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The handle of a row of evidence, in every question, run and program the same: `<batch id>:<row>`, the row from 0.
pub fn evidence_handle(batch: &str, row: u64) -> String {
    format!("{batch}:{row}")
}

/// Batch and row of a handle; none where the text is none.
pub fn read_handle(handle: &str) -> Option<(&str, u64)> {
    let (batch, row) = handle.rsplit_once(':')?;
    Some((batch, row.parse().ok()?))
}

/// What is numbered for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberKind {
    /// A lead.
    Lead,
}

impl NumberKind {
    /// The letter in its numbers.
    pub fn key(self) -> &'static str {
        match self {
            Self::Lead => "L",
        }
    }
}

/// The number by which people refer to a thing: `<region>-<year>-<kind>-<number>`, counted from 1 in each region and year
/// and never given out twice.
pub fn shown_number(region: &str, year: i32, kind: NumberKind, number: i64) -> String {
    format!("{region}-{year}-{}-{number}", kind.key())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefecture_covers_its_counties_and_a_county_only_itself() {
        let [province, prefecture, county, other] =
            ["650000", "652300", "652323001", "650102"].map(|code| Region::read(code).unwrap());
        assert!(province.covers(&county) && prefecture.covers(&county) && county.covers(&county));
        assert!(!county.covers(&prefecture) && !prefecture.covers(&other));
        let all: BTreeSet<Region> = [province, prefecture, county.clone(), other.clone()].into();
        assert_eq!(Region::list_lowest(&all), [&other, &county]);
        assert!(
            Region::read("6523").is_none() && Region::read("县652323").is_none() && Region::read("65232x").is_none()
        );
    }

    #[test]
    fn a_township_is_nine_digits_of_a_longer_code_and_a_county_is_none() {
        let read = |code| Township::read(code).map(|township| township.to_string());
        assert_eq!(read("652323101"), Some("652323101".to_owned()));
        assert_eq!(read("652323101203"), Some("652323101".to_owned()));
        assert_eq!([read("652323"), read("大丰镇大丰镇大丰镇"), read("65232310x")], [None, None, None]);
    }

    #[test]
    fn a_handle_names_batch_and_row() {
        assert_eq!(read_handle(&evidence_handle("0193-a:b", 7)), Some(("0193-a:b", 7)));
        assert_eq!(read_handle("view:x"), None);
    }

    #[test]
    fn a_number_says_region_year_and_kind() {
        assert_eq!(shown_number("652323", 2026, NumberKind::Lead, 17), "652323-2026-L-17");
    }
}
