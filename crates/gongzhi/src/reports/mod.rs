//! What a run writes for people: `leads.xlsx` for the analyst, `identity.xlsx` for who decides on names, `report.html`, one
//! page to read and to print for those who have no time for rows, and `units.xlsx`, what each unit delivered.
//!
//! A run decides and hands over what it [found](found); here it is only set in words, tables and pictures. What is told is
//! computed first, as plain values (`story`, `deliveries`, `unlocks`), and written after (`page`, `sections`, the books).
//! Nothing here reads the clock: the same run gives the same bytes.

mod bars;
mod deliveries;
pub mod found;
mod identity_book;
mod lead_book;
mod page;
pub mod places;
pub mod reasons;
mod sections;
mod story;
mod unit_book;
mod unlocks;
mod words;

use std::path::Path;

use gongzhi_core::problems::{ActError, OfFile as _};
use gongzhi_engine::pending::write_whole;

use deliveries::{Deliveries, DeliveryFacts};
use found::RunFound;

/// Writes `leads.xlsx`, `identity.xlsx`, `units.xlsx` and `report.html` into a folder; each is there whole or not at all.
///
/// # Errors
/// A file can't be written.
pub fn write_for_people(run: &RunFound<'_>, out: &Path) -> Result<(), ActError> {
    lead_book::write_leads(run, &out.join("leads.xlsx"))?;
    identity_book::write_queue(run, &out.join("identity.xlsx"))?;
    let deliveries = Deliveries::of(&DeliveryFacts {
        catalog: run.catalog,
        files: run.files,
        visible: run.visible,
        as_of: run.as_of,
        region: run.region,
    });
    unit_book::write_units(run, &deliveries, &out.join("units.xlsx"))?;
    let story = story::Story::of(run);
    let page = page::page_of(&story, &deliveries, run.catalog, run.say.language());
    let path = out.join("report.html");
    write_whole(&path, page.as_bytes()).of_file(&path)
}
