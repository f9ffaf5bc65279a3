//! Reporting periods: a year, a half-year, a quarter or a month, written `2025`, `2025H1`, `2025Q1`, `2025-03`.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};

/// A period of the calendar. Ordered by its last day, then the longer one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// A year.
    Year(i32),
    /// A half-year, 1 or 2.
    Half(i32, u32),
    /// A quarter, 1 to 4.
    Quarter(i32, u32),
    /// A month, 1 to 12.
    Month(i32, u32),
}

/// The years a period may lie in: an office's sheets are not older than the archive nor from the far future.
const YEARS: std::ops::RangeInclusive<i32> = 1980..=2100;

impl Period {
    /// The first day.
    pub fn first_day(self) -> NaiveDate {
        let (year, month) = match self {
            Self::Year(year) => (year, 1),
            Self::Half(year, half) => (year, half * 6 - 5),
            Self::Quarter(year, quarter) => (year, quarter * 3 - 2),
            Self::Month(year, month) => (year, month),
        };
        NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default()
    }

    /// The last day.
    pub fn last_day(self) -> NaiveDate {
        let months = match self {
            Self::Year(_) => 12,
            Self::Half(..) => 6,
            Self::Quarter(..) => 3,
            Self::Month(..) => 1,
        };
        self.first_day() + Months::new(months) - Days::new(1)
    }

    /// The year it lies in.
    pub fn year(self) -> i32 {
        match self {
            Self::Year(year) | Self::Half(year, _) | Self::Quarter(year, _) | Self::Month(year, _) => year,
        }
    }

    /// Whether the day lies in it.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.first_day() <= day && day <= self.last_day()
    }

    /// Whether every day of the other lies in this one.
    pub fn covers(self, other: Self) -> bool {
        self.first_day() <= other.first_day() && other.last_day() <= self.last_day()
    }

    /// The month a day lies in.
    pub fn month_of(day: NaiveDate) -> Self {
        Self::Month(day.year(), day.month())
    }

    /// The half-year a day lies in.
    pub fn half_of(day: NaiveDate) -> Self {
        Self::Half(day.year(), day.month0() / 6 + 1)
    }

    /// The quarter a day lies in.
    pub fn quarter_of(day: NaiveDate) -> Self {
        Self::Quarter(day.year(), day.month0() / 3 + 1)
    }

    /// Reads a period as offices write it: `2025Q1`, `2025-03`, `2025年第1季度`, `2025年一季度`, `2025年3月`, `202503`,
    /// `2025年度`, `2025年`. Signs must already be half-width. `None` when it is none of these.
    pub fn find_spoken(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
        if let Ok(period) = text.parse() {
            return Some(period);
        }
        let year: i32 = text.get(..4)?.parse().ok().filter(|year| YEARS.contains(year))?;
        let rest = text.get(4..)?;
        let rest = rest.strip_prefix('年').unwrap_or(rest);
        let rest = rest.trim_start_matches(['-', '.', '/']);
        match rest {
            "" | "度" | "全年" | "全年度" | "年度" => return Some(Self::Year(year)),
            "上半年" => return Some(Self::Half(year, 1)),
            "下半年" => return Some(Self::Half(year, 2)),
            _ => {}
        }
        if let Some(number) = rest.strip_prefix(['Q', 'q']).and_then(|number| number.parse().ok()) {
            return (1..=4).contains(&number).then_some(Self::Quarter(year, number));
        }
        if let Some(quarter) = rest.strip_suffix("季度").or_else(|| rest.strip_suffix('季')) {
            let quarter = quarter.trim_start_matches('第');
            let number = ["1一", "2二", "3三", "4四"]
                .iter()
                .position(|signs| quarter.chars().count() == 1 && quarter.chars().all(|sign| signs.contains(sign)))?;
            return Some(Self::Quarter(year, u32::try_from(number).ok()? + 1));
        }
        let month = rest.trim_end_matches("月份").trim_end_matches('月');
        let month: u32 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
        (rest.len() <= 2 || rest.contains('月')).then_some(Self::Month(year, month))
    }
}

crate::texts::serde_by_text!(Period, |period: Period| period, |text: &str| text.parse::<Period>().ok());

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Period {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.last_day().cmp(&other.last_day()).then(self.first_day().cmp(&other.first_day()))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Half(year, half) => write!(f, "{year:04}H{half}"),
            Self::Quarter(year, quarter) => write!(f, "{year:04}Q{quarter}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
        }
    }
}

/// The text is not `2025`, `2025H1`, `2025Q1` or `2025-03`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a period: {0}")]
pub struct NotAPeriod(pub String);

impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotAPeriod(text.to_owned());
        if !text.is_ascii() || text.len() < 4 {
            return Err(wrong());
        }
        let year: i32 = text[..4].parse().map_err(|_| wrong())?;
        let period = match (&text[4..], text.len()) {
            ("", 4) => Self::Year(year),
            (rest, 6) if rest.starts_with(['H', 'h']) => Self::Half(year, rest[1..].parse().map_err(|_| wrong())?),
            (rest, 6) if rest.starts_with(['Q', 'q']) => Self::Quarter(year, rest[1..].parse().map_err(|_| wrong())?),
            (rest, 7) if rest.starts_with('-') => Self::Month(year, rest[1..].parse().map_err(|_| wrong())?),
            _ => return Err(wrong()),
        };
        let exists = match period {
            Self::Year(_) => true,
            Self::Half(_, half) => (1..=2).contains(&half),
            Self::Quarter(_, quarter) => (1..=4).contains(&quarter),
            Self::Month(_, month) => (1..=12).contains(&month),
        };
        if exists && YEARS.contains(&year) { Ok(period) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_reads_back_as_written() {
        for text in ["2025", "2025H1", "2025H2", "2025Q1", "2025-03"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for text in ["", "25", "2025Q5", "2025H3", "2025H0", "2025-13", "2025-3", "９９９９", "20250301", "2025Q"] {
            assert!(text.parse::<Period>().is_err(), "{text} passed");
        }
    }

    #[test]
    fn offices_write_periods_in_words() {
        let spoken = |text| Period::find_spoken(text).map(|period| period.to_string());
        assert_eq!(spoken("2025年第1季度").as_deref(), Some("2025Q1"));
        assert_eq!(spoken("2025年 四季度").as_deref(), Some("2025Q4"));
        assert_eq!(spoken("2025年3月份").as_deref(), Some("2025-03"));
        assert_eq!(spoken("202511").as_deref(), Some("2025-11"));
        assert_eq!(spoken("2025年度").as_deref(), Some("2025"));
        assert_eq!(spoken("2025年上半年").as_deref(), Some("2025H1"));
        assert_eq!(spoken("2025-Q3").as_deref(), Some("2025Q3"));
        assert_eq!(spoken("2025年第5季度"), None);
        assert_eq!(spoken("呼图壁镇"), None);
    }

    #[test]
    fn a_quarter_ends_with_its_third_month() {
        assert_eq!(Period::Quarter(2024, 1).last_day().to_string(), "2024-03-31");
        assert_eq!(Period::Year(2024).last_day(), Period::Quarter(2024, 4).last_day());
        assert!(Period::Year(2024) < Period::Quarter(2024, 4), "the longer one comes first");
        assert!(Period::Half(2024, 2) < Period::Quarter(2024, 4), "the longer one comes first");
        assert_eq!(Period::Half(2024, 1).last_day(), Period::Quarter(2024, 2).last_day());
        assert_eq!(Period::half_of(Period::Half(2024, 2).first_day()).to_string(), "2024H2");
    }
}
