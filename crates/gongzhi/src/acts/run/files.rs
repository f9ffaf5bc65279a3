//! The files of a folder, in one order whatever the disk's.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use gongzhi_core::messages::{Message, Translator};

/// The file in which a person confirms what the tax side covers.
pub const COVERAGE_FILE: &str = "coverage.csv";

/// A file to take in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Where it is.
    pub path: PathBuf,
    /// Path below the folder, with `/`: its name in every report.
    pub name: String,
    /// The first folder of the name: one office's files are taken in one after the other.
    pub office: String,
}

/// Every file below a folder by name, but for hidden ones, lock files of open workbooks, the coverage file and what
/// lies in `left_out` (the run's own output).
///
/// # Errors
/// The folder is none, or can't be read: the sentence names it.
pub fn list_files((folder, left_out): (&Path, &Path), say: &Translator) -> Result<Vec<ListedFile>> {
    if !folder.is_dir() {
        return Err(anyhow!("{}", say.say(&Message::new("run-no-folder").with("folder", folder.display()))));
    }

    let left_out = std::fs::canonicalize(left_out).unwrap_or_else(|_| left_out.to_owned());
    let mut files = Vec::new();
    list_below(folder, "", &left_out, &mut files).map_err(|(below, error)| {
        let message = Message::new("run-folder-unreadable").with("folder", below.display()).with("why", error);
        anyhow!("{}", say.say(&message))
    })?;
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// Fails with the folder that can't be read.
fn list_below(
    folder: &Path,
    prefix: &str,
    left_out: &Path,
    files: &mut Vec<ListedFile>,
) -> Result<(), (PathBuf, std::io::Error)> {
    let failed = |error| (folder.to_owned(), error);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        let file_name = entry.file_name().to_string_lossy().into_owned();
        let is_own = std::fs::canonicalize(&path).is_ok_and(|path| path == left_out);
        if file_name.starts_with('.') || file_name.starts_with("~$") || is_own {
            continue;
        }
        let name = format!("{prefix}{file_name}");
        if path.is_dir() {
            list_below(&path, &format!("{name}/"), left_out, files)?;
        } else if name != COVERAGE_FILE {
            let office = name.split('/').next().unwrap_or_default().to_owned();
            files.push(ListedFile { path, name, office });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use gongzhi_core::messages::Language;

    use super::*;

    #[test]
    fn the_order_is_by_name_and_the_runs_own_files_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["b/2.csv", "b/1.csv", "a.csv", "~$a.xlsx", ".hidden", "out/leads.xlsx", "coverage.csv"] {
            std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            std::fs::write(root.join(name), "x").unwrap();
        }
        let say = Translator::new(Language::English);
        let names: Vec<_> = list_files((root, &root.join("out")), &say)
            .unwrap()
            .into_iter()
            .map(|file| (file.name, file.office))
            .collect();
        let of = |name: &str, office: &str| (name.to_owned(), office.to_owned());
        assert_eq!(names, [of("a.csv", "a.csv"), of("b/1.csv", "b"), of("b/2.csv", "b")]);
    }
}
