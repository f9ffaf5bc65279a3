//! A unit's file taken in: read, recognised, checked, and written as batches when nothing blocks.
//!
//! The rules are in [`gongzhi_core::intake`]; here they are given the rows of a file as they stream in, and what holds goes
//! to a [`BatchWriter`](crate::batch::BatchWriter) row by row, so memory does not grow with the file. A workbook's hidden
//! identity may stand behind its data: what the headers said is then compared with it, and only where the two differ is
//! the file read again. Nothing of a file that is blocked or refused is kept.

mod nil;
mod pass;
mod shape;
mod sheet;
mod spool;
mod upload;
mod work;

use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::intake::lookup::RegionLookup;
use gongzhi_core::intake::mask::shown;
use gongzhi_core::intake::place::UnitBook;
use gongzhi_core::intake::{Flags, HeaderBook, LayoutProfile, Refusal};
use gongzhi_core::issues::Issue;
use gongzhi_core::messages::Message;
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;

use crate::batch::{BatchError, BatchFiles, BatchWriter};
use crate::effects::SetEffect;
use crate::keys::Keys;
use crate::read::{HeaderHint, LeftOut, Notice, OpenFile, ReadError, WorkerPool};
pub use nil::declare_nil;
use pass::{Followed, Pass};
pub(crate) use spool::{SPOOLS, clear_spool};
pub use spool::{Spool, SpoolError, Spooled, clear_spools};
pub use upload::{PackedUpload, open_upload, pack_upload, upload_key};

/// What is worked out once for a catalogue and used for every file.
#[derive(Clone)]
pub struct IntakeBooks {
    /// Headers of every kind.
    pub headers: Arc<HeaderBook>,
    /// Units by every name.
    pub units: Arc<UnitBook>,
    /// Places by code and name.
    pub regions: Arc<RegionLookup>,
}

impl IntakeBooks {
    /// The books of a catalogue.
    pub fn new(catalog: &Catalog) -> Self {
        Self {
            headers: Arc::new(HeaderBook::new(catalog)),
            units: Arc::new(UnitBook::new(catalog)),
            regions: Arc::new(RegionLookup::new(catalog)),
        }
    }

    /// Tells the reader how many of a row's texts are headers.
    fn hint(&self, profiles: &[LayoutProfile]) -> HeaderHint {
        let headers = Arc::clone(&self.headers);
        let profiles = profiles.to_vec();
        Arc::new(move |texts: &[String]| {
            let of = |profile: &LayoutProfile| texts.iter().filter(|text| profile.find(text).is_some()).count();
            headers.most_known(texts).max(profiles.iter().map(of).max().unwrap_or(0))
        })
    }
}

/// What every file of an intake shares. Two threads may use one context at once.
pub struct IntakeContext<'a> {
    /// The catalogue.
    pub catalog: &'a Catalog,
    /// Its books.
    pub books: &'a IntakeBooks,
    /// Reading processes.
    pub pool: &'a WorkerPool,
    /// Keys of the home folder.
    pub keys: &'a Keys,
    /// Folder of the batches.
    pub data_folder: &'a Path,
    /// Layout profiles, confirmed ones are used.
    pub profiles: &'a [LayoutProfile],
    /// Makes the id of a batch.
    pub new_id: &'a (dyn Fn() -> String + Sync),
}

/// What is known of one file before it is read.
#[derive(Debug, Clone)]
pub struct IntakeRequest {
    /// Path as people named it; the names of its folders may say whose it is and of which period.
    pub name: String,
    /// Key of the item, when it was named.
    pub item: Option<String>,
    /// Key of the kind, when it was named.
    pub kind: Option<String>,
    /// Unit, period and mode, when they were named.
    pub flags: Flags,
    /// Check only, write nothing.
    pub is_dry_run: bool,
    /// The day of intake.
    pub today: NaiveDate,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outcome {
    /// Its batches are written.
    Accepted,
    /// Read, but an error in it blocks.
    Blocked,
    /// It can't be taken in at all.
    #[default]
    Refused,
}

/// A sheet of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetReport {
    /// Name.
    pub sheet: String,
    /// Key of the item.
    pub item: String,
    /// Key of the kind.
    pub kind: String,
    /// Rows of the table.
    pub rows: u64,
    /// Rows that are no rows of the table.
    pub left_out: u64,
    /// What was left out and why, the first two hundred.
    pub left_out_rows: Vec<LeftOut>,
    /// Headers of the sheet, for a layout profile.
    pub headers: Vec<String>,
}

/// A batch of the file, written but visible to nobody yet.
#[derive(Debug, Clone)]
pub struct IntakeBatch {
    /// Its id.
    pub id: String,
    /// Region it speaks of, six digits.
    pub region: String,
    /// Key of the unit.
    pub unit: String,
    /// Key of the item.
    pub item: String,
    /// Key of the kind.
    pub kind: String,
    /// Period.
    pub period: Period,
    /// What it says of itself.
    pub mode: SetMode,
    /// Version of the template.
    pub template_version: u32,
    /// Keys of the files that writing it makes below the data folder; none for a nil set and on a dry run.
    pub keys: Vec<String>,
    /// Its files, once written.
    pub files: Option<BatchFiles>,
    /// Rows.
    pub rows: u64,
    /// No whole set, of a period of which a set was accepted before; known once the control store was asked.
    pub is_supplement: bool,
    /// What it does to what stood before it; known once the control store was asked.
    pub effect: Option<SetEffect>,
}

