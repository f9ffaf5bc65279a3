//! What units hand in: templates out, sheets in, receipts.

pub mod data_package;
mod desk;
mod hand_in;
pub mod intake;
pub mod intake_report;
mod order;
pub mod profile;
pub mod receipts;
pub mod set_effects;
pub mod spooling;
mod taken_in;
pub mod template;
mod uploads;
