//! `gongzhi template`: all forty workbooks, opened by another program.

use crate::office::open_all;
use crate::program::gongzhi;

#[test]
fn another_program_opens_all_forty_templates() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = folder.path().join("made");
    let output = gongzhi().args(["template", "all", "--out"]).arg(&made).output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let templates: Vec<_> = std::fs::read_dir(&made).expect("the folder").flatten().map(|entry| entry.path()).collect();
    assert_eq!(templates.len(), 40);
    let Some(sheets) = open_all(&templates, &folder.path().join("opened")) else { return };
    for template in &templates {
        let stem = template.file_stem().expect("a name").to_string_lossy().into_owned();
        let own = || sheets.iter().filter(|(name, _)| name.starts_with(&format!("{stem}-")));
        let to_fill = own().filter(|(_, text)| text.lines().nth(1).is_some_and(|line| line.contains("填报单位：")));
        assert!(to_fill.count() > 0, "{stem} has no sheet to fill in");
        assert!(own().any(|(name, _)| name.ends_with("-填报说明.csv")), "{stem} has no instructions");
        assert!(own().any(|(_, text)| text.starts_with("gongzhi-template")), "{stem} has no identity");
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
