//! When files were sent: most a few days before they fall due, some late, as their times on disk show.

use std::fs::File;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use chrono::{Days, NaiveDate};
use gongzhi_core::calendar::Calendar;
use gongzhi_core::catalog::Item;
use gongzhi_core::period::Period;

use super::office::Office;
use super::random::Dice;

/// Files in ten thousand that are sent late.
const LATE: usize = 300;
/// What stands behind the name of a file that mends another.
pub const MENDED: &str = "（更正）";

/// Sets a file's time on disk; gives the days by which it is late.
pub fn send(office: Office<'_>, file: &str, item: &Item, period: Period) -> Result<i64> {
    // A mended file is sent some hours after the one it mends.
    let hour = if file.contains(MENDED) { 15 } else { 10 };
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (day, late) = day_of(office, folder, item, period);
    // Offices write in Asia/Shanghai.
    let seconds = (day - NaiveDate::default()).num_days() * 86_400 + (hour - 8) * 3_600;
    let path = office.folder.join(file);
    let time = UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs());
    let open = File::options().write(true).open(&path).and_then(|file| file.set_modified(time));
    open.with_context(|| path.display().to_string())?;
    Ok(late)
}

/// Whether an item of a period has to be there on the day the county is looked at.
pub fn is_due(office: Office<'_>, item: &Item, period: Period) -> bool {
    let calendar = Calendar::of(office.catalog, "");
    item.due.as_ref().is_some_and(|rule| calendar.deadline(rule, period).day < office.world.as_of())
}

fn day_of(office: Office<'_>, folder: &str, item: &Item, period: Period) -> (NaiveDate, i64) {
    // The files of one office, item and period are sent together.
    let mut dice = Dice::new(office.world.seed, &format!("sent {folder} {}", item.key));
    let Some(rule) = &item.due else {
        return ((period.last_day() + Days::new(6)).min(office.world.as_of()), 0);
    };
    let due = Calendar::of(office.catalog, "").deadline(rule, period).day;
    if dice.happens(LATE) && due + Days::new(10) < office.world.as_of() {
        let late = dice.between(1, 9);
        return (due + Days::new(late.unsigned_abs()), late);
    }
    let sent = due - Days::new(dice.below(4) as u64);
    let sent = sent.max((period.last_day() + Days::new(1)).min(due));
    // What falls due after the county is looked at was sent before, or it would not be seen.
    (sent.min(office.world.as_of() - Days::new(1)), 0)
}
