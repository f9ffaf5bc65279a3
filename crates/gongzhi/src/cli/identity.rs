//! `gongzhi identity`: what people decide about who is meant.

use std::path::PathBuf;
use std::process::ExitCode;

use gongzhi_core::access::Purpose;
use gongzhi_core::catalog::TAX_SIDE;
use gongzhi_core::identity::Decision;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::problems::ActError;
use gongzhi_core::time::day_of;
use serde_json::json;

use super::{CatalogWords, Context};
use crate::acts::analyse::identity_decisions::{self, Deciding, decide, undo};
use crate::acts::catalog::get_catalog;
use crate::acts::home::Access;
use crate::acts::operator::operator;
use crate::jobs::inline::run_due;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Decide {
        file: PathBuf,
        #[arg(long = "as", value_name = "POST")]
        by: String,
        #[arg(long, default_value = ".gongzhi")]
        home: PathBuf,
        #[command(flatten)]
        place: CatalogWords,
    },
    List {
        #[arg(long)]
        json: bool,
        #[arg(long, default_value = ".gongzhi")]
        home: PathBuf,
    },
    Undo {
        subject: String,
        code: String,
        #[arg(long = "as", value_name = "POST")]
        by: String,
        #[arg(long, default_value = ".gongzhi")]
        home: PathBuf,
        #[command(flatten)]
        place: CatalogWords,
    },
}

/// Exit 0 when done, 2 when nothing could be kept.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let actor = operator(Purpose::Analysis);
    let deciding = |by: &String, place: &CatalogWords| {
        let catalog = get_catalog(&place.place())?;
        let region = catalog.units.get(TAX_SIDE).map(|unit| unit.region.clone()).unwrap_or_default();
        Ok::<_, ActError>(Deciding { by: by.clone(), region })
    };
    match &args.what {
        What::Decide { file, by, home, place } => {
            let deciding = deciding(by, place)?;
            let app = context.open(home, Access::Write)?;
            let count = context.wait(decide(&app, &actor, (file.clone(), &deciding)))?;
            context.wait(run_due(&app, &actor))?;
            context.wait(app.close())?;
            println!("{}", say.say(&Message::new("identity-decided").with("count", count)));
        }
        What::Undo { subject, code, by, home, place } => {
            let deciding = deciding(by, place)?;
            let app = context.open(home, Access::Write)?;
            context.wait(undo(&app, &actor, ((subject, code), &deciding)))?;
            context.wait(run_due(&app, &actor))?;
            context.wait(app.close())?;
            println!("{}", say.say(&Message::new("identity-undone").with("subject", subject).with("code", code)));
        }
        What::List { json, home } => {
            let app = context.open(home, Access::Read)?;
            let decisions = context.wait(identity_decisions::list(&app, &actor))?;
            context.wait(app.close())?;
            list(decisions, *json, context);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Each decision, and whether it stands.
fn list(decisions: Vec<(Decision, bool)>, is_json: bool, context: &Context) {
    let say: &Translator = &context.translator;
    for (decision, stands) in decisions {
        if is_json {
            println!(
                "{}",
                json!({
                    "subject": decision.subject, "uscc": decision.uscc, "same": decision.same,
                    "decided_by": decision.decided_by, "decided_at": decision.decided_at, "stands": stands,
                })
            );
            continue;
        }
        let said = match decision.same {
            Some(true) => "identity-said-yes",
            Some(false) => "identity-said-no",
            None => "identity-said-undone",
        };
        let line = Message::new(if stands { "identity-decision-line" } else { "identity-decision-past-line" });
        let line = line.with("subject", decision.subject).with("code", decision.uscc).with("by", decision.decided_by);
        let day = day_of(decision.decided_at);
        println!("{}", say.say(&line.with("said", say.say(&Message::new(said))).with("day", day)));
    }
}
