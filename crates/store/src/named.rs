//! What the store names below the data folder, of both halves at one moment.

use chrono::{DateTime, Utc};
use gongzhi_core::access::Scope;

use crate::analyse::received;
use crate::collect::attempts;
pub use crate::shared::named_files::NamedFiles;
use crate::store::{Store, StoreError};

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
