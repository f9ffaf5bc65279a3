//! Rows before anybody wrote them down: what is true, not yet how an office spells it.
//!
//! Everything that happens in the county becomes drafts in a [`Ledger`], item by item and period by period, on the tax
//! side too. A draft holds only what matters to what happened; the other columns are filled later, and so is the dirt.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use gongzhi_core::catalog::Frequency;
use gongzhi_core::period::Period;
use gongzhi_core::values::RowAction;
use rust_decimal::Decimal;

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An empty cell, on purpose.
    Empty,
    /// Text, and codes of a list by their key.
    Text(String),
    /// A day.
    Day(NaiveDate),
    /// An amount, a quantity or a rate, in the column's own measure.
    Figure(Decimal),
    /// A whole number.
    Whole(i64),
    /// Yes or no.
    Flag(bool),
}

/// Who stands in an identity group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A taxpayer, by its place in the world.
    Taxpayer(usize),
    /// A natural person, by place in the world.
    Person(usize),
}

/// A row.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// What the row of a differential set does.
    pub action: RowAction,
    /// Values by column.
    pub cells: Vec<(&'static str, Value)>,
    /// Identity groups.
    pub parties: Vec<(&'static str, Who)>,
    /// No mistake may be planted in it: another row of the truth depends on it as it is.
    pub exact_identity: bool,
    /// Number among all rows, so that what is filled in is the same in every list the row stands in.
    pub serial: usize,
    /// Period in which it was first reported.
    pub origin: Option<Period>,
    /// Groups whose columns say what the row's own cells say, and nothing else.
    pub by_words: Vec<&'static str>,
    /// Number of the fact's copy that tells the row: nothing is filled in that it doesn't tell, but what is required.
    pub told: Option<usize>,
}

impl Draft {
    /// A row with this taxpayer in this group.
    pub fn of(party: &'static str, taxpayer: usize) -> Self {
        Self::default().party(party, taxpayer)
    }

    /// Adds a taxpayer.
    #[must_use]
    pub fn party(mut self, party: &'static str, taxpayer: usize) -> Self {
        self.parties.push((party, Who::Taxpayer(taxpayer)));
        self
    }

    /// Adds a natural person.
    #[must_use]
    pub fn person(mut self, party: &'static str, person: usize) -> Self {
        self.parties.push((party, Who::Person(person)));
        self
    }

    /// Adds a text or a code.
    #[must_use]
    pub fn text(mut self, column: &'static str, text: impl Into<String>) -> Self {
        self.cells.push((column, Value::Text(text.into())));
        self
    }

    /// Adds a day.
    #[must_use]
    pub fn day(mut self, column: &'static str, day: NaiveDate) -> Self {
        self.cells.push((column, Value::Day(day)));
        self
    }

    /// Adds an amount given in fen.
    #[must_use]
    pub fn fen(mut self, column: &'static str, fen: i64) -> Self {
        self.cells.push((column, Value::Figure(Decimal::new(fen, 2))));
        self
    }

    /// Adds a figure.
    #[must_use]
    pub fn figure(mut self, column: &'static str, figure: Decimal) -> Self {
        self.cells.push((column, Value::Figure(figure)));
        self
    }

    /// Adds a whole number.
    #[must_use]
    pub fn whole(mut self, column: &'static str, number: i64) -> Self {
        self.cells.push((column, Value::Whole(number)));
        self
    }

    /// Adds yes or no.
    #[must_use]
    pub fn flag(mut self, column: &'static str, flag: bool) -> Self {
        self.cells.push((column, Value::Flag(flag)));
        self
    }

    /// Leaves a column empty on purpose.
    #[must_use]
    pub fn empty(mut self, column: &'static str) -> Self {
        self.cells.push((column, Value::Empty));
        self
    }

    /// Says what the row of a differential set does.
    #[must_use]
    pub fn action(mut self, action: RowAction) -> Self {
        self.action = action;
        self
    }

    /// Keeps noise away from its identities.
    #[must_use]
    pub fn exact(mut self) -> Self {
        self.exact_identity = true;
        self
    }

    /// The value of a column.
    pub fn find(&self, column: &str) -> Option<&Value> {
        self.cells.iter().find(|(key, _)| *key == column).map(|(_, value)| value)
    }
}

/// Every row of the county but the tax side's every-day ones.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Rows by item, period and kind.
    pub sets: BTreeMap<(&'static str, Period), BTreeMap<&'static str, Vec<Draft>>>,
    count: usize,
}

impl Ledger {
    /// Adds a row to the set of a period.
    pub fn add(&mut self, kind: &'static str, period: Period, mut draft: Draft) {
        let Some((item, kind)) = kind.split_once('.') else { return };
        self.count += 1;
        (draft.serial, draft.origin) = (self.count, Some(period));
        if draft.action == RowAction::Unsaid {
            draft.action = RowAction::Add;
        }
        self.sets.entry((item, period)).or_default().entry(kind).or_default().push(draft);
    }

    /// Adds a row to the set of the month, quarter or year a day lies in.
    pub fn add_on(&mut self, kind: &'static str, frequency: Frequency, day: NaiveDate, draft: Draft) {
        self.add(kind, period_of(frequency, day), draft);
    }
}

/// The reporting period a day lies in.
pub fn period_of(frequency: Frequency, day: NaiveDate) -> Period {
    match frequency {
        Frequency::Month | Frequency::Event => Period::month_of(day),
        Frequency::Quarter => Period::quarter_of(day),
        Frequency::Year | Frequency::Demand => Period::Year(chrono::Datelike::year(&day)),
    }
}

/// Part of an amount in fen, rounded half up once.
pub fn share(fen: i64, over: i64, under: i64) -> i64 {
    let product = i128::from(fen) * i128::from(over);
    let under = i128::from(under);
    i64::try_from((product * 2 + under) / (under * 2)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn half_a_fen_is_rounded_up() {
        assert_eq!(share(101, 1, 2), 51);
        assert_eq!(share(1_200_000_000, 5, 10_000), 600_000);
        assert_eq!(share(109_000_000, 200, 10_900), 2_000_000);
    }
}
