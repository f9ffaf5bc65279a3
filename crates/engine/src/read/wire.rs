//! The bytes in which the reading process tells its parent what a file holds.
//!
//! A frame is a tag, the length of its body as a varint, the body. Numbers are varints (seven bits a byte, lowest
//! first), texts their length and UTF-8 bytes; of a row the texts of all cells stand behind them, as one. Nothing is
//! believed: a body is never longer than [`MOST_BYTES`], and the parent reserves memory for what has arrived, not for
//! what a count announces.

use std::io::{self, BufRead, Read, Write};

use chrono::{DateTime, NaiveDateTime};
use gongzhi_core::messages::Message;

use super::error::{Limit, ReadError};
use super::event::{Merge, Notice, RawEvent, SheetFacts};
use super::row::{Coming, Row, Value};

/// The longest body of a frame, and so the longest row.
pub(super) const MOST_BYTES: usize = 16 << 20;

const FILE: u8 = b'F';
const SHEET: u8 = b'S';
const ROW: u8 = b'R';
const SHEET_END: u8 = b'E';
const NOTICE: u8 = b'N';
const REFUSED: u8 = b'X';
const DONE: u8 = b'Z';

/// Writes frames. Each is complete before its first byte goes out.
pub(super) struct Sender<'w> {
    out: &'w mut dyn Write,
    body: Vec<u8>,
    /// The texts of a row, which stand behind its cells.
    texts: Vec<u8>,
}

impl<'w> Sender<'w> {
    /// Frames into a pipe or a buffer.
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, body: Vec::with_capacity(1 << 12), texts: Vec::new() }
    }

    pub(super) fn file(&mut self, format: &str) -> Result<(), ReadError> {
        put_text(&mut self.body, format);
        self.send(FILE)
    }

    pub(super) fn sheet(&mut self, facts: &SheetFacts) -> Result<(), ReadError> {
        put_text(&mut self.body, &facts.name);
        self.body.push(u8::from(facts.hidden));
        self.body.push(u8::from(facts.epoch_1904));
        put(&mut self.body, facts.columns.len() as u64);
        for column in &facts.columns {
            put_text(&mut self.body, column);
        }
        put(&mut self.body, facts.merges.len() as u64);
        for merge in &facts.merges {
            for number in [merge.first_row, merge.first_column, merge.last_row, merge.last_column] {
                put(&mut self.body, u64::from(number));
            }
        }
        self.send(SHEET)
    }

    pub(super) fn row(&mut self, row: &Row) -> Result<(), ReadError> {
        put(&mut self.body, u64::from(row.number()));
        put(&mut self.body, row.len() as u64);
        self.texts.clear();
        let mut last = 0;
        for (column, value) in row.iter() {
            put(&mut self.body, u64::from(column.wrapping_sub(last)));
            last = column;
            let (tag, text) = match value {
                Value::Empty => (b'-', None),
                Value::Text(text) => (b't', Some(text)),
                Value::Number(number) if !number.shown.is_empty() => (b'm', Some(number.shown)),
                Value::Number(number) => (if number.digits_lost { b'l' } else { b'n' }, Some(number.text)),
                Value::Date(_) => (b'd', None),
                Value::Boolean(truth) => (if truth { b'1' } else { b'0' }, None),
                Value::Error(text) => (b'e', Some(text)),
            };
            self.body.push(tag);
            if let Some(text) = text {
                put(&mut self.body, text.len() as u64);
                self.texts.extend_from_slice(text.as_bytes());
                if let (b'm', Value::Number(number)) = (tag, value) {
                    put(&mut self.body, number.text.len() as u64);
                }
            } else if let Value::Date(date) = value {
                let milliseconds = date.and_utc().timestamp_millis();
                put(&mut self.body, ((milliseconds << 1) ^ (milliseconds >> 63)) as u64);
            }
        }
        self.body.extend_from_slice(&self.texts);
        self.send(ROW)
    }

    pub(super) fn sheet_end(&mut self) -> Result<(), ReadError> {
        self.send(SHEET_END)
    }

    pub(super) fn notice(&mut self, notice: &Notice) -> Result<(), ReadError> {
        put_text(&mut self.body, &notice.message.key);
        for place in [&notice.sheet, &notice.cell] {
            self.body.push(u8::from(place.is_some()));
            put_text(&mut self.body, place.as_deref().unwrap_or_default());
        }
        for (name, value) in &notice.message.values {
            put_text(&mut self.body, name);
            put_text(&mut self.body, value);
        }
        self.send(NOTICE)
    }

    /// The last frame of a file: it was read, or refused.
    pub(super) fn finish(&mut self, outcome: &Result<(), ReadError>) -> Result<(), ReadError> {
        self.body.clear();
        match outcome {
            Ok(()) => self.send(DONE)?,
            Err(error) => {
                let (code, detail) = error.to_parts();
                put_text(&mut self.body, code);
                put_text(&mut self.body, &detail);
                self.send(REFUSED)?;
            }
        }
        self.out.flush().map_err(closed)
    }

    fn send(&mut self, tag: u8) -> Result<(), ReadError> {
        if self.body.len() > MOST_BYTES {
            self.body.clear();
            return Err(ReadError::BeyondLimits(Limit::RowSize));
        }
        let mut head = [0_u8; 11];
        head[0] = tag;
        let length = encode(self.body.len() as u64, &mut head[1..]);
        self.out.write_all(&head[..=length]).map_err(closed)?;
        self.out.write_all(&self.body).map_err(closed)?;
        self.body.clear();
        Ok(())
    }
}

