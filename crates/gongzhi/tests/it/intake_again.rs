//! Files that come again, or while others come.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use crate::intake::{HEADER, Office, ROW, gather, rules};
use crate::program::run_in;

#[test]
fn a_file_sent_again_after_another_took_its_place_is_a_new_one_and_brings_it_back() {
    let office = Office::new();
    // Only a list that says it is full takes the place of another: one that says nothing adds to it.
    let words = ["--item", "15.grant", "--unit", "自然资源局", "--period", "2025-03", "--mode", "full"];
    let second = ROW.replace("示例合同1", "示例合同2");
    office.write("a.csv", &format!("{HEADER}\n{ROW}\n"));
    office.write("c.csv", &format!("{HEADER}\n{second}\n"));
    let state = || {
        let output = run_in(office.path(), &["state", "land_expropriation_grant.grant", "--json"]);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        (text.contains("示例合同1"), text.contains("示例合同2"))
    };
    for (file, expected) in [("a.csv", (true, false)), ("c.csv", (false, true)), ("a.csv", (true, false))] {
        let (code, _) = office.intake(&[&[file], words.as_slice()].concat());
        assert_eq!((code, state()), (0, expected), "{file}");
    }
    let batches = office.batches().len();
    let (code, _) = office.intake(&[&["a.csv"], words.as_slice()].concat());
    assert_eq!((code, office.batches().len()), (0, batches), "what is in force is not taken in twice");
}

#[test]
fn differences_of_a_period_already_reported_are_its_supplement_and_count_there() {
    let office = Office::new();
    let file = |name: &str, contract: &str, action: &str, month: &str| {
        let row = ROW.replace("示例合同1", contract).replace("3月5日", &format!("{month}月5日"));
        office.write(name, &format!("操作,{HEADER}\n{action},{}\n", row.replace("2025-03", &format!("2025-0{month}"))));
    };
    file("三月.csv", "示例合同1", "新增", "3");
    file("四月.csv", "示例合同2", "新增", "4");
    file("三月补.csv", "示例合同3", "新增", "3");
    let take = |name: &str, period: &str, mode: &str| {
        let (code, reports) = office.intake(&[name, "--unit", "自然资源局", "--period", period, "--mode", mode]);
        assert_eq!(code, 0, "{}", reports[0]);
        reports[0]["batches"][0]["supplement"].as_bool()
    };
    assert_eq!(take("三月.csv", "2025-03", "full"), Some(false));
    assert_eq!(take("四月.csv", "2025-04", "differential"), Some(false));
    assert_eq!(take("三月补.csv", "2025-03", "differential"), Some(true));
    let state = |words: &[&str]| {
        let words = [&["state", "land_expropriation_grant.grant", "--json"], words].concat();
        let text = String::from_utf8(run_in(office.path(), &words).stdout).expect("UTF-8");
        ["示例合同1", "示例合同2", "示例合同3"].map(|contract| text.contains(contract))
    };
    assert_eq!(state(&[]), [true, true, true], "it takes nothing away");
    assert_eq!(state(&["--period", "2025-03"]), [true, false, true], "it belongs to March");
}

#[test]
fn six_programs_may_open_a_new_home_at_one_moment() {
    let office = Office::new();
    let words = ["intake", "--item", "15.grant", "--unit", "自然资源局", "--period", "2025-03"];
    let running: Vec<_> = (0..6)
        .map(|at| {
            let name = format!("{at}.csv");
            office.write(&name, &format!("{HEADER}\n{}\n", ROW.replace("示例合同1", &format!("示例合同{at}"))));
            crate::program::gongzhi().current_dir(office.path()).args(words).arg(name).spawn().expect("it starts")
        })
        .collect();
    for mut program in running {
        assert_eq!(program.wait().expect("it ends").code(), Some(0));
    }
}

#[test]
fn a_file_that_is_saved_again_and_again_is_taken_in_as_it_was_copied_or_refused_and_nothing_of_it_kept() {
    let office = Office::new();
    let rows: String = (0..20_000).map(|at| ROW.replace("示例合同1", &format!("合同{at}")) + "\n").collect();
    office.write("自然资源局/2025-03.csv", &format!("{HEADER}\n{rows}"));
    let file = fs::File::options().append(true).open(office.path().join("自然资源局/2025-03.csv")).expect("the file");
    let is_over = AtomicBool::new(false);
    let (code, reports) = std::thread::scope(|scope| {
        // Somebody saves it again and again.
        scope.spawn(|| {
            for second in (1..).take_while(|_| !is_over.load(Ordering::Relaxed)) {
                file.set_modified(UNIX_EPOCH + Duration::from_secs(second)).expect("a time");
            }
        });
        let outcome = office.intake(&["自然资源局/2025-03.csv"]);
        is_over.store(true, Ordering::Relaxed);
        outcome
    });
    // Once it is copied, nobody looks at it again: which of the two it is depends on when it was saved.
    if code != 0 {
        assert_eq!((code, rules(&reports[0])), (2, vec!["error changed ".to_owned()]));
        let mut left = Vec::new();
        gather(&office.path().join(".gongzhi/data"), &mut left);
        gather(&office.path().join(".gongzhi/keys/data"), &mut left);
        assert_eq!(left, Vec::<PathBuf>::new());
    }
    // Left in peace it is taken in.
    let (code_of_next, next) = office.intake(&["自然资源局/2025-03.csv"]);
    assert_eq!((code_of_next, next[0]["received_before"].is_null()), (0, code != 0));
}
