//! What the words around a table say of its measures: a title, a lone cell, a note below, the name of the sheet or the file.
//!
//! `（单位：万元、亩）`, `…表（以万元计）`, `金额：万元`, `…表 万元`, `单位` in one cell and `万元` in the next, `注：金额单位为万元`. Each
//! names a measure and nothing but words of labels around it; 5000万元以上项目, 万元商贸有限公司 and 精确到元 state none.

use unicode_normalization::UnicodeNormalization;

use super::claim::Claim;
use super::folding::fold;
use crate::catalog::{Measure, plain_sign};

/// Words before 单位 that make it the office and not the measure.
const OFFICES: [&str; 22] = [
    "填报", "报送", "编报", "报表", "编制", "上报", "提供", "责任", "建设", "施工", "用地", "主管", "申报", "采集",
    "制表", "承办", "用人", "中标", "所属", "监理", "设计", "代理",
];

/// Words that may stand before a measure that is stated, longest first where one begins with another.
const BEFORE: [&str; 45] = [
    "填报说明",
    "填表说明",
    "编制说明",
    "不含税",
    "人民币",
    "计量",
    "计价",
    "单位",
    "说明",
    "备注",
    "注意",
    "金额",
    "面积",
    "数量",
    "价款",
    "价格",
    "资金",
    "投资",
    "数额",
    "总额",
    "款项",
    "货币",
    "币种",
    "数据",
    "以上",
    "以下",
    "上述",
    "本表",
    "表中",
    "表内",
    "全表",
    "各项",
    "所有",
    "均为",
    "折合",
    "含税",
    "注",
    "表",
    "均",
    "为",
    "是",
    "以",
    "按",
    "用",
    "的",
];

/// Words that may stand behind it.
const BEHIND: [&str; 19] = [
    "为计量单位",
    "为单位",
    "作单位",
    "做单位",
    "人民币",
    "计算",
    "计量",
    "计价",
    "填报",
    "填列",
    "填写",
    "列示",
    "表示",
    "统计",
    "反映",
    "取整",
    "口径",
    "单位",
    "计",
];

/// Words by which a measure is called for: 以万元计, 按亩计算.
const CALLS: [char; 4] = ['以', '按', '用', '为'];

/// Endings of a label before a colon: 补贴金额：万元.
const LABEL_ENDS: [&str; 12] =
    ["金额", "额", "面积", "数量", "量", "价款", "款", "资金", "投资", "单位", "币种", "规模"];

/// Endings of a title behind which a measure may stand without a blank: …发放表万元.
const LIST_ENDS: [&str; 10] = ["表", "单", "册", "账", "明细", "情况", "汇总", "统计", "清单", "台账"];

/// Where the words of a text end.
fn is_end(sign: char) -> bool {
    sign.is_whitespace() || "()[]【】〔〕{}《》<>“”\"',，;；。、!！|_—–-~·".contains(sign)
}

/// Every measure that a text states for the figures of its sheet, each once.
pub fn claims_in(text: &str) -> Vec<Claim> {
    let narrow = narrowed(text);
    let bracketed = narrow.split(['(', '[', '【', '〔']).skip(1);
    let inside = bracketed.filter_map(|rest| rest.split_once([')', ']', '】', '〕'])).map(|(inner, _)| fold(inner));
    // （年） says how long a period is.
    let is_time = |claim: &Claim| matches!(claim, Claim::Known(measure) if measure.dimension() == "time");
    let inside = inside.filter_map(|inner| Claim::exactly(&inner)).filter(|claim| !is_time(claim));
    let alone = narrow.split(is_end).filter_map(stated_by);
    let mut found: Vec<Claim> = Vec::new();
    for claim in labelled(&narrow).into_iter().chain(inside).chain(alone) {
        if !found.contains(&claim) {
            found.push(claim);
        }
    }
    found
}

/// Whether a text states measures and says nothing else: `单位：万元`, `以上金额以万元计`, a lone `万元`.
pub fn is_statement(text: &str) -> bool {
    if text.len() > 120 {
        return false;
    }
    let narrow = narrowed(text);
    let mut words = narrow.split(is_end).filter(|word| !word.is_empty());
    let says_it =
        |word: &str| stated_by(word).is_some() || !labelled(word).is_empty() || without_labels(word).is_empty();
    words.all(says_it) && !claims_in(text).is_empty()
}

