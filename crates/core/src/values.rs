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

/// What a row says it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RowAction {
    /// Nothing is said: the row is the last word about its key.
    #[default]
    Unsaid,
    /// 新增
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
            Self::Unsaid => "",
            Self::Add => "新增",
            Self::Change => "变更",
            Self::Revoke => "撤销",
        }
    }

    /// The word kept in batches.
    pub fn key(self) -> &'static str {
        match self {
            Self::Unsaid => "unsaid",
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

crate::texts::serde_by_text!(SetMode, SetMode::key, SetMode::find);

/// What a set of rows says of itself. What it then does to earlier sets is its [role](crate::state::Role).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetMode {
    /// Everything there is (stock) or happened in its periods (flow).
    Full,
    /// What differs from before.
    Differential,
    /// Nothing is said.
    Unsaid,
    /// Nothing to report, said on purpose: of a stock kind what is on record stands, of a flow kind nothing happened.
    Nil,
    /// Nothing exists, said on purpose: what is on record ends.
    NothingExists,
}

impl SetMode {
    /// The word of `--mode` and of JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Differential => "differential",
            Self::Unsaid => "unsaid",
            Self::Nil => "nil",
            Self::NothingExists => "nothing_exists",
        }
    }

    /// Reads the word.
    pub fn find(text: &str) -> Option<Self> {
        let all = [Self::Full, Self::Differential, Self::Unsaid, Self::Nil, Self::NothingExists];
        let word = text.replace('-', "_");
        all.into_iter().find(|mode| mode.key() == word)
    }

    /// Whether it is a set without rows, said on purpose.
    pub fn is_nil(self) -> bool {
        matches!(self, Self::Nil | Self::NothingExists)
    }
}
