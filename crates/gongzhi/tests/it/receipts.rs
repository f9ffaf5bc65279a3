//! Receipts: signed when a file is taken in, and checked by its unit without the office, its home or its program's data.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::program::run_in;

const HEADER: &str = "补贴文件,企业名称,统一社会信用代码,项目名称,补贴金额,补贴类型,补贴下发时间";
const ROW: &str = "示文〔2024〕1号,演示有限公司,91652323MA7A000172,项目,1000,贷款贴息,2024-05-01";
const WORDS: [&str; 6] = ["--item", "fiscal_subsidy.payment", "--unit", "财政局", "--period", "2024"];

/// An office with a sheet, which is taken in with its receipt.
struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("财政局")).unwrap();
        fs::write(folder.path().join("财政局/补贴.csv"), format!("{HEADER}\n{ROW}\n")).unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes in with receipts to `out`; the report and the receipt's place.
    fn take(&self, file: &[&str], out: &str) -> (Json, Option<PathBuf>) {
        let words = ["intake", "--json", "--receipt", out];
        let words: Vec<&str> = words.into_iter().chain(file.iter().copied()).chain(WORDS).collect();
        let output = run_in(self.path(), &words);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let report: Json =
            serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
        let receipt = report["receipt"].as_str().map(|path| self.path().join(path));
        (report, receipt)
    }
}

/// A unit's own folder: the receipt, the file and the office's key, and no home.
fn unit_of(office: &Office, receipt: &Path) -> tempfile::TempDir {
    let unit = tempfile::tempdir().unwrap();
    for (from, to) in [
        (receipt, "回执.json"),
        (&office.path().join("财政局/补贴.csv"), "补贴.csv"),
        (&office.path().join(".gongzhi/receipt-key.pub"), "机关.pub"),
    ] {
        fs::copy(from, unit.path().join(to)).unwrap();
    }
    unit
}

/// Exit code, verdict and whether the signer is known.
fn verify(folder: &Path, words: &[&str]) -> (i32, String, bool) {
    let words: Vec<&str> = ["verify", "--json", "回执.json"].into_iter().chain(words.iter().copied()).collect();
    let output = run_in(folder, &words);
    let json: Json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    assert_eq!(json["receipt"].is_object(), matches!(json["verdict"].as_str(), Some("valid" | "file_differs")));
    let verdict = json["verdict"].as_str().unwrap_or_default().to_owned();
    (output.status.code().unwrap(), verdict, json["signer_known"] == true)
}

#[test]
fn a_unit_checks_its_receipt_with_nothing_but_the_file_and_the_offices_key() {
    let office = Office::new();
    let (_, receipt) = office.take(&["财政局/补贴.csv"], "回执");
    let unit = unit_of(&office, &receipt.unwrap());
    let folder = unit.path();
    let valid = "valid".to_owned();
    assert_eq!(verify(folder, &["补贴.csv", "--key", "机关.pub"]), (0, valid.clone(), true));
    assert_eq!(verify(folder, &["补贴.csv"]), (0, valid, false));
    let signed: Json = serde_json::from_slice(&fs::read(folder.join("回执.json")).unwrap()).unwrap();
    let said = &signed["receipt"];
    let [unit_key, set] = [&said["unit"]["key"], &said["sets"][0]];
    assert_eq!((unit_key, &said["file"]["name"]), (&"finance".into(), &"补贴.csv".into()), "{said}");
    assert_eq!(
        (&set["item"]["key"], &set["period"], &set["rows"]),
        (&"fiscal_subsidy".into(), &"2024".into(), &1.into())
    );
    assert_eq!((&set["effect"]["new"], &set["effect"]["ended"]), (&1.into(), &0.into()));
    assert!(set["main"].as_str().is_some_and(|digest| digest.starts_with("sm3:")), "{set}");
    // A key, a signature, a file that is another, and what is no receipt or no key.
    let other = Office::new();
    other.take(&["财政局/补贴.csv"], "回执");
    fs::copy(other.path().join(".gongzhi/receipt-key.pub"), folder.join("别家.pub")).unwrap();
    fs::copy(office.path().join(".gongzhi/keys/signing.sm2"), folder.join("私钥")).unwrap();
    fs::write(folder.join("改过.csv"), format!("{HEADER}\n{}\n", ROW.replace("1000", "1001"))).unwrap();
    assert_eq!(verify(folder, &["改过.csv", "--key", "机关.pub"]), (1, "file_differs".to_owned(), true));
    assert_eq!(verify(folder, &["补贴.csv", "--key", "别家.pub"]), (1, "other_key".to_owned(), true));
    for words in [&["补贴.csv", "--key", "私钥"][..], &["没有.csv"], &[]] {
        assert_eq!(verify(folder, words), (2, String::new(), false), "{words:?}");
    }
    // One sign of what it says, or another key put into it and its own name left.
    let text = fs::read_to_string(folder.join("回执.json")).unwrap();
    let theirs = fs::read_to_string(folder.join("别家.pub")).unwrap();
    let own = signed["public_key"].as_str().unwrap();
    for spoilt in [text.replace("\"rows\": 1", "\"rows\": 2"), text.replace(own, theirs.trim())] {
        assert_ne!(spoilt, text);
        fs::write(folder.join("回执.json"), spoilt).unwrap();
        for words in [&["补贴.csv"][..], &["补贴.csv", "--key", "机关.pub"]] {
            assert_eq!(verify(folder, words).1, "signature_wrong", "{words:?}");
        }
    }
    fs::write(folder.join("回执.json"), "{}").unwrap();
    assert_eq!(verify(folder, &["补贴.csv"]), (2, String::new(), false));
}

