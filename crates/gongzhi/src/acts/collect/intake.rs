//! Taking in files: load what is known, decide by the rules, save the upload with its batches in one transaction.
//!
//! An upload is begun in the control store with every key it may write before anything stands in its place, and its
//! batches are visible only once it is accepted there. Killed in between, nothing is half visible, and the same file
//! handed in again goes on with the same upload.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, anyhow};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use gongzhi_core::access::{Actor, Purpose};
use gongzhi_core::catalog::Catalog;
use gongzhi_core::intake::mapping::{FOREIGN_SHEET, UNKNOWN_COLUMN};
use gongzhi_core::intake::{Flags, LayoutProfile, Refusal};
use gongzhi_core::issues::Issue;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::period::Period;
use gongzhi_core::state::{Batch, Moment, VisibleBatch, VisibleBatches, covered_days, find_supplemented};
use gongzhi_core::time::day_of;
use gongzhi_core::values::SetMode;
use gongzhi_engine::annotate::{Annotation, annotate, annotated_name};
use gongzhi_engine::batch::BatchError;
use gongzhi_engine::effects::{SetEffect, list_effects};
use gongzhi_engine::intake::{
    CheckedFile, IntakeBatch, IntakeBooks, IntakeContext, IntakeError, IntakeReport, IntakeRequest, Outcome,
    PackedUpload, check_file, declare_nil, pack_upload, upload_key,
};
use gongzhi_engine::keys::{Keys, digest_reader};
use gongzhi_engine::parts::DataPlace;
use gongzhi_engine::read::{Limits, WorkerCommand, WorkerPool};
use gongzhi_engine::{AtWork, clear_unfinished};
use gongzhi_store::collect::batches::GroupSets;
use gongzhi_store::collect::uploads::{Attempt, Begun, NewBatch, NewUpload, Upload, UploadStatus};
use gongzhi_store::{Store, StoreError};
use serde_json::{Value as Json, json};

use crate::acts::collect::intake_report::report_json;
use crate::acts::collect::profile;
use crate::acts::collect::receipts::{self, Accepted};
use crate::acts::collect::set_effects::{as_visible, group_of, issues_of};
use crate::acts::home::{self, Access, Home};
use crate::acts::operator::operator;
use crate::acts::{audit, doctor};

/// What is said about the files beside what they say themselves, as written on the command line.
#[derive(Debug, Clone, Default)]
pub struct IntakeOrder {
    /// `ITEM` or `ITEM.KIND`; the item by key, name or number.
    pub item: Option<String>,
    /// Unit, by key or name.
    pub unit: Option<String>,
    /// Period.
    pub period: Option<String>,
    /// Mode.
    pub mode: Option<String>,
    /// Check only.
    pub is_dry_run: bool,
    /// The name tells files apart too: of a folder, two files of the same content may be sets of two periods.
    pub is_by_name: bool,
}

/// A file as it lies there.
pub struct FileAtHand<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// The path as people named it.
    pub name: &'a str,
    /// It is a file of its own: what isn't (a folder, a pipe) the reader refuses.
    is_file: bool,
    /// Digest of its bytes, when it was asked for.
    digest: Option<String>,
}

impl<'a> FileAtHand<'a> {
    /// A file to be taken in.
    pub fn new(path: &'a Path, name: &'a str) -> Self {
        let is_file = std::fs::metadata(path).is_ok_and(|facts| facts.is_file());
        Self { path, name, is_file, digest: None }
    }

    /// The same, its bytes digested: for who must know beforehand whether it was taken in before.
    pub fn digested(path: &'a Path, name: &'a str) -> Self {
        let file = Self::new(path, name);
        let digest = Some(path).filter(|_| file.is_file).and_then(|path| File::open(path).and_then(digest_reader).ok());
        Self { digest, ..file }
    }

    /// Its digest; empty when it was not asked for or can't be told.
    pub fn digest(&self) -> &str {
        self.digest.as_deref().unwrap_or_default()
    }
}

/// What became of a file.
#[derive(Debug, Clone)]
pub struct TakenIn {
    /// What was found.
    pub report: IntakeReport,
    /// The same file was accepted before, then.
    pub received_before: Option<DateTime<Utc>>,
    /// Id of its upload; none of what became no upload.
    pub upload: Option<String>,
    /// The receipt that was asked for.
    pub receipt: Option<PathBuf>,
    /// Layout profiles that were written for a person to complete.
    pub proposals: Vec<PathBuf>,
    /// The workbook in which the issues are marked.
    pub annotated: Option<PathBuf>,
}

