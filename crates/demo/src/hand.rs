//! The second hand: sheets as offices keep them that never saw a template.
//!
//! The first hand writes what the template asks for in its own layout. The second leaves out what a clerk takes for
//! granted (what a row does, which period it is about), adds what the office wants to remember, says the measure once
//! above the table or in the format of the cells, and closes with whatever words it is used to. The kinds of noise are
//! those of sheets that were really sent; both hands occur in every item that is reported more than once.

use gongzhi_core::catalog::{Kind, PartyPart};

use super::office_files::{Merge, OfficeCell, OfficeSheet};
use super::random::Dice;

/// Where a sheet says that amounts are in 万元.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// In the header of each column.
    Headers,
    /// Once, above the table.
    Title,
    /// In the number format of the cells.
    Formats,
}

/// How amounts are written where they are text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Money {
    /// Figures alone.
    Plain,
    /// `￥1200.00`
    Yen,
    /// `１２００．００`
    Wide,
}

/// What one sheet's hand does.
#[derive(Debug, Clone, Copy)]
pub struct Hand {
    /// The sheet has a column that says what each row does.
    pub says_actions: bool,
    /// The columns for the period are filled in.
    pub says_periods: bool,
    /// Columns of the office's own stand behind the table.
    pub remarks: bool,
    /// Where the measure stands.
    pub measured: Measured,
    /// Amounts.
    pub money: Money,
    /// Blanks within codes.
    pub spaced_codes: bool,
    /// Names of neighbours are merged downwards.
    pub merged: bool,
    /// Lines below the table are in the office's own words.
    pub closes_freely: bool,
    /// Rows without anything below.
    pub empty_rows: usize,
}

impl Hand {
    /// As the template asks.
    pub const FIRST: Self = Self {
        says_actions: true,
        says_periods: true,
        remarks: false,
        measured: Measured::Headers,
        money: Money::Plain,
        spaced_codes: false,
        merged: false,
        closes_freely: false,
        empty_rows: 0,
    };

    /// As an office does it that never saw one. `typed`: figures are numbers; `mergeable`: cells can be merged.
    pub fn second(dice: &mut Dice, typed: bool, mergeable: bool) -> Self {
        let measures = if typed && mergeable {
            [Measured::Headers, Measured::Title, Measured::Formats]
        } else {
            [Measured::Headers, Measured::Title, Measured::Title]
        };
        let monies = [Money::Plain, Money::Yen, Money::Wide];
        Self {
            says_actions: dice.happens(3_000),
            says_periods: dice.happens(5_000),
            remarks: dice.happens(5_000),
            measured: measures[dice.below(3)],
            money: if typed { Money::Plain } else { monies[dice.below(3)] },
            spaced_codes: dice.happens(1_500),
            merged: mergeable && dice.happens(3_000),
            closes_freely: true,
            empty_rows: if dice.happens(3_000) { 1 + dice.below(20) } else { 0 },
        }
    }

    /// Writes a text figure in this hand.
    pub fn write_money(self, text: String) -> String {
        match self.money {
            Money::Plain => text,
            Money::Yen => format!("￥{text}"),
            Money::Wide => widened(&text),
        }
    }

    /// Writes a code in this hand.
    pub fn write_code(self, code: &str) -> String {
        match (self.spaced_codes, code.split_at_checked(8)) {
            (true, Some((head, tail))) if code.is_ascii() && !tail.is_empty() => format!("{head} {tail}"),
            _ => code.to_owned(),
        }
    }
}

/// Every sign in its full width.
pub fn widened(text: &str) -> String {
    let widen =
        |sign: char| if sign.is_ascii_graphic() { char::from_u32(u32::from(sign) + 0xFEE0) } else { Some(sign) };
    text.chars().filter_map(widen).collect()
}

/// The line above the table that says the measure.
pub fn measure_line(dice: &mut Dice) -> String {
    dice.word(&["单位：万元", "金额单位：万元", "（单位：万元）"]).to_owned()
}

