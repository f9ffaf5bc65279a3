//! What a project is, who builds it, and what its parties leave out.

use chrono::NaiveDate;
use gongzhi_core::period::Period;

/// What is built, and so who reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A street, a pipe, a park.
    Municipal,
    /// A road.
    Highway,
    /// A canal, a reservoir.
    Water,
    /// A plant.
    Industry,
    /// Houses for sale.
    RealEstate,
    /// A work for farming.
    Agriculture,
}

impl Sort {
    /// The office whose sheet says what was received.
    pub fn paid_in(self) -> Option<&'static str> {
        match self {
            Self::Municipal => Some("municipal_project.project"),
            Self::Highway => Some("highway_project.project"),
            Self::Water => Some("water_project.project"),
            Self::Industry => Some("investment_progress.progress"),
            Self::RealEstate | Self::Agriculture => None,
        }
    }
}

/// Where a builder comes from and what it does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builder {
    /// Seated here.
    Local,
    /// Seated in the prefecture: reports, does not prepay.
    Near,
    /// From farther away: reports and prepays.
    Far,
    /// From farther away: reports and prepays a part (hundredths).
    Prepaying(i64),
    /// From another province, unknown here.
    Unreported,
}

/// What the parties leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Omits {
    /// Nothing.
    Nothing,
    /// The owner pays so many hundredths of its stamp tax.
    OwnerStamp(i64),
    /// The builder does.
    BuilderStamp(i64),
    /// The owner registers no source of the building.
    Source,
}

/// A project.
#[derive(Debug, Clone)]
pub struct Project {
    /// What is built.
    pub sort: Sort,
    /// Name.
    pub name: String,
    /// Code.
    pub code: String,
    /// Taxpayer that has it built.
    pub owner: usize,
    /// Taxpayer that builds.
    pub builder: usize,
    /// Name of the township.
    pub township: &'static str,
    /// Price of the contract, with tax.
    pub contract_fen: i64,
    /// Day of the contract.
    pub contract_day: NaiveDate,
    /// Day on which building begins.
    pub start_day: NaiveDate,
    /// Day on which it ends.
    pub finish_day: NaiveDate,
    /// Month in which the builder is paid.
    pub paid_month: Period,
    /// What is paid then.
    pub paid_fen: i64,
    /// VAT by the simplified method.
    pub simplified: bool,
    /// Its rows say exactly who the parties are.
    pub exact: bool,
    /// What is left out.
    pub omits: Omits,
}
