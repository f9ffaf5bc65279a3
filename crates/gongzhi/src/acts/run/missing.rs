//! Columns that sheets lack without being blocked: one line an item, with what the columns would unlock.

use std::collections::{BTreeMap, BTreeSet};

use gongzhi_core::catalog::{Catalog, Item, Kind, Severity};
use gongzhi_core::intake::mapping::MISSING_COLUMN;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::models::{Model, Models};
use gongzhi_core::reports::FileReport;

/// Models named in a line.
const MOST_MODELS: usize = 4;

/// What a kind's sheets lack.
#[derive(Default)]
struct Lack {
    headers: BTreeSet<String>,
    sheets: u64,
}

/// A line for each item whose sheets lack columns that some model asks for.
pub fn notes<'r>(
    reports: impl Iterator<Item = &'r FileReport>,
    (catalog, models): (&Catalog, &Models),
    say: &Translator,
) -> Vec<Message> {
    let mut lacks: BTreeMap<String, Lack> = BTreeMap::new();
    for report in reports {
        for issue in &report.issues {
            let is_told = issue.rule == MISSING_COLUMN && issue.severity == Severity::Warning;
            let Some(kind) = Some(issue).filter(|_| is_told).and_then(|issue| kind_of(report, &issue.sheet)) else {
                continue;
            };
            let lack = lacks.entry(kind).or_default();
            lack.sheets += 1;
            let headers = issue.value.split('、').filter(|header| !header.is_empty());
            lack.headers.extend(headers.map(str::to_owned));
        }
    }
    let mut lines: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>, u64)> = BTreeMap::new();
    for (key, lack) in lacks {
        let Some((item, kind)) = catalog.find_kind(&key) else { continue };
        for header in &lack.headers {
            let names = models_reading(models, (item, kind), header, say);
            if !names.is_empty() {
                let line = lines.entry(item.name.get(say.language()).to_owned()).or_default();
                line.0.insert(header.clone());
                line.1.extend(names);
                line.2 = line.2.max(lack.sheets);
            }
        }
    }
    let line = |(item, (headers, names, sheets)): (String, (BTreeSet<String>, BTreeSet<String>, u64))| {
        let shown = |texts: BTreeSet<String>| texts.into_iter().take(MOST_MODELS).collect::<Vec<_>>().join("、");
        Message::new("run-columns-missing")
            .with("item", item)
            .with("sheets", sheets)
            .with("headers", headers.into_iter().collect::<Vec<_>>().join("、"))
            .with("models", shown(names))
    };
    lines.into_iter().map(line).collect()
}

fn kind_of(report: &FileReport, sheet: &str) -> Option<String> {
    let found = report.sheets.iter().find(|known| known.sheet == sheet)?;
    Some(format!("{}.{}", found.item, found.kind))
}

/// Names of the models that read a kind and ask for the column of this header.
fn models_reading(models: &Models, (item, kind): (&Item, &Kind), header: &str, say: &Translator) -> Vec<String> {
    let Some(column) = kind.columns.iter().find(|column| column.name.zh == header) else { return Vec::new() };
    let view = item.view_of(kind);
    let reads =
        |model: &&Model| model.reads.iter().any(|read| read.starts_with(&view)) && names(&model.sql, &column.key);
    models.models.values().filter(reads).map(|model| model.name.get(say.language()).to_owned()).collect()
}

/// Whether a query names a column.
fn names(sql: &str, column: &str) -> bool {
    sql.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_')).any(|word| word == column)
}
