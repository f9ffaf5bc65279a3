//! Days are those of Beijing, and one place knows how an instant becomes one.

use std::fs;
use std::path::{Path, PathBuf};

/// Every source file of the workspace's crates below `src`.
pub fn sources() -> Vec<(PathBuf, String)> {
    fn gather(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                gather(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    for name in ["core", "engine", "store", "demo", "gongzhi"] {
        gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src"), &mut found);
    }
    assert!(found.len() > 100, "{} files", found.len());
    found
}

#[test]
fn one_place_makes_a_day_of_an_instant() {
    for (path, text) in sources().iter().filter(|(path, _)| !path.ends_with("core/src/time.rs")) {
        for word in [".date_naive(", "FixedOffset", "hours(8)", "8 * 3600"] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}