/// How long an attempt holds its upload: from the check to the receipt, of the largest file there may be.
const LEASE: TimeDelta = TimeDelta::minutes(15);

/// How long is waited for another attempt before it is looked at again.
const PAUSE: Duration = Duration::from_millis(50);

/// Everything an intake needs, opened.
pub struct IntakeDesk {
    catalog: Catalog,
    books: IntakeBooks,
    pool: WorkerPool,
    keys: Keys,
    store: Store,
    home: PathBuf,
    data_folder: PathBuf,
    profiles: Vec<LayoutProfile>,
    actor: Actor,
    /// Profiles that can't be read, each as a sentence.
    unread: Vec<Message>,
    now: DateTime<Utc>,
    runtime: tokio::runtime::Runtime,
    /// The home folder of a dry run where there is none yet; taken away again with the desk.
    _scratch: Option<tempfile::TempDir>,
}

impl IntakeDesk {
    /// Opens the home folder to check only: it is left as it is, and where there is none, none is made.
    ///
    /// # Errors
    /// As of [`Self::open`], and where it is one of an earlier program.
    pub fn open_dry(catalog: Catalog, home: &Path, now: DateTime<Utc>, say: &Translator) -> Result<Self> {
        if home::is_there(home) {
            return Self::open_for(catalog, (home, Access::Read), now, say);
        }
        let scratch = tempfile::tempdir()?;
        let desk = Self::open(catalog, scratch.path(), now, say)?;
        let (profiles, unread) = profile::read_profiles(home);
        Ok(Self { profiles, unread, _scratch: Some(scratch), ..desk })
    }

    /// Opens the home folder; a new one is made.
    ///
    /// # Errors
    /// The home folder, its keys or its store can't be opened.
    pub fn open(catalog: Catalog, home: &Path, now: DateTime<Utc>, say: &Translator) -> Result<Self> {
        let desk = Self::open_for(catalog, (home, Access::Make), now, say)?;
        clear_unfinished(&desk.data_folder);
        desk.keys.clear_unfinished();
        let cleared = doctor::clear_over((&desk.data_folder, &desk.keys), &desk.store, now);
        desk.runtime.block_on(cleared).map_err(|error| anyhow!("{}", say.say(&error.message())))?;
        desk.keys.show_public_key().map_err(|error| anyhow!("{}", say.say(&error.message())))?;
        Ok(desk)
    }

    fn open_for(
        catalog: Catalog,
        (home, access): (&Path, Access),
        now: DateTime<Utc>,
        say: &Translator,
    ) -> Result<Self> {
        let told = |message: Message| anyhow!("{}", say.say(&message));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("tokio")?;
        let Home { keys, store } = runtime.block_on(home::open(home, access, say))?;
        let data_folder = home.join("data");
        let command = WorkerCommand::of_this_program().map_err(|error| told(error.message()))?;
        let (profiles, unread) = profile::read_profiles(home);
        Ok(Self {
            books: IntakeBooks::new(&catalog),
            catalog,
            pool: WorkerPool::new(command, 2, Limits::default()),
            keys,
            store,
            home: home.to_owned(),
            data_folder,
            actor: operator(Purpose::Intake),
            profiles,
            unread,
            now,
            runtime,
            _scratch: None,
        })
    }

