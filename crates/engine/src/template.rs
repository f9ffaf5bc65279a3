//! Templates out: the workbook a clerk fills in.
//!
//! One item is one workbook: a sheet 填报说明 that says what, who, when and how; a sheet for each record kind with
//! headers, notes, drop-downs and formats; and two sheets nobody sees, the code lists and the identity of the
//! template, by which a filled workbook is recognised whatever its file is called. The data cells are free and
//! everything above them is locked without a password: rows can be inserted, deleted and sorted, headers can't be
//! spoilt by accident. Identifiers are text from the first moment, so that no program makes figures of them.
//!
//! The same writer fills a template with rows, for the demonstration county and for whoever sends data back.

mod columns;
mod instructions;
mod sheet;
mod speech;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use gongzhi_core::catalog::{Catalog, Column, Item, Kind, Mode, Unit};
use gongzhi_core::messages::Translator;
use gongzhi_core::period::Period;
use gongzhi_core::values::{RowAction, SetMode};
use rust_xlsxwriter::{Format, Workbook};

use crate::workbook::{Cell, SheetNames, WorkbookError, column_number, properties};
use columns::Lists;

/// The sheet that tells a machine what a workbook is.
pub const IDENTITY_SHEET: &str = "_gongzhi";
/// What stands in its first cell.
pub const IDENTITY_MARK: &str = "gongzhi-template";
/// The sheet that holds the code lists.
pub const LISTS_SHEET: &str = "_lists";
/// The sheet of instructions.
pub const INSTRUCTIONS_SHEET: &str = "填报说明";
/// Header of the column that says what a row of a differential set does.
pub const ACTION_HEADER: &str = "操作";
/// Label before the unit in the title area.
pub const UNIT_LABEL: &str = "填报单位：";
/// Label before the period in the title area.
pub const PERIOD_LABEL: &str = "所属期：";
/// Sign behind the header of a required column.
pub const REQUIRED_SIGN: char = '*';
/// The row of a kind's sheet that holds the headers, counted from 1.
pub const HEADER_ROW: u32 = 4;

/// What a template is wanted for.
#[derive(Debug, Clone, Copy)]
pub struct TemplateRequest<'a> {
    /// Version of the template.
    pub version: u32,
    /// The unit that will fill it in.
    pub unit: Option<&'a Unit>,
    /// The period it is for.
    pub period: Option<Period>,
    /// What the set will be.
    pub mode: Option<SetMode>,
    /// The day the workbook is made: its date of creation, and the day code lists are read as of without a period.
    pub created: NaiveDate,
}

/// A row filled in by a program: its action, and a cell for each column of the template's version in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TemplateRow {
    /// What the row does in a differential set.
    pub action: Option<RowAction>,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// The rows of one kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KindRows {
    /// Key of the kind within the item.
    pub kind: String,
    /// The rows.
    pub rows: Vec<TemplateRow>,
}

/// The header of a column as templates write it: the name, the measure in brackets, a star when it is required.
pub fn header_of(column: &Column) -> String {
    let mut header = column.name.zh.clone();
    let measure = column.measure.map_or("", gongzhi_core::catalog::Measure::chinese);
    if !measure.is_empty() && !header.contains(&format!("（{measure}）")) {
        header.push_str(&format!("（{measure}）"));
    }
    if column.required {
        header.push(REQUIRED_SIGN);
    }
    header
}

/// Whether the item's sheets have the column 操作.
pub fn has_action(item: &Item) -> bool {
    item.mode == Mode::FullThenDifferential
}

/// The kinds that have a column open in this version, each with the name of its sheet.
pub fn list_sheets(item: &Item, version: u32) -> Vec<(String, &Kind)> {
    let mut names = SheetNames::default();
    for reserved in [INSTRUCTIONS_SHEET, IDENTITY_SHEET, LISTS_SHEET] {
        names.take(reserved);
    }
    let open = item.kinds.iter().filter(|kind| kind.columns_of(version).next().is_some());
    open.map(|kind| (names.take(&kind.name.zh), kind)).collect()
}

/// Writes the empty template of an item.
///
/// # Errors
/// The workbook can't be written.
pub fn write_template(
    item: &Item,
    catalog: &Catalog,
    request: &TemplateRequest<'_>,
    translator: &Translator,
) -> Result<Vec<u8>, WorkbookError> {
    Writer { item, catalog, request, translator }.write(&[])
}

/// Writes the template of an item with rows in it.
///
/// # Errors
/// The workbook can't be written, or a kind has more rows than a sheet holds.
pub fn write_filled_template(
    template: (&Item, &Catalog),
    request: &TemplateRequest<'_>,
    rows: &[KindRows],
    translator: &Translator,
) -> Result<Vec<u8>, WorkbookError> {
    let (item, catalog) = template;
    Writer { item, catalog, request, translator }.write(rows)
}

/// Everything a template is made from.
#[derive(Clone, Copy)]
struct Writer<'a> {
    item: &'a Item,
    catalog: &'a Catalog,
    request: &'a TemplateRequest<'a>,
    translator: &'a Translator,
}

impl Writer<'_> {
    fn write(&self, rows: &[KindRows]) -> Result<Vec<u8>, WorkbookError> {
        let by_kind: BTreeMap<&str, &[TemplateRow]> =
            rows.iter().map(|kind| (kind.kind.as_str(), kind.rows.as_slice())).collect();
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(self.request.created)?.set_title(self.item.name.zh.as_str()));
        let sheets = list_sheets(self.item, self.request.version);
        self.write_instructions(&mut workbook, &sheets)?;
        let lists = Lists::new(self, &sheets);
        for (name, kind) in &sheets {
            let rows = by_kind.get(kind.key.as_str()).copied().unwrap_or_default();
            self.write_kind(&mut workbook, (name, kind), (&lists, rows))?;
        }
        lists.write(&mut workbook)?;
        self.write_identity(&mut workbook, &sheets)?;
        Ok(workbook.save_to_buffer()?)
    }

    /// The sheet a machine reads: `gongzhi-template`, then key and value, then a line for each sheet with its kind.
    fn write_identity(&self, workbook: &mut Workbook, sheets: &[(String, &Kind)]) -> Result<(), WorkbookError> {
        let request = self.request;
        let text = Format::new().set_num_format_index(49);
        let sheet = workbook.add_worksheet();
        sheet.set_name(IDENTITY_SHEET)?.set_very_hidden(true);
        sheet.write_string(0, 0, IDENTITY_MARK)?;
        let facts = [
            ("item", self.item.key.clone()),
            ("version", request.version.to_string()),
            ("catalog", self.catalog.digest.clone()),
            ("unit", request.unit.map(|unit| unit.key.clone()).unwrap_or_default()),
            ("period", request.period.map(|period| period.to_string()).unwrap_or_default()),
            ("mode", request.mode.map(|mode| mode.key().to_owned()).unwrap_or_default()),
        ];
        let facts = facts.into_iter().map(|(key, value)| vec![key.to_owned(), value]);
        let kinds = sheets.iter().map(|(name, kind)| vec!["sheet".to_owned(), name.clone(), kind.key.clone()]);
        for (row, cells) in (1..).zip(facts.chain(kinds)) {
            for (at, cell) in cells.iter().enumerate() {
                sheet.write_string_with_format(row, column_number(at), cell, &text)?;
            }
        }
        sheet.protect();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
