//! What a header or a title says its figures are measured in.
//!
//! A word that names a measure is followed; one that only looks like a measure (`千担`, `美元`) must never be passed over
//! in silence, for the figures under it would be taken for something else. What is no measure (`全称`, `合同约定`) says
//! nothing.

use unicode_normalization::UnicodeNormalization;

use super::header::fold;
use crate::catalog::Measure;

/// What a word says about a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// A measure that is understood.
    Known(Measure),
    /// So much for each of something: `元/平方米`.
    Per {
        /// What is counted.
        measure: Measure,
        /// For each of what.
        each: String,
    },
    /// A measure that nobody understands.
    Unknown {
        /// The word.
        word: String,
        /// What it measures, as far as its ending tells.
        dimension: Option<&'static str>,
    },
}

/// Words around a measure that do not change it.
const QUALIFIERS: [&str; 12] =
    ["计量单位", "单位", "不含税", "含税", "折合", "人民币", "本币", "金额", "面积", "数量", "以", "计"];

/// Money of others: what is written in it can't be converted.
const CURRENCIES: [&str; 22] = [
    "美元", "美金", "usd", "us$", "港币", "港元", "hkd", "欧元", "eur", "日元", "jpy", "英镑", "gbp", "卢布", "rub",
    "坚戈", "kzt", "外币", "澳元", "加元", "台币", "韩元",
];

/// Endings of measures, with what they measure.
const ENDINGS: [(&str, &str); 14] = [
    ("元", "money"),
    ("圆", "money"),
    ("亩", "area"),
    ("顷", "area"),
    ("平方", "area"),
    ("平方米", "area"),
    ("平米", "area"),
    ("平方公里", "area"),
    ("立方", "volume"),
    ("立方米", "volume"),
    ("公里", "length"),
    ("米", "length"),
    ("吨", "mass"),
    ("斤", "mass"),
];

/// Words that end like a measure and are none.
const OTHER_WORDS: [&str; 9] = ["单元", "多元", "公元", "玉米", "大米", "小米", "稻米", "虾米", "厘米级"];

/// Measures that are too short to be told by their ending: alone or behind how many of them.
const SHORT: [&str; 44] = [
    "人",
    "户",
    "套",
    "辆",
    "台",
    "头",
    "只",
    "株",
    "棵",
    "件",
    "个",
    "宗",
    "家",
    "股",
    "克",
    "升",
    "度",
    "瓦",
    "里",
    "担",
    "箱",
    "千瓦",
    "千瓦时",
    "兆瓦",
    "方",
    "车",
    "艘",
    "页",
    "kw",
    "kwh",
    "mw",
    "l",
    "ml",
    "g",
    "mg",
    "mm",
    "cm",
    "$",
    "€",
    "£",
    "‰",
    "分",
    "角",
    "厘",
];

/// Signs that multiply a measure.
const MULTIPLIERS: [char; 10] = ['十', '百', '千', '万', '亿', '毫', '微', '公', '市', '厘'];

/// Measures that end other words: 受让人, 签订月.
const NEVER_BEHIND: [&str; 13] = ["人", "户", "套", "月", "个月", "年", "方", "斤", "克", "g", "m", "t", "ha"];

/// Denominators under which a figure is still one of its row: so much a month, a head.
const COUNTED_EACH: [&str; 12] = ["年", "月", "季", "日", "天", "人", "户", "次", "宗", "笔", "套", "个"];

impl Claim {
    /// What a folded text says: the inside of a bracket, a part of a joined header. `None`: it is no measure.
    pub fn of(text: &str) -> Option<Self> {
        let parts = text.split([',', '、', ';', '，', '；', ':', '|']);
        let mut found: Option<Self> = None;
        for claim in parts.filter_map(Self::of_word) {
            match &found {
                None => found = Some(claim),
                Some(first) if *first == claim => {}
                Some(_) => return Some(Self::Unknown { word: text.to_owned(), dimension: None }),
            }
        }
        found
    }

