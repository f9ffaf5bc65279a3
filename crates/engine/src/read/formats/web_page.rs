//! Tables of an HTML page, mostly saved as .xls by some system's export button.
//!
//! Browsers and spreadsheets forgive everything, so the tags are cut out by hand instead of parsed by rules: a cell
//! ends where the next cell, row or table begins, whatever was closed. A table inside a cell is a table of its own.
//! Tables one after another with as many columns are one sheet: exports put the header, or a page, in each.

use gongzhi_core::messages::Message;

use super::super::error::{Limit, ReadError};
use super::super::event::{Merge, SheetFacts};
use super::super::row::Row;
use super::input::Input;
use super::numbers::push_beside;
use super::text::value_of;
use super::text_decode::decode_page;
use super::{MOST_CELLS, MOST_MERGES, MOST_WHOLE_BYTES, Sink};

/// Cells a `colspan` or `rowspan` may reach over.
const MOST_SPAN: u32 = 65_535;

/// Tables inside tables; deeper ones are taken for their cells.
const DEEPEST: usize = 32;
const MOST_COLUMNS: u32 = 16_384;

/// Reads the page's tables.
pub(super) fn read(input: Input, stem: &str, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    let text = decode_page(input, MOST_WHOLE_BYTES)?;
    let mut page = Page::default();
    page.read(&text)?;
    let tables: Vec<Table> = page.done.into_iter().filter(|table| !table.cells.is_empty()).collect();
    if tables.is_empty() {
        return Err(ReadError::NoTable("HTML".to_owned()));
    }
    let sheets = join_pages(tables);
    let is_one = sheets.len() == 1;
    for (at, table) in sheets.into_iter().enumerate() {
        let name = if is_one { stem.to_owned() } else { format!("{stem}_{}", at + 1) };
        send(table, name, sink)?;
    }
    Ok(())
}

/// A cell with the place it takes; rows and columns count from 0.
struct HtmlCell {
    row: u32,
    column: u32,
    text: String,
    /// The figure Excel wrote beside the text.
    figure: Option<String>,
    rows_spanned: u32,
    columns_spanned: u32,
}

#[derive(Default)]
struct Table {
    cells: Vec<HtmlCell>,
    row: Option<u32>,
    next_row: u32,
    column: u32,
    /// Columns still covered by a `rowspan` from above: until which row.
    covered: Vec<u32>,
    open: bool,
}

impl Table {
    fn width(&self) -> u32 {
        self.cells.iter().map(|cell| cell.column + cell.columns_spanned).max().unwrap_or(0)
    }

    fn begin_row(&mut self) {
        self.open = false;
        self.row = Some(self.next_row);
        self.next_row += 1;
        self.column = 0;
    }

    fn begin_cell(&mut self, tag: &Tag<'_>) {
        if self.row.is_none() {
            self.begin_row();
        }
        let row = self.row.unwrap_or(0);
        while self.covered.get(self.column as usize).is_some_and(|until| *until > row) {
            self.column += 1;
        }
        let span =
            |name| tag.attribute(name).and_then(|value| value.trim().parse().ok()).unwrap_or(1).clamp(1, MOST_SPAN);
        let (rows_spanned, columns_spanned): (u32, u32) = (span("rowspan"), span("colspan").min(1_000));
        self.open = self.column < MOST_COLUMNS;
        if !self.open {
            return;
        }
        let end = (self.column + columns_spanned) as usize;
        if self.covered.len() < end {
            self.covered.resize(end, 0);
        }
        self.covered[self.column as usize..end].fill(row.saturating_add(rows_spanned));
        let figure = tag.attribute("x:num").filter(|value| !value.is_empty()).map(str::to_owned);
        self.cells.push(HtmlCell {
            row,
            column: self.column,
            text: String::new(),
            figure,
            rows_spanned,
            columns_spanned,
        });
        self.column += columns_spanned;
    }
}

#[derive(Default)]
struct Page {
    stack: Vec<Table>,
    done: Vec<Table>,
    cell_count: u64,
}

/// A tag with what stands in it.
struct Tag<'t> {
    name: String,
    is_end: bool,
    inside: &'t str,
}

