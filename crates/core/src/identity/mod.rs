//! Which taxpayer a name or a code speaks of.
//!
//! An [`Index`] is built once over a registry and never changes; a link is a pure function of a [`Query`], the index
//! and the [`Decisions`] people have taken, so it can be computed anywhere, in any order, and comes out the same. Only
//! a [`Class::Certain`] match links by itself: a valid code agrees, or the normalised full name is unique in the index
//! and no code, region or branch disagrees. Codes that disagree beat names that agree. Natural persons are matched by
//! the keyed digest of their certificate number and never by name.
//!
//! How it is fast: exact codes and exact names are looked up in tables of hashes; a name with one slip (a sign wrong,
//! left out, put in, doubled, or two swapped) shares a key with the true name once one sign is left out of either; only
//! what neither finds is looked for by its rarest pairs of signs.

mod buckets;
mod build;
mod compare;
mod decisions;
mod find;
mod form;
mod index;
mod keys;
mod parts;
mod places;
mod readings;
mod search;
mod signs;
mod sounds;
mod subject;

pub use build::IndexBuilder;
pub use decisions::{Decision, Decisions};
pub use index::{Entry, Index};
pub use parts::{NameParts, split_name};
pub use places::Places;
pub use signs::normalise_name;
pub use subject::Subject;

use crate::codes::PersonDigest;

/// One taxpayer of a registry, as it was read. Texts that are absent are empty.
#[derive(Debug, Clone, Default)]
pub struct RegistryRecord {
    /// Unified social credit code, or whatever code the registry has for it.
    pub uscc: String,
    /// Full name. Left out of the index for a natural person.
    pub name: String,
    /// Address; a place named at its start tells the region when `region` is empty.
    pub address: String,
    /// Names it had before, and other names it is known by.
    pub former_names: Vec<String>,
    /// Organisation code, when it is not the one within the USCC.
    pub organisation_code: String,
    /// Number of the licence before 2015.
    pub registration_number: String,
    /// Taxpayer's number, when it is not the USCC.
    pub tax_id: String,
    /// Present region, six digits. Empty: taken from the address, else from the USCC (a weaker word: first region).
    pub region: String,
    /// Digest of the certificate number: of the natural person, or of the owner of an individual business.
    pub certificate: Option<PersonDigest>,
    /// A natural person: found by the certificate alone.
    pub is_natural_person: bool,
}

/// What a row says about whom it means. Texts that are absent are empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<'a> {
    /// Name of an organisation. Leave it empty for a natural person.
    pub name: &'a str,
    /// Unified social credit code, or what stands in its column: an older code there is understood too.
    pub uscc: &'a str,
    /// Organisation code.
    pub organisation_code: &'a str,
    /// Number of the licence before 2015.
    pub registration_number: &'a str,
    /// Taxpayer's number of 15, 18 or 20 signs.
    pub tax_id: &'a str,
    /// Region of the taxpayer, six digits, when the row states it. Not the region of the unit that reports.
    pub region: &'a str,
    /// Digest of a natural person's certificate number.
    pub certificate: Option<PersonDigest>,
}

/// How sure a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Nobody in the index is meant, as far as can be told.
    #[default]
    None,
    /// Somebody in the index may be meant: for people to look at.
    Possible,
    /// Somebody in the index is meant in all likelihood: a lead may rest on it, and is not dispatched by itself.
    Probable,
    /// The first candidate is meant: a link.
    Certain,
}

impl Class {
    /// The name in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Probable => "probable",
            Self::Possible => "possible",
            Self::None => "none",
        }
    }
}

/// Something that two records agree or differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A person has decided.
    Decision,
    /// Unified social credit code.
    Code,
    /// A code whose check digit fails is one slip away from the entry's.
    CodeNearly,
    /// Organisation code, given or within a tax id.
    OrganisationCode,
    /// Number of the licence before 2015.
    RegistrationNumber,
    /// Taxpayer's number.
    TaxId,
    /// Digest of a certificate number.
    Certificate,
    /// Normalised full name.
    Name,
    /// A former name or alias, normalised.
    FormerName,
    /// Place in the name or stated by the row.
    Region,
    /// Brand: what is left of the name without place, industry, form and branch.
    Brand,
    /// Line of business in the name.
    Industry,
    /// Legal form: limited, joint-stock, group.
    Form,
    /// Branch.
    Branch,
}

impl Mark {
    /// The name in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Code => "code",
            Self::CodeNearly => "code_nearly",
            Self::OrganisationCode => "organisation_code",
            Self::RegistrationNumber => "registration_number",
            Self::TaxId => "tax_id",
            Self::Certificate => "certificate",
            Self::Name => "name",
            Self::FormerName => "former_name",
            Self::Region => "region",
            Self::Brand => "brand",
            Self::Industry => "industry",
            Self::Form => "form",
            Self::Branch => "branch",
        }
    }
}

/// Place of an entry in its index: the number of its record, from 0, in the order of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u32);

/// One entry that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where it stands in the index.
    pub entry: EntryId,
    /// Its code, as the registry has it.
    pub uscc: String,
    /// Its present name, as the registry has it.
    pub name: String,
    /// Likeness in thousandths: 1000 is a code or a name that agrees wholly.
    pub score_thousandths: u16,
    /// What agreed.
    pub agree: Vec<Mark>,
    /// What didn't.
    pub differ: Vec<Mark>,
}

/// What came of a query.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Match {
    /// How sure the first candidate is.
    pub class: Class,
    /// Best first.
    pub candidates: Vec<Candidate>,
}

impl Match {
    /// The entry to link to by itself: the first candidate of a certain match.
    pub fn link(&self) -> Option<&Candidate> {
        self.candidates.first().filter(|_| self.class == Class::Certain)
    }
}

#[cfg(test)]
mod tests;
