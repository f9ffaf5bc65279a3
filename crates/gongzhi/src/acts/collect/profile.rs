//! Layout profiles: files in `<home>/profiles`, proposed by the program, confirmed by a person, then used.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::intake::profile::{ProfileFault, SetFault, Status};
use gongzhi_core::intake::{HeaderBook, LayoutProfile};
use gongzhi_core::messages::Message;
use gongzhi_core::problems::{ActError, Code};
use gongzhi_engine::pending::write_whole;
use gongzhi_store::StorePlace;

/// Every profile of a home folder with its path, or why it can't be read; by path.
pub fn list_profiles(home: &Path) -> Vec<(PathBuf, Result<LayoutProfile, String>)> {
    let mut paths = Vec::new();
    gather(&home.join("profiles"), &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let read = fs::read_to_string(&path).map_err(|error| error.to_string());
        let profile = read.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
        (path, profile)
    };
    paths.into_iter().map(read).collect()
}

/// The profiles of a home folder, by path, and a sentence for each that can't be read: it is not used, and the sheets go on
/// with what else is known.
pub fn read_profiles(home: &Path) -> (Vec<LayoutProfile>, Vec<Message>) {
    let (mut profiles, mut unread) = (Vec::new(), Vec::new());
    for (path, read) in list_profiles(home) {
        match read {
            Ok(profile) => profiles.push(profile),
            Err(why) => unread.push(Message::new("profile-not-used").with("path", path.display()).with("why", why)),
        }
    }
    (profiles, unread)
}

