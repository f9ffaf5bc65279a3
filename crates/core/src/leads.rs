//! Leads: what a model found, with everything an officer needs to judge it.
//!
//! A lead is an estimate, never a tax determination. It says whom it is about and how sure that is, the rows of both
//! sides it came from, the formula and the formula with its numbers, the figures of law with their dates of effect and
//! references, and what is still missing. It is pure data; the run ranks leads and writes them out. What makes one the same
//! from run to run stands in `identity`, what a run says of those there were in `sightings`.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::catalog::names::words;
use crate::codes::PERSON_PREFIX;
use crate::intake::mask::mask;
use crate::messages::Bilingual;
use crate::money::{self, LARGEST};

mod identity;
mod numbers;
mod sightings;

pub use identity::{LeadIdentity, LeadState, Sighted};
pub use numbers::LeadNumbers;
pub use sightings::{FoundLead, LeadAmounts, LeadRow, LookIndex, ModelLook, NotCompared, Side};

/// How sure the identity behind a lead is. Only these two give leads; a probable one is never dispatched by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Somebody should look before anything else is done.
    #[default]
    Probable,
    /// A valid code agrees, or a unique full name, or a person decided.
    Certain,
}

impl Confidence {
    /// The word in tables and JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Probable => "probable",
            Self::Certain => "certain",
        }
    }

    /// Reads the word; any other class gives no lead.
    pub fn find(text: &str) -> Option<Self> {
        [Self::Probable, Self::Certain].into_iter().find(|class| class.key() == text)
    }
}

/// Whom a lead is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct Taxpayer {
    /// Unified social credit code or tax id; of a natural person `person:` and the keyed digest of the certificate.
    pub uscc: String,
    /// Name as the sheet or the registration has it; a natural person's masked.
    pub name: String,
}

impl Taxpayer {
    /// Whom a code and a name mean. A natural person's name is for those who may see persons: here it is masked.
    pub fn new(code: &str, name: &str) -> Self {
        let mut taxpayer = Self { uscc: code.to_owned(), name: name.to_owned() };
        if taxpayer.is_person() {
            taxpayer.name = mask(name);
        }
        taxpayer
    }

    /// Whether it is a natural person, known by a digest.
    pub fn is_person(&self) -> bool {
        self.uscc.starts_with(PERSON_PREFIX)
    }

    /// The code as people are shown it: of a person enough of the digest to tell one from another.
    pub fn shown_code(&self) -> &str {
        let digest = self.uscc.rsplit(':').next().unwrap_or_default();
        if self.is_person() { digest.get(..12).unwrap_or(digest) } else { &self.uscc }
    }
}

/// A law and its articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LawReference {
    /// Key of `laws/`.
    pub law: String,
    /// Title.
    pub name: Bilingual,
    /// Articles, as written.
    pub articles: String,
}

/// A figure of law that a lead was computed with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ParameterUsed {
    /// Key of `params/`.
    pub key: String,
    /// Value.
    pub value: Decimal,
    /// Class within the parameter; empty: any.
    pub class: String,
    /// First day of effect.
    pub from: NaiveDate,
    /// Where it stands.
    pub reference: String,
    /// `V`, `2`, `K` or `P`; a lead with `2` or `K` says "figure unconfirmed".
    pub certainty: String,
}

/// A fact behind a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeadFact {
    /// Name in the model.
    pub name: String,
    /// What people call it.
    pub label: Bilingual,
    /// Value as text.
    pub value: String,
}

words! {
    /// What the taxpayer's returns say of a debt.
    Filing {
        /// No return of it was filed.
        NotFiled = "not_filed",
        /// A return was filed, for less.
        FiledLess = "filed_less",
        /// The returns are not covered, or can't tell.
        Unknown = "unknown",
    }
}

/// A payment of the same taxpayer and tax near the due day that did not count: under another item or period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherPayment {
    /// Tax kind.
    pub tax_kind: String,
    /// Tax item, as the system wrote it.
    pub tax_item: Option<String>,
    /// First day of the tax period.
    pub period_from: NaiveDate,
    /// Last day of the tax period.
    pub period_to: NaiveDate,
    /// What of it counted towards nothing.
    pub amount_yuan: Decimal,
    /// Day of payment, where it is known.
    pub paid_on: Option<NaiveDate>,
    /// Handle of the row.
    pub evidence: String,
}

