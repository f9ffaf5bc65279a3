//! What was done is said, and what was changed by hand is named.

use std::collections::BTreeMap;

use gongzhi_core::audit::Entry;
use gongzhi_store::shared::audit::{LogFault, LogLook};
use gongzhi_store::shared::work::Work;
use gongzhi_store::{Store, StoreError, StorePlace};
use serde_json::json;

use super::bench::{accept, batch, begin, noon, office, on_every_database, upload};

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
