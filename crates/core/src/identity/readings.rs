//! Other readings of a name that is nobody's as it stands: without what offices write behind it, with a place, a branch
//! or an office called otherwise.
//!
//! A reading is tried only after the name itself has found nobody for certain or in all likelihood, and what it finds is
//! at most probable: a link never rests on it. Several entries found by the readings of one name are possible and no more.
//! What may as well be somebody else (a second firm behind the first, a place moved within the name) is left alone or
//! capped at possible.

use super::Class;
use super::places::Places;
use super::signs::{self, Signs};

/// One other way to read a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// The name so read.
    pub(super) name: String,
    /// How sure a match may be at most.
    pub(super) most: Class,
    /// Only an entry of exactly this name is meant.
    pub(super) is_exact: bool,
}

impl Reading {
    fn exact(name: String, most: Class) -> Self {
        Self { name, most, is_exact: true }
    }

    fn near(name: String, most: Class) -> Self {
        Self { name, most, is_exact: false }
    }
}

/// Every other reading of a name as it was written.
pub(super) fn list(name: &str, places: &Places) -> Vec<Reading> {
    let mut readings = Vec::new();
    let bare = without_label(name);
    let head = without_note(bare);
    if head.len() < name.trim().len() {
        readings.push(Reading::near(head.to_owned(), Class::Probable));
    }
    let mut full = Signs::new();
    signs::read_full(head, &mut full);
    readings.extend(place_spellings(&full, places));
    readings.extend(branch_spellings(&signs::text(&full)));
    readings.extend(moved_place(head, places));
    readings.extend(without_township(&full, places));
    readings.extend(spelt_out(&signs::text(&full), places));
    readings
}

/// Labels that a form puts before a name.
const LABELS: [&str; 12] = [
    "名称",
    "单位名称",
    "企业名称",
    "公司名称",
    "纳税人名称",
    "纳税人",
    "全称",
    "单位",
    "企业",
    "公司",
    "户名",
    "名称（全称）",
];

fn without_label(name: &str) -> &str {
    let name = name.trim();
    match name.split_once(['：', ':']) {
        Some((label, rest)) if LABELS.contains(&label.trim()) && !rest.trim().is_empty() => rest.trim(),
        _ => name,
    }
}

/// Ends of whole names of organisations, longest first.
const ENDS: [&str; 16] = [
    "有限责任公司",
    "股份有限公司",
    "有限公司",
    "公司",
    "合作社",
    "合伙企业",
    "个体工商户",
    "经营部",
    "商行",
    "超市",
    "餐馆",
    "饭店",
    "农场",
    "厂",
    "店",
    "部",
];

/// How a note behind a name begins.
const NOTES: [&str; 35] = [
    "原名",
    "原",
    "曾用名",
    "曾用",
    "旧名",
    "前身",
    "现名",
    "现更名",
    "现为",
    "更名",
    "已更名",
    "改名",
    "已注销",
    "注销",
    "已吊销",
    "吊销",
    "停业",
    "已停业",
    "歇业",
    "破产",
    "清算",
    "非正常",
    "简称",
    "以下简称",
    "联系人",
    "联系电话",
    "电话",
    "手机",
    "法人",
    "法定代表人",
    "负责人",
    "经办",
    "盖章",
    "公章",
    "签章",
];

/// Notes that go on with the name of somebody: the same taxpayer's other name.
const NAMING_NOTES: [&str; 13] =
    ["原名", "原", "曾用名", "曾用", "旧名", "前身", "现名", "现更名", "现为", "更名", "已更名", "改名", "简称"];

/// Digits that make what stands behind a name a telephone number or a code.
const NOTE_DIGITS: usize = 7;

