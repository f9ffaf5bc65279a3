//! Of a state only the rows of some townships: those that name one of them in the column that says where a row belongs. A row
//! that names no place is the unit's own that sent it: of a township's own unit, the township's.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use gongzhi_core::access::{Scope, Townships};
use gongzhi_core::catalog::Kind;

use crate::batch::BatchError;
use crate::parts::{DataPlace, PartReader, Source};
use crate::tables::{KindState, StatePart};
use crate::unsaid::fill;

/// Leaves the rows out that do not lie in the scope's townships. What did not fit together is told to who sees all of
/// it.
///
/// # Errors
/// A batch can't be read.
pub(crate) fn keep_in_scope(
    place: DataPlace<'_>,
    state: &mut KindState,
    (scope, kind): (&Scope, &Kind),
) -> Result<(), BatchError> {
    if *scope.of_townships() == Townships::All {
        return Ok(());
    }
    state.worklist.clear();
    let column = kind.find_place_column().map(|column| (Source::Main, column.key.clone()));
    for part in &mut state.parts {
        part.rows = match &column {
            Some(column) => list_lying_in(place, part, column, scope)?,
            None if scope.covers_place(Some(&part.visible.batch.unit)) => Arc::clone(&part.rows),
            None => Arc::default(),
        };
    }
    state.parts.retain(|part| !part.rows.is_empty());
    Ok(())
}

/// The rows of a part that lie in the scope.
fn list_lying_in(
    place: DataPlace<'_>,
    part: &StatePart,
    column: &(Source, String),
    scope: &Scope,
) -> Result<Arc<[u32]>, BatchError> {
    let beneath = part.beneath.as_ref().filter(|beneath| beneath.columns.contains(&column.1));
    let before =
        beneath.map(|beneath| beneath.values_of(place, (column.0, &column.1))).transpose()?.unwrap_or_default();
    let mut reader = PartReader::open(place, &part.visible, std::slice::from_ref(column), Some(&part.rows))?;
    let (mut kept, mut read) = (Vec::new(), 0);
    while let Some(slice) = reader.next_slice()? {
        let rows = &part.rows[read..read + slice.rows];
        read += slice.rows;
        let cells = fill(slice.columns[0].as_ref(), rows, &before)?;
        let unit = part.visible.batch.unit.as_str();
        let named = |at: usize| cells.as_ref().and_then(|cells| text_at(cells, at)).unwrap_or(unit);
        let lying_in = rows.iter().enumerate().filter(|(at, _)| scope.covers_place(Some(named(*at))));
        kept.extend(lying_in.map(|(_, row)| *row));
    }
    Ok(kept.into())
}

fn text_at(cells: &ArrayRef, at: usize) -> Option<&str> {
    let texts = cells.as_string_opt::<i32>()?;
    texts.is_valid(at).then(|| texts.value(at)).filter(|text| !text.is_empty())
}
