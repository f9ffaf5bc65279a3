//! Which measure a column's figures have in one sheet: what the header says, else the titles, else the template.

use super::claim::Claim;
use super::header::claim_in;
use super::plan::ColumnPlan;
use crate::catalog::{ColumnType, Measure};

/// Words in a header of a price: so much for each square metre is what such a column keeps.
const PRICES: [&str; 6] = ["价", "标准", "税额", "收费", "费额", "单位"];

/// The measure; or the word that can't be followed: its figures would be taken for something else.
///
/// # Errors
/// The word that nobody understands, or that measures something else than the column does.
pub(super) fn decide(column: &ColumnPlan, claim: Option<&Claim>, stated: &[Claim]) -> Result<Option<Measure>, String> {
    let is_percent = claim == Some(&Claim::Known(Measure::Percent));
    if column.column_type == ColumnType::Rate && is_percent {
        return Ok(Some(Measure::Percent));
    }
    // What a column of another measure counts is said in its calibre, in words.
    let Some(kept) = column.measure.filter(|kept| *kept != Measure::Other) else { return Ok(column.measure) };
    match claim {
        Some(Claim::Known(measure)) if measure.factor_to(kept).is_some() => return Ok(Some(*measure)),
        Some(Claim::Per { measure, each }) if measure.factor_to(kept).is_some() && keeps_each(column, each) => {
            return Ok(Some(*measure));
        }
        // 租金（年）: the time that is paid for, not a measure of the figure.
        Some(Claim::Known(Measure::Month | Measure::Year)) | None => {}
        Some(claim) => return Err(claim.shown()),
    }
    in_titles(kept, stated)
}

fn keeps_each(column: &ColumnPlan, each: &str) -> bool {
    Claim::is_counted_each(each) || PRICES.iter().any(|word| column.header.contains(word))
}

/// Words in a header of so much for each: what the titles say of the sheet's sums is not said of it.
const FOR_EACH: [&str; 6] = ["单价", "均价", "地价", "标准", "单位", "每"];

/// Whether a column, as the sheet heads it, holds so much for each of something.
pub(super) fn is_for_each(header: &str) -> bool {
    FOR_EACH.iter().any(|word| header.contains(word)) || matches!(claim_in(header), Some(Claim::Per { .. }))
}

/// The measure that the titles state for figures of the dimension of `kept`, if they state one and no other.
pub(super) fn stated_for(kept: Measure, stated: &[Claim]) -> Option<Measure> {
    let mut measures = stated.iter().filter_map(|claim| match claim {
        Claim::Known(measure) => measure.factor_to(kept).map(|_| *measure),
        _ => None,
    });
    let first = measures.next()?;
    measures.all(|other| other == first).then_some(first)
}

/// What the titles say of the column's dimension. Two different measures of it say nothing that could be followed.
fn in_titles(kept: Measure, stated: &[Claim]) -> Result<Option<Measure>, String> {
    let mut found: Option<Measure> = None;
    for claim in stated {
        match claim {
            Claim::Known(measure) if measure.factor_to(kept).is_some() => match found {
                Some(first) if first != *measure => {
                    return Err(format!("{}、{}", first.chinese(), measure.chinese()));
                }
                _ => found = Some(*measure),
            },
            Claim::Unknown { word, dimension: Some(dimension) } if *dimension == kept.dimension() => {
                return Err(word.clone());
            }
            _ => {}
        }
    }
    Ok(found.or(Some(kept)))
}

/// The measures that are understood where `kept` is kept, for a sentence.
pub(super) fn understood(kept: Option<Measure>) -> String {
    let Some(kept) = kept else { return String::new() };
    let same = Measure::ALL.iter().filter(|measure| measure.factor_to(kept).is_some());
    same.map(|measure| measure.chinese()).collect::<Vec<_>>().join("、")
}
