//! What can be done, one file a noun: load, decide, save and audit, files.
//!
//! The command line (later the page and the jobs) only translate into these and out of them. What one half does stands in its
//! folder and names nothing of the other's; `exchange` hands over what one tells the other, and `run` has a folder delivered by
//! the one and looked at by the other.

pub mod analyse;
pub mod audit;
pub mod catalog;
pub mod collect;
pub mod doctor;
pub mod exchange;
pub mod home;
pub mod jobs;
pub mod operator;
pub mod read;
pub mod run;

#[cfg(test)]
mod two_actors_tests;
