//! The styles of a workbook with ours added: for each style a wrong cell had, the same with our ground.
//!
//! Styles are known by number, so nothing that is there may move: fonts, grounds and cell formats are only appended.
//! A format that has our ground already comes from an earlier annotation; its clean twin takes its place on cells that
//! are no longer wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use gongzhi_core::catalog::Severity;
use quick_xml::events::{BytesStart, Event};

use super::AnnotateError;
use super::package::{attribute, local, prefix_of, text_reader, with_attributes};

/// Grounds of wrong and of doubtful cells. The exact shades tell our marks from the clerk's own colours.
pub(super) const ERROR_COLOUR: &str = "FFFFC9CB";
pub(super) const WARNING_COLOUR: &str = "FFFFE9A3";

/// What stands in when a package has no styles at all.
const BARE: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>"#;

/// One of the lists of a style sheet: where it begins and ends, and how many it holds.
#[derive(Debug, Clone, Default)]
struct Group {
    /// The opening tag.
    open: Range<usize>,
    /// Where its end tag begins.
    end: usize,
    count: usize,
    prefix: String,
    /// Children to append.
    added: Vec<String>,
}

impl Group {
    /// Appends a child and gives its number.
    fn add(&mut self, child: String) -> usize {
        self.added.push(child);
        self.count + self.added.len() - 1
    }
}

/// Numbers of the list sheet's formats.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ListStyles {
    pub(super) title: usize,
    pub(super) quiet: usize,
    pub(super) header: usize,
    pub(super) text: usize,
    pub(super) link: usize,
    pub(super) error: usize,
    pub(super) warning: usize,
}

/// The styles of a workbook.
pub(super) struct StyleBook {
    text: String,
    groups: BTreeMap<&'static str, Group>,
    /// Each cell format as written.
    formats: Vec<String>,
    /// Formats that have one of our grounds already.
    marked: BTreeSet<usize>,
    error_fill: usize,
    warning_fill: usize,
    made: BTreeMap<(usize, Option<Severity>), usize>,
    pub(super) list: ListStyles,
}

const GROUPS: [&str; 4] = ["fonts", "fills", "borders", "cellXfs"];

impl StyleBook {
    /// Reads the style sheet; `None` stands for a package without one, and one without any style is as good as none.
    pub(super) fn read(text: Option<String>) -> Result<Self, AnnotateError> {
        let bare = || BARE.to_owned();
        let mut text = text.unwrap_or_else(bare);
        let mut scanned = scan(&text)?;
        if scanned.0.is_empty() {
            text = bare();
            scanned = scan(&text)?;
        }
        let (groups, formats, grounds) = scanned;
        if GROUPS.iter().any(|name| !groups.contains_key(name)) {
            return Err(AnnotateError::package("the style sheet lacks fonts, fills, borders or formats"));
        }
        let is_marked = |format: &String| fill_of(format).is_some_and(|fill| grounds.contains(&fill));
        let marked = formats.iter().enumerate().filter(|(_, format)| is_marked(format)).map(|(at, _)| at).collect();
        let made = BTreeMap::new();
        let list = ListStyles::default();
        let mut book = Self { text, groups, formats, marked, error_fill: 0, warning_fill: 0, made, list };
        book.error_fill = book.add_fill(ERROR_COLOUR);
        book.warning_fill = book.add_fill(WARNING_COLOUR);
        book.add_list_styles();
        Ok(book)
    }

    /// Whether some cell may still bear a mark of an earlier annotation.
    pub(super) fn has_marks(&self) -> bool {
        !self.marked.is_empty()
    }

    /// The number of the format for a cell that has this one: with our ground when it is wrong, without when not.
    pub(super) fn style_for(&mut self, style: usize, severity: Option<Severity>) -> usize {
        if severity.is_none() && !self.marked.contains(&style) {
            return style;
        }
        let style = if style < self.formats.len() { style } else { 0 };
        if let Some(number) = self.made.get(&(style, severity)) {
            return *number;
        }
        let fill = match severity {
            Some(Severity::Error) => self.error_fill,
            Some(Severity::Warning) => self.warning_fill,
            None => 0,
        };
        let format = with_fill(&self.formats[style], fill);
        let number = self.group("cellXfs").add(format);
        self.made.insert((style, severity), number);
        number
    }

