//! `cargo xtask test`: everything continuous integration runs, each suite with its time.

use std::time::Instant;

use anyhow::Result;

use crate::postgres::{self, Server};
use crate::real_data::{list_left_out, tell_left_out};
use crate::reviews;
use crate::steps::{cargo, ensure_cargo_tool, ensure_package, program, step};

/// Formats, lints, builds, tests, compiles the catalogue, runs the models' cases and checks the dependencies' licences.
pub fn run() -> Result<()> {
    let start = Instant::now();
    let left_out = list_left_out()?;
    tell_left_out(&left_out);
    ensure_package("libreoffice", "libreoffice-calc-nogui", "the templates are opened in it as a test")?;
    ensure_cargo_tool("cargo-nextest", "it runs the tests in parallel and one process each")?;
    step("fmt", &mut cargo(&["fmt", "--all", "--check"]))?;
    step("build", &mut cargo(&["build", "--workspace", "--all-targets", "--locked"]))?;
    step(
        "clippy",
        &mut cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"]),
    )?;
    let gongzhi = program("debug");
    let on_program = |words: &[&str]| {
        let mut command = std::process::Command::new(&gongzhi);
        command.args(words);
        command
    };
    step("catalogue", &mut on_program(&["--lang", "en", "check"]))?;
    step("model cases", &mut on_program(&["--lang", "en", "models", "test"]))?;
    let server = Server::start()?;
    let mut tests = cargo(&["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]);
    tests.envs(server.as_ref().map(|server| (postgres::URL, server.url())));
    step("tests", &mut tests)?;
    drop(server);
    reviews::check()?;
    ensure_cargo_tool("cargo-deny", "it checks licences, sources and banned crates of every dependency")?;
    // Advisories need a database that is fetched from elsewhere than the registry; they are checked where that is allowed.
    step("deny", &mut cargo(&["deny", "check", "bans", "licenses", "sources"]))?;
    tell_left_out(&left_out);
    println!("── all green in {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}
