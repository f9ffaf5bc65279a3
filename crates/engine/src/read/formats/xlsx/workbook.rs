//! The workbook's part: its sheets in order, its epoch, where its strings and styles are.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::super::super::error::{Limit, ReadError};
use super::super::MOST_PARTS;
use super::super::package::Package;
use super::super::xml::{Xml, attribute, truth};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SheetKind {
    Worksheet,
    /// A chart, a dialog, a sheet of macros.
    Other,
}

pub(super) struct SheetOfBook {
    pub(super) name: String,
    pub(super) part: String,
    pub(super) hidden: bool,
    pub(super) kind: SheetKind,
}

#[derive(Default)]
pub(super) struct Workbook {
    pub(super) sheets: Vec<SheetOfBook>,
    pub(super) epoch_1904: bool,
    pub(super) strings_part: Option<String>,
    pub(super) styles_part: Option<String>,
}

impl Workbook {
    pub(super) fn read(package: &mut Package<'_>) -> Result<Self, ReadError> {
        let absent = || ReadError::Unreadable("no workbook part".to_owned());
        let part = package.workbook_part()?.ok_or_else(absent)?;
        let mut workbook = Self::default();
        let mut targets = HashMap::new();
        for related in package.relationships(&part)? {
            match related.kind.as_str() {
                "sharedStrings" => workbook.strings_part = Some(related.target),
                "styles" => workbook.styles_part = Some(related.target),
                _ => {
                    targets.insert(related.id, (related.target, related.kind));
                }
            }
        }
        let mut xml = Xml::new(package.part(&part)?.ok_or_else(absent)?);
        loop {
            match xml.next_event()? {
                Event::Start(start) | Event::Empty(start) => match start.local_name().into_inner() {
                    "workbookPr" => workbook.epoch_1904 = truth(&start, "date1904"),
                    "sheet" => {
                        let id = start
                            .attributes()
                            .with_checks(false)
                            .flatten()
                            .find(|found| found.key.into_inner().ends_with(":id"))
                            .map(|found| found.value.into_owned());
                        let target = id.and_then(|id| targets.get(&id));
                        let hidden = attribute(&start, "state").is_some_and(|state| state != "visible");
                        let name = attribute(&start, "name").unwrap_or_default().into_owned();
                        workbook.add(name, target, hidden)?;
                    }
                    _ => {}
                },
                Event::Eof => return Ok(workbook),
                _ => {}
            }
        }
    }

    fn add(&mut self, name: String, target: Option<&(String, String)>, hidden: bool) -> Result<(), ReadError> {
        let place = self.sheets.len() + 1;
        if place > MOST_PARTS {
            return Err(ReadError::BeyondLimits(Limit::Parts));
        }
        let (part, kind) = match target {
            Some((part, kind)) if kind == "worksheet" => (part.clone(), SheetKind::Worksheet),
            Some((part, _)) => (part.clone(), SheetKind::Other),
            None => (format!("xl/worksheets/sheet{place}.xml"), SheetKind::Worksheet),
        };
        self.sheets.push(SheetOfBook { name, part, hidden, kind });
        Ok(())
    }
}
