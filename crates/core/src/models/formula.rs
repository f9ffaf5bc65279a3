//! Formulas: how a model computes an amount, in a small language of its own.
//!
//! A formula is content and must stay readable to a lawyer, exact to the fen and free of floats; it must also be shown
//! with its numbers put in. That is why it is not SQL: `(price_yuan + known(fee_yuan, 0)) * rate` is parsed here, checked
//! against the names a model declares, computed with decimals and written out again with values in place of names.
//!
//! Words: numbers, names, `+ - * /`, `< <= > >= = <>`, `and`, `or`, `min(a, b, …)`, `max(a, b, …)`, `if(c, a, b)`,
//! `known(name, stand_in)`. A name without a value makes the whole formula *not computable*, naming it; `known` states
//! what stands in for a fact that is missing, and the lead then says that the fact would narrow it. `none` is the amount of
//! a rule that does not apply: `min` and `max` pass over it, and anything else made of it does not apply either.
//!
//! Shown with numbers, a formula shows what its result came from and nothing else: of an `if` the branch that was taken,
//! of a `min` or `max` the parts that apply.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rust_decimal::Decimal;

/// Deepest nesting accepted.
const DEPTH_LIMIT: usize = 40;

/// A parsed formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    root: Expression,
}

#[derive(Debug, Clone, PartialEq)]
enum Expression {
    Number(Decimal),
    Name(String),
    None,
    Negative(Box<Self>),
    Binary(Operator, Box<Self>, Box<Self>),
    Call(Function, Vec<Self>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    Min,
    Max,
    If,
    Known,
}

/// Why a formula can't be read: the sign it stumbled over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("formula not understood at {0:?}")]
pub struct FormulaError(pub String);

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

impl Formula {
    /// Reads a formula.
    pub fn read(text: &str) -> Result<Self, FormulaError> {
        let mut reader = Reader { words: split(text)?, at: 0, depth: 0 };
        let root = reader.expression(0)?;
        match reader.peek() {
            None => Ok(Self { root }),
            Some(word) => Err(FormulaError(word.to_owned())),
        }
    }

    /// A formula that is one number.
    pub fn number(number: Decimal) -> Self {
        Self { root: Expression::Number(number) }
    }

    /// Every name in it.
    pub fn names(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.root.gather(&mut names);
        names
    }

    /// The value, not rounded. `missing` gathers the names for which a stand-in was taken.
    pub fn value(&self, names: &dyn Names, missing: &mut BTreeSet<String>) -> Result<Decimal, NoValue> {
        self.root.value(names, missing)
    }

    /// The formula with every name written by `write`.
    pub fn show(&self, write: &dyn Fn(&str) -> String) -> String {
        self.root.show(0, write)
    }

    /// The name, when the formula is nothing but one.
    pub fn as_name(&self) -> Option<&str> {
        match &self.root {
            Expression::Name(name) => Some(name),
            _ => None,
        }
    }

    /// What of the formula its value comes from: `if` gives way to the branch taken, `known` to the fact or what stands
    /// in for it, and parts that don't apply are left out.
    pub fn taken(&self, names: &dyn Names) -> Self {
        Self { root: self.root.taken(names) }
    }
}

impl Expression {
    fn gather<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
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

    fn value(&self, names: &dyn Names, missing: &mut BTreeSet<String>) -> Result<Decimal, NoValue> {
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

    fn taken(&self, names: &dyn Names) -> Self {
        match self {
            Self::Number(_) | Self::Name(_) | Self::None => self.clone(),
            Self::Negative(inner) => Self::Negative(Box::new(inner.taken(names))),
            Self::Binary(operator, left, right) => {
                Self::Binary(*operator, Box::new(left.taken(names)), Box::new(right.taken(names)))
            }
            Self::Call(function, parts) => function.taken(parts, names),
        }
    }

    fn show(&self, outer: u8, write: &dyn Fn(&str) -> String) -> String {
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

impl Operator {
    fn find(word: &str) -> Option<Self> {
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

    fn binding(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Less | Self::LessOrEqual | Self::More | Self::MoreOrEqual | Self::Equal | Self::Unequal => 3,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide => 7,
        }
    }

    fn sign(self) -> &'static str {
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

    fn apply(self, left: Decimal, right: Decimal) -> Option<Decimal> {
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

impl Function {
    fn find(word: &str, count: usize) -> Option<Self> {
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

/// Cuts a formula into numbers, names and signs.
fn split(text: &str) -> Result<Vec<String>, FormulaError> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            'a'..='z' | '_' => rest.find(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_')),
            '0'..='9' => rest.find(|sign: char| !(sign.is_ascii_digit() || sign == '.')),
            '<' | '>' => Some(if rest[1..].starts_with(['=', '>']) { 2 } else { 1 }),
            '+' | '-' | '*' | '/' | '(' | ')' | ',' | '=' => Some(1),
            _ => return Err(FormulaError(first.to_string())),
        };
        let (word, after) = rest.split_at(length.unwrap_or(rest.len()));
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok(words)
}

struct Reader {
    words: Vec<String>,
    at: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<&str> {
        self.words.get(self.at).map(String::as_str)
    }

    fn wrong(&self) -> FormulaError {
        FormulaError(self.peek().unwrap_or("…").to_owned())
    }

    fn take(&mut self, word: &str) -> Result<(), FormulaError> {
        if self.peek() != Some(word) {
            return Err(self.wrong());
        }
        self.at += 1;
        Ok(())
    }

    /// Reads operators that bind at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Result<Expression, FormulaError> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(self.wrong());
        }
        let mut left = self.primary()?;
        while let Some(operator) = self.peek().and_then(Operator::find).filter(|found| found.binding() >= least) {
            self.at += 1;
            let right = self.expression(operator.binding() + 1)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn primary(&mut self) -> Result<Expression, FormulaError> {
        let Some(word) = self.peek().map(str::to_owned) else { return Err(self.wrong()) };
        if word == "-" {
            self.at += 1;
            return Ok(Expression::Negative(Box::new(self.expression(9)?)));
        }
        if word == "(" {
            self.at += 1;
            let inner = self.expression(0)?;
            self.take(")")?;
            return Ok(inner);
        }
        let first = word.chars().next().unwrap_or(' ');
        if first.is_ascii_digit() {
            let number = word.parse().map_err(|_| FormulaError(word.clone()))?;
            self.at += 1;
            return Ok(Expression::Number(number));
        }
        if !(first.is_ascii_lowercase() || first == '_') || Operator::find(&word).is_some() {
            return Err(self.wrong());
        }
        self.at += 1;
        if self.peek() != Some("(") {
            return Ok(if word == "none" { Expression::None } else { Expression::Name(word) });
        }
        self.call(&word)
    }

    fn call(&mut self, word: &str) -> Result<Expression, FormulaError> {
        self.take("(")?;
        let mut parts = vec![self.expression(0)?];
        while self.peek() == Some(",") {
            self.at += 1;
            parts.push(self.expression(0)?);
        }
        self.take(")")?;
        let function = Function::find(word, parts.len()).ok_or_else(|| FormulaError(word.to_owned()))?;
        Ok(Expression::Call(function, parts))
    }
}

#[cfg(test)]
#[path = "formula_tests.rs"]
mod tests;
