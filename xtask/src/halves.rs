//! Two halves that meet in messages (`docs/decisions/0030-two-halves-meet-in-messages.md`): what collects names nothing of what
//! analyses, and the other way round: else neither could run where the other is not.
//!
//! Above both, and free to name both: `acts/run` (a folder delivered by the one and looked at by the other), `acts/exchange`
//! and `store/hand_over` (one process has both), `acts/doctor` and `store/named` (one data folder). The analyse half names
//! `acts/run` where a comparison is the same in a run. What tests name is not looked at: they stand above all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::steps::root;

const HALVES: [(&str, &str); 2] = [("collect", "analyse"), ("analyse", "collect")];

/// Every source below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test(&path) {
            found.push(path);
        }
    }
    found
}

fn is_test(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("tests"))
}

/// The code of a source, without comments and without the tests at its end, nothing but single spaces between its words.
fn code_of(source: &str) -> String {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// Every path that a code names: those of its imports one by one, and those that stand in it.
fn paths_of(code: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (at, _) in code.match_indices("use ").filter(|(at, _)| *at == 0 || code[..*at].ends_with(' ')) {
        let tree = code[at + 4..].split(';').next().unwrap_or_default();
        spread("", tree, &mut paths);
    }
    let is_part = |sign: char| sign.is_alphanumeric() || "_:".contains(sign);
    paths.extend(code.split(|sign: char| !is_part(sign)).filter(|word| word.contains("::")).map(str::to_owned));
    paths
}

/// The paths of a tree of imports: `a::{b, c::{d, e}}` are `a::b`, `a::c::d` and `a::c::e`.
fn spread(before: &str, tree: &str, paths: &mut BTreeSet<String>) {
    let tree = tree.trim();
    let Some((stem, branches)) = tree.split_once('{') else {
        let name = tree.split(' ').next().unwrap_or_default();
        paths.insert(format!("{before}{name}"));
        return;
    };
    let branches = branches.rsplit_once('}').map_or(branches, |(within, _)| within);
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, sign) in branches.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                spread(&format!("{before}{stem}"), &branches[begin..at], paths);
                begin = at + 1;
            }
            _ => {}
        }
    }
    if !branches[begin..].trim().is_empty() {
        spread(&format!("{before}{stem}"), &branches[begin..], paths);
    }
}

/// Whether a path goes through a room: `acts::analyse` and what is in it, from wherever.
fn goes_through(path: &str, room: &str) -> bool {
    format!("::{path}::").contains(&format!("::{room}::"))
}

/// Paths named by the sources below a folder, each with who names it.
fn named_below(folder: &str) -> Vec<(String, PathBuf)> {
    let folder = root().join(folder);
    let found: Vec<(String, PathBuf)> = sources(&folder)
        .into_iter()
        .flat_map(|source| {
            let paths = paths_of(&code_of(&std::fs::read_to_string(&source).unwrap()));
            paths.into_iter().map(move |path| (path, source.clone()))
        })
        .collect();
    assert!(found.len() > 20, "{}", folder.display());
    found
}

#[test]
fn no_act_of_one_half_names_the_other_half() {
    for (own, other) in HALVES {
        for (path, source) in named_below(&format!("crates/gongzhi/src/acts/{own}")) {
            for room in [format!("acts::{other}"), format!("gongzhi_store::{other}"), format!("super::{other}")] {
                assert!(!goes_through(&path, &room), "{}: {path}", source.display());
            }
        }
    }
}

#[test]
fn neither_half_of_the_store_names_the_other_or_its_tables() {
    let mut named_by: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (own, other) in HALVES {
        let named = named_below(&format!("crates/store/src/{own}"));
        for (path, source) in &named {
            for room in [format!("crate::{other}"), format!("super::{other}")] {
                assert!(!goes_through(path, &room), "{}: {path}", source.display());
            }
            let entity = path.strip_prefix("crate::entities::").and_then(|rest| rest.split("::").next());
            // What stands before a list of names is a path of its own and names no table.
            if let Some(entity) = entity.filter(|entity| !entity.is_empty()) {
                named_by.entry(entity.to_owned()).or_default().insert(own);
            }
        }
        assert!(named.iter().any(|(path, _)| goes_through(path, "gongzhi_core::exchange")), "{own} says nothing");
    }
    let of_both: Vec<_> = named_by.iter().filter(|(_, halves)| halves.len() > 1).collect();
    assert!(of_both.is_empty(), "tables that both halves look into: {of_both:?}");
    let of = |entity: &str| named_by.get(entity).is_some_and(|halves| halves.len() == 1);
    assert!(["batch", "upload", "received_batch", "links"].into_iter().all(of), "{named_by:?}");
}

#[test]
fn what_both_halves_of_the_store_stand_on_names_neither() {
    for (path, source) in named_below("crates/store/src/shared") {
        for (half, _) in HALVES {
            assert!(!goes_through(&path, &format!("crate::{half}")), "{}: {path}", source.display());
        }
    }
}

#[test]
fn an_import_is_found_however_it_is_written() {
    let source = "use crate::acts::{audit, analyse::{state, models as all}}; // acts::collect\npub use super::collect;\n\
                  fn f() { gongzhi_store::analyse::links::go(because()) }\n#[cfg(test)]\nuse crate::acts::run;";
    let paths = paths_of(&code_of(source));
    let names = |room: &str| paths.iter().any(|path| goes_through(path, room));
    for room in ["acts::analyse", "acts::analyse::models", "acts::audit", "super::collect", "gongzhi_store::analyse"] {
        assert!(names(room), "{room}: {paths:?}");
    }
    for room in ["acts::collect", "acts::run", "acts::ana", "cause"] {
        assert!(!names(room), "{room}: {paths:?}");
    }
}
