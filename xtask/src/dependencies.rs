//! What a crate declares it uses: a dependency that no source names is compiled, licensed and kept up to date for nothing.
//!
//! A look at the words is enough here, where every crate is named by paths (`name::…`, `use name…`); a crate that is used by
//! its macros or features alone would have to be listed as an exception, and there is none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::steps::root;

/// A table of a manifest and the names in it.
fn declared(manifest: &str, table: &str) -> Vec<String> {
    let lines = manifest.lines().skip_while(|line| line.trim() != format!("[{table}]")).skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    let name = |line: &str| {
        let name: String = line.chars().take_while(|sign| sign.is_alphanumeric() || "-_".contains(*sign)).collect();
        let rest = &line[name.len()..];
        (!name.is_empty() && (rest.starts_with('.') || rest.trim_start().starts_with('='))).then_some(name)
    };
    lines.filter_map(name).collect()
}

/// Every line of code below some folders, without comments.
fn code(places: &[PathBuf]) -> String {
    let mut code = String::new();
    for place in places {
        if place.is_dir() {
            let entries = std::fs::read_dir(place).unwrap().flatten().map(|entry| entry.path());
            code.push_str(&self::code(&entries.collect::<Vec<_>>()));
        } else if place.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(place).unwrap_or_default();
            let is_code = |line: &&str| !line.trim_start().starts_with("//");
            text.lines().filter(is_code).for_each(|line| code.extend([line, "\n"]));
        }
    }
    code
}

/// Whether a crate is named: its name as a whole word, before `::`, `!` or after `use`.
fn names(code: &str, name: &str) -> bool {
    let name = name.replace('-', "_");
    code.match_indices(&name).any(|(at, _)| {
        let (before, behind) = (&code[..at], &code[at + name.len()..]);
        let is_word = !before.ends_with(|sign: char| sign.is_alphanumeric() || "_\":.".contains(sign));
        is_word && (behind.starts_with("::") || before.ends_with("use ") && behind.starts_with([';', ' ']))
    })
}

fn unused(folder: &Path) -> Vec<String> {
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let code_of = |places: &[&str]| code(&places.iter().map(|place| folder.join(place)).collect::<Vec<_>>());
    let own = code_of(&["src", "build.rs"]);
    let all = own.clone() + &code_of(&["tests"]);
    let (used, tested) = (declared(&manifest, "dependencies"), declared(&manifest, "dev-dependencies"));
    let idle = used.iter().filter(|name| !names(&own, name));
    let idle_in_tests = tested.iter().filter(|name| !names(&all, name) || used.contains(name));
    idle.chain(idle_in_tests).map(|name| format!("{}: {name}", folder.display())).collect()
}

#[test]
fn every_dependency_is_used_by_the_crate_that_declares_it() {
    let crates = std::fs::read_dir(root().join("crates")).unwrap().flatten().map(|entry| entry.path());
    let folders: Vec<PathBuf> = crates.chain([root().join("xtask")]).collect();
    assert!(folders.len() > 4);
    let found: Vec<String> = folders.iter().flat_map(|folder| unused(folder)).collect();
    assert_eq!(found, Vec::<String>::new());
    let manifests: Vec<String> =
        folders.iter().map(|folder| std::fs::read_to_string(folder.join("Cargo.toml")).unwrap()).collect();
    let tables = ["dependencies", "dev-dependencies"];
    let declared_by = |manifest: &String| tables.map(|table| declared(manifest, table)).concat();
    let wanted: BTreeSet<String> = manifests.iter().flat_map(declared_by).collect();
    let workspace = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let offered = declared(&workspace, "workspace.dependencies");
    assert!(offered.len() > 40 && wanted.len() > 40, "{offered:?}");
    assert_eq!(offered.iter().filter(|name| !wanted.contains(*name)).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn a_name_in_a_comment_a_text_or_a_longer_word_is_no_use() {
    let folder = std::env::temp_dir().join(format!("gongzhi-dependencies-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("src")).unwrap();
    let code = "// csv::Reader\nuse serde_json as json;\nlet a = \"sm2::key\"; let b = my_sm3::new();\n";
    std::fs::write(folder.join("src/lib.rs"), code.to_owned() + "use tokio;\nzip::open();\n").unwrap();
    let manifest = "[dependencies]\ncsv.workspace = true\nserde-json = \"1\"\nsm2 = { version = \"1\", features = [\n  \
                    \"x\",\n] }\nsm3.workspace = true\ntokio = \"1\"\n\n[dev-dependencies]\nzip = \"9\"\ntokio = \"1\"\n";
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    let found = unused(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    let names: Vec<&str> = found.iter().filter_map(|line| Some(line.rsplit_once(": ")?.1)).collect();
    assert_eq!(names, ["csv", "sm2", "sm3", "tokio"]);
}
