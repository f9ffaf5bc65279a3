//! Leads: what a model found, with everything an officer needs to judge it.
//!
//! A lead is an estimate, never a tax determination. It says whom it is about and how sure that is, the rows of both
//! sides it came from, the formula and the formula with its numbers, the figures of law with their dates of effect and
//! references, and what is still missing. It is pure data; the run ranks leads and writes them out.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::codes::PERSON_PREFIX;
use crate::intake::mask::mask;
use crate::messages::Bilingual;

/// How sure the identity behind a lead is. Only these two give leads; a probable one is never dispatched by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Somebody should look before anything else is done.
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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

/// One lead.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// `due_low` − `paid`.
    pub gap: Option<Decimal>,
    /// How sure the identity is.
    pub confidence: Confidence,
    /// The day by which it was, or is, to be done.
    pub due_day: Option<NaiveDate>,
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
