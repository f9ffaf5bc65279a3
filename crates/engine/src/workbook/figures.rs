//! Values as the format keeps them.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, XlsxError};

/// A figure as the format keeps it. A sheet's figures are floats of fifteen digits; `None` for one that would lose any,
/// which is then written as text.
pub(crate) fn cell_figure(figure: Decimal) -> Option<f64> {
    let plain = figure.normalize();
    let digits = plain.mantissa().unsigned_abs().to_string().len();
    if digits > 15 { None } else { plain.to_string().parse().ok() }
}

/// A day as the format counts it; `None` before March 1900, where programs disagree.
pub(crate) fn day_serial(date: NaiveDate) -> Option<f64> {
    let base = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    let days = (date - base).num_days();
    (61..=2_958_465).contains(&days).then(|| days.to_f64()).flatten()
}

/// Whether a program may take the text for a formula.
pub(crate) fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@'])
}

/// The text with at most so many signs; a longer one ends in `…`.
pub(crate) fn cut(text: &str, signs: usize) -> String {
    if text.encode_utf16().count() <= signs {
        return text.to_owned();
    }
    let mut left = signs - 1;
    let kept = text.chars().take_while(|sign| {
        let fits = sign.len_utf16() <= left;
        left = left.saturating_sub(sign.len_utf16());
        fits
    });
    kept.chain(std::iter::once('…')).collect()
}

/// The properties of a file made on a day.
pub(crate) fn properties(created: NaiveDate) -> Result<DocProperties, XlsxError> {
    let year = u16::try_from(created.year()).unwrap_or(1900);
    let (month, day) = (u8::try_from(created.month()).unwrap_or(1), u8::try_from(created.day()).unwrap_or(1));
    let moment = ExcelDateTime::from_ymd(year, month, day)?;
    Ok(DocProperties::new().set_author("gongzhi").set_creation_datetime(&moment))
}

/// Column numbers of the writer are 16 bits wide; a sheet has no more than 16 384 columns.
pub(crate) fn column_number(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}
