//! The main job: a folder of sheets becomes leads.
//!
//! Files are taken in office by office, each party of each row is matched with a taxpayer, the state of things is put
//! before the models, and what they find is written for people (`leads.xlsx`, `identity.xlsx`) and for programs
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
mod outputs;
mod parallel;
mod taking_in;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};
use chrono::{DateTime, NaiveDate, Utc};
use gongzhi_core::access::{Purpose, Scope};
use gongzhi_core::catalog::{Catalog, Source};
use gongzhi_core::identity::Decisions;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::models::Models;
use gongzhi_core::state::{Moment, VisibleBatches};
use gongzhi_engine::session::SessionPlace;
use gongzhi_store::batches::NewLinks;

use super::identity::read_divisions;
use super::intake::IntakeDesk;

pub use comparing::{Compared, Comparing, compare};
pub use coverage::{propose_folder, read_coverage};
pub use files::COVERAGE_FILE;
use files::list_files;
pub use outputs::Step;

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
    /// Leads by model.
    pub leads: Vec<(String, usize)>,
    /// Seconds of each step.
    pub steps: Vec<Step>,
    /// Models that stopped, and why.
    pub stopped: Vec<(String, Message)>,
}

/// Runs.
///
/// # Errors
/// Nothing could be run: the folder is empty or can't be read, no file was accepted, the home folder can't be used.
pub fn run(order: &RunOrder, context: RunContext<'_>) -> Result<RunEnd> {
    let say = context.say;
    std::fs::create_dir_all(&order.out).with_context(|| order.out.display().to_string())?;
    let files = list_files(&order.folder, &order.out)?;
    if files.is_empty() {
        let message = Message::new("run-no-file").with("folder", order.folder.display());
        return Err(anyhow!("{}", say.say(&message)));
    }
    let coverage = read_coverage(&order.folder.join(COVERAGE_FILE), say)?;
    let mut steps = Vec::new();
    let desk = IntakeDesk::open(context.catalog.clone(), &order.home, order.now, say)?;

    let started = Instant::now();
    let taken = taking_in::take_in(&desk, &files, &context)?;
    let rows = taken.accepted_rows();
    steps.push(Step::new("intake", started, &[("files", files.len() as u64), ("rows", rows)]));

    let started = Instant::now();
    let (store, runtime) = desk.store();
    let (store, now) = (store.clone(), order.now);
    let (decisions, visible) = runtime.block_on(async {
        let decided = store.list_decisions(&analysis(), now).await?;
        Ok::<_, gongzhi_store::StoreError>((decided, visible_batches(&store).await?))
    })?;
    if visible.batches.is_empty() {
        outputs::write_issues(&order.out, &taken)?;
        return Err(anyhow!("{}", say.say(&Message::new("run-nothing-accepted"))));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (keys, data_folder) = desk.into_keys();
    let place = SessionPlace { folder: data_folder, keys: Arc::new(keys) };
    let divisions = read_divisions(context.sources);
    let decisions = Decisions::new(decisions);
    let given = identities::Identifying {
        catalog: &context.catalog,
        visible: &visible,
        place: &place,
        divisions: &divisions,
        decisions: &decisions,
    };
    let index = runtime.block_on(identities::build_index(&given))?;
    let identified = identities::identify(&given, &index, &mut outputs::create(&order.out, "identity.jsonl")?)?;
    let visible = record_links(&runtime, &store, order.now, &identified)?;
    let parties: u64 = identified.classes.values().sum();
    let counted = [("taxpayers", identified.registry as u64), ("parties", parties)];
    steps.push(Step::new("identity", started, &counted));

    let started = Instant::now();
    let compared = comparing::Comparing { context: &context, visible: &visible, place: &place, coverage };
    let compared = runtime.block_on(comparing::compare(compared, order.as_of))?;
    steps.push(Step::new("models", started, &[("models", compared.reports.len() as u64)]));

    let started = Instant::now();
    let told = evidence::list_places(&context, (&place, &visible), &compared)?;
    let result =
        outputs::RunResult { order, context: &context, taken: &taken, identified: &identified, compared, told };
    outputs::write_for_people(&result)?;
    steps.push(Step::new("reports", started, &[]));
    outputs::write_for_programs(&result, &steps)?;
    Ok(RunEnd {
        files: taken.counts(),
        leads: result.compared.reports.iter().map(|report| (report.model.clone(), report.leads.len())).collect(),
        stopped: result.compared.reports.iter().filter_map(|r| Some((r.model.clone(), r.stopped.clone()?))).collect(),
        steps,
    })
}

/// A run analyses every unit of the installation.
fn analysis() -> Scope {
    Scope::region("", Purpose::Analysis)
}

/// Everything accepted so far: the day of the run says from when it looks, not what had arrived.
fn everything() -> Moment {
    Moment { as_of: DateTime::<Utc>::MAX_UTC, period: None }
}

fn record_links(
    runtime: &tokio::runtime::Runtime,
    store: &gongzhi_store::Store,
    now: DateTime<Utc>,
    identified: &identities::Identified,
) -> Result<VisibleBatches> {
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
    Ok(runtime.block_on(async {
        store.record_links(&analysis(), now, &new).await?;
        visible_batches(store).await
    })?)
}

/// Everything accepted, in the order of the files: offices are taken in side by side, so which of two was accepted
/// first is chance, and nothing may depend on it.
async fn visible_batches(store: &gongzhi_store::Store) -> Result<VisibleBatches, gongzhi_store::StoreError> {
    let mut visible = store.visible_batches(&analysis(), everything()).await?;
    visible.batches.sort_by(|a, b| (&a.file, &a.batch.id).cmp(&(&b.file, &b.batch.id)));
    Ok(visible)
}
