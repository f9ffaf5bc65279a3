//! `gongzhi run`: a folder of sheets becomes leads.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use chrono::NaiveDate;
use gongzhi_core::access::Purpose;
use gongzhi_core::messages::{Message, Translator};
use indicatif::{ProgressBar, ProgressStyle};

use super::{CatalogWords, Context};
use crate::acts::analyse::models::get_models_to_run;
use crate::acts::home::Access;
use crate::acts::operator::operator;
use crate::acts::run::{Content, LISTED_FILES, RunEnd, RunOrder, prepare, run as run_folder};

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
    let (catalog, models) = context.wait(get_models_to_run(&args.place.place(), |_| true))?;
    let content = Content { catalog: Arc::new(catalog), models: Arc::new(models) };
    let Args { folder, as_of, out, home, region, .. } = args;
    let order = RunOrder { folder, out: out.clone(), as_of, region, language: say.language() };
    let prepared = prepare(order, &home, &content)?;
    let app = context.open(&home, Access::Make)?.with_catalog(Arc::clone(&content.catalog));
    let bar = progress_bar();
    let (shown, speech) = (bar.clone(), Translator::new(say.language()));
    let progress = Box::new(move |message: &Message, done: u64, all: u64| {
        shown.set_length(all);
        shown.set_position(done);
        shown.set_message(speech.say(message));
    });
    let end = context.wait(run_folder(&app, &operator(Purpose::Intake), (prepared, content), progress));
    bar.finish_and_clear();
    let end = end?;
    context.wait(app.close())?;
    tell(&end, &out, say);
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

fn tell(end: &RunEnd, out: &Path, say: &Translator) {
    let [accepted, blocked, refused] = end.files;
    let files = Message::new("run-files").with("accepted", accepted).with("blocked", blocked).with("refused", refused);
    println!("{}", say.say(&files));
    end.not_accepted.iter().take(LISTED_FILES).for_each(|file| println!("{}", say.say(&file.message(say))));
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
    println!("{}", say.say(&Message::new("run-ready").with("out", out.display())));
}