#[test]
fn what_is_told_to_people_says_what_a_receipt_without_a_known_key_does_not_prove() {
    let office = Office::new();
    let (_, receipt) = office.take(&["财政局/补贴.csv"], "回执");
    let unit = unit_of(&office, &receipt.unwrap());
    let run = |words: &[&str]| {
        let output = run_in(unit.path(), &[&["verify", "回执.json", "补贴.csv"], words].concat());
        (String::from_utf8(output.stdout).unwrap(), output.status.code())
    };
    let (known, code) = run(&["--key", "机关.pub"]);
    assert!(code == Some(0) && known.contains("回执有效") && known.contains("与给出的公钥相符"), "{known}");
    assert!(known.contains("财政局") && known.contains("1 行，新增 1"), "{known}");
    let (unknown, code) = run(&[]);
    assert!(code == Some(0) && unknown.contains("不说明是谁签的"), "{unknown}");
}

#[test]
fn the_same_file_sent_again_has_the_same_receipt_and_what_is_not_taken_in_has_none() {
    let office = Office::new();
    let (first, receipt) = office.take(&["财政局/补贴.csv"], "一");
    assert_eq!(first["received_before"], Json::Null);
    let (again, same) = office.take(&["财政局/补贴.csv"], "二");
    assert!(again["received_before"].is_string(), "{again}");
    let [receipt, same] = [receipt, same].map(Option::unwrap);
    assert_eq!(receipt.file_name(), same.file_name());
    assert_eq!(fs::read(receipt).unwrap(), fs::read(same).unwrap());
    let (nil, of_nil) = office.take(&["--mode", "nil"], "三");
    assert_eq!(nil["accepted"], true, "{nil}");
    let (_, nil_again) = office.take(&["--mode", "nil"], "三");
    assert!(of_nil.is_some() && of_nil == nil_again);
    let unit = unit_of(&office, &of_nil.unwrap());
    assert_eq!(verify(unit.path(), &["--key", "机关.pub"]), (0, "valid".to_owned(), true));
    assert_eq!(verify(unit.path(), &["补贴.csv"]).1, "file_differs");
    fs::write(office.path().join("财政局/错.csv"), format!("{HEADER}\n{}\n", ROW.replace("1000", "很多"))).unwrap();
    let (blocked, none) = office.take(&["财政局/错.csv"], "四");
    assert_eq!((&blocked["accepted"], none), (&false.into(), None));
    let (dry, none) = office.take(&["财政局/补贴.csv", "--dry-run"], "五");
    assert_eq!((&dry["accepted"], none), (&true.into(), None));
    assert!(!office.path().join("四").exists() && !office.path().join("五").exists());
}

#[test]
fn a_part_of_a_batch_that_was_changed_on_the_disk_is_named_and_not_read() {
    let office = Office::new();
    let (report, _) = office.take(&["财政局/补贴.csv"], "回执");
    assert_eq!(report["accepted"], true, "{report}");
    let state = || {
        let output = run_in(office.path(), &["state", "fiscal_subsidy.payment", "--json"]);
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    assert_eq!(state().0, Some(0));
    let mut found = Vec::new();
    gather(&office.path().join(".gongzhi/data"), &mut found);
    let part = found.iter().find(|path| path.extension().is_some_and(|end| end == "parquet")).unwrap();
    assert!(!part.to_string_lossy().contains("personal"));
    let whole = fs::read(part).unwrap();
    let mut changed = whole.clone();
    // A sign of the program's name in the file's end: Parquet reads it as before.
    let at = whole.windows(7).rposition(|window| window == b"gongzhi").unwrap();
    changed[at] = b'G';
    fs::write(part, &changed).unwrap();
    let (code, text) = state();
    let batch = part.file_stem().unwrap().to_string_lossy().into_owned();
    assert!(code == Some(2) && text.contains(&batch) && text.contains("主体部分"), "{text}");
    assert!(text.contains("备份") && !text.contains("演示有限公司"), "{text}");
    fs::write(part, whole).unwrap();
    assert_eq!(state().0, Some(0));
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { gather(&entry.path(), found) } else { found.push(entry.path()) }
    }
}
