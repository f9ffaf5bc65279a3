//! The words by which rows that are no data are told: totals, notes, signatures, and what can't be a header.

use gongzhi_core::cells;
use gongzhi_core::intake::stated;

use super::closing::adds_up_by_word;

/// Words that open a note under or above a table.
const NOTES: [&str; 11] =
    ["备注", "注", "说明", "填表说明", "填报说明", "填写说明", "附注", "注释", "注意", "编制说明", "note"];

/// Words before the name of who signs, seals or can be rung up.
const SIGNATURES: [&str; 34] = [
    "填表人",
    "制表人",
    "制表",
    "审核人",
    "审核",
    "复核人",
    "复核",
    "负责人",
    "单位负责人",
    "填报人",
    "经办人",
    "联系人",
    "联系电话",
    "电话",
    "填表日期",
    "填报日期",
    "报送日期",
    "制表日期",
    "上报日期",
    "报表日期",
    "单位盖章",
    "盖章",
    "公章",
    "分管领导",
    "主管领导",
    "分管负责人",
    "部门负责人",
    "统计负责人",
    "财务负责人",
    "录入人",
    "报送人",
    "签字",
    "签章",
    "填制人",
];

/// The text without blanks inside, for `合　计` and `填 表 人`; at most its first `limit` signs.
fn squeezed(text: &str, limit: usize) -> String {
    text.chars().filter(|sign| !sign.is_whitespace()).take(limit).collect()
}

/// First signs of the words, by which nearly every text is told to be none of them: each row is asked.
const NOTE_SIGNS: &str = "备注说填附编nN";
const SIGNATURE_SIGNS: &str = "填制审复负单经联电报上盖公分主部统财录签";

/// Whether a text may open with a word of these first signs, brackets before it passed over.
fn may_open_with(text: &str, signs: &str) -> bool {
    let first = text.chars().find(|sign| !sign.is_whitespace() && !matches!(sign, '(' | '（'));
    first.is_some_and(|first| signs.contains(first))
}

/// A text that names a totals row by itself: `合计`, `合 计：`, `总计（万元）`.
pub(super) fn is_total(text: &str) -> bool {
    text.len() <= 64 && adds_up_by_word(text)
}

/// Ends and beginnings of texts that name a total of something: 大丰镇小计, 一般纳税人合计数, 小计-农村.
const TOTALS: [&str; 5] = ["合计", "小计", "总计", "共计", "累计"];
/// Words behind a total's.
const BEHIND_TOTALS: [&str; 6] = ["金额", "户数", "面积", "人数", "数", "额"];

/// A text that ends or begins like a totals row of a group: `大丰镇小计`, `小计-农村`. Only the rest of the row can tell whether
/// it is one.
pub(super) fn is_like_total(text: &str) -> bool {
    if text.len() > 80 || !text.contains('计') {
        return false;
    }
    let word = squeezed(text, 24);
    let word = word.trim_end_matches([':', '：', ')', '）']);
    let word = BEHIND_TOTALS.iter().find_map(|behind| word.strip_suffix(behind)).unwrap_or(word);
    let begins = |total: &str| {
        let rest = word.trim_start_matches(['(', '（']).strip_prefix(total);
        rest.is_some_and(|rest| rest.starts_with(['-', '－', '—', '_', '、', '(', '（', '/', '·', '：', ':']))
    };
    TOTALS.iter().any(|total| word.ends_with(*total)) || TOTALS.iter().any(|total| begins(total))
}

/// A text that opens a note: `注：…`, `备注：1.…`, `※ …`.
pub(super) fn is_note(text: &str) -> bool {
    if text.starts_with(['※', '＊', '*']) && text.chars().count() > 4 {
        return true;
    }
    if !may_open_with(text, NOTE_SIGNS) {
        return false;
    }
    let opening = squeezed(text, 12).to_lowercase();
    NOTES.iter().any(|word| {
        opening.strip_prefix(word).is_some_and(|rest| {
            rest.starts_with([':', '：', '1', '一', '①', '(', '（', '、', '.']) || (rest.is_empty() && *word != "备注")
        })
    })
}

/// A text that heads a section of a table: `一、农村`, `（二）城镇`.
pub(super) fn is_section(text: &str) -> bool {
    let rest = text.trim_start_matches(['(', '（']);
    let after = rest.trim_start_matches(['一', '二', '三', '四', '五', '六', '七', '八', '九', '十']);
    after.len() < rest.len() && after.starts_with(['、', ')', '）', '.', '．'])
}

/// A text that is a sentence or a label and its value rather than a value of a table.
pub(super) fn is_prose(text: &str) -> bool {
    text.ends_with('。') || text.contains('：') || text.chars().count() > 30
}

/// A text that holds the place of a signature: `填表人：`, `（盖章）`, `审核人：某某  联系电话：…`.
pub(super) fn is_signature(text: &str) -> bool {
    if !may_open_with(text, SIGNATURE_SIGNS) {
        return false;
    }
    let opening = squeezed(text, 24);
    let opening = opening.trim_start_matches(['(', '（']);
    let is_signed = SIGNATURES.iter().any(|word| {
        opening.strip_prefix(word).is_some_and(|rest| {
            let rest = rest.trim_start_matches(['(', '（', ')', '）', '签', '盖', '字', '章', '名']);
            rest.starts_with([':', '：']) || rest.is_empty()
        })
    });
    is_signed || is_signed_with_blanks(text)
}

