//! `gongzhi run`: a folder of sheets becomes leads, also when it is killed in between.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::program::{gongzhi, package};

const AS_OF: &str = "2026-04-17";

/// What must be the same after every run of the same input.
const RESULTS: [&str; 8] = [
    "leads.jsonl",
    "notices.jsonl",
    "issues.jsonl",
    "identity.jsonl",
    "leads.xlsx",
    "identity.xlsx",
    "units.xlsx",
    "report.html",
];

pub fn make(folder: &Path, scale: &str, seed: &str) -> PathBuf {
    let out = folder.join("county");
    let made = gongzhi().args(["demo-data", "--scale", scale, "--seed", seed, "--out"]).arg(&out).output();
    let made = made.expect("the program starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    out
}

fn layer() -> PathBuf {
    package().join("../../demo/catalog")
}

pub fn command(county: &Path, out: &Path) -> std::process::Command {
    let mut command = gongzhi();
    command.arg("run").arg(county).args(["--as-of", AS_OF, "--layer"]).arg(layer()).arg("--out").arg(out);
    command.arg("--home").arg(home_of(out)).stdin(Stdio::null());
    command
}

/// Each folder of results with a home of its own beside it.
fn home_of(out: &Path) -> PathBuf {
    out.with_extension("home")
}

fn results(out: &Path) -> BTreeMap<&'static str, Vec<u8>> {
    let read = |name: &str| {
        let bytes = std::fs::read(out.join(name)).unwrap_or_default();
        if name.starts_with("leads.j") || name.starts_with("notices.j") { without_handles(&bytes) } else { bytes }
    };
    RESULTS.iter().map(|name| (*name, read(name))).collect()
}

/// Rows are named by their batches, and a batch is another one in every home.
fn without_handles(lines: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(lines);
    let parts = text.split("\"handle\":\"").enumerate();
    let rest = |part: &str| part.split_once('"').map_or(String::new(), |(_, rest)| rest.to_owned());
    parts.map(|(at, part)| if at == 0 { part.to_owned() } else { rest(part) }).collect::<String>().into_bytes()
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Numbers that look like dice and are the same every time.
pub fn dice(turn: u64) -> u64 {
    let mut state = turn.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state ^ (state >> 27)
}

/// Files that a killed program left half written.
fn unfinished_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(unfinished_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "part") {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_run_killed_at_any_moment_ends_the_same_the_second_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = make(folder.path(), "0.02", "5");
    let county = folder.path().join("some");
    for office in ["自然资源局", "市场监督管理局", "住建局", "法院", "人民法院"] {
        let from = made.join("county").join(office);
        if from.is_dir() {
            copy(&from, &county.join(office));
        }
    }
    for month in ["2025年01月", "2025年02月", "2025年03月"] {
        copy(&made.join("county/税务局").join(month), &county.join("税务局").join(month));
    }
    std::fs::copy(made.join("county/coverage.csv"), county.join("coverage.csv")).expect("a copy");

    let undisturbed = folder.path().join("undisturbed");
    let started = Instant::now();
    let ended = command(&county, &undisturbed).output().expect("the program starts");
    assert!(ended.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&ended.stderr));
    let whole = started.elapsed();
    let expected = results(&undisturbed);
    assert!(expected.values().all(|bytes| !bytes.is_empty()), "a result is missing");

    for turn in 0..20 {
        let out = folder.path().join(format!("killed-{turn}"));
        let mut running = command(&county, &out).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
        let moment = whole.as_micros() as u64 * (dice(turn) % 1000) / 1000;
        std::thread::sleep(Duration::from_micros(moment));
        running.kill().expect("killed");
        running.wait().expect("gone");
        let ended = command(&county, &out).output().expect("the program starts");
        assert!(ended.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&ended.stderr));
        for (name, bytes) in results(&out) {
            assert!(bytes == expected[name], "{name} differs after a kill at {moment} µs of {} µs", whole.as_micros());
        }
        assert_eq!(unfinished_below(&home_of(&out).join("data")), Vec::<PathBuf>::new(), "killed at {moment} µs");
        std::fs::remove_dir_all(home_of(&out)).expect("removed");
        std::fs::remove_dir_all(&out).expect("removed");
    }
}

#[test]
fn a_file_that_can_not_be_read_stops_nothing_but_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = make(folder.path(), "0.02", "6");
    let county = folder.path().join("some");
    copy(&made.join("county/市场监督管理局"), &county.join("市场监督管理局"));
    std::fs::write(county.join("空.xlsx"), b"").expect("written");
    std::fs::write(county.join("图片.xls"), [0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0]).expect("written");
    let out = folder.path().join("out");
    let ended = command(&county, &out).output().expect("the program starts");
    assert_eq!(ended.status.code(), Some(1), "{}", String::from_utf8_lossy(&ended.stderr));
    let lines = std::fs::read_to_string(out.join("issues.jsonl")).expect("issues");
    let refused: Vec<Json> = lines
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).expect("json"))
        .filter(|report| ["空.xlsx", "图片.xls"].contains(&report["file"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(refused.len(), 2);
    for report in refused {
        assert_eq!(report["accepted"], false);
        let issue = &report["issues"][0];
        assert!(!issue["message"].as_str().unwrap_or_default().is_empty(), "{report}");
        assert!(!issue["mend"].as_str().unwrap_or_default().is_empty(), "{report}");
    }
}

#[test]
fn an_empty_folder_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let ended = command(folder.path(), &folder.path().join("out")).output().expect("the program starts");
    assert_eq!(ended.status.code(), Some(2));
    assert!(!ended.stderr.is_empty());
}

#[test]
fn a_folder_that_is_none_is_refused_in_the_readers_language_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    std::fs::write(folder.path().join("file"), "x").expect("a file");
    for name in ["none", "file"] {
        let ended = command(&folder.path().join(name), &out).output().expect("the program starts");
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(2), "{told}");
        assert!(told.contains("文件夹") && !told.contains("os error"), "{told}");
        assert!(!out.exists());
    }
}

