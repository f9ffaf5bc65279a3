//! A home and its keys belong to each other: made once, together, and never anew.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::program::run_in;

/// A deal between persons, their numbers kept as digests.
const DEALS: &str = "房产证号,出售转让方名称,受让方名称,受让方身份证号,房产坐落,建筑面积（平方米）,成交价格（元）,成交日期\n\
    新（2025）演示县不动产权第0000001号,某某丙,某某甲,110105491231002,演示路1号,90,300000,2025-03-10\n";
/// A home made by the program before homes knew their keys, with those deals of March 2025.
const EARLIER_HOME: &[u8] = include_bytes!("../homes/0001.zip");
/// The files of the keys.
const KEYS: [&str; 4] = ["signing.sm2", "wrapping.sm4", "digest.hmac-sm3", "rows.hmac-sm3"];

/// Exit code and all that was said.
fn said(folder: &Path, words: &[&str]) -> (i32, String) {
    let output = run_in(folder, words);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), text)
}

/// A folder with sheets, a coverage file and, when it was taken in, a home.
fn office() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        fs::write(folder.path().join(name), text).unwrap();
    };
    write("county/不动产登记中心/2025年03月/房屋交易.csv", DEALS);
    write("coverage.csv", "表,税种,机关,起,止,截至\n入库,契税,652323,2025-01-01,2025-12-31,2026-03-31\n");
    write("queue.csv", "其代码,同一主体？,识别键\n91652323MA7A000172,是,某某甲\n");
    write(".gongzhi/profiles/a/b.json", "{}");
    folder
}

const INTAKE: [&str; 2] = ["intake", "county/不动产登记中心/2025年03月/房屋交易.csv"];

/// Every command that opens a home, the makers of one first.
fn commands() -> Vec<Vec<&'static str>> {
    let words = [
        "intake county/不动产登记中心/2025年03月/房屋交易.csv",
        "run county --as-of 2026-03-31 --out out",
        "init",
        "state property_registration.transfer",
        "export property_registration --out exported",
        "models run --as-of 2026-03-31 --coverage coverage.csv",
        "identity list",
        "identity decide queue.csv --as 岗",
        "identity undo 某某甲 91652323MA7A000172 --as 岗",
        "profile list",
        "profile show .gongzhi/profiles/a/b.json",
        "profile set .gongzhi/profiles/a/b.json x=y",
        "profile confirm .gongzhi/profiles/a/b.json --as 岗",
    ];
    words.map(|words| words.split(' ').collect()).to_vec()
}

/// Every file below a folder with its bytes, but for locks and what SQLite keeps beside its file.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path));
        } else if !name.ends_with(".lock") && !name.contains("-wal") && !name.contains("-shm") {
            found.insert(path.clone(), fs::read(path).unwrap());
        }
    }
    found
}

