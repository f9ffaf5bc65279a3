//! JSON lines: an object a line. Keys are columns in the order of their first appearance, gathered in a first pass.

use std::collections::HashMap;

use gongzhi_core::messages::Message;
use serde_json::{Map, Value as Json};

use super::super::error::{Limit, ReadError};
use super::super::event::SheetFacts;
use super::super::row::{Number, Row, Value, cell_name};
use super::Sink;
use super::input::Input;
use super::text_decode::{Lines, find_charset};

const MOST_COLUMNS: usize = 16_384;
/// Broken lines of which each gets a notice.
const MOST_NOTICES: u32 = 100;

/// Reads the file into one sheet named for it.
pub(super) fn read(mut input: Input, stem: &str, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    let charset = find_charset(&mut input)?.charset;
    let mut places: HashMap<String, u32> = HashMap::new();
    let mut columns: Vec<String> = Vec::new();
    each_object(&mut Lines::new(&mut input, charset)?, &mut |_, object| {
        for key in object.into_iter().flat_map(Map::keys) {
            if !places.contains_key(key) {
                places.insert(key.clone(), columns.len() as u32);
                columns.push(key.clone());
            }
        }
        if columns.len() > MOST_COLUMNS { Err(ReadError::BeyondLimits(Limit::RowSize)) } else { Ok(()) }
    })?;
    sink.sheet(SheetFacts { name: stem.to_owned(), columns, ..SheetFacts::default() })?;
    let mut row = Row::default();
    let mut broken_count = 0;
    each_object(&mut Lines::new(&mut input, charset)?, &mut |number, object| {
        let Some(object) = object else {
            broken_count += 1;
            if broken_count > MOST_NOTICES {
                return Ok(());
            }
            return sink.notice(Some(stem), Some(cell_name(number, 0)), Message::new("read-broken-json"));
        };
        row.reset(number);
        for (key, value) in object {
            push(&mut row, places[key], value);
        }
        row.sort();
        sink.row(&row)
    })?;
    if broken_count > MOST_NOTICES {
        sink.notice(
            Some(stem),
            None,
            Message::new("read-more-broken-json").with("count", broken_count - MOST_NOTICES),
        )?;
    }
    sink.sheet_end()
}

/// What is done with each line that isn't blank: its number and its object, `None` when it is none.
type Each<'e> = dyn FnMut(u32, Option<&Map<String, Json>>) -> Result<(), ReadError> + 'e;

fn each_object(lines: &mut Lines<'_>, each: &mut Each<'_>) -> Result<(), ReadError> {
    let (mut line, mut number) = (String::new(), 0_u32);
    while lines.next_line(&mut line)? {
        number += 1;
        if line.trim().is_empty() {
            continue;
        }
        let object = serde_json::from_str::<Map<String, Json>>(&line).ok();
        each(number, object.as_ref())?;
    }
    Ok(())
}

fn push(row: &mut Row, column: u32, value: &Json) {
    match value {
        Json::Null => {}
        Json::Bool(truth) => row.push(column, Value::Boolean(*truth)),
        Json::Number(number) => {
            let text = number.to_string();
            row.push(column, Value::Number(Number::plain(text.strip_suffix(".0").unwrap_or(&text))));
        }
        Json::String(text) => row.push(column, Value::Text(text)),
        nested => row.push(column, Value::Text(&nested.to_string())),
    }
}
