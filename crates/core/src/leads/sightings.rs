//! What one run says of leads: those it found, as they are kept; and of those it did not find, why.
//!
//! A lead that is not found is cleared only where its model could look. It could not where the model stopped, where a row
//! about the taxpayer and period could not be compared, or where one of the very rows it came from could not (a link that
//! is open now names nobody).

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::{Confidence, Lead, LeadIdentity, Sighted};
use crate::catalog::names::words;
use crate::ids::read_handle;
use crate::money::{TooLarge, to_fen};

words! {
    /// Which side of a comparison a row is of.
    Side {
        /// What a unit reported.
        Reported = "reported",
        /// The tax side.
        Tax = "tax",
    }
}

/// A row that a lead rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeadRow {
    /// Which side it is of.
    pub side: Side,
    /// Id of its batch.
    pub batch: String,
    /// Its number in the batch, from 0.
    pub row: u64,
}

impl LeadRow {
    fn list(side: Side, handles: &[String]) -> impl Iterator<Item = Self> {
        let rows = handles.iter().filter_map(|handle| read_handle(handle));
        rows.map(move |(batch, row)| Self { side, batch: batch.to_owned(), row })
    }
}

/// The amounts of a lead in fen; none for a model without amounts, and what is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeadAmounts {
    /// Least amount due.
    pub due_low: Option<i64>,
    /// Greatest amount due.
    pub due_high: Option<i64>,
    /// What was paid towards it.
    pub paid: Option<i64>,
    /// What was declared towards it.
    pub declared: Option<i64>,
    /// What is open.
    pub gap: Option<i64>,
    /// Late fee on it up to the day of the run.
    pub late_fee: Option<i64>,
}

impl LeadAmounts {
    fn of(lead: &Lead) -> Result<Self, TooLarge> {
        let fen = |amount: Option<Decimal>| amount.map(to_fen).transpose();
        Ok(Self {
            due_low: fen(lead.due_low)?,
            due_high: fen(lead.due_high)?,
            paid: fen(lead.paid)?,
            declared: fen(lead.declared)?,
            gap: fen(lead.gap)?,
            late_fee: fen(lead.late_fee)?,
        })
    }
}

/// A lead as a run found it.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundLead {
    /// The id it gets where it was not known before.
    pub id: String,
    /// What makes it the same.
    pub identity: LeadIdentity,
    /// Its rank among those of its model in the run, from 1.
    pub rank: u64,
    /// How sure the identity is.
    pub confidence: Confidence,
    /// Amounts.
    pub amounts: LeadAmounts,
    /// What else an officer is shown: formula with its numbers, laws, figures, facts, as keys, values and texts in both
    /// languages. A natural person's name is masked.
    pub told: Json,
    /// The rows it came from, in order, each once.
    pub rows: Vec<LeadRow>,
}

/// What of a lead is told apart from its identity, amounts and rows, which are kept as such.
const KEPT_ELSEWHERE: [&str; 13] = [
    "model",
    "period",
    "finding",
    "due_low",
    "due_high",
    "paid",
    "declared",
    "gap",
    "late_fee",
    "confidence",
    "evidence",
    "payments",
    "taxpayer",
];

impl FoundLead {
    /// As a run of a region found it, under an id that it gets if it is new.
    ///
    /// # Errors
    /// One of its amounts is too large: it is no lead.
    pub fn of((region, lead): (&str, &Lead), rank: u64, id: String) -> Result<Self, TooLarge> {
        let mut rows: Vec<LeadRow> =
            LeadRow::list(Side::Reported, &lead.evidence).chain(LeadRow::list(Side::Tax, &lead.payments)).collect();
        rows.sort();
        rows.dedup();
        let mut told = serde_json::to_value(lead).unwrap_or_default();
        if let Some(members) = told.as_object_mut() {
            members.retain(|name, _| !KEPT_ELSEWHERE.contains(&name.as_str()));
            members.insert("name".to_owned(), json!(lead.taxpayer.name));
        }
        Ok(Self {
            id,
            identity: LeadIdentity::of(region, lead),
            rank,
            confidence: lead.confidence,
            amounts: LeadAmounts::of(lead)?,
            told,
            rows,
        })
    }
}

