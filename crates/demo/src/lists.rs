//! What a sheet of a period holds beyond what is new: the rows that still stand.
//!
//! A list that is sent whole, at the beginning of the year or by an office that always sends all of it, holds what was
//! reported before and still goes on. A project that is finished leaves the list; nobody revokes it.

use std::collections::BTreeMap;

use chrono::Days;
use gongzhi_core::catalog::{Catalog, ColumnType, Item, Kind, Mark, Mode};
use gongzhi_core::period::Period;
use gongzhi_core::values::{RowAction, SetMode};
use rust_decimal::Decimal;

use super::Sets;
use super::draft::{Draft, Value};
use super::fill::spoken;
use super::random::Dice;

/// Whose hand an item's sheets of a period are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// As the template asks.
    First,
    /// The other, and later sheets hold what is new.
    SecondNew,
    /// The other, and later sheets hold the whole list.
    SecondWhole,
}

/// Habits by item and period.
pub type Habits = BTreeMap<(&'static str, Period), Habit>;

/// The mode of a set: the first of the year is full, later ones hold differences.
pub fn mode_of(item: &Item, period: Period) -> SetMode {
    let first = period.first_day() == Period::Year(period.year()).first_day();
    match item.mode {
        Mode::FullThenDifferential if !first => SetMode::Differential,
        _ => SetMode::Full,
    }
}

/// The hand of every set: they take turns, so that both occur in every item that is reported more than once.
pub fn habits(seed: u64, sets: &Sets) -> Habits {
    let mut turns: BTreeMap<&str, (usize, Dice)> = BTreeMap::new();
    let mut habits = BTreeMap::new();
    for (item, period) in sets.keys() {
        let (turn, dice) = turns.entry(item).or_insert_with(|| {
            let mut dice = Dice::new(seed, &format!("hands {item}"));
            (dice.below(2), dice)
        });
        *turn += 1;
        let habit = match (*turn % 2, dice.below(2)) {
            (0, _) => Habit::First,
            (_, 0) => Habit::SecondNew,
            _ => Habit::SecondWhole,
        };
        habits.insert((*item, *period), habit);
    }
    habits
}

/// Adds the rows that still stand to every list that is sent whole.
pub fn carry(catalog: &Catalog, sets: &mut Sets, habits: &Habits) {
    for item in catalog.items.values().filter(|item| !item.is_tax_side() && is_listed(item)) {
        for kind in item.kinds.iter().filter(|kind| kind.mark == Mark::Stock) {
            carry_kind(sets, habits, (item, kind));
        }
    }
}

fn is_listed(item: &Item) -> bool {
    matches!(item.mode, Mode::FullThenDifferential | Mode::Full)
}

fn carry_kind(sets: &mut Sets, habits: &Habits, (item, kind): (&Item, &Kind)) {
    let mut standing: BTreeMap<Vec<String>, Draft> = BTreeMap::new();
    for ((key, period), kinds) in sets.iter_mut().filter(|((key, _), _)| *key == item.key) {
        let Some(drafts) = kinds.get_mut(kind.key.as_str()) else { continue };
        let is_whole = mode_of(item, *period) == SetMode::Full
            || habits.get(&(*key, *period)) == Some(&Habit::SecondWhole)
                && drafts.iter().all(|draft| draft.action != RowAction::Revoke);
        standing.retain(|_, draft| !is_finished(draft, *period));
        let mut last = BTreeMap::new();
        for draft in drafts.iter() {
            last.insert(key_of(kind, draft), draft.clone());
        }
        if is_whole {
            let older = standing.iter().filter(|(key, _)| !last.contains_key(*key));
            drafts.extend(older.map(|(_, draft)| carried(kind, draft, *period)));
        }
        standing.extend(last);
        standing.retain(|_, draft| draft.action != RowAction::Revoke);
    }
}

/// A row with the same key is the same thing in another period.
fn key_of(kind: &Kind, draft: &Draft) -> Vec<String> {
    let part = |key: &String| {
        let column = kind.find_column(key);
        let party = column.and_then(|column| column.party.as_ref());
        let who = party.and_then(|(party, _)| draft.parties.iter().find(|(known, _)| known == party));
        match (draft.find(key), who) {
            (Some(value), _) => format!("{value:?}"),
            (None, Some((_, who))) => format!("{who:?}"),
            (None, None) if draft.told.is_some() => String::new(),
            (None, None) => format!("#{}", draft.serial),
        }
    };
    kind.key_columns.iter().map(part).collect()
}

fn is_finished(draft: &Draft, period: Period) -> bool {
    matches!(draft.find("finish_day"), Some(Value::Day(day)) if *day + Days::new(90) < period.first_day())
}

/// The row as it stands in a later list: about that period, in which nothing of it was paid.
fn carried(kind: &Kind, draft: &Draft, period: Period) -> Draft {
    let mut draft = draft.clone();
    draft.action = RowAction::Change;
    for (key, value) in &mut draft.cells {
        let column = kind.find_column(key);
        if key.contains("in_period") && matches!(value, Value::Figure(_)) {
            *value = Value::Figure(Decimal::ZERO);
        } else if column.is_some_and(|column| column.column_type == ColumnType::Period) {
            *value = Value::Text(spoken(period));
        }
    }
    draft
}
