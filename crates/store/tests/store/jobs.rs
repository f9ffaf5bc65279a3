//! Jobs: one of a key waits, one program at a time holds it, and it ends once.

use chrono::{DateTime, TimeDelta, Utc};
use gongzhi_core::access::{Actor, Purpose, Scope};
use gongzhi_core::jobs::{JobKind, JobState};
use gongzhi_core::messages::Message;
use gongzhi_store::shared::jobs::{Asked, Job, JobList, LeaseOrder, Leased, NewJob};
use gongzhi_store::shared::work::Work;
use gongzhi_store::{Store, StoreError};
use serde_json::json;

use super::bench::{actor, county, noon, office, on_every_database, region};

/// A moment of the day on which everything here is due.
fn minute(minutes: i64) -> DateTime<Utc> {
    noon(1) + TimeDelta::minutes(minutes)
}

fn clearing(id: &str, key: &str) -> NewJob {
    NewJob {
        id: id.to_owned(),
        kind: JobKind::UpkeepClear,
        key: key.to_owned(),
        region: "652323".to_owned(),
        payload: json!({ "of": key }),
        run_at: minute(0),
    }
}

fn sealing(id: &str) -> NewJob {
    NewJob { kind: JobKind::LogSeal, ..clearing(id, "") }
}

fn asked(id: &str, is_new: bool) -> Asked {
    Asked { id: id.to_owned(), is_new }
}

async fn ask(store: &Store, new: &NewJob) -> Asked {
    store.change((&office(), noon(0)), async |work| work.enqueue(new).await).await.unwrap()
}

async fn list(store: &Store, scope: &Scope, state: Option<JobState>) -> Vec<Job> {
    store.list_jobs(scope, &JobList { state, who: None, before: None, most: 99 }).await.unwrap()
}

async fn get(store: &Store, id: &str) -> Job {
    store.find_job(&county(), id).await.unwrap().unwrap()
}

async fn lease(store: &Store, worker: &str, now: DateTime<Utc>) -> Vec<Leased> {
    let order = LeaseOrder { kinds: &JobKind::ALL, worker, most: 9, now };
    store.lease_jobs(&county(), &order).await.unwrap()
}

async fn lease_one(store: &Store, worker: &str, now: DateTime<Utc>) -> Leased {
    let mut leased = lease(store, worker, now).await;
    assert_eq!(leased.len(), 1);
    leased.remove(0)
}

async fn finish(store: &Store, held: &Leased) -> Result<(), StoreError> {
    let answer = json!({ "done": true });
    store.change((&office(), minute(1)), async |work| work.finish_job(&held.lease, &answer).await).await
}

fn problem() -> Message {
    Message::new("store-database").with("reason", "磁盘已满")
}

async fn fail(store: &Store, held: &Leased, next: Option<DateTime<Utc>>) -> JobState {
    let problem = problem();
    let fail = async |work: &mut Work| work.fail_job(&held.lease, &problem, next).await;
    store.change((&office(), minute(1)), fail).await.unwrap()
}

async fn cancel(store: &Store, who: &Actor, id: &str) -> Result<(), StoreError> {
    store.change((who, minute(1)), async |work| work.cancel_job(id).await).await
}

async fn retry(store: &Store, id: &str) -> Result<Asked, StoreError> {
    store.change((&office(), minute(1)), async |work| work.retry_job(id).await).await
}

#[tokio::test]
async fn what_is_asked_for_several_times_while_it_waits_is_one() {
    on_every_database("jobs_one", async |store| {
        assert_eq!(ask(store, &clearing("j1", "a")).await, asked("j1", true));
        let earlier = NewJob { run_at: noon(0), ..clearing("j2", "a") };
        assert_eq!(ask(store, &earlier).await, asked("j1", false));
        assert_eq!(ask(store, &clearing("j3", "b")).await, asked("j3", true));
        assert_eq!(ask(store, &NewJob { key: "a".to_owned(), ..sealing("j4") }).await, asked("j4", true));
        let jobs = list(store, &county(), None).await;
        assert_eq!(jobs.iter().map(|job| job.id.as_str()).collect::<Vec<_>>(), ["j4", "j3", "j1"]);
        let first = &jobs[2];
        assert_eq!((first.run_at, &first.payload), (noon(0), &json!({ "of": "a" })));
        assert_eq!((first.actor.who.as_str(), first.actor.purpose.as_str()), ("operator:tester", "intake"));
        assert_eq!((first.state, first.attempts, first.enqueued_at), (JobState::Waiting, 0, noon(0)));
        let narrow =
            JobList { state: None, who: Some(first.actor.who.clone()), before: Some("j4".to_owned()), most: 1 };
        let page = store.list_jobs(&county(), &narrow).await.unwrap();
        assert_eq!(page.iter().map(|job| job.id.as_str()).collect::<Vec<_>>(), ["j3"]);
    })
    .await;
}

