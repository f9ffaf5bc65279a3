//! The binary, run once with its words.

use std::path::Path;
use std::process::{Command, Output};

/// The program as the tests were built with it.
pub fn gongzhi() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongzhi"));
    command.arg("--lang").arg("zh-CN");
    command
}

/// Runs the program in a folder with these words.
pub fn run_in(folder: &Path, words: &[&str]) -> Output {
    gongzhi().current_dir(folder).args(words).output().expect("the program starts")
}
