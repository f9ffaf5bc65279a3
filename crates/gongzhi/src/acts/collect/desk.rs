//! The desk at which an actor takes files in: what every file of an intake shares, loaded once.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use gongzhi_core::access::Actor;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::intake::{LayoutProfile, Refusal};
use gongzhi_core::messages::Message;
use gongzhi_core::problems::ActError;
use gongzhi_core::reports::FileReport;
use gongzhi_core::time::day_of;
use gongzhi_engine::batch::BatchError;
use gongzhi_engine::intake::{
    CheckedFile, IntakeBooks, IntakeContext, IntakeError, IntakeReport, IntakeRequest, Outcome, PackedUpload,
    check_file, declare_nil, pack_upload, upload_key,
};
use gongzhi_engine::read::OpenFile;
use gongzhi_store::collect::uploads::UploadStatus;

use super::hand_in::{HandedIn, Taken};
use super::order::{FileAtHand, IntakeOrder, flags_of, upload_identity};
use super::spooling::Brought;
use super::taken_in::{TakenIn, point_to_proposal, refused, told_of};
use super::{profile, spooling};
use crate::app::{App, Waiter};

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
