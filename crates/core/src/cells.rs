//! What a clerk typed and what she meant: texts of cells into dates, figures and yes or no.
//!
//! Offices write `2024年3月5日`, `3,000(万)`, `９１６５…`, `√`, a code behind an apostrophe so that Excel leaves it
//! alone. Each function gives the value and whether the text had to be changed to get it, so that the original can be
//! kept beside it. Texts that are already clean cost no memory: they are a million to one.

use std::borrow::Cow;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use rust_decimal::Decimal;

/// A value read from a text, and whether the text was written otherwise than the value's own plain form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parsed<T> {
    /// The value.
    pub value: T,
    /// The text was not the plain form (`2024-03-05`, `1234.5`, `true`).
    pub changed: bool,
}

/// A figure as it was written, before the words behind it are applied: a column in 万元 takes `3(万)` as 3, a column
/// in yuan as 30 000, and only who knows the column can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParsedDecimal {
    /// The figure alone.
    pub figure: Decimal,
    /// What the words behind it multiply by: 1, 10 000 for 万, 100 000 000 for 亿.
    pub multiplier: i64,
    /// A percent sign stands behind it.
    pub percent: bool,
    /// The text was not a plain decimal.
    pub changed: bool,
}

impl ParsedDecimal {
    /// The figure with words and percent sign applied; `None` when it outgrows 28 digits.
    pub fn value(&self) -> Option<Decimal> {
        let value = self.figure.checked_mul(Decimal::from(self.multiplier))?;
        if self.percent { value.checked_div(Decimal::ONE_HUNDRED) } else { Some(value) }
    }
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

/// Any sign of the full-width block, punctuation too: only for texts already known to be figures or dates.
fn narrow_any(sign: char) -> char {
    match sign {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(sign as u32 - 0xFEE0).unwrap_or(sign),
        '\u{3000}' | '\u{A0}' => ' ',
        '−' | '—' | '–' => '-',
        '。' => '.',
        _ => sign,
    }
}

/// The text with full-width punctuation narrowed too; borrowed when there is none.
fn narrow_all(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.chars().any(|sign| narrow_any(sign) != sign) {
        return Cow::Borrowed(text.trim());
    }
    Cow::Owned(text.chars().map(narrow_any).collect::<String>().trim().to_owned())
}

/// Reads a day: `2024-03-05`, `2024/3/5`, `2024.3.5`, `2024年3月5日`, `20240305`, each with or without a time behind it.
/// A month without a day is no day.
pub fn parse_date(text: &str) -> Option<Parsed<NaiveDate>> {
    if let Some(value) = parse_plain_date(text) {
        return Some(Parsed { value, changed: false });
    }
    let moment = parse_moment(text)?;
    let plain = text.len() == 10 && !moment.changed;
    Some(Parsed { value: moment.value.date(), changed: !plain })
}

/// `2024-03-05` and nothing else, as every clean cell is written.
fn parse_plain_date(text: &str) -> Option<NaiveDate> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let number = |places: std::ops::Range<usize>| {
        bytes[places]
            .iter()
            .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
    };
    let year = number(0..4).filter(|year| (1800..=2200).contains(year) && bytes[4] == b'-' && bytes[7] == b'-')?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(5..7)?, number(8..10)?)
}

/// Reads a day with the time behind it, midnight when there is none. Plain forms: `2024-03-05`, `2024-03-05T10:30:00`.
pub fn parse_moment(text: &str) -> Option<Parsed<NaiveDateTime>> {
    let first = text.chars().find(|sign| !sign.is_whitespace())?;
    if !narrow_any(first).is_ascii_digit() || text.len() > 64 {
        return None;
    }
    let narrowed = narrow_all(text);
    let (date, rest, mut plain) = split_date(&narrowed)?;
    let time = parse_time(rest)?;
    plain &= rest.is_empty() || (rest.len() == 9 && rest.starts_with('T'));
    Some(Parsed { value: date.and_time(time), changed: !plain || narrowed.len() != text.len() })
}

