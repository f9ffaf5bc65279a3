//! Reads a template's YAML into an [`Item`], expanding parties into columns and checking what one file can show alone.

use std::collections::BTreeMap;

use super::measures::Measure;
use super::names::{Class, ColumnType, Frequency, Mark, Mode, Origin, Severity, Sharing};
use super::node::{Fields, Findings, Node, Value, read_day, read_decimal, read_whole};
use super::template::{Column, DueAfter, DueRule, Item, Kind, Version};
use crate::messages::{Bilingual, Message};

mod party;
mod rule;

use party::read_party;
use rule::read_rule;

/// Longest text a cell may hold unless the template says otherwise.
const DEFAULT_LENGTH: u32 = 500;

/// Reads one item. Problems go to the findings; what could be understood is given back all the same.
pub fn read_item(key: &str, node: &Node, findings: &mut Findings<'_>) -> Item {
    let mut fields = Fields::of(node, findings);
    let item = Item {
        key: key.to_owned(),
        number: fields.find_as("number", read_whole, findings),
        name: fields.get_bilingual("name", findings),
        provider: provider_of(findings.file),
        period: fields.get_as("period", Frequency::read, findings).unwrap_or(Frequency::Demand),
        due: fields.find("due").map(|due| read_due(due, findings)),
        mode: fields.get_as("mode", Mode::read, findings).unwrap_or(Mode::None),
        basis: fields.get_text("basis", findings),
        sharing: fields.get_as("sharing", Sharing::read, findings).unwrap_or(Sharing::None),
        purposes: fields.texts("purposes", findings),
        versions: read_versions(&mut fields, findings),
        kinds: fields.entries("kinds", findings).iter().map(|(kind, node)| read_kind(kind, node, findings)).collect(),
        file: findings.file.to_owned(),
    };
    if item.kinds.is_empty() {
        findings.record(fields.line(), Message::new("catalog-no-kind"));
    }
    fields.finish(findings);
    item
}

/// `templates/<provider>/<item>.yaml` → provider.
fn provider_of(file: &str) -> String {
    file.rsplit('/').nth(1).unwrap_or_default().to_owned()
}

fn read_due(node: &Node, findings: &mut Findings<'_>) -> DueRule {
    let mut fields = Fields::of(node, findings);
    let on = fields.find_as("on", read_month_day, findings);
    let after = match on {
        Some((month, day)) => DueAfter::FixedDay(month, day),
        None => fields.get_as("after", read_after, findings).unwrap_or(DueAfter::Month),
    };
    let days = match after {
        DueAfter::FixedDay(..) => 0,
        _ => fields.get_as("days", read_whole, findings).unwrap_or(0),
    };
    let rule = DueRule {
        after,
        days,
        working: fields.flag("working", false, findings),
        shift: fields.find_as("shift", read_shift, findings).unwrap_or(true),
    };
    fields.finish(findings);
    rule
}

fn read_after(text: &str) -> Result<DueAfter, String> {
    match text {
        "month" => Ok(DueAfter::Month),
        "quarter" => Ok(DueAfter::Quarter),
        "year" => Ok(DueAfter::Year),
        _ => Err("month | quarter | year".to_owned()),
    }
}

fn read_shift(text: &str) -> Result<bool, String> {
    match text {
        "next_working_day" => Ok(true),
        "none" => Ok(false),
        _ => Err("next_working_day | none".to_owned()),
    }
}

fn read_month_day(text: &str) -> Result<(u32, u32), String> {
    let wrong = || "MM-DD".to_owned();
    let (month, day) = text.split_once('-').ok_or_else(wrong)?;
    let (month, day) = (month.parse().map_err(|_| wrong())?, day.parse().map_err(|_| wrong())?);
    // A leap year, so that the 29th of February is a day.
    chrono::NaiveDate::from_ymd_opt(2024, month, day).map(|_| (month, day)).ok_or_else(wrong)
}

