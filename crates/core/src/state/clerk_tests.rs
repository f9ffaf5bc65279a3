//! A year of sheets as a careful clerk would keep it.
//!
//! An office keeps a register of things and tells of it every quarter in a way of its own choosing: the whole list, said to
//! be whole or not, in one sheet or two, only what is new or changed, with or without 操作, or nothing at all, and now and
//! then it corrects a sheet. The sheets arrive in any order. Whatever the order, what is known of a quarter afterwards is
//! the office's own register of that quarter. Things leave the register only when the sheet of the quarter can say so.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::{Arrival, Batch, Effect, Moment, Roller, covered_days, order_batches};
use crate::catalog::{Mark, Mode};
use crate::period::Period;
use crate::values::{RowAction, SetMode};

type Register = BTreeMap<u8, u8>;

/// How an office tells of a quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// The whole list, and it says so.
    WholeSaid,
    /// The whole list, and nothing is said.
    WholeUnsaid,
    /// The whole list in two sheets, and nothing is said.
    InHalves,
    /// What is new or changed, with some rows as they were, and nothing is said.
    Partial,
    /// What is new, changed or taken back, each row saying which.
    Actions,
    /// What is new or changed; the sheet says that it holds differences, its rows don't say which.
    Differences,
    /// That nothing changed.
    NoChange,
    /// That there is nothing left.
    NothingExists,
    /// Nothing comes.
    Silent,
}

/// A quarter of an office.
#[derive(Debug, Clone)]
struct Quarter {
    habit: Habit,
    /// Things that are new or changed.
    edits: Vec<(u8, u8)>,
    /// Things that leave.
    leaving: Vec<u8>,
    /// Things whose values are corrected by a second sheet, which says 操作 or nothing.
    corrections: Vec<(u8, u8)>,
    corrects_by_action: bool,
    /// When its sheets arrive.
    arrives: i64,
}

/// A quarter of an office that tells of what happened.
#[derive(Debug, Clone)]
struct Events {
    events: Register,
    mistakes: Register,
    parts: usize,
    ends_with_whole: bool,
    arrives: i64,
}

struct Sheet {
    batch: Batch,
    rows: Vec<(u8, u8, RowAction)>,
}

/// What an office sends, and its own register at the end of each quarter.
#[derive(Default)]
struct Office {
    /// It tells of what happened, not of what exists.
    is_flow: bool,
    sheets: Vec<Sheet>,
    registers: Vec<(Period, Register)>,
}

impl Office {
    fn of(quarters: &[Quarter]) -> Self {
        let mut office = Self::default();
        let mut register = Register::new();
        for (at, quarter) in quarters.iter().enumerate() {
            let period = Period::Quarter(2024 + at as i32 / 4, at as u32 % 4 + 1);
            let before = register.clone();
            let habit = office.keep(&mut register, quarter, at);
            office.tell(period, (habit, quarter), (&before, &register));
            let known: Vec<(u8, u8)> =
                quarter.corrections.iter().filter(|(key, _)| register.contains_key(key)).copied().collect();
            if !known.is_empty() && !matches!(habit, Habit::Silent) {
                register.extend(known.iter().copied());
                let known: BTreeMap<u8, u8> = known.into_iter().collect();
                let (mode, action) = match quarter.corrects_by_action {
                    true => (SetMode::Differential, RowAction::Change),
                    false => (SetMode::Unsaid, RowAction::Unsaid),
                };
                let rows = known.iter().map(|(key, value)| (*key, *value, action)).collect();
                office.send(period, mode, quarter.arrives, rows);
            }
            office.registers.push((period, register.clone()));
        }
        office
    }

    /// An office that tells of what happened in a quarter, a part at a time and never saying which part it is; now and then a
    /// list of the whole quarter follows, which says so and leaves out what was written by mistake.
    fn of_events(quarters: &[Events]) -> Self {
        let mut office = Self { is_flow: true, ..Self::default() };
        for (at, quarter) in quarters.iter().enumerate() {
            let period = Period::Quarter(2024 + at as i32 / 4, at as u32 % 4 + 1);
            // A key is of one quarter: what happens again is another thing.
            let own = |things: &Register| -> Vec<(u8, u8, RowAction)> {
                things.iter().map(|(key, value)| (at as u8 * 16 + key, *value, RowAction::Unsaid)).collect()
            };
            let events = own(&quarter.events);
            let mut told = events.clone();
            if quarter.ends_with_whole {
                told.extend(own(&quarter.mistakes));
            }
            let size = told.len().div_ceil(quarter.parts).max(1);
            for part in told.chunks(size) {
                office.send(period, SetMode::Unsaid, quarter.arrives, part.to_vec());
            }
            if quarter.ends_with_whole {
                office.send(period, SetMode::Full, quarter.arrives, events.clone());
            }
            office.registers.push((period, events.iter().map(|(key, value, _)| (*key, *value)).collect()));
        }
        office
    }

