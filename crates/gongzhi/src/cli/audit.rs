//! `gongzhi audit`: the log of who did what, shown and looked through.

use std::path::PathBuf;
use std::process::ExitCode;

use gongzhi_core::messages::Message;
use gongzhi_store::shared::audit::LogFault;
use serde_json::json;

use super::Context;
use crate::acts::audit::{list, look};
use crate::acts::home::Access;

/// Entries shown where nothing is said.
const SHOWN: u64 = 100;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Verify(Verify),
    List(List),
}

#[derive(clap::Args)]
struct Verify {
    #[arg(long, default_value = ".gongzhi")]
    home: PathBuf,
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct List {
    #[arg(long, default_value = ".gongzhi")]
    home: PathBuf,
    #[arg(long, default_value_t = 0)]
    from: u64,
    #[arg(long, default_value_t = SHOWN)]
    most: u64,
    #[arg(long)]
    json: bool,
}

/// Exit 0 when the log is as it was written, 1 when it is not, 2 when the home can't be read.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Verify(args) => verify(args, context),
        Command::List(args) => show(args, context),
    }
}

fn verify(args: &Verify, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let app = context.open(&args.home, Access::Read)?;
    let look = context.wait(look(&app))?;
    context.wait(app.close())?;
    let words: Vec<Message> = look.faults.iter().map(message_of).collect();
    if args.json {
        let faults: Vec<String> = words.iter().map(|message| say.say(message)).collect();
        println!("{}", json!({ "entries": look.entries, "sealed": look.sealed, "faults": faults }));
    } else {
        words.iter().for_each(|message| println!("{}", say.say(message)));
        let key = if look.faults.is_empty() { "audit-sound" } else { "audit-damaged" };
        let message = Message::new(key).with("entries", look.entries).with("sealed", look.sealed);
        println!("{}", say.say(&message));
    }
    Ok(ExitCode::from(u8::from(!look.faults.is_empty())))
}

fn message_of(fault: &LogFault) -> Message {
    match fault {
        LogFault::Changed { n } => Message::new("audit-changed").with("n", *n),
        LogFault::Gone { n } => Message::new("audit-gone").with("n", *n),
        LogFault::Rewritten { from, size } => {
            Message::new("audit-rewritten").with("first", *from).with("last", size.saturating_sub(1))
        }
        LogFault::Unsigned { size } => Message::new("audit-unsigned").with("size", *size),
    }
}

fn show(args: &List, context: &Context) -> anyhow::Result<ExitCode> {
    let app = context.open(&args.home, Access::Read)?;
    let entries = context.wait(list(&app, (args.from, args.most)))?;
    context.wait(app.close())?;
    for entry in entries {
        if args.json {
            println!("{}", serde_json::to_string(&entry)?);
        } else {
            let (n, at) = (entry.n, entry.moment());
            let words = [entry.actor, entry.post, entry.act, entry.object, entry.unit, entry.region];
            let words = words.into_iter().chain([entry.purpose, entry.outcome]).filter(|word| !word.is_empty());
            println!("{n} {at} {}", words.collect::<Vec<_>>().join(" "));
        }
    }
    Ok(ExitCode::SUCCESS)
}
