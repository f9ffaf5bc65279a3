//! What the tax side's loads cover: read from the file a person confirmed, or proposed from what the files hold.
//!
//! Outside its coverage a table says nothing: "nothing loaded" never means "paid nothing". So a run without a coverage
//! file compares nothing with the tax side, and says so.

mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use gongzhi_core::access::Actor;
use gongzhi_core::catalog::{Catalog, TAX_SIDE};
use gongzhi_core::cells;
use gongzhi_core::intake::place::read_stretch;
use gongzhi_core::messages::Message;
use gongzhi_core::models::facts::Coverage;
use gongzhi_core::problems::ActError;
use gongzhi_core::reports::FileReport;
use gongzhi_engine::registry::read_small_text;

use super::files::list_files;
use crate::acts::collect::intake::{FileAtHand, IntakeDesk, IntakeOrder};
use crate::acts::collect::intake_report::file_report;
use crate::app::App;
use words::{Words, without_blanks};

/// Columns of the file, each with the words under which people write it; the last may be missing.
const COLUMNS: [(&str, &[&str]); 6] = [
    ("table", &["表", "数据表", "税务表", "表名", "数据", "事项"]),
    ("tax_kind", &["税种", "征收项目", "税费种", "税费"]),
    ("authority", &["机关", "税务机关", "主管税务机关", "征收机关", "区划"]),
    ("from", &["起", "所属期起", "税款所属期起", "起始日期", "开始日期", "从", "自"]),
    ("to", &["止", "所属期止", "税款所属期止", "截止日期", "结束日期", "终止日期", "到", "至"]),
    ("as_of", &["截至", "导出日期", "截至日期", "导出日", "数据截至"]),
];
/// Words over a column that says both ends at once: 2025, 2025年第一季度, 2025-01至2025-06.
const PERIOD: &[&str] = &["所属期", "期间", "所属期间", "税款所属期", "所属时期", "所属年度", "年度", "年份"];

/// Reads a coverage file; none is an empty coverage. Tables, tax kinds and authorities may be called as people call
/// them: 入库, 契税, 呼图壁县税务局; periods too: 2025, 2025Q1, 2025年第一季度.
///
/// # Errors
/// The file is there and can't be understood, or it names a table that is none of the tax side or a tax kind that is
/// none: the sentence names the line, and what may have been meant. A misspelt line would else cover nothing in silence.
pub fn read_coverage(path: &Path, catalog: &Catalog) -> Result<Vec<Coverage>, ActError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = read_small_text(path)?;
    let lines = list_lines(&text).map_err(|line| wrong(path, line))?;
    let Some(((_, headers), lines)) = lines.split_first() else { return Err(wrong(path, 1)) };
    let places = COLUMNS.map(|(key, words)| find_header(headers, key, words));
    let period = find_header(headers, "period", PERIOD);
    let is_missing = |at: usize| places[at].is_none() && (period.is_none() || !matches!(at, 3 | 4));
    if (0..5).any(is_missing) {
        return Err(wrong(path, 1));
    }
    let words = Words { catalog };
    let mut coverage = Vec::new();
    for (line, cells) in lines {
        let told =
            |message: Message| ActError::not_understood(message.with("path", path.display()).with("line", *line));
        let cell = |place: Option<usize>| place.and_then(|at| cells.get(at)).map_or("", String::as_str);
        let [table, tax_kind, authority, from, to, as_of] = places.map(cell);
        let ends = ends_of(from, to, cell(period)).filter(|(from, to)| !table.is_empty() && from <= to);
        let (Some((from, to)), Some(as_of)) = (ends, as_of_of(as_of)) else { return Err(wrong(path, *line)) };
        coverage.push(Coverage {
            table: words.table(table).map_err(told)?,
            tax_kind: words.tax_kind(tax_kind).map_err(told)?,
            authority: words.authority(authority).map_err(told)?,
            from,
            to,
            as_of,
        });
    }
    Ok(coverage)
}

