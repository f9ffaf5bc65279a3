//! A checked value of a row, in the column's own type and measure.

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// What a cell came to mean once it was read by its column's type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CellValue<'a> {
    /// Nothing there.
    Null,
    /// Text, codes and identifiers.
    Text(&'a str),
    /// A person's certificate number in a column of codes: personal by its content, whatever the column. Of it only the
    /// keyed digest is kept.
    Person(&'a str),
    /// A day.
    Date(NaiveDate),
    /// Amounts (two places), quantities (four), rates (eight).
    Decimal(Decimal),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
}

/// What a row of a differential set does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RowAction {
    /// 新增
    #[default]
    Add,
    /// 变更
    Change,
    /// 撤销
    Revoke,
}

impl RowAction {
    /// The word a sheet uses.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Add => "新增",
            Self::Change => "变更",
            Self::Revoke => "撤销",
        }
    }

    /// The word kept in batches.
    pub fn key(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Revoke => "revoke",
        }
    }

    /// Reads the word of a sheet.
    pub fn find(text: &str) -> Option<Self> {
        match text {
            "新增" | "增加" | "add" => Some(Self::Add),
            "变更" | "修改" | "change" => Some(Self::Change),
            "撤销" | "删除" | "作废" | "revoke" => Some(Self::Revoke),
            _ => None,
        }
    }
}

/// What a set of rows is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetMode {
    /// Everything there is (stock) or happened in its periods (flow).
    Full,
    /// What differs from before.
    Differential,
    /// Nothing to report, said on purpose.
    Nil,
}

impl SetMode {
    /// The word of `--mode` and of JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Differential => "differential",
            Self::Nil => "nil",
        }
    }

    /// Reads the word.
    pub fn find(text: &str) -> Option<Self> {
        [Self::Full, Self::Differential, Self::Nil].into_iter().find(|mode| mode.key() == text)
    }
}
