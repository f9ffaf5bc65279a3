//! Headers as people write them, and the columns they mean.
//!
//! One column has many spellings: full-width signs, blanks between the signs, a star for "must be filled", a number in
//! front, the measure in brackets (`总投资（万元）`), a group name above (`施工单位/名称`). A header is folded to one form
//! and looked up among the folded names and aliases of a kind; the index is built once and asked once a column.

use std::collections::{HashMap, HashSet};

use super::claim::Claim;
pub use super::folding::fold;
use super::stated;
use crate::catalog::{Catalog, Column, Item, Kind, PartyPart};

/// Headers under which sheets say what a row of a differential set does.
pub const ACTION_HEADERS: [&str; 7] =
    ["操作（新增/变更/撤销）", "操作", "操作类型", "变更类型", "行操作", "操作标识", "增改撤标识"];

/// Headers of columns that only count the rows.
const COUNTING_HEADERS: [&str; 8] = ["序号", "行号", "编序", "no.", "no", "序", "行次", "项次"];

/// What offices write beside a row for themselves: remarks, who filled it in, whom to call.
const REMARK_HEADERS: [&str; 32] = [
    "备考",
    "附注",
    "注",
    "注释",
    "说明",
    "情况说明",
    "其他说明",
    "其它说明",
    "填报说明",
    "补充说明",
    "经办人",
    "经手人",
    "联系人",
    "联系电话",
    "联系方式",
    "电话",
    "手机",
    "手机号",
    "手机号码",
    "填报人",
    "填表人",
    "制表人",
    "录入人",
    "审核人",
    "复核人",
    "填报日期",
    "填表日期",
    "录入日期",
    "填报时间",
    "签字",
    "签名",
    "签收人",
];

/// Headers of a code without saying whose: they belong to the party whose name stands to the left. Behind a name of a party
/// they say whose. One that ends with another stands before it.
const BARE_CODES: [(&str, PartyPart); 23] = [
    ("统一社会信用代码", PartyPart::Uscc),
    ("社会信用代码", PartyPart::Uscc),
    ("统一信用代码", PartyPart::Uscc),
    ("信用代码", PartyPart::Uscc),
    ("统一代码", PartyPart::Uscc),
    ("纳税人识别号", PartyPart::Uscc),
    ("纳税识别号", PartyPart::Uscc),
    ("税务登记号", PartyPart::Uscc),
    ("税号", PartyPart::Uscc),
    ("组织机构代码", PartyPart::OrganisationCode),
    ("机构代码", PartyPart::OrganisationCode),
    ("营业执照注册号", PartyPart::RegistrationNumber),
    ("工商注册号", PartyPart::RegistrationNumber),
    ("工商登记号", PartyPart::RegistrationNumber),
    ("营业执照号", PartyPart::RegistrationNumber),
    ("注册号", PartyPart::RegistrationNumber),
    ("居民身份证号码", PartyPart::CitizenId),
    ("公民身份号码", PartyPart::CitizenId),
    ("身份证件号码", PartyPart::CitizenId),
    ("身份证号码", PartyPart::CitizenId),
    ("身份证号", PartyPart::CitizenId),
    ("证件号码", PartyPart::CitizenId),
    ("证件号", PartyPart::CitizenId),
];

/// The column a header means, and the measure it states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderMatch {
    /// Position among the kind's columns.
    pub column: usize,
    /// What it says its figures are measured in.
    pub claim: Option<Claim>,
}

/// The headers of one kind.
#[derive(Debug, Clone)]
pub struct KindHeaders {
    /// Key of the item.
    pub item: String,
    /// Key of the kind.
    pub kind: String,
    /// Folded names by which the item and the kind are called in file and sheet names.
    pub names: [String; 2],
    /// Positions of columns that must be filled.
    pub required: Vec<usize>,
    /// Every column is closed: nobody is asked for it.
    pub closed: bool,
    column_count: usize,
    columns: HashMap<String, usize>,
    parties: HashMap<usize, String>,
    codes: HashMap<(String, PartyPart), usize>,
}

