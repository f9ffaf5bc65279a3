//! Two halves that tell each other by messages: in one store, and in two.

use std::collections::BTreeMap;

use gongzhi_core::access::{Actor, Scope};
use gongzhi_core::catalog::{Mark, Mode};
use gongzhi_core::exchange::{BatchReturned, Content, Direction, Envelope, ExchangeError, MessageKind};
use gongzhi_core::values::SetMode;
use gongzhi_store::analyse::links::NewLinks;
use gongzhi_store::collect::uploads::{NewBatch, NewUpload};
use gongzhi_store::shared::work::Work;
use gongzhi_store::{Store, StoreError, StorePlace};
use sea_orm::ConnectionTrait as _;
use serde_json::json;

use super::bench::{
    accept, accept_blind, actor, at, batch, begin, county, hand_over, noon, office, on_every_database, region, upload,
    visible, visible_ids,
};

/// A store of a node that collects.
async fn collecting() -> (tempfile::TempDir, Store) {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(&StorePlace::Home(home.path().to_owned())).await.unwrap();
    (home, store)
}

/// A folder is delivered, and once more with another file of a name it had: six messages.
async fn deliver(store: &Store) {
    let take = async |name: &str, digest: &str, day: i64, id: &str| {
        let new = NewUpload {
            attempt: format!("{name}{digest}"),
            file: name.to_owned(),
            digest: digest.to_owned(),
            is_delivered: true,
            ..upload(&format!("{name}{digest}"), "water")
        };
        accept(store, &begin(store, &new).await, day, &[batch(id)]).await;
    };
    let settle = async |files: [(&str, &str); 2], day: i64| {
        let files = files.map(|(name, digest)| (name.to_owned(), digest.to_owned()));
        let files: BTreeMap<String, String> = files.into();
        store.change((&office(), noon(day)), async |work| work.settle_delivery(&files).await).await.unwrap();
    };
    take("二.csv", "2", 2, "b2").await;
    take("一.csv", "1", 3, "b1").await;
    settle([("一.csv", "1"), ("二.csv", "2")], 3).await;
    take("一.csv", "1b", 5, "b3").await;
    settle([("一.csv", "1b"), ("二.csv", "2")], 5).await;
}

async fn sent(store: &Store) -> Vec<Envelope> {
    store.list_sent(&county(), Direction::ToAnalyse).await.unwrap()
}

/// Takes one message in; one that changes nothing has nothing to say in the log.
async fn take_in(store: &Store, who: &Actor, envelope: &Envelope) -> Result<usize, StoreError> {
    let mut work = store.write(who, noon(7)).await?;
    let count = work.take_in(envelope).await?;
    match work.commit().await {
        Ok(()) | Err(StoreError::NothingSaid) => Ok(count),
        Err(error) => Err(error),
    }
}

#[tokio::test]
async fn messages_are_numbered_without_a_gap_and_go_with_their_change_or_not_at_all() {
    on_every_database("numbered", async |store| {
        let attempt = begin(store, &upload("a", "water")).await;
        let twice = [batch("b1"), NewBatch { kind: "other".to_owned(), ..batch("b1") }];
        assert!(accept_blind(store, &attempt, 1, &twice).await.is_err());
        assert!(sent(store).await.is_empty());
        accept(store, &attempt, 1, &[batch("b1"), NewBatch { kind: "other".to_owned(), ..batch("b2") }]).await;
        let returned = BatchReturned { batch: "b1".to_owned(), visible_until: noon(2) };
        let returned = Content::BatchReturned(returned);
        // Another region has numbers of its own.
        let office = actor(Scope::regions([region("652300")]));
        let send = async |region: &str| {
            let send = async |work: &mut Work| work.send(region, &returned).await;
            store.change((&office, noon(2)), send).await
        };
        assert_eq!(send("652324").await.unwrap().number, 1);
        assert_eq!(send("652323").await.unwrap().id, "batch_returned:652323:3");
        assert!(matches!(send("650102").await, Err(StoreError::NotThere { what: "region" })));
        let numbers: Vec<_> = sent(store).await.iter().map(|one| (one.number, one.kind)).collect();
        let accepted = MessageKind::BatchAccepted;
        assert_eq!(numbers, [(1, accepted), (2, accepted), (3, MessageKind::BatchReturned)]);
    })
    .await;
}

#[tokio::test]
async fn what_was_not_handed_over_is_not_seen_by_a_question_and_is_handed_over_once() {
    on_every_database("handed_over", async |store| {
        let (attempt, who) = (begin(store, &upload("a", "water")).await, office());
        accept(store, &attempt, 1, &[batch("b1")]).await;
        assert!(store.visible_batches(&county(), at(9)).await.unwrap().batches().is_empty());
        let mut work = store.write(&who, noon(1)).await.unwrap();
        assert_eq!(work.hand_over(9).await.unwrap(), 1);
        // Broken off before its end: all of it is still to be done.
        drop(work);
        assert!(store.visible_batches(&county(), at(9)).await.unwrap().batches().is_empty());
        assert_eq!(visible_ids(store, &county(), at(9)).await, ["b1"]);
        let mut work = store.write(&who, noon(1)).await.unwrap();
        assert_eq!(work.hand_over(9).await.unwrap(), 0);
        drop(work);
        let acts: Vec<String> = store.list_entries(2, 9).await.unwrap().into_iter().map(|entry| entry.act).collect();
        assert_eq!(acts, ["message.send", "message.take", "message.hand_over"]);
    })
    .await;
}

