//! The manner in which an office writes a sheet: its days, figures, headers and what stands around the table.

use gongzhi_core::catalog::{Column, ColumnType, Measure};

use crate::hand::{Hand, Measured};
use crate::random::Dice;

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

    /// A line above the table can't say otherwise than a header of the template does: such a table stays in yuan.
    pub fn fitting<'c>(mut self, mut columns: impl Iterator<Item = &'c Column>) -> Self {
        let names_yuan = |column: &Column| column.column_type == ColumnType::Amount && column.name.zh.contains('元');
        if self.hand.measured == Measured::Title && columns.any(names_yuan) {
            self.ten_thousands = false;
        }
        self
    }
}

/// Whether the amounts of a column are written in 万元 in this manner.
pub fn is_in_ten_thousands(column: &Column, manner: Manner) -> bool {
    let says_yuan = manner.hand.measured != Measured::Headers && column.name.zh.contains('元');
    let in_yuan = column.column_type == ColumnType::Amount && column.measure == Some(Measure::Yuan);
    manner.ten_thousands && in_yuan && !says_yuan
}
