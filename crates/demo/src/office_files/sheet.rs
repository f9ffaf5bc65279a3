//! A table of an office, whatever format it is written in.

use chrono::NaiveDate;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum OfficeCell {
    /// Nothing.
    Empty,
    /// Text, written as it stands.
    Text(String),
    /// A figure in decimal text: a number in workbooks, the same signs elsewhere.
    Figure(String),
    /// A day: a date cell in workbooks, ISO text elsewhere.
    Day(NaiveDate),
    /// A figure with the measure that its number format shows behind it; the same signs elsewhere.
    Measured(String, &'static str),
}

impl OfficeCell {
    /// What it says where cells are text.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Figure(text) => text.clone(),
            Self::Day(day) => day.to_string(),
            Self::Measured(figure, measure) => format!("{figure}{measure}"),
        }
    }
}

/// One header over two rows: equal neighbours above are merged; without one above, the lower is merged upwards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfficeHeader {
    /// The upper row's text, shared by neighbours of one group.
    pub upper: Option<String>,
    /// The column's own text.
    pub lower: String,
}

/// Equal cells of a column that are merged downwards: only the first of them holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// Column, from 0.
    pub column: usize,
    /// First row of the table that is merged, from 0.
    pub first_row: usize,
    /// Last one.
    pub last_row: usize,
}

/// A table with what an office puts around it.
#[derive(Debug, Clone, Default)]
pub struct OfficeSheet {
    /// Name of the worksheet.
    pub name: String,
    /// Rows above the header, each one merged over the whole width in workbooks.
    pub titles: Vec<String>,
    /// Columns.
    pub headers: Vec<OfficeHeader>,
    /// Rows of the table.
    pub rows: Vec<Vec<OfficeCell>>,
    /// Rows below the table: totals, notes, signatures.
    pub footers: Vec<Vec<OfficeCell>>,
    /// Cells of the table that are merged, in workbooks and in HTML.
    pub merges: Vec<Merge>,
}

impl OfficeSheet {
    /// Whether any header needs a second row.
    pub fn has_upper_header(&self) -> bool {
        self.headers.iter().any(|header| header.upper.is_some())
    }

    /// The row, counted from 1, in which the first row of the table stands.
    pub fn first_row(&self) -> usize {
        self.titles.len() + 2 + usize::from(self.has_upper_header())
    }

    /// The header as rows of text, one or two; a lower one is empty below a header that stands above alone.
    pub fn header_rows(&self) -> Vec<Vec<String>> {
        let lower = self.headers.iter().map(|header| header.lower.clone()).collect();
        if !self.has_upper_header() {
            return vec![lower];
        }
        let upper = self.headers.iter().map(|header| header.upper.clone().unwrap_or_else(|| header.lower.clone()));
        let lower = self.headers.iter().map(|header| match header.upper {
            Some(_) => header.lower.clone(),
            None => String::new(),
        });
        vec![upper.collect(), lower.collect()]
    }

    /// Runs of equal upper headers as (first column, last column, text).
    pub fn groups(&self) -> Vec<(usize, usize, String)> {
        let mut groups: Vec<(usize, usize, String)> = Vec::new();
        for (at, header) in self.headers.iter().enumerate() {
            let Some(upper) = &header.upper else { continue };
            match groups.last_mut() {
                Some((_, last, text)) if *last + 1 == at && text == upper => *last = at,
                _ => groups.push((at, at, upper.clone())),
            }
        }
        groups
    }
}