#[test]
fn no_command_opens_a_home_whose_keys_are_gone_and_none_makes_them_anew() {
    let office = office();
    let home = office.path().join(".gongzhi");
    assert_eq!(said(office.path(), &INTAKE).0, 0);
    let whole = fs::read_dir(home.join("keys")).unwrap().count();
    assert_eq!(whole, KEYS.len() + 1, "the four and the folder of data keys");
    let kept = office.path().join("kept");
    for gone in KEYS.into_iter().map(Some).chain([None]) {
        let lost = gone.map_or(home.join("keys"), |key| home.join("keys").join(key));
        fs::rename(&lost, &kept).unwrap();
        let before = files(&home);
        // Each key by the first commands, the whole folder by all.
        for command in commands().iter().take(if gone.is_some() { 4 } else { usize::MAX }) {
            let (code, text) = said(office.path(), command);
            assert_eq!(code, 2, "{command:?} without {gone:?}: {text}");
            assert!(text.contains("密钥丢失") && text.contains(gone.unwrap_or("wrapping.sm4")), "{command:?}: {text}");
        }
        assert_eq!(files(&home).keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "without {gone:?}");
        fs::rename(&kept, &lost).unwrap();
    }
    let (code, text) = said(office.path(), &["state", "property_registration.transfer"]);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn no_command_opens_a_home_with_the_keys_of_another() {
    let (office, other) = (office(), office());
    for folder in [&office, &other] {
        assert_eq!(said(folder.path(), &INTAKE).0, 0);
    }
    let [home, elsewhere] = [&office, &other].map(|folder| folder.path().join(".gongzhi/keys"));
    for key in KEYS {
        let own = fs::read(home.join(key)).unwrap();
        fs::copy(elsewhere.join(key), home.join(key)).unwrap();
        let (code, text) = said(office.path(), &["state", "property_registration.transfer"]);
        assert!(code == 2 && text.contains("不是建立本数据文件夹时的密钥"), "{key}: {text}");
        fs::write(home.join(key), own).unwrap();
    }
    for key in KEYS {
        fs::copy(elsewhere.join(key), home.join(key)).unwrap();
    }
    for command in commands() {
        let (code, text) = said(office.path(), &command);
        assert!(code == 2 && text.contains("不是建立本数据文件夹时的密钥"), "{command:?}: {text}");
    }
}

#[test]
fn a_command_that_makes_no_home_leaves_a_folder_without_one_as_it_is() {
    let office = office();
    fs::remove_dir_all(office.path().join(".gongzhi")).unwrap();
    let makers = ["intake", "run", "init", "profile"];
    for is_there in [false, true] {
        if is_there {
            fs::create_dir(office.path().join(".gongzhi")).unwrap();
        }
        let before = files(office.path());
        for command in commands().iter().filter(|command| !makers.contains(&command[0])) {
            let (code, text) = said(office.path(), command);
            assert_eq!(code, 2, "{command:?}: {text}");
            assert!(text.contains("还不是数据文件夹"), "{command:?}: {text}");
        }
        assert_eq!(files(office.path()), before);
        assert_eq!(office.path().join(".gongzhi").exists(), is_there);
    }
}

#[test]
fn a_home_is_made_empty_once_and_then_used() {
    let office = office();
    fs::remove_dir_all(office.path().join(".gongzhi")).unwrap();
    let (code, text) = said(office.path(), &["init", "--home", "家"]);
    assert!(code == 0 && text.contains("已建立") && text.contains("keys"), "{text}");
    let home = office.path().join("家");
    let keys = files(&home.join("keys"));
    assert_eq!(keys.len(), KEYS.len());
    assert!(home.join("receipt-key.pub").is_file(), "beside the keys, to be handed out");
    assert!(home.join("control.sqlite").is_file());
    let (code, text) = said(office.path(), &["init", "--home", "家"]);
    assert!(code == 0 && text.contains("已经存在"), "{text}");
    let (code, text) = said(office.path(), &["state", "property_registration.transfer", "--home", "家"]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(said(office.path(), &[INTAKE[0], INTAKE[1], "--home", "家"]).0, 0);
    assert_eq!(files(&home.join("keys")).iter().filter(|file| keys.get(file.0) == Some(file.1)).count(), keys.len());
}

#[test]
fn a_run_keeps_its_home_apart_from_its_results_and_reads_neither() {
    let office = office();
    fs::remove_dir_all(office.path().join(".gongzhi")).unwrap();
    let (code, text) = said(office.path(), &["run", "county", "--as-of", "2026-03-31", "--out", "out"]);
    assert!(code < 2, "{text}");
    assert!(office.path().join(".gongzhi/control.sqlite").is_file(), "where every command looks");
    assert!(!files(&office.path().join("out")).keys().any(|path| path.to_string_lossy().contains(".gongzhi")));
    let (_, text) = said(office.path(), &["state", "property_registration.transfer", "--json"]);
    assert!(text.contains("演示路1号"), "{text}");
    // A home and results within the folder that is run are no sheets of it.
    for _ in 0..2 {
        let words = ["run", "county", "--as-of", "2026-03-31", "--out", "county/out", "--home", "county/home"];
        let (code, text) = said(office.path(), &words);
        assert!(code < 2, "{text}");
        let reports = fs::read_to_string(office.path().join("county/out/issues.jsonl")).unwrap();
        assert_eq!(reports.lines().count(), 1, "{reports}");
    }
}

#[test]
fn a_home_of_an_earlier_program_is_opened_with_its_keys_and_knows_them_from_then_on() {
    let office = office();
    fs::remove_dir_all(office.path().join(".gongzhi")).unwrap();
    zip::ZipArchive::new(Cursor::new(EARLIER_HOME)).unwrap().extract(office.path()).unwrap();
    let home = office.path().join(".gongzhi");
    let keys = files(&home.join("keys"));
    // Whoever only reads brings nothing forward; a command that writes does.
    let (code, text) = said(office.path(), &["init"]);
    assert!(code == 0 && text.contains("已经存在"), "{text}");
    let state = || -> Vec<Json> {
        let (code, text) = said(office.path(), &["state", "property_registration.transfer", "--json"]);
        assert_eq!(code, 0, "{text}");
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let rows = state();
    assert_eq!((rows.len(), &rows[0]["house_place"]), (1, &Json::from("演示路1号")));
    // What comes later is digested as what is there: the row is the same row, its person the same person.
    let april = office.path().join("county/不动产登记中心/2025年04月");
    fs::create_dir_all(&april).unwrap();
    fs::write(april.join("房屋交易.csv"), DEALS).unwrap();
    let output = run_in(office.path(), &["intake", "--json", "county/不动产登记中心/2025年04月/房屋交易.csv"]);
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    let effect = &report["batches"][0]["effect"];
    assert_eq!((&effect["new"], &effect["unchanged"]), (&0.into(), &1.into()), "{report}");
    let later = state();
    assert_eq!(later.len(), 1);
    assert_eq!(later[0]["buyer_citizen_id_digest"], rows[0]["buyer_citizen_id_digest"]);
    let now = files(&home.join("keys"));
    assert!(keys.iter().all(|(path, bytes)| now.get(path) == Some(bytes)), "its keys are as they were");
    assert!(!home.join("keys/rows.hmac-sm3").exists(), "it goes on with the keys it has");
    assert!(home.join("receipt-key.pub").is_file(), "its receipts are signed by the key it has");
    // From then on it knows them.
    fs::write(home.join("keys/digest.hmac-sm3"), "0".repeat(64)).unwrap();
    let (code, text) = said(office.path(), &["state", "property_registration.transfer"]);
    assert!(code == 2 && text.contains("不是建立本数据文件夹时的密钥"), "{text}");
}
