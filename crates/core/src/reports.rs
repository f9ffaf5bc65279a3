//! What was found in a file, as it is kept with the upload and given to other programs (`gongzhi intake --json`).
//!
//! Sentences are kept as keys and values and spoken when they are read ([`crate::messages::Translator::spoken`]): a report
//! kept by who works in one language is read in the other.

use serde::{Deserialize, Serialize};

use crate::catalog::Severity;
use crate::issues::Issue;
use crate::messages::Message;
use crate::period::Period;
use crate::state::Role;
use crate::values::SetMode;

/// What was found in a file, and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReport {
    /// Path as people named it; empty: a nil report without a file.
    pub file: String,
    /// Key of the unit, once known.
    pub unit: Option<String>,
    /// Period, once known.
    pub period: Option<Period>,
    /// What its sets say of themselves, once known.
    pub mode: Option<SetMode>,
    /// Its rows count.
    pub accepted: bool,
    /// It can't be taken in at all. Neither this nor accepted: an error in it blocks.
    pub refused: bool,
    /// Sheets that were recognised.
    pub sheets: Vec<FoundSheet>,
    /// Issues by sheet, row and column.
    pub issues: Vec<Issue>,
    /// Issues found beyond those listed.
    pub unlisted_issues: u64,
    /// What the reader noticed.
    pub notices: Vec<FoundNotice>,
    /// Sets that were taken in.
    pub batches: Vec<FoundSet>,
}

impl FileReport {
    /// How many issues of a severity are listed.
    pub fn count(&self, severity: Severity) -> u64 {
        self.issues.iter().filter(|issue| issue.severity == severity).count() as u64
    }

    /// Rows of its sheets.
    pub fn rows(&self) -> u64 {
        self.sheets.iter().map(|sheet| sheet.rows).sum()
    }
}

/// A sheet that was recognised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundSheet {
    /// Name; persons' numbers in it masked.
    pub sheet: String,
    /// Key of the item.
    pub item: String,
    /// Key of the kind.
    pub kind: String,
    /// Rows of the table.
    pub rows: u64,
    /// Rows that are no rows of the table.
    pub left_out: u64,
    /// What was left out and why, the first two hundred.
    pub left_out_rows: Vec<LeftOutRow>,
}

/// A row that is no row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOutRow {
    /// Row in the sheet, counted from 1.
    pub row: u32,
    /// Why.
    pub reason: Message,
}

/// What the reader noticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundNotice {
    /// The sentence.
    pub message: Message,
    /// The sheet it is about.
    pub sheet: Option<String>,
    /// The cell it is about.
    pub cell: Option<String>,
}

/// A set that was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundSet {
    /// Key of the item.
    pub item: String,
    /// Key of the kind.
    pub kind: String,
    /// What it says of itself.
    pub mode: SetMode,
    /// Rows.
    pub rows: u64,
    /// No whole set, of a period of which a set was accepted before.
    pub supplement: bool,
    /// What it is taken as, once told.
    pub taken_as: Option<Role>,
    /// What it does to what stood before it, once told.
    pub effect: Option<FoundEffect>,
}

/// What a set does to what stood before it, in rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundEffect {
    /// On record before.
    pub before: u64,
    /// Not on record before.
    pub new: u64,
    /// On record with other values.
    pub changed: u64,
    /// On record as they are.
    pub unchanged: u64,
    /// Taken back.
    pub revoked: u64,
    /// Taken back though they were not on record.
    pub revoked_unknown: u64,
    /// On record and not named any more by a whole set.
    pub ended: u64,
    /// On record, not named, and standing all the same.
    pub absent: u64,
    /// The first of those that end, as people call them.
    pub first_ended: Vec<String>,
    /// The first of those not named, as people call them.
    pub first_absent: Vec<String>,
    /// Columns whose cells are empty now in rows that had a value.
    #[serde(default)]
    pub emptied: Vec<EmptiedColumn>,
    /// Columns it does not have though others of its group do.
    #[serde(default)]
    pub columns_unsaid: Vec<String>,
}

/// A column that a set empties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmptiedColumn {
    /// Key of the column.
    pub column: String,
    /// Of how many rows.
    pub rows: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_that_an_earlier_program_kept_spoken_is_read_and_said_as_it_stands() {
        let kept = serde_json::json!({
            "file": "a.xlsx", "unit": "housing", "period": "2025Q1", "mode": "full", "accepted": true, "refused": false,
            "sheets": [{"sheet": "表", "item": "i", "kind": "k", "rows": 2, "left_out": 1,
                        "left_out_rows": [{"row": 1, "reason": "标题"}]}],
            "issues": [{"sheet": "表", "cell": "B7", "column": null, "severity": "warning", "rule": "range", "value": "1",
                        "message": "过大", "mend": "请核对"}],
            "unlisted_issues": 0, "notices": [],
            "batches": [{"item": "i", "kind": "k", "mode": "full", "rows": 2, "supplement": false, "taken_as": null,
                         "effect": null}],
        });
        let report: FileReport = serde_json::from_value(kept.clone()).unwrap();
        assert_eq!((report.count(Severity::Warning), report.rows()), (1, 2));
        let say = crate::messages::Translator::new(crate::messages::Language::English);
        assert_eq!(say.spoken(&report).unwrap(), kept);
    }
}
