//! Who may see what: the scope every question to the control store carries.
//!
//! A scope only narrows: what it does not name is not there. Somebody who asks for a thing outside gets the same answer
//! as for a thing that doesn't exist.

use std::collections::BTreeSet;

/// For what the data is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Taking in a unit's sheets.
    Intake,
    /// Comparing and finding leads.
    Analysis,
    /// Keeping the installation sound: no row of data is read.
    Upkeep,
}

impl Purpose {
    /// The word in logs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Analysis => "analysis",
            Self::Upkeep => "upkeep",
        }
    }
}

/// What may be seen and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Division code: everything whose region begins with it. Empty: every region of the installation.
    pub region: String,
    /// Units; `None`: all of them.
    pub units: Option<BTreeSet<String>>,
    /// For what.
    pub purpose: Purpose,
}

impl Scope {
    /// All units of a region, and of the regions below it.
    pub fn region(region: impl Into<String>, purpose: Purpose) -> Self {
        Self { region: region.into(), units: None, purpose }
    }

    /// One unit of a region.
    pub fn unit(region: impl Into<String>, unit: impl Into<String>, purpose: Purpose) -> Self {
        Self { region: region.into(), units: Some(BTreeSet::from([unit.into()])), purpose }
    }

    /// Whether something of this region and unit lies in it.
    pub fn covers(&self, region: &str, unit: &str) -> bool {
        region.starts_with(&self.region) && self.units.as_ref().is_none_or(|units| units.contains(unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefecture_covers_its_counties_and_a_unit_only_itself() {
        let prefecture = Scope::region("6523", Purpose::Analysis);
        assert!(prefecture.covers("652323", "housing"));
        assert!(!prefecture.covers("650100", "housing"));
        let unit = Scope::unit("652323", "housing", Purpose::Intake);
        assert!(unit.covers("652323", "housing"));
        assert!(!unit.covers("652323", "finance"));
        assert!(!unit.covers("652324", "housing"));
    }
}
