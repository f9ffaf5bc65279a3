//! Cells of days, months and periods.

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use super::text::read_text;
use crate::catalog::{ColumnType, Severity};
use crate::cells;
use crate::intake::place::read_stretch;
use crate::intake::raw_cell::date_text;
use crate::intake::reading::{Fault, Lens, Reading, Stored, kept, type_fault};
use crate::period::Period;

const KEPT_FOR_EVER: [&str; 5] = ["长期", "永久", "长期有效", "无固定期限", "无限期"];

pub(super) fn read_day_cell(lens: &Lens<'_>, moment: NaiveDateTime, out: &mut String) -> Result<Reading, Box<Fault>> {
    let day = moment.date();
    match lens.column.column_type {
        ColumnType::Date => Ok(Reading { value: Stored::Date(day), ..Reading::default() }),
        ColumnType::Month => Ok(kept(&Period::month_of(day).to_string(), true, out)),
        // A spreadsheet turns 2025年3月 into the first of March.
        ColumnType::Period if day.day() == 1 => Ok(kept(&Period::month_of(day).to_string(), true, out)),
        ColumnType::Period => Ok(kept(&format!("{day}/{day}"), true, out)),
        ColumnType::Text => read_text(lens, &date_text(moment), out),
        _ => Err(type_fault(lens, &date_text(moment))),
    }
}

pub(super) fn read_day(lens: &Lens<'_>, text: &str) -> Result<Reading, Box<Fault>> {
    if let Some(day) = cells::parse_date(text) {
        return Ok(Reading { value: Stored::Date(day.value), changed: day.changed, warning: None });
    }
    if let Some(day) = far_day(text).or_else(|| serial_day(text, lens.epoch_1904)) {
        return Ok(Reading { value: Stored::Date(day), changed: text != "9999-12-31", warning: None });
    }
    Err(type_fault(lens, text))
}

/// Days that stand for "no end".
fn far_day(text: &str) -> Option<NaiveDate> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let far = digits.starts_with("99991231") || KEPT_FOR_EVER.contains(&text);
    far.then(|| NaiveDate::from_ymd_opt(9999, 12, 31)).flatten()
}

/// A day that lost its format: spreadsheets count days from 1900 or 1904. Before 1927 it is rather a year or a count.
fn serial_day(text: &str, epoch_1904: bool) -> Option<NaiveDate> {
    let serial: f64 = text.parse().ok().filter(|serial| (10_000.0..110_000.0).contains(serial))?;
    cells::date_from_serial(serial, epoch_1904).map(|moment| moment.date())
}

pub(super) fn read_month(lens: &Lens<'_>, text: &str, out: &mut String) -> Result<Reading, Box<Fault>> {
    let month = match Period::find_spoken(text) {
        Some(period @ Period::Month(..)) => Some(period),
        _ => cells::parse_date(text).map(|day| Period::month_of(day.value)),
    };
    let Some(month) = month else { return Err(type_fault(lens, text)) };
    let month = month.to_string();
    Ok(kept(&month, month != text, out))
}

pub(super) fn read_period(lens: &Lens<'_>, text: &str, out: &mut String) -> Result<Reading, Box<Fault>> {
    let Some(stretch) = read_stretch(text) else { return Err(type_fault(lens, text)) };
    let written = match stretch.as_period() {
        Some(period) => period.to_string(),
        None => format!("{}/{}", stretch.from, stretch.to),
    };
    let mut reading = kept(&written, written != text, out);
    let period = lens.when().period;
    let meets = stretch.from <= period.last_day() && period.first_day() <= stretch.to;
    if lens.column.is_info_period && !meets {
        let mut fault = lens.fault("within-period", "intake-info-period-outside", text);
        fault.message = fault.message.with("period", period);
        reading.warning = Some(fault.with_severity(Severity::Warning));
    }
    Ok(reading)
}
