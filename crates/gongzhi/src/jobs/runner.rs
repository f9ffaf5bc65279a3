//! The runner: takes jobs that are due, does each under a lease that it renews, and ends it or puts it off.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use gongzhi_core::access::{Actor, Scope};
use gongzhi_core::jobs::JobKind;
use gongzhi_core::messages::Message;
use gongzhi_store::shared::jobs::{Job, Lease, LeaseOrder, Leased};
use gongzhi_store::{Store, StoreError};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinSet};

use super::{Answer, Clock, Dice, Handlers, JobContext, Progress};

/// How a runner goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// At most so many jobs at once.
    pub most: usize,
    /// How long to wait before looking for more.
    pub look: Duration,
    /// After how long a lease is renewed; none: as its kind says.
    pub renew: Option<Duration>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { most: 4, look: Duration::from_secs(1), renew: None }
    }
}

/// Does the jobs that a program has handlers for.
pub struct Runner {
    /// Where jobs are.
    pub store: Store,
    /// In whose name they are leased and ended: its scope is that of the jobs it sees.
    pub actor: Actor,
    /// The name of this program, which no other has.
    pub worker: String,
    /// Tells the moment; it goes on.
    pub clock: Clock,
    /// So that what failed together is not tried again together.
    pub dice: Dice,
    /// What does each kind.
    pub handlers: Handlers,
    /// How it goes about it.
    pub pace: Pace,
}

/// A job that was taken in hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: JobKind,
    /// Its key.
    pub key: String,
    /// What became of it.
    pub end: End,
}

/// What became of a job that was taken in hand.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// It is done.
    Done(Value),
    /// It failed and is tried again, not before that moment.
    Again(DateTime<Utc>, Message),
    /// It failed for good.
    Failed(Message),
    /// Another program took it over, or it was called off meanwhile.
    Lost,
}

impl Runner {
    /// Does what is due, one after the other, until nothing is: what a command does once its act is done. Gives what was
    /// taken in hand.
    ///
    /// # Errors
    /// The store's. What was in hand is taken over by whoever comes once its lease is over.
    pub async fn run_due(&self) -> Result<Vec<Ran>, StoreError> {
        let mut all = Vec::new();
        while let Some(leased) = self.lease(1).await?.pop() {
            all.push(self.attend(leased).await?);
        }
        Ok(all)
    }

