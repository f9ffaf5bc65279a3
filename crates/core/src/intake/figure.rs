//! Figures with the measure they are written in.
//!
//! Three things say what a figure is measured in: a word behind the figure itself (`50亩`, `3(万)`), the sheet's header or
//! title (`总投资（万元）`, `单位：万元`), the template. The nearest one counts, and the value is brought to the measure the
//! template keeps. A figure that says another measure than its sheet does is told, whichever of both is the greater.

use std::borrow::Cow;

use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization;

use crate::catalog::{ColumnType, Measure, plain_sign};
use crate::cells::{self, ParsedDecimal};

/// A figure in the measure of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// The value.
    pub value: Decimal,
    /// It is written otherwise.
    pub changed: bool,
    /// It says itself what it is measured in, and not what the sheet says.
    pub against_sheet: bool,
}

impl Figure {
    fn new(value: Decimal, changed: bool) -> Self {
        Self { value, changed, against_sheet: false }
    }
}

/// Stands between a figure and what its number format divides it by before it is shown: `1234000÷1000`.
pub const SHOWN_SMALLER: char = '÷';

/// Stands behind a figure that its number format shows as so many per cent: `0.125×100%` is seen as 12.5%.
pub const SHOWN_AS_PERCENT: &str = "×100%";

/// A text as people see it: a figure under a format of per cent with its sign.
pub fn as_seen(text: &str) -> Cow<'_, str> {
    let figure = text.strip_suffix(SHOWN_AS_PERCENT).and_then(|figure| figure.parse::<Decimal>().ok());
    match figure.and_then(|figure| figure.checked_mul(Decimal::ONE_HUNDRED)) {
        Some(percent) => Cow::Owned(format!("{}%", percent.normalize())),
        None => Cow::Borrowed(text),
    }
}

/// Reads a figure. `sheet` is the measure its sheet states, `kept` the one the column keeps. `None`: no figure, or one of
/// another dimension.
pub fn read_figure(text: &str, sheet: Option<Measure>, kept: Option<Measure>, of: ColumnType) -> Option<Figure> {
    if is_money(text) && kept.is_none_or(|kept| kept.factor_to(Measure::Yuan).is_none()) {
        return None;
    }
    if let Some((figure, divisor)) = text.split_once(SHOWN_SMALLER) {
        return shown_smaller(figure, divisor, sheet?, kept?);
    }
    if let Some(figure) = text.strip_suffix(SHOWN_AS_PERCENT) {
        let value = cells::parse_decimal(figure)?.value()?;
        return match (kept, of) {
            (Some(Measure::Percent), _) => Some(Figure::new(value.checked_mul(Decimal::ONE_HUNDRED)?, true)),
            (_, ColumnType::Rate) => Some(Figure::new(value, false)),
            _ => None,
        };
    }
    if let Some(parsed) = cells::parse_decimal(text) {
        return in_measure(parsed, sheet, kept, of);
    }
    let in_figure = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ',' | '，' | '-' | '+');
    let end = text.find(|sign: char| !in_figure(sign)).filter(|end| *end > 0)?;
    let (digits, word) = text.split_at(end);
    let word: String = word.nfkc().filter(|sign| !sign.is_whitespace()).map(plain_sign).collect();
    let stated = Measure::find(word.trim_matches(['(', ')']))?;
    let (over, under) = stated.factor_to(kept?)?;
    let parsed = cells::parse_decimal(digits).filter(|parsed| !parsed.percent)?;
    let against_sheet = sheet.is_some_and(|sheet| sheet != stated);
    Some(Figure { against_sheet, ..Figure::new(scale(parsed.value()?, over, under)?, true) })
}

/// Words and signs of money: no area is fifteen yuan.
fn is_money(text: &str) -> bool {
    !text.is_ascii() && text.contains(['元', '圆', '¥', '￥', '币'])
}

