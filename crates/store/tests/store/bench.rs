//! What the tests of the store share: who asks, what is handed in, what is visible by then.

use chrono::{DateTime, TimeDelta, Utc};
use gongzhi_core::access::{Actor, Purpose, Scope};
use gongzhi_core::catalog::{Mark, Mode};
use gongzhi_core::ids::Region;
use gongzhi_core::period::Period;
use gongzhi_core::state::{Group, Moment, VisibleBatch, covered_days};
use gongzhi_core::values::SetMode;
use gongzhi_store::collect::uploads::{Attempt, Begun, NewBatch, NewUpload, UploadStatus};
use gongzhi_store::{Store, StoreError, StorePlace};
use serde_json::json;

/// Runs a test on every database there is, each time on an empty store.
pub(super) async fn on_every_database<F: AsyncFn(&Store)>(name: &str, test: F) {
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

pub(super) fn noon(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_735_732_800, 0).unwrap() + TimeDelta::days(day)
}

pub(super) fn region(code: &str) -> Region {
    Region::read(code).unwrap()
}

/// Somebody who may see this.
pub(super) fn actor(scope: Scope) -> Actor {
    Actor { scope, ..Actor::operator("tester", Purpose::Intake) }
}

/// Of the county.
pub(super) fn office() -> Actor {
    actor(Scope::regions([region("652323")]))
}

/// What the county may see.
pub(super) fn county() -> Scope {
    office().scope
}

/// Rejects an upload.
pub(super) async fn reject(
    store: &Store,
    who: &Actor,
    attempt: &Attempt,
    status: UploadStatus,
) -> Result<(), StoreError> {
    store.change((who, noon(2)), async |work| work.reject_upload((attempt, status, noon(2)), &json!({})).await).await
}

/// Accepts batches as they are.
pub(super) async fn accept_blind(
    store: &Store,
    attempt: &Attempt,
    day: i64,
    batches: &[NewBatch],
) -> Result<(), StoreError> {
    store
        .change((&office(), noon(day)), async |work| {
            work.accept_upload((attempt, noon(day)), batches, &json!({})).await
        })
        .await
}

/// Begins an upload; what is busy is left.
pub(super) async fn try_begin(store: &Store, who: &Actor, new: &NewUpload) -> Result<Begun, StoreError> {
    let mut work = store.write(who, new.started_at).await?;
    let begun = work.begin_upload(new).await?;
    if !matches!(begun, Begun::Busy { .. }) {
        work.commit().await?;
    }
    Ok(begun)
}

pub(super) fn upload(key: &str, unit: &str) -> NewUpload {
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
pub(super) async fn begin(store: &Store, new: &NewUpload) -> Attempt {
    match try_begin(store, &office(), new).await.unwrap() {
        Begun::Mine(attempt) => attempt,
        other => panic!("{other:?}"),
    }
}

/// Accepts batches behind what stands in their groups, decided anew when another came in between.
pub(super) async fn accept(store: &Store, attempt: &Attempt, day: i64, batches: &[NewBatch]) {
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

pub(super) fn batch(id: &str) -> NewBatch {
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

pub(super) fn at(day: i64) -> Moment {
    Moment { as_of: noon(day), period: None }
}

/// Hands over all that one half has to tell the other.
pub(super) async fn hand_over(store: &Store) {
    let mut work = store.write(&office(), noon(0)).await.unwrap();
    while work.hand_over(2).await.unwrap() > 0 {
        work.commit().await.unwrap();
        work = store.write(&office(), noon(0)).await.unwrap();
    }
}

/// What a question sees once all is handed over.
pub(super) async fn visible(store: &Store, scope: &Scope, moment: Moment) -> Vec<VisibleBatch> {
    hand_over(store).await;
    store.visible_batches(scope, moment).await.unwrap().batches().to_vec()
}

pub(super) async fn visible_ids(store: &Store, scope: &Scope, moment: Moment) -> Vec<String> {
    visible(store, scope, moment).await.into_iter().map(|visible| visible.batch.id).collect()
}
