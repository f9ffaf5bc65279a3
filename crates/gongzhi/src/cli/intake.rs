//! `gongzhi intake`: a unit's files checked and taken in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use gongzhi_core::access::{Actor, Purpose};
use gongzhi_core::catalog::{Catalog, Severity};
use gongzhi_core::intake::mask::shown;
use gongzhi_core::issues::{CellPlace, Issue};
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::problems::ActError;
use gongzhi_core::time::day_of;
use gongzhi_core::values::SetMode;
use gongzhi_engine::intake::{IntakeReport, Outcome, SheetReport};
use gongzhi_engine::read::Reason;

use super::{CatalogWords, Context};
use crate::acts::catalog::get_catalog;
use crate::acts::collect::data_package::expand;
use crate::acts::collect::intake::{IntakeOrder, TakenIn, list_unread_profiles, mark, prepare, take, take_nil};
use crate::acts::collect::intake_report::{known_sheets, taken_json};
use crate::acts::collect::receipts;
use crate::acts::collect::set_effects::effect_line;
use crate::acts::home::{self, Access};
use crate::acts::operator::operator;
use crate::app::App;
use crate::jobs::inline::run_due;

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
    #[arg(long, value_name = "DIR")]
    annotate: Option<PathBuf>,
    #[arg(long, value_name = "DIR")]
    receipt: Option<PathBuf>,
    #[arg(long, default_value = ".gongzhi")]
    home: PathBuf,
    #[command(flatten)]
    place: CatalogWords,
}

/// Exit 0 when every file was accepted, 1 when one was blocked by issues, 2 when one was refused.
pub fn run(args: Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let catalog = Arc::new(get_catalog(&args.place.place())?);
    let order = IntakeOrder {
        item: args.item,
        unit: args.unit,
        period: args.period,
        mode: args.mode,
        is_dry_run: args.dry_run,
        is_by_name: false,
    };
    let actor = operator(Purpose::Intake);
    let app = match args.dry_run {
        true => context.wait(home::open_dry(&args.home, context.clock()))?,
        false => context.open(&args.home, Access::Make)?,
    };
    let app = app.with_catalog(Arc::clone(&catalog));
    if !args.dry_run {
        context.wait(prepare(&app, &actor))?;
    }
    list_unread_profiles(&app).iter().for_each(|unread| eprintln!("{}", say.say(unread)));
    let is_nil = order.mode.as_deref().and_then(SetMode::find).is_some_and(SetMode::is_nil);
    if args.files.is_empty() && !is_nil {
        eprintln!("{}", say.say(&Message::new("intake-no-file")));
        return Ok(ExitCode::from(2));
    }
    let mut worst = 0;
    let mut tell = |taken: &TakenIn| {
        worst = worst.max(code_of(taken.report.outcome));
        if args.json {
            println!("{}", taken_json(taken, say)?);
        } else {
            print_text(taken, &headline(taken, args.dry_run, &catalog, say), say);
        }
        Ok::<_, anyhow::Error>(())
    };
    let hand_out = |taken: &TakenIn| context.wait(hand_out(&app, &actor, (taken, args.receipt.as_deref()), say));
    if args.files.is_empty() {
        let mut taken = context.wait(take_nil(&app, &actor, order.clone()))?;
        taken.receipt = hand_out(&taken)?;
        tell(&taken)?;
    }
    let mut files = Vec::new();
    for path in &args.files {
        files.extend(expand(path, &order)?);
    }
    for (path, order) in files {
        let name = path.display().to_string();
        let mut taken = context.wait(take(&app, &actor, (path.clone(), name, order)))?;
        if let Some(folder) = &args.annotate {
            let place = (folder.clone(), say.language());
            taken.annotated = context.wait(mark(&app, (path, &taken), place))?;
        }
        taken.receipt = hand_out(&taken)?;
        tell(&taken)?;
    }
    if !args.dry_run {
        context.wait(run_due(&app, &actor))?;
    }
    context.wait(app.close())?;
    Ok(ExitCode::from(worst))
}

