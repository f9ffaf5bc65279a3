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
use gongzhi_core::catalog::{Catalog, Item, TAX_SIDE};
use gongzhi_core::cells;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::models::facts::Coverage;
use gongzhi_core::period::Period;
use gongzhi_engine::registry::{list_columns, read_named_columns};
use serde_json::Value as Json;

use super::files::list_files;
use crate::acts::intake::{FileAtHand, IntakeDesk, IntakeOrder};
use crate::acts::intake_report::report_json;

/// Columns of the file, each with the words under which people write it; the last may be missing.
const COLUMNS: [(&str, &[&str]); 6] = [
    ("table", &["表", "数据表", "税务表", "表名", "数据"]),
    ("tax_kind", &["税种", "征收项目", "税费种"]),
    ("authority", &["机关", "税务机关", "主管税务机关", "征收机关", "区划"]),
    ("from", &["起", "所属期起", "起始日期", "开始日期", "从", "自"]),
    ("to", &["止", "所属期止", "截止日期", "结束日期", "终止日期", "到", "至"]),
    ("as_of", &["截至", "导出日期", "截至日期", "导出日", "数据截至"]),
];

/// Reads a coverage file; none is an empty coverage. Tables, tax kinds and authorities may be called as people call
/// them: 入库, 契税, 呼图壁县税务局.
///
/// # Errors
/// The file is there and can't be understood, or it names a table that is none of the tax side or a tax kind that is
/// none: the sentence names the line, and what may have been meant. A misspelt line would else cover nothing in silence.
pub fn read_coverage(path: &Path, catalog: &Catalog, say: &Translator) -> Result<Vec<Coverage>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let headers = list_columns(path).map_err(|_| wrong(path, 1, say))?;
    let places: Vec<Option<usize>> = COLUMNS.iter().map(|(key, words)| find_header(&headers, key, words)).collect();
    if places.iter().take(5).any(Option::is_none) {
        return Err(wrong(path, 1, say));
    }
    let mut lines: Vec<[String; 6]> = Vec::new();
    let wanted: Vec<&str> = places.iter().flatten().map(|at| headers[*at].as_str()).collect();
    let read = read_named_columns(path, &wanted, |cells| {
        lines
            .push(std::array::from_fn(|column| cells.get(column).map_or(String::new(), |cell| cell.trim().to_owned())));
    });
    read.map_err(|error| anyhow!("{}", say.say(&error.message())))?;
    let mut coverage = Vec::new();
    for (at, cells) in lines.iter().enumerate().filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty())) {
        let line = at + 2;
        let told = |message: Message| anyhow!("{}", say.say(&message.with("path", path.display()).with("line", line)));
        let [table, tax_kind, authority, from, to, as_of] = cells;
        let day = |text: &str| cells::parse_date(text).map(|day| day.value);
        let (Some(from), Some(to)) = (day(from), day(to)) else { return Err(wrong(path, line, say)) };
        if table.is_empty() || to < from || (!as_of.is_empty() && day(as_of).is_none()) {
            return Err(wrong(path, line, say));
        }
        let words = Words { catalog };
        coverage.push(Coverage {
            table: words.table(table).map_err(told)?,
            tax_kind: words.listed("tax_kind", tax_kind).map_err(told)?,
            authority: words.authority(authority),
            from,
            to,
            as_of: day(as_of),
        });
    }
    Ok(coverage)
}

fn find_header(headers: &[String], key: &str, words: &[&str]) -> Option<usize> {
    let bare = |header: &String| header.trim_start_matches('\u{feff}').replace([' ', '\u{3000}'], "");
    headers.iter().position(|header| {
        let header = bare(header);
        header == key || words.contains(&header.as_str())
    })
}

/// The words of a coverage file as the catalogue knows them.
struct Words<'c> {
    catalog: &'c Catalog,
}

impl Words<'_> {
    /// A table by key, by name, or by a part of its name that no other table's has.
    fn table(&self, word: &str) -> Result<String, Message> {
        let tables: Vec<&Item> = self.catalog.items.values().filter(|item| item.is_tax_side()).collect();
        let is_called =
            |item: &&&Item| item.key == word || item.name.zh == word || item.name.en.eq_ignore_ascii_case(word);
        if let Some(item) = tables.iter().find(is_called) {
            return Ok(item.key.clone());
        }
        let kinds = |item: &Item| item.kinds.iter().any(|kind| kind.name.zh.contains(word));
        let partly: Vec<&&Item> = tables.iter().filter(|item| item.name.zh.contains(word)).collect();
        let by_kind: Vec<&&Item> = tables.iter().filter(|item| kinds(item)).collect();
        match (&partly[..], &by_kind[..]) {
            ([item], _) | ([], [item]) => Ok(item.key.clone()),
            _ => {
                let known: Vec<(&str, &str)> =
                    tables.iter().map(|item| (item.key.as_str(), item.name.zh.as_str())).collect();
                Err(unknown("table", word, &known))
            }
        }
    }

    /// A word of a code list by code, name or alias; nothing is every one.
    fn listed(&self, list: &str, word: &str) -> Result<String, Message> {
        if word.is_empty() || ["全部", "所有", "全部税种", "各税种"].contains(&word) {
            return Ok(String::new());
        }
        let found = self.catalog.lists.get(list);
        if let Some(entry) = found.and_then(|list| list.find(word)) {
            return Ok(entry.code.clone());
        }
        let known = found.into_iter().flat_map(|list| &list.entries);
        let known: Vec<(&str, &str)> = known.map(|entry| (entry.code.as_str(), entry.name.zh.as_str())).collect();
        Err(unknown(list, word, &known))
    }

    /// An authority by its division code, or by name.
    fn authority(&self, word: &str) -> String {
        let list = self.catalog.lists.get("tax_authority");
        list.and_then(|list| list.find(word)).map_or_else(|| word.to_owned(), |entry| entry.code.clone())
    }
}

/// What a line names that the catalogue does not have.
fn unknown(column: &str, value: &str, known: &[(&str, &str)]) -> Message {
    let words = known.iter().flat_map(|(key, name)| [*key, *name]);
    let hint = nearest(value, words).unwrap_or("-");
    let list: Vec<String> = known.iter().map(|(key, name)| format!("{name}（{key}）")).collect();
    let message = Message::new("run-coverage-unknown").with("column", column).with("value", value);
    message.with("hint", hint).with("known", list.join(" "))
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
    let mut text = COLUMNS.map(|(key, _)| key).join(",");
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
    let files = list_files((folder, &[home.path()]), say)?;
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
    fn a_line_may_be_written_in_the_words_people_use() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("coverage.csv");
        let written = "表,税种,税务机关,起,止,截至\n入库,契税,呼图壁县税务局,2025年1月1日,2025/12/31,2026-3-31\n\n申报,全部,652323,2025-01-01,2025-12-31,\n";
        std::fs::write(&path, written).unwrap();
        let read = read_coverage(&path, &catalog(), &Translator::new(Language::Chinese)).unwrap();
        let words: Vec<_> =
            read.iter().map(|one| (one.table.as_str(), one.tax_kind.as_str(), one.authority.as_str())).collect();
        assert_eq!(words, [("tax_payment", "deed_tax", "652323"), ("tax_return", "", "652323")]);
        assert_eq!(read[0].as_of, NaiveDate::from_ymd_opt(2026, 3, 31));
        assert!(refusal("税,,652323,2025-01-01,2025-12-31,").contains("line 2"), "several tables are called so");
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