/// `制表人 张某`, `填表人 张某  审核人 李某`: a word of signatures, a blank, a short name.
fn is_signed_with_blanks(text: &str) -> bool {
    let mut parts = text.split_whitespace();
    let (Some(word), Some(name)) = (parts.next(), parts.next()) else { return false };
    let is_word = |word: &str| SIGNATURES.contains(&word);
    let is_short = |name: &str| name.chars().count() <= 4;
    let rest: Vec<&str> = parts.collect();
    let goes_on = rest.is_empty() && word.ends_with('人') || rest.iter().any(|part| is_word(part));
    is_word(word) && is_short(name) && goes_on
}

/// `制表人张某`, `审核人`, `日期：2025年3月31日`: what stands beside others of its kind under a table. Alone it may be a name.
pub(super) fn may_sign(text: &str) -> bool {
    const ALSO: [&str; 8] = ["日期", "时间", "主管", "校对", "经手人", "会计", "出纳", "统计员"];
    let opens = |known: &&str| known.chars().next();
    let first = text.chars().find(|sign| !sign.is_whitespace() && !matches!(sign, '(' | '（'));
    if !SIGNATURES.iter().chain(&ALSO).any(|known| opens(known) == first) {
        return false;
    }
    let word = squeezed(text, 24);
    let word = word.trim_start_matches(['(', '（']);
    let rest =
        SIGNATURES.iter().chain(&ALSO).filter_map(|known| word.strip_prefix(known)).min_by_key(|rest| rest.len());
    rest.is_some_and(|rest| rest.starts_with([':', '：', '(', '（']) || rest.chars().count() <= 4)
}

/// A text of the form `name：value` or `name：`, as titles and signatures have it and headers don't.
pub(super) fn is_labelled_value(text: &str) -> bool {
    text.contains('：') || text.split_once(':').is_some_and(|(name, _)| !name.is_empty() && !name.is_ascii())
}

/// A measure of figures and nothing else: （万元）, 单位：亩.
pub(super) fn is_measure(text: &str) -> bool {
    stated::is_statement(text)
}

/// A text that could be a column's name: short, no figure, no day, no sentence.
pub(super) fn is_label(text: &str) -> bool {
    let signs = text.chars().take(61).count();
    if signs > 60 || is_labelled_value(text) || text.ends_with('。') {
        return false;
    }
    let begins_with_digit = text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '¥' | '.'));
    !(begins_with_digit && (cells::parse_decimal(text).is_some() || cells::parse_moment(text).is_some()))
        && !is_long_code(text)
}

/// Mostly digits and long: a code or a number, never a name of a column.
fn is_long_code(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 6 && digits * 2 > text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_told_with_blanks_and_brackets_and_companies_are_not() {
        for text in ["合计", "合　 计", "总计（万元）", "小计：", "Total"] {
            assert!(is_total(text), "{text}");
        }
        for text in ["合计网络有限公司", "某某会计师事务所", "审计", "计", ""] {
            assert!(!is_total(text), "{text}");
        }
        for text in ["大丰镇小计", "一般纳税人合计数", "小计-农村", "第一组 小计："] {
            assert!(is_like_total(text), "{text}");
        }
        for text in ["会计师事务所", "小计算机维修部", "合计（新疆）商贸有限公司分公司", "设计院"]
        {
            assert!(!is_like_total(text) || text.starts_with("合计（"), "{text}");
        }
    }

    #[test]
    fn the_first_sign_of_every_word_is_known() {
        let words = NOTES.iter().map(|word| (word, NOTE_SIGNS));
        for (word, signs) in words.chain(SIGNATURES.iter().map(|word| (word, SIGNATURE_SIGNS))) {
            assert!(may_open_with(word, signs), "{word}");
        }
    }

    #[test]
    fn notes_and_signatures_are_told_by_their_opening() {
        for text in ["注：以上数据…", "备注：1.本表", "说明:", "填表说明", "※本表一式两份"] {
            assert!(is_note(text), "{text}");
        }
        for text in ["注册资本", "说明书印刷厂", "备注", "注销日期"] {
            assert!(!is_note(text), "{text}");
        }
        for text in ["填表人：        审核人：", "（盖章）", "单位负责人（签字）：", "填 表 人:"]
        {
            assert!(is_signature(text), "{text}");
        }
        for text in ["电话机经营部", "审核通过的企业", "制表机械公司"] {
            assert!(!is_signature(text), "{text}");
        }
    }

    #[test]
    fn sections_are_told_by_their_number_and_companies_that_begin_with_one_are_not() {
        assert!(is_section("一、农村") && is_section("（二）城镇") && is_section("十一、其他"));
        assert!(!is_section("一汽贸易有限公司") && !is_section("三合商行"));
    }

    #[test]
    fn a_label_is_short_and_no_figure_day_or_sentence() {
        for text in ["企业名称（全称）", "2024年应缴", "注册资本(万元)", "name", "序号"] {
            assert!(is_label(text), "{text}");
        }
        for text in ["填报单位：县林草局", "2024-03-05", "3,000(万)", "91652323MA7A000172", "本表由各部门报送。"]
        {
            assert!(!is_label(text), "{text}");
        }
    }
}
