//! The units of a catalogue under every name they go by.

use super::written_periods::narrowed;
use crate::catalog::Catalog;

/// The units of a catalogue under every name, the longest first.
#[derive(Debug, Clone, Default)]
pub struct UnitBook {
    names: Vec<(String, String)>,
}

impl UnitBook {
    /// The book of a catalogue.
    pub fn new(catalog: &Catalog) -> Self {
        let mut names: Vec<(String, String)> = catalog
            .units
            .values()
            .flat_map(|unit| {
                let spellings = [&unit.key, &unit.name.zh].into_iter().chain(&unit.aliases);
                spellings.map(|name| (narrowed(name).to_lowercase(), unit.key.clone()))
            })
            .collect();
        names.sort_by(|a, b| b.0.chars().count().cmp(&a.0.chars().count()).then(a.cmp(b)));
        Self { names }
    }

    /// The unit with exactly this key, name or alias.
    pub fn find(&self, text: &str) -> Option<&str> {
        let text = narrowed(text.trim()).to_lowercase();
        self.names.iter().find(|(name, _)| *name == text).map(|(_, key)| key.as_str())
    }

    /// The units named anywhere in a text, the longest name first; a key counts only as a word of its own.
    pub fn named_in(&self, text: &str) -> Vec<&str> {
        let text = narrowed(text).to_lowercase();
        let is_key = |name: &str| name.is_ascii();
        let word = |name: &str| {
            let mut places = text.match_indices(name);
            places.any(|(at, _)| {
                let edge = |sign: Option<char>| !sign.is_some_and(|sign| sign.is_ascii_alphanumeric());
                edge(text[..at].chars().next_back()) && edge(text[at + name.len()..].chars().next())
            })
        };
        let stands = |name: &str| if is_key(name) { word(name) } else { text.contains(name) };
        let mut found: Vec<&str> = Vec::new();
        for (name, key) in self.names.iter().filter(|(name, _)| stands(name)) {
            if !found.contains(&key.as_str()) && !name.is_empty() {
                found.push(key);
            }
        }
        found
    }
}
