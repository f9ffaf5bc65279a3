//! A home folder opened: its keys and its store, which belong to each other.
//!
//! Keys are made for a new home only. A home whose keys are gone, or are others than those it was made with, is opened by
//! no command: with new keys nothing that it holds could be opened or compared.
//!
//! Commands that only read open a home to read: nothing in it is made or changed, and one of an earlier program is brought
//! forward by a command that writes, never by the way.

use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow};
use gongzhi_core::messages::{Message, Translator};
use gongzhi_engine::keys::{Dice, KeyError, KeyFiles, KeyName, KeySource, Keys};
use gongzhi_store::{Store, StoreError, StorePlace};

/// The variable that names the database of the store, where that is no file in the home folder.
const DATABASE_URL: &str = "GONGZHI_DATABASE_URL";

/// A home, opened.
pub struct Home {
    /// Its keys.
    pub keys: Keys,
    /// Its store.
    pub store: Store,
}

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
/// program and only to be read.
pub async fn open(home: &Path, access: Access, say: &Translator) -> Result<Home> {
    open_with(home, &KeyFiles::of_home(home), access).await.map_err(|message| anyhow!("{}", say.say(&message)))
}

/// Makes an empty home; whether it was not there yet.
///
/// # Errors
/// It can't be made, or it is there and its keys are gone or others.
pub fn make(home: &Path, say: &Translator) -> Result<bool> {
    let is_new = !is_made(home);
    runtime()?.block_on(async { open(home, Access::Make, say).await?.close(say).await })?;
    Ok(is_new)
}

/// What a home needs before anything of it is shown or changed: that its keys are its own. A folder that is no home yet
/// has none.
///
/// # Errors
/// As of [`open`].
pub fn check(home: &Path, access: Access, say: &Translator) -> Result<()> {
    if is_made(home) { runtime()?.block_on(async { open(home, access, say).await?.close(say).await }) } else { Ok(()) }
}

impl Home {
    async fn close(self, say: &Translator) -> Result<()> {
        self.store.close().await.map_err(|error| anyhow!("{}", say.say(&error.message())))
    }
}

/// Whether there is a home, or what is left of one.
pub fn is_there(home: &Path) -> bool {
    is_made(home) || holds_data(home)
}

/// A home whose store is in a database of its own has its keys here all the same.
fn is_made(home: &Path) -> bool {
    store_of(home).is_made().unwrap_or_else(|| home.join("keys").is_dir())
}

/// The store of a home: a file in it, or the database that `GONGZHI_DATABASE_URL` names.
fn store_of(home: &Path) -> StorePlace {
    match std::env::var(DATABASE_URL) {
        Ok(url) if !url.trim().is_empty() => StorePlace::Postgres(url),
        _ => StorePlace::Home(home.to_owned()),
    }
}

async fn open_with(home: &Path, source: &dyn KeySource, access: Access) -> Result<Home, Message> {
    let (dice, place) = (Dice::system(), store_of(home));
    let told = |error: StoreError| error.message().with("home", home.display());
    let keys = match access {
        Access::Read | Access::Write if !is_made(home) => {
            return Err(Message::new("state-home-missing").with("path", home.display()));
        }
        Access::Make if !was_made(home, &place).await.map_err(told)? => Keys::make(home, source, dice),
        _ => Keys::open(home, source, dice),
    };
    let keys = keys.map_err(|error: KeyError| error.message())?;
    let store = match access {
        Access::Read => Store::open_to_read(&place).await,
        Access::Write | Access::Make => Store::open(&place).await,
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
        return Ok(Home { keys, store });
    }
    let others: Vec<KeyName> = others.iter().map(|at| keys.fingerprints()[*at].0).collect();
    Err(keys.wrong(&others))
}

/// Whether a home was made to its end: it holds data, or its store knows its keys. One that another program is just making
/// was not, and whoever makes it too finds the keys that the other made.
async fn was_made(home: &Path, place: &StorePlace) -> Result<bool, StoreError> {
    if holds_data(home) {
        return Ok(true);
    }
    match place.is_made() {
        Some(is_made) => Ok(is_made),
        None => {
            let store = Store::open(place).await?;
            let is_known = store.knows_keys().await?;
            store.close().await?;
            Ok(is_known)
        }
    }
}

/// A folder without a store that holds data all the same was a home.
fn holds_data(home: &Path) -> bool {
    fs::read_dir(home.join("data")).is_ok_and(|mut entries| entries.next().is_some())
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}
