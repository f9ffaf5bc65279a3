//! What a column's cells look like and accept: format, width, drop-down, and the sentence shown when a value is refused.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use gongzhi_core::catalog::{Column, ColumnType, Kind, Origin};
use gongzhi_core::messages::Message;
use gongzhi_core::values::RowAction;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Formula, Workbook, XlsxError,
};

use super::speech::spoken_type;
use super::{LISTS_SHEET, Writer, header_of};
use crate::workbook::{FONT, LINE_COLOUR, WorkbookError, column_number, cut};

/// Signs of a drop-down written out in the cell's rule; a longer list goes through the lists' sheet.
const INLINE_LIST_SIGNS: usize = 120;
/// Signs of a sentence shown when a value is refused.
const REFUSAL_SIGNS: usize = 220;

/// The values of every drop-down of a workbook.
pub(super) struct Lists {
    /// Values by name: a code list's key, or `region`.
    values: BTreeMap<String, Vec<String>>,
}

impl Lists {
    /// Collects the lists that the columns of these sheets name.
    pub(super) fn new(writer: &Writer<'_>, sheets: &[(String, &Kind)]) -> Self {
        let day = writer.request.period.map_or(writer.request.created, |period| period.last_day());
        let mut values = BTreeMap::new();
        let columns = sheets.iter().flat_map(|(_, kind)| kind.columns_of(writer.request.version));
        for key in columns.filter_map(list_key) {
            if let Some(list) = writer.catalog.lists.get(key) {
                let mut seen = BTreeSet::new();
                let held = list.entries.iter().filter(|entry| holds_on(entry.from, entry.to, day));
                let names = held.map(|entry| entry.name.zh.clone()).filter(|name| seen.insert(name.clone()));
                values.insert(key.to_owned(), names.collect());
            }
        }
        Self { values }
    }

    fn find(&self, column: &Column) -> Option<(&str, &[String])> {
        let key = list_key(column)?;
        self.values.get_key_value(key).map(|(key, values)| (key.as_str(), values.as_slice()))
    }

    /// Writes the sheet of long lists, each under a name.
    pub(super) fn write(&self, workbook: &mut Workbook) -> Result<(), WorkbookError> {
        let long: Vec<_> = self.values.iter().filter(|(_, values)| !fits_inline(values)).collect();
        if long.is_empty() {
            return Ok(());
        }
        let sheet = workbook.add_worksheet();
        sheet.set_name(LISTS_SHEET)?.set_very_hidden(true);
        let mut names = Vec::new();
        for (at, (key, values)) in long.into_iter().enumerate() {
            let column = column_number(at);
            sheet.write_string(0, column, key)?;
            for (row, value) in (1..).zip(values) {
                sheet.write_string(row, column, value)?;
            }
            let letters = gongzhi_core::issues::column_letters(u32::from(column) + 1);
            names.push((list_name(key), format!("={LISTS_SHEET}!${letters}$2:${letters}${}", values.len() + 1)));
        }
        sheet.protect();
        for (name, place) in names {
            workbook.define_name(name, &place)?;
        }
        Ok(())
    }
}

/// The code list a column's drop-down comes from; a region is chosen among the townships.
fn list_key(column: &Column) -> Option<&str> {
    match column.column_type {
        ColumnType::Region => Some("township"),
        _ => column.list.as_deref(),
    }
}

fn list_name(key: &str) -> String {
    format!("list_{key}")
}

fn holds_on(from: Option<NaiveDate>, to: Option<NaiveDate>, day: NaiveDate) -> bool {
    from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
}

/// A comma inside a value would split it, and Excel keeps 255 signs of a list written out.
fn fits_inline(values: &[String]) -> bool {
    let signs: usize = values.iter().map(|value| value.encode_utf16().count() + 1).sum();
    signs <= INLINE_LIST_SIGNS && !values.iter().any(|value| value.contains([',', '"']))
}

/// The format of a column's cells: not locked, and text wherever a figure would be spoilt or shortened.
pub(super) fn cell_format(column: &Column) -> Format {
    let base =
        Format::new().set_font_name(FONT).set_font_size(10).set_unlocked().set_align(FormatAlign::VerticalCenter);
    match column.column_type {
        ColumnType::Date => base.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
        ColumnType::Amount => base.set_num_format_index(4).set_align(FormatAlign::Right),
        ColumnType::Quantity => base.set_num_format("#,##0.00##").set_align(FormatAlign::Right),
        ColumnType::Integer => base.set_num_format("0").set_align(FormatAlign::Right),
        // A per cent format would make 0.75 typed into it 0.75 per cent.
        ColumnType::Rate => base.set_align(FormatAlign::Right),
        ColumnType::Boolean => base.set_num_format_index(49).set_align(FormatAlign::Center),
        _ => base.set_num_format_index(49),
    }
}

/// A cell the clerk fills in.
pub(super) fn free_cell() -> Format {
    let font = Format::new().set_font_name(FONT).set_font_size(10).set_align(FormatAlign::VerticalCenter);
    font.set_unlocked().set_border(FormatBorder::Thin).set_border_color(LINE_COLOUR)
}

