//! Figures written in Chinese signs: 壹万贰仟元整, 十万, 伍万元, 二〇二四, 三月五日.
//!
//! Offices write amounts in capitals because they can't be altered, so they mean exactly one figure. What people say
//! short (一百二: 120 or 102) means none here.

use rust_decimal::Decimal;

/// An amount in Chinese signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// The figure.
    pub value: Decimal,
    /// It is one of yuan, whatever else is said of the column: 元 stands in it, or 万 and 亿 do.
    pub is_absolute: bool,
}

/// A digit: plain or capital.
fn digit(sign: char) -> Option<i64> {
    Some(match sign {
        '〇' | '○' | '零' => 0,
        '一' | '壹' | '弌' => 1,
        '二' | '贰' | '貳' | '两' | '弍' => 2,
        '三' | '叁' | '叄' | '參' | '弎' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// Ten, hundred, thousand.
fn small_unit(sign: char) -> Option<i64> {
    Some(match sign {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        _ => return None,
    })
}

/// Whether a text may begin with a figure in Chinese signs.
pub fn begins(text: &str) -> bool {
    text.chars().next().is_some_and(|sign| digit(sign).is_some() || matches!(sign, '十' | '拾' | '廿' | '卅'))
}

/// Reads an amount: 壹万贰仟元整, 叁佰元, 伍万元, 十万, 一千二百, 人民币壹佰元伍角. Digits may stand among the signs: 1万2千元.
pub fn parse_amount(text: &str) -> Option<Amount> {
    if text.len() > 120 {
        return None;
    }
    let compact: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    let body = without_frame(&compact);
    let (whole, rest) = match body.find(['元', '圆', '块']) {
        Some(at) => (&body[..at], body[at..].chars().as_str()),
        None => (body, ""),
    };
    let says_yuan = whole.len() < body.len();
    let rest = rest.trim_start_matches(['元', '圆', '块']);
    if says_yuan && whole.is_empty() {
        return None;
    }
    let (whole, rest) = if !says_yuan && whole.ends_with(['角', '分']) { ("零", whole) } else { (whole, rest) };
    let cents = parse_cents(rest)?;
    let value = Decimal::from(parse_whole(whole)?).checked_add(Decimal::new(cents, 2))?;
    Some(Amount { value, is_absolute: says_yuan || cents > 0 || whole.contains(['万', '萬', '亿', '億']) })
}

/// Without what stands around an amount in capitals: 人民币（大写）：…整.
fn without_frame(text: &str) -> &str {
    let mut body = text;
    for word in ["人民币", "大写", "合计", "计", "RMB", "CNY", "￥", "¥"] {
        body = body.trim_start_matches(['（', '(', '）', ')', '：', ':']);
        body = body.strip_prefix(word).unwrap_or(body);
    }
    let body = body.trim_start_matches(['（', '(', '）', ')', '：', ':']).trim_end_matches([')', '）']);
    ["元整", "圆整", "元正", "圆正"]
        .iter()
        .find(|end| body.ends_with(*end))
        .map_or_else(|| body.trim_end_matches(['整', '正']), |_| &body[..body.len() - '整'.len_utf8()])
}

/// Hundredths behind the yuan: 伍角, 零伍分, 四角五分.
fn parse_cents(text: &str) -> Option<i64> {
    let text = text.trim_start_matches('零');
    let mut cents = 0;
    let mut signs = text.chars();
    let mut most = 10;
    while let Some(sign) = signs.next() {
        let figure = digit(sign).or_else(|| sign.to_digit(10).map(i64::from))?;
        let worth = match signs.next()? {
            '角' => 10,
            '分' => 1,
            _ => return None,
        };
        if worth > most || worth == most && cents > 0 {
            return None;
        }
        most = worth;
        cents += figure * worth;
    }
    Some(cents)
}

/// A whole figure with its 亿 and 万.
fn parse_whole(text: &str) -> Option<i64> {
    let (mut total, mut rest, mut has_unit) = (0_i64, text, false);
    for (signs, worth) in [(['亿', '億'], 100_000_000_i64), (['万', '萬'], 10_000)] {
        if let Some(at) = rest.find(signs) {
            let many = if worth == 100_000_000 && rest[..at].contains(['万', '萬']) {
                parse_whole(&rest[..at])?
            } else {
                parse_section(&rest[..at])?.0
            };
            total = total.checked_add(many.checked_mul(worth)?)?;
            rest = rest[at..].trim_start_matches(signs);
            has_unit = true;
        }
    }
    if rest.is_empty() {
        return has_unit.then_some(total);
    }
    let (section, last) = parse_section(rest)?;
    // 三万五 may be 35 000 or 30 005.
    let is_short = has_unit && last == Some(1) && !rest.starts_with(['零', '〇']) && section < 10;
    if is_short { None } else { total.checked_add(section) }
}

/// A figure below ten thousand, and the worth of its last digit.
fn parse_section(text: &str) -> Option<(i64, Option<i64>)> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((text.parse().ok()?, None));
    }
    let (mut total, mut pending, mut smallest, mut after_zero) = (0_i64, None::<i64>, 10_000_i64, false);
    let mut last = None;
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        if let Some(unit) = small_unit(sign) {
            let many = pending.take().or((unit == 10).then_some(1))?;
            if unit >= smallest || many == 0 {
                return None;
            }
            total += many * unit;
            (smallest, last, after_zero) = (unit, Some(unit), false);
            continue;
        }
        if sign == '廿' || sign == '卅' {
            if smallest <= 10 || pending.is_some() {
                return None;
            }
            total += if sign == '廿' { 20 } else { 30 };
            (smallest, last) = (10, Some(10));
            continue;
        }
        if pending.is_some() {
            return None;
        }
        if let Some(figure) = sign.to_digit(10) {
            let mut figure = i64::from(figure);
            while let Some(next) = signs.peek().and_then(|sign| sign.to_digit(10)) {
                figure = figure.checked_mul(10)?.checked_add(i64::from(next))?;
                signs.next();
            }
            pending = Some(figure);
            continue;
        }
        match digit(sign)? {
            0 if signs.peek().is_some() => after_zero = true,
            figure => pending = Some(figure),
        }
    }
    if let Some(figure) = pending {
        // 一百二 may be 120 or 102.
        if smallest < 10_000 && smallest > 10 && !after_zero || figure >= smallest {
            return None;
        }
        total += figure;
        last = Some(1);
    }
    last.map(|last| (total, Some(last)))
}

