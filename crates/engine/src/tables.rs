//! The state of a record kind as of a moment: which rows of which batches hold, by the rules of
//! [`gongzhi_core::state`].
//!
//! Only keys and prints are read to roll a state, 32 bytes a row; what holds is kept as row numbers by batch. The rows
//! themselves are read when SQL asks, and only the columns it asks for ([`crate::scan`]).

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::{Array, AsArray, StringBuilder};
use gongzhi_core::catalog::{Kind, Mark};
use gongzhi_core::ids::{evidence_handle, read_handle};
use gongzhi_core::issues::CellPlace;
use gongzhi_core::period::Period;
use gongzhi_core::state::{
    Arrival, Counted, Group, Mismatch, Moment, Place, Reach, Roller, VisibleBatch, VisibleBatches, group_batches,
    order_batches,
};
use gongzhi_core::values::RowAction;

use crate::batch::BatchError;
use crate::layouts::read_layouts;
use crate::parts::{DataPlace, PartReader, Source};
use crate::township_rows::keep_in_scope;
use crate::unsaid::{Beneath, Unsaid};

/// The rows of one batch that hold.
#[derive(Debug, Clone)]
pub struct StatePart {
    /// The batch.
    pub visible: VisibleBatch,
    /// The period it belongs to: its own, or that of the batch it corrects.
    pub period: Period,
    /// First day it covers.
    pub covers_from: NaiveDate,
    /// Last day it covers.
    pub covers_to: NaiveDate,
    /// Numbers of the rows that hold, ascending.
    pub rows: Arc<[u32]>,
    /// Where its sheets lack columns, the rows whose values of those stand.
    pub(crate) beneath: Option<Arc<Beneath>>,
}

/// What did not fit together, with the handles of the rows in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorklistLine {
    /// Whose state.
    pub group: Group,
    /// What is odd.
    pub mismatch: Mismatch,
    /// Sequence of the batch that brought it up.
    pub batch: i64,
    /// Handle of the row in that batch.
    pub after: Option<String>,
    /// Handle of the row that held before.
    pub before: Option<String>,
}

/// About what a batch and a line of the worklist take, with their texts, in bytes.
const PART_BYTES: usize = 1_024;
const LINE_BYTES: usize = 256;

/// The state of a kind.
#[derive(Debug, Clone, Default)]
pub struct KindState {
    /// Rows that hold, by batch; batches of which nothing holds are left out.
    pub parts: Vec<StatePart>,
    /// What people should look at.
    pub worklist: Vec<WorklistLine>,
}

impl KindState {
    /// How many rows hold.
    pub fn row_count(&self) -> usize {
        self.parts.iter().map(|part| part.rows.len()).sum()
    }

    /// About how many bytes it takes.
    pub(crate) fn size_bytes(&self) -> usize {
        let beneath = |part: &StatePart| part.beneath.as_ref().map_or(0, |beneath| beneath.size_bytes());
        let parts = self.parts.iter().map(|part| PART_BYTES + size_of_val(&*part.rows) + beneath(part)).sum::<usize>();
        PART_BYTES + parts + self.worklist.len() * LINE_BYTES
    }

    /// The same state of the same batches with the links and files' names that they have now.
    pub(crate) fn renewed(&self, batches: &[&VisibleBatch]) -> Self {
        let now: HashMap<&str, &VisibleBatch> = batches.iter().map(|one| (one.batch.id.as_str(), *one)).collect();
        let mut state = self.clone();
        for part in &mut state.parts {
            if let Some(one) = now.get(part.visible.batch.id.as_str()) {
                part.visible = (*one).clone();
            }
        }
        state
    }
}

/// A row within one question, as `_ref` gives it: `<place of the batch>:<row>`, both with leading zeros, so that texts in
/// their order are in the order of batches and rows. What leaves a question names rows by their handles
/// ([`Handles::of`]): places are another question's others.
pub fn row_reference(place: i64, row: u64) -> String {
    format!("{place:07}:{row:08}")
}

/// The handles of the rows of what a question sees.
#[derive(Debug, Clone, Default)]
pub struct Handles(HashMap<i64, String>);

