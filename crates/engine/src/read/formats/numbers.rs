//! Figures of binary and XML sheets as decimal text, and the number formats that make days of them.

use std::fmt::Write as _;

use chrono::{NaiveTime, Timelike};
use gongzhi_core::cells::date_from_serial;

use super::super::row::{Number, Row, Value};

/// What a number format makes of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shown {
    /// A figure.
    #[default]
    Figure,
    /// A day, perhaps with a time.
    Date,
    /// A time of day or a span of time, without a day.
    Time,
}

/// The meaning of a number format that is built in. 27–36 and 50–58 are those of Chinese Excel.
pub(super) fn shown_by_id(id: u32) -> Option<Shown> {
    match id {
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Some(Shown::Date),
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => Some(Shown::Time),
        0..=49 | 59..=81 => Some(Shown::Figure),
        _ => None,
    }
}

/// The meaning of a format's code, by the letters that stand outside quotes, brackets and escapes.
pub(super) fn shown_by_code(code: &str) -> Shown {
    let (mut day, mut month, mut time) = (false, false, false);
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
            '\\' | '_' | '*' => {
                signs.next();
            }
            '[' => {
                let inner: String = signs.by_ref().take_while(|sign| *sign != ']').collect();
                time |= matches!(inner.as_str(), "h" | "hh" | "H" | "HH" | "m" | "mm" | "s" | "ss" | "S" | "SS");
            }
            ';' => break,
            'G' | 'g' if signs.clone().take(6).collect::<String>().eq_ignore_ascii_case("eneral") => {
                signs.by_ref().take(6).for_each(drop);
            }
            'E' | 'e' if matches!(signs.peek(), Some('+' | '-')) => {}
            'y' | 'Y' | 'd' | 'D' | 'e' => day = true,
            'm' | 'M' => month = true,
            'h' | 'H' | 's' | 'S' => time = true,
            _ => {}
        }
    }
    match (day, month, time) {
        (true, _, _) | (false, true, false) => Shown::Date,
        (false, _, true) => Shown::Time,
        (false, false, false) => Shown::Figure,
    }
}

/// The format of a figure, and the epoch its days count from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct NumberFormat {
    pub(super) shown: Shown,
    pub(super) epoch_1904: bool,
}

/// Adds a figure as its format shows it.
pub(super) fn push_number(row: &mut Row, column: u32, figure: Figure<'_>, format: NumberFormat) {
    let NumberFormat { shown, epoch_1904 } = format;
    if shown != Shown::Figure {
        let serial = figure.value();
        if let Some(date) = date_from_serial(serial, epoch_1904) {
            if shown == Shown::Date && (serial >= 1.0 || epoch_1904) {
                return row.push(column, Value::Date(date));
            }
            return row.push(column, Value::Text(&time_text(serial, date.time())));
        }
    }
    match figure {
        Figure::Written(text) if is_plain(text) => {
            row.push(
                column,
                Value::Number(Number { text: text.strip_suffix(".0").unwrap_or(text), digits_lost: false }),
            );
        }
        Figure::Written(text) if has_all_digits(text) => {
            row.push(column, Value::Number(Number { text, digits_lost: false }));
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
    row.push(column, Value::Number(Number { text, digits_lost }));
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
        push_number(&mut row, 0, figure, NumberFormat { shown, epoch_1904: false });
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
    fn formats_of_days_times_and_figures_are_told_apart() {
        for code in [
            "yyyy-mm-dd",
            "yyyy\"年\"m\"月\"d\"日\"",
            "[$-804]yyyy/m/d;@",
            "mmm-yy",
            "m\"月\"d\"日\"",
            "[DBNum1]yyyy\"年\"",
        ] {
            assert_eq!(shown_by_code(code), Shown::Date, "{code}");
        }
        for code in ["h:mm", "[h]:mm:ss", "mm:ss.0", "hh:mm AM/PM"] {
            assert_eq!(shown_by_code(code), Shown::Time, "{code}");
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
        assert_eq!(pushed(Figure::Written("1.5"), Shown::Time), "'36:00:00");
        assert_eq!(pushed(Figure::Written("-3"), Shown::Date), "-3");
    }
}
