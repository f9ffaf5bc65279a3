//! The runner and both handlers, with the clock in the test's hand.

mod done_twice;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use gongzhi_core::access::{Actor, Purpose};
use gongzhi_core::jobs::{JobKind, JobState};
use gongzhi_core::messages::Message;
use gongzhi_store::StoreError;
use gongzhi_store::shared::jobs::{Job, NewJob};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::runner::{End, Pace, Ran, Runner};
use super::{Answer, Handlers};
use crate::acts::home::{Access, open};
use crate::app::{App, Clock};

/// A home with a clock that goes on when it is told to.
struct Bench {
    _home: tempfile::TempDir,
    app: App,
    moment: Arc<Mutex<DateTime<Utc>>>,
}

fn operator() -> Actor {
    Actor::operator("tester", Purpose::Upkeep)
}

impl Bench {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let noon = DateTime::from_timestamp(1_735_732_800, 0).unwrap();
        let app = open(home.path(), Access::Make, Clock::still(noon)).await.unwrap();
        Self { _home: home, app, moment: Arc::new(Mutex::new(noon)) }
    }

    fn now(&self) -> DateTime<Utc> {
        *self.moment.lock().unwrap()
    }

    fn wait(&self, time: TimeDelta) {
        *self.moment.lock().unwrap() += time;
    }

    /// A program on this home. It says so every millisecond that it is at work: nothing here lasts longer.
    fn runner(&self, worker: &str, handlers: Handlers) -> Arc<Runner> {
        let moment = Arc::clone(&self.moment);
        let (look, renew) = (Duration::from_millis(1), Some(Duration::from_millis(1)));
        Arc::new(Runner {
            store: self.app.store.clone(),
            actor: operator(),
            worker: worker.to_owned(),
            clock: Arc::new(move || *moment.lock().unwrap()),
            dice: Arc::new(|| 0_u8),
            handlers,
            pace: Pace { look, renew, ..Pace::default() },
        })
    }

    async fn ask(&self, kind: JobKind, id: &str) {
        let (now, region) = (self.now(), String::new());
        let (id, key, payload) = (id.to_owned(), String::new(), json!({}));
        let new = NewJob { id, kind, key, region, payload, run_at: now };
        let store = &self.app.store;
        store.change((&operator(), now), async |work| work.enqueue(&new).await).await.unwrap();
    }

    async fn get(&self, id: &str) -> Job {
        self.app.store.find_job(&operator().scope, id).await.unwrap().unwrap()
    }
}

fn problem() -> Message {
    Message::new("store-nothing-said")
}

/// A handler that answers at once.
fn answering(answer: Answer) -> Handlers {
    Handlers::default().with(JobKind::UpkeepClear, move |_, _| {
        let answer = answer.clone();
        Box::pin(async move { answer })
    })
}

/// A handler that says when it has begun, and then never ends.
fn endless(begun: &Arc<Notify>) -> Handlers {
    let begun = Arc::clone(begun);
    Handlers::default().with(JobKind::UpkeepClear, move |context, _| {
        let begun = Arc::clone(&begun);
        Box::pin(async move {
            context.tell(json!({ "at": 1 }));
            begun.notify_one();
            std::future::pending().await
        })
    })
}

fn ran(id: &str, end: End) -> Ran {
    Ran { id: id.to_owned(), kind: JobKind::UpkeepClear, key: String::new(), end }
}

#[tokio::test]
async fn what_is_due_is_done_once_and_what_came_of_it_kept() {
    let bench = Bench::new().await;
    bench.ask(JobKind::UpkeepClear, "j1").await;
    bench.ask(JobKind::LogSeal, "j2").await;
    let runner = bench.runner("one", answering(Ok(json!({ "cleared": 2 }))));
    let done = End::Done(json!({ "cleared": 2 }));
    assert_eq!(runner.run_due().await.unwrap(), [ran("j1", done)], "and nothing that it has no handler for");
    assert!(runner.run_due().await.unwrap().is_empty());
    let job = bench.get("j1").await;
    assert_eq!((job.state, job.progress), (JobState::Done, Some(json!({ "cleared": 2 }))));
    assert_eq!(bench.get("j2").await.state, JobState::Waiting);
}