/// Columns that the office added for itself: none that the kind has.
pub fn remark_columns(kind: &Kind, dice: &mut Dice) -> Vec<&'static str> {
    let known = |header: &str| kind.columns.iter().any(|column| column.headers().any(|name| name == header));
    let mut columns: Vec<&'static str> =
        ["备注", "经办人", "联系电话"].into_iter().filter(|header| !known(header)).collect();
    dice.shuffle(&mut columns);
    columns.truncate(1 + dice.below(2));
    columns
}

/// What stands in such a column.
pub fn remark(column: &str, dice: &mut Dice) -> OfficeCell {
    let text = match column {
        "经办人" => dice.word(&["王某", "李某某", "古丽某"]).to_owned(),
        "联系电话" => format!("0994-0000{:03}", dice.below(1_000)),
        _ if dice.happens(7_500) => return OfficeCell::Empty,
        _ => dice.word(&["已核实", "补报", "手续办理中", "见附件"]).to_owned(),
    };
    OfficeCell::Text(text)
}

/// Lines below the table.
pub fn closing_lines(width: usize, rows: usize, dice: &mut Dice) -> Vec<Vec<OfficeCell>> {
    let line = |texts: &[String]| {
        let mut cells = vec![OfficeCell::Empty; width];
        for (at, text) in texts.iter().enumerate() {
            if let Some(cell) = cells.get_mut(at * 2) {
                *cell = OfficeCell::Text(text.clone());
            }
        }
        cells
    };
    let said = |text: &str| line(&[text.to_owned()]);
    let mut lines = Vec::new();
    match dice.below(6) {
        0 => lines.push(said("以下空白")),
        1 => lines.push(said("（以下空白）")),
        2 => lines.push(line(&[format!("共{rows}户")])),
        3 => lines.push(line(&["合计".to_owned(), format!("{rows}条")])),
        4 => lines.push(line(&[format!("共计{rows}条")])),
        _ => {}
    }
    match dice.below(5) {
        0 => lines.push(line(&["制表人：王某".to_owned(), "审核：李某".to_owned()])),
        1 => lines.push(said("填表人：　　　　审核：　　　　")),
        2 => lines.push(said("第1页 共1页")),
        3 => lines.push(said("打印时间：2025-07-03 10:20")),
        _ => {}
    }
    lines
}

/// Merges equal names and codes of the first party over neighbouring rows.
pub fn merge_names(sheet: &mut OfficeSheet, columns: &[Option<usize>], kind: &Kind) {
    let Some(first) = kind.parties.first() else { return };
    let of_party = |at: &Option<usize>| {
        let column = at.and_then(|at| kind.columns.get(at));
        let part = column.and_then(|column| column.party.as_ref());
        part.is_some_and(|(key, part)| *key == first.key && matches!(part, PartyPart::Name | PartyPart::Uscc))
    };
    for (column, _) in columns.iter().enumerate().filter(|(_, at)| of_party(at)) {
        let mut from = 0;
        while from < sheet.rows.len() {
            let cell = sheet.rows[from][column].clone();
            let same = |row: &&Vec<OfficeCell>| row[column] == cell && cell != OfficeCell::Empty;
            let count = sheet.rows[from..].iter().take_while(same).count().max(1);
            if count > 1 {
                for row in &mut sheet.rows[from + 1..from + count] {
                    row[column] = OfficeCell::Empty;
                }
                sheet.merges.push(Merge { column, first_row: from, last_row: from + count - 1 });
            }
            from += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widened_signs_are_full_width() {
        assert_eq!(widened("9A"), "９Ａ");
    }

    #[test]
    fn a_code_in_blanks_is_the_same_code() {
        let hand = Hand { spaced_codes: true, ..Hand::FIRST };
        assert_eq!(hand.write_code("916523230000000000"), "91652323 0000000000");
        assert_eq!(hand.write_code("9165"), "9165");
    }

    #[test]
    fn every_way_of_closing_occurs() {
        let mut dice = Dice::new(1, "closing");
        let lines: std::collections::BTreeSet<String> =
            (0..200).flat_map(|_| closing_lines(4, 3, &mut dice)).map(|line| format!("{:?}", line[0])).collect();
        assert_eq!(lines.len(), 9, "{lines:?}");
    }
}
