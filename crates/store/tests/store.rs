//! The control store on SQLite and, where one is reachable, on PostgreSQL: the same tests on both.
//!
//! PostgreSQL is named by the environment variable `GONGZHI_TEST_POSTGRES` (a URL; every test makes a schema of its own).
//! Without it the tests say that they left it out.

#![expect(clippy::unwrap_used, reason = "everything here is a test: what is not there fails it")]

use chrono::{DateTime, TimeDelta, Utc};
use gongzhi_core::access::{Purpose, Scope};
use gongzhi_core::catalog::{Mark, Mode};
use gongzhi_core::identity::Decision;
use gongzhi_core::period::Period;
use gongzhi_core::state::{Moment, covered_days};
use gongzhi_core::values::SetMode;
use gongzhi_store::batches::NewLinks;
use gongzhi_store::decisions::NewDecision;
use gongzhi_store::uploads::{NewBatch, NewUpload, UploadStatus};
use gongzhi_store::{Store, StoreError, StorePlace};
use serde_json::json;

/// Runs a test on every database there is, each time on an empty store.
async fn on_every_database<F: AsyncFn(&Store)>(name: &str, test: F) {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(&StorePlace::Home(home.path().join("家"))).await.unwrap();
    test(&store).await;
    store.close().await.unwrap();
    let Ok(url) = std::env::var("GONGZHI_TEST_POSTGRES") else {
        eprintln!("{name}: left out on PostgreSQL, GONGZHI_TEST_POSTGRES names none");
        return;
    };
    let store = Store::open_test_schema(&url, name).await.unwrap();
    test(&store).await;
    store.close().await.unwrap();
}

fn noon(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_735_732_800, 0).unwrap() + TimeDelta::days(day)
}

fn office() -> Scope {
    Scope::region("652323", Purpose::Intake)
}

fn upload(key: &str, unit: &str) -> NewUpload {
    NewUpload {
        id: format!("upload-{key}"),
        region: "652323".to_owned(),
        unit: unit.to_owned(),
        key: key.to_owned(),
        file: format!("{key}.xlsx"),
        digest: "sm3:00".to_owned(),
        keys: vec![format!("item=water_project/{key}.parquet")],
        started_at: noon(0),
    }
}

fn batch(id: &str) -> NewBatch {
    let period = Period::Quarter(2025, 1);
    let (covers_from, covers_to) = covered_days(period, false);
    NewBatch {
        id: id.to_owned(),
        lineage: "water".to_owned(),
        item: "water_project".to_owned(),
        kind: "project".to_owned(),
        mark: Mark::Stock,
        item_mode: Mode::FullThenDifferential,
        period,
        covers_from,
        covers_to,
        mode: SetMode::Full,
        template_version: 1,
        supplement_of: None,
        main: Some((format!("{id}.parquet"), "sm3:01".to_owned())),
        personal: None,
        rows: 3,
    }
}

fn at(day: i64) -> Moment {
    Moment { as_of: noon(day), period: None }
}

async fn visible_ids(store: &Store, scope: &Scope, moment: Moment) -> Vec<String> {
    let visible = store.visible_batches(scope, moment).await.unwrap();
    visible.batches.into_iter().map(|visible| visible.batch.id).collect()
}

#[tokio::test]
async fn a_batch_is_visible_from_its_acceptance_on_and_not_before() {
    on_every_database("visible", async |store| {
        store.begin_upload(&office(), &upload("a", "water")).await.unwrap();
        assert!(visible_ids(store, &office(), at(9)).await.is_empty());
        let receipt = json!({"rows": 3});
        let sequences = store.accept_upload(&office(), ("upload-a", noon(1)), &[batch("b1")], &receipt).await.unwrap();
        assert_eq!(sequences.len(), 1);
        assert!(visible_ids(store, &office(), at(0)).await.is_empty());
        let visible = store.visible_batches(&office(), at(1)).await.unwrap().batches;
        assert_eq!(visible.len(), 1);
        assert_eq!((visible[0].file.as_str(), visible[0].rows), ("a.xlsx", 3));
        assert_eq!(visible[0].batch.covers_to.to_string(), "2025-03-31");
        assert_eq!(visible[0].batch.accepted_at, noon(1));
        let kept = store.find_upload(&office(), "a").await.unwrap().unwrap();
        assert_eq!((kept.status, kept.facts), (UploadStatus::Accepted, receipt));
    })
    .await;
}

