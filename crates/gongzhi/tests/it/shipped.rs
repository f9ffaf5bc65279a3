//! The catalogue as it is shipped, read from its folder.

use std::path::Path;

use gongzhi_core::catalog::{Catalog, Source};

use crate::program::package;

fn gather(folder: &Path, prefix: &str, sources: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            gather(&entry.path(), &format!("{path}/"), sources);
        } else {
            let text = std::fs::read_to_string(entry.path()).expect("a text");
            sources.push(Source { path, text });
        }
    }
}

/// The shipped catalogue, compiled.
pub fn catalog() -> Catalog {
    let mut sources = Vec::new();
    gather(&package().join("../../catalog"), "", &mut sources);
    Catalog::compile(&sources).0
}
