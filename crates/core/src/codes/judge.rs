//! Tells which kind of code a text is, and turns what that kind finds into a report.

use std::borrow::Cow;

use super::{
    CitizenId, CodeKind, CodeReport, DisabilityCertificate, DischargePermit, Finding, OrganisationCode, ProjectCode,
    RealEstateUnit, Today, Uscc, Verdict, citizen, disability, normalise, organisation, permit, registration, tax,
    text, uscc, within,
};
use crate::messages::Message;

/// Judges a value of unknown kind. `today` is the day on which it is judged.
pub fn check(value: &str, today: Today) -> CodeReport {
    let normal = normalise(value);
    let kind = kind_of(&normal, today);
    if kind == CodeKind::Other {
        if let Some((kind, code, notice)) = within::find(&normal, &ENTERPRISES, today) {
            return suggested(kind, code, notice);
        }
        return CodeReport {
            kind,
            verdict: Verdict::Invalid,
            normalised: None,
            suggestion: None,
            notice: Some(why_no_code(&normal)),
        };
    }
    report(kind, normal, today)
}

/// Judges a value as the kind its column names. Allocates nothing when the value is right as it stands.
pub fn check_as(kind: CodeKind, value: &str, today: Today) -> CodeReport {
    let normal = normalise(value);
    if !normal.is_empty() && looks_scientific(&normal) {
        let notice = Some(Message::new("codes-scientific").with("value", value));
        return CodeReport { kind, verdict: Verdict::Invalid, normalised: None, suggestion: None, notice };
    }
    report(kind, normal, today)
}

/// Kinds that are looked for in a text that is none as a whole.
const ENTERPRISES: [CodeKind; 4] =
    [CodeKind::Uscc, CodeKind::OrganisationCode, CodeKind::RegistrationNumber, CodeKind::CitizenId];

fn suggested(kind: CodeKind, code: String, notice: Message) -> CodeReport {
    CodeReport { kind, verdict: Verdict::Invalid, normalised: None, suggestion: Some(code), notice: Some(notice) }
}

/// Whether a text is a code of a kind and holds. Of thirteen digits nothing says so.
pub(super) fn holds_as(kind: CodeKind, text: &str, today: Today) -> bool {
    matches!(judge(kind, text, today), Finding::Holds | Finding::HoldsAs(_))
}

fn report(kind: CodeKind, normal: Cow<'_, str>, today: Today) -> CodeReport {
    let found = judge(kind, &normal, today);
    if let Finding::Fails(_, None) = found {
        // A column of unified codes takes the older ones too.
        let kinds = if kind == CodeKind::Uscc { &ENTERPRISES[..3] } else { &[kind][..] };
        if let Some((_, code, notice)) = within::find(&normal, kinds, today) {
            return suggested(kind, code, notice);
        }
    }
    let (verdict, rewritten, suggestion, notice) = match found {
        Finding::Holds => (Verdict::Valid, None, None, None),
        Finding::HoldsWith(notice) => (Verdict::Valid, None, None, Some(notice)),
        Finding::HoldsAs(code) => (Verdict::ValidAfterNormalise, Some(code), None, None),
        Finding::Fails(notice, suggestion) => (Verdict::Invalid, None, suggestion, Some(notice)),
    };
    let normalised = match (rewritten, normal) {
        (Some(code), _) => Some(code),
        (None, Cow::Owned(text)) => Some(text),
        (None, Cow::Borrowed(_)) => None,
    };
    let verdict =
        if verdict == Verdict::Valid && normalised.is_some() { Verdict::ValidAfterNormalise } else { verdict };
    CodeReport { kind, verdict, normalised: normalised.filter(|_| verdict.holds()), suggestion, notice }
}

fn judge(kind: CodeKind, text: &str, today: Today) -> Finding {
    match kind {
        CodeKind::Uscc => uscc::judge(text),
        CodeKind::OrganisationCode => organisation::judge(text),
        CodeKind::RegistrationNumber => registration::judge(text, today),
        CodeKind::TaxId => tax::judge(text, today),
        CodeKind::CitizenId => citizen::judge(text, today),
        CodeKind::DisabilityCertificate => disability::judge(text, today),
        CodeKind::DischargePermit => permit::judge_permit(text),
        CodeKind::RealEstateUnit => permit::judge_real_estate(text),
        CodeKind::ProjectCode => permit::judge_project(text),
        CodeKind::Other => Finding::Fails(why_no_code(text), None),
    }
}