    /// Does what is due, several at once, until it is told to stop. What is in hand by then is ended, and nothing more begun.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut running = JoinSet::new();
        loop {
            self.take(&mut running).await;
            tokio::select! {
                biased;
                () = &mut stop => break,
                Some(ended) = running.join_next() => note(ended),
                () = tokio::time::sleep(self.pace.look) => {}
            }
        }
        while let Some(ended) = running.join_next().await {
            note(ended);
        }
    }

    async fn take(self: &Arc<Self>, running: &mut JoinSet<Result<Ran, StoreError>>) {
        let room = self.pace.most.saturating_sub(running.len());
        if room == 0 {
            return;
        }
        match self.lease(room).await {
            Ok(all) => all.into_iter().for_each(|leased| {
                let runner = Arc::clone(self);
                running.spawn(async move { runner.attend(leased).await });
            }),
            Err(error) => tracing::warn!(%error, "jobs can't be looked for"),
        }
    }

    async fn lease(&self, most: usize) -> Result<Vec<Leased>, StoreError> {
        let kinds = self.handlers.kinds();
        let order = LeaseOrder { kinds: &kinds, worker: &self.worker, most, now: (self.clock)() };
        self.store.lease_jobs(&self.actor.scope, &order).await
    }

    /// Does a job that is held, and ends it.
    async fn attend(&self, Leased { job, lease }: Leased) -> Result<Ran, StoreError> {
        let ended = if job.attempts > job.kind.most_attempts() {
            let lost = Message::new("job-lost").with("times", job.attempts - 1);
            self.fail(&job, &lease, lost).await
        } else {
            match self.handle(&job, &lease).await {
                Some(Ok(answer)) => self.finish(&lease, answer).await,
                Some(Err(problem)) => self.fail(&job, &lease, problem).await,
                None => Ok(End::Lost),
            }
        };
        let end = match ended {
            Err(StoreError::JobRefused(_)) => End::Lost,
            ended => ended?,
        };
        match &end {
            End::Done(_) => tracing::info!(job.id = job.id, job.kind = job.kind.key(), "a job is done"),
            End::Again(..) => {
                tracing::info!(job.id = job.id, job.kind = job.kind.key(), "a job failed and is tried again")
            }
            End::Failed(_) => tracing::warn!(job.id = job.id, job.kind = job.kind.key(), "a job has failed for good"),
            End::Lost => {
                tracing::warn!(job.id = job.id, job.kind = job.kind.key(), "a job is in other hands, or called off")
            }
        }
        Ok(Ran { id: job.id, kind: job.kind, key: job.key, end })
    }

    /// What its handler answers; none once the lease is lost: what the handler was about is left.
    async fn handle(&self, job: &Job, lease: &Lease) -> Option<Answer> {
        let handler = self.handlers.find(job.kind)?;
        let progress = Progress::default();
        let context =
            JobContext { clock: Arc::clone(&self.clock), lease: lease.clone(), progress: Arc::clone(&progress) };
        let pause = self.pace.renew.unwrap_or_else(|| job.kind.renewal().to_std().unwrap_or_default());
        let renewal = Renewal {
            store: self.store.clone(),
            scope: self.actor.scope.clone(),
            clock: Arc::clone(&self.clock),
            lease: lease.clone(),
            kind: job.kind,
            progress,
        };
        // A task of its own: a handler that keeps its thread busy is at work all the same. It ends with this set.
        let (done, told) = oneshot::channel();
        let mut renewals = JoinSet::new();
        renewals.spawn(renewal.go_on(pause, told));
        let answer = tokio::select! {
            answer = handler(&context, job) => Some(answer),
            _ = renewals.join_next() => None,
        };
        // What it is just writing it writes to the end.
        drop(done);
        while renewals.join_next().await.is_some() {}
        answer
    }

    async fn finish(&self, lease: &Lease, answer: Value) -> Result<End, StoreError> {
        let mut work = self.store.write(&self.actor, (self.clock)()).await?;
        work.finish_job(lease, &answer).await?;
        work.commit().await?;
        Ok(End::Done(answer))
    }

    async fn fail(&self, job: &Job, lease: &Lease, problem: Message) -> Result<End, StoreError> {
        let now = (self.clock)();
        let next = job.kind.next_try(job.attempts, now, Some((self.dice)()));
        let mut work = self.store.write(&self.actor, now).await?;
        work.fail_job(lease, &problem, next).await?;
        work.commit().await?;
        Ok(match next {
            Some(next) => End::Again(next, problem),
            None => End::Failed(problem),
        })
    }
}

/// Who says that a job is still being done.
struct Renewal {
    store: Store,
    scope: Scope,
    clock: Clock,
    lease: Lease,
    kind: JobKind,
    progress: Progress,
}

impl Renewal {
    /// Ends once the lease is lost, or the other end of the channel is gone.
    async fn go_on(self, pause: Duration, mut told: oneshot::Receiver<()>) {
        loop {
            tokio::select! {
                _ = &mut told => return,
                () = tokio::time::sleep(pause) => {}
            }
            let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let until = (self.clock)() + self.kind.lease();
            match self.store.renew_job(&self.scope, &self.lease, (until, progress.as_ref())).await {
                Ok(()) => {}
                Err(StoreError::JobRefused(_)) => return,
                // The database may be there again before the lease is over.
                Err(error) => tracing::warn!(job.id = self.lease.job, %error, "a lease can't be renewed"),
            }
        }
    }
}

/// What ended beside the runner: a job that could not be ended is taken over once its lease is over.
fn note(ended: Result<Result<Ran, StoreError>, JoinError>) {
    match ended {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "a job could not be ended"),
        Err(error) => tracing::warn!(%error, "a job was broken off"),
    }
}
