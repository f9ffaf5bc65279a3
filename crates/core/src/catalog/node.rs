//! YAML with line numbers, read strictly.
//!
//! Authors need every problem at once, with file and line, and an unknown key is an error: that is why the catalogue is
//! not deserialised by derive but walked. [`parse`] makes a tree whose nodes know their line; [`Fields`] takes the keys
//! of a mapping one by one and, when it is finished, reports the ones nobody asked for, with the nearest known name.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use saphyr_parser::{Event, Parser};

use crate::messages::{Bilingual, Message, Translator};

/// Deepest nesting accepted: content needs six levels, a hostile file must not exhaust the stack.
const DEPTH_LIMIT: usize = 32;

/// Something an author must mend: where it is, what is wrong, how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path below the catalogue's folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong, with a hint.
    pub message: Message,
}

impl Problem {
    /// `file:line: what is wrong`, as an author reads it.
    pub fn in_words(&self, say: &Translator) -> String {
        format!("{}:{}: {}", self.file, self.line, say.say(&self.message))
    }
}

/// A value of a YAML document and the line it begins on.
#[derive(Debug, Clone)]
pub struct Node {
    /// Line, from 1.
    pub line: usize,
    /// What stands there.
    pub value: Value,
}

/// The three things YAML has.
#[derive(Debug, Clone)]
pub enum Value {
    /// A text, number, date … all kept as written. Null and empty are empty text.
    Scalar(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order written.
    Map(Vec<(String, Node)>),
}

/// Where problems are gathered while a file is read.
pub struct Findings<'a> {
    /// Path of the file being read.
    pub file: &'a str,
    /// Everything found so far.
    pub problems: &'a mut Vec<Problem>,
}

impl Findings<'_> {
    /// Notes a problem on a line.
    pub fn record(&mut self, line: usize, message: Message) {
        self.problems.push(Problem { file: self.file.to_owned(), line, message });
    }
}

/// Reads one YAML document. `None` (and a problem noted) when it can't be read.
pub fn parse(text: &str, findings: &mut Findings<'_>) -> Option<Node> {
    let mut events = Vec::new();
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => events.push((event, span.start.line())),
            Err(error) => {
                let message = Message::new("catalog-yaml-unreadable").with("why", error.info());
                findings.record(error.marker().line(), message);
                return None;
            }
        }
    }
    let mut stream = events.into_iter().peekable();
    while let Some((event, _)) = stream.peek() {
        match event {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {
                stream.next();
            }
            _ => break,
        }
    }
    let problems_before = findings.problems.len();
    let node = build(&mut stream, 0, findings);
    if node.is_none() && findings.problems.len() == problems_before {
        findings.record(1, Message::new("catalog-file-empty"));
    }
    let node = node?;
    if let Some(line) = stream.find_map(|(event, line)| matches!(event, Event::DocumentStart(_)).then_some(line)) {
        findings.record(line, Message::new("catalog-one-document"));
    }
    Some(node)
}

type Events<'input> = std::iter::Peekable<std::vec::IntoIter<(Event<'input>, usize)>>;

fn build(stream: &mut Events<'_>, depth: usize, findings: &mut Findings<'_>) -> Option<Node> {
    let (event, line) = stream.next()?;
    if depth > DEPTH_LIMIT {
        findings.record(line, Message::new("catalog-too-deep"));
        return None;
    }
    let value = match event {
        Event::Scalar(text, style, _, _) => {
            let null = style == saphyr_parser::ScalarStyle::Plain && matches!(text.as_ref(), "~" | "null");
            Value::Scalar(if null { String::new() } else { text.into_owned() })
        }
        Event::SequenceStart(..) => {
            let mut list = Vec::new();
            while !matches!(stream.peek(), Some((Event::SequenceEnd, _)) | None) {
                list.push(build(stream, depth + 1, findings)?);
            }
            stream.next();
            Value::List(list)
        }
        Event::MappingStart(..) => Value::Map(build_map(stream, depth, findings)?),
        Event::Alias(_) => {
            findings.record(line, Message::new("catalog-no-alias"));
            Value::Scalar(String::new())
        }
        _ => return None,
    };
    Some(Node { line, value })
}

