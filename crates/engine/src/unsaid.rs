//! Columns that a sheet does not have: it says nothing of them, and what the row before it said stands.
//!
//! A batch keeps in which column of which sheet each column stood. Where a set lacks a column that another set of its group
//! has, the state keeps for each of its rows the rows that stood before ([`gongzhi_core::state::Rolled::beneath`]), and the
//! values are looked up there when a question asks for them. A row of a sheet that lacks a column of the key is about the one
//! thing on record that agrees in the others. Sheets of one group mostly have the same columns: then
//! nothing of this is kept or read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use gongzhi_core::catalog::{Kind, Mark};
use gongzhi_core::state::{Arrival, Place, VisibleBatch};

use crate::batch::BatchError;
use crate::layouts::read_layouts;
use crate::parts::{DataPlace, PartReader, Source};
use crate::schema::{self, Part};
use crate::tables::read_arrivals;

/// What no cell holds stands between the cells of a text.
const BETWEEN: &str = "\u{1f}";

/// Columns that sets of one group say nothing of though another tells them, by batch.
#[derive(Debug, Default)]
pub(crate) struct Unsaid {
    by_batch: BTreeMap<String, Arc<BTreeSet<String>>>,
}

impl Unsaid {
    /// Of the batches of one group.
    pub(crate) fn of_group(place: DataPlace<'_>, kind: &Kind, batches: &[&VisibleBatch]) -> Result<Self, BatchError> {
        if batches.len() < 2 || kind.key_columns.is_empty() {
            return Ok(Self::default());
        }
        let mut sheets = Vec::with_capacity(batches.len());
        for visible in batches {
            sheets.push(read_layouts(place, visible)?);
        }
        let told: BTreeSet<&String> = sheets.iter().flat_map(BTreeMap::values).flat_map(|sheet| sheet.keys()).collect();
        let mut unsaid = Self::default();
        for (visible, sheets) in batches.iter().zip(&sheets) {
            let lacks = |column: &&&String| sheets.values().any(|sheet| !sheet.contains_key(column.as_str()));
            let columns: BTreeSet<String> = told.iter().filter(lacks).map(|column| (*column).clone()).collect();
            if !columns.is_empty() {
                unsaid.by_batch.insert(visible.batch.id.clone(), Arc::new(columns));
            }
        }
        Ok(unsaid)
    }

    /// Keys, prints and actions of the rows of a batch. Where it lacks a column of the key, its row is about the one thing of
    /// which the others say all that it says of the key; where that is none or several, it is a thing of its own.
    pub(crate) fn read_arrivals(
        &self,
        place: DataPlace<'_>,
        (kind, batches): (&Kind, &[&VisibleBatch]),
        visible: &VisibleBatch,
    ) -> Result<Vec<([u8; 16], Arrival)>, BatchError> {
        let mut arrivals = read_arrivals(place, visible)?;
        let lacked = |batch: &str, column: &String| self.of(batch).is_some_and(|lacked| lacked.contains(column));
        let (lacking, told): (Vec<&String>, Vec<&String>) =
            kind.key_columns.iter().partition(|column| lacked(&visible.batch.id, column));
        let is_open = |column: &&String| {
            kind.find_column(column).is_some_and(|column| schema::part_of(kind, column) == Part::Main)
        };
        // What happened again is another thing, however much of it is the same. A part of the key that the sheet says of itself
        // (its period) is said.
        let is_like = kind.mark == Mark::Stock && !lacking.is_empty() && !told.is_empty();
        if !is_like
            || !kind.key_columns.iter().all(|column| is_open(&column))
            || !read_texts(place, visible, &lacking)?.iter().all(|said| is_nothing(said))
        {
            return Ok(arrivals);
        }
        let mut things: HashMap<String, Option<[u8; 16]>> = HashMap::new();
        for other in batches {
            if lacking.iter().chain(&told).any(|column| lacked(&other.batch.id, column)) {
                continue;
            }
            let keys = read_arrivals(place, other)?;
            for (said, (key, _)) in read_texts(place, other, &told)?.into_iter().zip(keys) {
                let thing = things.entry(said).or_insert(Some(key));
                *thing = thing.filter(|known| *known == key);
            }
        }
        for (said, (key, _)) in read_texts(place, visible, &told)?.into_iter().zip(&mut arrivals) {
            if let Some(Some(thing)) = things.get(&said).filter(|_| !is_nothing(&said)) {
                *key = *thing;
            }
        }
        Ok(arrivals)
    }

    /// What a batch says nothing of.
    pub(crate) fn of(&self, batch: &str) -> Option<&Arc<BTreeSet<String>>> {
        self.by_batch.get(batch)
    }
}

/// A batch, and the columns it says nothing of.
pub(crate) type Told = (VisibleBatch, Option<Arc<BTreeSet<String>>>);

/// The rows that stood before those of a part that lacks columns.
#[derive(Debug, Clone)]
pub(crate) struct Beneath {
    /// The columns it lacks.
    pub(crate) columns: Arc<BTreeSet<String>>,
    /// The batches of the group, with what each says nothing of, as places name them.
    batches: Arc<Vec<Told>>,
    /// By a row's number, the places of the rows before it, the last first.
    chains: BTreeMap<u32, Vec<Place>>,
}

