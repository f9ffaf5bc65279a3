//! A state found again answers as one rolled anew, and never for another scope, place or history.

use gongzhi_core::access::Scope;
use gongzhi_core::ids::{Region, Township};
use gongzhi_core::state::VisibleBatch;
use gongzhi_core::values::{CellValue, SetMode};

use super::*;
use crate::analysis::{Analysis, AnalysisOptions};
use crate::scan::SharedPlace;
use crate::session::{Session, SessionOptions};
use crate::tables::tests::{House, add, ask, batch, now, seen, yuan};
use crate::view_states::{View, list_states};

fn analysis(state_cache_bytes: usize) -> Analysis {
    Analysis::start(AnalysisOptions { threads: 2, state_cache_bytes, ..AnalysisOptions::default() }).unwrap()
}

const PAYMENTS: [&str; 3] = ["water_project_payment", "water_project_payment_by_period", "water_project_payment_ever"];

/// A set of payments, each of so many fen.
fn payments(house: &House, quarter: &str, sequence: i64, rows: &[(&str, i64)]) -> VisibleBatch {
    let rows = add(rows.iter().map(|(code, fen)| vec![CellValue::Text(code), yuan(*fen)]).collect());
    house.write(&batch(&house.kind("payment"), quarter, SetMode::Full, sequence), &rows)
}

async fn open(house: &House, analysis: &Analysis, visible: &VisibleBatches, views: &[&str]) -> Session {
    house.open(analysis, (visible, views), &SessionOptions::default()).await.unwrap()
}

/// What the views of payments say.
async fn told(house: &House, analysis: &Analysis, visible: &VisibleBatches) -> Vec<Vec<String>> {
    let session = open(house, analysis, visible, &PAYMENTS).await;
    let mut told = Vec::new();
    for view in PAYMENTS {
        let sql = format!("select project_code, paid_yuan, _period, _ref from {view} order by _ref");
        told.extend(ask(&session, &sql).await);
    }
    told
}

#[tokio::test]
async fn a_state_found_again_answers_as_one_rolled_anew() {
    let house = House::new(1);
    let (kept, nothing) = (analysis(1 << 20), analysis(0));
    let mut batches = Vec::new();
    for (sequence, quarter) in [(1, "2025Q1"), (2, "2025Q2"), (3, "2025Q1")] {
        batches.push(payments(&house, quarter, sequence, &[("P1", sequence), ("P2", 7)]));
        let visible = seen(batches.clone());
        let hits = kept.states().hits();
        let first = told(&house, &kept, &visible).await;
        assert_eq!(kept.states().hits(), hits, "one batch more is another state");
        assert_eq!(told(&house, &kept, &visible).await, first);
        assert_eq!(kept.states().hits(), hits + PAYMENTS.len());
        assert_eq!(told(&house, &nothing, &visible).await, first);
        assert_eq!((nothing.states().held_bytes(), nothing.states().hits()), (0, 0));
    }
}

#[tokio::test]
async fn links_made_since_are_read_though_the_state_is_kept() {
    let house = House::new(1);
    let analysis = analysis(1 << 20);
    let mut visible = seen(vec![payments(&house, "2025Q1", 1, &[("P1", 1)])]);
    let _first = open(&house, &analysis, &visible, &PAYMENTS).await;
    visible.put_links(&HashMap::from([("b1", "links/of-later.parquet")]));
    let views = [View { name: PAYMENTS[0], item: house.kind("payment").0, kind: house.kind("payment").1 }];
    let place = SharedPlace { folder: Arc::from(house.place().folder), keys: Arc::clone(&house.keys) };
    let states = list_states(&analysis, (&place, &house.catalog.digest), &visible, &views).await.unwrap();
    assert_eq!(analysis.states().hits(), 1);
    assert_eq!(states[0].parts[0].visible.links_key.as_deref(), Some("links/of-later.parquet"));
}

