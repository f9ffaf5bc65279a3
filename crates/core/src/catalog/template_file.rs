//! Reads a template's YAML into an [`Item`], expanding parties into columns and checking what one file can show alone.

use std::collections::BTreeMap;

use super::names::{Class, ColumnType, Frequency, Mark, Measure, Mode, Origin, Severity, Sharing};
use super::node::{Fields, Findings, Node, Value, read_day, read_decimal, read_whole, scalar};
use super::template::{Column, DueAfter, DueRule, Item, Kind, Party, PartyPart, RowRule, Rule, Version};
use crate::messages::{Bilingual, Message};

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

fn read_party(node: &Node, kind: &mut Kind, findings: &mut Findings<'_>) {
    let mut fields = Fields::of(node, findings);
    let key = fields.get_text("party", findings);
    let name =
        Bilingual { zh: fields.get_text("zh", findings), en: fields.find_text("en", findings).unwrap_or_default() };
    let person = fields.flag("person", false, findings);
    let codes = fields.texts("codes", findings);
    let mut parts = vec![PartyPart::Name, PartyPart::Uscc];
    for code in &codes {
        match code.as_str() {
            "uscc" => {}
            "organisation_code" => parts.push(PartyPart::OrganisationCode),
            "registration_number" => parts.push(PartyPart::RegistrationNumber),
            _ => {
                let message = Message::new("catalog-bad-value").with("key", "codes").with("value", code);
                findings.record(node.line, message.with("expected", "uscc | organisation_code | registration_number"));
            }
        }
    }
    if person {
        parts.push(PartyPart::CitizenId);
    }
    let group = read_group(&mut fields, codes.is_empty(), findings);
    let columns: Vec<Column> = parts
        .iter()
        .map(|part| party_column(&key, &name, *part, &group))
        .map(|mut column| {
            column.line = node.line;
            column
        })
        .collect();
    fields.finish(findings);
    if !is_key(&key) {
        findings.record(node.line, Message::new("catalog-bad-key").with("key", &key));
    }
    kind.columns.extend(columns);
    kind.parties.push(Party { key, name, person });
}

/// What a party's file entry says about its columns together and one by one.
struct Group {
    required: bool,
    origin: Origin,
    uscc_origin: Origin,
    class: Class,
    note: String,
    headers: BTreeMap<PartyPart, String>,
    aliases: BTreeMap<PartyPart, Vec<String>>,
}

fn read_group(fields: &mut Fields<'_>, no_codes: bool, findings: &mut Findings<'_>) -> Group {
    let origin = fields.find_as("origin", Origin::read, findings).unwrap_or(Origin::Policy);
    let mut headers = BTreeMap::new();
    let mut aliases = BTreeMap::new();
    let overrides = [
        (PartyPart::Name, "name_zh", "aliases"),
        (PartyPart::Uscc, "uscc_zh", "uscc_aliases"),
        (PartyPart::OrganisationCode, "organisation_code_zh", "organisation_code_aliases"),
        (PartyPart::RegistrationNumber, "registration_number_zh", "registration_number_aliases"),
        (PartyPart::CitizenId, "citizen_id_zh", "citizen_id_aliases"),
    ];
    for (part, header, other_spellings) in overrides {
        if let Some(text) = fields.find_text(header, findings) {
            headers.insert(part, text);
        }
        aliases.insert(part, fields.texts(other_spellings, findings));
    }
    let uscc_default = if no_codes { Origin::Extension } else { origin };
    Group {
        required: fields.flag("required", false, findings),
        origin,
        uscc_origin: fields.find_as("uscc_origin", Origin::read, findings).unwrap_or(uscc_default),
        class: fields.find_as("class", Class::read, findings).unwrap_or(Class::Internal),
        note: fields.find_text("note", findings).unwrap_or_default(),
        headers,
        aliases,
    }
}

fn party_column(key: &str, name: &Bilingual, part: PartyPart, group: &Group) -> Column {
    let (zh, en) = part.header();
    let header = group.headers.get(&part).cloned().unwrap_or_else(|| format!("{}{zh}", name.zh));
    let origin = match part {
        PartyPart::Uscc => group.uscc_origin,
        PartyPart::CitizenId if !group.headers.contains_key(&part) => Origin::Extension,
        _ => group.origin,
    };
    let column_type = part.column_type();
    Column {
        key: format!("{key}_{}", part.suffix()),
        name: Bilingual { zh: header, en: if name.en.is_empty() { String::new() } else { format!("{}{en}", name.en) } },
        aliases: group.aliases.get(&part).cloned().unwrap_or_default(),
        column_type,
        measure: None,
        calibre: String::new(),
        required: part == PartyPart::Name && group.required,
        min: None,
        max: None,
        list: None,
        values: Vec::new(),
        length: DEFAULT_LENGTH,
        class: group.class.max(default_class(column_type)),
        origin,
        note: if part == PartyPart::Name { group.note.clone() } else { String::new() },
        example: String::new(),
        // Of several codes one is enough: the name alone counts in completeness, and the code preferred.
        expected: origin == Origin::Policy && matches!(part, PartyPart::Name | PartyPart::Uscc),
        closed: false,
        since: 1,
        retired: None,
        party: Some((key.to_owned(), part)),
        line: 0,
    }
}

fn read_rule(node: &Node, findings: &mut Findings<'_>) -> Option<RowRule> {
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
