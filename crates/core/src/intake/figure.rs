//! Figures with the measure they are written in.
//!
//! Three things say what a figure is measured in: a word behind the figure itself (`50亩`, `3(万)`), the sheet's header or
//! title (`总投资（万元）`, `单位：万元`), the template. The nearest one counts, and the value is brought to the measure the
//! template keeps.

use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization;

use crate::catalog::{ColumnType, Measure};
use crate::cells::{self, ParsedDecimal};

/// A figure in the measure of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// The value.
    pub value: Decimal,
    /// It is written otherwise.
    pub changed: bool,
    /// It says itself that it is one of yuan, where the sheet speaks of thousands.
    pub against_sheet: bool,
}

impl Figure {
    fn new(value: Decimal, changed: bool) -> Self {
        Self { value, changed, against_sheet: false }
    }
}

/// Stands between a figure and what its number format divides it by before it is shown: `1234000÷1000`.
pub const SHOWN_SMALLER: char = '÷';

/// Reads a figure. `sheet` is the measure its sheet states, `kept` the one the column keeps. `None`: no figure, or one of
/// another dimension.
pub fn read_figure(text: &str, sheet: Option<Measure>, kept: Option<Measure>, of: ColumnType) -> Option<Figure> {
    if is_money(text) && kept.is_none_or(|kept| kept.factor_to(Measure::Yuan).is_none()) {
        return None;
    }
    if let Some((figure, divisor)) = text.split_once(SHOWN_SMALLER) {
        return shown_smaller(figure, divisor, sheet?, kept?);
    }
    if let Some(parsed) = cells::parse_decimal(text) {
        return in_measure(parsed, sheet, kept, of);
    }
    let in_figure = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ',' | '，' | '-' | '+');
    let end = text.find(|sign: char| !in_figure(sign)).filter(|end| *end > 0)?;
    let (digits, word) = text.split_at(end);
    let word: String = word.nfkc().filter(|sign| !sign.is_whitespace()).collect();
    let stated = Measure::find(word.trim_matches(['(', ')']))?;
    let (over, under) = stated.factor_to(kept?)?;
    let parsed = cells::parse_decimal(digits).filter(|parsed| !parsed.percent)?;
    Some(Figure::new(scale(parsed.value()?, over, under)?, true))
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
    // 500元 under 万元 is five hundred yuan; 3万元 under 万元 says the same twice.
    let against_sheet = is_yuan && parsed.multiplier == 1 && sheet.is_some_and(|sheet| sheet != Measure::Yuan);
    let sheet = if against_sheet { Some(Measure::Yuan) } else { sheet };
    let (sheet, multiplier) = match sheet {
        Some(measure) if parsed.multiplier > 1 => match (of_ten_thousand(measure), parsed.multiplier) {
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
    let base = of_ten_thousand(sheet).filter(|base| sheet.factor_to(*base) == Some((divisor, 1)))?;
    let (over, under) = base.factor_to(kept)?;
    let value = cells::parse_decimal(figure)?.value()?;
    Some(Figure::new(scale(value, over, under)?, true))
}

/// What a measure of ten thousands (or more) counts.
fn of_ten_thousand(measure: Measure) -> Option<Measure> {
    match measure {
        Measure::Yuan => None,
        Measure::TenThousandTonne | Measure::ThousandTonne => Some(Measure::Tonne),
        Measure::TenThousandSquareMetre => Some(Measure::SquareMetre),
        Measure::ThousandMu | Measure::TenThousandMu => Some(Measure::Mu),
        Measure::ThousandHectare => Some(Measure::Hectare),
        Measure::TenThousandPersons => Some(Measure::Person),
        Measure::ThousandCubicMetre | Measure::TenThousandCubicMetre | Measure::HundredMillionCubicMetre => {
            Some(Measure::CubicMetre)
        }
        other => (other.dimension() == Measure::Yuan.dimension()).then_some(Measure::Yuan),
    }
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
        assert!(told("500元") && told("叁佰元"));
        assert!(!told("5") && !told("3(万)") && !told("3万元"));
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
