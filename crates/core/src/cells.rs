//! What a clerk typed and what she meant: texts of cells into dates, figures and yes or no.
//!
//! Offices write `2024年3月5日`, `3,000(万)`, `９１６５…`, `√`, a code behind an apostrophe so that Excel leaves it
//! alone. Each function gives the value and whether the text had to be changed to get it, so that the original can be
//! kept beside it. Texts that are already clean cost no memory: they are a million to one.

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::catalog::plain_sign;
use crate::chinese_numbers;
pub use crate::days::{date_from_serial, parse_date, parse_moment};
pub use crate::narrow::{Parsed, has_bare_ends, has_odd_byte, narrow};
use crate::narrow::{narrow_all, narrow_any};

/// A figure as it was written, before the words behind it are applied: a column in 万元 takes `3(万)` as 3, a column
/// in yuan as 30 000, and only who knows the column can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParsedDecimal {
    /// The figure alone.
    pub figure: Decimal,
    /// What the words behind it multiply by: 1, 10 000 for 万, 100 000 000 for 亿.
    pub multiplier: i64,
    /// A percent sign stands behind it.
    pub percent: bool,
    /// It says itself that it is one of yuan: `500元`, `十万`.
    pub is_yuan: bool,
    /// The text was not a plain decimal.
    pub changed: bool,
}

impl ParsedDecimal {
    /// The figure with words and percent sign applied; `None` when it outgrows 28 digits.
    pub fn value(&self) -> Option<Decimal> {
        let value = self.figure.checked_mul(Decimal::from(self.multiplier))?;
        if self.percent { value.checked_div(Decimal::ONE_HUNDRED) } else { Some(value) }
    }
}

/// How a cell begins that a spreadsheet takes for a formula, in either width. A tab or the end of a line before one of them
/// is passed over by some.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A text as a comma-separated file for people has it: one that a spreadsheet would take for a formula gets an apostrophe
/// before it, so that it stays a text. A plain figure such as `-5.20` is no formula. [`unguarded`] takes it off again.
pub fn guarded(text: &str) -> Cow<'_, str> {
    let bare = text.trim_start_matches('\'');
    let is_figure = bare.len() == text.len() && text.parse::<Decimal>().is_ok();
    if bare.starts_with(FORMULA_SIGNS) && !is_figure { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text before [`guarded`] put an apostrophe to it.
pub fn unguarded(text: &str) -> &str {
    let is_guarded = text.trim_start_matches('\'').starts_with(FORMULA_SIGNS);
    text.strip_prefix('\'').filter(|_| is_guarded).unwrap_or(text)
}

/// Reads a figure: `1234.5`, `1,234.50`, `１２３．４`, `¥3,000元`, `3(万)`, `57.2万人民币`, `1.2亿`, `12%`, `(500.00)`, `1.5E+3`,
/// 壹万贰仟元整.
/// Anything beside digits, signs and the words for money makes it `None`.
pub fn parse_decimal(text: &str) -> Option<ParsedDecimal> {
    if let Some(figure) = parse_plain(text) {
        return Some(ParsedDecimal { figure, multiplier: 1, percent: false, is_yuan: false, changed: false });
    }
    if text.len() > 80 {
        return None;
    }
    if !text.chars().any(|sign| narrow_any(sign).is_ascii_digit()) {
        return parse_capitals(text);
    }
    let narrowed = narrow_all(text);
    parse_digits(&narrowed).or_else(|| if text.is_ascii() { None } else { parse_capitals(&narrowed) })
}

/// A figure in Chinese signs, or with some among its digits: 壹万贰仟元整, 1万2千元.
fn parse_capitals(text: &str) -> Option<ParsedDecimal> {
    let amount = chinese_numbers::parse_amount(text)?;
    let (figure, is_yuan) = (amount.value, amount.is_absolute);
    Some(ParsedDecimal { figure, multiplier: 1, percent: false, is_yuan, changed: true })
}

/// Digits with what may stand around them, narrowed.
fn parse_digits(narrowed: &str) -> Option<ParsedDecimal> {
    let body = narrowed.trim().trim_start_matches('\'');
    let (body, negative) = match body.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => (inner, true),
        // Book-keepers write △ before what is below zero.
        None => match body.strip_prefix(['△', '▲']) {
            Some(rest) => (rest.trim(), true),
            None => (body, false),
        },
    };
    let body = strip_money_before(body);
    let end = body
        .find(|sign: char| !matches!(sign, '0'..='9' | '.' | ',' | '-' | '+' | ' ' | 'e' | 'E'))
        .unwrap_or(body.len());
    let (digits, words) = body.split_at(end);
    let Words { multiplier, percent, is_yuan } = read_words(words)?;
    let figure = parse_grouped(digits.trim())?;
    let figure = if negative { -figure } else { figure };
    Some(ParsedDecimal { figure, multiplier, percent, is_yuan, changed: true })
}

