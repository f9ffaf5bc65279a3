//! What was found in a file, as it is kept and given out: without what only the taking in itself needs, and with no person's
//! number in what is not a value of a cell.

use gongzhi_core::intake::mask::shown;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::reports::{FileReport, FoundNotice, FoundSet, FoundSheet, LeftOutRow};
use gongzhi_engine::intake::{IntakeBatch, IntakeReport, Outcome, SheetReport};
use serde_json::{Value as Json, json};

use crate::acts::collect::intake::TakenIn;
use crate::acts::collect::set_effects::found_effect;

/// A file's report spoken in a language, and what became of it beside.
///
/// # Errors
/// None that is known.
pub fn taken_json(taken: &TakenIn, say: &Translator) -> Result<Json, serde_json::Error> {
    let mut json = say.spoken(&file_report(&taken.report))?;
    if let Json::Object(fields) = &mut json {
        let proposals: Vec<String> =
            taken.proposals.iter().map(|path| shown(&path.display().to_string()).into_owned()).collect();
        fields.insert("proposed_profiles".to_owned(), json!(proposals));
        let annotated = taken.annotated.as_ref().map(|path| shown(&path.display().to_string()).into_owned());
        fields.insert("annotated".to_owned(), json!(annotated));
        let receipt = taken.receipt.as_ref().map(|path| path.display().to_string());
        fields.insert("receipt".to_owned(), json!(receipt));
        fields.insert("received_before".to_owned(), json!(taken.received_before.map(|when| when.to_rfc3339())));
    }
    Ok(json)
}

/// A file's report.
pub fn file_report(report: &IntakeReport) -> FileReport {
    let notice = |notice: &gongzhi_engine::read::Notice| FoundNotice {
        message: hidden(notice.message.clone()),
        sheet: notice.sheet.as_deref().map(|sheet| shown(sheet).into_owned()),
        cell: notice.cell.clone(),
    };
    let issue = |issue: &gongzhi_core::issues::Issue| gongzhi_core::issues::Issue {
        sheet: shown(&issue.sheet).into_owned(),
        ..issue.clone()
    };
    FileReport {
        file: report.file.clone(),
        unit: report.unit.clone(),
        period: report.period,
        mode: report.mode,
        accepted: report.outcome == Outcome::Accepted,
        refused: report.outcome == Outcome::Refused,
        sheets: known_sheets(report).map(found_sheet).collect(),
        issues: report.issues.iter().map(issue).collect(),
        unlisted_issues: report.unlisted_issues,
        notices: report.notices.iter().map(notice).collect(),
        batches: report.batches.iter().map(found_set).collect(),
    }
}

/// The sheets that were recognised.
pub fn known_sheets(report: &IntakeReport) -> impl Iterator<Item = &SheetReport> {
    report.sheets.iter().filter(|sheet| !sheet.item.is_empty())
}

fn found_set(batch: &IntakeBatch) -> FoundSet {
    FoundSet {
        item: batch.item.clone(),
        kind: batch.kind.clone(),
        mode: batch.mode,
        rows: batch.rows,
        supplement: batch.is_supplement,
        taken_as: batch.effect.as_ref().map(|effect| effect.role),
        effect: batch.effect.as_ref().map(found_effect),
    }
}

fn found_sheet(sheet: &SheetReport) -> FoundSheet {
    let left_out = sheet.left_out_rows.iter();
    FoundSheet {
        sheet: shown(&sheet.sheet).into_owned(),
        item: sheet.item.clone(),
        kind: sheet.kind.clone(),
        rows: sheet.rows,
        left_out: sheet.left_out,
        left_out_rows: left_out
            .map(|left_out| LeftOutRow { row: left_out.row, reason: hidden(left_out.message()) })
            .collect(),
    }
}

/// A message in whose values may stand what stood in a cell.
fn hidden(mut message: Message) -> Message {
    for (_, value) in &mut message.values {
        *value = shown(value).into_owned();
    }
    message
}
