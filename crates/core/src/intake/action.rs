//! What a row says it does, in the words under 操作.
//!
//! The template offers 新增, 变更, 撤销; people and programs write 增加, 修改, 注销, 不变, with a full stop behind the word or a
//! blank in it. A word is read where it means one thing; every other is an error that lists the words there are.

use crate::cells::is_blank_mark;
use crate::values::RowAction;

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// That it is new, changed or taken back.
    Does(RowAction),
    /// That it is as it was: it counts like a row that says nothing, in a sheet whose rows say what they do.
    Unchanged,
    /// Nothing.
    Nothing,
}

/// The word of the template for each, with the others that mean the same.
const WORDS: [(Said, &[&str]); 4] = [
    (
        Said::Does(RowAction::Add),
        &[
            "新增", "增加", "新", "增", "添加", "新添", "新建", "新办", "新设", "新报", "新加", "加", "add", "new",
            "insert",
        ],
    ),
    (
        Said::Does(RowAction::Change),
        &[
            "变更",
            "修改",
            "更新",
            "更改",
            "改",
            "变动",
            "变化",
            "有变化",
            "有变动",
            "有变更",
            "变",
            "调整",
            "更正",
            "修正",
            "改动",
            "change",
            "changed",
            "update",
            "modify",
            "edit",
        ],
    ),
    (
        Said::Does(RowAction::Revoke),
        &[
            "撤销", "撤消", "删除", "注销", "作废", "取消", "废止", "移除", "撤回", "吊销", "终止", "核销", "销户",
            "删", "撤", "销", "revoke", "delete", "remove", "cancel",
        ],
    ),
    (
        Said::Unchanged,
        &[
            "不变",
            "无变化",
            "无变更",
            "无变动",
            "没有变化",
            "没有变更",
            "没有变动",
            "未变",
            "未变化",
            "未变更",
            "未变动",
            "未发生变化",
            "未发生变更",
            "无修改",
            "未修改",
            "无更新",
            "未更新",
            "保持不变",
            "维持不变",
            "同上期",
            "同前",
            "与上期相同",
            "与上期一致",
            "照旧",
            "原有",
            "既有",
            "存续",
            "unchanged",
            "same",
            "nochange",
        ],
    ),
];
/// Words for nothing.
const NOTHING: [&str; 4] = ["无", "空", "null", "none"];
/// What may stand before a word and says when.
const BEFORE: [&str; 12] =
    ["本期", "本次", "本季度", "本季", "本月", "本年度", "本年", "当期", "当月", "今年", "已经", "已"];
/// What may stand behind a word and says of what.
const BEHIND: [&str; 14] =
    ["数据", "记录", "信息", "项目", "企业", "单位", "户", "项", "行", "条", "类", "的", "了", "登记"];

/// The text small and narrow, without blanks, punctuation and a number before it: `变 更`, `新增。`, `1-新增`.
fn bare(text: &str) -> String {
    let narrow = |sign: char| match sign {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(sign as u32 - 0xFEE0).unwrap_or(sign),
        sign => sign,
    };
    let signs = text.chars().map(narrow).filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase);
    let bare: String = signs.collect();
    let rest = bare.trim_start_matches(|sign: char| sign.is_ascii_digit());
    if rest.is_empty() { bare } else { rest.to_owned() }
}

/// What a word means; `None` when it means none of these, or could mean several.
pub(super) fn read(text: &str) -> Option<Said> {
    // The words of the template, which nearly all cells hold.
    if let Some(action) = RowAction::find(text) {
        return Some(Said::Does(action));
    }
    let word = bare(text);
    let is_nothing = text.trim().is_empty() || is_blank_mark(text) || NOTHING.contains(&word.as_str());
    if is_nothing {
        return Some(Said::Nothing);
    }
    let known = |word: &str| WORDS.iter().find(|(_, words)| words.contains(&word)).map(|(said, _)| *said);
    let later = BEFORE.iter().find_map(|before| word.strip_prefix(before)).unwrap_or(&word);
    [word.as_str(), later].into_iter().find_map(|word| {
        known(word).or_else(|| BEHIND.iter().filter_map(|behind| word.strip_suffix(behind)).find_map(known))
    })
}

/// The words there are, for the clerk: those of the template, and the first of the others.
pub(super) fn list_words() -> String {
    let spoken = |words: &[&str]| format!("{}（{}）", words[0], words[1..4.min(words.len())].join("、"));
    WORDS.iter().map(|(_, words)| spoken(words)).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_action_are_read_in_whatever_words_mean_one_thing() {
        let does = |action| Some(Said::Does(action));
        for text in
            ["新增", "增加", "新", "新增。", "新 增", "（新增）", "1-新增", "本期新增", "新增项目", "Add", "ＮＥＷ"]
        {
            assert_eq!(read(text), does(RowAction::Add), "{text}");
        }
        for text in ["变更", "变 更", "修改", "更新", "更改", "变更；", "已变更", "有变化", "本月变动", "UPDATE"]
        {
            assert_eq!(read(text), does(RowAction::Change), "{text}");
        }
        for text in ["撤销", "撤消", "注销", "删除", "作废", "已注销", "取消", "作 废", "delete"] {
            assert_eq!(read(text), does(RowAction::Revoke), "{text}");
        }
        for text in ["不变", "无变化", "未变更", "无变动。", "没有变化", "本期无变化", "同上期", "与上期一致"]
        {
            assert_eq!(read(text), Some(Said::Unchanged), "{text}");
        }
        for text in ["—", "/", "－", "无", "　"] {
            assert_eq!(read(text), Some(Said::Nothing), "{text}");
        }
    }

    #[test]
    fn what_could_mean_several_things_is_no_word_of_action() {
        for text in
            ["新增/变更/撤销", "新增或变更", "待定", "不新增", "未注销", "拟注销", "是", "1", "3", "同意", "新疆", "？"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_words_there_are_begin_with_those_of_the_template() {
        let words = list_words();
        for word in ["新增", "变更", "撤销", "不变", "注销"] {
            assert!(words.contains(word), "{words}");
        }
        for (said, words) in WORDS {
            assert!(words.iter().all(|word| read(word) == Some(said)), "{words:?}");
        }
    }
}
