//! A measure stated in a remark beside a row: 备注 金额单位：万元.
//!
//! What it says may hold for its row or for the whole sheet, and nobody can tell which. Where the figures are taken in
//! another measure than it says, one of both is wrong ten thousandfold: told once a sheet, and it blocks.

use super::claim::Claim;
use super::issue_list::IssueList;
use super::mapping::Target;
use super::row_place::Place;
use super::{measured, stated};
use crate::catalog::{Measure, Severity};
use crate::issues::{CellPlace, Issue};
use crate::messages::Message;

/// Signs of which one stands in every measure of money, area, mass and length.
const SIGNS: [char; 9] = ['元', '圆', '亩', '顷', '米', '㎡', '吨', '斤', '方'];
/// Bytes of the longest remark that says nothing else.
const MOST_BYTES: usize = 120;

/// Tells a remark that states another measure than figures of the sheet are taken in. `told`: the sheets and measures of
/// which was told already.
pub(super) fn tell(
    place: &Place<'_>,
    (at, text): (usize, &str),
    told: &mut Vec<(String, Measure)>,
    issues: &mut IssueList,
) {
    if text.len() > MOST_BYTES || !text.contains(SIGNS) || !stated::is_statement(text) {
        return;
    }
    for claim in stated::claims_in(text) {
        let Claim::Known(measure) = claim else { continue };
        let sheet = &place.map.sheet;
        if told.iter().any(|(of, known)| of == sheet && *known == measure) {
            continue;
        }
        let columns = || place.map.targets.iter().filter_map(|target| measured_in(place, target, measure));
        let is_followed = columns().any(|(_, own)| own == measure);
        let Some((_, own)) = columns().find(|(_, own)| *own != measure).filter(|_| !is_followed) else { continue };
        told.push((sheet.clone(), measure));
        let names: Vec<&str> = columns().map(|(name, _)| name).collect();
        let words = |key: &'static str| {
            let message = Message::new(key).with("stated", measure.chinese()).with("own", own.chinese());
            message.with("columns", names.join("、"))
        };
        issues.record(Issue {
            sheet: sheet.clone(),
            cell: Some(CellPlace { row: place.row, column: place.map.places[at] }),
            column: None,
            severity: Severity::Error,
            rule: "measure".into(),
            value: text.to_owned(),
            message: words("intake-measure-remarked"),
            mend: words("intake-measure-remarked-mend"),
        });
    }
}

/// The header of a column whose figures are measured in the dimension of `stated`, prices aside, and what they are taken
/// in.
fn measured_in<'p>(place: &Place<'p>, target: &Target, stated: Measure) -> Option<(&'p str, Measure)> {
    let Target::Column { column, measure: Some(own), .. } = target else { return None };
    let plan = &place.plan.columns[*column];
    let is_of_it = own.factor_to(stated).is_some() && !measured::is_for_each(&plan.header);
    is_of_it.then_some((plan.header.as_str(), *own))
}