    fn of_word(word: &str) -> Option<Self> {
        if let Some(measure) = Measure::find(word) {
            return Some(Self::Known(measure));
        }
        let bare = without_qualifiers(word);
        if bare.is_empty() {
            return word.contains("人民币").then_some(Self::Known(Measure::Yuan));
        }
        if let Some(measure) = Measure::find(&bare) {
            return Some(Self::Known(measure));
        }
        if let Some((over, each)) = bare.split_once(['/', '每']).filter(|(over, _)| !over.is_empty()) {
            return match Self::of_word(over)? {
                Self::Known(measure) => Some(Self::Per { measure, each: each.to_owned() }),
                _ => Some(Self::Unknown { word: word.to_owned(), dimension: None }),
            };
        }
        // 万元取整: the measure and what else is to be said of it.
        let opening = Measure::spellings().filter(|(name, _)| name.chars().count() > 1 && bare.starts_with(name));
        if let Some((name, measure)) = opening.max_by_key(|(name, _)| name.len()) {
            let rest = &bare[name.len()..];
            return match dimension_of(rest) {
                None => Some(Self::Known(measure)),
                Some(_) => Some(Self::Unknown { word: word.to_owned(), dimension: None }),
            };
        }
        dimension_of(&bare).map(|dimension| Self::Unknown { word: word.to_owned(), dimension })
    }

    /// The measure at the end of a header without brackets, and what stands before it: `补贴金额万元`.
    pub fn behind(folded: &str) -> Option<(&str, Measure)> {
        let ends =
            Measure::spellings().filter(|(name, _)| !NEVER_BEHIND.contains(name)).filter_map(|(name, measure)| {
                let before = folded.strip_suffix(name).filter(|before| !before.is_empty())?;
                Some((before, measure))
            });
        let (before, measure) = ends.min_by_key(|(before, _)| before.len())?;
        let before = before.trim_end_matches(['-', '_', ':', '/']);
        // 实缴美元, 补贴千万亿元: a measure that is only the tail of another.
        let is_tail = before.ends_with(MULTIPLIERS) || Self::of(&folded[before.len()..]) != Some(Self::Known(measure));
        let is_foreign = CURRENCIES.iter().any(|currency| folded.ends_with(currency));
        (!is_tail && !is_foreign && !OTHER_WORDS.iter().any(|word| folded.ends_with(word))).then_some((before, measure))
    }

    /// Whether a figure of so much for each is still the figure of a row.
    pub fn is_counted_each(each: &str) -> bool {
        COUNTED_EACH.contains(&each)
    }

    /// The word as it is shown.
    pub fn shown(&self) -> String {
        match self {
            Self::Known(measure) => measure.chinese().to_owned(),
            Self::Per { measure, each } => format!("{}/{each}", measure.chinese()),
            Self::Unknown { word, .. } => word.clone(),
        }
    }
}

fn without_qualifiers(word: &str) -> String {
    let mut bare = word.to_owned();
    for qualifier in QUALIFIERS {
        bare = bare.replace(qualifier, "");
    }
    bare
}

/// Whether a word looks like a measure, and what it would measure. The outer `None`: it does not.
fn dimension_of(word: &str) -> Option<Option<&'static str>> {
    if word.is_empty() || word.chars().count() > 8 || OTHER_WORDS.iter().any(|other| word.ends_with(other)) {
        return None;
    }
    if CURRENCIES.iter().any(|currency| word.contains(currency)) {
        return Some(Some("money"));
    }
    let rest = word.trim_start_matches(MULTIPLIERS);
    if rest.is_empty() {
        // 万: of what isn't said, and money is what offices count so.
        return Some(Some("money"));
    }
    let ending = ENDINGS.iter().filter(|(ending, _)| word.ends_with(ending)).max_by_key(|(ending, _)| ending.len());
    if let Some((_, dimension)) = ending {
        return Some(Some(dimension));
    }
    SHORT.contains(&rest).then_some(None)
}

/// Words before 单位 that make it the office and not the measure.
const OFFICES: [&str; 12] =
    ["填报", "报送", "编报", "报表", "编制", "上报", "提供", "责任", "建设", "施工", "用地", "主管"];

