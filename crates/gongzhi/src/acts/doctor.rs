//! Whether a home is sound: what belongs to nothing, and what is named and not there.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use gongzhi_core::access::{Actor, Purpose};
use gongzhi_core::problems::{ActError, OfFile as _};
use gongzhi_engine::AtWork;
use gongzhi_engine::upkeep::{KeptFile, clear_written, data_key_name, is_spool, list_kept, sealed_by};
use gongzhi_store::collect::attempts::Standing;
use gongzhi_store::named::NamedFiles;

use crate::app::App;

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

/// Looks a home through; what belongs to nothing and is older than a day is cleared where that is asked for. Keeping the
/// installation sound looks at every file the actor may see, and reads none of them.
///
/// # Errors
/// The home can't be read, or something can't be removed.
pub async fn look(app: &App, actor: &Actor, clears: bool) -> Result<Found, ActError> {
    let actor = actor.with_purpose(Purpose::Upkeep);
    app.block(move |app, waiter| {
        // Listed first: what is written meanwhile is named by then, or too young to be cleared.
        let folder = app.settings.data.as_path();
        let kept = list_kept(folder, &app.keys).of_file(folder)?;
        let now = app.clock.now();
        let named = waiter.wait(app.store.list_named(&actor.scope, now))?;
        judge(app, (kept, &named), (clears, now))
    })
    .await
}

fn judge(
    app: &App,
    (kept, named): (Vec<KeptFile>, &NamedFiles),
    (clears, now): (bool, DateTime<Utc>),
) -> Result<Found, ActError> {
    let folder = app.settings.data.as_path();
    let there: BTreeSet<&str> = kept.iter().map(|file| file.key.as_str()).collect();
    let opened = |keys: &BTreeSet<String>| keys.iter().filter_map(|key| sealed_by(key)).map(data_key_name).collect();
    let needed: BTreeSet<String> = &named.needed | &opened(&named.needed);
    let pending: BTreeSet<String> = &named.pending | &opened(&named.pending);
    let mut missing: Vec<String> = needed.iter().filter(|key| !there.contains(key.as_str())).cloned().collect();
    if !missing.is_empty() {
        // What was taken in after the first look was named in between: it is there now.
        let again = list_kept(folder, &app.keys).of_file(folder)?;
        missing.retain(|key| !again.iter().any(|file| file.key == *key));
    }
    let mut found = Found { orphans: Vec::new(), missing };
    for file in &kept {
        let is_named = needed.contains(&file.key) || pending.contains(&file.key);
        if is_named || is_awaited(file, now) || is_being_written(file, folder) {
            continue;
        }
        let is_cleared = clears && is_old(file, now) && file.remove().of_file(Path::new(&file.key))?;
        found.orphans.push((file.clone(), is_cleared));
    }
    Ok(found)
}

/// Clears what attempts wrote whose programs are gone, and forgets them. What can't be removed stays, and is told by [`look`].
///
/// # Errors
/// The store's.
pub async fn clear_over(app: &App, actor: &Actor, now: DateTime<Utc>) -> Result<(), ActError> {
    let (actor, folder) = (actor.with_purpose(Purpose::Upkeep), app.settings.data.as_path());
    let mut cleared = Vec::new();
    for one in app.store.list_attempts(&actor.scope, now).await? {
        if one.standing == Standing::Kept || AtWork::is_alive(folder, &one.id) {
            continue;
        }
        // It may have ended since it was listed, and its program with it: what it wrote is then kept.
        let mut work = app.store.write(&actor, now).await?;
        if !work.give_up_attempt(&one.id).await? {
            continue;
        }
        work.commit().await?;
        match clear_written(folder, &app.keys, &one.keys) {
            Ok(()) => cleared.push(one.id),
            Err(error) => tracing::warn!(attempt = one.id, %error, "what it wrote stays behind"),
        }
    }
    if cleared.is_empty() {
        return Ok(());
    }
    let mut work = app.store.write(&actor, now).await?;
    // Another program may have done it meanwhile.
    if work.forget_attempts(&cleared).await? > 0 {
        work.commit().await?;
    }
    Ok(())
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
