//! What a run found, as the files for people tell it. Whoever ran fills it in; nothing here decides anything.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::identity::Match;
use gongzhi_core::leads::{Lead, LeadNumbers};
use gongzhi_core::messages::Translator;
use gongzhi_core::models::Models;
use gongzhi_core::reports::FileReport;
use gongzhi_core::state::VisibleBatches;
use gongzhi_engine::model_run::ModelReport;

use super::places::Places;

/// Everything there is to tell.
pub struct RunFound<'a> {
    /// The day the run looked from.
    pub as_of: NaiveDate,
    /// County the run is about, by its code.
    pub region: &'a str,
    /// Speaks.
    pub say: &'a Translator,
    /// The catalogue.
    pub catalog: &'a Catalog,
    /// Its models.
    pub models: &'a Models,
    /// What became of the files.
    pub files: FilesFound<'a>,
    /// Parties of rows by class of their link.
    pub classes: &'a BTreeMap<&'static str, u64>,
    /// Names that the program could not link by itself.
    pub queue: Vec<QueuedName<'a>>,
    /// One report a model, in the catalogue's order.
    pub reports: &'a [ModelReport],
    /// The leads of each model with their rank, from 1, the first to be looked at first.
    pub ranked: BTreeMap<&'a str, Vec<(u64, &'a Lead)>>,
    /// Where the rows behind the leads stood.
    pub places: &'a Places,
    /// Numbers of the leads.
    pub numbers: &'a LeadNumbers,
    /// Townships of the leads' taxpayers, by code, as far as they are registered with one.
    pub townships: &'a BTreeMap<String, String>,
    /// The batches that count, also those accepted earlier.
    pub visible: &'a VisibleBatches,
    /// Somebody confirmed what the tax side covers.
    pub has_coverage: bool,
}

impl<'a> RunFound<'a> {
    /// The leads of a model with their rank; none when it has no lead.
    pub fn ranked(&self, model: &str) -> &[(u64, &'a Lead)] {
        self.ranked.get(model).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What became of the files of a folder.
#[derive(Clone, Copy)]
pub struct FilesFound<'a> {
    /// Reports, by file.
    pub reports: &'a BTreeMap<String, FileReport>,
    /// Keys of the units that the files' paths name, by file: of a file that could not be read nothing else is known.
    pub named_units: &'a BTreeMap<String, String>,
    /// The day each file came, by its name.
    pub received: &'a BTreeMap<String, NaiveDate>,
    /// Files accepted, blocked, refused.
    pub counts: [u64; 3],
    /// Rows of accepted files.
    pub rows: u64,
}

/// A name that people have to decide on.
#[derive(Debug, Clone, Copy)]
pub struct QueuedName<'a> {
    /// What the rows say, normalised: the subject that a decision is about.
    pub subject: &'a str,
    /// What the rows say.
    pub name: &'a str,
    /// The code they give.
    pub code: &'a str,
    /// Who may be meant.
    pub found: &'a Match,
    /// Rows that say so.
    pub rows: u64,
    /// File of the first of them.
    pub file: &'a str,
    /// Its sheet.
    pub sheet: &'a str,
    /// Its row, from 1.
    pub row: u32,
}
