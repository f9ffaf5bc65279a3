//! The files of a folder, in one order whatever the disk's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use gongzhi_core::data_package::Resource;
use gongzhi_core::messages::Message;
use gongzhi_core::problems::ActError;
use gongzhi_core::time::day_of;

use crate::acts::collect::data_package::{is_descriptor, open_package};

/// The file in which a person confirms what the tax side covers.
pub const COVERAGE_FILE: &str = "coverage.csv";

/// A file to take in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Where it is.
    pub path: PathBuf,
    /// Path below the folder, with `/`: its name in every report.
    pub name: String,
    /// What the descriptor of its package says of it.
    pub resource: Option<Resource>,
}

/// What a folder holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Files to take in, by name.
    pub files: Vec<ListedFile>,
    /// Names of what is no file of its own, by name: links, which may lead out of the folder or round in a circle, and
    /// pipes and devices, which may never end.
    pub skipped: Vec<String>,
}

/// Every file below a folder, but for hidden ones, lock files of open workbooks, the coverage file and what lies in
/// `left_out` (the run's own output and the home folder).
/// A file that the descriptor of a package names carries what the descriptor says of it.
///
/// # Errors
/// A folder can't be read, or a descriptor can't be followed.
pub fn list_files((folder, left_out): (&Path, &[&Path])) -> Result<Listed, ActError> {
    if !folder.is_dir() {
        return Err(ActError::not_understood(Message::new("run-no-folder").with("folder", folder.display())));
    }
    let whole = |path: &&Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let left_out: Vec<PathBuf> = left_out.iter().map(whole).collect();
    let mut listed = Listed::default();
    list_below(folder, "", &left_out, &mut listed).map_err(|(below, error)| {
        let message = Message::new("run-folder-unreadable").with("folder", below.display()).with("why", error);
        ActError::not_understood(message)
    })?;
    let (descriptors, mut files): (Vec<_>, Vec<_>) =
        std::mem::take(&mut listed.files).into_iter().partition(|file| is_descriptor(&file.path));
    for descriptor in descriptors {
        let folder = descriptor.path.parent().unwrap_or(folder);
        for resource in open_package(&descriptor.path)? {
            let path = folder.join(&resource.path);
            if let Some(file) = files.iter_mut().find(|file| file.path == path) {
                file.resource = Some(resource);
            }
        }
    }
    listed.files = files;
    listed.files.sort_by(|a, b| a.name.cmp(&b.name));
    listed.skipped.sort();
    Ok(listed)
}

/// Fails with the folder that can't be read.
fn list_below(
    folder: &Path,
    prefix: &str,
    left_out: &[PathBuf],
    listed: &mut Listed,
) -> Result<(), (PathBuf, std::io::Error)> {
    let failed = |error| (folder.to_owned(), error);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        let file_name = entry.file_name().to_string_lossy().into_owned();
        let is_own = std::fs::canonicalize(&path).is_ok_and(|path| left_out.contains(&path));
        if file_name.starts_with('.') || file_name.starts_with("~$") || is_own {
            continue;
        }
        let name = format!("{prefix}{file_name}");
        // Of the entry itself: what a link leads to is not looked at.
        let file_type = entry.file_type().map_err(failed)?;
        if file_type.is_dir() {
            list_below(&path, &format!("{name}/"), left_out, listed)?;
        } else if !file_type.is_file() {
            listed.skipped.push(name);
        } else if name != COVERAGE_FILE {
            listed.files.push(ListedFile { path, name, resource: None });
        }
    }
    Ok(())
}

/// The day each file was last changed: a folder knows no other day on which it may have been handed in.
pub fn read_days(files: &[ListedFile]) -> BTreeMap<String, NaiveDate> {
    let day = |file: &ListedFile| {
        let changed = std::fs::metadata(&file.path).and_then(|facts| facts.modified()).ok()?;
        Some((file.name.clone(), day_of(changed.into())))
    };
    files.iter().filter_map(day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_by_name_and_the_runs_own_files_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let names =
            ["b/2.csv", "b/1.csv", "a.csv", "~$a.xlsx", ".hidden", "out/leads.xlsx", "home/keys/a", "coverage.csv"];
        for name in names {
            std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            std::fs::write(root.join(name), "x").unwrap();
        }
        let left_out = [root.join("out"), root.join("home")];
        let left_out = [left_out[0].as_path(), left_out[1].as_path()];
        let listed = list_files((root, &left_out)).unwrap();
        let names: Vec<_> = listed.files.into_iter().map(|file| file.name).collect();
        assert_eq!(names, ["a.csv", "b/1.csv", "b/2.csv"]);
    }

    #[test]
    fn a_file_written_on_the_last_evening_of_utc_came_on_new_years_day() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let when: chrono::DateTime<chrono::Utc> = "2025-12-31T16:30:00Z".parse().unwrap();
        std::fs::File::create(&path).unwrap().set_modified(when.into()).unwrap();
        let file = ListedFile { path, name: "a".to_owned(), resource: None };
        assert_eq!(read_days(&[file])["a"], NaiveDate::from_ymd_opt(2026, 1, 1).unwrap());
    }

    #[test]
    fn a_link_is_named_and_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("a")).unwrap();
        std::fs::write(root.join("a/1.csv"), "x").unwrap();
        std::os::unix::fs::symlink(".", root.join("a/round")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", root.join("out.csv")).unwrap();
        let listed = list_files((root, &[&root.join("out")])).unwrap();
        assert_eq!(listed.files.len(), 1);
        assert_eq!(listed.skipped, ["a/round", "out.csv"]);
    }
}
