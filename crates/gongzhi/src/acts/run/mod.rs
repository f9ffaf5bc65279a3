//! The main job: a folder of sheets becomes leads.
//!
//! Files are taken in office by office, each party of each row is matched with a taxpayer, the state of things is put
//! before the models, and what they find is written for people (`report.html`, `leads.xlsx`, `identity.xlsx`, `units.xlsx`) and for programs
//! (`run.json`, `leads.jsonl`, `issues.jsonl`, `identity.jsonl`). A blocked or refused file gives no batch and the run
//! goes on. Broken off, a second run goes on after the files that are in; the same input gives the same output but for
//! times.

mod comparing;
mod coverage;
mod evidence;
mod files;
mod identities;
mod missing;
mod order;
mod outputs;
mod record;
mod sightings;
mod taking_in;
mod told_sets;

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Instant;

use chrono::{DateTime, Utc};
use gongzhi_core::access::{Actor, Purpose};
use gongzhi_core::codes::Divisions;
use gongzhi_core::identity::Decisions;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::models::facts::Coverage;
use gongzhi_core::problems::{ActError, Code, OfFile as _};
use gongzhi_core::state::{Moment, VisibleBatches};
use gongzhi_engine::keys::digest;
use gongzhi_engine::session::SessionPlace;
use gongzhi_store::analyse::links::NewLinks;
use gongzhi_store::shared::work::Work;

use crate::acts::collect::intake::{self, IntakeDesk};
use crate::acts::exchange;
use crate::app::{App, Waiter};
use crate::jobs::inline::run_due;
use crate::reports::reasons::Reasons;

pub use comparing::{Compared, Comparing, choose_region, compare};
pub use coverage::{propose_folder, read_coverage};
pub use files::COVERAGE_FILE;
use files::{Listed, list_files};
pub use order::{Content, Progress, RunContext, RunOrder};
pub use outputs::Step;
use record::RunRecord;
pub use taking_in::NotAccepted;

/// Files that were not accepted a person is told of one by one; `issues.jsonl` has all.
pub const LISTED_FILES: usize = 10;

/// A run whose folder was looked at, and that has its home for itself until it ends.
pub struct Prepared {
    order: RunOrder,
    listed: Listed,
    coverage: Vec<Coverage>,
    /// Of the file it was read from.
    coverage_digest: String,
    _alone: File,
}

/// What a run came to.
#[derive(Debug)]
pub struct RunEnd {
    /// Files accepted, blocked, refused.
    pub files: [u64; 3],
    /// The files that were not accepted, by name.
    pub not_accepted: Vec<NotAccepted>,
    /// Leads by model.
    pub leads: Vec<(String, usize)>,
    /// Seconds of each step.
    pub steps: Vec<Step>,
    /// Models that stopped, and why.
    pub stopped: Vec<(String, Message)>,
    /// What people should know besides.
    pub notes: Vec<Message>,
}

/// Looks at the folder before anything is opened or made but the folder of results.
///
/// # Errors
/// The folder is empty or can't be read, the folder of results can't be written, another run is at work on the home, the
/// coverage file can't be understood.
pub fn prepare(order: RunOrder, home: &Path, content: &Content) -> Result<Prepared, ActError> {
    let listed = list_files((&order.folder, &[&order.out, home]))?;
    if listed.files.is_empty() {
        let message = Message::new("run-no-file").with("folder", order.folder.display());
        return Err(ActError::not_understood(message));
    }
    std::fs::create_dir_all(&order.out).map_err(|error| {
        let message = Message::new("run-out-unwritable").with("out", order.out.display()).with("why", error);
        ActError::new(Code::Unexpected, message)
    })?;
    let alone = lock_home(home)?;
    forget_earlier(&order.out)?;
    let file = order.folder.join(COVERAGE_FILE);
    let coverage = read_coverage(&file, &content.catalog)?;
    let coverage_digest = digest(&std::fs::read(&file).unwrap_or_default());
    Ok(Prepared { order, listed, coverage, coverage_digest, _alone: alone })
}

/// Runs.
///
/// # Errors
/// Nothing could be run: no file was accepted, the home folder can't be used.
pub async fn run(
    app: &App,
    actor: &Actor,
    (prepared, content): (Prepared, Content),
    progress: Box<Progress>,
) -> Result<RunEnd, ActError> {
    intake::prepare(app, actor).await?;
    let actor = actor.with_purpose(Purpose::Analysis);
    let asking = actor.clone();
    let end = app.block(move |app, waiter| {
        let speech = Translator::new(prepared.order.language);
        let context = RunContext { content: &content, say: &speech, progress: &*progress };
        run_here((app, waiter, &asking), prepared, &context)
    });
    let end = end.await?;
    run_due(app, &actor).await?;
    Ok(end)
}