/// The receipt written to the folder asked for; one that is lacking though the file is taken in is told.
async fn hand_out(
    app: &App,
    actor: &Actor,
    (taken, folder): (&TakenIn, Option<&Path>),
    say: &Translator,
) -> Result<Option<PathBuf>, ActError> {
    let Some((folder, upload)) = folder.zip(taken.upload.as_deref()) else { return Ok(None) };
    let written = receipts::write(app, actor, (upload, folder)).await?;
    if written.is_none() && taken.received_before.is_some() {
        eprintln!("{}", say.say(&Message::new("receipt-none").with("file", &taken.report.file)));
    }
    Ok(written)
}

fn code_of(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Accepted => 0,
        Outcome::Blocked => 1,
        Outcome::Refused => 2,
    }
}

/// A line in which no person's number stands: names of files and sheets may hold one.
fn put(say: &Translator, line: &Message) {
    println!("{}", shown(&say.say(line)));
}

fn print_text(taken: &TakenIn, headline: &Message, say: &Translator) {
    put(say, headline);
    let report = &taken.report;
    for sheet in known_sheets(report) {
        let line = Message::new("intake-sheet-line")
            .with("sheet", &sheet.sheet)
            .with("item", &sheet.item)
            .with("kind", &sheet.kind)
            .with("rows", sheet.rows)
            .with("left_out", sheet.left_out);
        put(say, &line);
        print_left_out(sheet, say);
    }
    for effect in report.batches.iter().filter_map(|batch| batch.effect.as_ref()) {
        put(say, &effect_line(effect));
    }
    print_issues(&report.issues, say);
    if report.unlisted_issues > 0 {
        put(say, &Message::new("intake-more-issues").with("count", report.unlisted_issues));
    }
    if let Some(path) = &taken.annotated {
        put(say, &Message::new("intake-annotated").with("path", path.display()));
    }
    if let Some(path) = &taken.receipt {
        put(say, &Message::new("receipt-written").with("path", path.display()));
    }
    for path in &taken.proposals {
        put(say, &Message::new("intake-profile-proposed").with("path", path.display()));
    }
}

/// Rows that are no rows of the table, by why: what is left out is never left out in silence.
fn print_left_out(sheet: &SheetReport, say: &Translator) {
    const LISTED: usize = 8;
    let mut reasons: Vec<(String, Vec<u32>)> = Vec::new();
    // What stands above the header was never taken for a row.
    for left_out in sheet.left_out_rows.iter().filter(|one| one.reason != Reason::Title) {
        let reason = shown(&say.say(&left_out.message())).into_owned();
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, rows)) => rows.push(left_out.row),
            None => reasons.push((reason, vec![left_out.row])),
        }
    }
    for (reason, rows) in reasons.iter().take(LISTED) {
        let mut listed: Vec<String> = rows.iter().take(LISTED).map(u32::to_string).collect();
        if rows.len() > LISTED {
            listed.push("…".to_owned());
        }
        let line = Message::new("intake-left-out-line").with("rows", listed.join("、")).with("reason", reason);
        put(say, &line);
    }
}

/// Issues that say the same of the same column are listed three times, then counted: forty dates out of the period are
/// one thing to mend. `--json` and the annotated workbook have every one.
fn print_issues(issues: &[Issue], say: &Translator) {
    const LISTED: usize = 3;
    let group_of = |issue: &Issue| {
        let is_error = issue.severity == Severity::Error;
        (is_error, issue.sheet.clone(), issue.column.clone(), issue.rule.to_string())
    };
    let mut groups: BTreeMap<_, Vec<&Issue>> = BTreeMap::new();
    for issue in issues {
        groups.entry(group_of(issue)).or_default().push(issue);
    }
    for issue in issues {
        let Some(alike) = groups.remove(&group_of(issue)) else { continue };
        // Issues of a whole column differ in what they are about: each is listed.
        let listed = if issue.cell.is_none() { alike.len() } else { LISTED };
        alike.iter().take(listed).for_each(|issue| print_issue(issue, say));
        if let [next, rest @ ..] = alike.get(listed..).unwrap_or_default() {
            let last = rest.last().unwrap_or(next);
            let address = |issue: &Issue| issue.cell.map(CellPlace::address).unwrap_or_default();
            let line = Message::new("intake-issues-alike").with("count", rest.len() + 1);
            put(say, &line.with("from", address(next)).with("to", address(last)));
        }
    }
}

