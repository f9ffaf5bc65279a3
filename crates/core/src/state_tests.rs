//! The rules of state by example; by property they stand in `state/property_tests.rs`.

#[path = "state/property_tests.rs"]
mod property_tests;

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::RowAction::{Add, Change, Revoke};
use super::SetMode::{Differential, Nil, NothingExists, Unsaid};
use super::*;

/// A set in a test: its rows are (key, print, action).
#[derive(Debug, Clone)]
struct Sent {
    batch: Batch,
    rows: Vec<(u8, u8, RowAction)>,
}

fn noon(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_735_732_800, 0).unwrap() + TimeDelta::days(day)
}

fn sent(period: &str, mode: SetMode, day: i64, rows: &[(u8, u8, RowAction)]) -> Sent {
    let period: Period = period.parse().unwrap();
    let (covers_from, covers_to) = covered_days(period, false);
    let batch = Batch {
        id: format!("{period}-{}-{day}", mode.key()),
        sequence: day,
        region: "652323".to_owned(),
        unit: "water".to_owned(),
        lineage: "water".to_owned(),
        item: "water_project".to_owned(),
        kind: "project".to_owned(),
        mark: Mark::Stock,
        item_mode: Mode::FullThenDifferential,
        period,
        covers_from,
        covers_to,
        mode,
        template_version: 1,
        accepted_at: noon(day),
        supplement_of: None,
    };
    Sent { batch, rows: rows.to_vec() }
}

fn full(period: &str, day: i64, rows: &[(u8, u8)]) -> Sent {
    let rows: Vec<_> = rows.iter().map(|(key, print)| (*key, *print, RowAction::Unsaid)).collect();
    sent(period, SetMode::Full, day, &rows)
}

/// A sheet that says nothing of itself.
fn unsaid(period: &str, day: i64, rows: &[(u8, u8)]) -> Sent {
    let rows: Vec<_> = rows.iter().map(|(key, print)| (*key, *print, RowAction::Unsaid)).collect();
    sent(period, Unsaid, day, &rows)
}

fn flow(mut set: Sent) -> Sent {
    set.batch.mark = Mark::Flow;
    set
}

fn roll(sets: &[Sent], moment: Moment) -> (BTreeMap<u8, u8>, Rolled) {
    let (state, rolled, _) = roll_telling(sets, moment);
    (state, rolled)
}

/// What each set does, by the id of its batch.
fn effects(sets: &[Sent]) -> BTreeMap<String, Effect> {
    roll_telling(sets, now()).2
}

fn roll_telling(sets: &[Sent], moment: Moment) -> (BTreeMap<u8, u8>, Rolled, BTreeMap<String, Effect>) {
    let by_id: HashMap<&str, &Sent> = sets.iter().map(|set| (set.batch.id.as_str(), set)).collect();
    let ordered = order_batches(sets.iter().map(|set| &set.batch), moment);
    let mut roller = Roller::new();
    let mut effects = BTreeMap::new();
    for counted in &ordered {
        let rows = by_id[counted.batch.id.as_str()].rows.iter().enumerate().map(|(row, (key, print, action))| {
            (*key, Arrival { row: row as u64, action: *action, print: u128::from(*print) })
        });
        effects.insert(counted.batch.id.clone(), roller.add(*counted, rows));
    }
    let rolled = roller.finish(moment.period);
    let row = |place: &Place| by_id[ordered[place.batch].batch.id.as_str()].rows[usize::try_from(place.row).unwrap()];
    let state = rolled.rows.iter().map(|place| (row(place).0, row(place).1)).collect();
    (state, rolled, effects)
}

fn now() -> Moment {
    Moment { as_of: noon(10_000), period: None }
}

fn state(sets: &[Sent]) -> Vec<(u8, u8)> {
    roll(sets, now()).0.into_iter().collect()
}