fn run_here(
    (app, waiter, actor): (&App, &Waiter, &Actor),
    prepared: Prepared,
    context: &RunContext<'_>,
) -> Result<RunEnd, ActError> {
    let Prepared { order, listed, coverage, coverage_digest, _alone } = prepared;
    let (order, has_coverage) = (&order, !coverage.is_empty());

    let started = Instant::now();
    let desk = IntakeDesk::open(app, waiter, &actor.with_purpose(Purpose::Intake))?;
    let mut taken = taking_in::take_in(&desk, &listed.files, context)?;
    let unread_profiles = desk.unread_profiles().to_vec();
    let place = app.place();
    let now = app.clock.now();
    let settle = async |work: &mut Work| work.settle_delivery(&taken.digests).await;
    waiter.wait(app.store.change((actor, now), settle))?;
    waiter.wait(exchange::hand_over(&app.store, actor, now))?;
    // The run is of this moment: what others take in from here on is not in it.
    let mut visible = waiter.wait(app.store.visible_batches(&actor.scope, everything()))?;
    if visible.batches().is_empty() {
        outputs::write_issues((&order.out, context.say), &taken)?;
        return Err(nothing_accepted(&taken));
    }
    let region = choose_region(&mut visible, order.region.as_deref()).map_err(ActError::not_understood)?.to_string();
    told_sets::tell_sets(&mut taken, (&visible, &place), context)?;
    let about = (order, region.as_str(), context.catalog.digest.as_str());
    let record = waiter.wait(RunRecord::begin((app, actor), about, (&taken, &coverage_digest)))?;
    let mut steps = Steps { record: &record, waiter, ended: Vec::new() };
    steps.end("intake", started, &[("files", listed.files.len() as u64), ("rows", taken.accepted_rows())])?;

    let started = Instant::now();
    let identified = waiter.wait(identify((app, actor), order, context, (&visible, &place)))?;
    put_links(&mut visible, &identified);
    let parties: u64 = identified.classes.values().sum();
    steps.end("identity", started, &[("taxpayers", identified.registry as u64), ("parties", parties)])?;

    let started = Instant::now();
    let (content, analysis) = (context.content, app.analysis()?);
    let compared = Comparing { content, analysis, visible: &visible, place: &place, coverage, region };
    let mut compared = waiter.wait(compare(compared, order.as_of))?;
    waiter.wait(sightings::record(&record, order, &mut compared))?;
    steps.end("models", started, &[("models", compared.reports.len() as u64)])?;

    let started = Instant::now();
    let told = evidence::list_places(context, (&place, &visible), &compared)?;
    let result = outputs::RunResult {
        order,
        context,
        taken: &taken,
        identified: &identified,
        compared,
        told,
        visible: &visible,
        received: files::read_days(&listed.files),
        has_coverage,
    };
    outputs::write_for_people(&result)?;
    steps.end("reports", started, &[])?;
    let steps = steps.ended;
    outputs::write_for_programs(&result, &steps)?;
    let leads: Vec<(String, usize)> =
        result.compared.reports.iter().map(|report| (report.model.clone(), report.leads.len())).collect();
    waiter.wait(record.finish(&serde_json::json!({ "files": taken.counts(), "leads": leads })))?;
    Ok(RunEnd {
        notes: notes_of(&result, &listed.skipped).into_iter().chain(unread_profiles).collect(),
        files: taken.counts(),
        not_accepted: taken.not_accepted(),
        leads,
        stopped: result.compared.reports.iter().filter_map(|r| Some((r.model.clone(), r.stopped.clone()?))).collect(),
        steps,
    })
}

/// No file was accepted: the first of them, each with the first of its errors.
fn nothing_accepted(taken: &taking_in::TakenFolder) -> ActError {
    let listed = taken.not_accepted().into_iter().take(LISTED_FILES).filter_map(|file| file.told());
    let told = listed.chain([Message::new("run-nothing-accepted").into()]).collect();
    ActError { code: Code::NotUnderstood, told }
}

/// The steps of a run, each kept on record as it ends.
struct Steps<'a> {
    record: &'a RunRecord,
    waiter: &'a Waiter,
    ended: Vec<Step>,
}

