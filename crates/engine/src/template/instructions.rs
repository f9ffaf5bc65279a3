//! The sheet 填报说明: what is asked, by whom, until when, how to fill it in, and every column with its meaning.

use gongzhi_core::catalog::{Class, Column, Item, Kind};
use gongzhi_core::messages::{Language, Message};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, FormatUnderline, Url, Workbook, Worksheet};

use super::columns::shown_width;
use super::speech::{spoken_due, spoken_need, spoken_period, spoken_rule, spoken_type, written_period};
use super::{INSTRUCTIONS_SHEET, Writer, has_action, header_of};
use crate::workbook::{FONT, HEADER_COLOUR, LINE_COLOUR, QUIET_COLOUR, WorkbookError, column_number, cut};

/// Widths of the sheet's columns: header, need, how to write it, meaning, example.
const WIDTHS: [f64; 5] = [32.0, 11.0, 38.0, 50.0, 30.0];

impl Writer<'_> {
    /// Writes the sheet of instructions, the first of the workbook.
    pub(super) fn write_instructions(
        &self,
        workbook: &mut Workbook,
        sheets: &[(String, &Kind)],
    ) -> Result<(), WorkbookError> {
        let sheet = workbook.add_worksheet();
        sheet.set_name(INSTRUCTIONS_SHEET)?.set_screen_gridlines(false);
        for (at, width) in WIDTHS.iter().enumerate() {
            sheet.set_column_width(column_number(at), *width)?;
        }
        let mut page = Page { writer: *self, sheet, styles: Styles::new(), row: 0 };
        page.title()?;
        page.facts()?;
        page.steps()?;
        for (name, kind) in sheets {
            page.kind(name, kind)?;
        }
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        sheet.set_footer("&C&P / &N");
        sheet.protect();
        Ok(())
    }

    fn fact_lines(&self) -> Vec<(&'static str, String)> {
        let (item, request, say) = (self.item, self.request, |message: Message| self.translator.say(&message));
        let language = self.translator.language();
        let units: Vec<_> = match request.unit {
            Some(unit) => vec![unit.name.get(language)],
            None => self.catalog.units_of(item).map(|unit| unit.name.get(language)).collect(),
        };
        let from = item.versions.iter().find(|version| version.version == request.version);
        let version = Message::new("template-version").with("version", request.version);
        let version = version.with("from", from.map(|version| version.from.to_string()).unwrap_or_default());
        let number = item.number.map(|number| say(Message::new("template-number").with("number", number)));
        let class = say(Message::new(format!("template-class-{}", class_of(item, request.version).key())));
        vec![
            ("template-fact-item", number.unwrap_or_else(|| item.key.clone())),
            ("template-fact-units", units.join(if language == Language::English { ", " } else { "、" })),
            ("template-fact-period", spoken_period(item, self.translator)),
            ("template-fact-this-period", request.period.map(written_period).unwrap_or_default()),
            ("template-fact-due", spoken_due(item.due.as_ref(), self.translator)),
            ("template-fact-mode", say(Message::new(format!("template-mode-{}", item.mode.key().replace('_', "-"))))),
            ("template-fact-basis", item.basis.clone()),
            ("template-fact-sharing", say(Message::new(format!("template-sharing-{}", item.sharing.key())))),
            ("template-fact-class", class),
            ("template-fact-version", say(version)),
        ]
    }
}

/// The highest class of the columns that this version asks for.
fn class_of(item: &Item, version: u32) -> Class {
    let open = item.kinds.iter().flat_map(|kind| kind.columns_of(version));
    open.map(|column| column.class).max().unwrap_or(Class::Internal)
}

/// The sheet as it is written from top to bottom.
struct Page<'a, 'b> {
    writer: Writer<'a>,
    sheet: &'b mut Worksheet,
    styles: Styles,
    row: u32,
}

impl Page<'_, '_> {
    fn say(&self, message: Message) -> String {
        self.writer.translator.say(&message)
    }

    fn title(&mut self) -> Result<(), WorkbookError> {
        let item = self.writer.item;
        let name = item.name.get(self.writer.translator.language());
        let title = self.say(Message::new("template-instructions-title").with("item", name));
        self.sheet.set_row_height(0, 36)?;
        self.sheet.write_string_with_format(0, 0, title, &self.styles.title)?;
        self.row = 2;
        Ok(())
    }

    fn facts(&mut self) -> Result<(), WorkbookError> {
        for (key, value) in self.writer.fact_lines().into_iter().filter(|(_, value)| !value.is_empty()) {
            let label = self.say(Message::new(key));
            self.sheet.write_string_with_format(self.row, 0, label, &self.styles.label)?;
            self.wide(1, &value)?;
        }
        self.row += 1;
        Ok(())
    }

    fn steps(&mut self) -> Result<(), WorkbookError> {
        self.heading(&Message::new("template-steps"))?;
        let item = self.writer.item;
        let keys = ["rows", "columns", "paste", "codes", "figures", "dates", "action", "nil", "send"];
        let asked = keys.iter().filter(|key| **key != "action" || has_action(item));
        for (number, key) in (1..).zip(asked) {
            let step = self.say(Message::new(format!("template-step-{key}")));
            self.wide(0, &format!("{number}. {step}"))?;
        }
        self.row += 1;
        Ok(())
    }