fn build_map(stream: &mut Events<'_>, depth: usize, findings: &mut Findings<'_>) -> Option<Vec<(String, Node)>> {
    let mut map: Vec<(String, Node)> = Vec::new();
    while !matches!(stream.peek(), Some((Event::MappingEnd, _)) | None) {
        let key = build(stream, depth + 1, findings)?;
        let node = build(stream, depth + 1, findings)?;
        let Value::Scalar(name) = key.value else {
            findings.record(key.line, Message::new("catalog-key-not-text"));
            continue;
        };
        if map.iter().any(|(known, _)| *known == name) {
            findings.record(key.line, Message::new("catalog-key-twice").with("key", &name));
            continue;
        }
        map.push((name, node));
    }
    stream.next();
    Some(map)
}

/// The keys of one mapping, taken one by one; the rest is reported by [`Fields::finish`].
pub struct Fields<'a> {
    line: usize,
    map: &'a [(String, Node)],
    asked: BTreeSet<&'static str>,
}

impl<'a> Fields<'a> {
    /// The fields of a node that must be a mapping; anything else is a problem and has no fields.
    pub fn of(node: &'a Node, findings: &mut Findings<'_>) -> Self {
        let map: &[(String, Node)] = match &node.value {
            Value::Map(map) => map,
            _ => {
                findings.record(node.line, Message::new("catalog-not-a-mapping"));
                &[]
            }
        };
        Self { line: node.line, map, asked: BTreeSet::new() }
    }

    /// Line on which the mapping begins.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The node under a key, if written.
    pub fn find(&mut self, key: &'static str) -> Option<&'a Node> {
        self.asked.insert(key);
        self.map.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The node under a key that must be there.
    pub fn get(&mut self, key: &'static str, findings: &mut Findings<'_>) -> Option<&'a Node> {
        let found = self.find(key);
        if found.is_none() {
            findings.record(self.line, Message::new("catalog-key-missing").with("key", key));
        }
        found
    }

    /// Reports a list or a mapping that must hold something when it is absent or empty; what stands there and can't be
    /// read is reported by whoever reads it, and is not missing.
    pub fn demand(&mut self, key: &'static str, findings: &mut Findings<'_>) {
        let Some(node) = self.get(key, findings) else { return };
        let is_empty = match &node.value {
            Value::Scalar(text) => text.is_empty(),
            Value::List(list) => list.is_empty(),
            Value::Map(map) => map.is_empty(),
        };
        if is_empty {
            findings.record(node.line, Message::new("catalog-key-empty").with("key", key));
        }
    }

    /// A text that may be absent; a list or mapping in its place is a problem.
    pub fn find_text(&mut self, key: &'static str, findings: &mut Findings<'_>) -> Option<String> {
        let node = self.find(key)?;
        scalar(node, findings).map(str::to_owned)
    }

    /// A text that must be there and not empty.
    pub fn get_text(&mut self, key: &'static str, findings: &mut Findings<'_>) -> String {
        let Some(node) = self.get(key, findings) else { return String::new() };
        let text = scalar(node, findings).unwrap_or_default();
        if text.is_empty() {
            findings.record(node.line, Message::new("catalog-key-empty").with("key", key));
        }
        text.to_owned()
    }

    /// A value read by `read` from a text; what it can't read is a problem that names what is expected.
    pub fn find_as<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
        findings: &mut Findings<'_>,
    ) -> Option<T> {
        let node = self.find(key)?;
        let text = scalar(node, findings)?;
        match read(text) {
            Ok(value) => Some(value),
            Err(expected) => {
                let message = Message::new("catalog-bad-value").with("key", key).with("value", text);
                findings.record(node.line, message.with("expected", expected));
                None
            }
        }
    }