#[tokio::test]
async fn what_fails_is_tried_again_after_longer_and_longer_pauses_until_it_has_failed_for_good() {
    let bench = Bench::new().await;
    bench.ask(JobKind::UpkeepClear, "j1").await;
    let runner = bench.runner("one", answering(Err(problem())));
    for seconds in [5, 10, 20, 40, 80] {
        let again = End::Again(bench.now() + TimeDelta::seconds(seconds), problem());
        assert_eq!(runner.run_due().await.unwrap(), [ran("j1", again)]);
        bench.wait(TimeDelta::seconds(seconds - 1));
        assert!(runner.run_due().await.unwrap().is_empty(), "not before its moment");
        bench.wait(TimeDelta::seconds(1));
    }
    assert_eq!(runner.run_due().await.unwrap(), [ran("j1", End::Failed(problem()))]);
    bench.wait(TimeDelta::days(9));
    assert!(runner.run_due().await.unwrap().is_empty());
    let job = bench.get("j1").await;
    assert_eq!((job.state, job.attempts, job.problem), (JobState::Failed, 6, Some(problem())));
}

#[tokio::test]
async fn a_lease_is_renewed_while_its_job_is_done() {
    let bench = Bench::new().await;
    bench.ask(JobKind::UpkeepClear, "j1").await;
    let (begun, answer) = (Arc::new(Notify::new()), answering(Ok(Value::Null)));
    let (one, two) = (bench.runner("one", endless(&begun)), bench.runner("two", answer));
    let rest = async {
        begun.notified().await;
        let lease = JobKind::UpkeepClear.lease();
        for _ in 0..3 {
            bench.wait(lease / 2);
            let until = bench.now() + lease;
            while bench.get("j1").await.held != Some(("one".to_owned(), until)) {
                tokio::task::yield_now().await;
            }
            assert!(two.run_due().await.unwrap().is_empty());
        }
        assert_eq!(bench.get("j1").await.progress, Some(json!({ "at": 1 })));
    };
    tokio::select! {
        ended = one.run_due() => panic!("{ended:?}"),
        () = rest => {}
    }
}

#[tokio::test]
async fn who_lost_its_lease_leaves_the_job_to_whoever_has_it() {
    let bench = Bench::new().await;
    bench.ask(JobKind::UpkeepClear, "j1").await;
    let begun = Arc::new(Notify::new());
    let mut one = Arc::into_inner(bench.runner("one", endless(&begun))).unwrap();
    // As one that stood still for longer than its lease.
    let (stood, two) = (bench.now(), bench.runner("two", answering(Ok(Value::Null))));
    one.clock = Arc::new(move || stood);
    let taken_over = async {
        begun.notified().await;
        bench.wait(JobKind::UpkeepClear.lease() + TimeDelta::seconds(1));
        two.run_due().await.unwrap()
    };
    let (lost, done) = tokio::join!(one.run_due(), taken_over);
    assert_eq!((lost.unwrap(), done), (vec![ran("j1", End::Lost)], vec![ran("j1", End::Done(Value::Null))]));
    assert_eq!(bench.get("j1").await.attempts, 2);
}

#[tokio::test]
async fn what_was_called_off_is_left_by_whoever_is_at_it() {
    let bench = Bench::new().await;
    bench.ask(JobKind::UpkeepClear, "j1").await;
    let begun = Arc::new(Notify::new());
    let runner = bench.runner("one", endless(&begun));
    let call_off = async {
        begun.notified().await;
        let (who, store) = (operator(), &bench.app.store);
        store.change((&who, bench.now()), async |work| work.cancel_job("j1").await).await.unwrap();
    };
    let (lost, ()) = tokio::join!(runner.run_due(), call_off);
    assert_eq!(lost.unwrap(), [ran("j1", End::Lost)]);
    assert_eq!(bench.get("j1").await.state, JobState::Cancelled);
}

