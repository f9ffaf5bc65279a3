//! What stands in a home's folders, for who keeps it sound: every file below the data folder and every data key, and
//! removing what belongs to nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::intake::{SPOOLS, clear_spool};
use crate::keys::Keys;

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// Its key below the data folder; of a data key `keys/<id of what it opens>`.
    pub key: String,
    /// Bytes.
    pub length: u64,
    /// When it was last written.
    pub written: Option<SystemTime>,
    path: PathBuf,
}

impl KeptFile {
    /// Removes it. One that is gone already is as good; a spool that somebody went on with since it was listed stays.
    /// Whether it is gone.
    ///
    /// # Errors
    /// It can't be removed.
    pub fn remove(&self) -> io::Result<bool> {
        if is_spool(&self.key) {
            let since = self.written.and_then(|written| written.checked_add(Duration::from_nanos(1)));
            return since.map_or(Ok(false), |since| clear_spool(&self.path, since));
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(true),
        }
    }
}

/// Whether what is kept under this key is what has come so far of an upload that is still coming.
pub fn is_spool(key: &str) -> bool {
    key.split_once('/').is_some_and(|(folder, _)| folder == SPOOLS)
}

/// The name under which the data key of this id is listed.
pub fn data_key_name(id: &str) -> String {
    format!("keys/{id}")
}

/// The id of the data key that opens what is kept under a key; none: it is not sealed.
pub fn sealed_by(key: &str) -> Option<&str> {
    let name = key.rsplit('/').next()?;
    name.strip_suffix(".zst.sealed").or_else(|| name.strip_suffix(".personal.parquet"))
}

/// Every file below the data folder and every data key, by key.
///
/// # Errors
/// A folder can't be read.
pub fn list_kept(folder: &Path, keys: &Keys) -> io::Result<Vec<KeptFile>> {
    let mut kept = Vec::new();
    list_below(folder, "", &mut kept)?;
    let mut data_keys = Vec::new();
    list_below(&keys.data_folder(), "", &mut data_keys)?;
    kept.extend(data_keys.into_iter().map(|file| {
        let id = file.key.strip_suffix(".key").unwrap_or(&file.key);
        KeptFile { key: data_key_name(id), ..file }
    }));
    kept.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(kept)
}

/// Removes what somebody who is gone wrote and nothing names: the files, and before them the keys that open them.
///
/// # Errors
/// Something can't be removed.
pub fn clear_written(folder: &Path, keys: &Keys, written: &[String]) -> io::Result<()> {
    for key in written {
        if let Some(id) = sealed_by(key) {
            keys.destroy_data_key(id).map_err(io::Error::other)?;
        }
        match fs::remove_file(folder.join(key)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn list_below(folder: &Path, prefix: &str, kept: &mut Vec<KeptFile>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let key = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.metadata() {
            Ok(facts) if facts.is_dir() => list_below(&entry.path(), &format!("{key}/"), kept)?,
            Ok(facts) => {
                let (length, written) = (facts.len(), facts.modified().ok());
                kept.push(KeptFile { key, length, written, path: entry.path() });
            }
            // Another program ended and removed it meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Dice, KeyFiles};

    #[test]
    fn what_is_written_is_listed_with_its_keys_and_cleared_with_them() {
        let home = tempfile::tempdir().unwrap();
        let keys = Keys::make(home.path(), &KeyFiles::of_home(home.path()), Dice::system()).unwrap();
        let data = home.path().join("data");
        assert!(list_kept(&data, &keys).unwrap().is_empty());
        let written = ["uploads/a1.zst.sealed", "item=x/b1.personal.parquet", "item=x/b1.parquet"];
        for key in written {
            fs::create_dir_all(data.join(key).parent().unwrap()).unwrap();
            fs::write(data.join(key), "x").unwrap();
        }
        for id in ["a1", "b1"] {
            keys.keep_data_key(id, &keys.roll_data_key().unwrap()).unwrap();
        }
        let listed = || list_kept(&data, &keys).unwrap().into_iter().map(|file| file.key).collect::<Vec<_>>();
        let all = ["item=x/b1.parquet", "item=x/b1.personal.parquet", "keys/a1", "keys/b1", "uploads/a1.zst.sealed"];
        assert_eq!(listed(), all);
        clear_written(&data, &keys, &written.map(str::to_owned)[..2]).unwrap();
        assert_eq!(listed(), ["item=x/b1.parquet"]);
        assert!(list_kept(&data, &keys).unwrap()[0].remove().unwrap());
        assert!(listed().is_empty());
    }
}
