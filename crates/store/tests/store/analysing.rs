//! Links, decisions and runs, each as of a moment.

use gongzhi_core::access::Scope;
use gongzhi_core::identity::Decision;
use gongzhi_store::StoreError;
use gongzhi_store::analyse::decisions::NewDecision;
use gongzhi_store::analyse::links::NewLinks;
use gongzhi_store::shared::work::Work;
use serde_json::json;

use super::bench::{
    accept, actor, at, batch, begin, county, hand_over, noon, office, on_every_database, region, upload, visible,
};

#[tokio::test]
async fn links_are_read_as_of_the_moment_and_kept_once() {
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
            for new in [1, 0] {
                let mut work = store.write(&office(), noon(day)).await.unwrap();
                assert_eq!(work.record_links(std::slice::from_ref(&links)).await.unwrap(), new);
                let said = work.commit().await;
                // Those a batch has already are not kept again, and nothing is said of it.
                assert_eq!(said.is_ok(), new == 1, "{said:?}");
            }
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
