//! The command line: translates words into acts and results into text, nothing else.
//!
//! One file a command. Help texts are not written beside the arguments but found by key (`help-<command>` and
//! `help-<command>-<argument>`), so that they exist in both languages.

mod audit;
mod check;
mod code;
mod config;
mod coverage;
mod demo_data;
mod demo_score;
mod doctor;
mod export;
mod identity;
mod init;
mod intake;
mod jobs;
mod mark_worker;
mod match_names;
mod models;
mod profile;
mod read;
mod read_worker;
mod run;
mod state;
mod template;
mod verify;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use gongzhi_core::messages::{Language, Translator};
use gongzhi_core::problems::ActError;
use gongzhi_core::time::day_of;
use tokio::runtime::{Builder, Runtime};

use crate::acts::catalog::CatalogPlace;
use crate::acts::home::{self, Access};
use crate::app::{App, Clock};
use crate::log;

/// What every command is given: the language people are spoken to in.
pub struct Context {
    /// Speaks messages.
    pub translator: Translator,
    /// The day it is in Beijing.
    pub today: NaiveDate,
    /// The moment the command began.
    pub now: DateTime<Utc>,
    /// The one runtime of the process, made when something waits for it: who reads a foreign file has no other thread.
    runtime: OnceLock<Runtime>,
}

impl Context {
    /// Waits for an act.
    fn wait<T>(&self, act: impl Future<Output = T>) -> T {
        #[expect(clippy::expect_used, reason = "the edge of the process: without threads nothing can be done or said")]
        let made = || Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
        self.runtime.get_or_init(made).block_on(act)
    }

    /// The clock of the command, which is of one moment.
    fn clock(&self) -> Clock {
        Clock::of_command(self.now, now)
    }

    /// Opens a home.
    fn open(&self, home: &Path, access: Access) -> Result<App, ActError> {
        self.wait(home::open(home, access, self.clock()))
    }
}

/// The words by which every command is told its catalogue.
#[derive(clap::Args)]
struct CatalogWords {
    #[arg(long)]
    catalog: Option<PathBuf>,
    #[arg(long)]
    layer: Vec<PathBuf>,
}

impl CatalogWords {
    fn place(&self) -> CatalogPlace {
        CatalogPlace { catalog: self.catalog.clone(), layer: self.layer.clone() }
    }
}

#[derive(Parser)]
#[command(name = "gongzhi", version)]
struct Words {
    #[arg(long, global = true, value_parser = parse_language)]
    lang: Option<Language>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Init(init::Args),
    Audit(audit::Args),
    Check(check::Args),
    Read(read::Args),
    Intake(intake::Args),
    Profile(profile::Args),
    Code(code::Args),
    Config(config::Args),
    Coverage(coverage::Args),
    Run(run::Args),
    DemoData(demo_data::Args),
    DemoScore(demo_score::Args),
    Doctor(doctor::Args),
    Export(export::Args),
    Identity(identity::Args),
    Jobs(jobs::Args),
    Match(match_names::Args),
    State(state::Args),
    Template(template::Args),
    Models(models::Args),
    Verify(verify::Args),
    #[command(hide = true)]
    ReadWorker(read_worker::Args),
    #[command(hide = true)]
    MarkWorker(mark_worker::Args),
}

fn parse_language(text: &str) -> Result<Language, String> {
    Language::find(text).ok_or_else(|| "zh-CN | en".to_owned())
}

/// Runs the command named by the words and gives the exit code its document promises.
pub fn run(words: Vec<OsString>) -> ExitCode {
    let language = language_of(&words);
    let translator = Translator::new(language);
    let command = translate_help(Words::command(), &translator, "help");
    let matches = match command.try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(error) => error.exit(),
    };
    let words = match Words::from_arg_matches(&matches) {
        Ok(words) => words,
        Err(error) => error.exit(),
    };
    // Processes that take a foreign file in hand write nothing but their answer.
    if !matches!(words.command, Command::ReadWorker(_) | Command::MarkWorker(_)) {
        log::start();
    }
    let now = now();
    let context = Context { translator, today: day_of(now), now, runtime: OnceLock::new() };
    let outcome = match words.command {
        Command::Init(args) => init::run(&args, &context),
        Command::Audit(args) => audit::run(&args, &context),
        Command::Check(args) => check::run(&args, &context),
        Command::Read(args) => read::run(&args, &context),
        Command::Intake(args) => intake::run(args, &context),
        Command::Profile(args) => profile::run(&args, &context),
        Command::Code(args) => code::run(&args, &context),
        Command::Config(args) => config::run(&args, &context),
        Command::Coverage(args) => coverage::run(&args, &context),
        Command::Run(args) => run::run(args, &context),
        Command::DemoData(args) => demo_data::run(&args, &context),
        Command::DemoScore(args) => demo_score::run(&args, &context),
        Command::Doctor(args) => doctor::run(&args, &context),
        Command::Export(args) => export::run(args, &context),
        Command::Identity(args) => identity::run(&args, &context),
        Command::Jobs(args) => jobs::run(&args, &context),
        Command::Match(args) => match_names::run(&args, &context),
        Command::State(args) => state::run(args, &context),
        Command::Template(args) => template::run(args, &context),
        Command::Models(args) => models::run(&args, &context),
        Command::Verify(args) => verify::run(&args, &context),
        Command::ReadWorker(args) => read_worker::run(&args, &context),
        Command::MarkWorker(args) => mark_worker::run(&args, &context),
    };
    // What the processes that read foreign files lacked: said once, whatever came of the command.
    if let Some(message) = gongzhi_engine::read::lacking().message() {
        eprintln!("{}", context.translator.say(&message));
    }
    outcome.unwrap_or_else(|error| {
        match error.downcast_ref::<ActError>() {
            Some(error) => eprintln!("{}", error.say(&context.translator)),
            None => eprintln!("{error:#}"),
        }
        ExitCode::from(2)
    })
}

/// The moment.
#[expect(clippy::disallowed_methods, reason = "the edge of the process: the clock is read here, once a command")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// `--lang` before anything is parsed (help itself is translated), else the locale, else Chinese.
fn language_of(words: &[OsString]) -> Language {
    let texts: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let stated = texts.iter().enumerate().find_map(|(at, text)| {
        text.strip_prefix("--lang=").or_else(|| (*text == "--lang").then(|| texts.get(at + 1).copied()).flatten())
    });
    stated
        .and_then(Language::find)
        .or_else(|| sys_locale::get_locale().as_deref().and_then(Language::find))
        .unwrap_or_default()
}

/// Puts the help texts of the reader's language on the command and everything below it.
fn translate_help(command: clap::Command, translator: &Translator, prefix: &str) -> clap::Command {
    let about = translator.find(prefix);
    let prefix_of_arguments = prefix.to_owned();
    let mut command = command.mut_args(|argument| {
        match translator.find(&format!("{prefix_of_arguments}-{}", argument.get_id().as_str().replace('_', "-"))) {
            Some(text) => argument.help(text),
            None => argument,
        }
    });
    if let Some(about) = about {
        command = command.about(about);
    }
    command.mut_subcommands(|sub| {
        let name = format!("{prefix}-{}", sub.get_name());
        translate_help(sub, translator, &name)
    })
}
