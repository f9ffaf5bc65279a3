//! Sheets as offices send them: the made-up county's way out.
//!
//! Departments do not only fill in templates. They send workbooks of their own with title rows, two-row headers, totals
//! and signatures, text in GBK, and tables in HTML or XML that are named `.xls`. This module writes such files from rows
//! of text and figures, so that the generator of the made-up county can be as dirty as real senders are without
//! knowing any format. It is not the way templates are made (see `gongzhi_engine::template`), and nothing is read here.

mod archive;
mod error;
mod markup;
mod sheet;
mod text;
mod workbook;

pub use archive::archive_of;
pub use error::OfficeFileError;
pub use markup::{html_of, xml_spreadsheet_of};
pub use sheet::{Merge, OfficeCell, OfficeHeader, OfficeSheet};
pub use text::{TextEncoding, push_line, text_of};
pub use workbook::workbook_of;

#[cfg(test)]
mod tests;
