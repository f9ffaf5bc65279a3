//! Templates: what a unit reports, item by item, kind by kind, column by column.
//!
//! A template file is one item. An item has record kinds (one sheet each); a kind has columns. A *party* in the file
//! (`party: builder`) stands for a group of columns that name one enterprise or person; it is expanded here, once, so
//! that everything after this module knows columns only, and for each the party it belongs to.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::content::Unit;
use super::measures::Measure;
use super::names::{Class, ColumnType, Frequency, Mark, Mode, Origin, Severity, Sharing};
use crate::messages::Bilingual;
use crate::period::Period;

/// The unit that provides the tables of the tax side.
pub const TAX_SIDE: &str = "tax_bureau";

/// One item of the catalogue, or one table of the tax side.
#[derive(Debug, Clone)]
pub struct Item {
    /// Key: the file's stem.
    pub key: String,
    /// Row of Annex 2, 1 to 40, or the next one a county adds; the tax side has none.
    pub number: Option<u32>,
    /// Name.
    pub name: Bilingual,
    /// Key of the unit that reports it; `townships` stands for every township.
    pub provider: String,
    /// How often.
    pub period: Frequency,
    /// When; none for items on demand and the tax side.
    pub due: Option<DueRule>,
    /// Full and differential sets.
    pub mode: Mode,
    /// Legal basis.
    pub basis: String,
    /// How it may be shared.
    pub sharing: Sharing,
    /// What it may be used for.
    pub purposes: Vec<String>,
    /// Versions with their days of effect, oldest first.
    pub versions: Vec<Version>,
    /// Record kinds, one sheet each.
    pub kinds: Vec<Kind>,
    /// The file it was read from, for problems found later.
    pub file: String,
}

/// A version of a template and the day it holds from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Number, from 1.
    pub version: u32,
    /// First day of effect.
    pub from: NaiveDate,
}

/// When an item falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRule {
    /// From what the days count.
    pub after: DueAfter,
    /// Days after it; the last one still counts as in time.
    pub days: u32,
    /// Working days instead of natural ones.
    pub working: bool,
    /// Whether a last day off moves to the next working day.
    pub shift: bool,
}

/// From what a deadline counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueAfter {
    /// The end of the period's last month.
    Month,
    /// The end of the quarter the period lies in.
    Quarter,
    /// The end of the year the period lies in.
    Year,
    /// A fixed day (month, day) of the year after the period's.
    FixedDay(u32, u32),
}

/// A sort of row: one sheet.
#[derive(Debug, Clone)]
pub struct Kind {
    /// Key within the item.
    pub key: String,
    /// Name.
    pub name: Bilingual,
    /// What exists, or what happened.
    pub mark: Mark,
    /// Columns that make a row the same row; empty: the whole row.
    pub key_columns: Vec<String>,
    /// Columns in the order of the sheet.
    pub columns: Vec<Column>,
    /// Identity groups.
    pub parties: Vec<Party>,
    /// Rules over several columns or rows.
    pub rules: Vec<RowRule>,
    /// Line of the file, for problems found later.
    pub line: usize,
}

/// One column of a kind.
#[derive(Debug, Clone)]
pub struct Column {
    /// Key, and name in SQL.
    pub key: String,
    /// Header.
    pub name: Bilingual,
    /// Other spellings of the header.
    pub aliases: Vec<String>,
    /// What it holds.
    pub column_type: ColumnType,
    /// What a figure is measured in, as kept.
    pub measure: Option<Measure>,
    /// What is counted in and what isn't (tax included, cumulative …).
    pub calibre: String,
    /// An empty cell blocks.
    pub required: bool,
    /// Least value.
    pub min: Option<Decimal>,
    /// Greatest value.
    pub max: Option<Decimal>,
    /// Code list.
    pub list: Option<String>,
    /// A short closed list written in the template.
    pub values: Vec<String>,
    /// Most signs of a text.
    pub length: u32,
    /// How well it is protected.
    pub class: Class,
    /// Who asks for it.
    pub origin: Origin,
    /// What it means, for the clerk.
    pub note: String,
    /// An example, for the clerk.
    pub example: String,
    /// Counted in completeness.
    pub expected: bool,
    /// Shipped closed: not in the sheet until the office opens it.
    pub closed: bool,
    /// First template version that has it.
    pub since: u32,
    /// First template version that no longer has it.
    pub retired: Option<u32>,
    /// The identity group it belongs to, and as what.
    pub party: Option<(String, PartyPart)>,
    /// Line of the file, for problems found later.
    pub line: usize,
}

/// What a column is to its identity group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum PartyPart {
    /// The name.
    Name,
    /// The unified social credit code.
    Uscc,
    /// The organisation code.
    OrganisationCode,
    /// The registration number.
    RegistrationNumber,
    /// A natural person's certificate.
    CitizenId,
}

impl PartyPart {
    /// The end of the column's key.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Uscc => "uscc",
            Self::OrganisationCode => "organisation_code",
            Self::RegistrationNumber => "registration_number",
            Self::CitizenId => "citizen_id",
        }
    }

    /// The end of the column's header.
    pub fn header(self) -> (&'static str, &'static str) {
        match self {
            Self::Name => ("名称", " name"),
            Self::Uscc => ("统一社会信用代码", " unified social credit code"),
            Self::OrganisationCode => ("组织机构代码", " organisation code"),
            Self::RegistrationNumber => ("工商注册号", " registration number"),
            Self::CitizenId => ("身份证号码", " citizen id"),
        }
    }

    /// The type of the column.
    pub fn column_type(self) -> ColumnType {
        match self {
            Self::Name => ColumnType::Text,
            Self::Uscc => ColumnType::Uscc,
            Self::OrganisationCode => ColumnType::OrganisationCode,
            Self::RegistrationNumber => ColumnType::RegistrationNumber,
            Self::CitizenId => ColumnType::CitizenId,
        }
    }
}

