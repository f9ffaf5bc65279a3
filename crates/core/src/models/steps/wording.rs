//! How a formula is told: in words, and with the numbers of a row put in.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{Material, Scope, take_steps};
use crate::messages::Bilingual;
use crate::models::facts::Fact;
use crate::models::formula::{Formula, Names};
use crate::models::{AmountQuestion, Asks};

impl Material<'_> {
    /// The formula of a row with its numbers put in: written once a row is known to be part of a lead.
    pub(super) fn numbers_of(&self, fact: &Fact) -> Option<String> {
        let Asks::Amount(question) = &self.model.asks else { return None };
        let place = self.place_of(fact).ok()?;
        let others = self.parameters(fact, &place, &mut BTreeSet::new()).ok()?;
        let scope = take_steps(question, Scope::new(fact, others), &mut BTreeSet::new());
        Some(self.numbers(question, &scope, self.relief(fact, &place).low))
    }

    /// What the low end came from with its numbers put in, then each step it rests on.
    fn numbers(&self, question: &AmountQuestion, scope: &Scope<'_>, relief: Decimal) -> String {
        let value = |name: &str| scope.find(name).map_or_else(|| "?".to_owned(), short);
        let low = question.low.taken(scope);
        let shown = low.show(&value);
        let mut texts = match low.as_name() {
            // One step is the whole result: its own line says so.
            Some(name) if relief == Decimal::ONE && question.steps.iter().any(|(step, _)| step == name) => Vec::new(),
            _ if relief == Decimal::ONE => vec![shown],
            _ => vec![format!("({shown}) × {}", relief.normalize())],
        };
        let steps: Vec<(&str, Formula)> =
            question.steps.iter().map(|(name, step)| (name.as_str(), step.taken(scope))).collect();
        for (name, step) in used_steps(&low, steps.iter().map(|(name, step)| (*name, step))) {
            let (shown, result) = (step.show(&value), value(name));
            let label = self.model.label_of(name).zh;
            texts.push(if shown == result {
                format!("{label} = {result}")
            } else {
                format!("{label} = {shown} = {result}")
            });
        }
        texts.join("；")
    }

    pub(super) fn formula_text(&self) -> Bilingual {
        let Asks::Amount(question) = &self.model.asks else { return Bilingual::default() };
        let label = |name: &str| -> Bilingual {
            let used = self.model.parameters.iter().find(|used| used.name == name);
            let parameter = used.and_then(|used| self.catalog.parameters.get(&used.key));
            parameter.map_or_else(|| self.model.label_of(name), |parameter| parameter.name.clone())
        };
        let english = |name: &str| {
            let label = label(name);
            if label.en.is_empty() { label.zh } else { label.en }
        };
        let mut text = Bilingual { zh: question.low.show(&|name| label(name).zh), en: question.low.show(&english) };
        let steps = question.steps.iter().map(|(name, step)| (name.as_str(), step));
        for (name, step) in used_steps(&question.low, steps) {
            text.zh.push_str(&format!("；{} = {}", label(name).zh, step.show(&|name| label(name).zh)));
            text.en.push_str(&format!("; {} = {}", english(name), step.show(&english)));
        }
        text
    }
}

/// The steps a formula rests on, directly or through others, in the order of the model.
fn used_steps<'s>(
    formula: &'s Formula,
    steps: impl DoubleEndedIterator<Item = (&'s str, &'s Formula)> + Clone,
) -> Vec<(&'s str, &'s Formula)> {
    let mut names = formula.names();
    for (name, step) in steps.clone().rev() {
        if names.contains(name) {
            names.extend(step.names());
        }
    }
    steps.filter(|(name, _)| names.contains(name)).collect()
}

/// A figure as people write it: at most eight places, no trailing zeros.
fn short(value: Decimal) -> String {
    value.round_dp(8).normalize().to_string()
}
