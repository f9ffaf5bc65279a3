//! What can go wrong while a file is written.

use rust_xlsxwriter::XlsxError;

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum OfficeFileError {
    /// A workbook could not be built.
    #[error("workbook: {0}")]
    Workbook(#[from] XlsxError),
    /// An archive could not be built.
    #[error("archive: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// Bytes could not be written.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
}
