//! Lines that close a table and are no record of it: totals in any words, counts, page numbers, 以下空白, rules of dashes.
//!
//! A line is told by being made of such words altogether: 合计金额, 共计2户, 第1页 共2页. A company may begin with any of them
//! (小计算机维修部, 总计网络科技有限公司) and is then made of other words too, so it is never taken for a total.

use super::Reason;

/// Words that say that a line adds up.
const ADDS_UP: [&str; 9] = ["总合计", "合计", "总计", "小计", "共计", "累计", "grandtotal", "subtotal", "total"];
/// Words that say so of one column, and may head a line of a list of figures as well.
const SUMS: [&str; 18] = [
    "总金额",
    "总户数",
    "总面积",
    "总人数",
    "总笔数",
    "总件数",
    "总数",
    "总额",
    "总和",
    "总价",
    "总量",
    "总共",
    "汇总",
    "平均值",
    "平均",
    "均值",
    "最大值",
    "最小值",
];
/// Words that go with those and say nothing alone.
const GOES_WITH: [&str; 68] = [
    "本页",
    "本表",
    "本月",
    "本季度",
    "本季",
    "本年度",
    "本年",
    "本期",
    "本次",
    "本单位",
    "本行",
    "本镇",
    "本县",
    "本市",
    "全部",
    "全县",
    "全市",
    "全州",
    "全区",
    "全镇",
    "全乡",
    "全年",
    "全表",
    "各项",
    "以上",
    "上述",
    "年度",
    "月份",
    "季度",
    "人民币",
    "大写",
    "小写",
    "金额",
    "资金",
    "补贴",
    "补助",
    "投资",
    "面积",
    "价款",
    "税额",
    "户数",
    "人数",
    "笔数",
    "件数",
    "宗数",
    "项数",
    "条数",
    "页数",
    "数量",
    "数据",
    "记录",
    "企业",
    "单位",
    "项目",
    "行数",
    "总",
    "共",
    "计",
    "数",
    "年",
    "月",
    "季",
    "截至",
    "截止",
    "日",
    "底",
    "末",
    "止",
];
/// What is counted.
const COUNTERS: [&str; 28] = [
    "平方米",
    "万元",
    "亿元",
    "千元",
    "公顷",
    "页码",
    "户",
    "家",
    "人",
    "笔",
    "条",
    "宗",
    "件",
    "个",
    "项",
    "份",
    "套",
    "张",
    "行",
    "页",
    "元",
    "亩",
    "吨",
    "整",
    "㎡",
    "次",
    "处",
    "万",
];
/// Words that make a count of pages and rows: 第1页, 共2页, 本页共1条.
const PAGES: [&str; 5] = ["第", "共", "page", "of", "页码"];

/// Words that stand for "nothing more comes", without brackets and dashes around them.
const NOTHING_MORE: [&str; 58] = [
    "以下空白",
    "以下为空白",
    "以下为空",
    "以下无正文",
    "以下无内容",
    "以下无数据",
    "以下略",
    "以下省略",
    "此页无正文",
    "本页无正文",
    "此页空白",
    "本页以下空白",
    "此处空白",
    "此行空白",
    "此表以下空白",
    "本表以下空白",
    "空白",
    "无正文",
    "正文完",
    "完",
    "全文完",
    "表完",
    "完毕",
    "结束",
    "表格结束",
    "数据结束",
    "end",
    "theend",
    "略",
    "省略",
    "无",
    "空",
    "无数据",
    "无记录",
    "无内容",
    "暂无数据",
    "本期无数据",
    "本月无数据",
    "本期无",
    "本月无",
    "本季度无",
    "无此类信息",
    "未发生",
    "零报告",
    "续表",
    "接上页",
    "续上页",
    "接下页",
    "转下页",
    "承前页",
    "过次页",
    "转次页",
    "下页续",
    "未完待续",
    "接下表",
    "无其他",
    "无其它",
    "见附件",
];
/// Labels of what is said of the whole sheet, known also where a table has a single column.
const LABELS: [&str; 26] = [
    "打印时间",
    "打印日期",
    "导出时间",
    "导出日期",
    "生成时间",
    "生成日期",
    "查询时间",
    "下载时间",
    "更新时间",
    "截止时间",
    "截止日期",
    "统计时间",
    "统计截止",
    "数据来源",
    "来源",
    "制表单位",
    "填报单位",
    "报送单位",
    "编制单位",
    "主管部门",
    "责任单位",
    "打印人",
    "导出人",
    "操作员",
    "制表时间",
    "其中",
];

