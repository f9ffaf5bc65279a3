//! What is made of what was handed in: batches as they were received, links to taxpayers, people's decisions about them,
//! runs, leads.

pub mod decisions;
pub mod leads;
pub mod links;
pub mod received;
pub mod runs;
mod sightings;
