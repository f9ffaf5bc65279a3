//! Taking in files: load what is known, decide by the rules, save the upload with its batches in one transaction.
//!
//! An upload is begun in the control store with every key it may write before anything stands in its place, and its
//! batches are visible only once it is accepted there. Killed in between, nothing is half visible, and the same file
//! handed in again goes on with the same upload.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::{Context as _, Result, anyhow};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use gongzhi_core::access::{Purpose, Scope};
use gongzhi_core::catalog::Catalog;
use gongzhi_core::intake::mapping::{FOREIGN_SHEET, UNKNOWN_COLUMN};
use gongzhi_core::intake::{Flags, LayoutProfile, Refusal};
use gongzhi_core::issues::Issue;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::period::Period;
use gongzhi_core::state::{Batch, Moment, VisibleBatch, VisibleBatches, covered_days, find_supplemented};
use gongzhi_core::values::SetMode;
use gongzhi_engine::annotate::{Annotation, annotate, annotated_name};
use gongzhi_engine::batch::BatchError;
use gongzhi_engine::clear_unfinished;
use gongzhi_engine::effects::{SetEffect, list_effects};
use gongzhi_engine::intake::{
    CheckedFile, IntakeBatch, IntakeBooks, IntakeContext, IntakeError, IntakeReport, IntakeRequest, Outcome,
    PackedUpload, check_file, declare_nil, pack_upload, upload_key,
};
use gongzhi_engine::keys::{Keys, digest_reader};
use gongzhi_engine::parts::DataPlace;
use gongzhi_engine::read::{Limits, WorkerCommand, WorkerPool};
use gongzhi_store::Store;
use gongzhi_store::uploads::{NewBatch, NewUpload, UploadStatus};
use serde_json::{Value as Json, json};

use super::home::{self, Home};
use super::intake_report::report_json;
use super::profile;
use super::receipts::{self, Accepted};
use super::set_effects::{as_visible, group_of, issues_of};

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
    /// Under which key its upload is found; none of what became no upload.
    pub key: Option<String>,
    /// The receipt that was asked for.
    pub receipt: Option<PathBuf>,
    /// Layout profiles that were written for a person to complete.
    pub proposals: Vec<PathBuf>,
    /// The workbook in which the issues are marked.
    pub annotated: Option<PathBuf>,
}

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
    now: DateTime<Utc>,
    runtime: tokio::runtime::Runtime,
    /// The home folder of a dry run where there is none yet; taken away again with the desk.
    _scratch: Option<tempfile::TempDir>,
}

impl IntakeDesk {
    /// Opens the home folder to check only: where there is none, none is made.
    ///
    /// # Errors
    /// As of [`Self::open`].
    pub fn open_dry(catalog: Catalog, home: &Path, now: DateTime<Utc>, say: &Translator) -> Result<Self> {
        if home::is_there(home) {
            return Self::open_at(catalog, home, now, say);
        }
        let scratch = tempfile::tempdir()?;
        let desk = Self::open_at(catalog, scratch.path(), now, say)?;
        let profiles = profile::list_profiles(home).into_iter().filter_map(|(_, read)| read.ok()).collect();
        Ok(Self { profiles, _scratch: Some(scratch), ..desk })
    }

    /// Opens the home folder; a new one is made.
    ///
    /// # Errors
    /// The home folder, its keys or its store can't be opened.
    pub fn open(catalog: Catalog, home: &Path, now: DateTime<Utc>, say: &Translator) -> Result<Self> {
        let desk = Self::open_at(catalog, home, now, say)?;
        desk.keys.show_public_key().map_err(|error| anyhow!("{}", say.say(&error.message())))?;
        Ok(desk)
    }

