//! Builds an index from the records of a registry, one by one, in bounded memory beyond the index itself.

use std::collections::HashMap;
use std::sync::Arc;

use sm3::{Digest, Sm3};

use super::buckets::Buckets;
use super::index::{Entries, Index, Texts};
use super::places::Places;
use super::signs::Signs;
use super::{RegistryRecord, form, keys, signs};
use crate::codes::{PersonDigest, normalise};

/// Changes when names are normalised or compared in another way, so that old links are known to be of another making.
const METHOD: &str = "gongzhi identity 3";

/// Takes the records of a registry and makes the index of them.
pub struct IndexBuilder {
    entries: Entries,
    texts: Texts,
    former: Vec<(String, u32)>,
    certificates: HashMap<PersonDigest, Vec<u32>>,
    places: Arc<Places>,
    hasher: Sm3,
    row: Signs,
}

impl Index {
    /// Builds an index of all the records, in their order.
    pub fn build(records: impl IntoIterator<Item = RegistryRecord>, places: Arc<Places>) -> Self {
        let mut builder = IndexBuilder::new(places);
        records.into_iter().for_each(|record| builder.record(&record));
        builder.finish()
    }
}

impl IndexBuilder {
    /// A builder with nothing in it. The places are those that names of companies begin with.
    pub fn new(places: Arc<Places>) -> Self {
        let mut hasher = Sm3::new();
        hasher.update(METHOD);
        Self {
            entries: Entries::default(),
            texts: Texts::default(),
            former: Vec::new(),
            certificates: HashMap::new(),
            places,
            hasher,
            row: Signs::new(),
        }
    }

    /// Takes one record. A record whose code was there before is the same taxpayer: its name becomes one more name of
    /// the first, its other codes are kept.
    pub fn record(&mut self, record: &RegistryRecord) {
        self.digest_record(record);
        let code = match PersonDigest::of_code(&record.uscc) {
            Some(_) => record.uscc.as_str().into(),
            None => normalise(&record.uscc),
        };
        let known = <&[u8; 18]>::try_from(code.as_bytes()).ok().and_then(|signs| self.entries.find_code(signs));
        let entry = match known {
            Some(entry) => {
                if !record.is_natural_person && self.entries.name(entry) != record.name {
                    self.former.push((record.name.clone(), entry));
                }
                entry
            }
            None => self.add_entry(record, &code),
        };
        if record.is_natural_person {
            self.add_certificate(record, entry);
            return;
        }
        let names = record.former_names.iter().filter(|name| !name.trim().is_empty());
        self.former.extend(names.map(|name| (name.clone(), entry)));
        self.add_certificate(record, entry);
        self.add_other_codes(record, entry);
    }

    fn digest_record(&mut self, record: &RegistryRecord) {
        let texts = [
            &record.uscc,
            &record.name,
            &record.address,
            &record.organisation_code,
            &record.registration_number,
            &record.tax_id,
            &record.region,
        ];
        for text in texts.into_iter().chain(&record.former_names) {
            self.hasher.update((text.len() as u32).to_le_bytes());
            self.hasher.update(text.as_bytes());
        }
        if let Some(certificate) = &record.certificate {
            self.hasher.update(certificate.0);
        }
        self.hasher.update([u8::from(record.is_natural_person), 0xff]);
    }

    fn add_entry(&mut self, record: &RegistryRecord, code: &str) -> u32 {
        let entry = self.entries.count() as u32;
        let mut signs = [0; 18];
        let length = code.len().min(18);
        signs[..length].copy_from_slice(&code.as_bytes()[..length]);
        self.entries.codes.push(signs);
        if code.len() == 18 {
            self.entries.code_table.record(entry, &self.entries.codes);
        } else if !code.is_empty() {
            self.entries.other_codes.push((code.to_owned(), entry));
            if code.len() > 18 || !code.is_ascii() {
                self.entries.long_codes.insert(entry, code.to_owned());
            }
        }
        if !record.is_natural_person {
            self.entries.names.push_str(&record.name);
            signs::read_full(&record.name, &mut self.row);
            self.texts.signs.extend_from_slice(&self.row);
        }
        self.entries.name_ends.push(self.entries.names.len() as u32);
        self.texts.ends.push(self.texts.signs.len() as u32);
        self.entries.regions.push(self.region_of(record, code));
        entry
    }

