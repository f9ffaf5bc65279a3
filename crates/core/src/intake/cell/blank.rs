//! Words and signs that stand for nothing.

use crate::catalog::ColumnType;
use crate::cells;
use crate::intake::plan::ColumnPlan;

/// Words that stand for nothing in a column of figures, days or codes.
const BLANK_WORDS: [&str; 39] = [
    "无",
    "空",
    "没有",
    "暂无",
    "待定",
    "办理中",
    "正在办理",
    "在办",
    "待办",
    "待办理",
    "未办理",
    "未办",
    "尚未办理",
    "待补",
    "待补充",
    "待填",
    "待核",
    "待核实",
    "待查",
    "待提供",
    "未提供",
    "不详",
    "未知",
    "不适用",
    "不涉及",
    "无数据",
    "暂缺",
    "空缺",
    "缺失",
    "略",
    "空白",
    "N/A",
    "n/a",
    "NA",
    "null",
    "NULL",
    "None",
    "none",
    "nil",
];
/// Bytes of the longest of them; signs for nothing are longer in no sheet.
pub(super) const LONGEST_BLANK: usize = 18;

/// `－`, `／`, `———` stand for nothing in every column, 暂无 and 办理中 in all but those of text.
pub(super) fn is_blank_word(column: &ColumnPlan, text: &str) -> bool {
    if cells::is_blank_mark(text) {
        return column.column_type != ColumnType::Code
            || column.codes.as_ref().is_none_or(|codes| codes.find(text).is_none());
    }
    if column.column_type == ColumnType::Text || text.starts_with(|sign: char| sign.is_ascii_digit()) {
        return false;
    }
    if !BLANK_WORDS.contains(&text) {
        return false;
    }
    match column.column_type {
        ColumnType::Boolean => !matches!(text, "无" | "没有"),
        ColumnType::Code => column.codes.as_ref().is_none_or(|codes| codes.find(text).is_none()),
        _ => true,
    }
}
