//! What units hand in: uploads with their attempts, and the batches they become.

pub mod attempts;
pub mod batches;
pub mod uploads;
