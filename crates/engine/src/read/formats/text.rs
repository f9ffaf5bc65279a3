//! csv, tsv and txt: lines of cells parted by a comma, a tab, a semicolon or a bar, in constant memory.
//!
//! Quotes follow what spreadsheets write: a cell that begins with a quote ends with one, a doubled one stands for
//! itself, line breaks inside belong to the cell. Real files break this: a quote that nobody closes would swallow the
//! rest of the file into one cell. So a quoted cell may reach over [`MOST_LINES`] lines at most and its closing quote
//! must stand before a separator; where that fails the quote is taken as a sign like any other, the lines are read
//! one by one, and a notice says where.

use std::collections::VecDeque;

use gongzhi_core::messages::Message;

use super::super::error::ReadError;
use super::super::event::SheetFacts;
use super::super::row::{Number, Row, Value, cell_name};
use super::Sink;
use super::input::Input;
use super::text_decode::{Lines, find_charset};

/// Lines a quoted cell may reach over.
const MOST_LINES: usize = 200;
/// Broken quotes of which each gets a notice.
const MOST_NOTICES: u32 = 100;
/// Parts nothing: the separator of a text whose lines are one cell each. A control sign stands in no cell that is kept.
const NO_SEPARATOR: u8 = 0x1F;

/// The separator that parts most lines of a sample into the same number of cells; `None` when none does.
pub(super) fn find_separator(sample: &str) -> Option<u8> {
    let cut = if sample.len() > 60_000 { sample.rfind('\n').unwrap_or(sample.len()) } else { sample.len() };
    let lines: Vec<&str> = sample[..cut].split(['\n', '\r']).filter(|line| !line.trim().is_empty()).take(200).collect();
    if let Some(stated) = lines.first().and_then(|line| line.strip_prefix("sep=")).filter(|rest| rest.len() == 1) {
        return stated.bytes().next();
    }
    let mut best: Option<(usize, u8)> = None;
    for separator in [b',', b'\t', b';', b'|'] {
        let counts: Vec<usize> = lines.iter().map(|line| separators_in(line, separator)).collect();
        let mut sorted = counts.clone();
        sorted.sort_unstable();
        let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
        let most = sorted.last().copied().unwrap_or(0);
        let agreeing = counts.iter().filter(|count| **count == usual && usual > 0).count();
        // A short file of titles and a header has no usual count: any line that is parted tells.
        let weight = agreeing * 1_000 + most.min(999);
        if most > 0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, separator));
        }
    }
    best.map(|(_, separator)| separator)
}

/// Separators outside quotes.
fn separators_in(line: &str, separator: u8) -> usize {
    let mut is_quoted = false;
    let mut count = 0;
    for byte in line.bytes() {
        if byte == b'"' {
            is_quoted = !is_quoted;
        } else if byte == separator && !is_quoted {
            count += 1;
        }
    }
    count
}

/// Reads a text into one sheet named for the file.
pub(super) fn read(
    mut input: Input,
    separator: Option<u8>,
    stem: &str,
    sink: &mut Sink<'_, '_>,
) -> Result<(), ReadError> {
    let found = find_charset(&mut input)?;
    sink.sheet(SheetFacts { name: stem.to_owned(), ..SheetFacts::default() })?;
    if found.broken_count > 0 {
        let message =
            Message::new("read-broken-signs").with("count", found.broken_count).with("charset", found.charset.name());
        sink.notice(Some(stem), None, message)?;
    }
    let mut records = Records {
        lines: Lines::new(&mut input, found.charset)?,
        separator,
        waiting: VecDeque::new(),
        cells: Cells::default(),
        broken: None,
    };
    let mut row = Row::default();
    let (mut number, mut broken_count) = (0_u32, 0_u32);
    while records.advance()? {
        number += 1;
        if number == 1 && records.cells.is_separator_line() {
            continue;
        }
        records.cells.fill(&mut row, number);
        sink.row(&row)?;
        if let Some(column) = records.broken.take() {
            broken_count += 1;
            if broken_count <= MOST_NOTICES {
                sink.notice(Some(stem), Some(cell_name(number, column)), Message::new("read-broken-quote"))?;
            }
        }
    }
    if broken_count > MOST_NOTICES {
        sink.notice(
            Some(stem),
            None,
            Message::new("read-more-broken-quotes").with("count", broken_count - MOST_NOTICES),
        )?;
    }
    sink.sheet_end()
}