impl Handles {
    /// Of these batches.
    pub fn new(visible: &VisibleBatches) -> Self {
        Self(visible.batches().iter().map(|one| (one.batch.sequence, one.batch.id.clone())).collect())
    }

    /// The handle of a row named as in the question; what names no visible row stays as it is.
    pub fn of(&self, reference: &str) -> String {
        let read =
            |(place, row): (&str, &str)| Some(evidence_handle(self.0.get(&place.parse().ok()?)?, row.parse().ok()?));
        reference.split_once(':').and_then(read).unwrap_or_else(|| reference.to_owned())
    }
}

/// Appends the references of rows of one batch. A million are made for every question: their digits are written by hand.
pub(crate) fn append_references(sequence: i64, rows: &[u32], builder: &mut StringBuilder) {
    let mut handle = format!("{sequence:07}:");
    let prefix = handle.len();
    for row in rows {
        handle.truncate(prefix);
        let mut rest = *row;
        let digits: [u8; 8] = std::array::from_fn(|_| {
            let digit = (rest % 10) as u8;
            rest /= 10;
            digit
        });
        if rest > 0 {
            handle.push_str(&row.to_string());
        } else {
            handle.extend(digits.iter().rev().map(|digit| char::from(b'0' + digit)));
        }
        builder.append_value(&handle);
    }
}

/// What a state spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// What holds: the last word about each key.
    Now,
    /// The last word of each period about each key. Of a stock kind too no later period takes away what an earlier one
    /// said: what was paid in the first quarter stays paid though the second quarter's row is the one that holds.
    EachPeriod,
    /// The last word about each key ever reported and never revoked: no list ends what another period reported. A list
    /// that corrects its own period still does.
    Ever,
}

impl Span {
    /// Which rows of earlier sets a whole set ends in it.
    fn reach(self, set: &Counted<'_>) -> Reach {
        match self {
            Self::EachPeriod => Reach::ItsDays,
            Self::Ever if set.batch.mark == Mark::Stock => Reach::ItsPeriod,
            Self::Now | Self::Ever => set.reach,
        }
    }
}

/// The state of a kind of the item with this key, as of the moment of `visible`: of its rows those that its scope sees. Only of
/// what holds is there a worklist.
pub(crate) fn roll_kind(
    place: DataPlace<'_>,
    visible: &VisibleBatches,
    (item, kind): (&str, &Kind),
    span: Span,
) -> Result<KindState, BatchError> {
    let mut state = KindState::default();
    for (group, batches) in group_batches(visible.batches(), (item, &kind.key)) {
        let of_group = GroupBatches { place, group: &group, kind, batches: &batches, moment: visible.moment() };
        match span {
            Span::EachPeriod => of_group.roll(span, |key, period| (key, period), &mut state)?,
            Span::Now | Span::Ever => of_group.roll(span, |key, _| key, &mut state)?,
        }
    }
    if span != Span::Now {
        state.worklist.clear();
    }
    keep_in_scope(place, &mut state, (visible.scope(), kind))?;
    Ok(state)
}

/// The batches of one group, and where they are.
struct GroupBatches<'a> {
    place: DataPlace<'a>,
    group: &'a Group,
    kind: &'a Kind,
    batches: &'a [&'a VisibleBatch],
    moment: Moment,
}

