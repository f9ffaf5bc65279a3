//! Where the header is, decided from the first rows of a sheet.
//!
//! What a template knows comes first (the hint). Else the header is the first row that looks like one: filled about as
//! widely as the table, with short texts that are no figures, days or `name：value` pairs. Merged cells tell whether
//! it has a second row; where there are none (text files), the gaps of the first row filled by the second do.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use super::super::event::Merge;
use super::super::row::{Row, Value};
use super::clean::shown;
use super::names;
use super::words::{is_label, is_labelled_value, is_measure, is_note, is_signature, is_total};
use super::{Column, HeaderHint};

/// Columns further apart than this with nothing between them are not one table.
const WIDEST_GAP: u32 = 8;
/// The most rows a header has.
const MOST_ROWS: usize = 3;

/// Where the header and the columns are among the first rows.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// Positions of the header's rows; empty when there is no header.
    pub(super) header: Range<usize>,
    /// The columns.
    pub(super) columns: Vec<Column>,
    /// Positions of header cells that hold a tab: names that were joined by mistake.
    pub(super) joined_names: Vec<(u32, u32)>,
}

/// What stands over a column, from the upper row down.
#[derive(Debug, Default)]
struct HeaderTexts(Vec<String>);

impl HeaderTexts {
    fn name(&self) -> String {
        let parts: Vec<String> = self.0.iter().map(|text| names::clean_name(text)).collect();
        names::join(&parts)
    }
}

/// The first rows, with what is known about them.
struct Page<'a> {
    rows: &'a [Row],
    merges: &'a [Merge],
    /// Cells of a usual wide row.
    width: usize,
}

/// Decides from the first rows, cleaned and without blank ones.
pub(super) fn decide(rows: &[Row], merges: &[Merge], hint: Option<&HeaderHint>) -> Layout {
    let width = usual_width(rows);
    let page = Page { rows, merges, width };
    let hinted = hint.and_then(|hint| page.find_hinted(hint));
    let Some(first) = hinted.or_else(|| page.find_by_looks()) else {
        let columns = page.columns(0..0);
        return Layout { header: 0..0, columns, joined_names: Vec::new() };
    };
    let first = if hinted.is_some() { page.upper_row(first) } else { first };
    let header = first..first + page.depth(first);
    let joined_names = page.joined_names(header.clone());
    Layout { columns: page.columns(header.clone()), header, joined_names }
}

/// Cells of the widest row; of the second widest where one row reaches far beyond all others.
fn usual_width(rows: &[Row]) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(Row::len).collect();
    widths.sort_unstable_by(|left, right| right.cmp(left));
    match widths[..] {
        [widest, second, ..] if second >= 4 && widest * 2 > second * 3 => second,
        [widest, ..] => widest,
        [] => 0,
    }
}