/// Digits with at most one point and a sign before them, as every clean cell is written.
fn parse_plain(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let clean = !digits.is_empty()
        && digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        && digits[0].is_ascii_digit()
        && digits.last() != Some(&b'.');
    if clean { Decimal::from_str_exact(text).ok() } else { None }
}

fn strip_money_before(text: &str) -> &str {
    let text = text.trim();
    ["人民币", "RMB", "CNY", "¥"].iter().find_map(|sign| text.strip_prefix(sign)).unwrap_or(text).trim()
}

/// What the words behind a figure say.
struct Words {
    multiplier: i64,
    percent: bool,
    is_yuan: bool,
}

/// The words behind a figure: what they multiply by, and whether one is a percent sign. `None` for any other word, money of
/// others among them.
fn read_words(words: &str) -> Option<Words> {
    let words: String = words.chars().filter(|sign| !matches!(sign, '(' | ')' | ' ')).map(plain_sign).collect();
    if words == "%" {
        return Some(Words { multiplier: 1, percent: true, is_yuan: false });
    }
    let (multiplier, rest) = match words.chars().next() {
        None => return Some(Words { multiplier: 1, percent: false, is_yuan: false }),
        Some('亿') => (100_000_000, &words['亿'.len_utf8()..]),
        Some('万') => (10_000, &words['万'.len_utf8()..]),
        Some(sign @ '千') => (1_000, &words[sign.len_utf8()..]),
        Some(sign @ '百') => (100, &words[sign.len_utf8()..]),
        Some(_) => (1, words.as_str()),
    };
    let (multiplier, rest) = match rest.strip_prefix('万') {
        Some(rest) if multiplier < 10_000 && multiplier > 1 => (multiplier * 10_000, rest),
        _ => (multiplier, rest),
    };
    let is_money = matches!(rest, "" | "元" | "元整" | "人民币" | "元人民币" | "人民币元" | "圆" | "圆整");
    is_money.then_some(Words { multiplier, percent: false, is_yuan: rest.contains(['元', '圆']) })
}

/// Digits with thousands signs in their places, a sign in front, an exponent behind.
fn parse_grouped(digits: &str) -> Option<Decimal> {
    let (sign, unsigned) = match digits.strip_prefix(['-', '+']) {
        Some(rest) => (&digits[..1], rest.trim()),
        None => ("", digits),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut groups = whole.split([',', ' ']);
    let head = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || (1..=3).contains(&head.len()));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !grouped || !all_digits(head) || !rest.iter().all(|group| all_digits(group)) || !all_digits(fraction) {
        return None;
    }
    if head.is_empty() && fraction.is_empty() {
        return None;
    }
    let plain =
        format!("{sign}{}{}.{}", if head.is_empty() { "0" } else { head }, rest.concat(), zero_if_empty(fraction));
    let plain = plain.trim_start_matches('+');
    if exponent == 0 {
        return Decimal::from_str_exact(plain.strip_suffix(".0").unwrap_or(plain)).ok();
    }
    Decimal::from_scientific(&format!("{plain}e{exponent}")).ok()
}

fn zero_if_empty(digits: &str) -> &str {
    if digits.is_empty() { "0" } else { digits }
}

/// Nothing but dashes and strokes: what clerks put into a cell that has no value, in any width and length.
pub fn is_blank_mark(text: &str) -> bool {
    let is_mark = |sign: char| matches!(narrow_any(sign), '-' | '/' | '\\' | '_');
    !text.is_empty() && text.chars().all(|sign| is_mark(sign) || sign.is_whitespace()) && text.chars().any(is_mark)
}

/// Reads yes or no: 是 否 √ × ✓ ✗ 对 错 Y N yes no true false 1 0, letters in either case.
pub fn parse_boolean(text: &str) -> Option<Parsed<bool>> {
    if text.len() > 12 {
        return None;
    }
    let value = match text.trim() {
        "是" | "√" | "✓" | "✔" | "☑" | "对" | "1" | "Ｙ" => true,
        "否" | "×" | "✗" | "✘" | "✕" | "╳" | "错" | "0" | "Ｎ" => false,
        letters => match letters.to_ascii_lowercase().as_str() {
            "y" | "yes" | "true" | "t" => true,
            "n" | "no" | "false" | "f" | "x" => false,
            _ => return None,
        },
    };
    Some(Parsed { value, changed: !matches!(text, "true" | "false") })
}

#[cfg(test)]
#[path = "cells_tests.rs"]
mod tests;
