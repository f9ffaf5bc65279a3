//! A batch keeps the words and letters of the clerk's own header, also of columns that nobody knows.

use std::fs;
use std::path::Path;

use gongzhi_core::access::{Actor, Purpose};
use gongzhi_core::intake::{OwnColumn, OwnHeader};
use gongzhi_core::state::Moment;
use gongzhi_engine::keys::{Dice, KeyFiles, Keys};
use gongzhi_engine::layouts::list_own_headers;
use gongzhi_engine::parts::DataPlace;
use gongzhi_store::{Store, StorePlace};

use crate::program::run_in;

/// The headers that the only batch of a home keeps.
fn headers_of(home: &Path) -> Vec<OwnHeader> {
    let keys = Keys::open(home, &KeyFiles::of_home(home), Dice::system()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let visible = runtime.block_on(async {
        let store = Store::open(&StorePlace::Home(home.to_owned())).await.unwrap();
        let moment = Moment { as_of: chrono::DateTime::<chrono::Utc>::MAX_UTC, period: None };
        store.visible_batches(&Actor::operator("test", Purpose::Analysis).scope, moment).await.unwrap()
    });
    let data = home.join("data");
    list_own_headers(DataPlace { folder: &data, keys: &keys }, &visible.batches()[0]).unwrap()
}

#[test]
fn headers_come_back_as_they_stood_with_their_letters_and_what_each_was_taken_for() {
    let folder = tempfile::tempdir().unwrap();
    let text = "水利局2025年第一季度水利工程,,,,,,,\n\
                项目编码,\"项目\n名称\",建设单位,,投资（中标）额,备注,经办13900000000,施工方\n\
                S01,演示渠1号工程,演示水管站,,5,演示,,演示水利建筑有限公司\n";
    fs::write(folder.path().join("水利.csv"), text).unwrap();
    let words = ["intake", "水利.csv", "--item", "28", "--unit", "水利局", "--period", "2025Q1"];
    let output = run_in(folder.path(), &words);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let headers = headers_of(&folder.path().join(".gongzhi"));
    assert_eq!((headers.len(), headers[0].row), (1, 2));
    let told = |column: &OwnColumn| (column.letters.clone(), column.texts.join("/"), column.column.clone());
    let told: Vec<_> = headers[0].columns.iter().map(told).collect();
    let known =
        |letters: &str, text: &str, column: &str| (letters.to_owned(), text.to_owned(), Some(column.to_owned()));
    assert_eq!(told[0], known("A", "项目编码", "project_code"));
    assert_eq!(told[1], known("B", "项目\n名称", "project_name"));
    assert_eq!(told[3], ("D".to_owned(), String::new(), None), "a column without a header");
    assert_eq!(told[4], known("E", "投资（中标）额", "bid_amount_yuan"));
    assert_eq!((told[5].1.as_str(), told[5].2.as_ref()), ("备注", None), "the office's own remark");
    // Nobody knows it and nothing stands in it; a telephone in a header is masked.
    assert_eq!(told[6], ("G".to_owned(), "经办1*********0".to_owned(), None));
}
