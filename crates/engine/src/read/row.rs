//! A row of a sheet: the one shape in which cells travel from any format to whoever reads them.
//!
//! The texts of a row lie one after another in a single buffer and the cells point into it. A row that is used again
//! for the next line allocates nothing, which is what keeps a million rows quick, and a copy of it costs two
//! allocations, whatever its width.

use chrono::{NaiveDateTime, NaiveTime, Timelike};
use gongzhi_core::intake::{Filled, SHOWN_AS_PERCENT};

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Nothing, or nothing but blanks.
    Empty,
    /// A text.
    Text(&'a str),
    /// A figure.
    Number(Number<'a>),
    /// A day or a moment: a figure whose number format is one of dates, or an ISO 8601 date of the format itself.
    Date(NaiveDateTime),
    /// True or false as the program that wrote the sheet knows them; 是 and 否 are texts.
    Boolean(bool),
    /// An error of a formula, as the program shows it: `#REF!`.
    Error(&'a str),
}

/// A figure as decimal text, never as a float: `1234.5`, `-0.07`, `20240305`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number<'a> {
    /// The figure in plain decimal notation; in scientific notation only where `digits_lost` or beyond 10^21.
    pub text: &'a str,
    /// Sixteen digits or more before the point of which the sheet kept fifteen: a code that Excel turned into a
    /// figure. What is left is shown as Excel shows it (`9.165232368274099E+17`); the code can't be restored.
    pub digits_lost: bool,
    /// The figure as its number format shows it, where that says what it is measured in: `12.5万元`. Else empty.
    pub shown: &'a str,
}

impl<'a> Number<'a> {
    /// A figure of which nothing more is known.
    pub fn plain(text: &'a str) -> Self {
        Self { text, digits_lost: false, shown: "" }
    }

    /// As people see it: with its measure where the format names one.
    pub fn seen(self) -> &'a str {
        if self.shown.is_empty() || self.is_percent() { self.text } else { self.shown }
    }

    /// Its format shows it as so many per cent.
    pub fn is_percent(self) -> bool {
        self.shown.ends_with(SHOWN_AS_PERCENT)
    }
}

impl Value<'_> {
    /// Nothing stands here.
    pub fn is_empty(&self) -> bool {
        matches!(self, Value::Empty)
    }
}

/// A stretch of the row's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stored {
    Empty,
    Text(Span),
    Number {
        span: Span,
        digits_lost: bool,
    },
    /// A figure with its measure behind it; how many bytes are the figure.
    Measured {
        span: Span,
        digits: u32,
    },
    Date(NaiveDateTime),
    Boolean(bool),
    Error(Span),
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct StoredCell {
    column: u32,
    value: Stored,
    raw: Option<Span>,
}

/// What a cell is whose text comes behind the cells of its row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Coming {
    Text,
    Number {
        digits_lost: bool,
    },
    /// A figure with its measure behind it.
    Measured {
        digits: u32,
    },
    Error,
}

/// One row with its cells from left to right.
///
/// As a reader gives it, only cells that hold something are there. As [`super::SheetReader`] gives it, there is one
/// cell for each column of the table, in the order of the columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    number: u32,
    text: String,
    cells: Vec<StoredCell>,
    /// Positions of cells that hold what a merged cell above says, with that cell.
    filled: Vec<(usize, Filled)>,
    /// Positions of empty cells that are merged with a filled one to their left, with that one's column.
    across: Vec<(usize, u32)>,
    /// How far the texts announced by [`Self::push_coming`] reach.
    coming: u32,
}

impl Row {
    /// An empty row with its number in the sheet, counted from 1.
    pub fn new(number: u32) -> Self {
        Self { number, ..Self::default() }
    }

    /// Forgets the cells and takes a new number, keeping the memory.
    pub fn reset(&mut self, number: u32) {
        self.number = number;
        self.text.clear();
        self.cells.clear();
        self.filled.clear();
        self.across.clear();
        self.coming = 0;
    }

