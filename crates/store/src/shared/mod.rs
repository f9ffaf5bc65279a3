//! What both halves stand on: the unit of work, the log, the messages between them, the keys a store belongs to.

pub mod audit;
mod deployment_keys;
pub mod messages;
pub(crate) mod order;
pub mod work;
