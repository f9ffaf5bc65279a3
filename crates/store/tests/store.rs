//! The control store on SQLite and, where one is reachable, on PostgreSQL: the same tests on both.
//!
//! PostgreSQL is named by the environment variable `GONGZHI_TEST_POSTGRES` (a URL; every test makes a schema of its own).
//! Without it the tests say that they left it out.

#![expect(clippy::unwrap_used, reason = "everything here is a test: what is not there fails it")]

#[path = "store/analysing.rs"]
mod analysing;
#[path = "store/attempts.rs"]
mod attempts;
#[path = "store/bench.rs"]
mod bench;
#[path = "store/exchange.rs"]
mod exchange;
#[path = "store/jobs.rs"]
mod jobs;
#[path = "store/leads.rs"]
mod leads;
#[path = "store/log.rs"]
mod log;
#[path = "store/opening.rs"]
mod opening;
#[path = "store/uploads.rs"]
mod uploads;