fn mismatches(sets: &[Sent]) -> Vec<Mismatch> {
    roll(sets, now()).1.worklist.iter().map(|entry| entry.mismatch).collect()
}

#[test]
fn the_last_row_of_a_key_wins() {
    let sets = [full("2025Q1", 1, &[(1, 1), (2, 1)]), sent("2025Q2", Differential, 2, &[(2, 9, Change), (3, 1, Add)])];
    assert_eq!(state(&sets), [(1, 1), (2, 9), (3, 1)]);
    assert!(mismatches(&sets).is_empty());
}

#[test]
fn a_revoked_row_holds_no_longer_and_can_come_back() {
    let mut sets = vec![full("2025Q1", 1, &[(1, 1)]), sent("2025Q2", Differential, 2, &[(1, 1, Revoke)])];
    assert_eq!(state(&sets), []);
    sets.push(sent("2025Q3", Differential, 3, &[(1, 2, Add)]));
    assert_eq!(state(&sets), [(1, 2)]);
}

#[test]
fn the_first_set_of_a_year_ends_what_it_does_not_name_and_the_worklist_says_so() {
    let sets = [full("2024Q1", 1, &[(1, 1), (2, 1), (3, 1)]), full("2025Q1", 400, &[(2, 1), (3, 5), (4, 1)])];
    assert_eq!(state(&sets), [(2, 1), (3, 5), (4, 1)]);
    let mut found = mismatches(&sets);
    found.sort_unstable();
    assert_eq!(found, [Mismatch::EndedWithoutRevocation, Mismatch::NewWithoutAddition, Mismatch::ChangedWithoutChange]);
}

#[test]
fn a_late_full_set_does_not_overwrite_later_differences() {
    let difference = sent("2025Q2", Differential, 5, &[(1, 7, Change), (2, 1, Revoke), (3, 1, Add)]);
    let late = full("2025Q1", 9, &[(1, 1), (2, 1)]);
    assert_eq!(state(&[difference, late]), [(1, 7), (3, 1)]);
}

#[test]
fn a_full_set_sent_again_for_the_same_period_replaces_the_first() {
    let sets = [full("2025Q1", 1, &[(1, 1), (2, 1)]), full("2025Q1", 2, &[(1, 2)])];
    assert_eq!(state(&sets), [(1, 2)]);
}

#[test]
fn a_full_flow_set_replaces_rows_of_the_periods_it_covers_only() {
    let mut year_to_date = flow(full("2025Q2", 3, &[(2, 2)]));
    (year_to_date.batch.covers_from, year_to_date.batch.covers_to) = covered_days(Period::Quarter(2025, 2), true);
    let sets = [flow(full("2024Q4", 1, &[(9, 1)])), flow(full("2025Q1", 2, &[(1, 1), (2, 1)]))];
    let quarter_only = [sets[0].clone(), sets[1].clone(), flow(full("2025Q2", 3, &[(3, 1)]))];
    assert_eq!(state(&quarter_only), [(1, 1), (2, 1), (3, 1), (9, 1)]);
    assert_eq!(state(&[sets[0].clone(), sets[1].clone(), year_to_date]), [(2, 2), (9, 1)]);
}

#[test]
fn a_key_written_by_mistake_into_another_period_does_not_cost_that_period_its_row() {
    let march = flow(full("2025-03", 1, &[(1, 3)]));
    let april = flow(full("2025-04", 2, &[(1, 4), (2, 4)]));
    let april_again = flow(full("2025-04", 3, &[(2, 4)]));
    assert_eq!(state(&[march.clone(), april.clone()]), [(1, 4), (2, 4)]);
    assert_eq!(state(&[march.clone(), april.clone(), april_again.clone()]), [(1, 3), (2, 4)]);
    let march_again = flow(full("2025-03", 4, &[]));
    assert_eq!(state(&[march.clone(), april.clone(), march_again, april_again]), [(2, 4)]);
    let year = flow(full("2025", 5, &[(2, 5)]));
    assert_eq!(state(&[march, april, year]), [(2, 5)]);
}

