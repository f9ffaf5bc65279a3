//! Working days and deadlines.
//!
//! A deadline is computed from the item's rule and the calendar the office maintains, never stored as a bare number of
//! days. A year whose notice is not published yet is *provisional*: weekends and the fixed holidays of law stand in, and
//! whoever shows the deadline must say so.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::catalog::{CalendarYear, DueAfter, DueRule};
use crate::period::Period;

/// Holidays that fall on the same day every year (全国年节及纪念日放假办法), for years without a published notice.
const FIXED_HOLIDAYS: [(u32, u32); 7] = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3), (4, 5)];

/// The working-day calendar of every year known.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    years: &'a BTreeMap<i32, CalendarYear>,
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
    /// The calendar over the years of the catalogue.
    pub fn new(years: &'a BTreeMap<i32, CalendarYear>) -> Self {
        Self { years }
    }

    /// Whether the year's notice is published.
    pub fn is_published(&self, year: i32) -> bool {
        self.years.get(&year).is_some_and(|year| year.published)
    }

    /// Whether offices work on the day.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        match self.years.get(&day.year()).filter(|year| year.published) {
            Some(year) => year.workdays.contains(&day) || !(weekend || year.holidays.contains(&day)),
            None => !weekend && !FIXED_HOLIDAYS.contains(&(day.month(), day.day())),
        }
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
mod tests {
    use super::*;

    fn years() -> BTreeMap<i32, CalendarYear> {
        // Made up for the tests: the first week of October off, the Saturday after it worked.
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let year = CalendarYear {
            published: true,
            reference: "test".to_owned(),
            holidays: (1..=8).map(|number| day(&format!("2025-10-{number:02}"))).collect(),
            workdays: [day("2025-10-11")].into(),
        };
        BTreeMap::from([(2025, year)])
    }

    fn rule(after: DueAfter, days: u32) -> DueRule {
        DueRule { after, days, working: false, shift: true }
    }

    #[test]
    fn the_fifth_day_moves_to_the_first_working_day_after_a_holiday() {
        let years = years();
        let due = Calendar::new(&years).deadline(&rule(DueAfter::Quarter, 5), Period::Quarter(2025, 3));
        assert_eq!(due.unshifted.to_string(), "2025-10-05");
        assert_eq!(due.day.to_string(), "2025-10-09");
        assert!(!due.provisional);
    }

    #[test]
    fn a_month_due_after_its_quarter_waits_for_the_quarter() {
        let years = years();
        let calendar = Calendar::new(&years);
        let due = |period| calendar.deadline(&rule(DueAfter::Quarter, 5), period).unshifted;
        assert_eq!(due(Period::Month(2025, 4)), due(Period::Month(2025, 6)));
    }

    #[test]
    fn a_worked_saturday_counts_as_a_working_day() {
        let years = years();
        assert!(Calendar::new(&years).is_working_day("2025-10-11".parse().unwrap()));
    }

    #[test]
    fn a_deadline_in_a_year_without_notice_is_provisional() {
        let years = years();
        let due = Calendar::new(&years).deadline(&rule(DueAfter::FixedDay(1, 31), 0), Period::Year(2025));
        assert_eq!(due.unshifted.to_string(), "2026-01-31");
        assert!(due.provisional);
    }
}
