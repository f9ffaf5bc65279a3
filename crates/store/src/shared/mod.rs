//! What both halves stand on: the unit of work, the log, jobs, the keys a store belongs to.

pub mod audit;
mod deployment_keys;
pub mod jobs;
pub mod work;
