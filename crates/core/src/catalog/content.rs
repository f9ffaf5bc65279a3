//! The smaller sorts of content: units, code lists, calendars, laws and parameters.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::names::Certainty;
use super::node::{Fields, Findings, Node, bilingual, read_day, read_decimal, scalar};
use crate::messages::{Bilingual, Message};

/// No feast is longer: a range of years is a slip of the pen.
const MOST_DAYS_OFF: i64 = 30;

/// A department, a township, or another body that takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Key: the file's stem; a township's is its division code.
    pub key: String,
    /// Name.
    pub name: Bilingual,
    /// Other names offices write.
    pub aliases: Vec<String>,
    /// Member of the leading group (Annex 1).
    pub member: bool,
    /// Reports items of Annex 2.
    pub reports: bool,
    /// Group an item's provider may name (`townships`).
    pub group: Option<String>,
    /// The unit this is only a second key of.
    pub unit: Option<String>,
    /// Division code.
    pub region: String,
}

/// A list of codes with their names and dates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeList {
    /// Entries in the order of the file.
    pub entries: Vec<CodeEntry>,
}

/// One code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeEntry {
    /// Code.
    pub code: String,
    /// Name.
    pub name: Bilingual,
    /// First day it holds.
    pub from: Option<NaiveDate>,
    /// Last day it holds.
    pub to: Option<NaiveDate>,
    /// Other spellings of the name.
    pub aliases: Vec<String>,
}

impl CodeList {
    /// The entry with this code, name or alias.
    pub fn find(&self, text: &str) -> Option<&CodeEntry> {
        self.entries.iter().find(|entry| {
            entry.code == text || entry.name.zh == text || entry.aliases.iter().any(|alias| alias == text)
        })
    }
}

/// The days off and the weekend days worked in a year, by the State Council's notice; the last filing day of each month,
/// by the notice of the State Taxation Administration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalendarYear {
    /// Whether the notice is out; else weekends and fixed holidays stand in, and every deadline says so.
    pub published: bool,
    /// The notice.
    pub reference: String,
    /// Days off that are not plain weekends, or are.
    pub holidays: BTreeSet<NaiveDate>,
    /// Weekend days that are worked.
    pub workdays: BTreeSet<NaiveDate>,
    /// By month, the last day to file what is due within 15 days after a month, where it is published.
    pub filing_days: BTreeMap<u32, NaiveDate>,
    /// The notice of the filing days.
    pub filing_reference: String,
}

/// The days off that a region has besides those of the whole country: `days_off/<division code>.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DaysOff {
    /// Name of the region.
    pub name: Bilingual,
    /// Every day off.
    pub days: BTreeSet<NaiveDate>,
}

/// A law, regulation or notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Law {
    /// Key: the file's stem.
    pub key: String,
    /// Title.
    pub name: Bilingual,
    /// Number of the document.
    pub number: String,
    /// First day in force.
    pub in_force_from: Option<NaiveDate>,
    /// Last day in force.
    pub in_force_to: Option<NaiveDate>,
    /// Keys of laws it took the place of.
    pub replaces: Vec<String>,
}

/// A number of law, or a threshold, by date, region and class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Key: `<group>/<stem>`.
    pub key: String,
    /// Name.
    pub name: Bilingual,
    /// What it is measured in (`ratio`, `yuan`, `days`, …).
    pub measure: String,
    /// A county must set it.
    pub local: bool,
    /// What people call classes that are codes of no list.
    pub classes: BTreeMap<String, Bilingual>,
    /// Values, in the order of the file.
    pub values: Vec<ParameterValue>,
}

/// One value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterValue {
    /// First day it holds.
    pub from: NaiveDate,
    /// Last day it holds.
    pub to: Option<NaiveDate>,
    /// Division code; `00` is the country.
    pub region: String,
    /// Class within the parameter (a land grade, a pollutant); empty: any.
    pub class: String,
    /// The value.
    pub value: Decimal,
    /// How sure it is.
    pub certainty: Certainty,
    /// Where it stands.
    pub reference: String,
    /// Key of the law it stands in, where that is one of the catalogue's.
    pub law: Option<String>,
    /// Line of its file.
    pub line: usize,
}

impl Parameter {
    /// The value for a region (or the nearest parent that has one), a class and a day.
    pub fn find(&self, region: &str, class: &str, day: NaiveDate) -> Option<&ParameterValue> {
        let holds = |value: &&ParameterValue| {
            value.from <= day && value.to.is_none_or(|to| day <= to) && (value.class.is_empty() || value.class == class)
        };
        let of = |code: &str| {
            let mut here = self.values.iter().filter(holds).filter(|value| value.region == code).collect::<Vec<_>>();
            here.sort_by_key(|value| (!value.class.is_empty(), value.from));
            here.pop()
        };
        region_with_parents(region).into_iter().find_map(of)
    }
}