fn print_issue(issue: &Issue, say: &Translator) {
    let severity = match issue.severity {
        Severity::Error => Message::new("intake-severity-error"),
        Severity::Warning => Message::new("intake-severity-warning"),
    };
    let place = [issue.sheet.clone(), issue.cell.map(CellPlace::address).unwrap_or_default()].join(" ");
    // What is wrong with the whole file has no place in it.
    let key = if place.trim().is_empty() { "intake-issue-file-line" } else { "intake-issue-line" };
    let line = Message::new(key)
        .with("severity", say.say(&severity))
        .with("place", place.trim())
        .with("message", say.say(&issue.message))
        .with("mend", say.say(&issue.mend));
    put(say, &line);
}

fn headline(taken: &TakenIn, is_dry_run: bool, catalog: &Catalog, say: &Translator) -> Message {
    let report = &taken.report;
    // A nil report has no file to be called by.
    let is_nil = report.file.is_empty();
    let key = match (report.outcome, is_dry_run) {
        (Outcome::Refused, _) if is_nil => "intake-nil-refused",
        (Outcome::Accepted, true) if is_nil => "intake-nil-would-accept",
        (Outcome::Accepted, false) if is_nil => "intake-nil-accepted",
        (Outcome::Refused, _) => "intake-refused",
        (Outcome::Blocked, _) => "intake-blocked",
        (Outcome::Accepted, true) => "intake-would-accept",
        (Outcome::Accepted, false) => "intake-accepted",
    };
    let unit = report.unit.as_deref().map(|key| {
        let known = catalog.units.get(key);
        known.map_or(key, |unit| unit.name.get(say.language()))
    });
    if let Some(when) = taken.received_before {
        return Message::new("intake-received-before").with("file", &report.file).with("when", day_of(when));
    }
    let errors = report.issues.iter().filter(|issue| issue.severity == Severity::Error).count();
    let is_supplement = report.batches.iter().any(|batch| batch.is_supplement);
    let mode = report.mode.map(|mode| if is_supplement { "supplement" } else { mode.key() });
    let mode = mode.map(|mode| say.say(&Message::new(format!("intake-mode-{mode}"))));
    Message::new(key)
        .with("file", &report.file)
        .with("errors", errors)
        .with("unit", unit.unwrap_or_default())
        .with("items", items_of(report, catalog, say))
        .with("period", report.period.map(|period| period.to_string()).unwrap_or_default())
        .with("mode", mode.unwrap_or_default())
}

/// The items of a report with the kinds taken in: 涉税案件信息（案件、拍卖）.
fn items_of(report: &IntakeReport, catalog: &Catalog, say: &Translator) -> String {
    let mut items: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for batch in &report.batches {
        let Some((item, kind)) = catalog.find_kind(&format!("{}.{}", batch.item, batch.kind)) else { continue };
        items.entry(item.name.get(say.language())).or_default().push(kind.name.get(say.language()));
    }
    let spelled = |(item, kinds): (&&str, &Vec<&str>)| format!("{item}（{}）", kinds.join("、"));
    items.iter().map(spelled).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use gongzhi_core::messages::Language;

    use super::*;

    #[test]
    fn a_receipt_names_the_day_in_beijing() {
        let when = "2025-12-31T16:30:00Z".parse().ok();
        let report = IntakeReport { file: "a.csv".to_owned(), ..IntakeReport::default() };
        let taken = TakenIn {
            report,
            source: None,
            received_before: when,
            upload: None,
            receipt: None,
            proposals: Vec::new(),
            annotated: None,
        };
        let say = Translator::new(Language::English);
        let line = say.say(&headline(&taken, false, &Catalog::default(), &say));
        assert!(line.contains("2026-01-01"), "{line}");
    }
}
