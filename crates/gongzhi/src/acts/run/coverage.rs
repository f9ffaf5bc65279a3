//! What the tax side's loads cover: read from the file a person confirmed, or proposed from what the files hold.
//!
//! Outside its coverage a table says nothing: "nothing loaded" never means "paid nothing". So a run without a coverage
//! file compares nothing with the tax side, and says so.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, anyhow};
use chrono::{DateTime, NaiveDate, Utc};
use gongzhi_core::catalog::{Catalog, TAX_SIDE};
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::models::facts::Coverage;
use gongzhi_core::period::Period;
use serde_json::Value as Json;

use super::files::list_files;
use crate::acts::intake::{IntakeDesk, IntakeOrder};
use crate::acts::intake_report::report_json;

/// Columns of the file.
const COLUMNS: [&str; 6] = ["table", "tax_kind", "authority", "from", "to", "as_of"];

/// Reads a coverage file; none is an empty coverage.
///
/// # Errors
/// The file is there and can't be understood: the sentence names the line.
pub fn read_coverage(path: &Path, say: &Translator) -> Result<Vec<Coverage>> {
    let Ok(text) = std::fs::read_to_string(path) else {
        return if path.exists() { Err(wrong(path, 1, say)) } else { Ok(Vec::new()) };
    };
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let header: Vec<&str> = lines.next().map(|(_, line)| line.split(',').map(str::trim).collect()).unwrap_or_default();
    let place = |name: &str| header.iter().position(|column| *column == name);
    let places: Vec<Option<usize>> = COLUMNS.iter().map(|name| place(name)).collect();
    if places.iter().take(5).any(Option::is_none) {
        return Err(wrong(path, 1, say));
    }
    let mut coverage = Vec::new();
    for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let text = |column: usize| places[column].and_then(|place| cells.get(place)).copied().unwrap_or_default();
        let day = |column: usize| NaiveDate::parse_from_str(text(column), "%Y-%m-%d").ok();
        let (Some(from), Some(to)) = (day(3), day(4)) else { return Err(wrong(path, at + 1, say)) };
        if text(0).is_empty() || to < from {
            return Err(wrong(path, at + 1, say));
        }
        coverage.push(Coverage {
            table: text(0).to_owned(),
            tax_kind: text(1).to_owned(),
            authority: text(2).to_owned(),
            from,
            to,
            as_of: day(5),
        });
    }
    Ok(coverage)
}

fn wrong(path: &Path, line: usize, say: &Translator) -> anyhow::Error {
    let message = Message::new("run-coverage-unreadable").with("path", path.display()).with("line", line);
    anyhow!("{}", say.say(&message))
}

/// Proposes a coverage file from the reports of the tax side's files: each table from the first to the last period
/// delivered, every tax kind, the authority of the unit's region. A person looks at it before it is used.
fn propose_coverage(catalog: &Catalog, reports: &BTreeMap<String, Json>, authority: &str) -> String {
    let mut tables: BTreeMap<String, (NaiveDate, NaiveDate)> = BTreeMap::new();
    for report in reports.values() {
        let Some(period) = report["period"].as_str().and_then(|text| text.parse::<Period>().ok()) else { continue };
        for sheet in report["sheets"].as_array().into_iter().flatten() {
            let Some(item) = sheet["item"].as_str().and_then(|item| catalog.items.get(item)) else { continue };
            if !item.is_tax_side() || !report["accepted"].as_bool().unwrap_or(false) {
                continue;
            }
            let days = tables.entry(item.key.clone()).or_insert((period.first_day(), period.last_day()));
            *days = (days.0.min(period.first_day()), days.1.max(period.last_day()));
        }
    }
    let mut text = COLUMNS.join(",");
    text.push('\n');
    for (table, (from, to)) in tables {
        let _ = writeln!(text, "{table},,{authority},{from},{to},{to}");
    }
    text
}

/// Reads the tax side's files of a folder (nothing is kept) and proposes what they cover.
///
/// # Errors
/// The folder can't be read, or none of its files is of the tax side.
pub fn propose_folder(
    folder: &Path,
    catalog: Catalog,
    (authority, now): (Option<&str>, DateTime<Utc>),
    say: &Translator,
) -> Result<String> {
    let home = tempfile::tempdir()?;
    let files = list_files((folder, home.path()), say)?;
    let region = catalog.units.get(TAX_SIDE).map(|unit| unit.region.clone()).unwrap_or_default();
    let desk = IntakeDesk::open(catalog.clone(), home.path(), now, say)?;
    let order = IntakeOrder { is_dry_run: true, ..IntakeOrder::default() };
    let mut reports = BTreeMap::new();
    for file in files {
        let taken = desk.take(&file.path, &file.name, &order, say)?;
        reports.insert(file.name, report_json(&taken.report, say));
    }
    let proposal = propose_coverage(&catalog, &reports, authority.unwrap_or(&region));
    if proposal.lines().count() < 2 {
        return Err(anyhow!("{}", say.say(&Message::new("run-coverage-nothing").with("folder", folder.display()))));
    }
    Ok(proposal)
}

#[cfg(test)]
mod tests {
    use gongzhi_core::messages::Language;

    use super::*;

    fn read(text: &str) -> Result<Vec<Coverage>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("coverage.csv");
        std::fs::write(&path, text).unwrap();
        read_coverage(&path, &Translator::new(Language::English))
    }

    #[test]
    fn a_day_that_is_none_is_refused_with_its_line() {
        let refused = read("table,tax_kind,authority,from,to,as_of\ntax_payment,,652323,2025-01-01,2025-02-30,\n");
        assert!(refused.unwrap_err().to_string().contains("line 2"));
    }

    #[test]
    fn an_empty_kind_covers_every_kind_and_a_missing_file_covers_nothing() {
        let coverage =
            read("table,tax_kind,authority,from,to,as_of\ntax_payment,,652323,2025-01-01,2025-12-31,\n").unwrap();
        assert_eq!((coverage[0].tax_kind.as_str(), coverage[0].as_of), ("", None));
        assert!(read_coverage(Path::new("no/such/file"), &Translator::new(Language::English)).unwrap().is_empty());
    }
}
