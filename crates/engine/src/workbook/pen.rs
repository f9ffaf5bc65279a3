//! Cells written.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, Url, Worksheet};

use super::figures::{cell_figure, cut, day_serial, looks_like_formula};
use super::styles::Styles;
use super::table::{Cell, ColumnKind, WorkbookError};

/// Signs a cell may hold.
pub(super) const CELL_SIGNS: usize = 32_767;
/// Links a sheet may hold.
const SHEET_LINKS: usize = 65_530;

/// Signs a link may hold.
const LINK_SIGNS: usize = 2_000;

/// Writes cells and counts the links, of which a sheet holds only so many.
pub(super) struct Pen<'a> {
    pub(super) sheet: &'a mut Worksheet,
    pub(super) styles: &'a Styles,
    pub(super) links: usize,
}

impl Pen<'_> {
    pub(super) fn write(&mut self, row: u32, column: u16, cell: &Cell, kind: ColumnKind) -> Result<(), WorkbookError> {
        let style = self.styles.of(kind);
        match cell {
            Cell::Empty => self.sheet.write_blank(row, column, style)?,
            Cell::Text(text) => return self.text(row, column, text, style),
            Cell::Integer(number) => return self.figure(row, column, Decimal::from(*number), style),
            Cell::Decimal(figure) => return self.figure(row, column, *figure, style),
            Cell::Date(date) => match day_serial(*date) {
                Some(serial) => self.sheet.write_number_with_format(row, column, serial, &self.styles.date)?,
                None => return self.text(row, column, &date.to_string(), style),
            },
            Cell::Link { text, target } => {
                let fits = target.chars().count() <= LINK_SIGNS && !target.is_empty();
                if !fits || self.links >= SHEET_LINKS {
                    return self.text(row, column, text, style);
                }
                self.links += 1;
                let url = Url::new(target.as_str()).set_text(cut(text, CELL_SIGNS));
                self.sheet.write_url_with_format(row, column, &url, &self.styles.link)?
            }
        };
        Ok(())
    }

    fn text(&mut self, row: u32, column: u16, text: &str, style: &Format) -> Result<(), WorkbookError> {
        let style = if looks_like_formula(text) { &self.styles.formula_like } else { style };
        self.sheet.write_string_with_format(row, column, cut(text, CELL_SIGNS), style)?;
        Ok(())
    }

    fn figure(&mut self, row: u32, column: u16, figure: Decimal, style: &Format) -> Result<(), WorkbookError> {
        match cell_figure(figure) {
            Some(number) => self.sheet.write_number_with_format(row, column, number, style)?,
            None => return self.text(row, column, &figure.to_string(), style),
        };
        Ok(())
    }
}
