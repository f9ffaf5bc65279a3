//! Codes and places by every spelling, as hash maps built once a file.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::header::fold;
use crate::catalog::{Catalog, CodeEntry, CodeList, Column};

/// A code list, or the short list of a column, by code, name and alias.
#[derive(Debug, Clone, Default)]
pub struct CodeLookup {
    exact: HashMap<String, Code>,
    folded: HashMap<String, Code>,
    /// Aliases that stand under several codes, folded, with the names there are to choose from.
    asked: HashMap<String, Vec<String>>,
    /// Names for the sentence that says what may stand there.
    names: Vec<String>,
}

/// A code found, and whether it holds on the day asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The code kept.
    pub code: String,
    /// It holds in the sheet's period.
    pub holds: bool,
}

impl CodeLookup {
    /// The codes a column takes; `translations` are the spellings of a layout profile. `None` for a column without codes.
    pub fn new(column: &Column, catalog: &Catalog, day: NaiveDate) -> Option<Self> {
        if let Some(list) = column.list.as_ref().and_then(|list| catalog.lists.get(list)) {
            return Some(Self::of_list(list, day));
        }
        if column.values.is_empty() {
            return None;
        }
        let mut lookup = Self::default();
        for value in &column.values {
            lookup.add(value, &Code { code: value.clone(), holds: true });
            lookup.names.push(value.clone());
        }
        Some(lookup)
    }

    fn of_list(list: &CodeList, day: NaiveDate) -> Self {
        let mut lookup = Self::default();
        for entry in &list.entries {
            let holds = entry.from.is_none_or(|from| from <= day) && entry.to.is_none_or(|to| day <= to);
            let code = Code { code: entry.code.clone(), holds };
            let spellings = [&entry.code, &entry.name.zh, &entry.name.en].into_iter().chain(&entry.aliases);
            for spelling in spellings.filter(|spelling| !spelling.is_empty()) {
                lookup.add(spelling, &code);
            }
            // A sheet that shows both (`0601 工业用地`, `工业用地(0601)`) says the same thing twice.
            lookup.add(&format!("{}{}", entry.code, entry.name.zh), &code);
            lookup.add(&format!("{}-{}", entry.code, entry.name.zh), &code);
            lookup.add(&format!("{}({})", entry.name.zh, entry.code), &code);
            if holds && !lookup.names.contains(&entry.name.zh) {
                lookup.names.push(entry.name.zh.clone());
            }
        }
        for entry in &list.entries {
            // A spreadsheet takes the leading zeros of a code that it believes to be a figure.
            let bare = entry.code.trim_start_matches('0');
            if !bare.is_empty() && bare.bytes().all(|sign| sign.is_ascii_digit()) {
                let code = Code { code: entry.code.clone(), holds: true };
                lookup.folded.entry(bare.to_owned()).or_insert(code);
            }
        }
        lookup.ask_for_shared_aliases(list, day);
        lookup
    }

    /// An alias under several codes means none of them: only the clerk knows which. A code's own code or name stays its own.
    fn ask_for_shared_aliases(&mut self, list: &CodeList, day: NaiveDate) {
        let holds =
            |entry: &&CodeEntry| entry.from.is_none_or(|from| from <= day) && entry.to.is_none_or(|to| day <= to);
        let holding: Vec<&CodeEntry> = list.entries.iter().filter(holds).collect();
        let own = |entry: &&CodeEntry| [&entry.code, &entry.name.zh, &entry.name.en].map(|spelling| fold(spelling));
        let own: HashSet<String> = holding.iter().flat_map(own).collect();
        let mut claims: HashMap<String, Vec<String>> = HashMap::new();
        for entry in holding {
            for alias in &entry.aliases {
                let names = claims.entry(fold(alias)).or_default();
                if !names.contains(&entry.name.zh) {
                    names.push(entry.name.zh.clone());
                }
            }
        }
        claims.retain(|alias, names| names.len() > 1 && !own.contains(alias));
        for alias in claims.keys() {
            self.folded.remove(alias);
            self.exact.retain(|spelling, _| fold(spelling) != *alias);
        }
        self.asked = claims;
    }