/// The parent went away or the disk is full: not the file's fault.
fn closed(error: io::Error) -> ReadError {
    ReadError::Worker(error.to_string())
}

fn encode(mut number: u64, into: &mut [u8]) -> usize {
    for (at, byte) in into.iter_mut().enumerate() {
        *byte = (number & 0x7F) as u8;
        number >>= 7;
        if number == 0 {
            return at + 1;
        }
        *byte |= 0x80;
    }
    into.len()
}

fn put(body: &mut Vec<u8>, number: u64) {
    if number < 0x80 {
        body.push(number as u8);
        return;
    }
    let mut bytes = [0_u8; 10];
    let length = encode(number, &mut bytes);
    body.extend_from_slice(&bytes[..length]);
}

fn put_text(body: &mut Vec<u8>, text: &str) {
    put(body, text.len() as u64);
    body.extend_from_slice(text.as_bytes());
}

/// Reads frames into events.
pub(super) struct Receiver {
    body: Vec<u8>,
    row: Row,
    facts: SheetFacts,
    format: String,
}

impl Receiver {
    pub(super) fn new() -> Self {
        Self { body: Vec::new(), row: Row::default(), facts: SheetFacts::default(), format: String::new() }
    }

    /// The next event; `None` after the last of the file. The stream ending earlier is an error of the worker, and so
    /// is a frame that makes no sense.
    pub(super) fn next(&mut self, input: &mut dyn BufRead) -> Result<Option<RawEvent<'_>>, ReadError> {
        let mut tag = [0_u8; 1];
        input.read_exact(&mut tag).map_err(closed)?;
        let length = read_number(input)? as usize;
        if length > MOST_BYTES {
            return Err(nonsense());
        }
        self.body.clear();
        let arrived = input.take(length as u64).read_to_end(&mut self.body).map_err(closed)?;
        if arrived != length {
            return Err(nonsense());
        }
        let mut body = Body { bytes: &self.body };
        match tag[0] {
            FILE => {
                self.format = body.text()?.to_owned();
                Ok(Some(RawEvent::File(&self.format)))
            }
            SHEET => {
                self.facts = body.facts()?;
                Ok(Some(RawEvent::Sheet(&self.facts)))
            }
            ROW => {
                body.row(&mut self.row)?;
                Ok(Some(RawEvent::Row(&self.row)))
            }
            SHEET_END => Ok(Some(RawEvent::SheetEnd)),
            NOTICE => Ok(Some(RawEvent::Notice(body.notice()?))),
            REFUSED => Err(ReadError::from_parts(body.text()?, body.text()?.to_owned())),
            DONE => Ok(None),
            _ => Err(nonsense()),
        }
    }
}

fn nonsense() -> ReadError {
    ReadError::Worker("a frame that makes no sense".to_owned())
}

fn read_number(input: &mut dyn BufRead) -> Result<u64, ReadError> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let mut byte = [0_u8; 1];
        input.read_exact(&mut byte).map_err(closed)?;
        number |= u64::from(byte[0] & 0x7F) << shift;
        if byte[0] < 0x80 {
            return Ok(number);
        }
    }
    Err(nonsense())
}

