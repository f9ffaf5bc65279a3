//! The states of the views that a session is to have, rolled on the threads of the analysis.

use std::cmp::Reverse;

use futures::StreamExt;
use futures::stream;
use gongzhi_core::catalog::{BY_PERIOD, EVER, Item, Kind};
use gongzhi_core::state::{VisibleBatch, VisibleBatches};

use crate::analysis::Analysis;
use crate::batch::BatchError;
use crate::scan::SharedPlace;
use crate::tables::{KindState, Span, roll_kind};

/// A view that a session is to have.
pub(crate) struct View<'c> {
    pub(crate) name: &'c str,
    pub(crate) item: &'c Item,
    pub(crate) kind: &'c Kind,
}

impl View<'_> {
    fn span(&self) -> Span {
        match self.name {
            name if name.ends_with(BY_PERIOD) => Span::EachPeriod,
            name if name.ends_with(EVER) => Span::Ever,
            _ => Span::Now,
        }
    }

    fn row_count(&self, visible: &VisibleBatches) -> u64 {
        let of_kind = |batch: &&VisibleBatch| batch.batch.item == self.item.key && batch.batch.kind == self.kind.key;
        visible.batches().iter().filter(of_kind).map(|batch| batch.rows).sum()
    }
}

/// The states of the views in their order, as many rolled at once as the analysis has threads: those of most rows first, so
/// that none of them is left for the end.
///
/// # Errors
/// A batch can't be read.
pub(crate) async fn list_states(
    analysis: &Analysis,
    place: &SharedPlace,
    visible: &VisibleBatches,
    views: &[View<'_>],
) -> Result<Vec<KindState>, BatchError> {
    let mut turns: Vec<usize> = (0..views.len()).collect();
    turns.sort_by_key(|at| Reverse(views[*at].row_count(visible)));
    let roll = |at: usize| {
        let view = &views[at];
        let (item, kind, span) = (view.item.key.clone(), view.kind.clone(), view.span());
        let (place, visible) = (place.clone(), visible.clone());
        let rolled = analysis.block(move || roll_kind(place.get(), &visible, (&item, &kind), span));
        async move { (at, rolled.await) }
    };
    let mut rolled = stream::iter(turns).map(roll).buffer_unordered(analysis.options().threads);
    let mut states = vec![KindState::default(); views.len()];
    while let Some((at, state)) = rolled.next().await {
        states[at] = state?;
    }
    Ok(states)
}