    /// One that holds takes the place of one that doesn't.
    pub(super) fn add(&mut self, spelling: &str, code: &Code) {
        for (map, key) in [(&mut self.exact, spelling.to_owned()), (&mut self.folded, fold(spelling))] {
            let known = map.entry(key).or_insert_with(|| code.clone());
            if !known.holds && code.holds {
                known.clone_from(code);
            }
        }
    }

    /// The code a text means.
    pub fn find(&self, text: &str) -> Option<&Code> {
        self.exact.get(text).or_else(|| self.folded.get(&fold(text)))
    }

    /// The names that a text may mean where it stands under several codes; empty for every other text.
    pub fn choices(&self, text: &str) -> &[String] {
        self.asked.get(&fold(text)).map_or(&[], Vec::as_slice)
    }

    /// The names there are, at most so many, and how many more.
    pub fn names(&self, most: usize) -> String {
        let shown = self.names.iter().take(most).map(String::as_str).collect::<Vec<_>>().join("、");
        if self.names.len() > most { format!("{shown}…（{}）", self.names.len()) } else { shown }
    }

    /// The name spelt most like the text.
    pub fn nearest(&self, text: &str) -> Option<&str> {
        let likeness = |name: &&String| strsim::normalized_damerau_levenshtein(text, name);
        let best = self.names.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
        (likeness(&best) > 0.3).then_some(best.as_str())
    }
}

/// Administrative divisions by code and name: the counties of the country, the townships of the county.
#[derive(Debug, Clone, Default)]
pub struct RegionLookup {
    names_by_code: HashMap<String, String>,
    codes_by_name: HashMap<String, Vec<NamedPlace>>,
}