fn narrowed(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).map(plain_sign).collect()
}

/// What stands behind a label 单位, whatever is between them: 单位：万元, 单位／万元, 单位为万元, 单位 万元.
fn labelled(narrow: &str) -> Vec<Claim> {
    let mut found = Vec::new();
    for (at, label) in narrow.match_indices("单位") {
        if OFFICES.iter().any(|word| narrow[..at].ends_with(word)) {
            continue;
        }
        let behind = narrow[at + label.len()..].trim_start();
        let value = behind.trim_start_matches([':', '(', '[', '【', '为', '是', '以', '按', '/', '|', '=', '-', '—']);
        let is_joined = value.len() < behind.len();
        let value = value.trim_start();
        let end = value.find(|sign: char| sign.is_whitespace() || "()[]【】〔〕".contains(sign)).unwrap_or(value.len());
        let parts = value[..end].split(['、', ',', ';', '，', '；', '。', '|', '和', '及', '与']);
        // What a label of its own stands before is found with that.
        let parts = parts.filter(|part| !part.contains("单位") && !is_currency_alone(part)).map(fold);
        let claim = |part: String| match is_joined {
            true => stated_by(&part).or_else(|| Claim::of_word(&part)),
            false => Claim::exactly(&part),
        };
        found.extend(parts.filter_map(claim));
    }
    found
}

/// 币种：人民币 says which money it is and not how much of it.
fn is_currency_alone(word: &str) -> bool {
    matches!(word.rsplit(':').next(), Some("人民币" | "rmb" | "cny"))
}

/// The measure that a word of a text states: it is one, with nothing but words of labels around it.
fn stated_by(word: &str) -> Option<Claim> {
    let word = without_ordinal(word.trim_matches([':', '/', '=']));
    if word.is_empty() || is_currency_alone(word) {
        return None;
    }
    let bare = without_labels(word);
    if bare.len() == word.len() {
        return lone(word).or_else(|| joined(word)).or_else(|| within(word));
    }
    known(bare).or_else(|| joined(bare)).or_else(|| within(word))
}

/// A number before a note: `1.金额以万元计`.
fn without_ordinal(word: &str) -> &str {
    let rest = word.trim_start_matches(|sign: char| sign.is_ascii_digit());
    match rest.strip_prefix('.').filter(|rest| !rest.starts_with(|sign: char| sign.is_ascii_digit())) {
        Some(rest) if rest.len() < word.len() => rest,
        _ => word,
    }
}

/// A word without the words of labels before and behind it.
fn without_labels(word: &str) -> &str {
    let mut bare = word;
    loop {
        let rest = bare.trim_matches([':', '/', '=']);
        let rest = BEFORE.iter().find_map(|label| rest.strip_prefix(label)).unwrap_or(rest);
        if rest.len() == bare.len() {
            break;
        }
        bare = rest;
    }
    loop {
        let Some(rest) = BEHIND.iter().find_map(|label| bare.strip_suffix(label)) else { return bare };
        bare = rest;
    }
}

/// A measure, folded, of what figures of tables are measured in.
fn known(word: &str) -> Option<Claim> {
    let measured = |measure: &Measure| ["money", "area", "mass", "volume", "length"].contains(&measure.dimension());
    match Claim::exactly(&fold(word))? {
        Claim::Known(measure) => Some(measure).filter(measured).map(Claim::Known),
        _ => None,
    }
}

/// A measure that stands alone: short ones and Latin letters may as well be something else.
fn lone(word: &str) -> Option<Claim> {
    let is_short = word.chars().count() < 2 && !matches!(word, "元" | "亩" | "吨" | "㎡");
    let is_plain = !word.is_ascii() || matches!(word, "m2" | "hm2" | "km2" | "m3");
    known(word).filter(|_| !is_short && is_plain)
}

/// Two measures joined by a stroke: two kinds of figures, or so much for each.
fn joined(word: &str) -> Option<Claim> {
    let (first, second) = word.split_once('/')?;
    let (Claim::Known(measure), Claim::Known(_)) = (known(first)?, known(second)?) else { return None };
    Some(Claim::Per { measure, each: second.to_owned() })
}

