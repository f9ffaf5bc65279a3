//! The deployment's keys, and what is done with them.
//!
//! Four keys: one signs (SM2), one wraps the data keys of personal parts (SM4), one makes the digests that stand for
//! natural persons (HMAC-SM3), one those of rows and values. They come from a [`KeySource`] and are made for a new home
//! only: with new ones nothing that is kept could be opened or compared. Their fingerprints stand in the control store.
//! Every personal part has a data key of its own, kept wrapped in `<home>/keys/data`: to
//! erase a person's data by law is to destroy that file. Digests and signatures name their algorithm (`sm3:…`,
//! `sm2:…`), so that they can still be checked after the choice has changed. Chance comes in from the caller.

mod signing;
mod source;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use gongzhi_core::codes::PersonKey;
use gongzhi_core::messages::Message;
use hmac::{Hmac, KeyInit};
use sm2::dsa::SigningKey;
use sm3::{Digest, Sm3};

pub use self::signing::{key_id, verify};
use self::signing::{read_signing_key, roll_signing_key};
pub use self::source::{KeyFiles, KeyName, KeySource};
use self::source::{create_private_folder, read_text, replace};
pub use crate::digests::{digest, digest_reader};
pub(crate) use crate::digests::{digest_text, hex};
pub(crate) use crate::disk::sync_folder_of;
use crate::sealed::{self, DataKey};

/// The public key in the home folder, for the units to keep: what checks the receipts of this home.
pub const RECEIPT_KEY: &str = "receipt-key.pub";

/// What can go wrong with keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The folder or a file in it can't be read or written.
    #[error("key file {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A key file holds something else.
    #[error("key file {path} is damaged")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// Keys are gone. None are made in their place.
    #[error("keys are gone: {}", places.join(", "))]
    Gone {
        /// Where each was kept.
        places: Vec<String>,
    },
    /// A source gave what is no key.
    #[error("{place} is no key")]
    NoKey {
        /// Where it is kept.
        place: String,
    },
    /// No random bytes to be had.
    #[error("no random bytes: {0}")]
    Chance(io::Error),
}

impl KeyError {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::File { path, source } => {
                Message::new("state-key-file").with("path", path.display()).with("reason", source)
            }
            Self::Damaged { path } => Message::new("state-key-damaged").with("path", path.display()),
            Self::NoKey { place } => Message::new("state-key-damaged").with("path", place),
            Self::Gone { places } => Message::new("state-keys-gone").with("keys", places.join(" · ")),
            Self::Chance(source) => Message::new("state-no-chance").with("reason", source),
        }
    }
}

/// Where random bytes come from.
pub struct Dice(Box<Fill>);

/// Fills bytes with chance.
type Fill = dyn FnMut(&mut [u8]) -> io::Result<()> + Send;

impl Dice {
    /// Dice of the caller's: the function fills the bytes.
    pub fn new(fill: impl FnMut(&mut [u8]) -> io::Result<()> + Send + 'static) -> Self {
        Self(Box::new(fill))
    }

    /// The operating system's dice.
    pub fn system() -> Self {
        Self::new(|bytes| getrandom::fill(bytes).map_err(|error| io::Error::other(error.to_string())))
    }

    /// So many bytes of chance.
    ///
    /// # Errors
    /// None is to be had.
    pub fn roll<const N: usize>(&mut self) -> Result<[u8; N], KeyError> {
        let mut bytes = [0; N];
        (self.0)(&mut bytes).map_err(KeyError::Chance)?;
        Ok(bytes)
    }
}

