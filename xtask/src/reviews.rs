//! `docs/reviews.md`: each finding of the reviews, and the test or case that keeps it mended.
//!
//! A line is `- law 6: what holds now — test `module::name`` or `— case `model: name``, several joined by `, `. The test
//! command fails where a finding has no line, or a line names a test or a case that doesn't exist.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::steps::{cargo, root};

/// The reviews, and how many findings each has; of those that are mended one after another, how many must stand.
const REVIEWS: [(&str, u32); 4] = [("law", 23), ("field", 23), ("county", 13), ("ground", 10)];

/// What keeps a finding mended.
#[derive(Debug, PartialEq, Eq)]
enum Keeper {
    /// A test, by its path or the end of it.
    Test(String),
    /// A model and the name of one of its cases.
    Case(String, String),
}

/// One line of the document.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    review: String,
    /// Its number in the review, or the section of a remark without one (`§3.8`).
    number: String,
    keepers: Vec<Keeper>,
}

/// Compares the document with the tests and cases there are. Everything must have been built.
pub fn check() -> Result<()> {
    println!("── reviews");
    let path = root().join("docs/reviews.md");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let tests = list_tests()?;
    let has_case = |model: &str, name: &str| cases_of(&root(), model).contains(name);
    let problems = problems_of(&text, &tests, has_case);
    if !problems.is_empty() {
        bail!("docs/reviews.md:\n  {}", problems.join("\n  "));
    }
    println!("   every finding of the reviews is kept by a test or a case that exists");
    Ok(())
}

fn problems_of(text: &str, tests: &[String], has_case: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let findings: Vec<Finding> = text.lines().filter_map(read_line).collect();
    let mut problems = Vec::new();
    for (review, count) in REVIEWS {
        let is_there = |number: &u32| {
            let of = |finding: &&Finding| finding.review == review && finding.number == number.to_string();
            findings.iter().filter(of).any(|finding| !finding.keepers.is_empty())
        };
        let missing = (1..=count).filter(|number| !is_there(number));
        problems.extend(missing.map(|number| format!("{review} {number} names no test and no case")));
    }
    for finding in &findings {
        let place = format!("{} {}", finding.review, finding.number);
        problems.extend(finding.keepers.iter().filter_map(|keeper| match keeper {
            Keeper::Test(name) if is_test(tests, name) => None,
            Keeper::Test(name) => Some(format!("{place}: there is no test {name}")),
            Keeper::Case(model, name) if has_case(model, name) => None,
            Keeper::Case(model, name) => Some(format!("{place}: {model} has no case called {name}")),
        }));
    }
    problems
}

/// Whether a test has this path, or one that ends in it.
fn is_test(tests: &[String], name: &str) -> bool {
    tests.iter().any(|test| test == name || test.strip_suffix(name).is_some_and(|before| before.ends_with("::")))
}

fn read_line(line: &str) -> Option<Finding> {
    let (head, rest) = line.strip_prefix("- ")?.split_once(": ")?;
    let (review, number) = head.split_once(' ')?;
    let number = number.to_owned();
    REVIEWS.iter().find(|(known, _)| *known == review)?;
    let mut keepers = Vec::new();
    // Whatever stands between signs of code after the words `test` and `case`.
    let mut parts = rest.rsplit_once(" — ").map_or("", |(_, keepers)| keepers).split('`');
    let mut is_case = false;
    while let (Some(words), Some(name)) = (parts.next(), parts.next()) {
        is_case = match words {
            words if words.contains("case") => true,
            words if words.contains("test") => false,
            _ => is_case,
        };
        keepers.push(match name.split_once(": ").filter(|_| is_case) {
            Some((model, case)) => Keeper::Case(model.to_owned(), case.to_owned()),
            None => Keeper::Test(name.to_owned()),
        });
    }
    Some(Finding { review: review.to_owned(), number, keepers })
}

/// Paths of all tests, without the name of the binary.
fn list_tests() -> Result<Vec<String>> {
    let mut command = cargo(&["nextest", "list", "--workspace", "--locked", "--message-format", "oneline"]);
    let output = command.current_dir(root()).stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("the tests can't be listed ({}): {command:?}", output.status);
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(|line| Some(line.split_once(' ')?.1.trim().to_owned())).collect())
}

/// Names of a model's cases, as its file writes them.
fn cases_of(root: &Path, model: &str) -> BTreeSet<String> {
    let path = root.join(format!("catalog/models/{model}.cases.yaml"));
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let names = text.lines().filter_map(|line| line.trim_start().strip_prefix("- name: "));
    names.map(|name| name.trim().trim_matches(['"', '\'']).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TESTS: [&str; 2] = ["models::steps::tests::a_day_moves", "run::a_county"];

    fn problems(text: &str) -> Vec<String> {
        let tests = TESTS.map(str::to_owned);
        let has_case = |model: &str, name: &str| (model, name) == ("deed/transfer", "a house: sold twice");
        let is_named = |problem: &String| !problem.ends_with("names no test and no case");
        problems_of(text, &tests, has_case).into_iter().filter(is_named).collect()
    }

    #[test]
    fn a_test_that_does_not_exist_is_named_with_its_finding() {
        let text = "- law 1: days — test `steps::tests::a_day_moves`, `steps::tests::a_day_rests`\n";
        assert_eq!(problems(text), ["law 1: there is no test steps::tests::a_day_rests"]);
    }

    #[test]
    fn the_end_of_a_word_is_no_test() {
        assert_eq!(problems("- law 1: days — test `county`\n"), ["law 1: there is no test county"]);
    }

    #[test]
    fn a_case_is_looked_for_in_its_model() {
        let text = "- law 2: a — case `deed/transfer: a house: sold twice`, `deed/transfer: a house`\n";
        assert_eq!(problems(text), ["law 2: deed/transfer has no case called a house"]);
    }

    #[test]
    fn a_finding_without_a_line_is_a_problem() {
        let tests = TESTS.map(str::to_owned);
        let problems = problems_of("- county 3: debts — test `run::a_county`\n", &tests, |_, _| false);
        assert_eq!(problems.len(), 23 + 23 + 12 + 10);
        assert!(!problems.iter().any(|problem| problem.starts_with("county 3 ")), "{problems:?}");
    }
}
