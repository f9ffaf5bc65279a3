//! What a template tells the clerk of an item and of a column: when it is due, what to write, which rules hold.

use gongzhi_core::catalog::{Column, DueAfter, DueRule, Item, Kind, Origin, Rule};
use gongzhi_core::messages::{Language, Message, Translator};

/// How a value of the column is written, in one sentence, with its range.
pub(super) fn spoken_type(column: &Column, translator: &Translator) -> String {
    let say = |message: Message| translator.say(&message);
    let mut sentence = if column.values.is_empty() {
        let message = Message::new(format!("template-type-{}", column.column_type.key().replace('_', "-")));
        say(message.with("length", column.length))
    } else {
        say(Message::new("template-type-values").with("values", column.values.join("、")))
    };
    let range = match (column.min, column.max) {
        (Some(min), Some(max)) => Some(Message::new("template-range").with("min", min).with("max", max)),
        (Some(min), None) => Some(Message::new("template-at-least").with("min", min)),
        (None, Some(max)) => Some(Message::new("template-at-most").with("max", max)),
        (None, None) => None,
    };
    if let Some(range) = range {
        sentence.push_str(&say(range));
    }
    sentence
}

/// Whether the column must be filled, in one word.
pub(super) fn spoken_need(column: &Column, translator: &Translator) -> String {
    let key = match (column.required, column.origin, column.expected) {
        (true, ..) => "template-need-required",
        (false, Origin::Extension, _) => "template-need-extension",
        (false, Origin::Policy, true) => "template-need-expected",
        (false, Origin::Policy, false) => "template-need-optional",
    };
    translator.say(&Message::new(key))
}

/// The note behind a header.
pub(super) fn spoken_note(column: &Column, translator: &Translator) -> String {
    let measure = column.measure.map_or("", gongzhi_core::catalog::Measure::chinese);
    let english = match translator.language() {
        Language::English => column.name.get(Language::English),
        Language::Chinese => "",
    };
    let parts = [
        ("template-note-name", english),
        ("template-note-need", &spoken_need(column, translator)),
        ("template-note-meaning", &column.note),
        ("template-note-measure", measure),
        ("template-note-calibre", &column.calibre),
        ("template-note-type", &spoken_type(column, translator)),
        ("template-note-example", &column.example),
    ];
    let said = parts.iter().filter(|(_, value)| !value.is_empty());
    let lines: Vec<_> = said.map(|(key, value)| translator.say(&Message::new(*key).with("value", value))).collect();
    lines.join("\n")
}

/// When the item is due.
pub(super) fn spoken_due(due: Option<&DueRule>, translator: &Translator) -> String {
    let Some(due) = due else { return translator.say(&Message::new("template-due-none")) };
    let days = if due.working { "template-working-days" } else { "template-natural-days" };
    let days = translator.say(&Message::new(days).with("days", due.days));
    let main = match due.after {
        DueAfter::Month => Message::new("template-due-month").with("days", days),
        DueAfter::Quarter => Message::new("template-due-quarter").with("days", days),
        DueAfter::Year => Message::new("template-due-year").with("days", days),
        DueAfter::FixedDay(month, day) => Message::new("template-due-fixed").with("month", month).with("day", day),
    };
    let shift = if due.shift { translator.say(&Message::new("template-due-shift")) } else { String::new() };
    format!("{}{shift}", translator.say(&main))
}

/// How often the item is reported.
pub(super) fn spoken_period(item: &Item, translator: &Translator) -> String {
    translator.say(&Message::new(format!("template-period-{}", item.period.key())))
}

/// A rule over several columns as a sentence.
pub(super) fn spoken_rule(kind: &Kind, rule: &Rule, translator: &Translator) -> String {
    let name = |key: &String| kind.find_column(key).map_or_else(|| key.clone(), |column| column.name.zh.clone());
    let names = |keys: &[String]| keys.iter().map(name).collect::<Vec<_>>().join("、");
    let message = match rule {
        Rule::Order(first, second) => {
            Message::new("template-rule-order").with("first", name(first)).with("second", name(second))
        }
        Rule::AtMost(first, second) => {
            Message::new("template-rule-at-most").with("first", name(first)).with("second", name(second))
        }
        Rule::Sum { total, parts, .. } => {
            Message::new("template-rule-sum").with("total", name(total)).with("parts", names(parts))
        }
        Rule::Product { result, factors, .. } => {
            Message::new("template-rule-product").with("result", name(result)).with("factors", names(factors))
        }
        Rule::AnyOf(columns) => Message::new("template-rule-any-of").with("columns", names(columns)),
        Rule::RequiredIf { column, when, equals } => Message::new("template-rule-required-if")
            .with("column", name(column))
            .with("when", name(when))
            .with("values", equals.join("、")),
        Rule::WithinPeriod(column) => Message::new("template-rule-within-period").with("column", name(column)),
        Rule::NotFuture(column) => Message::new("template-rule-not-future").with("column", name(column)),
        Rule::SameDisability { certificate, .. } => {
            Message::new("template-rule-same-disability").with("column", name(certificate))
        }
        Rule::SamePermit { permit, uscc } => {
            Message::new("template-rule-same-permit").with("permit", name(permit)).with("uscc", name(uscc))
        }
        Rule::Unique(columns) => Message::new("template-rule-unique").with("columns", names(columns)),
    };
    translator.say(&message)
}

/// A period as offices write it; the sentence is read back by intake from the title of the sheet.
pub(super) fn written_period(period: gongzhi_core::period::Period) -> String {
    use gongzhi_core::period::Period;
    match period {
        Period::Year(year) => format!("{year}年"),
        Period::Half(year, 1) => format!("{year}年上半年"),
        Period::Half(year, _) => format!("{year}年下半年"),
        Period::Quarter(year, quarter) => format!("{year}年第{quarter}季度"),
        Period::Month(year, month) => format!("{year}年{month}月"),
    }
}
