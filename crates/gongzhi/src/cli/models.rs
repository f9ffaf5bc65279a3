//! `gongzhi models list|show|test`: what the models ask, and whether their cases hold.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::anyhow;
use chrono::NaiveDate;
use gongzhi_core::access::Purpose;
use gongzhi_core::catalog::{Catalog, region_with_parents};
use gongzhi_core::messages::{Bilingual, Message, Translator};
use gongzhi_core::models::steps::find_stop;
use gongzhi_core::models::{Asks, Model, Models};

use super::{CatalogWords, Context};
use crate::acts::analyse::models::{self, CompareOrder, get_models, get_models_to_run};
use crate::acts::home::Access;
use crate::acts::operator::operator;
use crate::acts::run::Content;

/// The county whose local figures `list` and `show` speak of: the one that most units of the catalogue are of.
fn region_of(catalog: &Catalog) -> String {
    let mut units: BTreeMap<&str, usize> = BTreeMap::new();
    for unit in catalog.units.values() {
        *units.entry(unit.region.get(..6).unwrap_or(&unit.region)).or_default() += 1;
    }
    units.into_iter().max_by_key(|(_, count)| *count).map(|(region, _)| region.to_owned()).unwrap_or_default()
}

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    List(Place),
    Show(Show),
    Test(Test),
    Run(Run),
}

#[derive(clap::Args)]
struct Place {
    #[command(flatten)]
    place: CatalogWords,
}

#[derive(clap::Args)]
struct Show {
    model: String,
    #[command(flatten)]
    place: CatalogWords,
}

#[derive(clap::Args)]
struct Test {
    model: Vec<String>,
    #[command(flatten)]
    place: CatalogWords,
}

#[derive(clap::Args)]
struct Run {
    model: Vec<String>,
    #[arg(long, value_name = "DATE")]
    as_of: NaiveDate,
    #[arg(long, value_name = "FILE")]
    coverage: PathBuf,
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    #[arg(long)]
    json: bool,
    #[arg(long, default_value = ".gongzhi")]
    home: PathBuf,
    #[command(flatten)]
    place: CatalogWords,
}

/// Exit 0 when all is well (all cases pass), 1 when a case fails, 2 when the catalogue is unreadable.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::List(place) => list(&place.place, context),
        Command::Show(args) => show(args, context),
        Command::Test(args) => test(args, context),
        Command::Run(args) => run_kept(args, context),
    }
}

fn get_model<'a>(models: &'a Models, key: &str, say: &Translator) -> anyhow::Result<&'a Model> {
    models.models.get(key).ok_or_else(|| {
        let known = models.models.keys().map(String::as_str);
        let hint = gongzhi_core::catalog::node::nearest(key, known).unwrap_or("-");
        anyhow!("{}", say.say(&Message::new("models-unknown").with("model", key).with("hint", hint)))
    })
}

fn list(place: &CatalogWords, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let (catalog, models) = context.wait(get_models(&place.place()))?;
    let region = region_of(&catalog);
    for model in models.models.values() {
        let stopped = find_stop(&catalog, model, &region);
        let unset = stopped.and_then(|message| message.values.into_iter().find(|(name, _)| name == "parameter"));
        let message = match unset {
            Some((_, parameter)) => Message::new("models-list-stopped").with("parameter", parameter),
            None => Message::new("models-list-line"),
        };
        println!("{}", say.say(&message.with("model", &model.key).with("name", model.name.get(say.language()))));
    }
    Ok(ExitCode::SUCCESS)
}

fn show(args: &Show, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let (catalog, models) = context.wait(get_models(&args.place.place()))?;
    let model = get_model(&models, &args.model, say)?;
    let text = |bilingual: &Bilingual| bilingual.get(say.language()).to_owned();
    let line = |key: &'static str, text: String| {
        if !text.is_empty() {
            println!("{}", say.say(&Message::new(key).with("text", text)));
        }
    };
    println!("{}  {}", model.key, text(&model.name));
    line("models-show-question", text(&model.question));
    for law in &model.laws {
        line("models-show-law", format!("{} {}", text(&law.name), law.articles));
    }
    if let Asks::Amount(question) = &model.asks {
        let shown = question.low.show(&|name| label(&catalog, model, name, say));
        line("models-show-formula", shown);
    }
    let tables = model.coverage.iter().map(|need| format!("{} {}", need.table, need.tax_kinds.join(" ")));
    line("models-show-reads", model.reads.join(" "));
    line("models-show-coverage", tables.collect::<Vec<_>>().join("; "));
    line("models-show-absence", model.absence.join(" "));
    line("models-show-leaves-out", model.leaves_out.join(" "));
    for key in model.parameter_keys() {
        show_parameter(&catalog, key, say);
    }
    let count = models.cases.get(&model.key).map_or(0, |file| file.cases.len());
    println!("{}", say.say(&Message::new("models-show-cases").with("count", count)));
    Ok(ExitCode::SUCCESS)
}