/// The name without a note behind its end: a former name, a state, whom to call. What may be a second organisation, or a
/// part of the name, stays.
fn without_note(name: &str) -> &str {
    let mut ends: Vec<usize> =
        ENDS.iter().flat_map(|end| name.match_indices(end).map(|(at, end)| at + end.len())).collect();
    ends.sort_unstable();
    ends.dedup();
    let is_inside = |end: &usize| name[*end..].chars().next().is_none();
    let found = ends.iter().filter(|end| !is_inside(end)).find(|end| is_note(&name[**end..]));
    found.map_or(name, |end| name[..*end].trim_end())
}

fn is_note(rest: &str) -> bool {
    const OPENING: [char; 8] = ['(', '（', '[', '【', '〔', '{', '「', '<'];
    const MARKS: &str = "，,；;、/-—－:：。|";
    let trimmed = rest.trim_start();
    let is_parted =
        trimmed.len() < rest.len() || trimmed.starts_with(OPENING) || trimmed.starts_with(|sign| MARKS.contains(sign));
    let text = trimmed
        .trim_start_matches(|sign: char| OPENING.contains(&sign) || MARKS.contains(sign) || sign.is_whitespace());
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let begins = NOTES.iter().any(|note| text.starts_with(note));
    let names_another =
        ENDS[..6].iter().any(|end| text.contains(end)) || text.contains("联合体") || text.contains("联合社");
    match () {
        () if names_another => is_parted && NAMING_NOTES.iter().any(|note| text.starts_with(note)),
        () if digits >= NOTE_DIGITS => true,
        () => is_parted && begins,
    }
}

/// The name with an autonomous region, prefecture or county called by its other names: 昌吉回族自治州, 昌吉州, 昌吉.
fn place_spellings(full: &[u16], places: &Places) -> Vec<Reading> {
    let mut readings = Vec::new();
    let mut start = 0;
    for end in places.ends(full) {
        for other in places.spellings(&full[start..end]) {
            let row: Signs = full[..start].iter().chain(other).chain(&full[end..]).copied().collect();
            readings.push(Reading::exact(signs::text(&row), Class::Probable));
        }
        start = end;
    }
    readings
}

/// Words for a branch behind its ordinal.
const BRANCHES: [&str; 12] =
    ["分公司", "支公司", "子公司", "项目部", "经理部", "营业部", "分店", "门店", "分厂", "分部", "门市部", "加油站"];
const FIGURES: [char; 10] = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];

/// The name with its branch's ordinal written otherwise: 第一分公司, 一分公司, 第1分公司, 1分公司.
fn branch_spellings(full: &str) -> Vec<Reading> {
    let Some(at) = BRANCHES.iter().filter_map(|word| full.rfind(word)).min() else { return Vec::new() };
    let (before, branch) = full.split_at(at);
    let head = before.trim_end_matches(|sign: char| sign.is_ascii_digit() || FIGURES.contains(&sign));
    let Some(number) = ordinal(&before[head.len()..]) else { return Vec::new() };
    let head = head.strip_suffix('第').unwrap_or(head);
    let words = ordinal_words(number);
    let spelt = words.iter().flat_map(|word| [format!("{head}第{word}{branch}"), format!("{head}{word}{branch}")]);
    spelt.filter(|name| name != full).map(|name| Reading::exact(name, Class::Probable)).collect()
}

/// 1 to 99, in Arabic or Chinese figures.
fn ordinal(text: &str) -> Option<u32> {
    if !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit()) {
        return text.parse().ok().filter(|number| (1..100).contains(number));
    }
    let figure = |sign: char| FIGURES.iter().position(|known| *known == sign).and_then(|at| u32::try_from(at + 1).ok());
    match text.chars().collect::<Vec<_>>()[..] {
        [one] => figure(one),
        ['十', one] => Some(10 + figure(one)?),
        [ten, '十'] => Some(10 * figure(ten)?),
        [ten, '十', one] => Some(10 * figure(ten)? + figure(one)?),
        _ => None,
    }
}

