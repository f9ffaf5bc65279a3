//! Whatever arrives, it ends well: a file is read or refused with a sentence, a sheet is checked and marked, a query
//! stays inside the fence. Inputs are made by chance out of whole ones; a failure is printed as small as it can be made,
//! with the seed of chance that repeats it (`BOLERO_RANDOM_SEED`), for as long as `cargo xtask fuzz MINUTES` is told
//! (`BOLERO_RANDOM_TEST_TIME_MS`). The test command takes the same few inputs every time.

mod spoil;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, RefUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bolero::{check, produce};
use chrono::NaiveDate;
use gongzhi_core::cells::narrow;
use gongzhi_core::intake::Flags;
use gongzhi_core::messages::{Language, Message, Translator};
use gongzhi_core::models::Models;
use gongzhi_core::models::facts::RunFacts;
use gongzhi_engine::analysis::{Analysis, AnalysisOptions};
use gongzhi_engine::annotate::{Annotation, annotate};
use gongzhi_engine::intake::{IntakeBooks, IntakeContext, IntakeRequest, Outcome, intake_file};
use gongzhi_engine::keys::{Dice, KeyFiles, Keys};
use gongzhi_engine::model_run::{ModelContent, check_models, run_model};
use gongzhi_engine::read::{
    Limit, Limits, RawEvent, ReadError, Reason, RowStream, SheetEvent, SheetReader, Value, WorkerCommand, WorkerPool,
};
use gongzhi_engine::session::{Session, SessionOptions};

use crate::shipped::catalog;
use spoil::{Seed, Spoilt, published, reword, seeds, spoil, templates};

/// No file of this size may take longer, whatever it asks for.
const PATIENCE: Duration = Duration::from_secs(10);

fn pool() -> WorkerPool {
    let command =
        WorkerCommand { program: PathBuf::from(env!("CARGO_BIN_EXE_gongzhi")), arguments: vec!["read-worker".into()] };
    WorkerPool::new(command, 2, Limits::default())
}

/// A sentence in both languages, never a bare key.
fn assert_spoken(message: &Message) {
    for language in [Language::Chinese, Language::English] {
        let said = Translator::new(language).say(message);
        assert!(said.chars().count() > 3 && !said.starts_with(message.key.as_ref()), "{message} is said as {said:?}");
    }
}

/// Rows of a file by what became of them.
#[derive(Default, Debug)]
struct Account {
    raw: u64,
    given: u64,
    left_out: u64,
    /// Rows whose cells all stood apart from the table, each of them told.
    strays: u64,
    headers: u64,
}

fn read_all(mut reader: SheetReader, account: &mut Account) -> Result<String, ReadError> {
    let mut stray_row = 0;
    while let Some(event) = reader.next_event()? {
        match event {
            SheetEvent::Sheet(head) => account.headers += u64::from(head.header.row_count),
            SheetEvent::Row(_) => account.given += 1,
            SheetEvent::LeftOut(left_out) => match left_out.reason {
                Reason::StrayCell { .. } => {
                    account.strays += u64::from(left_out.row != stray_row);
                    stray_row = left_out.row;
                }
                _ => account.left_out += 1,
            },
            SheetEvent::Notice(notice) => assert_spoken(&notice.message),
            SheetEvent::SheetEnd(_) => {}
        }
    }
    Ok(reader.format().to_owned())
}

/// Rows in which something stands that shows; those whose number a damaged file gave before are not counted again, for
/// a header of two rows says by its numbers how many it has.
fn count_raw(mut stream: RowStream) -> Result<u64, ReadError> {
    let shows = |value: Value<'_>| match value {
        Value::Empty => false,
        Value::Text(text) => !narrow(text).is_empty(),
        _ => true,
    };
    let (mut rows, mut last) = (0, 0);
    while let Some(event) = stream.next_event()? {
        match event {
            RawEvent::Sheet(_) => last = 0,
            RawEvent::Row(row) if row.number() > last && row.iter().any(|(_, value)| shows(value)) => {
                last = row.number();
                rows += 1;
            }
            _ => {}
        }
    }
    Ok(rows)
}

