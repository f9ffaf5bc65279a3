//! What sets do to what stood before them, with the first of the rows that they end or do not name called by name.
//!
//! Computed as of a moment from keys and prints, as states are; sets on which no earlier one bears are not read at all.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::util::display::array_value_to_string;
use gongzhi_core::catalog::{Column, ColumnType, Item, Kind, Mark};
use gongzhi_core::intake::mask::mask_citizens;
use gongzhi_core::state::{
    Batch, Counted, Effect, Moment, Place, Role, Roller, VisibleBatch, group_batches, list_bearing, order_batches,
};

use crate::batch::BatchError;
use crate::parts::{DataPlace, PartReader, Source};
use crate::schema::{Part, part_of};
use crate::unsaid::Unsaid;

mod compared;

/// What a set does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetEffect {
    /// What it is taken as.
    pub role: Role,
    /// In numbers.
    pub effect: Effect,
    /// The first of the rows that end or are not named, as people call them.
    pub first_gone: Vec<String>,
    /// Columns whose cells are empty now in rows that had a value on record.
    pub emptied: Vec<Emptied>,
    /// Columns whose figures are ten thousand times what they were, or a ten thousandth.
    pub scaled: Vec<Scaled>,
    /// The first of the rows that take back what was not on record.
    pub missed: Vec<Missed>,
    /// Columns that it does not have though others of its group do: of rows on record their values stand.
    pub unsaid: Vec<String>,
    /// Columns of the key that it lacks so, of a set of events of whose days something is on record: its rows meet none of
    /// that, whatever they are about.
    pub unsaid_keys: Vec<String>,
}

/// A column whose figures are plainly of another measure than they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaled {
    /// Key of the column.
    pub column: String,
    /// Ten thousand times as great as they were; else a ten thousandth.
    pub is_greater: bool,
    /// Of how many rows, among those that were looked at.
    pub rows: u64,
}

/// A row that takes back what was not on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Name of the sheet.
    pub sheet: String,
    /// Row in it, counted from 1.
    pub row: u32,
    /// Key of the first column of the kind's key that the sheet has, and where it stands there, counted from 1.
    pub column: Option<(String, u32)>,
    /// As people call it.
    pub name: String,
}

/// A column that a set empties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emptied {
    /// Key of the column.
    pub column: String,
    /// Of how many rows.
    pub rows: u64,
    /// The first of them, as people call it.
    pub first: String,
}

impl SetEffect {
    fn new(role: Role, effect: Effect) -> Self {
        let (first_gone, emptied, scaled, missed, unsaid, unsaid_keys) = Default::default();
        Self { role, effect, first_gone, emptied, scaled, missed, unsaid, unsaid_keys }
    }
}

/// What the wanted sets of a kind do as of a moment, by the id of their batch.
///
/// # Errors
/// A batch can't be read.
pub fn list_effects(
    place: DataPlace<'_>,
    (batches, moment): (&[VisibleBatch], Moment),
    (item, kind): (&Item, &Kind),
    is_wanted: impl Fn(&Batch) -> bool,
) -> Result<BTreeMap<String, SetEffect>, BatchError> {
    let mut effects = BTreeMap::new();
    for batches in group_batches(batches, (&item.key, &kind.key)).into_values() {
        let by_id: BTreeMap<&str, &VisibleBatch> =
            batches.iter().map(|visible| (visible.batch.id.as_str(), *visible)).collect();
        let ordered = order_batches(batches.iter().map(|visible| &visible.batch), moment);
        let wanted: BTreeSet<&str> = ordered
            .iter()
            .map(|counted| counted.batch)
            .filter(|batch| is_wanted(batch))
            .map(|batch| batch.id.as_str())
            .collect();
        let known: Vec<&VisibleBatch> =
            ordered.iter().filter_map(|set| by_id.get(set.batch.id.as_str()).copied()).collect();
        let unsaid = Unsaid::of_group(place, kind, &known)?;
        let group = Group { place, kind, batches: known, by_id, unsaid };
        group.list(&ordered, &wanted, &mut effects)?;
    }
    Ok(effects)
}

