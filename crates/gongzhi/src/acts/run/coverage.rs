//! What the tax side's loads cover: read from the file a person confirmed, or proposed from what the files hold.
//!
//! Outside its coverage a table says nothing: "nothing loaded" never means "paid nothing". So a run without a coverage
//! file compares nothing with the tax side, and says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use gongzhi_core::access::Actor;
use gongzhi_core::catalog::node::nearest;
use gongzhi_core::catalog::{Catalog, Item, TAX_SIDE};
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

fn without_blanks(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_whitespace()).collect()
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

/// The words of a coverage file as the catalogue knows them.
struct Words<'c> {
    catalog: &'c Catalog,
}

/// What a thing is called: its key, and its names.
struct Called<'c> {
    key: &'c str,
    names: Vec<&'c str>,
}

impl Words<'_> {
    /// A table by key, by name, or by a part of its name or of a kind of it that no other table has.
    fn table(&self, word: &str) -> Result<String, Message> {
        let tables: Vec<&Item> = self.catalog.items.values().filter(|item| item.is_tax_side()).collect();
        let called = |item: &&Item| -> Vec<String> {
            let kinds = item.kinds.iter().map(|kind| kind.name.zh.clone());
            [item.name.zh.clone(), item.name.en.clone()].into_iter().chain(kinds).collect()
        };
        let names: Vec<Vec<String>> = tables.iter().map(called).collect();
        let of_item = |(item, names): (&&Item, &'_ Vec<String>)| (item.key.clone(), names.clone());
        let known: Vec<(String, Vec<String>)> = tables.iter().zip(&names).map(of_item).collect();
        let known: Vec<Called<'_>> = known
            .iter()
            .map(|(key, names)| Called { key, names: names.iter().map(String::as_str).collect() })
            .collect();
        find_called("table", word, &known)
    }

    /// A tax kind by code, name or alias, or a part of its name; nothing is every one.
    fn tax_kind(&self, word: &str) -> Result<String, Message> {
        if word.is_empty() || ["全部", "所有", "全部税种", "各税种", "所有税种", "*"].contains(&word) {
            return Ok(String::new());
        }
        find_called("tax_kind", word, &self.list("tax_kind"))
    }

    /// An authority by its division code, or by name; nothing is every one.
    fn authority(&self, word: &str) -> Result<String, Message> {
        let known = self.list("tax_authority");
        let is_known = known.iter().any(|one| one.key == word || one.names.contains(&word));
        if !is_known && word.bytes().all(|sign| sign.is_ascii_digit()) {
            return Ok(word.to_owned());
        }
        find_called("authority", word, &known)
    }

    fn list(&self, key: &str) -> Vec<Called<'_>> {
        let entries = self.catalog.lists.get(key).into_iter().flat_map(|list| &list.entries);
        let called = entries.map(|entry| {
            let names = [entry.name.zh.as_str(), entry.name.en.as_str()].into_iter();
            Called { key: &entry.code, names: names.chain(entry.aliases.iter().map(String::as_str)).collect() }
        });
        called.collect()
    }
}

/// Ends of names that people leave out or put behind.
const ENDS: [&str; 10] = ["税", "费", "信息", "数据", "明细", "清单", "台账", "情况", "表", "记录"];

/// The thing with this key or name; else the only one whose name begins with the word, then the only one that has it in its
/// name, the ends left out. What several have names those.
fn find_called(column: &str, word: &str, known: &[Called<'_>]) -> Result<String, Message> {
    let word = without_blanks(word);
    let same = |name: &str| without_blanks(name).eq_ignore_ascii_case(&word);
    if let Some(found) = known.iter().find(|one| same(one.key) || one.names.iter().any(|name| same(name))) {
        return Ok(found.key.to_owned());
    }
    let bare = ENDS.iter().find_map(|end| word.strip_suffix(end)).filter(|bare| !bare.is_empty()).unwrap_or(&word);
    let with = |is_like: &dyn Fn(&str) -> bool| -> Vec<&Called<'_>> {
        known.iter().filter(|one| one.names.iter().any(|name| is_like(name))).collect()
    };
    let is_word = bare.chars().count() >= 2;
    let whole = |name: &str| ENDS.iter().any(|end| name.strip_suffix(end) == Some(bare));
    let begins = |name: &str| is_word && name.starts_with(bare);
    let holds = |name: &str| is_word && name.contains(bare);
    for found in [with(&whole), with(&begins), with(&holds)] {
        match found[..] {
            [] => {}
            [one] => return Ok(one.key.to_owned()),
            _ => return Err(unknown(column, &word, (known, &found))),
        }
    }
    // 入库税款 for 入库税费信息: two signs in a row.
    let pairs: Vec<String> = bare.chars().zip(bare.chars().skip(1)).map(|(a, b)| format!("{a}{b}")).collect();
    let alike = with(&|name| !name.is_ascii() && pairs.iter().any(|pair| name.contains(pair)));
    Err(unknown(column, &word, (known, &alike)))
}

