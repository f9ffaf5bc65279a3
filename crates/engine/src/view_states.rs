//! The states of the views that a session is to have, rolled on the threads of the analysis.

use std::cmp::Reverse;
use std::collections::HashMap;

use futures::StreamExt;
use futures::stream;
use gongzhi_core::catalog::{BY_PERIOD, EVER, Item, Kind};
use gongzhi_core::state::{VisibleBatch, VisibleBatches};

use crate::analysis::Analysis;
use crate::batch::BatchError;
use crate::scan::SharedPlace;
use crate::state_cache::{Asked, StateKey};
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

    /// Keys of item and kind.
    fn key(&self) -> (&str, &str) {
        (&self.item.key, &self.kind.key)
    }
}

/// The states of the views in their order, as many rolled at once as the analysis has threads: those of most rows first, so
/// that none of them is left for the end. What was rolled before in the process and is still kept is not rolled again.
///
/// # Errors
/// A batch can't be read.
pub(crate) async fn list_states(
    analysis: &Analysis,
    (place, catalog): (&SharedPlace, &str),
    visible: &VisibleBatches,
    views: &[View<'_>],
) -> Result<Vec<KindState>, BatchError> {
    let mut by_kind: HashMap<(&str, &str), Vec<&VisibleBatch>> = HashMap::new();
    for one in visible.batches() {
        by_kind.entry((&one.batch.item, &one.batch.kind)).or_default().push(one);
    }
    let batches = |at: usize| by_kind.get(&views[at].key()).map_or(&[][..], Vec::as_slice);
    let mut turns: Vec<usize> = (0..views.len()).collect();
    turns.sort_by_key(|at| Reverse(batches(*at).iter().map(|one| one.rows).sum::<u64>()));
    let find = |at: usize| {
        let (kind, span, batches) = (views[at].kind, views[at].span(), batches(at));
        let key =
            StateKey::of(&Asked { folder: &place.folder, catalog, kind: views[at].key(), span, visible, batches });
        let item = views[at].item.key.as_str();
        async move {
            let roll = async {
                let (place, visible, item, kind) = (place.clone(), visible.clone(), item.to_owned(), kind.clone());
                analysis.block(move || roll_kind(place.get(), &visible, (&item, &kind), span)).await
            };
            let found = analysis.states().find_or_roll(key, roll).await;
            (at, found.map(|state| state.renewed(batches)))
        }
    };
    let mut found = stream::iter(turns).map(find).buffer_unordered(analysis.options().threads);
    let mut states = vec![KindState::default(); views.len()];
    while let Some((at, state)) = found.next().await {
        states[at] = state?;
    }
    Ok(states)
}