/// The width of a column in signs: room for its values, and for its header on at most three lines.
pub(super) fn column_width(column: &Column) -> f64 {
    let wanted = match column.column_type {
        ColumnType::Date | ColumnType::Integer | ColumnType::Month => 13.0,
        ColumnType::Boolean => 9.0,
        ColumnType::Rate | ColumnType::Phone => 14.0,
        ColumnType::Amount | ColumnType::Quantity | ColumnType::Period | ColumnType::Region => 18.0,
        ColumnType::Uscc | ColumnType::CitizenId | ColumnType::DisabilityCertificate | ColumnType::TaxId => 24.0,
        _ => shown_width(&column.example).clamp(12.0, 34.0) + 2.0,
    };
    let header = shown_width(&header_of(column));
    let lines = if header > 44.0 { 3.0 } else { 2.0 };
    wanted.max(header / lines + 3.0).clamp(9.0, 40.0)
}

/// Signs of the default font a text takes: a Chinese sign takes two.
pub(super) fn shown_width(text: &str) -> f64 {
    text.chars().map(|sign| if sign.is_ascii() { 1.1 } else { 2.1 }).sum()
}

/// The drop-down of the column 操作.
pub(super) fn action_validation(writer: &Writer<'_>) -> Result<DataValidation, WorkbookError> {
    let words = [RowAction::Add, RowAction::Change, RowAction::Revoke].map(RowAction::chinese);
    let refusal = Message::new("template-refuse-action").with("values", words.join("、"));
    let validation = DataValidation::new().allow_list_strings(&words)?;
    Ok(with_refusal(validation, writer, &refusal)?)
}

/// What a column's cells accept; `None` where anything goes.
pub(super) fn validation_of(
    column: &Column,
    lists: &Lists,
    writer: &Writer<'_>,
) -> Result<Option<DataValidation>, WorkbookError> {
    let Some(validation) = rule_of(column, lists)? else { return Ok(None) };
    let refusal = Message::new("template-refuse")
        .with("column", &column.name.zh)
        .with("expected", spoken_type(column, writer.translator));
    Ok(Some(with_refusal(validation, writer, &refusal)?.set_error_style(error_style(column))))
}

/// A value that intake would accept, or that only the comparison asks for, may be kept by the clerk after a warning.
fn error_style(column: &Column) -> DataValidationErrorStyle {
    match column.column_type {
        ColumnType::Region => DataValidationErrorStyle::Information,
        _ if column.origin == Origin::Extension || column.list.is_some() => DataValidationErrorStyle::Warning,
        ColumnType::Amount | ColumnType::Quantity | ColumnType::Integer | ColumnType::Date | ColumnType::Code => {
            DataValidationErrorStyle::Stop
        }
        _ => DataValidationErrorStyle::Warning,
    }
}

fn rule_of(column: &Column, lists: &Lists) -> Result<Option<DataValidation>, XlsxError> {
    let new = DataValidation::new;
    if !column.values.is_empty() && fits_inline(&column.values) {
        return new().allow_list_strings(&column.values).map(Some);
    }
    if let Some((key, values)) = lists.find(column).filter(|(_, values)| !values.is_empty()) {
        return match fits_inline(values) {
            true => new().allow_list_strings(values).map(Some),
            false => Ok(Some(new().allow_list_formula(Formula::new(format!("={}", list_name(key)))))),
        };
    }
    let length = |least: u32, most: u32| Some(new().allow_text_length(DataValidationRule::Between(least, most)));
    Ok(match column.column_type {
        ColumnType::Boolean => Some(new().allow_list_strings(&["是", "否"])?),
        ColumnType::Date => {
            let (first, last) = (ExcelDateTime::from_ymd(1949, 10, 1)?, ExcelDateTime::from_ymd(2099, 12, 31)?);
            Some(new().allow_date(DataValidationRule::Between(first, last)))
        }
        ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate => {
            let (least, most) = (bound(column.min, -1e15), bound(column.max, 1e15));
            Some(new().allow_decimal_number(DataValidationRule::Between(least, most)))
        }
        ColumnType::Integer => {
            let whole = |limit: Option<Decimal>, open: i32| limit.and_then(|limit| limit.to_i32()).unwrap_or(open);
            let (least, most) = (whole(column.min, -2_000_000_000), whole(column.max, 2_000_000_000));
            Some(new().allow_whole_number(DataValidationRule::Between(least, most)))
        }
        ColumnType::Uscc => length(9, 18),
        ColumnType::OrganisationCode => length(9, 10),
        ColumnType::RegistrationNumber => length(13, 15),
        ColumnType::TaxId => length(15, 20),
        ColumnType::CitizenId => length(5, 20),
        ColumnType::DisabilityCertificate => length(20, 22),
        ColumnType::Month => length(6, 8),
        ColumnType::Text => length(0, column.length),
        _ => None,
    })
}

fn bound(limit: Option<Decimal>, open: f64) -> f64 {
    limit.and_then(|limit| limit.to_f64()).unwrap_or(open)
}

fn with_refusal(
    validation: DataValidation,
    writer: &Writer<'_>,
    refusal: &Message,
) -> Result<DataValidation, XlsxError> {
    let say = |message: &Message| writer.translator.say(message);
    validation
        .set_error_title(cut(&say(&Message::new("template-refuse-title")), 30))?
        .set_error_message(cut(&say(refusal), REFUSAL_SIGNS))
}