impl<'t> Tag<'t> {
    fn attribute(&self, name: &str) -> Option<&'t str> {
        let mut rest = self.inside;
        loop {
            rest = rest.trim_start_matches(|sign: char| sign.is_whitespace() || sign == '/');
            let end = rest.find(|sign: char| sign.is_whitespace() || sign == '=').unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            let found = rest[..end].eq_ignore_ascii_case(name);
            rest = rest[end..].trim_start();
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.trim_start();
                (value, rest) = match after.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
                    Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                    None => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
                };
            }
            if found {
                return Some(value);
            }
        }
    }
}

impl Page {
    fn read(&mut self, text: &str) -> Result<(), ReadError> {
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            self.take_text(&rest[..at]);
            rest = &rest[at..];
            if rest.starts_with("<!--") {
                // Conditional comments of Excel hide no tables of ours.
                rest = rest.find("-->").map_or("", |end| &rest[end + 3..]);
                continue;
            }
            let Some(end) = tag_end(rest) else { break };
            let tag = parse_tag(&rest[1..end]);
            rest = &rest[end + 1..];
            if !tag.is_end && matches!(tag.name.as_str(), "script" | "style" | "xml") {
                rest = skip_to_end_tag(rest, &tag.name);
                continue;
            }
            self.take_tag(&tag)?;
        }
        self.take_text(rest);
        while let Some(table) = self.stack.pop() {
            self.done.push(table);
        }
        Ok(())
    }

    fn take_text(&mut self, text: &str) {
        let Some(table) = self.stack.last_mut().filter(|table| table.open) else { return };
        if let Some(cell) = table.cells.last_mut() {
            push_text(text, &mut cell.text);
        }
    }

    fn take_tag(&mut self, tag: &Tag<'_>) -> Result<(), ReadError> {
        match (tag.name.as_str(), tag.is_end) {
            ("table", false) if self.stack.len() < DEEPEST => self.stack.push(Table::default()),
            ("table", true) => self.done.extend(self.stack.pop()),
            ("br", _) => {
                if let Some(cell) =
                    self.stack.last_mut().filter(|table| table.open).and_then(|table| table.cells.last_mut())
                {
                    cell.text.truncate(cell.text.trim_end().len());
                    cell.text.push('\n');
                }
            }
            (name, is_end) => {
                let Some(table) = self.stack.last_mut() else { return Ok(()) };
                match (name, is_end) {
                    ("tr", false) => table.begin_row(),
                    ("tr", true) => (table.row, table.open) = (None, false),
                    ("td" | "th", true) => table.open = false,
                    ("td" | "th", false) => {
                        self.cell_count += 1;
                        if self.cell_count > MOST_CELLS {
                            return Err(ReadError::BeyondLimits(Limit::Cells));
                        }
                        table.begin_cell(tag);
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// Where a tag ends: at the first `>` outside quotes.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (byte, quote) {
            (b'>', None) => return Some(at),
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    // A quote that nobody closes: then the first `>` it is.
    rest.find('>')
}

fn parse_tag(inside: &str) -> Tag<'_> {
    let (is_end, inside) = match inside.strip_prefix('/') {
        Some(rest) => (true, rest),
        None => (false, inside),
    };
    let end = inside.find(|sign: char| sign.is_whitespace() || sign == '/').unwrap_or(inside.len());
    Tag { name: inside[..end].to_ascii_lowercase(), is_end, inside: &inside[end..] }
}

fn skip_to_end_tag<'t>(rest: &'t str, name: &str) -> &'t str {
    let mut at = 0;
    while let Some(found) = rest[at..].find("</") {
        at += found;
        let inside = &rest[at + 2..];
        if inside.get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name)) {
            return inside.find('>').map_or("", |end| &inside[end + 1..]);
        }
        at += 2;
    }
    ""
}

/// Adds text as a page shows it: entities replaced, blanks and line breaks as one blank.
fn push_text(raw: &str, text: &mut String) {
    let mut rest = raw;
    while !rest.is_empty() {
        let end = rest.find(|sign: char| sign == '&' || sign.is_ascii_whitespace()).unwrap_or(rest.len());
        text.push_str(&rest[..end]);
        rest = &rest[end..];
        if rest.starts_with('&') {
            let (sign, length) = entity(rest);
            text.push_str(&sign);
            rest = &rest[length..];
        } else if !rest.is_empty() {
            if !text.is_empty() && !text.ends_with([' ', '\n']) {
                text.push(' ');
            }
            rest = rest.trim_start_matches(|sign: char| sign.is_ascii_whitespace());
        }
    }
}