/// Reads a file as `read` does: a refusal says why, what is read is accounted for to the row.
fn read_one(pool: &WorkerPool, path: &Path) {
    let begun = Instant::now();
    let mut account = Account::default();
    let outcome = pool.read(path).and_then(|reader| read_all(reader, &mut account));
    match outcome {
        Ok(format) => {
            account.raw = pool.read_raw(path).and_then(count_raw).expect("read before, so read again");
            let told = account.given + account.left_out + account.strays + account.headers;
            assert!(account.raw <= told, "{format}: rows are missing: {account:?}");
        }
        Err(error) => {
            assert_spoken(&error.reason());
            assert_spoken(&error.mend());
            assert!(!matches!(error, ReadError::Worker(_)), "{error}");
            assert_ne!(error, ReadError::Unreadable("the reader stumbled".to_owned()), "a reader panicked");
            assert_ne!(error, ReadError::BeyondLimits(Limit::Memory), "a small file took all the memory there is");
        }
    }
    assert!(begun.elapsed() < PATIENCE * 2, "{:?}", begun.elapsed());
}

fn files(seeds: &[Seed], (seed, part, edits): &Spoilt, folder: &Path) -> PathBuf {
    let seed = &seeds[usize::from(*seed) % seeds.len()];
    let path = folder.join(&seed.name);
    let bytes = spoil(seed, *part, edits);
    std::fs::write(&path, if bytes.is_empty() { b" ".to_vec() } else { bytes }).expect("a file");
    path
}

/// Whether chance is to go on for as long as it is told.
fn is_fuzzing() -> bool {
    std::env::var_os("BOLERO_RANDOM_TEST_TIME_MS").is_some()
}

/// Numbers that look like chance and are the same every time.
fn numbers() -> impl Iterator<Item = u64> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    })
}

/// Tries spoilt files: as many as there is time for, or the same few.
fn try_spoilt(count: usize, test: impl Fn(&Spoilt) + RefUnwindSafe) {
    if is_fuzzing() {
        let edits = produce::<Vec<spoil::Edit>>().with().len(1..=5_usize);
        check!().with_generator((produce::<u16>(), produce::<u8>(), edits)).for_each(|spoilt: &Spoilt| test(spoilt));
        return;
    }
    let mut numbers = numbers();
    let mut next = || numbers.next().unwrap_or_default();
    for _ in 0..count {
        let (seed, part, edits) = (next() as u16, next() as u8, next() % 5 + 1);
        let edits = (0..edits).map(|_| (next() as u8, next() as u32, next() as u16, next() as u8)).collect();
        test(&(seed, part, edits));
    }
}

#[test]
fn any_file_is_read_to_its_last_row_or_refused_with_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let pool = pool();
    let seeds = seeds(folder.path());
    try_spoilt(2_500, |spoilt| read_one(&pool, &files(&seeds, spoilt, folder.path())));
}

#[test]
fn files_of_other_readers_spoilt_further_are_read_or_refused() {
    let seeds = published();
    if seeds.is_empty() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let pool = pool();
    // The binary workbooks are another library's to parse: its panics are refusals in a process of their own.
    let seeds: Vec<Seed> = seeds.into_iter().filter(|seed| !seed.name.ends_with(".xlsb")).collect();
    try_spoilt(1_000, |spoilt| read_one(&pool, &files(&seeds, spoilt, folder.path())));
}

#[test]
fn any_frames_are_events_or_an_error() {
    let test = |frames: &Vec<u8>| {
        let stream = RowStream::of_frames(std::io::Cursor::new(frames.clone()));
        let _ = read_all(SheetReader::new(stream), &mut Account::default());
    };
    if is_fuzzing() {
        check!().with_type::<Vec<u8>>().for_each(test);
        return;
    }
    let bytes: Vec<u8> = numbers().take(60_000).map(|number| number as u8).collect();
    bytes.chunks(30).for_each(|chunk| test(&chunk.to_vec()));
}

/// Where sheets are checked and marked.
struct Desk<'a> {
    context: IntakeContext<'a>,
    translator: Translator,
    today: NaiveDate,
    out: PathBuf,
}

/// Nothing of a desk is changed by a sheet: one that panics leaves it as it was.
impl std::panic::RefUnwindSafe for Desk<'_> {}

impl Desk<'_> {
    fn take(&self, path: &Path) {
        let request = IntakeRequest {
            name: "表.xlsx".to_owned(),
            item: None,
            kind: None,
            flags: Flags { unit: None, period: Some("2025".parse().expect("a period")), mode: None },
            is_dry_run: false,
            today: self.today,
        };
        let report = intake_file(&self.context, path, &request).expect("what is wrong with a file is in its report");
        assert!(report.outcome == Outcome::Accepted || !report.issues.is_empty(), "a reason for what is not accepted");
        for issue in &report.issues {
            assert_spoken(&issue.message);
            assert_spoken(&issue.mend);
        }
        if report.issues.iter().any(|issue| issue.rule == "unreadable") {
            // There is nothing to mark in what nobody can read.
            return;
        }
        let (translator, made) = (&self.translator, self.today);
        let annotation = Annotation { issues: &report.issues, column_name: &|_| String::new(), translator, made };
        let pool = self.context.pool;
        match annotate(path, pool, &annotation, &self.out) {
            Ok(_) => drop(pool.read_raw(&self.out).and_then(count_raw).expect("what is marked can be read")),
            Err(error) => assert_spoken(&error.message()),
        }
    }
}