    /// Takes a file in.
    ///
    /// # Errors
    /// Not the file's: the store or the disk.
    pub fn take(&self, file: &FileAtHand<'_>, order: &IntakeOrder, say: &Translator) -> Result<TakenIn> {
        let told = |message: Message| anyhow!("{}", say.say(&message));
        let request = match self.request(file.name, order) {
            Ok(request) => request,
            Err(refusal) => return Ok(TakenIn::of(refused(file.name, refusal))),
        };
        let new_id = || self.new_id();
        let context = self.context(&new_id);
        let before = state_of(file.path);
        let (checked, packed) = self.check_and_pack(file, &context, &request);
        let mut checked = checked.map_err(|error| told(error.message()))?;
        if !request.is_dry_run && before != state_of(file.path) {
            let refusal = Refusal::new("changed", Message::new("intake-file-changed"));
            return Ok(TakenIn::of(refused(file.name, refusal)));
        }
        let packed = packed.map_err(|error| told(error.message()))?;
        let mine = match packed {
            Some(packed) if checked.report().unit.is_some() => {
                let told_by = if order.is_by_name { file.name.to_owned() } else { told_of(checked.report()) };
                let key = upload_identity(packed.digest(), &told_by, order);
                let (attempt, digest) = (packed.attempt().to_owned(), packed.digest().to_owned());
                let handed_in = HandedIn { attempt, digest, key, is_delivered: order.is_by_name };
                let keys = checked.keys().into_iter().chain([upload_key(&handed_in.attempt)]).collect();
                match self.begin((checked.report(), &handed_in), keys, say)? {
                    Taken::Mine(mine) => Some((packed, mine)),
                    Taken::Before(upload) => return Ok(TakenIn::before(checked.into_report(), *upload)),
                }
            }
            _ => None,
        };
        let proposals = if request.is_dry_run { Vec::new() } else { self.keep_proposals(checked.report(), say)? };
        for (proposal, path) in checked.report().proposals.clone().iter().zip(&proposals) {
            point_to_proposal(checked.issues_mut(), proposal, &self.shown(path, order));
        }
        let upload = mine.as_ref().map(|(_, mine)| mine.attempt.upload.clone());
        let report = match mine {
            Some((packed, mine)) => self.save(checked, packed, (&mine, order.is_by_name), say)?,
            None => checked.write().map_err(|error| told(error.message()))?,
        };
        Ok(TakenIn { proposals, upload, ..TakenIn::of(report) })
    }

