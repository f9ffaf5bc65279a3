//! By which day a row's tax was to be paid, and until which it may be recovered.

use std::collections::BTreeSet;

use chrono::{Days, Months, NaiveDate};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{Material, Outcome, Place, used_figure};
use crate::calendar::{Calendar, Deadline};
use crate::leads::ParameterUsed;
use crate::models::{DueFrom, LIMITATION, Limitation};
use crate::money::{self, TooLarge, two_places};

/// Days after the statutory due day before a lead is raised.
const GRACE: &str = "due_on/grace";

impl Material<'_> {
    /// The statutory due day; none: the model has none.
    pub(super) fn due_day(
        &self,
        place: &Place<'_>,
        used: &mut BTreeSet<ParameterUsed>,
    ) -> Result<Option<Deadline>, Outcome> {
        let Some(due) = &self.model.due else { return Ok(None) };
        let from = match due.after {
            DueFrom::Event => place.event_day,
            DueFrom::Period => place.period.last_day(),
        };
        let none = || Outcome::NotComparable(format!("no_parameter:{}", due.parameter));
        let value = self.figure(&due.parameter, (place.region, ""), from).ok_or_else(none)?;
        used.insert(used_figure(&due.parameter, value));
        let count = value.value.trunc().to_u32().ok_or_else(none)?;
        // Thousands of rows share the end of a quarter, and a term is counted day by day.
        let key = (place.region.to_owned(), from, count);
        if let Some(known) = self.due_days.borrow().get(&key) {
            return Ok(Some(*known));
        }
        let months = self.catalog.parameters.get(&due.parameter).is_some_and(|found| found.measure == "months");
        let calendar = Calendar::of(self.catalog, place.region);
        let deadline = match (months, due.after) {
            (true, _) => calendar.months_after(from, count),
            (false, DueFrom::Period) => calendar.days_after_period(from, count),
            (false, DueFrom::Event) => calendar.days_after(from, count),
        };
        let deadline = deadline.ok_or_else(none)?;
        self.due_days.borrow_mut().insert(key, deadline);
        Ok(Some(deadline))
    }

    pub(super) fn with_grace(&self, day: NaiveDate, region: &str) -> NaiveDate {
        let days = self.figure(GRACE, (region, ""), day).and_then(|found| found.value.trunc().to_u64());
        day.checked_add_days(Days::new(days.unwrap_or(0))).unwrap_or(day)
    }

    /// The last day on which what fell due may be recovered (税收征收管理法 §52, 实施细则 §82–83): so many years from the day
    /// it should have been paid, more where what the taxpayer owes in all is large. None: no limit.
    pub(super) fn recoverable_until(&self, due_day: Option<NaiveDate>, open_in_all: Decimal) -> Option<NaiveDate> {
        if self.model.limitation == Limitation::None {
            return None;
        }
        let figure = |key: &str| self.figure(key, (&self.run.region, ""), self.run.as_of).map(|found| found.value);
        let [years, years_large, large_yuan] = LIMITATION;
        let is_large = figure(large_yuan).is_some_and(|large| open_in_all >= large);
        let years = figure(if is_large { years_large } else { years })?.trunc().to_u32()?;
        due_day?.checked_add_months(Months::new(years.checked_mul(12)?))
    }

    /// What is added to an open amount for every day after the due day up to the day of the run (税收征收管理法 §32, 实施细则
    /// §75), rounded once.
    pub(super) fn late_fee(&self, open: Decimal, due_day: Option<NaiveDate>) -> Result<Option<Decimal>, TooLarge> {
        let key = self.model.late_fee.as_deref();
        let rate = key.and_then(|key| self.figure(key, (&self.run.region, ""), self.run.as_of));
        let (Some(rate), Some(due_day)) = (rate, due_day) else { return Ok(None) };
        let days = (self.run.as_of - due_day).num_days().max(0);
        money::product([open, rate.value, days.into()]).map(|fee| Some(two_places(fee)))
    }
}
