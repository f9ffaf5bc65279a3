//! Styles, for one thing only: which of them show a figure as a day or a time.

use std::collections::HashMap;
use std::io::BufRead;

use quick_xml::events::Event;

use super::super::super::error::ReadError;
use super::super::numbers::{Shown, shown_by_code, shown_by_id};
use super::super::xml::{Xml, attribute, number};

/// Cell formats beyond these are taken for figures.
const MOST_FORMATS: usize = 100_000;

/// What each cell format makes of a figure.
#[derive(Default)]
pub(super) struct Styles {
    shown: Vec<Shown>,
}

impl Styles {
    pub(super) fn read(input: impl BufRead) -> Result<Self, ReadError> {
        let mut xml = Xml::new(input);
        let mut own: HashMap<u32, Shown> = HashMap::new();
        let mut styles = Self::default();
        let mut in_cell_formats = false;
        loop {
            match xml.next_event()? {
                Event::Start(start) | Event::Empty(start) => match start.local_name().into_inner() {
                    "numFmt" => {
                        let id: Option<u32> = number(&start, "numFmtId");
                        if let (Some(id), Some(code)) = (id, attribute(&start, "formatCode")) {
                            own.insert(id, shown_by_code(&code));
                        }
                    }
                    "cellXfs" => in_cell_formats = true,
                    "xf" if in_cell_formats && styles.shown.len() < MOST_FORMATS => {
                        let id = number(&start, "numFmtId").unwrap_or(0);
                        let shown = own.get(&id).copied().or_else(|| shown_by_id(id));
                        styles.shown.push(shown.unwrap_or_default());
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
    pub(super) fn shown(&self, index: usize) -> Shown {
        self.shown.get(index).copied().unwrap_or_default()
    }
}