    /// The quarter goes by in the register; gives back how the office can tell of it.
    fn keep(&self, register: &mut Register, quarter: &Quarter, at: usize) -> Habit {
        let is_due = at.is_multiple_of(4);
        // The first sheet of the year is the list, whatever the habit.
        let habit = match quarter.habit {
            Habit::Partial | Habit::Actions | Habit::Differences | Habit::Silent if is_due => Habit::WholeUnsaid,
            habit => habit,
        };
        match habit {
            Habit::NothingExists => register.clear(),
            Habit::NoChange | Habit::Silent => {}
            _ => {
                let may_leave = is_due || matches!(habit, Habit::WholeSaid | Habit::Actions);
                let edited: BTreeSet<u8> = quarter.edits.iter().map(|(key, _)| *key).collect();
                let leaving = quarter.leaving.iter().filter(|key| !edited.contains(key));
                leaving.filter(|_| may_leave).for_each(|key| {
                    register.remove(key);
                });
                register.extend(quarter.edits.iter().copied());
            }
        }
        habit
    }

    fn tell(&mut self, period: Period, (habit, quarter): (Habit, &Quarter), (before, now): (&Register, &Register)) {
        let plain = |rows: &[(u8, u8)]| rows.iter().map(|(key, value)| (*key, *value, RowAction::Unsaid)).collect();
        let list: Vec<(u8, u8)> = now.iter().map(|(key, value)| (*key, *value)).collect();
        let edited: BTreeSet<u8> = quarter.edits.iter().map(|(key, _)| *key).collect();
        let told: Vec<(u8, u8)> =
            list.iter().filter(|(key, _)| edited.contains(key) || key % 3 == 0).copied().collect();
        match habit {
            Habit::WholeSaid => self.send(period, SetMode::Full, quarter.arrives, plain(&list)),
            Habit::WholeUnsaid => self.send(period, SetMode::Unsaid, quarter.arrives, plain(&list)),
            Habit::InHalves => {
                let (first, second) = list.split_at(list.len() / 2);
                self.send(period, SetMode::Unsaid, quarter.arrives, plain(first));
                self.send(period, SetMode::Unsaid, quarter.arrives, plain(second));
            }
            Habit::Partial => self.send(period, SetMode::Unsaid, quarter.arrives, plain(&told)),
            Habit::Differences => self.send(period, SetMode::Differential, quarter.arrives, plain(&told)),
            Habit::Actions => {
                let named = list.iter().filter(|(key, _)| edited.contains(key)).map(|(key, value)| {
                    (*key, *value, if before.contains_key(key) { RowAction::Change } else { RowAction::Add })
                });
                let gone = before.iter().filter(|(key, _)| !now.contains_key(key));
                let gone = gone.map(|(key, value)| (*key, *value, RowAction::Revoke));
                let rows = named.chain(gone).collect();
                self.send(period, SetMode::Differential, quarter.arrives, rows);
            }
            Habit::NoChange => self.send(period, SetMode::Nil, quarter.arrives, Vec::new()),
            Habit::NothingExists => self.send(period, SetMode::NothingExists, quarter.arrives, Vec::new()),
            Habit::Silent => {}
        }
    }

    fn send(&mut self, period: Period, mode: SetMode, day: i64, rows: Vec<(u8, u8, RowAction)>) {
        let (covers_from, covers_to) = covered_days(period, false);
        let sequence = self.sheets.len() as i64;
        let batch = Batch {
            id: sequence.to_string(),
            sequence,
            region: "652323".to_owned(),
            unit: "water".to_owned(),
            lineage: "water".to_owned(),
            item: "water_project".to_owned(),
            kind: "project".to_owned(),
            mark: if self.is_flow { Mark::Flow } else { Mark::Stock },
            item_mode: Mode::FullThenDifferential,
            period,
            covers_from,
            covers_to,
            mode,
            template_version: 1,
            // What one quarter sends arrives in the order in which it was sent.
            accepted_at: DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(day),
            supplement_of: None,
        };
        self.sheets.push(Sheet { batch, rows });
    }

