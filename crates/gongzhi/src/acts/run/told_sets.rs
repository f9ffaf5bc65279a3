//! What each set of a folder does to what stood before it, told once the whole folder is in: whichever file was read first,
//! and whether the run was broken off in between, the same is told.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, anyhow};
use gongzhi_core::messages::Translator;
use gongzhi_core::state::VisibleBatches;
use gongzhi_engine::batch::BatchError;
use gongzhi_engine::effects::{SetEffect, list_effects};
use gongzhi_engine::parallel::in_order;
use gongzhi_engine::parts::DataPlace;
use gongzhi_engine::session::SessionPlace;
use serde_json::{Value as Json, json};

use super::order::RunContext;
use super::taking_in::TakenFolder;
use crate::acts::collect::intake_report::issue_json;
use crate::acts::collect::set_effects::{SetNamed, effect_json, warnings};

/// Puts into the report of each file what its sets do, and the warnings about it.
pub fn tell_sets(
    taken: &mut TakenFolder,
    (visible, place): (&VisibleBatches, &SessionPlace),
    context: &RunContext<'_>,
) -> Result<()> {
    let effects = list(taken, (visible, place), context)?;
    for one in &visible.batches {
        let batch = &one.batch;
        let (Some(effect), Some(report)) = (effects.get(&batch.id), taken.reports.get_mut(&one.file)) else { continue };
        put(report, (&batch.item, &batch.kind), effect);
        let set = SetNamed { item: &batch.item, kind: &batch.kind, mode: batch.mode };
        for issue in warnings(&context.catalog, &set, effect) {
            warn(report, issue_json(&issue, context.say));
        }
    }
    Ok(())
}

fn list(
    taken: &TakenFolder,
    (visible, place): (&VisibleBatches, &SessionPlace),
    context: &RunContext<'_>,
) -> Result<BTreeMap<String, SetEffect>> {
    let of_folder: BTreeSet<&str> = visible
        .batches
        .iter()
        .filter(|one| taken.reports.contains_key(&one.file))
        .map(|one| one.batch.id.as_str())
        .collect();
    let kinds: BTreeSet<String> =
        visible.batches.iter().map(|one| format!("{}.{}", one.batch.item, one.batch.kind)).collect();
    let kinds: Vec<_> = kinds.iter().filter_map(|kind| context.catalog.find_kind(kind)).collect();
    let data = DataPlace { folder: &place.folder, keys: &place.keys };
    let mut effects = BTreeMap::new();
    in_order(
        kinds.len(),
        |at| list_effects(data, visible, kinds[at], |batch| of_folder.contains(batch.id.as_str())),
        |_, of_kind| {
            effects.extend(of_kind?);
            Ok::<_, BatchError>(())
        },
    )
    .map_err(|error| failed(&error, context.say))?;
    Ok(effects)
}

fn failed(error: &BatchError, say: &Translator) -> anyhow::Error {
    anyhow!("{}", say.say(&error.message()))
}

fn put(report: &mut Json, (item, kind): (&str, &str), effect: &SetEffect) {
    let batches = report["batches"].as_array_mut().into_iter().flatten();
    for batch in batches.filter(|batch| batch["item"] == item && batch["kind"] == kind) {
        batch["taken_as"] = json!(effect.role.key());
        batch["effect"] = effect_json(effect);
    }
}

fn warn(report: &mut Json, issue: Json) {
    if let Some(issues) = report["issues"].as_array_mut() {
        issues.push(issue);
    }
}
