//! What a run is told and what it is given: what everything here begins with.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use gongzhi_core::catalog::{Catalog, Source};
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::models::Models;

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
