//! Templates out: which items, in which version, for whom and when; one workbook a file.

use std::path::{Path, PathBuf};

use super::data_package::DESCRIPTOR;
use anyhow::{Result, anyhow};
use chrono::NaiveDate;
use gongzhi_core::catalog::{Catalog, Frequency, Item, Mode, Unit};
use gongzhi_core::data_package::{Naming, Resource, package, table_schema};
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;
use gongzhi_engine::template::{TemplateRequest, write_template};

/// What is asked for, as it was written on the command line.
#[derive(Debug, Clone, Default)]
pub struct TemplateOrder {
    /// Items by key, row of Annex 2 or name; `all` for the forty.
    pub items: Vec<String>,
    /// Version; none: the one in force.
    pub version: Option<u32>,
    /// Period.
    pub period: Option<String>,
    /// Unit by key or name.
    pub unit: Option<String>,
    /// `full`, `differential` or `nil`.
    pub mode: Option<String>,
}

/// Writes the templates asked for into a folder and gives their paths. Nothing is written unless the whole order is
/// sound; all that is wrong with it is told at once.
pub fn write_templates(
    order: &TemplateOrder,
    catalog: &Catalog,
    place: (&Path, NaiveDate),
    translator: &Translator,
) -> Result<Vec<PathBuf>> {
    let (folder, today) = place;
    let mut problems = Vec::new();
    let items = list_items(order, catalog, &mut problems);
    let requests: Vec<_> =
        items.iter().map(|item| (*item, request_of(order, catalog, (item, today), &mut problems))).collect();
    if !problems.is_empty() {
        let mut lines: Vec<String> = problems.iter().map(|problem| translator.say(problem)).collect();
        lines.dedup();
        return Err(anyhow!("{}", lines.join("\n")));
    }
    let mut paths = Vec::new();
    for (item, request) in requests {
        let bytes = write_template(item, catalog, &request, translator)
            .map_err(|error| anyhow!("{}", translator.say(&error.message())))?;
        let path = folder.join(file_name(item, &request));
        save(&path, &bytes).map_err(|error| {
            let message = Message::new("template-not-written").with("path", path.display()).with("why", error);
            anyhow!("{}", translator.say(&message))
        })?;
        paths.push(path);
    }
    Ok(paths)
}

/// Writes each item as a data package without data: a table schema a kind, for those who fill in by program.
///
/// # Errors
/// An item is unknown, or the folder can't be written to.
pub fn write_schemas(
    order: &TemplateOrder,
    catalog: &Catalog,
    (folder, today): (&Path, NaiveDate),
    translator: &Translator,
) -> Result<Vec<PathBuf>> {
    let mut problems = Vec::new();
    let items = list_items(order, catalog, &mut problems);
    if !problems.is_empty() {
        let lines: Vec<String> = problems.iter().map(|problem| translator.say(problem)).collect();
        return Err(anyhow!("{}", lines.join("\n")));
    }
    let mut paths = Vec::new();
    for item in items {
        let version = order.version.unwrap_or_else(|| item.version_on(today));
        let resources = item.kinds.iter().filter(|kind| kind.columns_of(version).next().is_some()).map(|kind| {
            let key = format!("{}.{}", item.key, kind.key);
            let resource = Resource {
                path: format!("{key}.csv"),
                kind: Some(key),
                unit: order.unit.clone(),
                period: order.period.clone(),
                mode: order.mode.clone(),
            };
            resource.to_json("csv", table_schema(catalog, kind, kind.columns_of(version), Naming::Headers))
        });
        let descriptor = package(&item.key, &item.name.zh, resources.collect());
        let text = serde_json::to_string_pretty(&descriptor)? + "\n";
        let path = folder.join(format!("{}.{DESCRIPTOR}", item.key));
        save(&path, text.as_bytes()).map_err(|error| {
            let message = Message::new("template-not-written").with("path", path.display()).with("why", error);
            anyhow!("{}", translator.say(&message))
        })?;
        paths.push(path);
    }
    Ok(paths)
}

fn list_items<'a>(order: &TemplateOrder, catalog: &'a Catalog, problems: &mut Vec<Message>) -> Vec<&'a Item> {
    let mut items: Vec<&Item> = Vec::new();
    for word in &order.items {
        let found: Vec<&Item> = if word == "all" {
            let mut forty: Vec<&Item> = catalog.items.values().filter(|item| item.number.is_some()).collect();
            forty.sort_by_key(|item| item.number);
            forty
        } else {
            catalog.items.values().filter(|item| item.answers_to(word)).collect()
        };
        if found.is_empty() {
            let hint = nearest(catalog, word).map_or("-", |item| item.key.as_str());
            problems.push(Message::new("template-item-unknown").with("item", word).with("hint", hint));
        }
        for item in found {
            if !items.iter().any(|other| other.key == item.key) {
                items.push(item);
            }
        }
    }
    items
}

