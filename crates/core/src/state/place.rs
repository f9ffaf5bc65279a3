//! Where a row stands among the sets that are rolled.

/// Where a row that holds stands: index into the ordered batches, and row number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index into the batches given to the roller.
    pub batch: usize,
    /// The row's number in it.
    pub row: u64,
}
