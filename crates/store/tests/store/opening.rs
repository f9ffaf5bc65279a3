//! A store opened again, with its keys, and one that is opened to read.

use gongzhi_store::{Store, StoreError, StorePlace};

use super::bench::{accept, at, batch, begin, county, office, on_every_database, try_begin, upload, visible_ids};

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
