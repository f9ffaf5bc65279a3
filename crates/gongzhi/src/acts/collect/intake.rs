//! Taking in files: load what is known, decide by the rules, save the upload with its batches in one transaction.
//!
//! An upload is begun in the control store with every key it may write before anything stands in its place, and its
//! batches are visible only once it is accepted there. Killed in between, nothing is half visible, and the same file
//! handed in again goes on with the same upload.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use gongzhi_core::access::Actor;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::intake::mapping::{FOREIGN_SHEET, UNKNOWN_COLUMN};
use gongzhi_core::intake::{Flags, LayoutProfile, Refusal};
use gongzhi_core::issues::Issue;
use gongzhi_core::messages::{Language, Message, Translator};
use gongzhi_core::period::Period;
use gongzhi_core::problems::ActError;
use gongzhi_core::reports::FileReport;
use gongzhi_core::time::day_of;
use gongzhi_core::values::SetMode;
use gongzhi_engine::annotate::{Annotation, annotate, annotate_open, annotated_name};
use gongzhi_engine::batch::BatchError;
use gongzhi_engine::intake::{
    CheckedFile, IntakeBooks, IntakeContext, IntakeError, IntakeReport, IntakeRequest, Outcome, PackedUpload,
    check_file, declare_nil, pack_upload, upload_key,
};
use gongzhi_engine::keys::digest_reader;
use gongzhi_engine::read::OpenFile;
use gongzhi_store::collect::uploads::{Upload, UploadStatus};

use super::profile;
use super::spooling::{self, Brought};
use super::uploads::{HandedIn, Taken};
use crate::acts::{doctor, exchange};
use crate::app::{App, Waiter};

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
    /// What was read, for who marks it; none of what was refused unread.
    pub source: Option<Arc<OpenFile>>,
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

/// Taking in for an actor, opened: what every file of an intake shares. It waits, so it stands on a thread that may.
pub struct IntakeDesk {
    pub(super) app: App,
    pub(super) waiter: Waiter,
    pub(super) actor: Actor,
    pub(super) catalog: Arc<Catalog>,
    pub(super) now: DateTime<Utc>,
    books: IntakeBooks,
    profiles: Vec<LayoutProfile>,
    /// Profiles that can't be read, each as a sentence.
    unread: Vec<Message>,
}

/// Makes a home ready to take files in: what programs that were killed left is cleared, and the key of receipts shown.
///
/// # Errors
/// The store or the disk.
pub async fn prepare(app: &App, actor: &Actor) -> Result<(), ActError> {
    let keys = Arc::clone(&app.keys);
    app.block(move |app, _| {
        gongzhi_engine::clear_unfinished(&app.settings.data);
        spooling::clear_left(&app.settings.data, app.clock.now());
        keys.clear_unfinished();
        Ok(keys.show_public_key()?)
    })
    .await?;
    doctor::clear_over(app, actor, app.clock.now()).await?;
    // Of a program that was killed between an acceptance and its hand-over.
    exchange::hand_over(&app.store, actor, app.clock.now()).await?;
    Ok(())
}

/// Takes a file in.
///
/// # Errors
/// Not the file's: the store or the disk.
pub async fn take(
    app: &App,
    actor: &Actor,
    (path, name, order): (PathBuf, String, IntakeOrder),
) -> Result<TakenIn, ActError> {
    let actor = actor.clone();
    app.block(move |app, waiter| IntakeDesk::open(app, waiter, &actor)?.take(&FileAtHand::new(&path, &name), &order))
        .await
}

/// Takes in a nil declaration that has no file.
///
/// # Errors
/// The store's.
pub async fn take_nil(app: &App, actor: &Actor, order: IntakeOrder) -> Result<TakenIn, ActError> {
    let actor = actor.clone();
    app.block(move |app, waiter| IntakeDesk::open(app, waiter, &actor)?.take_nil(&order)).await
}

/// Layout profiles of the home that can't be read and are therefore not used: which, why, and how to mend it.
pub fn list_unread_profiles(app: &App) -> Vec<Message> {
    profile::read_profiles(&app.profiles_home).1
}

