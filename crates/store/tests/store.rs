//! The control store on SQLite and, where one is reachable, on PostgreSQL: the same tests on both.
//!
//! PostgreSQL is named by the environment variable `GONGZHI_TEST_POSTGRES` (a URL; every test makes a schema of its own).
//! Without it the tests say that they left it out.

#![expect(clippy::unwrap_used, reason = "everything here is a test: what is not there fails it")]

#[path = "store/exchange.rs"]
mod exchange;
#[path = "store/jobs.rs"]
mod jobs;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use gongzhi_core::access::{Actor, Purpose, Scope};
use gongzhi_core::audit::Entry;
use gongzhi_core::catalog::{Mark, Mode};
use gongzhi_core::identity::Decision;
use gongzhi_core::ids::Region;
use gongzhi_core::period::Period;
use gongzhi_core::state::{Group, Moment, VisibleBatch, covered_days};
use gongzhi_core::values::SetMode;
use gongzhi_store::analyse::decisions::NewDecision;
use gongzhi_store::analyse::links::NewLinks;
use gongzhi_store::collect::attempts::Standing;
use gongzhi_store::collect::uploads::{Attempt, Begun, NewBatch, NewUpload, UploadStatus};
use gongzhi_store::shared::audit::{LogFault, LogLook};
use gongzhi_store::shared::work::Work;
use gongzhi_store::{Store, StoreError, StorePlace};
use serde_json::json;

#[path = "store/leads.rs"]
mod leads;