/// A division code and its parents, nearest first, ending with the country: `652323` → `6523` → `65` → `00`.
pub fn region_with_parents(region: &str) -> Vec<&str> {
    let mut chain: Vec<&str> = vec![region];
    for length in [9, 6, 4, 2] {
        if let Some(parent) = region.get(..length)
            && length < region.len()
        {
            chain.push(parent);
        }
    }
    chain.push("00");
    chain
}

/// Reads a unit.
pub fn read_unit(key: &str, node: &Node, findings: &mut Findings<'_>) -> Unit {
    let mut fields = Fields::of(node, findings);
    let unit = Unit {
        key: key.to_owned(),
        name: fields.get_bilingual("name", findings),
        aliases: fields.texts("aliases", findings),
        member: fields.flag("member", false, findings),
        reports: fields.flag("reports", false, findings),
        group: fields.find_text("group", findings),
        unit: fields.find_text("unit", findings),
        region: fields.get_text("region", findings),
    };
    fields.finish(findings);
    unit
}

/// Reads a law.
pub fn read_law(key: &str, node: &Node, findings: &mut Findings<'_>) -> Law {
    let mut fields = Fields::of(node, findings);
    let law = Law {
        key: key.to_owned(),
        name: fields.get_bilingual("name", findings),
        number: fields.find_text("number", findings).unwrap_or_default(),
        in_force_from: fields.find_as("in_force_from", read_day, findings),
        in_force_to: fields.find_as("in_force_to", read_day, findings),
        replaces: fields.texts("replaces", findings),
    };
    fields.finish(findings);
    law
}

/// Reads a parameter; values of one region and class must not overlap.
pub fn read_parameter(key: &str, node: &Node, findings: &mut Findings<'_>) -> Parameter {
    let mut fields = Fields::of(node, findings);
    let mut parameter = Parameter {
        key: key.to_owned(),
        name: fields.get_bilingual("name", findings),
        measure: fields.get_text("measure", findings),
        local: fields.flag("local", false, findings),
        classes: BTreeMap::new(),
        values: Vec::new(),
    };
    for (class, node) in fields.entries("classes", findings) {
        parameter.classes.insert(class.clone(), bilingual(node, findings));
    }
    for node in fields.list("values", findings) {
        let Some(value) = read_parameter_value(node, findings) else { continue };
        let overlaps = |other: &ParameterValue| {
            other.region == value.region
                && other.class == value.class
                && other.to.is_none_or(|to| to >= value.from)
                && value.to.is_none_or(|to| to >= other.from)
        };
        if parameter.values.iter().any(overlaps) {
            findings.record(node.line, Message::new("catalog-values-overlap"));
        }
        parameter.values.push(value);
    }
    if parameter.values.is_empty() && !parameter.local {
        findings.record(fields.line(), Message::new("catalog-no-value"));
    }
    fields.finish(findings);
    parameter
}

fn read_parameter_value(node: &Node, findings: &mut Findings<'_>) -> Option<ParameterValue> {
    let mut fields = Fields::of(node, findings);
    let from = fields.get_as("from", read_day, findings);
    let value = fields.get_as("value", read_decimal, findings);
    let certainty = fields.get_as("certainty", Certainty::read, findings);
    let to = fields.find_as("to", read_day, findings);
    let read = ParameterValue {
        from: from?,
        to,
        region: fields.find_text("region", findings).unwrap_or_else(|| "00".to_owned()),
        class: fields.find_text("class", findings).unwrap_or_default(),
        value: value?,
        certainty: certainty?,
        reference: fields.get_text("reference", findings),
        law: fields.find_text("law", findings),
        line: node.line,
    };
    fields.find_text("note", findings);
    fields.finish(findings);
    if read.to.is_some_and(|to| to < read.from) {
        findings.record(node.line, Message::new("catalog-range-empty").with("column", "from, to"));
    }
    Some(read)
}

/// Reads a calendar year.
pub fn read_calendar(node: &Node, findings: &mut Findings<'_>) -> CalendarYear {
    let mut fields = Fields::of(node, findings);
    let published = fields.flag("published", true, findings);
    let reference = fields.get_text("reference", findings);
    let mut days = |key: &'static str, findings: &mut Findings<'_>| -> BTreeSet<NaiveDate> {
        let mut set = BTreeSet::new();
        for text in fields.texts(key, findings) {
            match read_day(&text) {
                Ok(day) => {
                    set.insert(day);
                }
                Err(expected) => {
                    let message = Message::new("catalog-bad-value").with("key", key).with("value", &text);
                    findings.record(node.line, message.with("expected", expected));
                }
            }
        }
        set
    };
    let (holidays, workdays) = (days("holidays", findings), days("workdays", findings));
    let filing_days = read_filing_days(&mut fields, findings);
    let filing_reference = fields.find_text("filing_reference", findings).unwrap_or_default();
    if fields.find("filing_days").is_some() {
        fields.demand("filing_reference", findings);
        fields.get_as("filing_certainty", Certainty::read, findings);
    }
    fields.finish(findings);
    CalendarYear { published, reference, holidays, workdays, filing_days, filing_reference }
}