/// A place and the days on which it has the name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NamedPlace {
    code: String,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl NamedPlace {
    fn holds(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// What a text says about a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegionFound<'a> {
    /// One place.
    One(&'a str),
    /// A name that several places have.
    Several(Vec<&'a str>),
    /// No place known.
    Unknown,
}

/// Ends of names that say only that the seat of the place itself is meant.
const SEATS: [&str; 3] = ["本级", "市直", "直属"];

/// Ends of names that people leave out, longest first.
const ENDINGS: [&str; 9] = ["维吾尔自治区", "回族自治州", "自治区", "自治州", "哈萨克自治县", "省", "市", "县", "区"];

impl RegionLookup {
    /// The places of a catalogue: its lists `divisions` and `township`, and the regions of its units.
    pub fn new(catalog: &Catalog) -> Self {
        let mut lookup = Self::default();
        for list in ["township", "divisions"] {
            let Some(list) = catalog.lists.get(list) else { continue };
            for entry in &list.entries {
                lookup.add(entry);
            }
        }
        lookup
    }

    fn add(&mut self, entry: &CodeEntry) {
        let name = &entry.name.zh;
        self.names_by_code.entry(entry.code.clone()).or_insert_with(|| name.clone());
        let short = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
        let short = short.filter(|short| short.chars().count() >= 2);
        for spelling in [name.as_str()].into_iter().chain(short).chain(entry.aliases.iter().map(String::as_str)) {
            let places = self.codes_by_name.entry(spelling.to_owned()).or_default();
            let place = NamedPlace { code: entry.code.clone(), from: entry.from, to: entry.to };
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }

    /// The place a text names, by code (`652323`, `652323100`, `652323000000`) or by name, alone or behind the names
    /// of the places it lies in (`新疆昌吉州呼图壁县大丰镇`). Of several with one name the one that has it on the day is
    /// meant, else the last that had it; of several such the one in `home`.
    pub fn find<'a>(&'a self, text: &'a str, (home, day): (&str, NaiveDate)) -> RegionFound<'a> {
        if !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit()) {
            return self.find_code(text);
        }
        let starts = text.char_indices().map(|(at, _)| at);
        for at in starts {
            if let Some(places) = self.codes_by_name.get(&text[at..]) {
                return self.choose(&codes_on(places, day), &text[..at], home);
            }
        }
        match SEATS.iter().find_map(|seat| text.strip_suffix(seat)) {
            Some(place) if !place.is_empty() => self.find(place, (home, day)),
            _ => RegionFound::Unknown,
        }
    }

    fn find_code<'a>(&'a self, text: &'a str) -> RegionFound<'a> {
        let code = match text.len() {
            12 => text[..9].strip_suffix("000").unwrap_or(&text[..9]),
            9 => text.strip_suffix("000").unwrap_or(text),
            _ => text,
        };
        let known = self.names_by_code.is_empty() || self.names_by_code.contains_key(code);
        // Townships of other counties are not in the list; their county is.
        let within = code.len() == 9 && self.names_by_code.contains_key(&code[..6]);
        let whole = matches!(code.len(), 6 | 9);
        if whole && (known || within) { RegionFound::One(code) } else { RegionFound::Unknown }
    }

    fn choose<'a>(&self, codes: &[&'a str], before: &str, home: &str) -> RegionFound<'a> {
        if let [only] = codes {
            return RegionFound::One(only);
        }
        let lies_in = |code: &&&str| {
            let province = self.names_by_code.get(&format!("{}0000", &code[..2]));
            let short = province.map(|name| name.chars().take(2).collect::<String>());
            short.is_some_and(|short| !before.is_empty() && before.contains(&short))
        };
        let named: Vec<&&str> = codes.iter().filter(lies_in).collect();
        if let [only] = named[..] {
            return RegionFound::One(only);
        }
        for length in [6, 4, 2] {
            let Some(prefix) = home.get(..length) else { continue };
            let mut near = codes.iter().filter(|code| code.starts_with(prefix));
            if let (Some(first), None) = (near.next(), near.next()) {
                return RegionFound::One(first);
            }
        }
        RegionFound::Several(codes.iter().copied().take(5).collect())
    }
}

