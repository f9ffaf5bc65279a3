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

use rust_decimal::Decimal;

mod expression;
mod operator;
mod reader;

use expression::Expression;
pub use expression::{Names, NoValue};
pub use reader::FormulaError;

/// A parsed formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    root: Expression,
}

impl Formula {
    /// Reads a formula.
    pub fn read(text: &str) -> Result<Self, FormulaError> {
        Ok(Self { root: reader::read(text)? })
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

#[cfg(test)]
#[path = "formula_tests.rs"]
mod tests;
