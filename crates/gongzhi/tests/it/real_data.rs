//! The folder of real files, which is no part of the project: `GONGZHI_REAL_DATA`, else `../shared/data`.

use std::path::PathBuf;

use crate::program::package;

/// A path in the folder. Without the folder a test says that it was left out; where `CI=true` that fails.
pub fn find(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("GONGZHI_REAL_DATA").map(PathBuf::from);
    let root = root.unwrap_or_else(|| package().join("../../../shared/data"));
    if root.is_dir() {
        return Some(root.join(path));
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "CI needs the real data in {}", root.display());
    eprintln!("left out: no real data in {}", root.display());
    None
}
