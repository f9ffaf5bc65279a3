//! Identifiers in cells: what holds is kept as it should be written, what fails its check digit is kept and told, what
//! has another shape is no identifier.
//!
//! A few genuine codes fail their check digit, so it never blocks. Of a code that a spreadsheet turned into a figure the
//! last digits are gone for good, so it always does.

use super::reading::{Fault, Lens, Reading, Stored, digits_lost, kept};
use crate::catalog::{ColumnType, Severity};
use crate::codes::{
    CodeKind, CodeReport, PersonDigest, TaxId, check_as, is_certificate, is_like_old_citizen, may_be_certificate,
    may_be_personal, normalise,
};
use crate::messages::Message;

/// Notices of a code whose shape is right and whose check digit is not.
const DIGIT_NOTICES: [&str; 8] = [
    "codes-check-digit-genuine",
    "codes-organisation-digit",
    "codes-registration-digit",
    "codes-registration-or-tax-id",
    "codes-registration-or-citizen-id",
    "codes-tax-id-digit",
    "codes-citizen-digit",
    "codes-disability-citizen",
];

/// Reads a cell of a column of identifiers.
///
/// # Errors
/// It is no identifier of the column's kind, or what a spreadsheet left of one.
pub fn read_identifier(lens: &Lens<'_>, text: &str, out: &mut String) -> Result<Reading, Box<Fault>> {
    let is_code = lens.column.column_type.is_code_of_organisation() && !lens.column.personal;
    if is_code && PersonDigest::of_code(text).is_some() {
        // As an export of this program gives it.
        return Ok(kept(text, false, out));
    }
    let today = lens.when().today;
    let report = match lens.column.column_type {
        ColumnType::Uscc => check_enterprise(text, lens),
        ColumnType::OrganisationCode => check_with_others(CodeKind::OrganisationCode, text, lens),
        ColumnType::RegistrationNumber => check_with_others(CodeKind::RegistrationNumber, text, lens),
        ColumnType::TaxId => check_as(CodeKind::TaxId, text, today),
        ColumnType::CitizenId => check_with_others(CodeKind::CitizenId, text, lens),
        _ => check_as(CodeKind::DisabilityCertificate, text, today),
    };
    if is_code && is_of_person(&normalise(text)) {
        return Ok(persons_number(text, lens, out));
    }
    if report.verdict.holds() {
        return Ok(held(&report, text, out));
    }
    if is_code && let Some(number) = persons_number_between(text) {
        return Ok(persons_number(&number, lens, out));
    }
    let notice = report.notice.clone().unwrap_or_else(|| Message::new("intake-not-an-identifier").with("value", text));
    if notice.key == "codes-scientific" {
        return Err(digits_lost(lens, text));
    }
    if DIGIT_NOTICES.contains(&notice.key.as_ref()) {
        let normal = normalise(text);
        let fault = fault_of("check-digit", notice, &report).with_severity(Severity::Warning);
        let mut reading = kept(&normal, normal != text, out);
        reading.warning = Some(fault);
        return Ok(reading);
    }
    if lens.column.column_type == ColumnType::CitizenId && is_other_certificate(text) {
        let mut reading = kept(text, false, out);
        let fault = lens.fault("identifier", "intake-other-certificate", text);
        reading.warning = Some(fault.with_severity(Severity::Warning));
        return Ok(reading);
    }
    Err(fault_of("identifier", notice, &report))
}

/// What may be a person's in a column of codes; of some only the whole row tells.
fn is_of_person(normal: &str) -> bool {
    may_be_personal(normal) || is_like_old_citizen(normal) || is_certificate(normal) || may_be_certificate(normal)
}

/// The signs of a person's number that stands between signs of other sorts: `652323.19800315.1235`.
fn persons_number_between(text: &str) -> Option<String> {
    let normal = normalise(text);
    let bare: String = normal.chars().filter(char::is_ascii_alphanumeric).collect();
    // Words beside it are for whoever looks for a number in a text.
    let is_cut = bare.len() < normal.len() && normal.chars().all(|sign| sign.is_ascii() || !sign.is_alphabetic());
    (is_cut && may_be_personal(&bare)).then_some(bare)
}