/// The files of profiles, and the folders that can't be looked into.
fn gather(folder: &Path, paths: &mut Vec<PathBuf>) {
    match fs::read_dir(folder) {
        Ok(entries) => {
            for path in entries.flatten().map(|entry| entry.path()) {
                if path.is_dir() {
                    gather(&path, paths);
                } else if path.extension().is_some_and(|extension| extension == "json") {
                    paths.push(path);
                }
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        // Read as a file, it says why it can't be.
        Err(_) => paths.push(folder.to_owned()),
    }
}

/// Writes a proposal where none of the same headers is yet: what a person has begun to complete is never overwritten.
pub fn propose(home: &Path, proposal: &LayoutProfile) -> Result<PathBuf, ActError> {
    let unit = if proposal.unit.is_empty() { "any" } else { &proposal.unit };
    let path = home.join("profiles").join(unit).join(format!("{}.{}.json", proposal.kind, proposal.fingerprint()));
    if !path.exists() {
        save(&path, proposal)?;
    }
    Ok(path)
}

fn save(path: &Path, profile: &LayoutProfile) -> Result<(), ActError> {
    let text = serde_json::to_string_pretty(profile).unwrap_or_default();
    write_whole(path, (text + "\n").as_bytes()).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, why: &dyn std::fmt::Display) -> ActError {
    ActError::new(Code::Unexpected, Message::new("profile-unreadable").with("path", path.display()).with("why", why))
}

/// The profile in a file.
pub fn get_profile(path: &Path) -> Result<LayoutProfile, ActError> {
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    serde_json::from_str(&text).map_err(|error| unreadable(path, &error))
}

/// A profile after headers of it were decided on.
pub struct SetDone {
    /// As it is now.
    pub profile: LayoutProfile,
    /// It was confirmed before and is not any more.
    pub is_unconfirmed: bool,
}

/// Decides what headers of a profile are used for, each as `HEADER=COLUMN`, `HEADER=ignore` or `HEADER=action`; gives
/// the profile as it is now. Where anything is wrong nothing is changed, and all of it is told.
///
/// # Errors
/// The profile can't be read or written, or a decision can't be understood.
pub fn set(path: &Path, words: &[String], catalog: &Catalog) -> Result<SetDone, ActError> {
    let mut profile = get_profile(path)?;
    let was_confirmed = profile.status == Status::Confirmed;
    let book = HeaderBook::new(catalog);
    let found = catalog.find_kind(&profile.kind);
    let headers = found.and_then(|(item, kind)| Some((kind, book.find(&item.key, &kind.key)?)));
    let Some((kind, headers)) = headers else {
        return Err(kind_unknown(&profile));
    };
    let mut faults = Vec::new();
    for word in words {
        let Some((header, used)) = word.rsplit_once(['=', '＝']) else {
            faults.push(Message::new("profile-set-word").with("word", word));
            continue;
        };
        match profile.set((header.trim(), used), kind, headers) {
            Ok(()) => {}
            Err(SetFault::NoSuchColumn { word, nearest, known }) => {
                let key = if nearest.is_some() { "profile-set-column-nearest" } else { "profile-set-column" };
                let message = Message::new(key).with("column", word).with("known", known.join("、"));
                faults.push(message.with("nearest", nearest.unwrap_or_default()));
            }
            Err(SetFault::BadMeasure { header, column, known }) => {
                let message = Message::new("profile-set-measure").with("header", header).with("column", column);
                faults.push(message.with("known", known));
            }
            Err(SetFault::NoSuchHeader(header)) => {
                let known: Vec<&str> = profile.headers.iter().map(|known| known.header.as_str()).collect();
                let message = Message::new("profile-no-such-header").with("header", header);
                faults.push(message.with("known", known.join("、")));
            }
        }
    }
    if !faults.is_empty() {
        return Err(ActError::all(Code::NotUnderstood, faults));
    }
    save(path, &profile)?;
    let is_unconfirmed = was_confirmed && profile.status != Status::Confirmed;
    Ok(SetDone { profile, is_unconfirmed })
}

fn kind_unknown(profile: &LayoutProfile) -> ActError {
    ActError::not_understood(Message::new("profile-kind-unknown").with("kind", &profile.kind))
}

/// The home folder a profile's file lies in: the one above its folder `profiles`. None: it lies in no home.
pub fn find_home(file: &Path) -> Option<PathBuf> {
    let whole = fs::canonicalize(file).ok()?;
    let folders = whole.ancestors().skip(1).filter(|folder| folder.file_name().is_some_and(|name| name == "profiles"));
    let mut above = folders.filter_map(Path::parent);
    let is_home = |folder: &&Path| {
        folder.ends_with(".gongzhi")
            || folder.join("keys").is_dir()
            || StorePlace::Home(folder.to_path_buf()).is_made() == Some(true)
    };
    above.find(is_home).map(Path::to_owned)
}

/// Confirms a profile when nothing is left open. A file from elsewhere is copied into the home folder.
///
/// # Errors
/// The profile can't be read or written, or something is left open: all of it is told.
pub fn confirm(
    (path, home): (&Path, &Path),
    (post, day): (&str, NaiveDate),
    catalog: &Catalog,
) -> Result<PathBuf, ActError> {
    let mut profile = get_profile(path)?;
    let Some((_, kind)) = catalog.find_kind(&profile.kind) else {
        return Err(kind_unknown(&profile));
    };
    let faults = profile.faults(kind);
    if !faults.is_empty() {
        return Err(ActError::all(Code::StateRefuses, faults.iter().map(message_of)));
    }
    profile.status = Status::Confirmed;
    profile.confirmed_by = Some(post.to_owned());
    profile.confirmed_on = Some(day);
    let whole = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let is_at_home = whole(path).starts_with(whole(&home.join("profiles")));
    let unit = if profile.unit.is_empty() { "any" } else { &profile.unit };
    let name = format!("{}.{}.json", profile.kind, profile.fingerprint());
    let place = if is_at_home { path.to_owned() } else { home.join("profiles").join(unit).join(name) };
    save(&place, &profile)?;
    Ok(place)
}

fn message_of(fault: &ProfileFault) -> Message {
    match fault {
        ProfileFault::Undecided(headers) => Message::new("profile-undecided").with("headers", headers.join("、")),
        ProfileFault::NoSuchColumn(column) => Message::new("profile-no-such-column").with("column", column),
        ProfileFault::ColumnTwice(column) => Message::new("profile-column-twice").with("column", column),
        ProfileFault::BadMeasure(header) => Message::new("profile-bad-measure").with("header", header),
        ProfileFault::RequiredUnmapped(headers) => {
            Message::new("profile-required-unmapped").with("headers", headers.join("、"))
        }
    }
}