/// Marks the issues in a copy of the clerk's workbook, in a language. None when there is nothing to mark, or nothing to mark
/// it in.
///
/// # Errors
/// The copy can't be written.
pub async fn mark(
    app: &App,
    (path, taken): (PathBuf, &TakenIn),
    (folder, language): (PathBuf, Language),
) -> Result<Option<PathBuf>, ActError> {
    let (report, source) = (taken.report.clone(), taken.source.clone());
    let is_unreadable = report.issues.iter().any(|issue| issue.rule == "unreadable");
    if report.issues.is_empty() || is_unreadable {
        return Ok(None);
    }
    app.block(move |app, _| {
        let catalog = app.catalog()?;
        let header = |issue: &Issue| {
            let sheet = report.sheets.iter().find(|sheet| sheet.sheet == issue.sheet);
            let kind = sheet.and_then(|sheet| catalog.find_kind(&format!("{}.{}", sheet.item, sheet.kind)));
            let column = kind.and_then(|(_, kind)| kind.find_column(issue.column.as_deref()?));
            column.map(|column| column.name.zh.clone()).unwrap_or_default()
        };
        let (speech, made) = (Translator::new(language), day_of(app.clock.now()));
        let annotation = Annotation { issues: &report.issues, column_name: &header, translator: &speech, made };
        let out = folder.join(annotated_name(&path));
        match &source {
            Some(source) => annotate_open(source, &app.workers, &annotation, &out)?,
            None => annotate(&path, &app.workers, &annotation, &out)?,
        };
        Ok(Some(out))
    })
    .await
}

impl IntakeDesk {
    /// A desk for an actor.
    ///
    /// # Errors
    /// The app has no catalogue.
    pub fn open(app: &App, waiter: &Waiter, actor: &Actor) -> Result<Self, ActError> {
        let (profiles, unread) = profile::read_profiles(&app.profiles_home);
        Ok(Self {
            catalog: Arc::clone(app.catalog()?),
            books: app.books()?.clone(),
            now: app.clock.now(),
            app: app.clone(),
            waiter: waiter.clone(),
            actor: actor.clone(),
            profiles,
            unread,
        })
    }

    /// Layout profiles that can't be read and are therefore not used: which, why, and how to mend it.
    pub fn unread_profiles(&self) -> &[Message] {
        &self.unread
    }

    /// Takes a file in.
    ///
    /// # Errors
    /// Not the file's: the store or the disk.
    pub fn take(&self, file: &FileAtHand<'_>, order: &IntakeOrder) -> Result<TakenIn, ActError> {
        let request = match self.request(file.name, order) {
            Ok(request) => request,
            Err(refusal) => return Ok(TakenIn::of(refused(file.name, refusal))),
        };
        let attempt = self.new_id();
        let place = (self.app.settings.data.as_path(), attempt.as_str());
        let source = match spooling::bring_in((file.path, file.name), place, request.is_dry_run)? {
            Brought::Here(source) => Arc::new(source),
            Brought::Refused(report) => return Ok(TakenIn::of(*report)),
        };
        let new_id = || self.new_id();
        let context = self.context(&new_id);
        let (checked, packed) = self.check_and_pack((&source, &attempt), &context, &request);
        let mut checked = checked?;
        let packed = packed?;
        let mine = match packed {
            Some(packed) if checked.report().unit.is_some() => {
                let told_by = if order.is_by_name { file.name.to_owned() } else { told_of(checked.report()) };
                let key = upload_identity(packed.digest(), &told_by, order);
                let (attempt, digest) = (packed.attempt().to_owned(), packed.digest().to_owned());
                let handed_in = HandedIn { attempt, digest, key, is_delivered: order.is_by_name };
                let keys = checked.keys().into_iter().chain([upload_key(&handed_in.attempt)]).collect();
                match self.begin((checked.report(), &handed_in), keys)? {
                    Taken::Mine(mine) => Some((packed, mine)),
                    Taken::Before(upload) => {
                        let before = TakenIn::before(checked.into_report(), *upload);
                        return Ok(TakenIn { source: Some(source), ..before });
                    }
                }
            }
            _ => None,
        };
        let proposals = if request.is_dry_run { Vec::new() } else { self.keep_proposals(checked.report())? };
        for (proposal, path) in checked.report().proposals.clone().iter().zip(&proposals) {
            point_to_proposal(checked.issues_mut(), proposal, &self.shown(path, order));
        }
        let upload = mine.as_ref().map(|(_, mine)| mine.attempt.upload.clone());
        let report = match mine {
            Some((packed, mine)) => self.save(checked, packed, (&mine, order.is_by_name))?,
            None => checked.write()?,
        };
        Ok(TakenIn { proposals, upload, source: Some(source), ..TakenIn::of(report) })
    }

