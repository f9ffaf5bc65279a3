//! How codes are written in sheets, and how they should be: narrow, upper case, without spaces.

use std::borrow::Cow;

/// The text narrowed, in upper case, without spaces, invisible signs or a leading apostrophe. Borrowed (and nothing
/// allocated) when it is already so.
pub fn normalise(value: &str) -> Cow<'_, str> {
    if value.bytes().all(|sign| sign.is_ascii_digit() || sign.is_ascii_uppercase() || sign == b'-' || sign == b'.') {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len());
    for sign in value.chars().map(narrow) {
        if is_blank(sign) || (text.is_empty() && matches!(sign, '\'' | '’' | '‘' | '`')) {
            continue;
        }
        text.push(sign.to_ascii_uppercase());
    }
    if text == value { Cow::Borrowed(value) } else { Cow::Owned(text) }
}

/// One sign in its narrow form; the dashes that keyboards and word processors make become `-`.
pub(crate) fn narrow(sign: char) -> char {
    match sign {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(sign as u32 - 0xfee0).unwrap_or(sign),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        _ => sign,
    }
}

/// Spaces of every width, and signs that nobody sees.
pub(crate) fn is_blank(sign: char) -> bool {
    sign.is_whitespace()
        || sign.is_control()
        || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Letters that stand outside an alphabet put back to the digit they look like: O and Q to 0, I and L to 1, Z to 2,
/// S to 5, B to 8. `allowed` tells which letters may stay. `None` when nothing was put back.
pub(crate) fn unconfuse(text: &str, allowed: impl Fn(u8) -> bool) -> Option<String> {
    let mut changed = false;
    let mended: String = text
        .bytes()
        .map(|sign| {
            if allowed(sign) {
                return sign as char;
            }
            let digit = match sign {
                b'O' | b'Q' => '0',
                b'I' | b'L' => '1',
                b'Z' => '2',
                b'S' => '5',
                b'B' => '8',
                _ => return sign as char,
            };
            changed = true;
            digit
        })
        .collect();
    changed.then_some(mended)
}

/// Whether every sign is a decimal digit.
pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_already_right_is_borrowed() {
        assert!(matches!(normalise("91652323MA7A000172"), Cow::Borrowed(_)));
    }

    #[test]
    fn width_case_spaces_and_a_leading_apostrophe_go_away() {
        assert_eq!(normalise("'９１ 652323\u{200b}ma7a000172\t"), "91652323MA7A000172");
    }

    #[test]
    fn every_dash_is_one_hyphen() {
        assert_eq!(normalise("D2143569—X"), "D2143569-X");
        assert_eq!(normalise("D2143569－x"), "D2143569-X");
    }
}
