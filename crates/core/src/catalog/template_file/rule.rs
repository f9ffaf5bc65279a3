//! Rules between the columns of a row, as a template writes them.

use crate::catalog::names::Severity;
use crate::catalog::node::{Fields, Findings, Node, Value, read_decimal, scalar};
use crate::catalog::template::{RowRule, Rule};
use crate::messages::Message;

pub(super) fn read_rule(node: &Node, findings: &mut Findings<'_>) -> Option<RowRule> {
    let mut fields = Fields::of(node, findings);
    let name = fields.get_text("rule", findings);
    let severity = fields.find_as("severity", Severity::read, findings).unwrap_or(Severity::Error);
    let rule = match name.as_str() {
        "order" => two_columns(&mut fields, findings).map(|(a, b)| Rule::Order(a, b)),
        "at_most" => two_columns(&mut fields, findings).map(|(a, b)| Rule::AtMost(a, b)),
        "sum" => Some(Rule::Sum {
            total: fields.get_text("total", findings),
            parts: fields.texts("parts", findings),
            tolerance: fields.find_as("tolerance", read_decimal, findings).unwrap_or_default(),
        }),
        "product" => Some(Rule::Product {
            result: fields.get_text("result", findings),
            factors: fields.texts("factors", findings),
            tolerance: fields.find_as("tolerance", read_decimal, findings).unwrap_or_default(),
        }),
        "any_of" => Some(Rule::AnyOf(fields.texts("columns", findings))),
        "required_if" => Some(Rule::RequiredIf {
            column: fields.get_text("column", findings),
            when: fields.get_text("when", findings),
            equals: fields.texts("equals", findings),
        }),
        "within_period" => Some(Rule::WithinPeriod(fields.get_text("column", findings))),
        "not_future" => Some(Rule::NotFuture(fields.get_text("column", findings))),
        "same_disability" => Some(Rule::SameDisability {
            certificate: fields.get_text("certificate", findings),
            citizen: fields.find_text("citizen", findings),
            kind: fields.find_text("kind", findings),
            degree: fields.find_text("degree", findings),
        }),
        "same_permit" => Some(Rule::SamePermit {
            permit: fields.get_text("permit", findings),
            uscc: fields.get_text("uscc", findings),
        }),
        "unique" => Some(Rule::Unique(fields.texts("columns", findings))),
        _ => {
            let expected = "order at_most sum product any_of required_if within_period not_future same_disability same_permit unique";
            let message = Message::new("catalog-bad-value").with("key", "rule").with("value", &name);
            findings.record(node.line, message.with("expected", expected));
            return None;
        }
    };
    fields.finish(findings);
    rule.map(|rule| RowRule { rule, severity, line: node.line })
}

fn two_columns(fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<(String, String)> {
    let node = fields.get("columns", findings)?;
    if let Value::List(list) = &node.value
        && let [first, second] = list.as_slice()
    {
        return Some((scalar(first, findings)?.to_owned(), scalar(second, findings)?.to_owned()));
    }
    findings.record(node.line, Message::new("catalog-two-columns"));
    None
}

impl Rule {
    /// Every column a rule names, in the order it names them.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::Order(a, b) | Self::AtMost(a, b) => vec![a, b],
            Self::Sum { total, parts, .. } => {
                std::iter::once(total.as_str()).chain(parts.iter().map(String::as_str)).collect()
            }
            Self::Product { result, factors, .. } => {
                std::iter::once(result.as_str()).chain(factors.iter().map(String::as_str)).collect()
            }
            Self::AnyOf(columns) | Self::Unique(columns) => columns.iter().map(String::as_str).collect(),
            Self::RequiredIf { column, when, .. } => vec![column, when],
            Self::WithinPeriod(column) | Self::NotFuture(column) => vec![column],
            Self::SameDisability { certificate, citizen, kind, degree } => std::iter::once(certificate.as_str())
                .chain([citizen, kind, degree].into_iter().flatten().map(String::as_str))
                .collect(),
            Self::SamePermit { permit, uscc } => vec![permit, uscc],
        }
    }
}
