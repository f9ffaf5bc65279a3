//! `gongzhi state`: what holds of a record kind, as of a day and in a period.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::NaiveDate;
use gongzhi_core::access::Purpose;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::period::Period;
use gongzhi_engine::tables::EvidencePlace;
use serde_json::json;

use super::{CatalogWords, Context};
use crate::acts::analyse::state::{SetLine, StateOrder, WorklistPlace, get_kind, show_state};
use crate::acts::catalog::get_catalog;
use crate::acts::collect::set_effects::{effect_line, found_effect};
use crate::acts::home::Access;
use crate::acts::operator::operator;

#[derive(clap::Args)]
pub struct Args {
    #[arg(value_name = "ITEM.KIND")]
    kind: String,
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
    #[arg(long)]
    period: Option<Period>,
    #[arg(long)]
    worklist: bool,
    #[arg(long)]
    sets: bool,
    #[arg(long)]
    json: bool,
    #[arg(long, default_value = ".gongzhi")]
    home: PathBuf,
    #[command(flatten)]
    place: CatalogWords,
}

/// With `--json` a line a row (with `--worklist`: a line an entry, with `--sets`: a line a set), else a summary with the sets.
pub fn run(args: Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let catalog = Arc::new(get_catalog(&args.place.place())?);
    get_kind(&catalog, &args.kind)?;
    let app = context.open(&args.home, Access::Read)?.with_catalog(Arc::clone(&catalog));
    let is_listed = args.json && !args.worklist && !args.sets;
    let order = StateOrder { kind: args.kind, as_of: args.as_of, period: args.period };
    let show = move |row| {
        if is_listed {
            println!("{}", serde_json::Value::Object(row));
        }
    };
    let actor = operator(Purpose::Analysis);
    let found = context.wait(show_state(&app, &actor, &order, (show, args.sets || !args.json)))?;
    context.wait(app.close())?;
    if !args.json {
        let summary = Message::new("state-summary")
            .with("kind", &order.kind)
            .with("batches", found.batches)
            .with("rows", found.rows)
            .with("worklist", found.worklist.len());
        println!("{}", say.say(&summary));
    }
    for set in &found.sets {
        println!("{}", if args.json { set_json(set)? } else { set_text(set, &catalog, say) });
    }
    for entry in found.worklist.iter().filter(|_| args.worklist) {
        println!("{}", if args.json { entry_json(entry) } else { entry_text(entry, say) });
    }
    Ok(ExitCode::SUCCESS)
}

fn set_json(line: &SetLine) -> anyhow::Result<String> {
    let SetLine { set, effect } = line;
    let batch = &set.batch;
    let json = json!({
        "file": set.file, "unit": batch.unit, "region": batch.region, "period": batch.period.to_string(),
        "accepted_at": batch.accepted_at.to_rfc3339(), "mode": batch.mode.key(), "rows": set.rows,
        "supplement": batch.supplement_of.is_some(), "taken_as": effect.role.key(), "effect": serde_json::to_value(found_effect(effect))?,
    });
    Ok(json.to_string())
}

fn set_text(line: &SetLine, catalog: &Catalog, say: &Translator) -> String {
    let SetLine { set, effect } = line;
    let batch = &set.batch;
    let unit = catalog.units.get(&batch.unit).map_or(batch.unit.as_str(), |unit| unit.name.get(say.language()));
    let word = |prefix: &str, key: &str| say.say(&Message::new(format!("{prefix}-{key}")));
    let head = Message::new("state-set")
        .with("unit", unit)
        .with("period", batch.period)
        .with("mode", word("intake-mode", batch.mode.key()))
        .with("taken_as", word("state-taken-as", effect.role.key()))
        .with("file", &set.file);
    [say.say(&head), say.say(&effect_line(effect))].join("\n")
}

fn entry_json(entry: &WorklistPlace) -> String {
    let place = |place: &Option<EvidencePlace>| {
        place.as_ref().map(|place| json!({"file": place.file, "sheet": place.sheet, "row": place.row}))
    };
    let line = &entry.line;
    json!({
        "mismatch": line.mismatch.key(), "unit": line.group.lineage, "region": line.group.region, "batch": line.batch,
        "row": place(&entry.after), "row_before": place(&entry.before),
    })
    .to_string()
}

fn entry_text(entry: &WorklistPlace, say: &Translator) -> String {
    let what = say.say(&Message::new(format!("state-mismatch-{}", entry.line.mismatch.key())));
    let place = |key: &'static str, place: &Option<EvidencePlace>| {
        let place = place.as_ref()?;
        let message = Message::new(key).with("file", &place.file).with("sheet", &place.sheet).with("row", place.row);
        Some(say.say(&message))
    };
    let parts = [Some(what), place("state-place", &entry.after), place("state-place-before", &entry.before)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
