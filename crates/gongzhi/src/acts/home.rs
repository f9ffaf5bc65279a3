//! A home folder opened: its keys and its store, which belong to each other.
//!
//! Keys are made for a new home only. A home whose keys are gone, or are others than those it was made with, is opened by
//! no command: with new keys nothing that it holds could be opened or compared.
//!
//! Commands that only read open a home to read: nothing in it is made or changed, and one of an earlier program is brought
//! forward by a command that writes, never by the way.

use std::fs;
use std::path::Path;

use gongzhi_core::messages::Message;
use gongzhi_core::problems::{ActError, Code};
use gongzhi_engine::keys::{Dice, KeyFiles, KeyName, KeySource, Keys};
use gongzhi_store::{Store, StoreError, StorePlace};

use crate::app::{App, Clock, Opened};
use crate::config::Settings;

/// For what a home is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To read: it is left as it is.
    Read,
    /// To write: one of an earlier program is brought forward.
    Write,
    /// To write; one that is new is made.
    Make,
}

/// Opens a home.
///
/// # Errors
/// There is none and none is to be made, its keys are gone or others, it can't be read or made, it is one of an earlier
/// program and only to be read, or what is set for it can't be understood.
pub async fn open(home: &Path, access: Access, clock: Clock) -> Result<App, ActError> {
    let settings = Settings::of_home(home)?;
    let (keys, store) = open_with(&settings, &KeyFiles::of_home(home), access).await?;
    App::new(settings, Opened { keys, store, profiles_home: None, scratch: None }, clock)
}

/// Opens a home to check files only: it is left as it is, and where there is none, none is made.
///
/// # Errors
/// As of [`open`].
pub async fn open_dry(home: &Path, clock: Clock) -> Result<App, ActError> {
    if is_there(&Settings::of_home(home)?) {
        return open(home, Access::Read, clock).await;
    }
    let scratch = tempfile::tempdir()?;
    let settings =
        Settings { store: StorePlace::Home(scratch.path().to_owned()), ..Settings::of_home(scratch.path())? };
    let (keys, store) = open_with(&settings, &KeyFiles::of_home(scratch.path()), Access::Make).await?;
    let opened = Opened { keys, store, profiles_home: Some(home.to_owned()), scratch: Some(scratch) };
    App::new(settings, opened, clock)
}

/// Makes an empty home; whether it was not there yet.
///
/// # Errors
/// It can't be made, or it is there and its keys are gone or others.
pub async fn make(home: &Path, clock: Clock) -> Result<bool, ActError> {
    let is_new = !is_made(&Settings::of_home(home)?);
    open(home, Access::Make, clock).await?.close().await?;
    Ok(is_new)
}

/// What a home needs before anything of it is shown or changed: that its keys are its own. A folder that is no home yet
/// has none.
///
/// # Errors
/// As of [`open`].
pub async fn check(home: &Path, access: Access, clock: Clock) -> Result<(), ActError> {
    if is_made(&Settings::of_home(home)?) { open(home, access, clock).await?.close().await } else { Ok(()) }
}

/// Whether there is a home, or what is left of one.
fn is_there(settings: &Settings) -> bool {
    is_made(settings) || holds_data(settings)
}

/// A home whose store is in a database of its own has its keys here all the same.
fn is_made(settings: &Settings) -> bool {
    settings.store.is_made().unwrap_or_else(|| settings.home.join("keys").is_dir())
}

async fn open_with(settings: &Settings, source: &dyn KeySource, access: Access) -> Result<(Keys, Store), ActError> {
    let (dice, place, home) = (Dice::system(), &settings.store, settings.home.as_path());
    let told = |error: StoreError| {
        let message = error.message().with("home", home.display());
        ActError::new(ActError::from(error).code, message)
    };
    let keys = match access {
        Access::Read | Access::Write if !is_made(settings) => {
            return Err(ActError::new(Code::NotThere, Message::new("state-home-missing").with("path", home.display())));
        }
        Access::Make if !was_made(settings).await.map_err(told)? => Keys::make(home, source, dice)?,
        _ => Keys::open(home, source, dice)?,
    };
    let store = match access {
        Access::Read => Store::open_to_read(place).await,
        Access::Write | Access::Make => Store::open(place).await,
    };
    let store = store.map_err(told)?;
    let fingerprints: Vec<(&str, &str)> =
        keys.fingerprints().iter().map(|(name, fingerprint)| (name.key(), fingerprint.as_str())).collect();
    let others = match access {
        Access::Read => store.compare_known_keys(&fingerprints).await,
        Access::Write | Access::Make => store.compare_keys(&fingerprints).await,
    };
    let others = others.map_err(told)?;
    if others.is_empty() {
        return Ok((keys, store));
    }
    let others: Vec<KeyName> = others.iter().map(|at| keys.fingerprints()[*at].0).collect();
    Err(ActError::new(Code::HomeUnsound, keys.wrong(&others)))
}

/// Whether a home was made to its end: it holds data, or its store knows its keys. One that another program is just making
/// was not, and whoever makes it too finds the keys that the other made.
async fn was_made(settings: &Settings) -> Result<bool, StoreError> {
    if holds_data(settings) {
        return Ok(true);
    }
    match settings.store.is_made() {
        Some(is_made) => Ok(is_made),
        None => {
            let store = Store::open(&settings.store).await?;
            let is_known = store.knows_keys().await?;
            store.close().await?;
            Ok(is_known)
        }
    }
}

/// A folder without a store that holds data all the same was a home.
fn holds_data(settings: &Settings) -> bool {
    fs::read_dir(&settings.data).is_ok_and(|mut entries| entries.next().is_some())
}
