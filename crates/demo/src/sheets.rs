//! A set of drafts as one office's sheet: spelled, filled, laid out, in the office's own manner.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use gongzhi_core::catalog::{Catalog, Column, ColumnType, Item, Kind, Measure, PartyPart, Unit};
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;
use rust_decimal::Decimal;

use super::draft::{Draft, Value, Who};
use super::fill::{fill, spoken};
use super::hand::{Hand, Measured, closing_lines, measure_line, merge_names, remark, remark_columns, widened};
use super::office_files::{OfficeCell, OfficeHeader, OfficeSheet};
use super::random::Dice;
use super::spelling::{Spelled, spell};
use super::world::World;

/// How an office writes days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    /// `2025-03-05`
    Iso,
    /// `2025/3/5`
    Slashes,
    /// `2025.3.5`
    Points,
    /// `2025年3月5日`
    Words,
    /// `20250305`
    Digits,
    /// `2025/03/05`
    PaddedSlashes,
    /// `2025年03月05日`
    PaddedWords,
    /// `2025年 3 月 5 日`
    SpacedWords,
    /// `2025-03-05 00:00:00`
    Midnight,
    /// A date cell, where the format has one.
    Typed,
}

/// The manner of one sheet.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Days.
    pub days: Days,
    /// Thousands signs in figures.
    pub thousands: bool,
    /// Amounts in 万元, said in the header.
    pub ten_thousands: bool,
    /// Codes in full-width signs.
    pub full_width: bool,
    /// Blanks behind names.
    pub trailing_blanks: bool,
    /// Figures as number cells.
    pub typed: bool,
    /// A counting column in front.
    pub counted: bool,
    /// Party columns under one merged header.
    pub grouped: bool,
    /// Other spellings of some headers.
    pub aliases: bool,
    /// Title rows above and totals and signatures below.
    pub framed: bool,
    /// The hand.
    pub hand: Hand,
}

impl Manner {
    /// As the template is filled in: figures and days in cells of their kind, nothing around the table.
    pub fn of_template() -> Self {
        Self {
            days: Days::Typed,
            thousands: false,
            ten_thousands: false,
            full_width: false,
            trailing_blanks: false,
            typed: true,
            counted: false,
            grouped: false,
            aliases: false,
            framed: false,
            hand: Hand::FIRST,
        }
    }

    /// The same in another hand.
    pub fn in_hand(mut self, hand: Hand, dice: &mut Dice) -> Self {
        self.hand = hand;
        let days =
            [Days::PaddedSlashes, Days::PaddedWords, Days::SpacedWords, Days::Midnight, Days::Words, Days::Points];
        if self.days != Days::Typed {
            self.days = dice.pick(&days).copied().unwrap_or(self.days);
        }
        self
    }

    /// As some office does it.
    pub fn drawn(dice: &mut Dice, typed: bool, mergeable: bool) -> Self {
        let days = [Days::Iso, Days::Slashes, Days::Points, Days::Words, Days::Digits];
        let days = dice.pick(&days).copied().unwrap_or(Days::Iso);
        Self {
            days: if typed && dice.below(2) == 0 { Days::Typed } else { days },
            thousands: !typed && dice.happens(2_500),
            ten_thousands: dice.happens(2_500),
            full_width: dice.happens(600),
            trailing_blanks: dice.happens(2_000),
            typed,
            counted: dice.happens(4_000),
            grouped: mergeable && dice.happens(4_000),
            aliases: dice.happens(2_500),
            framed: dice.happens(if mergeable { 7_000 } else { 2_500 }),
            hand: Hand::FIRST,
        }
    }
}

/// A sheet with what the truth has to say about it.
#[derive(Debug, Clone)]
pub struct MadeSheet {
    /// The sheet.
    pub sheet: OfficeSheet,
    /// Who stands where: (row counted from 1, party, code or empty).
    pub identities: Vec<(usize, String, String)>,
    /// Rows of facts in which a natural person stands: (row counted from 1, number of the fact's copy).
    pub persons: Vec<(usize, usize)>,
    /// For every column of the sheet its place among the kind's columns.
    pub columns: Vec<Option<usize>>,
}

/// What a sheet is made for.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// County.
    pub world: &'a World,
    /// Catalogue.
    pub catalog: &'a Catalog,
    /// Item.
    pub item: &'a Item,
    /// Kind.
    pub kind: &'a Kind,
    /// Unit.
    pub unit: &'a Unit,
    /// Period.
    pub period: Period,
    /// Mode.
    pub mode: SetMode,
}