/// The cells of one record: their texts one after another.
#[derive(Default)]
struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn end_cell(&mut self) {
        self.ends.push(self.text.len());
    }

    /// Excel's own first line that names the separator: `sep=;`.
    fn is_separator_line(&self) -> bool {
        self.text.starts_with("sep=") && self.text.len() <= 5
    }

    fn fill(&self, row: &mut Row, number: u32) {
        row.reset(number);
        let mut start = 0;
        for (column, end) in self.ends.iter().enumerate() {
            let text = &self.text[start..*end];
            start = *end;
            if !text.is_empty() {
                row.push(column as u32, value_of(text));
            }
        }
    }
}

/// A cell of a text is a text, but for a code that Excel had spoilt before it saved the file, and for the formula
/// (`="0012"`) by which clerks keep Excel from doing so.
pub(super) fn value_of(text: &str) -> Value<'_> {
    if text.len() > 30 {
        return Value::Text(text);
    }
    if let Some(kept) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return Value::Text(kept);
    }
    match text.trim().rsplit_once(['E', 'e']) {
        Some((mantissa, exponent)) if is_spoilt(mantissa, exponent) => {
            Value::Number(Number { text: text.trim(), digits_lost: true, shown: "" })
        }
        _ => Value::Text(text),
    }
}

/// `9.16523` and `+17`: a figure of sixteen digits or more of which few are left.
fn is_spoilt(mantissa: &str, exponent: &str) -> bool {
    let digits = mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && mantissa.contains('.');
    digits
        && exponent.strip_prefix('+').unwrap_or(exponent).parse::<u32>().is_ok_and(|power| (15..=30).contains(&power))
}

struct Records<'i> {
    lines: Lines<'i>,
    separator: Option<u8>,
    /// Lines taken back from a quoted cell that had no end.
    waiting: VecDeque<String>,
    cells: Cells,
    /// The column of a broken quote in the record just read.
    broken: Option<u32>,
}

/// How far the cells of a line were read.
enum Progress {
    Complete,
    /// A quoted cell goes on in the next line.
    Open,
    /// A closing quote stands in the middle of a cell.
    Broken(u32),
}

impl Records<'_> {
    fn next_line(&mut self, line: &mut String) -> Result<bool, ReadError> {
        if let Some(waiting) = self.waiting.pop_front() {
            *line = waiting;
            return Ok(true);
        }
        self.lines.next_line(line)
    }

    /// Reads the next record into `cells`; `false` when there is none.
    fn advance(&mut self) -> Result<bool, ReadError> {
        let mut line = String::new();
        if !self.next_line(&mut line)? {
            return Ok(false);
        }
        // Quotes are quotes whatever the number of columns: a name that was copied in two lines is one cell.
        let separator = self.separator.unwrap_or(NO_SEPARATOR);
        if !line.contains('"') {
            self.split_plainly(&line, separator);
            return Ok(true);
        }
        let mut record = line;
        let mut ends = vec![record.len()];
        loop {
            match parse(&record, separator, &mut self.cells) {
                Progress::Complete => return Ok(true),
                Progress::Broken(column) => {
                    self.broken = Some(column);
                    return Ok(self.give_up(&record, &ends, separator));
                }
                Progress::Open => {}
            }
            let mut next = String::new();
            if ends.len() >= MOST_LINES || !self.next_line(&mut next)? {
                self.broken = Some(self.cells.ends.len() as u32);
                return Ok(self.give_up(&record, &ends, separator));
            }
            record.push('\n');
            record.push_str(&next);
            ends.push(record.len());
        }
    }

    /// Takes the first line as it stands, quotes and all, and puts the others back.
    fn give_up(&mut self, record: &str, ends: &[usize], separator: u8) -> bool {
        for pair in ends.windows(2).rev() {
            self.waiting.push_front(record[pair[0] + 1..pair[1]].to_owned());
        }
        self.split_plainly(&record[..ends[0]], separator);
        true
    }

    fn split_plainly(&mut self, line: &str, separator: u8) {
        self.cells.clear();
        for cell in line.split(char::from(separator)) {
            self.cells.text.push_str(unquoted(cell));
            self.cells.end_cell();
        }
    }
}

/// A cell without the quotes around it.
fn unquoted(cell: &str) -> &str {
    cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell)
}