/// The lines that hold something, each with its number and its cells without outer blanks; commas of any width part them.
/// The error is the number of a line that can't be parted.
fn list_lines(text: &str) -> Result<Vec<(usize, Vec<String>)>, usize> {
    let text = text.trim_start_matches('\u{feff}').replace('，', ",").replace('；', ";");
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: &u8| (header.bytes().filter(|byte| byte == delimiter).count(), *delimiter == b',');
    let delimiter = [b',', b'\t', b';'].into_iter().max_by_key(count).unwrap_or(b',');
    let mut builder = csv::ReaderBuilder::new();
    let mut reader = builder.delimiter(delimiter).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut lines = Vec::new();
    for record in reader.records() {
        let line_of = |position: Option<&csv::Position>| position.map_or(1, |at| at.line() as usize);
        let record = record.map_err(|error| line_of(error.position()))?;
        let cells: Vec<String> = record.iter().map(|cell| cells::narrow(cell).trim().to_owned()).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            lines.push((line_of(record.position()), cells));
        }
    }
    Ok(lines)
}

fn find_header(headers: &[String], key: &str, words: &[&str]) -> Option<usize> {
    headers.iter().position(|header| {
        let header = without_blanks(header);
        header.eq_ignore_ascii_case(key) || words.contains(&header.as_str())
    })
}

/// First and last day: of a period that says both, else of what stands under 起 and 止. What stands there alone says both ends
/// itself, unless it is a day.
fn ends_of(from: &str, to: &str, period: &str) -> Option<(NaiveDate, NaiveDate)> {
    if from.is_empty() && to.is_empty() {
        let stretch = read_stretch(period)?;
        return Some((stretch.from, stretch.to));
    }
    let begins = read_stretch(from)?;
    if to.is_empty() {
        return (begins.from < begins.to).then_some((begins.from, begins.to));
    }
    Some((begins.from, read_stretch(to)?.to))
}

/// The day up to which the load goes, of a month or a year its last; nothing is none. `None`: it can't be read.
fn as_of_of(text: &str) -> Option<Option<NaiveDate>> {
    if text.is_empty() {
        return Some(None);
    }
    read_stretch(text).map(|stretch| Some(stretch.to))
}

fn wrong(path: &Path, line: usize) -> ActError {
    ActError::not_understood(Message::new("run-coverage-unreadable").with("path", path.display()).with("line", line))
}

/// Proposes a coverage file from the reports of the tax side's files: a line for each run of periods of a table without
/// a gap, every tax kind, the authority of the unit's region. A person looks at it before it is used.
fn propose_coverage(catalog: &Catalog, reports: &BTreeMap<String, FileReport>, authority: &str) -> String {
    let mut tables: BTreeMap<&str, BTreeSet<(NaiveDate, NaiveDate)>> = BTreeMap::new();
    for report in reports.values().filter(|report| report.accepted) {
        let Some(period) = report.period else { continue };
        for sheet in &report.sheets {
            let Some(item) = catalog.items.get(&sheet.item).filter(|item| item.is_tax_side()) else { continue };
            tables.entry(&item.key).or_default().insert((period.first_day(), period.last_day()));
        }
    }
    let authority = cells::guarded(authority);
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

/// Reads the tax side's files of a folder (nothing is kept) and proposes what they cover. The app is one of a dry run.
///
/// # Errors
/// The folder can't be read, or none of its files is of the tax side.
pub async fn propose_folder(
    app: &App,
    actor: &Actor,
    (folder, authority): (PathBuf, Option<String>),
) -> Result<String, ActError> {
    let actor = actor.clone();
    app.block(move |app, waiter| {
        let files = list_files((&folder, &[&app.settings.home]))?;
        let desk = IntakeDesk::open(app, waiter, &actor)?;
        let order = IntakeOrder { is_dry_run: true, ..IntakeOrder::default() };
        let mut reports = BTreeMap::new();
        for file in files.files {
            let taken = desk.take(&FileAtHand::new(&file.path, &file.name), &order)?;
            reports.insert(file.name, file_report(&taken.report));
        }
        let catalog = app.catalog()?;
        let region = || catalog.units.get(TAX_SIDE).map(|unit| unit.region.clone()).unwrap_or_default();
        let proposal = propose_coverage(catalog, &reports, &authority.unwrap_or_else(region));
        if proposal.lines().count() < 2 {
            let message = Message::new("run-coverage-nothing").with("folder", folder.display());
            return Err(ActError::not_understood(message));
        }
        Ok(proposal)
    })
    .await
}

#[cfg(test)]
#[path = "coverage_tests.rs"]
mod tests;