#[test]
fn any_sheet_of_a_template_is_checked_and_marked() {
    let folder = tempfile::tempdir().expect("a folder");
    let seeds = templates(folder.path());
    let (pool, catalog) = (pool(), catalog());
    let books = IntakeBooks::new(&catalog);
    let home = folder.path().join("home");
    let keys = Keys::make(&home, &KeyFiles::of_home(&home), Dice::system()).expect("keys");
    let data_folder = folder.path().join("data");
    let counter = AtomicU64::new(0);
    let new_id = || format!("batch-{}", counter.fetch_add(1, Ordering::Relaxed));
    let context = IntakeContext {
        catalog: &catalog,
        books: &books,
        pool: &pool,
        keys: &keys,
        data_folder: &data_folder,
        profiles: &[],
        new_id: &new_id,
    };
    let desk = Desk {
        context,
        translator: Translator::new(Language::Chinese),
        today: "2026-04-01".parse().expect("a day"),
        out: folder.path().join("marked.xlsx"),
    };
    try_spoilt(80, |spoilt| desk.take(&files(&seeds, spoilt, folder.path())));
}

/// Words that no query which passes the fence may have called.
const FORBIDDEN: [&str; 9] = [
    "now",
    "random",
    "uuid",
    "current_date",
    "current_timestamp",
    "version",
    "arrow_typeof",
    "generate_series",
    "unnest",
];

#[test]
fn a_query_that_passes_the_fence_calls_nothing_forbidden_and_runs() {
    let catalog = Arc::new(catalog());
    let (models, _) = Models::compile(&catalog);
    let analysis = Analysis::start(AnalysisOptions { threads: 1, ..AnalysisOptions::default() }).expect("threads");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let keys: Vec<&String> = models.models.keys().collect();
    let facts = RunFacts {
        as_of: "2026-06-30".parse().expect("a day"),
        region: "652323".to_owned(),
        coverage: Vec::new(),
        delivered: BTreeMap::new(),
    };
    let test = |(at, changes): &(u8, Vec<spoil::Rewording>)| {
        let mut model = models.models[keys[usize::from(*at) % keys.len()]].clone();
        model.sql = reword(&model.sql, changes);
        let only = Models {
            models: BTreeMap::from([(model.key.clone(), model.clone())]),
            views: models.views.clone(),
            cases: BTreeMap::new(),
            addresses: models.addresses.clone(),
        };
        let problems = runtime.block_on(check_models(&catalog, &only, |_| true));
        for problem in &problems {
            assert_spoken(&problem.message);
        }
        if !problems.is_empty() {
            return;
        }
        let calls = model.sql.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_'));
        let outside_quotes = !model.sql.contains(['\'', '"']);
        for word in calls.filter(|_| outside_quotes) {
            assert!(!FORBIDDEN.contains(&word), "{word} passed: {}", model.sql);
        }
        let session = Session::empty(&analysis, &SessionOptions::default());
        let content = ModelContent { catalog: Arc::clone(&catalog), models: Arc::new(only) };
        let report = runtime.block_on(run_model(&session, &content, &model.key, &facts));
        assert!(report.leads.is_empty(), "leads out of nothing");
        if let Some(stopped) = &report.stopped {
            assert_spoken(stopped);
        }
    };
    if is_fuzzing() {
        let generator = (produce::<u8>(), produce::<Vec<spoil::Rewording>>().with().len(0..=4_usize));
        let test = AssertUnwindSafe(test);
        check!().with_generator(generator).for_each(|query: &(u8, Vec<spoil::Rewording>)| {
            let test = &test;
            test.0(query);
        });
        return;
    }
    let numbers: Vec<u64> = numbers().take(3_000).collect();
    for some in numbers.chunks(6) {
        let changes = some[1..].chunks(2).map(|pair| (pair[0] as u16, (pair[0] >> 16) as u8, (pair[0] >> 24) as u8));
        test(&(some[0] as u8, changes.collect()));
    }
}
