//! The sheets of a file as understood: what `read` shows and `intake` builds upon.

use std::collections::VecDeque;

use super::error::ReadError;
use super::event::{Notice, RawEvent};
use super::row::Row;
use super::stream::RowStream;
use super::table::{HeaderHint, LeftOut, Out, SheetHead, SheetTotals, Table};

/// What comes next: a sheet's head, then its rows with what is left out and noticed in between in the order of the
/// sheet, then its end.
#[derive(Debug)]
pub enum SheetEvent<'a> {
    /// A sheet begins; its header is decided.
    Sheet(&'a SheetHead),
    /// A row of the table: one cell for each column of the head.
    Row(&'a Row),
    /// A row or cell that is no part of the table.
    LeftOut(&'a LeftOut),
    /// Something to know.
    Notice(&'a Notice),
    /// The sheet is over.
    SheetEnd(&'a SheetTotals),
}

impl<'a> SheetEvent<'a> {
    pub(super) fn of(out: &'a Out) -> Self {
        match out {
            Out::Sheet(head) => Self::Sheet(head),
            Out::Row(row) => Self::Row(row),
            Out::LeftOut(left_out) => Self::LeftOut(left_out),
            Out::Notice(notice) => Self::Notice(notice),
            Out::SheetEnd(totals) => Self::SheetEnd(totals),
        }
    }
}

/// Reads a file sheet by sheet and row by row in constant memory.
///
/// ```ignore
/// let mut reader = pool.read(path)?.with_hint(hint);
/// while let Some(event) = reader.next_event()? {
///     match event { SheetEvent::Row(row) => …, … }
/// }
/// ```
pub struct SheetReader {
    stream: RowStream,
    hint: Option<HeaderHint>,
    format: String,
    table: Option<Table>,
    waiting: VecDeque<Out>,
    current: Option<Out>,
}

impl SheetReader {
    /// Understands the events of a file.
    pub fn new(stream: RowStream) -> Self {
        Self { stream, hint: None, format: String::new(), table: None, waiting: VecDeque::new(), current: None }
    }

    /// The same, helped by who knows what headers are called.
    #[must_use]
    pub fn with_hint(mut self, hint: HeaderHint) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The file's format as its content tells it; known from the first event on.
    pub fn format(&self) -> &str {
        &self.format
    }

    /// The next event; `None` when the file is over.
    ///
    /// # Errors
    /// The file is refused. It may come after rows were given: they must not be used then.
    pub fn next_event(&mut self) -> Result<Option<SheetEvent<'_>>, ReadError> {
        if let (Some(Out::Row(row)), Some(table)) = (self.current.take(), &mut self.table) {
            table.recycle(row);
        }
        while self.waiting.is_empty() {
            if !self.advance()? {
                return Ok(None);
            }
        }
        self.current = self.waiting.pop_front();
        Ok(self.current.as_ref().map(SheetEvent::of))
    }

    /// Understands the file up to a parcel of events or its end; whether there is more.
    pub(super) fn fill(&mut self, parcel: usize) -> Result<bool, ReadError> {
        while self.waiting.len() < parcel {
            if !self.advance()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What is understood and not given yet.
    pub(super) fn take_waiting(&mut self) -> VecDeque<Out> {
        std::mem::take(&mut self.waiting)
    }

    /// Takes back a row for its memory.
    pub(super) fn recycle(&mut self, row: Row) {
        if let Some(table) = &mut self.table {
            table.recycle(row);
        }
    }

    /// Takes one event of the stream; `false` when there is none.
    fn advance(&mut self) -> Result<bool, ReadError> {
        match self.stream.next_event()? {
            None => return Ok(false),
            Some(RawEvent::File(format)) => format.clone_into(&mut self.format),
            Some(RawEvent::Sheet(facts)) => self.table = Some(Table::new(facts.clone(), self.hint.clone())),
            Some(RawEvent::Row(row)) => {
                if let Some(table) = &mut self.table {
                    table.push(row, &mut self.waiting);
                }
            }
            Some(RawEvent::SheetEnd) => {
                if let Some(table) = self.table.take() {
                    table.finish(&mut self.waiting);
                }
            }
            Some(RawEvent::Notice(notice)) => match &mut self.table {
                Some(table) => table.notice(notice, &mut self.waiting),
                None => self.waiting.push_back(Out::Notice(notice)),
            },
        }
        Ok(true)
    }
}
