use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::*;
use crate::intake::{open_upload, pack_upload};
use crate::keys::{Dice, KeyFiles, Keys};

const MOST: u64 = 1 << 30;

/// A stream that breaks off once its bytes are read.
struct Broken<'a>(&'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() { Err(io::ErrorKind::ConnectionReset.into()) } else { self.0.read(into) }
    }
}

fn text() -> Vec<u8> {
    "名称,代码\n甲公司,91652323MA7A000172\n".repeat(10_000).into_bytes()
}

fn content(file: &OpenFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.reader().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn names(data: &Path) -> Vec<String> {
    let entries = fs::read_dir(data.join(SPOOLS)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn an_upload_that_broke_off_goes_on_after_a_restart_and_is_the_same_as_one_in_one_piece() {
    let home = tempfile::tempdir().unwrap();
    let keys = Keys::make(home.path(), &KeyFiles::of_home(home.path()), Dice::system()).unwrap();
    let (data, text) = (home.path().join("data"), text());
    let mut whole = Spool::begin(&data, "whole", MOST).unwrap();
    assert_eq!(whole.receive(0, text.as_slice()).unwrap(), text.len() as u64);
    let mut parts = Spool::begin(&data, "parts", MOST).unwrap();
    let mut there = 0;
    for cut in [100_001, 100_001, 300_000] {
        let sent = Broken(&text[usize::try_from(there).unwrap()..cut]);
        assert!(matches!(parts.receive(there, sent), Err(SpoolError::BrokenOff(_))));
        drop(parts);
        parts = Spool::resume(&data, "parts", MOST).unwrap().unwrap();
        there = parts.acknowledged();
        assert_eq!(there, cut as u64);
    }
    parts.receive(there, &text[300_000..]).unwrap();
    let digests = [(whole, "whole"), (parts, "parts")].map(|(spool, attempt)| {
        let spooled = spool.finish(Some(text.len() as u64), "三月.csv").unwrap();
        let packed =
            pack_upload(spooled.file(), attempt, (data.as_path(), &keys), &AtomicBool::new(false)).unwrap().unwrap();
        let digest = packed.digest().to_owned();
        packed.keep().unwrap();
        spooled.remove().unwrap();
        let mut original = Vec::new();
        open_upload(attempt, &data, &keys).unwrap().read_to_end(&mut original).unwrap();
        assert!(original == text, "{attempt}: the original is other bytes");
        digest
    });
    assert_eq!(digests, [crate::keys::digest(&text), crate::keys::digest(&text)]);
    assert!(names(&data).is_empty(), "nothing is left in the clear");
}

#[test]
fn what_was_written_and_not_acknowledged_is_acknowledged_when_it_is_there_after_all() {
    let data = tempfile::tempdir().unwrap();
    let mut spool = Spool::begin(data.path(), "a", MOST).unwrap();
    spool.append(0, b"one").unwrap();
    assert_eq!((spool.acknowledged(), spool.acknowledge().unwrap()), (0, 3));
    assert_eq!((spool.append(3, b" two").unwrap(), spool.acknowledged()), (7, 3));
    drop(spool);
    let spool = Spool::resume(data.path(), "a", MOST).unwrap().unwrap();
    assert_eq!(spool.acknowledged(), 7);
    assert_eq!(content(spool.finish(None, "a.csv").unwrap().file()), b"one two");
}

#[test]
fn while_one_is_at_a_spool_a_second_is_told() {
    let data = tempfile::tempdir().unwrap();
    assert!(Spool::resume(data.path(), "a", MOST).unwrap().is_none(), "there is none yet");
    let first = Spool::begin(data.path(), "a", MOST).unwrap();
    assert!(matches!(Spool::resume(data.path(), "a", MOST), Err(SpoolError::Busy { .. })));
    assert!(matches!(Spool::begin(data.path(), "a", MOST), Err(SpoolError::Begun { .. })));
    let first = first.finish(Some(0), "a.csv").unwrap();
    assert!(matches!(Spool::resume(data.path(), "a", MOST), Err(SpoolError::Busy { .. })), "while it is checked");
    drop(first);
    let second = Spool::resume(data.path(), "a", MOST).unwrap().unwrap();
    second.remove().unwrap();
    assert!(Spool::resume(data.path(), "a", MOST).unwrap().is_none());
}

#[test]
fn nothing_but_an_id_becomes_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let (data, long) = (folder.path().join("home/data"), "a".repeat(65));
    for name in ["../../x", "..", ".", "", "a/b", "/x", "a\0", "三月", "a.part", long.as_str()] {
        assert!(matches!(Spool::begin(&data, name, MOST), Err(SpoolError::NoId)), "{name}");
        assert!(matches!(Spool::begin_nameless(&data, name, MOST), Err(SpoolError::NoId)), "{name}");
        assert!(matches!(Spool::resume(&data, name, MOST), Err(SpoolError::NoId)), "{name}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let mut spool = Spool::begin(&data, "0190f3a2-7b1c-7def-8123-456789abcdef", MOST).unwrap();
    spool.append(0, b"x").unwrap();
    let spooled = spool.finish(None, "../../x").unwrap();
    assert_eq!((content(spooled.file()), spooled.file().name()), (b"x".to_vec(), "../../x"));
    assert_eq!(names(&data).len(), 1);
}

#[test]
fn bytes_follow_those_that_are_there_and_none_is_missing_at_the_end() {
    let data = tempfile::tempdir().unwrap();
    let mut spool = Spool::begin(data.path(), "a", MOST).unwrap();
    spool.append(0, b"one").unwrap();
    for offset in [0, 2, 4] {
        assert!(matches!(spool.append(offset, b"x"), Err(SpoolError::Misplaced { next: 3 })), "{offset}");
    }
    assert!(matches!(spool.finish(Some(7), "a.csv"), Err(SpoolError::Incomplete { expected: 7, there: 3 })));
    let mut spool = Spool::resume(data.path(), "a", MOST).unwrap().unwrap();
    spool.append(3, b" two").unwrap();
    assert_eq!(content(spool.finish(Some(7), "a.csv").unwrap().file()), b"one two");
}

#[test]
fn what_is_too_large_is_told_and_an_empty_file_is_no_fault_of_the_spool() {
    let data = tempfile::tempdir().unwrap();
    let mut spool = Spool::begin(data.path(), "a", 4).unwrap();
    assert_eq!(spool.append(0, b"four").unwrap(), 4);
    let refused = spool.append(4, b"s").unwrap_err();
    assert!(matches!(refused, SpoolError::TooLarge { most_bytes: 4 }));
    assert!(matches!(spool.receive(4, b"s".as_slice()), Err(SpoolError::TooLarge { .. })));
    assert_eq!(content(spool.finish(Some(4), "a.csv").unwrap().file()), b"four");
    let path = data.path().join("five.csv");
    fs::write(&path, b"fives").unwrap();
    let mut spool = Spool::begin_nameless(data.path(), "b", 4).unwrap();
    assert!(matches!(spool.receive_file(&OpenFile::open(&path).unwrap()), Err(SpoolError::TooLarge { .. })));
    let spooled = spool.finish(Some(0), "five.csv").unwrap();
    assert_eq!(spooled.file().facts().unwrap().len(), 0);
}

#[test]
fn a_nameless_spool_leaves_nothing_and_what_is_copied_into_it_no_longer_changes() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("三月.csv");
    fs::write(&path, text()).unwrap();
    let source = OpenFile::open(&path).unwrap();
    let mut spool = Spool::begin_nameless(data.path(), "a", MOST).unwrap();
    assert_eq!(spool.receive_file(&source).unwrap(), text().len() as u64);
    assert!(names(data.path()).is_empty());
    fs::write(&path, "other").unwrap();
    let file = spool.finish(None, source.name()).unwrap().into_file();
    assert!(content(&file) == text(), "what was copied stands");
    assert_eq!((content(&source), file.stem().as_str()), (b"other".to_vec(), "三月"));
}

#[test]
fn nobody_else_may_read_a_spool() {
    let data = tempfile::tempdir().unwrap();
    let _spool = Spool::begin(data.path(), "a", MOST).unwrap();
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(data.path().join("spool/a")), mode(data.path().join("spool"))), (0o600, 0o700));
}

#[test]
fn what_was_left_is_cleared_once_it_had_no_byte_for_so_long_and_not_before() {
    let data = tempfile::tempdir().unwrap();
    assert!(clear_spools(data.path(), SystemTime::UNIX_EPOCH).unwrap().is_empty(), "there is no folder yet");
    for attempt in ["left", "held"] {
        Spool::begin(data.path(), attempt, MOST).unwrap().receive(0, b"half".as_slice()).unwrap();
    }
    let held = Spool::resume(data.path(), "held", MOST).unwrap().unwrap();
    let last = fs::metadata(data.path().join("spool/left")).unwrap().modified().unwrap();
    assert!(clear_spools(data.path(), last).unwrap().is_empty());
    assert!(Spool::resume(data.path(), "left", MOST).unwrap().is_some());
    let later = last + Duration::from_secs(24 * 60 * 60);
    assert_eq!(clear_spools(data.path(), later).unwrap(), ["left"]);
    assert!(Spool::resume(data.path(), "left", MOST).unwrap().is_none());
    drop(held);
    assert_eq!(clear_spools(data.path(), later).unwrap(), ["held"]);
}

#[test]
fn every_reason_is_said_in_both_languages() {
    use gongzhi_core::messages::{Language, Translator};
    let attempt = "a".to_owned();
    let all = [
        SpoolError::file(Path::new("/x"), io::ErrorKind::StorageFull.into()),
        SpoolError::NoId,
        SpoolError::Begun { attempt: attempt.clone() },
        SpoolError::Busy { attempt },
        SpoolError::Misplaced { next: 3 },
        SpoolError::TooLarge { most_bytes: MOST },
        SpoolError::Incomplete { expected: 7, there: 3 },
        SpoolError::BrokenOff(io::ErrorKind::ConnectionReset.into()),
    ];
    for translator in [Language::Chinese, Language::English].map(Translator::new) {
        for error in &all {
            let said = translator.say(&error.message());
            assert!(!said.contains("spool-") && !said.contains('{'), "{said}");
        }
    }
}