/// The day at the beginning of a text, what follows it, and whether it was written plainly.
fn split_date(text: &str) -> Option<(NaiveDate, &str, bool)> {
    let (year, rest) = split_number(text)?;
    if year.len() == 8 {
        let date = day(&year[..4], &year[4..6], &year[6..])?;
        return Some((date, rest, false));
    }
    if year.len() != 4 {
        return None;
    }
    let separator = rest.chars().next()?;
    let (month, after_month) = split_number(rest[separator.len_utf8()..].trim_start())?;
    let (wanted, last): (char, &[char]) = match separator {
        '年' => ('月', &['日', '号']),
        '-' | '/' | '.' => (separator, &[]),
        _ => return None,
    };
    let (number_of_day, rest) = split_number(after_month.trim_start().strip_prefix(wanted)?.trim_start())?;
    let rest = rest.strip_prefix(last).unwrap_or(rest);
    let plain = separator == '-' && month.len() == 2 && number_of_day.len() == 2;
    Some((day(year, month, number_of_day)?, rest, plain))
}

fn split_number(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn day(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    if month.len() > 2 || day.len() > 2 {
        return None;
    }
    let year: i32 = year.parse().ok().filter(|year| (1800..=2200).contains(year))?;
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
}

/// The time behind a day: nothing, ` 0:00`, `T10:30:00`, ` 10:30:00.000`, ` 8时5分`, with a trailing `Z`.
fn parse_time(text: &str) -> Option<NaiveTime> {
    let text = text.strip_prefix('T').unwrap_or(text).trim();
    let text = text.strip_suffix('Z').unwrap_or(text);
    if text.is_empty() {
        return Some(NaiveTime::MIN);
    }
    let mut parts = [0_u32; 3];
    let mut pieces = text.split([':', '时', '点', '分', '秒']).filter(|piece| !piece.is_empty());
    for (at, part) in parts.iter_mut().enumerate() {
        let Some(piece) = pieces.next() else {
            if at == 0 {
                return None;
            }
            break;
        };
        *part = piece.split('.').next()?.trim().parse().ok()?;
    }
    if pieces.next().is_some() {
        return None;
    }
    NaiveTime::from_hms_opt(parts[0], parts[1], parts[2])
}

/// The moment of a serial day as spreadsheets count them, to the millisecond. Counting from 1900, day 60 is the
/// 29 February that never was and is refused with the negative ones; the largest is the end of 9999.
pub fn date_from_serial(serial: f64, epoch_1904: bool) -> Option<NaiveDateTime> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let (days, fraction) = (serial.floor(), serial.fract());
    let (base, skipped) = if epoch_1904 {
        (NaiveDate::from_ymd_opt(1904, 1, 1)?, 0)
    } else if days == 60.0 {
        return None;
    } else {
        (NaiveDate::from_ymd_opt(1899, 12, 31)?, u64::from(days > 60.0))
    };
    let date = base.checked_add_days(Days::new(days as u64 - skipped))?;
    let milliseconds = (fraction * 86_400_000.0).round() as i64;
    date.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::milliseconds(milliseconds))
}

/// Reads a figure: `1234.5`, `1,234.50`, `１２３．４`, `¥3,000元`, `3(万)`, `57.2万人民币`, `1.2亿`, `12%`, `(500.00)`, `1.5E+3`.
/// Anything beside digits, signs and the words for money makes it `None`.
pub fn parse_decimal(text: &str) -> Option<ParsedDecimal> {
    if let Some(figure) = parse_plain(text) {
        return Some(ParsedDecimal { figure, multiplier: 1, percent: false, changed: false });
    }
    if text.len() > 80 || !text.chars().any(|sign| narrow_any(sign).is_ascii_digit()) {
        return None;
    }
    let narrowed = narrow_all(text);
    let body = narrowed.trim().trim_start_matches('\'');
    let (body, negative) = match body.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => (inner, true),
        None => (body, false),
    };
    let body = strip_money_before(body);
    let end = body
        .find(|sign: char| !matches!(sign, '0'..='9' | '.' | ',' | '-' | '+' | ' ' | 'e' | 'E'))
        .unwrap_or(body.len());
    let (digits, words) = body.split_at(end);
    let (multiplier, percent) = read_words(words)?;
    let figure = parse_grouped(digits.trim())?;
    let figure = if negative { -figure } else { figure };
    Some(ParsedDecimal { figure, multiplier, percent, changed: true })
}

/// Digits with at most one point and a sign before them, as every clean cell is written.
fn parse_plain(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let clean = !digits.is_empty()
        && digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        && digits[0].is_ascii_digit()
        && digits.last() != Some(&b'.');
    if clean { Decimal::from_str_exact(text).ok() } else { None }
}