fn ordinal_words(number: u32) -> [String; 2] {
    let figure = |at: u32| FIGURES[(at as usize + 9) % 10];
    let chinese = match (number / 10, number % 10) {
        (0, one) => figure(one).to_string(),
        (1, 0) => "十".to_owned(),
        (1, one) => format!("十{}", figure(one)),
        (ten, 0) => format!("{}十", figure(ten)),
        (ten, one) => format!("{}十{}", figure(ten), figure(one)),
    };
    [number.to_string(), chinese]
}

/// A place in brackets within the name, put elsewhere within it: 特变新能科技（昌吉）有限公司.
fn moved_place(name: &str, places: &Places) -> Vec<Reading> {
    let Some(open) = name.find(['(', '（', '[', '【']).filter(|open| *open > 0) else { return Vec::new() };
    let Some(close) = name[open..].find([')', '）', ']', '】']).map(|close| open + close) else { return Vec::new() };
    let width = |at: usize| name[at..].chars().next().map_or(1, char::len_utf8);
    let place = signs::read(&name[open + width(open)..close]);
    if !places.is_place(&place) {
        return Vec::new();
    }
    let before = signs::read(&name[..open]);
    let after = signs::read(&name[close + width(close)..]);
    let rest: Signs = before.iter().chain(&after).copied().collect();
    let others = (2..rest.len()).filter(|at| *at != before.len());
    let read = |at: usize| {
        let row: Signs = rest[..at].iter().chain(&place).chain(&rest[at..]).copied().collect();
        Reading::exact(signs::text(&row), Class::Possible)
    };
    others.map(read).collect()
}

/// A name with the township between county and brand left out: 呼图壁县大丰镇丁记农机店.
fn without_township(full: &[u16], places: &Places) -> Vec<Reading> {
    // A township's name may be that of a place elsewhere: what stands behind any of the places is looked at.
    places.ends(full).into_iter().filter_map(|end| township_behind(full, end)).collect()
}

fn township_behind(full: &[u16], end: usize) -> Option<Reading> {
    let text = signs::text(&full[end..]);
    let words = ["镇", "乡", "街道"].iter().filter_map(|word| Some((text.find(word)?, word.len())));
    let (at, width) = words.min()?;
    let (township, rest) = (&text[..at], &text[at + width..]);
    let is_one = (1..=5).contains(&township.chars().count()) && rest.chars().count() > 2;
    is_one.then(|| Reading::exact(format!("{}{rest}", signs::text(&full[..end])), Class::Possible))
}

/// Short names of banks and what they stand for.
const BANKS: [(&str, &str); 14] = [
    ("农发行", "中国农业发展银行"),
    ("农业发展银行", "中国农业发展银行"),
    ("国开行", "国家开发银行"),
    ("工商银行", "中国工商银行"),
    ("工行", "中国工商银行"),
    ("农业银行", "中国农业银行"),
    ("农行", "中国农业银行"),
    ("建设银行", "中国建设银行"),
    ("建行", "中国建设银行"),
    ("中行", "中国银行"),
    ("交行", "交通银行"),
    ("邮储银行", "中国邮政储蓄银行"),
    ("邮政储蓄银行", "中国邮政储蓄银行"),
    ("招行", "招商银行"),
];

/// Ends of names of public bodies as they are said, and as they are registered.
const BODIES: [(&str, &str); 4] = [
    ("村村委会", "村村民委员会"),
    ("村委会", "村村民委员会"),
    ("居委会", "居民委员会"),
    ("社区居委会", "社区居民委员会"),
];

/// Schools behind a number.
const SCHOOLS: [(&str, &str); 4] = [("中", "中学"), ("小", "小学"), ("幼", "幼儿园"), ("高", "高级中学")];