/// Parses a record; of an open or broken one the cells so far.
fn parse(record: &str, separator: u8, cells: &mut Cells) -> Progress {
    cells.clear();
    let bytes = record.as_bytes();
    let mut at = 0;
    loop {
        if bytes.get(at) == Some(&b'"') {
            match parse_quoted(record, at + 1, cells) {
                Some(end) => at = end,
                None => return Progress::Open,
            }
            while bytes.get(at) == Some(&b' ') {
                at += 1;
            }
            if at < bytes.len() && bytes[at] != separator {
                return Progress::Broken(cells.ends.len() as u32);
            }
        } else {
            let rest = &record[at..];
            let length = rest.bytes().position(|byte| byte == separator).unwrap_or(rest.len());
            cells.text.push_str(&rest[..length]);
            at += length;
        }
        cells.end_cell();
        if at >= bytes.len() {
            return Progress::Complete;
        }
        at += 1;
        if at == bytes.len() {
            cells.end_cell();
            return Progress::Complete;
        }
    }
}

/// Parses a quoted cell from behind its opening quote; gives the place behind the closing one.
fn parse_quoted(record: &str, mut at: usize, cells: &mut Cells) -> Option<usize> {
    loop {
        let rest = &record[at..];
        let quote = rest.bytes().position(|byte| byte == b'"')?;
        cells.text.push_str(&rest[..quote]);
        at += quote + 1;
        if record.as_bytes().get(at) != Some(&b'"') {
            return Some(at);
        }
        cells.text.push('"');
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> (Vec<Vec<String>>, u32) {
        let mut input = Input::of_bytes(text.as_bytes().to_vec());
        let separator = find_separator(text);
        let lines = Lines::new(&mut input, encoding_rs::UTF_8).expect("lines");
        let mut records = Records { lines, separator, waiting: VecDeque::new(), cells: Cells::default(), broken: None };
        let (mut all, mut broken) = (Vec::new(), 0);
        while records.advance().expect("a record") {
            let mut start = 0;
            let mut cells = Vec::new();
            for end in &records.cells.ends {
                cells.push(records.cells.text[start..*end].to_owned());
                start = *end;
            }
            all.push(cells);
            broken += u32::from(records.broken.take().is_some());
        }
        (all, broken)
    }

    #[test]
    fn quoted_cells_keep_separators_quotes_and_line_breaks() {
        let (records, broken) = records("a,b\n\"1,2\",\"x\"\"y\"\n\"l1\nl2\",z\n,\n");
        assert_eq!(records, [vec!["a", "b"], vec!["1,2", "x\"y"], vec!["l1\nl2", "z"], vec!["", ""]]);
        assert_eq!(broken, 0);
    }

    #[test]
    fn an_unclosed_quote_costs_no_row_and_is_noticed() {
        let (records, broken) = records("a,b\n\"甲,1\n乙,2\n丙,3\n");
        assert_eq!(records, [vec!["a", "b"], vec!["\"甲", "1"], vec!["乙", "2"], vec!["丙", "3"]]);
        assert_eq!(broken, 1);
    }

    #[test]
    fn two_stray_quotes_do_not_join_the_rows_between_them() {
        let (records, broken) = records("a,b\n\"甲,1\n乙,2\n\"丙,3\n丁,4\n");
        assert_eq!(records.len(), 5);
        assert_eq!(broken, 2);
    }

    #[test]
    fn a_text_of_one_column_keeps_its_quoted_cells_whole() {
        let (all, broken) = records("名称\n\"甲\n公司\"\n\"乙公司\"\n丙\"号\"公司\n");
        assert_eq!((all.concat().join("|").as_str(), broken), ("名称|甲\n公司|乙公司|丙\"号\"公司", 0));
        let (all, broken) = records("名称\n\"甲公司\n乙公司\n");
        assert_eq!((all.concat().join("|").as_str(), broken), ("名称|\"甲公司|乙公司", 1));
    }

    #[test]
    fn the_separator_is_the_one_that_parts_the_lines_alike() {
        assert_eq!(find_separator("a\tb,c\td\n1\t2\t3\n"), Some(b'\t'));
        assert_eq!(find_separator("a;b;c\n1,5;2;3\n4,5;6;7\n"), Some(b';'));
        assert_eq!(find_separator("填报单位：县局\n名称,代码\n甲,1\n乙,2"), Some(b','));
        assert_eq!(find_separator("甲\n乙\n"), None);
        assert_eq!(find_separator("sep=;\na,b;c"), Some(b';'));
    }

    #[test]
    fn a_code_excel_spoilt_is_seen_in_a_text_too() {
        assert!(matches!(value_of("9.16523E+17"), Value::Number(Number { digits_lost: true, .. })));
        assert_eq!(value_of("=\"0012\""), Value::Text("0012"));
        assert_eq!(value_of("1.5E+3"), Value::Text("1.5E+3"));
    }
}
