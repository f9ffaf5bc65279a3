//! What is made of what was handed in: batches as they were received, links to taxpayers, people's decisions about them,
//! runs.

pub mod decisions;
pub mod links;
pub mod received;
pub mod runs;
