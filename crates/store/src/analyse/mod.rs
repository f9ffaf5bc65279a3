//! What is made of what was handed in: links to taxpayers, people's decisions about them, runs.

pub mod decisions;
pub mod links;
pub mod runs;
