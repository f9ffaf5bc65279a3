//! Leads are the same from run to run, and what a run says of them moves them.

use std::collections::BTreeMap;

use gongzhi_core::access::Scope;
use gongzhi_core::leads::{FoundLead, Lead, LeadIdentity, LeadState, ModelLook, NotCompared, Sighted, Taxpayer};
use gongzhi_store::analyse::leads::KeptLead;
use gongzhi_store::{Store, StoreError};

use super::bench::{county, noon, office, on_every_database, region};

const FIRM: &str = "91652323MA7A000172";
const OTHER: &str = "91652323MA7A00025W";
const REGION: &str = "652323";

/// A lead of a model about a taxpayer, with what is open in whole yuan and the rows it came from.
fn lead(model: &str, code: &str, gap: i64, evidence: &[&str]) -> Lead {
    Lead {
        model: model.to_owned(),
        taxpayer: Taxpayer::new(code, "演示有限公司"),
        period: "2025Q1".to_owned(),
        gap: Some(gap.into()),
        evidence: evidence.iter().map(|handle| (*handle).to_owned()).collect(),
        ..Lead::default()
    }
}

fn identity(lead: &Lead) -> LeadIdentity {
    LeadIdentity::of(REGION, lead)
}

/// What a model came to that found these, the first of them ranked first.
fn look(model: &str, leads: &[Lead]) -> ModelLook {
    let found = leads.iter().zip(1..).map(|(lead, rank)| {
        let id = format!("{} {} {:?}", lead.model, lead.taxpayer.uscc, lead.finding);
        FoundLead::of((REGION, lead), rank, id).unwrap()
    });
    ModelLook { model: model.to_owned(), found: found.collect(), ..ModelLook::default() }
}

/// Records a run that is begun on a day and looks from it; its number, and those of its leads.
async fn record(store: &Store, key: &str, day: i64, looks: &[ModelLook]) -> (i64, BTreeMap<LeadIdentity, String>) {
    let who = office();
    let recorded = store.change((&who, noon(day)), async |work| {
        let run = work.begin_run((REGION, key)).await?.sequence;
        Ok((run, work.record_sightings((run, noon(day).date_naive()), looks).await?))
    });
    recorded.await.unwrap()
}

/// A lead as it stands, and what each run said of it.
async fn kept(store: &Store, number: &str) -> (KeptLead, Vec<Sighted>) {
    let (lead, sightings) = store.find_lead(&county(), number).await.unwrap().unwrap();
    (lead, sightings.iter().map(|one| one.sighted).collect())
}

async fn state(store: &Store, number: &str) -> LeadState {
    kept(store, number).await.0.state
}

#[tokio::test]
async fn a_lead_found_again_with_more_rows_and_another_amount_keeps_its_number_and_a_new_one_gets_the_next() {
    on_every_database("leads_again", async |store| {
        let first = lead("a/b", FIRM, 500, &["b1:4"]);
        let (run, numbers) = record(store, "one", 1, &[look("a/b", std::slice::from_ref(&first))]).await;
        assert_eq!(numbers[&identity(&first)], "652323-2025-L-1");
        let larger = lead("a/b", FIRM, 900, &["b1:4", "b2:0"]);
        let finding = Lead { finding: Some("late".to_owned()), gap: None, ..lead("a/b", FIRM, 0, &["b1:4"]) };
        let (later, numbers) = record(store, "two", 2, &[look("a/b", &[finding.clone(), larger])]).await;
        assert_eq!(numbers[&identity(&first)], "652323-2025-L-1");
        assert_eq!(numbers[&identity(&finding)], "652323-2025-L-2");
        let (kept, sightings) = store.find_lead(&county(), "652323-2025-L-1").await.unwrap().unwrap();
        assert_eq!((kept.identity, kept.state, kept.state_since), (identity(&first), LeadState::Found, noon(1)));
        let told: Vec<_> = sightings.iter().map(|one| (one.run, one.rank, one.amounts.gap, one.rows.len())).collect();
        assert_eq!(told, [(run, Some(1), Some(50_000), 1), (later, Some(2), Some(90_000), 2)]);
        assert_eq!(sightings[0].told["name"], "演示有限公司");
        let listed = store.list_sightings(&county(), later).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|(lead, one)| (lead.number.as_str(), one.rank)).collect();
        assert_eq!(listed, [("652323-2025-L-2", Some(1)), ("652323-2025-L-1", Some(2))]);
    })
    .await;
}