    /// The style sheet with everything appended.
    pub(super) fn write(&self) -> String {
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        for group in self.groups.values().filter(|group| !group.added.is_empty()) {
            let count = (group.count + group.added.len()).to_string();
            let open = &self.text[group.open.clone()];
            if let Ok(Event::Start(start)) = text_reader(open).read_event() {
                let start = with_attributes(&start, &[("count", &count)]);
                edits.push((group.open.clone(), format!("<{}>", &*start)));
            }
            edits.push((group.end..group.end, group.added.concat()));
        }
        edits.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(self.text.len() + 4_096);
        let mut at = 0;
        for (range, replacement) in edits {
            out.push_str(&self.text[at..range.start]);
            out.push_str(&replacement);
            at = range.end;
        }
        out.push_str(&self.text[at..]);
        out
    }

    fn group(&mut self, name: &'static str) -> &mut Group {
        self.groups.entry(name).or_default()
    }

    fn add_fill(&mut self, colour: &str) -> usize {
        let group = self.group("fills");
        let p = group.prefix.clone();
        group.add(format!(
            "<{p}fill><{p}patternFill patternType=\"solid\"><{p}fgColor rgb=\"{colour}\"/><{p}bgColor indexed=\"64\"/></{p}patternFill></{p}fill>"
        ))
    }

    fn add_font(&mut self, size: u32, colour: &str, extra: &str) -> usize {
        let group = self.group("fonts");
        let p = group.prefix.clone();
        let extra = extra.replace('<', &format!("<{p}"));
        group.add(format!(
            "<{p}font>{extra}<{p}sz val=\"{size}\"/><{p}color rgb=\"{colour}\"/><{p}name val=\"微软雅黑\"/></{p}font>"
        ))
    }

    fn add_border(&mut self) -> usize {
        let group = self.group("borders");
        let p = group.prefix.clone();
        let side = |side: &str| format!("<{p}{side} style=\"thin\"><{p}color rgb=\"FFBFC6D1\"/></{p}{side}>");
        let sides: String = ["left", "right", "top", "bottom"].map(side).concat();
        group.add(format!("<{p}border>{sides}<{p}diagonal/></{p}border>"))
    }

    fn add_list_styles(&mut self) {
        let plain = self.add_font(10, "FF000000", "");
        let title = self.add_font(15, "FF1F4E79", "<b/>");
        let quiet = self.add_font(10, "FF596273", "");
        let header = self.add_font(10, "FFFFFFFF", "<b/>");
        let link = self.add_font(10, "FF0563C1", "<u/>");
        let ground = self.add_fill("FF1F4E79");
        let border = self.add_border();
        let (error, warning) = (self.error_fill, self.warning_fill);
        let mut format = |font: usize, fill: usize, border: usize, align: &str| {
            let group = self.groups.entry("cellXfs").or_default();
            let p = group.prefix.clone();
            group.add(format!(
                "<{p}xf numFmtId=\"49\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"{border}\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\" applyBorder=\"1\" applyAlignment=\"1\"><{p}alignment {align}/></{p}xf>"
            ))
        };
        let wrap = "vertical=\"center\" wrapText=\"1\"";
        let centre = "horizontal=\"center\" vertical=\"center\" wrapText=\"1\"";
        self.list = ListStyles {
            title: format(title, 0, 0, "vertical=\"center\""),
            quiet: format(quiet, 0, 0, "vertical=\"center\""),
            header: format(header, ground, border, centre),
            text: format(plain, 0, border, wrap),
            link: format(link, 0, border, "horizontal=\"center\" vertical=\"center\""),
            error: format(plain, error, border, centre),
            warning: format(plain, warning, border, centre),
        };
    }
}