    /// What is known of a period, and what each set known then does.
    fn known(&self, period: Option<Period>) -> (Register, Vec<Effect>) {
        let moment = Moment { as_of: DateTime::<Utc>::MAX_UTC, period };
        let ordered = order_batches(self.sheets.iter().map(|sheet| &sheet.batch), moment);
        let sheet_of = |batch: &Batch| &self.sheets[batch.sequence as usize];
        let mut roller = Roller::new();
        let mut effects = Vec::new();
        for counted in &ordered {
            let rows = sheet_of(counted.batch).rows.iter().enumerate().map(|(row, (key, value, action))| {
                (*key, Arrival { row: row as u64, action: *action, print: u128::from(*value) })
            });
            effects.push(roller.add(*counted, rows));
        }
        let row = |place: &super::Place| sheet_of(ordered[place.batch].batch).rows[place.row as usize];
        let rolled = roller.finish(period);
        (rolled.rows.iter().map(|place| (row(place).0, row(place).1)).collect(), effects)
    }
}

fn any_quarter() -> impl Strategy<Value = Quarter> {
    let habit = prop_oneof![
        2 => Just(Habit::WholeSaid), 3 => Just(Habit::WholeUnsaid), 1 => Just(Habit::InHalves), 3 => Just(Habit::Partial),
        3 => Just(Habit::Actions), 1 => Just(Habit::Differences), 2 => Just(Habit::NoChange),
        1 => Just(Habit::NothingExists), 1 => Just(Habit::Silent),
    ];
    let things = || prop::collection::vec((0u8..16, 0u8..4), 0..6);
    let corrections = prop_oneof![2 => Just(Vec::new()), 1 => things()];
    let leaving = prop::collection::vec(0u8..16, 0..4);
    (habit, things(), leaving, corrections, any::<bool>(), 0i64..40).prop_map(
        |(habit, edits, leaving, corrections, corrects_by_action, arrives)| Quarter {
            habit,
            edits,
            leaving,
            corrections,
            corrects_by_action,
            arrives,
        },
    )
}

fn any_events() -> impl Strategy<Value = Events> {
    let things = || prop::collection::btree_map(0u8..16, 0u8..4, 0..10);
    (things(), things(), 1usize..4, any::<bool>(), 0i64..40).prop_map(
        |(events, mistakes, parts, ends_with_whole, arrives)| Events {
            events,
            mistakes,
            parts,
            ends_with_whole,
            arrives,
        },
    )
}

proptest! {
    #[test]
    fn events_told_in_parts_in_any_order_of_arrival_are_each_quarters_own(
        quarters in prop::collection::vec(any_events(), 1..9),
    ) {
        let office = Office::of_events(&quarters);
        for (period, events) in &office.registers {
            prop_assert_eq!(&office.known(Some(*period)).0, events, "{}", period);
        }
        let all: Register = office.registers.iter().flat_map(|(_, events)| events.clone()).collect();
        prop_assert_eq!(office.known(None).0, all);
    }

    #[test]
    fn any_years_of_honest_lists_in_any_order_of_arrival_give_the_offices_own_register(
        quarters in prop::collection::vec(any_quarter(), 1..10),
    ) {
        let office = Office::of(&quarters);
        for (period, register) in &office.registers {
            prop_assert_eq!(&office.known(Some(*period)).0, register, "{}", period);
        }
        prop_assert_eq!(&office.known(None).0, &office.registers.last().unwrap().1);
    }

    #[test]
    fn what_sets_do_adds_up_to_what_is_known(quarters in prop::collection::vec(any_quarter(), 1..10)) {
        let (known, effects) = Office::of(&quarters).known(None);
        let mut rows = 0;
        for effect in &effects {
            prop_assert_eq!(effect.before, rows);
            rows = rows + effect.added - effect.revoked - effect.ended;
            prop_assert_eq!(effect.absent() + effect.changed + effect.unchanged + effect.added, rows);
        }
        prop_assert_eq!(known.len() as u64, rows);
    }
}
