//! What can be done, one file a noun: load, decide, save and audit, files.
//!
//! The command line (later the page and the jobs) only translate into these and out of them.

pub mod audit;
pub mod catalog;
pub mod data_package;
pub mod doctor;
pub mod export;
pub mod home;
pub mod identity;
pub mod identity_decisions;
pub mod intake;
pub mod intake_report;
pub mod models;
pub mod operator;
pub mod profile;
pub mod read;
pub mod receipts;
pub mod run;
pub mod set_effects;
pub mod state;
pub mod template;