    /// Stated, else of the address, else (as a weak word, negative) the region of first registration in the USCC.
    fn region_of(&self, record: &RegistryRecord, code: &str) -> i32 {
        let stated = record.region.get(..6).and_then(|region| region.parse::<i32>().ok());
        let of_address = || {
            let address = (!record.address.is_empty()).then_some(&record.address)?;
            self.places.region_of_address(address).and_then(|region| i32::try_from(region).ok())
        };
        let of_code = || code.get(2..8).and_then(|region| region.parse::<i32>().ok()).map(|region| -region);
        stated.or_else(of_address).or_else(of_code).unwrap_or(0)
    }

    fn add_certificate(&mut self, record: &RegistryRecord, entry: u32) {
        if let Some(certificate) = record.certificate {
            let entries = self.certificates.entry(certificate).or_default();
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
    }

    fn add_other_codes(&mut self, record: &RegistryRecord, entry: u32) {
        for code in [&record.registration_number, &record.tax_id, &record.organisation_code] {
            let code = normalise(code);
            let is_new = !code.is_empty() && code != record.uscc.as_str();
            if is_new {
                self.entries.other_codes.push((code.replace('-', ""), entry));
            }
        }
    }

    /// Makes the index.
    pub fn finish(mut self) -> Index {
        self.texts.entry_count = self.entries.count() as u32;
        for (name, owner) in std::mem::take(&mut self.former) {
            signs::read_full(&name, &mut self.row);
            self.texts.signs.extend_from_slice(&self.row);
            self.texts.ends.push(self.texts.signs.len() as u32);
            self.texts.former_owners.push(owner);
        }
        let digest: String = self.hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let tables = Tables { entries: &self.entries, texts: &self.texts, places: &self.places };
        Index {
            by_organisation: tables.by_organisation(),
            by_other_code: tables.by_other_code(),
            by_full: tables.by_full(),
            by_near: tables.by_near(),
            by_bare: tables.by_bare(),
            by_pair: tables.by_pair(),
            by_certificate: self.certificates,
            entries: self.entries,
            texts: self.texts,
            places: self.places,
            digest: format!("sm3:{digest}"),
        }
    }
}

/// What the tables are built from.
struct Tables<'a> {
    entries: &'a Entries,
    texts: &'a Texts,
    places: &'a Places,
}

impl Tables<'_> {
    fn by_organisation(&self) -> Buckets {
        Buckets::build(self.entries.count(), |give| {
            for (entry, code) in self.entries.codes.iter().enumerate().filter(|(_, code)| code[17] != 0) {
                give(keys::bytes(&code[8..17]), entry as u32);
            }
        })
    }

    fn by_other_code(&self) -> Buckets {
        let codes = &self.entries.other_codes;
        Buckets::build(codes.len(), |give| {
            for (at, (code, _)) in codes.iter().enumerate() {
                give(keys::bytes(code.as_bytes()), at as u32);
            }
        })
    }

    fn by_full(&self) -> Buckets {
        Buckets::build(self.texts.count() as usize, |give| {
            for text in (0..self.texts.count()).filter(|text| self.texts.full(*text).len() > 1) {
                give(keys::whole(self.texts.full(text)), text);
            }
        })
    }

    /// Calls with the core of every name of two signs and more.
    fn each_core(&self, mut take: impl FnMut(u32, &[u16])) {
        let mut core = Signs::new();
        for text in 0..self.texts.count() {
            form::strip(self.texts.full(text), &mut core);
            if core.len() > 1 {
                take(text, &core);
            }
        }
    }

    fn by_near(&self) -> Buckets {
        Buckets::build(self.texts.signs.len(), |give| {
            self.each_core(|text, core| keys::near(core, |hash| give(hash, text)));
        })
    }

    fn by_bare(&self) -> Buckets {
        Buckets::build(self.texts.count() as usize, |give| {
            self.each_core(|text, core| {
                if let Some(end) = self.places.ends(core).last() {
                    give(keys::whole(&core[*end..]), text);
                }
            });
        })
    }

    fn by_pair(&self) -> Buckets {
        Buckets::build(self.texts.signs.len() / 8, |give| {
            self.each_core(|text, core| core.windows(2).for_each(|pair| give(keys::pair(pair[0], pair[1]), text)));
        })
    }
}
