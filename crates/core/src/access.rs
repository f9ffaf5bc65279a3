//! Who may see what: the scope every question to the control store carries, and the actor in whose name anything is done.
//!
//! A scope only narrows: what it does not name is not there. Somebody who asks for a thing outside gets the same answer
//! as for a thing that doesn't exist.

use std::collections::BTreeSet;

use crate::ids::Region;

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

/// Regions that may be seen, each with all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Regions {
    /// Every region of the installation.
    All,
    /// These.
    Of(BTreeSet<Region>),
}

/// Units that may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Units {
    /// All of the regions.
    All,
    /// These.
    Of(BTreeSet<String>),
}

/// What may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    regions: Regions,
    units: Units,
}

impl Scope {
    /// All units of some regions, and of the regions below them.
    pub fn regions(regions: impl IntoIterator<Item = Region>) -> Self {
        Self { regions: Regions::Of(regions.into_iter().collect()), units: Units::All }
    }

    /// One unit of a region.
    pub fn unit(region: Region, unit: impl Into<String>) -> Self {
        Self { units: Units::Of(BTreeSet::from([unit.into()])), ..Self::regions([region]) }
    }

    /// Everything there is; an [`Actor`] alone has it.
    fn everything() -> Self {
        Self { regions: Regions::All, units: Units::All }
    }

    /// What it has of the regions.
    pub fn of_regions(&self) -> &Regions {
        &self.regions
    }

    /// What it has of the units.
    pub fn of_units(&self) -> &Units {
        &self.units
    }

    /// Only what both may see.
    #[must_use]
    pub fn narrowed(&self, other: &Self) -> Self {
        let regions = match (&self.regions, &other.regions) {
            (Regions::All, regions) | (regions, Regions::All) => regions.clone(),
            (Regions::Of(one), Regions::Of(two)) => {
                let below = |lower: &BTreeSet<Region>, upper: &BTreeSet<Region>| {
                    lower.iter().filter(|region| upper.iter().any(|above| above.covers(region))).cloned().collect()
                };
                let (one_below, two_below): (BTreeSet<Region>, BTreeSet<Region>) = (below(one, two), below(two, one));
                Regions::Of(&one_below | &two_below)
            }
        };
        let units = match (&self.units, &other.units) {
            (Units::All, units) | (units, Units::All) => units.clone(),
            (Units::Of(one), Units::Of(two)) => Units::Of(one & two),
        };
        Self { regions, units }
    }

    /// Whether something of a region lies in it, of whichever unit it may see.
    pub fn covers_region(&self, region: &str) -> bool {
        match &self.regions {
            Regions::All => true,
            Regions::Of(regions) => {
                Region::read(region).is_some_and(|region| regions.iter().any(|above| above.covers(&region)))
            }
        }
    }

    /// Whether something of this region and unit lies in it.
    pub fn covers(&self, region: &str, unit: &str) -> bool {
        let has_unit = match &self.units {
            Units::All => true,
            Units::Of(units) => units.contains(unit),
        };
        has_unit && self.covers_region(region)
    }
}

/// In whose name something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who: `account:<id>`, `operator:<user of the machine>` or `program:<name>`, as the log names them.
    pub who: String,
    /// In which post; empty: none.
    pub post: String,
    /// What they may see.
    pub scope: Scope,
    /// For what.
    pub purpose: Purpose,
}

impl Actor {
    /// Whoever works at the machine itself, by the name of its user: sees everything. The only scope that does is made here.
    pub fn operator(user: &str, purpose: Purpose) -> Self {
        Self { who: format!("operator:{user}"), post: String::new(), scope: Scope::everything(), purpose }
    }

    /// The same actor for another purpose.
    #[must_use]
    pub fn with_purpose(&self, purpose: Purpose) -> Self {
        Self { purpose, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn region(code: &str) -> Region {
        Region::read(code).unwrap()
    }

    #[test]
    fn a_prefecture_covers_its_counties_and_a_unit_only_itself() {
        let prefecture = Scope::regions([region("652300")]);
        assert!(prefecture.covers("652323", "housing") && prefecture.covers("652323001", "housing"));
        assert!(!prefecture.covers("650100", "housing") && !prefecture.covers("", "housing"));
        let unit = Scope::unit(region("652323"), "housing");
        assert!(unit.covers("652323", "housing"));
        assert!(!unit.covers("652323", "finance") && !unit.covers("652324", "housing"));
        assert!(!Scope::regions([]).covers("652323", "housing"));
        assert!(Actor::operator("root", Purpose::Intake).scope.covers("", "housing"));
    }

    const CODES: [&str; 7] = ["650000", "652300", "652323", "652324", "650100", "650102", "110000"];
    const UNITS: [&str; 3] = ["water", "housing", "finance"];

    fn scopes() -> impl Strategy<Value = Scope> {
        let regions = proptest::option::of(proptest::collection::vec(0..CODES.len(), 0..4));
        let units = proptest::option::of(proptest::collection::vec(0..UNITS.len(), 0..3));
        (regions, units).prop_map(|(regions, units)| {
            let regions = regions
                .map_or(Regions::All, |some| Regions::Of(some.into_iter().map(|at| region(CODES[at])).collect()));
            let units =
                units.map_or(Units::All, |some| Units::Of(some.into_iter().map(|at| UNITS[at].to_owned()).collect()));
            Scope { regions, units }
        })
    }

    proptest! {
        #[test]
        fn a_narrower_scope_never_sees_more(one in scopes(), two in scopes()) {
            let narrowed = one.narrowed(&two);
            for code in CODES {
                for unit in UNITS {
                    let both = one.covers(code, unit) && two.covers(code, unit);
                    prop_assert_eq!(narrowed.covers(code, unit), both, "{} {}", code, unit);
                }
            }
        }
    }
}
