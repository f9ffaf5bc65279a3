//! Administrative divisions (GB/T 2260): which code is which place, and since when and until when.
//!
//! The list is content (`catalog/codes/divisions.csv`: code, name, from, to; days are those of the yearly list in which a code first and last stood) and is given
//! to this module as text. Retired codes stay in it: about four codes in a hundred still carry one, because a USCC keeps
//! the region of first registration for good. Names of places are known short and long (`呼图壁`, `呼图壁县`).

use std::collections::HashMap;

use crate::messages::Message;

/// One place under one code for one span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// Six digits.
    pub code: String,
    /// Full name, as the list has it.
    pub name: String,
    /// First day on which the code is known to have stood in the list, `2012-08-01`; as written.
    pub from: String,
    /// Last day on which it stood there; empty: it still does.
    pub to: String,
}

/// All divisions known, by code and by name.
#[derive(Debug, Clone, Default)]
pub struct Divisions {
    list: Vec<Division>,
    by_code: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

/// What is left off a full name to get the short one, longest first.
const SUFFIXES: [&str; 23] = [
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "林区",
    "新区",
    "特区",
    "矿区",
    "省",
    "市",
    "县",
    "区",
    "盟",
    "旗",
    "州",
    "左旗",
    "右旗",
    "群岛",
];

/// Peoples whose names stand before 自治州 and 自治县.
const PEOPLES: [&str; 34] = [
    "蒙古族",
    "蒙古",
    "回族",
    "藏族",
    "维吾尔",
    "苗族",
    "彝族",
    "壮族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "哈萨克族",
    "哈萨克",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "拉祜族",
    "水族",
    "纳西族",
    "景颇族",
    "柯尔克孜",
    "土族",
    "羌族",
    "撒拉族",
    "仡佬族",
    "锡伯",
    "塔吉克",
];

impl Divisions {
    /// Reads the list. A line that is not `code,name,from,to` is told; the good lines are there all the
    /// same.
    pub fn read(csv: &str) -> (Self, Vec<Message>) {
        let mut divisions = Self::default();
        let mut problems = Vec::new();
        for (number, line) in csv.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
            let cells: Vec<&str> = line.trim_end().split(',').collect();
            match cells[..] {
                [code, name, from, to] if code.len() == 6 && super::text::is_digits(code) && !name.is_empty() => {
                    divisions.add(Division {
                        code: code.to_owned(),
                        name: name.to_owned(),
                        from: from.to_owned(),
                        to: to.to_owned(),
                    });
                }
                _ => problems.push(Message::new("codes-divisions-line").with("line", number + 1)),
            }
        }
        (divisions, problems)
    }

    /// The divisions of a catalogue's code list.
    pub fn of_list(list: &crate::catalog::CodeList) -> Self {
        let mut divisions = Self::default();
        let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        for entry in list.entries.iter().filter(|entry| entry.code.len() == 6) {
            divisions.add(Division {
                code: entry.code.clone(),
                name: entry.name.zh.clone(),
                from: day(entry.from),
                to: day(entry.to),
            });
        }
        divisions
    }

    fn add(&mut self, division: Division) {
        let at = self.list.len();
        self.by_code.entry(division.code.clone()).or_default().push(at);
        for name in names_of(&division.name) {
            let known = self.by_name.entry(name).or_default();
            if known.last() != Some(&at) {
                known.push(at);
            }
        }
        self.list.push(division);
    }

    /// Every place that has or had the code, oldest first.
    pub fn list(&self, code: &str) -> impl Iterator<Item = &Division> {
        self.by_code.get(code).into_iter().flatten().map(|at| &self.list[*at])
    }

    /// The place that has the code now, or the last one that had it.
    pub fn find(&self, code: &str) -> Option<&Division> {
        let known = self.by_code.get(code)?;
        let current = known.iter().map(|at| &self.list[*at]).find(|division| division.to.is_empty());
        current.or_else(|| known.last().map(|at| &self.list[*at]))
    }

    /// Whether the code was in the list once and is no more.
    pub fn is_retired(&self, code: &str) -> bool {
        self.find(code).is_some_and(|division| !division.to.is_empty())
    }

    /// Codes of the places known by a name, full or short.
    pub fn codes_named(&self, name: &str) -> impl Iterator<Item = &str> {
        self.by_name.get(name).into_iter().flatten().map(|at| self.list[*at].code.as_str())
    }

    /// The name of every place, full and short, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// Whether two codes speak of places of which one lies in the other, at the levels that the codes carry
    /// (`652300` holds `652323`; `652301` and `652323` differ).
    pub fn agree(one: &str, other: &str) -> bool {
        let (one, other) = (significant(one), significant(other));
        one.starts_with(other) || other.starts_with(one)
    }
}

/// A code without the zeros that stand for "all of it".
fn significant(code: &str) -> &str {
    code.strip_suffix("0000").or_else(|| code.strip_suffix("00")).unwrap_or(code)
}

/// The names by which a place is known: full, without its last word, and without the people's name before that.
fn names_of(full: &str) -> Vec<String> {
    let mut names = vec![full.to_owned()];
    let Some(short) = SUFFIXES.iter().find_map(|suffix| full.strip_suffix(suffix)) else { return names };
    let is_autonomous = full.contains("自治");
    let mut core = short;
    if is_autonomous {
        while let Some(shorter) = PEOPLES.iter().find_map(|people| core.strip_suffix(people)) {
            core = shorter;
        }
    }
    for name in [short, core] {
        // A name of one sign (沙县, 辉县) is not taken short: it would be found in every brand.
        if name.chars().count() >= 2 && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    if is_autonomous && core.chars().count() >= 2 && full.ends_with("州") {
        names.push(format!("{core}州"));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "code,name,from,to\n\
        650000,新疆维吾尔自治区,1980-12-01,\n\
        652300,昌吉回族自治州,1980-12-01,\n\
        652301,昌吉市,1983-12-01,\n\
        652303,米泉市,1996-12-01,2006-12-31\n\
        652323,呼图壁县,1980-12-01,\n\
        652328,木垒哈萨克自治县,1980-12-01,\n";

    #[test]
    fn a_place_is_known_by_its_full_and_its_short_name() {
        let (divisions, problems) = Divisions::read(LIST);
        assert!(problems.is_empty());
        for name in ["呼图壁县", "呼图壁"] {
            assert_eq!(divisions.codes_named(name).collect::<Vec<_>>(), ["652323"]);
        }
        assert_eq!(divisions.codes_named("昌吉").collect::<Vec<_>>(), ["652300", "652301"]);
        assert_eq!(divisions.codes_named("昌吉州").collect::<Vec<_>>(), ["652300"]);
        assert_eq!(divisions.codes_named("木垒").collect::<Vec<_>>(), ["652328"]);
    }

    #[test]
    fn a_retired_code_is_still_known() {
        let (divisions, _) = Divisions::read(LIST);
        assert!(divisions.is_retired("652303"));
        assert!(!divisions.is_retired("652323"));
    }

    #[test]
    fn a_prefecture_agrees_with_its_county_and_two_counties_differ() {
        assert!(Divisions::agree("652300", "652323"));
        assert!(Divisions::agree("650000", "652323"));
        assert!(!Divisions::agree("652301", "652323"));
    }

    #[test]
    fn a_broken_line_is_told_with_its_number() {
        let (_, problems) = Divisions::read("code,name,from,to\n6523,昌吉,,\n");
        assert_eq!(problems.len(), 1);
    }
}
