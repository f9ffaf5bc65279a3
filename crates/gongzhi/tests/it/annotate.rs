//! A clerk's file with its issues marked: whatever its format, it reads as it did before.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gongzhi_core::catalog::Severity;
use gongzhi_core::issues::{CellPlace, Issue};
use gongzhi_core::messages::{Language, Message, Translator};
use gongzhi_engine::annotate::{AnnotateError, Annotated, Annotation, LIST_SHEET, annotate, annotated_name};
use gongzhi_engine::read::{Limits, RawEvent, Row, Value, WorkerCommand, WorkerPool};

use crate::office::open_all;
use crate::program::gongzhi;
use crate::real_data;

fn pool() -> WorkerPool {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_gongzhi"));
    WorkerPool::new(WorkerCommand { program, arguments: vec!["read-worker".into()] }, 1, Limits::default())
}

/// The cells of a sheet as text; a blank sheet has none.
type Cells = BTreeMap<(u32, u32), String>;

fn shown(value: Value<'_>) -> String {
    match value {
        Value::Number(number) => number.seen().to_owned(),
        Value::Text(text) | Value::Error(text) => text.to_owned(),
        other => format!("{other:?}"),
    }
}

fn cells_of(row: &Row) -> impl Iterator<Item = ((u32, u32), String)> {
    row.iter().map(|(column, value)| ((row.number(), column), shown(value)))
}

/// Every sheet but our list with its cells, in order; `None` when the file is refused.
fn content(path: &Path) -> Option<Vec<(String, Cells)>> {
    let mut stream = pool().read_raw(path).ok()?;
    let mut sheets: Vec<(String, Cells)> = Vec::new();
    loop {
        match stream.next_event().ok()? {
            None => break,
            Some(RawEvent::Sheet(facts)) => sheets.push((facts.name.clone(), Cells::new())),
            Some(RawEvent::Row(row)) => sheets.last_mut()?.1.extend(cells_of(row)),
            Some(_) => {}
        }
    }
    sheets.retain(|(name, _)| name != LIST_SHEET);
    Some(sheets)
}

/// An issue on the first cell of each sheet, one on a cell that is not there, one on the file.
fn issues_of(sheets: &[(String, Cells)]) -> Vec<Issue> {
    let issue = |sheet: &str, cell: Option<(u32, u32)>, severity| Issue {
        sheet: sheet.to_owned(),
        cell: cell.map(|(row, column)| CellPlace { row, column: column + 1 }),
        column: None,
        severity,
        rule: "required".into(),
        value: "@now".to_owned(),
        message: Message::new("annotate-column-what"),
        mend: Message::new("annotate-column-mend"),
    };
    let mut issues = vec![issue("", None, Severity::Error)];
    for (sheet, cells) in sheets {
        issues.extend(cells.keys().next().map(|cell| issue(sheet, Some(*cell), Severity::Error)));
        let last = cells.keys().next_back().map_or((3, 1), |cell| (cell.0 + 2, cell.1));
        issues.push(issue(sheet, Some(last), Severity::Warning));
    }
    issues
}

fn try_annotate(path: &Path, issues: &[Issue], out: &Path) -> Result<Annotated, AnnotateError> {
    let translator = Translator::new(Language::Chinese);
    let made = "2025-04-01".parse().expect("a day");
    let annotation = Annotation { issues, column_name: &|_| String::new(), translator: &translator, made };
    annotate(path, &pool(), &annotation, out)
}

fn annotated(path: &Path, issues: &[Issue], out: &Path) -> Annotated {
    try_annotate(path, issues, out).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Annotates the file and compares its content before and after.
fn stands_as_before(path: &Path) -> Option<Annotated> {
    let before = content(path)?;
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join(annotated_name(path));
    let done = annotated(path, &issues_of(&before), &out);
    let after = content(&out).unwrap_or_else(|| panic!("{} can't be read once annotated", path.display()));
    let cells = |sheets: &[(String, Cells)]| sheets.iter().map(|(_, cells)| cells.clone()).collect::<Vec<_>>();
    assert_eq!(cells(&after), cells(&before), "{}", path.display());
    if done == Annotated::Patched {
        let names = |sheets: &[(String, Cells)]| sheets.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&after), names(&before), "{}", path.display());
    }
    Some(done)
}

#[test]
fn a_text_file_becomes_a_workbook_with_its_cells_in_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("三月.csv");
    std::fs::write(&path, "名称,代码,金额\n甲公司,007,=1+1\n乙公司,91652323MA7A000172,\n").expect("a file");
    assert_eq!(stands_as_before(&path), Some(Annotated::Rebuilt));
}