/// What a piece of a closing line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    AddsUp,
    Sums,
    GoesWith,
    Number,
    Counter,
    Page,
}

/// The text small and narrow, without blanks and punctuation; `None` when it is too long for a closing line.
fn bare(text: &str) -> Option<String> {
    if text.len() > 150 {
        return None;
    }
    let sign = |sign: char| match sign {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(sign as u32 - 0xFEE0).unwrap_or(sign),
        sign => sign,
    };
    Some(text.chars().map(sign).filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect())
}

/// Whether nothing stands in a text but punctuation: `——————`, `***`.
pub(super) fn is_rule(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_alphanumeric) && !text.contains(['√', '×', '○', '●', '△', '☑', '□'])
}

/// Why a text can't be a value of a record, if it can't whatever stands around it.
pub(super) fn reason_alone(text: &str) -> Option<Reason> {
    if is_rule(text) {
        return Some(Reason::Note);
    }
    if !may_close(text) {
        return None;
    }
    let whole = bare(text)?;
    if NOTHING_MORE.contains(&whole.as_str()) {
        return Some(Reason::Note);
    }
    match pieces(&whole) {
        Some(pieces) if pieces.iter().any(|piece| matches!(piece, Piece::AddsUp | Piece::Sums)) => Some(Reason::Total),
        Some(pieces) if counts(&pieces) || whole.starts_with("截至") || whole.starts_with("截止") => {
            Some(Reason::Note)
        }
        Some(_) => None,
        // 合计（含税）, 合计：某某
        None => {
            let head = text.split(['：', ':']).next().unwrap_or_default().trim_end();
            let opens = |head: &str| head.rfind(['(', '（']).filter(|_| head.ends_with([')', '）']));
            let head = opens(head).map_or(head, |at| &head[..at]);
            let is_total = head.len() < text.len() && pieces(&bare(head)?)?.contains(&Piece::AddsUp);
            is_total.then_some(Reason::Total)
        }
    }
}

/// Whether a text adds up whatever table it stands in; of a list of figures 总面积 may be one.
pub(super) fn adds_up_by_word(text: &str) -> bool {
    adds_up(text) && bare(text).is_some_and(|bare| ADDS_UP.iter().any(|word| bare.contains(word)))
}

/// Whether a text adds up: `合计`, `合计金额：`, `总 计（万元）`, `共计2户`, `合计（大写）：壹万元整`.
pub(super) fn adds_up(text: &str) -> bool {
    reason_alone(text) == Some(Reason::Total)
}

/// A quick look, which tells nearly all texts: each row is asked. What adds up or counts has one of a few signs in it, and
/// words for nothing are short and begin with one of a few.
fn may_close(text: &str) -> bool {
    if text.is_ascii() {
        let has = |word: &[u8]| text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
        return text.len() <= 32 && (has(b"total") || has(b"page") || has(b"end"));
    }
    if text.contains(['计', '总', '共', '第', '页', '汇', '均', '最', '截']) {
        return true;
    }
    let first = text.chars().find(|sign| sign.is_alphanumeric());
    text.len() <= 60 && first.is_some_and(|first| "以此本空无正完全表结数略省暂未零续接转承过见下".contains(first))
}

/// The pieces a text is made of; `None` when there is something else in it.
fn pieces(bare: &str) -> Option<Vec<Piece>> {
    let mut found = Vec::new();
    let mut rest = bare;
    while !rest.is_empty() {
        let (piece, length) = next_piece(rest)?;
        found.push(piece);
        rest = &rest[length..];
    }
    Some(found)
}

