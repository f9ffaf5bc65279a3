//! Facts from the law's text: what happens, what the law makes of it, and the answer, written by somebody who read law
//! and statement and no program.
//!
//! They stand in `demo/facts/*.yaml`. [`read`] reads them, [`check`] holds them against the catalogue, [`cast`] finds made-up
//! taxpayers and places for a copy of one, [`plant`] puts its rows among those of the county. Every amount is the
//! file's: this part knows no rate and computes no tax, or it would share the mistakes it is there to show.

mod cast;
mod check;
mod plant;
mod read;

use std::sync::LazyLock;

use chrono::NaiveDate;
use gongzhi_core::catalog::Problem;
use gongzhi_core::period::Period;
use include_dir::{Dir, include_dir};
use rust_decimal::Decimal;

pub use plant::{PlantedFact, plant};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../demo/facts");
static EMBEDDED: LazyLock<(Vec<Fact>, Vec<Problem>)> = LazyLock::new(|| {
    let (mut facts, mut problems) = (Vec::new(), Vec::new());
    for file in FILES.files() {
        let path = format!("demo/facts/{}", file.path().to_string_lossy());
        if let (Some(text), true) = (file.contents_utf8(), path.ends_with(".yaml")) {
            facts.extend(read::read(&path, text, &mut problems));
        }
    }
    (facts, problems)
});

/// The facts the program carries, with everything that could not be understood of them.
pub fn embedded() -> (&'static [Fact], &'static [Problem]) {
    (&EMBEDDED.0, &EMBEDDED.1)
}

/// The year whose county the facts are planted in, and the day from which they are told.
pub const TOLD_FROM: (i32, NaiveDate) = (2025, day(2026, 4, 17));
/// From this day to the one before [`TOLD_FROM`] the facts say everything that the tax side holds of their parties.
pub const COVERED_FROM: NaiveDate = day(2019, 1, 1);

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MIN,
    }
}

/// What tempts a careless reader to a lead that is none, or to overlook one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tempting {
    /// Nothing: a plain fact.
    None,
    /// Paid under a former name.
    OldName,
    /// Paid by a branch.
    Branch,
    /// Paid under another item of the tax.
    OtherItem,
    /// The day to file has not come.
    BeforeFilingDay,
    /// Too long ago to be recovered.
    OutOfTime,
    /// Paid, or owed, in another county.
    OtherCounty,
    /// Paid for a source that names no parcel.
    SourceWithoutParcel,
    /// Liquidated before.
    LiquidatedBefore,
}

impl Tempting {
    /// All of them, with their words in the files.
    pub const ALL: [(&'static str, Self); 9] = [
        ("none", Self::None),
        ("old_name", Self::OldName),
        ("branch", Self::Branch),
        ("other_item", Self::OtherItem),
        ("before_filing_day", Self::BeforeFilingDay),
        ("out_of_time", Self::OutOfTime),
        ("other_county", Self::OtherCounty),
        ("source_without_parcel", Self::SourceWithoutParcel),
        ("liquidated_before", Self::LiquidatedBefore),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, tempting)| *tempting == self).map_or("", |(word, _)| word)
    }
}

/// What sort of taxpayer plays a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A company.
    Company,
    /// A company that builds.
    Builder,
    /// A company that develops real estate.
    Developer,
    /// An individual's business.
    SoleTrader,
    /// An enterprise of one owner, no company.
    SoleProprietorship,
    /// A partnership.
    Partnership,
    /// A branch of another party.
    Branch,
    /// A farmers' cooperative.
    Cooperative,
    /// A village committee.
    Village,
    /// An office, a school, a hospital.
    PublicBody,
    /// A natural person.
    Person,
}

impl Sort {
    /// All of them, with their words in the files.
    pub const ALL: [(&'static str, Self); 11] = [
        ("company", Self::Company),
        ("builder", Self::Builder),
        ("developer", Self::Developer),
        ("sole_trader", Self::SoleTrader),
        ("sole_proprietorship", Self::SoleProprietorship),
        ("partnership", Self::Partnership),
        ("branch", Self::Branch),
        ("cooperative", Self::Cooperative),
        ("village", Self::Village),
        ("public_body", Self::PublicBody),
        ("person", Self::Person),
    ];
}

/// A fact.
#[derive(Debug, Clone)]
pub struct Fact {
    /// File it stands in.
    pub file: String,
    /// Line it begins on.
    pub line: usize,
    /// Model that is asked.
    pub model: String,
    /// Its name within the file.
    pub key: String,
    /// What tempts.
    pub tempting: Tempting,
    /// Its deals are plainly below the county's prices, and mean to be.
    pub low_price: bool,
    /// Who plays.
    pub parties: Vec<Party>,
    /// What units report.
    pub reported: Vec<Row>,
    /// What the tax side holds.
    pub tax_side: Vec<Row>,
    /// The leads that are right; all others are wrong.
    pub leads: Vec<Answer>,
}

impl Fact {
    /// The party with this name.
    pub fn find_party(&self, name: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.name == name)
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.reported.iter().chain(&self.tax_side)
    }
}

/// Somebody in a fact, made up anew for every copy.
#[derive(Debug, Clone)]
pub struct Party {
    /// Name within the fact.
    pub name: String,
    /// Line.
    pub line: usize,
    /// Sort.
    pub sort: Sort,
    /// The party whose branch it is.
    pub of: Option<String>,
    /// VAT payer: `general`, `small_scale`, `none`; nothing when the registration doesn't say.
    pub vat: Option<String>,
    /// Small-profit enterprise; nothing when nobody knows.
    pub small_profit: Option<bool>,
    /// Division code of the seat; nothing for this county.
    pub seat: Option<String>,
    /// Whether the tax registration of the county has a row; nothing: it has.
    pub registered: Option<bool>,
    /// It had another name once.
    pub former_name: bool,
    /// Kind and degree of a person's disability.
    pub disability: [Option<String>; 2],
    /// Other columns of its registration.
    pub registration: Vec<(String, String)>,
}

/// A row of an item or of a table of the tax side.
#[derive(Debug, Clone)]
pub struct Row {
    /// Line.
    pub line: usize,
    /// `item.kind`.
    pub kind: String,
    /// Period of the sheet; the tax side's follows from the row's days.
    pub period: Option<Period>,
    /// Party or column, and what stands there.
    pub cells: Vec<(String, String)>,
}

/// A lead that is right.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Line.
    pub line: usize,
    /// Party.
    pub taxpayer: String,
    /// Period of the lead.
    pub period: String,
    /// What is missing, where the model asks for an amount.
    pub gap_yuan: Option<Decimal>,
    /// What is found in words, where it asks for none.
    pub finding: Option<String>,
}

#[cfg(test)]
mod tests;