#[tokio::test]
async fn what_a_set_said_is_kept_and_what_stands_before_a_new_one_is_found_by_its_group() {
    on_every_database("said", async |store| {
        store.begin_upload(&office(), &upload("a", "water")).await.unwrap();
        let modes = [SetMode::Full, SetMode::Differential, SetMode::Unsaid, SetMode::Nil, SetMode::NothingExists];
        let said = |(at, mode): (usize, SetMode)| NewBatch { mode, ..batch(&format!("b{at}")) };
        let mut batches: Vec<NewBatch> = modes.into_iter().enumerate().map(said).collect();
        batches.push(NewBatch { kind: "other".to_owned(), ..batch("other") });
        store.accept_upload(&office(), ("upload-a", noon(1)), &batches, &json!({})).await.unwrap();
        let group = store.visible_batches(&office(), at(1)).await.unwrap().batches[0].batch.group();
        let before = store.list_group(&office(), &group).await.unwrap();
        assert_eq!(before.iter().map(|one| one.batch.mode).collect::<Vec<_>>(), modes);
        assert!(store.list_group(&Scope::region("659001", Purpose::Intake), &group).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_accepted_upload_is_never_accepted_again_nor_rejected() {
    on_every_database("never_again", async |store| {
        store.begin_upload(&office(), &upload("a", "water")).await.unwrap();
        store.accept_upload(&office(), ("upload-a", noon(1)), &[batch("b1")], &json!({})).await.unwrap();
        let again = store.accept_upload(&office(), ("upload-a", noon(2)), &[batch("b2")], &json!({})).await;
        assert!(matches!(again, Err(StoreError::UploadEnded(_))));
        let end = ("upload-a", UploadStatus::Refused, noon(2));
        let rejected = store.reject_upload(&office(), end, &json!({})).await;
        assert!(matches!(rejected, Err(StoreError::UploadEnded(_))));
        let repeated = store.begin_upload(&office(), &upload("a", "water")).await.unwrap();
        assert_eq!(repeated.status, UploadStatus::Accepted);
        assert_eq!(visible_ids(store, &office(), at(9)).await, ["b1"]);
    })
    .await;
}

#[tokio::test]
async fn an_acceptance_that_fails_halfway_leaves_nothing_visible() {
    on_every_database("halfway", async |store| {
        store.begin_upload(&office(), &upload("a", "water")).await.unwrap();
        let twice = [batch("b1"), batch("b1")];
        assert!(store.accept_upload(&office(), ("upload-a", noon(1)), &twice, &json!({})).await.is_err());
        assert!(visible_ids(store, &office(), at(9)).await.is_empty());
        let kept = store.find_upload(&office(), "a").await.unwrap().unwrap();
        assert_eq!(kept.status, UploadStatus::Started);
    })
    .await;
}

#[tokio::test]
async fn an_intake_that_was_broken_off_goes_on_with_the_same_upload_and_remembers_every_key() {
    on_every_database("goes_on", async |store| {
        store.begin_upload(&office(), &upload("a", "water")).await.unwrap();
        let mut again = upload("a", "water");
        again.id = "another".to_owned();
        again.keys = vec!["item=water_project/second.parquet".to_owned()];
        let found = store.begin_upload(&office(), &again).await.unwrap();
        assert_eq!(found.id, "upload-a");
        assert_eq!(found.keys, ["item=water_project/a.parquet", "item=water_project/second.parquet"]);
    })
    .await;
}

#[tokio::test]
async fn a_blocked_file_can_be_begun_again() {
    on_every_database("blocked", async |store| {
        store.begin_upload(&office(), &upload("a", "water")).await.unwrap();
        let end = ("upload-a", UploadStatus::Blocked, noon(1));
        store.reject_upload(&office(), end, &json!({"issues": 2})).await.unwrap();
        let found = store.begin_upload(&office(), &upload("a", "water")).await.unwrap();
        assert_eq!(found.status, UploadStatus::Started);
        store.accept_upload(&office(), ("upload-a", noon(2)), &[batch("b1")], &json!({})).await.unwrap();
        assert_eq!(visible_ids(store, &office(), at(2)).await, ["b1"]);
    })
    .await;
}

#[tokio::test]
async fn a_scope_sees_its_own_region_and_units_only() {
    on_every_database("scope", async |store| {
        store.begin_upload(&office(), &upload("a", "water")).await.unwrap();
        store.accept_upload(&office(), ("upload-a", noon(1)), &[batch("b1")], &json!({})).await.unwrap();
        let other_unit = Scope::unit("652323", "housing", Purpose::Intake);
        let other_county = Scope::region("652324", Purpose::Analysis);
        let prefecture = Scope::region("6523", Purpose::Analysis);
        assert!(visible_ids(store, &other_unit, at(9)).await.is_empty());
        assert!(visible_ids(store, &other_county, at(9)).await.is_empty());
        assert_eq!(visible_ids(store, &prefecture, at(9)).await, ["b1"]);
        assert_eq!(store.find_upload(&other_unit, "a").await.unwrap(), None);
        assert!(store.list_uploads(&other_county).await.unwrap().is_empty());
        let foreign = store.begin_upload(&other_unit, &upload("c", "water")).await;
        assert!(matches!(foreign, Err(StoreError::NotThere { .. })));
        let end = ("upload-a", UploadStatus::Refused, noon(2));
        let hidden = store.reject_upload(&other_unit, end, &json!({})).await;
        assert!(matches!(hidden, Err(StoreError::NotThere { .. })));
    })
    .await;
}

#[tokio::test]
async fn links_are_read_as_of_the_moment() {
    on_every_database("links", async |store| {
        store.begin_upload(&office(), &upload("a", "water")).await.unwrap();
        store.accept_upload(&office(), ("upload-a", noon(1)), &[batch("b1")], &json!({})).await.unwrap();
        for (day, version) in [(2, "v1"), (4, "v2")] {
            let links = NewLinks {
                batch: "b1".to_owned(),
                version: version.to_owned(),
                key: format!("links/{version}"),
                digest: "sm3:02".to_owned(),
            };
            store.record_links(&office(), noon(day), &[links]).await.unwrap();
        }
        for (day, key) in [(1, None), (2, Some("links/v1")), (3, Some("links/v1")), (4, Some("links/v2"))] {
            let visible = store.visible_batches(&office(), at(day)).await.unwrap().batches;
            assert_eq!(visible[0].links_key.as_deref(), key, "on day {day}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_decision_is_superseded_and_stays_on_record() {
    on_every_database("decisions", async |store| {
        let decide = |same, day| NewDecision {
            region: "652323".to_owned(),
            decision: Decision {
                subject: "示例建筑公司".to_owned(),
                uscc: "91652323MA7A000172".to_owned(),
                same,
                decided_by: "tax_analyst".to_owned(),
                decided_at: noon(day),
            },
            reason: String::new(),
        };
        let yes = store.record_decision(&office(), &decide(Some(true), 1)).await.unwrap();
        let back = store.record_decision(&office(), &decide(None, 2)).await.unwrap();
        assert!(yes < back);
        let early = store.list_decisions(&office(), noon(1)).await.unwrap();
        assert_eq!(early, [decide(Some(true), 1).decision]);
        assert_eq!(store.list_decisions(&office(), noon(2)).await.unwrap().len(), 2);
        let elsewhere = Scope::region("652324", Purpose::Analysis);
        assert!(store.list_decisions(&elsewhere, noon(2)).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_run_that_was_broken_off_finds_its_steps_again() {
    on_every_database("runs", async |store| {
        let run = store.begin_run(&office(), ("652323", "sm3:run"), noon(0)).await.unwrap();
        store.finish_step(&office(), (run.sequence, "intake", noon(1)), &json!({"files": 4})).await.unwrap();
        store.finish_step(&office(), (run.sequence, "intake", noon(2)), &json!({"files": 9})).await.unwrap();
        let again = store.begin_run(&office(), ("652323", "sm3:run"), noon(3)).await.unwrap();
        assert_eq!((again.sequence, again.started_at, again.finished_at), (run.sequence, noon(0), None));
        assert_eq!(again.steps["intake"], json!({"files": 4}));
        store.finish_run(&office(), (run.sequence, noon(4)), &json!({"leads": 2})).await.unwrap();
        let done = store.begin_run(&office(), ("652323", "sm3:run"), noon(5)).await.unwrap();
        assert_eq!((done.finished_at, done.facts), (Some(noon(4)), json!({"leads": 2})));
        let other = store.begin_run(&office(), ("652323", "sm3:other"), noon(5)).await.unwrap();
        assert_ne!(other.sequence, run.sequence);
    })
    .await;
}

#[tokio::test]
async fn what_was_accepted_is_there_after_the_store_is_opened_again() {
    let home = tempfile::tempdir().unwrap();
    let place = StorePlace::Home(home.path().to_owned());
    let store = Store::open(&place).await.unwrap();
    store.begin_upload(&office(), &upload("a", "water")).await.unwrap();
    store.accept_upload(&office(), ("upload-a", noon(1)), &[batch("b1")], &json!({})).await.unwrap();
    // Not closed: as after a kill.
    let again = Store::open(&place).await.unwrap();
    assert_eq!(visible_ids(&again, &office(), at(1)).await, ["b1"]);
}

#[tokio::test]
async fn a_store_knows_the_keys_it_was_opened_with_first() {
    on_every_database("keys", async |store| {
        let keys = [("signing", "sm3:1"), ("rows", "sm3:2")];
        assert_eq!(store.compare_keys(&keys).await.unwrap(), Vec::<usize>::new());
        assert_eq!(store.compare_keys(&keys).await.unwrap(), Vec::<usize>::new());
        assert_eq!(store.compare_keys(&[keys[0], ("rows", "sm3:3")]).await.unwrap(), [1]);
        // A name it did not know yet is kept; what is other stays other.
        let more = [("signing", "sm3:4"), ("persons", "sm3:5"), keys[1]];
        assert_eq!(store.compare_keys(&more).await.unwrap(), [0]);
        assert_eq!(store.compare_keys(&[keys[0], ("persons", "sm3:6")]).await.unwrap(), [1]);
    })
    .await;
}

/// Names, lengths and times of everything in a folder.
fn listing(folder: &std::path::Path) -> Vec<(String, u64, std::time::SystemTime)> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let line = |entry: std::fs::DirEntry| {
        let facts = entry.metadata().unwrap();
        (entry.file_name().into_string().unwrap(), facts.len(), facts.modified().unwrap())
    };
    let mut lines: Vec<_> = entries.map(line).collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn a_store_opened_to_read_is_left_as_it_is_and_reads_what_others_write() {
    let home = tempfile::tempdir().unwrap();
    let place = StorePlace::Home(home.path().to_owned());
    let keys = [("signing", "sm3:1")];
    assert!(Store::open_to_read(home.path()).await.is_err(), "there is none");
    assert_eq!(listing(home.path()), [], "and none is made");
    let store = Store::open(&place).await.unwrap();
    store.compare_keys(&keys).await.unwrap();
    store.begin_upload(&office(), &upload("a", "water")).await.unwrap();
    store.close().await.unwrap();
    let before = listing(home.path());
    let read = Store::open_to_read(home.path()).await.unwrap();
    assert_eq!(read.compare_known_keys(&keys).await.unwrap(), Vec::<usize>::new());
    assert_eq!(read.compare_known_keys(&[("signing", "sm3:2")]).await.unwrap(), [0]);
    let new = [keys[0], ("rows", "sm3:2")];
    assert!(matches!(read.compare_known_keys(&new).await, Err(StoreError::Earlier)));
    assert!(read.find_upload(&office(), "a").await.unwrap().is_some());
    assert!(read.begin_upload(&office(), &upload("b", "water")).await.is_err());
    read.close().await.unwrap();
    assert_eq!(listing(home.path()), before);
    // Another program has it open: what it wrote last is read too.
    let writer = Store::open(&place).await.unwrap();
    writer.begin_upload(&office(), &upload("c", "water")).await.unwrap();
    let read = Store::open_to_read(home.path()).await.unwrap();
    assert!(read.find_upload(&office(), "c").await.unwrap().is_some());
    read.close().await.unwrap();
    writer.close().await.unwrap();
    // One that was written and put in its place while it was read as standing still.
    let read = Store::open_to_read(home.path()).await.unwrap();
    let writer = Store::open(&place).await.unwrap();
    writer.begin_upload(&office(), &upload("d", "water")).await.unwrap();
    writer.close().await.unwrap();
    assert!(matches!(read.close().await, Err(StoreError::WrittenMeanwhile)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_at_the_same_moment_all_get_through() {
    on_every_database("writers", async |store| {
        let tasks = (0..24).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let key = format!("k{number}");
                store.begin_upload(&office(), &upload(&key, "water")).await.unwrap();
                let id = format!("upload-{key}");
                let batches = [batch(&format!("b{number}"))];
                store.accept_upload(&office(), (&id, noon(1)), &batches, &json!({})).await.unwrap()[0]
            })
        });
        let mut sequences = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            sequences.push(task.await.unwrap());
        }
        sequences.sort_unstable();
        sequences.dedup();
        assert_eq!(sequences.len(), 24);
        assert_eq!(visible_ids(store, &office(), at(1)).await.len(), 24);
    })
    .await;
}