#[test]
fn a_row_taken_back_does_not_return_from_an_earlier_period() {
    let march = flow(full("2025-03", 1, &[(1, 3)]));
    let april = flow(full("2025-04", 2, &[(1, 4)]));
    let taken_back = flow(sent("2025-04", Differential, 3, &[(1, 4, Revoke)]));
    let may = flow(full("2025-05", 4, &[(1, 5)]));
    let may_again = flow(full("2025-05", 5, &[]));
    assert_eq!(state(&[march.clone(), april.clone(), taken_back.clone()]), []);
    assert_eq!(state(&[march, april, taken_back, may, may_again]), []);
}

#[test]
fn of_several_periods_the_newest_that_still_holds_comes_back() {
    let months = |day: i64, month: &str, rows: &[(u8, u8)]| flow(full(month, day, rows));
    let mut sets = vec![
        months(1, "2025-01", &[(1, 1)]),
        months(2, "2025-02", &[(1, 2)]),
        months(3, "2025-03", &[(1, 3)]),
        months(4, "2025-03", &[]),
    ];
    assert_eq!(state(&sets), [(1, 2)]);
    sets.push(months(5, "2025-02", &[]));
    assert_eq!(state(&sets), [(1, 1)]);
}

#[test]
fn a_nil_flow_report_unsays_the_rows_of_its_period() {
    let sets =
        [flow(full("2025-01", 1, &[(1, 1)])), flow(full("2025-02", 2, &[(2, 1)])), flow(sent("2025-02", Nil, 3, &[]))];
    assert_eq!(state(&sets), [(1, 1)]);
}

#[test]
fn a_nil_stock_report_says_that_nothing_changed_also_where_a_full_set_was_due() {
    let before = full("2024Q1", 1, &[(1, 1)]);
    assert_eq!(state(&[before.clone(), sent("2024Q2", Nil, 2, &[])]), [(1, 1)]);
    assert_eq!(state(&[before, sent("2025Q1", Nil, 2, &[])]), [(1, 1)]);
}

#[test]
fn only_a_report_that_nothing_exists_ends_everything() {
    let sets = [full("2024Q1", 1, &[(1, 1), (2, 1)]), sent("2024Q2", NothingExists, 2, &[])];
    assert_eq!(state(&sets), []);
    assert_eq!(mismatches(&sets), [Mismatch::EndedWithoutRevocation; 2]);
    let effect = &effects(&sets)["2024Q2-nothing_exists-2"];
    assert_eq!((effect.before, effect.ended, effect.ends_much()), (2, 2, true));
}

#[test]
fn a_sheet_that_says_nothing_is_the_last_word_about_its_keys_and_ends_nothing() {
    let sets = [full("2025Q1", 1, &[(1, 1), (2, 1)]), unsaid("2025Q2", 2, &[(2, 9), (3, 1)])];
    assert_eq!(state(&sets), [(1, 1), (2, 9), (3, 1)]);
    assert!(mismatches(&sets).is_empty());
}

#[test]
fn a_late_first_list_of_the_year_stands_before_the_sheet_of_the_second_quarter() {
    let sheet = unsaid("2025Q2", 3, &[(1, 7), (3, 1)]);
    assert_eq!(state(std::slice::from_ref(&sheet)), [(1, 7), (3, 1)]);
    let late = unsaid("2025Q1", 9, &[(1, 1), (2, 1)]);
    assert_eq!(state(&[sheet, late]), [(1, 7), (2, 1), (3, 1)]);
}

#[test]
fn a_first_set_ever_ends_nothing_of_a_period_that_arrives_later() {
    let third = unsaid("2025Q3", 1, &[(1, 1)]);
    let second = unsaid("2025Q2", 2, &[(1, 5), (2, 1)]);
    assert_eq!(state(&[third.clone(), second.clone()]), [(1, 1), (2, 1)]);
    assert_eq!(state(&[third, second, unsaid("2025Q4", 3, &[(4, 1)])]), [(1, 1), (2, 1), (4, 1)]);
}