#[tokio::test]
async fn a_job_is_there_with_the_change_it_follows_from_and_not_without() {
    on_every_database("jobs_with", async |store| {
        let mut work = store.write(&office(), noon(0)).await.unwrap();
        work.enqueue(&clearing("j1", "a")).await.unwrap();
        drop(work);
        assert!(list(store, &county(), None).await.is_empty());
        assert_eq!(ask(store, &clearing("j2", "a")).await, asked("j2", true));
    })
    .await;
}

#[tokio::test]
async fn a_job_is_leased_from_its_moment_on_and_of_a_kind_no_more_at_once_than_may_be() {
    on_every_database("jobs_lease", async |store| {
        ask(store, &NewJob { run_at: minute(2), ..clearing("j1", "a") }).await;
        ask(store, &clearing("j2", "b")).await;
        ask(store, &sealing("j3")).await;
        assert!(lease(store, "one", noon(0)).await.is_empty());
        let held = lease(store, "one", minute(0)).await;
        let shown: Vec<_> = held.iter().map(|one| (one.job.id.as_str(), one.job.attempts)).collect();
        assert_eq!(shown, [("j2", 1), ("j3", 1)]);
        assert_eq!(held[0].job.held, Some(("one".to_owned(), minute(5))));
        assert!(lease(store, "two", minute(0)).await.is_empty());
        finish(store, &held[1]).await.unwrap();
        assert!(lease(store, "two", minute(2)).await.is_empty(), "one of its kind is at work");
        finish(store, &held[0]).await.unwrap();
        assert_eq!(lease_one(store, "two", minute(2)).await.job.id, "j1");
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_is_over_is_taken_over_and_who_lost_it_ends_nothing() {
    on_every_database("jobs_over", async |store| {
        ask(store, &clearing("j1", "a")).await;
        let one = lease_one(store, "one", minute(0)).await;
        let progress = json!({ "of": 9, "at": 4 });
        store.renew_job(&county(), &one.lease, (minute(10), Some(&progress))).await.unwrap();
        assert!(lease(store, "two", minute(6)).await.is_empty(), "it was renewed");
        assert_eq!(get(store, "j1").await.progress, Some(progress));
        let two = lease_one(store, "two", minute(10)).await;
        assert_eq!(two.job.attempts, 2);
        let late = store.renew_job(&county(), &one.lease, (minute(20), None)).await;
        assert!(matches!(late, Err(StoreError::JobRefused(_))), "{late:?}");
        let late = finish(store, &one).await;
        assert!(matches!(late, Err(StoreError::JobRefused(_))), "{late:?}");
        finish(store, &two).await.unwrap();
        finish(store, &two).await.unwrap();
        let done = get(store, "j1").await;
        assert_eq!((done.state, done.held, done.progress), (JobState::Done, None, Some(json!({ "done": true }))));
        assert!(lease(store, "three", noon(9)).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_failed_waits_for_its_next_moment_and_without_one_has_failed_for_good() {
    on_every_database("jobs_fail", async |store| {
        ask(store, &clearing("j1", "a")).await;
        let held = lease_one(store, "one", minute(0)).await;
        assert_eq!(fail(store, &held, Some(minute(8))).await, JobState::Waiting);
        assert_eq!(ask(store, &clearing("j2", "a")).await, asked("j1", false), "asking again is no shorter pause");
        assert!(lease(store, "one", minute(7)).await.is_empty());
        let put_off = get(store, "j1").await;
        assert_eq!((put_off.problem, put_off.run_at, put_off.ended_at), (Some(problem()), minute(8), None));
        let held = lease_one(store, "one", minute(8)).await;
        assert_eq!(held.job.attempts, 2);
        assert_eq!(fail(store, &held, None).await, JobState::Failed);
        assert!(lease(store, "one", noon(9)).await.is_empty());
        assert_eq!(get(store, "j1").await.ended_at, Some(minute(1)));
        assert_eq!(retry(store, "j1").await.unwrap(), asked("j1", true));
        assert_eq!(lease_one(store, "one", minute(9)).await.job.attempts, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_for_while_it_is_done_waits_and_takes_the_place_of_the_first_when_that_fails() {
    on_every_database("jobs_again", async |store| {
        ask(store, &clearing("j1", "a")).await;
        let held = lease_one(store, "one", minute(0)).await;
        assert_eq!(ask(store, &clearing("j2", "a")).await, asked("j2", true));
        assert!(lease(store, "two", minute(0)).await.is_empty(), "not beside the first");
        assert_eq!(fail(store, &held, Some(minute(8))).await, JobState::Cancelled);
        let second = get(store, "j2").await;
        assert_eq!((second.attempts, second.run_at, second.problem), (1, minute(8), Some(problem())));
        let held = lease_one(store, "two", minute(8)).await;
        assert_eq!((held.job.id.as_str(), held.job.attempts), ("j2", 2));
        finish(store, &held).await.unwrap();
        assert!(list(store, &county(), Some(JobState::Waiting)).await.is_empty());
        // Of a kind and key the last one that was done is kept.
        ask(store, &clearing("j3", "a")).await;
        finish(store, &lease_one(store, "two", minute(8)).await).await.unwrap();
        let done = list(store, &county(), Some(JobState::Done)).await;
        assert_eq!(done.iter().map(|job| job.id.as_str()).collect::<Vec<_>>(), ["j3"]);
    })
    .await;
}

#[tokio::test]
async fn what_was_called_off_is_ended_by_nobody_and_tried_again_when_asked() {
    on_every_database("jobs_cancel", async |store| {
        ask(store, &clearing("j1", "a")).await;
        let old = lease_one(store, "one", minute(0)).await;
        cancel(store, &office(), "j1").await.unwrap();
        assert!(matches!(finish(store, &old).await, Err(StoreError::JobRefused(_))));
        assert!(matches!(cancel(store, &office(), "j1").await, Err(StoreError::JobRefused(_))));
        assert_eq!(retry(store, "j1").await.unwrap(), asked("j1", true));
        let held = lease_one(store, "one", minute(1)).await;
        let late = finish(store, &old).await;
        assert!(matches!(late, Err(StoreError::JobRefused(_))), "the same program, an earlier lease");
        finish(store, &held).await.unwrap();
        assert!(matches!(retry(store, "j1").await, Err(StoreError::JobRefused(_))), "it is done");
    })
    .await;
}

#[tokio::test]
async fn a_scope_sees_leases_and_changes_the_jobs_of_its_regions_only() {
    on_every_database("jobs_scope", async |store| {
        let elsewhere = actor(Scope::regions([region("652324")]));
        ask(store, &clearing("j1", "a")).await;
        let foreign = store.change((&elsewhere, noon(0)), async |work| work.enqueue(&clearing("j2", "b")).await).await;
        assert!(matches!(foreign, Err(StoreError::NotThere { what: "region" })));
        assert!(matches!(cancel(store, &elsewhere, "j1").await, Err(StoreError::NotThere { what: "job" })));
        assert!(list(store, &elsewhere.scope, None).await.is_empty());
        assert_eq!(store.find_job(&elsewhere.scope, "j1").await.unwrap(), None);
        let order = LeaseOrder { kinds: &JobKind::ALL, worker: "one", most: 9, now: minute(0) };
        assert!(store.lease_jobs(&elsewhere.scope, &order).await.unwrap().is_empty());
        // Whoever changes something may ask for what keeps the installation sound, and sees nothing of it.
        let of_all = NewJob { region: String::new(), ..sealing("j3") };
        assert_eq!(ask(store, &of_all).await, asked("j3", true));
        assert_eq!(store.find_job(&county(), "j3").await.unwrap(), None);
        let operator = Actor::operator("tester", Purpose::Upkeep);
        assert_eq!(list(store, &operator.scope, None).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_log_says_who_asked_and_how_it_ended_and_of_sealing_itself_nothing() {
    on_every_database("jobs_said", async |store| {
        ask(store, &sealing("j1")).await;
        ask(store, &sealing("j1")).await;
        finish(store, &lease_one(store, "one", minute(0)).await).await.unwrap();
        assert!(store.list_entries(0, 9).await.unwrap().is_empty());
        ask(store, &clearing("j2", "a")).await;
        ask(store, &clearing("j3", "a")).await;
        fail(store, &lease_one(store, "one", minute(0)).await, Some(minute(1))).await;
        finish(store, &lease_one(store, "one", minute(1)).await).await.unwrap();
        ask(store, &clearing("j4", "a")).await;
        fail(store, &lease_one(store, "one", minute(1)).await, None).await;
        let entries = store.list_entries(0, 9).await.unwrap();
        let said: Vec<_> = entries.iter().map(|entry| (entry.act.as_str(), entry.object.as_str())).collect();
        let second = [("job.enqueue", "job:j2"), ("job.finish", "job:j2")];
        assert_eq!(said, [second[0], second[1], ("job.enqueue", "job:j4"), ("job.fail", "job:j4")]);
        assert!(entries.iter().all(|entry| entry.region == "652323"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn programs_that_ask_at_one_moment_are_never_given_the_same_job() {
    on_every_database("jobs_moment", async |store| {
        for number in 10..22 {
            ask(store, &clearing(&format!("j{number}"), &format!("k{number}"))).await;
        }
        let tasks = (0..6).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let (worker, mut done) = (format!("worker-{number}"), Vec::new());
                while !list(&store, &county(), Some(JobState::Waiting)).await.is_empty() {
                    for held in lease(&store, &worker, minute(0)).await {
                        let at_once = list(&store, &county(), Some(JobState::Leased)).await;
                        assert_eq!(at_once.len(), 1, "of this kind one is done at once");
                        finish(&store, &held).await.unwrap();
                        done.push(held.job.id);
                    }
                    tokio::task::yield_now().await;
                }
                done
            })
        });
        let mut all = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            all.extend(task.await.unwrap());
        }
        all.sort();
        assert_eq!(all, (10..22).map(|number| format!("j{number}")).collect::<Vec<_>>());
    })
    .await;
}
