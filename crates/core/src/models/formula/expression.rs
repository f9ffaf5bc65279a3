//! What a formula is made of, what it comes to, and how it is shown.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::operator::Operator;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Number(Decimal),
    Name(String),
    None,
    Negative(Box<Self>),
    Binary(Operator, Box<Self>, Box<Self>),
    Call(Function, Vec<Self>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Min,
    Max,
    If,
    Known,
}

/// Why a formula has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoValue {
    /// This name has no value.
    Missing(String),
    /// Division by zero.
    Impossible,
    /// A figure beyond what a decimal holds, or made of one.
    TooLarge,
    /// The rule does not apply: `none`, or a step that came to it.
    NotApplicable,
}

/// What names stand for while a formula is computed.
pub trait Names {
    /// The value of a name; `None` when it has none.
    fn find(&self, name: &str) -> Option<Decimal>;

    /// Whether the name is a step whose rule applies; facts and figures of law always do.
    fn applies(&self, _name: &str) -> bool {
        true
    }

    /// Whether the name is a step that came to more than a decimal holds.
    fn is_too_large(&self, _name: &str) -> bool {
        false
    }
}

impl Names for std::collections::BTreeMap<String, Decimal> {
    fn find(&self, name: &str) -> Option<Decimal> {
        self.get(name).copied()
    }
}

impl Expression {
    pub(super) fn gather<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        match self {
            Self::Number(_) | Self::None => {}
            Self::Name(name) => {
                names.insert(name);
            }
            Self::Negative(inner) => inner.gather(names),
            Self::Binary(_, left, right) => {
                left.gather(names);
                right.gather(names);
            }
            Self::Call(_, parts) => parts.iter().for_each(|part| part.gather(names)),
        }
    }

    pub(super) fn value(&self, names: &dyn Names, missing: &mut BTreeSet<String>) -> Result<Decimal, NoValue> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Name(name) if !names.applies(name) => Err(NoValue::NotApplicable),
            Self::Name(name) if names.is_too_large(name) => Err(NoValue::TooLarge),
            Self::Name(name) => names.find(name).ok_or_else(|| NoValue::Missing(name.clone())),
            Self::None => Err(NoValue::NotApplicable),
            Self::Negative(inner) => inner.value(names, missing).map(|value| -value),
            Self::Binary(operator, left, right) => {
                let left = left.value(names, missing)?;
                let right = right.value(names, missing)?;
                operator.apply(left, right).ok_or(if operator == &Operator::Divide && right.is_zero() {
                    NoValue::Impossible
                } else {
                    NoValue::TooLarge
                })
            }
            Self::Call(function, parts) => function.apply(parts, names, missing),
        }
    }

    pub(super) fn taken(&self, names: &dyn Names) -> Self {
        match self {
            Self::Number(_) | Self::Name(_) | Self::None => self.clone(),
            Self::Negative(inner) => Self::Negative(Box::new(inner.taken(names))),
            Self::Binary(operator, left, right) => {
                Self::Binary(*operator, Box::new(left.taken(names)), Box::new(right.taken(names)))
            }
            Self::Call(function, parts) => function.taken(parts, names),
        }
    }

    pub(super) fn show(&self, outer: u8, write: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::Number(number) => number.normalize().to_string(),
            Self::Name(name) => write(name),
            Self::None => "—".to_owned(),
            Self::Negative(inner) => format!("−{}", inner.show(9, write)),
            Self::Binary(operator, left, right) => {
                let binding = operator.binding();
                let left = left.show(binding, write);
                let text = format!("{left} {} {}", operator.sign(), right.show(binding + 1, write));
                if binding < outer { format!("({text})") } else { text }
            }
            Self::Call(function, parts) => function.show(parts, write),
        }
    }
}

impl Function {
    pub(super) fn find(word: &str, count: usize) -> Option<Self> {
        match (word, count) {
            ("min", 2..) => Some(Self::Min),
            ("max", 2..) => Some(Self::Max),
            ("if", 3) => Some(Self::If),
            ("known", 2) => Some(Self::Known),
            _ => None,
        }
    }

    fn apply(
        self,
        parts: &[Expression],
        names: &dyn Names,
        missing: &mut BTreeSet<String>,
    ) -> Result<Decimal, NoValue> {
        let mut values = parts.iter().map(|part| (part, part));
        match self {
            Self::Min | Self::Max => {
                let mut best: Option<Decimal> = None;
                for (part, _) in values {
                    let value = match part.value(names, missing) {
                        Err(NoValue::NotApplicable) => continue,
                        other => other?,
                    };
                    best = Some(match best {
                        None => value,
                        Some(other) if self == Self::Min => other.min(value),
                        Some(other) => other.max(value),
                    });
                }
                best.ok_or(NoValue::NotApplicable)
            }
            Self::If => {
                let [condition, then, otherwise] = parts else { return Err(NoValue::Impossible) };
                let holds = !condition.value(names, missing)?.is_zero();
                if holds { then.value(names, missing) } else { otherwise.value(names, missing) }
            }
            Self::Known => {
                let Some((wanted, _)) = values.next() else { return Err(NoValue::Impossible) };
                let Some((stand_in, _)) = values.next() else { return Err(NoValue::Impossible) };
                match wanted.value(names, missing) {
                    Err(NoValue::Missing(name)) => {
                        missing.insert(name);
                        stand_in.value(names, missing)
                    }
                    other => other,
                }
            }
        }
    }

    fn taken(self, parts: &[Expression], names: &dyn Names) -> Expression {
        let value = |part: &Expression| part.value(names, &mut BTreeSet::new());
        match (self, parts) {
            (Self::If, [condition, then, otherwise]) => match value(condition) {
                Ok(no) if no.is_zero() => otherwise.taken(names),
                Ok(_) => then.taken(names),
                Err(_) => Expression::Call(self, parts.to_vec()),
            },
            (Self::Known, [wanted, stand_in]) => match value(wanted) {
                Err(NoValue::Missing(_)) => stand_in.taken(names),
                _ => wanted.taken(names),
            },
            _ => {
                let applies = |part: &&Expression| value(part) != Err(NoValue::NotApplicable);
                let mut kept: Vec<Expression> = parts.iter().filter(applies).map(|part| part.taken(names)).collect();
                match kept.len() {
                    1 => kept.remove(0),
                    _ => Expression::Call(self, kept),
                }
            }
        }
    }

    fn show(self, parts: &[Expression], write: &dyn Fn(&str) -> String) -> String {
        let word = match self {
            Self::Min => "min",
            Self::Max => "max",
            Self::If => "if",
            Self::Known => {
                return parts.first().map(|part| part.show(9, write)).unwrap_or_default();
            }
        };
        let mut text = format!("{word}(");
        for (at, part) in parts.iter().enumerate() {
            let _ = write!(text, "{}{}", if at == 0 { "" } else { ", " }, part.show(0, write));
        }
        text.push(')');
        text
    }
}
