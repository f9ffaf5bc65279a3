//! What sets do to what stood before them, with the first of the rows that they end or do not name called by name.
//!
//! Computed as of a moment from keys and prints, as states are; sets on which no earlier one bears are not read at all.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::util::display::array_value_to_string;
use gongzhi_core::catalog::{Column, ColumnType, Item, Kind};
use gongzhi_core::intake::mask::mask_citizens;
use gongzhi_core::state::{
    Batch, Counted, Effect, Place, Role, Roller, VisibleBatch, VisibleBatches, list_bearing, order_batches,
};

use crate::batch::BatchError;
use crate::parts::{DataPlace, PartReader, Source};
use crate::schema::{Part, part_of};
use crate::tables::read_arrivals;

/// What a set does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetEffect {
    /// What it is taken as.
    pub role: Role,
    /// In numbers.
    pub effect: Effect,
    /// The first of the rows that end or are not named, as people call them.
    pub first_gone: Vec<String>,
}

/// What the wanted sets of a kind do as of the moment of `visible`, by the id of their batch.
pub fn list_effects(
    place: DataPlace<'_>,
    visible: &VisibleBatches,
    (item, kind): (&Item, &Kind),
    is_wanted: impl Fn(&Batch) -> bool,
) -> Result<BTreeMap<String, SetEffect>, BatchError> {
    let mut effects = BTreeMap::new();
    for batches in visible.of_kind(item, kind).into_values() {
        let by_id: BTreeMap<&str, &VisibleBatch> =
            batches.iter().map(|visible| (visible.batch.id.as_str(), *visible)).collect();
        let ordered = order_batches(batches.iter().map(|visible| &visible.batch), visible.moment);
        let wanted: BTreeSet<&str> = ordered
            .iter()
            .map(|counted| counted.batch)
            .filter(|batch| is_wanted(batch))
            .map(|batch| batch.id.as_str())
            .collect();
        let group = Group { place, kind, by_id };
        group.list(&ordered, &wanted, &mut effects)?;
    }
    Ok(effects)
}

/// The batches of one group.
struct Group<'a> {
    place: DataPlace<'a>,
    kind: &'a Kind,
    by_id: BTreeMap<&'a str, &'a VisibleBatch>,
}

impl Group<'_> {
    fn list(
        &self,
        ordered: &[Counted<'_>],
        wanted: &BTreeSet<&str>,
        effects: &mut BTreeMap<String, SetEffect>,
    ) -> Result<(), BatchError> {
        let mut bearing = BTreeSet::new();
        for (at, counted) in ordered.iter().enumerate().filter(|(_, set)| wanted.contains(set.batch.id.as_str())) {
            let of_set = list_bearing(ordered, at);
            // What rows say they do is known by reading them only.
            if of_set.len() > 1 || counted.role == Role::Differences {
                bearing.extend(of_set);
                continue;
            }
            let rows = self.by_id.get(counted.batch.id.as_str()).map_or(0, |visible| visible.rows);
            let effect = SetEffect { role: counted.role, effect: Effect::of_first(rows), first_gone: Vec::new() };
            effects.insert(counted.batch.id.clone(), effect);
        }
        let sets: Vec<Counted<'_>> = bearing.into_iter().map(|at| ordered[at]).collect();
        let mut roller = Roller::new();
        for counted in &sets {
            let id = counted.batch.id.as_str();
            let Some(visible) = self.by_id.get(id) else { continue };
            let effect = roller.add(*counted, read_arrivals(self.place, visible)?);
            if wanted.contains(id) && !effects.contains_key(id) {
                let first_gone = self.name_rows(&sets, &effect.first_gone)?;
                effects.insert(id.to_owned(), SetEffect { role: counted.role, effect, first_gone });
            }
        }
        Ok(())
    }

    /// Rows as people call them: by the first column that names something, and by the columns of the key that are nobody's
    /// own; else by sheet and row.
    fn name_rows(&self, sets: &[Counted<'_>], places: &[Place]) -> Result<Vec<String>, BatchError> {
        let columns: Vec<(Source, String)> = naming_columns(self.kind)
            .into_iter()
            .map(|column| column.key.as_str())
            .chain(["_sheet", "_row"])
            .map(|name| (Source::Main, name.to_owned()))
            .collect();
        let mut names = Vec::with_capacity(places.len());
        for place in places {
            let Some(visible) = self.by_id.get(sets[place.batch].batch.id.as_str()) else { continue };
            let Ok(row) = u32::try_from(place.row) else { continue };
            let mut reader = PartReader::open(self.place, visible, &columns, Some(&[row]))?;
            let Some(slice) = reader.next_slice()? else { continue };
            names.push(name_of(&slice.columns));
        }
        Ok(names)
    }
}

fn naming_columns(kind: &Kind) -> Vec<&Column> {
    let is_open = |column: &&Column| part_of(kind, column) == Part::Main;
    let name = kind.columns.iter().filter(is_open).find(|column| column.key.ends_with("name"));
    let is_key = |column: &&Column| {
        kind.key_columns.contains(&column.key)
            && column.column_type != ColumnType::Period
            && name.is_none_or(|name| name.key != column.key)
    };
    name.into_iter().chain(kind.columns.iter().filter(is_open).filter(is_key)).collect()
}

fn name_of(cells: &[Option<ArrayRef>]) -> String {
    let text = |cell: &Option<ArrayRef>| {
        let array = cell.as_ref().filter(|array| array.is_valid(0))?;
        array_value_to_string(array, 0).ok().filter(|text| !text.is_empty())
    };
    let texts: Vec<String> = cells.iter().filter_map(text).collect();
    // Sheet and row stand last, and are said where nothing else is.
    let named = texts.len().saturating_sub(2);
    let texts = if named > 0 { &texts[..named] } else { &texts[..] };
    let name = texts.join(" ");
    mask_citizens(&name).unwrap_or(name)
}
