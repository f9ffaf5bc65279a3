//! Rows of a set held against those that stood before them, cell by cell: which rows it only says again, which columns are
//! of another measure than they were; and where the rows stand that take back what was not there.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::util::display::array_value_to_string;
use gongzhi_core::catalog::{Column, ColumnType};
use gongzhi_core::state::{Counted, Place, VisibleBatch};

use super::{Group, Missed, Scaled, name_of, naming_columns};
use crate::batch::BatchError;
use crate::layouts::read_layouts;
use crate::parts::{PartReader, Source};
use crate::schema::{Part, part_of};

/// Pairs of rows that are compared at once.
const COMPARED_AT_ONCE: usize = 8_192;
/// Rows whose figures are held against what they were.
const LOOKED_AT: usize = 2_000;
/// Fewest figures that show another measure.
const FEWEST_SCALED: usize = 3;
/// How many times another it then is: ten thousand, and what became more or less meanwhile.
const SCALE: std::ops::RangeInclusive<f64> = 3_000.0..=30_000.0;

impl Group<'_> {
    /// By column, what the rows before said in it: of what their sheet says nothing, what the rows beneath them said.
    pub(super) fn before<T: Clone + Default + PartialEq>(
        &self,
        sets: &[Counted<'_>],
        replaced: &[(Place, Place)],
        columns: &[&Column],
        (beneath, of): (impl Fn(Place) -> Option<Place>, impl Fn(&ArrayRef, usize) -> T),
    ) -> Result<Vec<Vec<T>>, BatchError> {
        let mut before = self.cells(sets, replaced.iter().map(|(before, _)| *before), columns, &of)?;
        let nothing = T::default();
        let lacks = |place: Place, column: &Column| {
            self.unsaid.of(&sets[place.batch].batch.id).is_some_and(|lacked| lacked.contains(&column.key))
        };
        let mut open: Vec<(usize, Place)> = replaced.iter().map(|(before, _)| *before).enumerate().collect();
        loop {
            open.retain(|(at, place)| {
                (0..columns.len()).any(|c| before[c][*at] == nothing && lacks(*place, columns[c]))
            });
            let next: Vec<(usize, Place, Place)> =
                open.iter().filter_map(|(at, place)| Some((*at, *place, beneath(*place)?))).collect();
            if next.is_empty() {
                return Ok(before);
            }
            let below = self.cells(sets, next.iter().map(|(_, _, place)| *place), columns, &of)?;
            for (number, (at, above, _)) in next.iter().enumerate() {
                for (c, _) in columns.iter().enumerate().filter(|(_, column)| lacks(*above, column)) {
                    if before[c][*at] == nothing {
                        before[c][*at].clone_from(&below[c][number]);
                    }
                }
            }
            open = next.into_iter().map(|(at, _, place)| (at, place)).collect();
        }
    }

    /// By column, what each of these rows has in it.
    pub(super) fn cells<T: Clone + Default>(
        &self,
        sets: &[Counted<'_>],
        places: impl Iterator<Item = Place>,
        columns: &[&Column],
        of: impl Fn(&ArrayRef, usize) -> T,
    ) -> Result<Vec<Vec<T>>, BatchError> {
        let mut by_batch: BTreeMap<usize, BTreeMap<u32, usize>> = BTreeMap::new();
        let mut count = 0;
        for (at, place) in places.enumerate() {
            count = at + 1;
            by_batch.entry(place.batch).or_default().extend(u32::try_from(place.row).ok().map(|row| (row, at)));
        }
        let mut found = vec![vec![T::default(); count]; columns.len()];
        let source = |column: &Column| match part_of(self.kind, column) {
            Part::Personal => Source::Personal,
            // Of a digested column the digest stands in the main part.
            Part::Main | Part::Digested => Source::Main,
        };
        let names: Vec<(Source, String)> = columns.iter().map(|column| (source(column), column.key.clone())).collect();
        for (batch, rows) in by_batch {
            let Some(visible) = self.by_id.get(sets[batch].batch.id.as_str()) else { continue };
            let numbers: Vec<u32> = rows.keys().copied().collect();
            let mut reader = PartReader::open(self.place, visible, &names, Some(&numbers))?;
            let mut positions = rows.into_values();
            while let Some(slice) = reader.next_slice()? {
                for (row, position) in positions.by_ref().take(slice.rows).enumerate() {
                    for (column, cells) in found.iter_mut().zip(&slice.columns) {
                        if let Some(cells) = cells.as_ref() {
                            column[position] = of(cells, row);
                        }
                    }
                }
            }
        }
        Ok(found)
    }

    /// How many of the rows that differ from those before them differ only in what one of both sheets has no column for.
    /// Where all sheets of the group have the same columns nothing is read.
    pub(super) fn count_restated(
        &self,
        sets: &[Counted<'_>],
        replaced: &[(Place, Place)],
        beneath: impl Fn(Place) -> Option<Place>,
    ) -> Result<u64, BatchError> {
        let Some((_, after)) = replaced.first() else { return Ok(0) };
        if !sets.iter().any(|set| set.is_partial) {
            return Ok(0);
        }
        let lacked = self.unsaid.of(&sets[after.batch].batch.id);
        let is_said = |column: &&Column| {
            column.column_type != ColumnType::Period
                && !self.kind.key_columns.contains(&column.key)
                && !lacked.is_some_and(|lacked| lacked.contains(&column.key))
        };
        let columns: Vec<&Column> = self.kind.columns.iter().filter(is_said).collect();
        let mut restated = 0;
        for pairs in replaced.chunks(COMPARED_AT_ONCE) {
            let before = self.before(sets, pairs, &columns, (&beneath, print));
            let after = self.cells(sets, pairs.iter().map(|(_, after)| *after), &columns, print);
            // Of what was erased nobody can say that it is the same.
            let (before, after) = match (before, after) {
                (Err(BatchError::Erased { .. }), _) | (_, Err(BatchError::Erased { .. })) => return Ok(restated),
                (before, after) => (before?, after?),
            };
            let is_same = |at: &usize| (0..columns.len()).all(|c| before[c][*at] == after[c][*at]);
            restated += (0..pairs.len()).filter(is_same).count() as u64;
        }
        Ok(restated)
    }

    /// Columns of amounts and areas that are in nearly all rows ten thousand times what they were, or a ten thousandth:
    /// somebody wrote yuan for ten thousands of yuan. Some thousand rows tell.
    pub(super) fn list_scaled(
        &self,
        sets: &[Counted<'_>],
        replaced: &[(Place, Place)],
        beneath: impl Fn(Place) -> Option<Place>,
    ) -> Result<Vec<Scaled>, BatchError> {
        let replaced = &replaced[..replaced.len().min(LOOKED_AT)];
        if replaced.len() < FEWEST_SCALED {
            return Ok(Vec::new());
        }
        let is_figure = |column: &&Column| {
            matches!(column.column_type, ColumnType::Amount | ColumnType::Quantity)
                && part_of(self.kind, column) == Part::Main
        };
        let columns: Vec<&Column> = self.kind.columns.iter().filter(is_figure).collect();
        let before = self.before(sets, replaced, &columns, (beneath, figure))?;
        let after = self.cells(sets, replaced.iter().map(|(_, after)| *after), &columns, figure)?;
        let mut scaled = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let pairs = before[at].iter().zip(&after[at]).filter(|(before, after)| **before > 0.0 && **after > 0.0);
            let ratios: Vec<f64> = pairs.map(|(before, after)| after / before).collect();
            for is_greater in [true, false] {
                let is_scaled = |ratio: &&f64| SCALE.contains(&if is_greater { **ratio } else { 1.0 / **ratio });
                let rows = ratios.iter().filter(is_scaled).count();
                if rows >= FEWEST_SCALED && rows * 5 >= ratios.len() * 4 {
                    scaled.push(Scaled { column: column.key.clone(), is_greater, rows: rows as u64 });
                }
            }
        }
        Ok(scaled)
    }

    /// Where the rows stand that take back what was not on record, and what they are called.
    pub(super) fn list_missed(&self, visible: &VisibleBatch, rows: &[Place]) -> Result<Vec<Missed>, BatchError> {
        let numbers: Vec<u32> = rows.iter().filter_map(|place| u32::try_from(place.row).ok()).collect();
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let layouts = read_layouts(self.place, visible)?;
        let names = naming_columns(self.kind).into_iter().map(|column| column.key.as_str()).chain(["_sheet", "_row"]);
        let columns: Vec<(Source, String)> = names.map(|name| (Source::Main, name.to_owned())).collect();
        let mut reader = PartReader::open(self.place, visible, &columns, Some(&numbers))?;
        let mut missed = Vec::with_capacity(numbers.len());
        while let Some(slice) = reader.next_slice()? {
            let [.., sheets, numbers] = &slice.columns[..] else { continue };
            for at in 0..slice.rows {
                let text = |cells: &Option<ArrayRef>| {
                    let cells = cells.as_ref().filter(|cells| cells.is_valid(at));
                    cells.and_then(|cells| array_value_to_string(cells, at).ok()).unwrap_or_default()
                };
                let sheet = text(sheets);
                let Ok(row) = text(numbers).parse() else { continue };
                let layout = layouts.get(&sheet);
                let place = |key: &String| Some((key.clone(), *layout?.get(key)?));
                let column = self.kind.key_columns.iter().find_map(place);
                missed.push(Missed { sheet, row, column, name: name_of(&slice.columns, at) });
            }
        }
        Ok(missed)
    }
}

/// A figure; 0 of an empty cell.
fn figure(cells: &ArrayRef, row: usize) -> f64 {
    let text = cells.is_valid(row).then(|| array_value_to_string(cells, row).ok()).flatten();
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// What a cell says, in short; 0 of an empty one.
fn print(cells: &ArrayRef, row: usize) -> u64 {
    if !cells.is_valid(row) {
        return 0;
    }
    let mut hasher = DefaultHasher::new();
    array_value_to_string(cells, row).unwrap_or_default().hash(&mut hasher);
    hasher.finish().max(1)
}
