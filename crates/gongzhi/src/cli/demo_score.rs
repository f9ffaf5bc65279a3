//! `gongzhi demo-score`: how a run over the made-up county did against its truth.

use std::path::PathBuf;
use std::process::ExitCode;

use gongzhi_core::messages::{Message, Translator};
use gongzhi_demo::score::{Score, Tally, score, share};
use gongzhi_demo::score_leads::{Difference, LeftAlone};
use serde_json::{Map, Value as Json, json};

use super::Context;

#[derive(clap::Args)]
pub struct Args {
    run: PathBuf,
    #[arg(long)]
    truth: PathBuf,
    #[arg(long)]
    json: bool,
    #[arg(long)]
    differences: bool,
}

/// Exit 0 when compared, 2 when one side can't be read.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let score = score(&args.run, &args.truth)?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&as_json(&score))?);
        return Ok(ExitCode::SUCCESS);
    }
    for message in messages_of(&score, &context.translator) {
        println!("{}", context.translator.say(&message));
    }
    if args.differences {
        for alarm in &score.false_alarms {
            println!("! {alarm}");
        }
        for Difference { sign, key: (model, uscc, period), fact } in &score.leads.differences {
            println!("{}", format!("{sign} {model} {uscc} {period} {fact}").trim_end());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Hundredths of a per cent as people write them.
fn percent(hundredths: usize) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn tallied(key: &'static str, tally: Tally) -> Message {
    Message::new(key)
        .with("planted", tally.planted)
        .with("found", tally.found)
        .with("right", tally.right)
        .with("recall", percent(tally.recall()))
        .with("precision", percent(tally.precision()))
}

fn messages_of(score: &Score, say: &Translator) -> Vec<Message> {
    let mut messages = vec![
        tallied("demo-score-cells", score.cells).with("alarms", score.false_alarms.len()),
        tallied("demo-score-identity", score.identity),
    ];
    let model = |(model, tally): (&String, &Tally)| tallied("demo-score-model", *tally).with("model", model);
    let leads = &score.leads;
    messages.extend(leads.models.iter().map(model));
    messages.push(tallied("demo-score-models", leads.all_models));
    messages.push(tallied("demo-score-facts", leads.facts));
    messages.extend(leads.tempting.iter().map(|(tempting, left)| {
        let name = Message::new(format!("demo-tempting-{}", tempting.replace('_', "-")));
        let message = Message::new("demo-score-tempting").with("alone", left.alone).with("copies", left.copies);
        message.with("tempting", say.say(&name)).with("share", percent(share(left.alone, left.copies)))
    }));
    messages.push(Message::new("demo-score-gaps").with("right", leads.gaps.0).with("compared", leads.gaps.1));
    messages
}

fn as_json(score: &Score) -> Json {
    let of = |tally: &Tally| {
        json!({
            "planted": tally.planted,
            "found": tally.found,
            "right": tally.right,
            "recall_percent": percent(tally.recall()),
            "precision_percent": percent(tally.precision()),
        })
    };
    let leads = &score.leads;
    let models: Map<String, Json> = leads.models.iter().map(|(model, tally)| (model.clone(), of(tally))).collect();
    let tempting = |(tempting, left): (&String, &LeftAlone)| {
        let share = percent(share(left.alone, left.copies));
        (tempting.clone(), json!({"copies": left.copies, "left_alone": left.alone, "left_alone_percent": share}))
    };
    let tempting: Map<String, Json> = leads.tempting.iter().map(tempting).collect();
    json!({
        "intake": of(&score.cells),
        "false_alarms": score.false_alarms,
        "identity": of(&score.identity),
        "models": models,
        "all_models": of(&leads.all_models),
        "facts": of(&leads.facts),
        "tempting": tempting,
        "gaps": {"right": leads.gaps.0, "compared": leads.gaps.1},
        "differences": leads.differences.iter().map(|one| {
            let (model, uscc, period) = &one.key;
            json!({"sign": one.sign, "model": model, "uscc": uscc, "period": period, "fact": one.fact})
        }).collect::<Vec<_>>(),
    })
}
