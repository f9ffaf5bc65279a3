//! A program that is killed once a job had its effect and before it was ended: another does it again, and nothing is there
//! twice.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use gongzhi_core::audit::Entry;
use gongzhi_core::jobs::{JobKind, JobState};
use gongzhi_engine::keys::verify;
use gongzhi_engine::upkeep::list_kept;
use gongzhi_store::collect::uploads::{Begun, NewUpload};
use gongzhi_store::shared::audit::LogLook;
use tokio::sync::Notify;

use super::{Bench, operator};
use crate::app::App;
use crate::jobs::Handlers;
use crate::jobs::handlers::handlers_of;

/// The handlers there are, each of which never ends once it has done its work, and says so.
fn stopped_after(app: &App, done: &Arc<Notify>) -> Handlers {
    let real = Arc::new(handlers_of(app, &operator()));
    JobKind::ALL.into_iter().fold(Handlers::default(), |handlers, kind| {
        let (real, done) = (Arc::clone(&real), Arc::clone(done));
        handlers.with(kind, move |context, job| {
            let (real, done) = (Arc::clone(&real), Arc::clone(&done));
            Box::pin(async move {
                let handler = real.find(kind).unwrap();
                handler(context, job).await?;
                done.notify_one();
                std::future::pending().await
            })
        })
    })
}

/// A program that is killed after the effect of the first job that it takes.
async fn kill_one(bench: &Bench) {
    let done = Arc::new(Notify::new());
    let runner = bench.runner("killed", stopped_after(&bench.app, &done));
    tokio::select! {
        ended = runner.run_due() => panic!("{ended:?}"),
        () = done.notified() => {}
    }
}

/// The next program, once the lease of the killed one is over.
async fn come_after(bench: &Bench, kind: JobKind) {
    bench.wait(kind.lease());
    let ran = bench.runner("next", handlers_of(&bench.app, &operator())).run_due().await.unwrap();
    assert_eq!(ran.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["j1"]);
    let job = bench.get("j1").await;
    assert_eq!((job.state, job.attempts), (JobState::Done, 2));
}

async fn log_of(bench: &Bench) -> (Vec<Entry>, LogLook) {
    let (store, key) = (&bench.app.store, bench.app.keys.public_key());
    let look = store.verify_log(|text, signature| verify(&key, text.as_bytes(), signature)).await.unwrap();
    (store.list_entries(0, 99).await.unwrap(), look)
}

/// An attempt at an upload whose program is gone, and the file that it wrote.
async fn leave_attempt(bench: &Bench) -> PathBuf {
    let (now, key) = (bench.now(), "item=water_project/left.parquet");
    let new = NewUpload {
        attempt: "left".to_owned(),
        region: "652323".to_owned(),
        unit: "water".to_owned(),
        key: "left".to_owned(),
        file: "left.csv".to_owned(),
        digest: "sm3:00".to_owned(),
        keys: vec![key.to_owned()],
        is_delivered: false,
        started_at: now,
        leased_until: now + TimeDelta::minutes(15),
    };
    let begin = bench.app.store.change((&operator(), now), async |work| work.begin_upload(&new).await).await;
    assert!(matches!(begin, Ok(Begun::Mine(_))));
    let file = bench.app.settings.data.join(key);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "left").unwrap();
    file
}

#[tokio::test]
async fn a_log_that_was_sealed_by_a_killed_program_is_sealed_and_says_nothing_more() {
    let bench = Bench::new().await;
    leave_attempt(&bench).await;
    bench.ask(JobKind::LogSeal, "j1").await;
    kill_one(&bench).await;
    let before = log_of(&bench).await;
    assert_eq!(before.1, LogLook { entries: 1, sealed: 1, faults: vec![] });
    come_after(&bench, JobKind::LogSeal).await;
    assert_eq!(log_of(&bench).await, before);
}

#[tokio::test]
async fn what_a_killed_program_cleared_is_cleared_and_told_once() {
    let bench = Bench::new().await;
    let left = leave_attempt(&bench).await;
    bench.ask(JobKind::UpkeepClear, "j1").await;
    kill_one(&bench).await;
    assert!(!left.exists());
    let kept = || list_kept(&bench.app.settings.data, &bench.app.keys).unwrap();
    let ((entries, _), files) = (log_of(&bench).await, kept());
    let said: Vec<&str> = entries.iter().map(|entry| entry.act.as_str()).collect();
    assert_eq!(said, ["upload.begin", "job.enqueue", "attempt.give_up", "attempt.clear"]);
    come_after(&bench, JobKind::UpkeepClear).await;
    let (after, _) = log_of(&bench).await;
    let (last, before) = after.split_last().unwrap();
    assert_eq!(before, entries);
    assert_eq!((last.act.as_str(), last.object.as_str()), ("job.finish", "job:j1"));
    assert_eq!(kept(), files);
}
