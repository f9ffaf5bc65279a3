//! Styles, for one thing only: what the number format of each makes of a figure.

use std::collections::HashMap;
use std::io::BufRead;

use quick_xml::events::Event;

use super::super::super::error::ReadError;
use super::super::numbers::{FormatCode, NumberFormat, Shown, shown_by_id};
use super::super::xml::{Xml, attribute, number};

/// Cell formats beyond these are taken for figures.
const MOST_FORMATS: usize = 100_000;

/// What each cell format makes of a figure.
#[derive(Default)]
pub(super) struct Styles {
    /// By cell format: built in, or the position of its own code.
    formats: Vec<Result<Shown, usize>>,
    codes: Vec<FormatCode>,
}

impl Styles {
    pub(super) fn read(input: impl BufRead) -> Result<Self, ReadError> {
        let mut xml = Xml::new(input);
        let mut own: HashMap<u32, usize> = HashMap::new();
        let mut styles = Self::default();
        let mut in_cell_formats = false;
        loop {
            match xml.next_event()? {
                Event::Start(start) | Event::Empty(start) => match start.local_name().into_inner() {
                    "numFmt" if styles.codes.len() < MOST_FORMATS => {
                        let id: Option<u32> = number(&start, "numFmtId");
                        if let (Some(id), Some(code)) = (id, attribute(&start, "formatCode")) {
                            own.insert(id, styles.codes.len());
                            styles.codes.push(FormatCode::of(&code));
                        }
                    }
                    "cellXfs" => in_cell_formats = true,
                    "xf" if in_cell_formats && styles.formats.len() < MOST_FORMATS => {
                        let id = number(&start, "numFmtId").unwrap_or(0);
                        let built_in = || Ok(shown_by_id(id).unwrap_or_default());
                        styles.formats.push(own.get(&id).map_or_else(built_in, |at| Err(*at)));
                    }
                    _ => {}
                },
                Event::End(end) if end.local_name().into_inner() == "cellXfs" => in_cell_formats = false,
                Event::Eof => return Ok(styles),
                _ => {}
            }
        }
    }

    /// What the cell format at an index makes of a figure.
    pub(super) fn format(&self, index: usize, epoch_1904: bool) -> NumberFormat<'_> {
        match self.formats.get(index) {
            Some(Err(own)) => self.codes.get(*own).map_or_else(NumberFormat::default, |code| code.in_epoch(epoch_1904)),
            Some(Ok(shown)) => NumberFormat { shown: *shown, epoch_1904, words: None },
            None => NumberFormat { epoch_1904, ..NumberFormat::default() },
        }
    }
}
