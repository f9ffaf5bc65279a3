//! The index: every taxpayer of a registry, by code, by name and by slips of the name. Built once, never changed.

use std::collections::HashMap;
use std::sync::Arc;

use super::buckets::Buckets;
use super::places::Places;
use super::{EntryId, keys};
use crate::codes::PersonDigest;

/// An immutable index over a registry; queries may come from any thread.
pub struct Index {
    pub(crate) entries: Entries,
    pub(crate) texts: Texts,
    pub(crate) places: Arc<Places>,
    /// Hash of the nine signs of the organisation code → entries.
    pub(crate) by_organisation: Buckets,
    /// Hash of any other code (registration number, tax id, a code that is no USCC) → entries.
    pub(crate) by_other_code: Buckets,
    /// Hash of the certificate digest → entries.
    pub(crate) by_certificate: HashMap<PersonDigest, Vec<u32>>,
    /// Hash of the normalised full name → texts.
    pub(crate) by_full: Buckets,
    /// Hash of the core, and of the core without each sign → texts.
    pub(crate) by_near: Buckets,
    /// Hash of the core without the places at its start → texts.
    pub(crate) by_bare: Buckets,
    /// Hash of each pair of neighbours in the core → texts.
    pub(crate) by_pair: Buckets,
    pub(crate) digest: String,
}

/// What the index knows of one taxpayer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its code, as the registry has it.
    pub uscc: &'a str,
    /// Its present name, as the registry has it.
    pub name: &'a str,
    /// Its region as a number of six digits, 0 when nothing tells.
    pub region: u32,
}

/// Entries as flat arrays: a few million must fit in memory.
#[derive(Default)]
pub(crate) struct Entries {
    pub(crate) names: String,
    pub(crate) name_ends: Vec<u32>,
    /// The code in 18 bytes, zeros after a shorter one.
    pub(crate) codes: Vec<[u8; 18]>,
    /// Codes of more than 18 signs, which have their first 18 above.
    pub(crate) long_codes: HashMap<u32, String>,
    /// Region as a number; the sign tells whether the registry stated it (positive) or the USCC only hints (negative).
    pub(crate) regions: Vec<i32>,
    pub(crate) code_table: CodeTable,
    /// Other codes with their entry, in the order of `by_other_code`.
    pub(crate) other_codes: Vec<(String, u32)>,
}

impl Entries {
    pub(crate) fn count(&self) -> usize {
        self.codes.len()
    }

    pub(crate) fn name(&self, entry: u32) -> &str {
        slice(&self.name_ends, entry).map_or("", |range| &self.names[range])
    }

    pub(crate) fn code(&self, entry: u32) -> &str {
        if let Some(long) = self.long_codes.get(&entry) {
            return long;
        }
        let code = &self.codes[entry as usize];
        let length = code.iter().position(|sign| *sign == 0).unwrap_or(18);
        std::str::from_utf8(&code[..length]).unwrap_or_default()
    }

    pub(crate) fn find_code(&self, code: &[u8; 18]) -> Option<u32> {
        self.code_table.find(code, &self.codes)
    }
}

/// Names as signs: first the present name of every entry (text number = entry number), then former names.
#[derive(Default)]
pub(crate) struct Texts {
    pub(crate) signs: Vec<u16>,
    pub(crate) ends: Vec<u32>,
    /// Entries of the texts after the present names.
    pub(crate) former_owners: Vec<u32>,
    pub(crate) entry_count: u32,
}

impl Texts {
    pub(crate) fn count(&self) -> u32 {
        self.ends.len() as u32
    }

    pub(crate) fn full(&self, text: u32) -> &[u16] {
        slice(&self.ends, text).map_or(&[], |range| &self.signs[range])
    }

    pub(crate) fn owner(&self, text: u32) -> u32 {
        if text < self.entry_count { text } else { self.former_owners[(text - self.entry_count) as usize] }
    }

