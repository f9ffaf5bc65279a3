//! One attempt at a time holds an upload, however many there are.

use chrono::TimeDelta;
use gongzhi_store::StoreError;
use gongzhi_store::collect::attempts::Standing;
use gongzhi_store::collect::uploads::{Begun, NewUpload, UploadStatus};

use super::bench::{
    accept, accept_blind, at, batch, begin, county, noon, office, on_every_database, reject, try_begin, upload,
    visible_ids,
};

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
