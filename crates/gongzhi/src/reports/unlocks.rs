//! What could not be compared, and what would unlock it: the column or the unit, the table of the tax side, the figure or
//! the decision that is missing.

use std::collections::BTreeSet;

use gongzhi_core::catalog::{Catalog, Item, Kind};
use gongzhi_core::messages::{Bilingual, Message};
use gongzhi_core::models::{Model, Models};
use gongzhi_engine::model_run::ModelReport;

/// Rows of a model that could not be compared for one reason.
#[derive(Debug, Clone)]
pub struct Locked {
    /// Name of the model.
    pub model: Bilingual,
    /// Rows; none where the model did not run at all.
    pub rows: Option<u64>,
    /// What would unlock them.
    pub unlock: Unlock,
}

/// What would unlock rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unlock {
    /// These units fill this column of these items.
    Fill {
        /// What the column is called, where the catalogue knows.
        column: Option<Bilingual>,
        /// Its key.
        key: String,
        /// It stands in the sheets; else it is worked out from what does.
        is_column: bool,
        /// Units and item, a pair an item.
        sources: Vec<(Vec<Bilingual>, Bilingual)>,
    },
    /// The tax bureau loads a table that covers the days.
    Load {
        /// The table.
        table: Bilingual,
        /// Tax kinds needed; empty: all.
        tax_kinds: Vec<Bilingual>,
    },
    /// A unit delivers an item.
    Deliver {
        /// Units.
        units: Vec<Bilingual>,
        /// Item.
        item: Bilingual,
    },
    /// People decide on the queue of identities.
    Decide,
    /// A figure is set.
    SetFigure {
        /// Key of the parameter.
        key: String,
        /// Its name.
        name: Bilingual,
    },
    /// The taxpayer registers, or the register is loaded whole.
    Register,
    /// Somebody looks at the rows: the formula came to no amount.
    LookAtRows,
    /// What the model says itself.
    Stopped(Message),
    /// A reason of a model's own.
    Other(Bilingual),
}

/// Where the words are looked up.
pub struct Unlocks<'a> {
    /// Catalogue.
    pub catalog: &'a Catalog,
    /// Models.
    pub models: &'a Models,
}

impl Unlocks<'_> {
    /// What a model could not compare, most rows first.
    pub fn of(&self, report: &ModelReport) -> Vec<Locked> {
        let model = self.models.models.get(&report.model);
        let name = model.map_or_else(|| plain(&report.model), |model| model.name.clone());
        let stopped = report.stopped.iter();
        let stopped =
            stopped.map(|why| Locked { model: name.clone(), rows: None, unlock: Unlock::Stopped(why.clone()) });
        let mut reasons: Vec<(&str, u64)> = report
            .outcomes
            .iter()
            .filter_map(|(outcome, rows)| Some((outcome.strip_prefix("not_comparable:")?, *rows)))
            .collect();
        reasons.sort_by_key(|(reason, rows)| (std::cmp::Reverse(*rows), *reason));
        let locked = reasons.into_iter().map(|(reason, rows)| Locked {
            model: name.clone(),
            rows: Some(rows),
            unlock: self.unlock(model, reason),
        });
        stopped.chain(locked).collect()
    }

    fn unlock(&self, model: Option<&Model>, reason: &str) -> Unlock {
        let (word, detail) = reason.split_once(':').unwrap_or((reason, ""));
        match word {
            "missing" => self.fill(model, detail),
            "coverage" => Unlock::Load {
                table: self.item_name(detail),
                tax_kinds: model.map(|model| self.tax_kinds(model, detail)).unwrap_or_default(),
            },
            "not_delivered" => {
                let item = self.catalog.items.get(detail);
                Unlock::Deliver {
                    units: item.map(|item| self.units_of(item)).unwrap_or_default(),
                    item: self.item_name(detail),
                }
            }
            "identity" => Unlock::Decide,
            "no_parameter" => {
                let name = self.catalog.parameters.get(detail).map(|parameter| parameter.name.clone());
                Unlock::SetFigure { key: detail.to_owned(), name: name.unwrap_or_else(|| plain(detail)) }
            }
            "not_registered" | "seat" => Unlock::Register,
            "formula" | "too_large" => Unlock::LookAtRows,
            _ => {
                let label = model.and_then(|model| fact_label(model, reason));
                Unlock::Other(label.unwrap_or_else(|| plain(reason)))
            }
        }
    }

    /// The kinds a model reads that have the column say who fills it. A fact that is no column of any is worked out from
    /// what the model reads of departments: these are named instead.
    fn fill(&self, model: Option<&Model>, key: &str) -> Unlock {
        let kinds = model.map(|model| self.kinds_read(model)).unwrap_or_default();
        let column = kinds.iter().find_map(|(_, kind)| kind.find_column(key)).map(|column| column.name.clone());
        let has = |kind: &Kind| column.is_none() || kind.find_column(key).is_some();
        let mut seen = BTreeSet::new();
        let mut sources: Vec<(Vec<Bilingual>, Bilingual)> = Vec::new();
        for (item, kind) in &kinds {
            let is_asked = column.is_some() || !item.is_tax_side();
            if has(kind) && is_asked && seen.insert(item.key.as_str()) {
                sources.push((self.units_of(item), item.name.clone()));
            }
        }
        let label = model.and_then(|model| fact_label(model, key));
        Unlock::Fill { is_column: column.is_some(), column: column.or(label), key: key.to_owned(), sources }
    }

    /// The kinds behind the views that a model reads, those of shared views too.
    fn kinds_read(&self, model: &Model) -> Vec<(&Item, &Kind)> {
        let mut kinds = Vec::new();
        for view in &model.reads {
            if let Some(found) = self.catalog.find_view(view) {
                kinds.push(found);
            } else if let Some(sql) = self.models.views.get(view) {
                let words: BTreeSet<&str> =
                    sql.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_')).collect();
                kinds.extend(words.into_iter().filter_map(|word| self.catalog.find_view(word)));
            }
        }
        kinds
    }

    fn tax_kinds(&self, model: &Model, table: &str) -> Vec<Bilingual> {
        let needs = model.coverage.iter().filter(|need| need.table == table);
        let codes: BTreeSet<&String> = needs.flat_map(|need| &need.tax_kinds).collect();
        let list = self.catalog.lists.get("tax_kind");
        let name = |code: &String| {
            let entry = list.into_iter().flat_map(|list| &list.entries).find(|entry| entry.code == *code);
            entry.map_or_else(|| plain(code), |entry| entry.name.clone())
        };
        codes.into_iter().map(name).collect()
    }

    fn item_name(&self, key: &str) -> Bilingual {
        self.catalog.items.get(key).map_or_else(|| plain(key), |item| item.name.clone())
    }

    fn units_of(&self, item: &Item) -> Vec<Bilingual> {
        self.catalog.units_of(item).map(|unit| unit.name.clone()).collect()
    }
}

/// What people call a fact, a step, or a reason of the model's own.
fn fact_label(model: &Model, key: &str) -> Option<Bilingual> {
    model.facts.iter().chain(&model.labels).find(|(name, _)| name == key).map(|(_, label)| label.clone())
}

fn plain(text: &str) -> Bilingual {
    Bilingual { zh: text.to_owned(), en: String::new() }
}

#[cfg(test)]
#[path = "unlocks_tests.rs"]
mod tests;