impl KindHeaders {
    fn new(item: &Item, kind: &Kind) -> Self {
        let mut columns = HashMap::new();
        for (at, column) in kind.columns.iter().enumerate() {
            for header in spellings(column) {
                columns.entry(fold(header)).or_insert(at);
            }
        }
        let of_party = |column: &Column| column.party.clone();
        let parts = || kind.columns.iter().enumerate().filter_map(move |(at, column)| Some((at, of_party(column)?)));
        Self {
            item: item.key.clone(),
            kind: kind.key.clone(),
            names: [fold(&item.name.zh), fold(&kind.name.zh)],
            required: kind
                .columns
                .iter()
                .enumerate()
                .filter(|(_, c)| c.required && !c.closed)
                .map(|(at, _)| at)
                .collect(),
            closed: !kind.columns.is_empty() && kind.columns.iter().all(|column| column.closed),
            column_count: kind.columns.iter().filter(|column| !column.closed).count(),
            columns,
            parties: parts().map(|(at, (party, _))| (at, party)).collect(),
            codes: parts().map(|(at, part)| (part, at)).collect(),
        }
    }

    /// How many columns a sheet of the kind has.
    pub fn column_count(&self) -> usize {
        self.column_count
    }

    /// The column a header means. The whole header is tried first, then without what stands in brackets behind it, then
    /// the parts of a joined one (`upper/lower`), then without a measure at its end.
    pub fn find(&self, header: &str) -> Option<HeaderMatch> {
        let folded = fold(header);
        if let Some(found) = self.find_folded(&folded) {
            return Some(found);
        }
        if let Some(column) = self.find_named_code(&folded) {
            return Some(HeaderMatch { column, claim: None });
        }
        if let Some((upper, lower)) = folded.rsplit_once('/') {
            let by_lower = self.find_folded(&format!("{upper}{lower}")).or_else(|| self.find_folded(lower));
            let found = match by_lower {
                Some(found) => Some((found, claim_of_group(upper))),
                None => self.find_folded(upper).map(|found| (found, Claim::of(lower))),
            };
            if let Some((found, other)) = found {
                return Some(HeaderMatch { claim: found.claim.or(other), ..found });
            }
        }
        if let Some((before, claim)) = measure_named(&folded)
            && let Some(found) = self.find_folded(before).filter(|found| found.claim.is_none())
        {
            return Some(HeaderMatch { claim: Some(claim), ..found });
        }
        let (before, measure) = Claim::behind(&folded)?;
        let found = self.find_folded(before).filter(|found| found.claim.is_none())?;
        Some(HeaderMatch { claim: Some(Claim::Known(measure)), ..found })
    }

    /// The code of a party that is named, in other words than the template's: 业主单位税号, 建设单位/信用代码.
    fn find_named_code(&self, folded: &str) -> Option<usize> {
        if folded.contains('/') && self.columns.contains_key(&folded.replace('/', "")) {
            return None;
        }
        let folded = split_bracket(folded).map_or(folded, |(outer, _)| outer);
        let (whose, part) = BARE_CODES.iter().find_map(|(word, part)| Some((folded.strip_suffix(*word)?, *part)))?;
        let whose = whose.trim_end_matches(['/', '的']);
        let name = |spelling: &str| self.columns.get(spelling).and_then(|at| self.parties.get(at));
        let party = name(whose).or_else(|| name(&format!("{whose}名称")))?;
        self.codes.get(&(party.clone(), part)).copied()
    }

    fn find_folded(&self, folded: &str) -> Option<HeaderMatch> {
        if let Some(column) = self.columns.get(folded) {
            // Its own name, brackets and all: they say nothing that the template doesn't know.
            let claim = split_bracket(folded).and_then(|(_, inner)| Claim::of(inner));
            return Some(HeaderMatch { column: *column, claim: claim.filter(|said| matches!(said, Claim::Known(_))) });
        }
        let mut outer = folded;
        while let Some((before, _)) = split_bracket(outer) {
            outer = before;
            if let Some(column) = self.columns.get(outer) {
                return Some(HeaderMatch { column: *column, claim: Claim::of(&folded[outer.len()..]) });
            }
        }
        // 金额万元（含税）: the measure stands before the brackets.
        if let Some((before, _)) = Claim::behind(outer).filter(|_| outer.len() < folded.len())
            && let Some(column) = self.columns.get(before)
        {
            return Some(HeaderMatch { column: *column, claim: Claim::of(&folded[before.len()..]) });
        }
        let bare = without_number(folded);
        (bare.len() < folded.len()).then(|| self.find_folded(bare)).flatten()
    }