impl Steps<'_> {
    fn end(&mut self, name: &'static str, started: Instant, counts: &[(&'static str, u64)]) -> Result<(), ActError> {
        let step = Step::new(name, started, counts);
        self.waiter.wait(self.record.step(&step))?;
        self.ended.push(step);
        Ok(())
    }
}

/// Finds who is meant by every party of every row, writes `identity.jsonl`, and keeps the links beside the batches.
async fn identify(
    (app, actor): (&App, &Actor),
    order: &RunOrder,
    context: &RunContext<'_>,
    (visible, place): (&VisibleBatches, &SessionPlace),
) -> Result<identities::Identified, ActError> {
    let divisions = context.catalog.lists.get("divisions").map(Divisions::of_list).unwrap_or_default();
    let decisions = Decisions::new(app.store.list_decisions(&actor.scope, app.clock.now()).await?);
    let given = identities::Identifying {
        catalog: &context.catalog,
        analysis: app.analysis()?,
        visible,
        place,
        divisions: &divisions,
        decisions: &decisions,
    };
    let index = identities::build_index(&given).await?;
    let mut lines = outputs::create(&order.out, "identity.jsonl")?;
    let identified = identities::identify(&given, &index, &mut lines)?;
    lines.finish()?;
    record_links((app, actor), &identified).await?;
    Ok(identified)
}

/// How much could not be compared, most first, and what was not looked at.
fn notes_of(result: &outputs::RunResult<'_>, skipped: &[String]) -> Vec<Message> {
    let mut notes = Vec::new();
    if !result.has_coverage {
        let folder = result.order.folder.display();
        notes.push(Message::new("run-no-coverage").with("file", COVERAGE_FILE).with("folder", folder));
    }
    let context = result.context;
    let words = Reasons { say: context.say, catalog: &context.catalog, models: &context.models };
    let mut reasons: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    for report in &result.compared.reports {
        for (outcome, count) in &report.outcomes {
            if let Some(reason) = outcome.strip_prefix("not_comparable:") {
                *reasons.entry(words.say(&report.model, reason)).or_default() += count;
            }
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), reason.clone()));
    let note = |(reason, count)| Message::new("run-not-comparable").with("reason", reason).with("count", count);
    notes.extend(reasons.into_iter().take(5).map(note));
    let content = (context.catalog.as_ref(), context.models.as_ref());
    notes.extend(missing::notes(result.taken.reports.values(), content, context.say));
    if !skipped.is_empty() {
        notes.push(Message::new("run-skipped").with("count", skipped.len()).with("names", skipped.join("、")));
    }
    notes
}

/// One run at a time on a home folder: the lock ends with the process, however it ends.
fn lock_home(home: &Path) -> Result<File, ActError> {
    std::fs::create_dir_all(home).of_file(home)?;
    let path = home.join("run.lock");
    let lock = File::create(&path).of_file(&path)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(ActError::new(Code::Busy, Message::new("run-already").with("home", home.display())))
        }
        Err(TryLockError::Error(error)) => Err(error).of_file(&path),
    }
}

/// `run.json` says that the results beside it are whole: that of an earlier run says nothing about this one.
fn forget_earlier(out: &Path) -> Result<(), ActError> {
    match std::fs::remove_file(out.join("run.json")) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).of_file(out),
        _ => Ok(()),
    }
}

/// Everything accepted so far: the day of the run says from when it looks, not what had arrived.
fn everything() -> Moment {
    Moment { as_of: DateTime::<Utc>::MAX_UTC, period: None }
}

/// The batches with the links that were just made.
fn put_links(visible: &mut VisibleBatches, identified: &identities::Identified) {
    let keys: HashMap<&str, &str> =
        identified.links.iter().map(|(batch, part)| (batch.as_str(), part.key.as_str())).collect();
    visible.put_links(&keys);
}

async fn record_links((app, actor): (&App, &Actor), identified: &identities::Identified) -> Result<(), ActError> {
    let new: Vec<NewLinks> = identified
        .links
        .iter()
        .map(|(batch, part)| NewLinks {
            batch: batch.clone(),
            version: identified.version.clone(),
            key: part.key.clone(),
            digest: part.digest.clone(),
        })
        .collect();
    let mut work = app.store.write(actor, app.clock.now()).await?;
    if work.record_links(&new).await? > 0 {
        work.commit().await?;
    }
    Ok(())
}