/// The keys of a home folder, opened.
pub struct Keys {
    folder: PathBuf,
    signing: SigningKey,
    wrapping: DataKey,
    person: PersonKey,
    row_mac: Hmac<Sm3>,
    fingerprints: [(KeyName, String); 4],
    /// Where the rows' key would be, if it has none of its own.
    rows_place: Option<String>,
    dice: Mutex<Dice>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Keys {
    /// Opens the keys of a home.
    ///
    /// # Errors
    /// One of them is gone or damaged: nothing is made.
    pub fn open(home: &Path, source: &dyn KeySource, dice: Dice) -> Result<Self, KeyError> {
        let [signing, wrapping, persons, rows] = find_all(source)?;
        // Homes of earlier programs digest rows with the persons' key and go on with it: another one would tell every row
        // they hold from itself. That it is so is a fingerprint in the store, too.
        let without = [(&signing, KeyName::Signing), (&wrapping, KeyName::Wrapping), (&persons, KeyName::Persons)];
        let gone: Vec<String> =
            without.iter().filter(|(key, _)| key.is_none()).map(|(_, name)| source.place(*name)).collect();
        let (Some(signing), Some(wrapping), Some(persons)) = (signing, wrapping, persons) else {
            return Err(KeyError::Gone { places: gone });
        };
        let rows_place = rows.is_none().then(|| source.place(KeyName::Rows));
        let rows = rows.unwrap_or_else(|| persons.clone());
        let no_key = |name| KeyError::NoKey { place: source.place(name) };
        let key = read_signing_key(&signing).ok_or_else(|| no_key(KeyName::Signing))?;
        let public = key.verifying_key().to_sec1_bytes();
        let fingerprints = [
            (KeyName::Signing, fingerprint(KeyName::Signing, &public)),
            (KeyName::Wrapping, fingerprint(KeyName::Wrapping, &wrapping)),
            (KeyName::Persons, fingerprint(KeyName::Persons, &persons)),
            (KeyName::Rows, fingerprint(KeyName::Rows, &rows)),
        ];
        let whole = |key: Vec<u8>, name| <[u8; 32]>::try_from(key).map_err(|_| no_key(name));
        Ok(Self {
            folder: home.join("keys"),
            signing: key,
            wrapping: DataKey(wrapping.try_into().map_err(|_| no_key(KeyName::Wrapping))?),
            person: PersonKey::new(whole(persons, KeyName::Persons)?),
            row_mac: Hmac::new_from_slice(&whole(rows, KeyName::Rows)?).map_err(|_| no_key(KeyName::Rows))?,
            fingerprints,
            rows_place,
            dice: Mutex::new(dice),
        })
    }

    /// Opens the keys of a new home: those that are not there yet are made.
    ///
    /// # Errors
    /// One can't be made or is damaged.
    pub fn make(home: &Path, source: &dyn KeySource, mut dice: Dice) -> Result<Self, KeyError> {
        if source.find(KeyName::Signing)?.is_none() {
            source.keep(KeyName::Signing, &roll_signing_key(&mut dice)?)?;
        }
        if source.find(KeyName::Wrapping)?.is_none() {
            source.keep(KeyName::Wrapping, &dice.roll::<16>()?)?;
        }
        for name in [KeyName::Persons, KeyName::Rows] {
            if source.find(name)?.is_none() {
                source.keep(name, &dice.roll::<32>()?)?;
            }
        }
        let keys = Self::open(home, source, dice)?;
        create_private_folder(&keys.folder.join("data"))?;
        keys.show_public_key()?;
        Ok(keys)
    }

    /// What tells each key from any other and gives nothing of it away.
    pub fn fingerprints(&self) -> &[(KeyName, String)] {
        &self.fingerprints
    }

    /// What is wrong when these keys are not those of their home: gone, or others.
    pub fn wrong(&self, others: &[KeyName]) -> Message {
        match &self.rows_place {
            Some(place) if others == [KeyName::Rows] => KeyError::Gone { places: vec![place.clone()] }.message(),
            _ => {
                let names: Vec<&str> = others.iter().map(|name| name.key()).collect();
                Message::new("state-keys-others").with("folder", self.folder.display()).with("keys", names.join(" · "))
            }
        }
    }

    /// The key that makes digests of natural persons.
    pub fn person(&self) -> &PersonKey {
        &self.person
    }

    /// The beginning of a keyed digest of a row or a value; what follows must say which.
    pub(crate) fn row_mac(&self) -> Hmac<Sm3> {
        self.row_mac.clone()
    }

    /// Signs: `sm2:` and the signature in hexadecimal digits. The same text has the same signature.
    pub fn sign(&self, text: &[u8]) -> String {
        signing::sign(&self.signing, text)
    }

    /// The public key: `sm2:` and the point in hexadecimal digits, as in [`RECEIPT_KEY`].
    pub fn public_key(&self) -> String {
        format!("sm2:{}", hex(&self.signing.verifying_key().to_sec1_bytes()))
    }

    /// Writes the public key into the home folder, where it does not stand yet: beside the keys and not among them, so that
    /// who hands it out takes no other.
    ///
    /// # Errors
    /// It can't be read or written.
    pub fn show_public_key(&self) -> Result<(), KeyError> {
        let path = self.folder.with_file_name(RECEIPT_KEY);
        let text = format!("{}\n", self.public_key());
        if read_text(&path)?.as_deref() == Some(text.as_str()) { Ok(()) } else { replace(&path, text.as_bytes()) }
    }

    /// A new data key that nothing keeps yet: what is sealed with it can't be read once it is forgotten.
    pub(crate) fn roll_data_key(&self) -> Result<DataKey, KeyError> {
        let mut dice = self.dice.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(DataKey(dice.roll()?))
    }

    /// Keeps a data key wrapped, for a batch or an upload.
    pub(crate) fn keep_data_key(&self, of: &str, key: &DataKey) -> Result<(), KeyError> {
        let nonce = self.dice.lock().unwrap_or_else(std::sync::PoisonError::into_inner).roll()?;
        let wrapped = sealed::seal(&self.wrapping, nonce, of.as_bytes(), &key.0);
        let text = format!("sm4-gcm:{}{}\n", hex(&nonce), hex(&wrapped));
        create_private_folder(&self.folder.join("data"))?;
        replace(&self.data_key_path(of), text.as_bytes())
    }

    /// The data key of a batch's personal part. `None` when it was destroyed: the part can't be read any more.
    pub(crate) fn find_data_key(&self, batch: &str) -> Result<Option<DataKey>, KeyError> {
        let path = self.data_key_path(batch);
        let Some(text) = read_text(&path)? else { return Ok(None) };
        let damaged = || KeyError::Damaged { path: path.clone() };
        let bytes = text.trim().strip_prefix("sm4-gcm:").and_then(unhex).ok_or_else(damaged)?;
        let (nonce, wrapped) = bytes.split_at_checked(12).ok_or_else(damaged)?;
        let nonce = nonce.try_into().map_err(|_| damaged())?;
        let key = sealed::open(&self.wrapping, nonce, batch.as_bytes(), wrapped).ok_or_else(damaged)?;
        Ok(Some(DataKey(key.try_into().map_err(|_| damaged())?)))
    }

    /// Destroys the data key of a batch's personal part: nobody can read the part again, here or in a backup without
    /// the keys. Whether there was one.
    pub fn destroy_data_key(&self, batch: &str) -> Result<bool, KeyError> {
        let path = self.data_key_path(batch);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(KeyError::File { path, source }),
        }
    }

