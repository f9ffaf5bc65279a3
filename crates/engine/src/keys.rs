//! The deployment's keys, made at first use in `<home>/keys`, and what is done with them.
//!
//! Three keys: one signs (SM2), one wraps the data keys of personal parts (SM4), one makes the digests that stand for
//! natural persons (HMAC-SM3). Every personal part has a data key of its own, kept wrapped in `<home>/keys/data`: to
//! erase a person's data by law is to destroy that file. Digests and signatures name their algorithm (`sm3:…`,
//! `sm2:…`), so that they can still be checked after the choice has changed. Chance comes in from the caller.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use gongzhi_core::codes::PersonKey;
use gongzhi_core::messages::Message;
use hmac::{Hmac, KeyInit};
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm3::{Digest, Sm3};

use crate::sealed::{self, DataKey};

/// The distinguishing identifier that GB/T 32918 gives when none is agreed.
const SIGNER: &str = "1234567812345678";

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

    fn roll<const N: usize>(&mut self) -> Result<[u8; N], KeyError> {
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
    dice: Mutex<Dice>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Keys {
    /// Opens the keys in `<home>/keys`; those that are not there yet are made.
    pub fn open(home: &Path, mut dice: Dice) -> Result<Self, KeyError> {
        let folder = home.join("keys");
        create_private_folder(&folder)?;
        create_private_folder(&folder.join("data"))?;
        let signing = open_signing_key(&folder, &mut dice)?;
        let wrapping = DataKey(read_or_make(&folder.join("wrapping.sm4"), &mut dice)?);
        let person: [u8; 32] = read_or_make(&folder.join("digest.hmac-sm3"), &mut dice)?;
        let public = folder.join("signing.sm2.pub");
        if !public.exists() {
            let text = format!("sm2:{}\n", hex(&signing.verifying_key().to_sec1_bytes()));
            write_once(&public, text.as_bytes())?;
        }
        let row_mac = Hmac::new_from_slice(&person).map_err(|_| KeyError::Damaged { path: folder.clone() })?;
        let person = PersonKey::new(person);
        Ok(Self { folder, signing, wrapping, person, row_mac, dice: Mutex::new(dice) })
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
        let signature: Signature = self.signing.sign(text);
        format!("sm2:{}", hex(&signature.to_bytes()))
    }

    /// The public key: `sm2:` and the point in hexadecimal digits, as in `<home>/keys/signing.sm2.pub`.
    pub fn public_key(&self) -> String {
        format!("sm2:{}", hex(&self.signing.verifying_key().to_sec1_bytes()))
    }

    /// Makes the data key of a batch's personal part and keeps it wrapped. A batch that is written anew after it was
    /// broken off gets a new one.
    pub(crate) fn make_data_key(&self, batch: &str) -> Result<DataKey, KeyError> {
        let key = self.roll_data_key()?;
        self.keep_data_key(batch, &key)?;
        Ok(key)
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

    fn data_key_path(&self, batch: &str) -> PathBuf {
        self.folder.join("data").join(format!("{batch}.key"))
    }
}

/// The data key of a batch that is not finished yet: dropped, it is destroyed.
pub(crate) struct PendingKey<'k> {
    keys: &'k Keys,
    batch: String,
    is_kept: bool,
}

impl<'k> PendingKey<'k> {
    /// Of the batch of this id.
    pub(crate) fn new(keys: &'k Keys, batch: &str) -> Self {
        Self { keys, batch: batch.to_owned(), is_kept: false }
    }

    /// It is finished.
    pub(crate) fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for PendingKey<'_> {
    fn drop(&mut self) {
        if !self.is_kept
            && let Err(error) = self.keys.destroy_data_key(&self.batch)
        {
            tracing::warn!(batch = self.batch, %error, "the data key of an unfinished batch stays behind");
        }
    }
}

/// Whether the signature `sm2:…` of the text was made by the key `sm2:…`.
pub fn verify(public_key: &str, text: &[u8], signature: &str) -> bool {
    let point = public_key.trim().strip_prefix("sm2:").and_then(unhex);
    let bytes = signature.trim().strip_prefix("sm2:").and_then(unhex);
    let (Some(point), Some(bytes)) = (point, bytes) else { return false };
    let Ok(key) = VerifyingKey::from_sec1_bytes(SIGNER, &point) else { return false };
    Signature::from_slice(&bytes).is_ok_and(|signature| key.verify(text, &signature).is_ok())
}

/// The digest of some bytes: `sm3:` and 64 hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    digest_text(Sm3::new_with_prefix(bytes))
}

/// The digest of all there is to read, in constant memory.
pub fn digest_reader(mut reader: impl Read) -> io::Result<String> {
    let mut digest = Sm3::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(digest_text(digest)),
            length => digest.update(&buffer[..length]),
        }
    }
}

pub(crate) fn digest_text(digest: Sm3) -> String {
    format!("sm3:{}", hex(&digest.finalize()))
}

fn open_signing_key(folder: &Path, dice: &mut Dice) -> Result<SigningKey, KeyError> {
    let path = folder.join("signing.sm2");
    // Of all 32-byte numbers only about one in 2^32 is not a key; a second roll never fails in practice.
    for _ in 0..8 {
        let secret: [u8; 32] = match read_text(&path)? {
            Some(_) => read_or_make(&path, dice)?,
            None => dice.roll()?,
        };
        let Ok(key) = SigningKey::from_slice(SIGNER, &secret) else { continue };
        write_once(&path, format!("{}\n", hex(&secret)).as_bytes())?;
        let kept: [u8; 32] = read_or_make(&path, dice)?;
        if kept == secret {
            return Ok(key);
        }
    }
    Err(KeyError::Damaged { path })
}

/// Reads a key of N bytes in hexadecimal digits; makes it when the file is not there.
fn read_or_make<const N: usize>(path: &Path, dice: &mut Dice) -> Result<[u8; N], KeyError> {
    if !path.exists() {
        let key: [u8; N] = dice.roll()?;
        write_once(path, format!("{}\n", hex(&key)).as_bytes())?;
    }
    let damaged = || KeyError::Damaged { path: path.to_owned() };
    let text = read_text(path)?.ok_or_else(damaged)?;
    unhex(text.trim()).and_then(|bytes| bytes.try_into().ok()).ok_or_else(damaged)
}

fn read_text(path: &Path) -> Result<Option<String>, KeyError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(KeyError::File { path: path.to_owned(), source }),
    }
}

/// Writes a file that nobody else may read, unless it is already there: of two programs that make a key at the same
/// moment one wins, and both use the winner's.
fn write_once(path: &Path, content: &[u8]) -> Result<(), KeyError> {
    let part = write_part(path, content)?;
    let linked = fs::hard_link(&part, path);
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    fs::remove_file(&part).map_err(failed)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(error)),
        _ => sync_folder_of(path).map_err(failed),
    }
}

fn replace(path: &Path, content: &[u8]) -> Result<(), KeyError> {
    let part = write_part(path, content)?;
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    fs::rename(&part, path).map_err(failed)?;
    sync_folder_of(path).map_err(failed)
}

fn write_part(path: &Path, content: &[u8]) -> Result<PathBuf, KeyError> {
    let part = path.with_extension(format!("{}.part", std::process::id()));
    let written = private_file(&part).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    written.map_err(|source| KeyError::File { path: path.to_owned(), source })?;
    Ok(part)
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<File> {
    File::create(path)
}

fn create_private_folder(path: &Path) -> Result<(), KeyError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| KeyError::File { path: path.to_owned(), source })
}

/// Makes a file's name in its folder last through a loss of power. Windows has no such call on folders.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
