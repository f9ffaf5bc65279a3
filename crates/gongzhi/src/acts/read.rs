//! What is in a file, as understood and nothing more: no template, no item, no unit is known here.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use gongzhi_core::codes::{self, Uscc};
use gongzhi_core::messages::Message;
use gongzhi_core::problems::ActError;
use gongzhi_engine::read::{
    ColumnProfile, ColumnType, LeftOut, Limits, Notice, ReadError, Row, SheetEvent, SheetHead, SheetReader, Value,
    WorkerCommand, WorkerPool, typed_text,
};

/// Rows left out of which each is listed; a file of nothing else would fill memory.
const MOST_LEFT_OUT: usize = 10_000;
/// Notices that are listed.
const MOST_NOTICES: usize = 10_000;
/// Bytes of rows kept in memory between learning a column's type and writing its values. A larger file is read twice.
const MOST_KEPT_BYTES: usize = 64 << 20;

/// Codes of a sheet that are remembered to find those given twice.
const MOST_CODES: usize = 2_000_000;

/// A file as understood.
#[derive(Debug, Default)]
pub struct FileContent {
    /// Its format, by its content.
    pub format: String,
    /// Its sheets in their order.
    pub sheets: Vec<SheetContent>,
    /// What to know of it.
    pub notices: Vec<Notice>,
    /// Why it was refused, when it was; then nothing of it may be used.
    pub refusal: Option<ReadError>,
}

/// A sheet as understood.
#[derive(Debug, Default)]
pub struct SheetContent {
    /// Name, header, columns, titles.
    pub head: SheetHead,
    /// The type of each column.
    pub types: Vec<ColumnType>,
    /// Rows of the table.
    pub row_count: u64,
    /// What is no part of it.
    pub left_out: Vec<LeftOut>,
    /// How many more were left out than are listed.
    pub further_left_out: u64,
    profiles: Vec<ColumnProfile>,
    codes: Vec<Codes>,
    rows: Vec<Row>,
}

/// The social credit codes of a column: a list of taxpayers that names one twice is worth a word.
#[derive(Debug, Default)]
struct Codes {
    /// First row by code.
    first: HashMap<String, u32>,
    /// Codes that stand in more than one row.
    repeated: HashSet<String>,
    /// The first of them with its two rows.
    example: Option<(String, u32, u32)>,
}

impl Codes {
    fn add(&mut self, value: Value<'_>, row: u32) {
        let Value::Text(text) = value else { return };
        if text.len() < 18 || self.first.len() >= MOST_CODES {
            return;
        }
        let code = codes::normalise(text);
        if Uscc::parse(&code).is_none() {
            return;
        }
        match self.first.get(code.as_ref()) {
            Some(first) => {
                self.example.get_or_insert_with(|| (code.to_string(), *first, row));
                self.repeated.insert(code.into_owned());
            }
            None => {
                self.first.insert(code.into_owned(), row);
            }
        }
    }

    /// What to say: nothing where most codes repeat, as in a sheet of payments.
    fn notice(&self, sheet: &str, column: &str) -> Option<Notice> {
        let (code, first, row) = self.example.as_ref()?;
        if self.repeated.len() * 5 > self.first.len() {
            return None;
        }
        let message = Message::new("read-codes-repeated").with("column", column).with("codes", self.repeated.len());
        let message = message.with("code", code).with("first", first).with("row", row);
        Some(Notice { message, sheet: Some(sheet.to_owned()), cell: None })
    }
}

/// Reads one file.
pub struct Reading {
    pool: WorkerPool,
    keeps_rows: bool,
    kept_bytes: usize,
    /// The file outgrew what is kept: its rows must be read again to be written.
    is_too_large: bool,
}

impl Reading {
    /// A reading by processes of this program; `keeps_rows` when the rows will be asked for.
    ///
    /// # Errors
    /// The program can't find itself.
    pub fn new(keeps_rows: bool) -> Result<Self, ActError> {
        let pool = WorkerPool::new(WorkerCommand::of_this_program()?, 1, Limits::default());
        Ok(Self { pool, keeps_rows, kept_bytes: 0, is_too_large: false })
    }

    /// What is in the file. A refusal is part of the answer.
    pub fn read(&mut self, path: &Path) -> FileContent {
        let mut content = FileContent::default();
        if let Err(error) = self.gather(path, &mut content) {
            content.notices.push(Notice::of_file(error.message()));
            content.sheets.clear();
            content.refusal = Some(error);
        }
        content
    }