/// An identity group: the columns that name one enterprise or person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Key, the beginning of its columns' keys.
    pub key: String,
    /// Name.
    pub name: Bilingual,
    /// A natural person may stand there.
    pub person: bool,
}

/// A rule over several columns or rows, with its severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRule {
    /// What it says.
    pub rule: Rule,
    /// Whether breaking it blocks.
    pub severity: Severity,
    /// Line of the file, for problems found later.
    pub line: usize,
}

/// What a rule says; column keys throughout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Both filled: first ≤ second.
    Order(String, String),
    /// Figure first ≤ figure second.
    AtMost(String, String),
    /// total = Σ parts, within the tolerance.
    Sum {
        /// The total's column.
        total: String,
        /// The parts' columns.
        parts: Vec<String>,
        /// Greatest difference accepted.
        tolerance: Decimal,
    },
    /// result = Π factors, within the tolerance.
    Product {
        /// The result's column.
        result: String,
        /// The factors' columns.
        factors: Vec<String>,
        /// Greatest difference accepted.
        tolerance: Decimal,
    },
    /// At least one is filled.
    AnyOf(Vec<String>),
    /// `column` must be filled when `when` is one of `equals`.
    RequiredIf {
        /// The column that must be filled.
        column: String,
        /// The column that decides.
        when: String,
        /// Its values that make the other required.
        equals: Vec<String>,
    },
    /// The day lies in the sheet's period.
    WithinPeriod(String),
    /// The day is not after the day of intake.
    NotFuture(String),
    /// A disability certificate agrees with the person's number, kind and degree.
    SameDisability {
        /// Certificate.
        certificate: String,
        /// Citizen's number.
        citizen: Option<String>,
        /// Kind of disability.
        kind: Option<String>,
        /// Degree.
        degree: Option<String>,
    },
    /// A discharge permit begins with the code.
    SamePermit {
        /// Permit.
        permit: String,
        /// Code.
        uscc: String,
    },
    /// No two rows share the values.
    Unique(Vec<String>),
}

impl Item {
    /// Whether people call the item so: by its key, its name, or its number in the list.
    pub fn answers_to(&self, word: &str) -> bool {
        self.key == word || self.name.zh == word || (self.number.is_some() && word.parse().ok() == self.number)
    }

    /// Whether it is a table of the tax side: the tax bureau provides it. It owes no report and covers whatever stretch of
    /// the calendar its export covers. An item that a department provides is none, numbered or not.
    pub fn is_tax_side(&self) -> bool {
        self.provider == TAX_SIDE
    }

    /// Whether the unit of this key, or of this group, is the one that provides it.
    pub fn is_provided_by(&self, unit: &Unit) -> bool {
        unit.key == self.provider || unit.group.as_ref() == Some(&self.provider)
    }

    /// Whether a period is one the item is reported by. Events close monthly; the tax side and what is asked for on
    /// demand may cover any stretch of the calendar.
    pub fn fits(&self, period: Period) -> bool {
        match self.period {
            _ if self.is_tax_side() => true,
            Frequency::Month | Frequency::Event => matches!(period, Period::Month(..)),
            Frequency::Quarter => matches!(period, Period::Quarter(..)),
            Frequency::Year => matches!(period, Period::Year(_)),
            Frequency::Demand => true,
        }
    }

    /// The kind with this key.
    pub fn find_kind(&self, key: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.key == key)
    }

    /// The template version in force on a day; the first one before any.
    pub fn version_on(&self, day: NaiveDate) -> u32 {
        let in_force = self.versions.iter().rev().find(|version| version.from <= day);
        in_force.or(self.versions.first()).map_or(1, |version| version.version)
    }

    /// Name of a kind's view in SQL: `<item>_<kind>`. With [`BY_PERIOD`](super::BY_PERIOD) behind it: what each period
    /// said of its keys; with [`EVER`](super::EVER): everything ever reported.
    pub fn view_of(&self, kind: &Kind) -> String {
        format!("{}_{}", self.key, kind.key)
    }

    /// The highest class of all columns: how well the whole item is protected.
    pub fn class(&self) -> Class {
        let classes = self.kinds.iter().flat_map(|kind| kind.columns.iter().map(|column| column.class));
        classes.max().unwrap_or(Class::Internal)
    }
}

impl Kind {
    /// The column with this key.
    pub fn find_column(&self, key: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.key == key)
    }

    /// The column that says where a row belongs: the first that holds division codes and is nobody's own.
    pub fn find_place_column(&self) -> Option<&Column> {
        let is_place = |column: &&Column| column.column_type == ColumnType::Region && !column.class.is_personal();
        self.columns.iter().find(is_place)
    }

    /// Columns of a template version, in the order of the sheet; closed ones left out.
    pub fn columns_of(&self, version: u32) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(move |column| column.is_in(version) && !column.closed)
    }

    /// The column that is this part of a party.
    pub fn find_party_column(&self, party: &str, part: PartyPart) -> Option<&Column> {
        self.columns.iter().find(|column| column.party.as_ref().is_some_and(|(key, has)| key == party && *has == part))
    }
}

impl Column {
    /// Whether a template version has the column.
    pub fn is_in(&self, version: u32) -> bool {
        self.since <= version && self.retired.is_none_or(|retired| version < retired)
    }

    /// Every header under which the column is known: its name and its aliases.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.zh.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}
