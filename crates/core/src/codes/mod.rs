//! Identifiers with their check digits: what kind a value is, whether it holds, and what was probably meant.
//!
//! Two ways in. [`check`] is given any text and says which kind of code it is; the command `gongzhi code` is built on
//! it. [`check_as`] is given the kind that a template's column names and only judges; it allocates nothing when the
//! value is right, because intake calls it a million times. Typed values ([`Uscc`], [`OrganisationCode`],
//! [`RegistrationNumber`], [`TaxId`], [`CitizenId`], [`DisabilityCertificate`], [`DischargePermit`]) are for callers
//! that need the parts. Nothing is mended in silence: a sign that can be confused gives a suggestion, and a check digit
//! that fails is said to fail, with a word that a few genuine codes fail too.

mod citizen;
mod disability;
pub mod divisions;
mod judge;
mod organisation;
mod permit;
mod person;
mod persons_in_text;
mod registration;
mod tax;
mod text;
mod uscc;
mod within;

use chrono::NaiveDate;

pub(crate) use citizen::is_like_old_citizen;
pub use citizen::{CitizenId, is_certificate, may_be_certificate, may_be_personal};
pub use disability::DisabilityCertificate;
pub use divisions::{Division, Divisions};
pub use judge::{check, check_as};
pub use organisation::OrganisationCode;
pub use permit::{DischargePermit, ProjectCode, RealEstateUnit};
pub use person::{PERSON_PREFIX, PersonDigest, PersonKey};
pub(crate) use persons_in_text::find as find_persons;
pub use registration::RegistrationNumber;
pub use tax::TaxId;
pub use text::normalise;
pub(crate) use text::{is_blank, narrow};
pub use uscc::{Registrar, Uscc};

use crate::messages::Message;

/// What a value is, or what a column says it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeKind {
    /// 统一社会信用代码, GB 32100-2015.
    Uscc,
    /// 组织机构代码, GB 11714.
    OrganisationCode,
    /// 工商注册号, GS 15-2006, and the older one of 13 digits.
    RegistrationNumber,
    /// 纳税人识别号 of 15, 18 or 20 signs.
    TaxId,
    /// 公民身份号码, GB 11643, and the older one of 15 digits.
    CitizenId,
    /// 残疾人证号 of 20 or 22 signs.
    DisabilityCertificate,
    /// 排污许可证编号: a USCC, three digits and a letter.
    DischargePermit,
    /// 不动产单元号 of 28 signs, or its parcel of 19.
    RealEstateUnit,
    /// 投资项目代码, `2203-652323-04-01-123456`.
    ProjectCode,
    /// None of these.
    Other,
}

impl CodeKind {
    /// The name by which the kind is known in JSON and in the message keys. What `gongzhi code` has no word for is
    /// `other`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Uscc => "uscc",
            Self::OrganisationCode => "organisation_code",
            Self::RegistrationNumber => "registration_number",
            Self::TaxId => "tax_id",
            Self::CitizenId => "citizen_id",
            Self::DisabilityCertificate => "disability_certificate",
            Self::DischargePermit | Self::RealEstateUnit | Self::ProjectCode | Self::Other => "other",
        }
    }
}

/// Whether a code holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it stands.
    Valid,
    /// Once spaces, width, case and a hyphen are put right; [`CodeReport::normalised`] is the code.
    ValidAfterNormalise,
    /// It does not hold. A few genuine codes fail their check digit: the notice says so where that is possible.
    Invalid,
}

impl Verdict {
    /// The name in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::ValidAfterNormalise => "valid_after_normalise",
            Self::Invalid => "invalid",
        }
    }

    /// Whether the code can be used, as it stands or normalised.
    pub fn holds(self) -> bool {
        self != Self::Invalid
    }
}

/// What was found about one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeReport {
    /// Which kind of code it is taken for.
    pub kind: CodeKind,
    /// Whether it holds.
    pub verdict: Verdict,
    /// The code as it should be written, when that differs from the value.
    pub normalised: Option<String>,
    /// What was probably meant, when signs that look alike were confused. Never put in place by itself.
    pub suggestion: Option<String>,
    /// What a person should know: why it fails, or what is odd about a code that holds.
    pub notice: Option<Message>,
}

impl CodeReport {
    /// The code to work with: the normalised one, else the value itself. `None` when it does not hold.
    pub fn code<'a>(&'a self, value: &'a str) -> Option<&'a str> {
        self.verdict.holds().then(|| self.normalised.as_deref().unwrap_or(value))
    }
}

/// What one kind says of a text that is already narrowed, upper case and without spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    /// It holds.
    Holds,
    /// It holds, and a person should know something about it.
    HoldsWith(Message),
    /// It holds when written in this form instead (15 signs of a citizen id become 18).
    HoldsAs(String),
    /// It does not hold: why, and what was probably meant.
    Fails(Message, Option<String>),
}

/// The day on which values are judged: a birth date may not lie after it.
pub type Today = NaiveDate;
