//! The tests on published files, which are no part of the project: which ones they are, and whether the files are there.
//!
//! A test without its files ends at once and counts as passed, and the runner hides what passing tests print. So it is
//! said here, before and after. The tests are found in their source: those that ask `real_data::find`, or call a function
//! of their file that does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::steps::root;

/// Says which tests will do nothing here; none when the files are there. With `CI=true` those tests fail by themselves.
pub fn list_left_out() -> Result<Vec<String>> {
    let folder = std::env::var_os("GONGZHI_REAL_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    if folder.is_dir() || std::env::var("CI").as_deref() == Ok("true") {
        return Ok(Vec::new());
    }
    println!("The published files are not in {} (GONGZHI_REAL_DATA names another folder).", folder.display());
    list_tests(&root().join("crates/gongzhi/tests/it"))
}

/// Prints the tests that were or will be left out.
pub fn tell_left_out(tests: &[String]) {
    if tests.is_empty() {
        return;
    }
    println!("── left out, {} tests that need the published files:", tests.len());
    tests.iter().for_each(|test| println!("   {test}"));
}

fn list_tests(folder: &Path) -> Result<Vec<String>> {
    let mut tests = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let module = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let path = if path.is_dir() { path.join("mod.rs") } else { path };
        if module != "real_data" {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            tests.extend(tests_on_files(&text).into_iter().map(|test| format!("{module}::{test}")));
        }
    }
    tests.sort();
    Ok(tests)
}

/// A function of a source file.
struct Function {
    name: String,
    body: String,
    is_test: bool,
}

fn tests_on_files(text: &str) -> Vec<String> {
    let functions = list_functions(text);
    let mut asking: BTreeSet<&str> = BTreeSet::new();
    loop {
        let calls = |function: &Function| {
            let calls = |name: &&str| function.body.contains(&format!("{name}("));
            function.body.contains("real_data::find") || asking.iter().any(calls)
        };
        let found: BTreeSet<&str> = functions.iter().filter(|f| calls(f)).map(|f| f.name.as_str()).collect();
        if found == asking {
            break;
        }
        asking = found;
    }
    let is_asking = |function: &&Function| function.is_test && asking.contains(function.name.as_str());
    functions.iter().filter(is_asking).map(|function| function.name.clone()).collect()
}

/// The functions that stand at the left edge, as the formatter writes them.
fn list_functions(text: &str) -> Vec<Function> {
    let mut functions: Vec<Function> = Vec::new();
    let mut is_test = false;
    for line in text.lines() {
        let signature = line.strip_prefix("pub ").unwrap_or(line).strip_prefix("fn ");
        if let Some(signature) = signature {
            let name = signature.split(['(', '<']).next().unwrap_or_default().to_owned();
            functions.push(Function { name, body: String::new(), is_test });
        } else if let Some(function) = functions.last_mut().filter(|_| line.starts_with(' ')) {
            function.body.push_str(line);
            function.body.push('\n');
        }
        is_test = line == "#[test]" || (is_test && line.starts_with("#["));
    }
    functions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_asks_through_another_function_is_found_too() {
        let text = "fn sheet() {\n    real_data::find(\"a\");\n}\n\n#[test]\nfn one() {\n    sheet();\n}\n\n\
                    #[test]\nfn two() {\n    nothing();\n}\n\n#[test]\nfn three() {\n    real_data::find(\"b\");\n}\n";
        assert_eq!(tests_on_files(text), ["one", "three"]);
    }

    #[test]
    fn the_tests_of_this_project_that_need_files_are_found() {
        let tests = list_tests(&root().join("crates/gongzhi/tests/it")).expect("the tests");
        let known = "intake::every_office_sheet_is_taken_in_and_spoilt_codes_are_named_by_their_cells";
        assert!(tests.iter().any(|test| test == known), "{tests:?}");
        assert!(tests.len() > 8 && !tests.iter().any(|test| test.starts_with("template::")), "{tests:?}");
    }
}
