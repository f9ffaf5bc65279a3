//! `gongzhi doctor`: whether a home is sound.

use std::path::PathBuf;
use std::process::ExitCode;

use gongzhi_core::access::Purpose;
use gongzhi_core::messages::Message;
use serde_json::json;

use super::Context;
use crate::acts::doctor::look;
use crate::acts::home::Access;
use crate::acts::operator::operator;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, default_value = ".gongzhi")]
    home: PathBuf,
    #[arg(long)]
    clear: bool,
    #[arg(long)]
    json: bool,
}

/// Exit 0 when nothing was found, or all of it was cleared; 1 when something is left; 2 when the home can't be read.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let app = context.open(&args.home, Access::Read)?;
    let found = context.wait(look(&app, &operator(Purpose::Upkeep), args.clear))?;
    context.wait(app.close())?;
    let left = found.orphans.iter().filter(|(_, is_cleared)| !is_cleared).count();
    if args.json {
        let orphans = found
            .orphans
            .iter()
            .map(|(file, is_cleared)| json!({ "key": file.key, "bytes": file.length, "cleared": is_cleared }));
        println!("{}", json!({ "orphans": orphans.collect::<Vec<_>>(), "missing": found.missing }));
    } else {
        for (file, is_cleared) in &found.orphans {
            let key = if *is_cleared { "doctor-cleared" } else { "doctor-orphan" };
            println!("{}", say.say(&Message::new(key).with("key", &file.key).with("bytes", file.length)));
        }
        for key in &found.missing {
            println!("{}", say.say(&Message::new("doctor-missing").with("key", key)));
        }
        let key = match (left, found.missing.len()) {
            (0, 0) => "doctor-sound",
            (_, 0) => "doctor-orphans-left",
            _ => "doctor-damaged",
        };
        println!("{}", say.say(&Message::new(key).with("count", left)));
    }
    Ok(ExitCode::from(u8::from(left + found.missing.len() > 0)))
}
