//! What a model run is made of: facts, payments, who taxpayers are, what the tables cover.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::period::Period;

/// A value of a fact column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactValue {
    /// Text and codes.
    Text(String),
    /// Figures of every kind. One that is [too large](crate::money::is_too_large) is compared with nothing, whichever it is.
    Decimal(Decimal),
    /// A day.
    Date(NaiveDate),
    /// Yes or no.
    Boolean(bool),
}

impl FactValue {
    /// The figure a formula sees; yes is 1 and no is 0. None for texts and days.
    pub fn figure(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(figure) => Some(*figure),
            Self::Boolean(yes) => Some(if *yes { Decimal::ONE } else { Decimal::ZERO }),
            Self::Text(_) | Self::Date(_) => None,
        }
    }
}

impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Decimal(figure) if figure.scale() > 2 => write!(f, "{}", figure.normalize()),
            Self::Decimal(figure) => write!(f, "{figure}"),
            Self::Date(day) => write!(f, "{day}"),
            Self::Boolean(yes) => f.write_str(if *yes { "是" } else { "否" }),
        }
    }
}

/// One row of a model's facts: a taxable event or an examined subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fact {
    /// The taxpayer's code once linked.
    pub taxpayer: Option<String>,
    /// The name the sheet has.
    pub taxpayer_name: Option<String>,
    /// `certain`, `probable`; `stated` when the row's own code is all there is.
    pub confidence: Option<String>,
    /// What sort of subject.
    pub subject: Option<String>,
    /// The day it happened.
    pub event_day: Option<NaiveDate>,
    /// The period it belongs to; none: the one the event day lies in.
    pub period: Option<String>,
    /// Division code of the place the model taxes at.
    pub place_region: Option<String>,
    /// Its address, for rows that name no code.
    pub place_address: Option<String>,
    /// Handles of the rows it came from, sorted.
    pub evidence: Vec<String>,
    /// Why the law leaves the row out, where the SQL knows.
    pub left_out: Option<String>,
    /// Why the row can't be compared, where the SQL knows.
    pub not_comparable: Option<String>,
    /// What was found.
    pub finding: Option<String>,
    /// The service list the row belongs on.
    pub service: Option<String>,
    /// A day by which something must be done.
    pub deadline_day: Option<NaiveDate>,
    /// The model's own columns that have a value.
    pub values: BTreeMap<Arc<str>, FactValue>,
}

/// A payment that may count towards what is due; a line of a return, for what was declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Who paid.
    pub taxpayer: String,
    /// Tax kind.
    pub tax_kind: String,
    /// Tax item, as the system wrote it.
    pub tax_item: Option<String>,
    /// First day of the tax period.
    pub period_from: NaiveDate,
    /// Last day of the tax period.
    pub period_to: NaiveDate,
    /// Amount; a refund is negative.
    pub amount_yuan: Decimal,
    /// Day of payment, where it is known.
    pub paid_on: Option<NaiveDate>,
    /// Handle of the row.
    pub evidence: String,
}

/// A row of payments that counts towards nothing, because it does not say what, how much or for when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncompletePayment {
    /// Handle of the row.
    pub evidence: String,
    /// Columns without a value.
    pub missing: Vec<String>,
}

/// Payments of the taxpayers in the facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Payments {
    /// Those that may count.
    pub whole: Vec<Payment>,
    /// Those that can't.
    pub incomplete: Vec<IncompletePayment>,
}

/// What the tax registration says of a taxpayer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Division code of the tax authority in charge.
    pub authority: Option<String>,
    /// The tax office in charge, as the registration names it.
    pub tax_office: Option<String>,
    /// What sort of subject.
    pub subject: Option<String>,
    /// VAT payer kind on the day of the export.
    pub vat_payer_kind: Option<String>,
    /// First day as general VAT payer.
    pub vat_general_from: Option<NaiveDate>,
    /// Last day as general VAT payer.
    pub vat_general_to: Option<NaiveDate>,
    /// Years confirmed as small-profit enterprise.
    pub small_profit_years: BTreeSet<i32>,
    /// Years confirmed as not.
    pub not_small_profit_years: BTreeSet<i32>,
}

/// What a load of a tax-side table covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Key of the item (`tax_payment`).
    pub table: String,
    /// Tax kind; empty: every kind.
    pub tax_kind: String,
    /// Division code of the authority; empty: whichever.
    pub authority: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// The moment of the export; none: the last day.
    pub as_of: Option<NaiveDate>,
}

/// What a run is told besides the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFacts {
    /// The day the run looks from.
    pub as_of: NaiveDate,
    /// Division code of the county.
    pub region: String,
    /// What the tax side covers.
    pub coverage: Vec<Coverage>,
    /// Periods delivered by item key, nil reports too.
    pub delivered: BTreeMap<String, BTreeSet<Period>>,
}