/// What a title row says of measures: `单位：万元`, `金额单位：元、面积单位：亩`, `补贴发放表（万元）`.
pub fn claims_in_title(title: &str) -> Vec<Claim> {
    let narrow: String = title.nfkc().collect();
    let mut found = Vec::new();
    for (at, label) in narrow.match_indices("单位") {
        if OFFICES.iter().any(|word| narrow[..at].ends_with(word)) {
            continue;
        }
        let after = narrow[at + label.len()..].trim_start();
        let Some(after) = after.strip_prefix([':', '(', '为']) else { continue };
        let after = after.trim_start();
        let end = after.find(|sign: char| sign.is_whitespace() || ")]】〕".contains(sign)).unwrap_or(after.len());
        let parts = after[..end].split(['、', ',', ';', '，', '；']).map(fold);
        found.extend(parts.filter_map(|part| Claim::of_word(&part)));
    }
    let opened = narrow.split(['(', '[', '【', '〔']).skip(1);
    let inside = opened.filter_map(|rest| rest.split_once([')', ']', '】', '〕'])).map(|(inner, _)| fold(inner));
    found.extend(inside.filter(|inner| !inner.contains("单位")).filter_map(|inner| Claim::of_word(&inner)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(text: &str) -> Option<Claim> {
        Claim::of(&fold(text))
    }

    fn is_unknown(text: &str) -> bool {
        matches!(claim(text), Some(Claim::Unknown { .. }))
    }

    #[test]
    fn measures_that_offices_use_are_known() {
        let known = [
            ("千元", Measure::ThousandYuan),
            ("单位：百万元", Measure::MillionYuan),
            ("万元，含税", Measure::TenThousandYuan),
            ("万元、取整", Measure::TenThousandYuan),
            ("不含税万元", Measure::TenThousandYuan),
            ("人民币", Measure::Yuan),
            ("RMB", Measure::Yuan),
            ("￥", Measure::Yuan),
            ("千公顷", Measure::ThousandHectare),
            ("万平方米", Measure::TenThousandSquareMetre),
            ("M²", Measure::SquareMetre),
            ("万人", Measure::TenThousandPersons),
        ];
        for (text, measure) in known {
            assert_eq!(claim(text), Some(Claim::Known(measure)), "{text}");
        }
        assert_eq!(claim("元/㎡"), Some(Claim::Per { measure: Measure::Yuan, each: "m2".to_owned() }));
    }

    #[test]
    fn a_word_that_ends_like_a_measure_is_one_and_other_words_are_not() {
        for text in ["美元", "万美元", "USD", "千担", "十亿元", "万", "小亩", "辆", "千瓦", "微升"] {
            assert!(is_unknown(text), "{text}");
        }
        for text in
            ["全称", "年月日", "合同约定", "负责人", "取得补偿款人", "或税务登记证号码", "单元", "玉米", "费", "示例"]
        {
            assert_eq!(claim(text), None, "{text}");
        }
    }

    #[test]
    fn a_measure_behind_a_header_is_taken_off_it() {
        assert_eq!(Claim::behind("补贴金额万元"), Some(("补贴金额", Measure::TenThousandYuan)));
        assert_eq!(Claim::behind("补贴金额百万元"), Some(("补贴金额", Measure::MillionYuan)));
        assert_eq!(Claim::behind("面积亩"), Some(("面积", Measure::Mu)));
        assert_eq!(Claim::behind("补贴金额美元"), None);
        assert_eq!(Claim::behind("补贴金额十亿元"), None);
        assert_eq!(Claim::behind("所在单元"), None);
    }

    #[test]
    fn titles_state_measures_and_name_offices() {
        let known = |title: &str| claims_in_title(title).iter().map(Claim::shown).collect::<Vec<_>>();
        assert_eq!(known("填报单位：某局 单位：万元、亩"), ["万元", "亩"]);
        assert_eq!(known("填报单位：元"), Vec::<String>::new());
        assert_eq!(known("金额单位：千元"), ["千元"]);
        assert_eq!(known("补贴发放表（单位：万元）"), ["万元"]);
        assert_eq!(known("补贴发放表（万元）"), ["万元"]);
        assert_eq!(known("单位：呼图壁县农业农村局（盖章）"), Vec::<String>::new());
        assert!(matches!(claims_in_title("单位：万美元")[..], [Claim::Unknown { dimension: Some("money"), .. }]));
    }
}