#[tokio::test]
async fn another_node_that_is_told_late_twice_and_in_any_order_sees_what_was_collected() {
    let (_home, collected) = collecting().await;
    deliver(&collected).await;
    let messages = sent(&collected).await;
    assert_eq!(messages.len(), 6);
    hand_over(&collected).await;
    on_every_database("two_nodes", async |store| {
        let mut counts = Vec::new();
        for which in [3, 5, 1, 1, 0, 4, 2, 0, 5] {
            counts.push(take_in(store, &office(), &messages[which]).await.unwrap());
        }
        assert_eq!(counts, [0, 0, 0, 0, 2, 0, 4, 0, 0]);
        for day in [2, 3, 4, 9] {
            let there = collected.visible_batches(&county(), at(day)).await.unwrap();
            assert_eq!(store.visible_batches(&county(), at(day)).await.unwrap(), there, "on day {day}");
        }
        assert_eq!(visible_ids(store, &county(), at(9)).await, ["b3", "b2"]);
        assert_eq!(visible_ids(store, &county(), at(4)).await, ["b1", "b2"], "what was known then");
        // Links hang on what was received, and the node names its files: it collected nothing itself.
        let links = NewLinks {
            batch: "b3".to_owned(),
            version: "v1".to_owned(),
            key: "links/v1".to_owned(),
            digest: "sm3:02".to_owned(),
        };
        store.change((&office(), noon(8)), async |work| work.record_links(&[links]).await).await.unwrap();
        let visible = store.visible_batches(&county(), at(9)).await.unwrap().batches().to_vec();
        assert_eq!(visible[0].links_key.as_deref(), Some("links/v1"));
        let named = store.list_named(&county(), noon(9)).await.unwrap().needed;
        assert_eq!(named.iter().collect::<Vec<_>>(), ["b1.parquet", "b2.parquet", "b3.parquet", "links/v1"]);
    })
    .await;
}

#[tokio::test]
async fn a_message_that_is_not_as_it_was_sent_is_refused_and_changes_nothing() {
    let (_home, collected) = collecting().await;
    deliver(&collected).await;
    let messages = sent(&collected).await;
    on_every_database("refused", async |store| {
        take_in(store, &office(), &messages[0]).await.unwrap();
        let before = (store.visible_batches(&county(), at(9)).await.unwrap(), store.list_entries(0, 99).await.unwrap());
        let id = messages[0].id.clone();
        let mut spoilt = messages[1].clone();
        spoilt.body["rows"] = json!(9);
        let other = Envelope::new(&messages[1].open().unwrap(), ("652323", 1), noon(2));
        let astray = Envelope { direction: Direction::ToCollect, ..messages[1].clone() };
        let ended = BatchReturned { batch: "unknown".to_owned(), visible_until: noon(2) };
        let unknown = Envelope::new(&Content::BatchReturned(ended), ("652323", 2), noon(2));
        for (envelope, why) in [
            (spoilt, ExchangeError::Spoilt { id: messages[1].id.clone() }),
            (other, ExchangeError::Otherwise { id: id.clone() }),
            (astray, ExchangeError::Astray { id: messages[1].id.clone() }),
            (unknown.clone(), ExchangeError::Unknown { id: unknown.id.clone() }),
        ] {
            let refused = take_in(store, &office(), &envelope).await;
            assert!(matches!(&refused, Err(StoreError::Exchange(found)) if *found == why), "{refused:?}");
        }
        let elsewhere = actor(Scope::regions([region("652324")]));
        let hidden = take_in(store, &elsewhere, &messages[1]).await;
        assert!(matches!(hidden, Err(StoreError::NotThere { what: "region" })));
        let after = (store.visible_batches(&county(), at(9)).await.unwrap(), store.list_entries(0, 99).await.unwrap());
        assert_eq!(after, before);
        assert_eq!(take_in(store, &office(), &messages[1]).await.unwrap(), 1, "what was sent is taken in all the same");
    })
    .await;
}

