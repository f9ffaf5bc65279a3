//! What a column holds, told from its cells alone: no template is known here.
//!
//! The guess is careful with codes. Digits beyond fifteen or behind a zero are a text, a column in which one cell is
//! no figure is a text, and days written as eight digits are days only where the header speaks of days.

use std::borrow::Cow;

use gongzhi_core::cells::{date_from_serial, parse_decimal, parse_moment};

use super::row::{Number, Value, date_text};

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColumnType {
    /// Texts, codes, and whatever is mixed.
    Text,
    /// Whole figures.
    Integer,
    /// Figures with decimals.
    Decimal,
    /// Days, perhaps with times.
    Date,
    /// True and false as the program that wrote the sheet knows them.
    Boolean,
    /// No cell holds anything.
    #[default]
    Empty,
}

impl ColumnType {
    /// The type's key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Date => "date",
            Self::Boolean => "boolean",
            Self::Empty => "empty",
        }
    }
}

/// What one cell could be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Text,
    Integer,
    /// Eight digits that are a day of the calendar.
    CompactDate,
    /// A whole figure that could count the days since 1900, from 1950 to 2100.
    Serial,
    Decimal,
    Date,
    /// A day written as a text that only a day is written like.
    DateText,
    Boolean,
}

/// The cells of a column counted by what they could be.
#[derive(Debug, Clone, Default)]
pub struct ColumnProfile {
    counts: [u64; 8],
    speaks_of_days: bool,
    takes_serials: bool,
}

impl ColumnProfile {
    /// A column with its name, which may speak of days: 登记日期, 成立时间, `sign_date`.
    /// Figures without a date format count days only from 1900: those of the other epoch stay figures.
    pub fn new(name: &str, epoch_1904: bool) -> Self {
        let lower = name.to_lowercase();
        let words = ["日期", "时间", "年月日", "日", "date", "time"];
        let speaks_of_days = words.iter().any(|word| lower.contains(word));
        Self { counts: [0; 8], speaks_of_days, takes_serials: speaks_of_days && !epoch_1904 }
    }

    /// Counts a cell.
    pub fn add(&mut self, value: Value<'_>) {
        if let Some(look) = look_of(value) {
            self.counts[look as usize] += 1;
        }
    }

    /// The type, once every cell is counted.
    pub fn column_type(&self) -> ColumnType {
        let count = |look: Look| self.counts[look as usize];
        let total: u64 = self.counts.iter().sum();
        let certain_dates = count(Look::Date) + count(Look::DateText);
        let mut dates = certain_dates;
        if self.speaks_of_days || certain_dates > 0 {
            dates += count(Look::CompactDate);
        }
        if self.takes_serials && certain_dates > 0 {
            dates += count(Look::Serial);
        }
        let integers = count(Look::Integer) + count(Look::CompactDate) + count(Look::Serial);
        match total {
            0 => ColumnType::Empty,
            _ if dates == total => ColumnType::Date,
            _ if integers == total => ColumnType::Integer,
            _ if integers + count(Look::Decimal) == total => ColumnType::Decimal,
            _ if count(Look::Boolean) == total => ColumnType::Boolean,
            _ => ColumnType::Text,
        }
    }
}

fn look_of(value: Value<'_>) -> Option<Look> {
    Some(match value {
        Value::Empty => return None,
        Value::Error(_) => Look::Text,
        Value::Date(_) => Look::Date,
        Value::Boolean(_) => Look::Boolean,
        Value::Number(number) if number.digits_lost || is_measured(number) => Look::Text,
        Value::Number(number) => look_of_figure(number.text),
        Value::Text(text) => look_of_text(text),
    })
}

/// A figure whose format names another measure than plain yuan: without the word it would be another figure.
fn is_measured(number: Number<'_>) -> bool {
    !number.is_percent() && !matches!(&number.shown[number.text.len().min(number.shown.len())..], "" | "元")
}

fn look_of_figure(text: &str) -> Look {
    if text.contains(['.', 'E', 'e']) {
        return Look::Decimal;
    }
    if text.len() == 8 && parse_moment(text).is_some() {
        return Look::CompactDate;
    }
    match text.parse::<u32>() {
        Ok(18_264..=73_050) => Look::Serial,
        _ => Look::Integer,
    }
}

