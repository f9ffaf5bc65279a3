//! `gongzhi run`: a folder of sheets becomes leads.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use gongzhi_core::messages::{Message, Translator};
use indicatif::{ProgressBar, ProgressStyle};

use super::{CatalogWords, Context};
use crate::acts::analyse::models::get_models_to_run;
use crate::acts::catalog::list_sources;
use crate::acts::run::{LISTED_FILES, RunContext, RunEnd, RunOrder, run as run_folder};

#[derive(clap::Args)]
pub struct Args {
    folder: PathBuf,
    #[arg(long, value_name = "DATE")]
    as_of: NaiveDate,
    #[arg(long)]
    out: PathBuf,
    #[arg(long, default_value = ".gongzhi")]
    home: PathBuf,
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    #[command(flatten)]
    place: CatalogWords,
}

/// Exit 0 when every file was accepted, 1 when some were blocked or refused, 2 when nothing could be run.
pub fn run(args: Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let sources = list_sources(&args.place.place(), say)?;
    let (catalog, models) = get_models_to_run(&args.place.place(), |_| true, say)?;
    let Args { folder, as_of, out, home, region, .. } = args;
    let order = RunOrder { home, folder, out, as_of, region, now: context.now };
    let bar = progress_bar();
    let progress = |message: &Message, done: u64, all: u64| {
        bar.set_length(all);
        bar.set_position(done);
        bar.set_message(say.say(message));
    };
    let end = run_folder(&order, RunContext { sources: &sources, catalog, models, say, progress: &progress });
    bar.finish_and_clear();
    let end = end?;
    tell(&end, &order, say);
    let [_, blocked, refused] = end.files;
    Ok(ExitCode::from(u8::from(blocked + refused > 0)))
}

/// Quiet unless a person watches.
fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}") {
        bar.set_style(style);
    }
    bar
}

fn tell(end: &RunEnd, order: &RunOrder, say: &Translator) {
    let [accepted, blocked, refused] = end.files;
    let files = Message::new("run-files").with("accepted", accepted).with("blocked", blocked).with("refused", refused);
    println!("{}", say.say(&files));
    end.not_accepted.iter().take(LISTED_FILES).for_each(|file| println!("{}", say.say(&file.message())));
    if !end.not_accepted.is_empty() {
        let rest = end.not_accepted.len().saturating_sub(LISTED_FILES);
        let key = if rest == 0 { "run-files-all" } else { "run-files-more" };
        println!("{}", say.say(&Message::new(key).with("count", rest)));
    }
    for step in &end.steps {
        let name = say.say(&Message::new(format!("run-step-{}", step.name)));
        let counts: Vec<String> = step
            .counts
            .iter()
            .map(|(what, count)| format!("{} {count}", say.say(&Message::new(format!("run-count-{what}")))))
            .collect();
        let seconds = format!("{:.1}", step.seconds);
        let line = Message::new("run-step-line").with("step", name).with("seconds", seconds);
        println!("{}", say.say(&line.with("counts", counts.join(" · "))));
    }
    // A model that did not run found nothing out: no number of leads, but why.
    let is_stopped = |model: &String| end.stopped.iter().any(|(stopped, _)| stopped == model);
    for (model, count) in end.leads.iter().filter(|(model, _)| !is_stopped(model)) {
        println!("{}", say.say(&Message::new("run-leads-line").with("model", model).with("count", count)));
    }
    for (model, why) in &end.stopped {
        println!("{}", say.say(&Message::new("run-stopped-line").with("model", model).with("why", say.say(why))));
    }
    for note in &end.notes {
        println!("{}", say.say(note));
    }
    println!("{}", say.say(&Message::new("run-ready").with("out", order.out.display())));
}
