//! What both halves stand on: the unit of work, the log, the keys a store belongs to, the numbers people refer to.

pub mod audit;
mod deployment_keys;
pub(crate) mod numbers;
pub mod work;
