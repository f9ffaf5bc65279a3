//! What was paid towards what is due.
//!
//! A payment counts once. It counts first towards the debts of the tax period it was paid for, oldest first; where the
//! model allows (taxes by event, declared in whatever month), what is left counts towards older debts. Refunds lower the
//! payments they take back. What counts towards nothing is kept: an officer looks at it first. Lines of returns are laid
//! against debts in the same way.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};
use rust_decimal::Decimal;

use super::{Examined, GroupKey};
use crate::leads::OtherPayment;
use crate::models::PaidRule;
use crate::models::facts::Payment;
use crate::money::{self, TooLarge, two_places};

/// How far from the due day a payment that did not count may lie to be worth a look.
const YEAR: Months = Months::new(12);

/// What was paid towards each group.
#[derive(Debug, Default)]
pub struct Allocation<'a> {
    groups: BTreeMap<GroupKey, Paid>,
    /// By taxpayer, the tax periods of everything laid, lines of nothing too.
    periods: BTreeMap<&'a str, Vec<(NaiveDate, NaiveDate)>>,
    /// By taxpayer, payments that counted towards nothing, or only in part.
    rests: BTreeMap<&'a str, Vec<Rest<'a>>>,
}

/// What was paid towards one group, and by which rows.
#[derive(Debug, Default, Clone)]
pub struct Paid {
    /// Amount.
    pub amount: Decimal,
    /// Handles of the payments.
    pub evidence: Vec<String>,
}

impl Allocation<'_> {
    /// What was paid towards a group.
    pub fn of(&self, key: &GroupKey) -> Paid {
        self.groups.get(key).cloned().unwrap_or_default()
    }

    /// Whether any line touches the group's period: a return that declares nothing is a return.
    pub fn touches(&self, key: &GroupKey) -> bool {
        let (first, last) = (key.1.first_day(), key.1.last_day());
        let mut periods = self.periods.get(key.0.as_str()).into_iter().flatten();
        periods.any(|(from, to)| *from <= last && first <= *to)
    }

    /// Payments of a taxpayer within a year of the due day that counted towards nothing, the oldest first.
    pub fn others(&self, taxpayer: &str, due_day: NaiveDate) -> Vec<OtherPayment> {
        let is_near = |rest: &&Rest<'_>| {
            let day = rest.payment.paid_on.unwrap_or(rest.payment.period_to);
            due_day - YEAR <= day && day <= due_day + YEAR
        };
        let other = |rest: &Rest<'_>| OtherPayment {
            tax_kind: rest.payment.tax_kind.clone(),
            tax_item: rest.payment.tax_item.clone(),
            period_from: rest.payment.period_from,
            period_to: rest.payment.period_to,
            amount_yuan: rest.left,
            paid_on: rest.payment.paid_on,
            evidence: rest.payment.evidence.clone(),
        };
        self.rests.get(taxpayer).into_iter().flatten().filter(is_near).map(other).collect()
    }
}

/// The least and the most due by a group of rows, rounded once.
pub(super) fn due_of(rows: &[Examined<'_>]) -> Result<(Decimal, Decimal), TooLarge> {
    let low = money::sum(rows.iter().map(|row| row.low))?;
    let high = money::sum(rows.iter().map(|row| row.high))?;
    Ok((two_places(low), two_places(high)))
}

struct Debt<'a> {
    key: &'a GroupKey,
    open: Decimal,
    paid: Decimal,
    evidence: BTreeSet<String>,
}

#[derive(Debug)]
struct Rest<'a> {
    payment: &'a Payment,
    left: Decimal,
}

/// Lays payments against debts, taxpayer by taxpayer. One that is too large is laid against nothing: nothing is compared for
/// whoever has it.
pub(super) fn allocate<'a>(
    rule: &PaidRule,
    payments: &'a [Payment],
    dues: impl Iterator<Item = (&'a GroupKey, (Decimal, Decimal))>,
) -> Allocation<'a> {
    let mut by_taxpayer: BTreeMap<&str, Vec<&Payment>> = BTreeMap::new();
    for payment in payments.iter().filter(|one| is_of_kind(rule, one) && !money::is_too_large(one.amount_yuan)) {
        by_taxpayer.entry(&payment.taxpayer).or_default().push(payment);
    }
    let mut debts: BTreeMap<&str, Vec<Debt<'_>>> = BTreeMap::new();
    for (key, (_, high)) in dues {
        let debt = Debt { key, open: high, paid: Decimal::ZERO, evidence: BTreeSet::new() };
        debts.entry(&key.0).or_default().push(debt);
    }
    let mut allocation = Allocation::default();
    for (taxpayer, mut debts) in debts {
        let of_taxpayer = by_taxpayer.remove(taxpayer).unwrap_or_default();
        let (counting, other): (Vec<_>, Vec<_>) =
            of_taxpayer.into_iter().partition(|payment| is_of_item(rule, payment));
        let periods = counting.iter().map(|payment| (payment.period_from, payment.period_to)).collect();
        allocation.periods.insert(taxpayer, periods);
        let mut rests = net_of_refunds(&counting);
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
        rests.extend(net_of_refunds(&other));
        rests.retain(|rest| rest.left > Decimal::ZERO);
        if !rests.is_empty() {
            allocation.rests.insert(taxpayer, rests);
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

fn is_of_kind(rule: &PaidRule, payment: &Payment) -> bool {
    rule.tax_kinds.is_empty() || rule.tax_kinds.contains(&payment.tax_kind)
}

fn is_of_item(rule: &PaidRule, payment: &Payment) -> bool {
    let item = payment.tax_item.as_deref().unwrap_or("");
    rule.items.is_empty() || item.is_empty() || rule.items.iter().any(|word| item.contains(word.as_str()))
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