fn in_measure(parsed: ParsedDecimal, sheet: Option<Measure>, kept: Option<Measure>, of: ColumnType) -> Option<Figure> {
    if parsed.percent {
        let allowed = of == ColumnType::Rate || kept == Some(Measure::Percent);
        let value = if kept == Some(Measure::Percent) { parsed.figure } else { parsed.value()? };
        return allowed.then(|| Figure::new(value, true));
    }
    if of == ColumnType::Rate {
        let value = parsed.value()?;
        let in_percent = sheet == Some(Measure::Percent) && kept != Some(Measure::Percent);
        let value = if in_percent { value.checked_div(Decimal::ONE_HUNDRED)? } else { value };
        return Some(Figure::new(value, parsed.changed || in_percent));
    }
    let is_yuan = parsed.is_yuan && kept.is_some_and(|kept| kept.factor_to(Measure::Yuan).is_some());
    // 500元 under 万元 is five hundred yuan and 3万元 under 元 thirty thousand; 3万元 under 万元 says the same twice.
    let says_measure = is_yuan || parsed.multiplier > 1;
    let against_sheet = says_measure && sheet.is_some_and(|sheet| many(sheet) != parsed.multiplier);
    let sheet = if against_sheet && parsed.multiplier == 1 { Some(Measure::Yuan) } else { sheet };
    let (sheet, multiplier) = match sheet {
        Some(measure) if parsed.multiplier > 1 => match (measure.counted(), parsed.multiplier) {
            // `3(万)` under 万元 says the same twice.
            (Some(_), 10_000) => (Some(measure), 1),
            (Some(base), many) => (Some(base), many),
            (None, many) => (Some(measure), many),
        },
        measure => (measure, parsed.multiplier),
    };
    let value = parsed.figure.checked_mul(Decimal::from(multiplier))?;
    match (sheet, kept) {
        (Some(sheet), Some(kept)) if sheet != kept => {
            let (over, under) = sheet.factor_to(kept)?;
            Some(Figure { against_sheet, ..Figure::new(scale(value, over, under)?, true) })
        }
        _ => Some(Figure { against_sheet, ..Figure::new(value, parsed.changed) }),
    }
}

/// A figure that is shown in thousands or ten thousands, and kept as it is: where the sheet speaks of just those, both
/// mean the same. Elsewhere what is seen and what is kept differ.
fn shown_smaller(figure: &str, divisor: &str, sheet: Measure, kept: Measure) -> Option<Figure> {
    let divisor: i64 = divisor.parse().ok()?;
    let base = sheet.counted().filter(|base| sheet.factor_to(*base) == Some((divisor, 1)))?;
    let (over, under) = base.factor_to(kept)?;
    let value = cells::parse_decimal(figure)?.value()?;
    Some(Figure::new(scale(value, over, under)?, true))
}

/// How many of what it counts a measure is: 10 000 for 万元, 1 for 元.
fn many(measure: Measure) -> i64 {
    let factor = measure.counted().and_then(|base| measure.factor_to(base));
    factor.map_or(1, |(over, under)| over / under.max(1))
}

