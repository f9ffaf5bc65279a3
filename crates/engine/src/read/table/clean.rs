//! A row's texts as they are meant: narrow, without outer blanks, blank cells gone.

use std::borrow::Cow;

use gongzhi_core::cells::{has_bare_ends, has_odd_byte, narrow};

use super::super::row::{Row, Value};

/// Copies a row into another with its texts cleaned; where a text changes, the original goes along.
pub(super) fn clean_into(raw: &Row, cleaned: &mut Row) {
    if is_clean(raw) {
        cleaned.copy_from(raw);
        return;
    }
    cleaned.reset(raw.number());
    for (column, value) in raw.iter() {
        let Value::Text(text) = value else {
            if !value.is_empty() {
                cleaned.push(column, value);
            }
            continue;
        };
        match narrow(text) {
            Cow::Borrowed("") => {}
            Cow::Borrowed(same) if same.len() == text.len() => cleaned.push(column, value),
            narrowed if narrowed.is_empty() => {}
            narrowed => cleaned.push_changed(column, Value::Text(&narrowed), text),
        }
    }
}

/// Whether nothing in a row would change: nearly all rows, told without looking at each sign of each cell.
fn is_clean(row: &Row) -> bool {
    let stays = |value: Value<'_>| match value {
        Value::Empty => false,
        Value::Text(text) => !text.is_empty() && has_bare_ends(text),
        _ => true,
    };
    !has_odd_byte(row.texts()) && row.iter().all(|(_, value)| stays(value))
}

/// A value as a text for titles and reasons.
pub(super) fn shown(value: Value<'_>) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(text) | Value::Error(text) => text.to_owned(),
        Value::Number(number) => number.seen().to_owned(),
        Value::Date(date) => super::super::row::date_text(date),
        Value::Boolean(truth) => truth.to_string(),
    }
}

/// Signs of a row that are kept as its text: a note may say at its end what the figures are measured in.
const MOST_SIGNS: usize = 1_000;

/// The texts of a row joined by blanks.
pub(super) fn row_text(row: &Row) -> String {
    let joined = row.iter().map(|(_, value)| shown(value)).collect::<Vec<_>>().join(" ");
    match joined.char_indices().nth(MOST_SIGNS) {
        Some((end, _)) => joined[..end].to_owned(),
        None => joined,
    }
}
