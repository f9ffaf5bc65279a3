//! xlsx and xlsm: parts of XML, each read as a stream.
//!
//! What is kept in memory is the shared strings, distinct by nature and capped, and the styles that make days of
//! figures. A sheet is read twice: once for its merged cells, which the format puts behind the rows they are about,
//! then for the rows.

mod merges;
mod sheet;
mod strings;
mod styles;
mod workbook;

use gongzhi_core::messages::Message;

use self::sheet::SheetPart;
use self::strings::Strings;
use self::styles::Styles;
use self::workbook::{SheetKind, SheetOfBook, Workbook};
use super::super::error::ReadError;
use super::super::event::SheetFacts;
use super::Sink;
use super::input::Input;
use super::package::Package;

/// Reads every worksheet in the order of the workbook.
pub(super) fn read(mut input: Input, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    let mut package = Package::open(&mut input)?;
    let workbook = Workbook::read(&mut package)?;
    let strings = match workbook.strings_part.as_deref().map(|name| package.part(name)).transpose()?.flatten() {
        Some(part) => Strings::read(part)?,
        None => Strings::default(),
    };
    let styles = match workbook.styles_part.as_deref().map(|name| package.part(name)).transpose()?.flatten() {
        Some(part) => Styles::read(part)?,
        None => Styles::default(),
    };
    for sheet in &workbook.sheets {
        if sheet.kind == SheetKind::Worksheet {
            let part = SheetPart { strings: &strings, styles: &styles, epoch_1904: workbook.epoch_1904 };
            read_sheet(&mut package, sheet, &part, sink)?;
        }
    }
    let others = workbook.sheets.iter().filter(|sheet| sheet.kind == SheetKind::Other).count();
    if others > 0 {
        sink.notice(None, None, Message::new("read-other-sheets").with("count", others))?;
    }
    Ok(())
}

fn read_sheet(
    package: &mut Package<'_>,
    sheet: &SheetOfBook,
    part: &SheetPart<'_>,
    sink: &mut Sink<'_, '_>,
) -> Result<(), ReadError> {
    let merges = match package.part(&sheet.part)? {
        Some(input) => merges::find(input)?,
        None => Vec::new(),
    };
    let facts = SheetFacts {
        name: sheet.name.clone(),
        hidden: sheet.hidden,
        epoch_1904: part.epoch_1904,
        merges,
        ..SheetFacts::default()
    };
    sink.sheet(facts)?;
    let Some(input) = package.part(&sheet.part)? else {
        sink.notice(Some(&sheet.name), None, Message::new("read-sheet-missing"))?;
        return sink.sheet_end();
    };
    let hidden_rows = part.read(input, sink)?;
    if hidden_rows > 0 {
        sink.notice(Some(&sheet.name), None, Message::new("read-hidden-rows").with("count", hidden_rows))?;
    }
    sink.sheet_end()
}
