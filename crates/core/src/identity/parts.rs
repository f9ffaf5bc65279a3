//! A name split into what it is made of: place, brand, line of business, legal form, branch.
//!
//! 呼图壁县｜某某｜商贸｜有限公司｜第一分公司. The law of names orders them so (企业名称登记管理规定); the place may
//! also stand behind the brand in brackets, and is then left where it is. The split serves to say what agrees and what
//! differs; candidates are found without it.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::compare;
use super::form::{self, Form};
use super::places::{self, Places};
use super::signs::{self, Signs};

/// Parts of a name, normalised; empty where the name has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameParts {
    /// Places at the start.
    pub region: String,
    /// What tells this firm from others.
    pub brand: String,
    /// Line of business.
    pub industry: String,
    /// Words of legal form before the branch.
    pub form: String,
    /// What follows the first legal form: a branch, a shop, a station.
    pub branch: String,
}

/// The parts as signs, for comparison.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Parts {
    pub(crate) region: Vec<Signs>,
    pub(crate) brand: Signs,
    pub(crate) industry: Signs,
    pub(crate) form: Form,
    pub(crate) branch: Signs,
}

impl Parts {
    /// Place, brand and line of business in one row.
    fn core(&self) -> Signs {
        self.region.iter().flatten().chain(&self.brand).chain(&self.industry).copied().collect()
    }

    /// Whether a sign of that row is one of the line of business, or of a place that is surely one.
    fn is_outside_brand(&self, at: usize) -> bool {
        let mut end = 0;
        for place in &self.region {
            end += place.len();
            if at < end {
                return place.len() > 2;
            }
        }
        at >= end + self.brand.len()
    }
}

/// Words of the line of business by their first sign.
static INDUSTRIES: LazyLock<HashMap<u16, Vec<Signs>>> = LazyLock::new(|| {
    let mut words: HashMap<u16, Vec<Signs>> = HashMap::new();
    let lines = include_str!("industry_words.txt").lines().filter(|line| !line.starts_with('#'));
    for word in lines.flat_map(str::split_whitespace).map(signs::read) {
        words.entry(word[0]).or_default().push(word);
    }
    words
});

static COMPANY: LazyLock<Signs> = LazyLock::new(|| signs::read("公司"));

/// Splits a name.
pub fn split_name(name: &str, places: &Places) -> NameParts {
    let mut full = Signs::new();
    signs::read_full(name, &mut full);
    let parts = split(&full, places);
    let head_length = head_length(&full);
    NameParts {
        region: parts.region.iter().map(|place| signs::text(place)).collect(),
        brand: signs::text(&parts.brand),
        industry: signs::text(&parts.industry),
        form: form_text(&full[..head_length]),
        branch: signs::text(&parts.branch),
    }
}

/// Splits a normalised full name.
pub(crate) fn split(full: &[u16], places: &Places) -> Parts {
    let (head, branch) = full.split_at(head_length(full));
    let mut core = Signs::new();
    let form = form::strip(head, &mut core);
    let ends = places.ends(&core);
    let mut region = Vec::new();
    let mut start = 0;
    for end in ends {
        region.push(core[start..end].to_vec());
        start = end;
    }
    let rest = &core[start..];
    let at = industry_start(rest).unwrap_or(rest.len());
    Parts { region, brand: rest[..at].to_vec(), industry: rest[at..].to_vec(), form, branch: branch.to_vec() }
}

/// Whether one name is the other with a slip of the pen: with one slip in all, or with slips that leave every part
/// standing.
pub(crate) fn is_slip_of(written: &[u16], known: &[u16], places: &Places) -> bool {
    let (one, other) = (split(written, places), split(known, places));
    is_one_slip(&one, &other) || parts_stand(&one, &other, places)
}

/// Firms are told apart by another sign in the brand (泰隆, 泰丰), hardly ever by a sign more or fewer or by the order of
/// two: such a slip may stand anywhere. Another sign is a slip outside the brand: in the line of business, or in a place
/// that does not exist, of three signs and more (one of two, 新源 or 安康, may as well be a brand).
fn is_one_slip(one: &Parts, other: &Parts) -> bool {
    let is_known = |written: &Signs| other.region.iter().any(|known| places::bare(known) == places::bare(written));
    if !one.region.last().is_none_or(is_known) || one.branch != other.branch {
        return false;
    }
    match form::find_slip(&one.core(), &other.core()) {
        Some(form::Slip::Moved) => true,
        Some(form::Slip::Wrong(at)) => other.brand.len() > 1 && other.is_outside_brand(at),
        None => false,
    }
}