/// Runs a test on every database there is, each time on an empty store.
async fn on_every_database<F: AsyncFn(&Store)>(name: &str, test: F) {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(&StorePlace::Home(home.path().join("家"))).await.unwrap();
    test(&store).await;
    store.close().await.unwrap();
    let Ok(url) = std::env::var("GONGZHI_TEST_POSTGRES") else {
        assert!(
            std::env::var_os("CI").is_none(),
            "GONGZHI_TEST_POSTGRES names no server, and CI must not leave it out"
        );
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

fn region(code: &str) -> Region {
    Region::read(code).unwrap()
}

/// Somebody who may see this.
fn actor(scope: Scope) -> Actor {
    Actor { scope, ..Actor::operator("tester", Purpose::Intake) }
}

/// Of the county.
fn office() -> Actor {
    actor(Scope::regions([region("652323")]))
}

/// What the county may see.
fn county() -> Scope {
    office().scope
}

/// Rejects an upload.
async fn reject(store: &Store, who: &Actor, attempt: &Attempt, status: UploadStatus) -> Result<(), StoreError> {
    store.change((who, noon(2)), async |work| work.reject_upload((attempt, status, noon(2)), &json!({})).await).await
}

/// Accepts batches as they are.
async fn accept_blind(store: &Store, attempt: &Attempt, day: i64, batches: &[NewBatch]) -> Result<(), StoreError> {
    store
        .change((&office(), noon(day)), async |work| {
            work.accept_upload((attempt, noon(day)), batches, &json!({})).await
        })
        .await
}

/// Begins an upload; what is busy is left.
async fn try_begin(store: &Store, who: &Actor, new: &NewUpload) -> Result<Begun, StoreError> {
    let mut work = store.write(who, new.started_at).await?;
    let begun = work.begin_upload(new).await?;
    if !matches!(begun, Begun::Busy { .. }) {
        work.commit().await?;
    }
    Ok(begun)
}

fn upload(key: &str, unit: &str) -> NewUpload {
    NewUpload {
        attempt: format!("upload-{key}"),
        region: "652323".to_owned(),
        unit: unit.to_owned(),
        key: key.to_owned(),
        file: format!("{key}.xlsx"),
        digest: "sm3:00".to_owned(),
        keys: vec![format!("item=water_project/{key}.parquet")],
        is_delivered: false,
        started_at: noon(0),
        leased_until: noon(0) + TimeDelta::minutes(15),
    }
}

/// Begins an upload that nobody else holds.
async fn begin(store: &Store, new: &NewUpload) -> Attempt {
    match try_begin(store, &office(), new).await.unwrap() {
        Begun::Mine(attempt) => attempt,
        other => panic!("{other:?}"),
    }
}

/// Accepts batches behind what stands in their groups, decided anew when another came in between.
async fn accept(store: &Store, attempt: &Attempt, day: i64, batches: &[NewBatch]) {
    loop {
        let mut batches = batches.to_vec();
        for new in &mut batches {
            let (item, kind, lineage) = (new.item.clone(), new.kind.clone(), new.lineage.clone());
            let group = Group { region: "652323".to_owned(), item, kind, lineage };
            new.after = store.list_group(&county(), &group).await.unwrap().last;
        }
        match accept_blind(store, attempt, day, &batches).await {
            Err(StoreError::Overtaken) => {}
            accepted => return accepted.unwrap(),
        }
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
        after: None,
        main: Some((format!("{id}.parquet"), "sm3:01".to_owned())),
        personal: None,
        rows: 3,
        sheets: Vec::new(),
    }
}

fn at(day: i64) -> Moment {
    Moment { as_of: noon(day), period: None }
}

/// Hands over all that one half has to tell the other.
async fn hand_over(store: &Store) {
    let mut work = store.write(&office(), noon(0)).await.unwrap();
    while work.hand_over(2).await.unwrap() > 0 {
        work.commit().await.unwrap();
        work = store.write(&office(), noon(0)).await.unwrap();
    }
}

/// What a question sees once all is handed over.
async fn visible(store: &Store, scope: &Scope, moment: Moment) -> Vec<VisibleBatch> {
    hand_over(store).await;
    store.visible_batches(scope, moment).await.unwrap().batches().to_vec()
}

async fn visible_ids(store: &Store, scope: &Scope, moment: Moment) -> Vec<String> {
    visible(store, scope, moment).await.into_iter().map(|visible| visible.batch.id).collect()
}

#[tokio::test]
async fn a_batch_is_visible_from_its_acceptance_on_and_not_before() {
    on_every_database("visible", async |store| {
        let attempt = begin(store, &upload("a", "water")).await;
        assert!(visible_ids(store, &county(), at(9)).await.is_empty());
        let receipt = json!({"rows": 3});
        let accept = async |work: &mut Work| work.accept_upload((&attempt, noon(1)), &[batch("b1")], &receipt).await;
        store.change((&office(), noon(1)), accept).await.unwrap();
        assert!(visible_ids(store, &county(), at(0)).await.is_empty());
        let visible = visible(store, &county(), at(1)).await;
        assert_eq!(visible.len(), 1);
        assert_eq!((visible[0].file.as_str(), visible[0].rows), ("a.xlsx", 3));
        assert_eq!(visible[0].batch.covers_to.to_string(), "2025-03-31");
        assert_eq!(visible[0].batch.accepted_at, noon(1));
        let kept = store.find_upload(&county(), "a").await.unwrap().unwrap();
        assert_eq!((kept.status, kept.facts), (UploadStatus::Accepted, receipt));
    })
    .await;
}

#[tokio::test]
async fn what_a_set_said_is_kept_and_what_stands_before_a_new_one_is_found_by_its_group() {
    on_every_database("said", async |store| {
        let attempt = begin(store, &upload("a", "water")).await;
        let modes = [SetMode::Full, SetMode::Differential, SetMode::Unsaid, SetMode::Nil, SetMode::NothingExists];
        let said = |(at, mode): (usize, SetMode)| NewBatch { mode, ..batch(&format!("b{at}")) };
        let mut batches: Vec<NewBatch> = modes.into_iter().enumerate().map(said).collect();
        batches.push(NewBatch { kind: "other".to_owned(), ..batch("other") });
        accept(store, &attempt, 1, &batches).await;
        let group = visible(store, &county(), at(1)).await[0].batch.group();
        let before = store.list_group(&county(), &group).await.unwrap();
        assert_eq!(before.last.as_deref(), Some("b4"));
        assert_eq!(before.sets.iter().map(|one| one.batch.mode).collect::<Vec<_>>(), modes);
        assert!(store.list_group(&Scope::regions([region("659001")]), &group).await.unwrap().sets.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_accepted_upload_is_never_accepted_again_nor_rejected() {
    on_every_database("never_again", async |store| {
        let attempt = begin(store, &upload("a", "water")).await;
        accept(store, &attempt, 1, &[batch("b1")]).await;
        let again = accept_blind(store, &attempt, 2, &[batch("b2")]).await;
        assert!(matches!(again, Err(StoreError::UploadEnded(_))));
        let rejected = reject(store, &office(), &attempt, UploadStatus::Refused).await;
        assert!(matches!(rejected, Err(StoreError::UploadEnded(_))));
        let repeated = try_begin(store, &office(), &upload("a", "water")).await.unwrap();
        let Begun::Done(done) = repeated else { panic!("{repeated:?}") };
        assert_eq!((done.status, done.ended_at), (UploadStatus::Accepted, Some(noon(1))));
        assert_eq!(visible_ids(store, &county(), at(9)).await, ["b1"]);
    })
    .await;
}

#[tokio::test]
async fn an_acceptance_that_fails_halfway_leaves_nothing_visible() {
    on_every_database("halfway", async |store| {
        let attempt = begin(store, &upload("a", "water")).await;
        let twice = [batch("b1"), NewBatch { kind: "other".to_owned(), ..batch("b1") }];
        assert!(accept_blind(store, &attempt, 1, &twice).await.is_err());
        assert!(visible_ids(store, &county(), at(9)).await.is_empty());
        let kept = store.find_upload(&county(), "a").await.unwrap().unwrap();
        assert_eq!(kept.status, UploadStatus::Started);
    })
    .await;
}

#[tokio::test]
async fn one_attempt_at_a_time_holds_an_upload_and_what_another_wrote_belongs_to_nothing() {
    on_every_database("attempts", async |store| {
        let first = begin(store, &upload("a", "water")).await;
        let mut second = NewUpload { attempt: "second".to_owned(), ..upload("a", "water") };
        second.keys = vec!["item=water_project/second.parquet".to_owned()];
        let busy = try_begin(store, &office(), &second).await.unwrap();
        assert_eq!(busy, Begun::Busy { attempt: first.id.clone(), until: noon(0) + TimeDelta::minutes(15) });
        // Once its lease is over the next takes the same upload, and the first can't end it any more.
        second.started_at = noon(0) + TimeDelta::minutes(15);
        second.leased_until = noon(1);
        let held = begin(store, &second).await;
        assert_eq!((held.id.as_str(), held.upload.as_str()), ("second", "upload-a"));
        let late = accept_blind(store, &first, 1, &[batch("b1")]).await;
        assert!(matches!(late, Err(StoreError::AttemptOver(_))), "{late:?}");
        // One whose program is gone is given up at once.
        store.change((&office(), noon(0)), async |work| work.give_up_attempt("second").await).await.unwrap();
        let third = NewUpload { attempt: "third".to_owned(), ..second.clone() };
        accept(store, &begin(store, &third).await, 2, &[batch("b3")]).await;
        let files = store.list_attempts(&county(), noon(0)).await.unwrap();
        let mut work = store.write(&office(), noon(0)).await.unwrap();
        let third_is_over = work.give_up_attempt("third").await.unwrap();
        assert!(!third_is_over, "what ended is not given up, whoever thinks that its program is gone");
        drop(work);
        let shown: Vec<_> = files.iter().map(|one| (one.id.as_str(), one.standing)).collect();
        let over = |id| (id, Standing::Over);
        assert_eq!(shown, [over("upload-a"), over("second"), ("third", Standing::Kept)]);
        assert_eq!(files[1].keys, second.keys);
        let all = ["upload-a", "second", "third"].map(str::to_owned);
        store.change((&office(), noon(0)), async |work| work.forget_attempts(&all).await).await.unwrap();
        assert_eq!(store.list_attempts(&county(), noon(0)).await.unwrap().len(), 1, "what is kept stays");
        assert_eq!(visible_ids(store, &county(), at(9)).await, ["b3"]);
    })
    .await;
}

#[tokio::test]
async fn what_a_set_corrects_is_decided_beside_every_set_there_is() {
    on_every_database("overtaken", async |store| {
        let (one, other) = (begin(store, &upload("a", "water")).await, begin(store, &upload("b", "water")).await);
        accept(store, &one, 3, &[batch("b1")]).await;
        // Decided before the first was there: both would have been the first of their period.
        let blind = accept_blind(store, &other, 2, &[batch("b2")]).await;
        assert!(matches!(blind, Err(StoreError::Overtaken)), "{blind:?}");
        accept(store, &other, 2, &[batch("b2")]).await;
        let visible = visible(store, &county(), at(9)).await;
        let shown: Vec<_> = visible.iter().map(|one| (one.batch.id.as_str(), one.batch.accepted_at)).collect();
        assert_eq!(shown, [("b1", noon(3)), ("b2", noon(3))], "who came second is not before whom it knew");
    })
    .await;
}

#[tokio::test]
async fn what_another_set_replaced_is_brought_back_by_the_same_file() {
    on_every_database("back", async |store| {
        accept(store, &begin(store, &upload("a", "water")).await, 1, &[batch("b1")]).await;
        accept(store, &begin(store, &upload("b", "water")).await, 2, &[batch("b2")]).await;
        let again = NewUpload { attempt: "again".to_owned(), ..upload("a", "water") };
        accept(store, &begin(store, &again).await, 3, &[batch("b3")]).await;
        let repeated = NewUpload { attempt: "repeated".to_owned(), ..upload("a", "water") };
        let done = try_begin(store, &office(), &repeated).await.unwrap();
        assert!(matches!(done, Begun::Done(upload) if upload.id == "again"));
        // Of a delivery the same file is the same, whatever came since.
        let delivered = NewUpload { is_delivered: true, ..repeated };
        let done = try_begin(store, &office(), &delivered).await.unwrap();
        assert!(matches!(done, Begun::Done(upload) if upload.id == "upload-a"));
    })
    .await;
}

#[tokio::test]
async fn a_delivery_stands_in_the_order_of_its_names_and_what_a_file_was_is_visible_no_longer() {
    on_every_database("delivery", async |store| {
        let file = |name: &str, digest: &str| NewUpload {
            attempt: format!("{name}{digest}"),
            file: name.to_owned(),
            digest: digest.to_owned(),
            is_delivered: true,
            ..upload(&format!("{name}{digest}"), "water")
        };
        let take = async |name: &str, digest: &str, day: i64, id: &str| {
            accept(store, &begin(store, &file(name, digest)).await, day, &[batch(id)]).await;
        };
        let alone = begin(store, &upload("alone", "water")).await;
        accept(store, &alone, 1, &[batch("b0")]).await;
        take("二.csv", "2", 2, "b2").await;
        take("一.csv", "1", 3, "b1").await;
        let settle = async |files: &[(&str, &str)], day: i64| {
            let files: BTreeMap<String, String> =
                files.iter().map(|(name, digest)| ((*name).to_owned(), (*digest).to_owned())).collect();
            store.change((&office(), noon(day)), async |work| work.settle_delivery(&files).await).await.unwrap();
        };
        settle(&[("一.csv", "1"), ("二.csv", "2")], 3).await;
        assert_eq!(visible_ids(store, &county(), at(9)).await, ["b0", "b1", "b2"]);
        let visible = visible(store, &county(), at(9)).await;
        let numbers: Vec<_> = visible.iter().map(|one| (one.batch.sequence, one.batch.accepted_at)).collect();
        assert_eq!(numbers, [(1, noon(1)), (2, noon(2)), (3, noon(2))]);
        take("一.csv", "1b", 5, "b3").await;
        settle(&[("一.csv", "1b"), ("二.csv", "2")], 5).await;
        assert_eq!(visible_ids(store, &county(), at(9)).await, ["b0", "b3", "b2"]);
        assert_eq!(visible_ids(store, &county(), at(4)).await, ["b0", "b1", "b2"], "what was known then");
        settle(&[("一.csv", "1"), ("二.csv", "2")], 6).await;
        assert_eq!(visible_ids(store, &county(), at(9)).await, ["b0", "b1", "b2"]);
    })
    .await;
}

#[tokio::test]
async fn a_blocked_file_can_be_begun_again() {
    on_every_database("blocked", async |store| {
        let attempt = begin(store, &upload("a", "water")).await;
        reject(store, &office(), &attempt, UploadStatus::Blocked).await.unwrap();
        let again = NewUpload { attempt: "again".to_owned(), ..upload("a", "water") };
        let attempt = begin(store, &again).await;
        assert_eq!(attempt.upload, "upload-a");
        accept(store, &attempt, 2, &[batch("b1")]).await;
        assert_eq!(visible_ids(store, &county(), at(2)).await, ["b1"]);
    })
    .await;
}

#[tokio::test]
async fn a_scope_sees_its_own_region_and_units_only() {
    on_every_database("scope", async |store| {
        accept(store, &begin(store, &upload("a", "water")).await, 1, &[batch("b1")]).await;
        let other_unit = Scope::unit(region("652323"), "housing");
        let other_county = Scope::regions([region("652324")]);
        let prefecture = Scope::regions([region("652300")]);
        assert!(visible_ids(store, &other_unit, at(9)).await.is_empty());
        assert!(visible_ids(store, &other_county, at(9)).await.is_empty());
        assert_eq!(visible_ids(store, &prefecture, at(9)).await, ["b1"]);
        assert_eq!(store.find_upload(&other_unit, "a").await.unwrap(), None);
        assert!(store.list_uploads(&other_county).await.unwrap().is_empty());
        let foreign = try_begin(store, &actor(other_unit.clone()), &upload("c", "water")).await;
        assert!(matches!(foreign, Err(StoreError::NotThere { .. })));
        let held = Attempt { id: "upload-a".to_owned(), upload: "upload-a".to_owned() };
        let hidden = reject(store, &actor(other_unit), &held, UploadStatus::Refused).await;
        assert!(matches!(hidden, Err(StoreError::NotThere { .. })));
    })
    .await;
}

#[tokio::test]
async fn links_are_read_as_of_the_moment() {
    on_every_database("links", async |store| {
        accept(store, &begin(store, &upload("a", "water")).await, 1, &[batch("b1")]).await;
        hand_over(store).await;
        for (day, version) in [(2, "v1"), (4, "v2")] {
            let links = NewLinks {
                batch: "b1".to_owned(),
                version: version.to_owned(),
                key: format!("links/{version}"),
                digest: "sm3:02".to_owned(),
            };
            store.change((&office(), noon(day)), async |work| work.record_links(&[links]).await).await.unwrap();
        }
        for (day, key) in [(1, None), (2, Some("links/v1")), (3, Some("links/v1")), (4, Some("links/v2"))] {
            let visible = visible(store, &county(), at(day)).await;
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
        let keep = async |new: NewDecision| {
            store.change((&office(), noon(1)), async |work| work.record_decision(&new).await).await.unwrap()
        };
        let yes = keep(decide(Some(true), 1)).await;
        let back = keep(decide(None, 2)).await;
        assert!(yes < back);
        let early = store.list_decisions(&county(), noon(1)).await.unwrap();
        assert_eq!(early, [decide(Some(true), 1).decision]);
        assert_eq!(store.list_decisions(&county(), noon(2)).await.unwrap().len(), 2);
        let elsewhere = Scope::regions([region("652324")]);
        assert!(store.list_decisions(&elsewhere, noon(2)).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_run_that_was_broken_off_finds_its_steps_again() {
    on_every_database("runs", async |store| {
        let begin = async |key: &str, day: i64| {
            store.change((&office(), noon(day)), async |work| work.begin_run(("652323", key)).await).await.unwrap()
        };
        let run = begin("sm3:run", 0).await;
        for (day, files) in [(1, 4), (2, 9)] {
            let facts = json!({ "files": files });
            let step = async |work: &mut Work| work.finish_step((run.sequence, "intake"), &facts).await;
            store.change((&office(), noon(day)), step).await.unwrap();
        }
        let again = begin("sm3:run", 3).await;
        assert_eq!((again.sequence, again.started_at, again.finished_at), (run.sequence, noon(0), None));
        assert_eq!(again.steps["intake"], json!({"files": 4}));
        let facts = json!({"leads": 2});
        let finish = async |work: &mut Work| work.finish_run(run.sequence, &facts).await;
        store.change((&office(), noon(4)), finish).await.unwrap();
        let done = begin("sm3:run", 5).await;
        assert_eq!((done.finished_at, done.facts), (Some(noon(4)), json!({"leads": 2})));
        assert_ne!(begin("sm3:other", 5).await.sequence, run.sequence);
        let elsewhere = actor(Scope::regions([region("652324")]));
        let finish = async |work: &mut Work| work.finish_run(run.sequence, &facts).await;
        let foreign = store.change((&elsewhere, noon(5)), finish).await;
        assert!(matches!(foreign, Err(StoreError::NotThere { what: "run" })));
    })
    .await;
}

#[tokio::test]
async fn a_change_says_what_it_did_or_is_not_done() {
    on_every_database("said_in_log", async |store| {
        let attempt = begin(store, &upload("a", "water")).await;
        let silent = store.change((&office(), noon(1)), async |_| Ok(())).await;
        assert!(matches!(silent, Err(StoreError::NothingSaid)));
        accept(store, &attempt, 1, &[batch("b1")]).await;
        let twice = async |work: &mut Work| {
            work.settle_delivery(&BTreeMap::new()).await?;
            work.accept_upload((&attempt, noon(1)), &[], &json!({})).await
        };
        let failed = store.change((&office(), noon(1)), twice).await;
        assert!(failed.is_err(), "all of it or nothing, entries too");
        let entries = store.list_entries(0, 9).await.unwrap();
        let said: Vec<_> = entries.iter().map(|entry| (entry.n, entry.act.as_str(), entry.object.as_str())).collect();
        let sent = (2, "message.send", "message:batch_accepted:652323:1");
        assert_eq!(said, [(0, "upload.begin", "upload:upload-a"), (1, "upload.accept", "upload:upload-a"), sent]);
        let one = &entries[1];
        assert_eq!(
            (one.actor.as_str(), one.unit.as_str(), one.region.as_str()),
            ("operator:tester", "water", "652323")
        );
        assert_eq!((one.purpose.as_str(), one.outcome.as_str()), ("intake", "done"));
    })
    .await;
}

/// A signature that says what it signs, for tests.
fn sign(text: &str) -> String {
    format!("signed {text}")
}

#[tokio::test]
async fn the_log_names_what_was_changed_taken_away_or_rewritten() {
    let home = tempfile::tempdir().unwrap();
    let place = StorePlace::Home(home.path().to_owned());
    let store = Store::open(&place).await.unwrap();
    let look = async || store.verify_log(|text, signature| signature == sign(text)).await.unwrap();
    assert_eq!(look().await, LogLook::default());
    for number in 0..6 {
        begin(&store, &upload(&format!("k{number}"), "water")).await;
        if number % 2 == 1 {
            store.seal_log(noon(number), sign).await.unwrap();
        }
    }
    begin(&store, &upload("last", "water")).await;
    assert_eq!(look().await, LogLook { entries: 7, sealed: 6, faults: vec![] });
    let file = home.path().join("control.sqlite");
    let by_hand = async |sql: &str| {
        let url = format!("sqlite://{}", file.display());
        let connection = sea_orm::Database::connect(url).await.unwrap();
        sea_orm::ConnectionTrait::execute_unprepared(&connection, sql).await.unwrap();
        connection.close().await.unwrap();
    };
    by_hand("update audit_entries set unit = 'housing' where n = 3").await;
    assert_eq!(look().await.faults, [LogFault::Changed { n: 3 }]);
    by_hand("update audit_entries set unit = 'water' where n = 3").await;
    assert!(look().await.faults.is_empty());
    // With the hash that fits, what a checkpoint covers still shows.
    let other = Entry { unit: "housing".to_owned(), ..store.list_entries(3, 1).await.unwrap()[0].clone() };
    let digest = other.leaf().to_text();
    by_hand(&format!("update audit_entries set unit = 'housing', digest = '{digest}' where n = 3")).await;
    assert_eq!(look().await.faults, [LogFault::Rewritten { from: 2, size: 4 }]);
    by_hand("delete from audit_entries where n = 3").await;
    assert_eq!(look().await.faults, [LogFault::Gone { n: 3 }]);
    by_hand("delete from audit_entries where n > 4").await;
    assert_eq!(look().await.faults, [LogFault::Gone { n: 3 }, LogFault::Gone { n: 5 }]);
    by_hand("update audit_checkpoints set signature = 'x' where size = 2").await;
    assert!(look().await.faults.contains(&LogFault::Unsigned { size: 2 }));
}

#[tokio::test]
async fn what_was_accepted_is_there_after_the_store_is_opened_again() {
    let home = tempfile::tempdir().unwrap();
    let place = StorePlace::Home(home.path().to_owned());
    let store = Store::open(&place).await.unwrap();
    accept(&store, &begin(&store, &upload("a", "water")).await, 1, &[batch("b1")]).await;
    // Not closed: as after a kill.
    let again = Store::open(&place).await.unwrap();
    assert_eq!(visible_ids(&again, &county(), at(1)).await, ["b1"]);
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
    assert!(Store::open_to_read(&place).await.is_err(), "there is none");
    assert_eq!(listing(home.path()), [], "and none is made");
    let store = Store::open(&place).await.unwrap();
    store.compare_keys(&keys).await.unwrap();
    begin(&store, &upload("a", "water")).await;
    store.close().await.unwrap();
    let before = listing(home.path());
    let read = Store::open_to_read(&place).await.unwrap();
    assert_eq!(read.compare_known_keys(&keys).await.unwrap(), Vec::<usize>::new());
    assert_eq!(read.compare_known_keys(&[("signing", "sm3:2")]).await.unwrap(), [0]);
    let new = [keys[0], ("rows", "sm3:2")];
    assert!(matches!(read.compare_known_keys(&new).await, Err(StoreError::Earlier)));
    assert!(read.find_upload(&county(), "a").await.unwrap().is_some());
    assert!(try_begin(&read, &office(), &upload("b", "water")).await.is_err());
    read.close().await.unwrap();
    assert_eq!(listing(home.path()), before);
    // Another program has it open: what it wrote last is read too.
    let writer = Store::open(&place).await.unwrap();
    begin(&writer, &upload("c", "water")).await;
    let read = Store::open_to_read(&place).await.unwrap();
    assert!(read.find_upload(&county(), "c").await.unwrap().is_some());
    read.close().await.unwrap();
    writer.close().await.unwrap();
    // One that was written and put in its place while it was read as standing still.
    let read = Store::open_to_read(&place).await.unwrap();
    let writer = Store::open(&place).await.unwrap();
    begin(&writer, &upload("d", "water")).await;
    writer.close().await.unwrap();
    assert!(matches!(read.close().await, Err(StoreError::WrittenMeanwhile)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_at_the_same_moment_all_get_through() {
    on_every_database("writers", async |store| {
        let tasks = (0..24).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let attempt = begin(&store, &upload(&format!("k{number}"), "water")).await;
                accept(&store, &attempt, 1, &[batch(&format!("b{number}"))]).await;
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(visible_ids(store, &county(), at(1)).await.len(), 24);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_hand_the_same_in_at_one_moment_one_takes_it_in() {
    on_every_database("same_moment", async |store| {
        let tasks = (0..24).map(|number| {
            let store = store.clone();
            let new = NewUpload { attempt: format!("attempt-{number}"), ..upload("a", "water") };
            tokio::spawn(async move { try_begin(&store, &office(), &new).await.unwrap() })
        });
        let mut mine = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            match task.await.unwrap() {
                Begun::Mine(attempt) => mine.push(attempt),
                Begun::Busy { .. } => {}
                Begun::Done(_) => panic!("nobody accepted it"),
            }
        }
        assert_eq!(mine.len(), 1);
    })
    .await;
}
