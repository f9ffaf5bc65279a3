//! The binary, run once with its words.

use std::path::{Path, PathBuf};
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

/// This package's folder, asked of cargo as it runs: a target folder may be shared by several clones.
pub fn package() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
}
