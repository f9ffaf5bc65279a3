//! A person's number in a column of figures.

use chrono::NaiveDate;

use crate::codes::{CitizenId, may_be_personal, normalise};

/// Name of the rule broken by a person's number in a column of figures.
pub(super) const IN_FIGURE: &str = "person-in-figure";
/// Signs of the shortest number of a person.
pub(super) const FEWEST_SIGNS: usize = 15;

/// Whether what stands in a column of figures is a person's number, and no figure: fifteen digits that have the region and
/// the day of birth of the old number, eighteen and others right or mistyped. No figure of a county has so many digits.
pub(super) fn is_in_figure(text: &str) -> bool {
    if text.len() < FEWEST_SIGNS {
        return false;
    }
    let normal = normalise(text);
    // `652323800101123.00`, as a column of money shows it.
    let whole = normal.split_once('.').filter(|(_, rest)| rest.bytes().all(|digit| digit == b'0'));
    let whole = whole.map_or(normal.as_ref(), |(whole, _)| whole);
    if whole.len() < FEWEST_SIGNS || whole.contains('.') {
        return false;
    }
    let bare: String = whole.chars().filter(|sign| !matches!(sign, ',' | '-' | '¥' | '￥')).collect();
    match bare.len() {
        FEWEST_SIGNS => CitizenId::parse(&bare, NaiveDate::MAX).is_some(),
        17..=22 => may_be_personal(&bare),
        _ => false,
    }
}
