//! What the tax side's loads cover: read from the file a person confirmed, or proposed from what the files hold.
//!
//! Outside its coverage a table says nothing: "nothing loaded" never means "paid nothing". So a run without a coverage
//! file compares nothing with the tax side, and says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, anyhow};
use chrono::{DateTime, NaiveDate, Utc};
use gongzhi_core::catalog::node::nearest;
use gongzhi_core::catalog::{Catalog, TAX_SIDE};
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::models::facts::Coverage;
use gongzhi_core::period::Period;
use serde_json::Value as Json;

use super::files::list_files;
use crate::acts::intake::{FileAtHand, IntakeDesk, IntakeOrder};
use crate::acts::intake_report::report_json;

/// Columns of the file.
const COLUMNS: [&str; 6] = ["table", "tax_kind", "authority", "from", "to", "as_of"];

/// Reads a coverage file; none is an empty coverage.
///
/// # Errors
/// The file is there and can't be understood, or it names a table that is none of the tax side or a tax kind that is
/// none: the sentence names the line, and what may have been meant. A misspelt line would else cover nothing in silence.
pub fn read_coverage(path: &Path, catalog: &Catalog, say: &Translator) -> Result<Vec<Coverage>> {
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
        if let Some(message) = find_unknown_word(catalog, text(0), text(1)) {
            let message = message.with("path", path.display()).with("line", at + 1);
            return Err(anyhow!("{}", say.say(&message)));
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

/// What a line names that the catalogue does not have.
fn find_unknown_word(catalog: &Catalog, table: &str, tax_kind: &str) -> Option<Message> {
    let tables = catalog.items.values().filter(|item| item.is_tax_side()).map(|item| item.key.as_str());
    let kinds = catalog.lists.get("tax_kind").into_iter().flat_map(|list| &list.entries);
    let kinds = kinds.map(|entry| entry.code.as_str());
    let unknown = |column: &str, value: &str, known: Vec<&str>| {
        (!known.contains(&value)).then(|| {
            let hint = nearest(value, known.iter().copied()).unwrap_or("-");
            let message = Message::new("run-coverage-unknown").with("column", column).with("value", value);
            message.with("hint", hint).with("known", known.join(" "))
        })
    };
    unknown("table", table, tables.collect())
        .or_else(|| if tax_kind.is_empty() { None } else { unknown("tax_kind", tax_kind, kinds.collect()) })
}

fn wrong(path: &Path, line: usize, say: &Translator) -> anyhow::Error {
    let message = Message::new("run-coverage-unreadable").with("path", path.display()).with("line", line);
    anyhow!("{}", say.say(&message))
}

/// Proposes a coverage file from the reports of the tax side's files: a line for each run of periods of a table without
/// a gap, every tax kind, the authority of the unit's region. A person looks at it before it is used.
fn propose_coverage(catalog: &Catalog, reports: &BTreeMap<String, Json>, authority: &str) -> String {
    let mut tables: BTreeMap<&str, BTreeSet<(NaiveDate, NaiveDate)>> = BTreeMap::new();
    for report in reports.values().filter(|report| report["accepted"].as_bool().unwrap_or(false)) {
        let Some(period) = report["period"].as_str().and_then(|text| text.parse::<Period>().ok()) else { continue };
        for sheet in report["sheets"].as_array().into_iter().flatten() {
            let item = sheet["item"].as_str().and_then(|item| catalog.items.get(item));
            let Some(item) = item.filter(|item| item.is_tax_side()) else { continue };
            tables.entry(&item.key).or_default().insert((period.first_day(), period.last_day()));
        }
    }
    let mut text = COLUMNS.join(",");
    text.push('\n');
    for (table, periods) in tables {
        for (from, to) in join_periods(periods) {
            let _ = writeln!(text, "{table},,{authority},{from},{to},{to}");
        }
    }
    text
}

/// Periods that overlap or follow one another on the next day are one.
fn join_periods(periods: BTreeSet<(NaiveDate, NaiveDate)>) -> Vec<(NaiveDate, NaiveDate)> {
    let mut runs: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for (from, to) in periods {
        match runs.last_mut() {
            Some(run) if from <= run.1.succ_opt().unwrap_or(run.1) => run.1 = run.1.max(to),
            _ => runs.push((from, to)),
        }
    }
    runs
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
    for file in files.files {
        let taken = desk.take(&FileAtHand::new(&file.path, &file.name), &order, say)?;
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
    use crate::acts::catalog::{CatalogPlace, get_catalog};

    const HEADER: &str = "table,tax_kind,authority,from,to,as_of\n";

    fn catalog() -> Catalog {
        get_catalog(&CatalogPlace::default(), &Translator::new(Language::English)).unwrap()
    }

    fn read(line: &str) -> Result<Vec<Coverage>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("coverage.csv");
        std::fs::write(&path, format!("{HEADER}{line}\n")).unwrap();
        read_coverage(&path, &catalog(), &Translator::new(Language::English))
    }

    fn refusal(line: &str) -> String {
        read(line).unwrap_err().to_string()
    }

    #[test]
    fn a_day_that_is_none_is_refused_with_its_line() {
        assert!(refusal("tax_payment,,652323,2025-01-01,2025-02-30,").contains("line 2"));
    }

    #[test]
    fn a_table_or_tax_kind_that_is_none_is_refused_with_its_line_and_what_may_be_meant() {
        let told = refusal("tax_paymnt,,652323,2025-01-01,2025-12-31,");
        assert!(told.contains("line 2") && told.contains("(nearest: tax_payment)"), "{told}");
        let told = refusal("tax_payment,deed_tx,652323,2025-01-01,2025-12-31,");
        assert!(told.contains("line 2") && told.contains("(nearest: deed_tax)"), "{told}");
        let told = refusal("water_project,,652323,2025-01-01,2025-12-31,");
        assert!(told.contains("table") && told.contains("tax_payment"), "{told}");
    }

    #[test]
    fn an_empty_kind_covers_every_kind_and_a_missing_file_covers_nothing() {
        let coverage = read("tax_payment,,652323,2025-01-01,2025-12-31,").unwrap();
        assert_eq!((coverage[0].tax_kind.as_str(), coverage[0].as_of), ("", None));
        let none = read_coverage(Path::new("no/such/file"), &catalog(), &Translator::new(Language::English));
        assert!(none.unwrap().is_empty());
    }

    #[test]
    fn months_that_do_not_follow_one_another_are_proposed_apart() {
        let report =
            |period: &str| serde_json::json!({"period": period, "accepted": true, "sheets": [{"item": "tax_payment"}]});
        let months = ["2025-12", "2025-01", "2025-02", "2025Q1"].map(|month| (month.to_owned(), report(month)));
        let proposed = propose_coverage(&catalog(), &BTreeMap::from(months), "652323");
        let lines = "tax_payment,,652323,2025-01-01,2025-03-31,2025-03-31\n\
                     tax_payment,,652323,2025-12-01,2025-12-31,2025-12-31\n";
        assert_eq!(proposed, format!("{HEADER}{lines}"));
    }
}
