//! `gongzhi config`: what holds, and who said so.

use std::path::PathBuf;
use std::process::ExitCode;

use gongzhi_core::messages::Message;
use serde_json::json;

use super::Context;
use crate::config::{FILE, Settings};

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, default_value = ".gongzhi")]
    home: PathBuf,
    #[arg(long)]
    json: bool,
}

/// Exit 0; 2 when what is set can't be understood.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let settings = Settings::of_home(&args.home)?;
    for held in &settings.held {
        if args.json {
            let line = json!({
                "name": held.name, "value": held.value, "from": held.from.key(), "variable": held.variable,
            });
            println!("{line}");
            continue;
        }
        let from = say.say(&Message::new(format!("config-from-{}", held.from.key())));
        let value = if held.value.is_empty() { "-" } else { &held.value };
        let line = Message::new("config-line").with("name", held.name).with("value", value).with("from", from);
        println!("{}", say.say(&line.with("variable", held.variable)));
    }
    if !args.json {
        let file = args.home.join(FILE);
        println!("{}", say.say(&Message::new("config-file").with("path", file.display())));
    }
    Ok(ExitCode::SUCCESS)
}
