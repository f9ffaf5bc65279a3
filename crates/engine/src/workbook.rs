//! Tables to a workbook: what a run gives people to read.
//!
//! A [`TableBook`] holds sheets of one table each: a title, lines under it, headers, typed columns. Rows are written as
//! they come and kept on disk meanwhile, so a sheet of a hundred thousand rows costs no more memory than one of ten.
//! The same tables give the same bytes: the day of creation is an argument, nothing else depends on the clock. Only
//! those parts of the format are used that WPS, Excel and LibreOffice honour alike.

use std::path::Path;

use chrono::NaiveDate;
use rust_xlsxwriter::{DataValidation, Workbook, XlsxError};

use crate::pending::WholeFile;

mod figures;
mod fit;
mod head;
mod names;
mod pen;
mod styles;
mod table;

pub(crate) use figures::{cell_figure, column_number, cut, day_serial, looks_like_formula, properties};
use fit::{height_of, lines_of};
use head::{width_of, write_head};
pub(crate) use names::SheetNames;
use pen::Pen;
use styles::Styles;
pub(crate) use styles::{FONT, HEADER_COLOUR, LINE_COLOUR, QUIET_COLOUR};
use table::SHEET_ROWS;
pub use table::{Cell, ColumnKind, TableColumn, TableHead, WorkbookError};

/// A workbook of tables.
pub struct TableBook {
    workbook: Workbook,
    names: SheetNames,
    styles: Styles,
}

impl TableBook {
    /// An empty workbook said to be made on this day.
    ///
    /// # Errors
    /// The day is before 1900.
    pub fn new(created: NaiveDate) -> Result<Self, WorkbookError> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(created)?);
        Ok(Self { workbook, names: SheetNames::default(), styles: Styles::new() })
    }

    /// Adds a sheet with its table and gives the name the sheet got.
    ///
    /// # Errors
    /// The rows are more than a sheet holds, or the disk is full.
    pub fn add_table(
        &mut self,
        head: &TableHead,
        rows: impl IntoIterator<Item = Vec<Cell>>,
    ) -> Result<String, WorkbookError> {
        let name = self.names.take(&head.sheet);
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(&name)?;
        let header_row = write_head(sheet, head, &self.styles)?;
        let mut pen = Pen { sheet, styles: &self.styles, links: 0 };
        let mut row = header_row;
        for cells in rows {
            row += 1;
            if row >= SHEET_ROWS {
                return Err(WorkbookError::TooManyRows { sheet: name });
            }
            pen.sheet.set_row_height(row, row_height(&cells, &head.columns))?;
            for (at, cell) in cells.iter().enumerate() {
                let kind = head.columns.get(at).map_or(ColumnKind::Text, |column| column.kind);
                pen.write(row, column_number(at), cell, kind)?;
            }
        }
        let last = column_number(head.columns.len().max(1) - 1);
        if !head.columns.is_empty() {
            pen.sheet.autofilter(header_row, 0, row.max(header_row + 1), last)?;
        }
        for (at, column) in head.columns.iter().enumerate().filter(|(_, column)| !column.choices.is_empty()) {
            let choice = DataValidation::new().allow_list_strings(&column.choices)?;
            let at = column_number(at);
            pen.sheet.add_data_validation(header_row + 1, at, row.max(header_row + 1), at, &choice)?;
        }
        Ok(name)
    }

    /// The finished file.
    ///
    /// # Errors
    /// The disk is full.
    pub fn finish(mut self) -> Result<Vec<u8>, WorkbookError> {
        Ok(self.workbook.save_to_buffer()?)
    }

    /// Writes the finished file.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn save(mut self, path: &Path) -> Result<(), WorkbookError> {
        let file = WholeFile::create(path).map_err(XlsxError::IoError)?;
        self.workbook.save(file.part())?;
        Ok(file.finish().map_err(XlsxError::IoError)?)
    }
}

/// The height that shows the longest of the texts that go on to the next line.
fn row_height(cells: &[Cell], columns: &[TableColumn]) -> f64 {
    let lines = cells.iter().zip(columns).map(|(cell, column)| match (cell, column.kind) {
        (Cell::Text(text), ColumnKind::Wrapped) => lines_of(text, width_of(column)),
        _ => 1,
    });
    height_of(lines.max().unwrap_or(1))
}

#[cfg(test)]
#[path = "workbook_tests.rs"]
mod tests;
