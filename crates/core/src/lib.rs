//! The rules of tax co-governance, pure: no input or output, no clock, not async.
//!
//! Every function is given text or values and gives back values and *all* the problems it found. What is read from
//! files, kept in a database or asked of a clock comes in as an argument from the crates around it.

pub mod access;
pub mod audit;
pub mod calendar;
pub mod catalog;
pub mod cells;
pub mod chinese_numbers;
pub mod codes;
pub mod data_package;
pub mod days;
pub mod exchange;
pub mod identity;
pub mod ids;
pub mod intake;
pub mod issues;
pub mod jobs;
pub mod leads;
pub mod messages;
pub mod models;
pub mod money;
mod narrow;
pub mod period;
pub mod problems;
pub mod receipts;
pub mod reports;
pub mod state;
mod texts;
pub mod time;
pub mod values;

#[cfg(test)]
mod hostile_tests;
