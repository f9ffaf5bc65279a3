//! From the rows of a taxpayer and period to a lead, a notice, or the reason why it is neither.
//!
//! What is due is laid against what was paid and what was declared. The part that was declared and not paid is arrears:
//! nothing is left to find out, so it is told apart. The rest is a lead, unless the time to recover it is over.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::coverage;
use super::payments::{self, Allocation, Paid};
use super::{Examined, GroupKey, Judgement, Material, Outcome, name_of, sorted};
use crate::leads::{Confidence, Filing, LawReference, Lead, LeadFact, Notice, NoticeSort, OtherPayment, Taxpayer};
use crate::messages::Bilingual;
use crate::models::{Asks, CoverageNeed, PaidRule, RETURNS_TABLE};
use crate::money::{self, LARGEST, TooLarge, two_places};
use crate::period::Period;

/// What the payments and the returns say.
struct Laid<'a> {
    paid: Allocation<'a>,
    declared: Declared<'a>,
    /// Taxpayers of whom a payment or a line of a return is too large to be true.
    beyond: BTreeSet<&'a str>,
}

/// Where it is known what was declared.
enum Declared<'a> {
    /// Nowhere: the question is not about an amount, or its payments are of another kind than the returns.
    Unknown,
    /// The model compares with what was declared.
    AsPaid,
    /// In the returns, where they are covered.
    Returns(Allocation<'a>),
}

/// A group whose gap is above the floors.
struct Open<'a> {
    key: &'a GroupKey,
    rows: &'a [Examined<'a>],
    lead: Lead,
}