/// What a line names that the catalogue does not have, and what may be meant.
fn unknown(column: &str, value: &str, (known, alike): (&[Called<'_>], &[&Called<'_>])) -> Message {
    let name = |one: &Called<'_>| one.names.first().copied().unwrap_or(one.key).to_owned();
    let hint = match alike {
        [] => nearest(value, known.iter().flat_map(|one| [one.key, one.names.first().copied().unwrap_or(one.key)]))
            .unwrap_or("-")
            .to_owned(),
        alike => alike.iter().take(5).map(|one| name(one)).collect::<Vec<_>>().join("、"),
    };
    let list: Vec<String> = known.iter().map(|one| format!("{}（{}）", name(one), one.key)).collect();
    let message = Message::new("run-coverage-unknown").with("column", column).with("value", value);
    message.with("hint", hint).with("known", list.join(" "))
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
mod tests {
    use gongzhi_core::messages::{Language, Translator};
    use gongzhi_core::reports::FoundSheet;

    use super::*;
    use crate::acts::catalog::{CatalogPlace, get_catalog};

    const HEADER: &str = "table,tax_kind,authority,from,to,as_of\n";

    fn catalog() -> Catalog {
        get_catalog(&CatalogPlace::default()).unwrap()
    }

    fn read(line: &str) -> Result<Vec<Coverage>, ActError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("coverage.csv");
        std::fs::write(&path, format!("{HEADER}{line}\n")).unwrap();
        read_coverage(&path, &catalog())
    }

    fn refusal(line: &str) -> String {
        read(line).unwrap_err().say(&Translator::new(Language::English))
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
        let read = read_coverage(&path, &catalog()).unwrap();
        let words: Vec<_> =
            read.iter().map(|one| (one.table.as_str(), one.tax_kind.as_str(), one.authority.as_str())).collect();
        assert_eq!(words, [("tax_payment", "deed_tax", "652323"), ("tax_return", "", "652323")]);
        assert_eq!(read[0].as_of, NaiveDate::from_ymd_opt(2026, 3, 31));
        assert!(refusal("税,,652323,2025-01-01,2025-12-31,").contains("line 2"), "several tables are called so");
    }

    #[test]
    fn periods_and_names_are_read_as_people_write_them() {
        let read_whole = |text: &str| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("coverage.csv");
            std::fs::write(&path, text).unwrap();
            read_coverage(&path, &catalog()).unwrap()
        };
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (from, to, first, last) in [
            ("2025", "2025", "2025-01-01", "2025-12-31"),
            ("2025", "", "2025-01-01", "2025-12-31"),
            ("2025Q1", "2025Q2", "2025-01-01", "2025-06-30"),
            ("2025年第一季度", "", "2025-01-01", "2025-03-31"),
            ("2025年1月", "2025年12月", "2025-01-01", "2025-12-31"),
            ("２０２５-０１-０１", "２０２５年１２月３１日", "2025-01-01", "2025-12-31"),
            ("2025年上半年", "", "2025-01-01", "2025-06-30"),
            ("2025-01-01至2025-06-30", "", "2025-01-01", "2025-06-30"),
        ] {
            let found = read(&format!("tax_payment,,652323,{from},{to},")).unwrap();
            assert_eq!((found[0].from, found[0].to), (day(first), day(last)), "{from} {to}");
        }
        assert!(refusal("tax_payment,,652323,2025-01-01,,").contains("line 2"), "a day is no period");
        assert!(refusal("tax_payment,,652323,去年,,").contains("line 2"));
        for text in [
            "表，税种，机关，起，止，截至\n入库，房产，652323，2025，2025，2025年12月\n",
            "表,税种,机关,所属期\n入库，房产税,652323,2025年\n",
            "表\t税种\t机关\t所属期起\t所属期止\n入库税费\t房产\t６５２３２３\t2025\t2025\n",
        ] {
            let found = read_whole(text);
            assert_eq!(
                (found[0].table.as_str(), found[0].tax_kind.as_str()),
                ("tax_payment", "property_tax"),
                "{text}"
            );
            assert_eq!((found[0].authority.as_str(), found[0].to), ("652323", day("2025-12-31")), "{text}");
        }
        let kind = |word: &str| read(&format!("tax_payment,{word},652323,2025,2025,")).unwrap().remove(0).tax_kind;
        let kinds = ["增值", "房产", "契", "印花", "土地使用", "耕地占用", "环保", "残保金"].map(kind);
        let meant = ["vat", "property_tax", "deed_tax", "stamp_tax", "land_use_tax", "farmland_tax", "environment_tax"];
        assert_eq!(kinds[..7], meant);
        assert_eq!(kinds[7], "disability_levy");
        let told = refusal("tax_payment,土地,652323,2025,2025,");
        assert!(told.contains("土地增值税") && told.contains("土地闲置费"), "{told}");
        assert!(refusal("tax_payment,房屋税,652323,2025,2025,").contains("line 2"));
        assert!(refusal("tax_payment,,某某税务局,2025,2025,").contains("line 2"), "it would cover nothing in silence");
        assert!(refusal("入库税款,,652323,2025,2025,").contains("入库税费信息"));
    }

    #[test]
    fn an_empty_kind_covers_every_kind_and_a_missing_file_covers_nothing() {
        let coverage = read("tax_payment,,652323,2025-01-01,2025-12-31,").unwrap();
        assert_eq!((coverage[0].tax_kind.as_str(), coverage[0].as_of), ("", None));
        let none = read_coverage(Path::new("no/such/file"), &catalog());
        assert!(none.unwrap().is_empty());
    }

    #[test]
    fn months_that_do_not_follow_one_another_are_proposed_apart() {
        let sheet = FoundSheet { item: "tax_payment".to_owned(), ..FoundSheet::default() };
        let report = |period: &str| FileReport {
            period: period.parse().ok(),
            accepted: true,
            sheets: vec![sheet.clone()],
            ..FileReport::default()
        };
        let months = ["2025-12", "2025-01", "2025-02", "2025Q1"].map(|month| (month.to_owned(), report(month)));
        let proposed = propose_coverage(&catalog(), &BTreeMap::from(months), "652323");
        let lines = "tax_payment,,652323,2025-01-01,2025-03-31,2025-03-31\n\
                     tax_payment,,652323,2025-12-01,2025-12-31,2025-12-31\n";
        assert_eq!(proposed, format!("{HEADER}{lines}"));
    }
}