fn scale(value: Decimal, over: i64, under: i64) -> Option<Decimal> {
    value.checked_mul(Decimal::from(over))?.checked_div(Decimal::from(under))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(text: &str, sheet: Option<Measure>) -> Option<String> {
        let figure = read_figure(text, sheet, Some(Measure::Yuan), ColumnType::Amount)?;
        Some(figure.value.normalize().to_string())
    }

    #[test]
    fn the_nearest_word_says_what_a_figure_is_measured_in() {
        assert_eq!(yuan("3", None).as_deref(), Some("3"));
        assert_eq!(yuan("3", Some(Measure::TenThousandYuan)).as_deref(), Some("30000"));
        assert_eq!(yuan("3(万)", None).as_deref(), Some("30000"));
        assert_eq!(yuan("3(万)", Some(Measure::TenThousandYuan)).as_deref(), Some("30000"));
        assert_eq!(yuan("1.2亿", Some(Measure::TenThousandYuan)).as_deref(), Some("120000000"));
        assert_eq!(yuan("500元", Some(Measure::TenThousandYuan)).as_deref(), Some("500"));
        assert_eq!(yuan("3万元", Some(Measure::TenThousandYuan)).as_deref(), Some("30000"));
        assert_eq!(yuan("壹万贰仟元整", Some(Measure::TenThousandYuan)).as_deref(), Some("12000"));
        assert_eq!(yuan("5", Some(Measure::ThousandYuan)).as_deref(), Some("5000"));
        assert_eq!(yuan("5%", None), None);
        assert_eq!(yuan("50亩", None), None);
    }

    #[test]
    fn a_figure_that_says_yuan_under_ten_thousands_is_told() {
        let told = |text| {
            let sheet = Some(Measure::TenThousandYuan);
            read_figure(text, sheet, Some(Measure::Yuan), ColumnType::Amount).is_some_and(|f| f.against_sheet)
        };
        assert!(told("500元") && told("叁佰元") && told("1.2亿"));
        assert!(!told("5") && !told("3(万)") && !told("3万元"));
    }

    #[test]
    fn a_figure_that_says_another_measure_than_its_sheet_is_told_in_either_direction() {
        let told = |text, sheet, kept, of| read_figure(text, Some(sheet), Some(kept), of).map(|f| f.against_sheet);
        let money = |text, sheet| told(text, sheet, Measure::Yuan, ColumnType::Amount);
        for text in ["3.5万元", "3.5萬元", "3.5万", "2千元", "1.2亿元"] {
            assert_eq!(money(text, Measure::Yuan), Some(true), "{text}");
        }
        for text in ["3.5", "500元", "壹万贰仟元整", "1,200.00"] {
            assert_eq!(money(text, Measure::Yuan), Some(false), "{text}");
        }
        let area = |text, sheet| told(text, sheet, Measure::SquareMetre, ColumnType::Quantity);
        assert_eq!((area("15亩", Measure::SquareMetre), area("100㎡", Measure::Mu)), (Some(true), Some(true)));
        assert_eq!((area("15亩", Measure::Mu), area("100平方米", Measure::SquareMetre)), (Some(false), Some(false)));
    }

    #[test]
    fn a_figure_shown_as_per_cent_is_a_ratio_and_no_amount() {
        let read = |kept, of| read_figure("0.125×100%", kept, kept, of).map(|f| f.value.normalize().to_string());
        assert_eq!(read(None, ColumnType::Rate).as_deref(), Some("0.125"));
        assert_eq!(read(Some(Measure::Percent), ColumnType::Quantity).as_deref(), Some("12.5"));
        assert_eq!(read(Some(Measure::Yuan), ColumnType::Amount), None);
        assert_eq!(as_seen("0.125×100%"), "12.5%");
        assert_eq!(as_seen("实际/计划×100%"), "实际/计划×100%");
    }

    #[test]
    fn a_figure_shown_smaller_counts_only_where_the_sheet_says_by_how_much() {
        assert_eq!(yuan("1234000÷1000", Some(Measure::ThousandYuan)).as_deref(), Some("1234000"));
        assert_eq!(yuan("92340÷10000", Some(Measure::TenThousandYuan)).as_deref(), Some("92340"));
        assert_eq!(yuan("1234000÷1000", Some(Measure::TenThousandYuan)), None);
        assert_eq!(yuan("1234000÷1000", Some(Measure::Yuan)), None);
        assert_eq!(yuan("12345÷1000万元", Some(Measure::Yuan)), None);
    }

    #[test]
    fn an_area_in_mu_is_kept_in_square_metres() {
        let area = |text| {
            read_figure(text, None, Some(Measure::SquareMetre), ColumnType::Quantity).map(|f| f.value.normalize())
        };
        assert_eq!(area("15亩").map(|area| area.to_string()).as_deref(), Some("10000"));
        assert_eq!(area("1.5公顷").map(|area| area.to_string()).as_deref(), Some("15000"));
        assert_eq!(area("33333.33㎡").map(|area| area.to_string()).as_deref(), Some("33333.33"));
        assert_eq!(area("100m2").map(|area| area.to_string()).as_deref(), Some("100"));
        assert_eq!(area("15元"), None);
    }

    #[test]
    fn a_rate_is_a_ratio_however_it_is_written() {
        let rate =
            |text, sheet| read_figure(text, sheet, None, ColumnType::Rate).map(|f| f.value.normalize().to_string());
        assert_eq!(rate("5%", None).as_deref(), Some("0.05"));
        assert_eq!(rate("0.05", None).as_deref(), Some("0.05"));
        assert_eq!(rate("5", Some(Measure::Percent)).as_deref(), Some("0.05"));
    }
}