    /// The code column of the party that the column to the left belongs to, for a header that names a code only.
    pub fn find_bare_code(&self, header: &str, left: Option<usize>) -> Option<usize> {
        let folded = fold(without_repeat(header));
        let party = self.parties.get(&left?)?;
        let part = bare_code(&folded)?;
        self.codes.get(&(party.clone(), part)).copied()
    }

    /// How many different columns these headers name.
    pub fn count_known<'a>(&self, headers: impl Iterator<Item = &'a str>) -> usize {
        headers.filter_map(|header| self.find(header)).map(|found| found.column).collect::<HashSet<_>>().len()
    }

    /// The header of the kind that is spelt most like this one, for a hint.
    pub fn nearest<'a>(&self, header: &str, kind: &'a Kind) -> Option<&'a str> {
        let folded = fold(header);
        let likeness = |name: &str| strsim::normalized_damerau_levenshtein(&folded, &fold(name));
        let names = kind.columns.iter().filter(|c| !c.closed).flat_map(|c| c.headers().map(move |name| (c, name)));
        let best = names.map(|(column, name)| (likeness(name), column)).max_by(|a, b| a.0.total_cmp(&b.0))?;
        (best.0 >= 0.5).then_some(best.1.name.zh.as_str())
    }
}

/// The headers of the whole catalogue, built once.
#[derive(Debug, Clone, Default)]
pub struct HeaderBook {
    /// One entry a kind.
    pub kinds: Vec<KindHeaders>,
}

impl HeaderBook {
    /// The book of a catalogue.
    pub fn new(catalog: &Catalog) -> Self {
        let kinds =
            catalog.items.values().flat_map(|item| item.kinds.iter().map(move |kind| KindHeaders::new(item, kind)));
        Self { kinds: kinds.collect() }
    }

    /// The headers of a kind.
    pub fn find(&self, item: &str, kind: &str) -> Option<&KindHeaders> {
        self.kinds.iter().find(|headers| headers.item == item && headers.kind == kind)
    }

    /// How many of a row's texts are headers of one and the same kind, the kind that knows most.
    pub fn most_known(&self, texts: &[String]) -> usize {
        let known = self.kinds.iter().map(|kind| kind.count_known(texts.iter().map(String::as_str)));
        known.max().unwrap_or(0)
    }
}

/// What a header that names nothing but a code asks for, in brackets or behind a stroke the same in other words:
/// 纳税人识别号（统一社会信用代码）.
fn bare_code(folded: &str) -> Option<PartyPart> {
    let part_of = |word: &str| BARE_CODES.iter().find(|(name, _)| *name == word).map(|(_, part)| *part);
    let outer = split_bracket(folded).filter(|(_, inner)| part_of(inner).is_some()).map_or(folded, |(outer, _)| outer);
    let mut parts = outer.split('/').map(part_of);
    let first = parts.next()??;
    parts.all(|part| part == Some(first)).then_some(first)
}

fn spellings(column: &Column) -> impl Iterator<Item = &str> {
    column.headers().chain(std::iter::once(column.key.as_str()))
}

/// Whether the header is that of the row action column.
pub fn is_action(header: &str) -> bool {
    let folded = fold(header);
    ACTION_HEADERS.iter().any(|known| fold(known) == folded)
}

/// Whether the column under this header only counts rows.
pub fn is_counting(header: &str) -> bool {
    COUNTING_HEADERS.contains(&fold(without_repeat(header)).as_str())
}

/// Whether the column under this header is the office's own remark about a row.
pub fn is_remark(header: &str) -> bool {
    let folded = fold(without_repeat(header));
    let bare = without_number(split_bracket(&folded).map_or(folded.as_str(), |(outer, _)| outer));
    let lower = bare.rsplit('/').next().unwrap_or(bare);
    REMARK_HEADERS.contains(&lower) || lower.contains("备注") || lower.starts_with("经办人")
}

