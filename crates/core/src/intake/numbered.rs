//! Numbers of projects, permits, contracts, certificates and parcels, written in one way.
//!
//! Two sheets are about one project only where its number is one and the same text: keys are compared so, and models join
//! by them. A word processor makes `－`, `–` or `——` of a hyphen, a keyboard full-width brackets, somebody groups digits
//! by blanks; none of that makes another number. What is kept is the number as it is printed: narrow, hyphens plain, no
//! blanks; brackets wide among Chinese signs and narrow elsewhere. The text as it stood is kept beside it, as of every
//! other code.

use std::borrow::Cow;

use crate::catalog::{Column, ColumnType};
use crate::codes::{is_blank, narrow};

/// Ends of headers of numbers, and of the keys of their columns.
const HEADERS: [char; 2] = ['号', '码'];
const KEYS: [&str; 3] = ["_number", "_code", "document"];
/// Signs of the shortest number that stands beside another in one cell.
const OF_A_LIST: usize = 8;

/// Whether a column holds the number of a thing.
pub(super) fn is_number(column: &Column) -> bool {
    match column.column_type {
        ColumnType::Parcel => true,
        ColumnType::Text => column.name.zh.ends_with(HEADERS) || KEYS.iter().any(|end| column.key.ends_with(end)),
        _ => false,
    }
}

/// A number as it is kept; borrowed, with nothing allocated, where it is written so.
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_graphic();
    if text.bytes().all(is_plain) || !text.chars().any(is_folded) {
        return Cow::Borrowed(text);
    }
    let is_list = is_list(text);
    let mut folded = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    let mut is_behind_dash = false;
    while let Some(sign) = signs.next() {
        if is_blank(sign) {
            let next = signs.peek().copied().unwrap_or_default();
            let is_between_words =
                folded.ends_with(|last: char| last.is_ascii_alphabetic()) && next.is_ascii_alphabetic();
            if is_list || is_between_words {
                folded.push(' ');
            }
            continue;
        }
        let plain = plain(sign);
        // The dash of Chinese keyboards is two signs long.
        if !(is_behind_dash && plain == '-') {
            folded.push(plain);
        }
        is_behind_dash = plain == '-' && plain != sign;
    }
    // Official documents print （2025） among Chinese signs.
    if !folded.is_ascii() && folded.contains(['(', ')', '[', ']']) {
        folded = folded.chars().map(wide_bracket).collect();
    }
    if folded == text { Cow::Borrowed(text) } else { Cow::Owned(folded) }
}

/// Signs that may be written in another way.
fn is_folded(sign: char) -> bool {
    is_blank(sign) || plain(sign) != sign || matches!(sign, '(' | ')' | '[' | ']')
}

fn plain(sign: char) -> char {
    match sign {
        '﹣' | '﹘' | '─' | '━' | '⁃' | 'ー' | 'ｰ' | '⸺' => '-',
        '〔' | '【' => '[',
        '〕' | '】' => ']',
        sign => narrow(sign),
    }
}

fn wide_bracket(sign: char) -> char {
    match sign {
        '(' => '（',
        ')' => '）',
        '[' => '〔',
        ']' => '〕',
        sign => sign,
    }
}

/// Whether blanks stand between several whole numbers: of one length, as numbers of one sort are.
fn is_list(text: &str) -> bool {
    let is_cut = |part: &str| [part.chars().next(), part.chars().next_back()].contains(&Some('-'));
    let signs = |part: &str| part.chars().filter(|sign| sign.is_alphanumeric()).count();
    let mut parts = text.split(is_blank).filter(|part| !part.is_empty());
    let Some(first) = parts.next().map(signs).filter(|signs| *signs >= OF_A_LIST) else { return false };
    let mut others = parts.peekable();
    others.peek().is_some() && others.all(|part| signs(part) == first && !is_cut(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_dashes_and_blanks_make_no_other_number() {
        for text in [
            "2203-652323-04-01-123456",
            "２２０３－６５２３２３－０４－０１－１２３４５６",
            "2203–652323–04–01–123456",
            "2203—652323——04—01—123456",
            "2203﹣652323‐04‑01−123456",
            "2203ー652323ー04ー01ー123456",
            "2203-652323-04-01- 123456",
            "2203 - 652323 - 04 - 01 - 123456",
            "2203\u{a0}-652323-04-\n01-123456",
        ] {
            assert_eq!(fold(text), "2203-652323-04-01-123456", "{text}");
        }
        for text in ["新(2025)呼图壁县不动产权第0001号", "新（2025）呼图壁县 不动产权第 ０００１ 号"]
        {
            assert_eq!(fold(text), "新（2025）呼图壁县不动产权第0001号", "{text}");
        }
        for text in ["呼发改[2025]12号", "呼发改〔2025〕12号", "呼发改【２０２５】 12号", "呼发改［2025］12号"]
        {
            assert_eq!(fold(text), "呼发改〔2025〕12号", "{text}");
        }
        assert_eq!(fold("A（1）"), fold("A(1)"));
    }

    #[test]
    fn a_number_that_is_written_plainly_stands_as_it_is() {
        for text in [
            "2203-652323-04-01-123456",
            "A--1",
            "GF(2025)",
            "建字第652323202500001号",
            "呼发改〔2025〕12号",
            "新（2025）呼图壁县不动产权第0001号",
            "2203-652323-04-01-123456 2203-652323-04-01-654321",
        ] {
            assert!(matches!(fold(text), Cow::Borrowed(kept) if kept == text), "{text}");
        }
        assert_eq!(fold("Contract No 12"), "Contract No12");
    }
}
