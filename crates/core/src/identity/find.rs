//! Finds who is meant: codes first, then the exact name, then names near it.

use super::compare::{self, FAR, Side};
use super::decisions::Decisions;
use super::index::Index;
use super::parts::Parts;
use super::places::agree;
use super::search::Search;
use super::signs::{self, Signs};
use super::{Candidate, Class, EntryId, Mark, Match, Query, form, keys, parts, readings};
use crate::codes::{OrganisationCode, RegistrationNumber, Uscc, may_be_personal, normalise};

/// A candidate found by slips that is at least this near spares the search by pairs.
const NEAR_ENOUGH: u32 = 160;
/// A likelihood that is worth a person's look.
const POSSIBLE: u16 = 800;
/// A likelihood below which an entry is no candidate at all.
const WORTH_SHOWING: u16 = 600;

/// How far away an entry is that another reading of the name named.
const READ_OTHERWISE: u32 = 30;

/// One entry on the way to become a candidate.
#[derive(Debug, Clone)]
struct Found {
    entry: u32,
    distance: u32,
    marks: Vec<Mark>,
    differ: Vec<Mark>,
}

impl Found {
    fn near((entry, distance): (u32, u32)) -> Self {
        Self { entry, distance, marks: Vec::new(), differ: Vec::new() }
    }
}

/// What the codes of a row say.
#[derive(Default)]
struct CodeWord {
    /// Entries that a valid code names.
    found: Vec<(u32, Mark)>,
    /// A valid code that no entry has.
    stranger: bool,
    /// A code of 18 signs that fails its check digit.
    broken: Option<String>,
}

impl Index {
    /// Who is meant, with at most `top` candidates, best first.
    ///
    /// A code that stands in the place of the name is read as a code.
    pub fn find(&self, query: &Query<'_>, decisions: &Decisions, top: usize) -> Match {
        let is_code = query.uscc.is_empty() && signs::is_code_like(query.name);
        let query = if is_code { &Query { name: "", uscc: query.name, ..*query } } else { query };
        let word = self.read_codes(query);
        let mut found = if word.found.is_empty() { Vec::new() } else { self.by_codes(query, &word) };
        let mut class = class_of_codes(&found);
        if class != Class::Certain && !query.name.is_empty() {
            let (of_names, class_of_names) = self.by_name(query, &word);
            let (of_names, class_of_names) = match class_of_names {
                Class::None | Class::Possible if class == Class::None => {
                    self.by_readings(query, &word, (of_names, class_of_names))
                }
                _ => (of_names, class_of_names),
            };
            let class_of_names = if found.is_empty() { class_of_names } else { class_of_names.min(Class::Possible) };
            class = class.max(class_of_names);
            found.extend(of_names.into_iter().filter(|one| !found_has(&found, one.entry)).collect::<Vec<_>>());
        }
        let (class, found) = self.decide(query, decisions, (class, found));
        let candidates = found.into_iter().take(top.max(1)).map(|one| self.candidate(query, one)).collect();
        Match { class, candidates }
    }

    /// Reads every code of the row: which entries it names, and whether it speaks of somebody else.
    fn read_codes(&self, query: &Query<'_>) -> CodeWord {
        let mut word = CodeWord::default();
        if let Some(certificate) = &query.certificate {
            let entries = self.by_certificate.get(certificate).into_iter().flatten();
            word.found.extend(entries.map(|entry| (*entry, Mark::Certificate)));
            word.stranger |= word.found.is_empty();
        }
        let given = [
            (query.uscc, Mark::Code),
            (query.organisation_code, Mark::OrganisationCode),
            (query.registration_number, Mark::RegistrationNumber),
            (query.tax_id, Mark::TaxId),
        ];
        for (value, mark) in given.into_iter().filter(|(value, _)| !value.is_empty()) {
            self.read_code(&normalise(value), mark, &mut word);
        }
        word.found.sort_unstable();
        word.found.dedup();
        word
    }

    fn read_code(&self, code: &str, mark: Mark, word: &mut CodeWord) {
        let code = if code.len() == 10 { code.replace('-', "") } else { code.to_owned() };
        match code.len() {
            // A natural person's number beside an organisation's name says nothing about the organisation.
            _ if may_be_personal(&code) => return,
            18 => return self.read_eighteen(code, mark, word),
            // A USCC with a sign too few or too many.
            17 | 19 if mark == Mark::Code => {
                word.broken = Some(code);
                return;
            }
            _ => {}
        }
        let before = word.found.len();
        let organisation = match code.len() {
            9 => OrganisationCode::parse(&code),
            15 => code.get(6..).and_then(OrganisationCode::parse),
            _ => None,
        };
        let mark = match (mark, code.len()) {
            (Mark::Code, 9) => Mark::OrganisationCode,
            (Mark::Code, 15) if organisation.is_some() => Mark::TaxId,
            (Mark::Code, 13 | 15) => Mark::RegistrationNumber,
            _ => mark,
        };
        if let Some(organisation) = organisation {
            word.found.extend(self.find_organisation(organisation.as_str()).map(|entry| (entry, mark)));
        }
        word.found.extend(self.find_other_code(&code).map(|entry| (entry, mark)));
        // An organisation code that nobody has speaks of somebody else; so does nothing of another kind, because a
        // registry rarely keeps old licence numbers.
        word.stranger |=
            word.found.len() == before && organisation.is_some() && RegistrationNumber::parse(&code).is_none();
    }

