//! Cells of figures and of whole numbers.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::catalog::{ColumnType, Measure, Severity};
use crate::intake::figure::{SHOWN_AS_PERCENT, SHOWN_SMALLER, as_seen, read_figure};
use crate::intake::reading::{Fault, Lens, Reading, Stored, digits_lost, type_fault};
use crate::messages::Message;
use crate::{cells, money};

pub(super) fn read_decimal(lens: &Lens<'_>, text: &str) -> Result<Reading, Box<Fault>> {
    let Some(figure) = read_figure(text, lens.measure, lens.column.measure, lens.column.column_type) else {
        if text.contains(SHOWN_SMALLER) {
            return Err(lens.fault("measure", "intake-format-scales", text));
        }
        if text.ends_with(SHOWN_AS_PERCENT) {
            return Err(lens.fault("measure", "intake-format-percent", &as_seen(text)));
        }
        return Err(if looks_scientific(text) { digits_lost(lens, text) } else { type_fault(lens, text) });
    };
    let scale = match lens.column.column_type {
        ColumnType::Amount => 2,
        ColumnType::Quantity => 4,
        _ => 8,
    };
    let value = figure.value.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero);
    let rounded = value != figure.value;
    check_range(lens, value, text)?;
    if value.abs() >= Decimal::from_i128_with_scale(10_i128.pow(18), scale) {
        return Err(lens.fault("range", "intake-too-large", text));
    }
    let told = (figure.against_sheet && lens.is_stated).then(|| {
        let stated = lens.measure.map_or("", Measure::chinese);
        let mut fault = lens.fault("measure", "intake-measure-own", text);
        fault.message = fault.message.with("stated", stated);
        fault.with_severity(Severity::Warning)
    });
    Ok(Reading { value: Stored::Decimal(value), changed: figure.changed || rounded, warning: told })
}

/// `1.5E+3` is a figure; sixteen digits and more in that notation are what is left of a code.
fn looks_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    mantissa.parse::<f64>().is_ok()
        && exponent.trim_start_matches('+').parse::<u32>().is_ok_and(|exponent| exponent >= 15)
}

fn check_range(lens: &Lens<'_>, value: Decimal, text: &str) -> Result<(), Box<Fault>> {
    let (min, max) = (lens.column.min, lens.column.max);
    if min.is_none_or(|min| min <= value) && max.is_none_or(|max| value <= max) {
        return Ok(());
    }
    let key = match (min, max) {
        (Some(_), Some(_)) => "intake-out-of-range",
        (Some(_), None) => "intake-too-small",
        _ => "intake-too-great",
    };
    let bound = |bound: Option<Decimal>| bound.map(|bound| bound.normalize().to_string()).unwrap_or_default();
    let mut fault = lens.fault("range", key, text);
    fault.message = fault.message.with("min", bound(min)).with("max", bound(max));
    fault.mend = Message::new("intake-out-of-range-mend");
    Err(fault)
}

/// Words that count, behind a whole number.
const COUNTERS: [char; 18] =
    ['人', '户', '套', '个', '家', '月', '年', '名', '辆', '台', '件', '宗', '处', '次', '份', '天', '日', '座'];

pub(super) fn read_integer(lens: &Lens<'_>, text: &str) -> Result<Reading, Box<Fault>> {
    let bare = text.trim_end_matches(COUNTERS).trim_end();
    let figure = cells::parse_decimal(bare).filter(|figure| !figure.percent);
    let is_other = lens.measure.is_some_and(|measure| lens.column.measure.is_some_and(|kept| kept != measure));
    let value = match is_other {
        // 1.2 under 万人 is twelve thousand.
        true => read_figure(text, lens.measure, lens.column.measure, ColumnType::Integer).map(|figure| figure.value),
        false => figure.and_then(|figure| figure.value()),
    };
    let Some(whole) = value.filter(|value| value.fract().is_zero()).and_then(|value| value.to_i64()) else {
        return Err(if looks_scientific(text) { digits_lost(lens, text) } else { type_fault(lens, text) });
    };
    check_range(lens, Decimal::from(whole), text)?;
    if money::is_too_large(whole.into()) {
        return Err(lens.fault("range", "intake-too-large", text));
    }
    let changed = is_other || bare.len() < text.len() || figure.is_some_and(|figure| figure.changed);
    Ok(Reading { value: Stored::Integer(whole), changed, warning: None })
}
