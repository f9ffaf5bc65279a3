//! The columns of a model's sheet.

use gongzhi_core::models::{Asks, Model};
use gongzhi_engine::workbook::ColumnKind;

/// A column of a model's sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadColumn {
    /// Place among the model's leads, from 1.
    Rank,
    /// Taxpayer.
    Name,
    /// Its code.
    Code,
    /// Number of the lead.
    Number,
    /// What was found, in words.
    Finding,
    /// Least due.
    DueLow,
    /// Most due.
    DueHigh,
    /// Paid.
    Paid,
    /// Declared.
    Declared,
    /// What is missing.
    Gap,
    /// Whether a return was filed.
    Filing,
    /// How sure it is who is meant.
    Confidence,
    /// Period.
    Period,
    /// Day it was due.
    DueDay,
    /// Last day on which it can be recovered.
    RecoverableUntil,
    /// Late fee.
    LateFee,
    /// Tax office in charge.
    TaxOffice,
    /// What an officer looks at first.
    LookFirst,
    /// The formula with its numbers.
    Formula,
    /// Figures of law used.
    Figures,
    /// What would narrow the range.
    Narrow,
    /// The cells it came from.
    Evidence,
}

/// An amount: who, how much, how sure, since when; then why.
const AMOUNT_COLUMNS: [LeadColumn; 21] = [
    LeadColumn::Rank,
    LeadColumn::Name,
    LeadColumn::Code,
    LeadColumn::Number,
    LeadColumn::DueLow,
    LeadColumn::DueHigh,
    LeadColumn::Paid,
    LeadColumn::Declared,
    LeadColumn::Gap,
    LeadColumn::Filing,
    LeadColumn::Confidence,
    LeadColumn::Period,
    LeadColumn::DueDay,
    LeadColumn::RecoverableUntil,
    LeadColumn::LateFee,
    LeadColumn::TaxOffice,
    LeadColumn::LookFirst,
    LeadColumn::Formula,
    LeadColumn::Figures,
    LeadColumn::Narrow,
    LeadColumn::Evidence,
];

/// A finding has no amounts.
const FINDING_COLUMNS: [LeadColumn; 13] = [
    LeadColumn::Rank,
    LeadColumn::Name,
    LeadColumn::Code,
    LeadColumn::Number,
    LeadColumn::Finding,
    LeadColumn::Confidence,
    LeadColumn::Period,
    LeadColumn::DueDay,
    LeadColumn::RecoverableUntil,
    LeadColumn::TaxOffice,
    LeadColumn::LookFirst,
    LeadColumn::Figures,
    LeadColumn::Evidence,
];

/// The columns of a model's sheet, by what the model asks for.
pub fn columns_of(model: &Model) -> &'static [LeadColumn] {
    match model.asks {
        Asks::Amount(_) => &AMOUNT_COLUMNS,
        Asks::Finding(_) => &FINDING_COLUMNS,
    }
}

impl LeadColumn {
    /// Header, kind and width. The widths of a sheet together are what A4 across still shows legibly.
    pub fn shape(self) -> (&'static str, ColumnKind, f64) {
        match self {
            Self::Rank => ("run-book-rank", ColumnKind::Integer, 6.0),
            Self::Name => ("run-book-name", ColumnKind::Wrapped, 20.0),
            Self::Code => ("run-book-uscc", ColumnKind::Text, 19.5),
            Self::Number => ("run-book-number", ColumnKind::Text, 18.0),
            Self::Finding => ("run-book-finding", ColumnKind::Wrapped, 44.0),
            Self::DueLow => ("run-book-due-low", ColumnKind::Amount, 13.5),
            Self::DueHigh => ("run-book-due-high", ColumnKind::Amount, 13.5),
            Self::Paid => ("run-book-paid", ColumnKind::Amount, 13.5),
            Self::Gap => ("run-book-gap", ColumnKind::Amount, 13.5),
            Self::Confidence => ("run-book-confidence", ColumnKind::Text, 8.5),
            Self::Period => ("run-book-period", ColumnKind::Text, 8.5),
            Self::DueDay => ("run-book-due-day", ColumnKind::Date, 11.0),
            Self::Declared => ("run-book-declared", ColumnKind::Amount, 13.5),
            Self::Filing => ("run-book-filing", ColumnKind::Text, 9.0),
            Self::RecoverableUntil => ("run-book-recoverable-until", ColumnKind::Date, 11.0),
            Self::LateFee => ("run-book-late-fee", ColumnKind::Amount, 12.0),
            Self::TaxOffice => ("run-book-tax-office", ColumnKind::Wrapped, 12.0),
            Self::LookFirst => ("run-book-look-first", ColumnKind::Wrapped, 24.0),
            Self::Formula => ("run-book-formula", ColumnKind::Wrapped, 32.0),
            Self::Figures => ("run-book-parameters", ColumnKind::Wrapped, 26.0),
            Self::Narrow => ("run-book-narrow", ColumnKind::Wrapped, 12.0),
            Self::Evidence => ("run-book-evidence", ColumnKind::Wrapped, 30.0),
        }
    }
}
