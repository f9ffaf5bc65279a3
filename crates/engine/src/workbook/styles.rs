//! How cells look.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

use super::table::ColumnKind;

/// The font of every sheet written: on each Windows, and stood in for by the system's own where it is missing.
pub(crate) const FONT: &str = "微软雅黑";
/// Ground of header cells.
pub(crate) const HEADER_COLOUR: u32 = 0x1F_4E79;
/// Lines between cells.
pub(crate) const LINE_COLOUR: u32 = 0xBF_C6D1;
/// Words that explain.
pub(crate) const QUIET_COLOUR: u32 = 0x59_6273;
/// Ground of cells that people fill in.
const FILL_COLOUR: u32 = 0xFF_F2CC;
/// What only the program reads again.
const FAINT_COLOUR: u32 = 0x9A_A3B2;

/// The formats of a table.
pub(super) struct Styles {
    pub(super) title: Format,
    pub(super) note: Format,
    pub(super) long_note: Format,
    pub(super) header: Format,
    text: Format,
    wrapped: Format,
    amount: Format,
    quantity: Format,
    rate: Format,
    integer: Format,
    pub(super) date: Format,
    pub(super) link: Format,
    fill: Format,
    quiet: Format,
    pub(super) formula_like: Format,
}

impl Styles {
    pub(super) fn new() -> Self {
        let plain = Format::new().set_font_name(FONT).set_font_size(9).set_align(FormatAlign::VerticalCenter);
        let note = plain.clone().set_font_color(QUIET_COLOUR);
        let cell = plain.clone().set_border(FormatBorder::Thin).set_border_color(LINE_COLOUR);
        // A figure too wide for its column is drawn smaller, never as a row of `#`.
        let figure = |shown: &str| cell.clone().set_num_format(shown).set_align(FormatAlign::Right).set_shrink();
        Self {
            title: plain.clone().set_font_size(15).set_bold().set_font_color(HEADER_COLOUR),
            note: note.clone(),
            long_note: note.set_text_wrap(),
            header: cell
                .clone()
                .set_bold()
                .set_font_color(0xFF_FFFF)
                .set_background_color(HEADER_COLOUR)
                .set_align(FormatAlign::Center)
                .set_text_wrap(),
            text: cell.clone(),
            wrapped: cell.clone().set_text_wrap(),
            amount: figure("#,##0.00"),
            quantity: figure("#,##0.00##"),
            rate: figure("0.00%"),
            integer: cell.clone().set_num_format("#,##0").set_align(FormatAlign::Right).set_indent(1),
            date: cell.clone().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
            link: cell.clone().set_font_color(0x05_63C1).set_underline(rust_xlsxwriter::FormatUnderline::Single),
            fill: cell.clone().set_background_color(FILL_COLOUR).set_align(FormatAlign::Center),
            // Wrapped in a row of one line it stays inside its cell.
            quiet: cell.clone().set_font_size(8).set_font_color(FAINT_COLOUR).set_text_wrap(),
            formula_like: cell.set_text_wrap().set_num_format_index(49).set_quote_prefix(),
        }
    }

    pub(super) fn of(&self, kind: ColumnKind) -> &Format {
        match kind {
            ColumnKind::Text | ColumnKind::Link => &self.text,
            ColumnKind::Wrapped => &self.wrapped,
            ColumnKind::Amount => &self.amount,
            ColumnKind::Quantity => &self.quantity,
            ColumnKind::Rate => &self.rate,
            ColumnKind::Integer => &self.integer,
            ColumnKind::Date => &self.date,
            ColumnKind::Fill => &self.fill,
            ColumnKind::Quiet => &self.quiet,
        }
    }
}
