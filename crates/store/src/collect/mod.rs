//! What units hand in: uploads with their attempts, and the batches they become.

pub mod attempts;
pub mod batches;
mod handed_in;
mod upload_rows;
pub mod uploads;
