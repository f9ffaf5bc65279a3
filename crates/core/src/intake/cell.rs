//! One cell read by its column's type.
//!
//! What stands in a cell becomes the value the column keeps, or a fault: which rule it breaks, why, how to mend it. A cell
//! that is right as it stands costs no allocation; faults are built only when there is one.

use super::figure::{SHOWN_AS_PERCENT, as_seen};
use super::identifier::read_identifier;
use super::persons_in_figures;
pub use super::raw_cell::{Filled, LOST_TEXT, RawCell, RawValue, UNCOMPUTED};
pub use super::reading::{Fault, Lens, Reading, Stored};
use super::reading::{digits_lost, kept, person_in_figure, type_fault};
use crate::catalog::{ColumnType, Severity};
use crate::cells;

mod blank;
mod day;
mod number;
mod text;

use blank::{LONGEST_BLANK, is_blank_word};
use day::{read_day, read_day_cell, read_month, read_period};
use number::{read_decimal, read_integer};
use text::{read_code, read_phone, read_region, read_text};

/// Reads a cell. The value's text, if any, is appended to `out`.
///
/// # Errors
/// The fault that keeps the cell from having a value.
pub fn read_cell(lens: &Lens<'_>, value: RawValue<'_>, out: &mut String) -> Result<Reading, Box<Fault>> {
    let text = match value {
        RawValue::Empty => return Ok(Reading::default()),
        RawValue::Error(UNCOMPUTED) => {
            let fault = lens.fault("formula-uncomputed", "intake-formula-uncomputed", "");
            return Err(fault.with_severity(Severity::Error));
        }
        RawValue::Error(LOST_TEXT) => {
            return Err(lens.fault("text-lost", "intake-text-lost", "").with_severity(Severity::Error));
        }
        RawValue::Error(text) => return Err(lens.fault("formula-error", "intake-formula-error", text)),
        RawValue::Number { text, digits_lost: true } => return Err(digits_lost(lens, text)),
        RawValue::Text(text) | RawValue::Number { text, .. } => text,
        RawValue::Date(moment) => return read_day_cell(lens, moment, out),
        RawValue::Boolean(truth) => return read_truth_cell(lens, truth, out),
    };
    if text.len() <= LONGEST_BLANK && is_blank_word(lens.column, text) {
        return Ok(Reading { changed: true, ..Reading::default() });
    }
    let of = lens.column.column_type;
    let is_figure = matches!(of, ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate);
    if text.len() >= persons_in_figures::FEWEST_SIGNS
        && (is_figure || of == ColumnType::Integer)
        && persons_in_figures::is_in_figure(text)
    {
        return Err(person_in_figure(lens, text));
    }
    let seen = (!is_figure && text.ends_with(SHOWN_AS_PERCENT)).then(|| as_seen(text));
    let text = seen.as_deref().unwrap_or(text);
    match of {
        ColumnType::Text | ColumnType::Parcel | ColumnType::Industry => read_text(lens, text, out),
        ColumnType::Phone => read_phone(lens, text, out),
        ColumnType::Code => read_code(lens, text, out),
        ColumnType::Region => read_region(lens, text, out),
        ColumnType::Date => read_day(lens, text),
        ColumnType::Month => read_month(lens, text, out),
        ColumnType::Period => read_period(lens, text, out),
        ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate => read_decimal(lens, text),
        ColumnType::Integer => read_integer(lens, text),
        ColumnType::Boolean => read_boolean(lens, text),
        _ => read_identifier(lens, text, out),
    }
}

fn read_truth_cell(lens: &Lens<'_>, truth: bool, out: &mut String) -> Result<Reading, Box<Fault>> {
    match lens.column.column_type {
        ColumnType::Boolean => Ok(Reading { value: Stored::Boolean(truth), ..Reading::default() }),
        ColumnType::Text => Ok(kept(if truth { "是" } else { "否" }, true, out)),
        _ => Err(type_fault(lens, if truth { "TRUE" } else { "FALSE" })),
    }
}

fn read_boolean(lens: &Lens<'_>, text: &str) -> Result<Reading, Box<Fault>> {
    let truth = match text {
        "有" => Some(true),
        "无" | "没有" => Some(false),
        _ => cells::parse_boolean(text).map(|parsed| parsed.value),
    };
    let Some(truth) = truth else { return Err(type_fault(lens, text)) };
    Ok(Reading { value: Stored::Boolean(truth), changed: true, warning: None })
}
