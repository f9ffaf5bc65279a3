//! The one place where the clock is read. Everything else is given the time as an argument.

use chrono::{DateTime, Days, NaiveDate, Utc};

/// The instant.
#[expect(clippy::disallowed_methods, reason = "the edge of the process: the clock is read here and nowhere else")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The day in Asia/Shanghai (UTC+8 without summer time since 1991).
pub fn today() -> NaiveDate {
    let instant = now();
    let is_next_day = chrono::Timelike::hour(&instant) >= 16;
    let day = instant.date_naive();
    if is_next_day { day.checked_add_days(Days::new(1)).unwrap_or(day) } else { day }
}
