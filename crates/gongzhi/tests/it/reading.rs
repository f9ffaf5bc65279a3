//! Commands that only read leave a home as it is: they make nothing in it, bring nothing forward and say what they lack.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::program::run_in;

const DEALS: &str = "房产证号,出售转让方名称,受让方名称,受让方身份证号,房产坐落,建筑面积（平方米）,成交价格（元）,成交日期\n\
    新（2025）演示县不动产权第0000001号,某某丙,某某甲,110105491231002,演示路1号,90,300000,2025-03-10\n";
/// A home made by the program before homes knew their keys.
const EARLIER_HOME: &[u8] = include_bytes!("../homes/0001.zip");

/// Every command that looks into a home and changes nothing.
const READING: [&str; 9] = [
    "state property_registration.transfer",
    "state property_registration.transfer --json --sets",
    "export property_registration --out exported",
    "export property_registration --out exported --format xlsx",
    "export property_registration --out exported --format parquet",
    "models run --as-of 2026-03-31 --coverage coverage.csv",
    "identity list",
    "profile list",
    "intake --dry-run county/不动产登记中心/2025年03月/房屋交易.csv",
];
/// Commands that read, and know nothing of a home.
const WITHOUT_HOME: [&str; 3] =
    ["read county/不动产登记中心/2025年03月/房屋交易.csv", "coverage county", "template 15 --out templates"];

fn said(folder: &Path, words: &str) -> (i32, String) {
    let output = run_in(folder, &words.split(' ').collect::<Vec<_>>());
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), text)
}

fn office() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        fs::write(folder.path().join(name), text).unwrap();
    };
    write("county/不动产登记中心/2025年03月/房屋交易.csv", DEALS);
    write("coverage.csv", "表,税种,机关,起,止,截至\n入库,契税,652323,2025-01-01,2025-12-31,2026-03-31\n");
    folder
}

/// Every file and folder below one: name, time of its last change, bytes.
fn listing(folder: &Path) -> Vec<(PathBuf, SystemTime, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, facts) = (entry.path(), entry.metadata().unwrap());
        if facts.is_dir() {
            found.extend(listing(&path));
            found.push((path, facts.modified().unwrap(), Vec::new()));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.push((path, facts.modified().unwrap(), bytes));
        }
    }
    found.sort();
    found
}

/// The first difference of two listings, in words short enough to read.
fn difference(before: &[(PathBuf, SystemTime, Vec<u8>)], after: &[(PathBuf, SystemTime, Vec<u8>)]) -> Option<String> {
    let of = |here: &[(PathBuf, SystemTime, Vec<u8>)], there: &[(PathBuf, SystemTime, Vec<u8>)]| {
        here.iter()
            .find(|one| !there.contains(one))
            .map(|(path, time, bytes)| format!("{path:?} {time:?} {}", bytes.len()))
    };
    of(after, before).or_else(|| of(before, after))
}

#[test]
fn a_command_that_reads_leaves_a_home_as_it_is() {
    let office = office();
    let (code, text) = said(office.path(), "intake county/不动产登记中心/2025年03月/房屋交易.csv");
    assert_eq!(code, 0, "{text}");
    let home = office.path().join(".gongzhi");
    let names: Vec<PathBuf> = listing(&home).into_iter().map(|(path, _, _)| path).collect();
    assert!(!names.iter().any(|path| path.to_string_lossy().ends_with("-wal")), "the home is closed: {names:?}");
    // What a killed program left half written is for the next that writes to clear.
    fs::write(home.join("data/half.part"), "half").unwrap();
    let before = listing(&home);
    for command in READING.iter().chain(&WITHOUT_HOME) {
        let (code, text) = said(office.path(), command);
        assert!(code < 2 || command.starts_with("coverage"), "{command}: {text}");
        assert_eq!(difference(&before, &listing(&home)), None, "{command}: {text}");
    }
}

#[test]
fn a_command_that_reads_makes_no_home() {
    let office = office();
    for command in READING.iter().chain(&WITHOUT_HOME) {
        said(office.path(), command);
        assert!(!office.path().join(".gongzhi").exists(), "{command}");
    }
}

#[test]
fn a_home_of_an_earlier_program_is_brought_forward_by_who_writes_and_never_by_the_way() {
    let office = office();
    zip::ZipArchive::new(Cursor::new(EARLIER_HOME)).unwrap().extract(office.path()).unwrap();
    let home = office.path().join(".gongzhi");
    let before = listing(&home);
    for command in READING {
        let (code, text) = said(office.path(), command);
        assert_eq!(code, 2, "{command}: {text}");
        assert!(text.contains("gongzhi init --home .gongzhi"), "{command}: {text}");
        assert_eq!(difference(&before, &listing(&home)), None, "{command}: {text}");
    }
    assert_eq!(said(office.path(), "init").0, 0);
    for command in READING {
        let (code, text) = said(office.path(), command);
        assert!(code < 2, "{command}: {text}");
    }
}

#[test]
fn a_layout_profile_that_can_not_be_read_is_named_with_why_and_the_sheet_goes_on() {
    let office = office();
    let profiles = office.path().join(".gongzhi/profiles");
    fs::create_dir_all(profiles.join("any")).unwrap();
    let later = r#"{"unit":"","kind":"property_registration.transfer","status":"confirmed","headers":[],"layers":2}"#;
    let broken = [("any/a.json", "{\"unit\": "), ("any/b.json", later), ("c.json", "\u{0}")];
    for (name, text) in broken {
        fs::write(profiles.join(name), text).unwrap();
    }
    fs::write(profiles.join("d.json"), [0xFF, 0xFE]).unwrap();
    for command in [
        "intake --dry-run county/不动产登记中心/2025年03月/房屋交易.csv",
        "intake county/不动产登记中心/2025年03月/房屋交易.csv",
        "run county --as-of 2026-03-31 --out out",
    ] {
        let (code, text) = said(office.path(), command);
        assert_eq!(code, 0, "{command}: {text}");
        for name in ["a.json", "b.json", "c.json", "d.json"] {
            let line = text.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{command}: {text}"));
            assert!(line.contains("没有用它") && line.contains("gongzhi profile list"), "{line}");
        }
        assert!(text.contains("layers"), "why: {text}");
    }
    let (code, text) = said(office.path(), "state property_registration.transfer --json");
    assert!(code == 0 && text.contains("演示路1号"), "{text}");
}