    /// Checks a file, and beside that packs it as the original of its upload, for of a large file either takes its time.
    /// Nothing is packed on a dry run, and of a file whose unit is not known, which becomes no upload.
    fn check_and_pack<'c>(
        &'c self,
        file: &FileAtHand<'_>,
        context: &'c IntakeContext<'c>,
        request: &'c IntakeRequest,
    ) -> (Result<CheckedFile<'c>, IntakeError>, Result<Option<PackedUpload<'c>>, BatchError>) {
        let attempt = self.new_id();
        let place = (self.data_folder.as_path(), &self.keys);
        let stops = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let pack = || pack_upload(file.path, &attempt, place, &stops);
            let packing = (file.is_file && !request.is_dry_run).then(|| scope.spawn(pack));
            let checked = check_file(context, file.path, request);
            let is_upload = checked.as_ref().is_ok_and(|checked| checked.report().unit.is_some());
            stops.store(!is_upload, Ordering::Relaxed);
            let packed = packing.map(|packing| packing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            // What went wrong with packing is of no account where there is no upload.
            (checked, if is_upload { packed.unwrap_or(Ok(None)) } else { Ok(None) })
        })
    }

    /// The unit that a path names; the longest name when it names several.
    pub fn unit_named_in(&self, path: &str) -> Option<String> {
        self.books.units.named_in(path).first().map(|unit| (*unit).to_owned())
    }

    /// What was found in a file that was accepted before: the same content under the same name and order. A run that
    /// was broken off goes on after these. What was blocked or refused is read again: the catalogue or a profile may
    /// have been mended since.
    ///
    /// # Errors
    /// The store's.
    pub fn find_report(&self, file: &FileAtHand<'_>, order: &IntakeOrder, say: &Translator) -> Result<Option<Json>> {
        let Some(digest) = &file.digest else { return Ok(None) };
        let key = upload_identity(digest, file.name, order);
        let found = self.runtime.block_on(self.store.find_upload(&self.actor.scope, &key));
        let found = found.map_err(|error| anyhow!("{}", say.say(&error.message())))?;
        let accepted = found.filter(|upload| upload.status == UploadStatus::Accepted);
        Ok(accepted.and_then(|upload| upload.facts.get("report").cloned()))
    }

    /// Takes in a nil declaration that has no file.
    ///
    /// # Errors
    /// The store's.
    pub fn take_nil(&self, order: &IntakeOrder, say: &Translator) -> Result<TakenIn> {
        let request = match self.request("", order) {
            Ok(request) => request,
            Err(refusal) => return Ok(TakenIn::of(refused("", refusal))),
        };
        let new_id = || self.new_id();
        let mut report = declare_nil(&self.context(&new_id), &request);
        if report.outcome == Outcome::Accepted && request.is_dry_run {
            self.place(&mut report, true, say)?;
        }
        if report.outcome != Outcome::Accepted || request.is_dry_run {
            return Ok(TakenIn::of(report));
        }
        let (unit, period) = (report.unit.clone().unwrap_or_default(), report.period.map(|period| period.to_string()));
        let mode = report.mode.map_or("nil", |mode| mode.key());
        let words =
            format!("{mode}|{}|{unit}|{}", order.item.as_deref().unwrap_or_default(), period.unwrap_or_default());
        let digest = gongzhi_engine::keys::digest(words.as_bytes());
        let (attempt, key) = (self.new_id(), digest.clone());
        let handed_in = HandedIn { attempt, digest, key, is_delivered: order.is_by_name };
        let mine = match self.begin((&report, &handed_in), Vec::new(), say)? {
            Taken::Mine(mine) => mine,
            Taken::Before(upload) => return Ok(TakenIn::before(report, *upload)),
        };
        self.accept((&mine.attempt, None, order.is_by_name), &mut report, say)?;
        Ok(TakenIn { upload: Some(mine.attempt.upload), ..TakenIn::of(report) })
    }

    /// Marks the issues in a copy of the clerk's workbook. None when there is nothing to mark, or nothing to mark it in.
    ///
    /// # Errors
    /// The copy can't be written.
    pub fn annotate(
        &self,
        path: &Path,
        report: &IntakeReport,
        (folder, made): (&Path, NaiveDate),
        say: &Translator,
    ) -> Result<Option<PathBuf>> {
        let is_unreadable = report.issues.iter().any(|issue| issue.rule == "unreadable");
        if report.issues.is_empty() || is_unreadable {
            return Ok(None);
        }
        let header = |issue: &Issue| {
            let sheet = report.sheets.iter().find(|sheet| sheet.sheet == issue.sheet);
            let kind = sheet.and_then(|sheet| self.catalog.find_kind(&format!("{}.{}", sheet.item, sheet.kind)));
            let column = kind.and_then(|(_, kind)| kind.find_column(issue.column.as_deref()?));
            column.map(|column| column.name.zh.clone()).unwrap_or_default()
        };
        let annotation = Annotation { issues: &report.issues, column_name: &header, translator: say, made };
        let out = folder.join(annotated_name(path));
        annotate(path, &self.pool, &annotation, &out).map_err(|error| anyhow!("{}", say.say(&error.message())))?;
        Ok(Some(out))
    }

    /// Seals the log: what was done here can't be changed any more without showing.
    ///
    /// # Errors
    /// The store's.
    pub fn seal(&self, say: &Translator) -> Result<()> {
        let sealed = self.runtime.block_on(audit::seal(&self.store, &self.keys, self.now));
        sealed.map_err(|error| anyhow!("{}", say.say(&error.message())))
    }

    /// The catalogue.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Layout profiles that can't be read and are therefore not used: which, why, and how to mend it.
    pub fn unread_profiles(&self) -> &[Message] {
        &self.unread
    }

    /// Ends the desk: everything written is in its place.
    ///
    /// # Errors
    /// The store's.
    pub fn close(self, say: &Translator) -> Result<()> {
        self.runtime.block_on(self.store.close()).map_err(|error| anyhow!("{}", say.say(&error.message())))
    }

    /// The control store and the runtime it is asked on.
    pub fn store(&self) -> (&Store, &tokio::runtime::Runtime) {
        (&self.store, &self.runtime)
    }

    /// Gives the keys away and ends the desk.
    pub fn into_keys(self) -> (Keys, PathBuf) {
        (self.keys, self.data_folder)
    }

    fn context<'a>(&'a self, new_id: &'a (dyn Fn() -> String + Sync)) -> IntakeContext<'a> {
        IntakeContext {
            catalog: &self.catalog,
            books: &self.books,
            pool: &self.pool,
            keys: &self.keys,
            data_folder: &self.data_folder,
            profiles: &self.profiles,
            new_id,
        }
    }

    /// The order understood; what can't be is a refusal of the file.
    fn request(&self, name: &str, order: &IntakeOrder) -> Result<IntakeRequest, Refusal> {
        let flags = flags_of(order)?;
        let (item, kind) = match order.item.as_deref() {
            Some(word) => match self.catalog.find_spoken(word) {
                Some((item, kind)) => (Some(item.key.clone()), kind.map(|kind| kind.key.clone())),
                // Told with the words as they were given.
                None => {
                    let (item, kind) = word.split_once('.').unwrap_or((word, ""));
                    let key = self.catalog.find_spoken(item).map_or(item, |(item, _)| item.key.as_str());
                    (Some(key.to_owned()), Some(kind.to_owned()).filter(|kind| !kind.is_empty()))
                }
            },
            None => (None, None),
        };
        Ok(IntakeRequest {
            name: name.to_owned(),
            item,
            kind,
            flags,
            is_dry_run: order.is_dry_run,
            today: day_of(self.now),
        })
    }

    /// Writes and accepts what an attempt holds; a blocked or refused file is recorded without batches.
    fn save(
        &self,
        checked: CheckedFile<'_>,
        packed: PackedUpload<'_>,
        (mine, is_of_folder): (&Mine, bool),
        say: &Translator,
    ) -> Result<IntakeReport> {
        let told = |message: Message| anyhow!("{}", say.say(&message));
        let mut report = checked.write().map_err(|error| told(error.message()))?;
        let digest = packed.digest().to_owned();
        packed.keep().map_err(|error| told(error.message()))?;
        if report.outcome == Outcome::Accepted {
            self.accept((&mine.attempt, Some(&digest), is_of_folder), &mut report, say)?;
            return Ok(report);
        }
        let status = if report.outcome == Outcome::Blocked { UploadStatus::Blocked } else { UploadStatus::Refused };
        let facts = json!({ "report": report_json(&report, say) });
        let end = (&mine.attempt, status, self.now);
        let rejected = self.store.change((&self.actor, self.now), async |work| work.reject_upload(end, &facts).await);
        self.runtime.block_on(rejected).map_err(|error| told(error.message()))?;
        Ok(report)
    }

    /// Begins the upload. Of several who hand the same in at once one takes it in and the others wait for it; one whose
    /// program is gone is waited for no longer.
    fn begin(&self, (report, given): (&IntakeReport, &HandedIn), keys: Vec<String>, say: &Translator) -> Result<Taken> {
        let told = |message: Message| anyhow!("{}", say.say(&message));
        let at_work = AtWork::begin(&self.data_folder, &given.attempt).map_err(|error| told(error.message()))?;
        let mut new = NewUpload {
            attempt: given.attempt.clone(),
            keys,
            region: receipts::region_of(&self.catalog, report),
            unit: report.unit.clone().unwrap_or_default(),
            key: given.key.clone(),
            file: report.file.clone(),
            digest: given.digest.clone(),
            is_delivered: given.is_delivered,
            started_at: self.now,
            leased_until: self.now + LEASE,
        };
        let (store, place) = (&self.store, (self.data_folder.as_path(), &self.keys));
        let begun = self.runtime.block_on(async {
            loop {
                let mut work = store.write(&self.actor, new.started_at).await?;
                match work.begin_upload(&new).await? {
                    Begun::Busy { attempt, .. } if AtWork::is_alive(&self.data_folder, &attempt) => {
                        drop(work);
                        tokio::time::sleep(PAUSE).await;
                        new.started_at += PAUSE;
                        new.leased_until += PAUSE;
                    }
                    Begun::Busy { .. } => {
                        drop(work);
                        doctor::clear_over(place, store, new.started_at).await?;
                    }
                    Begun::Mine(attempt) => {
                        work.commit().await?;
                        return Ok(Taken::Mine(Mine { attempt, _at_work: at_work }));
                    }
                    Begun::Done(upload) => {
                        work.commit().await?;
                        return Ok(Taken::Before(upload));
                    }
                }
            }
        });
        begun.map_err(|error: StoreError| told(error.message()))
    }

    /// Accepts the upload with its batches and signs its receipt. Whoever takes in one file is told what its sets do; of a
    /// folder that is told once all of it is in.
    fn accept(
        &self,
        (attempt, digest, is_of_folder): (&Attempt, Option<&str>, bool),
        report: &mut IntakeReport,
        say: &Translator,
    ) -> Result<()> {
        let told = |message: Message| anyhow!("{}", say.say(&message));
        loop {
            let mut placed = report.clone();
            let batches = self.place(&mut placed, !is_of_folder, say)?;
            let accepted = Accepted { upload: &attempt.upload, digest, at: self.now };
            let receipt = receipts::sign(&self.keys, &self.catalog, &placed, &accepted)?;
            let facts = json!({ "report": report_json(&placed, say), (receipts::FACT): receipt });
            let accepted = self.store.change((&self.actor, self.now), async |work| {
                work.accept_upload((attempt, self.now), &batches, &facts).await
            });
            match self.runtime.block_on(accepted) {
                // What it corrects and does is decided anew beside the set that came in between.
                Err(StoreError::Overtaken) => {}
                accepted => {
                    *report = placed;
                    tracing::info!(upload = attempt.upload, batches = batches.len(), "an upload was accepted");
                    return accepted.map_err(|error| told(error.message()));
                }
            }
        }
    }

    /// The batches of a report beside what stands before them: which they supplement, and where it is asked for what they
    /// do.
    fn place(&self, report: &mut IntakeReport, tells_effects: bool, say: &Translator) -> Result<Vec<NewBatch>> {
        let told = |message: Message| anyhow!("{}", say.say(&message));
        let mut batches: Vec<NewBatch> = new_batches(&self.catalog, report);
        let mut issues = Vec::new();
        for (new, batch) in batches.iter_mut().zip(&mut report.batches) {
            let before = self.runtime.block_on(self.store.list_group(&self.actor.scope, &group_of(batch)));
            let GroupSets { mut sets, last } = before.map_err(|error| told(error.message()))?;
            let latest = sets.iter().map(|one| one.batch.accepted_at).max();
            let own = as_visible(new, batch, latest.map_or(self.now, |latest| latest.max(self.now)));
            let known: Vec<Batch> = sets.iter().map(|one| one.batch.clone()).collect();
            new.after = last;
            new.supplement_of = find_supplemented(&known, &own.batch).map(|earlier| earlier.id.clone());
            batch.is_supplement = new.supplement_of.is_some();
            if tells_effects {
                sets.push(own);
                batch.effect = self.effect_of(sets, &new.id).map_err(|error| told(error.message()))?;
                let told = batch.effect.as_ref().map(|effect| issues_of(&self.catalog, batch, effect));
                issues.extend(told.into_iter().flatten());
            }
        }
        report.issues.extend(issues);
        Ok(batches)
    }

    /// What the set with this id does among the sets of its group.
    fn effect_of(&self, sets: Vec<VisibleBatch>, id: &str) -> Result<Option<SetEffect>, BatchError> {
        let Some(own) = sets.iter().find(|one| one.batch.id == id) else { return Ok(None) };
        let kind = format!("{}.{}", own.batch.item, own.batch.kind);
        let Some(kind) = self.catalog.find_kind(&kind) else { return Ok(None) };
        let place = DataPlace { folder: &self.data_folder, keys: &self.keys };
        let visible = VisibleBatches { batches: sets, moment: everything() };
        Ok(list_effects(place, &visible, kind, |batch| batch.id == id)?.remove(id))
    }

    fn keep_proposals(&self, report: &IntakeReport, say: &Translator) -> Result<Vec<PathBuf>> {
        report.proposals.iter().map(|proposal| profile::propose(&self.home, proposal, say)).collect()
    }

    /// A path in the home folder as issues name it. A run's results don't say where on a machine they were made: there it
    /// begins with the home folder's own name.
    fn shown(&self, path: &Path, order: &IntakeOrder) -> String {
        let above = self.home.parent().filter(|_| order.is_by_name);
        above.and_then(|above| path.strip_prefix(above).ok()).unwrap_or(path).display().to_string()
    }

    fn new_id(&self) -> String {
        new_id(self.now)
    }
}