    fn read_eighteen(&self, code: String, mark: Mark, word: &mut CodeWord) {
        let entry = code.as_bytes().try_into().ok().and_then(|signs| self.entries.find_code(signs));
        let uscc = Uscc::parse(&code);
        match entry {
            // A genuine code that fails its digit is in the registry as it stands: it agrees.
            Some(entry) => word.found.push((entry, mark)),
            None if uscc.is_some() => {
                let before = word.found.len();
                let part = uscc.map(|uscc| uscc.organisation_part().to_owned()).unwrap_or_default();
                word.found.extend(self.find_organisation(&part).map(|entry| (entry, Mark::OrganisationCode)));
                word.stranger |= word.found.len() == before;
            }
            None => word.broken = Some(code),
        }
    }

    /// Entries that codes name, those with more codes first.
    fn by_codes(&self, query: &Query<'_>, word: &CodeWord) -> Vec<Found> {
        let mut full = Signs::new();
        signs::read_full(query.name, &mut full);
        let mut found: Vec<Found> = Vec::new();
        for (entry, mark) in &word.found {
            match found.iter_mut().find(|one| one.entry == *entry) {
                Some(one) => one.marks.push(*mark),
                None => found.push(Found { entry: *entry, distance: 0, marks: vec![*mark], differ: Vec::new() }),
            }
        }
        for one in &mut found {
            let same = self.texts.full(one.entry) == full;
            match same {
                _ if full.is_empty() => {}
                true => one.marks.push(Mark::Name),
                false => one.differ.push(Mark::Name),
            }
        }
        let strength = |one: &Found| one.marks.iter().min().copied().unwrap_or(Mark::Branch);
        found.sort_by(|one, other| {
            strength(one)
                .cmp(&strength(other))
                .then(other.marks.len().cmp(&one.marks.len()))
                .then(one.entry.cmp(&other.entry))
        });
        found
    }

    /// Entries that the name names, and how sure that is.
    fn by_name(&self, query: &Query<'_>, word: &CodeWord) -> (Vec<Found>, Class) {
        let mut full = Signs::new();
        signs::read_full(query.name, &mut full);
        if full.len() < 2 {
            return (Vec::new(), Class::None);
        }
        let probe = self.side(full);
        let exact = self.by_exact_name(&probe);
        let is_exact = !exact.is_empty();
        let mut found = if is_exact { exact } else { self.by_near_name(&probe) };
        if is_exact && probe.places.is_empty() {
            self.add_other_places(&probe, &mut found);
        }
        for one in &mut found {
            self.judge_codes(query, word, one);
        }
        let length = |one: &Found| probe.full.len().max(self.texts.full(one.entry).len());
        found.retain(|one| compare::score_thousandths(one.distance, length(one)) >= WORTH_SHOWING);
        let weight = |one: &Found| one.distance + 40 * one.differ.len() as u32;
        found.sort_by_key(|one| (weight(one), self.texts.full(one.entry).len(), one.entry));
        let class = if is_exact { class_of_exact(&found) } else { self.class_of_near(&found, &probe) };
        let is_person = may_be_a_person(&probe, query.name);
        (found, if is_person { class.min(Class::Possible) } else { class })
    }

    /// Puts before what the name found whom its other readings name, where that is surer.
    fn by_readings(
        &self,
        query: &Query<'_>,
        word: &CodeWord,
        (mut found, class): (Vec<Found>, Class),
    ) -> (Vec<Found>, Class) {
        let mut read: Vec<(Found, Class)> = Vec::new();
        for reading in readings::list(query.name, &self.places) {
            let (names, sure) = self.by_name(&Query { name: &reading.name, ..*query }, word);
            let Some(first) = names.into_iter().next() else { continue };
            let is_meant = if reading.is_exact { first.distance == 0 } else { sure >= Class::Possible };
            if is_meant && !read.iter().any(|(known, _)| known.entry == first.entry) {
                read.push((first, sure.min(reading.most)));
            }
        }
        let surest = read.iter().map(|(_, sure)| *sure).max().unwrap_or_default();
        if surest <= class {
            return (found, class);
        }
        read.retain(|(_, sure)| *sure == surest);
        let surest = if read.len() > 1 { surest.min(Class::Possible) } else { surest };
        let read = read.into_iter().map(|(one, _)| {
            let marks = one.marks.into_iter().filter(|mark| !matches!(mark, Mark::Name | Mark::FormerName)).collect();
            Found { distance: one.distance.max(READ_OTHERWISE), marks, ..one }
        });
        let read: Vec<Found> = read.collect();
        found.retain(|one| !found_has(&read, one.entry));
        (read.into_iter().chain(found).collect(), surest.max(class))
    }

