//! What was found in a file, in the shape that other programs rely on (`gongzhi intake --json`).

use gongzhi_core::intake::mask::shown;
use gongzhi_core::issues::{CellPlace, Issue};
use gongzhi_core::messages::Translator;
use gongzhi_engine::intake::{IntakeReport, Outcome, SheetReport};
use serde_json::{Value as Json, json};

use crate::acts::collect::intake::TakenIn;
use crate::acts::collect::set_effects::effect_json;

/// A file's report, and what became of it beside.
pub fn taken_json(taken: &TakenIn, say: &Translator) -> Json {
    let mut json = report_json(&taken.report, say);
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
    json
}

/// A file's report.
pub fn report_json(report: &IntakeReport, say: &Translator) -> Json {
    let issues: Vec<Json> = report.issues.iter().map(|issue| issue_json(issue, say)).collect();
    let sheets: Vec<Json> = known_sheets(report).map(|sheet| sheet_json(sheet, say)).collect();
    let notices: Vec<Json> = report
        .notices
        .iter()
        .map(|notice| json!({"message": hidden(say.say(&notice.message)), "sheet": notice.sheet.as_deref().map(shown), "cell": notice.cell}))
        .collect();
    let batches: Vec<Json> = report
        .batches
        .iter()
        .map(|batch| {
            json!({
                "item": batch.item, "kind": batch.kind, "mode": batch.mode.key(), "rows": batch.rows,
                "supplement": batch.is_supplement,
                "taken_as": batch.effect.as_ref().map(|effect| effect.role.key()),
                "effect": batch.effect.as_ref().map(effect_json),
            })
        })
        .collect();
    json!({
        "file": report.file,
        "unit": report.unit,
        "period": report.period.map(|period| period.to_string()),
        "mode": report.mode.map(|mode| mode.key()),
        "accepted": report.outcome == Outcome::Accepted,
        "refused": report.outcome == Outcome::Refused,
        "sheets": sheets,
        "issues": issues,
        "unlisted_issues": report.unlisted_issues,
        "notices": notices,
        "batches": batches,
    })
}

/// The sheets that were recognised.
pub fn known_sheets(report: &IntakeReport) -> impl Iterator<Item = &SheetReport> {
    report.sheets.iter().filter(|sheet| !sheet.item.is_empty())
}

fn sheet_json(sheet: &SheetReport, say: &Translator) -> Json {
    let left_out: Vec<Json> = sheet
        .left_out_rows
        .iter()
        .map(|left_out| json!({"row": left_out.row, "reason": hidden(say.say(&left_out.message()))}))
        .collect();
    json!({
        "sheet": shown(&sheet.sheet), "item": sheet.item, "kind": sheet.kind, "rows": sheet.rows,
        "left_out": sheet.left_out, "left_out_rows": left_out,
    })
}

/// A sentence that may hold what stood in a cell.
fn hidden(sentence: String) -> String {
    shown(&sentence).into_owned()
}

/// An issue.
pub fn issue_json(issue: &Issue, say: &Translator) -> Json {
    json!({
        "sheet": shown(&issue.sheet),
        "cell": issue.cell.map(CellPlace::address),
        "column": issue.column,
        "severity": issue.severity.key(),
        "rule": issue.rule,
        "value": issue.value,
        "message": say.say(&issue.message),
        "mend": say.say(&issue.mend),
    })
}