impl GroupBatches<'_> {
    /// Rolls the batches; `key_of` says what of a row's key and period makes two rows speak of the same thing.
    fn roll<K: Hash + Eq + Clone>(
        &self,
        span: Span,
        key_of: impl Fn([u8; 16], Period) -> K,
        state: &mut KindState,
    ) -> Result<(), BatchError> {
        let by_id: BTreeMap<&str, &VisibleBatch> =
            self.batches.iter().map(|batch| (batch.batch.id.as_str(), *batch)).collect();
        let mut ordered = order_batches(self.batches.iter().map(|visible| &visible.batch), self.moment);
        let known: Vec<&VisibleBatch> =
            ordered.iter().filter_map(|set| by_id.get(set.batch.id.as_str()).copied()).collect();
        let unsaid = Unsaid::of_group(self.place, self.kind, &known)?;
        for counted in &mut ordered {
            counted.reach = span.reach(counted);
            counted.is_partial = unsaid.of(&counted.batch.id).is_some();
        }
        let mut roller = Roller::new();
        if self.kind.mark == Mark::Flow {
            // What happened is mostly told once: there are about as many things as rows.
            roller.reserve(known.iter().map(|visible| usize::try_from(visible.rows).unwrap_or(0)).sum());
        }
        for counted in &ordered {
            let rows = match by_id.get(counted.batch.id.as_str()) {
                Some(visible) => unsaid.read_arrivals(self.place, (self.kind, &known), visible)?,
                None => Vec::new(),
            };
            roller.add(*counted, rows.into_iter().map(|(key, arrival)| (key_of(key, counted.period), arrival)));
        }
        let rolled = roller.finish(self.moment.period);
        let handle = |place: Place| evidence_handle(&ordered[place.batch].batch.id, place.row);
        state.worklist.extend(rolled.worklist.iter().map(|entry| WorklistLine {
            group: self.group.clone(),
            mismatch: entry.mismatch,
            batch: ordered[entry.batch].batch.sequence,
            after: entry.after.map(handle),
            before: entry.before.map(handle),
        }));
        let beneath = self.list_beneath(&ordered, &unsaid, rolled.beneath);
        for rows in rolled.rows.chunk_by(|a, b| a.batch == b.batch) {
            let counted: &Counted<'_> = &ordered[rows[0].batch];
            let Some(visible) = by_id.get(counted.batch.id.as_str()) else { continue };
            state.parts.push(StatePart {
                visible: (*visible).clone(),
                period: counted.period,
                covers_from: counted.covers_from,
                covers_to: counted.covers_to,
                rows: rows.iter().filter_map(|place| u32::try_from(place.row).ok()).collect(),
                beneath: beneath.get(&rows[0].batch).cloned(),
            });
        }
        Ok(())
    }

    /// By the place of a batch in the order, what stands of the columns it lacks.
    fn list_beneath(
        &self,
        ordered: &[Counted<'_>],
        unsaid: &Unsaid,
        chains: Vec<(Place, Vec<Place>)>,
    ) -> BTreeMap<usize, Arc<Beneath>> {
        if chains.is_empty() {
            return BTreeMap::new();
        }
        let by_id: BTreeMap<&str, &VisibleBatch> =
            self.batches.iter().map(|batch| (batch.batch.id.as_str(), *batch)).collect();
        let batch = |counted: &Counted<'_>| {
            let visible = by_id.get(counted.batch.id.as_str())?;
            Some(((*visible).clone(), unsaid.of(&counted.batch.id).cloned()))
        };
        let Some(batches) = ordered.iter().map(batch).collect::<Option<Vec<_>>>().map(Arc::new) else {
            return BTreeMap::new();
        };
        let mut by_batch: BTreeMap<usize, BTreeMap<u32, Vec<Place>>> = BTreeMap::new();
        for (row, chain) in chains {
            if let Ok(number) = u32::try_from(row.row) {
                by_batch.entry(row.batch).or_default().insert(number, chain);
            }
        }
        let beneath = |(at, chains): (usize, _)| {
            let columns = Arc::clone(unsaid.of(&ordered[at].batch.id)?);
            Some((at, Arc::new(Beneath::new(columns, Arc::clone(&batches), chains))))
        };
        by_batch.into_iter().filter_map(beneath).collect()
    }
}

/// Keys, prints and actions of the rows of a batch; nothing of a set without rows.
pub(crate) fn read_arrivals(
    place: DataPlace<'_>,
    visible: &VisibleBatch,
) -> Result<Vec<([u8; 16], Arrival)>, BatchError> {
    if visible.main.is_none() {
        return Ok(Vec::new());
    }
    let columns = ["_key", "_print", "_action"].map(|name| (Source::Main, name.to_owned()));
    let mut reader = PartReader::open(place, visible, &columns, None)?;
    let mut arrivals = Vec::with_capacity(usize::try_from(visible.rows).unwrap_or(0));
    while let Some(slice) = reader.next_slice()? {
        let binary = |at: usize| slice.columns[at].as_ref().and_then(|array| array.as_fixed_size_binary_opt());
        let actions = slice.columns[2].as_ref().and_then(|array| array.as_string_opt::<i32>());
        let (Some(keys), Some(prints), Some(actions)) = (binary(0), binary(1), actions) else {
            let missing = datafusion::parquet::errors::ParquetError::General("not a batch".to_owned());
            return Err(missing.into());
        };
        for at in 0..slice.rows {
            let mut key = [0; 16];
            key.copy_from_slice(keys.value(at));
            let mut print = [0; 16];
            print.copy_from_slice(prints.value(at));
            let action = RowAction::find(actions.value(at)).unwrap_or_default();
            let row = arrivals.len() as u64;
            arrivals.push((key, Arrival { row, action, print: u128::from_be_bytes(print) }));
        }
    }
    Ok(arrivals)
}

