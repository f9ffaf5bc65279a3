//! Reads the files of facts, strictly: what nobody asked for is a problem with file and line.

use gongzhi_core::catalog::Problem;
use gongzhi_core::catalog::node::{self, Fields, Findings, Node, Value, read_decimal, read_flag};
use gongzhi_core::period::Period;

use super::{Answer, Fact, Party, Row, Sort, Tempting};

/// The facts of one file; what can't be understood is noted.
pub fn read(file: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<Fact> {
    let mut findings = Findings { file, problems };
    let Some(node) = node::parse(text, &mut findings) else { return Vec::new() };
    let mut fields = Fields::of(&node, &mut findings);
    let model = fields.get_text("model", &mut findings);
    fields.demand("facts", &mut findings);
    let nodes = fields.list("facts", &mut findings);
    let facts = nodes.iter().map(|node| fact(&model, node, &mut findings)).collect();
    fields.finish(&mut findings);
    facts
}

fn fact(model: &str, node: &Node, findings: &mut Findings<'_>) -> Fact {
    let mut fields = Fields::of(node, findings);
    // For the reader only: the program takes the answer as it stands.
    for note in ["law", "arithmetic"] {
        fields.get_text(note, findings);
    }
    fields.find_text("note", findings);
    let fact = Fact {
        file: findings.file.to_owned(),
        line: fields.line(),
        model: model.to_owned(),
        key: fields.get_text("key", findings),
        tempting: fields.get_as("tempting", word_of(&Tempting::ALL), findings).unwrap_or(Tempting::None),
        low_price: fields.find_as("low_price", read_yes, findings).unwrap_or(false),
        parties: fields.entries("parties", findings).iter().map(|(name, node)| party(name, node, findings)).collect(),
        reported: fields.list("reported", findings).iter().map(|node| row(("item", node), findings)).collect(),
        tax_side: fields.list("tax_side", findings).iter().map(|node| row(("table", node), findings)).collect(),
        leads: fields.get("answer", findings).map(|node| answers(node, findings)).unwrap_or_default(),
    };
    fields.finish(findings);
    fact
}

/// Reads one of the words of a list.
fn word_of<T: Copy>(words: &[(&'static str, T)]) -> impl Fn(&str) -> Result<T, String> {
    move |text| {
        let known = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" | ");
        words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(known)
    }
}

/// A party; what is none of its own words is a column of its registration.
fn party(name: &str, node: &Node, findings: &mut Findings<'_>) -> Party {
    const OWN: [&str; 9] = [
        "sort",
        "of",
        "vat",
        "small_profit",
        "seat",
        "registered",
        "former_name",
        "disability_kind",
        "disability_degree",
    ];
    let map = if let Value::Map(map) = &node.value { map.as_slice() } else { &[] };
    let (own, others): (Vec<_>, Vec<_>) = map.iter().cloned().partition(|(key, _)| OWN.contains(&key.as_str()));
    let mut registration = Vec::new();
    for (key, node) in &others {
        if let Some(text) = node::scalar(node, findings) {
            registration.push((key.clone(), text.to_owned()));
        }
    }
    let value = if matches!(node.value, Value::Map(_)) { Value::Map(own) } else { node.value.clone() };
    let own = Node { line: node.line, value };
    let mut fields = Fields::of(&own, findings);
    let party = Party {
        name: name.to_owned(),
        line: node.line,
        sort: fields.get_as("sort", word_of(&Sort::ALL), findings).unwrap_or(Sort::Company),
        of: fields.find_text("of", findings).map(|name| name.trim_start_matches('$').to_owned()),
        vat: fields.find_text("vat", findings),
        small_profit: fields.find_as("small_profit", read_known, findings).flatten(),
        seat: fields.find_text("seat", findings).filter(|seat| seat != "here"),
        registered: fields.find_as("registered", read_yes, findings),
        former_name: fields.find_as("former_name", read_yes, findings).unwrap_or(false),
        disability: [fields.find_text("disability_kind", findings), fields.find_text("disability_degree", findings)],
        registration,
    };
    fields.finish(findings);
    party
}

pub fn read_yes(text: &str) -> Result<bool, String> {
    match text {
        "yes" | "是" => Ok(true),
        "no" | "否" => Ok(false),
        other => read_flag(other).map_err(|_| "yes | no".to_owned()),
    }
}

fn read_known(text: &str) -> Result<Option<bool>, String> {
    match text {
        "unknown" | "" => Ok(None),
        other => read_yes(other).map(Some).map_err(|known| format!("{known} | unknown")),
    }
}

fn row((what, node): (&'static str, &Node), findings: &mut Findings<'_>) -> Row {
    let mut fields = Fields::of(node, findings);
    let read_period = |text: &str| text.parse::<Period>().map_err(|_| "2025 | 2025Q1 | 2025-03".to_owned());
    let row = Row {
        line: fields.line(),
        kind: fields.get_text(what, findings),
        period: fields.find_as("period", read_period, findings),
        cells: fields.entries("row", findings).iter().filter_map(|cell| self::cell(cell, findings)).collect(),
    };
    fields.demand("row", findings);
    fields.finish(findings);
    row
}

fn cell((key, node): &(String, Node), findings: &mut Findings<'_>) -> Option<(String, String)> {
    Some((key.clone(), node::scalar(node, findings)?.to_owned()))
}

fn answers(node: &Node, findings: &mut Findings<'_>) -> Vec<Answer> {
    let mut fields = Fields::of(node, findings);
    fields.get("leads", findings);
    fields.find_text("note", findings);
    let answers = fields.list("leads", findings).iter().map(|node| answer(node, findings)).collect();
    fields.finish(findings);
    answers
}

fn answer(node: &Node, findings: &mut Findings<'_>) -> Answer {
    let mut fields = Fields::of(node, findings);
    let answer = Answer {
        line: fields.line(),
        taxpayer: fields.get_text("taxpayer", findings).trim_start_matches('$').to_owned(),
        period: fields.get_text("period", findings),
        gap_yuan: fields.find_as("gap_yuan", read_decimal, findings),
        finding: fields.find_text("finding", findings),
    };
    fields.finish(findings);
    answer
}
