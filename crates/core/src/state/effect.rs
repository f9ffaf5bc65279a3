//! What a set does to what stood before it, in numbers: never kept, computed as of a moment.

use super::Place;

/// An unsaid set that names this share of what is on record, but not all of it, looks like the whole list.
pub const NEARLY_ALL_PERCENT: u64 = 80;
/// A set that ends more than one in so many of the rows on record is confirmed by a person.
pub const MOST_ENDED: u64 = 5;
/// So many rows that end or are not named are called by name.
pub const NAMED_PLACES: usize = 3;
/// Of so many rows that take back what is not on record it is known which they are.
pub const MOST_MISSED: usize = 1_000;
/// Of so many changed rows it is known which they are.
pub const MOST_COMPARED: usize = 100_000;

/// What a set does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effect {
    /// Rows on record before it; of a flow kind those of its days.
    pub before: u64,
    /// Rows it names that were not on record.
    pub added: u64,
    /// Rows on record that it names with other values.
    pub changed: u64,
    /// Rows on record that it names as they were.
    pub unchanged: u64,
    /// Rows on record that it takes back.
    pub revoked: u64,
    /// Rows that take back what was not on record: they take nothing back.
    pub missed: u64,
    /// The first of them, [`MOST_MISSED`] at the most.
    pub missed_rows: Vec<Place>,
    /// Rows on record that it ends by not naming them.
    pub ended: u64,
    /// The first of the rows it ends; of a set that only looks like the whole list, of the rows it does not name.
    pub first_gone: Vec<Place>,
    /// The rows it changes: where each stood before and where it stands now, [`MOST_COMPARED`] at the most.
    pub replaced: Vec<(Place, Place)>,
    /// Rows among `before` that it names.
    pub(super) named: u64,
    /// It says nothing of itself.
    pub(super) is_unsaid_upsert: bool,
}

impl Effect {
    /// What a set does that no earlier one bears on.
    pub fn of_first(rows: u64) -> Self {
        Self { added: rows, ..Self::default() }
    }

    /// Rows on record that it neither names nor ends.
    pub fn absent(&self) -> u64 {
        self.before.saturating_sub(self.named + self.ended)
    }

    /// Whether it speaks of rows on record.
    pub fn is_about_known(&self) -> bool {
        self.named > 0
    }

    /// Whether it ends so much that a person should confirm it.
    pub fn ends_much(&self) -> bool {
        self.ended * MOST_ENDED > self.before
    }

    /// Whether it says nothing of itself and yet names nearly everything on record: it may be the whole list.
    pub fn looks_whole(&self) -> bool {
        self.is_unsaid_upsert && self.absent() > 0 && self.named * 100 >= self.before * NEARLY_ALL_PERCENT
    }

    /// Counts a row that takes nothing back.
    pub(super) fn miss(&mut self, place: Place) {
        self.missed += 1;
        if self.missed_rows.len() < MOST_MISSED {
            self.missed_rows.push(place);
        }
    }

    /// Counts rows that were taken for changed as unchanged: of what differs in them their sheet says nothing.
    pub fn restate(&mut self, rows: u64) {
        let rows = rows.min(self.changed);
        self.changed -= rows;
        self.unchanged += rows;
    }

    /// Keeps a place among the first.
    pub(super) fn keep_first(&mut self, place: Place) {
        let at = self.first_gone.partition_point(|earlier| *earlier < place);
        if at < NAMED_PLACES {
            self.first_gone.insert(at, place);
            self.first_gone.truncate(NAMED_PLACES);
        }
    }
}
