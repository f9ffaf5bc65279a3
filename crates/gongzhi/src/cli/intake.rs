//! `gongzhi intake`: a unit's files checked and taken in.

use std::path::PathBuf;
use std::process::ExitCode;

use gongzhi_core::catalog::Severity;
use gongzhi_core::issues::{CellPlace, Issue};
use gongzhi_core::messages::{Message, Translator};
use gongzhi_engine::intake::{IntakeReport, Outcome, SheetReport};
use serde_json::{Value as Json, json};

use super::Context;
use crate::acts::catalog::{CatalogPlace, get_catalog};
use crate::acts::intake::{IntakeDesk, IntakeOrder, TakenIn};

#[derive(clap::Args)]
pub struct Args {
    files: Vec<PathBuf>,
    #[arg(long, value_name = "ITEM[.KIND]")]
    item: Option<String>,
    #[arg(long)]
    unit: Option<String>,
    #[arg(long)]
    period: Option<String>,
    #[arg(long)]
    mode: Option<String>,
    #[arg(long)]
    dry_run: bool,
    #[arg(long)]
    json: bool,
    #[arg(long, default_value = ".gongzhi")]
    home: PathBuf,
    #[command(flatten)]
    place: CatalogPlace,
}

/// Exit 0 when every file was accepted, 1 when one was blocked by issues, 2 when one was refused.
pub fn run(args: Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let catalog = get_catalog(&args.place, say)?;
    let order = IntakeOrder {
        item: args.item,
        unit: args.unit,
        period: args.period,
        mode: args.mode,
        is_dry_run: args.dry_run,
    };
    let desk = IntakeDesk::open(catalog, &args.home, context.now, say)?;
    let is_nil = order.mode.as_deref() == Some("nil");
    if args.files.is_empty() && !is_nil {
        eprintln!("{}", say.say(&Message::new("intake-no-file")));
        return Ok(ExitCode::from(2));
    }
    let mut worst = 0;
    let mut tell = |taken: &TakenIn| {
        worst = worst.max(code_of(taken.report.outcome));
        if args.json { println!("{}", json_of(taken, say)) } else { print_text(taken, args.dry_run, say) }
    };
    if args.files.is_empty() {
        tell(&desk.take_nil(&order, say)?);
    }
    for path in &args.files {
        tell(&desk.take(path, &path.display().to_string(), &order, say)?);
    }
    Ok(ExitCode::from(worst))
}

fn code_of(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Accepted => 0,
        Outcome::Blocked => 1,
        Outcome::Refused => 2,
    }
}

/// The report of a file as JSON.
pub fn json_of(taken: &TakenIn, say: &Translator) -> Json {
    let report = &taken.report;
    let issues: Vec<Json> = report.issues.iter().map(|issue| issue_json(issue, say)).collect();
    let sheets: Vec<Json> = known_sheets(report)
        .map(|sheet| {
            let left_out: Vec<Json> = sheet
                .left_out_rows
                .iter()
                .map(|left_out| json!({"row": left_out.row, "reason": say.say(&left_out.message())}))
                .collect();
            json!({
                "sheet": sheet.sheet, "item": sheet.item, "kind": sheet.kind, "rows": sheet.rows,
                "left_out": sheet.left_out, "left_out_rows": left_out,
            })
        })
        .collect();
    let notices: Vec<Json> = report
        .notices
        .iter()
        .map(|notice| json!({"message": say.say(&notice.message), "sheet": notice.sheet, "cell": notice.cell}))
        .collect();
    let proposals: Vec<String> = taken.proposals.iter().map(|path| path.display().to_string()).collect();
    json!({
        "file": report.file,
        "unit": report.unit,
        "period": report.period.map(|period| period.to_string()),
        "mode": report.mode.map(|mode| mode.key()),
        "accepted": report.outcome == Outcome::Accepted,
        "sheets": sheets,
        "issues": issues,
        "unlisted_issues": report.unlisted_issues,
        "notices": notices,
        "batches": report.batches.iter().map(|batch| json!({"id": batch.id, "kind": batch.kind, "rows": batch.rows})).collect::<Vec<_>>(),
        "proposed_profiles": proposals,
        "received_before": taken.received_before.map(|when| when.to_rfc3339()),
    })
}

fn issue_json(issue: &Issue, say: &Translator) -> Json {
    json!({
        "sheet": issue.sheet,
        "cell": issue.cell.map(CellPlace::address),
        "column": issue.column,
        "severity": issue.severity.key(),
        "rule": issue.rule,
        "value": issue.value,
        "message": say.say(&issue.message),
        "mend": say.say(&issue.mend),
    })
}

fn known_sheets(report: &IntakeReport) -> impl Iterator<Item = &SheetReport> {
    report.sheets.iter().filter(|sheet| !sheet.item.is_empty())
}

fn print_text(taken: &TakenIn, is_dry_run: bool, say: &Translator) {
    println!("{}", say.say(&headline(taken, is_dry_run, say)));
    let report = &taken.report;
    for sheet in known_sheets(report) {
        let line = Message::new("intake-sheet-line")
            .with("sheet", &sheet.sheet)
            .with("item", &sheet.item)
            .with("kind", &sheet.kind)
            .with("rows", sheet.rows)
            .with("left_out", sheet.left_out);
        println!("{}", say.say(&line));
    }
    for issue in &report.issues {
        let severity = match issue.severity {
            Severity::Error => Message::new("intake-severity-error"),
            Severity::Warning => Message::new("intake-severity-warning"),
        };
        let place = [issue.sheet.clone(), issue.cell.map(CellPlace::address).unwrap_or_default()].join(" ");
        let line = Message::new("intake-issue-line")
            .with("severity", say.say(&severity))
            .with("place", place.trim())
            .with("message", say.say(&issue.message))
            .with("mend", say.say(&issue.mend));
        println!("{}", say.say(&line));
    }
    if report.unlisted_issues > 0 {
        println!("{}", say.say(&Message::new("intake-more-issues").with("count", report.unlisted_issues)));
    }
    for path in &taken.proposals {
        println!("{}", say.say(&Message::new("intake-profile-proposed").with("path", path.display())));
    }
}

fn headline(taken: &TakenIn, is_dry_run: bool, say: &Translator) -> Message {
    let report = &taken.report;
    let key = match (report.outcome, is_dry_run) {
        (Outcome::Refused, _) => "intake-refused",
        (Outcome::Blocked, _) => "intake-blocked",
        (Outcome::Accepted, true) => "intake-would-accept",
        (Outcome::Accepted, false) => "intake-accepted",
    };
    if let Some(when) = taken.received_before {
        return Message::new("intake-received-before").with("file", &report.file).with("when", when.date_naive());
    }
    let errors = report.issues.iter().filter(|issue| issue.severity == Severity::Error).count();
    let mode = report.mode.map(|mode| say.say(&Message::new(format!("intake-mode-{}", mode.key()))));
    Message::new(key)
        .with("file", &report.file)
        .with("errors", errors)
        .with("unit", report.unit.clone().unwrap_or_default())
        .with("period", report.period.map(|period| period.to_string()).unwrap_or_default())
        .with("mode", mode.unwrap_or_default())
}
