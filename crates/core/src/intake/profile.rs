//! Layout profiles: how the export of a foreign system maps to a kind.
//!
//! A unit's own system names its columns in its own way. The first time, the program proposes what each header could mean
//! and writes it to a file; a person completes and confirms it once; from then on it is used without asking as long as
//! the headers stay the same. The file is JSON that a person can read and edit.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bookkeeping::{Own, own};
use super::claim::Claim;
use super::header::{self, KindHeaders};
use super::lookup::{Code, CodeLookup};
use super::measured;
use crate::catalog::{Kind, Measure};

/// What a foreign header is used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "use")]
pub enum Use {
    /// A column of the kind.
    Column {
        /// Its key.
        column: String,
        /// What the sheet's figures are measured in; absent: what the template keeps.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measure: Option<String>,
        /// The system's own codes and what they mean here.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        codes: BTreeMap<String, String>,
    },
    /// What the row does (新增, 变更, 撤销).
    Action,
    /// Not kept.
    Ignore,
    /// Nobody has decided yet: a profile that holds one can't be confirmed.
    Undecided,
}

impl Use {
    /// Whether both say the same, the system's own codes aside.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Column { column, measure, .. }, Self::Column { column: other, measure: others, .. }) => {
                column == other && measure == others
            }
            (one, other) => one == other,
        }
    }
}

/// Whether a profile may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The program's proposal.
    Proposed,
    /// A person has confirmed it.
    Confirmed,
}

/// One header and its use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderUse {
    /// The header as the sheet has it.
    pub header: String,
    /// What it is used for.
    #[serde(flatten)]
    pub used: Use,
}

/// How one layout of a unit maps to a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutProfile {
    /// The unit; empty: any.
    #[serde(default)]
    pub unit: String,
    /// `item.kind`.
    pub kind: String,
    /// Whether it may be used.
    pub status: Status,
    /// The post that confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<String>,
    /// The day it was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_on: Option<chrono::NaiveDate>,
    /// Headers in the order of the sheet.
    pub headers: Vec<HeaderUse>,
}

/// Why a profile can't be confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileFault {
    /// The headers nobody has decided on.
    Undecided(Vec<String>),
    /// A header maps to a column the kind doesn't have.
    NoSuchColumn(String),
    /// Two headers map to one column.
    ColumnTwice(String),
    /// A measure that doesn't exist or measures something else.
    BadMeasure(String),
    /// Columns that must be filled and that no header maps to.
    RequiredUnmapped(Vec<String>),
}

/// Why a header's use can't be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetFault {
    /// The profile has no such header.
    NoSuchHeader(String),
    /// The kind has no such column; the headers of those it has, what was perhaps meant first.
    NoSuchColumn {
        /// What was given.
        word: String,
        /// The header spelt most like it.
        nearest: Option<String>,
        /// Every header.
        known: Vec<String>,
    },
    /// The header states a measure that its figures can't have in that column.
    BadMeasure {
        /// The header.
        header: String,
        /// The column.
        column: String,
        /// Measures that can be written.
        known: String,
    },
}

