//! Figures of binary and XML sheets as decimal text, and the number formats that make days of them.

use std::fmt::Write as _;

use chrono::{NaiveTime, Timelike};
use gongzhi_core::cells::date_from_serial;
use gongzhi_core::intake::SHOWN_AS_PERCENT;

use super::super::row::{Number, Row, Value};
use super::number_words::{Seen, Words, seen_beside};

/// What a number format makes of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shown {
    /// A figure.
    #[default]
    Figure,
    /// A figure as so many per cent.
    Percent,
    /// A day, perhaps with a time.
    Date,
    /// A time of day; over a figure of a day and more the day with its time, of which the format shows a part.
    Time,
    /// A span of time: hours counted on beyond a day (`[h]`).
    Span,
}

/// The meaning of a number format that is built in. 27–36 and 50–58 are those of Chinese Excel.
pub(super) fn shown_by_id(id: u32) -> Option<Shown> {
    match id {
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Some(Shown::Date),
        9 | 10 => Some(Shown::Percent),
        46 => Some(Shown::Span),
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => Some(Shown::Time),
        0..=49 | 59..=81 => Some(Shown::Figure),
        _ => None,
    }
}

/// The meaning of a format's code, by the letters that stand outside quotes, brackets and escapes.
pub(super) fn shown_by_code(code: &str) -> Shown {
    let (mut day, mut month, mut time, mut span) = (false, false, false, false);
    let mut signs = code.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' => {
                for quoted in signs.by_ref() {
                    if quoted == '"' {
                        break;
                    }
                    day |= matches!(quoted, '年' | '月' | '日') && (month || day);
                }
            }
            '\\' | '_' | '*' | '!' => {
                signs.next();
            }
            '[' => {
                let inner: String = signs.by_ref().take_while(|sign| *sign != ']').collect();
                span |= matches!(inner.as_str(), "h" | "hh" | "H" | "HH" | "m" | "mm" | "s" | "ss" | "S" | "SS");
            }
            ';' => break,
            'G' | 'g' if signs.clone().take(6).collect::<String>().eq_ignore_ascii_case("eneral") => {
                signs.by_ref().take(6).for_each(drop);
            }
            'E' | 'e' if matches!(signs.peek(), Some('+' | '-')) => {}
            'y' | 'Y' | 'd' | 'D' | 'e' => day = true,
            // The name of a weekday; AM/PM and A/P have one.
            'a' | 'A' if signs.peek().is_some_and(|next| matches!(next, 'a' | 'A')) => day = true,
            'm' | 'M' => month = true,
            'h' | 'H' | 's' | 'S' => time = true,
            _ => {}
        }
    }
    match (day, month, time || span) {
        (true, _, _) | (false, true, false) => Shown::Date,
        (false, _, true) if span => Shown::Span,
        (false, _, true) => Shown::Time,
        (false, false, false) => Shown::Figure,
    }
}

/// A number format: what it makes of a figure, and the words it writes around it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FormatCode {
    pub(super) shown: Shown,
    pub(super) words: Option<Words>,
}

impl FormatCode {
    /// By its code.
    pub(super) fn of(code: &str) -> Self {
        let shown = shown_by_code(code);
        Self { shown, words: if shown == Shown::Figure { Words::of(code) } else { None } }
    }

    /// The format as a sheet uses it.
    pub(super) fn in_epoch(&self, epoch_1904: bool) -> NumberFormat<'_> {
        NumberFormat { shown: self.shown, epoch_1904, words: self.words.as_ref() }
    }
}

impl From<Shown> for FormatCode {
    fn from(shown: Shown) -> Self {
        Self { shown, words: None }
    }
}

/// The format of a figure, and the epoch its days count from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct NumberFormat<'f> {
    pub(super) shown: Shown,
    pub(super) epoch_1904: bool,
    pub(super) words: Option<&'f Words>,
}

/// Adds a figure as its format shows it. What is no figure at all stays the text that it is.
pub(super) fn push_number(row: &mut Row, column: u32, figure: Figure<'_>, format: NumberFormat<'_>) {
    let NumberFormat { shown, epoch_1904, words } = format;
    if !matches!(shown, Shown::Figure | Shown::Percent) {
        let serial = figure.value();
        if let Some(date) = date_from_serial(serial, epoch_1904) {
            let is_day = serial >= 1.0 || epoch_1904 && shown == Shown::Date;
            if is_day && shown != Shown::Span {
                return row.push(column, Value::Date(date));
            }
            return row.push(column, Value::Text(&time_text(serial, date.time())));
        }
    }
    if words.is_none() && shown == Shown::Figure {
        return push_bare(row, column, figure);
    }
    let mut bare = Row::new(0);
    push_bare(&mut bare, column, figure);
    push_seen(row, column, bare.value(0), |digits| match words {
        Some(words) => words.shown(digits),
        None => Some(Seen::Measured(format!("{digits}{SHOWN_AS_PERCENT}"))),
    });
}