type Scanned = (BTreeMap<&'static str, Group>, Vec<String>, BTreeSet<usize>);

/// Finds the lists of the style sheet, the cell formats as written, and the grounds that are ours.
fn scan(text: &str) -> Result<Scanned, AnnotateError> {
    let mut groups: BTreeMap<&'static str, Group> = BTreeMap::new();
    let (mut formats, mut grounds) = (Vec::new(), BTreeSet::new());
    let mut reader = text_reader(text);
    let (mut depth, mut current, mut child_start) = (0_usize, None::<&'static str>, 0);
    loop {
        let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(AnnotateError::package)?;
        let after = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let (start, ends_at_once) = match &event {
            Event::Start(start) => (Some(start), false),
            Event::Empty(start) => (Some(start), true),
            Event::End(_) => (None, false),
            Event::Eof => return Ok((groups, formats, grounds)),
            _ => continue,
        };
        let Some(start) = start else {
            depth = depth.saturating_sub(1);
            if let (1, Some(name)) = (depth, current) {
                groups.entry(name).or_default().end = before;
                current = None;
            } else if let (2, Some("cellXfs")) = (depth, current) {
                formats.push(text[child_start..after].to_owned());
            }
            continue;
        };
        if depth == 1 && !ends_at_once {
            let name = local(start);
            current = GROUPS.into_iter().find(|group| *group == name);
            if let Some(group) = current {
                let prefix = prefix_of(start.name().into_inner());
                groups.insert(group, Group { open: before..after, prefix, ..Group::default() });
            }
        } else if let (2, Some(name)) = (depth, current) {
            groups.entry(name).or_default().count += 1;
            child_start = before;
            if name == "cellXfs" && ends_at_once {
                formats.push(text[before..after].to_owned());
            }
        }
        if current == Some("fills") && is_our_ground(start) {
            grounds.insert(groups.entry("fills").or_default().count - 1);
        }
        depth += usize::from(!ends_at_once);
    }
}

fn is_our_ground(start: &BytesStart<'_>) -> bool {
    local(start) == "fgColor"
        && attribute(start, "rgb")
            .is_some_and(|colour| [ERROR_COLOUR, WARNING_COLOUR].iter().any(|ours| ours.eq_ignore_ascii_case(&colour)))
}

fn fill_of(format: &str) -> Option<usize> {
    match text_reader(format).read_event() {
        Ok(Event::Start(start) | Event::Empty(start)) => attribute(&start, "fillId")?.parse().ok(),
        _ => None,
    }
}

/// A cell format with another ground.
fn with_fill(format: &str, fill: usize) -> String {
    let fill = fill.to_string();
    let set = [("fillId", fill.as_str()), ("applyFill", "1")];
    let mut reader = text_reader(format);
    match reader.read_event() {
        Ok(Event::Empty(start)) => format!("<{}/>", &*with_attributes(&start, &set)),
        Ok(Event::Start(start)) => {
            let rest = usize::try_from(reader.buffer_position()).unwrap_or(format.len());
            format!("<{}>{}", &*with_attributes(&start, &set), &format[rest..])
        }
        _ => format.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_format_keeps_all_but_its_ground_and_finds_back() {
        let mut book = StyleBook::read(Some(BARE.replace(
            "<cellXfs count=\"1\">",
            "<cellXfs count=\"2\"><xf numFmtId=\"14\" fontId=\"0\" fillId=\"1\" borderId=\"0\" xfId=\"0\"><alignment wrapText=\"1\"/></xf>",
        )))
        .unwrap();
        assert_eq!(book.style_for(0, None), 0);
        let wrong = book.style_for(0, Some(Severity::Error));
        assert_eq!(book.style_for(0, Some(Severity::Error)), wrong);
        let written = book.write();
        let again = StyleBook::read(Some(written.clone())).unwrap();
        assert!(again.has_marks() && again.formats[wrong].contains("numFmtId=\"14\""), "{written}");
        assert!(again.formats[wrong].contains("<alignment wrapText=\"1\"/>"));
        let mut again = again;
        let clean = again.style_for(wrong, None);
        assert_ne!(clean, wrong);
        assert!(again.write().contains("fillId=\"0\""));
    }
}