words! {
    /// Why something open is no lead.
    NoticeSort {
        /// It is too old to be recovered, evasion apart.
        OutOfTime = "out_of_time",
        /// It was declared and is unpaid: arrears to be collected, nothing to be found out.
        Arrears = "arrears",
        /// The taxpayer paid just this amount of the tax under another item or period: to be booked right, not paid again.
        PaidOtherwise = "paid_otherwise",
    }
}

/// Something compared and open that is no lead: listed apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice {
    /// Why it is none.
    pub sort: NoticeSort,
    /// What was found, as a lead would tell it; of arrears the gap is what was declared and not paid.
    pub found: Lead,
}

/// One lead.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Lead {
    /// Key of the model.
    pub model: String,
    /// Whom it is about.
    pub taxpayer: Taxpayer,
    /// Period `2025`, `2025Q1` or `2025-03`.
    pub period: String,
    /// What was found, for models that ask for a finding; a key of the model's findings.
    pub finding: Option<String>,
    /// What the finding says to people; empty without one.
    pub finding_label: Bilingual,
    /// Least amount due, rounded to the fen. None for a model without amounts.
    pub due_low: Option<Decimal>,
    /// Greatest amount due.
    pub due_high: Option<Decimal>,
    /// What was paid towards it.
    pub paid: Option<Decimal>,
    /// What was declared towards it, where the returns are known.
    pub declared: Option<Decimal>,
    /// `due_low` less what was paid or declared, whichever is more: what was declared and is unpaid is arrears.
    pub gap: Option<Decimal>,
    /// What the returns say; none for a model without amounts.
    pub filing: Option<Filing>,
    /// How sure the identity is.
    pub confidence: Confidence,
    /// The day by which it was, or is, to be done.
    pub due_day: Option<NaiveDate>,
    /// The due day rests on a calendar year whose notice is not out.
    pub due_day_provisional: bool,
    /// The last day on which it may be recovered; none: no limit.
    pub recoverable_until: Option<NaiveDate>,
    /// Late fee on the gap up to the day of the run.
    pub late_fee: Option<Decimal>,
    /// The tax office in charge of the taxpayer, as the registration names it; empty: not known.
    pub tax_office: String,
    /// Payments of the taxpayer that did not count and should be looked at first.
    pub other_payments: Vec<OtherPayment>,
    /// The document to ask the taxpayer for.
    pub ask_for: Bilingual,
    /// By what the taxpayer may be right.
    pub check_first: Bilingual,
    /// Handles of the rows it came from.
    pub evidence: Vec<String>,
    /// Handles of the other side's rows: payments counted.
    pub payments: Vec<String>,
    /// The formula in words.
    pub formula: Bilingual,
    /// The formula with the numbers put in, one text a row of facts.
    pub formula_numbers: Vec<String>,
    /// Legal basis.
    pub laws: Vec<LawReference>,
    /// Figures of law used.
    pub parameters: Vec<ParameterUsed>,
    /// Keys of the figures nobody has confirmed yet (certainty 2 or K).
    pub unconfirmed: Vec<String>,
    /// Names of the facts that are missing and would narrow the range.
    pub narrowed_by: Vec<Bilingual>,
    /// The model's own facts of the first row.
    pub facts: Vec<LeadFact>,
}

impl Lead {
    /// What of the gap the other payments can't explain: leads are ranked by it.
    pub fn unexplained(&self) -> Option<Decimal> {
        // More than any gap is explained by it.
        let others = money::sum(self.other_payments.iter().map(|payment| payment.amount_yuan)).unwrap_or(LARGEST);
        self.gap.map(|gap| (gap - others).max(Decimal::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_natural_person_is_marked_and_shows_neither_name_nor_whole_digest() {
        let digest = format!("hmac-sm3:{}", "0123456789abcdef".repeat(4));
        let person = Taxpayer::new(&format!("person:{digest}"), "某某甲");
        assert!(person.is_person());
        assert_eq!((person.name.as_str(), person.shown_code()), ("某**", "0123456789ab"));
        let firm = Taxpayer::new("91652323MA7A000172", "演示有限公司");
        assert_eq!(
            (firm.is_person(), firm.name.as_str(), firm.shown_code()),
            (false, "演示有限公司", "91652323MA7A000172")
        );
    }
}
