//! The program: reads its words, calls an act, shows what came of it.

mod acts;
mod app;
mod cli;
mod config;
mod jobs;
mod log;
mod reports;

use std::process::ExitCode;

fn main() -> ExitCode {
    leave_when_nobody_reads();
    cli::run(std::env::args_os().collect())
}

/// Whoever read the output may stop reading (`gongzhi … | head`): that ends the program without a word, as it ends
/// others, with 128 and the number of the signal for a closed pipe.
fn leave_when_nobody_reads() {
    const CLOSED_PIPE: i32 = 128 + 13;
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload_as_str().unwrap_or_default();
        if said.starts_with("failed printing to std") && said.contains("os error 32") {
            std::process::exit(CLOSED_PIPE);
        }
        usual(panic);
    }));
}