#[tokio::test]
async fn the_same_run_recorded_twice_changes_nothing() {
    on_every_database("leads_twice", async |store| {
        let (one, two) = (lead("a/b", FIRM, 500, &["b1:4"]), lead("a/b", OTHER, 300, &["b1:5", "b1:6"]));
        record(store, "one", 1, &[look("a/b", &[one.clone(), two.clone()])]).await;
        let later = [look("a/b", &[two])];
        let (run, numbers) = record(store, "two", 2, &later).await;
        let before = store.list_sightings(&county(), run).await.unwrap();
        assert_eq!(before.len(), 2, "the one that is gone is told too");
        for day in [2, 3] {
            assert_eq!(record(store, "two", day, &later).await, (run, numbers.clone()));
            assert_eq!(store.list_sightings(&county(), run).await.unwrap(), before, "day {day}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_found_no_more_is_cleared_and_what_is_found_again_is_found() {
    on_every_database("leads_cleared", async |store| {
        let one = lead("a/b", FIRM, 500, &["b1:4"]);
        let found = [look("a/b", std::slice::from_ref(&one)), look("a/c", &[])];
        let (_, numbers) = record(store, "as it was", 1, &found).await;
        let number = &numbers[&identity(&one)];
        record(store, "mended", 2, &[look("a/b", &[]), look("a/c", &[])]).await;
        let (cleared, said) = kept(store, number).await;
        assert_eq!((cleared.state, cleared.state_since), (LeadState::Cleared, noon(2)));
        assert_eq!(said, [Sighted::Found, Sighted::NotFound]);
        // A model that did not run says nothing, and what is closed need not be told again.
        record(store, "another model", 3, &[look("a/c", &[])]).await;
        record(store, "once more", 3, &[look("a/b", &[])]).await;
        assert_eq!(kept(store, number).await.1.len(), 2);
        // The data is as it was: the same run as the first, and yet it moves the lead.
        let (_, again) = record(store, "as it was", 4, &found).await;
        assert_eq!(again, numbers);
        let (found_again, _) = kept(store, number).await;
        assert_eq!((found_again.state, found_again.state_since), (LeadState::Found, noon(4)));
    })
    .await;
}

#[tokio::test]
async fn a_lead_whose_model_could_not_look_is_not_cleared() {
    on_every_database("leads_open", async |store| {
        let one = lead("a/b", FIRM, 500, &["b1:4"]);
        let (_, numbers) = record(store, "one", 1, &[look("a/b", std::slice::from_ref(&one))]).await;
        let number = &numbers[&identity(&one)];
        let stopped = ModelLook { has_stopped: true, ..look("a/b", &[]) };
        record(store, "stopped", 2, &[stopped]).await;
        assert_eq!(state(store, number).await, LeadState::NotComparableNow);
        record(store, "found", 3, &[look("a/b", std::slice::from_ref(&one))]).await;
        assert_eq!(state(store, number).await, LeadState::Found);
        let by_row = NotCompared { evidence: vec!["b1:4".to_owned()], ..NotCompared::default() };
        let period = "2025Q1".to_owned();
        let by_taxpayer = NotCompared { taxpayer: FIRM.to_owned(), period, evidence: Vec::new() };
        for (day, open) in [(4, by_row), (5, by_taxpayer)] {
            let could_not = ModelLook { not_compared: vec![open], ..look("a/b", &[]) };
            record(store, &format!("open {day}"), day, &[could_not]).await;
            assert_eq!(state(store, number).await, LeadState::NotComparableNow, "day {day}");
        }
        record(store, "looked", 6, &[look("a/b", &[])]).await;
        assert_eq!(state(store, number).await, LeadState::Cleared);
    })
    .await;
}

#[tokio::test]
async fn a_lead_whose_row_turns_out_to_be_anothers_has_moved_to_the_lead_about_that_one() {
    on_every_database("leads_moved", async |store| {
        let (one, other) = (lead("a/b", FIRM, 500, &["b1:4"]), lead("a/b", OTHER, 500, &["b1:4"]));
        let (_, numbers) = record(store, "one", 1, &[look("a/b", std::slice::from_ref(&one))]).await;
        let number = &numbers[&identity(&one)];
        for day in [2, 3] {
            let (_, later) = record(store, "decided", day, &[look("a/b", std::slice::from_ref(&other))]).await;
            let (stands_in, _) = kept(store, &later[&identity(&other)]).await;
            let (moved, sightings) = store.find_lead(&county(), number).await.unwrap().unwrap();
            assert_eq!((moved.state, moved.state_since), (LeadState::Moved, noon(2)));
            assert_eq!(sightings[1].moved_to, Some(stands_in.id));
        }
    })
    .await;
}

#[tokio::test]
async fn a_run_that_looks_from_an_earlier_day_tells_what_it_saw_and_moves_nothing() {
    on_every_database("leads_earlier", async |store| {
        let one = lead("a/b", FIRM, 500, &["b1:4"]);
        let (_, numbers) = record(store, "one", 5, &[look("a/b", std::slice::from_ref(&one))]).await;
        record(store, "earlier", 3, &[look("a/b", &[])]).await;
        let (kept, said) = kept(store, &numbers[&identity(&one)]).await;
        assert_eq!((kept.state, said), (LeadState::Found, vec![Sighted::Found, Sighted::NotFound]));
    })
    .await;
}

#[tokio::test]
async fn leads_are_seen_in_their_own_region_and_by_nobody_who_may_see_one_unit_only() {
    on_every_database("leads_scope", async |store| {
        let one = lead("a/b", FIRM, 500, &["b1:4"]);
        let (run, numbers) = record(store, "one", 1, &[look("a/b", std::slice::from_ref(&one))]).await;
        let number = &numbers[&identity(&one)];
        assert!(store.find_lead(&Scope::regions([region("652300")]), number).await.unwrap().is_some());
        for scope in [Scope::regions([region("652324")]), Scope::unit(region(REGION), "water")] {
            assert_eq!(store.find_lead(&scope, number).await.unwrap(), None);
            assert_eq!(store.list_sightings(&scope, run).await.unwrap(), []);
        }
        let elsewhere = FoundLead::of(("652324", &one), 1, "elsewhere".to_owned()).unwrap();
        let foreign = [ModelLook { found: vec![elsewhere], ..look("a/b", &[]) }];
        let (who, as_of) = (office(), noon(2).date_naive());
        let change = store.change((&who, noon(2)), async |work| work.record_sightings((run, as_of), &foreign).await);
        assert!(matches!(change.await, Err(StoreError::NotThere { what: "region" })));
        assert_eq!(state(store, number).await, LeadState::Found, "all of a run or nothing");
    })
    .await;
}

#[tokio::test]
async fn more_leads_than_one_statement_takes_are_kept_and_told_in_their_order() {
    on_every_database("leads_many", async |store| {
        let many = |count: usize| -> Vec<Lead> {
            let rows: Vec<String> = (0..3).map(|row| format!("b1:{row}")).collect();
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            (0..count).map(|at| lead("a/b", &format!("code {at:04}"), 500, &rows)).collect()
        };
        let (run, numbers) = record(store, "one", 1, &[look("a/b", &many(2_300))]).await;
        assert_eq!((numbers.len(), numbers[&identity(&many(1)[0])].as_str()), (2_300, "652323-2025-L-1"));
        let listed = store.list_sightings(&county(), run).await.unwrap();
        let ranks: Vec<_> = listed.iter().filter_map(|(_, one)| one.rank).collect();
        assert_eq!(ranks, (1..=2_300).collect::<Vec<u64>>());
        assert!(listed.iter().all(|(_, one)| one.rows.len() == 3));
        let (later, _) = record(store, "two", 2, &[look("a/b", &many(100))]).await;
        let gone = store.list_sightings(&county(), later).await.unwrap();
        let cleared = gone.iter().filter(|(lead, _)| lead.state == LeadState::Cleared).count();
        assert_eq!((gone.len(), cleared), (2_300, 2_200));
    })
    .await;
}
