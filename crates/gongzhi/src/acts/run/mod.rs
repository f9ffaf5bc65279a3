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
mod identity_book;
mod lead_book;
mod missing;
mod outputs;
mod reasons;
mod record;
mod report;
mod sightings;
mod taking_in;
mod told_sets;

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};
use chrono::{DateTime, NaiveDate, Utc};
use gongzhi_core::catalog::{Catalog, Source};
use gongzhi_core::identity::Decisions;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::models::Models;
use gongzhi_core::state::{Moment, VisibleBatches};
use gongzhi_engine::session::SessionPlace;
use gongzhi_store::Store;
use gongzhi_store::collect::batches::NewLinks;

use crate::acts::analyse::identity::read_divisions;
use crate::acts::audit;
use crate::acts::collect::intake::IntakeDesk;

pub use comparing::{Compared, Comparing, choose_region, compare};
pub use coverage::{propose_folder, read_coverage};
pub use files::COVERAGE_FILE;
use files::list_files;
pub use outputs::Step;
use record::{RunRecord, analysis};
pub use taking_in::NotAccepted;

/// Files that were not accepted a person is told of one by one; `issues.jsonl` has all.
pub const LISTED_FILES: usize = 10;

/// What a run is told.
pub struct RunOrder {
    /// Folder of sheets.
    pub folder: PathBuf,
    /// Folder of results.
    pub out: PathBuf,
    /// Home folder.
    pub home: PathBuf,
    /// The day the run looks from.
    pub as_of: NaiveDate,
    /// The region the run is about, by its code; none: the only one there is.
    pub region: Option<String>,
    /// The moment the command began.
    pub now: DateTime<Utc>,
}

/// What a run is given besides.
pub struct RunContext<'a> {
    /// Files of the catalogue.
    pub sources: &'a [Source],
    /// The catalogue.
    pub catalog: Catalog,
    /// Its models.
    pub models: Models,
    /// Speaks.
    pub say: &'a Translator,
    /// Told of progress: what is done, how much of how much.
    pub progress: &'a (dyn Fn(&Message, u64, u64) + Sync),
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

/// Runs.
///
/// # Errors
/// Nothing could be run: the folder is empty or can't be read, no file was accepted, the home folder can't be used.
pub fn run(order: &RunOrder, context: RunContext<'_>) -> Result<RunEnd> {
    let say = context.say;
    let listed = list_files((&order.folder, &[&order.out, &order.home]), say)?;
    if listed.files.is_empty() {
        let message = Message::new("run-no-file").with("folder", order.folder.display());
        return Err(anyhow!("{}", say.say(&message)));
    }
    std::fs::create_dir_all(&order.out).map_err(|error| {
        let message = Message::new("run-out-unwritable").with("out", order.out.display()).with("why", error);
        anyhow!("{}", say.say(&message))
    })?;
    let _alone = lock_home(&order.home, say)?;
    forget_earlier(&order.out)?;
    let coverage = read_coverage(&order.folder.join(COVERAGE_FILE), &context.catalog, say)?;
    let has_coverage = !coverage.is_empty();

    let started = Instant::now();
    let desk = IntakeDesk::open(context.catalog.clone(), &order.home, order.now, say)?;
    let mut taken = taking_in::take_in(&desk, &listed.files, &context)?;
    let unread_profiles = desk.unread_profiles().to_vec();
    let (store, _) = desk.store();
    let store = store.clone();
    let (keys, data_folder) = desk.into_keys();
    let place = SessionPlace { folder: data_folder, keys: Arc::new(keys) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let actor = analysis();
    let settle = store.change((&actor, order.now), async |work| work.settle_delivery(&taken.digests).await);
    runtime.block_on(settle)?;
    // The run is of this moment: what others take in from here on is not in it.
    let mut visible = runtime.block_on(store.visible_batches(&actor.scope, everything()))?;
    if visible.batches.is_empty() {
        outputs::write_issues(&order.out, &taken)?;
        let listed = taken.not_accepted().into_iter().take(LISTED_FILES).map(|file| say.say(&file.message()));
        let lines: Vec<String> = listed.chain([say.say(&Message::new("run-nothing-accepted"))]).collect();
        return Err(anyhow!("{}", lines.join("\n")));
    }
    let region = choose_region(&mut visible, order.region.as_deref());
    let region = region.map_err(|message| anyhow!("{}", say.say(&message)))?.to_string();
    told_sets::tell_sets(&mut taken, (&visible, &place), &context)?;
    let about = (order, region.as_str(), context.catalog.digest.as_str());
    let record = runtime.block_on(RunRecord::begin(&store, about, &taken))?;
    let mut steps = Steps { record: &record, runtime: &runtime, ended: Vec::new() };
    steps.end("intake", started, &[("files", listed.files.len() as u64), ("rows", taken.accepted_rows())])?;

    let started = Instant::now();
    let identified = runtime.block_on(identify(order, &context, (&store, &visible, &place)))?;
    put_links(&mut visible, &identified);
    let parties: u64 = identified.classes.values().sum();
    steps.end("identity", started, &[("taxpayers", identified.registry as u64), ("parties", parties)])?;

    let started = Instant::now();
    let compared = comparing::Comparing { context: &context, visible: &visible, place: &place, coverage, region };
    let mut compared = runtime.block_on(comparing::compare(compared, order.as_of))?;
    runtime.block_on(sightings::record(&record, order, &mut compared))?;
    steps.end("models", started, &[("models", compared.reports.len() as u64)])?;

    let started = Instant::now();
    let told = evidence::list_places(&context, (&place, &visible), &compared)?;
    let result = outputs::RunResult {
        order,
        context: &context,
        taken: &taken,
        identified: &identified,
        compared,
        told,
        visible: &visible,
        received: report::read_days(&listed.files),
        has_coverage,
    };
    outputs::write_for_people(&result)?;
    steps.end("reports", started, &[])?;
    let steps = steps.ended;
    outputs::write_for_programs(&result, &steps)?;
    let leads: Vec<(String, usize)> =
        result.compared.reports.iter().map(|report| (report.model.clone(), report.leads.len())).collect();
    runtime.block_on(record.finish(&serde_json::json!({ "files": taken.counts(), "leads": leads })))?;
    runtime.block_on(audit::seal(&store, &place.keys, order.now))?;
    runtime.block_on(store.close())?;
    Ok(RunEnd {
        notes: notes_of(&result, &listed.skipped).into_iter().chain(unread_profiles).collect(),
        files: taken.counts(),
        not_accepted: taken.not_accepted(),
        leads,
        stopped: result.compared.reports.iter().filter_map(|r| Some((r.model.clone(), r.stopped.clone()?))).collect(),
        steps,
    })
}

/// The steps of a run, each kept on record as it ends.
struct Steps<'a> {
    record: &'a RunRecord,
    runtime: &'a tokio::runtime::Runtime,
    ended: Vec<Step>,
}