impl LayoutProfile {
    /// Proposes a profile: known headers as they are known, counting columns ignored, the rest by the nearest name of a
    /// column that nothing else maps to, else undecided.
    pub fn propose<'a>(kind: &Kind, headers: &KindHeaders, unit: &str, names: impl Iterator<Item = &'a str>) -> Self {
        let mut taken = vec![false; kind.columns.len()];
        let names: Vec<&str> = names.filter(|name| !header::is_blank(name)).collect();
        let mut uses: Vec<Option<Use>> = Vec::with_capacity(names.len());
        for name in &names {
            let found = headers.find(name).filter(|found| !taken[found.column]);
            uses.push(match found {
                Some(found) => {
                    taken[found.column] = true;
                    Some(Self::column_use(kind, found.column, found.claim.as_ref()))
                }
                None if header::is_action(name) => Some(Use::Action),
                None if header::is_counting(name) || header::is_remark(name) => Some(Use::Ignore),
                None if own(name) == Some(Own::Surely) => Some(Use::Ignore),
                None => None,
            });
        }
        let uses = names.iter().zip(uses).map(|(name, used)| {
            let used = used.unwrap_or_else(|| Self::nearest_use(kind, headers, name, &mut taken));
            HeaderUse { header: (*name).to_owned(), used }
        });
        Self {
            unit: unit.to_owned(),
            headers: uses.collect(),
            kind: format!("{}.{}", headers.item, headers.kind),
            status: Status::Proposed,
            confirmed_by: None,
            confirmed_on: None,
        }
    }

    /// The column with the measure its header states; one that can't be followed a person must decide on.
    pub(super) fn column_use(kind: &Kind, at: usize, claim: Option<&Claim>) -> Use {
        let column = &kind.columns[at];
        let measure = match (claim, column.measure) {
            (Some(Claim::Known(stated) | Claim::Per { measure: stated, .. }), Some(kept)) => {
                let weak = matches!(stated, Measure::Month | Measure::Year);
                match stated.factor_to(kept) {
                    Some(_) => Some(*stated).filter(|stated| *stated != kept),
                    None if weak || kept == Measure::Other => None,
                    None => return Use::Undecided,
                }
            }
            (Some(Claim::Unknown { .. }), Some(kept)) if kept != Measure::Other => return Use::Undecided,
            _ => None,
        };
        let measure = measure.map(|measure| measure.key().to_owned());
        Use::Column { column: column.key.clone(), measure, codes: BTreeMap::new() }
    }

    fn nearest_use(kind: &Kind, headers: &KindHeaders, name: &str, taken: &mut [bool]) -> Use {
        let nearest = headers.nearest(name, kind);
        let at = nearest.and_then(|near| kind.columns.iter().position(|column| column.name.zh == near));
        match at.filter(|at| !taken[*at]) {
            Some(at) => {
                taken[at] = true;
                Self::column_use(kind, at, header::claim_in(name).as_ref())
            }
            None => Use::Undecided,
        }
    }

    /// Decides what a header is used for, in people's words: a column by its key or header, `ignore`, `action`. Whoever
    /// changes a confirmed profile confirms it again; what was so already changes nothing.
    ///
    /// # Errors
    /// The profile has no such header, the kind no such column, or the column no such measure.
    pub fn set(&mut self, (header, word): (&str, &str), kind: &Kind, headers: &KindHeaders) -> Result<(), SetFault> {
        let folded = header::fold(header);
        let known = self.headers.iter_mut().find(|known| header::fold(&known.header) == folded);
        let known = known.ok_or_else(|| SetFault::NoSuchHeader(header.to_owned()))?;
        let used = match word.trim() {
            "ignore" | "忽略" | "不收" => Use::Ignore,
            word if word == "action" || header::is_action(word) => Use::Action,
            word => {
                let open = |found: &header::HeaderMatch| !kind.columns[found.column].closed;
                let no_such = || SetFault::NoSuchColumn {
                    word: word.to_owned(),
                    nearest: headers.nearest(word, kind).map(str::to_owned),
                    known: kind.columns.iter().filter(|c| !c.closed).map(|column| column.name.zh.clone()).collect(),
                };
                let found = headers.find(word).filter(open).ok_or_else(no_such)?;
                let claim = found.claim.or_else(|| header::claim_in(&known.header));
                let used = Self::column_use(kind, found.column, claim.as_ref());
                let column = &kind.columns[found.column];
                let bad = || SetFault::BadMeasure {
                    header: known.header.clone(),
                    column: column.name.zh.clone(),
                    known: measured::understood(column.measure),
                };
                Some(used).filter(|used| *used != Use::Undecided).ok_or_else(bad)?
            }
        };
        // A person's translations of codes stay with the column they are of.
        if !known.used.is_same(&used) {
            known.used = used;
            (self.status, self.confirmed_by, self.confirmed_on) = (Status::Proposed, None, None);
        }
        Ok(())
    }

    /// What a header is used for.
    pub fn find(&self, name: &str) -> Option<&Use> {
        let folded = header::fold(name);
        self.headers.iter().find(|known| header::fold(&known.header) == folded).map(|known| &known.used)
    }

    /// Whether the profile is confirmed and made for exactly these headers.
    pub fn is_for<'a>(&self, names: impl Iterator<Item = &'a str>) -> bool {
        self.status == Status::Confirmed && self.fingerprint() == fingerprint(names)
    }

    /// The digest of the headers it was made for.
    pub fn fingerprint(&self) -> String {
        fingerprint(self.headers.iter().map(|known| known.header.as_str()))
    }

    /// Everything that keeps it from being confirmed.
    pub fn faults(&self, kind: &Kind) -> Vec<ProfileFault> {
        let mut faults = Vec::new();
        let undecided: Vec<String> = self
            .headers
            .iter()
            .filter(|known| known.used == Use::Undecided)
            .map(|known| known.header.clone())
            .collect();
        if !undecided.is_empty() {
            faults.push(ProfileFault::Undecided(undecided));
        }
        let mut seen: Vec<&str> = Vec::new();
        for known in &self.headers {
            let Use::Column { column, measure, .. } = &known.used else { continue };
            let Some(found) = kind.find_column(column) else {
                faults.push(ProfileFault::NoSuchColumn(column.clone()));
                continue;
            };
            if seen.contains(&column.as_str()) {
                faults.push(ProfileFault::ColumnTwice(column.clone()));
            }
            seen.push(column);
            let stated = measure.as_deref().map(Measure::read);
            let fits = |stated: Measure| found.measure.is_some_and(|kept| stated.factor_to(kept).is_some());
            if stated.is_some_and(|stated| !stated.is_ok_and(fits)) {
                faults.push(ProfileFault::BadMeasure(known.header.clone()));
            }
        }
        let unmapped = kind.columns.iter().filter(|c| c.required && !c.closed && !seen.contains(&c.key.as_str()));
        let unmapped: Vec<String> = unmapped.map(|column| column.name.zh.clone()).collect();
        if !unmapped.is_empty() {
            faults.push(ProfileFault::RequiredUnmapped(unmapped));
        }
        faults
    }
}

impl CodeLookup {
    /// The translations of a profile.
    pub(super) fn of_translations(codes: &BTreeMap<String, String>) -> Self {
        let mut lookup = Self::default();
        for (spelling, code) in codes {
            lookup.add(spelling, &Code { code: code.clone(), holds: true });
        }
        lookup
    }
}

/// The digest of a row of headers: the same headers in the same order give the same.
pub fn fingerprint<'a>(names: impl Iterator<Item = &'a str>) -> String {
    use hmac::digest::Digest;
    let mut digest = sm3::Sm3::new();
    for name in names.filter(|name| !header::is_blank(name)) {
        digest.update(header::fold(name).as_bytes());
        digest.update([0]);
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