    /// As [`Fields::find_as`], but the key must be there.
    pub fn get_as<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
        findings: &mut Findings<'_>,
    ) -> Option<T> {
        self.get(key, findings)?;
        self.find_as(key, read, findings)
    }

    /// A yes or no, with its default.
    pub fn flag(&mut self, key: &'static str, default: bool, findings: &mut Findings<'_>) -> bool {
        self.find_as(key, read_flag, findings).unwrap_or(default)
    }

    /// A list of texts; absent is empty. A single text counts as a list of one.
    pub fn texts(&mut self, key: &'static str, findings: &mut Findings<'_>) -> Vec<String> {
        let Some(node) = self.find(key) else { return Vec::new() };
        match &node.value {
            Value::Scalar(text) if text.is_empty() => Vec::new(),
            Value::Scalar(text) => vec![text.clone()],
            Value::List(list) => list.iter().filter_map(|each| scalar(each, findings).map(str::to_owned)).collect(),
            Value::Map(_) => {
                findings.record(node.line, Message::new("catalog-not-a-list").with("key", key));
                Vec::new()
            }
        }
    }

    /// A list of nodes; absent is empty.
    pub fn list(&mut self, key: &'static str, findings: &mut Findings<'_>) -> &'a [Node] {
        let Some(node) = self.find(key) else { return &[] };
        match &node.value {
            Value::List(list) => list,
            Value::Scalar(text) if text.is_empty() => &[],
            _ => {
                findings.record(node.line, Message::new("catalog-not-a-list").with("key", key));
                &[]
            }
        }
    }

    /// The entries of a mapping under a key, in the order written; absent is empty.
    pub fn entries(&mut self, key: &'static str, findings: &mut Findings<'_>) -> &'a [(String, Node)] {
        let Some(node) = self.find(key) else { return &[] };
        match &node.value {
            Value::Map(map) => map,
            Value::Scalar(text) if text.is_empty() => &[],
            _ => {
                findings.record(node.line, Message::new("catalog-not-a-mapping"));
                &[]
            }
        }
    }

    /// A text in both languages: `{zh: …, en: …}`, or one Chinese text. Must be there.
    pub fn get_bilingual(&mut self, key: &'static str, findings: &mut Findings<'_>) -> Bilingual {
        let Some(node) = self.get(key, findings) else { return Bilingual::default() };
        bilingual(node, findings)
    }

    /// As [`Fields::get_bilingual`], but the key may be absent: then it is empty.
    pub fn find_bilingual(&mut self, key: &'static str, findings: &mut Findings<'_>) -> Bilingual {
        self.find(key).map(|node| bilingual(node, findings)).unwrap_or_default()
    }

    /// Reports every key nobody asked for, with the nearest known one.
    pub fn finish(self, findings: &mut Findings<'_>) {
        for (name, node) in self.map {
            if self.asked.contains(name.as_str()) {
                continue;
            }
            let message = Message::new("catalog-key-unknown").with("key", name);
            let hint = nearest(name, self.asked.iter().copied());
            let known = self.asked.iter().copied().collect::<Vec<_>>().join(" ");
            findings.record(node.line, message.with("hint", hint.unwrap_or("-")).with("known", known));
        }
    }
}

/// A text in both languages, or one Chinese text.
pub fn bilingual(node: &Node, findings: &mut Findings<'_>) -> Bilingual {
    if let Value::Scalar(text) = &node.value {
        return Bilingual { zh: text.clone(), en: String::new() };
    }
    let mut fields = Fields::of(node, findings);
    let text =
        Bilingual { zh: fields.get_text("zh", findings), en: fields.find_text("en", findings).unwrap_or_default() };
    fields.finish(findings);
    text
}

/// The text of a scalar; anything else is a problem.
pub fn scalar<'a>(node: &'a Node, findings: &mut Findings<'_>) -> Option<&'a str> {
    match &node.value {
        Value::Scalar(text) => Some(text),
        _ => {
            findings.record(node.line, Message::new("catalog-not-a-text"));
            None
        }
    }
}

/// The known name nearest to a mistyped one, when it is near enough to be meant.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .min()
        .filter(|(distance, candidate)| *distance * 3 <= candidate.chars().count().max(3))
        .map(|(_, candidate)| candidate)
}

/// `true` or `false`.
pub fn read_flag(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "true | false".to_owned())
}

/// A day `YYYY-MM-DD`.
pub fn read_day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "YYYY-MM-DD".to_owned())
}

/// A decimal number written out.
pub fn read_decimal(text: &str) -> Result<Decimal, String> {
    text.parse().map_err(|_| "0.00".to_owned())
}

/// A whole number.
pub fn read_whole(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| "0, 1, 2, …".to_owned())
}