#[test]
fn what_a_person_decides_is_followed_by_the_next_run_and_can_be_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = make(folder.path(), "0.02", "7");
    let county = folder.path().join("some");
    for office in ["人民法院", "税务局"] {
        copy(&made.join("county").join(office), &county.join(office));
    }
    let out = folder.path().join("out");
    let home = home_of(&out);
    let home = home.to_str().expect("a path");
    let queue_of = |words: &str| {
        let ended = command(&county, &out).output().expect("the program starts");
        assert!(
            ended.status.code().is_some_and(|code| code < 2),
            "{words}: {}",
            String::from_utf8_lossy(&ended.stderr)
        );
        let read = gongzhi().args(["read", "--json", "--rows"]).arg(out.join("identity.xlsx")).output();
        let read: Json = serde_json::from_slice(&read.expect("the program starts").stdout).expect("json");
        let sheet = read["sheets"][0].clone();
        let columns = sheet["columns"].as_array().expect("columns").clone();
        let place = move |name: &str| columns.iter().position(|column| column["name"] == name).expect("the column");
        let (code, subject) = (place("其代码"), place("识别键"));
        let rows = sheet["rows"].as_array().expect("rows").clone();
        let pair = |row: &Json| Some((row[subject].as_str()?.to_owned(), row[code].as_str()?.to_owned()));
        rows.iter().filter_map(pair).collect::<Vec<_>>()
    };
    let queue = queue_of("before");
    let (subject, code) = queue.first().expect("somebody to decide on").clone();
    let filled = folder.path().join("填好.csv");
    let fill = |word: &str| {
        std::fs::write(&filled, format!("其代码,同一主体？,识别键\n{code},{word},{subject}\n")).expect("written");
        let words = ["identity", "decide", "--as", "数据管理岗", "--home", home];
        gongzhi().args(words).arg(&filled).output().expect("the program starts")
    };
    let refused = fill("也许");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("也许"), "the sentence names what was written");
    assert_eq!(fill("是").status.code(), Some(0));
    assert!(!queue_of("decided").iter().any(|(other, _)| *other == subject), "what is decided is no longer asked");
    let identity = std::fs::read_to_string(out.join("identity.jsonl")).expect("links");
    assert!(identity.contains(&format!("\"uscc\":\"{code}\"")), "the link is there");
    let undo = ["identity", "undo", &subject, &code, "--as", "数据管理岗", "--home", home];
    assert!(gongzhi().args(undo).status().expect("the program starts").success());
    assert_eq!(queue_of("taken back"), queue, "as before the decision");
    assert!(!gongzhi().args(undo).status().expect("the program starts").success(), "nothing stands any more");
}

#[test]
fn a_folder_laid_out_by_month_gives_the_same_leads_as_one_laid_out_by_office() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = make(folder.path(), "0.02", "8");
    let offices = folder.path().join("offices");
    let months = folder.path().join("months");
    let mut files = Vec::new();
    for office in ["自然资源局", "税务局", "市场监督管理局", "人民法院"] {
        copy(&made.join("county").join(office), &offices.join(office));
        gather(&offices.join(office), office, &mut files);
    }
    for (path, name) in &files {
        // The same names in the same order, a folder of the month above all.
        let (office, rest) = name.split_once('/').expect("an office");
        let (month, file) = rest.split_once('/').unwrap_or(("年度", rest));
        let to = months.join(month).join(office).join(file);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("folders");
        std::fs::copy(path, to).expect("a copy");
    }
    let leads = |county: &Path, out: &str| {
        std::fs::copy(made.join("county/coverage.csv"), county.join("coverage.csv")).expect("a copy");
        let out = folder.path().join(out);
        let ended = command(county, &out).output().expect("the program starts");
        assert!(ended.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&ended.stderr));
        let text = std::fs::read_to_string(out.join("leads.jsonl")).expect("leads");
        let mut leads: Vec<String> = text
            .lines()
            .map(|line| {
                let lead: Json = serde_json::from_str(line).expect("json");
                ["model", "taxpayer", "period", "due_low", "due_high", "paid"]
                    .map(|key| lead[key].to_string())
                    .join(" ")
            })
            .collect();
        leads.sort();
        leads
    };
    let by_office = leads(&offices, "out-offices");
    assert!(!by_office.is_empty());
    assert_eq!(leads(&months, "out-months"), by_office);
}

fn gather(folder: &Path, prefix: &str, files: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() { gather(&entry.path(), &name, files) } else { files.push((entry.path(), name)) }
    }
}

#[test]
fn two_runs_on_one_home_do_not_get_in_each_others_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = make(folder.path(), "0.02", "9");
    let county = folder.path().join("some");
    copy(&made.join("county/税务局"), &county.join("税务局"));
    let out = folder.path().join("out");
    let mut first = command(&county, &out).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    while !home_of(&out).join("run.lock").exists() {
        assert!(first.try_wait().expect("it runs").is_none(), "the first run ended before the second began");
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = command(&county, &out).output().expect("the program starts");
    if first.try_wait().expect("it runs").is_none() {
        assert_eq!(second.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&second.stderr).contains("另一次运行"));
    }
    assert!(first.wait().expect("it ends").code().is_some_and(|code| code < 2));
}