/// The sign an entity stands for and its length; an `&` that begins none stands for itself.
fn entity(rest: &str) -> (String, usize) {
    let Some(end) = rest.bytes().take(12).position(|byte| byte == b';') else { return ("&".to_owned(), 1) };
    let name = &rest[1..end];
    let by_number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let sign = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" | "ensp" | "emsp" | "thinsp" => Some('\u{A0}'),
        "yen" => Some('¥'),
        "middot" => Some('·'),
        "times" => Some('×'),
        "radic" => Some('√'),
        "mdash" => Some('—'),
        "ndash" => Some('–'),
        "ldquo" => Some('“'),
        "rdquo" => Some('”'),
        name => match name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")) {
            Some(digits) => by_number(digits, 16),
            None => name.strip_prefix('#').and_then(|digits| by_number(digits, 10)),
        },
    };
    match sign {
        Some(sign) => (sign.to_string(), end + 1),
        None => ("&".to_owned(), 1),
    }
}

/// Joins tables that follow one another with as many columns, and a narrow one before a wide one as its title.
fn join_pages(tables: Vec<Table>) -> Vec<Table> {
    let mut sheets: Vec<Table> = Vec::new();
    for table in tables {
        match sheets.last_mut() {
            Some(last) if last.width() == table.width() || last.next_row <= 2 && last.width() < table.width() => {
                let below = last.next_row;
                last.next_row += table.next_row;
                last.cells.extend(table.cells.into_iter().map(|cell| HtmlCell { row: cell.row + below, ..cell }));
            }
            _ => sheets.push(table),
        }
    }
    sheets
}

fn send(table: Table, name: String, sink: &mut Sink<'_, '_>) -> Result<(), ReadError> {
    let merges = table
        .cells
        .iter()
        .filter(|cell| cell.rows_spanned > 1 || cell.columns_spanned > 1)
        .take(MOST_MERGES)
        .map(|cell| Merge {
            first_row: cell.row + 1,
            first_column: cell.column,
            last_row: cell.row.saturating_add(cell.rows_spanned),
            last_column: cell.column + cell.columns_spanned - 1,
        })
        .collect();
    sink.sheet(SheetFacts { name: name.clone(), merges, ..SheetFacts::default() })?;
    let mut row = Row::new(1);
    for cell in &table.cells {
        if cell.row + 1 != row.number() {
            sink.counted_row(&row)?;
            row.reset(cell.row + 1);
        }
        let text = cell.text.trim();
        match &cell.figure {
            Some(figure) => push_beside(&mut row, cell.column, figure.trim(), text),
            None if text.is_empty() => {}
            None => row.push(cell.column, value_of(text)),
        }
    }
    sink.counted_row(&row)?;
    if table.cells.iter().any(|cell| cell.text.contains('\u{FFFD}')) {
        sink.notice(Some(&name), None, Message::new("read-broken-page"))?;
    }
    sink.sheet_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<(u32, u32, String)> {
        let mut page = Page::default();
        page.read(text).expect("a page");
        let tables = join_pages(page.done);
        tables
            .iter()
            .flat_map(|table| table.cells.iter().map(|cell| (cell.row, cell.column, cell.text.trim().to_owned())))
            .collect()
    }

    #[test]
    fn cells_that_nobody_closed_end_where_the_next_begins() {
        let found = cells("<table><tr><td>名称<td>代码<tr><td>甲&nbsp;公司<td>1&lt;2</table>");
        let expected = [(0, 0, "名称"), (0, 1, "代码"), (1, 0, "甲\u{A0}公司"), (1, 1, "1<2")];
        assert_eq!(found, expected.map(|(row, column, text)| (row, column, text.to_owned())));
    }

    #[test]
    fn a_row_span_pushes_the_cells_of_the_next_row_to_the_right() {
        let found = cells("<TABLE><TR><TD rowspan='2'>镇</TD><TD>甲</TD></TR><TR><TD>乙</TD></TR></TABLE>");
        assert_eq!(found[2], (1, 1, "乙".to_owned()));
    }

    #[test]
    fn styles_scripts_and_comments_are_no_text() {
        let found = cells(
            "<style>td{a>b}</style><!-- <table> --><table><tr><td>a<script>x='<td>'</script><br>b</td></tr></table>",
        );
        assert_eq!(found, [(0, 0, "a\nb".to_owned())]);
    }
}
