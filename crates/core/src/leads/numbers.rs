//! The numbers by which people refer to leads.

use std::collections::BTreeMap;

use super::{Lead, LeadIdentity};

/// The numbers of a run's leads.
#[derive(Debug, Default)]
pub struct LeadNumbers {
    region: String,
    numbers: BTreeMap<LeadIdentity, String>,
}

impl LeadNumbers {
    /// Of leads of a region.
    pub fn new(region: String, numbers: BTreeMap<LeadIdentity, String>) -> Self {
        Self { region, numbers }
    }

    /// The number of a lead; none where an amount of it is too large for it to be kept.
    pub fn find(&self, lead: &Lead) -> Option<&str> {
        self.numbers.get(&LeadIdentity::of(&self.region, lead)).map(String::as_str)
    }
}
