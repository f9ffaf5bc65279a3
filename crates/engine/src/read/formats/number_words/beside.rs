//! A text that stands beside its figure, as ods and HTML keep both.

use gongzhi_core::intake::SHOWN_AS_PERCENT;

use super::Seen;
use super::measure::{before_figure, behind_figure, is_foreign, measure_before};

/// What a program wrote as the shown text beside a figure (ods, HTML): the same question without the format's code.
pub(in super::super) fn seen_beside(digits: &str, shown: &str) -> Option<Seen> {
    if let Some(percent) = shown.trim_end().strip_suffix(['%', '％']) {
        return percent_beside(digits, percent.trim());
    }
    if shown.is_ascii() && !shown.contains('$') {
        return zeros_beside(digits, shown);
    }
    let is_digit = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ',');
    let first = shown.find(|sign: char| sign.is_ascii_digit())?;
    let before = before_figure(shown[..first].trim());
    let rest = &shown[first..];
    let end = rest.find(|sign| !is_digit(sign)).unwrap_or(rest.len());
    let (seen, word) = (rest[..end].replace(',', ""), rest[end..].trim());
    if rest[end..].contains(|sign: char| sign.is_ascii_digit()) {
        return None;
    }
    if is_foreign(&before) {
        return Some(Seen::Text(format!("{before}{digits}{word}")));
    }
    let divisor = divisor_between(digits.parse::<f64>().ok()?.abs(), &seen)?;
    let word = if word.is_empty() { measure_before(&before) } else { word };
    let after = behind_figure(word, divisor, false);
    (!after.is_empty()).then(|| Seen::Measured(format!("{digits}{after}")))
}

/// `12.5%` beside 0.125, or beside 12.5 with a sign that was merely written behind it.
fn percent_beside(digits: &str, percent: &str) -> Option<Seen> {
    let (figure, seen): (f64, f64) = (digits.parse().ok()?, percent.replace(',', "").parse().ok()?);
    let places = percent.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let rounding = 0.5001 * 10_f64.powi(-i32::try_from(places).unwrap_or(0));
    let is_of = |figure: f64| (figure - seen).abs() <= rounding;
    match (is_of(figure * 100.0), is_of(figure)) {
        (true, _) => Some(Seen::Measured(format!("{digits}{SHOWN_AS_PERCENT}"))),
        (false, true) => Some(Seen::Measured(format!("{digits}%"))),
        (false, false) => None,
    }
}

/// `012345` or `HT012345` beside 12345.
fn zeros_beside(digits: &str, shown: &str) -> Option<Seen> {
    // HT0007: what stands before the zeros belongs to the code.
    let code = &shown[shown.find(|sign: char| sign.is_ascii_digit())?..];
    let is_padded = code.len() > digits.len()
        && code.bytes().all(|byte| byte.is_ascii_digit())
        && code.trim_start_matches('0') == digits;
    is_padded.then(|| Seen::Text(shown.to_owned()))
}

/// By what a figure is shown smaller: 1 when it is merely rounded. `None`: the text shows another figure.
fn divisor_between(figure: f64, seen: &str) -> Option<u64> {
    let places = seen.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let rounding = 0.5001 * 10_f64.powi(-i32::try_from(places).unwrap_or(0));
    let seen: f64 = seen.parse().ok()?;
    let divisors = [1_u64, 1_000, 10_000, 1_000_000, 10_000_000, 100_000_000];
    divisors.into_iter().find(|divisor| (figure / *divisor as f64 - seen).abs() <= rounding)
}
