//! What is wrong with a sheet: where, what, and how to mend it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::catalog::Severity;
use crate::messages::Message;

/// A cell of a sheet; both count from 1, as people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellPlace {
    /// Row.
    pub row: u32,
    /// Column.
    pub column: u32,
}

impl CellPlace {
    /// The place an address names: `B7`.
    pub fn parse(address: &str) -> Option<Self> {
        let letters = address.bytes().take_while(u8::is_ascii_uppercase).count();
        let column = |column: u32, letter: u8| column.checked_mul(26)?.checked_add(u32::from(letter - b'A') + 1);
        let column = address.bytes().take(letters).try_fold(0, column)?;
        let row = address[letters..].parse().ok()?;
        (column > 0 && row > 0).then_some(Self { row, column })
    }

    /// The address as sheets write it: `B7`.
    pub fn address(self) -> String {
        format!("{}{}", column_letters(self.column), self.row)
    }
}

/// The letters of a column counted from 1: 1 → A, 27 → AA.
pub fn column_letters(mut column: u32) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        letters.push(char::from(b'A' + u8::try_from((column - 1) % 26).unwrap_or(0)));
        column = (column - 1) / 26;
    }
    letters.iter().rev().collect()
}

crate::texts::serde_by_text!(CellPlace, CellPlace::address, CellPlace::parse);

/// Something wrong, or worth saying, about a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Worksheet, as named in the file; empty: the file as a whole.
    pub sheet: String,
    /// Cell; none when the sheet or the file as a whole is meant.
    pub cell: Option<CellPlace>,
    /// Key of the column, when one is meant.
    pub column: Option<String>,
    /// Whether it blocks.
    pub severity: Severity,
    /// Stable name of the rule, in kebab case: `required`, `type`, `range`, `code-list`, `order` …
    pub rule: Cow<'static, str>,
    /// The value as it stands in the cell.
    pub value: String,
    /// What is wrong.
    pub message: Message,
    /// How to mend it.
    pub mend: Message,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_after_z_have_two_letters() {
        assert_eq!(CellPlace { row: 7, column: 2 }.address(), "B7");
        assert_eq!(column_letters(26), "Z");
        assert_eq!(column_letters(27), "AA");
        assert_eq!(column_letters(16_384), "XFD");
    }
}
