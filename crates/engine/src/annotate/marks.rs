//! Which cells are marked, how badly, and what their notes say.

use std::collections::BTreeMap;

use gongzhi_core::catalog::Severity;
use gongzhi_core::messages::Message;

use super::{Marking, SaidIssue};
use crate::read::Merge;
use crate::workbook::cut;

/// Cells of a sheet that get a note. Every wrong cell is coloured and listed; a sheet with more notes than this can
/// hardly be opened.
pub(super) const MOST_NOTES: usize = 3_000;
/// Opens every note, and whatever is added to a note of the clerk's own.
pub(super) const NOTE_MARK: &str = "【校验】";
/// Signs of a note.
const NOTE_SIGNS: usize = 1_200;

/// One marked cell: the worst severity and its issues by position in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) severity: Severity,
    pub(super) issues: Vec<usize>,
}

/// The marked cells of a sheet: row, then column, both from 1.
pub(super) type SheetMarks = BTreeMap<u32, BTreeMap<u32, Mark>>;

/// The marked cells of every sheet by its name in the file.
pub(super) fn marks_of(issues: &[SaidIssue]) -> BTreeMap<&str, SheetMarks> {
    let mut sheets: BTreeMap<&str, SheetMarks> = BTreeMap::new();
    for (at, issue) in issues.iter().enumerate() {
        let Some(cell) = issue.cell else { continue };
        let mark = Mark { severity: issue.severity(), issues: vec![at] };
        add(sheets.entry(issue.sheet.as_str()).or_default(), cell, mark);
    }
    sheets
}

fn add(marks: &mut SheetMarks, cell: (u32, u32), mark: Mark) {
    let there = marks.entry(cell.0).or_default().entry(cell.1);
    let there = there.or_insert_with(|| Mark { severity: mark.severity, issues: Vec::new() });
    if mark.severity == Severity::Error {
        there.severity = Severity::Error;
    }
    there.issues.extend(mark.issues);
}

/// Moves marks of cells that a merge hides to the cell that is shown.
pub(super) fn move_to_shown_cells(marks: &SheetMarks, merges: &[Merge]) -> SheetMarks {
    let mut moved = SheetMarks::new();
    for (row, cells) in marks {
        for (column, mark) in cells {
            let holds = |merge: &&Merge| {
                (merge.first_row..=merge.last_row).contains(row)
                    && (merge.first_column + 1..=merge.last_column + 1).contains(column)
            };
            let shown = merges.iter().find(holds).map(|merge| (merge.first_row, merge.first_column + 1));
            add(&mut moved, shown.unwrap_or((*row, *column)), mark.clone());
        }
    }
    moved
}

/// The note of a marked cell.
pub(super) fn note_of(mark: &Mark, marking: &Marking<'_>) -> String {
    let lines = mark.issues.iter().filter_map(|at| marking.issues.get(*at)).map(|issue| {
        let line = Message::new("annotate-note").with("what", &issue.what).with("mend", &issue.mend);
        marking.translator.say(&line)
    });
    let mut text = NOTE_MARK.to_owned();
    for line in lines {
        if text.len() > NOTE_SIGNS * 4 {
            break;
        }
        text.push('\n');
        text.push_str(&line);
    }
    cut(&text, NOTE_SIGNS)
}

/// The notes of a sheet, by cell, as many as a sheet bears.
pub(super) fn notes_of(marks: &SheetMarks, marking: &Marking<'_>) -> BTreeMap<(u32, u32), String> {
    let cells = marks.iter().flat_map(|(row, cells)| cells.iter().map(move |(column, mark)| ((*row, *column), mark)));
    cells.take(MOST_NOTES).map(|(cell, mark)| (cell, note_of(mark, marking))).collect()
}
