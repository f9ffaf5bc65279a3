//! `cargo xtask fuzz MINUTES`: the tests that take whatever arrives, for longer than the test command gives them.
//!
//! They are tests like any other (`hostile`), so what they find is kept as a test beside them.

use anyhow::Result;

use crate::steps::{cargo, ensure_cargo_tool, step};

/// Tests that share the time, two at once, besides those of core, which count cases instead.
const TARGETS: u64 = 5;
/// Cases that core's texts get for a minute.
const CASES_PER_MINUTE: u64 = 2_000;

/// Runs every hostile test. The first word is the minutes in all (default 10).
pub fn run(words: &[String]) -> Result<()> {
    let minutes: u64 = words.first().map_or(Ok(10), |word| word.parse())?;
    ensure_cargo_tool("cargo-nextest", "it runs the tests in parallel and one process each")?;
    let mut tests =
        cargo(&["nextest", "run", "--workspace", "--locked", "--no-fail-fast", "-j", "2", "-E", "test(/hostile/)"]);
    tests.env("BOLERO_RANDOM_TEST_TIME_MS", (minutes * 60_000 * 2 / TARGETS).to_string());
    tests.env("PROPTEST_CASES", (minutes * CASES_PER_MINUTE).to_string());
    step("hostile tests", &mut tests)
}