/// A measure within a word: called for (补贴金额以万元计), behind a label (补贴金额：万元), behind a list (…发放表万元).
fn within(word: &str) -> Option<Claim> {
    if let Some((label, value)) = word.rsplit_once(':') {
        let is_office = OFFICES.iter().any(|office| label.ends_with(&format!("{office}单位")));
        return known(value).filter(|_| !is_office && LABEL_ENDS.iter().any(|end| label.ends_with(end)));
    }
    let called = word.match_indices(CALLS).find_map(|(at, call)| {
        let value = &word[at + call.len()..];
        let bare = without_labels(value);
        known(bare).filter(|_| bare.len() < value.len() && value.starts_with(bare))
    });
    called.or_else(|| {
        let (title, measure) = Claim::behind(word)?;
        let is_list = LIST_ENDS.iter().any(|end| title.ends_with(end)) && measure.chinese().chars().count() > 1;
        is_list.then_some(Claim::Known(measure))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        claims_in(text).iter().map(Claim::shown).collect()
    }

    #[test]
    fn titles_state_measures_and_name_offices() {
        assert_eq!(said("填报单位：某局 单位：万元、亩"), ["万元", "亩"]);
        assert_eq!(said("填报单位：元"), Vec::<String>::new());
        assert_eq!(said("金额单位：千元"), ["千元"]);
        assert_eq!(said("补贴发放表（单位：万元）"), ["万元"]);
        assert_eq!(said("补贴发放表（万元）"), ["万元"]);
        assert_eq!(said("单位：呼图壁县农业农村局（盖章）"), Vec::<String>::new());
        assert!(matches!(claims_in("单位：万美元")[..], [Claim::Unknown { dimension: Some("money"), .. }]));
        assert!(matches!(claims_in("补贴表（美元）")[..], [Claim::Unknown { dimension: Some("money"), .. }]));
    }

    #[test]
    fn a_measure_is_stated_in_many_ways() {
        for text in [
            "补贴发放表（以万元计）",
            "以万元计",
            "按万元计算",
            "补贴金额以万元计",
            "以万元为单位",
            "2024年补贴发放表 万元",
            "2024年补贴发放表万元",
            "（单位／万元）",
            "单位｜万元",
            "单位 万元",
            "填报单位：财政局 单位 万元",
            "金额：万元",
            "补贴金额：万元",
            "金额（万元）",
            "万元",
            "（万元）",
            "单位：萬元",
            "单位：万元。",
            "注：金额单位为万元",
            "注：以上金额以万元计，保留两位小数",
            "以上金额单位：万元",
            "1.金额以万元计；2.日期按发放日填写",
            "单位：人民币万元",
            "币种：人民币 单位：万元",
            "单位：万元（人民币）",
            "单位：万元（精确到元）",
            "计量单位:万元",
            "补贴_万元",
        ] {
            assert_eq!(said(text), ["万元"], "{text}");
        }
        assert_eq!(said("单位：亩、万元"), ["亩", "万元"]);
        assert_eq!(said("单位：亩 万元"), ["亩", "万元"]);
        assert_eq!(said("本表金额单位为万元，面积单位为亩"), ["万元", "亩"]);
        assert_eq!(said("面积：㎡ 金额：元"), ["平方米", "元"]);
        assert_eq!(said("单位：万元/亩"), ["万元/亩"]);
    }

    #[test]
    fn names_and_sentences_that_hold_a_measure_state_none() {
        for text in [
            "5000万元以上项目",
            "投资5000万元以上的项目清单（5000万元）",
            "新疆万元商贸有限公司补贴表",
            "万元户名单",
            "单位名称：某某公司",
            "单位平方米造价表",
            "单位面积产量",
            "建设单位：美元树商贸",
            "2024 年 3 月",
            "2025年第1季度",
            "施工许可 T",
            "均价：元/平方米",
            "元旦慰问表",
            "规模以上工业亩均效益评价",
            "填报单位：财政局（盖章）",
            "币种：人民币",
        ] {
            assert_eq!(said(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_statement_says_nothing_but_measures() {
        for text in
            ["单位：万元", "万元", "（万元）", "单位 万元", "以上金额以万元计", "注：金额单位为万元", "金额：万元"]
        {
            assert!(is_statement(text), "{text}");
        }
        for text in ["补贴发放表（万元）", "某公司 万元", "填报单位：财政局 单位：万元", "甲公司", ""]
        {
            assert!(!is_statement(text), "{text}");
        }
    }
}
