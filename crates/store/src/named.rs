//! What the store names below the data folder, of both halves at one moment.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use gongzhi_core::access::Scope;

use crate::analyse::received;
use crate::collect::attempts;
use crate::store::{Store, StoreError};

/// What the store names below the data folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedFiles {
    /// Keys that must be there: parts and links of batches, originals of uploads that ended.
    pub needed: BTreeSet<String>,
    /// Keys that may be there: of attempts at work.
    pub pending: BTreeSet<String>,
}

impl Store {
    /// What the store names below the data folder, of a scope, all of it at one moment.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_named(&self, scope: &Scope, now: DateTime<Utc>) -> Result<NamedFiles, StoreError> {
        let snapshot = self.begin_to_read().await?;
        let mut named = NamedFiles::default();
        attempts::name_files(&snapshot, (scope, now), &mut named).await?;
        received::name_files(&snapshot, scope, &mut named).await?;
        snapshot.commit().await?;
        Ok(named)
    }
}
