//! Uploads and their batches: accepted whole, visible from then on, beside the sets that stand.

use std::collections::BTreeMap;

use gongzhi_core::access::Scope;
use gongzhi_core::values::SetMode;
use gongzhi_store::StoreError;
use gongzhi_store::collect::uploads::{Attempt, Begun, NewBatch, NewUpload, UploadStatus};
use gongzhi_store::shared::work::Work;
use serde_json::json;

use super::bench::{
    accept, accept_blind, actor, at, batch, begin, county, noon, office, on_every_database, region, reject, try_begin,
    upload, visible, visible_ids,
};

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
