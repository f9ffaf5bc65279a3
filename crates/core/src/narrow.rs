//! Texts made narrow: full-width signs, blanks and signs that nobody sees.

use std::borrow::Cow;

/// A value read from a text, and whether the text was written otherwise than the value's own plain form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parsed<T> {
    /// The value.
    pub value: T,
    /// The text was not the plain form (`2024-03-05`, `1234.5`, `true`).
    pub changed: bool,
}

/// Narrows full-width letters and digits, takes away outer blanks, invisible signs anywhere and one leading
/// apostrophe. Punctuation, inner blanks and line breaks stay: a name keeps its brackets.
pub fn narrow(text: &str) -> Cow<'_, str> {
    if is_narrow(text) {
        return Cow::Borrowed(text);
    }
    if !text.chars().any(|sign| is_invisible(sign) || narrow_sign(sign) != sign) {
        return Cow::Borrowed(trim(text));
    }
    let narrowed: String = text.chars().filter(|sign| !is_invisible(*sign)).map(narrow_sign).collect();
    let trimmed = trim(&narrowed);
    if trimmed.len() == narrowed.len() { Cow::Owned(narrowed) } else { Cow::Owned(trimmed.to_owned()) }
}

/// A quick look that never says yes wrongly.
fn is_narrow(text: &str) -> bool {
    text.is_empty() || has_bare_ends(text) && !has_odd_byte(text)
}

/// No blank or apostrophe at either end: with no [odd byte](has_odd_byte) inside, [`narrow`] leaves the text as it is.
pub fn has_bare_ends(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return true };
    let is_blank = *first <= b' ' || *first == b'\'' || *last <= b' ';
    !is_blank && !text.starts_with('\u{3000}') && !text.ends_with('\u{3000}')
}

/// A byte that could begin a full-width or invisible sign, or is one. All are looked at, which is quicker than to stop.
pub fn has_odd_byte(text: &str) -> bool {
    let is_odd = |byte: u8| {
        let is_control = byte < b' ' && byte != b'\t' && byte != b'\n' && byte != b'\r';
        is_control | (byte == 0x7F) | (byte == 0xC2) | (byte == 0xE2) | (byte == 0xEF)
    };
    text.bytes().fold(false, |found, byte| found | is_odd(byte))
}

fn trim(text: &str) -> &str {
    let text = text.trim();
    match text.strip_prefix('\'') {
        Some(rest) => rest.trim(),
        None => text,
    }
}

/// Signs that show nothing: zero-width ones, byte order marks, direction marks, control signs.
fn is_invisible(sign: char) -> bool {
    matches!(sign,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FEFF}' | '\u{7F}'
        | '\u{0}'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}')
}

/// Full-width letters and digits to their narrow ones, a no-break blank to a blank.
fn narrow_sign(sign: char) -> char {
    match sign {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => narrow_any(sign),
        '\u{A0}' | '\u{202F}' => ' ',
        _ => sign,
    }
}

/// Any sign of the full-width and small blocks, punctuation and money too: only for texts already known to be figures or
/// dates.
pub(super) fn narrow_any(sign: char) -> char {
    match sign {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(sign as u32 - 0xFEE0).unwrap_or(sign),
        '\u{3000}' | '\u{A0}' | '\u{2002}'..='\u{200A}' => ' ',
        '−' | '—' | '–' | '‐' | '‑' | '‒' | '―' | '─' | '━' | '﹣' | '﹘' | '⁃' => '-',
        '。' | '﹒' | '｡' => '.',
        '﹐' => ',',
        '﹢' => '+',
        '﹪' => '%',
        '﹙' => '(',
        '﹚' => ')',
        '﹩' => '$',
        '￥' => '¥',
        '￡' => '£',
        '￠' => '¢',
        '￦' => '₩',
        _ => sign,
    }
}

/// The text with full-width punctuation narrowed too; borrowed when there is none.
pub(crate) fn narrow_all(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.chars().any(|sign| narrow_any(sign) != sign) {
        return Cow::Borrowed(text.trim());
    }
    Cow::Owned(text.chars().map(narrow_any).collect::<String>().trim().to_owned())
}
