//! A formula read: cut into words, then put together by how tightly its operators bind.

use super::expression::{Expression, Function};
use super::operator::Operator;

/// Deepest nesting accepted.
const DEPTH_LIMIT: usize = 40;

/// Why a formula can't be read: the sign it stumbled over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("formula not understood at {0:?}")]
pub struct FormulaError(pub String);

/// Reads a formula.
pub(super) fn read(text: &str) -> Result<Expression, FormulaError> {
    let mut reader = Reader { words: split(text)?, at: 0, depth: 0 };
    let root = reader.expression(0)?;
    match reader.peek() {
        None => Ok(root),
        Some(word) => Err(FormulaError(word.to_owned())),
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
