//! Operators of a formula: their words, how tightly they bind, what they come to.

use rust_decimal::Decimal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
    Equal,
    Unequal,
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Operator {
    pub(super) fn find(word: &str) -> Option<Self> {
        Some(match word {
            "or" => Self::Or,
            "and" => Self::And,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::More,
            ">=" => Self::MoreOrEqual,
            "=" => Self::Equal,
            "<>" => Self::Unequal,
            "+" => Self::Add,
            "-" => Self::Subtract,
            "*" => Self::Multiply,
            "/" => Self::Divide,
            _ => return None,
        })
    }

    pub(super) fn binding(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Less | Self::LessOrEqual | Self::More | Self::MoreOrEqual | Self::Equal | Self::Unequal => 3,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide => 7,
        }
    }

    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Or => "或",
            Self::And => "且",
            Self::Less => "<",
            Self::LessOrEqual => "≤",
            Self::More => ">",
            Self::MoreOrEqual => "≥",
            Self::Equal => "=",
            Self::Unequal => "≠",
            Self::Add => "+",
            Self::Subtract => "−",
            Self::Multiply => "×",
            Self::Divide => "÷",
        }
    }

    pub(super) fn apply(self, left: Decimal, right: Decimal) -> Option<Decimal> {
        let said = |yes: bool| Some(if yes { Decimal::ONE } else { Decimal::ZERO });
        match self {
            Self::Or => said(!left.is_zero() || !right.is_zero()),
            Self::And => said(!left.is_zero() && !right.is_zero()),
            Self::Less => said(left < right),
            Self::LessOrEqual => said(left <= right),
            Self::More => said(left > right),
            Self::MoreOrEqual => said(left >= right),
            Self::Equal => said(left == right),
            Self::Unequal => said(left != right),
            Self::Add => left.checked_add(right),
            Self::Subtract => left.checked_sub(right),
            Self::Multiply => left.checked_mul(right),
            Self::Divide => left.checked_div(right),
        }
    }
}
