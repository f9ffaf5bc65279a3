//! Headers in the form in which they are compared.

use unicode_normalization::UnicodeNormalization;

use crate::catalog::plain_sign;

/// A header in the form in which headers are compared: width and case folded, no blanks, no marks.
pub fn fold(header: &str) -> String {
    header
        .nfkc()
        .filter(|sign| !sign.is_whitespace() && !matches!(sign, '*' | '★' | '※' | ':' | '\u{200b}' | '\u{feff}' | '、'))
        .flat_map(char::to_lowercase)
        .map(plain_sign)
        .collect()
}
