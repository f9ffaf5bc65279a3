//! The headers of a sheet in an office's manner.

use gongzhi_core::catalog::{Column, Kind};

use super::manner::{Manner, is_in_ten_thousands};
use crate::hand::Measured;
use crate::office_files::OfficeHeader;
use crate::random::Dice;

/// The header of a column, at times in another of its spellings, under its party where parties are grouped.
pub fn header_of(kind: &Kind, column: &Column, manner: Manner, dice: &mut Dice) -> OfficeHeader {
    let mut text = column.name.zh.clone();
    if manner.aliases && column.party.is_none() && dice.happens(2_000) {
        let known = |alias: &&String| {
            kind.columns.iter().filter(|other| other.headers().any(|name| name == *alias)).count() == 1
        };
        let aliases: Vec<&String> = column.aliases.iter().filter(known).collect();
        text = dice.pick(&aliases).map_or(text, |alias| (*alias).clone());
    }
    if is_in_ten_thousands(column, manner) && manner.hand.measured == Measured::Headers {
        text.push_str("（万元）");
    }
    let group = column.party.as_ref().and_then(|(key, _)| kind.parties.iter().find(|party| party.key == *key));
    match group.and_then(|party| Some((party.name.zh.as_str(), text.strip_prefix(party.name.zh.as_str())?))) {
        Some((upper, lower)) if manner.grouped && !lower.is_empty() => {
            OfficeHeader { upper: Some(upper.to_owned()), lower: lower.to_owned() }
        }
        _ => plain_header(&text),
    }
}

/// A group of one column is written as one header.
pub fn ungroup_lonely(headers: &mut [OfficeHeader], kind: &Kind, shown: &[usize]) {
    for at in 0..headers.len() {
        let same = |other: Option<&OfficeHeader>| other.is_some_and(|other| other.upper == headers[at].upper);
        let before = at.checked_sub(1).and_then(|at| headers.get(at));
        if headers[at].upper.is_some() && !same(before) && !same(headers.get(at + 1)) {
            headers[at] = plain_header(&kind.columns[shown[at]].name.zh);
        }
    }
}

/// A header of one row.
pub fn plain_header(text: &str) -> OfficeHeader {
    OfficeHeader { upper: None, lower: text.to_owned() }
}
