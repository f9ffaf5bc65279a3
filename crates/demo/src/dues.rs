//! What is owed and what was paid, by model, taxpayer and period: the leads with amounts that the county holds.
//!
//! A builder signs several contracts in a quarter and a company may hold two parcels: a lead is their sum, so it is only
//! known when everything has happened.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use gongzhi_core::period::Period;

use super::draft::period_of;
use super::truth::lengths;
use super::world::{PlantedLead, World};

/// Amounts in fen as (due, paid).
#[derive(Debug, Default)]
pub struct Dues {
    amounts: BTreeMap<(&'static str, usize, Period), (i64, i64)>,
}

impl Dues {
    /// Adds what one event makes due and what was paid of it.
    pub fn add(&mut self, model: &'static str, taxpayer: usize, day: NaiveDate, (due_fen, paid_fen): (i64, i64)) {
        let period = period_of(lengths(model), day);
        let amounts = self.amounts.entry((model, taxpayer, period)).or_default();
        *amounts = (amounts.0 + due_fen, amounts.1 + paid_fen);
    }
}

/// Whether a gap is above the floors of all models: 100 yuan and a hundredth of what is due.
pub fn is_above_floor(due_fen: i64, paid_fen: i64) -> bool {
    due_fen - paid_fen > (due_fen / 100).max(10_000)
}

/// Plants a lead for everything that is open at the end.
pub fn plant(world: &mut World) {
    for ((model, taxpayer, period), (due_fen, paid_fen)) in std::mem::take(&mut world.dues.amounts) {
        if is_above_floor(due_fen, paid_fen) {
            let (due_fen, paid_fen) = (Some(due_fen), Some(paid_fen));
            world.plant(PlantedLead { model, taxpayer, day: period.first_day(), due_fen, paid_fen });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_above_floor;

    #[test]
    fn small_gaps_are_no_leads() {
        assert!(is_above_floor(20_000, 9_999));
        assert!(!is_above_floor(20_000, 10_000));
        assert!(!is_above_floor(10_000_000, 9_900_000), "a hundredth of what is due");
    }
}
