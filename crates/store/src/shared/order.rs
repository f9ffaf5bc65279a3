//! The order in which batches stand, in either half.

use gongzhi_core::state::VisibleBatch;

/// Batches in the order of their acceptance, those of a folder that is one delivery in the order of their files' names; the
/// number of each is its place in that order from then on. Each is given with the number it was kept under, the last tie,
/// and with whether it is of a delivery.
pub(crate) fn numbered(mut batches: Vec<(VisibleBatch, bool)>) -> Vec<VisibleBatch> {
    batches.sort_by_cached_key(|(one, is_delivered)| {
        let place = if *is_delivered { one.file.clone() } else { String::new() };
        (one.batch.accepted_at, place, one.batch.sequence)
    });
    let numbered = batches.into_iter().zip(1..).map(|((mut one, _), number)| {
        one.batch.sequence = number;
        one
    });
    numbered.collect()
}
