//! `gongzhi match --registry FILE (--names FILE --column NAME | NAME…)`: which taxpayer each name speaks of.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use gongzhi_core::identity::{Decisions, Mark, Match, Query};
use gongzhi_core::messages::{Message, Translator};
use serde_json::{Value, json};

use super::{CatalogWords, Context};
use crate::acts::analyse::identity;
use crate::acts::catalog::{list_sources, read_divisions};

#[derive(clap::Args)]
pub struct Args {
    /// Registries: csv or parquet with name, uscc, and where there are some address and former names.
    #[arg(long, required = true)]
    registry: Vec<PathBuf>,
    /// A csv or parquet file of names.
    #[arg(long, conflicts_with = "name")]
    names: Option<PathBuf>,
    /// Its column of names.
    #[arg(long, requires = "names")]
    column: Option<String>,
    /// Its column of codes, where it has one.
    #[arg(long, requires = "names")]
    code_column: Option<String>,
    /// Most candidates a name.
    #[arg(long, default_value_t = 5)]
    top: usize,
    #[arg(long)]
    json: bool,
    /// Says on standard error how long the index and the search took and how much memory was used at most.
    #[arg(long, hide = true)]
    timings: bool,
    #[command(flatten)]
    place: CatalogWords,
    /// Names, when there is no file of them.
    #[arg(required_unless_present = "names")]
    name: Vec<String>,
}

/// A line a row, in order, blank names too. Exit 0.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let start = Instant::now();
    let divisions = read_divisions(&list_sources(&args.place.place())?);
    let (index, records) = identity::build_index(&args.registry, &divisions)?;
    let index_seconds = start.elapsed().as_secs_f64();
    let names = match &args.names {
        Some(file) => identity::list_names(file, args.column.as_deref(), args.code_column.as_deref())?,
        None => args.name.iter().map(|name| (name.clone(), String::new())).collect(),
    };
    let decisions = Decisions::default();
    let start = Instant::now();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (row, (name, code)) in names.iter().enumerate() {
        let query = Query { name, uscc: code, ..Query::default() };
        let found = index.find(&query, &decisions, args.top);
        if args.json {
            writeln!(out, "{}", line(row + 1, name, &found))?;
        } else {
            write!(out, "{}", paragraph(row + 1, name, &found, say))?;
        }
    }
    out.flush()?;
    if args.timings {
        let find_seconds = start.elapsed().as_secs_f64();
        eprintln!(
            "{}",
            json!({
                "records": records, "entries": index.entry_count(), "index_seconds": index_seconds, "names": names.len(),
                "find_seconds": find_seconds, "peak_memory_bytes": peak_memory_bytes(),
            })
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn line(row: usize, name: &str, found: &Match) -> Value {
    let keys = |marks: &[Mark]| marks.iter().map(|mark| mark.key()).collect::<Vec<_>>();
    let candidates: Vec<Value> = found
        .candidates
        .iter()
        .map(|one| {
            json!({
                "uscc": one.uscc, "name": one.name, "score": f64::from(one.score_thousandths) / 1000.0,
                "agree": keys(&one.agree), "differ": keys(&one.differ),
            })
        })
        .collect();
    json!({ "row": row, "name": name, "class": found.class.key(), "candidates": candidates })
}

fn paragraph(row: usize, name: &str, found: &Match, say: &Translator) -> String {
    let word = |prefix: &str, key: &str| {
        let key = format!("{prefix}-{}", key.replace('_', "-"));
        say.say(&Message::new(key))
    };
    let class = word("identity-class", found.class.key());
    let head = Message::new("identity-line").with("row", row).with("name", name).with("class", class);
    let mut text = say.say(&head) + "\n";
    for one in &found.candidates {
        let words = |marks: &[Mark]| {
            marks
                .iter()
                .map(|mark| word("identity-mark", mark.key()))
                .collect::<Vec<_>>()
                .join(&word("identity", "comma"))
        };
        let candidate = Message::new("identity-candidate")
            .with("uscc", &one.uscc)
            .with("name", &one.name)
            .with("score", format!("{:.1}", f64::from(one.score_thousandths) / 10.0));
        text.push_str(&say.say(&candidate));
        for (key, marks) in [("identity-agree", &one.agree), ("identity-differ", &one.differ)] {
            if !marks.is_empty() {
                text.push_str(&say.say(&Message::new(key).with("marks", words(marks))));
            }
        }
        text.push('\n');
    }
    text
}

/// The most memory this process has used so far, as Linux counts it; 0 elsewhere.
fn peak_memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kilobytes| kilobytes * 1024)
}
