//! `gongzhi template`: all forty workbooks, opened by another program.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::gongzhi;

/// The office program, when there is one. Where everything must be tested its absence is a failure.
fn find_office() -> Option<PathBuf> {
    let found = ["/usr/bin/libreoffice", "/usr/bin/soffice", "/usr/bin/localc"]
        .iter()
        .map(PathBuf::from)
        .find(|path| path.exists());
    assert!(
        found.is_some() || std::env::var_os("CI").is_none(),
        "LibreOffice is missing: apt-get install libreoffice-calc-nogui"
    );
    if found.is_none() {
        println!("left out: LibreOffice is not installed, the templates were not opened");
    }
    found
}

fn files_in(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
    files.sort();
    files
}

#[test]
fn another_program_opens_all_forty_templates() {
    let folder = tempfile::tempdir().expect("a folder");
    let (made, opened) = (folder.path().join("made"), folder.path().join("opened"));
    let made_words = ["template", "all", "--out", &made.to_string_lossy()].map(str::to_owned);
    let output = gongzhi().args(made_words).output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let templates = files_in(&made, "xlsx");
    assert_eq!(templates.len(), 40);
    let Some(office) = find_office() else { return };
    // A profile of its own: another instance may be open.
    let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
    let status = Command::new(office)
        .args([
            profile.as_str(),
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
        ])
        .arg("--outdir")
        .arg(&opened)
        .args(&templates)
        .output()
        .expect("the office program starts");
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
    let sheets = files_in(&opened, "csv");
    for template in &templates {
        let stem = template.file_stem().expect("a name").to_string_lossy().into_owned();
        let own: Vec<_> = sheets.iter().filter(|sheet| sheet.to_string_lossy().contains(&format!("{stem}-"))).collect();
        let headed = own.iter().filter(|sheet| {
            let text = std::fs::read_to_string(sheet).unwrap_or_default();
            text.lines().nth(1).is_some_and(|line| line.contains("填报单位："))
        });
        assert!(headed.count() > 0, "{stem} has no sheet to fill in: {own:?}");
        assert!(own.iter().any(|sheet| sheet.to_string_lossy().ends_with("填报说明.csv")), "{stem}: {own:?}");
    }
}

#[test]
fn a_wrong_order_is_told_whole_and_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let words = ["template", "15", "nonsense", "--period", "2025Q1", "--unit", "住建局", "--mode", "half", "--out"];
    let output = gongzhi().args(words).arg(&out).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    for word in ["nonsense", "住建局", "2025Q1", "half", "自然资源局"] {
        assert!(told.contains(word), "{word} is not named: {told}");
    }
    assert!(!out.exists());
}