#[test]
fn an_unsaid_list_is_whole_where_the_full_set_is_due_and_once_only() {
    let year = unsaid("2025Q1", 2, &[(2, 1), (3, 1)]);
    let before = [full("2024Q1", 1, &[(1, 1), (2, 1)]), year.clone()];
    assert_eq!(state(&before), [(2, 1), (3, 1)]);
    // A second sheet of the period corrects, or is the other half of the list.
    let [old, _] = before;
    assert_eq!(state(&[old.clone(), year.clone(), unsaid("2025Q1", 3, &[(4, 1)])]), [(2, 1), (3, 1), (4, 1)]);
    assert_eq!(state(&[old.clone(), year.clone(), unsaid("2025Q1", 3, &[(3, 8)])]), [(2, 1), (3, 8)]);
    // One that says it is the whole list has the last word about its period, one sent after it corrects it.
    let whole = full("2025Q1", 4, &[(3, 9)]);
    assert_eq!(state(&[old.clone(), year.clone(), whole.clone()]), [(3, 9)]);
    assert_eq!(state(&[old, year, whole, unsaid("2025Q1", 5, &[(5, 1)])]), [(3, 9), (5, 1)]);
}

#[test]
fn an_unsaid_sheet_behind_a_nil_report_or_differences_of_its_period_only_adds() {
    let old = full("2024Q1", 1, &[(1, 1), (2, 1)]);
    let sheet = unsaid("2025Q1", 5, &[(3, 1)]);
    let differences = sent("2025Q1", Differential, 4, &[(2, 2, Change)]);
    assert_eq!(state(&[old.clone(), sent("2025Q1", Nil, 4, &[]), sheet.clone()]), [(1, 1), (2, 1), (3, 1)]);
    assert_eq!(state(&[old.clone(), differences.clone(), sheet.clone()]), [(1, 1), (2, 2), (3, 1)]);
    // A kind's first period, too.
    assert_eq!(state(&[differences.clone(), sheet.clone()]), [(2, 2), (3, 1)]);
    // The list that came before them stays the list.
    let list = unsaid("2025Q1", 2, &[(2, 1)]);
    assert_eq!(state(&[old, list, differences, sheet]), [(2, 2), (3, 1)]);
}

#[test]
fn a_list_said_to_be_whole_takes_back_what_an_earlier_sheet_of_its_period_said() {
    let sets = [full("2025Q1", 1, &[(1, 1)]), unsaid("2025Q2", 2, &[(9, 1)]), full("2025Q2", 3, &[(1, 2), (2, 1)])];
    assert_eq!(state(&sets), [(1, 2), (2, 1)]);
}

#[test]
fn every_unsaid_set_is_whole_where_every_set_is_full() {
    let whole = |mut set: Sent| {
        set.batch.item_mode = Mode::Full;
        set
    };
    let sets = [whole(unsaid("2025-02", 1, &[(1, 1), (2, 1)])), whole(unsaid("2025-03", 2, &[(2, 2)]))];
    assert_eq!(state(&sets), [(2, 2)]);
    let demand = |mut set: Sent| {
        set.batch.item_mode = Mode::None;
        set
    };
    let sets = [demand(unsaid("2025-01", 1, &[(1, 1)])), demand(unsaid("2025-02", 2, &[(2, 2)]))];
    assert_eq!(state(&sets), [(1, 1), (2, 2)]);
}

#[test]
fn an_unsaid_flow_sheet_adds_to_its_period_and_never_to_others() {
    let sets = [
        flow(unsaid("2025-02", 1, &[(1, 1)])),
        flow(unsaid("2025-02", 2, &[(1, 2), (2, 1)])),
        flow(unsaid("2025-03", 3, &[(3, 1)])),
    ];
    assert_eq!(state(&sets), [(1, 2), (2, 1), (3, 1)]);
}