/// The kind a normalised text is taken for: by its length first, then by what holds, then by what it most looks like.
fn kind_of(text: &str, today: Today) -> CodeKind {
    if organisation::without_hyphen(text).is_some() {
        return CodeKind::OrganisationCode;
    }
    if ProjectCode::parse(text).is_some() {
        return CodeKind::ProjectCode;
    }
    if !text.bytes().all(|sign| sign.is_ascii_digit() || sign.is_ascii_uppercase()) {
        return CodeKind::Other;
    }
    let begins_with_digits = text.len() >= 6 && text::is_digits(&text[..6]);
    match text.len() {
        9 if text.bytes().any(|sign| sign.is_ascii_digit()) => CodeKind::OrganisationCode,
        13 if text::is_digits(text) => CodeKind::RegistrationNumber,
        15 if text::is_digits(text) => CodeKind::RegistrationNumber,
        15 if begins_with_digits && OrganisationCode::parse(&text[6..]).is_some() => CodeKind::TaxId,
        15 if text::unconfuse(text, |sign| sign.is_ascii_digit()).is_some_and(|meant| registration::holds(&meant)) => {
            CodeKind::RegistrationNumber
        }
        15 if begins_with_digits => CodeKind::TaxId,
        // A code one sign too long or too short is still meant as one: said so, rather than called nothing.
        17 | 19 if begins_with_digits && RealEstateUnit::parse(text).is_none() => CodeKind::Uscc,
        18 => kind_of_eighteen(text, today),
        19 | 28 if RealEstateUnit::parse(text).is_some() => CodeKind::RealEstateUnit,
        20 if DisabilityCertificate::parse(text, today).is_some() => CodeKind::DisabilityCertificate,
        20 if CitizenId::parse(&text[..18], today).is_some() => CodeKind::TaxId,
        20 if citizen::has_layout(&text[..18], today) && disability::has_layout(text) => {
            CodeKind::DisabilityCertificate
        }
        20 if begins_with_digits => CodeKind::TaxId,
        22 if DisabilityCertificate::parse(text, today).is_some() => CodeKind::DisabilityCertificate,
        22 if DischargePermit::parse(text).is_some() => CodeKind::DischargePermit,
        22 if disability::has_layout(text) => CodeKind::DisabilityCertificate,
        _ => CodeKind::Other,
    }
}

/// Eighteen signs are a USCC or a citizen id. A number of digits alone can have the layout of both; where both check
/// digits hold, the organisation's class and its code within decide. A number with an impossible day of birth is still
/// meant as a person's.
fn kind_of_eighteen(text: &str, today: Today) -> CodeKind {
    let is_uscc = || Uscc::parse(text).is_some();
    match () {
        () if citizen::is_surely_uscc(text) => CodeKind::Uscc,
        () if CitizenId::parse(text, today).is_some() => CodeKind::CitizenId,
        () if !is_uscc() && citizen::is_meant(text) => CodeKind::CitizenId,
        () if is_uscc() || !citizen::judge(text, today).is_suggested() => CodeKind::Uscc,
        () if uscc::judge(text).is_suggested() => CodeKind::Uscc,
        () => CodeKind::CitizenId,
    }
}

impl Finding {
    fn is_suggested(&self) -> bool {
        matches!(self, Self::Fails(_, Some(_)))
    }
}

/// Whether Excel has turned a long code into a rounded figure: its last signs are lost and can't be computed back.
fn looks_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once("E+") else { return false };
    text::is_digits(exponent)
        && !mantissa.is_empty()
        && mantissa.bytes().all(|sign| sign.is_ascii_digit() || sign == b'.')
}

fn why_no_code(text: &str) -> Message {
    if text.is_empty() {
        Message::new("codes-blank")
    } else if looks_scientific(text) {
        Message::new("codes-scientific").with("value", text)
    } else if !text.bytes().any(|sign| sign.is_ascii_digit()) {
        Message::new("codes-no-digit")
    } else {
        Message::new("codes-unknown-kind").with("length", text.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(value: &str) -> (CodeKind, Verdict) {
        let report = check(value, Today::from_ymd_opt(2025, 6, 30).unwrap());
        (report.kind, report.verdict)
    }

    #[test]
    fn every_kind_is_told_by_its_signs() {
        use CodeKind::*;
        let values = [
            ("91652323MA7A000172", Uscc),
            ("D2143569X", OrganisationCode),
            ("652323050000016", RegistrationNumber),
            ("652323MA7A00017", TaxId),
            ("11010519491231002X", CitizenId),
            ("11010519491231002X43", DisabilityCertificate),
            ("11010519491231002X00", TaxId),
            ("91652323MA7A000172001V", DischargePermit),
            ("450103001001GB00001", RealEstateUnit),
            ("2203-652323-04-01-123456", ProjectCode),
        ];
        for (value, kind) in values {
            assert_eq!(found(value), (kind, Verdict::Valid), "{value}");
        }
    }

    #[test]
    fn spaces_width_and_case_are_put_right_and_said() {
        let report = check(" ９１652323 ma7a000172", Today::from_ymd_opt(2025, 6, 30).unwrap());
        assert_eq!(report.verdict, Verdict::ValidAfterNormalise);
        assert_eq!(report.normalised.as_deref(), Some("91652323MA7A000172"));
    }

    #[test]
    fn a_code_that_excel_rounded_is_said_to_be_lost() {
        let report = check("9.16523E+17", Today::from_ymd_opt(2025, 6, 30).unwrap());
        assert_eq!(report.notice.unwrap().key, "codes-scientific");
        let report = check_as(CodeKind::Uscc, "9.16523E+17", Today::from_ymd_opt(2025, 6, 30).unwrap());
        assert_eq!(report.notice.unwrap().key, "codes-scientific");
    }

    #[test]
    fn an_empty_value_and_a_word_are_no_codes() {
        assert_eq!(found(""), (CodeKind::Other, Verdict::Invalid));
        assert_eq!(found("无"), (CodeKind::Other, Verdict::Invalid));
    }
}
