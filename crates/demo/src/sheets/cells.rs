//! The cells of a sheet in an office's manner.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use gongzhi_core::catalog::{Catalog, Column, ColumnType, PartyPart};
use rust_decimal::Decimal;

use super::manner::{Days, Manner, is_in_ten_thousands};
use crate::draft::Value;
use crate::hand::{Measured, widened};
use crate::office_files::OfficeCell;
use crate::spelling::Spelled;

/// What stands in a column of a row: the value as it is written, of a party the part that the column holds.
pub fn cell_of(
    catalog: &Catalog,
    column: &Column,
    (value, parties): (&Value, &BTreeMap<&str, Spelled>),
    manner: Manner,
) -> OfficeCell {
    if let (Some((party, part)), Value::Empty) = (&column.party, value) {
        return parties.get(party.as_str()).map_or(OfficeCell::Empty, |spelled| party_cell(spelled, *part, manner));
    }
    match value {
        Value::Empty => OfficeCell::Empty,
        _ if column.key == "info_period" && !manner.hand.says_periods => OfficeCell::Empty,
        Value::Day(day) => day_cell(*day, manner.days),
        Value::Figure(figure) => figure_cell(*figure, column, manner),
        Value::Whole(number) if manner.typed => OfficeCell::Figure(number.to_string()),
        Value::Whole(number) => OfficeCell::Text(number.to_string()),
        Value::Flag(flag) => OfficeCell::Text(if *flag { "是" } else { "否" }.to_owned()),
        Value::Text(text) if text.is_empty() => OfficeCell::Empty,
        Value::Text(text) => {
            let list = column.list.as_ref().and_then(|list| catalog.lists.get(list));
            let named = list.and_then(|list| list.find(text)).map_or(text, |entry| &entry.name.zh);
            OfficeCell::Text(named.clone())
        }
    }
}

fn party_cell(spelled: &Spelled, part: PartyPart, manner: Manner) -> OfficeCell {
    let text = match part {
        PartyPart::Name => &spelled.name,
        PartyPart::Uscc => &spelled.uscc,
        PartyPart::OrganisationCode => &spelled.organisation_code,
        PartyPart::RegistrationNumber => &spelled.registration_number,
        PartyPart::CitizenId => &spelled.citizen_id,
    };
    if text.is_empty() {
        return OfficeCell::Empty;
    }
    OfficeCell::Text(match part {
        PartyPart::Name if manner.trailing_blanks => format!("{text} "),
        PartyPart::Uscc if manner.full_width => widened(text),
        PartyPart::Uscc => manner.hand.write_code(text),
        _ => text.clone(),
    })
}

fn day_cell(day: NaiveDate, days: Days) -> OfficeCell {
    let pattern = match days {
        Days::Typed => return OfficeCell::Day(day),
        Days::Iso => "%Y-%m-%d",
        Days::Slashes => "%Y/%-m/%-d",
        Days::Points => "%Y.%-m.%-d",
        Days::Words => "%Y年%-m月%-d日",
        Days::Digits => "%Y%m%d",
        Days::PaddedSlashes => "%Y/%m/%d",
        Days::PaddedWords => "%Y年%m月%d日",
        Days::SpacedWords => "%Y年 %-m 月 %-d 日",
        Days::Midnight => "%Y-%m-%d 00:00:00",
    };
    OfficeCell::Text(day.format(pattern).to_string())
}

fn figure_cell(figure: Decimal, column: &Column, manner: Manner) -> OfficeCell {
    let figure = if is_in_ten_thousands(column, manner) { figure / Decimal::from(10_000) } else { figure };
    let text = figure.normalize().to_string();
    if is_in_ten_thousands(column, manner) && manner.hand.measured == Measured::Formats {
        return OfficeCell::Measured(text, "万元");
    }
    if manner.typed {
        return OfficeCell::Figure(text);
    }
    let text = if manner.thousands { with_thousands(&text) } else { text };
    OfficeCell::Text(if column.column_type == ColumnType::Amount { manner.hand.write_money(text) } else { text })
}

fn with_thousands(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, part) = rest.split_once('.').map_or((rest, None), |(whole, part)| (whole, Some(part)));
    let mut grouped = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(part) = part {
        grouped.push('.');
        grouped.push_str(part);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_signs_stand_every_three_digits_of_the_whole_part() {
        assert_eq!(with_thousands("1234567.5"), "1,234,567.5");
        assert_eq!(with_thousands("-123"), "-123");
        assert_eq!(with_thousands("-1000"), "-1,000");
    }
}
