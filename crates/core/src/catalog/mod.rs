//! The catalogue: what must be reported, what the law says, what to look for, compiled from content.
//!
//! [`Catalog::compile`] is given the files as text and gives back what they mean and *all* problems in them. It is the
//! compiler behind `gongzhi check`, and the same compiled set serves intake, templates, models and the demonstration
//! county. The shapes of the files are described in `docs/guide/catalog.md`.

mod content;
mod cross_check;
mod measures;
pub mod names;
pub mod node;
mod template;
mod template_file;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use hmac::digest::Digest;

pub use content::{
    CalendarYear, CodeEntry, CodeList, DaysOff, Law, Parameter, ParameterValue, Unit, region_with_parents,
};
pub use measures::{Measure, plain_sign};
pub use names::{Certainty, Class, ColumnType, Frequency, Mark, Mode, Origin, Severity, Sharing};
pub use node::Problem;
pub use template::{Column, DueAfter, DueRule, Item, Kind, Party, PartyPart, RowRule, Rule, TAX_SIDE, Version};

use crate::messages::{Bilingual, Message};
use node::Findings;

/// Behind the name of a kind's view: not what holds, but what each period said of its keys.
pub const BY_PERIOD: &str = "_by_period";

/// Behind the name of a kind's view: everything that was ever reported, whether or not later lists still name it.
pub const EVER: &str = "_ever";

/// One file of the catalogue.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path below the catalogue's folder, with `/`.
    pub path: String,
    /// Content. U+FFFD stands where the file's bytes were not UTF-8; the compiler refuses such a file by name.
    pub text: String,
}

/// The compiled catalogue.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Items and tax-side tables by key.
    pub items: BTreeMap<String, Item>,
    /// Units by key.
    pub units: BTreeMap<String, Unit>,
    /// Code lists by key.
    pub lists: BTreeMap<String, CodeList>,
    /// Working-day calendars by year.
    pub calendar: BTreeMap<i32, CalendarYear>,
    /// Days off that only a region has, by division code.
    pub days_off: BTreeMap<String, DaysOff>,
    /// Laws by key.
    pub laws: BTreeMap<String, Law>,
    /// Parameters by key `<group>/<stem>`.
    pub parameters: BTreeMap<String, Parameter>,
    /// Files of models and views by path below the catalogue's folder; the models' own compiler reads them.
    pub model_files: BTreeMap<String, String>,
    /// Files with a problem: what others miss of theirs only follows from it and is not reported too.
    pub faulty_files: BTreeSet<String>,
    /// `sm3:` digest of every file's path and content.
    pub digest: String,
}

/// Lays layers of files over one another: a file with the same path replaces the one below.
pub fn overlay(layers: impl IntoIterator<Item = Vec<Source>>) -> Vec<Source> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for source in layers.into_iter().flatten() {
        files.insert(source.path, source.text);
    }
    files.into_iter().map(|(path, text)| Source { path, text }).collect()
}

impl Catalog {
    /// Compiles the files. What could be understood is given back together with every problem found, ordered by file
    /// and line; a caller that needs a sound catalogue refuses to go on when there is any.
    pub fn compile(sources: &[Source]) -> (Self, Vec<Problem>) {
        let mut catalog = Self { digest: digest_of(sources), ..Self::default() };
        let mut problems = Vec::new();
        for source in sources {
            catalog.read(source, &mut problems);
        }
        catalog.faulty_files = problems.iter().map(|problem| problem.file.clone()).collect();
        cross_check::cross_check(&catalog, &mut problems);
        problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        (catalog, problems)
    }

    fn read(&mut self, source: &Source, problems: &mut Vec<Problem>) {
        let mut findings = Findings { file: &source.path, problems };
        if let Some(at) = source.text.find(char::REPLACEMENT_CHARACTER) {
            let line = source.text[..at].matches('\n').count() + 1;
            findings.record(line, Message::new("catalog-not-utf8"));
            return;
        }
        let parts: Vec<&str> = source.path.split('/').collect();
        let Some((stem, extension)) = parts.last().and_then(|name| name.split_once('.')) else { return };
        match (parts.as_slice(), extension) {
            (["models" | "views", ..], "sql" | "yaml" | "cases.yaml") => {
                self.model_files.insert(source.path.clone(), source.text.clone());
            }
            (["codes", _], "csv") => {
                self.lists.insert(stem.to_owned(), content::read_code_list(&source.text, &mut findings));
            }
            (_, "yaml") => self.read_yaml(&parts, &source.text, &mut findings),
            _ => findings.record(1, Message::new("catalog-file-unknown").with("path", &source.path)),
        }
    }

