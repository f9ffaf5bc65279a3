//! How long a text can become that a query makes: how many times longer than the longest cell it reads.
//!
//! `repeat` and `lpad` make a text of any length out of nothing, and the planner works them out before anything runs,
//! outside the memory limit; `||` of a text with itself doubles it, and each named part doubles it again. So a length
//! must be written as a number, and what all steps together can come to is bounded.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, Operator};

use super::Refusal;

/// Signs that `repeat` and `lpad` may be told to make.
pub(super) const MOST_SIGNS: u64 = 1_000;
/// Times that a text may be longer than the longest cell it is made of.
pub(super) const MOST_TIMES: u64 = 1_000;

/// How many times longer than a cell an expression's text can be, its parts being as long as told; a literal of a few
/// signs is none.
///
/// # Errors
/// A length is not written as a number that is allowed, or it all comes to too much.
pub(super) fn size_of(expression: &Expr, parts: &[u64]) -> Result<u64, Refusal> {
    let longest = parts.iter().copied().max().unwrap_or(1);
    let (word, size) = match expression {
        Expr::Literal(value, _) => return Ok(text_of(value).map_or(0, signs) / MOST_SIGNS),
        Expr::BinaryExpr(binary) if binary.op == Operator::StringConcat => ("||", sum(parts)),
        Expr::ScalarFunction(call) => (call.func.name(), size_of_call(call.func.name(), &call.args, parts)?),
        Expr::AggregateFunction(call) if call.func.name() == "string_agg" => ("string_agg", sum(parts)),
        _ => return Ok(longest),
    };
    if size > MOST_TIMES {
        return Err(Refusal::beyond(word, "fence-growth", MOST_TIMES));
    }
    Ok(size)
}

fn size_of_call(name: &str, args: &[Expr], parts: &[u64]) -> Result<u64, Refusal> {
    let first = parts.first().copied().unwrap_or(0).max(1);
    Ok(match (name, args) {
        ("repeat", [_, times]) => first.saturating_mul(length(name, times)?),
        ("lpad" | "rpad", [_, signs, ..]) => length(name, signs)?,
        ("replace", [_, old, new]) => {
            let Some(new) = literal(new).and_then(text_of) else {
                return Err(Refusal::new("replace", "fence-replace"));
            };
            // Of a text that is not known or empty, what is put in may stand beside every sign.
            let old = literal(old).and_then(text_of).map_or(0, signs);
            let times = if old == 0 { signs(new).saturating_add(1) } else { signs(new).div_ceil(old).max(1) };
            first.saturating_mul(times)
        }
        ("concat_ws", [_, joined @ ..]) => {
            let between = parts.first().copied().unwrap_or(0);
            let gaps = u64::try_from(joined.len()).unwrap_or(u64::MAX).saturating_sub(1);
            sum(parts.get(1..).unwrap_or_default()).saturating_add(between.saturating_mul(gaps))
        }
        ("concat", _) => sum(parts),
        _ => parts.iter().copied().max().unwrap_or(1),
    })
}

/// A length that is written as a number.
fn length(function: &str, written: &Expr) -> Result<u64, Refusal> {
    let number = match literal(written) {
        Some(ScalarValue::Int64(Some(number))) => u64::try_from(*number).ok(),
        Some(ScalarValue::UInt64(Some(number))) => Some(*number),
        _ => None,
    };
    let refused = || Refusal::beyond(function, "fence-length", MOST_SIGNS);
    number.filter(|number| *number <= MOST_SIGNS).ok_or_else(refused)
}

fn literal(expression: &Expr) -> Option<&ScalarValue> {
    match expression {
        Expr::Literal(value, _) => Some(value),
        _ => None,
    }
}

fn text_of(value: &ScalarValue) -> Option<&str> {
    match value {
        ScalarValue::Utf8(Some(text)) | ScalarValue::LargeUtf8(Some(text)) | ScalarValue::Utf8View(Some(text)) => {
            Some(text)
        }
        _ => None,
    }
}

fn signs(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX)
}

fn sum(parts: &[u64]) -> u64 {
    parts.iter().fold(0, |sum, part| sum.saturating_add(*part))
}
