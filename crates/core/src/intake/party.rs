//! Codes that stand in the wrong column of their party.
//!
//! Offices put whatever code they have where a code is asked for: the unified code in the column of the old registration
//! number, a firm's code where a person's number is meant. A code that holds says itself what it is, so it is moved to the
//! column of its own kind when that is empty, and the clerk is told.

use super::checked_row::CheckedRow;
use super::issue_list::IssueList;
use super::plan::PartyPlan;
use super::reading::Fault;
use super::row_place::Place;
use crate::catalog::{PartyPart, Severity};
use crate::codes::{CodeKind, check_as};
use crate::messages::Message;

/// Puts each party's codes where they belong.
pub(super) fn settle(row: &mut CheckedRow, place: &Place<'_>, issues: &mut IssueList) {
    for party in &place.plan.parties {
        let citizen = (party.citizen_id, PartyPart::CitizenId);
        let registration = (party.registration_number, PartyPart::RegistrationNumber);
        let organisation = (party.organisation_code, PartyPart::OrganisationCode);
        for (from, part) in [citizen, registration, organisation, (party.uscc, PartyPart::Uscc)] {
            // What is a person's is no code of an organisation, whatever its length.
            let Some(from) = from.filter(|from| !row.is_null(*from) && !row.is_person(*from)) else { continue };
            let Some(to) = belongs_to(row, from, part, party, place) else { continue };
            let value = row.text_of(from).to_owned();
            row.shift(from, to);
            let message = Message::new("intake-code-moved")
                .with("value", &value)
                .with("column", &place.plan.columns[from].header)
                .with("other", &place.plan.columns[to].header);
            let mend = Message::new("intake-code-moved-mend").with("other", &place.plan.columns[to].header);
            let fault = Fault::new("moved-code", message, mend).with_severity(Severity::Warning);
            issues.record(place.issue(from, value, *fault));
        }
    }
}

/// The empty column of the party that the code in `from` belongs to; none when it stands where it should.
fn belongs_to(row: &CheckedRow, from: usize, part: PartyPart, party: &PartyPlan, place: &Place<'_>) -> Option<usize> {
    let text = row.text_of(from);
    let today = place.plan.circumstances.today;
    let holds = |kind| check_as(kind, text, today).verdict.holds();
    let to = match (part, text.len()) {
        (PartyPart::Uscc, 9) => party.organisation_code,
        (PartyPart::Uscc, 15) if holds(CodeKind::RegistrationNumber) => party.registration_number,
        (PartyPart::Uscc, _) => None,
        (PartyPart::CitizenId, 18) if !holds(CodeKind::CitizenId) && holds(CodeKind::Uscc) => party.uscc,
        (PartyPart::CitizenId, _) => None,
        (PartyPart::OrganisationCode | PartyPart::RegistrationNumber, 18) if holds(CodeKind::Uscc) => party.uscc,
        (PartyPart::RegistrationNumber, 9) => party.organisation_code.or(party.uscc),
        (PartyPart::OrganisationCode, 15) => party.registration_number.or(party.uscc),
        _ => None,
    };
    to.filter(|to| row.is_null(*to))
}
