//! The day of an instant, as the offices count days: in Beijing.
//!
//! Instants are kept in UTC. A day that people are shown, or that decides what was late or known, begins at midnight in
//! Beijing, eight hours before the day of UTC. Everything that turns an instant into a day does it here.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

/// Minutes by which Beijing is ahead of UTC, all year: there is no summer time since 1991.
pub const BEIJING_MINUTES: i64 = 480;

/// The day in Beijing on which an instant lies.
pub fn day_of(instant: DateTime<Utc>) -> NaiveDate {
    instant.checked_add_signed(TimeDelta::minutes(BEIJING_MINUTES)).unwrap_or(instant).date_naive()
}

/// The last instant of a day in Beijing, to the microsecond that instants are kept to.
pub fn end_of(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN).and_utc();
    let left = TimeDelta::minutes(24 * 60 - BEIJING_MINUTES) - TimeDelta::microseconds(1);
    midnight.checked_add_signed(left).unwrap_or(midnight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_evening_of_a_year_in_utc_is_new_years_day_in_beijing() {
        let day = |instant: &str| day_of(instant.parse().unwrap()).to_string();
        assert_eq!(day("2025-12-31T15:59:59.999999Z"), "2025-12-31");
        assert_eq!(day("2025-12-31T16:00:00Z"), "2026-01-01");
        assert_eq!(day("2025-12-31T16:30:00Z"), "2026-01-01");
        assert_eq!(day_of(DateTime::<Utc>::MAX_UTC), DateTime::<Utc>::MAX_UTC.date_naive());
    }

    #[test]
    fn a_day_ends_at_sixteen_hours_utc() {
        let day = NaiveDate::from_ymd_opt(2025, 4, 5).unwrap();
        let end = end_of(day);
        assert_eq!(end.to_rfc3339(), "2025-04-05T15:59:59.999999+00:00");
        assert_eq!((day_of(end), day_of(end + TimeDelta::microseconds(1))), (day, day.succ_opt().unwrap()));
    }
}