fn next_piece(rest: &str) -> Option<(Piece, usize)> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        return Some((Piece::Number, digits));
    }
    let longest = |words: &'static [&'static str]| {
        words.iter().filter(|word| rest.starts_with(**word)).map(|word| word.len()).max()
    };
    let known = [
        (Piece::AddsUp, longest(&ADDS_UP)),
        (Piece::Sums, longest(&SUMS)),
        (Piece::GoesWith, longest(&GOES_WITH)),
        (Piece::Page, longest(&PAGES)),
        (Piece::Counter, longest(&COUNTERS)),
    ];
    let best = known.into_iter().filter_map(|(piece, length)| Some((piece, length?)));
    // Of two of one length the first said counts.
    let best = best.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.or_else(|| capital_figure(rest).map(|length| (Piece::Number, length)))
}

/// How long the figure in capitals or Chinese signs is with which a text begins.
fn capital_figure(rest: &str) -> Option<usize> {
    let is_part = |sign: char| "〇零一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟元角分整两".contains(sign);
    let end = rest.find(|sign: char| !is_part(sign)).unwrap_or(rest.len());
    (end > 0).then_some(end)
}

/// 第1页, 共2页, 共2户, 本页共1条, Page 1 of 2: a number with what it counts, and a word that says so.
fn counts(pieces: &[Piece]) -> bool {
    let is_counted =
        pieces.windows(2).any(|pair| pair == [Piece::Number, Piece::Counter] || pair == [Piece::Page, Piece::Number]);
    let says_so = pieces.iter().any(|piece| matches!(piece, Piece::Page)) || pieces.first() == Some(&Piece::GoesWith);
    is_counted && says_so
}

/// A text of the form `label：value` or `label：` that is said of the sheet: the label is short and no figure.
pub(super) fn is_labelled(text: &str) -> bool {
    label_of(text).is_some()
}

/// The same where the label is one that sheets have: a name may hold a colon too.
pub(super) fn is_known_label(text: &str) -> bool {
    label_of(text).is_some_and(|label| LABELS.iter().any(|known| label.ends_with(known)))
}

fn label_of(text: &str) -> Option<String> {
    let at = text.find(['：', ':'])?;
    let label: String = text[..at].chars().filter(|sign| sign.is_alphanumeric()).collect();
    let is_short = (1..=12).contains(&label.chars().count());
    (is_short && !label.is_ascii()).then_some(label)
}

/// Ends of what a total is made up of.
const PARTS: [&str; 16] = [
    "纳税人",
    "企业",
    "户",
    "类",
    "项",
    "部分",
    "农村",
    "城镇",
    "个体",
    "单位",
    "法人",
    "个人",
    "居民",
    "项目",
    "工程",
    "自然人",
];
/// What a total is made up of, in words of its own.
const GROUPS: [&str; 14] = [
    "一般纳税人",
    "小规模纳税人",
    "小规模",
    "个体工商户",
    "个体户",
    "企业",
    "自然人",
    "个人",
    "其他",
    "其它",
    "农村",
    "城镇",
    "单位",
    "法人",
];

/// `其中：农村`, `其中`, `其中一般纳税人`: a part of the total above it.
pub(super) fn is_part_of_total(text: &str) -> bool {
    let Some(rest) = text.trim_start().strip_prefix("其中") else { return false };
    let is_part = |rest: &str| rest.chars().count() <= 12 && PARTS.iter().any(|part| rest.ends_with(part));
    rest.is_empty() || rest.trim_start().starts_with(['：', ':', '，', ',', '、', '(', '（']) || is_part(rest.trim())
}

/// A group of which a total is made up, below the total or its first part.
pub(super) fn is_group(text: &str) -> bool {
    GROUPS.contains(&text.trim_start_matches(['-', '—', '－', '·', ' ']).trim())
}

#[cfg(test)]
#[path = "closing_tests.rs"]
mod tests;
