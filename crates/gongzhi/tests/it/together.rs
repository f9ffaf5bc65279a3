//! Several programs on one home: nothing is doubled, nothing lost, and every question is about the same state.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use gongzhi_core::access::{Actor, Purpose};
use gongzhi_core::state::Moment;
use gongzhi_engine::intake::{Spool, open_upload};
use gongzhi_engine::keys::{Dice, KeyFiles, Keys, digest_reader};
use gongzhi_store::collect::uploads::UploadStatus;
use gongzhi_store::{Store, StorePlace};
use serde_json::Value as Json;

use crate::program::{gongzhi, run_in};
use crate::run::dice;

const HEADER: &str = "项目编码,项目名称,建设单位,施工方,投资（中标）额";

fn write(folder: &Path, name: &str, rows: &[(u32, u32)]) {
    let rows = rows.iter().map(|(number, amount)| {
        format!("S{number:02},演示渠{number}号工程,演示水管站,演示水利建筑有限公司,{amount}\n")
    });
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("{HEADER}\n{}", rows.collect::<String>())).unwrap();
}

fn start(folder: &Path, file: &str) -> Child {
    start_on(None, folder, (file, "2025Q1"))
}

/// On a database, or on the file in the home.
fn start_on(url: Option<&str>, folder: &Path, (file, period): (&str, &str)) -> Child {
    let words = ["intake", "--json", file, "--item", "28", "--unit", "水利局", "--period", period];
    let mut command = gongzhi();
    command.current_dir(folder).args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.envs(url.map(|url| ("GONGZHI_DATABASE_URL", url)));
    command.spawn().unwrap()
}

fn json_of(url: Option<&str>, folder: &Path, words: &[&str]) -> Json {
    let mut command = gongzhi();
    command.current_dir(folder).args(words).stdin(Stdio::null());
    let output = command.envs(url.map(|url| ("GONGZHI_DATABASE_URL", url))).output().unwrap();
    let text = || String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{words:?}: {}", text()))
}

fn report(child: Child) -> Json {
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{text}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{text}"))
}

/// What the doctor finds: what belongs to nothing, what is not there.
fn doctor(folder: &Path, words: &[&str]) -> (Option<i32>, Vec<String>, Vec<String>) {
    let output = run_in(folder, &[&["doctor", "--json"], words].concat());
    let found: Json = serde_json::from_slice(&output.stdout).unwrap();
    let orphans = found["orphans"].as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap().to_owned());
    let missing = found["missing"].as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned());
    (output.status.code(), orphans.collect(), missing.collect())
}

fn rows(folder: &Path) -> Vec<Json> {
    let output = run_in(folder, &["state", "water_project.project", "--json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_same_file_handed_in_twice_at_once_is_taken_in_once_and_both_are_told() {
    let folder = tempfile::tempdir().unwrap();
    for pair in 0..7 {
        let file = format!("{pair}.csv");
        write(folder.path(), &file, &[(pair, 500_000), (pair + 20, 600_000)]);
        let both = [start(folder.path(), &file), start(folder.path(), &file)];
        let reports = both.map(report);
        let before = reports.iter().filter(|report| !report["received_before"].is_null()).count();
        assert_eq!(before, 1, "pair {pair}: {reports:?}");
    }
    assert_eq!(rows(folder.path()).len(), 14);
    assert_eq!(doctor(folder.path(), &[]), (Some(0), vec![], vec![]));
    // What was told of a file that was there already stands in the log, and is sealed like the rest.
    let log = json_of(None, folder.path(), &["audit", "verify", "--json"]);
    assert_eq!((&log["faults"], log["entries"] == log["sealed"]), (&serde_json::json!([]), true), "{log}");
}

#[test]
fn of_files_handed_in_at_once_each_corrects_what_stands_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<String> = (0..6).map(|number| format!("{number}.csv")).collect();
    for (number, file) in (0..).zip(&files) {
        write(folder.path(), file, &[(1, 500_000 + number)]);
    }
    let all: Vec<Child> = files.iter().map(|file| start(folder.path(), file)).collect();
    let reports: Vec<Json> = all.into_iter().map(report).collect();
    let first = reports.iter().filter(|report| report["batches"][0]["supplement"] == false).count();
    assert_eq!(first, 1, "one of them is the first of its period: {reports:?}");
    let firsts = reports.iter().filter(|report| report["batches"][0]["effect"]["before"] == 0).count();
    assert_eq!(firsts, 1, "{reports:?}");
}

#[test]
fn programs_killed_at_any_moment_leave_nothing_once_their_files_are_handed_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<String> = (0..12).map(|number| format!("{number}.csv")).collect();
    for (number, file) in (0..).zip(&files) {
        write(folder.path(), file, &[(number, 500_000 + number)]);
    }
    for (turn, file) in (0_u64..).zip(&files) {
        let mut running = start(folder.path(), file);
        std::thread::sleep(Duration::from_millis(20 + turn * 15));
        running.kill().unwrap();
        running.wait().unwrap();
    }
    for file in &files {
        report(start(folder.path(), file));
    }
    assert_eq!(rows(folder.path()).len(), files.len());
    assert_eq!(doctor(folder.path(), &[]), (Some(0), vec![], vec![]));
}