    pub(crate) fn is_former(&self, text: u32) -> bool {
        text >= self.entry_count
    }
}

fn slice(ends: &[u32], at: u32) -> Option<std::ops::Range<usize>> {
    let end = *ends.get(at as usize)? as usize;
    let start = if at == 0 { 0 } else { ends[at as usize - 1] as usize };
    Some(start..end)
}

/// Code → entry, by open addressing; it grows with the registry and finds repeated codes while that is read.
#[derive(Default)]
pub(crate) struct CodeTable {
    /// Entry number + 1; 0 is free.
    slots: Vec<u32>,
    filled: usize,
}

impl CodeTable {
    fn find(&self, code: &[u8; 18], codes: &[[u8; 18]]) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        match self.slots[self.slot(code, codes)] {
            0 => None,
            entry => Some(entry - 1),
        }
    }

    /// The slot that holds the code or the free one where it belongs.
    fn slot(&self, code: &[u8; 18], codes: &[[u8; 18]]) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = keys::bytes(code) as usize & mask;
        while self.slots[at] != 0 && codes[self.slots[at] as usize - 1] != *code {
            at = (at + 1) & mask;
        }
        at
    }

    /// Records the code of an entry whose code stands in `codes` already; a code that is there stays with its first.
    pub(crate) fn record(&mut self, entry: u32, codes: &[[u8; 18]]) {
        if self.filled * 2 >= self.slots.len() {
            self.grow(codes);
        }
        let at = self.slot(&codes[entry as usize], codes);
        if self.slots[at] == 0 {
            self.slots[at] = entry + 1;
            self.filled += 1;
        }
    }

    fn grow(&mut self, codes: &[[u8; 18]]) {
        let old = std::mem::take(&mut self.slots);
        self.slots = vec![0; (old.len() * 2).max(16)];
        for entry in old.into_iter().filter(|entry| *entry != 0) {
            let at = self.slot(&codes[entry as usize - 1], codes);
            self.slots[at] = entry;
        }
    }
}

impl Index {
    /// How many taxpayers it holds.
    pub fn entry_count(&self) -> usize {
        self.entries.count()
    }

    /// Digest of what it was built from, and of the way names are normalised: links computed with the same digest are
    /// the same.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// One entry. It must be of this index.
    pub fn entry(&self, id: EntryId) -> Entry<'_> {
        Entry {
            uscc: self.entries.code(id.0),
            name: self.entries.name(id.0),
            region: self.entries.regions[id.0 as usize].unsigned_abs(),
        }
    }

    /// The entry that has the code, as the registry has it.
    pub fn find_code(&self, code: &str) -> Option<EntryId> {
        match code.as_bytes().try_into() {
            Ok(signs) => self.entries.find_code(signs).map(EntryId),
            Err(_) => self.find_other_code(code).next().map(EntryId),
        }
    }

    /// Entries that have another code than a USCC: an old licence, an old tax id.
    pub(crate) fn find_other_code<'a>(&'a self, code: &'a str) -> impl Iterator<Item = u32> + 'a {
        let found = self.by_other_code.list(keys::bytes(code.as_bytes())).iter();
        found
            .map(|at| &self.entries.other_codes[*at as usize])
            .filter(move |(known, _)| known == code)
            .map(|(_, entry)| *entry)
    }

    /// Entries whose organisation code is the one given (nine signs).
    pub(crate) fn find_organisation<'a>(&'a self, part: &'a str) -> impl Iterator<Item = u32> + 'a {
        let found = self.by_organisation.list(keys::bytes(part.as_bytes())).iter().copied();
        found.filter(move |entry| self.organisation_of(*entry) == Some(part))
    }

    pub(crate) fn organisation_of(&self, entry: u32) -> Option<&str> {
        let code = &self.entries.codes[entry as usize];
        std::str::from_utf8(&code[8..17]).ok().filter(|_| code[17] != 0)
    }
}
