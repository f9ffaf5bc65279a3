//! The control store: uploads, batches, links, decisions, runs and which keys belong to it, on SQLite or PostgreSQL.
//!
//! Two halves have tables of their own, [`collect`] and [`analyse`]; neither names the other's, and what one has to tell the
//! other it sends as a message ([`shared::messages`]).
//!
//! The only crate that names sea_orm. Nothing is given out without a scope, and no function takes an id alone. A batch
//! is visible when its row stands here, and its row stands here in the transaction that accepts its upload: files
//! without a row were never there. Instants are kept as microseconds since 1970, whole in both databases.

pub mod analyse;
pub mod collect;
mod entities;
mod error;
mod hand_over;
mod migrations;
pub mod named;
pub mod shared;
mod store;

pub use error::StoreError;
pub use store::{Store, StorePlace};