impl Material<'_> {
    /// Concludes every group of rows.
    pub(super) fn conclude(&self, groups: &BTreeMap<GroupKey, Vec<Examined<'_>>>, judgement: &mut Judgement) {
        let laid = self.lay(groups);
        let mut open = Vec::new();
        for (key, rows) in groups {
            let (lead, arrears) = match self.weigh(key, rows, &laid) {
                Ok(weighed) => weighed,
                Err(too_large) => {
                    judgement.leave(key, too_large.into(), rows.len());
                    continue;
                }
            };
            let is_arrears = arrears.is_some();
            judgement.notices.extend(arrears);
            match lead {
                Ok(lead) => open.push(Open { key, rows, lead }),
                Err(_) if is_arrears => judgement.count(Outcome::Arrears, rows.len()),
                Err(outcome) => judgement.count(outcome, rows.len()),
            }
        }
        let mut in_all: BTreeMap<&str, Decimal> = BTreeMap::new();
        for one in &open {
            let in_all = in_all.entry(&one.key.0).or_default();
            // It only tells whether much is owed in all, and this much is.
            *in_all = money::sum([*in_all, one.lead.gap.unwrap_or_default()]).unwrap_or(LARGEST);
        }
        let mut taken = BTreeSet::new();
        for mut one in open {
            let open_in_all = in_all.get(one.key.0.as_str()).copied().unwrap_or_default();
            if let Some(due_day) = one.lead.due_day {
                one.lead.other_payments = laid.paid.others(&one.key.0, due_day);
            }
            match find_same_amount(&one.lead, &taken) {
                Some(payment) => {
                    one.lead.evidence.push(payment.clone());
                    taken.insert(payment);
                    judgement.count(Outcome::PaidOtherwise, one.rows.len());
                    judgement.notices.push(Notice { sort: NoticeSort::PaidOtherwise, found: one.lead });
                }
                None => self.date(one, open_in_all, judgement),
            }
        }
    }

    /// Lays payments and returns against what is due.
    fn lay<'a>(&'a self, groups: &'a BTreeMap<GroupKey, Vec<Examined<'_>>>) -> Laid<'a> {
        let Asks::Amount(question) = &self.model.asks else {
            return Laid { paid: Allocation::default(), declared: Declared::Unknown, beyond: BTreeSet::new() };
        };
        // What was paid for a debt that can't be told is still paid for it, and for no other.
        let dues = || groups.iter().map(|(key, rows)| (key, payments::due_of(rows).unwrap_or((LARGEST, LARGEST))));
        let paid = payments::allocate(&question.paid, &self.payments.whole, dues());
        let declared = if question.paid.is_declared() {
            Declared::AsPaid
        } else if question.paid.has_returns() {
            Declared::Returns(payments::allocate(&question.paid, &self.returns, dues()))
        } else {
            Declared::Unknown
        };
        let lines = self.payments.whole.iter().chain(&self.returns);
        let beyond = lines.filter(|line| money::is_too_large(line.amount_yuan)).map(|line| line.taxpayer.as_str());
        Laid { paid, declared, beyond: beyond.collect() }
    }

    /// A lead where the gap is above the floors, else the outcome; and the notice of what was declared and is unpaid.
    fn weigh(&self, key: &GroupKey, rows: &[Examined<'_>], laid: &Laid<'_>) -> Result<Weighed, TooLarge> {
        let Asks::Amount(question) = &self.model.asks else { return Ok((Ok(self.lead_of(key, rows)), None)) };
        let (low, high) = payments::due_of(rows)?;
        if laid.beyond.contains(key.0.as_str()) {
            return Err(TooLarge);
        }
        let paid = laid.paid.of(key);
        let filed = self.filed((key, due_day_of(rows)), &question.paid, (laid, &paid));
        let declared = filed.declared.as_ref().map_or(Decimal::ZERO, |declared| declared.amount);
        let found = || Lead {
            due_low: Some(low),
            due_high: Some(high),
            paid: Some(two_places(paid.amount)),
            declared: filed.declared.as_ref().map(|declared| two_places(declared.amount)),
            payments: paid.evidence.clone(),
            ..self.lead_of(key, rows)
        };
        let unpaid = declared - paid.amount;
        let is_arrears = unpaid > self.floor(declared);
        let arrears = if is_arrears { Some(self.arrears(found(), unpaid, &filed)?) } else { None };
        let gap = low - paid.amount.max(declared);
        let lead = if gap <= Decimal::ZERO {
            Err(Outcome::Settled)
        } else if gap <= self.floor(low) {
            Err(Outcome::BelowFloor)
        } else {
            Ok(Lead { gap: Some(two_places(gap)), filing: Some(filed.filing), ..found() })
        };
        Ok((lead, arrears))
    }

    /// What is not worth a lead, of an amount due.
    fn floor(&self, due: Decimal) -> Decimal {
        let floor = |key: &str| self.figure(key, (&self.run.region, ""), self.run.as_of).map(|found| found.value);
        let absolute = floor(&self.model.floor_yuan).unwrap_or_default();
        let relative = money::product([floor(&self.model.floor_ratio).unwrap_or_default(), due]).unwrap_or(LARGEST);
        absolute.max(relative).max(Decimal::ZERO)
    }

    /// What was declared and is unpaid: no time runs out on it (国税函〔2005〕813号).
    fn arrears(&self, mut found: Lead, unpaid: Decimal, filed: &Filed) -> Result<Notice, TooLarge> {
        let unpaid = two_places(unpaid);
        found.gap = Some(unpaid);
        found.late_fee = self.late_fee(unpaid, found.due_day)?;
        found.evidence.extend(filed.declared.iter().flat_map(|declared| declared.evidence.iter().cloned()));
        Ok(Notice { sort: NoticeSort::Arrears, found })
    }

    /// What the returns say of a group.
    fn filed(
        &self,
        (key, due_day): (&GroupKey, Option<NaiveDate>),
        rule: &PaidRule,
        (laid, paid): (&Laid<'_>, &Paid),
    ) -> Filed {
        let filing = |is_filed: bool| if is_filed { Filing::FiledLess } else { Filing::NotFiled };
        match &laid.declared {
            Declared::AsPaid => Filed { filing: filing(laid.paid.touches(key)), declared: Some(paid.clone()) },
            Declared::Returns(returns) if self.knows_returns(rule, key.1, due_day) => {
                let declared = returns.of(key);
                let is_filed = declared.amount > Decimal::ZERO || returns.touches(key);
                Filed { filing: filing(is_filed), declared: Some(declared) }
            }
            _ => Filed { filing: Filing::Unknown, declared: None },
        }
    }

    /// Whether the returns of these kinds are covered for a period.
    fn knows_returns(&self, rule: &PaidRule, period: Period, due_day: Option<NaiveDate>) -> bool {
        let need = CoverageNeed { table: RETURNS_TABLE.to_owned(), tax_kinds: rule.tax_kinds.clone(), stock: false };
        let decisive = due_day.unwrap_or(period.last_day()).min(self.run.as_of);
        let place = (self.run.region.as_str(), period);
        coverage::is_covered(&need, &self.run.coverage, place, (decisive, self.run.as_of))
    }

    /// A lead while its time runs, a notice when it is over.
    fn date(&self, one: Open<'_>, open_in_all: Decimal, judgement: &mut Judgement) {
        let Open { key, rows, mut lead } = one;
        lead.formula_numbers = rows.iter().filter_map(|row| self.numbers_of(row.fact)).collect();
        lead.recoverable_until = self.recoverable_until(lead.due_day, open_in_all);
        if lead.recoverable_until.is_some_and(|last| self.run.as_of > last) {
            judgement.count(Outcome::OutOfTime, rows.len());
            judgement.notices.push(Notice { sort: NoticeSort::OutOfTime, found: lead });
            return;
        }
        match lead.gap.map_or(Ok(None), |gap| self.late_fee(gap, lead.due_day)) {
            Ok(late_fee) => {
                lead.late_fee = late_fee;
                judgement.count(Outcome::Lead, rows.len());
                judgement.leads.push(lead);
            }
            Err(too_large) => judgement.leave(key, too_large.into(), rows.len()),
        }
    }

    /// What a group of rows is told as, without amounts.
    fn lead_of(&self, key: &GroupKey, rows: &[Examined<'_>]) -> Lead {
        let (taxpayer, period, finding) = key;
        let mut lead = Lead {
            model: self.model.key.clone(),
            taxpayer: Taxpayer::new(taxpayer, &name_of(rows)),
            period: period.to_string(),
            finding: finding.clone(),
            finding_label: self.finding_label(finding.as_deref()),
            confidence: rows.iter().map(|row| row.confidence).min().unwrap_or(Confidence::Probable),
            due_day: due_day_of(rows),
            due_day_provisional: rows.iter().any(|row| row.due_day_provisional),
            tax_office: self.standings.get(taxpayer).and_then(|one| one.tax_office.clone()).unwrap_or_default(),
            ask_for: self.model.ask_for.clone(),
            check_first: self.model.check_first.clone(),
            evidence: sorted(rows.iter().flat_map(|row| row.fact.evidence.iter().cloned())),
            formula: self.formula_text(),
            laws: self.laws_in(*period),
            parameters: sorted(rows.iter().flat_map(|row| row.parameters.iter().cloned())),
            narrowed_by: sorted(rows.iter().flat_map(|row| row.missing.iter().cloned()))
                .iter()
                .map(|name| self.model.label_of(name))
                .collect(),
            facts: self.facts_of(rows),
            ..Lead::default()
        };
        let unconfirmed = lead.parameters.iter().filter(|used| matches!(used.certainty.as_str(), "2" | "K"));
        lead.unconfirmed = sorted(unconfirmed.map(|used| used.key.clone()));
        lead
    }

    /// The model's laws that held on some day of a period.
    fn laws_in(&self, period: Period) -> Vec<LawReference> {
        let held = |law: &&LawReference| {
            let (from, to) = self.catalog.days_of_law(&law.law);
            from.is_none_or(|from| from <= period.last_day()) && to.is_none_or(|to| period.first_day() <= to)
        };
        self.model.laws.iter().filter(held).cloned().collect()
    }

    fn finding_label(&self, finding: Option<&str>) -> Bilingual {
        let (Asks::Finding(labels), Some(finding)) = (&self.model.asks, finding) else { return Bilingual::default() };
        let found = labels.iter().find(|(key, _)| key == finding);
        found.map_or_else(|| Bilingual { zh: finding.to_owned(), en: String::new() }, |(_, label)| label.clone())
    }

    fn facts_of(&self, rows: &[Examined<'_>]) -> Vec<LeadFact> {
        let Some(first) = rows.first() else { return Vec::new() };
        let whom = Taxpayer::new(&first.key.0, &name_of(rows));
        let labelled = self.model.facts.iter().filter_map(|(name, label)| {
            let value = first.fact.values.get(name.as_str())?.to_string();
            let is_persons_name = whom.is_person() && Some(&value) == first.fact.taxpayer_name.as_ref();
            let value = if is_persons_name { whom.name.clone() } else { value };
            Some(LeadFact { name: name.clone(), label: label.clone(), value })
        });
        labelled.collect()
    }
}

/// The handle of a payment that counted towards nothing and is, to the fen, what is open at least or at most: nobody pays
/// such an amount by chance, so it was paid and booked under another item or period. Each payment explains one gap.
fn find_same_amount(lead: &Lead, taken: &BTreeSet<String>) -> Option<String> {
    let settled = lead.paid.unwrap_or_default().max(lead.declared.unwrap_or_default());
    let most = lead.due_high.map(|high| high - settled);
    let is_it = |payment: &&OtherPayment| {
        let amount = Some(payment.amount_yuan);
        (amount == lead.gap || amount == most) && !taken.contains(&payment.evidence)
    };
    lead.other_payments.iter().find(is_it).map(|payment| payment.evidence.clone())
}

/// A group is due with the last of its rows.
fn due_day_of(rows: &[Examined<'_>]) -> Option<NaiveDate> {
    rows.iter().filter_map(|row| row.due_day).max()
}

/// A lead or why there is none, and the notice of what was declared and is unpaid.
type Weighed = (Result<Lead, Outcome>, Option<Notice>);

/// What the returns say of a group: how it was filed, and what was declared where that is known.
struct Filed {
    filing: Filing,
    declared: Option<Paid>,
}