    fn read_yaml(&mut self, parts: &[&str], text: &str, findings: &mut Findings<'_>) {
        let Some(node) = node::parse(text, findings) else { return };
        let stem = parts.last().and_then(|name| name.split('.').next()).unwrap_or_default();
        let key = stem.to_owned();
        match parts {
            ["templates", _, _] => {
                let item = template_file::read_item(stem, &node, findings);
                if let Some(other) = self.items.insert(key, item) {
                    findings.record(1, Message::new("catalog-item-twice").with("other", other.file));
                }
            }
            ["providers", _] => {
                self.units.insert(key, content::read_unit(stem, &node, findings));
            }
            ["laws", _] => {
                self.laws.insert(key, content::read_law(stem, &node, findings));
            }
            ["calendar", _] => match stem.parse() {
                Ok(year) => {
                    self.calendar.insert(year, content::read_calendar(&node, findings));
                }
                Err(_) => findings.record(1, Message::new("catalog-file-unknown").with("path", findings.file)),
            },
            ["days_off", _] => {
                if stem.is_empty() || stem.chars().any(|sign| !sign.is_ascii_digit()) {
                    findings.record(1, Message::new("catalog-file-unknown").with("path", findings.file));
                }
                self.days_off.insert(key, content::read_days_off(&node, findings));
            }
            ["params", group, _] => {
                let key = format!("{group}/{stem}");
                self.parameters.insert(key.clone(), content::read_parameter(&key, &node, findings));
            }
            _ => findings.record(1, Message::new("catalog-file-unknown").with("path", findings.file)),
        }
    }

