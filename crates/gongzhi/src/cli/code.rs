//! `gongzhi code VALUE…|-`: tells which kind of code each value is and whether it holds.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use gongzhi_core::codes::{self, CodeReport};
use gongzhi_core::messages::{Message, Translator};
use serde_json::{Map, Value};

use super::Context;

#[derive(clap::Args)]
pub struct Args {
    /// Values, or `-`: one a line from standard input.
    #[arg(required = true)]
    value: Vec<String>,
    #[arg(long)]
    json: bool,
}

/// One line (JSON) or one paragraph for each value, blank ones too. Exit 0.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut show = |value: &str| {
        let report = codes::check(value, context.today);
        if args.json {
            writeln!(out, "{}", json(value, &report, &context.translator))
        } else {
            write!(out, "{}", paragraph(value, &report, &context.translator))
        }
    };
    if args.value == ["-"] {
        let mut lines = std::io::stdin().lock();
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            let text = String::from_utf8_lossy(&line);
            show(text.strip_suffix('\n').map_or(&*text, |text| text.strip_suffix('\r').unwrap_or(text)))?;
            line.clear();
        }
    } else {
        args.value.iter().try_for_each(|value| show(value))?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn json(value: &str, report: &CodeReport, say: &Translator) -> Value {
    let mut object = Map::new();
    object.insert("value".to_owned(), value.into());
    object.insert("kind".to_owned(), report.kind.key().into());
    object.insert("verdict".to_owned(), report.verdict.key().into());
    let optional = [
        ("normalised", report.normalised.clone()),
        ("suggestion", report.suggestion.clone()),
        ("notice", report.notice.as_ref().map(|notice| say.say(notice))),
    ];
    for (key, text) in optional {
        if let Some(text) = text {
            object.insert(key.to_owned(), text.into());
        }
    }
    Value::Object(object)
}

fn paragraph(value: &str, report: &CodeReport, say: &Translator) -> String {
    let word = |prefix: &str, key: &str| {
        let key = format!("{prefix}-{}", key.replace('_', "-"));
        say.say(&Message::new(key))
    };
    let line = Message::new("codes-line")
        .with("value", value)
        .with("kind", word("codes-kind", report.kind.key()))
        .with("verdict", word("codes-verdict", report.verdict.key()));
    let mut text = say.say(&line) + "\n";
    let more = [
        report.normalised.as_ref().map(|code| Message::new("codes-line-normalised").with("code", code)),
        report.suggestion.as_ref().map(|code| Message::new("codes-line-suggestion").with("code", code)),
        report.notice.as_ref().map(|notice| Message::new("codes-line-notice").with("notice", say.say(notice))),
    ];
    for message in more.into_iter().flatten() {
        text.push_str(&say.say(&message));
        text.push('\n');
    }
    text
}