#[test]
fn what_belongs_to_nothing_is_listed_and_cleared_only_once_it_is_a_day_old() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.csv", &[(1, 500_000)]);
    report(start(folder.path(), "a.csv"));
    let data = folder.path().join(".gongzhi/data");
    let key = folder.path().join(".gongzhi/keys/data/nobody.key");
    let lost = data.join("uploads/nobody.zst.sealed");
    fs::write(&key, "x").unwrap();
    fs::write(&lost, "x").unwrap();
    let both = vec!["keys/nobody".to_owned(), "uploads/nobody.zst.sealed".to_owned()];
    assert_eq!(doctor(folder.path(), &["--clear"]), (Some(1), both.clone(), vec![]));
    for file in [&key, &lost] {
        let written = fs::metadata(file).unwrap().modified().unwrap();
        let old = written - Duration::from_secs(25 * 3600);
        fs::File::options().write(true).open(file).unwrap().set_modified(old).unwrap();
    }
    assert_eq!(doctor(folder.path(), &["--clear"]), (Some(0), both, vec![]));
    assert_eq!(doctor(folder.path(), &[]), (Some(0), vec![], vec![]));
    let original = fs::read_dir(data.join("uploads")).unwrap().next().unwrap().unwrap();
    fs::remove_file(original.path()).unwrap();
    let gone = format!("uploads/{}", original.file_name().to_string_lossy());
    assert_eq!(doctor(folder.path(), &[]), (Some(1), vec![], vec![gone]));
}

#[test]
fn an_upload_that_is_still_coming_is_no_orphan_and_is_cleared_after_a_day_without_a_byte() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.csv", &[(1, 500_000)]);
    report(start(folder.path(), "a.csv"));
    let data = folder.path().join(".gongzhi/data");
    assert_eq!(fs::read_dir(data.join("spool")).unwrap().count(), 0, "a file of this machine leaves none");
    let mut spool = Spool::begin(&data, "half", 1 << 20).unwrap();
    spool.receive(0, b"half".as_slice()).unwrap();
    drop(spool);
    assert_eq!(doctor(folder.path(), &["--clear"]), (Some(0), vec![], vec![]), "it waits for its next byte");
    let path = data.join("spool/half");
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(written - Duration::from_secs(25 * 3600)).unwrap();
    let held = Spool::resume(&data, "half", 1 << 20).unwrap();
    assert_eq!(doctor(folder.path(), &["--clear"]), (Some(0), vec![], vec![]), "somebody is at it");
    drop(held);
    let left = vec!["spool/half".to_owned()];
    assert_eq!(doctor(folder.path(), &[]), (Some(1), left.clone(), vec![]));
    assert_eq!(doctor(folder.path(), &["--clear"]), (Some(0), left, vec![]));
    assert!(!path.exists());
}

