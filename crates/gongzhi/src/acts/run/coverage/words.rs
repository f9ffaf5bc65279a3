//! The words of a coverage file: tables, tax kinds and authorities as people call them.

use gongzhi_core::catalog::node::nearest;
use gongzhi_core::catalog::{Catalog, Item};
use gongzhi_core::messages::Message;

/// The words of a coverage file as the catalogue knows them.
pub struct Words<'c> {
    /// Catalogue.
    pub catalog: &'c Catalog,
}

/// What a thing is called: its key, and its names.
struct Called<'c> {
    key: &'c str,
    names: Vec<&'c str>,
}

impl Words<'_> {
    /// A table by key, by name, or by a part of its name or of a kind of it that no other table has.
    pub fn table(&self, word: &str) -> Result<String, Message> {
        let tables: Vec<&Item> = self.catalog.items.values().filter(|item| item.is_tax_side()).collect();
        let called = |item: &&Item| -> Vec<String> {
            let kinds = item.kinds.iter().map(|kind| kind.name.zh.clone());
            [item.name.zh.clone(), item.name.en.clone()].into_iter().chain(kinds).collect()
        };
        let names: Vec<Vec<String>> = tables.iter().map(called).collect();
        let of_item = |(item, names): (&&Item, &'_ Vec<String>)| (item.key.clone(), names.clone());
        let known: Vec<(String, Vec<String>)> = tables.iter().zip(&names).map(of_item).collect();
        let known: Vec<Called<'_>> = known
            .iter()
            .map(|(key, names)| Called { key, names: names.iter().map(String::as_str).collect() })
            .collect();
        find_called("table", word, &known)
    }

    /// A tax kind by code, name or alias, or a part of its name; nothing is every one.
    pub fn tax_kind(&self, word: &str) -> Result<String, Message> {
        if word.is_empty() || ["全部", "所有", "全部税种", "各税种", "所有税种", "*"].contains(&word) {
            return Ok(String::new());
        }
        find_called("tax_kind", word, &self.list("tax_kind"))
    }

    /// An authority by its division code, or by name; nothing is every one.
    pub fn authority(&self, word: &str) -> Result<String, Message> {
        let known = self.list("tax_authority");
        let is_known = known.iter().any(|one| one.key == word || one.names.contains(&word));
        if !is_known && word.bytes().all(|sign| sign.is_ascii_digit()) {
            return Ok(word.to_owned());
        }
        find_called("authority", word, &known)
    }

    fn list(&self, key: &str) -> Vec<Called<'_>> {
        let entries = self.catalog.lists.get(key).into_iter().flat_map(|list| &list.entries);
        let called = entries.map(|entry| {
            let names = [entry.name.zh.as_str(), entry.name.en.as_str()].into_iter();
            Called { key: &entry.code, names: names.chain(entry.aliases.iter().map(String::as_str)).collect() }
        });
        called.collect()
    }
}

/// Ends of names that people leave out or put behind.
const ENDS: [&str; 10] = ["税", "费", "信息", "数据", "明细", "清单", "台账", "情况", "表", "记录"];

/// The thing with this key or name; else the only one whose name begins with the word, then the only one that has it in its
/// name, the ends left out. What several have names those.
fn find_called(column: &str, word: &str, known: &[Called<'_>]) -> Result<String, Message> {
    let word = without_blanks(word);
    let same = |name: &str| is_same(name, &word);
    if let Some(found) = known.iter().find(|one| same(one.key) || one.names.iter().any(|name| same(name))) {
        return Ok(found.key.to_owned());
    }
    let bare = ENDS.iter().find_map(|end| word.strip_suffix(end)).filter(|bare| !bare.is_empty()).unwrap_or(&word);
    let with = |is_like: &dyn Fn(&str) -> bool| -> Vec<&Called<'_>> {
        known.iter().filter(|one| one.names.iter().any(|name| is_like(name))).collect()
    };
    let is_word = bare.chars().count() >= 2;
    let whole = |name: &str| ENDS.iter().any(|end| name.strip_suffix(end) == Some(bare));
    let begins = |name: &str| is_word && name.starts_with(bare);
    let holds = |name: &str| is_word && name.contains(bare);
    for found in [with(&whole), with(&begins), with(&holds)] {
        match found[..] {
            [] => {}
            [one] => return Ok(one.key.to_owned()),
            _ => return Err(unknown(column, &word, (known, &found))),
        }
    }
    // 入库税款 for 入库税费信息: two signs in a row.
    let pairs: Vec<String> = bare.chars().zip(bare.chars().skip(1)).map(|(a, b)| format!("{a}{b}")).collect();
    let alike = with(&|name| !name.is_ascii() && pairs.iter().any(|pair| name.contains(pair)));
    Err(unknown(column, &word, (known, &alike)))
}

/// Whether two texts are the same without their blanks, in capitals or not. Every name of a list is held against every word
/// of the file: no text is made for it.
fn is_same(one: &str, other: &str) -> bool {
    fn signs(text: &str) -> impl Iterator<Item = char> {
        text.chars().filter(|sign| !sign.is_whitespace()).map(|sign| sign.to_ascii_lowercase())
    }
    signs(one).eq(signs(other))
}

/// What a line names that the catalogue does not have, and what may be meant.
fn unknown(column: &str, value: &str, (known, alike): (&[Called<'_>], &[&Called<'_>])) -> Message {
    let name = |one: &Called<'_>| one.names.first().copied().unwrap_or(one.key).to_owned();
    let hint = match alike {
        [] => nearest(value, known.iter().flat_map(|one| [one.key, one.names.first().copied().unwrap_or(one.key)]))
            .unwrap_or("-")
            .to_owned(),
        alike => alike.iter().take(5).map(|one| name(one)).collect::<Vec<_>>().join("、"),
    };
    let list: Vec<String> = known.iter().map(|one| format!("{}（{}）", name(one), one.key)).collect();
    let message = Message::new("run-coverage-unknown").with("column", column).with("value", value);
    message.with("hint", hint).with("known", list.join(" "))
}

/// A text without any blank.
pub fn without_blanks(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_whitespace()).collect()
}