/// What a program kept that knew no messages: a folder of two files, and a file before that was another one later.
async fn keep_as_before(url: &str) {
    let micros = |day: i64| noon(day).timestamp_micros();
    let upload = |id: &str, file: &str| {
        let (started, ended) = (micros(0), micros(1));
        format!(
            "insert into uploads (id, region, unit, \"key\", file, digest, status, keys, started_at, ended_at, is_delivered) \
             values ('{id}', '652323', 'water', '{id}', '{file}', 'sm3:{id}', 'accepted', '[]', {started}, {ended}, true)"
        )
    };
    let batch = |id: &str, accepted: i64, delivered: &str, until: &str| {
        let (mark, item_mode, mode) = (Mark::Stock.key(), Mode::FullThenDifferential.key(), SetMode::Full.key());
        format!(
            "insert into batches (id, upload_id, region, unit, lineage, item, kind, mark, item_mode, period, covers_from, \
             covers_to, mode, template_version, main_key, main_digest, row_count, accepted_at, delivered_at, visible_until) \
             values ('{id}', 'u{id}', '652323', 'water', 'water', 'water_project', 'project', '{mark}', '{item_mode}', \
             '2025Q1', '2025-01-01', '2025-03-31', '{mode}', 1, '{id}.parquet', 'sm3:01', 3, {accepted}, {delivered}, \
             {until})",
            accepted = micros(accepted)
        )
    };
    let from = micros(2).to_string();
    let links =
        "insert into links (batch_id, version, \"key\", digest, made_at) values ('b1', 'v1', 'links/v1', 'sm3:02', ";
    let connection = sea_orm::Database::connect(url).await.unwrap();
    for statement in [
        upload("ub0", "三.csv"),
        upload("ub2", "二.csv"),
        upload("ub1", "一.csv"),
        batch("b0", 1, "null", &micros(4).to_string()),
        batch("b2", 2, &from, "null"),
        batch("b1", 3, &from, "null"),
        format!("{links}{})", micros(3)),
    ] {
        connection.execute_unprepared(&statement).await.unwrap();
    }
    connection.close().await.unwrap();
}

/// A home of the program of before is opened by this one.
async fn bring_forward(place: &StorePlace, url: &str) {
    Store::make_test_earlier(place, "m0007_exchange").await.unwrap();
    keep_as_before(url).await;
    assert!(matches!(Store::open_to_read(place).await, Err(StoreError::Earlier)));
    let store = Store::open(place).await.unwrap();
    assert_eq!(visible_ids(&store, &county(), at(3)).await, ["b0", "b1", "b2"]);
    let there = visible(&store, &county(), at(9)).await;
    let shown: Vec<_> = there.iter().map(|one| (one.batch.id.as_str(), one.batch.accepted_at)).collect();
    assert_eq!(shown, [("b1", noon(2)), ("b2", noon(2))], "in the order of the folder's names, from its first file on");
    assert_eq!((there[0].links_key.as_deref(), there[0].file.as_str()), (Some("links/v1"), "一.csv"));
    assert_eq!(store.list_group(&county(), &there[0].batch.group()).await.unwrap().sets.len(), 2);
    let links = NewLinks {
        batch: "b1".to_owned(),
        version: "v2".to_owned(),
        key: "links/v2".to_owned(),
        digest: "sm3:02".to_owned(),
    };
    store.change((&office(), noon(5)), async |work| work.record_links(&[links]).await).await.unwrap();
    assert_eq!(visible(&store, &county(), at(9)).await[0].links_key.as_deref(), Some("links/v2"));
    // What comes later is told, what was there is not told again.
    accept(&store, &begin(&store, &upload("a", "water")).await, 6, &[batch("b9")]).await;
    assert_eq!(visible_ids(&store, &county(), at(9)).await, ["b1", "b2", "b9"]);
    assert_eq!(sent(&store).await.iter().map(|one| one.number).collect::<Vec<_>>(), [1]);
    // Its folder comes once more without one of its files as it was.
    let files = BTreeMap::from([("一.csv".to_owned(), "sm3:other".to_owned())]);
    store.change((&office(), noon(7)), async |work| work.settle_delivery(&files).await).await.unwrap();
    assert_eq!(visible_ids(&store, &county(), at(9)).await, ["b2", "b9"]);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_home_of_the_program_before_is_brought_forward_with_its_batches_in_their_order() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("control.sqlite");
    bring_forward(&StorePlace::Home(home.path().to_owned()), &format!("sqlite://{}", file.display())).await;
    let Ok(server) = std::env::var("GONGZHI_TEST_POSTGRES") else {
        assert!(
            std::env::var_os("CI").is_none(),
            "GONGZHI_TEST_POSTGRES names no server, and CI must not leave it out"
        );
        eprintln!("left out on PostgreSQL, GONGZHI_TEST_POSTGRES names none");
        return;
    };
    let connection = sea_orm::Database::connect(&server).await.unwrap();
    for statement in ["drop schema if exists gongzhi_test_earlier cascade", "create schema gongzhi_test_earlier"] {
        connection.execute_unprepared(statement).await.unwrap();
    }
    connection.close().await.unwrap();
    let url = format!("{server}?options[search_path]=gongzhi_test_earlier");
    bring_forward(&StorePlace::Postgres(url.clone()), &url).await;
}
