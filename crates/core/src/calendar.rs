//! Working days, deadlines, and the days by which law wants something done.
//!
//! A deadline is computed from the item's rule and the calendar the office maintains, never stored as a bare number of
//! days. A year whose notice is not published yet is *provisional*: weekends and the fixed holidays of law stand in, and
//! whoever shows the deadline must say so.
//!
//! Days that law counts (税收征收管理法实施细则 §109) are longer than they look: a run of three days off or more with a
//! statutory holiday in it prolongs them by as many working days. For the common case, 15 days after a month, the State
//! Taxation Administration publishes the day, and what is published wins.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::catalog::{CalendarYear, Catalog, DaysOff, DueAfter, DueRule};
use crate::period::Period;

/// Holidays that fall on the same day every year (全国年节及纪念日放假办法), for years without a published notice.
const FIXED_HOLIDAYS: [(u32, u32); 7] = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3), (4, 5)];

/// Days after a month for which the last day is published.
const FILING_DAYS: u32 = 15;
/// Days off in a row, a statutory holiday among them, that prolong a term (实施细则 §109).
const PROLONGING: u32 = 3;

/// The working-day calendar of a region, of every year known.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    years: &'a BTreeMap<i32, CalendarYear>,
    days_off: &'a BTreeMap<String, DaysOff>,
    region: &'a str,
}

/// A day by which something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// The last day in time, to its end at 24:00 in Asia/Shanghai.
    pub day: NaiveDate,
    /// The day before any move to a working day.
    pub unshifted: NaiveDate,
    /// A calendar year it depends on is not published yet.
    pub provisional: bool,
}

impl<'a> Calendar<'a> {
    /// The calendar of a region: the years of the catalogue, and the days off that the region or one it lies in has besides.
    pub fn of(catalog: &'a Catalog, region: &'a str) -> Self {
        Self { years: &catalog.calendar, days_off: &catalog.days_off, region }
    }

    /// Whether the year's notice is published.
    pub fn is_published(&self, year: i32) -> bool {
        self.years.get(&year).is_some_and(|year| year.published)
    }

    /// Whether offices work on the day.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let works = match self.years.get(&day.year()).filter(|year| year.published) {
            Some(year) => year.workdays.contains(&day) || !(weekend || year.holidays.contains(&day)),
            None => !weekend && !FIXED_HOLIDAYS.contains(&(day.month(), day.day())),
        };
        works && !self.is_own_day_off(day)
    }

    /// Whether the day belongs to a statutory holiday, of the country or of the region.
    fn is_holiday(&self, day: NaiveDate) -> bool {
        let of_country = match self.years.get(&day.year()).filter(|year| year.published) {
            Some(year) => year.holidays.contains(&day),
            None => FIXED_HOLIDAYS.contains(&(day.month(), day.day())),
        };
        of_country || self.is_own_day_off(day)
    }

    fn is_own_day_off(&self, day: NaiveDate) -> bool {
        self.days_off.iter().any(|(code, off)| self.region.starts_with(code.as_str()) && off.days.contains(&day))
    }

    /// The day itself when it is a working day, else the next one.
    pub fn next_working_day(&self, mut day: NaiveDate) -> NaiveDate {
        while !self.is_working_day(day) {
            day = day + Days::new(1);
        }
        day
    }

    /// The day that is `count` working days after `start`.
    pub fn add_working_days(&self, start: NaiveDate, count: u32) -> NaiveDate {
        let mut day = start;
        for _ in 0..count {
            day = self.next_working_day(day + Days::new(1));
        }
        day
    }

    /// The last of so many days counted from the day after `start` (实施细则 §109): every run of three days off or more
    /// within them that holds a statutory holiday prolongs them by as many working days; without such a run a last day
    /// off moves to the next working day. None: beyond all calendars.
    pub fn days_after(&self, start: NaiveDate, count: u32) -> Option<Deadline> {
        let unshifted = start.checked_add_days(Days::new(count.into()))?;
        let day = match self.prolonged_by(start, unshifted) {
            0 => self.next_working_day(unshifted),
            days => self.add_working_days(unshifted, days),
        };
        let provisional = (start.succ_opt()?.year()..=day.year()).any(|year| !self.is_published(year));
        Some(Deadline { day, unshifted, provisional })
    }

    /// Days of the runs that prolong, after `start` and up to `last`.
    fn prolonged_by(&self, start: NaiveDate, last: NaiveDate) -> u32 {
        let (mut sum, mut run, mut has_holiday) = (0, 0, false);
        for day in start.iter_days().skip(1).take_while(|day| *day <= last) {
            if self.is_working_day(day) {
                sum += if has_holiday && run >= PROLONGING { run } else { 0 };
                (run, has_holiday) = (0, false);
            } else {
                run += 1;
                has_holiday |= self.is_holiday(day);
            }
        }
        sum + if has_holiday && run >= PROLONGING { run } else { 0 }
    }

    /// The last of so many days after the end of a month, a quarter, a half-year or a year: the published filing day where
    /// there is one.
    pub fn days_after_period(&self, end: NaiveDate, count: u32) -> Option<Deadline> {
        let next = end.succ_opt()?;
        let published = self.years.get(&next.year()).and_then(|year| year.filing_days.get(&next.month()));
        match published.filter(|_| next.day() == 1 && count == FILING_DAYS) {
            Some(day) => Some(Deadline { day: *day, unshifted: end + Days::new(count.into()), provisional: false }),
            None => self.days_after(end, count),
        }
    }

    /// The last day of the month that is so many months after the day's, moved to a working day.
    pub fn months_after(&self, start: NaiveDate, months: u32) -> Option<Deadline> {
        let first = start.with_day(1)?;
        let unshifted = first.checked_add_months(Months::new(months.checked_add(1)?))?.pred_opt()?;
        let day = self.next_working_day(unshifted);
        Some(Deadline { day, unshifted, provisional: !self.is_published(day.year()) })
    }

    /// When a period's report falls due by a rule.
    pub fn deadline(&self, rule: &DueRule, period: Period) -> Deadline {
        let unshifted = match rule.after {
            DueAfter::FixedDay(month, day) => {
                NaiveDate::from_ymd_opt(period.year() + 1, month, day).unwrap_or(period.last_day())
            }
            after => {
                let end = match after {
                    DueAfter::Quarter => Period::quarter_of(period.last_day()).last_day(),
                    DueAfter::Year => Period::Year(period.year()).last_day(),
                    _ => period.last_day(),
                };
                match rule.working {
                    true => self.add_working_days(end, rule.days),
                    false => end + Days::new(u64::from(rule.days)),
                }
            }
        };
        let day = if rule.shift { self.next_working_day(unshifted) } else { unshifted };
        let provisional = !self.is_published(unshifted.year()) || !self.is_published(day.year());
        Deadline { day, unshifted, provisional }
    }
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
