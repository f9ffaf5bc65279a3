//! Shared strings: the distinct texts of a workbook, one behind another in one buffer.

use std::io::BufRead;

use quick_xml::events::Event;

use super::super::super::error::{Limit, ReadError};
use super::super::MOST_STRING_BYTES;
use super::super::xml::{Xml, push_reference};

/// Bytes counted for each string besides its text: a workbook of empty ones fills memory by their places alone.
const STRING_OVERHEAD: usize = 16;

/// The shared strings. How many the file announces is not asked.
#[derive(Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    pub(super) fn read(input: impl BufRead) -> Result<Self, ReadError> {
        let mut xml = Xml::new(input);
        let mut strings = Self::default();
        let mut one = String::new();
        loop {
            match xml.next_event()? {
                Event::Start(start) if start.local_name().into_inner() == "si" => {
                    one.clear();
                    read_rich_text(&mut xml, "si", &mut one)?;
                    strings.push(&one)?;
                }
                Event::Empty(start) if start.local_name().into_inner() == "si" => strings.push("")?,
                Event::Eof => return Ok(strings),
                _ => {}
            }
        }
    }

    fn push(&mut self, text: &str) -> Result<(), ReadError> {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        if self.text.len() + self.ends.len() * STRING_OVERHEAD > MOST_STRING_BYTES {
            return Err(ReadError::BeyondLimits(Limit::Strings));
        }
        Ok(())
    }

    /// The string at an index.
    pub(super) fn find(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }
}

/// Reads the text inside `si` or `is`: plain, or in runs; readings for pronunciation (`rPh`) are no part of it.
pub(super) fn read_rich_text<R: BufRead>(xml: &mut Xml<R>, end: &str, text: &mut String) -> Result<(), ReadError> {
    let (mut in_text, mut in_reading) = (false, false);
    let begun = text.len();
    loop {
        match xml.next_event()? {
            Event::Start(start) => match start.local_name().into_inner() {
                "t" => in_text = true,
                "rPh" => in_reading = true,
                _ => {}
            },
            Event::End(ended) => match ended.local_name().into_inner() {
                "t" => in_text = false,
                "rPh" => in_reading = false,
                name if name == end => break,
                _ => {}
            },
            Event::Text(part) if in_text && !in_reading => text.push_str(&part.xml10_content()),
            Event::CData(part) if in_text && !in_reading => text.push_str(&part.into_inner()),
            Event::GeneralRef(reference) if in_text && !in_reading => push_reference(&reference, text),
            Event::Eof => break,
            _ => {}
        }
    }
    unescape_signs(text, begun);
    Ok(())
}

/// Replaces `_x000D_`, the way in which control signs are written in these files.
pub(super) fn unescape_signs(text: &mut String, from: usize) {
    if !text[from..].contains("_x") {
        return;
    }
    let escaped = text.split_off(from);
    let mut rest = escaped.as_str();
    while let Some(at) = rest.find("_x") {
        text.push_str(&rest[..at]);
        let sign = rest
            .get(at + 2..at + 7)
            .and_then(|code| code.strip_suffix('_'))
            .and_then(|code| u32::from_str_radix(code, 16).ok());
        match sign.and_then(char::from_u32) {
            Some(sign) => {
                text.push(sign);
                rest = &rest[at + 7..];
            }
            None => {
                text.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_joined_and_readings_left_out() {
        let xml = r#"<sst count="9999999999999" uniqueCount="9999999999999"><si><r><t>甲</t></r><r><t xml:space="preserve"> &amp;乙</t></r>
            <rPh sb="0" eb="1"><t>jia</t></rPh></si><si/><si><t>a_x000D_b_x_</t></si></sst>"#;
        let strings = Strings::read(xml.as_bytes()).expect("strings");
        assert_eq!(
            (strings.find(0), strings.find(1), strings.find(2), strings.find(3)),
            (Some("甲 &乙"), Some(""), Some("a\rb_x_"), None)
        );
    }
}