impl TakenIn {
    fn of(report: IntakeReport) -> Self {
        Self { report, received_before: None, upload: None, receipt: None, proposals: Vec::new(), annotated: None }
    }

    fn before(report: IntakeReport, upload: Upload) -> Self {
        Self { received_before: upload.ended_at, upload: Some(upload.id), ..Self::of(report) }
    }
}

/// Something handed in, and by which attempt.
struct HandedIn {
    attempt: String,
    digest: String,
    /// What makes a repeated hand-in the same one.
    key: String,
    is_delivered: bool,
}

/// An upload that this program takes in, and that it is at work.
struct Mine {
    attempt: Attempt,
    _at_work: AtWork,
}

/// Who took something in.
enum Taken {
    Mine(Mine),
    /// It was accepted before.
    Before(Box<Upload>),
}

/// An issue about a column nobody knows says where the profile lies in which a person can say what it is.
fn point_to_proposal(issues: &mut [Issue], proposal: &LayoutProfile, path: &str) {
    let of_proposal = |issue: &&mut Issue| {
        issue.rule == FOREIGN_SHEET
            || issue.rule == UNKNOWN_COLUMN && proposal.headers.iter().any(|known| known.header == issue.value)
    };
    for issue in issues.iter_mut().filter(of_proposal) {
        let key = issue.mend.key.strip_suffix("-mend").map(|key| format!("{key}-proposed-mend"));
        if let Some(key) = key.filter(|_| !issue.mend.key.ends_with("-proposed-mend")) {
            let mend = Message { key: key.into(), values: std::mem::take(&mut issue.mend.values) };
            issue.mend = mend.with("path", path);
        }
    }
}