    fn kind(&mut self, name: &str, kind: &Kind) -> Result<(), WorkbookError> {
        let language = self.writer.translator.language();
        let mark = self.say(Message::new(format!("template-mark-{}", kind.mark.key())));
        let heading = Message::new("template-kind").with("sheet", name).with("kind", kind.name.get(language));
        self.heading(&heading.with("mark", mark))?;
        let open = self.say(Message::new("template-open-sheet").with("sheet", name));
        let target = format!("internal:'{}'!A1", name.replace('\'', "''"));
        let url = Url::new(target).set_text(open);
        self.sheet.write_url_with_format(self.row, 0, &url, &self.styles.link)?;
        self.row += 1;
        for (at, key) in ["header", "need", "type", "meaning", "example"].iter().enumerate() {
            let header = self.say(Message::new(format!("template-column-{key}")));
            self.sheet.write_string_with_format(self.row, column_number(at), header, &self.styles.header)?;
        }
        self.sheet.set_row_height(self.row, 22)?;
        self.row += 1;
        for column in kind.columns_of(self.writer.request.version) {
            self.column(column)?;
        }
        self.rules(kind)?;
        self.row += 1;
        Ok(())
    }

    fn column(&mut self, column: &Column) -> Result<(), WorkbookError> {
        let translator = self.writer.translator;
        let english = match translator.language() {
            Language::English if !column.name.en.is_empty() => format!("{}\n", column.name.en),
            _ => String::new(),
        };
        let meaning: Vec<&str> =
            [column.note.as_str(), column.calibre.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
        let cells = [
            header_of(column),
            spoken_need(column, translator),
            spoken_type(column, translator),
            format!("{english}{}", meaning.join("；")),
            column.example.clone(),
        ];
        self.tall(&cells, &WIDTHS)?;
        for (at, cell) in cells.iter().enumerate() {
            let style = if at == 1 { &self.styles.centred } else { &self.styles.cell };
            self.sheet.write_string_with_format(self.row, column_number(at), cut(cell, 2_000), style)?;
        }
        self.row += 1;
        Ok(())
    }

    fn rules(&mut self, kind: &Kind) -> Result<(), WorkbookError> {
        let version = self.writer.request.version;
        let keys: Vec<_> = kind.key_columns.iter().filter_map(|key| kind.find_column(key)).collect();
        let mut lines = Vec::new();
        if !keys.is_empty() && keys.iter().all(|column| column.is_in(version) && !column.closed) {
            let names: Vec<_> = keys.iter().map(|column| column.name.zh.as_str()).collect();
            lines.push(self.say(Message::new("template-rule-key").with("columns", names.join("、"))));
        }
        lines.extend(kind.rules.iter().map(|rule| spoken_rule(kind, &rule.rule, self.writer.translator)));
        if lines.is_empty() {
            return Ok(());
        }
        let label = self.say(Message::new("template-rules"));
        self.wide(0, &format!("{label}{}", lines.join("；")))
    }

    fn heading(&mut self, message: &Message) -> Result<(), WorkbookError> {
        let text = self.say(message.clone());
        self.sheet.set_row_height(self.row, 26)?;
        self.sheet.write_string_with_format(self.row, 0, text, &self.styles.heading)?;
        for column in 1..column_number(WIDTHS.len()) {
            self.sheet.write_blank(self.row, column, &self.styles.heading)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A text from a column to the table's right edge, with as many lines as it takes.
    fn wide(&mut self, from: u16, text: &str) -> Result<(), WorkbookError> {
        let last = column_number(WIDTHS.len()) - 1;
        let width: f64 = WIDTHS.iter().skip(usize::from(from)).sum();
        self.tall(&[text.to_owned()], &[width])?;
        self.sheet.merge_range(self.row, from, self.row, last, text, &self.styles.text)?;
        self.row += 1;
        Ok(())
    }

    /// Makes the current row as tall as its fullest cell.
    fn tall(&mut self, cells: &[String], widths: &[f64]) -> Result<(), WorkbookError> {
        let lines = cells.iter().zip(widths).map(|(cell, width)| {
            cell.lines().map(|line| (shown_width(line) * 0.9 / (width - 1.5)).ceil().max(1.0)).sum::<f64>()
        });
        self.sheet.set_row_height(self.row, lines.fold(1.0, f64::max) * 15.0 + 6.0)?;
        Ok(())
    }
}

/// Formats of the sheet.
struct Styles {
    title: Format,
    label: Format,
    text: Format,
    heading: Format,
    header: Format,
    cell: Format,
    centred: Format,
    link: Format,
}

impl Styles {
    fn new() -> Self {
        let plain = Format::new().set_font_name(FONT).set_font_size(10).set_align(FormatAlign::VerticalCenter);
        let boxed = plain
            .clone()
            .set_border(FormatBorder::Thin)
            .set_border_color(LINE_COLOUR)
            .set_text_wrap()
            .set_num_format_index(49);
        Self {
            title: plain.clone().set_font_size(18).set_bold().set_font_color(HEADER_COLOUR),
            label: plain.clone().set_font_color(QUIET_COLOUR).set_align(FormatAlign::Left).set_align(FormatAlign::Top),
            text: plain
                .clone()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_align(FormatAlign::Left)
                .set_num_format_index(49),
            heading: plain
                .clone()
                .set_font_size(12)
                .set_bold()
                .set_font_color(HEADER_COLOUR)
                .set_border_bottom(FormatBorder::Medium)
                .set_border_bottom_color(HEADER_COLOUR),
            header: boxed
                .clone()
                .set_bold()
                .set_font_color(0xFF_FFFF)
                .set_background_color(HEADER_COLOUR)
                .set_align(FormatAlign::Center),
            centred: boxed.clone().set_align(FormatAlign::Center),
            cell: boxed,
            link: plain.set_font_color(0x05_63C1).set_underline(FormatUnderline::Single),
        }
    }
}