    fn open_at(catalog: Catalog, home: &Path, now: DateTime<Utc>, say: &Translator) -> Result<Self> {
        let told = |message: Message| anyhow!("{}", say.say(&message));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("tokio")?;
        let Home { keys, store } = runtime.block_on(home::open_or_make(home, say))?;
        clear_unfinished(&home.join("data"));
        let command = WorkerCommand::of_this_program().map_err(|error| told(error.message()))?;
        Ok(Self {
            books: IntakeBooks::new(&catalog),
            catalog,
            pool: WorkerPool::new(command, 2, Limits::default()),
            keys,
            store,
            home: home.to_owned(),
            data_folder: home.join("data"),
            profiles: profile::list_profiles(home).into_iter().filter_map(|(_, read)| read.ok()).collect(),
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
        let told_by = if order.is_by_name { file.name.to_owned() } else { told_of(checked.report()) };
        let identity = packed.as_ref().map(|packed| upload_identity(packed.digest(), &told_by, order));
        let key = match identity {
            // The files of a folder are one delivery: which of them counts is not a matter of when it was read.
            Some(identity) if !order.is_by_name => Some(self.upload_key(identity, say)?),
            identity => identity,
        };
        if let Some(before) = self.received_before(key.as_deref(), &request, say)? {
            let report = checked.into_report();
            return Ok(TakenIn { received_before: Some(before), key, ..TakenIn::of(report) });
        }
        let proposals = if request.is_dry_run { Vec::new() } else { self.keep_proposals(checked.report(), say)? };
        for (proposal, path) in checked.report().proposals.clone().iter().zip(&proposals) {
            point_to_proposal(checked.issues_mut(), proposal, &self.shown(path, order));
        }
        let report = match (packed, key.clone()) {
            (Some(packed), Some(key)) if checked.report().unit.is_some() => {
                self.save(checked, (packed, key, order.is_by_name), say)?
            }
            _ => checked.write().map_err(|error| told(error.message()))?,
        };
        Ok(TakenIn { proposals, key, ..TakenIn::of(report) })
    }

    /// Checks a file, and beside that packs it as the original of its upload, for of a large file either takes its time.
    /// Nothing is packed on a dry run, and of a file whose unit is not known, which becomes no upload.
    fn check_and_pack<'c>(
        &'c self,
        file: &FileAtHand<'_>,
        context: &'c IntakeContext<'c>,
        request: &'c IntakeRequest,
    ) -> (Result<CheckedFile<'c>, IntakeError>, Result<Option<PackedUpload<'c>>, BatchError>) {
        let id = self.new_id();
        let place = (self.data_folder.as_path(), &self.keys);
        let stops = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let pack = || pack_upload(file.path, &id, place, &stops);
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
        let found = self.runtime.block_on(self.store.find_upload(&everywhere(), &key));
        let found = found.map_err(|error| anyhow!("{}", say.say(&error.message())))?;
        let accepted = found.filter(|upload| upload.status == UploadStatus::Accepted);
        Ok(accepted.and_then(|upload| upload.facts.get("report").cloned()))
    }

    /// The key under which something is taken in. The same again is the same upload, unless another set has taken the
    /// place of what it brought: then it is a new one, and brings it back.
    fn upload_key(&self, mut key: String, say: &Translator) -> Result<String> {
        let told = |error: gongzhi_store::StoreError| anyhow!("{}", say.say(&error.message()));
        let scope = everywhere();
        while let Some(upload) = self.runtime.block_on(self.store.find_upload(&scope, &key)).map_err(told)?
            && upload.status == UploadStatus::Accepted
        {
            let visible = self.runtime.block_on(self.store.visible_batches(&scope, everything())).map_err(told)?;
            let own: Vec<&VisibleBatch> = visible.batches.iter().filter(|one| one.upload == upload.id).collect();
            let takes_its_place = |later: &&VisibleBatch| {
                own.iter().any(|one| {
                    let (one, later) = (&one.batch, &later.batch);
                    one.group() == later.group() && one.period == later.period && one.sequence < later.sequence
                })
            };
            let next = visible.batches.iter().filter(takes_its_place).min_by_key(|later| later.batch.sequence);
            let Some(next) = next else { break };
            key = gongzhi_engine::keys::digest(format!("{key}|{}", next.batch.id).as_bytes());
        }
        Ok(key)
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
        let key = self.upload_key(digest.clone(), say)?;
        let begun = self.begin(&report, (&digest, &key), &[], say)?;
        let Some(upload) = begun else { return Ok(TakenIn { key: Some(key), ..TakenIn::of(report) }) };
        self.accept((&upload, None, order.is_by_name), &mut report, say)?;
        Ok(TakenIn { key: Some(key), ..TakenIn::of(report) })
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

    /// The catalogue.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
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
            today: (self.now + TimeDelta::hours(8)).date_naive(),
        })
    }

    /// When the same file was accepted with the same words.
    fn received_before(
        &self,
        key: Option<&str>,
        request: &IntakeRequest,
        say: &Translator,
    ) -> Result<Option<DateTime<Utc>>> {
        let Some(key) = key.filter(|_| !request.is_dry_run) else { return Ok(None) };
        let found = self.runtime.block_on(self.store.find_upload(&everywhere(), key));
        let found = found.map_err(|error| anyhow!("{}", say.say(&error.message())))?;
        Ok(found.filter(|upload| upload.status == UploadStatus::Accepted).and_then(|upload| upload.ended_at))
    }

    /// Names the keys in the store, writes, and accepts; a blocked or refused file is recorded without batches.
    fn save(
        &self,
        checked: CheckedFile<'_>,
        (packed, key, is_of_folder): (PackedUpload<'_>, String, bool),
        say: &Translator,
    ) -> Result<IntakeReport> {
        let told = |message: Message| anyhow!("{}", say.say(&message));
        let begun = self.begin(checked.report(), (packed.digest(), &key), &checked.keys(), say)?;
        // Another program accepted the same meanwhile: what was read here is dropped, nothing is written twice.
        let Some(upload) = begun else { return Ok(checked.into_report()) };
        let mut report = checked.write().map_err(|error| told(error.message()))?;
        let digest = packed.digest().to_owned();
        packed.keep(&upload).map_err(|error| told(error.message()))?;
        if report.outcome == Outcome::Accepted {
            self.accept((&upload, Some(&digest), is_of_folder), &mut report, say)?;
            return Ok(report);
        }
        let status = if report.outcome == Outcome::Blocked { UploadStatus::Blocked } else { UploadStatus::Refused };
        let facts = json!({ "report": report_json(&report, say) });
        let scope = everywhere();
        let rejected = self.store.reject_upload(&scope, (&upload, status, self.now), &facts);
        self.runtime.block_on(rejected).map_err(|error| told(error.message()))?;
        Ok(report)
    }

    /// Begins the upload; none when another program accepted the same one meanwhile.
    fn begin(
        &self,
        report: &IntakeReport,
        (digest, key): (&str, &str),
        keys: &[String],
        say: &Translator,
    ) -> Result<Option<String>> {
        let id = self.new_id();
        let new = NewUpload {
            keys: keys.iter().cloned().chain([upload_key(&id)]).collect(),
            id,
            region: receipts::region_of(&self.catalog, report),
            unit: report.unit.clone().unwrap_or_default(),
            key: key.to_owned(),
            file: report.file.clone(),
            digest: digest.to_owned(),
            started_at: self.now,
        };
        let begun = self.runtime.block_on(self.store.begin_upload(&everywhere(), &new));
        let begun = begun.map_err(|error| anyhow!("{}", say.say(&error.message())))?;
        Ok((begun.status == UploadStatus::Started).then_some(begun.id))
    }

    /// Accepts the upload with its batches and signs its receipt. Whoever takes in one file is told what its sets do; of a
    /// folder that is told once all of it is in.
    fn accept(
        &self,
        (upload, digest, is_of_folder): (&str, Option<&str>, bool),
        report: &mut IntakeReport,
        say: &Translator,
    ) -> Result<()> {
        let batches = self.place(report, !is_of_folder, say)?;
        let receipt = receipts::sign(&self.keys, &self.catalog, report, &Accepted { upload, digest, at: self.now })?;
        let facts = json!({ "report": report_json(report, say), (receipts::FACT): receipt });
        let scope = everywhere();
        let accepted = self.store.accept_upload(&scope, (upload, self.now), &batches, &facts);
        self.runtime.block_on(accepted).map_err(|error| anyhow!("{}", say.say(&error.message())))?;
        tracing::info!(upload, batches = batches.len(), "an upload was accepted");
        Ok(())
    }

    /// The batches of a report beside what stands before them: which they supplement, and where it is asked for what they
    /// do.
    fn place(&self, report: &mut IntakeReport, tells_effects: bool, say: &Translator) -> Result<Vec<NewBatch>> {
        let told = |message: Message| anyhow!("{}", say.say(&message));
        let mut batches: Vec<NewBatch> = new_batches(&self.catalog, report);
        let mut issues = Vec::new();
        for (new, batch) in batches.iter_mut().zip(&mut report.batches) {
            let (scope, group) = (everywhere(), group_of(batch));
            let before = self.runtime.block_on(self.store.list_group(&scope, &group));
            let mut sets = before.map_err(|error| told(error.message()))?;
            let own = as_visible(new, batch, self.now);
            let known: Vec<Batch> = sets.iter().map(|one| one.batch.clone()).collect();
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
        Self { report, received_before: None, key: None, receipt: None, proposals: Vec::new(), annotated: None }
    }
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

/// The command line may take in the sheets of every unit.
fn everywhere() -> Scope {
    Scope::region("", Purpose::Intake)
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
fn new_id(now: DateTime<Utc>) -> String {
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