/// `{1: 2026-01-20, 2: 2026-02-24, …}`: each day lies in its month.
fn read_filing_days(fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> BTreeMap<u32, NaiveDate> {
    let mut days = BTreeMap::new();
    for (month, node) in fields.entries("filing_days", findings) {
        let Some(text) = scalar(node, findings) else { continue };
        match (month.parse::<u32>(), read_day(text)) {
            (Ok(month), Ok(day)) if day.month() == month => {
                days.insert(month, day);
            }
            _ => {
                let value = format!("{month}: {text}");
                let message = Message::new("catalog-bad-value").with("key", "filing_days").with("value", value);
                findings.record(node.line, message.with("expected", "1: YYYY-01-DD"));
            }
        }
    }
    days
}

/// Reads the days off of a region.
pub fn read_days_off(node: &Node, findings: &mut Findings<'_>) -> DaysOff {
    let mut fields = Fields::of(node, findings);
    let mut read = DaysOff { name: fields.get_bilingual("name", findings), days: BTreeSet::new() };
    for node in fields.list("days", findings) {
        let mut each = Fields::of(node, findings);
        let from = each.get_as("from", read_day, findings);
        let to = each.find_as("to", read_day, findings).or(from);
        each.get_bilingual("name", findings);
        each.get_as("certainty", Certainty::read, findings);
        each.get_text("reference", findings);
        each.finish(findings);
        let (Some(from), Some(to)) = (from, to) else { continue };
        if to < from || (to - from).num_days() > MOST_DAYS_OFF {
            findings.record(node.line, Message::new("catalog-range-empty").with("column", "from, to"));
            continue;
        }
        read.days.extend(from.iter_days().take_while(|day| *day <= to));
    }
    fields.demand("days", findings);
    fields.finish(findings);
    read
}

/// Reads a code list's CSV: `code,name,name_en,from,to,aliases`, the last four optional.
pub fn read_code_list(text: &str, findings: &mut Findings<'_>) -> CodeList {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let known = ["code", "name", "name_en", "from", "to", "aliases"];
    let columns = reader.headers().cloned().unwrap_or_default();
    for name in columns.iter().filter(|name| !known.contains(name)) {
        let message = Message::new("catalog-key-unknown").with("key", name).with("hint", "-");
        findings.record(1, message.with("known", known.join(" ")));
    }
    let places = known.map(|key| columns.iter().enumerate().filter(|(_, name)| *name == key).last().map(|(at, _)| at));
    let mut list = CodeList::default();
    let mut seen = HashSet::new();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                let message = Message::new("catalog-yaml-unreadable").with("why", &error);
                findings.record(usize::try_from(line).unwrap_or(1), message);
                continue;
            }
        }
        let line = record.position().map_or(1, |position| usize::try_from(position.line()).unwrap_or(1));
        let cells = places.map(|place| place.and_then(|at| record.get(at)).unwrap_or_default());
        let entry = read_code_entry(cells, line, findings);
        if !seen.insert((entry.code.clone(), entry.from)) {
            findings.record(line, Message::new("catalog-key-twice").with("key", &entry.code));
        }
        list.entries.push(entry);
    }
    if list.entries.is_empty() {
        findings.record(1, Message::new("catalog-list-empty"));
    }
    list
}

/// An entry of its cells: code, name, English name, first and last day, aliases.
fn read_code_entry(
    [code, name, name_en, from, to, aliases]: [&str; 6],
    line: usize,
    findings: &mut Findings<'_>,
) -> CodeEntry {
    let mut day = |key: &str, written: &str| match written {
        "" => None,
        written => read_day(written)
            .map_err(|expected| {
                let message = Message::new("catalog-bad-value").with("key", key).with("value", written);
                findings.record(line, message.with("expected", expected));
            })
            .ok(),
    };
    let (from, to) = (day("from", from), day("to", to));
    if code.is_empty() || name.is_empty() {
        findings.record(line, Message::new("catalog-key-empty").with("key", "code, name"));
    }
    let aliases = aliases.split(';').map(str::trim).filter(|alias| !alias.is_empty()).map(str::to_owned).collect();
    let name = Bilingual { zh: name.to_owned(), en: name_en.to_owned() };
    CodeEntry { code: code.to_owned(), name, from, to, aliases }
}