/// A person's number where the code of an organisation is asked for; of fifteen digits that hold as the number of a
/// licence too the whole row decides.
fn persons_number(text: &str, lens: &Lens<'_>, out: &mut String) -> Reading {
    let normal = normalise(text);
    let number = match TaxId::parse(&normal, lens.when().today) {
        Some(TaxId::Person(citizen)) if !is_like_old_citizen(&normal) => citizen.as_str().to_owned(),
        _ => normal.into_owned(),
    };
    let from = out.len() as u32;
    out.push_str(&number);
    Reading { value: Stored::Person(from, out.len() as u32), ..Reading::default() }
}

fn held(report: &CodeReport, text: &str, out: &mut String) -> Reading {
    let code = report.code(text).unwrap_or(text);
    kept(code, code != text, out)
}

fn fault_of(rule: &'static str, notice: Message, report: &CodeReport) -> Box<Fault> {
    let mend = match &report.suggestion {
        Some(suggestion) => Message::new("intake-mend-suggestion").with("suggestion", suggestion),
        None => Message::new("intake-mend-identifier"),
    };
    Fault::new(rule, notice, mend)
}

/// A column for the unified code takes what it replaced too: nine signs are an organisation code, fifteen and thirteen a
/// registration number or an old tax id, twenty a tax id of a person.
fn check_enterprise(text: &str, lens: &Lens<'_>) -> CodeReport {
    let today = lens.when().today;
    let normal = normalise(text);
    let kind = match normal.chars().filter(|sign| *sign != '-').count() {
        9 if normal.is_ascii() => CodeKind::OrganisationCode,
        13 => CodeKind::RegistrationNumber,
        15 => {
            let as_number = check_as(CodeKind::RegistrationNumber, text, today);
            let as_tax_id = check_as(CodeKind::TaxId, text, today);
            return if as_number.verdict.holds() || !as_tax_id.verdict.holds() { as_number } else { as_tax_id };
        }
        16 | 17 | 19 => CodeKind::Uscc,
        20 => CodeKind::TaxId,
        18 => return check_with_others(CodeKind::Uscc, text, lens),
        _ => CodeKind::Uscc,
    };
    check_as(kind, text, today)
}

/// A code of another kind that holds is kept: the party's columns are put in order once the whole row is read.
fn check_with_others(kind: CodeKind, text: &str, lens: &Lens<'_>) -> CodeReport {
    let today = lens.when().today;
    let own = check_as(kind, text, today);
    if own.verdict.holds() || lens.column.party.is_none() {
        return own;
    }
    let others = [CodeKind::Uscc, CodeKind::CitizenId, CodeKind::OrganisationCode, CodeKind::RegistrationNumber];
    let mut reports = others.into_iter().filter(|other| *other != kind).map(|other| check_as(other, text, today));
    reports.find(|report| report.verdict.holds()).unwrap_or(own)
}

/// A passport, a permit of residence, an officer's card: letters and digits, no masked sign, not merely a citizen's
/// number with a digit too few or too many.
fn is_other_certificate(text: &str) -> bool {
    let signs = text.chars().count();
    let digits_only = text.bytes().all(|sign| sign.is_ascii_digit());
    let plain = text.chars().all(|sign| sign.is_alphanumeric() || "-()（）〔〕第号字".contains(sign));
    let has_digit = text.bytes().filter(u8::is_ascii_digit).count() >= 5;
    let near_citizen = text.len() >= 15 && text.bytes().filter(u8::is_ascii_digit).count() >= 14;
    plain && has_digit && (5..=30).contains(&signs) && !digits_only && !near_citizen
        || digits_only && (7..=12).contains(&signs)
}