/// What is left of a frame's body.
struct Body<'b> {
    bytes: &'b [u8],
}

impl<'b> Body<'b> {
    fn byte(&mut self) -> Result<u8, ReadError> {
        let (first, rest) = self.bytes.split_first().ok_or_else(nonsense)?;
        self.bytes = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Result<u64, ReadError> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(nonsense())
    }

    fn small(&mut self) -> Result<u32, ReadError> {
        u32::try_from(self.number()?).map_err(|_| nonsense())
    }

    fn text(&mut self) -> Result<&'b str, ReadError> {
        let length = self.number()? as usize;
        let (text, rest) = self.bytes.split_at_checked(length).ok_or_else(nonsense)?;
        self.bytes = rest;
        std::str::from_utf8(text).map_err(|_| nonsense())
    }

    fn facts(&mut self) -> Result<SheetFacts, ReadError> {
        let name = self.text()?.to_owned();
        let (hidden, epoch_1904) = (self.byte()? != 0, self.byte()? != 0);
        let mut columns = Vec::new();
        for _ in 0..self.number()? {
            columns.push(self.text()?.to_owned());
        }
        let mut merges = Vec::new();
        for _ in 0..self.number()? {
            let (first_row, first_column) = (self.small()?, self.small()?);
            let merge = Merge { first_row, first_column, last_row: self.small()?, last_column: self.small()? };
            merges.extend(merge.clipped());
        }
        Ok(SheetFacts { name, hidden, epoch_1904, merges, columns })
    }

    fn row(&mut self, row: &mut Row) -> Result<(), ReadError> {
        row.reset(self.small()?);
        let mut column = 0_u32;
        for _ in 0..self.number()? {
            column = column.wrapping_add(self.small()?);
            match self.byte()? {
                b'-' => row.push(column, Value::Empty),
                b't' => row.push_coming(column, Coming::Text, self.small()?),
                b'n' => row.push_coming(column, Coming::Number { digits_lost: false }, self.small()?),
                b'l' => row.push_coming(column, Coming::Number { digits_lost: true }, self.small()?),
                b'm' => {
                    let length = self.small()?;
                    row.push_coming(column, Coming::Measured { digits: self.small()? }, length);
                }
                b'e' => row.push_coming(column, Coming::Error, self.small()?),
                b'd' => row.push(column, Value::Date(self.date()?)),
                b'1' => row.push(column, Value::Boolean(true)),
                b'0' => row.push(column, Value::Boolean(false)),
                _ => return Err(nonsense()),
            }
        }
        let texts = std::str::from_utf8(self.bytes).map_err(|_| nonsense())?;
        if row.come(texts) { Ok(()) } else { Err(nonsense()) }
    }

    fn date(&mut self) -> Result<NaiveDateTime, ReadError> {
        let folded = self.number()?;
        let milliseconds = ((folded >> 1) as i64) ^ -((folded & 1) as i64);
        DateTime::from_timestamp_millis(milliseconds).map(|moment| moment.naive_utc()).ok_or_else(nonsense)
    }

    fn notice(&mut self) -> Result<Notice, ReadError> {
        let mut message = Message::new(self.text()?.to_owned());
        let mut places = [None, None];
        for place in &mut places {
            let is_there = self.byte()? != 0;
            let text = self.text()?;
            *place = is_there.then(|| text.to_owned());
        }
        while !self.bytes.is_empty() {
            message.values.push((self.text()?.to_owned().into(), self.text()?.to_owned()));
        }
        let [sheet, cell] = places;
        Ok(Notice { message, sheet, cell })
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::Number;
    use super::*;

    #[test]
    fn every_event_arrives_as_it_was_sent() {
        let facts = SheetFacts {
            name: "表".to_owned(),
            hidden: true,
            epoch_1904: false,
            merges: vec![Merge { first_row: 2, first_column: 0, last_row: 900, last_column: 0 }],
            columns: vec!["名称".to_owned()],
        };
        let mut row = Row::new(1_048_576);
        row.push(0, Value::Text("甲"));
        row.push(3, Value::Number(Number::plain("-1.5")));
        row.push(4, Value::Number(Number { text: "9.16E+17", digits_lost: true, shown: "" }));
        row.push(5, Value::Number(Number { text: "12.5", digits_lost: false, shown: "12.5万元" }));
        row.push(300, Value::Date("1899-12-31T06:00:00".parse().expect("a moment")));
        row.push(16_383, Value::Boolean(true));
        let notice = Notice::of_cell("表", "B7".to_owned(), Message::new("read-digits-lost").with("value", "9E+17"));
        let mut bytes = Vec::new();
        let mut sender = Sender::new(&mut bytes);
        sender.file("xlsx").and_then(|()| sender.sheet(&facts)).and_then(|()| sender.row(&row)).expect("sent");
        sender.notice(&notice).and_then(|()| sender.sheet_end()).and_then(|()| sender.finish(&Ok(()))).expect("sent");

        let mut input = &bytes[..];
        let mut receiver = Receiver::new();
        assert_eq!(receiver.next(&mut input), Ok(Some(RawEvent::File("xlsx"))));
        assert_eq!(receiver.next(&mut input), Ok(Some(RawEvent::Sheet(&facts))));
        assert_eq!(receiver.next(&mut input), Ok(Some(RawEvent::Row(&row))));
        assert_eq!(receiver.next(&mut input), Ok(Some(RawEvent::Notice(notice))));
        assert_eq!(receiver.next(&mut input), Ok(Some(RawEvent::SheetEnd)));
        assert_eq!(receiver.next(&mut input), Ok(None));
    }

    #[test]
    fn a_merge_of_a_damaged_file_reaches_no_further_than_a_sheet() {
        let merge = |first_column, last_column| Merge { first_row: 2, first_column, last_row: 2, last_column };
        let merges = vec![merge(0, u32::MAX), merge(5, 1), merge(u32::MAX, u32::MAX), merge(1, 2)];
        let facts = SheetFacts { merges, ..SheetFacts::default() };
        let mut bytes = Vec::new();
        Sender::new(&mut bytes).sheet(&facts).expect("sent");
        let mut receiver = Receiver::new();
        let Ok(Some(RawEvent::Sheet(told))) = receiver.next(&mut &bytes[..]) else { panic!("no sheet") };
        let columns: Vec<(u32, u32)> = told.merges.iter().map(|one| (one.first_column, one.last_column)).collect();
        assert_eq!(columns, [(0, 1 << 20), (1, 2)]);
    }

    #[test]
    fn a_frame_that_announces_more_than_there_is_reserves_nothing_and_is_an_error() {
        for bytes in [&[ROW, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F][..], &[SHEET, 5, 0, 0, 0, 0xFF, 0x7F], &[b'?', 0], &[ROW]] {
            let mut input = bytes;
            assert!(matches!(Receiver::new().next(&mut input), Err(ReadError::Worker(_))), "{bytes:?}");
        }
    }

    #[test]
    fn a_row_whose_texts_are_not_as_announced_is_an_error() {
        // Row 1, two cells of text; the second text is a sign of three bytes.
        let row = |lengths: [u8; 2]| -> Vec<u8> {
            let mut body = vec![1, 2, 0, b't', lengths[0], 1, b't', lengths[1]];
            body.extend_from_slice("a甲".as_bytes());
            [vec![ROW, body.len() as u8], body].concat()
        };
        let mut expected = Row::new(1);
        expected.push(0, Value::Text("a"));
        expected.push(1, Value::Text("甲"));
        assert_eq!(Receiver::new().next(&mut &row([1, 3])[..]), Ok(Some(RawEvent::Row(&expected))));
        for lengths in [[1, 2], [1, 4], [2, 2], [0, 0]] {
            let outcome = Receiver::new().next(&mut &row(lengths)[..]).map(|event| event.is_some());
            assert!(matches!(outcome, Err(ReadError::Worker(_))), "{lengths:?}");
        }
    }

    #[test]
    fn a_row_beyond_the_limit_is_refused_and_not_sent() {
        let mut bytes = Vec::new();
        let mut row = Row::new(1);
        row.push(0, Value::Text(&"x".repeat(MOST_BYTES + 1)));
        assert_eq!(Sender::new(&mut bytes).row(&row), Err(ReadError::BeyondLimits(Limit::RowSize)));
        assert!(bytes.is_empty());
    }
}
