//! What one kind asks of every row, worked out once a file: columns by position, code lists as maps, rules by position.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::lookup::{CodeLookup, RegionLookup};
use super::numbered;
use crate::catalog::{Catalog, ColumnType, Item, Kind, Measure, Origin, PartyPart, Rule, Severity};
use crate::period::Period;

/// One column of a kind, ready for checking.
#[derive(Debug, Clone)]
pub struct ColumnPlan {
    /// Key.
    pub key: String,
    /// Header in the catalogue.
    pub header: String,
    /// What it holds.
    pub column_type: ColumnType,
    /// What a figure is kept in.
    pub measure: Option<Measure>,
    /// An empty cell blocks.
    pub required: bool,
    /// Its problems warn and never block.
    pub extension: bool,
    /// Its values go to the personal part of a batch and are shown masked.
    pub personal: bool,
    /// Not collected: the office has not opened it, or the template version doesn't have it.
    pub closed: bool,
    /// Least value.
    pub min: Option<Decimal>,
    /// Greatest value.
    pub max: Option<Decimal>,
    /// Most signs.
    pub length: usize,
    /// Codes by every spelling.
    pub codes: Option<CodeLookup>,
    /// Its position among the kind's parties, and as what.
    pub party: Option<(usize, PartyPart)>,
    /// It is the column 信息所属时间期间.
    pub is_info_period: bool,
    /// It holds the number of a thing: a project, a permit, a parcel.
    pub is_number: bool,
}

impl ColumnPlan {
    /// Whether it says of which month or period a row's figures are: next period's row of the same thing has another.
    pub(super) fn says_when(&self) -> bool {
        self.is_info_period || self.column_type == ColumnType::Month
    }
}

/// What an empty cell of a column takes from what the sheet says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Position of the column.
    pub column: usize,
    /// What it takes.
    pub text: String,
}

/// The columns of one party by part.
#[derive(Debug, Clone, Copy, Default)]
pub struct PartyPlan {
    /// Unified social credit code.
    pub uscc: Option<usize>,
    /// Organisation code.
    pub organisation_code: Option<usize>,
    /// Registration number.
    pub registration_number: Option<usize>,
    /// A person's certificate.
    pub citizen_id: Option<usize>,
}

/// A rule over several columns of a row, by positions.
#[derive(Debug, Clone)]
pub struct RulePlan {
    /// What it says.
    pub check: RowCheck,
    /// Whether breaking it blocks.
    pub severity: Severity,
}

/// What a rule says; positions of columns throughout.
#[derive(Debug, Clone)]
pub enum RowCheck {
    /// First ≤ second, days or figures.
    Order(usize, usize),
    /// Figure first ≤ figure second.
    AtMost(usize, usize),
    /// total = Σ parts.
    Sum(usize, Vec<usize>, Decimal),
    /// result = Π factors.
    Product(usize, Vec<usize>, Decimal),
    /// At least one is filled.
    AnyOf(Vec<usize>),
    /// The first must be filled when the second is one of these.
    RequiredIf(usize, usize, Vec<String>),
    /// The day lies in the period.
    WithinPeriod(usize),
    /// The day is not after the day of intake.
    NotFuture(usize),
    /// The certificate agrees with citizen, kind, degree.
    SameDisability(usize, [Option<usize>; 3]),
    /// The permit begins with the code.
    SamePermit(usize, usize),
}

/// When a sheet is checked, and for which period and place.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// Period of the sheet.
    pub period: Period,
    /// Region of the unit: of several places with one name the one in it is meant.
    pub region: String,
    /// Day of intake.
    pub today: NaiveDate,
}

/// A kind, ready for checking.
#[derive(Debug, Clone)]
pub struct KindPlan {
    /// Key of the item.
    pub item: String,
    /// Key of the kind.
    pub kind: String,
    /// It is one of the tax bureau's own tables.
    pub is_tax_side: bool,
    /// Version of the template.
    pub version: u32,
    /// Columns, at the positions they have in [`Kind::columns`].
    pub columns: Vec<ColumnPlan>,
    /// Parties, at the positions they have in [`Kind::parties`].
    pub parties: Vec<PartyPlan>,
    /// Rules of a row.
    pub rules: Vec<RulePlan>,
    /// Sets of columns that no two rows share, with whether sharing blocks; the kind's key is the first.
    pub unique: Vec<UniquePlan>,
    /// Columns whose empty cells take what the sheet says of itself.
    pub standing: Vec<Standing>,
    /// Places.
    pub regions: Arc<RegionLookup>,
    /// When and where.
    pub circumstances: Circumstances,
}

/// Columns that no two rows share.
#[derive(Debug, Clone)]
pub struct UniquePlan {
    /// Positions; empty: the whole row.
    pub columns: Vec<usize>,
    /// Whether sharing blocks.
    pub severity: Severity,
    /// It is the kind's key.
    pub is_key: bool,
}

impl KindPlan {
    /// Whether a column is one of those that together say which thing a row is about.
    pub(super) fn is_in_key(&self, column: usize) -> bool {
        self.unique.first().is_some_and(|key| key.columns.contains(&column))
    }