    fn by_exact_name(&self, probe: &Side) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for text in self.by_full.list(keys::whole(&probe.full)) {
            if self.texts.full(*text) != probe.full {
                continue;
            }
            let entry = self.texts.owner(*text);
            if !found_has(&found, entry) {
                let mark = if self.texts.is_former(*text) { Mark::FormerName } else { Mark::Name };
                found.push(Found { entry, distance: 0, marks: vec![mark], differ: Vec::new() });
            }
        }
        found
    }

    /// A name without a place may stand for one that has it: those are shown after the exact one.
    fn add_other_places(&self, probe: &Side, found: &mut Vec<Found>) {
        let mut search = Search::new(self, probe, None);
        search.by_place_left_out();
        let others: Vec<Found> = search.finish().into_iter().map(Found::near).collect();
        let others = others.into_iter().filter(|one| !found_has(found, one.entry)).collect::<Vec<_>>();
        found.extend(others);
    }

    fn by_near_name(&self, probe: &Side) -> Vec<Found> {
        let mended = form::mend(&probe.full).map(|full| self.side(full));
        let mut search = Search::new(self, probe, mended.as_ref());
        search.by_slips();
        if search.nearest() > NEAR_ENOUGH {
            search.by_pairs();
        }
        search.finish().into_iter().map(Found::near).collect()
    }

    /// A normalised full name ready to be compared.
    fn side(&self, full: Signs) -> Side {
        let mut side = Side { full, ..Side::default() };
        side.form = form::strip(&side.full, &mut side.core);
        side.places = self.places.ends(&side.core);
        side
    }

    /// A near name is probable when nothing speaks against it, the slip is of a kind that offices make, and no other
    /// entry is about as near.
    fn class_of_near(&self, found: &[Found], probe: &Side) -> Class {
        let Some(first) = found.first() else { return Class::None };
        let score = compare::score_thousandths(first.distance, probe.full.len());
        let gap = found.get(1).map_or(FAR, |second| second.distance.saturating_sub(first.distance));
        let nearly_by_code = first.marks.contains(&Mark::CodeNearly) && first.distance <= 200;
        let is_slip = || parts::is_slip_of(&probe.full, self.texts.full(first.entry), &self.places);
        match () {
            () if first.differ.contains(&Mark::Code) && score < 900 => Class::None,
            () if !first.differ.is_empty() => Class::Possible,
            () if nearly_by_code => Class::Probable,
            () if first.distance <= 150 && gap >= 40 && probe.core.len() >= 4 && is_slip() => Class::Probable,
            () if score >= POSSIBLE => Class::Possible,
            () => Class::None,
        }
    }

    /// Notes how the codes and the region of the row stand to an entry found by name.
    fn judge_codes(&self, query: &Query<'_>, word: &CodeWord, one: &mut Found) {
        let code = self.entries.code(one.entry);
        if word.stranger && !code.is_empty() {
            one.differ.push(Mark::Code);
        } else if let Some(broken) = &word.broken {
            let units = |text: &str| text.encode_utf16().collect::<Signs>();
            let is_near = form::one_slip(&units(broken), &units(code));
            if is_near { one.marks.push(Mark::CodeNearly) } else { one.differ.push(Mark::Code) }
        }
        let stated = query.region.get(..6).and_then(|region| region.parse::<u32>().ok());
        let Some(stated) = stated else { return };
        match self.regions_agree(stated, self.entries.regions[one.entry as usize]) {
            Some(true) => one.marks.push(Mark::Region),
            Some(false) => one.differ.push(Mark::Region),
            None => {}
        }
    }

    /// Whether the region stated by a row is the entry's; a region that only the USCC hints at is compared by
    /// prefecture, a retired one by province. `None`: nothing to compare.
    fn regions_agree(&self, stated: u32, entry: i32) -> Option<bool> {
        if entry == 0 {
            return None;
        }
        let known = entry.unsigned_abs();
        let level = match () {
            () if self.places.is_retired(known) || self.places.is_retired(stated) => 10_000,
            () if entry < 0 => 100,
            () => 1,
        };
        Some(agree(stated / level * level, known / level * level))
    }

    /// Puts people's decisions over what was found.
    fn decide(&self, query: &Query<'_>, decisions: &Decisions, found: (Class, Vec<Found>)) -> (Class, Vec<Found>) {
        let (mut class, mut found) = found;
        for (code, same) in decisions.list(query) {
            let Some(EntryId(entry)) = self.find_code(code) else { continue };
            let was_first = found.first().is_some_and(|one| one.entry == entry);
            let mut marks =
                found.iter().find(|one| one.entry == entry).map(|one| one.marks.clone()).unwrap_or_default();
            found.retain(|one| one.entry != entry);
            if *same {
                marks.insert(0, Mark::Decision);
                found.insert(0, Found { entry, distance: 0, marks, differ: Vec::new() });
                class = Class::Certain;
            } else if was_first {
                class = if found.is_empty() { Class::None } else { class.min(Class::Possible) };
            }
        }
        (class, found)
    }

    fn candidate(&self, query: &Query<'_>, found: Found) -> Candidate {
        let mut probe = Signs::new();
        signs::read_full(query.name, &mut probe);
        let (mut agree, mut differ) = (found.marks, found.differ);
        let is_same_name = agree.iter().any(|mark| matches!(mark, Mark::Name | Mark::FormerName));
        if !probe.is_empty() && !is_same_name {
            differ.push(Mark::Name);
            for (mark, is_same) in self.compare_parts(&probe, found.entry) {
                if is_same { agree.push(mark) } else { differ.push(mark) }
            }
        }
        agree.sort_unstable();
        agree.dedup();
        differ.sort_unstable();
        differ.dedup();
        differ.retain(|mark| !agree.contains(mark));
        let length = probe.len().max(self.texts.full(found.entry).len());
        Candidate {
            entry: EntryId(found.entry),
            uscc: self.entries.code(found.entry).to_owned(),
            name: self.entries.name(found.entry).to_owned(),
            score_thousandths: compare::score_thousandths(found.distance, length),
            agree,
            differ,
        }
    }

    /// Which parts of the two names agree (true) and differ (false); a part that neither has is not named.
    fn compare_parts(&self, probe: &[u16], entry: u32) -> Vec<(Mark, bool)> {
        let one = parts::split(probe, &self.places);
        let other = parts::split(self.texts.full(entry), &self.places);
        let region =
            |parts: &Parts| parts.region.iter().flat_map(|place| super::places::bare(place)).collect::<Signs>();
        let (region, other_region) = (region(&one), region(&other));
        let rows = [
            (Mark::Region, &region, &other_region),
            (Mark::Brand, &one.brand, &other.brand),
            (Mark::Industry, &one.industry, &other.industry),
            (Mark::Branch, &one.branch, &other.branch),
        ];
        let stated = rows.into_iter().filter(|(_, one, other)| !(one.is_empty() && other.is_empty()));
        let marks = stated.map(|(mark, one, other)| (mark, one == other));
        marks.chain([(Mark::Form, one.form == other.form)]).collect()
    }
}