/// Something that a model looked at and could not compare.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotCompared {
    /// The taxpayer's code; empty: nobody can tell whom it is about.
    pub taxpayer: String,
    /// Its period; empty: not known, so it may be any.
    pub period: String,
    /// Handles of its rows where there is no taxpayer; else none, for the taxpayer tells enough.
    pub evidence: Vec<String>,
}

/// What one model of a run came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelLook {
    /// Key of the model.
    pub model: String,
    /// It did not run: nothing was compared.
    pub has_stopped: bool,
    /// What it found.
    pub found: Vec<FoundLead>,
    /// What it could not compare.
    pub not_compared: Vec<NotCompared>,
}

/// What a model came to, looked up by taxpayer and by row.
pub struct LookIndex<'a> {
    has_stopped: bool,
    found_by_row: HashMap<(&'a str, u64), Vec<&'a LeadIdentity>>,
    open_keys: HashSet<(&'a str, &'a str)>,
    open_rows: HashSet<(&'a str, u64)>,
}

impl<'a> LookIndex<'a> {
    /// Of a model's look.
    pub fn new(look: &'a ModelLook) -> Self {
        let mut found_by_row: HashMap<(&str, u64), Vec<&LeadIdentity>> = HashMap::new();
        for found in &look.found {
            for row in found.rows.iter().filter(|row| row.side == Side::Reported) {
                found_by_row.entry((row.batch.as_str(), row.row)).or_default().push(&found.identity);
            }
        }
        let named = look.not_compared.iter().filter(|one| !one.taxpayer.is_empty());
        let handles = look.not_compared.iter().flat_map(|one| &one.evidence);
        Self {
            has_stopped: look.has_stopped,
            found_by_row,
            open_keys: named.map(|one| (one.taxpayer.as_str(), one.period.as_str())).collect(),
            open_rows: handles.filter_map(|handle| read_handle(handle)).collect(),
        }
    }

    /// What the run says of a lead that it did not find, by the rows it came from when it was found last; and, where it
    /// moved, the lead that stands in its stead. Only one that was never there before the run (`is_new`) does: both
    /// sides of a contract may rest on one row.
    pub fn of_missing(
        &self,
        lead: &LeadIdentity,
        rows: &[LeadRow],
        is_new: impl Fn(&LeadIdentity) -> bool,
    ) -> (Sighted, Option<&'a LeadIdentity>) {
        if self.has_stopped {
            return (Sighted::NotComparable, None);
        }
        let reported = || rows.iter().filter(|row| row.side == Side::Reported).map(|row| (row.batch.as_str(), row.row));
        let stands_in = |other: &&LeadIdentity| {
            let is_alike = other.period == lead.period && other.finding == lead.finding;
            is_alike && other.taxpayer != lead.taxpayer && is_new(other)
        };
        let found = reported().filter_map(|row| self.found_by_row.get(&row)).flatten().copied();
        if let Some(other) = found.filter(stands_in).min() {
            return (Sighted::Moved, Some(other));
        }
        let taxpayer = lead.taxpayer.as_str();
        let is_open = [lead.period.as_str(), ""].iter().any(|period| self.open_keys.contains(&(taxpayer, *period)));
        if is_open || reported().any(|row| self.open_rows.contains(&row)) {
            return (Sighted::NotComparable, None);
        }
        (Sighted::NotFound, None)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Taxpayer;
    use super::*;

    const FIRM: &str = "91652323MA7A000172";
    const OTHER: &str = "91652323MA7A00025W";

    fn lead(code: &str, evidence: &[&str]) -> Lead {
        Lead {
            model: "deed/transfer".to_owned(),
            taxpayer: Taxpayer::new(code, "演示有限公司"),
            period: "2025Q1".to_owned(),
            evidence: evidence.iter().map(|handle| (*handle).to_owned()).collect(),
            ..Lead::default()
        }
    }

    fn found(lead: &Lead) -> FoundLead {
        FoundLead::of(("652323", lead), 1, "id".to_owned()).unwrap()
    }

    /// What a run says of the firm's lead of row `a:1`, which it did not find.
    fn said(look: &ModelLook, is_new: bool) -> Sighted {
        let before = found(&lead(FIRM, &["a:1"]));
        let (sighted, other) = LookIndex::new(look).of_missing(&before.identity, &before.rows, |_| is_new);
        assert_eq!(other.is_some(), sighted == Sighted::Moved);
        sighted
    }

    fn open(taxpayer: &str, period: &str, evidence: &[&str]) -> ModelLook {
        let not_compared = NotCompared {
            taxpayer: taxpayer.to_owned(),
            period: period.to_owned(),
            evidence: evidence.iter().map(|handle| (*handle).to_owned()).collect(),
        };
        ModelLook { not_compared: vec![not_compared], ..ModelLook::default() }
    }

    #[test]
    fn what_a_model_looked_at_and_did_not_find_is_not_found() {
        assert_eq!(said(&ModelLook::default(), true), Sighted::NotFound);
        assert_eq!(said(&open(OTHER, "2025Q1", &[]), true), Sighted::NotFound);
        assert_eq!(said(&open(FIRM, "2025Q2", &[]), true), Sighted::NotFound);
        assert_eq!(said(&open("", "", &["a:2"]), true), Sighted::NotFound);
    }

    #[test]
    fn where_a_model_stopped_or_could_not_compare_nobody_can_tell() {
        let stopped = ModelLook { has_stopped: true, ..ModelLook::default() };
        assert_eq!(said(&stopped, true), Sighted::NotComparable);
        assert_eq!(said(&open(FIRM, "2025Q1", &[]), true), Sighted::NotComparable);
        assert_eq!(said(&open(FIRM, "", &[]), true), Sighted::NotComparable, "its period is not known");
        assert_eq!(said(&open("", "", &["a:0", "a:1"]), true), Sighted::NotComparable, "its own row names nobody");
    }

    #[test]
    fn a_lead_whose_rows_speak_of_another_has_moved_unless_the_other_was_there_before() {
        let of = |lead: &Lead| ModelLook { found: vec![found(lead)], ..ModelLook::default() };
        let other = of(&lead(OTHER, &["a:1"]));
        assert_eq!(said(&other, true), Sighted::Moved);
        assert_eq!(said(&other, false), Sighted::NotFound, "the other side of one contract");
        assert_eq!(said(&of(&lead(OTHER, &["a:2"])), true), Sighted::NotFound);
        let of_another_period = Lead { period: "2025Q2".to_owned(), ..lead(OTHER, &["a:1"]) };
        assert_eq!(said(&of(&of_another_period), true), Sighted::NotFound);
        let by_payment = Lead { payments: vec!["a:1".to_owned()], ..lead(OTHER, &[]) };
        assert_eq!(said(&of(&by_payment), true), Sighted::NotFound, "a payment says nothing of whose row it is");
    }

    #[test]
    fn a_found_lead_keeps_amounts_in_fen_and_each_row_once() {
        let lead = Lead {
            gap: Some("1234.5".parse().unwrap()),
            payments: vec!["b:7".to_owned(), "b:7".to_owned(), "no handle".to_owned()],
            ..lead(FIRM, &["a:10", "a:9"])
        };
        let kept = found(&lead);
        assert_eq!((kept.amounts.gap, kept.amounts.due_low), (Some(123_450), None));
        let rows: Vec<_> = kept.rows.iter().map(|row| (row.side.key(), row.batch.as_str(), row.row)).collect();
        assert_eq!(rows, [("reported", "a", 9), ("reported", "a", 10), ("tax", "b", 7)]);
        assert_eq!(kept.told["name"], "演示有限公司");
        assert!(kept.told.get("formula_numbers").is_some() && kept.told.get("evidence").is_none());
        let large = Lead { due_high: Some(Decimal::MAX), ..lead };
        assert_eq!(FoundLead::of(("652323", &large), 1, String::new()), Err(TooLarge));
    }
}