/// The name of a bank, a village's committee or a school as it is registered, at most possible for what is guessed most.
fn spelt_out(full: &str, places: &Places) -> Vec<Reading> {
    let mut readings = Vec::new();
    if let Some((short, long)) =
        BODIES.iter().filter(|(short, _)| full.ends_with(short)).max_by_key(|(short, _)| short.len())
    {
        readings.push(Reading::near(format!("{}{long}", &full[..full.len() - short.len()]), Class::Probable));
    }
    let row = signs::read(full);
    let starts = std::iter::once(0).chain(places.ends(&row));
    for start in starts {
        let (place, rest) = (signs::text(&row[..start]), signs::text(&row[start..]));
        let bank = BANKS.iter().find(|(short, _)| rest.starts_with(short));
        if let Some((short, long)) = bank {
            let after = &rest[short.len()..];
            readings.push(Reading::near(format!("{long}{after}"), Class::Possible));
            readings.push(Reading::near(format!("{long}{place}{after}"), Class::Possible));
        }
    }
    for (short, long) in SCHOOLS {
        let Some(before) = full.strip_suffix(short) else { continue };
        let head = before.trim_end_matches(FIGURES);
        if let Some(number) = ordinal(&before[head.len()..]).filter(|_| !head.is_empty()) {
            let [_, word] = ordinal_words(number);
            readings.push(Reading::near(format!("{}第{word}{long}", head.trim_end_matches('第')), Class::Possible));
        }
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::super::places::tests::places;
    use super::*;

    fn names(name: &str) -> Vec<String> {
        list(name, &places()).into_iter().map(|reading| reading.name).collect()
    }

    #[test]
    fn a_note_behind_a_name_is_left_out_and_a_second_firm_is_not() {
        for note in [
            "（原某某材料厂）",
            "(曾用名：某某有限公司)",
            "【已注销】",
            " 联系人李某13900000002",
            "李某 0994-4501234",
            "，已更名为某某有限公司",
        ] {
            assert_eq!(without_note(&format!("呼图壁县某某商贸有限公司{note}")), "呼图壁县某某商贸有限公司", "{note}");
        }
        for whole in [
            "甲甲商贸有限公司、乙乙商贸有限公司联合体",
            "甲甲商贸有限公司/乙乙商贸有限公司",
            "甲甲建筑有限公司（第一分公司）",
            "甲甲商贸有限公司呼图壁分公司",
            "甲甲合作社(联合社)",
        ] {
            assert_eq!(without_note(whole), whole);
        }
        assert_eq!(without_label("单位名称：甲甲商贸有限公司"), "甲甲商贸有限公司");
    }

    #[test]
    fn a_place_of_its_own_people_is_read_by_every_name_it_has() {
        let read = names("昌吉回族自治州丰收农资有限公司");
        assert!(
            read.contains(&"昌吉州丰收农资有限公司".to_owned()) && read.contains(&"昌吉丰收农资有限公司".to_owned())
        );
        assert!(names("新疆维吾尔自治区丰收农资有限公司").contains(&"新疆丰收农资有限公司".to_owned()));
    }

    #[test]
    fn a_branch_is_read_by_every_form_of_its_ordinal_and_not_as_another_branch() {
        let read = names("甲甲建筑有限公司第12分公司");
        assert!(
            read.contains(&"甲甲建筑有限公司第十二分公司".to_owned())
                && read.contains(&"甲甲建筑有限公司十二分公司".to_owned())
        );
        assert!(!read.iter().any(|name| name.contains("第二分公司")));
        assert_eq!(
            (1..100).map(|number| ordinal(&ordinal_words(number)[1])).collect::<Vec<_>>(),
            (1..100).map(Some).collect::<Vec<_>>()
        );
    }

    #[test]
    fn banks_committees_and_schools_are_spelt_out() {
        assert!(names("农发行呼图壁县支行").contains(&"中国农业发展银行呼图壁县支行".to_owned()));
        assert!(names("呼图壁县三小").contains(&"呼图壁县第三小学".to_owned()));
        assert!(names("示例镇新村村委会").contains(&"示例镇新村村民委员会".to_owned()));
    }
}
