//! What a run tells those who have no time for its rows: `report.html`, one page to read and to print, and `units.xlsx`,
//! what each unit delivered.
//!
//! What is told is computed first, as plain values (`story`, `deliveries`, `unlocks`), and set in words and pictures
//! after (`page`, `sections`, `unit_book`). Nothing here reads the clock: the same folder gives the same bytes.

mod bars;
mod deliveries;
mod page;
mod sections;
mod story;
mod unit_book;
mod unlocks;
mod words;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use gongzhi_core::problems::{ActError, OfFile as _};
use gongzhi_core::time::day_of;
use gongzhi_engine::pending::write_whole;

use super::files::ListedFile;
use super::outputs::RunResult;

/// Writes `report.html` and `units.xlsx`.
pub fn write_reports(result: &RunResult<'_>) -> Result<(), ActError> {
    let deliveries = deliveries::Deliveries::of(&deliveries::DeliveryFacts {
        catalog: &result.context.catalog,
        taken: result.taken,
        received: &result.received,
        visible: result.visible,
        as_of: result.order.as_of,
        region: &result.compared.region,
    });
    unit_book::write_units(result, &deliveries, &result.order.out.join("units.xlsx"))?;
    let story = story::Story::of(result);
    let page = page::page_of(&story, &deliveries, &result.context.catalog, result.context.say.language());
    let path = result.order.out.join("report.html");
    write_whole(&path, page.as_bytes()).of_file(&path)
}

/// The day each file was last changed: a folder knows no other day on which it may have been handed in.
pub fn read_days(files: &[ListedFile]) -> BTreeMap<String, NaiveDate> {
    let day = |file: &ListedFile| {
        let changed = std::fs::metadata(&file.path).and_then(|facts| facts.modified()).ok()?;
        Some((file.name.clone(), day_of(changed.into())))
    };
    files.iter().filter_map(day).collect()
}
