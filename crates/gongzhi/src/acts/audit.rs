//! The log: sealing what was written, and looking it through.

use chrono::{DateTime, Utc};
use gongzhi_core::audit::Entry;
use gongzhi_core::problems::ActError;
use gongzhi_engine::keys::verify;
use gongzhi_store::shared::audit::LogLook;

use crate::app::App;

/// Seals what was written to the log since it was sealed last: what was done can't be changed any more without showing.
///
/// # Errors
/// The store's.
pub async fn seal(app: &App, now: DateTime<Utc>) -> Result<(), ActError> {
    Ok(app.store.seal_log(now, |text| app.keys.sign(text.as_bytes())).await?)
}

/// Looks the whole log of a home through.
///
/// # Errors
/// The store's.
pub async fn look(app: &App) -> Result<LogLook, ActError> {
    let public = app.keys.public_key();
    Ok(app.store.verify_log(|text, signature| verify(&public, text.as_bytes(), signature)).await?)
}

/// Entries of the log of a home, from a number on.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, (from, most): (u64, u64)) -> Result<Vec<Entry>, ActError> {
    Ok(app.store.list_entries(from, most).await?)
}
