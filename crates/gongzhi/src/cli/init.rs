//! `gongzhi init`: an empty home, with keys and a store.

use std::path::PathBuf;
use std::process::ExitCode;

use gongzhi_core::messages::Message;

use super::Context;
use crate::acts::home;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, default_value = ".gongzhi")]
    home: PathBuf,
}

/// Exit 0 when the home is there, made now or before; 2 when it can't be.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let key = if context.wait(home::make(&args.home, context.clock()))? { "init-made" } else { "init-there" };
    let message = Message::new(key).with("home", args.home.display());
    println!("{}", say.say(&message.with("keys", args.home.join("keys").display())));
    Ok(ExitCode::SUCCESS)
}
