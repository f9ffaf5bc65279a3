//! The tables, as SeaORM sees them. They do not leave this crate.

pub mod attempt;
pub mod audit_checkpoint;
pub mod audit_entry;
pub mod batch;
pub mod decision;
pub mod deployment_key;
pub mod job;
pub mod lead;
pub mod lead_row;
pub mod lead_sighting;
pub mod links;
pub mod message_in;
pub mod message_out;
pub mod number;
pub mod received_batch;
pub mod run;
pub mod run_step;
pub mod upload;
