//! Whether a home is sound: what belongs to nothing, and what is named and not there.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context as _, Result, anyhow};
use chrono::{DateTime, TimeDelta, Utc};
use gongzhi_core::access::{Actor, Purpose};
use gongzhi_core::messages::Translator;
use gongzhi_engine::AtWork;
use gongzhi_engine::keys::Keys;
use gongzhi_engine::upkeep::{KeptFile, clear_written, data_key_name, is_spool, list_kept, sealed_by};
use gongzhi_store::collect::attempts::Standing;
use gongzhi_store::{Store, StoreError};

use crate::acts::home::{self, Access, Home};
use crate::acts::operator::operator;

/// What belongs to nothing may be what somebody is just writing: it is left alone for a day.
pub const GRACE: TimeDelta = TimeDelta::hours(24);

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// What belongs to nothing, and whether it was cleared.
    pub orphans: Vec<(KeptFile, bool)>,
    /// Keys of what is named and not there: of files, and of the data keys that open them.
    pub missing: Vec<String>,
}

/// Looks a home through; what belongs to nothing and is older than a day is cleared where that is asked for.
///
/// # Errors
/// The home can't be read, or something can't be removed.
pub fn look(home: &Path, (clears, now): (bool, DateTime<Utc>), say: &Translator) -> Result<Found> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("tokio")?;
    let Home { keys, store } = runtime.block_on(home::open(home, Access::Read, say))?;
    let folder = home.join("data");
    // Listed first: what is written meanwhile is named by then, or too young to be cleared.
    let kept = list_kept(&folder, &keys).with_context(|| folder.display().to_string())?;
    let named = runtime.block_on(store.list_named(&upkeep().scope, now));
    let named = named.map_err(|error| anyhow!("{}", say.say(&error.message())))?;
    runtime.block_on(store.close()).map_err(|error| anyhow!("{}", say.say(&error.message())))?;
    let there: BTreeSet<&str> = kept.iter().map(|file| file.key.as_str()).collect();
    let opened = |keys: &BTreeSet<String>| keys.iter().filter_map(|key| sealed_by(key)).map(data_key_name).collect();
    let needed: BTreeSet<String> = &named.needed | &opened(&named.needed);
    let pending: BTreeSet<String> = &named.pending | &opened(&named.pending);
    let mut missing: Vec<String> = needed.iter().filter(|key| !there.contains(key.as_str())).cloned().collect();
    if !missing.is_empty() {
        // What was taken in after the first look was named in between: it is there now.
        let again = list_kept(&folder, &keys).with_context(|| folder.display().to_string())?;
        missing.retain(|key| !again.iter().any(|file| file.key == *key));
    }
    let mut found = Found { orphans: Vec::new(), missing };
    for file in &kept {
        let is_named = needed.contains(&file.key) || pending.contains(&file.key);
        if is_named || is_awaited(file, now) || is_being_written(file, &folder) {
            continue;
        }
        let is_cleared = clears && is_old(file, now) && file.remove().with_context(|| file.key.clone())?;
        found.orphans.push((file.clone(), is_cleared));
    }
    Ok(found)
}

/// Clears what attempts wrote whose programs are gone, and forgets them.
///
/// # Errors
/// The store's. What can't be removed stays, and is told by the doctor.
pub async fn clear_over((folder, keys): (&Path, &Keys), store: &Store, now: DateTime<Utc>) -> Result<(), StoreError> {
    let (actor, mut cleared) = (upkeep(), Vec::new());
    for one in store.list_attempts(&actor.scope, now).await? {
        if one.standing == Standing::Kept || AtWork::is_alive(folder, &one.id) {
            continue;
        }
        // It may have ended since it was listed, and its program with it: what it wrote is then kept.
        let mut work = store.write(&actor, now).await?;
        if !work.give_up_attempt(&one.id).await? {
            continue;
        }
        work.commit().await?;
        match clear_written(folder, keys, &one.keys) {
            Ok(()) => cleared.push(one.id),
            Err(error) => tracing::warn!(attempt = one.id, %error, "what it wrote stays behind"),
        }
    }
    if cleared.is_empty() {
        return Ok(());
    }
    let mut work = store.write(&actor, now).await?;
    // Another program may have done it meanwhile.
    if work.forget_attempts(&cleared).await? > 0 { work.commit().await } else { Ok(()) }
}

/// What has come of an upload and waits for its next byte.
fn is_awaited(file: &KeptFile, now: DateTime<Utc>) -> bool {
    is_spool(&file.key) && !is_old(file, now)
}

/// A part or a spool that is locked, or the sign of a program at work.
fn is_being_written(file: &KeptFile, folder: &Path) -> bool {
    (file.key.ends_with(".part") || is_spool(&file.key)) && gongzhi_engine::is_locked(&folder.join(&file.key))
}

fn is_old(file: &KeptFile, now: DateTime<Utc>) -> bool {
    file.written.is_some_and(|written| SystemTime::from(now - GRACE) > written)
}

/// Keeping the installation sound looks at every unit's files, and reads none of them.
fn upkeep() -> Actor {
    operator(Purpose::Upkeep)
}