    /// Becomes a copy of another row, keeping the memory.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.reset(other.number);
        self.text.push_str(&other.text);
        self.cells.extend_from_slice(&other.cells);
        self.filled.extend_from_slice(&other.filled);
        self.across.extend_from_slice(&other.across);
    }

    /// All texts of the row, one behind another.
    pub(super) fn texts(&self) -> &str {
        &self.text
    }

    /// The row's number in the sheet, counted from 1 as the sheet shows it.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Gives the same cells another number, for rows that a format repeats.
    pub(super) fn renumber(&mut self, number: u32) {
        self.number = number;
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Bytes the row takes in memory, about.
    pub fn byte_count(&self) -> usize {
        self.text.len() + self.cells.len() * size_of::<StoredCell>() + size_of::<Self>()
    }

    /// There are no cells.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The value of the cell at a position (not its column in the sheet); past the end everything is empty.
    pub fn value(&self, position: usize) -> Value<'_> {
        self.cells.get(position).map_or(Value::Empty, |cell| self.shown(cell.value))
    }

    /// The text as it stood in the sheet where reading changed it (full width, blanks, an apostrophe), else `None`.
    pub fn raw(&self, position: usize) -> Option<&str> {
        self.cells.get(position)?.raw.map(|span| self.slice(span))
    }

    /// The column in the sheet of the cell at a position, counted from 0 (`A` is 0).
    pub fn column(&self, position: usize) -> u32 {
        self.cells.get(position).map_or(0, |cell| cell.column)
    }

    /// The cells with their columns in the sheet, counted from 0.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Value<'_>)> {
        self.cells.iter().map(|cell| (cell.column, self.shown(cell.value)))
    }

    /// The position of the first cell at or after a column of the sheet.
    pub fn position_at(&self, column: u32) -> usize {
        self.cells.partition_point(|cell| cell.column < column)
    }

    /// The value in a column of the sheet, for rows that hold only filled cells.
    pub fn value_at(&self, column: u32) -> Value<'_> {
        let position = self.position_at(column);
        match self.cells.get(position) {
            Some(cell) if cell.column == column => self.shown(cell.value),
            _ => Value::Empty,
        }
    }

    /// Adds a cell to the right of the others.
    pub fn push(&mut self, column: u32, value: Value<'_>) {
        let value = self.store(value);
        self.cells.push(StoredCell { column, value, raw: None });
    }

    /// Adds a cell whose text was changed, with the text as it stood.
    pub fn push_changed(&mut self, column: u32, value: Value<'_>, raw: &str) {
        let value = self.store(value);
        let raw = Some(self.append(raw));
        self.cells.push(StoredCell { column, value, raw });
    }

    /// Adds a cell copied from another row, its raw text with it, under a column of this sheet.
    pub fn push_from(&mut self, column: u32, other: &Row, position: usize) {
        match other.raw(position) {
            Some(raw) => self.push_changed(column, other.value(position), raw),
            None => self.push(column, other.value(position)),
        }
    }

    /// Adds a cell with what a merged cell above says.
    pub(super) fn push_filled(&mut self, column: u32, above: &Row, filled: Filled) {
        self.filled.push((self.cells.len(), filled));
        self.push_from(column, above, 0);
    }

    /// Says of the last cell that a merged cell above lies over it.
    pub(super) fn mark_filled(&mut self, filled: Filled) {
        self.filled.push((self.cells.len().saturating_sub(1), filled));
    }

    /// All cells that hold what a merged cell above says, with their positions.
    pub fn all_filled(&self) -> &[(usize, Filled)] {
        &self.filled
    }

    /// The merged cell above that the cell at a position is part of.
    pub fn filled(&self, position: usize) -> Option<Filled> {
        if self.filled.is_empty() {
            return None;
        }
        self.filled.iter().find(|(at, _)| *at == position).map(|(_, filled)| *filled)
    }

    /// Says of an empty cell that it is merged with a filled one to its left.
    pub(super) fn mark_across(&mut self, position: usize, first: u32) {
        self.across.push((position, first));
    }

    /// The column, counted from 0, of the filled cell to the left with which an empty one is merged.
    pub fn across(&self, position: usize) -> Option<u32> {
        self.across.iter().find(|(at, _)| *at == position).map(|(_, first)| *first)
    }

    /// Adds a cell whose text of so many bytes is still to come, by [`Self::come`], behind that of the cell before.
    pub(super) fn push_coming(&mut self, column: u32, coming: Coming, length: u32) {
        let start = self.coming;
        self.coming = start.saturating_add(length);
        let span = Span { start, end: self.coming };
        let value = match coming {
            Coming::Text => Stored::Text(span),
            Coming::Number { digits_lost } => Stored::Number { span, digits_lost },
            Coming::Measured { digits } => Stored::Measured { span, digits },
            Coming::Error => Stored::Error(span),
        };
        self.cells.push(StoredCell { column, value, raw: None });
    }

    /// The texts of the cells added by [`Self::push_coming`], as one; whether they are as long as was announced and part
    /// where a sign ends.
    pub(super) fn come(&mut self, texts: &str) -> bool {
        self.text.push_str(texts);
        let announced = std::mem::take(&mut self.coming) as usize;
        let parts_well = |cell: &StoredCell| match cell.value {
            Stored::Text(span) | Stored::Number { span, .. } | Stored::Error(span) => {
                self.text.is_char_boundary(span.end as usize)
            }
            Stored::Measured { span, digits } => {
                let middle = span.start.checked_add(digits).filter(|middle| *middle <= span.end);
                middle.is_some_and(|middle| self.text.is_char_boundary(middle as usize))
                    && self.text.is_char_boundary(span.end as usize)
            }
            _ => true,
        };
        self.text.len() == announced && self.cells.iter().all(parts_well)
    }

    /// Puts cells that came in any order from left to right; of two in the same column the first stays.
    pub fn sort(&mut self) {
        if !self.cells.is_sorted_by(|left, right| left.column < right.column) {
            self.cells.sort_by_key(|cell| cell.column);
            self.cells.dedup_by_key(|cell| cell.column);
        }
    }

    /// Positions of the cells that stand in none of these columns, which ascend.
    pub(super) fn beyond(&self, columns: impl Iterator<Item = u32>) -> impl Iterator<Item = usize> {
        let mut columns = columns.peekable();
        self.cells.iter().enumerate().filter_map(move |(position, cell)| {
            while columns.next_if(|column| *column < cell.column).is_some() {}
            (columns.peek() != Some(&cell.column)).then_some(position)
        })
    }

    /// Leaves one cell for each of these columns, which ascend; where there was none it is empty. No text is copied.
    pub(super) fn spread(&mut self, columns: impl ExactSizeIterator<Item = u32> + DoubleEndedIterator + Clone) {
        let mut kept = columns.clone().peekable();
        self.cells.retain(|cell| {
            while kept.next_if(|column| *column < cell.column).is_some() {}
            kept.next_if(|column| *column == cell.column).is_some()
        });
        let (mut left, count) = (self.cells.len(), columns.len());
        if left == count {
            return;
        }
        let empty = |column| StoredCell { column, value: Stored::Empty, raw: None };
        self.cells.resize(count, empty(0));
        // From the right: what is there moves to its place before that is taken.
        for (place, column) in columns.enumerate().rev() {
            let is_there = left > 0 && self.cells[left - 1].column == column;
            self.cells[place] = if is_there { self.cells[left - 1] } else { empty(column) };
            left -= usize::from(is_there);
        }
    }

    fn store(&mut self, value: Value<'_>) -> Stored {
        match value {
            Value::Empty => Stored::Empty,
            Value::Text(text) => Stored::Text(self.append(text)),
            Value::Number(number) if number.shown.is_empty() => {
                Stored::Number { span: self.append(number.text), digits_lost: number.digits_lost }
            }
            Value::Number(number) => {
                Stored::Measured { span: self.append(number.shown), digits: number.text.len() as u32 }
            }
            Value::Date(date) => Stored::Date(date),
            Value::Boolean(truth) => Stored::Boolean(truth),
            Value::Error(text) => Stored::Error(self.append(text)),
        }
    }

    /// Rows are held below 16 MiB by the limits on what a reader may send, so positions fit 32 bits.
    fn append(&mut self, text: &str) -> Span {
        debug_assert_eq!(self.coming, 0, "texts still to come would lie where this one does");
        let start = self.text.len();
        self.text.push_str(text);
        Span { start: start as u32, end: self.text.len() as u32 }
    }

    fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn shown(&self, value: Stored) -> Value<'_> {
        match value {
            Stored::Empty => Value::Empty,
            Stored::Text(span) => Value::Text(self.slice(span)),
            Stored::Number { span, digits_lost } => {
                Value::Number(Number { text: self.slice(span), digits_lost, shown: "" })
            }
            Stored::Measured { span, digits } => {
                let shown = self.slice(span);
                let text = shown.get(..digits as usize).unwrap_or_default();
                Value::Number(Number { text, digits_lost: false, shown })
            }
            Stored::Date(date) => Value::Date(date),
            Stored::Boolean(truth) => Value::Boolean(truth),
            Stored::Error(span) => Value::Error(self.slice(span)),
        }
    }
}

/// A moment as ISO 8601, the day alone when it is midnight: `2024-03-05`, `2024-03-05T10:30:00`.
pub fn date_text(date: NaiveDateTime) -> String {
    if date.time() == NaiveTime::MIN {
        return date.format("%Y-%m-%d").to_string();
    }
    if date.nanosecond() == 0 {
        return date.format("%Y-%m-%dT%H:%M:%S").to_string();
    }
    date.format("%Y-%m-%dT%H:%M:%S%.3f").to_string()
}

/// The name of a cell as a sheet shows it: row counted from 1, column from 0. (`B7` is row 7, column 1.)
pub fn cell_name(row: u32, column: u32) -> String {
    format!("{}{row}", column_letters(column))
}

/// The letters of a column counted from 0: `A`, `Z`, `AA`.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        let digit = ((rest - 1) % 26) as u8;
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