/// A year of four digits: 二〇二四, 贰零贰肆; and what stands behind it.
pub fn split_year(text: &str) -> Option<(i32, &str)> {
    let mut signs = text.chars();
    let mut year = 0;
    for _ in 0..4 {
        year = year * 10 + digit(signs.next()?)?;
    }
    let rest = signs.as_str();
    let goes_on = rest.chars().next().is_some_and(|sign| digit(sign).is_some());
    i32::try_from(year).ok().filter(|_| !goes_on).map(|year| (year, rest))
}

/// The number of a month or a day: 三, 十一, 二十五, 廿五, 零叁; and what stands behind it.
pub fn split_ordinal(text: &str) -> Option<(u32, &str)> {
    let is_part = |sign: char| digit(sign).is_some() || matches!(sign, '十' | '拾' | '廿' | '卅');
    let end = text.find(|sign: char| !is_part(sign)).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let number = number.trim_start_matches(['零', '〇', '○']);
    let (value, _) = parse_section(number)?;
    u32::try_from(value).ok().filter(|value| (1..=31).contains(value)).map(|value| (value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Option<String> {
        parse_amount(text).map(|amount| amount.value.normalize().to_string())
    }

    #[test]
    fn capital_figures_mean_one_figure() {
        for (text, value) in [
            ("壹万贰仟元整", "12000"),
            ("叁佰元", "300"),
            ("伍万元", "50000"),
            ("十万", "100000"),
            ("一千二百", "1200"),
            ("人民币壹佰贰拾叁元肆角伍分", "123.45"),
            ("人民币（大写）：壹拾万元整", "100000"),
            ("贰拾万零伍佰元整", "200500"),
            ("壹亿贰仟万元", "120000000"),
            ("两万三千", "23000"),
            ("一百零二", "102"),
            ("二十五", "25"),
            ("十二", "12"),
            ("1万2千元", "12000"),
            ("5仟元", "5000"),
            ("玖角", "0.9"),
            ("壹佰元零伍分", "100.05"),
            ("零元", "0"),
            ("叁万零伍元", "30005"),
            ("壹仟零壹拾元", "1010"),
        ] {
            assert_eq!(amount(text).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn what_people_say_short_and_names_are_no_figure() {
        for text in [
            "一百二",
            "三万五",
            "百",
            "万",
            "元",
            "第一",
            "一二三",
            "三里屯",
            "千万",
            "五金",
            "",
            "整",
            "一千百",
            "二一十",
        ] {
            assert_eq!(amount(text), None, "{text}");
        }
    }

    #[test]
    fn years_and_days_are_read_sign_by_sign() {
        assert_eq!(split_year("二〇二四年"), Some((2024, "年")));
        assert_eq!(split_year("贰零贰肆年"), Some((2024, "年")));
        assert_eq!(split_year("二〇二四五年"), None);
        assert_eq!(split_ordinal("十一月"), Some((11, "月")));
        assert_eq!(split_ordinal("二十五日"), Some((25, "日")));
        assert_eq!(split_ordinal("廿五日"), Some((25, "日")));
        assert_eq!(split_ordinal("零叁月"), Some((3, "月")));
        assert_eq!(split_ordinal("三十二日"), None);
    }
}