/// Adds a figure beside which the program wrote what it shows.
pub(super) fn push_beside(row: &mut Row, column: u32, figure: &str, shown: &str) {
    let mut bare = Row::new(0);
    push_bare(&mut bare, column, Figure::Written(figure));
    push_seen(row, column, bare.value(0), |digits| seen_beside(digits, shown));
}

fn push_seen(row: &mut Row, column: u32, value: Value<'_>, see: impl Fn(&str) -> Option<Seen>) {
    let Value::Number(number) = value else { return row.push(column, value) };
    match see(number.text).filter(|_| !number.digits_lost) {
        Some(Seen::Measured(shown)) => row.push(column, Value::Number(Number { shown: &shown, ..number })),
        Some(Seen::Text(text)) => row.push(column, Value::Text(&text)),
        None => row.push(column, value),
    }
}

fn push_bare(row: &mut Row, column: u32, figure: Figure<'_>) {
    match figure {
        Figure::Written(text) if is_plain(text) => {
            row.push(column, Value::Number(Number::plain(text.strip_suffix(".0").unwrap_or(text))));
        }
        Figure::Written(text) if has_all_digits(text) => row.push(column, Value::Number(Number::plain(text))),
        // Careless programs write texts where figures belong; NaN is none.
        Figure::Written(text) if !text.trim().parse().is_ok_and(f64::is_finite) => {
            if !text.trim().is_empty() {
                row.push(column, Value::Text(text));
            }
        }
        figure => push_float(row, column, figure.value()),
    }
}

/// A figure of a file: as text, or as the float it keeps.
#[derive(Debug, Clone, Copy)]
pub(super) enum Figure<'a> {
    Written(&'a str),
    Float(f64),
}

impl Figure<'_> {
    fn value(self) -> f64 {
        match self {
            Self::Written(text) => text.trim().parse().unwrap_or(f64::NAN),
            Self::Float(value) => value,
        }
    }
}

/// Digits, at most fifteen, with at most one point: the text is the figure.
fn is_plain(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let leading_zero = digits.len() > 1 && digits[0] == b'0' && digits[1] != b'.';
    !digits.is_empty()
        && digits.len() <= 16
        && digits.iter().filter(|byte| byte.is_ascii_digit()).count() <= 15
        && digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        && digits[0] != b'.'
        && !leading_zero
        && digits.last() != Some(&b'.')
        && !(digits.contains(&b'.') && digits.ends_with(b"0") && !digits.ends_with(b".0"))
}

/// A whole figure of more than fifteen digits which aren't all zeros behind the fifteenth: a program other than Excel
/// wrote it and lost nothing.
fn has_all_digits(text: &str) -> bool {
    text.len() > 15
        && text.len() <= 28
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.bytes().skip(15).any(|byte| byte != b'0')
}

/// Adds a float as the shortest decimal that means it. From 10^15 on a whole figure has lost digits.
fn push_float(row: &mut Row, column: u32, value: f64) {
    if !value.is_finite() {
        return row.push(column, Value::Error("#NUM!"));
    }
    let size = value.abs();
    let digits_lost = (1e15..1e21).contains(&size);
    let mut text = String::with_capacity(24);
    // Writing to a String can't fail.
    let _ = if digits_lost {
        write!(text, "{value:E}").map(|()| text = text.replace('E', "E+"))
    } else if size >= 1e21 || (size < 1e-9 && size > 0.0) {
        write!(text, "{value:E}")
    } else {
        write!(text, "{}", clean_float(value))
    };
    let text = if text == "-0" { "0" } else { &text };
    row.push(column, Value::Number(Number { text, digits_lost, shown: "" }));
}

/// A float with the noise of binary sums taken off: what fifteen digits say, where that is the same figure nearly to
/// the last bit (`0.30000000000000004` was 0.3).
fn clean_float(value: f64) -> f64 {
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    if (rounded - value).abs() <= value.abs() * 4.0 * f64::EPSILON { rounded } else { value }
}