    fn gather(&mut self, path: &Path, content: &mut FileContent) -> Result<(), ReadError> {
        let mut reader = self.pool.read(path)?;
        while let Some(event) = reader.next_event()? {
            match event {
                SheetEvent::Sheet(head) => content.sheets.push(SheetContent::new(head)),
                SheetEvent::Row(row) => self.take_row(row, content),
                SheetEvent::LeftOut(left_out) => {
                    if let Some(sheet) = content.sheets.last_mut() {
                        sheet.leave_out(left_out);
                    }
                }
                SheetEvent::Notice(notice) => {
                    if content.notices.len() < MOST_NOTICES {
                        content.notices.push(notice.clone());
                    }
                }
                SheetEvent::SheetEnd(totals) => {
                    if let Some(sheet) = content.sheets.last_mut() {
                        sheet.row_count = totals.row_count;
                        sheet.types = sheet.profiles.iter().map(ColumnProfile::column_type).collect();
                        content.notices.extend(sheet.end_codes());
                    }
                }
            }
        }
        reader.format().clone_into(&mut content.format);
        Ok(())
    }

    fn take_row(&mut self, row: &Row, content: &mut FileContent) {
        let Some(sheet) = content.sheets.last_mut() else { return };
        for (profile, (_, value)) in sheet.profiles.iter_mut().zip(row.iter()) {
            profile.add(value);
        }
        for (codes, (_, value)) in sheet.codes.iter_mut().zip(row.iter()) {
            codes.add(value, row.number());
        }
        if !self.keeps_rows || self.is_too_large {
            return;
        }
        self.kept_bytes += row.byte_count();
        self.is_too_large = self.kept_bytes > MOST_KEPT_BYTES;
        if self.is_too_large {
            content.sheets.iter_mut().for_each(|sheet| sheet.rows = Vec::new());
        } else {
            sheet.rows.push(row.clone());
        }
    }

    /// The rows of a file that was read, to be asked for one sheet after another: from memory, or by reading it again.
    ///
    /// # Errors
    /// The file can't be opened the second time.
    pub fn rows(&self, path: &Path) -> Result<SheetRows, ActError> {
        let reader = if self.is_too_large { Some(self.pool.read(path)?) } else { None };
        Ok(SheetRows { reader })
    }
}

/// The rows of the sheets in their order.
pub struct SheetRows {
    reader: Option<SheetReader>,
}

impl SheetRows {
    /// Calls `write` with each row of the next sheet.
    ///
    /// # Errors
    /// The file is refused the second time (it changed in between), or `write` fails.
    pub fn each(
        &mut self,
        sheet: &SheetContent,
        write: &mut dyn FnMut(&Row) -> Result<(), ActError>,
    ) -> Result<(), ActError> {
        let Some(reader) = &mut self.reader else {
            return sheet.rows.iter().try_for_each(write);
        };
        while let Some(event) = reader.next_event()? {
            match event {
                SheetEvent::Row(row) => write(row)?,
                SheetEvent::SheetEnd(_) => break,
                _ => {}
            }
        }
        Ok(())
    }
}

impl SheetContent {
    fn new(head: &SheetHead) -> Self {
        let profiles = head.columns.iter().map(|column| ColumnProfile::new(&column.name, head.epoch_1904)).collect();
        let codes = head.columns.iter().map(|_| Codes::default()).collect();
        Self { head: head.clone(), profiles, codes, ..Self::default() }
    }

    fn end_codes(&mut self) -> Vec<Notice> {
        let codes = std::mem::take(&mut self.codes);
        let columns = self.head.columns.iter().zip(codes);
        columns.filter_map(|(column, codes)| codes.notice(&self.head.name, &column.name)).collect()
    }

    fn leave_out(&mut self, left_out: &LeftOut) {
        if self.left_out.len() < MOST_LEFT_OUT {
            self.left_out.push(left_out.clone());
        } else {
            self.further_left_out += 1;
        }
    }
}

/// A value as text in the type of its column. A social credit code written with blanks or in lower case is given as
/// it is meant: by its check digit it can't be anything else.
pub fn text_of(value: Value<'_>, column_type: ColumnType) -> Option<String> {
    let text = typed_text(value, column_type)?;
    let may_be_code = column_type == ColumnType::Text && (18..=40).contains(&text.len());
    if may_be_code && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ') {
        let code = codes::normalise(&text);
        if Uscc::parse(&code).is_some() {
            return Some(code.into_owned());
        }
    }
    Some(text.into_owned())
}