#[tokio::test]
async fn a_state_is_never_another_scopes_or_another_places() {
    let house = House::new(1);
    let analysis = analysis(1 << 20);
    let site = |code, place| vec![CellValue::Text(code), CellValue::Text(place), CellValue::Null];
    let rows = add(vec![site("S1", "652323101"), site("S2", "652323102")]);
    let sites = house.write(&batch(&house.kind("site"), "2025Q1", SetMode::Full, 1), &rows);
    let all = Scope::regions(Region::read("652323"));
    let visible = VisibleBatches::found_by_a_test(&all, now(), vec![sites]);
    let codes = async |visible: &VisibleBatches| {
        let session = open(&house, &analysis, visible, &["water_project_site"]).await;
        ask(&session, "select site_code from water_project_site order by site_code").await.concat()
    };
    let one = visible.narrowed(&all.in_townships(Township::read("652323101")));
    let nobody = visible.narrowed(&Scope::unit(Region::read("652323").unwrap(), "court"));
    for _ in 0..2 {
        assert_eq!(codes(&visible).await, ["S1", "S2"]);
        assert_eq!(codes(&one).await, ["S1"]);
        assert!(codes(&nobody).await.is_empty());
    }
    assert_eq!(analysis.states().hits(), 3);
    // Another home, whose first batch has the same id.
    let other = House::new(2);
    let seen_there = seen(vec![payments(&other, "2025Q1", 1, &[("P9", 9)])]);
    let seen_here = seen(vec![payments(&house, "2025Q1", 1, &[("P1", 1)])]);
    let (here, there) = (told(&house, &analysis, &seen_here).await, told(&other, &analysis, &seen_there).await);
    assert_eq!((here[0][0].as_str(), there[0][0].as_str()), ("P1", "P9"));
}

#[tokio::test]
async fn the_budget_is_kept_and_what_was_not_asked_for_longest_goes_first() {
    let house = House::new(1);
    let codes: Vec<String> = (0..1_000).map(|number| format!("P{number}")).collect();
    let rows: Vec<(&str, i64)> = codes.iter().map(|code| (code.as_str(), 1)).collect();
    // A state of a thousand rows takes about six thousand bytes: there is room for three.
    let analysis = analysis(20_000);
    let histories: Vec<VisibleBatches> = (1..=5).map(|at| seen(vec![payments(&house, "2025Q1", at, &rows)])).collect();
    for visible in &histories {
        open(&house, &analysis, visible, &PAYMENTS[..1]).await;
        assert!(analysis.states().held_bytes() <= 20_000);
        open(&house, &analysis, &histories[0], &PAYMENTS[..1]).await;
    }
    // The first was asked for again and again: found each time but the first.
    assert_eq!(analysis.states().hits(), 5);
    assert!(analysis.states().held_bytes() > 12_000, "{}", analysis.states().held_bytes());
}

#[tokio::test]
async fn of_several_that_ask_at_once_one_rolls() {
    let house = House::new(1);
    let (analysis, visible) = (analysis(1 << 20), seen(vec![payments(&house, "2025Q1", 1, &[("P1", 1)])]));
    let key = StateKey([7; 32]);
    let rolled = std::sync::atomic::AtomicUsize::new(0);
    let roll = || async {
        rolled.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        tokio::task::yield_now().await;
        Ok(KindState::default())
    };
    let states = analysis.states();
    let (one, two) = tokio::join!(states.find_or_roll(key, roll()), states.find_or_roll(key, roll()));
    assert!(Arc::ptr_eq(&one.unwrap(), &two.unwrap()));
    assert_eq!(rolled.load(std::sync::atomic::Ordering::SeqCst), 1);
    let failed = states.find_or_roll(StateKey([8; 32]), async { Err(BatchError::Erased { batch: "b1".to_owned() }) });
    assert!(failed.await.is_err());
    let again = states.find_or_roll(StateKey([8; 32]), roll()).await;
    assert!(again.is_ok(), "what went wrong is not kept");
    let sessions = futures::future::join_all((0..4).map(|_| open(&house, &analysis, &visible, &PAYMENTS[..1]))).await;
    assert_eq!(sessions.len(), 4);
}
