//! What a header or a title says its figures are measured in.
//!
//! A word that names a measure is followed; one that only looks like a measure (`千担`, `美元`) must never be passed over
//! in silence, for the figures under it would be taken for something else. What is no measure (`全称`, `合同约定`) says
//! nothing. What titles and notes say around a measure is [`super::stated`]'s.

use std::collections::HashSet;
use std::sync::LazyLock;

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

/// Letters that stand for ten thousand or a thousand, of what isn't said.
const LETTERS: [&str; 2] = ["w", "k"];

/// Brackets, wherever a measure stands in them: 公顷(ha), 亩(毛).
const BRACKETS: [char; 8] = ['(', ')', '[', ']', '【', '】', '〔', '〕'];

/// Measures that end other words: 受让人, 签订月.
const NEVER_BEHIND: [&str; 13] = ["人", "户", "套", "月", "个月", "年", "方", "斤", "克", "g", "m", "t", "ha"];

/// Denominators under which a figure is still one of its row: so much a month, a head.
const COUNTED_EACH: [&str; 12] = ["年", "月", "季", "日", "天", "人", "户", "次", "宗", "笔", "套", "个"];

/// Signs with which the spellings of measures end.
static LAST_SIGNS: LazyLock<HashSet<char>> =
    LazyLock::new(|| Measure::spellings().filter_map(|(name, _)| name.chars().next_back()).collect());

impl Claim {
    /// What a folded text says: the inside of a bracket, a part of a joined header. `None`: it is no measure.
    pub fn of(text: &str) -> Option<Self> {
        let parts = text.split([',', '、', ';', '，', '；', ':', '|']).flat_map(|part| part.split(BRACKETS));
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

    pub(super) fn of_word(word: &str) -> Option<Self> {
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
        // Every header is asked for every kind of the catalogue: the last sign tells nearly all.
        if !folded.chars().next_back().is_some_and(|sign| LAST_SIGNS.contains(&sign)) {
            return None;
        }
        let ends = Measure::spellings().filter_map(|(name, measure)| {
            let before = folded.strip_suffix(name).filter(|before| !before.is_empty())?;
            (!NEVER_BEHIND.contains(&name)).then_some((before, measure))
        });
        let (before, measure) = ends.min_by_key(|(before, _)| before.len())?;
        let before = before.trim_end_matches(['-', '_', ':', '/']);
        // 实缴美元, 补贴千万亿元: a measure that is only the tail of another.
        let is_tail = before.ends_with(MULTIPLIERS) || Self::of(&folded[before.len()..]) != Some(Self::Known(measure));
        let is_foreign = CURRENCIES.iter().any(|currency| folded.ends_with(currency));
        (!is_tail && !is_foreign && !OTHER_WORDS.iter().any(|word| folded.ends_with(word))).then_some((before, measure))
    }

    /// A text that is a measure and nothing else, folded: 万元, 亿美元; not 精确到元.
    pub(super) fn exactly(folded: &str) -> Option<Self> {
        let bare = folded.trim_matches(BRACKETS).trim_start_matches("人民币");
        if let Some(measure) = Measure::find(bare) {
            return Some(Self::Known(measure));
        }
        let rest = bare.trim_start_matches(MULTIPLIERS);
        let is_measure = || ENDINGS.iter().any(|(ending, _)| *ending == rest) || CURRENCIES.contains(&rest);
        let is_many = || rest.is_empty() && bare.starts_with(['千', '万', '亿']);
        let dimension = dimension_of(bare).filter(|_| is_many() || !rest.is_empty() && is_measure())?;
        Some(Self::Unknown { word: folded.to_owned(), dimension })
    }

    /// The same where figures of `kept` are asked for: 万 alone counts yuan where money is.
    #[must_use]
    pub(super) fn meant_for(&self, kept: Measure) -> Self {
        if let Self::Unknown { word, dimension: Some("money") } = self
            && kept.dimension() == "money"
        {
            let bare = without_qualifiers(word);
            let is_many = !bare.is_empty() && bare.trim_start_matches(['十', '百', '千', '万', '亿']).is_empty();
            if let Some(measure) = Measure::find(&format!("{bare}元")).filter(|_| is_many) {
                return Self::Known(measure);
            }
        }
        self.clone()
    }

    /// Whether it speaks of thousands or more of something.
    pub(super) fn counts_many(&self) -> bool {
        match self {
            Self::Known(measure) | Self::Per { measure, .. } => measure.counted().is_some(),
            Self::Unknown { word, .. } => without_qualifiers(word).starts_with(['百', '千', '万', '亿', 'w', 'k']),
        }
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
    bare.trim_matches(['/', '-', '_', '=', '—', '·', ':', '|']).to_owned()
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
    if rest.is_empty() || LETTERS.contains(&word) || rest.len() < word.len() && matches!(rest, "块" | "块钱") {
        // 万: of what isn't said, and money is what offices count so.
        return Some(Some("money"));
    }
    let ending = ENDINGS.iter().filter(|(ending, _)| word.ends_with(ending)).max_by_key(|(ending, _)| ending.len());
    if let Some((_, dimension)) = ending {
        return Some(Some(dimension));
    }
    SHORT.contains(&rest).then_some(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::header::fold;

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
            ("萬元", Measure::TenThousandYuan),
            ("单位／万元", Measure::TenThousandYuan),
            ("单位｜萬元", Measure::TenThousandYuan),
            ("亩（毛）", Measure::Mu),
            ("公顷(ha)", Measure::Hectare),
            ("MU", Measure::Mu),
        ];
        for (text, measure) in known {
            assert_eq!(claim(text), Some(Claim::Known(measure)), "{text}");
        }
        assert_eq!(claim("元/㎡"), Some(Claim::Per { measure: Measure::Yuan, each: "m2".to_owned() }));
    }

    #[test]
    fn a_word_that_ends_like_a_measure_is_one_and_other_words_are_not() {
        for text in ["美元", "万美元", "USD", "千担", "十亿元", "万", "小亩", "辆", "千瓦", "微升", "W", "K", "万块"]
        {
            assert!(is_unknown(text), "{text}");
        }
        for text in
            ["全称", "年月日", "合同约定", "负责人", "取得补偿款人", "或税务登记证号码", "单元", "玉米", "费", "示例"]
        {
            assert_eq!(claim(text), None, "{text}");
        }
    }

    #[test]
    fn ten_thousand_alone_counts_yuan_where_money_is_and_nothing_elsewhere() {
        let meant = |text: &str, kept| claim(text).expect("a claim").meant_for(kept);
        assert_eq!(meant("万", Measure::Yuan), Claim::Known(Measure::TenThousandYuan));
        assert_eq!(meant("单位：亿", Measure::Yuan), Claim::Known(Measure::HundredMillionYuan));
        for (text, kept) in [("万", Measure::SquareMetre), ("W", Measure::Yuan), ("万美元", Measure::Yuan)] {
            assert!(matches!(meant(text, kept), Claim::Unknown { .. }), "{text}");
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
}
