//! Templates out: which items, in which version, for whom and when; one workbook a file.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use gongzhi_core::catalog::{Catalog, Frequency, Item, Mode};
use gongzhi_core::cells::narrow;
use gongzhi_core::data_package::{DESCRIPTOR, Naming, Resource, package, table_schema};
use gongzhi_core::intake::place::UnitBook;
use gongzhi_core::intake::{Judge, Refusal};
use gongzhi_core::messages::{Language, Message, Translator};
use gongzhi_core::period::Period;
use gongzhi_core::problems::{ActError, Code, Told};
use gongzhi_core::values::SetMode;
use gongzhi_engine::pending::write_whole;
use gongzhi_engine::template::{TemplateRequest, write_template};

/// What is asked for, as it was written on the command line.
#[derive(Debug, Clone, Default)]
pub struct TemplateOrder {
    /// Items by key, row of Annex 2 or name; `all` for every one that units report.
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

/// What is wrong with an order.
#[derive(Default)]
struct Faults(Vec<Told>);

impl Faults {
    fn record(&mut self, message: &Message) {
        self.add(message.clone().into());
    }

    /// The refusal in the words intake has for it.
    fn record_refusal(&mut self, refusal: &Refusal) {
        self.add(Told { mend: Some(refusal.mend.clone()), ..refusal.message.clone().into() });
    }

    fn add(&mut self, told: Told) {
        if !self.0.contains(&told) {
            self.0.push(told);
        }
    }

    fn end(self) -> Result<(), ActError> {
        if self.0.is_empty() { Ok(()) } else { Err(ActError { code: Code::NotUnderstood, told: self.0 }) }
    }
}

/// Writes the templates asked for, in a language, into a folder and gives their paths. Nothing is written unless the whole order is
/// sound; all that is wrong with it is told at once.
pub fn write_templates(
    order: &TemplateOrder,
    catalog: &Catalog,
    place: (&Path, NaiveDate),
    language: Language,
) -> Result<Vec<PathBuf>, ActError> {
    let (folder, today) = place;
    let mut faults = Faults::default();
    let items = list_items(order, catalog, &mut faults);
    let units = UnitBook::new(catalog);
    let requests: Vec<_> = items
        .iter()
        .map(|item| {
            // A template may be made for a period that has not begun.
            let judge = Judge { catalog, units: &units, item, today: NaiveDate::MAX };
            (*item, request_of(order, &judge, today, &mut faults))
        })
        .collect();
    faults.end()?;
    let (speech, mut paths) = (Translator::new(language), Vec::new());
    for (item, request) in requests {
        let bytes = write_template(item, catalog, &request, &speech)?;
        let path = folder.join(file_name(item, &request));
        write_whole(&path, &bytes).map_err(|error| {
            let message = Message::new("template-not-written").with("path", path.display()).with("why", error);
            ActError::new(Code::Unexpected, message)
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
) -> Result<Vec<PathBuf>, ActError> {
    let mut faults = Faults::default();
    let items = list_items(order, catalog, &mut faults);
    faults.end()?;
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
        write_whole(&path, text.as_bytes()).map_err(|error| {
            let message = Message::new("template-not-written").with("path", path.display()).with("why", error);
            ActError::new(Code::Unexpected, message)
        })?;
        paths.push(path);
    }
    Ok(paths)
}

fn list_items<'a>(order: &TemplateOrder, catalog: &'a Catalog, faults: &mut Faults) -> Vec<&'a Item> {
    let mut items: Vec<&Item> = Vec::new();
    for word in &order.items {
        let found = if word == "all" {
            reported(catalog)
        } else {
            catalog.items.values().filter(|item| item.answers_to(word)).collect()
        };
        if found.is_empty() {
            let hint = nearest(catalog, word).map_or("-", |item| item.key.as_str());
            let message = Message::new("template-item-unknown").with("item", word).with("hint", hint);
            faults.record(&message.with("count", reported(catalog).len()));
        }
        for item in found {
            if !items.iter().any(|other| other.key == item.key) {
                items.push(item);
            }
        }
    }
    items
}

/// The items that units report, those of Annex 2 by their row, then those without a number.
fn reported(catalog: &Catalog) -> Vec<&Item> {
    let mut items: Vec<&Item> = catalog.items.values().filter(|item| !item.is_tax_side()).collect();
    items.sort_by_key(|item| (item.number.is_none(), item.number));
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
    judge: &Judge<'a>,
    today: NaiveDate,
    faults: &mut Faults,
) -> TemplateRequest<'a> {
    let item = judge.item;
    let version = order.version.unwrap_or_else(|| item.version_on(today));
    if !item.versions.iter().any(|known| known.version == version) {
        let known: Vec<_> = item.versions.iter().map(|known| known.version.to_string()).collect();
        let message = Message::new("template-version-unknown").with("item", &item.name.zh).with("version", version);
        faults.record(&message.with("versions", known.join("、")));
    }
    let unit = order.unit.as_deref().and_then(|word| {
        let called = judge.unit_called(word);
        called.map_err(|refusal| faults.record_refusal(&refusal)).ok()
    });
    TemplateRequest {
        version,
        unit,
        period: order.period.as_deref().and_then(|word| find_period(word, item, faults)),
        mode: order.mode.as_deref().and_then(|word| find_mode(word, item, faults)),
        created: today,
    }
}

fn find_period(word: &str, item: &Item, faults: &mut Faults) -> Option<Period> {
    let Some(period) = Period::find_spoken(&narrow(word)) else {
        faults.record(&Message::new("template-period-unreadable").with("period", word));
        return None;
    };
    if item.fits(period) {
        return Some(period);
    }
    let (frequency, example) = match item.period {
        Frequency::Quarter => ("quarter", "2025Q1"),
        Frequency::Year => ("year", "2025"),
        Frequency::Month | Frequency::Event | Frequency::Demand => ("month", "2025-03"),
    };
    let message = Message::new(format!("template-period-wrong-{frequency}")).with("period", word);
    faults.record(&message.with("item", &item.name.zh).with("example", example));
    None
}

fn find_mode(word: &str, item: &Item, faults: &mut Faults) -> Option<SetMode> {
    let Some(mode) = SetMode::find(word).filter(|mode| *mode != SetMode::Unsaid) else {
        faults.record(&Message::new("template-mode-wrong").with("mode", word));
        return None;
    };
    if mode == SetMode::Differential && item.mode != Mode::FullThenDifferential {
        faults.record(&Message::new("template-mode-foreign").with("item", &item.name.zh));
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