impl Steps<'_> {
    fn end(&mut self, name: &'static str, started: Instant, counts: &[(&'static str, u64)]) -> Result<()> {
        let step = Step::new(name, started, counts);
        self.runtime.block_on(self.record.step(&step))?;
        self.ended.push(step);
        Ok(())
    }
}

/// Finds who is meant by every party of every row, writes `identity.jsonl`, and keeps the links beside the batches.
async fn identify(
    order: &RunOrder,
    context: &RunContext<'_>,
    (store, visible, place): (&Store, &VisibleBatches, &SessionPlace),
) -> Result<identities::Identified> {
    let divisions = read_divisions(context.sources);
    let decisions = Decisions::new(store.list_decisions(&analysis().scope, order.now).await?);
    let given = identities::Identifying {
        catalog: &context.catalog,
        visible,
        place,
        divisions: &divisions,
        decisions: &decisions,
    };
    let index = identities::build_index(&given).await?;
    let mut lines = outputs::create(&order.out, "identity.jsonl")?;
    let identified = identities::identify(&given, &index, &mut lines)?;
    lines.finish()?;
    record_links(store, order.now, &identified).await?;
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
    let words = reasons::Reasons { say: context.say, catalog: &context.catalog, models: &context.models };
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
    let content = (&context.catalog, &context.models);
    notes.extend(missing::notes(result.taken.reports.values(), content, context.say));
    if !skipped.is_empty() {
        notes.push(Message::new("run-skipped").with("count", skipped.len()).with("names", skipped.join("、")));
    }
    notes
}

/// One run at a time on a home folder: the lock ends with the process, however it ends.
fn lock_home(home: &Path, say: &Translator) -> Result<File> {
    std::fs::create_dir_all(home).with_context(|| home.display().to_string())?;
    let path = home.join("run.lock");
    let lock = File::create(&path).with_context(|| path.display().to_string())?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(anyhow!("{}", say.say(&Message::new("run-already").with("home", home.display()))))
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// `run.json` says that the results beside it are whole: that of an earlier run says nothing about this one.
fn forget_earlier(out: &Path) -> Result<()> {
    match std::fs::remove_file(out.join("run.json")) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).with_context(|| out.display().to_string()),
        _ => Ok(()),
    }
}

/// Everything accepted so far: the day of the run says from when it looks, not what had arrived.
fn everything() -> Moment {
    Moment { as_of: DateTime::<Utc>::MAX_UTC, period: None }
}

/// The batches with the links that were just made.
fn put_links(visible: &mut VisibleBatches, identified: &identities::Identified) {
    let mut keys: HashMap<&str, &str> =
        identified.links.iter().map(|(batch, part)| (batch.as_str(), part.key.as_str())).collect();
    for one in &mut visible.batches {
        if let Some(key) = keys.remove(one.batch.id.as_str()) {
            one.links_key = Some(key.to_owned());
        }
    }
}

async fn record_links(
    store: &Store,
    now: DateTime<Utc>,
    identified: &identities::Identified,
) -> Result<(), gongzhi_store::StoreError> {
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
    store.change((&analysis(), now), async |work| work.record_links(&new).await).await
}
