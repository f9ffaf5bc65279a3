//! `gongzhi profile`: how foreign systems' sheets map to the catalogue.

use std::path::PathBuf;
use std::process::ExitCode;

use gongzhi_core::intake::LayoutProfile;
use gongzhi_core::intake::profile::{Status, Use};
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::problems::{ActError, Code};

use super::{CatalogWords, Context};
use crate::acts::catalog::get_catalog;
use crate::acts::collect::profile::{confirm, find_home, get_profile, list_profiles, set};
use crate::acts::home::{self, Access};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    List {
        #[arg(long, default_value = ".gongzhi")]
        home: PathBuf,
    },
    Show {
        file: PathBuf,
    },
    Set {
        file: PathBuf,
        #[arg(required = true, value_name = "HEADER=COLUMN|ignore")]
        uses: Vec<String>,
        #[command(flatten)]
        place: CatalogWords,
    },
    Confirm {
        file: PathBuf,
        #[arg(long = "as", value_name = "POST")]
        by: String,
        #[arg(long)]
        home: Option<PathBuf>,
        #[command(flatten)]
        place: CatalogWords,
    },
}

/// Exit 0 when done, 1 when a profile can't be confirmed yet, 2 when it can't be read.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    if let What::Show { file } | What::Set { file, .. } = &args.what
        && let Some(home) = find_home(file)
    {
        let access = if matches!(args.what, What::Show { .. }) { Access::Read } else { Access::Write };
        context.wait(home::check(&home, access, context.clock()))?;
    }
    match &args.what {
        What::List { home } => {
            context.wait(home::check(home, Access::Read, context.clock()))?;
            list(home, say);
        }
        What::Show { file } => {
            show(file, &get_profile(file)?, say);
        }
        What::Set { file, uses, place } => match set(file, uses, &get_catalog(&place.place())?) {
            Ok(done) => {
                show(file, &done.profile, say);
                let key = match done.profile.status {
                    Status::Confirmed => "profile-set-confirmed",
                    Status::Proposed if done.is_unconfirmed => "profile-set-unconfirmed",
                    Status::Proposed => "profile-set",
                };
                println!("{}", say.say(&Message::new(key).with("path", file.display())));
            }
            Err(error) => return refused(error, Message::new("profile-not-set").with("path", file.display()), say),
        },
        What::Confirm { file, by, home, place } => {
            let catalog = get_catalog(&place.place())?;
            // A profile is used by the home it lies in: whoever confirms it where it was proposed means that one.
            let home = home.clone().or_else(|| find_home(file)).unwrap_or_else(|| PathBuf::from(".gongzhi"));
            context.wait(home::check(&home, Access::Write, context.clock()))?;
            match confirm((file, &home), (by, context.today), &catalog) {
                Ok(path) => {
                    let confirmed = Message::new("profile-confirmed").with("path", path.display());
                    println!("{}", say.say(&confirmed.with("home", home.display())));
                }
                Err(error) => {
                    return refused(error, Message::new("profile-not-confirmed").with("path", file.display()), say);
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is wrong with a decision is told, and nothing was changed; what could not be read is an error.
fn refused(error: ActError, headline: Message, say: &Translator) -> anyhow::Result<ExitCode> {
    if error.code == Code::Unexpected {
        return Err(error.into());
    }
    println!("{}\n{}", say.say(&headline), error.say(say));
    Ok(ExitCode::from(1))
}

fn show(file: &std::path::Path, profile: &LayoutProfile, say: &Translator) {
    println!("{}", line_of(file, profile, say));
    for known in &profile.headers {
        let line = Message::new("profile-header-line").with("header", &known.header);
        println!("{}", say.say(&line.with("use", spoken_use(&known.used, say))));
    }
}

fn list(home: &std::path::Path, say: &Translator) {
    let profiles = list_profiles(home);
    if profiles.is_empty() {
        println!("{}", say.say(&Message::new("profile-none")));
    }
    for (path, profile) in profiles {
        match profile {
            Ok(profile) => println!("{}", line_of(&path, &profile, say)),
            Err(why) => {
                let message = Message::new("profile-unreadable").with("path", path.display()).with("why", why);
                println!("{}", say.say(&message));
            }
        }
    }
}

fn line_of(path: &std::path::Path, profile: &LayoutProfile, say: &Translator) -> String {
    let status = match profile.status {
        Status::Proposed => Message::new("profile-status-proposed"),
        Status::Confirmed => Message::new("profile-status-confirmed"),
    };
    let message = Message::new("profile-line").with("path", path.display()).with("kind", &profile.kind);
    say.say(&message.with("unit", &profile.unit).with("status", say.say(&status)))
}

fn spoken_use(used: &Use, say: &Translator) -> String {
    match used {
        Use::Column { column, measure, .. } => match measure {
            Some(measure) => format!("{column} ({measure})"),
            None => column.clone(),
        },
        Use::Action => say.say(&Message::new("profile-use-action")),
        Use::Ignore => say.say(&Message::new("profile-use-ignore")),
        Use::Undecided => say.say(&Message::new("profile-use-undecided")),
    }
}