impl Page<'_> {
    /// The row in which the template knows most names, two at least, or all of a narrow one.
    fn find_hinted(&self, hint: &HeaderHint) -> Option<usize> {
        let mut best: Option<(usize, usize)> = None;
        for (at, row) in self.rows.iter().enumerate() {
            let texts: Vec<String> =
                row.iter().filter_map(|(_, value)| text_of(value).map(names::clean_name)).collect();
            let known = if texts.is_empty() { 0 } else { hint(&texts) };
            let enough = known >= 2 || (known >= 1 && known == row.len());
            if enough && best.is_none_or(|(_, most)| known > most) {
                best = Some((at, known));
            }
        }
        best.map(|(at, _)| at)
    }

    /// The template knows the lower names better; the upper row of a joined header is found from its merges.
    fn upper_row(&self, lower: usize) -> usize {
        let Some(upper) = lower.checked_sub(1) else { return lower };
        // 填报单位：某局 beside 单位：万元 are titles, however they are merged.
        let is_title = self.rows[upper].iter().all(|(_, value)| text_of(value).is_some_and(is_labelled_value));
        if self.depth(upper) > 1 && self.rows[upper].len() >= 2 && !is_title { upper } else { lower }
    }

    fn find_by_looks(&self) -> Option<usize> {
        // A header stands under titles: under a row of data there is none.
        let most = self.rows.iter().take_while(|row| self.can_stand_above(row)).count() + 1;
        let most = most.min(self.rows.len());
        let strict = (0..most).find(|at| self.looks_like_header(*at, 60, 80));
        strict.or_else(|| (0..most).find(|at| self.looks_like_header(*at, 50, 50)))
    }

    /// Titles, notes, 填报单位：…: few texts over a wider table, or texts that no row of data has.
    fn can_stand_above(&self, row: &Row) -> bool {
        let texts: Vec<&str> = row.iter().filter_map(|(_, value)| text_of(value)).collect();
        if texts.len() * 2 <= row.len() {
            return false;
        }
        row.len() * 10 < self.width * 6
            || texts.iter().any(|text| is_labelled_value(text))
            || (self.width <= 2 && row.len() == 1)
    }

    /// At least so many per cent of the width filled, and of the filled cells labels that differ.
    fn looks_like_header(&self, at: usize, filled_percent: usize, label_percent: usize) -> bool {
        let row = &self.rows[at];
        if row.is_empty() || (self.width >= 2 && row.len() < 2) {
            return false;
        }
        let texts: Vec<&str> = row.iter().filter_map(|(_, value)| text_of(value)).collect();
        let labels: HashSet<&str> = texts.iter().copied().filter(|text| is_label(text)).collect();
        let opens_otherwise = texts.first().is_some_and(|text| is_note(text) || is_signature(text) || is_total(text));
        let is_alone = row.len() <= 2 && self.width > 2 || labels.len() * 2 < row.len();
        if (opens_otherwise && is_alone) || labels.is_empty() || (row.len() > 1 && labels.len() < 2) {
            return false;
        }
        let numbered = row.iter().filter(|(_, value)| is_year(*value)).count();
        let covered = self.covered(row);
        let named = texts.iter().filter(|text| is_label(text)).count() + numbered;
        covered * 100 >= self.width * filled_percent && named * 100 >= row.len() * label_percent
    }

    /// Columns covered by a row's cells, those merged to the right of them counted.
    fn covered(&self, row: &Row) -> usize {
        row.iter().map(|(column, _)| (self.right_end(row.number(), column) - column + 1).min(64) as usize).sum()
    }

    /// The last column of the merge that begins in a cell, or the cell's own.
    fn right_end(&self, row: u32, column: u32) -> u32 {
        self.merge_at(row, column).map_or(column, |merge| merge.last_column)
    }

    fn merge_at(&self, row: u32, column: u32) -> Option<&Merge> {
        let from = self.merges.partition_point(|merge| (merge.first_row, merge.first_column) < (row, column));
        self.merges.get(from).filter(|merge| (merge.first_row, merge.first_column) == (row, column))
    }

    /// How many rows the header that begins at a position has.
    fn depth(&self, first: usize) -> usize {
        let row = &self.rows[first];
        let top = row.number();
        let merged = row.iter().filter_map(|(column, _)| self.merge_at(top, column)).collect::<Vec<_>>();
        let tallest = merged.iter().map(|merge| merge.last_row - top + 1).max().unwrap_or(1);
        let by_height = (1..self.rows.len() - first)
            .take_while(|below| self.rows[first + below].number() < top + tallest && self.all_labels(first + below))
            .count()
            + 1;
        if by_height > 1 {
            return by_height.min(MOST_ROWS);
        }
        let lower = first + 1;
        if lower >= self.rows.len() || self.rows[lower].number() != top + 1 || !self.all_labels(lower) {
            return 1;
        }
        if self.states_measures(first, lower) {
            return 2;
        }
        let grouped = merged.iter().any(|merge| merge.last_column > merge.first_column);
        let has_lower = if grouped { self.lies_under_groups(first, lower) } else { self.fills_gaps(first, lower) };
        if has_lower { 2 } else { 1 }
    }

    fn all_labels(&self, at: usize) -> bool {
        let row = &self.rows[at];
        !row.is_empty()
            && row.iter().all(|(_, value)| text_of(value).is_some_and(|text| is_label(text) && !is_total(text)))
    }

    /// Under a few of the names stand their measures and nothing else: （万元）, （亩）.
    fn states_measures(&self, upper: usize, lower: usize) -> bool {
        let (upper, lower) = (&self.rows[upper], &self.rows[lower]);
        let states = |(column, value): (u32, Value<'_>)| {
            let is_named = !upper.value_at(column).is_empty();
            is_named && text_of(value).is_some_and(is_measure)
        };
        lower.len() * 2 <= upper.len() && lower.iter().all(states)
    }

    /// Every cell of the lower row lies under a cell of the upper that is merged across columns.
    fn lies_under_groups(&self, upper: usize, lower: usize) -> bool {
        let row = &self.rows[upper];
        let groups: Vec<(u32, u32)> = row
            .iter()
            .map(|(column, _)| (column, self.right_end(row.number(), column)))
            .filter(|(from, to)| to > from)
            .collect();
        self.rows[lower].iter().all(|(column, _)| groups.iter().any(|(from, to)| (*from..=*to).contains(&column)))
    }

    /// Without merges: the upper row has gaps which the lower one fills, and the lower is empty where the upper has
    /// a name of its own.
    fn fills_gaps(&self, upper: usize, lower: usize) -> bool {
        if self.merges.iter().any(|merge| merge.last_column > merge.first_column) {
            return false;
        }
        let (upper, lower) = (&self.rows[upper], &self.rows[lower]);
        let fills = lower.iter().any(|(column, _)| upper.value_at(column).is_empty() && column > upper.column(0));
        let leaves = upper.iter().any(|(column, _)| lower.value_at(column).is_empty());
        fills && leaves && lower.len() < self.width
    }

    /// The columns: those the header names, and those next to them in which rows hold something.
    fn columns(&self, header: Range<usize>) -> Vec<Column> {
        let mut texts = self.header_texts(header.clone());
        let mut weights: BTreeMap<u32, usize> = BTreeMap::new();
        for row in &self.rows[header.end..] {
            for (column, _) in row.iter() {
                *weights.entry(column).or_default() += 1;
            }
        }
        let heavy = if header.is_empty() { 1 } else { self.rows.len().max(4) };
        for column in texts.keys() {
            *weights.entry(*column).or_default() += heavy;
        }
        let Some((from, to)) = heaviest_cluster(&weights) else { return Vec::new() };
        let mut names: Vec<String> =
            (from..=to).map(|column| texts.get(&column).map_or_else(String::new, HeaderTexts::name)).collect();
        names::make_unique(&mut names);
        let mut own = |index| texts.remove(&index).map_or_else(Vec::new, |texts| texts.0);
        (from..=to).zip(names).map(|(index, name)| Column { name, own: own(index), index }).collect()
    }

    /// The texts over each column from the upper row down, merged cells spread over the columns they cover.
    fn header_texts(&self, header: Range<usize>) -> BTreeMap<u32, HeaderTexts> {
        let mut texts: BTreeMap<u32, HeaderTexts> = BTreeMap::new();
        for at in header.clone() {
            let row = &self.rows[at];
            let lower = (at + 1 < header.end).then(|| &self.rows[at + 1]);
            let mut cells = row.iter().peekable();
            while let Some((column, value)) = cells.next() {
                let text = shown(value);
                let next = cells.peek().map_or(u32::MAX, |(column, _)| *column);
                let end = self.name_end(row, column..next, lower);
                for covered in column..=end.min(column + 16_384) {
                    texts.entry(covered).or_default().0.push(text.clone());
                }
            }
        }
        texts
    }

    /// The last column a header cell names: to the end of its merge; without merges, over the gap to its right as far
    /// as the row below has names there.
    fn name_end(&self, row: &Row, cell: Range<u32>, lower: Option<&Row>) -> u32 {
        let (column, next) = (cell.start, cell.end);
        if let Some(merge) = self.merge_at(row.number(), column) {
            return merge.last_column.min(next.saturating_sub(1));
        }
        let Some(lower) = lower else { return column };
        let has_merges =
            self.merges.iter().any(|merge| merge.first_row <= row.number() && merge.last_column > merge.first_column);
        if has_merges || lower.value_at(column).is_empty() {
            return column;
        }
        (column + 1..next).take_while(|column| !lower.value_at(*column).is_empty()).last().unwrap_or(column)
    }

    fn joined_names(&self, header: Range<usize>) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        for row in &self.rows[header] {
            for (column, value) in row.iter() {
                if text_of(value).is_some_and(|text| text.contains('\t')) {
                    found.push((row.number(), column));
                }
            }
        }
        found
    }
}

fn text_of(value: Value<'_>) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// A figure that can head a column: a year.
fn is_year(value: Value<'_>) -> bool {
    let Value::Number(number) = value else { return false };
    number.text.len() == 4 && number.text.parse::<u32>().is_ok_and(|year| (1900..=2100).contains(&year))
}

/// The stretch of columns that holds most, cut where more than [`WIDEST_GAP`] columns hold nothing.
fn heaviest_cluster(weights: &BTreeMap<u32, usize>) -> Option<(u32, u32)> {
    let mut best: Option<(u32, u32, usize)> = None;
    let mut current: Option<(u32, u32, usize)> = None;
    for (&column, &weight) in weights {
        current = match current {
            Some((from, to, total)) if column - to <= WIDEST_GAP + 1 => Some((from, column, total + weight)),
            _ => Some((column, column, weight)),
        };
        if let Some(candidate) = current.filter(|(_, _, total)| best.is_none_or(|(_, _, most)| *total > most)) {
            best = Some(candidate);
        }
    }
    best.map(|(from, to, _)| (from, to))
}