/// A time of day, or hours counted on beyond a day: `10:30:00`, `36:00:00`.
fn time_text(serial: f64, time: NaiveTime) -> String {
    let hours = serial.floor() as u64 * 24 + u64::from(time.hour());
    format!("{hours:02}:{:02}:{:02}", time.minute(), time.second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pushed(figure: Figure<'_>, shown: Shown) -> String {
        let mut row = Row::new(1);
        push_number(&mut row, 0, figure, NumberFormat { shown, ..NumberFormat::default() });
        match row.value(0) {
            Value::Number(number) => format!("{}{}", number.text, if number.digits_lost { " lost" } else { "" }),
            Value::Date(date) => date.to_string(),
            Value::Text(text) => format!("'{text}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_figure_is_the_shortest_decimal_that_means_it() {
        for (written, shown) in [
            ("1", "1"),
            ("0.10000000000000001", "0.1"),
            ("1234.5", "1234.5"),
            ("1.0", "1"),
            ("-0.07", "-0.07"),
            ("0.30000000000000004", "0.3"),
            ("1E3", "1000"),
            ("1.50", "1.5"),
            ("3.14159265358979", "3.14159265358979"),
        ] {
            assert_eq!(pushed(Figure::Written(written), Shown::Figure), shown, "{written}");
        }
        assert_eq!(pushed(Figure::Float(1e-5), Shown::Figure), "0.00001");
    }

    #[test]
    fn a_code_that_became_a_figure_is_told_and_one_written_whole_is_not() {
        assert_eq!(pushed(Figure::Written("9.165232368274099e+17"), Shown::Figure), "9.165232368274099E+17 lost");
        assert_eq!(pushed(Figure::Written("916523236827409000"), Shown::Figure), "9.16523236827409E+17 lost");
        assert_eq!(pushed(Figure::Written("916523236827409889"), Shown::Figure), "916523236827409889");
        assert_eq!(pushed(Figure::Float(652_323_050_000_016.0), Shown::Figure), "652323050000016");
    }

    #[test]
    fn a_text_in_a_cell_of_figures_stays_a_text() {
        assert_eq!(pushed(Figure::Written("存续"), Shown::Figure), "'存续");
        assert_eq!(pushed(Figure::Written("NaN"), Shown::Figure), "'NaN");
        assert_eq!(pushed(Figure::Written("1,200"), Shown::Date), "'1,200");
        assert_eq!(pushed(Figure::Written("00123"), Shown::Figure), "123");
    }

    #[test]
    fn formats_of_days_times_and_figures_are_told_apart() {
        for code in [
            "yyyy-mm-dd",
            "yyyy\"年\"m\"月\"d\"日\"",
            "[$-804]yyyy/m/d;@",
            "mmm-yy",
            "m\"月\"d\"日\"",
            "[DBNum1]yyyy\"年\"",
            "[$-804]aaaa;@",
            "aaa",
            "\"星期\"aaaa",
        ] {
            assert_eq!(shown_by_code(code), Shown::Date, "{code}");
        }
        for code in ["h:mm", "mm:ss.0", "hh:mm AM/PM", "[$-804]上午/下午h\"时\"mm\"分\";@"] {
            assert_eq!(shown_by_code(code), Shown::Time, "{code}");
        }
        for code in ["[h]:mm:ss", "[mm]:ss", "[hh]\"小时\""] {
            assert_eq!(shown_by_code(code), Shown::Span, "{code}");
        }
        for code in
            ["General", "0.00E+00", "#,##0.00\"元\"", "0\"days\"", "[Red]0.00", "@", "0_d", "_-* #,##0_-", "\"d\"0"]
        {
            assert_eq!(shown_by_code(code), Shown::Figure, "{code}");
        }
    }

    #[test]
    fn a_date_format_makes_a_day_and_a_time_format_a_time() {
        assert_eq!(pushed(Figure::Written("39876"), Shown::Date), "2009-03-04 00:00:00");
        assert_eq!(pushed(Figure::Written("0.4375"), Shown::Time), "'10:30:00");
        assert_eq!(pushed(Figure::Written("1.5"), Shown::Span), "'36:00:00");
        assert_eq!(pushed(Figure::Written("45418.4"), Shown::Time), "2024-05-06 09:36:00");
        assert_eq!(pushed(Figure::Written("45418"), Shown::Time), "2024-05-06 00:00:00");
        assert_eq!(pushed(Figure::Written("-3"), Shown::Date), "-3");
    }
}