/// Whether the reader gave the column its name because it had none.
pub fn is_blank(header: &str) -> bool {
    header.strip_prefix("column_").is_some_and(|number| number.bytes().all(|sign| sign.is_ascii_digit()))
}

/// The header without the `_2` that tells it from the same one before it.
pub fn without_repeat(header: &str) -> &str {
    match header.rsplit_once('_') {
        Some((name, number)) if !number.is_empty() && number.bytes().all(|sign| sign.is_ascii_digit()) => name,
        _ => header,
    }
}

/// What stands before a measure that a header names as one, without brackets, and the measure: 补贴金额 单位：万元.
fn measure_named(folded: &str) -> Option<(&str, Claim)> {
    let (before, measure) = folded.rsplit_once("单位")?;
    let before = before.strip_suffix("计量").unwrap_or(before);
    Some((before, Claim::of(measure)?))
}

/// What stands before the brackets at the end, and in them, brackets of its own and all.
pub(super) fn split_bracket(folded: &str) -> Option<(&str, &str)> {
    let inner_end = folded.strip_suffix([')', ']', '】', '〕'])?;
    let mut depth = 1;
    for (at, sign) in inner_end.char_indices().rev() {
        match sign {
            ')' | ']' | '】' | '〕' => depth += 1,
            '(' | '[' | '【' | '〔' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (at > 0).then_some((&folded[..at], &inner_end[at + sign.len_utf8()..]));
        }
    }
    None
}

/// What a header says of its measure, whatever it is called: in its brackets, else at its end.
pub fn claim_in(header: &str) -> Option<Claim> {
    let folded = fold(without_repeat(header));
    let mut outer = folded.as_str();
    while let Some((before, _)) = split_bracket(outer) {
        outer = before;
    }
    let in_brackets = Claim::of(&folded[outer.len()..]);
    let named = || measure_named(outer).map(|(_, claim)| claim);
    in_brackets.or_else(named).or_else(|| Claim::behind(outer).map(|(_, measure)| Claim::Known(measure)))
}

/// What the names of the groups above a column say: `投资（万元）/总投资`, `单位：万元/总投资`.
fn claim_of_group(upper: &str) -> Option<Claim> {
    let of_group = |group: &str| match split_bracket(group) {
        Some((_, inner)) => Claim::of(inner),
        None => stated::claims_in(group).into_iter().next(),
    };
    upper.rsplit('/').find_map(of_group)
}

/// The header without the number in front of it: `3.总投资`, `(一)总投资`.
pub(super) fn without_number(folded: &str) -> &str {
    let rest =
        folded.trim_start_matches(|sign: char| sign.is_ascii_digit() || "()（）一二三四五六七八九十".contains(sign));
    let rest = rest.strip_prefix(['.', '、', ')']).unwrap_or(rest);
    if rest.is_empty() { folded } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_blanks_and_stars_do_not_make_another_header() {
        assert_eq!(fold("＊企业 名称（全称）："), fold("企业名称(全称)"));
        assert!(is_counting("序 号"));
        assert!(is_action("操作(新增/变更/撤销)"));
        assert!(is_blank("column_7") && !is_blank("column_a"));
        assert_eq!(without_repeat("面积_2"), "面积");
    }

    #[test]
    fn brackets_of_every_form_are_opened() {
        for header in [
            "总投资(万元)",
            "总投资［万元］",
            "总投资【万元】",
            "总投资〔万元〕",
            "总投资（万元）（含税）",
            "总投资万元（含税）",
            "总投资（萬元）",
            "总投资（单位／万元）",
        ] {
            assert_eq!(claim_in(header), Some(Claim::Known(crate::catalog::Measure::TenThousandYuan)), "{header}");
        }
        for header in ["面积亩（毛）", "面积（亩（毛））", "面积（mu）", "面积mu"] {
            assert_eq!(claim_in(header), Some(Claim::Known(crate::catalog::Measure::Mu)), "{header}");
        }
        assert_eq!(claim_in("面积公顷(ha)"), Some(Claim::Known(crate::catalog::Measure::Hectare)));
    }
}