/// The rows of the control store for the batches of a report.
pub fn new_batches(catalog: &Catalog, report: &IntakeReport) -> Vec<NewBatch> {
    let new = |batch: &IntakeBatch| {
        let (item, kind) = catalog.find_kind(&format!("{}.{}", batch.item, batch.kind))?;
        let (covers_from, covers_to) = covered_days(batch.period, false);
        let part = |part: &gongzhi_engine::batch::FilePart| (part.key.clone(), part.digest.clone());
        let files = batch.files.as_ref();
        Some(NewBatch {
            id: batch.id.clone(),
            lineage: batch.unit.clone(),
            item: batch.item.clone(),
            kind: batch.kind.clone(),
            mark: kind.mark,
            item_mode: item.mode,
            period: batch.period,
            covers_from,
            covers_to,
            mode: batch.mode,
            template_version: batch.template_version,
            supplement_of: None,
            after: None,
            main: files.map(|files| part(&files.main)),
            personal: files.and_then(|files| files.personal.as_ref().map(part)),
            rows: batch.rows,
        })
    };
    report.batches.iter().filter_map(new).collect()
}

/// What changes when somebody writes to a file: its length and when it was last written to.
fn state_of(path: &Path) -> Option<(u64, Option<SystemTime>)> {
    std::fs::metadata(path).ok().map(|facts| (facts.len(), facts.modified().ok()))
}

