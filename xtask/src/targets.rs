//! One target is built (`docs/decisions/0020-linux-x86-64-glibc.md`): a branch of another would be compiled by nobody.

use std::path::{Path, PathBuf};

use crate::steps::root;

/// How a branch of another system begins, each in two halves so that this file has none.
const BRANCHES: [(&str, &str); 7] = [
    ("cfg(", "unix"),
    ("cfg(not(", "unix"),
    ("cfg!(", "unix"),
    ("cfg(", "windows"),
    ("cfg!(", "windows"),
    ("target_", "os"),
    ("std::os::", "windows"),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "toml") {
            found.push(path);
        }
    }
}

#[test]
fn no_branch_of_another_system_stands_in_the_code() {
    let mut found = vec![root().join("Cargo.toml"), root().join("deny.toml")];
    sources(&root().join("crates"), &mut found);
    sources(&root().join("xtask"), &mut found);
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        for (begins, goes_on) in BRANCHES {
            let branch = [begins, goes_on].concat();
            assert!(!text.contains(&branch), "{}: {branch}", path.display());
        }
    }
}

#[test]
fn the_documents_and_the_check_of_licences_name_the_one_target() {
    let text = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    for name in ["README.md", "README.zh-CN.md", "ARCHITECTURE.md"] {
        assert!(text(name).contains("Linux x86_64") && text(name).contains("glibc"), "{name}");
    }
    assert!(text("deny.toml").contains("targets = [\"x86_64-unknown-linux-gnu\"]"));
}
