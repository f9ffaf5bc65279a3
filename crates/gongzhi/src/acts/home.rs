//! A home folder opened: its keys and its store, which belong to each other.
//!
//! Keys are made for a new home only. A home whose keys are gone, or are others than those it was made with, is opened by
//! no command: with new keys nothing that it holds could be opened or compared.

use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow};
use gongzhi_core::messages::{Message, Translator};
use gongzhi_engine::keys::{Dice, KeyError, KeyFiles, KeyName, KeySource, Keys};
use gongzhi_store::{Store, StorePlace};

/// A home, opened.
pub struct Home {
    /// Its keys.
    pub keys: Keys,
    /// Its store.
    pub store: Store,
}

/// Opens a home that is there.
///
/// # Errors
/// There is none, its keys are gone or others, it can't be read.
pub async fn open(home: &Path, say: &Translator) -> Result<Home> {
    open_with(home, &KeyFiles::of_home(home), false).await.map_err(|message| anyhow!("{}", say.say(&message)))
}

/// Opens a home; one that is new is made.
///
/// # Errors
/// Its keys are gone or others, it can't be read or made.
pub async fn open_or_make(home: &Path, say: &Translator) -> Result<Home> {
    open_with(home, &KeyFiles::of_home(home), true).await.map_err(|message| anyhow!("{}", say.say(&message)))
}

/// Makes an empty home; whether it was not there yet.
///
/// # Errors
/// It can't be made, or it is there and its keys are gone or others.
pub fn make(home: &Path, say: &Translator) -> Result<bool> {
    let is_new = !is_made(home);
    runtime()?.block_on(async { open_or_make(home, say).await?.close(say).await })?;
    Ok(is_new)
}

/// What a home needs before anything of it is shown or changed: that its keys are its own. A folder that is no home yet
/// has none.
///
/// # Errors
/// Its keys are gone or others, it can't be read.
pub fn check(home: &Path, say: &Translator) -> Result<()> {
    if is_made(home) { runtime()?.block_on(async { open(home, say).await?.close(say).await }) } else { Ok(()) }
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

fn is_made(home: &Path) -> bool {
    StorePlace::Home(home.to_owned()).is_made()
}

async fn open_with(home: &Path, source: &dyn KeySource, is_made_when_new: bool) -> Result<Home, Message> {
    let dice = Dice::system();
    let keys = match (is_made(home), is_made_when_new) {
        (true, _) => Keys::open(home, source, dice),
        (false, true) if holds_data(home) => Keys::open(home, source, dice),
        (false, true) => Keys::make(home, source, dice),
        (false, false) => return Err(Message::new("state-home-missing").with("path", home.display())),
    };
    let keys = keys.map_err(|error: KeyError| error.message())?;
    let store = Store::open(&StorePlace::Home(home.to_owned())).await.map_err(|error| error.message())?;
    let fingerprints: Vec<(&str, &str)> =
        keys.fingerprints().iter().map(|(name, fingerprint)| (name.key(), fingerprint.as_str())).collect();
    let others = store.compare_keys(&fingerprints).await.map_err(|error| error.message())?;
    if others.is_empty() {
        return Ok(Home { keys, store });
    }
    let others: Vec<KeyName> = others.iter().map(|at| keys.fingerprints()[*at].0).collect();
    Err(keys.wrong(&others))
}

/// A folder without a store that holds data all the same was a home.
fn holds_data(home: &Path) -> bool {
    fs::read_dir(home.join("data")).is_ok_and(|mut entries| entries.next().is_some())
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}