#[test]
fn what_a_set_does_is_told_against_what_stood_before_it_in_the_order_of_the_state() {
    let first: Vec<(u8, u8)> = (1..=10).map(|key| (key, 1)).collect();
    let later: Vec<(u8, u8)> = [(1, 2)].into_iter().chain((2..=8).map(|key| (key, 1))).chain([(11, 1)]).collect();
    let mut sets = vec![full("2025Q1", 1, &first), unsaid("2025Q2", 2, &later)];
    let effect = effects(&sets)["2025Q2-unsaid-2"].clone();
    assert_eq!([effect.before, effect.added, effect.changed, effect.unchanged, effect.ended], [10, 1, 1, 7, 0]);
    assert_eq!((effect.absent(), effect.looks_whole()), (2, true));
    assert_eq!(effect.first_gone, [Place { batch: 0, row: 8 }, Place { batch: 0, row: 9 }]);
    sets[1] = full("2025Q2", 2, &later);
    let effect = effects(&sets)["2025Q2-full-2"].clone();
    assert_eq!([effect.added, effect.changed, effect.unchanged, effect.ended, effect.absent()], [1, 1, 7, 2, 0]);
    assert!(!effect.looks_whole() && !effect.ends_much());
    sets[1] = unsaid("2025Q2", 2, &later[..5]);
    assert!(!effects(&sets)["2025Q2-unsaid-2"].looks_whole());
    // The late list of the year before changes what the first one of this year does.
    sets.push(full("2024Q1", 3, &[(1, 1), (99, 1)]));
    let effect = effects(&sets)["2025Q1-full-1"].clone();
    assert_eq!([effect.added, effect.unchanged, effect.ended], [9, 1, 1]);
    assert!(effect.ends_much());
}

#[test]
fn a_row_that_takes_back_what_is_not_on_record_is_counted_with_its_place() {
    let rows = [(1, 1, Revoke), (7, 1, Revoke), (8, 1, Add)];
    let sets = [full("2025Q1", 1, &[(1, 1), (2, 1)]), sent("2025Q2", Differential, 2, &rows)];
    let effect = effects(&sets)["2025Q2-differential-2"].clone();
    assert_eq!([effect.revoked, effect.missed, effect.added], [1, 1, 1]);
    assert_eq!(effect.missed_rows, [Place { batch: 1, row: 1 }]);
    // What was taken back before is not on record any more.
    let again = sent("2025Q3", Differential, 3, &[(1, 1, Revoke)]);
    let sets = [sets[0].clone(), sets[1].clone(), again];
    assert_eq!(effects(&sets)["2025Q3-differential-3"].missed, 1);
}

#[test]
fn only_the_sets_that_bear_on_one_need_to_be_looked_at() {
    let places = |sets: &[Sent], at: usize| list_bearing(&order_batches(sets.iter().map(|set| &set.batch), now()), at);
    let sets = [
        full("2024Q1", 1, &[]),
        unsaid("2024Q2", 2, &[]),
        full("2025Q1", 3, &[]),
        unsaid("2025Q2", 4, &[]),
        unsaid("2025Q3", 5, &[]),
    ];
    assert_eq!(places(&sets, 2), [0, 1, 2]);
    assert_eq!(places(&sets, 4), [2, 3, 4]);
    let months = ["2025-01", "2025-02", "2025-02"].map(|month| flow(full(month, 1, &[])));
    assert_eq!(places(&months, 1), [1]);
    assert_eq!(places(&months, 2), [1, 2]);
}