    /// Removes what programs that were killed left half written beside the keys.
    pub fn clear_unfinished(&self) {
        crate::disk::clear_unfinished(&self.folder);
    }

    /// Where the data keys are kept.
    pub(crate) fn data_folder(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn data_key_path(&self, batch: &str) -> PathBuf {
        self.data_folder().join(format!("{batch}.key"))
    }
}

/// The data key of a batch that is not finished yet: kept when its parts are put into their places, and destroyed where
/// that fails.
pub(crate) struct PendingKey<'k> {
    keys: &'k Keys,
    batch: String,
    key: DataKey,
    is_kept: bool,
}

impl<'k> PendingKey<'k> {
    /// A new one for the batch of this id.
    pub(crate) fn roll(keys: &'k Keys, batch: &str) -> Result<Self, KeyError> {
        Ok(Self { key: keys.roll_data_key()?, keys, batch: batch.to_owned(), is_kept: false })
    }

    /// The key.
    pub(crate) fn key(&self) -> &DataKey {
        &self.key
    }

    /// Keeps it: what it seals is about to stand in its place.
    pub(crate) fn keep(&mut self) -> Result<(), KeyError> {
        self.is_kept = true;
        self.keys.keep_data_key(&self.batch, &self.key)
    }

    /// What it seals stands in its place.
    pub(crate) fn finish(mut self) {
        self.is_kept = false;
    }
}

impl Drop for PendingKey<'_> {
    fn drop(&mut self) {
        if self.is_kept
            && let Err(error) = self.keys.destroy_data_key(&self.batch)
        {
            tracing::warn!(batch = self.batch, %error, "the data key of an unfinished batch stays behind");
        }
    }
}

fn find_all(source: &dyn KeySource) -> Result<[Option<Vec<u8>>; 4], KeyError> {
    let [signing, wrapping, persons, rows] = KeyName::ALL.map(|name| source.find(name));
    Ok([signing?, wrapping?, persons?, rows?])
}

fn fingerprint(name: KeyName, key: &[u8]) -> String {
    let mut digest = Sm3::new_with_prefix(b"gongzhi key fingerprint:");
    digest.update(name.key());
    digest.update(b":");
    digest.update(key);
    digest_text(digest)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests;
