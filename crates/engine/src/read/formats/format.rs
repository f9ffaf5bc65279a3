//! The formats that are read.

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Xlsx,
    Xlsm,
    Xlsb,
    Xls,
    Ods,
    /// OpenDocument in one XML file.
    FlatOds,
    /// XML Spreadsheet 2003, mostly named .xls.
    SpreadsheetXml,
    /// An HTML page with tables, mostly named .xls.
    WebPage,
    JsonLines,
    /// Text in columns, with the sign that parts them; `None` when each line is one cell.
    Text(Option<u8>),
    /// A zip of several files.
    Archive,
}

impl Format {
    /// The name shown to people and programs.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Xlsm => "xlsm",
            Self::Xlsb => "xlsb",
            Self::Xls => "xls",
            Self::Ods => "ods",
            Self::FlatOds => "fods",
            Self::SpreadsheetXml => "xml",
            Self::WebPage => "html",
            Self::JsonLines => "jsonl",
            Self::Text(Some(b'\t')) => "tsv",
            Self::Text(Some(_)) => "csv",
            Self::Text(None) => "txt",
            Self::Archive => "zip",
        }
    }

    pub(super) fn is_read_whole(self) -> bool {
        matches!(self, Self::Xls | Self::Ods | Self::FlatOds | Self::SpreadsheetXml | Self::WebPage)
    }
}