/// Everything accepted so far.
fn everything() -> Moment {
    Moment { as_of: DateTime::<Utc>::MAX_UTC, period: None }
}

fn flags_of(order: &IntakeOrder) -> Result<Flags, Refusal> {
    let period = match &order.period {
        Some(text) => Some(Period::find_spoken(&gongzhi_core::cells::narrow(text)).ok_or_else(|| {
            Refusal::new("period", Message::new("intake-period-unreadable").with("period", text)).about(text)
        })?),
        None => None,
    };
    let mode = match &order.mode {
        Some(text) => Some(SetMode::find(text).ok_or_else(|| {
            Refusal::new("mode", Message::new("intake-mode-unreadable").with("mode", text)).about(text)
        })?),
        None => None,
    };
    Ok(Flags { unit: order.unit.clone(), period, mode })
}

fn refused(name: &str, refusal: Refusal) -> IntakeReport {
    IntakeReport { file: name.to_owned(), issues: vec![refusal.into_issue()], ..IntakeReport::default() }
}

/// Whose sheet it is and of which period: the same list may come again for the next.
fn told_of(report: &IntakeReport) -> String {
    let period = report.period.map(|period| period.to_string());
    [report.unit.clone(), period].map(Option::unwrap_or_default).join(" ")
}

/// What makes a repeated hand-in the same one: the file, its name or whose it is and of when, and what was said about it.
fn upload_identity(digest: &str, told_by: &str, order: &IntakeOrder) -> String {
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    let words = [digest, told_by].map(str::to_owned).into_iter();
    let words = words.chain([word(&order.item), word(&order.unit), word(&order.period), word(&order.mode)]);
    let words: Vec<String> = words.collect();
    gongzhi_engine::keys::digest(words.join("|").as_bytes())
}

static COUNTER: Mutex<u64> = Mutex::new(0);

/// A version 7 id: the clock is the command's, the chance the system's; ids of one moment still differ and keep their
/// order.
pub fn new_id(now: DateTime<Utc>) -> String {
    let mut bytes = [0_u8; 10];
    let filled = getrandom::fill(&mut bytes).is_ok();
    let mut counter = COUNTER.lock().unwrap_or_else(PoisonError::into_inner);
    *counter += 1;
    let count = counter.to_be_bytes();
    bytes[0] = count[6];
    bytes[1] = count[7];
    if !filled {
        bytes[2..].copy_from_slice(&count);
    }
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid().to_string()
}