/// The item whose key or name shares most signs with the word.
fn nearest<'a>(catalog: &'a Catalog, word: &str) -> Option<&'a Item> {
    let shared = |text: &str| word.chars().filter(|sign| text.contains(*sign)).count();
    let likeness = |item: &Item| {
        let part = if item.key.contains(word) || item.name.zh.contains(word) { 100 } else { 0 };
        part + shared(&item.name.zh) * 3 + shared(&item.key)
    };
    catalog.items.values().max_by_key(|item| likeness(item))
}

fn request_of<'a>(
    order: &TemplateOrder,
    catalog: &'a Catalog,
    subject: (&Item, NaiveDate),
    problems: &mut Vec<Message>,
) -> TemplateRequest<'a> {
    let (item, today) = subject;
    let version = order.version.unwrap_or_else(|| item.version_on(today));
    if !item.versions.iter().any(|known| known.version == version) {
        let known: Vec<_> = item.versions.iter().map(|known| known.version.to_string()).collect();
        let message = Message::new("template-version-unknown").with("item", &item.name.zh).with("version", version);
        problems.push(message.with("versions", known.join("、")));
    }
    TemplateRequest {
        version,
        unit: order.unit.as_deref().and_then(|word| find_unit(word, item, catalog, problems)),
        period: order.period.as_deref().and_then(|word| find_period(word, item, problems)),
        mode: order.mode.as_deref().and_then(|word| find_mode(word, item, problems)),
        created: today,
    }
}

fn find_unit<'a>(word: &str, item: &Item, catalog: &'a Catalog, problems: &mut Vec<Message>) -> Option<&'a Unit> {
    let reporters: Vec<&Unit> = catalog.units.values().filter(|unit| reports(unit, item)).collect();
    let names: Vec<_> = reporters.iter().map(|unit| format!("{}（{}）", unit.name.zh, unit.key)).collect();
    let refuse = |key: &'static str| {
        Message::new(key).with("unit", word).with("item", &item.name.zh).with("units", names.join("、"))
    };
    let Some(unit) = catalog.find_unit(word) else {
        problems.push(refuse("template-unit-unknown"));
        return None;
    };
    if !reports(unit, item) {
        problems.push(refuse("template-unit-foreign"));
        return None;
    }
    Some(unit)
}

fn reports(unit: &Unit, item: &Item) -> bool {
    unit.key == item.provider || unit.group.as_ref() == Some(&item.provider)
}

fn find_period(word: &str, item: &Item, problems: &mut Vec<Message>) -> Option<Period> {
    let Some(period) = Period::find_spoken(word) else {
        problems.push(Message::new("template-period-unreadable").with("period", word));
        return None;
    };
    let (frequency, example) = match (item.period, period) {
        (Frequency::Month | Frequency::Event, Period::Month(..))
        | (Frequency::Quarter, Period::Quarter(..))
        | (Frequency::Year, Period::Year(..))
        | (Frequency::Demand, _) => return Some(period),
        (Frequency::Quarter, _) => ("quarter", "2025Q1"),
        (Frequency::Year, _) => ("year", "2025"),
        _ => ("month", "2025-03"),
    };
    let message = Message::new(format!("template-period-wrong-{frequency}")).with("period", word);
    problems.push(message.with("item", &item.name.zh).with("example", example));
    None
}

fn find_mode(word: &str, item: &Item, problems: &mut Vec<Message>) -> Option<SetMode> {
    let Some(mode) = SetMode::find(word) else {
        problems.push(Message::new("template-mode-wrong").with("mode", word));
        return None;
    };
    if mode == SetMode::Differential && item.mode != Mode::FullThenDifferential {
        problems.push(Message::new("template-mode-foreign").with("item", &item.name.zh));
    }
    Some(mode)
}

/// `15_土地…信息_自然资源局_2025-03.xlsx`: sorted by row of Annex 2, and telling unit and period by itself.
fn file_name(item: &Item, request: &TemplateRequest<'_>) -> String {
    let mut parts = vec![item.number.map_or_else(|| item.key.clone(), |number| format!("{number:02}"))];
    parts.push(item.name.zh.clone());
    parts.extend(request.unit.map(|unit| unit.name.zh.clone()));
    parts.extend(request.period.map(|period| period.to_string()));
    let name: String =
        parts.join("_").chars().map(|sign| if "/\\:*?\"<>|".contains(sign) { '-' } else { sign }).collect();
    format!("{name}.xlsx")
}

fn save(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}
