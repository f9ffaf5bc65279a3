//! `gongzhi demo-score`: how a run over the made-up county did against its truth.

use std::path::PathBuf;
use std::process::ExitCode;

use gongzhi_core::messages::Message;
use serde_json::{Map, Value as Json, json};

use super::Context;
use crate::demo::score::{Score, Tally, score};

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
    for message in messages_of(&score) {
        println!("{}", context.translator.say(&message));
    }
    if args.differences {
        for alarm in &score.false_alarms {
            println!("! {alarm}");
        }
        for (sign, (model, uscc, period)) in &score.differences {
            println!("{sign} {model} {uscc} {period}");
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

fn messages_of(score: &Score) -> Vec<Message> {
    let mut messages = vec![
        tallied("demo-score-cells", score.cells).with("alarms", score.false_alarms.len()),
        tallied("demo-score-identity", score.identity),
    ];
    let model = |(model, tally): (&String, &Tally)| tallied("demo-score-model", *tally).with("model", model);
    messages.extend(score.models.iter().map(model));
    messages.push(tallied("demo-score-models", score.all_models));
    messages.push(Message::new("demo-score-gaps").with("right", score.gaps.0).with("compared", score.gaps.1));
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
    let models: Map<String, Json> = score.models.iter().map(|(model, tally)| (model.clone(), of(tally))).collect();
    json!({
        "intake": of(&score.cells),
        "false_alarms": score.false_alarms,
        "identity": of(&score.identity),
        "models": models,
        "all_models": of(&score.all_models),
        "gaps": {"right": score.gaps.0, "compared": score.gaps.1},
        "differences": score.differences.iter().map(|(sign, (model, uscc, period))| {
            json!({"planted": *sign == '-', "model": model, "uscc": uscc, "period": period})
        }).collect::<Vec<_>>(),
    })
}
