//! The rules of state by property.
//!
//! The reference tells for one key, without rolling anything, which of the words said since it was last taken back is the
//! newest that no later whole set unsaid.

use proptest::prelude::*;

use super::*;

/// The state, key by key: of the words since the key was last taken back the newest, unless a whole set after it spoke
/// of the same days.
fn reference(sets: &[Sent], as_of: DateTime<Utc>) -> BTreeMap<u8, u8> {
    let by_id: HashMap<&str, &Sent> = sets.iter().map(|set| (set.batch.id.as_str(), set)).collect();
    let known: Vec<(&Sent, &Batch)> = sets
        .iter()
        .filter(|set| set.batch.accepted_at <= as_of)
        .map(|set| (set, &by_id[set.batch.supplement_of.as_deref().unwrap_or(&set.batch.id)].batch))
        .map(|(set, corrected)| if corrected.accepted_at <= as_of { (set, corrected) } else { (set, &set.batch) })
        .collect();
    let mut placed: Vec<(&Sent, &Batch, bool)> =
        known.iter().map(|(set, corrected)| (*set, *corrected, is_whole(&known, set, corrected.period))).collect();
    placed.sort_by_key(|(set, corrected, is_whole)| {
        let batch = &set.batch;
        let after_it = known.iter().filter(|(_, other)| other.period == corrected.period);
        let says_so = |other: &Batch| other.mode == SetMode::Full || is_whole_nil(other);
        let is_replaced = after_it
            .filter(|(other, _)| (batch.accepted_at, batch.sequence) < (other.batch.accepted_at, other.batch.sequence))
            .any(|(other, _)| says_so(&other.batch));
        let is_behind = batch.mode == Differential || batch.mode == Unsaid && !is_whole && !is_replaced;
        (corrected.period.last_day(), is_behind, batch.accepted_at, batch.sequence)
    });
    (0..=u8::MAX).filter_map(|key| Some((key, last_word(&placed, key)?))).collect()
}

fn is_whole_nil(batch: &Batch) -> bool {
    batch.mode == NothingExists || batch.mode == Nil && batch.mark == Mark::Flow
}

/// A sheet that says nothing is the list where one is due and nothing of its period came before it.
fn is_whole(known: &[(&Sent, &Batch)], set: &Sent, period: Period) -> bool {
    let batch = &set.batch;
    let before_it = known.iter().filter(|(other, corrected)| {
        corrected.period == period
            && (other.batch.accepted_at, other.batch.sequence) < (batch.accepted_at, batch.sequence)
    });
    match batch.mode {
        SetMode::Full => true,
        Differential => false,
        Nil | NothingExists => is_whole_nil(batch),
        Unsaid if batch.item_mode == Mode::Full => true,
        Unsaid => is_full_due(batch.item_mode, period) && before_it.count() == 0,
    }
}

fn last_word(known: &[(&Sent, &Batch, bool)], key: u8) -> Option<u8> {
    let words = known.iter().enumerate().flat_map(|(at, (set, ..))| set.rows.iter().map(move |row| (at, row)));
    let words: Vec<(usize, u8, RowAction)> =
        words.filter(|(_, row)| row.0 == key).map(|(at, row)| (at, row.1, row.2)).collect();
    let taken_back = words.iter().rposition(|(_, _, action)| *action == Revoke).map_or(0, |at| at + 1);
    let days = |at: usize| (known[at].1.covers_from, known[at].1.covers_to);
    let is_ended = |at: usize| {
        (at + 1..known.len()).any(|later| {
            let speaks_of_it = days(later).0 <= days(at).0 && days(at).1 <= days(later).1;
            known[later].2 && (known[later].0.batch.mark == Mark::Stock || speaks_of_it)
        })
    };
    words[taken_back..].iter().rev().find(|(at, _, _)| !is_ended(*at)).map(|(_, print, _)| *print)
}

