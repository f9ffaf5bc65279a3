//! What is made of what was handed in: links to taxpayers, people's decisions about them, runs, leads.

pub mod decisions;
pub mod leads;
pub mod links;
pub mod runs;
mod sightings;