/// What came of a file.
#[derive(Debug, Clone, Default)]
pub struct IntakeReport {
    /// Path as people named it.
    pub file: String,
    /// Accepted, blocked or refused.
    pub outcome: Outcome,
    /// Key of the unit, once known.
    pub unit: Option<String>,
    /// Period, once known.
    pub period: Option<Period>,
    /// Mode, once known.
    pub mode: Option<SetMode>,
    /// Sheets recognised.
    pub sheets: Vec<SheetReport>,
    /// Issues by sheet, row and column.
    pub issues: Vec<Issue>,
    /// Issues found beyond those listed.
    pub unlisted_issues: u64,
    /// What the reader noticed.
    pub notices: Vec<Notice>,
    /// Batches, of an accepted file.
    pub batches: Vec<IntakeBatch>,
    /// Layout profiles proposed for sheets whose headers are not all known.
    pub proposals: Vec<LayoutProfile>,
}

impl IntakeReport {
    /// The report of a file that is refused as a whole.
    pub fn refused(name: &str, refusal: Refusal) -> Self {
        Self { file: shown(name).into_owned(), issues: vec![refusal.into_issue()], ..Self::default() }
    }

    /// The report of a file that can't be opened.
    pub fn unreadable(name: &str, error: &ReadError) -> Self {
        Self::refused(name, unreadable(error))
    }
}

/// What stops an intake for reasons that are not the file's.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// A batch can't be written.
    #[error(transparent)]
    Batch(#[from] BatchError),
}

impl IntakeError {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::Batch(error) => error.message(),
        }
    }
}

/// A file checked whose batches stand beside their places, not written yet: the control store is told their keys first.
/// Dropped, it leaves nothing behind.
pub struct CheckedFile<'c> {
    report: IntakeReport,
    writers: Vec<Option<BatchWriter<'c>>>,
}

impl CheckedFile<'_> {
    /// What was found.
    pub fn report(&self) -> &IntakeReport {
        &self.report
    }

    /// What was found, when nothing is to be written.
    pub fn into_report(self) -> IntakeReport {
        self.report
    }

    /// The issues, for whoever can say more about how to mend them.
    pub fn issues_mut(&mut self) -> &mut [Issue] {
        &mut self.report.issues
    }

    /// Every key that writing makes.
    pub fn keys(&self) -> Vec<String> {
        self.report.batches.iter().flat_map(|batch| batch.keys.iter().cloned()).collect()
    }

    /// Writes the batches. They stand in their places and last, and are visible once the control store says so.
    ///
    /// # Errors
    /// A batch can't be written.
    pub fn write(self) -> Result<IntakeReport, IntakeError> {
        let Self { mut report, writers } = self;
        for (batch, writer) in report.batches.iter_mut().zip(writers) {
            batch.files = writer.map(BatchWriter::finish).transpose()?;
        }
        Ok(report)
    }
}

/// Reads and checks a file. What is wrong with the file is in the report.
///
/// # Errors
/// Batches can't be begun.
pub fn check_file<'c>(
    context: &'c IntakeContext<'c>,
    file: &OpenFile,
    request: &'c IntakeRequest,
) -> Result<CheckedFile<'c>, IntakeError> {
    let refused =
        |refusal| Ok(CheckedFile { report: IntakeReport::refused(&request.name, refusal), writers: Vec::new() });
    if let Some(refusal) = unknown_names(context, request) {
        return refused(refusal);
    }
    let mut followed = Followed::default();
    loop {
        let mut pass = Pass::new(context, request, &followed);
        if let Err(error) = pass.read(file)? {
            return refused(unreadable(&error));
        }
        match pass.take_followed() {
            // What was found on the way says how the file is to be read: it is read again.
            Some(found) => followed = found,
            None => return Ok(pass.finish()),
        }
    }
}

/// Takes the file of a path in: [`check_file`], then [`CheckedFile::write`].
///
/// # Errors
/// Batches can't be written.
pub fn intake_file(
    context: &IntakeContext<'_>,
    path: &Path,
    request: &IntakeRequest,
) -> Result<IntakeReport, IntakeError> {
    match OpenFile::open(path) {
        Ok(file) => check_file(context, &file, request)?.write(),
        Err(error) => Ok(IntakeReport::unreadable(&request.name, &error)),
    }
}

/// The refusal of a file that can't be read.
fn unreadable(error: &ReadError) -> Refusal {
    Refusal {
        rule: "unreadable",
        sheet: String::new(),
        value: String::new(),
        mend: error.mend(),
        message: error.reason(),
    }
}

/// Items and kinds named by flags that the catalogue doesn't have.
fn unknown_names(context: &IntakeContext<'_>, request: &IntakeRequest) -> Option<Refusal> {
    let named = request.item.as_ref()?;
    let word = request.kind.as_ref().map_or_else(|| named.clone(), |kind| format!("{named}.{kind}"));
    let is_known = match &request.kind {
        Some(_) => context.catalog.find_kind(&word).is_some(),
        None => context.catalog.items.contains_key(named),
    };
    (!is_known).then(|| {
        let message = context.catalog.unknown_kind(&word);
        let mend = Message::new("intake-item-unknown-mend");
        Refusal { mend, ..Refusal::new("unknown-item", message) }.about(word)
    })
}

/// The county a unit reports for: six digits.
fn region_of(catalog: &Catalog, unit: &str) -> String {
    let region = catalog.units.get(unit).map_or("", |unit| unit.region.as_str());
    region.get(..6).unwrap_or(region).to_owned()
}