fn any_history() -> impl Strategy<Value = Vec<Sent>> {
    let action = prop_oneof![3 => Just(RowAction::Unsaid), 2 => Just(Add), 2 => Just(Change), 1 => Just(Revoke)];
    let rows = prop::collection::vec((0u8..8, 0u8..4, action), 0..8);
    let mode = prop_oneof![
        2 => Just(SetMode::Full), 3 => Just(Differential), 3 => Just(Unsaid), 1 => Just(Nil), 1 => Just(NothingExists)
    ];
    let item_mode = prop_oneof![3 => Just(Mode::FullThenDifferential), 1 => Just(Mode::Full), 1 => Just(Mode::None)];
    let period = prop_oneof![
        (2024i32..2026, 1u32..5).prop_map(|(year, quarter)| Period::Quarter(year, quarter)),
        (2024i32..2026).prop_map(Period::Year),
        (2024i32..2026, 1u32..13).prop_map(|(year, month)| Period::Month(year, month)),
    ];
    let set = (period, mode, 0i64..30, rows, any::<bool>(), any::<prop::sample::Index>(), 0u8..5);
    (prop::collection::vec(set, 1..10), any::<bool>(), item_mode).prop_map(|(sets, is_flow, item_mode)| {
        let ids: Vec<String> = (0..sets.len()).map(|at| format!("b{at}")).collect();
        let history = sets.into_iter().enumerate().map(|(at, (period, mode, day, rows, to_date, other, chance))| {
            let mut set = sent(&period.to_string(), mode, day, if mode.is_nil() { &[] } else { &rows });
            set.batch.item_mode = item_mode;
            set.batch.id.clone_from(&ids[at]);
            set.batch.sequence = i64::try_from(at).unwrap();
            (set.batch.covers_from, set.batch.covers_to) = covered_days(period, to_date);
            // A supplement corrects an earlier batch that is none itself: the first one never is.
            set.batch.supplement_of = (chance == 0 && other.index(ids.len()) == 0 && at > 0).then(|| ids[0].clone());
            if is_flow { flow(set) } else { set }
        });
        history.collect()
    })
}

proptest! {
    #[test]
    fn rolling_says_what_the_reference_says(history in any_history(), as_of in 0i64..31) {
        let moment = Moment { as_of: noon(as_of), period: None };
        prop_assert_eq!(roll(&history, moment).0, reference(&history, noon(as_of)));
    }

    #[test]
    fn the_order_in_which_sets_are_given_does_not_matter(history in any_history(), turn in any::<prop::sample::Index>()) {
        let mut turned = history.clone();
        turned.rotate_left(turn.index(history.len()));
        prop_assert_eq!(roll(&history, now()).0, roll(&turned, now()).0);
    }

    #[test]
    fn what_is_accepted_later_does_not_change_what_we_knew(history in any_history(), as_of in 0i64..31) {
        let moment = Moment { as_of: noon(as_of), period: None };
        let known: Vec<Sent> = history.iter().filter(|set| set.batch.accepted_at <= moment.as_of).cloned().collect();
        prop_assert_eq!(roll(&history, moment).0, roll(&known, now()).0);
    }

    #[test]
    fn deltas_applied_are_the_next_full_set(
        before in prop::collection::btree_map(0u8..20, 0u8..4, 0..15),
        after in prop::collection::btree_map(0u8..20, 0u8..4, 0..15),
    ) {
        let list = |state: &BTreeMap<u8, u8>| -> Vec<(u8, u128)> {
            state.iter().map(|(key, print)| (*key, u128::from(*print))).collect()
        };
        let (earlier, later) = (list(&before), list(&after));
        let deltas: Vec<(u8, u8, RowAction)> = difference(&earlier, &later)
            .into_iter()
            .map(|(key, action)| (*key, after.get(key).copied().unwrap_or_default(), action))
            .collect();
        let first: Vec<(u8, u8)> = before.iter().map(|(key, print)| (*key, *print)).collect();
        let sets = [full("2025Q1", 1, &first), sent("2025Q2", Differential, 2, &deltas)];
        prop_assert_eq!(roll(&sets, now()).0, after);
        prop_assert!(mismatches(&sets).is_empty());
    }

    #[test]
    fn a_full_set_that_agrees_with_the_state_puts_nothing_on_the_worklist(
        state in prop::collection::btree_map(0u8..20, 0u8..4, 0..15),
    ) {
        let rows: Vec<(u8, u8)> = state.iter().map(|(key, print)| (*key, *print)).collect();
        let sets = [full("2024Q1", 1, &rows), full("2025Q1", 2, &rows)];
        prop_assert!(mismatches(&sets).is_empty());
        prop_assert_eq!(roll(&sets, now()).0, state);
    }
}