fn read_versions(fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> Vec<Version> {
    let mut versions: Vec<Version> = Vec::new();
    for node in fields.list("versions", findings) {
        let mut each = Fields::of(node, findings);
        let version = each.get_as("version", read_whole, findings);
        let from = each.get_as("from", read_day, findings);
        each.finish(findings);
        let (Some(version), Some(from)) = (version, from) else { continue };
        if versions.last().is_some_and(|last| last.version >= version || last.from >= from) {
            findings.record(node.line, Message::new("catalog-versions-order"));
        }
        versions.push(Version { version, from });
    }
    if versions.is_empty() {
        findings.record(fields.line(), Message::new("catalog-no-version"));
    }
    versions
}

fn read_kind(key: &str, node: &Node, findings: &mut Findings<'_>) -> Kind {
    let mut fields = Fields::of(node, findings);
    let mut kind = Kind {
        key: key.to_owned(),
        name: fields.get_bilingual("name", findings),
        mark: fields.get_as("mark", Mark::read, findings).unwrap_or(Mark::Flow),
        key_columns: fields.texts("key", findings),
        columns: Vec::new(),
        parties: Vec::new(),
        rules: Vec::new(),
        line: node.line,
    };
    for column in fields.list("columns", findings) {
        read_column_or_party(column, &mut kind, findings);
    }
    for rule in fields.list("rules", findings) {
        if let Some(rule) = read_rule(rule, findings) {
            kind.rules.push(rule);
        }
    }
    fields.finish(findings);
    check_kind(&kind, findings);
    kind
}

fn read_column_or_party(node: &Node, kind: &mut Kind, findings: &mut Findings<'_>) {
    let Value::Map(map) = &node.value else {
        findings.record(node.line, Message::new("catalog-not-a-mapping"));
        return;
    };
    if map.iter().any(|(key, _)| key == "party") {
        read_party(node, kind, findings);
    } else {
        kind.columns.push(read_column(node, findings));
    }
}

fn read_column(node: &Node, findings: &mut Findings<'_>) -> Column {
    let mut fields = Fields::of(node, findings);
    let column_type = fields.get_as("type", ColumnType::read, findings).unwrap_or(ColumnType::Text);
    let name =
        Bilingual { zh: fields.get_text("zh", findings), en: fields.find_text("en", findings).unwrap_or_default() };
    let origin = fields.find_as("origin", Origin::read, findings).unwrap_or(Origin::Policy);
    let column = Column {
        key: fields.get_text("key", findings),
        name,
        aliases: fields.texts("aliases", findings),
        column_type,
        measure: fields.find_as("measure", Measure::read, findings),
        calibre: fields.find_text("calibre", findings).unwrap_or_default(),
        required: fields.flag("required", false, findings),
        min: fields.find_as("min", read_decimal, findings),
        max: fields.find_as("max", read_decimal, findings),
        list: fields.find_text("list", findings),
        values: fields.texts("values", findings),
        length: fields.find_as("length", read_whole, findings).unwrap_or(DEFAULT_LENGTH),
        class: fields.find_as("class", Class::read, findings).unwrap_or(default_class(column_type)),
        origin,
        note: fields.find_text("note", findings).unwrap_or_default(),
        example: fields.find_text("example", findings).unwrap_or_default(),
        expected: fields.flag("expected", true, findings) && origin == Origin::Policy,
        closed: fields.flag("closed", false, findings),
        since: fields.find_as("since", read_whole, findings).unwrap_or(1),
        retired: fields.find_as("retired", read_whole, findings),
        party: None,
        line: node.line,
    };
    fields.finish(findings);
    check_column(&column, findings);
    column
}

/// Persons' certificates and phones are personal unless a template says that they are closer still.
fn default_class(column_type: ColumnType) -> Class {
    match column_type {
        ColumnType::CitizenId | ColumnType::Phone => Class::Personal,
        ColumnType::DisabilityCertificate => Class::SensitivePersonal,
        _ => Class::Internal,
    }
}

fn check_column(column: &Column, findings: &mut Findings<'_>) {
    let line = column.line;
    if !is_key(&column.key) {
        findings.record(line, Message::new("catalog-bad-key").with("key", &column.key));
    }
    if column.required && column.origin == Origin::Extension {
        findings.record(line, Message::new("catalog-extension-required").with("column", &column.key));
    }
    let needs_measure = matches!(column.column_type, ColumnType::Amount | ColumnType::Quantity);
    if needs_measure && column.measure.is_none() {
        findings.record(line, Message::new("catalog-no-measure").with("column", &column.key));
    }
    if column.column_type == ColumnType::Amount && column.measure.is_some_and(|measure| measure != Measure::Yuan) {
        findings.record(line, Message::new("catalog-amount-not-yuan").with("column", &column.key));
    }
    let has_codes = column.list.is_some() || !column.values.is_empty();
    if (column.column_type == ColumnType::Code) != has_codes {
        findings.record(line, Message::new("catalog-code-without-list").with("column", &column.key));
    }
    if let (Some(min), Some(max)) = (column.min, column.max)
        && min > max
    {
        findings.record(line, Message::new("catalog-range-empty").with("column", &column.key));
    }
    let is_certificate = matches!(column.column_type, ColumnType::CitizenId | ColumnType::DisabilityCertificate);
    if is_certificate && !column.class.is_personal() {
        findings.record(line, Message::new("catalog-certificate-not-personal").with("column", &column.key));
    }
}

/// A key is a name in SQL: lower case, digits and underscores, beginning with a letter.
pub fn is_key(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_')
}

/// What only the whole kind shows: columns twice, headers twice, keys and rules that name no column.
fn check_kind(kind: &Kind, findings: &mut Findings<'_>) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for column in &kind.columns {
        if seen.insert(&column.key, column.line).is_some() {
            findings.record(column.line, Message::new("catalog-column-twice").with("column", &column.key));
        }
    }
    let mut headers: BTreeMap<&str, &str> = BTreeMap::new();
    for column in &kind.columns {
        for header in column.headers() {
            let Some(other) = headers.insert(header, &column.key) else { continue };
            if other != column.key {
                let message = Message::new("catalog-header-twice").with("header", header);
                findings.record(column.line, message.with("column", &column.key).with("other", other));
            }
        }
    }
    let unknown = |name: &str| !seen.contains_key(name);
    for name in kind.key_columns.iter().filter(|name| unknown(name)) {
        findings.record(kind.line, Message::new("catalog-column-unknown").with("column", name));
    }
    for rule in &kind.rules {
        for name in rule.rule.columns().into_iter().filter(|name| unknown(name)) {
            findings.record(rule.line, Message::new("catalog-column-unknown").with("column", name));
        }
        let extension = rule
            .rule
            .columns()
            .into_iter()
            .find(|name| kind.find_column(name).is_some_and(|column| column.origin == Origin::Extension));
        if let Some(column) = extension
            && rule.severity == Severity::Error
        {
            findings.record(rule.line, Message::new("catalog-extension-blocks").with("column", column));
        }
    }
}
