//! What units hand in: templates out, sheets in, receipts.

pub mod data_package;
pub mod intake;
pub mod intake_report;
pub mod profile;
pub mod receipts;
pub mod set_effects;
pub mod spooling;
pub mod template;
mod uploads;