fn look_of_text(text: &str) -> Look {
    let Some(first) = text.bytes().next() else { return Look::Text };
    if text.len() > 40 || !(first.is_ascii_digit() || matches!(first, b'-' | b'.')) {
        return Look::Text;
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let is_code = digits.len() > 15 || digits.len() > 1 && digits.starts_with('0') || digits.is_empty();
        return if is_code { Look::Text } else { look_of_figure(text) };
    }
    if is_plain_figure(digits) {
        return if digits.contains('.') { Look::Decimal } else { Look::Integer };
    }
    if parse_moment(text).is_some() { Look::DateText } else { Look::Text }
}

/// Digits with a point or thousands signs, without the words that would make it a matter of the column's measure.
fn is_plain_figure(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
        && !digits.starts_with("00")
        && parse_decimal(digits).is_some()
}

/// A value as its column's type writes it: days as ISO 8601, figures as decimal text, codes as they stand. `None` for
/// an empty cell.
pub fn typed_text(value: Value<'_>, column_type: ColumnType) -> Option<Cow<'_, str>> {
    let text = match value {
        Value::Empty => return None,
        Value::Text(text) | Value::Error(text) => text,
        Value::Number(number) if is_measured(number) => number.shown,
        Value::Number(number) => number.text,
        Value::Date(date) => return Some(Cow::Owned(date_text(date))),
        Value::Boolean(truth) => return Some(Cow::Borrowed(if truth { "true" } else { "false" })),
    };
    let changed = match column_type {
        ColumnType::Date => date_of(text).map(date_text),
        ColumnType::Integer | ColumnType::Decimal if text.contains(',') => {
            parse_decimal(text).map(|parsed| parsed.figure.to_string())
        }
        _ => None,
    };
    Some(changed.map_or(Cow::Borrowed(text), Cow::Owned))
}

fn date_of(text: &str) -> Option<chrono::NaiveDateTime> {
    match parse_moment(text) {
        Some(moment) => Some(moment.value),
        None => date_from_serial(text.parse().ok()?, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_of(name: &str, texts: &[&str]) -> ColumnType {
        let mut profile = ColumnProfile::new(name, false);
        texts.iter().for_each(|text| profile.add(if text.is_empty() { Value::Empty } else { Value::Text(text) }));
        profile.column_type()
    }

    #[test]
    fn a_column_is_what_all_its_cells_are() {
        assert_eq!(type_of("序号", &["1", "2", "", "30"]), ColumnType::Integer);
        assert_eq!(type_of("金额", &["1,234.50", "3", "-0.5"]), ColumnType::Decimal);
        assert_eq!(type_of("资本", &["3(万)", "5"]), ColumnType::Text);
        assert_eq!(type_of("代码", &["916523236827409889", "91652323MA7A000172"]), ColumnType::Text);
        assert_eq!(type_of("代码", &["0012", "12"]), ColumnType::Text);
        assert_eq!(type_of("日期", &["2024-03-05", "2024年3月5日", "20240305"]), ColumnType::Date);
        assert_eq!(type_of("编号", &["20240305", "20240306"]), ColumnType::Integer);
        assert_eq!(type_of("日期", &["2024-03-05", "不详"]), ColumnType::Text);
        assert_eq!(type_of("备注", &["", ""]), ColumnType::Empty);
    }

    #[test]
    fn days_become_iso_and_thousands_signs_go() {
        assert_eq!(typed_text(Value::Text("2024年3月5日"), ColumnType::Date).as_deref(), Some("2024-03-05"));
        assert_eq!(typed_text(Value::Text("1,234.50"), ColumnType::Decimal).as_deref(), Some("1234.50"));
        assert_eq!(typed_text(Value::Text("1,234.50"), ColumnType::Text).as_deref(), Some("1,234.50"));
        assert_eq!(typed_text(Value::Empty, ColumnType::Text), None);
        let shown = |shown| Value::Number(Number { text: "12.5", digits_lost: false, shown });
        assert_eq!(typed_text(shown("12.5万元"), ColumnType::Text).as_deref(), Some("12.5万元"));
        assert_eq!(typed_text(shown("12.5元"), ColumnType::Decimal).as_deref(), Some("12.5"));
    }
}
