//! What was paid towards what is due.
//!
//! A payment counts once. It counts first towards the debts of the tax period it was paid for, oldest first; where the
//! model allows (taxes by event, declared in whatever month), what is left counts towards older debts. Refunds lower the
//! payments they take back.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Examined, GroupKey, two_places};
use crate::models::PaidRule;
use crate::models::facts::Payment;

/// What was paid towards each group.
#[derive(Debug, Default)]
pub struct Allocation {
    groups: BTreeMap<GroupKey, Paid>,
}

/// What was paid towards one group, and by which rows.
#[derive(Debug, Default, Clone)]
pub struct Paid {
    /// Amount.
    pub amount: Decimal,
    /// Handles of the payments.
    pub evidence: Vec<String>,
}

impl Allocation {
    /// What was paid towards a group.
    pub fn of(&self, key: &GroupKey) -> Paid {
        self.groups.get(key).cloned().unwrap_or_default()
    }
}

/// The least and the most due by a group of rows, rounded once.
pub(super) fn due_of(rows: &[Examined<'_>]) -> (Decimal, Decimal) {
    let low = rows.iter().map(|row| row.low).sum();
    let high = rows.iter().map(|row| row.high).sum();
    (two_places(low), two_places(high))
}

struct Debt<'a> {
    key: &'a GroupKey,
    open: Decimal,
    paid: Decimal,
    evidence: BTreeSet<String>,
}

struct Rest<'a> {
    payment: &'a Payment,
    left: Decimal,
}

/// Lays payments against debts, taxpayer by taxpayer.
pub(super) fn allocate<'a>(
    rule: &PaidRule,
    payments: &[Payment],
    dues: impl Iterator<Item = (&'a GroupKey, (Decimal, Decimal))>,
) -> Allocation {
    let mut by_taxpayer: BTreeMap<&str, Vec<&Payment>> = BTreeMap::new();
    for payment in payments.iter().filter(|payment| counts(rule, payment)) {
        by_taxpayer.entry(&payment.taxpayer).or_default().push(payment);
    }
    let mut debts: BTreeMap<&str, Vec<Debt<'_>>> = BTreeMap::new();
    for (key, (_, high)) in dues {
        let debt = Debt { key, open: high, paid: Decimal::ZERO, evidence: BTreeSet::new() };
        debts.entry(&key.0).or_default().push(debt);
    }
    let mut allocation = Allocation::default();
    for (taxpayer, mut debts) in debts {
        let mut rests = net_of_refunds(by_taxpayer.get(taxpayer).map_or(&[], Vec::as_slice));
        for rest in &mut rests {
            debts.iter_mut().filter(|debt| overlaps(debt, rest.payment)).for_each(|debt| debt.take(rest));
        }
        if rule.later {
            for rest in &mut rests {
                let after = |debt: &&mut Debt<'_>| debt.key.1.first_day() <= rest.payment.period_to;
                let mut older: Vec<_> = debts.iter_mut().filter(after).collect();
                older.iter_mut().for_each(|debt| debt.take(rest));
            }
        }
        for debt in debts {
            let paid = Paid { amount: debt.paid, evidence: debt.evidence.into_iter().collect() };
            allocation.groups.insert(debt.key.clone(), paid);
        }
    }
    allocation
}

impl Debt<'_> {
    fn take(&mut self, rest: &mut Rest<'_>) {
        let amount = self.open.min(rest.left);
        if amount <= Decimal::ZERO {
            return;
        }
        self.open -= amount;
        self.paid += amount;
        rest.left -= amount;
        self.evidence.insert(rest.payment.evidence.clone());
    }
}

fn overlaps(debt: &Debt<'_>, payment: &Payment) -> bool {
    let period = debt.key.1;
    payment.period_from <= period.last_day() && period.first_day() <= payment.period_to
}

fn counts(rule: &PaidRule, payment: &Payment) -> bool {
    let item = payment.tax_item.as_deref().unwrap_or("");
    let kind = rule.tax_kinds.is_empty() || rule.tax_kinds.contains(&payment.tax_kind);
    kind && (rule.items.is_empty() || item.is_empty() || rule.items.iter().any(|word| item.contains(word.as_str())))
}

/// Payments oldest first, each lowered by the refunds of its own period, then of any.
fn net_of_refunds<'a>(payments: &[&'a Payment]) -> Vec<Rest<'a>> {
    let positive = payments.iter().filter(|payment| payment.amount_yuan > Decimal::ZERO);
    let mut rests: Vec<Rest<'a>> = positive.map(|payment| Rest { payment, left: payment.amount_yuan }).collect();
    rests.sort_by_key(|rest| (rest.payment.period_from, rest.payment.period_to, rest.payment.evidence.clone()));
    for refund in payments.iter().filter(|payment| payment.amount_yuan < Decimal::ZERO) {
        let mut back = -refund.amount_yuan;
        for same_period in [true, false] {
            for rest in &mut rests {
                let same = (rest.payment.period_from, rest.payment.period_to) == (refund.period_from, refund.period_to);
                if same == same_period {
                    let taken = back.min(rest.left);
                    rest.left -= taken;
                    back -= taken;
                }
            }
        }
    }
    rests
}