fn strip_money_before(text: &str) -> &str {
    let text = text.trim();
    ["人民币", "RMB", "CNY", "¥", "$"].iter().find_map(|sign| text.strip_prefix(sign)).unwrap_or(text).trim()
}

/// The words behind a figure: what they multiply by, and whether one is a percent sign. `None` for any other word.
fn read_words(words: &str) -> Option<(i64, bool)> {
    let words: String = words.chars().filter(|sign| !matches!(sign, '(' | ')' | ' ')).collect();
    if words == "%" {
        return Some((1, true));
    }
    let (multiplier, rest) = match words.chars().next() {
        None => return Some((1, false)),
        Some('亿') => (100_000_000, &words['亿'.len_utf8()..]),
        Some('万') => (10_000, &words['万'.len_utf8()..]),
        Some('千') => (1_000, &words['千'.len_utf8()..]),
        Some('百') => (100, &words['百'.len_utf8()..]),
        Some(_) => (1, words.as_str()),
    };
    let (multiplier, rest) = match rest.strip_prefix('万') {
        Some(rest) if multiplier < 10_000 && multiplier > 1 => (multiplier * 10_000, rest),
        _ => (multiplier, rest),
    };
    matches!(rest, "" | "元" | "元整" | "人民币" | "元人民币" | "人民币元" | "圆").then_some((multiplier, false))
}

/// Digits with thousands signs in their places, a sign in front, an exponent behind.
fn parse_grouped(digits: &str) -> Option<Decimal> {
    let (sign, unsigned) = match digits.strip_prefix(['-', '+']) {
        Some(rest) => (&digits[..1], rest.trim()),
        None => ("", digits),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut groups = whole.split([',', ' ']);
    let head = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || (1..=3).contains(&head.len()));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !grouped || !all_digits(head) || !rest.iter().all(|group| all_digits(group)) || !all_digits(fraction) {
        return None;
    }
    if head.is_empty() && fraction.is_empty() {
        return None;
    }
    let plain =
        format!("{sign}{}{}.{}", if head.is_empty() { "0" } else { head }, rest.concat(), zero_if_empty(fraction));
    let plain = plain.trim_start_matches('+');
    if exponent == 0 {
        return Decimal::from_str_exact(plain.strip_suffix(".0").unwrap_or(plain)).ok();
    }
    Decimal::from_scientific(&format!("{plain}e{exponent}")).ok()
}

fn zero_if_empty(digits: &str) -> &str {
    if digits.is_empty() { "0" } else { digits }
}

