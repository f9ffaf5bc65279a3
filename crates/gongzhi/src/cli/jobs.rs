//! `gongzhi jobs`: what waits to be done, and doing it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use gongzhi_core::access::Purpose;
use gongzhi_core::jobs::JobState;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_store::shared::jobs::Job;
use serde_json::json;

use super::Context;
use crate::acts::home::Access;
use crate::acts::jobs;
use crate::acts::operator::operator;
use crate::jobs::inline::{run_due, runner_of};

/// Jobs listed where nobody says how many.
const LISTED: u64 = 50;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    List {
        #[arg(long, value_parser = parse_state)]
        state: Option<JobState>,
        #[arg(long, default_value_t = LISTED)]
        most: u64,
        #[arg(long)]
        json: bool,
        #[arg(long, default_value = ".gongzhi")]
        home: PathBuf,
    },
    Run {
        #[arg(long)]
        stay: bool,
        #[arg(long, default_value = ".gongzhi")]
        home: PathBuf,
    },
    Retry {
        id: String,
        #[arg(long, default_value = ".gongzhi")]
        home: PathBuf,
    },
    Cancel {
        id: String,
        #[arg(long, default_value = ".gongzhi")]
        home: PathBuf,
    },
}

fn parse_state(text: &str) -> Result<JobState, String> {
    JobState::find(text).ok_or_else(|| "waiting | leased | done | failed | cancelled".to_owned())
}

/// Exit 0 when done, 2 when it can't be.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let (say, actor) = (&context.translator, operator(Purpose::Upkeep));
    let told = |key: &'static str, id: &str| println!("{}", say.say(&Message::new(key).with("id", id)));
    match &args.what {
        What::List { state, most, json, home } => {
            let app = context.open(home, Access::Read)?;
            let listed = context.wait(jobs::list(&app, &actor, (*state, *most)))?;
            context.wait(app.close())?;
            for job in &listed {
                println!("{}", if *json { json_of(job, say) } else { say.say(&line_of(job, say)) });
            }
        }
        What::Run { stay, home } => {
            let app = context.open(home, Access::Write)?;
            if *stay {
                let runner = Arc::new(runner_of(&app, &actor));
                context.wait(runner.run(ended()));
            } else {
                let ran = context.wait(run_due(&app, &actor))?;
                println!("{}", say.say(&Message::new("jobs-ran").with("count", ran.len())));
            }
            context.wait(app.close())?;
        }
        What::Retry { id, home } => {
            let app = context.open(home, Access::Write)?;
            context.wait(jobs::retry(&app, &actor, id))?;
            context.wait(app.close())?;
            told("jobs-retried", id);
        }
        What::Cancel { id, home } => {
            let app = context.open(home, Access::Write)?;
            context.wait(jobs::cancel(&app, &actor, id))?;
            context.wait(app.close())?;
            told("jobs-cancelled", id);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Until the program is told to end, by a key or by who started it.
async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}

fn json_of(job: &Job, say: &Translator) -> String {
    json!({
        "id": job.id, "kind": job.kind.key(), "key": job.key, "region": job.region, "state": job.state.key(),
        "attempts": job.attempts, "run_at": job.run_at.to_rfc3339(), "enqueued_at": job.enqueued_at.to_rfc3339(),
        "ended_at": job.ended_at.map(|at| at.to_rfc3339()), "problem": job.problem.as_ref().map(|problem| say.say(problem)),
        "asked_by": job.actor.who, "progress": job.progress,
    })
    .to_string()
}

fn line_of(job: &Job, say: &Translator) -> Message {
    let state = say.say(&Message::new(format!("jobs-state-{}", job.state.key())));
    let problem = job.problem.as_ref().map(|problem| say.say(problem)).unwrap_or_default();
    Message::new("jobs-line")
        .with("id", &job.id)
        .with("kind", job.kind.key())
        .with("state", state)
        .with("attempts", job.attempts)
        .with("problem", problem)
}
