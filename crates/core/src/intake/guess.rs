//! What the columns of a foreign sheet may be, told by what stands in them.
//!
//! A system of another house heads its columns in words that no template knows. Codes, names of organisations, days, words of
//! a list and a single column of figures can be told by their cells all the same; the rest a person must say. A guess is only
//! ever a proposal: nothing is used before a person has confirmed it.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::lookup::CodeLookup;
use super::place::read_stretch;
use super::profile::{LayoutProfile, Use};
use crate::catalog::{Catalog, Column, ColumnType, Kind, PartyPart};
use crate::cells;
use crate::codes::Uscc;

/// What stands in a cell, as far as it tells what its column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sample {
    /// A text.
    Text(String),
    /// A figure.
    Figure,
    /// A day.
    Day,
}

/// Of a hundred cells so many must be alike.
const MOST_PERCENT: usize = 70;
/// Ends of names of organisations.
const ORGANISATIONS: [&str; 14] =
    ["公司", "厂", "店", "社", "局", "中心", "院", "所", "站", "行", "户", "部", "场", "合伙）"];

impl Sample {
    fn is(&self, is_one: impl Fn(&str) -> bool) -> bool {
        matches!(self, Self::Text(text) if is_one(text))
    }

    fn is_day(&self) -> bool {
        *self == Self::Day || self.is(|text| cells::parse_date(text).is_some())
    }

    fn is_figure(&self) -> bool {
        let is_code = |text: &str| text.len() > 15 || text.starts_with('0') && !text.starts_with("0.");
        *self == Self::Figure || self.is(|text| !is_code(text) && cells::parse_decimal(text).is_some())
    }
}

fn are_mostly(samples: &[Sample], is_one: impl Fn(&Sample) -> bool) -> bool {
    let alike = samples.iter().filter(|sample| is_one(sample)).count();
    !samples.is_empty() && alike * 100 >= samples.len() * MOST_PERCENT
}

/// The sheet's cells by header, and what is needed to understand them.
pub struct Seen<'a> {
    /// Cells by header.
    pub samples: &'a HashMap<String, Vec<Sample>>,
    /// The catalogue, for its code lists.
    pub catalog: &'a Catalog,
    /// The day on which codes must hold.
    pub day: NaiveDate,
}

impl LayoutProfile {
    /// Proposes a column for each header on which nothing is decided, by what stands under it.
    pub fn guess(&mut self, kind: &Kind, seen: &Seen<'_>) {
        let of_part = |part: PartyPart| {
            move |column: &Column| column.party.as_ref().is_some_and(|(_, own)| *own == part) && !column.closed
        };
        let of_type = |wanted: ColumnType| move |column: &Column| column.column_type == wanted && !column.closed;
        self.take_in_order(
            kind,
            seen,
            |sample| sample.is(|text| Uscc::parse(text).is_some()),
            of_part(PartyPart::Uscc),
        );
        let is_organisation = |text: &str| ORGANISATIONS.iter().any(|ending| text.ends_with(ending));
        self.take_in_order(kind, seen, |sample| sample.is(is_organisation), of_part(PartyPart::Name));
        self.take_codes(kind, seen);
        let is_stretch = |text: &str| cells::parse_date(text).is_none() && read_stretch(text).is_some();
        self.take_only(kind, seen, |sample| sample.is(is_stretch), of_type(ColumnType::Period));
        self.take_only(kind, seen, Sample::is_day, of_type(ColumnType::Date));
        let is_figure = |column: &Column| {
            matches!(column.column_type, ColumnType::Amount | ColumnType::Quantity | ColumnType::Integer)
                && !column.closed
        };
        self.take_only(kind, seen, Sample::is_figure, is_figure);
    }

    /// Headers without a use under which nearly all cells are alike, by position.
    fn open_headers(&self, seen: &Seen<'_>, is_one: impl Fn(&Sample) -> bool) -> Vec<usize> {
        let is_open = |header: &str, used: &Use| {
            let samples = seen.samples.get(header).map_or(&[][..], Vec::as_slice);
            *used == Use::Undecided && are_mostly(samples, &is_one)
        };
        let headers = self.headers.iter().enumerate();
        headers.filter(|(_, known)| is_open(&known.header, &known.used)).map(|(at, _)| at).collect()
    }

    /// Columns of the kind to which nothing is mapped, by position.
    fn open_columns(&self, kind: &Kind, is_one: impl Fn(&Column) -> bool) -> Vec<usize> {
        let is_taken = |column: &Column| {
            let is_it = |used: &Use| matches!(used, Use::Column { column: key, .. } if *key == column.key);
            self.headers.iter().any(|known| is_it(&known.used))
        };
        let columns = kind.columns.iter().enumerate();
        columns.filter(|(_, column)| is_one(column) && !is_taken(column)).map(|(at, _)| at).collect()
    }

    fn put(&mut self, kind: &Kind, header: usize, column: usize) {
        let claim = super::header::claim_in(&self.headers[header].header);
        self.headers[header].used = Self::column_use(kind, column, claim.as_ref());
    }

    /// The first such header is the first such column, and so on.
    fn take_in_order(
        &mut self,
        kind: &Kind,
        seen: &Seen<'_>,
        is_sample: impl Fn(&Sample) -> bool,
        is_column: impl Fn(&Column) -> bool,
    ) {
        let columns = self.open_columns(kind, is_column);
        for (header, column) in self.open_headers(seen, is_sample).into_iter().zip(columns) {
            self.put(kind, header, column);
        }
    }

    /// One such header is the one such column, or the only one that must be filled.
    fn take_only(
        &mut self,
        kind: &Kind,
        seen: &Seen<'_>,
        is_sample: impl Fn(&Sample) -> bool,
        is_column: impl Fn(&Column) -> bool,
    ) {
        let columns = self.open_columns(kind, is_column);
        let required: Vec<usize> = columns.iter().copied().filter(|at| kind.columns[*at].required).collect();
        let headers = self.open_headers(seen, is_sample);
        match (&headers[..], &columns[..], &required[..]) {
            ([header], [column], _) | ([header], _, [column]) => self.put(kind, *header, *column),
            _ => {}
        }
    }

    /// A column of words that stand in one code list only.
    fn take_codes(&mut self, kind: &Kind, seen: &Seen<'_>) {
        let columns = self.open_columns(kind, |column| column.column_type == ColumnType::Code && !column.closed);
        let lookups: Vec<(usize, CodeLookup)> = columns
            .into_iter()
            .filter_map(|at| Some((at, CodeLookup::new(&kind.columns[at], seen.catalog, seen.day)?)))
            .collect();
        let mut taken: Vec<usize> = Vec::new();
        for header in self.open_headers(seen, |_| true) {
            let samples = seen.samples.get(&self.headers[header].header).map_or(&[][..], Vec::as_slice);
            let fits = |lookup: &CodeLookup| {
                are_mostly(samples, |sample| sample.is(|text| lookup.find(text).is_some_and(|code| code.holds)))
            };
            let mut fitting = lookups.iter().filter(|(at, lookup)| !taken.contains(at) && fits(lookup));
            if let (Some((at, _)), None) = (fitting.next(), fitting.next()) {
                taken.push(*at);
                self.put(kind, header, *at);
            }
        }
    }
}
