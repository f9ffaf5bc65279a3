//! Whose sheet it is and of which period: found where offices write it.
//!
//! Six places are asked in a fixed order: the hidden identity of a template, the flags, the title rows
//! (`填报单位：…`, `所属期：2025年第1季度`), the column 信息所属时间期间, the folder's and the file's names. What stands further
//! back never overrules what stands in front. Nothing is guessed: still unknown means refused, naming what was tried.

pub use super::unit_book::UnitBook;
pub use super::written_periods::{Stretch, Written, periods_in, read_stretch};
use super::written_periods::{narrowed, written_in};
use crate::period::Period;

/// Where a unit or a period was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundIn {
    /// The hidden sheet of a template.
    Identity,
    /// A flag of the command, or the field of a form.
    Flag,
    /// A title row.
    Title,
    /// The column 信息所属时间期间.
    Column,
    /// The name of the file or of a folder above it.
    Name,
}

/// Labels before the reporting unit in a title row.
const UNIT_LABELS: [&str; 10] = [
    "填报单位",
    "报送单位",
    "编报单位",
    "报表单位",
    "上报单位",
    "填报部门",
    "报送部门",
    "提供单位",
    "提供部门",
    "编制单位",
];

/// Labels before the period in a title row.
const PERIOD_LABELS: [&str; 12] = [
    "信息所属时间期间",
    "信息所属期间",
    "信息所属期",
    "所属时期",
    "所属期间",
    "所属期",
    "报告期",
    "统计期间",
    "统计期",
    "填报期间",
    "数据期间",
    "报送期间",
];

/// The text behind one of the labels and its colon, up to the next blank or label.
fn labelled<'a>(text: &'a str, labels: &[&str]) -> Option<&'a str> {
    let (at, label) = labels
        .iter()
        .filter_map(|label| Some((text.find(label)?, label)))
        .min_by_key(|(at, l)| (*at, usize::MAX - l.len()))?;
    let rest = text[at + label.len()..].trim_start();
    let rest = match rest.strip_prefix('(') {
        Some(inner) => inner.split_once(')')?.1.trim_start(),
        None => rest,
    };
    let value = rest.strip_prefix(':')?.trim_start();
    let end = value.find(|sign: char| sign == ';' || sign.is_whitespace()).unwrap_or(value.len());
    let value = &value[..end];
    // An empty entry is followed by the next label.
    (!value.is_empty() && !value.contains(':')).then_some(value)
}

/// What a title row says about the unit: the text behind 填报单位.
pub fn unit_text_in_title(title: &str) -> Option<String> {
    let title = narrowed(title);
    labelled(&title, &UNIT_LABELS).map(str::to_owned)
}

/// What a title row says about the period: behind a label first, else anywhere in the row (`2025年一季度…情况表`).
pub fn periods_in_title(title: &str) -> Vec<Written> {
    let title = narrowed(title);
    let labels = PERIOD_LABELS.iter().filter_map(|label| Some((title.find(label)?, label.len())));
    let Some((at, length)) = labels.min_by_key(|(at, length)| (*at, usize::MAX - length)) else {
        return if title.contains("日期") { Vec::new() } else { periods_in(&title) };
    };
    let entry = entry_behind(&title[at + length..]);
    if let Some(period) = Period::find_spoken(&entry) {
        return vec![Written::Period(period)];
    }
    match read_stretch(&entry) {
        Some(stretch) => vec![stretch.as_period().map_or(Written::Days { stretch, text: entry }, Written::Period)],
        None => written_in(&entry, true),
    }
}

/// Whether a title row labels its period.
pub fn labels_period(title: &str) -> bool {
    let title = narrowed(title);
    PERIOD_LABELS.iter().any(|label| title.contains(label))
}

/// What stands behind a label, up to the next label, its blanks taken out.
fn entry_behind(rest: &str) -> String {
    let rest = rest.trim_start().trim_start_matches(':');
    rest.split([' ', '\t', '\n', ';']).take_while(|word| !word.contains(':')).collect()
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
