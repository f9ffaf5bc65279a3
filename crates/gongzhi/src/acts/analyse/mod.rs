//! What is made of what was handed in: which taxpayer a row speaks of, the state as of a day, models.

pub mod export;
pub mod identity;
pub mod identity_decisions;
pub mod models;
pub mod state;
