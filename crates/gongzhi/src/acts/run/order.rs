//! What a run is told and what it is given: what everything here begins with.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::messages::{Language, Message, Translator};
use gongzhi_core::models::Models;
use gongzhi_engine::model_run::ModelContent;

/// What a run is told.
pub struct RunOrder {
    /// Folder of sheets.
    pub folder: PathBuf,
    /// Folder of results.
    pub out: PathBuf,
    /// The day the run looks from.
    pub as_of: NaiveDate,
    /// The region the run is about, by its code; none: the only one there is.
    pub region: Option<String>,
    /// The language of what is written for people.
    pub language: Language,
}

/// What models are run of.
pub struct Content {
    /// The catalogue.
    pub catalog: Arc<Catalog>,
    /// Its models.
    pub models: Arc<Models>,
}

impl Content {
    /// For the tasks that run its models.
    pub fn of_models(&self) -> ModelContent {
        ModelContent { catalog: Arc::clone(&self.catalog), models: Arc::clone(&self.models) }
    }
}

/// Told of progress: what is done, how much of how much.
pub type Progress = dyn Fn(&Message, u64, u64) + Send + Sync;

/// What a run is given besides.
pub struct RunContext<'a> {
    /// What its models are of.
    pub content: &'a Content,
    /// Speaks in what is written for people.
    pub say: &'a Translator,
    /// Told of progress.
    pub progress: &'a Progress,
}

impl Deref for RunContext<'_> {
    type Target = Content;

    fn deref(&self) -> &Content {
        self.content
    }
}