    /// Works a kind out.
    pub fn new(catalog: &Catalog, item: &Item, kind: &Kind, regions: Arc<RegionLookup>, when: Circumstances) -> Self {
        let day = when.period.last_day();
        let version = item.version_on(day);
        let at = |key: &str| kind.columns.iter().position(|column| column.key == key);
        let columns: Vec<ColumnPlan> =
            kind.columns
                .iter()
                .map(|column| ColumnPlan {
                    key: column.key.clone(),
                    header: column.name.zh.clone(),
                    column_type: column.column_type,
                    measure: column.measure,
                    required: column.required && column.is_in(version) && !column.closed,
                    extension: column.origin == Origin::Extension,
                    personal: column.class.is_personal(),
                    closed: column.closed || !column.is_in(version),
                    min: column.min,
                    max: column.max,
                    length: usize::try_from(column.length).unwrap_or(usize::MAX),
                    codes: CodeLookup::new(column, catalog, day),
                    party: column.party.as_ref().and_then(|(key, part)| {
                        Some((kind.parties.iter().position(|party| party.key == *key)?, *part))
                    }),
                    is_info_period: column.column_type == ColumnType::Period && column.key == "info_period",
                    is_number: numbered::is_number(column),
                })
                .collect();
        let party = |key: &str| {
            let part = |part| kind.find_party_column(key, part).and_then(|column| at(&column.key));
            PartyPlan {
                uscc: part(PartyPart::Uscc),
                organisation_code: part(PartyPart::OrganisationCode),
                registration_number: part(PartyPart::RegistrationNumber),
                citizen_id: part(PartyPart::CitizenId),
            }
        };
        Self {
            item: item.key.clone(),
            kind: kind.key.clone(),
            is_tax_side: item.is_tax_side(),
            version,
            standing: standing_of(kind, &columns, &when),
            columns,
            parties: kind.parties.iter().map(|known| party(&known.key)).collect(),
            rules: rules_of(kind),
            unique: unique_of(kind),
            regions,
            circumstances: when,
        }
    }
}

/// The period of the information is the sheet's in every kind; a month of the key is the sheet's where the sheet is of one,
/// a region of the key the unit's.
fn standing_of(kind: &Kind, columns: &[ColumnPlan], when: &Circumstances) -> Vec<Standing> {
    let of_column = |(column, plan): (usize, &ColumnPlan)| {
        let is_in_key = kind.key_columns.contains(&plan.key);
        let text = match (plan.column_type, when.period) {
            (_, period) if plan.is_info_period => period.to_string(),
            (ColumnType::Month, period @ Period::Month(..)) if is_in_key => period.to_string(),
            (ColumnType::Region, _) if is_in_key => when.region.get(..6).unwrap_or(&when.region).to_owned(),
            _ => return None,
        };
        (!plan.closed && !text.is_empty()).then_some(Standing { column, text })
    };
    columns.iter().enumerate().filter_map(of_column).collect()
}

/// Rules that touch an extension column warn and never block, whatever the template says.
fn severity_of(kind: &Kind, columns: &[&str], stated: Severity) -> Severity {
    let extension =
        columns.iter().filter_map(|key| kind.find_column(key)).any(|column| column.origin == Origin::Extension);
    if extension { Severity::Warning } else { stated }
}

fn rules_of(kind: &Kind) -> Vec<RulePlan> {
    let at = |key: &str| kind.columns.iter().position(|column| column.key == key);
    let all = |keys: &[String]| keys.iter().map(|key| at(key)).collect::<Option<Vec<usize>>>();
    let one = |key: &Option<String>| key.as_deref().and_then(at);
    let check = |rule: &Rule| {
        Some(match rule {
            Rule::Order(a, b) => RowCheck::Order(at(a)?, at(b)?),
            Rule::AtMost(a, b) => RowCheck::AtMost(at(a)?, at(b)?),
            Rule::Sum { total, parts, tolerance } => RowCheck::Sum(at(total)?, all(parts)?, *tolerance),
            Rule::Product { result, factors, tolerance } => RowCheck::Product(at(result)?, all(factors)?, *tolerance),
            Rule::AnyOf(columns) => RowCheck::AnyOf(all(columns)?),
            Rule::RequiredIf { column, when, equals } => RowCheck::RequiredIf(at(column)?, at(when)?, equals.clone()),
            Rule::WithinPeriod(column) => RowCheck::WithinPeriod(at(column)?),
            Rule::NotFuture(column) => RowCheck::NotFuture(at(column)?),
            Rule::SameDisability { certificate, citizen, kind, degree } => {
                RowCheck::SameDisability(at(certificate)?, [one(citizen), one(kind), one(degree)])
            }
            Rule::SamePermit { permit, uscc } => RowCheck::SamePermit(at(permit)?, at(uscc)?),
            Rule::Unique(_) => return None,
        })
    };
    let plan = |rule: &crate::catalog::RowRule| {
        Some(RulePlan { check: check(&rule.rule)?, severity: severity_of(kind, &rule.rule.columns(), rule.severity) })
    };
    kind.rules.iter().filter_map(plan).collect()
}

/// The kind's key first, then what the template says is unique. Of a kind without key two rows alike are only told.
fn unique_of(kind: &Kind) -> Vec<UniquePlan> {
    let at = |keys: &[String]| {
        keys.iter().filter_map(|key| kind.columns.iter().position(|column| column.key == *key)).collect::<Vec<_>>()
    };
    let severity = if kind.key_columns.is_empty() { Severity::Warning } else { Severity::Error };
    let key = UniquePlan { columns: at(&kind.key_columns), severity, is_key: true };
    let stated = kind.rules.iter().filter_map(|rule| match &rule.rule {
        Rule::Unique(columns) => {
            let names: Vec<&str> = columns.iter().map(String::as_str).collect();
            let severity = severity_of(kind, &names, rule.severity);
            Some(UniquePlan { columns: at(columns), severity, is_key: false })
        }
        _ => None,
    });
    std::iter::once(key).chain(stated).collect()
}