/// The handles under which a run names rows are those of every other question on its home.
#[test]
fn a_run_and_a_question_stand_on_the_same_state_and_name_rows_alike() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = |number: u32| format!("county/水利局/2025年第1季度/{number}.csv");
    // Of one delivery the later name has the last word, whichever was read first; what a file was is gone once it changed.
    write(folder.path(), &sheet(2), &[(1, 700_000)]);
    write(folder.path(), &sheet(1), &[(1, 500_000), (2, 800_000)]);
    let run = || {
        let words = ["run", "county", "--as-of", "2026-03-31", "--out", "out"];
        let output = run_in(folder.path(), &words);
        assert!(output.status.code().unwrap() < 2, "{}", String::from_utf8_lossy(&output.stderr));
    };
    run();
    let amounts = || {
        let rows = rows(folder.path());
        let field = |row: &Json, key: &str| row[key].as_str().unwrap().to_owned();
        rows.iter().map(|row| (field(row, "project_code"), field(row, "bid_amount_yuan"))).collect::<BTreeSet<_>>()
    };
    let pair = |code: &str, amount: &str| (code.to_owned(), amount.to_owned());
    assert_eq!(amounts(), BTreeSet::from([pair("S01", "700000.00"), pair("S02", "800000.00")]));
    write(folder.path(), &sheet(1), &[(1, 500_000), (3, 900_000)]);
    run();
    assert_eq!(amounts(), BTreeSet::from([pair("S01", "700000.00"), pair("S03", "900000.00")]));
    let handles = || rows(folder.path()).iter().map(|row| row["_ref"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let named = handles();
    assert!(named.iter().all(|handle| handle.split_once(':').is_some_and(|(batch, _)| batch.len() == 36)), "{named:?}");
    run();
    assert_eq!(handles(), named, "a run more changes no handle");
}

/// Files of the test below, two hand-ins a turn; more by hand, at most 184: there is no period before 1980.
const HAND_INS: u32 = 48;

/// Two programs at a time hand in, of a third of the turns the same file at one moment, ten times one is killed and its file
/// handed in again.
fn hand_in_by_two(url: Option<&str>, folder: &Path) {
    let hand_ins: u32 = std::env::var("GONGZHI_HAND_INS").map_or(HAND_INS, |text| text.parse().unwrap());
    let kill_every = (hand_ins / 20).max(1);
    let (mut turn, mut next) = (0, 0);
    while next < hand_ins {
        let is_pair = turn % 3 == 0;
        // Each file a period of its own: of one period a later file takes the place of an earlier, which may then come again.
        let files = [next, if is_pair { next } else { next + 1 }]
            .map(|n| (format!("{n}.csv"), format!("{}Q{}", 2025 - n / 4, n % 4 + 1)));
        let start = |(file, period): &(String, String)| start_on(url, folder, (file, period));
        for number in next..next + 2 {
            write(folder, &format!("{number}.csv"), &[(number, 500_000 + number)]);
        }
        let mut both: Vec<Child> = files.iter().map(start).collect();
        if turn % kill_every == 1 {
            std::thread::sleep(Duration::from_millis(dice(turn.into()) % 250));
            let mut killed = both.pop().unwrap();
            killed.kill().unwrap();
            killed.wait().unwrap();
            both.push(start(&files[1]));
        }
        let reports: Vec<Json> = both.into_iter().map(report).collect();
        let before = reports.iter().filter(|report| !report["received_before"].is_null()).count();
        assert!(before <= usize::from(is_pair) + usize::from(turn % kill_every == 1), "{reports:?}");
        next += if is_pair { 1 } else { 2 };
        turn += 1;
    }
    let found = json_of(url, folder, &["doctor", "--json"]);
    assert_eq!(found, serde_json::json!({"orphans": [], "missing": []}));
    let log = json_of(url, folder, &["audit", "verify", "--json"]);
    assert_eq!((&log["faults"], log["entries"] == log["sealed"]), (&serde_json::json!([]), true), "{log}");
    look_at_originals(url, folder, next);
}

/// Every file is one accepted upload, and its original is what was sent.
fn look_at_originals(url: Option<&str>, folder: &Path, files: u32) {
    let home = folder.join(".gongzhi");
    let keys = Keys::open(&home, &KeyFiles::of_home(&home), Dice::system()).unwrap();
    let place = url.map_or_else(|| StorePlace::Home(home.clone()), |url| StorePlace::Postgres(url.to_owned()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let scope = Actor::operator("test", Purpose::Upkeep).scope;
    let uploads = runtime.block_on(async { Store::open(&place).await.unwrap().list_uploads(&scope).await.unwrap() });
    let mut seen = BTreeSet::new();
    for upload in &uploads {
        assert_eq!(upload.status, UploadStatus::Accepted, "{upload:?}");
        let attempt = upload.attempt.as_deref().unwrap();
        let original = digest_reader(open_upload(attempt, &home.join("data"), &keys).unwrap()).unwrap();
        let sent = digest_reader(fs::File::open(folder.join(&upload.file)).unwrap()).unwrap();
        assert_eq!((&original, &upload.digest), (&sent, &sent), "{}", upload.file);
        assert!(seen.insert(upload.file.clone()), "{} was taken in twice", upload.file);
    }
    assert_eq!(seen.len(), files as usize);
    let batches = runtime.block_on(async {
        let moment = Moment { as_of: chrono::DateTime::<chrono::Utc>::MAX_UTC, period: None };
        Store::open(&place).await.unwrap().visible_batches(&scope, moment).await.unwrap().batches().len()
    });
    assert_eq!(batches, files as usize);
}

#[test]
fn two_programs_that_hand_in_and_are_killed_lose_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    hand_in_by_two(None, folder.path());
}

#[test]
fn two_programs_on_one_database_lose_and_double_nothing() {
    let Ok(server) = std::env::var("GONGZHI_TEST_POSTGRES") else {
        assert!(
            std::env::var_os("CI").is_none(),
            "GONGZHI_TEST_POSTGRES names no server, and CI must not leave it out"
        );
        eprintln!("left out, GONGZHI_TEST_POSTGRES names no server");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { Store::open_test_schema(&server, "together").await.unwrap().close().await.unwrap() });
    let url = format!("{server}?options[search_path]=gongzhi_test_together");
    hand_in_by_two(Some(&url), folder.path());
}
