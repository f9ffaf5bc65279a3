//! The log: sealing what was written, and looking it through.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use chrono::{DateTime, Utc};
use gongzhi_core::audit::Entry;
use gongzhi_core::messages::Translator;
use gongzhi_engine::keys::{Keys, verify};
use gongzhi_store::shared::audit::LogLook;
use gongzhi_store::{Store, StoreError};

use crate::acts::home::{self, Access, Home};

/// Seals what was written to the log since it was sealed last.
///
/// # Errors
/// The store's.
pub async fn seal(store: &Store, keys: &Keys, now: DateTime<Utc>) -> Result<(), StoreError> {
    store.seal_log(now, |text| keys.sign(text.as_bytes())).await
}

/// Looks the whole log of a home through.
///
/// # Errors
/// The home can't be read.
pub fn look(home: &Path, say: &Translator) -> Result<LogLook> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("tokio")?;
    let Home { keys, store } = runtime.block_on(home::open(home, Access::Read, say))?;
    let public = keys.public_key();
    let looked = runtime.block_on(store.verify_log(|text, signature| verify(&public, text.as_bytes(), signature)));
    let looked = looked.and_then(|look| runtime.block_on(store.close()).map(|()| look));
    looked.map_err(|error| anyhow!("{}", say.say(&error.message())))
}

/// Entries of the log of a home, from a number on.
///
/// # Errors
/// The home can't be read.
pub fn list(home: &Path, (from, most): (u64, u64), say: &Translator) -> Result<Vec<Entry>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("tokio")?;
    let Home { store, .. } = runtime.block_on(home::open(home, Access::Read, say))?;
    let listed = runtime.block_on(store.list_entries(from, most));
    let listed = listed.and_then(|entries| runtime.block_on(store.close()).map(|()| entries));
    listed.map_err(|error| anyhow!("{}", say.say(&error.message())))
}