/// Lays out the rows of one kind.
pub fn lay_out(place: Place<'_>, drafts: &[Draft], manner: Manner, dice: &mut Dice) -> MadeSheet {
    let kind = place.kind;
    let version = place.item.version_on(place.period.last_day());
    let shown: Vec<usize> =
        (0..kind.columns.len()).filter(|at| kind.columns[*at].is_in(version) && !kind.columns[*at].closed).collect();
    let manner = manner.fitting(shown.iter().map(|at| &kind.columns[*at]));
    let mut columns: Vec<Option<usize>> = shown.iter().copied().map(Some).collect();
    let mut headers: Vec<OfficeHeader> =
        shown.iter().map(|at| header_of(kind, &kind.columns[*at], manner, dice)).collect();
    if manner.grouped {
        ungroup_lonely(&mut headers, kind, &shown);
    }
    let has_actions = place.mode == SetMode::Differential && manner.hand.says_actions;
    if has_actions {
        headers.push(plain_header("操作（新增/变更/撤销）"));
        columns.push(None);
    }
    if manner.counted {
        headers.insert(0, plain_header("序号"));
        columns.insert(0, None);
    }
    let remarks = if manner.hand.remarks { remark_columns(kind, dice) } else { Vec::new() };
    for remark in &remarks {
        headers.push(plain_header(remark));
        columns.push(None);
    }
    let mut sheet = OfficeSheet { name: kind.name.zh.chars().take(28).collect(), headers, ..OfficeSheet::default() };
    if manner.framed {
        let filler = format!("填报单位：{}　　所属期：{}", place.unit.name.zh, spoken(place.period));
        sheet.titles = vec![format!("{}（{}）", place.item.name.zh, kind.name.zh), filler];
    }
    if manner.ten_thousands && manner.hand.measured == Measured::Title {
        sheet.titles.push(measure_line(dice));
    }
    let first_row = sheet.first_row();
    let (mut identities, mut persons) = (Vec::new(), Vec::new());
    let mut drafts: Vec<&Draft> = drafts.iter().collect();
    if manner.hand.merged {
        // Who stands in several rows stands in them together.
        drafts.sort_by_key(|draft| draft.parties.first().map(|(_, who)| format!("{who:?}")));
    }
    for (at, draft) in drafts.iter().enumerate() {
        let parties = spelled_parties(place, draft);
        for (party, spelled) in parties.iter().filter(|(_, spelled)| !spelled.is_person) {
            identities.push((first_row + at, (*party).to_owned(), spelled.truth.clone()));
        }
        if let (Some(number), true) = (draft.told, parties.values().any(|spelled| spelled.is_person)) {
            persons.push((first_row + at, number));
        }
        let values = fill(place.catalog, kind, (draft, place.period), place.world.seed);
        let mut cells: Vec<OfficeCell> = shown
            .iter()
            .map(|column| cell_of(place.catalog, &kind.columns[*column], (&values[*column], &parties), manner))
            .collect();
        if has_actions {
            cells.push(OfficeCell::Text(draft.action.chinese().to_owned()));
        }
        cells.extend(remarks.iter().map(|column| remark(column, dice)));
        if manner.counted {
            cells.insert(0, OfficeCell::Figure((at + 1).to_string()));
        }
        sheet.rows.push(cells);
    }
    close(&mut sheet, manner, dice);
    if manner.hand.merged {
        merge_names(&mut sheet, &columns, kind);
    }
    MadeSheet { sheet, identities, persons, columns }
}

/// What stands below the table.
fn close(sheet: &mut OfficeSheet, manner: Manner, dice: &mut Dice) {
    let (width, rows) = (sheet.headers.len(), sheet.rows.len());
    if width > 2 && manner.hand.closes_freely {
        sheet.footers = closing_lines(width, rows, dice);
    } else if width > 2 && manner.framed {
        sheet.footers = footers(width, rows);
    }
    sheet.footers.extend((0..manner.hand.empty_rows).map(|_| vec![OfficeCell::Empty; width]));
}

fn plain_header(text: &str) -> OfficeHeader {
    OfficeHeader { upper: None, lower: text.to_owned() }
}

fn footers(width: usize, rows: usize) -> Vec<Vec<OfficeCell>> {
    let mut totals = vec![OfficeCell::Empty; width];
    totals[0] = OfficeCell::Text("合计".to_owned());
    totals[width - 1] = OfficeCell::Text(format!("共{rows}条"));
    let mut signatures = vec![OfficeCell::Empty; width];
    signatures[0] = OfficeCell::Text("填报人：　　　　审核人：　　　　（盖章）".to_owned());
    vec![totals, signatures]
}

fn header_of(kind: &Kind, column: &Column, manner: Manner, dice: &mut Dice) -> OfficeHeader {
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
fn ungroup_lonely(headers: &mut [OfficeHeader], kind: &Kind, shown: &[usize]) {
    for at in 0..headers.len() {
        let same = |other: Option<&OfficeHeader>| other.is_some_and(|other| other.upper == headers[at].upper);
        let before = at.checked_sub(1).and_then(|at| headers.get(at));
        if headers[at].upper.is_some() && !same(before) && !same(headers.get(at + 1)) {
            headers[at] = plain_header(&kind.columns[shown[at]].name.zh);
        }
    }
}

impl Manner {
    /// A line above the table can't say otherwise than a header of the template does: such a table stays in yuan.
    fn fitting<'c>(mut self, mut columns: impl Iterator<Item = &'c Column>) -> Self {
        let names_yuan = |column: &Column| column.column_type == ColumnType::Amount && column.name.zh.contains('元');
        if self.hand.measured == Measured::Title && columns.any(names_yuan) {
            self.ten_thousands = false;
        }
        self
    }
}

fn is_in_ten_thousands(column: &Column, manner: Manner) -> bool {
    let says_yuan = manner.hand.measured != Measured::Headers && column.name.zh.contains('元');
    let in_yuan = column.column_type == ColumnType::Amount && column.measure == Some(Measure::Yuan);
    manner.ten_thousands && in_yuan && !says_yuan
}

fn spelled_parties<'a>(place: Place<'_>, draft: &'a Draft) -> BTreeMap<&'a str, Spelled> {
    let key = format!("{}.{}", place.item.key, place.kind.key);
    // The tax bureau's own tables carry the codes of its register.
    let exact = draft.exact_identity || place.item.is_tax_side();
    let spelled = |(party, who): &(&'a str, Who)| {
        let spelled = spell(place.world, &key, *who, exact);
        let by_words = draft.by_words.contains(party);
        let truth_only =
            || Spelled { truth: spelled.truth.clone(), is_person: spelled.is_person, ..Spelled::default() };
        (*party, if by_words { truth_only() } else { spelled })
    };
    draft.parties.iter().map(spelled).collect()
}

fn cell_of(
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
