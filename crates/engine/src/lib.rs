//! Sheets in and out, batches, tables and model runs.
//!
//! The only crate that names arrow, parquet, datafusion and calamine. It is told what it may see and never asks the
//! control store.

pub mod analysis;
pub mod annotate;
pub mod batch;
mod batch_columns;
mod batch_error;
mod batch_files;
mod batch_output;
mod checked_sum;
mod digests;
mod disk;
pub mod effects;
mod fence;
mod fingerprint;
pub mod intake;
pub mod keys;
pub mod layouts;
pub mod links;
pub mod model_cases;
mod model_parts;
mod model_rows;
pub mod model_run;
pub mod parallel;
mod part_digests;
mod part_source;
pub mod parts;
pub mod pending;
mod problems;
pub mod read;
pub mod registry;
mod rows;
mod scan;
pub mod schema;
mod sealed;
pub mod session;
mod state_cache;
pub mod tables;
pub mod taxpayers;
pub mod template;
mod township_rows;
pub mod townships;
mod unsaid;
pub mod upkeep;
mod view_states;
pub mod workbook;

pub use pending::{AtWork, clear_unfinished, is_locked};
