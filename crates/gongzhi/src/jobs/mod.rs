//! Jobs as the program does them: what each kind is done by, and the runner that takes what is due.
//!
//! A handler only translates: job in, act called, answer out. What is begun may be done again by another program, after the
//! effect of the first and before its end, so a handler is one that gives the same when it is done twice; one whose whole
//! effect is in the store may end its job in that very transaction (`work.finish_job(context.lease(), …)`).
//!
//! The runner knows no more of the program than its store, a clock, dice and the handlers. The clock must go on: a lease that
//! is renewed by a clock that stands is over for every other program.

pub mod handlers;
pub mod inline;
pub mod runner;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use gongzhi_core::jobs::JobKind;
use gongzhi_core::messages::Message;
use gongzhi_store::shared::jobs::{Job, Lease};
use serde_json::Value;

/// Tells the moment.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Gives a byte of chance.
pub type Dice = Arc<dyn Fn() -> u8 + Send + Sync>;

/// What came of a job: facts for who looks, or what is wrong.
pub type Answer = Result<Value, Message>;

/// An answer that is being worked out.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// Does jobs of a kind.
type Handler = Box<dyn for<'a> Fn(&'a JobContext, &'a Job) -> Answering<'a> + Send + Sync>;

/// What does each kind of jobs.
#[derive(Default)]
pub struct Handlers(BTreeMap<JobKind, Handler>);

impl Handlers {
    /// The same with what does a kind.
    #[must_use]
    pub fn with(
        mut self,
        kind: JobKind,
        handler: impl for<'a> Fn(&'a JobContext, &'a Job) -> Answering<'a> + Send + Sync + 'static,
    ) -> Self {
        self.0.insert(kind, Box::new(handler));
        self
    }

    fn kinds(&self) -> Vec<JobKind> {
        self.0.keys().copied().collect()
    }

    fn find(&self, kind: JobKind) -> Option<&Handler> {
        self.0.get(&kind)
    }
}

/// What a handler is given beside its job.
pub struct JobContext {
    clock: Clock,
    lease: Lease,
    progress: Progress,
}

/// How far a job is, for whoever renews its lease.
type Progress = Arc<Mutex<Option<Value>>>;

impl JobContext {
    /// The moment.
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// By what the job is held, for who ends it in the transaction of its effect.
    #[cfg_attr(not(test), expect(dead_code, reason = "the handlers there are end no job by themselves"))]
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Says how far the job is; it is kept when the lease is renewed next.
    #[cfg_attr(not(test), expect(dead_code, reason = "the handlers there are take less than a renewal"))]
    pub fn tell(&self, progress: Value) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
    }
}