impl Beneath {
    pub(crate) fn new(
        columns: Arc<BTreeSet<String>>,
        batches: Arc<Vec<Told>>,
        chains: BTreeMap<u32, Vec<Place>>,
    ) -> Self {
        Self { columns, batches, chains }
    }

    /// About how many bytes it takes of its own; the batches are those of its state.
    pub(crate) fn size_bytes(&self) -> usize {
        self.chains.values().map(|chain| size_of::<(u32, Vec<Place>)>() + size_of_val(chain.as_slice())).sum()
    }

    /// The values that rows before it gave a column, by the number of the row.
    pub(crate) fn values_of(
        &self,
        place: DataPlace<'_>,
        (source, column): (Source, &str),
    ) -> Result<HashMap<u32, ScalarValue>, BatchError> {
        let mut found = HashMap::new();
        let mut open: Vec<(u32, &[Place])> = self.chains.iter().map(|(row, chain)| (*row, chain.as_slice())).collect();
        while !open.is_empty() {
            let mut by_batch: BTreeMap<usize, BTreeMap<u32, (u32, &[Place])>> = BTreeMap::new();
            for (row, chain) in open.drain(..) {
                let Some((first, rest)) = chain.split_first() else { continue };
                let Ok(before) = u32::try_from(first.row) else { continue };
                by_batch.entry(first.batch).or_default().insert(before, (row, rest));
            }
            for (batch, wanted) in by_batch {
                let Some((visible, lacks)) = self.batches.get(batch) else { continue };
                let rows: Vec<u32> = wanted.keys().copied().collect();
                let values = read_values(place, visible, (source, column), &rows)?;
                let goes_on = lacks.as_ref().is_some_and(|lacks| lacks.contains(column));
                for ((row, rest), value) in wanted.into_values().zip(values) {
                    match value {
                        Some(value) => drop(found.insert(row, value)),
                        // It says nothing of it either.
                        None if goes_on => open.push((row, rest)),
                        None => {}
                    }
                }
            }
        }
        Ok(found)
    }
}

/// What the rows of a batch say in some columns, as one text a row; nothing of a set without rows.
fn read_texts(place: DataPlace<'_>, visible: &VisibleBatch, columns: &[&String]) -> Result<Vec<String>, BatchError> {
    if visible.main.is_none() {
        return Ok(Vec::new());
    }
    let named: Vec<(Source, String)> = columns.iter().map(|column| (Source::Main, (*column).clone())).collect();
    let mut reader = PartReader::open(place, visible, &named, None)?;
    let mut texts = Vec::new();
    while let Some(slice) = reader.next_slice()? {
        for at in 0..slice.rows {
            let cell = |cells: &Option<ArrayRef>| match cells {
                Some(cells) if cells.is_valid(at) => array_value_to_string(cells, at),
                _ => Ok(String::new()),
            };
            let said: Vec<String> = slice.columns.iter().map(cell).collect::<Result<_, _>>()?;
            texts.push(said.join(BETWEEN));
        }
    }
    Ok(texts)
}

/// Whether no column said anything.
fn is_nothing(said: &str) -> bool {
    said.split(BETWEEN).all(str::is_empty)
}

/// The values of a column in some rows of a batch; none where a cell is empty.
fn read_values(
    place: DataPlace<'_>,
    visible: &VisibleBatch,
    (source, column): (Source, &str),
    rows: &[u32],
) -> Result<Vec<Option<ScalarValue>>, BatchError> {
    let mut reader = match PartReader::open(place, visible, &[(source, column.to_owned())], Some(rows)) {
        // What was erased stands no longer.
        Err(BatchError::Erased { .. }) => return Ok(vec![None; rows.len()]),
        opened => opened?,
    };
    let mut values = Vec::with_capacity(rows.len());
    while let Some(slice) = reader.next_slice()? {
        let array = slice.columns.first().and_then(Option::as_ref);
        for at in 0..slice.rows {
            let array = array.filter(|array| array.is_valid(at));
            values.push(array.map(|array| ScalarValue::try_from_array(array, at)).transpose().map_err(arrow)?);
        }
    }
    Ok(values)
}

/// A column of rows, its empty cells with what stood before; one that the part does not have at all is all of that.
pub(crate) fn fill(
    cells: Option<&ArrayRef>,
    rows: &[u32],
    before: &HashMap<u32, ScalarValue>,
) -> Result<Option<ArrayRef>, BatchError> {
    let Some(known) = rows.iter().find_map(|row| before.get(row)) else { return Ok(cells.cloned()) };
    let empty = ScalarValue::try_from(&known.data_type()).map_err(arrow)?;
    let cell = |(at, row): (usize, &u32)| match cells.filter(|cells| cells.is_valid(at)) {
        Some(cells) => ScalarValue::try_from_array(cells, at),
        None => Ok(before.get(row).unwrap_or(&empty).clone()),
    };
    let filled = rows.iter().enumerate().map(cell).collect::<Result<Vec<_>, _>>().map_err(arrow)?;
    ScalarValue::iter_to_array(filled).map(Some).map_err(arrow)
}

fn arrow(error: DataFusionError) -> BatchError {
    BatchError::Arrow(datafusion::arrow::error::ArrowError::ExternalError(Box::new(error)))
}
