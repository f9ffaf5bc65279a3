//! A party's entry in a template, expanded into its columns.

use std::collections::BTreeMap;

use super::{DEFAULT_LENGTH, default_class, is_key};
use crate::catalog::names::{Class, Origin};
use crate::catalog::node::{Fields, Findings, Node};
use crate::catalog::template::{Column, Kind, Party, PartyPart};
use crate::messages::{Bilingual, Message};

pub(super) fn read_party(node: &Node, kind: &mut Kind, findings: &mut Findings<'_>) {
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
