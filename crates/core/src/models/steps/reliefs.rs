//! The halving of six taxes for small payers (财政部 税务总局公告2022年第10号, 2023年第12号).

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::{Material, Place, used_figure};
use crate::leads::ParameterUsed;
use crate::models::facts::{Fact, Standing};

/// The share taken off, by class of payer and date.
const SIX_TAXES: &str = "relief/six_taxes_half";

/// By what the due amount is multiplied: the low and the high end, and the figures used.
#[derive(Debug)]
pub struct Relief {
    /// Least that remains.
    pub low: Decimal,
    /// Most that remains.
    pub high: Decimal,
    /// Figures used.
    pub used: Vec<ParameterUsed>,
}

impl Relief {
    /// Nothing is taken off.
    pub fn none() -> Self {
        Self { low: Decimal::ONE, high: Decimal::ONE, used: Vec::new() }
    }
}

impl Material<'_> {
    /// A payer known to qualify pays the rest; known not to qualify pays all; unknown is a range.
    pub(super) fn halving(&self, fact: &Fact, place: &Place<'_>) -> Relief {
        let day = place.event_day;
        let subject = fact.subject.as_deref().filter(|subject| *subject != "unknown");
        let subject = subject.or(place.standing.and_then(|standing| standing.subject.as_deref()));
        let flags = [
            ("sole_trader", subject.map(|subject| subject == "sole_trader")),
            ("small_scale", place.standing.and_then(|standing| small_scale_on(standing, day))),
            ("small_profit", small_profit_on(place.standing, subject, day)),
        ];
        let mut relief = Relief::none();
        for (class, flag) in flags {
            let value = self.figure(SIX_TAXES, (place.region, class), day).filter(|value| value.class == class);
            let (Some(value), true) = (value, flag != Some(false)) else { continue };
            let rest = Decimal::ONE - value.value;
            relief.low = relief.low.min(rest);
            if flag == Some(true) {
                relief.high = relief.high.min(rest);
            }
            relief.used = vec![used_figure(SIX_TAXES, value)];
        }
        relief
    }
}

/// Whether the taxpayer was a small-scale VAT payer on a day; none when the registration does not tell.
pub fn small_scale_on(standing: &Standing, day: NaiveDate) -> Option<bool> {
    let general =
        standing.vat_general_from.map(|from| from <= day && standing.vat_general_to.is_none_or(|to| day <= to));
    match (standing.vat_payer_kind.as_deref()?, general) {
        (_, Some(true)) => Some(false),
        ("small_scale", _) | ("general", Some(false)) => Some(true),
        _ => None,
    }
}

/// Whether the taxpayer counts as small-profit enterprise on a day. The annual settlement of year Y − 1 decides from 1
/// July of year Y to 30 June of the next (公告2022年第3号); where that year is not listed, the nearest one that is.
pub fn small_profit_on(standing: Option<&Standing>, subject: Option<&str>, day: NaiveDate) -> Option<bool> {
    if matches!(subject, Some("public_body" | "village" | "person" | "sole_trader")) {
        return Some(false);
    }
    let standing = standing?;
    let decisive = day.year() - if day.month() >= 7 { 1 } else { 2 };
    [decisive, decisive + 1, decisive + 2].into_iter().find_map(|year| {
        let yes = standing.small_profit_years.contains(&year);
        (yes || standing.not_small_profit_years.contains(&year)).then_some(yes)
    })
}