/// The batches of one group.
struct Group<'a> {
    place: DataPlace<'a>,
    kind: &'a Kind,
    batches: Vec<&'a VisibleBatch>,
    by_id: BTreeMap<&'a str, &'a VisibleBatch>,
    unsaid: Unsaid,
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
            effects.insert(counted.batch.id.clone(), SetEffect::new(counted.role, Effect::of_first(rows)));
        }
        let mut sets: Vec<Counted<'_>> = bearing.into_iter().map(|at| ordered[at]).collect();
        for set in &mut sets {
            set.is_partial = self.unsaid.of(&set.batch.id).is_some();
        }
        let mut roller = Roller::new();
        for counted in &sets {
            let id = counted.batch.id.as_str();
            let Some(visible) = self.by_id.get(id) else { continue };
            let arrivals = self.unsaid.read_arrivals(self.place, (self.kind, &self.batches), visible)?;
            let effect = roller.add(*counted, arrivals);
            if wanted.contains(id) && !effects.contains_key(id) {
                let mut told = SetEffect::new(counted.role, effect);
                told.first_gone = self.name_rows(&sets, &told.effect.first_gone)?;
                told.emptied = self.list_emptied(&sets, &told.effect.replaced, |row| roller.beneath(row))?;
                told.scaled = self.list_scaled(&sets, &told.effect.replaced, |row| roller.beneath(row))?;
                let restated = self.count_restated(&sets, &told.effect.replaced, |row| roller.beneath(row))?;
                told.effect.restate(restated);
                told.missed = self.list_missed(visible, &told.effect.missed_rows)?;
                told.effect.missed_rows = Vec::new();
                let lacked = || self.unsaid.of(id).into_iter().flat_map(|columns| columns.iter().cloned());
                if told.effect.is_about_known() {
                    told.unsaid = lacked().collect();
                }
                // What happened again is another thing, so nothing says which of them such a row is about.
                if self.kind.mark == Mark::Flow && counted.role != Role::Whole && told.effect.before > 0 {
                    told.unsaid_keys = lacked().filter(|column| self.kind.key_columns.contains(column)).collect();
                }
                told.effect.replaced = Vec::new();
                effects.insert(id.to_owned(), told);
            }
        }
        Ok(())
    }

    /// Columns in which rows that had a value are empty now. Of what a set has no column for it says nothing.
    fn list_emptied(
        &self,
        sets: &[Counted<'_>],
        replaced: &[(Place, Place)],
        beneath: impl Fn(Place) -> Option<Place>,
    ) -> Result<Vec<Emptied>, BatchError> {
        let Some((_, after)) = replaced.first() else { return Ok(Vec::new()) };
        let lacked = self.unsaid.of(&sets[after.batch].batch.id);
        let is_said = |column: &&Column| {
            part_of(self.kind, column) == Part::Main
                && column.column_type != ColumnType::Period
                && !self.kind.key_columns.contains(&column.key)
                && !lacked.is_some_and(|lacked| lacked.contains(&column.key))
        };
        let columns: Vec<&Column> = self.kind.columns.iter().filter(is_said).collect();
        let is_filled = |cells: &ArrayRef, row: usize| cells.is_valid(row);
        let before = self.before(sets, replaced, &columns, (beneath, is_filled))?;
        let after = self.cells(sets, replaced.iter().map(|(_, after)| *after), &columns, is_filled)?;
        let mut emptied = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let gone =
                before[at].iter().zip(&after[at]).zip(replaced).filter(|((before, after), _)| **before && !**after);
            let places: Vec<Place> = gone.map(|(_, (_, after))| *after).collect();
            let Some(first) = places.iter().min() else { continue };
            let first = self.name_rows(sets, &[*first])?.pop().unwrap_or_default();
            emptied.push(Emptied { column: column.key.clone(), rows: places.len() as u64, first });
        }
        Ok(emptied)
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
            names.push(name_of(&slice.columns, 0));
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

fn name_of(cells: &[Option<ArrayRef>], row: usize) -> String {
    let text = |cell: &Option<ArrayRef>| {
        let array = cell.as_ref().filter(|array| array.is_valid(row))?;
        array_value_to_string(array, row).ok().filter(|text| !text.is_empty())
    };
    let texts: Vec<String> = cells.iter().filter_map(text).collect();
    // Sheet and row stand last, and are said where nothing else is.
    let named = texts.len().saturating_sub(2);
    let texts = if named > 0 { &texts[..named] } else { &texts[..] };
    let name = texts.join(" ");
    mask_citizens(&name).unwrap_or(name)
}