fn label(catalog: &Catalog, model: &Model, name: &str, say: &Translator) -> String {
    let used = model.parameters.iter().find(|used| used.name == name);
    let parameter = used.and_then(|used| catalog.parameters.get(&used.key)).map(|found| found.name.clone());
    parameter.unwrap_or_else(|| model.label_of(name)).get(say.language()).to_owned()
}

fn show_parameter(catalog: &Catalog, key: &str, say: &Translator) {
    let Some(parameter) = catalog.parameters.get(key) else { return };
    let name = parameter.name.get(say.language());
    println!("{}", say.say(&Message::new("models-show-parameter").with("name", name).with("key", key)));
    let region = region_of(catalog);
    let chain = region_with_parents(&region);
    let here = parameter.values.iter().filter(|value| chain.contains(&value.region.as_str()));
    let mut values: Vec<_> = here.collect();
    values.sort_by_key(|value| (&value.class, value.from));
    if values.is_empty() {
        println!("  {}", say.say(&Message::new("models-show-parameter-unset")));
    }
    for value in values {
        let message = Message::new("models-show-value").with("from", value.from).with("region", &value.region);
        let message = message.with("class", &value.class).with("value", value.value);
        let message = message.with("certainty", value.certainty.key()).with("reference", &value.reference);
        println!("  {}", say.say(&message));
    }
}

fn test(args: &Test, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let (catalog, models) = context.wait(get_models(&args.place.place()))?;
    let mut wanted = Vec::new();
    for key in &args.model {
        wanted.push(get_model(&models, key, say)?);
    }
    if wanted.is_empty() {
        wanted.extend(models.models.values());
    }
    let results = context.wait(models::test(&catalog, &models, &wanted))?;
    let mut failed = 0_usize;
    for result in &results {
        let key = if result.differences.is_empty() { "models-test-passed" } else { "models-test-failed" };
        failed += usize::from(!result.differences.is_empty());
        let place = format!("models/{}.cases.yaml:{}", result.model, result.line);
        let message = Message::new(key).with("model", &result.model).with("name", &result.name).with("place", place);
        println!("{}", say.say(&message));
        for difference in &result.differences {
            println!("    {}", say.say(difference));
        }
    }
    let summary = Message::new("models-test-summary").with("models", wanted.len()).with("cases", results.len());
    println!("{}", say.say(&summary.with("passed", results.len() - failed).with("failed", failed)));
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Exit 0; a model that stopped says why and stops nobody else.
fn run_kept(args: &Run, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let is_wanted = |model: &Model| args.model.is_empty() || args.model.contains(&model.key);
    let (catalog, mut all) = context.wait(get_models_to_run(&args.place.place(), is_wanted))?;
    for key in &args.model {
        get_model(&all, key, say)?;
    }
    all.models.retain(|_, model| is_wanted(model));
    let order = CompareOrder { as_of: args.as_of, coverage: args.coverage.clone(), region: args.region.clone() };
    let app = context.open(&args.home, Access::Read)?;
    let content = Content { catalog: Arc::new(catalog), models: Arc::new(all) };
    let compared = context.wait(models::compare_kept(&app, &operator(Purpose::Analysis), (order, content)))?;
    context.wait(app.close())?;
    for report in &compared.reports {
        if args.json {
            for lead in &report.leads {
                println!("{}", serde_json::to_string(lead)?);
            }
            continue;
        }
        if let Some(stopped) = &report.stopped {
            let line = Message::new("run-stopped-line").with("model", &report.model).with("why", say.say(stopped));
            println!("{}", say.say(&line));
            continue;
        }
        let outcomes: Vec<String> =
            report.outcomes.iter().map(|(outcome, count)| format!("{outcome} {count}")).collect();
        let line = Message::new("models-run-line").with("model", &report.model).with("compared", report.compared);
        println!("{}", say.say(&line.with("leads", report.leads.len()).with("outcomes", outcomes.join(" · "))));
    }
    Ok(ExitCode::SUCCESS)
}