/// Where a row of evidence stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidencePlace {
    /// The handle asked for.
    pub handle: String,
    /// Id of the batch.
    pub batch: String,
    /// Name of the file it came in.
    pub file: String,
    /// Unit that sent it.
    pub unit: String,
    /// Period of the batch.
    pub period: Period,
    /// Item and kind, `<item>.<kind>`.
    pub kind: String,
    /// Sheet.
    pub sheet: String,
    /// Row in the sheet, from 1.
    pub row: u32,
    /// In which column of the sheet, from 1, each column of the kind stood; empty for a batch that does not know.
    pub columns: Arc<BTreeMap<String, u32>>,
}

impl EvidencePlace {
    /// The cell of the first of these columns that the sheet has; the row's first cell when it has none of them.
    pub fn cell<'c>(&self, columns: impl IntoIterator<Item = &'c str>) -> String {
        let column = columns.into_iter().find_map(|column| self.columns.get(column).copied());
        CellPlace { row: self.row, column: column.unwrap_or(1) }.address()
    }
}

/// Where the rows of these evidence handles stood: file, sheet and row. Handles of batches that are not visible, and
/// such as are none, are left out. In the order of batch and row.
pub fn list_evidence<'h>(
    place: DataPlace<'_>,
    visible: &VisibleBatches,
    handles: impl IntoIterator<Item = &'h str>,
) -> Result<Vec<EvidencePlace>, BatchError> {
    let mut wanted: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (batch, row) in handles.into_iter().filter_map(read_handle) {
        wanted.entry(batch).or_default().extend(u32::try_from(row));
    }
    let mut places = Vec::new();
    for visible in visible.batches() {
        let Some(rows) = wanted.get_mut(visible.batch.id.as_str()) else { continue };
        rows.sort_unstable();
        rows.dedup();
        rows.retain(|row| u64::from(*row) < visible.rows);
        places.extend(read_places(place, visible, rows)?);
    }
    Ok(places)
}

fn read_places(place: DataPlace<'_>, visible: &VisibleBatch, rows: &[u32]) -> Result<Vec<EvidencePlace>, BatchError> {
    let columns = ["_sheet", "_row"].map(|name| (Source::Main, name.to_owned()));
    let mut reader = PartReader::open(place, visible, &columns, Some(rows))?;
    let layouts = read_layouts(place, visible)?;
    let mut places = Vec::with_capacity(rows.len());
    while let Some(slice) = reader.next_slice()? {
        let sheets = slice.columns[0].as_ref().and_then(|array| array.as_string_opt::<i32>());
        let numbers = slice.columns[1].as_ref();
        let numbers = numbers.and_then(|array| array.as_primitive_opt::<datafusion::arrow::datatypes::Int32Type>());
        let (Some(sheets), Some(numbers)) = (sheets, numbers) else { break };
        for at in 0..slice.rows {
            let batch = &visible.batch;
            let columns = layouts.get(sheets.value(at)).cloned().unwrap_or_default();
            places.push(EvidencePlace {
                handle: evidence_handle(&batch.id, rows[places.len()].into()),
                batch: batch.id.clone(),
                file: visible.file.clone(),
                unit: batch.unit.clone(),
                period: batch.period,
                kind: format!("{}.{}", batch.item, batch.kind),
                sheet: sheets.value(at).to_owned(),
                row: if numbers.is_valid(at) { numbers.value(at).cast_unsigned() } else { 0 },
                columns,
            });
        }
    }
    Ok(places)
}

#[cfg(test)]
#[path = "tables_tests.rs"]
pub(crate) mod tests;
