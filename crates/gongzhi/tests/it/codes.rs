//! Codes by the words of a sheet, with the code lists that are shipped.

use std::fs;

use crate::program::run_in;

const HEADER: &str =
    "排污单位的名称,统一社会信用代码,污染物排放口,排放污染物种类,污染物排放量（千克）,排放月份,排放去向";

/// Takes a sheet of discharges in; gives the exit code and what was written.
fn discharge(pollutant: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let row = format!("示例热力有限公司,91652323MA7A000172,DA001,{pollutant},10000,2025-03,直接排放");
    fs::write(folder.path().join("排污.csv"), format!("{HEADER}\n{row}\n")).expect("a file");
    let words = ["intake", "--json", "排污.csv", "--unit", "ecology_environment", "--period", "2025Q1"];
    let output = run_in(folder.path(), &words);
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn particulates_are_asked_about_with_both_names_and_never_guessed() {
    for word in ["颗粒物", "总悬浮颗粒物", "烟粉尘"] {
        let (code, said) = discharge(word);
        assert_eq!(code, Some(1), "{word}: {said}");
        assert!(said.contains("烟尘") && said.contains("一般性粉尘"), "{word}: {said}");
    }
    for word in ["烟尘", "一般性粉尘", "粉尘"] {
        let (code, said) = discharge(word);
        assert_eq!(code, Some(0), "{word}: {said}");
    }
}

#[test]
fn a_pollutant_of_air_and_of_water_is_asked_about() {
    let (code, said) = discharge("氟化物");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("氟化物（水）") && said.contains("氟化物（大气）"), "{said}");
}