    /// First and last day on which a law holds: its own last day, else the day before another took its place. None: open.
    pub fn days_of_law(&self, key: &str) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let Some(law) = self.laws.get(key) else { return (None, None) };
        let replaced = || {
            let successors = self.laws.values().filter(|other| other.replaces.iter().any(|of| of == key));
            successors.filter_map(|other| other.in_force_from?.pred_opt()).min()
        };
        (law.in_force_from, law.in_force_to.or_else(replaced))
    }

    /// The item and the kind of a key `item.kind`.
    pub fn find_kind(&self, key: &str) -> Option<(&Item, &Kind)> {
        let (item, kind) = key.split_once('.')?;
        let item = self.items.get(item)?;
        Some((item, item.find_kind(kind)?))
    }

    /// The item a person means by its number, name or key, and its kind where one is named behind a point: `15`,
    /// `15.出让`, `fiscal_subsidy.payment`.
    pub fn find_spoken(&self, word: &str) -> Option<(&Item, Option<&Kind>)> {
        let item = |word: &str| self.items.values().find(|item| item.answers_to(word.trim()));
        if let Some(item) = item(word) {
            return Some((item, None));
        }
        let (item_word, kind_word) = word.split_once(['.', '．'])?;
        let kind_word = kind_word.trim();
        let item = item(item_word)?;
        let named = item.kinds.iter().find(|kind| kind.key == kind_word || kind.name.zh == kind_word);
        // A part of a kind's name that no other kind of the item has.
        let partly = || {
            let is_word = kind_word.chars().count() >= 2;
            let mut partly = item.kinds.iter().filter(|kind| is_word && kind.name.zh.contains(kind_word));
            partly.next().filter(|_| partly.next().is_none())
        };
        Some((item, Some(named.or_else(partly)?)))
    }

    /// What people call a class of a parameter: by the parameter's own words, else by the list named like the fact that gives
    /// it, else by the lists that have the code, where they agree.
    pub fn name_of_class(&self, parameter: &str, class: &str, fact: Option<&str>) -> Option<&Bilingual> {
        if let Some(name) = self.parameters.get(parameter).and_then(|parameter| parameter.classes.get(class)) {
            return Some(name);
        }
        let entry = |list: &'_ CodeList| list.entries.iter().position(|entry| entry.code == class);
        // pollutant_2 is the second of its kind.
        let bare = |fact: &'_ str| fact.trim_end_matches(|sign: char| sign.is_ascii_digit() || sign == '_').to_owned();
        let named = fact.and_then(|fact| self.lists.get(fact).or_else(|| self.lists.get(&bare(fact))));
        if let Some((list, at)) = named.and_then(|list| Some((list, entry(list)?))) {
            return Some(&list.entries[at].name);
        }
        let mut names = self.lists.values().filter_map(|list| Some(&list.entries[entry(list)?].name));
        let first = names.next()?;
        names.all(|other| other == first).then_some(first)
    }

    /// What to say of a word that names no kind: the kinds there are of the item it names, else items called nearly so.
    pub fn unknown_kind(&self, word: &str) -> Message {
        let item = |word: &str| self.items.values().find(|item| item.answers_to(word.trim()));
        let (item_word, kind_word) = word.split_once(['.', '．']).unwrap_or((word, ""));
        if let Some(item) = item(word).or_else(|| item(item_word)) {
            let called = item.number.map_or_else(|| item.key.clone(), |number| number.to_string());
            let kinds = item.kinds.iter().map(|kind| format!("{called}.{}（{}）", kind.name.zh, kind.key));
            let key = if kind_word.is_empty() { "catalog-kind-needed" } else { "catalog-kind-unknown" };
            let message = Message::new(key).with("item", &item.name.zh).with("kind", kind_word.trim());
            return message.with("known", kinds.collect::<Vec<_>>().join("、"));
        }
        let bare = item_word.trim();
        let holds = |item: &&Item| bare.chars().count() >= 2 && item.name.zh.contains(bare);
        let mut near: Vec<&Item> = self.items.values().filter(holds).take(5).collect();
        let names = || self.items.values().flat_map(|item| [item.key.as_str(), item.name.zh.as_str()]);
        if let (true, Some(name)) = (near.is_empty(), node::nearest(bare, names())) {
            near.extend(self.items.values().find(|item| item.answers_to(name)));
        }
        let near = near.iter().map(|item| format!("{}（{}）", item.name.zh, item.key)).collect::<Vec<_>>();
        let key = if near.is_empty() { "catalog-item-unknown" } else { "catalog-item-unknown-near" };
        Message::new(key).with("word", word).with("near", near.join("、"))
    }

    /// The item and the kind whose view in SQL has this name, with or without [`BY_PERIOD`] or [`EVER`] behind it.
    pub fn find_view(&self, view: &str) -> Option<(&Item, &Kind)> {
        let view = [BY_PERIOD, EVER].into_iter().find_map(|end| view.strip_suffix(end)).unwrap_or(view);
        self.items
            .values()
            .flat_map(|item| item.kinds.iter().map(move |kind| (item, kind)))
            .find(|(item, kind)| item.view_of(kind) == view)
    }

    /// Whether the template of an item has a problem, so that the item may be there once it is mended.
    pub fn is_faulty_item(&self, item: &str) -> bool {
        self.faulty_templates().any(|stem| stem == item)
    }

    /// Whether the file that makes a view has a problem.
    pub fn is_faulty_view(&self, view: &str) -> bool {
        let is_of = |stem: &str| view.strip_prefix(stem).is_some_and(|kind| kind.starts_with('_'));
        self.faulty_files.contains(&format!("views/{view}.sql")) || self.faulty_templates().any(is_of)
    }

    fn faulty_templates(&self) -> impl Iterator<Item = &str> {
        let templates = self.faulty_files.iter().filter(|path| path.starts_with("templates/"));
        templates.filter_map(|path| path.rsplit('/').next()?.strip_suffix(".yaml"))
    }

    /// The unit with this key, name or alias.
    pub fn find_unit(&self, text: &str) -> Option<&Unit> {
        self.units.get(text).or_else(|| {
            self.units.values().find(|unit| unit.name.zh == text || unit.aliases.iter().any(|alias| alias == text))
        })
    }

    /// The units that report an item: its provider, or every unit of the group the provider names.
    pub fn units_of<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = &'a Unit> {
        self.units.values().filter(|unit| item.is_provided_by(unit))
    }

    /// The unit, under the key by which it reports the item, that a unit of this key is: a department with two keys
    /// (财政局, 国资委) reports each item by its own, whichever of them it is called by. None: it does not report the item.
    pub fn reporter_of<'a>(&'a self, item: &'a Item, unit: &str) -> Option<&'a Unit> {
        let main = |unit: &'a Unit| unit.unit.as_deref().unwrap_or(&unit.key);
        let named = self.units.get(unit).map(main);
        self.units_of(item).find(|reporter| reporter.key == unit || Some(main(reporter)) == named)
    }
}

fn digest_of(sources: &[Source]) -> String {
    let mut digest = sm3::Sm3::new();
    for source in sources {
        digest.update(source.path.as_bytes());
        digest.update([0]);
        digest.update(source.text.as_bytes());
        digest.update([0]);
    }
    let hex: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sm3:{hex}")
}

#[cfg(test)]
mod tests;
