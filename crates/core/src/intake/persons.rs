//! A person's number in a column of codes, or of figures.
//!
//! Offices write the owner's number where the code of the business is asked for, and nothing in such a column may tell
//! who somebody is. The number goes to its party's own column for certificates where there is one and it is empty;
//! else it stays as what it is, a person's: only its keyed digest is kept, and every sentence shows it masked. Either way
//! the clerk is told. Fifteen digits that hold as the number of a licence and have an adult's day of birth are a licence's
//! unless the party is named as people are; that is told too. So it is with a passport's number, which looks like the code of an
//! organisation whose check digit fails. In the tax bureau's own tables a person's number is the person's tax number, as the law has it:
//! there one line a column says what becomes of such numbers.

use super::checked_row::CheckedRow;
use super::issue_list::IssueList;
use super::mask::mask;
use super::plan::ColumnPlan;
use super::reading::Fault;
use super::row_place::Place;
use crate::catalog::{PartyPart, Severity};
use crate::codes::{is_like_old_citizen, may_be_certificate};
use crate::identity::Subject;
use crate::messages::Message;

/// Puts the persons' numbers of a row where they belong. `told`: columns of which a tax bureau's table has told already.
pub(super) fn settle(row: &mut CheckedRow, place: &Place<'_>, told: &mut Vec<usize>, issues: &mut IssueList) {
    for column in row.take_persons() {
        let number = row.text_of(column).to_owned();
        if is_like_old_citizen(&number) && !is_named_like_a_person(row, place, column) {
            row.is_no_person(column);
            let words = |key: &'static str| Message::new(key).with("column", &place.plan.columns[column].header);
            let message = words("intake-licence-like-citizen");
            let fault = Fault::new("person-in-code", message, words("intake-licence-like-citizen-mend"));
            issues.record(place.issue(column, number, *fault.with_severity(Severity::Warning)));
            continue;
        }
        if may_be_certificate(&number) && !is_named_like_a_person(row, place, column) {
            row.is_no_person(column);
            let fault = Fault::new(
                "check-digit",
                Message::new("codes-organisation-digit"),
                Message::new("intake-mend-identifier"),
            );
            issues.record(place.issue(column, number, *fault.with_severity(Severity::Warning)));
            continue;
        }
        let own = find_own_column(place, column);
        let (rule, key) = match own {
            Some(own) if row.is_null(own) && !row.is_faulty(own) => {
                row.shift(column, own);
                ("moved-code", "intake-person-moved")
            }
            Some(own) if row.text_of(own) == number => {
                row.clear(column);
                ("moved-code", "intake-person-moved")
            }
            _ if !place.plan.is_tax_side => ("person-in-code", "intake-person-in-code"),
            _ if told.contains(&column) => continue,
            _ => {
                told.push(column);
                ("person-in-code", "intake-person-in-code-tax")
            }
        };
        let other = own.map_or("", |own| place.plan.columns[own].header.as_str());
        let words =
            |key: String| Message::new(key).with("column", &place.plan.columns[column].header).with("other", other);
        let fault = Fault::new(rule, words(key.to_owned()), words(format!("{key}-mend")));
        issues.record(place.issue(column, mask(&number), *fault.with_severity(Severity::Warning)));
    }
}

/// Whether the party that a column belongs to is named as people are: by two to four signs, or with a point, and by no
/// word of an organisation.
fn is_named_like_a_person(row: &CheckedRow, place: &Place<'_>, column: usize) -> bool {
    let Some((party, _)) = place.plan.columns[column].party else { return false };
    let is_name = |plan: &ColumnPlan| plan.party == Some((party, PartyPart::Name));
    let Some(name) = place.plan.columns.iter().position(is_name).map(|at| row.text_of(at)) else { return false };
    let signs = name.chars().count();
    let is_short = (2..=4).contains(&signs) || (signs > 0 && name.contains(['·', '•']));
    is_short && Subject::of("", name, true) == Subject::Person
}

/// The column for certificates of the party that a column of codes belongs to, where the sheet's version has one.
fn find_own_column(place: &Place<'_>, column: usize) -> Option<usize> {
    let (party, _) = place.plan.columns[column].party?;
    place.plan.parties.get(party)?.citizen_id.filter(|own| !place.plan.columns[*own].closed)
}
