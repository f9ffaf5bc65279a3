//! Who, where and when a row is about, or why that can't be said.
//!
//! A seat is where the registration's authority is, never what the digits of a code say. A place that the row does not name
//! by code is looked for in its address.

use super::{Material, OTHER_AUTHORITY, Outcome, confidence_of, missing};
use crate::codes::Divisions;
use crate::models::facts::{Fact, Standing};
use crate::models::{PeriodLength, TaxedAt};
use crate::period::Period;

use chrono::NaiveDate;

/// Where a row stands while it is examined.
pub(super) struct Place<'a> {
    pub taxpayer: &'a str,
    pub region: &'a str,
    pub standing: Option<&'a Standing>,
    pub period: Period,
    pub event_day: NaiveDate,
}

impl Material<'_> {
    /// Who, where and when, or why that can't be said.
    pub(super) fn place_of<'a>(&'a self, fact: &'a Fact) -> Result<Place<'a>, Outcome> {
        let subject = fact.subject.as_deref().unwrap_or("unknown");
        if self.model.leaves_out.iter().any(|left_out| left_out == subject) {
            return Err(Outcome::LeftOut(subject.to_owned()));
        }
        let unknown = || Outcome::NotComparable("identity".to_owned());
        let taxpayer = fact.taxpayer.as_deref().filter(|code| !code.is_empty()).ok_or_else(unknown)?;
        confidence_of(fact).ok_or_else(unknown)?;
        let standing = self.standings.get(taxpayer);
        if let Some(subject) = standing.and_then(|standing| standing.subject.as_deref())
            && subject != "unknown"
            && self.model.leaves_out.iter().any(|left_out| left_out == subject)
        {
            return Err(Outcome::LeftOut(subject.to_owned()));
        }
        let day = fact.event_day;
        let region = self.region_of(fact, standing)?;
        let period = match &fact.period {
            Some(text) => text.parse().map_err(|_| missing("period"))?,
            None => self.period_of(day.ok_or_else(|| missing("event_day"))?),
        };
        Ok(Place { taxpayer, region, standing, period, event_day: day.unwrap_or_else(|| period.last_day()) })
    }

    /// The period of a row, where the row tells it.
    pub(super) fn find_period(&self, fact: &Fact) -> Option<Period> {
        match &fact.period {
            Some(text) => text.parse().ok(),
            None => fact.event_day.map(|day| self.period_of(day)),
        }
    }

    /// The region whose law holds; a place in another county, or inside ours under another authority, is not ours to ask.
    fn region_of<'a>(&'a self, fact: &'a Fact, standing: Option<&'a Standing>) -> Result<&'a str, Outcome> {
        let home = self.run.region.as_str();
        let (region, place) = match self.model.taxed_at {
            TaxedAt::Seat => {
                let seat = self.seat_of(standing)?;
                (seat, seat)
            }
            TaxedAt::Object | TaxedAt::Work => {
                let place = self.object_of(fact).unwrap_or(home);
                if !Divisions::agree(place, home) {
                    return Err(Outcome::LeftOut("place_elsewhere".to_owned()));
                }
                (place, place)
            }
            TaxedAt::Here => (home, self.object_of(fact).unwrap_or(home)),
        };
        let day = fact.event_day.unwrap_or(self.run.as_of);
        if self.figure(OTHER_AUTHORITY, (place, place), day).is_some() {
            return Err(Outcome::LeftOut("other_authority".to_owned()));
        }
        Ok(region)
    }

    /// The place the row names by code, else by address.
    fn object_of<'a>(&'a self, fact: &'a Fact) -> Option<&'a str> {
        if let Some(code) = &fact.place_region {
            return Some(code);
        }
        let address = fact.place_address.as_deref()?;
        self.addresses.of(self.catalog).find(address)
    }

    /// The region of the authority in charge; a party seated elsewhere owes a seat tax there.
    fn seat_of<'a>(&'a self, standing: Option<&'a Standing>) -> Result<&'a str, Outcome> {
        let standing = standing.ok_or_else(|| Outcome::NotComparable("not_registered".to_owned()))?;
        let authority = standing.authority.as_deref().ok_or_else(|| Outcome::NotComparable("seat".to_owned()))?;
        if !authority.starts_with(&self.run.region) {
            return Err(Outcome::LeftOut("seat_elsewhere".to_owned()));
        }
        Ok(authority)
    }

    fn period_of(&self, day: NaiveDate) -> Period {
        match self.model.period {
            PeriodLength::Month => Period::month_of(day),
            PeriodLength::Quarter => Period::quarter_of(day),
            PeriodLength::Half => Period::half_of(day),
            PeriodLength::Year => Period::Year(chrono::Datelike::year(&day)),
        }
    }
}
