//! What the store names below the data folder.

use std::collections::BTreeSet;

/// What the store names below the data folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedFiles {
    /// Keys that must be there: parts and links of batches, originals of uploads that ended.
    pub needed: BTreeSet<String>,
    /// Keys that may be there: of attempts at work.
    pub pending: BTreeSet<String>,
}
