//! What each set of a folder does to what stood before it, told once the whole folder is in: whichever file was read first,
//! and whether the run was broken off in between, the same is told.

use std::collections::{BTreeMap, BTreeSet};

use gongzhi_core::intake::mask::shown;
use gongzhi_core::issues::Issue;
use gongzhi_core::problems::ActError;
use gongzhi_core::reports::FileReport;
use gongzhi_core::state::VisibleBatches;
use gongzhi_engine::batch::BatchError;
use gongzhi_engine::effects::{SetEffect, list_effects};
use gongzhi_engine::parallel::in_order;
use gongzhi_engine::parts::DataPlace;
use gongzhi_engine::session::SessionPlace;

use super::order::RunContext;
use super::taking_in::TakenFolder;
use crate::acts::collect::set_effects::{SetNamed, found_effect, warnings};

/// Puts into the report of each file what its sets do, and the warnings about it.
pub fn tell_sets(
    taken: &mut TakenFolder,
    (visible, place): (&VisibleBatches, &SessionPlace),
    context: &RunContext<'_>,
) -> Result<(), ActError> {
    let effects = list(taken, (visible, place), context)?;
    for one in visible.batches() {
        let batch = &one.batch;
        let (Some(effect), Some(report)) = (effects.get(&batch.id), taken.reports.get_mut(&one.file)) else { continue };
        put(report, (&batch.item, &batch.kind), effect);
        let set = SetNamed { item: &batch.item, kind: &batch.kind, mode: batch.mode };
        for issue in warnings(&context.catalog, &set, effect) {
            report.issues.push(Issue { sheet: shown(&issue.sheet).into_owned(), ..issue });
        }
    }
    Ok(())
}

fn list(
    taken: &TakenFolder,
    (visible, place): (&VisibleBatches, &SessionPlace),
    context: &RunContext<'_>,
) -> Result<BTreeMap<String, SetEffect>, ActError> {
    let of_folder: BTreeSet<&str> = visible
        .batches()
        .iter()
        .filter(|one| taken.reports.contains_key(&one.file))
        .map(|one| one.batch.id.as_str())
        .collect();
    let kinds: BTreeSet<String> =
        visible.batches().iter().map(|one| format!("{}.{}", one.batch.item, one.batch.kind)).collect();
    let kinds: Vec<_> = kinds.iter().filter_map(|kind| context.catalog.find_kind(kind)).collect();
    let data = DataPlace { folder: &place.folder, keys: &place.keys };
    let mut effects = BTreeMap::new();
    in_order(
        kinds.len(),
        |at| {
            list_effects(data, (visible.batches(), visible.moment()), kinds[at], |batch| {
                of_folder.contains(batch.id.as_str())
            })
        },
        |_, of_kind| {
            effects.extend(of_kind?);
            Ok::<_, BatchError>(())
        },
    )?;
    Ok(effects)
}

fn put(report: &mut FileReport, (item, kind): (&str, &str), effect: &SetEffect) {
    for batch in report.batches.iter_mut().filter(|batch| batch.item == item && batch.kind == kind) {
        batch.taken_as = Some(effect.role);
        batch.effect = Some(found_effect(effect));
    }
}