/// The codes of places that have a name on a day; where none has it, those that had it last.
fn codes_on(places: &[NamedPlace], day: NaiveDate) -> Vec<&str> {
    let last = places.iter().filter_map(|place| place.to).max();
    let is_any_held = places.iter().any(|place| place.holds(day));
    let meant = |place: &&NamedPlace| if is_any_held { place.holds(day) } else { place.to == last };
    let mut codes: Vec<&str> = places.iter().filter(meant).map(|place| place.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Bilingual;

    fn entry(code: &str, name: &str) -> CodeEntry {
        let name = Bilingual { zh: name.to_owned(), en: String::new() };
        CodeEntry { code: code.to_owned(), name, from: None, to: None, aliases: Vec::new() }
    }

    const HERE: (&str, NaiveDate) = ("652323", day(2025));

    const fn day(year: i32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, 6, 1).unwrap()
    }

    fn places() -> RegionLookup {
        let entries = [
            ("650000", "新疆维吾尔自治区"),
            ("652323", "呼图壁县"),
            ("652301", "昌吉市"),
            ("110102", "新城区"),
            ("150102", "新城区"),
            ("150000", "内蒙古自治区"),
        ];
        let list = CodeList { entries: entries.iter().map(|(code, name)| entry(code, name)).collect() };
        let towns = CodeList { entries: vec![entry("652323101", "大丰镇")] };
        let lists = [("divisions".to_owned(), list), ("township".to_owned(), towns)].into();
        RegionLookup::new(&Catalog { lists, ..Catalog::default() })
    }

    #[test]
    fn a_place_is_found_by_code_by_name_and_behind_the_places_it_lies_in() {
        let places = places();
        for text in ["652323", "652323000", "652323000000", "呼图壁县", "呼图壁", "新疆维吾尔自治区呼图壁县"]
        {
            assert_eq!(places.find(text, HERE), RegionFound::One("652323"), "{text}");
        }
        assert_eq!(places.find("新疆昌吉州呼图壁县大丰镇", HERE), RegionFound::One("652323101"));
        assert_eq!(places.find("999999", HERE), RegionFound::Unknown);
        assert_eq!(places.find("天边", HERE), RegionFound::Unknown);
    }

    #[test]
    fn a_name_of_several_places_is_told_by_what_stands_before_it() {
        let places = places();
        assert_eq!(places.find("内蒙古呼和浩特市新城区", HERE), RegionFound::One("150102"));
        assert_eq!(places.find("新城区", HERE), RegionFound::Several(vec!["110102", "150102"]));
        assert_eq!(places.find("新城区", ("110101", day(2025))), RegionFound::One("110102"));
    }

    #[test]
    fn of_places_that_had_a_name_one_after_the_other_the_one_of_the_day_is_meant() {
        let moved = CodeEntry { to: Some(day(1996)), ..entry("320826", "泗阳县") };
        let now = CodeEntry { from: Some(day(1997)), ..entry("321323", "泗阳县") };
        let gone = CodeEntry { to: Some(day(2015)), ..entry("320482", "金坛市") };
        let gone_before = CodeEntry { to: Some(day(1993)), ..entry("320422", "金坛市") };
        let list = CodeList { entries: vec![moved, now, gone_before, gone] };
        let places =
            RegionLookup::new(&Catalog { lists: [("divisions".to_owned(), list)].into(), ..Catalog::default() });
        assert_eq!(places.find("泗阳县", HERE), RegionFound::One("321323"));
        assert_eq!(places.find("泗阳县", ("", day(1990))), RegionFound::One("320826"));
        assert_eq!(places.find("金坛市", HERE), RegionFound::One("320482"));
    }

    #[test]
    fn the_seat_of_a_place_is_the_place() {
        assert_eq!(places().find("昌吉市本级", HERE), RegionFound::One("652301"));
        assert_eq!(places().find("本级", HERE), RegionFound::Unknown);
    }

    #[test]
    fn a_code_is_found_by_name_alias_and_without_its_zeros() {
        let list = CodeList { entries: vec![entry("0601", "工业用地"), entry("07", "住宅用地")] };
        let lookup = CodeLookup::of_list(&list, NaiveDate::default());
        for text in ["0601", "601", "工业用地", "0601 工业用地", "工业用地（0601）"] {
            assert_eq!(lookup.find(text).map(|code| code.code.as_str()), Some("0601"), "{text}");
        }
        assert!(lookup.find("工业").is_none());
    }

    #[test]
    fn an_alias_of_several_codes_means_none_of_them_and_names_all() {
        let aliased = |code: &str, name: &str, aliases: &[&str]| CodeEntry {
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            ..entry(code, name)
        };
        let retired = CodeEntry { to: Some(day(1996)), ..aliased("c", "旧", &["粉尘"]) };
        let list = CodeList {
            entries: vec![aliased("a", "一般性粉尘", &["粉尘", "颗粒物"]), aliased("b", "烟尘", &["颗粒物"]), retired],
        };
        let lookup = CodeLookup::of_list(&list, day(2025));
        for text in ["颗粒物", " 颗粒物 "] {
            assert_eq!(lookup.find(text), None, "{text}");
            assert_eq!(lookup.choices(text), ["一般性粉尘", "烟尘"], "{text}");
        }
        assert_eq!(lookup.find("粉尘").map(|code| code.code.as_str()), Some("a"), "a retired code asks nothing");
        assert_eq!(lookup.find("烟尘").map(|code| code.code.as_str()), Some("b"));
        assert!(lookup.choices("烟尘").is_empty());
    }
}