#[test]
fn a_text_file_of_very_many_rows_becomes_a_workbook_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("明细.csv");
    let rows: String = (1..=12_000).map(|number| format!("公司{number},{number}\n")).collect();
    std::fs::write(&path, format!("名称,金额\n{rows}")).expect("a file");
    assert_eq!(stands_as_before(&path), Some(Annotated::Rebuilt));
}

#[test]
fn what_can_not_be_annotated_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("三月.csv");
    std::fs::write(&text, "名称,代码\n甲公司,007\n").expect("a file");
    let spoilt = folder.path().join("坏.xlsx");
    std::fs::write(&spoilt, b"PK\x03\x04 and nothing more").expect("a file");
    let marked = folder.path().join("marked");
    // One whose place is taken by a folder, one that can't be read.
    for (original, is_taken) in [(&text, true), (&spoilt, false)] {
        let out = marked.join(annotated_name(original));
        if is_taken {
            std::fs::create_dir_all(out.join("full")).expect("a folder");
        }
        try_annotate(original, &[], &out).unwrap_err();
    }
    let left: Vec<_> = std::fs::read_dir(&marked).expect("the folder").flatten().map(|left| left.file_name()).collect();
    assert_eq!(left, ["三月_校验.xlsx"]);
}

#[test]
fn every_workbook_of_the_real_data_reads_as_before_once_annotated() {
    let Some(folder) = real_data::find("") else { return };
    let (mut patched, mut rebuilt) = (0, 0);
    for folder in ["field", "sheets/office", "sheets/reader"].map(|name| folder.join(name)) {
        let mut files: Vec<_> =
            std::fs::read_dir(&folder).expect("the folder").flatten().map(|entry| entry.path()).collect();
        files.sort();
        for file in files.into_iter().filter(|file| file.extension().is_none_or(|ending| ending != "json")) {
            match stands_as_before(&file) {
                Some(Annotated::Patched) => patched += 1,
                Some(Annotated::Rebuilt) => rebuilt += 1,
                None => {}
            }
        }
    }
    println!("patched {patched}, rebuilt {rebuilt}");
    assert!(patched > 40 && rebuilt > 30, "patched {patched}, rebuilt {rebuilt}");
}

#[test]
fn another_program_opens_what_was_patched_and_what_was_rebuilt() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = folder.path().join("made");
    let words = ["template", "15", "--unit", "自然资源局", "--period", "2025-03", "--out"];
    assert!(gongzhi().args(words).arg(&made).status().expect("the program starts").success());
    let template = std::fs::read_dir(&made).expect("the folder").flatten().next().expect("the template").path();
    let text = folder.path().join("三月.csv");
    std::fs::write(&text, "名称,代码\n甲公司,007\n").expect("a file");
    let marked = folder.path().join("marked");
    let mut files = Vec::new();
    for (original, expected) in [(&template, Annotated::Patched), (&text, Annotated::Rebuilt)] {
        let out = marked.join(annotated_name(original));
        let issues = issues_of(&content(original).expect("it is read"));
        assert_eq!(annotated(original, &issues, &out), expected);
        files.push(out);
    }
    let Some(sheets) = open_all(&files, &folder.path().join("opened")) else { return };
    let lists: Vec<_> = sheets.iter().filter(|(name, _)| name.ends_with("-校验问题.csv")).collect();
    assert_eq!(lists.len(), 2, "{:?}", sheets.keys());
    assert!(lists.iter().all(|(_, text)| text.contains("@now")), "{lists:?}");
    assert!(sheets.values().any(|text| text.contains("填报单位：,自然资源局")), "the sheet to fill in is gone");
}

#[test]
fn another_program_opens_the_marked_workbooks_of_every_writer() {
    let Some(field) = real_data::find("field") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(field).expect("the folder").flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == "xlsx") {
            let out = folder.path().join("marked").join(annotated_name(&path));
            let issues = issues_of(&content(&path).expect("it is read"));
            assert_eq!(annotated(&path, &issues, &out), Annotated::Patched, "{}", path.display());
            files.push(out);
        }
    }
    let Some(sheets) = open_all(&files, &folder.path().join("opened")) else { return };
    let lists = sheets.iter().filter(|(name, text)| name.ends_with("-校验问题.csv") && text.contains("@now"));
    assert_eq!(lists.count(), files.len(), "{:?}", sheets.keys());
}