#[test]
fn a_supplement_belongs_to_the_period_it_corrects() {
    let first = full("2025Q1", 1, &[(1, 1)]);
    let later = sent("2025Q2", Differential, 2, &[(1, 2, Change)]);
    let mut supplement = sent("2025Q3", Differential, 3, &[(1, 9, Change), (5, 1, Add)]);
    assert_eq!(state(&[first.clone(), later.clone(), supplement.clone()]), [(1, 9), (5, 1)]);
    supplement.batch.supplement_of = Some(first.batch.id.clone());
    assert_eq!(state(&[first, later, supplement]), [(1, 2), (5, 1)]);
}

#[test]
fn what_a_unit_declares_is_held_against_what_is_known() {
    let sets =
        [full("2025Q1", 1, &[(1, 1)]), sent("2025Q2", Differential, 2, &[(1, 2, Add), (2, 1, Change), (3, 1, Revoke)])];
    let mut found = mismatches(&sets);
    found.sort_unstable();
    assert_eq!(found, [Mismatch::AddedButExisted, Mismatch::ChangedButUnknown, Mismatch::RevokedButUnknown]);
}

#[test]
fn tables_sent_whole_every_time_make_no_worklist() {
    let whole = |mut set: Sent| {
        set.batch.item_mode = Mode::Full;
        set
    };
    let sets = [whole(full("2025-01", 1, &[(1, 1), (2, 1)])), whole(full("2025-02", 2, &[(2, 2), (3, 1)]))];
    assert_eq!(state(&sets), [(2, 2), (3, 1)]);
    assert!(mismatches(&sets).is_empty());
}

#[test]
fn what_held_when_and_what_we_knew_when_are_told_apart() {
    let sets = [full("2025Q1", 1, &[(1, 1)]), sent("2025Q2", Differential, 2, &[(1, 2, Change)])];
    let at = |day, period| {
        let moment = Moment { as_of: noon(day), period: Some(period) };
        roll(&sets, moment).0.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(at(9, Period::Quarter(2025, 1)), [(1, 1)]);
    assert_eq!(at(9, Period::Quarter(2025, 2)), [(1, 2)]);
    assert_eq!(at(1, Period::Quarter(2025, 2)), [(1, 1)]);
    assert_eq!(at(0, Period::Quarter(2025, 2)), []);
}

#[test]
fn of_a_flow_kind_a_period_shows_what_happened_in_it() {
    let sets = [flow(full("2025Q1", 1, &[(1, 1)])), flow(full("2025Q2", 2, &[(2, 1)]))];
    let at = |period| roll(&sets, Moment { as_of: noon(9), period: Some(period) }).0.into_keys().collect::<Vec<_>>();
    assert_eq!(at(Period::Quarter(2025, 2)), [2]);
    assert_eq!(at(Period::Year(2025)), [1, 2]);
    assert_eq!(at(Period::Quarter(2025, 3)), [] as [u8; 0]);
}

#[test]
fn a_row_of_a_partial_set_knows_the_rows_whose_words_stand_beneath_it() {
    let sets = [
        full("2025Q1", 1, &[(1, 10), (2, 10), (3, 10)]),
        unsaid("2025Q2", 2, &[(1, 11), (2, 11), (4, 11)]),
        unsaid("2025Q3", 3, &[(1, 12), (3, 12)]),
        sent("2025Q4", Differential, 4, &[(2, 13, Revoke), (3, 13, Revoke), (3, 14, Add)]),
    ];
    let mut ordered = order_batches(sets.iter().map(|set| &set.batch), now());
    let mut roller = Roller::new();
    for (at, counted) in ordered.iter_mut().enumerate() {
        counted.is_partial = at == 1 || at == 2;
        let rows = sets[at].rows.iter().enumerate().map(|(row, (key, print, action))| {
            (*key, Arrival { row: row as u64, action: *action, print: u128::from(*print) })
        });
        roller.add(*counted, rows);
    }
    let rolled = roller.finish(None);
    let place = |batch, row| Place { batch, row };
    // The first thing through both partial sets; the second was taken back, the third came anew, the fourth is new.
    assert_eq!(rolled.beneath, [(place(2, 0), vec![place(1, 0), place(0, 0)])]);
}