/// Another sign in a brand or a branch is another firm, unless it sounds the same, is doubled or swapped; two places
/// that both exist are two places however alike they sound; a line of business takes any slip, since few are unknown.
fn parts_stand(one: &Parts, other: &Parts, places: &Places) -> bool {
    let region_stands = match (one.region.is_empty(), other.region.is_empty()) {
        (false, false) => same_places(&one.region, &other.region),
        // A place that the row leaves out is a slip; one that the registry does not have is another firm's.
        (false, true) => false,
        _ => true,
    };
    let brand_stands = one.brand.len().min(other.brand.len()) > 1 && compare::is_slight(&one.brand, &other.brand);
    let sounds_alone = one.brand != other.brand && one.brand.len() == 2 && !is_swapped(&one.brand, &other.brand);
    let (branch_places, other_places) = (places.ends(&one.branch), places.ends(&other.branch));
    let branch_stands = one.branch == other.branch
        || (compare::is_slight(&one.branch, &other.branch) && (branch_places.is_empty() || other_places.is_empty()));
    region_stands && brand_stands && !sounds_alone && branch_stands
}

fn is_swapped(one: &[u16], other: &[u16]) -> bool {
    one.len() == other.len() && one.iter().all(|sign| other.contains(sign))
}

/// Whether the narrowest places are the same, one of them perhaps without its province or its 县.
fn same_places(one: &[Signs], other: &[Signs]) -> bool {
    let narrowest = |region: &[Signs]| region.last().map(|place| places::bare(place));
    narrowest(one) == narrowest(other)
}

/// Whether a name holds a word of the line of business anywhere.
pub(crate) fn names_an_industry(core: &[u16]) -> bool {
    (0..core.len()).any(|at| word_at(&core[at..]))
}

fn word_at(rest: &[u16]) -> bool {
    INDUSTRIES.get(&rest[0]).is_some_and(|words| words.iter().any(|word| rest.starts_with(word)))
}

/// Where the first word of the line of business begins, the brand before it having two signs, else one.
fn industry_start(rest: &[u16]) -> Option<usize> {
    (2..rest.len()).find(|at| word_at(&rest[*at..])).or_else(|| (1..rest.len().min(2)).find(|at| word_at(&rest[*at..])))
}

/// How many signs belong to the head: up to and with the first 公司 that is not 分公司 or 支公司, else all.
fn head_length(full: &[u16]) -> usize {
    const BRANCH: [u16; 3] = ['分' as u16, '支' as u16, '子' as u16];
    let found = full
        .windows(2)
        .enumerate()
        .skip(1)
        .find(|(at, window)| *window == &COMPANY[..] && !BRANCH.contains(&full[at - 1]));
    found.map_or(full.len(), |(at, _)| at + 2)
}

/// The words of form of a head, in their order.
fn form_text(head: &[u16]) -> String {
    let mut core = Signs::new();
    form::strip(head, &mut core);
    let mut rest = core.as_slice();
    let words = head.iter().filter(|sign| match rest.split_first() {
        Some((first, after)) if first == *sign => {
            rest = after;
            false
        }
        _ => true,
    });
    signs::text(&words.copied().collect::<Signs>())
}

#[cfg(test)]
mod tests {
    use super::super::places::tests::places;
    use super::*;

    fn split(name: &str) -> [String; 5] {
        let parts = split_name(name, &places());
        [parts.region, parts.brand, parts.industry, parts.form, parts.branch]
    }

    #[test]
    fn a_name_is_split_into_its_five_parts() {
        assert_eq!(
            split("呼图壁县某某商贸有限责任公司第一分公司"),
            ["呼图壁县", "某某", "商贸", "有限公司", "第一分公司"]
        );
        assert_eq!(
            split("黑龙江省佳木斯某某建筑工程集团股份有限公司"),
            ["黑龙江省佳木斯", "某某", "建筑工程", "集团股份有限公司", ""]
        );
    }

    #[test]
    fn a_name_without_place_and_form_is_brand_and_industry() {
        assert_eq!(split("某某小吃店"), ["", "某某", "小吃店", "", ""]);
        assert_eq!(split("昌吉"), ["", "昌吉", "", "", ""]);
    }
}
