//! Which measure a column's figures have in one sheet: what the header says, else the titles, else the template.

use super::claim::Claim;
use super::header::claim_in;
use super::plan::ColumnPlan;
use crate::catalog::{ColumnType, Measure};

/// Words in a header of a price: so much for each square metre is what such a column keeps.
const PRICES: [&str; 6] = ["价", "标准", "税额", "收费", "费额", "单位"];

/// What the figures of a column are measured in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The measure.
    pub(super) measure: Option<Measure>,
    /// The sheet says so; else it is the template's.
    pub(super) is_stated: bool,
    /// So much for each of this, as the header says it.
    pub(super) each: Option<String>,
}

impl Said {
    fn stated(measure: Measure) -> Self {
        Self { measure: Some(measure), is_stated: true, each: None }
    }

    fn unsaid(measure: Option<Measure>) -> Self {
        Self { measure, is_stated: false, each: None }
    }
}

/// The measure; or the word that can't be followed: its figures would be taken for something else.
///
/// # Errors
/// The word that nobody understands, or that measures something else than the column does.
pub(super) fn decide(column: &ColumnPlan, claim: Option<&Claim>, stated: &[Claim]) -> Result<Said, String> {
    let is_time = matches!(claim, Some(Claim::Known(Measure::Month | Measure::Year)));
    if column.column_type == ColumnType::Rate && column.measure.is_none() {
        return match claim {
            Some(Claim::Known(Measure::Percent)) => Ok(Said::stated(Measure::Percent)),
            Some(claim) if !is_time => Err(claim.shown()),
            _ => Ok(Said::unsaid(None)),
        };
    }
    let Some(kept) = column.measure.filter(|kept| *kept != Measure::Other) else {
        // What a column of another measure counts is said in its calibre, in words; thousands of it are not.
        return match claim {
            Some(claim) if is_figure(column) && claim.counts_many() => Err(claim.shown()),
            _ => Ok(Said::unsaid(column.measure)),
        };
    };
    match claim.map(|claim| claim.meant_for(kept)) {
        Some(Claim::Known(measure)) if measure.factor_to(kept).is_some() => return Ok(Said::stated(measure)),
        Some(Claim::Per { measure, each }) if measure.factor_to(kept).is_some() && keeps_each(column, &each) => {
            return Ok(Said { each: Some(each), ..Said::stated(measure) });
        }
        None => {}
        // 租金（年）: the time that is paid for, not a measure of the figure.
        Some(_) if is_time => {}
        Some(claim) => return Err(claim.shown()),
    }
    let said = in_titles(kept, stated)?;
    Ok(said.map_or(Said::unsaid(Some(kept)), Said::stated))
}

fn is_figure(column: &ColumnPlan) -> bool {
    matches!(column.column_type, ColumnType::Amount | ColumnType::Quantity | ColumnType::Integer)
}

fn keeps_each(column: &ColumnPlan, each: &str) -> bool {
    Claim::is_counted_each(each) || PRICES.iter().any(|word| column.header.contains(word))
}

/// Words in a header that make so much for each of something what its column holds.
const EACH_WORDS: [&str; 8] = ["均", "每", "单价", "基数", "工资", "薪", "标准", "定额"];

/// Whether a column is known to hold so much for each of something: 月工资（元/月）, 户均补贴（元/户）. Of others a careful
/// reader asks whether the sum is meant.
pub(super) fn expects_each(column: &ColumnPlan, header: &str, each: &str) -> bool {
    let name = header.split(['(', '（', '[', '【']).next().unwrap_or_default();
    let mut words = PRICES.iter().chain(&EACH_WORDS);
    words.any(|word| column.header.contains(word) || name.contains(word)) || name.contains(each)
}

/// Words in a header of so much for each: what the titles say of the sheet's sums is not said of it.
const FOR_EACH: [&str; 6] = ["单价", "均价", "地价", "标准", "单位", "每"];

/// Whether a column, as the sheet heads it, holds so much for each of something.
pub(super) fn is_for_each(header: &str) -> bool {
    FOR_EACH.iter().any(|word| header.contains(word)) || matches!(claim_in(header), Some(Claim::Per { .. }))
}

/// The measure that the titles state for figures of the dimension of `kept`, if they state one and no other. With it
/// whether they state it for certain: 万元/亩 may be a price.
pub(super) fn stated_for(kept: Measure, stated: &[Claim]) -> Option<(Measure, bool)> {
    for is_certain in [true, false] {
        let mut measures = measures_of(kept, stated, is_certain);
        let first = measures.next();
        if let Some(first) = first.filter(|first| measures.all(|other| other == *first)) {
            return Some((first, is_certain));
        }
        first.is_none().then_some(())?;
    }
    None
}

/// The measures of a dimension among the claims: plain ones, or those of so much for each.
fn measures_of(kept: Measure, stated: &[Claim], is_certain: bool) -> impl Iterator<Item = Measure> {
    let fitting = move |measure: &Measure| measure.factor_to(kept).is_some();
    stated
        .iter()
        .flat_map(move |claim| match claim.meant_for(kept) {
            Claim::Known(measure) if is_certain => [Some(measure).filter(fitting), None],
            Claim::Per { measure, each } if !is_certain => {
                [Some(measure).filter(fitting), Measure::find(&each).filter(fitting)]
            }
            _ => [None, None],
        })
        .flatten()
}

/// What the titles say of the column's dimension. Two different measures of it say nothing that could be followed.
fn in_titles(kept: Measure, stated: &[Claim]) -> Result<Option<Measure>, String> {
    for claim in stated.iter().map(|claim| claim.meant_for(kept)) {
        if let Claim::Unknown { word, dimension: Some(dimension) } = claim
            && dimension == kept.dimension()
        {
            return Err(word);
        }
    }
    for is_certain in [true, false] {
        let mut found: Vec<Measure> = measures_of(kept, stated, is_certain).collect();
        found.dedup();
        match found[..] {
            [] => {}
            [measure] => return Ok(Some(measure)),
            [first, second, ..] => return Err(format!("{}、{}", first.chinese(), second.chinese())),
        }
    }
    Ok(None)
}

/// The measures that are understood where `kept` is kept, for a sentence.
pub(super) fn understood(kept: Option<Measure>) -> String {
    let Some(kept) = kept else { return String::new() };
    let same = Measure::ALL.iter().filter(|measure| measure.factor_to(kept).is_some());
    same.map(|measure| measure.chinese()).collect::<Vec<_>>().join("、")
}
