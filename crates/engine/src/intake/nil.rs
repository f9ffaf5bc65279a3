//! Nil sets: what a unit declares without a file.

use gongzhi_core::catalog::{Item, Kind};
use gongzhi_core::intake::{Clues, Judge, Refusal};
use gongzhi_core::messages::Message;
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;

use super::{IntakeBatch, IntakeContext, IntakeReport, IntakeRequest, Outcome, region_of, unknown_names};

/// Takes in the declaration that there is nothing to report, or that nothing exists: a nil set for each kind of the item,
/// without a file.
pub fn declare_nil(context: &IntakeContext<'_>, request: &IntakeRequest) -> IntakeReport {
    if let Some(refusal) = unknown_names(context, request) {
        return IntakeReport::refused(&request.name, refusal);
    }
    let Some(item) = request.item.as_ref().and_then(|item| context.catalog.items.get(item)) else {
        return IntakeReport::refused(&request.name, Refusal::new("nil", Message::new("intake-nil-without-item")));
    };
    let clues = Clues { identity: None, flags: &request.flags, titles: &[], column: None, path: &request.name };
    let judge = Judge { catalog: context.catalog, units: &context.books.units, item, today: request.today };
    let found = judge.unit(&clues).and_then(|(unit, _)| Ok((unit, judge.period(&clues)?.0)));
    let (unit, period) = match found {
        Ok(found) => found,
        Err(refusal) => return IntakeReport::refused(&request.name, refusal),
    };
    let wanted = |kind: &&Kind| request.kind.as_ref().is_none_or(|key| *key == kind.key);
    let mode = request.flags.mode.filter(|mode| mode.is_nil()).unwrap_or(SetMode::Nil);
    let batches = nil_batches(context, item, (&unit, period, mode), item.kinds.iter().filter(wanted));
    IntakeReport {
        file: request.name.clone(),
        outcome: Outcome::Accepted,
        unit: Some(unit),
        period: Some(period),
        mode: Some(mode),
        batches,
        ..IntakeReport::default()
    }
}

/// A nil set for each of the kinds; those whose columns are all closed are not expected.
pub(super) fn nil_batches<'k>(
    context: &IntakeContext<'_>,
    item: &Item,
    (unit, period, mode): (&str, Period, SetMode),
    kinds: impl Iterator<Item = &'k Kind>,
) -> Vec<IntakeBatch> {
    let open = kinds.filter(|kind| !kind.columns.iter().all(|column| column.closed));
    open.map(|kind| IntakeBatch {
        id: (context.new_id)(),
        region: region_of(context.catalog, unit),
        unit: unit.to_owned(),
        item: item.key.clone(),
        kind: kind.key.clone(),
        period,
        mode,
        template_version: item.version_on(period.last_day()),
        keys: Vec::new(),
        files: None,
        rows: 0,
        is_supplement: false,
        effect: None,
    })
    .collect()
}