fn found_has(found: &[Found], entry: u32) -> bool {
    found.iter().any(|one| one.entry == entry)
}

/// One entry named by valid codes is certain. When one code stands for several entries, the one whose name agrees is
/// meant; when codes name different entries, none may stand for certain.
fn class_of_codes(found: &[Found]) -> Class {
    let codes = |one: &Found| one.marks.iter().copied().filter(|mark| *mark != Mark::Name).collect::<Vec<_>>();
    let is_one_code = found.iter().all(|one| codes(one) == codes(&found[0]));
    let with_name = found.iter().filter(|one| one.marks.contains(&Mark::Name)).count();
    match found.len() {
        0 => Class::None,
        1 => Class::Certain,
        _ if is_one_code && with_name == 1 => Class::Certain,
        _ => Class::Probable,
    }
}

/// An exact name that is unique and that nothing speaks against is certain; one for two codes is at most probable; a
/// code that disagrees beats it.
fn class_of_exact(found: &[Found]) -> Class {
    let exact: Vec<&Found> = found.iter().filter(|one| one.distance == 0).collect();
    let Some(first) = exact.first() else { return Class::Possible };
    match () {
        () if first.differ.contains(&Mark::Code) => Class::Possible,
        () if exact.len() > 1 || !first.differ.is_empty() => Class::Probable,
        () => Class::Certain,
    }
}

/// Whether a name may be a natural person's: it is short and names neither place, form nor line of business, or it has
/// the point of a Kazakh or Uyghur name. Such a name never links by itself.
fn may_be_a_person(probe: &Side, name: &str) -> bool {
    let bare = probe.places.is_empty() && !probe.form.is_stated() && !parts::names_an_industry(&probe.full);
    let pointed = name.contains(['·', '•', '・', '．', '.']);
    bare && probe.core.len() == probe.full.len() && (probe.full.len() <= 4 || pointed)
}
