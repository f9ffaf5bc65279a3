//! What both halves stand on: the unit of work, the log, jobs, the messages between the halves, the keys a store belongs to,
//! the numbers people refer to.

pub mod audit;
mod deployment_keys;
pub mod jobs;
pub mod messages;
pub(crate) mod named_files;
pub(crate) mod numbers;
pub(crate) mod order;
pub mod work;