    /// Checks a file, and beside that packs it as the original of its upload, for of a large file either takes its time.
    /// Nothing is packed on a dry run, and of a file whose unit is not known, which becomes no upload.
    fn check_and_pack<'c>(
        &'c self,
        (source, attempt): (&OpenFile, &str),
        context: &'c IntakeContext<'c>,
        request: &'c IntakeRequest,
    ) -> (Result<CheckedFile<'c>, IntakeError>, Result<Option<PackedUpload<'c>>, BatchError>) {
        let place = (self.app.settings.data.as_path(), self.app.keys.as_ref());
        let stops = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let pack = || pack_upload(source, attempt, place, &stops);
            let packing = (!request.is_dry_run).then(|| scope.spawn(pack));
            let checked = check_file(context, source, request);
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
    pub fn find_report(&self, file: &FileAtHand<'_>, order: &IntakeOrder) -> Result<Option<FileReport>, ActError> {
        let Some(digest) = &file.digest else { return Ok(None) };
        let key = upload_identity(digest, file.name, order);
        let found = self.waiter.wait(self.app.store.find_upload(&self.actor.scope, &key))?;
        let accepted = found.filter(|upload| upload.status == UploadStatus::Accepted);
        let kept = accepted.and_then(|upload| upload.facts.get("report").cloned());
        Ok(kept.map(serde_json::from_value).transpose()?)
    }

    /// Takes in a nil declaration that has no file.
    ///
    /// # Errors
    /// The store's.
    pub fn take_nil(&self, order: &IntakeOrder) -> Result<TakenIn, ActError> {
        let request = match self.request("", order) {
            Ok(request) => request,
            Err(refusal) => return Ok(TakenIn::of(refused("", refusal))),
        };
        let new_id = || self.new_id();
        let mut report = declare_nil(&self.context(&new_id), &request);
        if report.outcome == Outcome::Accepted && request.is_dry_run {
            self.place(&mut report, true)?;
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
        let mine = match self.begin((&report, &handed_in), Vec::new())? {
            Taken::Mine(mine) => mine,
            Taken::Before(upload) => return Ok(TakenIn::before(report, *upload)),
        };
        self.accept((&mine.attempt, None, order.is_by_name), &mut report)?;
        Ok(TakenIn { upload: Some(mine.attempt.upload), ..TakenIn::of(report) })
    }

    fn context<'a>(&'a self, new_id: &'a (dyn Fn() -> String + Sync)) -> IntakeContext<'a> {
        IntakeContext {
            catalog: &self.catalog,
            books: &self.books,
            pool: &self.app.workers,
            keys: &self.app.keys,
            data_folder: &self.app.settings.data,
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

    fn keep_proposals(&self, report: &IntakeReport) -> Result<Vec<PathBuf>, ActError> {
        report.proposals.iter().map(|proposal| profile::propose(&self.app.settings.home, proposal)).collect()
    }

    /// A path in the home folder as issues name it. A run's results don't say where on a machine they were made: there it
    /// begins with the home folder's own name.
    fn shown(&self, path: &Path, order: &IntakeOrder) -> String {
        let above = self.app.settings.home.parent().filter(|_| order.is_by_name);
        above.and_then(|above| path.strip_prefix(above).ok()).unwrap_or(path).display().to_string()
    }

    fn new_id(&self) -> String {
        self.app.ids.next(self.now)
    }
}

impl TakenIn {
    fn of(report: IntakeReport) -> Self {
        Self {
            report,
            source: None,
            received_before: None,
            upload: None,
            receipt: None,
            proposals: Vec::new(),
            annotated: None,
        }
    }

    fn before(report: IntakeReport, upload: Upload) -> Self {
        Self { received_before: upload.ended_at, upload: Some(upload.id), ..Self::of(report) }
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