#[tokio::test]
async fn a_job_that_ends_every_program_that_begins_it_is_given_up() {
    let bench = Bench::new().await;
    bench.ask(JobKind::UpkeepClear, "j1").await;
    for _ in 0..JobKind::UpkeepClear.most_attempts() {
        let begun = Arc::new(Notify::new());
        let runner = bench.runner("one", endless(&begun));
        tokio::select! {
            ended = runner.run_due() => panic!("{ended:?}"),
            () = begun.notified() => {}
        }
        bench.wait(JobKind::UpkeepClear.lease() * 2);
    }
    let runner = bench.runner("one", answering(Ok(Value::Null)));
    let lost = Message::new("job-lost").with("times", 6);
    assert_eq!(runner.run_due().await.unwrap(), [ran("j1", End::Failed(lost))]);
}

#[tokio::test]
async fn a_handler_may_end_its_job_in_the_transaction_of_its_effect() {
    let bench = Bench::new().await;
    bench.ask(JobKind::UpkeepClear, "j1").await;
    let (store, ended) = (bench.app.store.clone(), Arc::new(Notify::new()));
    let tells = Arc::clone(&ended);
    let handlers = Handlers::default().with(JobKind::UpkeepClear, move |context, job| {
        let (store, tells) = (store.clone(), Arc::clone(&tells));
        Box::pin(async move {
            let change = async {
                let mut work = store.write(&operator(), context.now()).await?;
                work.finish_job(context.lease(), &json!({ "ended": job.id })).await?;
                work.commit().await
            };
            change.await.map_err(|error: StoreError| error.message())?;
            tells.notify_one();
            std::future::pending().await
        })
    });
    let runner = bench.runner("one", handlers);
    tokio::select! {
        left = runner.run_due() => assert_eq!(left.unwrap(), [ran("j1", End::Lost)]),
        () = ended.notified() => {}
    }
    bench.wait(TimeDelta::days(1));
    assert!(runner.run_due().await.unwrap().is_empty());
    let job = bench.get("j1").await;
    assert_eq!((job.state, job.progress), (JobState::Done, Some(json!({ "ended": "j1" }))));
}

#[tokio::test]
async fn who_is_told_to_stop_ends_what_is_in_hand_and_begins_nothing_more() {
    let bench = Bench::new().await;
    bench.ask(JobKind::UpkeepClear, "j1").await;
    let (begun, go_on, count) = (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(AtomicU32::new(0)));
    let (told, may, counted) = (Arc::clone(&begun), Arc::clone(&go_on), Arc::clone(&count));
    let handlers = Handlers::default().with(JobKind::UpkeepClear, move |_, _| {
        let (told, may, counted) = (Arc::clone(&told), Arc::clone(&may), Arc::clone(&counted));
        Box::pin(async move {
            told.notify_one();
            may.notified().await;
            counted.fetch_add(1, Ordering::Relaxed);
            Ok(Value::Null)
        })
    });
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let mut runner = Arc::into_inner(bench.runner("one", handlers)).unwrap();
    // It looks once, and then waits for what ends.
    runner.pace.look = Duration::from_secs(3_600);
    let stop_told = async move {
        let _ = stopped.await;
    };
    let running = tokio::spawn(Arc::new(runner).run(stop_told));
    begun.notified().await;
    bench.ask(JobKind::UpkeepClear, "j2").await;
    stop.send(()).unwrap();
    tokio::task::yield_now().await;
    assert!(!running.is_finished());
    go_on.notify_one();
    running.await.unwrap();
    assert_eq!(count.load(Ordering::Relaxed), 1);
    assert_eq!(bench.get("j1").await.state, JobState::Done);
    assert_eq!(bench.get("j2").await.state, JobState::Waiting);
}