/// Reads yes or no: 是 否 √ × ✓ ✗ 对 错 Y N yes no true false 1 0, letters in either case.
pub fn parse_boolean(text: &str) -> Option<Parsed<bool>> {
    if text.len() > 12 {
        return None;
    }
    let value = match text.trim() {
        "是" | "√" | "✓" | "✔" | "☑" | "对" | "1" | "Ｙ" => true,
        "否" | "×" | "✗" | "✘" | "✕" | "╳" | "错" | "0" | "Ｎ" => false,
        letters => match letters.to_ascii_lowercase().as_str() {
            "y" | "yes" | "true" | "t" => true,
            "n" | "no" | "false" | "f" | "x" => false,
            _ => return None,
        },
    };
    Some(Parsed { value, changed: !matches!(text, "true" | "false") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Option<String> {
        parse_date(text).map(|parsed| format!("{}{}", parsed.value, if parsed.changed { " changed" } else { "" }))
    }

    fn figure(text: &str) -> Option<String> {
        parse_decimal(text).and_then(|parsed| parsed.value()).map(|value| value.normalize().to_string())
    }

    #[test]
    fn a_clean_text_is_borrowed_and_not_copied() {
        for text in ["呼图壁县", "91652323MA7A000172", "", "a b", "第一行\n第二行", "（全称）"] {
            assert!(matches!(narrow(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn width_blanks_and_apostrophes_go_but_brackets_and_line_breaks_stay() {
        assert_eq!(narrow("９１６５２３２３ＭＡ７Ａ"), "91652323MA7A");
        assert_eq!(narrow("　甲公司（新疆） \n"), "甲公司（新疆）");
        assert_eq!(narrow("'91652323"), "91652323");
        assert_eq!(narrow("甲\u{200B}公司\u{FEFF}"), "甲公司");
        assert_eq!(narrow("\u{A0}甲\u{A0}乙"), "甲 乙");
        assert_eq!(narrow("上\n下"), "上\n下");
        assert_eq!(narrow(" \u{3000}\u{200B} "), "");
    }

    #[test]
    fn every_spelling_of_a_day_is_the_same_day() {
        assert_eq!(date("2024-03-05").as_deref(), Some("2024-03-05"));
        for text in [
            "2024年3月5日",
            "2024.3.5",
            "20240305",
            "2024/3/5 0:00",
            "2024/03/05",
            "２０２４－３－５",
            "2024年3月5号",
            "2024-03-05 00:00:00",
            "2024-03-05T00:00:00",
            "2024年 3月 5日",
            "2024-3-5",
            " 2024-03-05",
        ] {
            assert_eq!(date(text).as_deref(), Some("2024-03-05 changed"), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_not_made_one() {
        for text in [
            "2024年3月",
            "2024-13-01",
            "2023-02-29",
            "202403",
            "12345678",
            "2024-3",
            "甲2024-03-05",
            "2024-03-05甲",
            "2024-03/05",
            "",
            "3月5日",
            "2024-03-05 25:00",
            "91652323",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_behind_the_day_is_kept() {
        let moment = parse_moment("2016/1/12 10:59:31").expect("a moment");
        assert_eq!(moment.value.to_string(), "2016-01-12 10:59:31");
        assert!(!parse_moment("2016-01-12T10:59:31").expect("a moment").changed);
    }

    #[test]
    fn serial_days_count_from_both_epochs_and_skip_the_day_that_never_was() {
        let shown = |serial, epoch| date_from_serial(serial, epoch).map(|moment| moment.to_string());
        assert_eq!(shown(39_876.0, false).as_deref(), Some("2009-03-04 00:00:00"));
        assert_eq!(shown(59.0, false).as_deref(), Some("1900-02-28 00:00:00"));
        assert_eq!(shown(60.0, false), None);
        assert_eq!(shown(61.0, false).as_deref(), Some("1900-03-01 00:00:00"));
        assert_eq!(shown(0.0, true).as_deref(), Some("1904-01-01 00:00:00"));
        assert_eq!(shown(44_198.5, false).as_deref(), Some("2021-01-02 12:00:00"));
        assert_eq!(shown(-1.0, false), None);
        assert_eq!(shown(f64::NAN, false), None);
    }

    #[test]
    fn figures_are_read_with_their_signs_and_words() {
        for (text, value) in [
            ("1234.50", "1234.5"),
            ("1,234.50", "1234.5"),
            ("１２３．４", "123.4"),
            ("¥3,000元", "3000"),
            ("3(万)", "30000"),
            ("57.2万人民币", "572000"),
            ("1.2亿", "120000000"),
            ("12%", "0.12"),
            ("(500.00)", "-500"),
            ("1.5E+3", "1500"),
            ("-7", "-7"),
            ("+7", "7"),
            ("1,000(万元人民币)", "10000000"),
            ("51.0440(万)", "510440"),
            ("人民币200万元", "2000000"),
            (".5", "0.5"),
            ("5百万", "5000000"),
            ("0", "0"),
            ("3 000", "3000"),
        ] {
            assert_eq!(figure(text).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn a_text_with_digits_in_it_is_no_figure() {
        for text in ["1,2,3", "12a", "第3号", "1-2", "", "甲", "2024-03-05", "1.2.3", "3万吨", "12,34", "E5", "%", "."]
        {
            assert_eq!(figure(text), None, "{text}");
        }
    }

    #[test]
    fn a_column_in_ten_thousands_can_see_the_figure_before_its_words() {
        let parsed = parse_decimal("3(万)").expect("a figure");
        assert_eq!((parsed.figure, parsed.multiplier, parsed.changed), (Decimal::from(3), 10_000, true));
        assert!(!parse_decimal("3.00").expect("a figure").changed);
    }

    #[test]
    fn yes_and_no_in_every_way_clerks_write_them() {
        for (text, value) in [("是", true), ("否", false), ("√", true), ("×", false), ("TRUE", true), ("n", false)]
        {
            assert_eq!(parse_boolean(text).map(|parsed| parsed.value), Some(value), "{text}");
        }
        assert_eq!(parse_boolean("也许"), None);
    }
}
