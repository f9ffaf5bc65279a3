//! Who may see what: the scope every question to the control store carries, and the actor in whose name anything is done.
//!
//! A scope only narrows, in four ways: regions, units, townships, and how closely columns are protected. What it does not name
//! is not there. Somebody who asks for a thing outside gets the same answer
//! as for a thing that doesn't exist.

use std::collections::BTreeSet;

use crate::catalog::Class;
use crate::ids::{Region, Township};

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

/// Townships whose rows may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Townships {
    /// All of the regions, and rows that name none.
    All,
    /// These; a row that names no township is in none of them.
    Of(BTreeSet<Township>),
}

/// What may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    regions: Regions,
    units: Units,
    townships: Townships,
    /// The closest class of columns; personal ones among them only where the purpose opens them too.
    closest: Class,
}

impl Scope {
    /// All units of some regions, and of the regions below them.
    pub fn regions(regions: impl IntoIterator<Item = Region>) -> Self {
        Self { regions: Regions::Of(regions.into_iter().collect()), ..Self::everything() }
    }

    /// One unit of a region.
    pub fn unit(region: Region, unit: impl Into<String>) -> Self {
        Self { units: Units::Of(BTreeSet::from([unit.into()])), ..Self::regions([region]) }
    }

    /// Everything there is; an [`Actor`] alone has it.
    fn everything() -> Self {
        Self { regions: Regions::All, units: Units::All, townships: Townships::All, closest: Class::SensitivePersonal }
    }

    /// What it has of the regions.
    pub fn of_regions(&self) -> &Regions {
        &self.regions
    }

    /// What it has of the units.
    pub fn of_units(&self) -> &Units {
        &self.units
    }

    /// What it has of the townships.
    pub fn of_townships(&self) -> &Townships {
        &self.townships
    }

    /// Of what it has only the rows of these townships.
    #[must_use]
    pub fn in_townships(&self, townships: impl IntoIterator<Item = Township>) -> Self {
        self.narrowed(&Self { townships: Townships::Of(townships.into_iter().collect()), ..Self::everything() })
    }

    /// Of what it has only the columns that are protected no closer than this.
    #[must_use]
    pub fn up_to(&self, class: Class) -> Self {
        Self { closest: self.closest.min(class), ..self.clone() }
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
        let townships = match (&self.townships, &other.townships) {
            (Townships::All, townships) | (townships, Townships::All) => townships.clone(),
            (Townships::Of(one), Townships::Of(two)) => Townships::Of(one & two),
        };
        Self { regions, units, townships, closest: self.closest.min(other.closest) }
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

    /// Whether a row that names this place, a division code, lies in it.
    pub fn covers_place(&self, place: Option<&str>) -> bool {
        match &self.townships {
            Townships::All => true,
            Townships::Of(townships) => {
                place.and_then(Township::read).is_some_and(|township| townships.contains(&township))
            }
        }
    }

    /// Whether it has columns of this class.
    pub fn shows(&self, class: Class) -> bool {
        class <= self.closest
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

    #[test]
    fn a_row_that_names_no_township_is_in_none() {
        let township = |code| Township::read(code).unwrap();
        let county = Scope::regions([region("652323")]);
        assert!(county.covers_place(Some("652323101")) && county.covers_place(None));
        let one = county.in_townships([township("652323101")]);
        assert!(one.covers_place(Some("652323101")) && one.covers_place(Some("652323101203")));
        for place in [None, Some(""), Some("652323"), Some("652323102"), Some("大丰镇")] {
            assert!(!one.covers_place(place), "{place:?}");
        }
        assert!(!one.in_townships([township("652323102")]).covers_place(Some("652323101")));
        assert!(one.up_to(Class::Internal).up_to(Class::Personal).shows(Class::Internal));
        assert!(!one.up_to(Class::Internal).up_to(Class::Personal).shows(Class::TradeSecret));
    }

    const PLACES: [Option<&str>; 4] = [None, Some("652323"), Some("652323101"), Some("652323102")];

    fn scopes() -> impl Strategy<Value = Scope> {
        let townships = proptest::option::of(proptest::collection::vec(0..PLACES.len(), 0..3));
        let regions = proptest::option::of(proptest::collection::vec(0..CODES.len(), 0..4));
        let units = proptest::option::of(proptest::collection::vec(0..UNITS.len(), 0..3));
        let classes = proptest::sample::select(Class::ALL.to_vec());
        (regions, units, townships, classes).prop_map(|(regions, units, townships, closest)| {
            let regions = regions
                .map_or(Regions::All, |some| Regions::Of(some.into_iter().map(|at| region(CODES[at])).collect()));
            let units =
                units.map_or(Units::All, |some| Units::Of(some.into_iter().map(|at| UNITS[at].to_owned()).collect()));
            let township = |at: usize| PLACES[at].and_then(Township::read);
            let townships =
                townships.map_or(Townships::All, |some| Townships::Of(some.into_iter().filter_map(township).collect()));
            Scope { regions, units, townships, closest }
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
            for place in PLACES {
                let both = one.covers_place(place) && two.covers_place(place);
                prop_assert_eq!(narrowed.covers_place(place), both, "{:?}", place);
            }
            for class in Class::ALL {
                let both = one.shows(*class) && two.shows(*class);
                prop_assert_eq!(narrowed.shows(*class), both, "{:?}", class);
            }
        }
    }
}
