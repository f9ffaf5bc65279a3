//! Why a row under the header is no record of the table.

use super::super::row::{Row, Value};
use super::Reason;
use super::clean::{row_text, shown};
use super::closing::{
    adds_up, adds_up_by_word, is_group, is_known_label, is_labelled, is_part_of_total, is_rule, reason_alone,
};
use super::known::Known;
use super::trailing::{is_organisation, may_be_name};
use super::words::{
    is_labelled_value, is_like_total, is_measure, is_note, is_prose, is_section, is_signature, is_total, may_sign,
};
use gongzhi_core::cells;

/// A row with more texts than these that are no figures is never a closing line.
const MOST_TEXTS: usize = 8;

/// Where a row stands among the others.
pub(super) struct Place {
    /// Why the row before was left out, if it was.
    pub(super) before: Option<Reason>,
    /// No row of the table came before.
    pub(super) is_first: bool,
    /// A blank row came before.
    pub(super) follows_blank: bool,
}

impl Known {
    /// Why a row under the header is no row of the table; `None` when it is one.
    pub(super) fn reason(&self, row: &Row, place: &Place) -> Option<Reason> {
        if self.repeats_header(row) {
            return Some(Reason::RepeatedHeader);
        }
        if place.is_first && self.numbers_columns(row) {
            return Some(Reason::ColumnNumbers);
        }
        let is_alone = row.len() == 1 && self.columns.len() >= 3;
        // What stands alone behind the end of a table goes with what ended it: the date under a signature. A name may be a
        // record: what follows tells.
        let is_name = matches!(row.value(0), Value::Text(text) if may_be_name(text));
        let trailing = match place.before {
            Some(Reason::Total | Reason::Note | Reason::Alone { .. }) if is_alone && !is_name => Some(Reason::Note),
            Some(Reason::Signature) if is_alone && !is_name => Some(Reason::Signature),
            _ => None,
        };
        let Some(first) = row.iter().find_map(|(_, value)| text_of(value)) else {
            return trailing.or_else(|| self.is_lone_day(row).then_some(Reason::Note));
        };
        if is_totals_row(row, first) {
            return Some(Reason::Total);
        }
        let is_sparse = row.len() * 2 <= self.columns.len() || row.len() <= 2 && self.columns.len() > 2;
        if place.before == Some(Reason::Total) && is_group(first) && is_mostly_figures(row) {
            return Some(Reason::Total);
        }
        if is_signed(row) {
            return Some(Reason::Signature);
        }
        if is_signature(first) && (is_sparse || is_labelled_value(first) || place.before == Some(Reason::Signature)) {
            return Some(Reason::Signature);
        }
        let closing = trailing.or_else(|| self.closing(row));
        if closing.is_some() {
            return closing;
        }
        if row.len() <= 3 && self.titles.contains(&row_text(row)) {
            return Some(Reason::Title);
        }
        let is_wide = self.wide_rows.contains(&row.number());
        let is_sentence = first.ends_with(['。', '；']) || place.follows_blank && is_prose(first);
        let says_so = is_wide || is_section(first) || is_sentence;
        let is_narrow = row.len() <= 2 && self.columns.len() >= 3 || row.len() == 1;
        let is_noted = is_narrow && (is_note(first) || self.columns.len() >= 2 && is_measure(row.texts()));
        (is_noted || is_alone && says_so).then_some(Reason::Note)
    }

    /// A day and nothing else: the date under a table.
    fn is_lone_day(&self, row: &Row) -> bool {
        row.len() == 1 && self.columns.len() >= 3 && matches!(row.value(0), Value::Date(_))
    }

    /// 1页, 2024年12月31日 and nothing else.
    fn is_lone_count(&self, row: &Row) -> bool {
        let (1, Value::Text(text)) = (row.len(), row.value(0)) else { return false };
        let is_day = || {
            let is_code = text.bytes().all(|byte| byte.is_ascii_digit());
            self.columns.len() >= 3 && !is_code && cells::parse_moment(text).is_some()
        };
        reason_alone(text).is_some() || is_day()
    }

    /// Why a row is a closing line, if each of its texts is one of closing lines or labels, or a total stands behind the
    /// names of what it adds up.
    fn closing(&self, row: &Row) -> Option<Reason> {
        let is_single = self.columns.len() <= 1;
        let speaks_of_sheet = |text: &str| if is_single { is_known_label(text) } else { is_labelled(text) };
        let closes = |text: &&str| reason_alone(text).is_some() || speaks_of_sheet(text) || is_part_of_total(text);
        // The first text tells nearly all records.
        let is_named = |text: &&str| !looks_like_figure(text) && !is_rule(text);
        let first = row.iter().filter_map(|(_, value)| text_of(value)).find(is_named);
        if first.is_some_and(|first| !closes(&first)) && !may_add_up(row.texts()) {
            return None;
        }
        let (mut texts, mut figures, mut rules) = ([""; MOST_TEXTS], 0, 0);
        let mut count = 0;
        for (_, value) in row.iter() {
            match value {
                Value::Text(text) if looks_like_figure(text) => figures += 1,
                Value::Text(text) if is_rule(text) => rules += 1,
                Value::Text(text) => {
                    *texts.get_mut(count)? = text;
                    count += 1;
                }
                _ => figures += 1,
            }
        }
        let texts = &texts[..count];
        if texts.is_empty() {
            // A row that was struck out; beside figures a stroke is a cell without value.
            let is_struck = rules > 0 && figures == self.count_numbers(row);
            return (is_struck || self.is_lone_count(row)).then_some(Reason::Note);
        }
        if texts.iter().all(closes) {
            let figures = figures - self.count_numbers(row);
            let is_list_of_figures = self.columns.len() <= 2 && figures > 0;
            let is_total = closing_reason(texts, figures);
            let is_sure = |text: &&str| adds_up_by_word(text) || is_part_of_total(text);
            return is_total.filter(|_| !is_list_of_figures || texts.iter().any(is_sure));
        }
        let total = texts.iter().position(|text| adds_up(text))?;
        let (before, after) = (&texts[..total], &texts[total + 1..]);
        let names_group = |text: &&str| !has_long_number(text) && !is_organisation(text);
        (figures > 0 && before.len() <= 2 && before.iter().all(names_group) && after.iter().all(closes))
            .then_some(Reason::Total)
    }

    /// Cells of a row that only count it.
    fn count_numbers(&self, row: &Row) -> usize {
        let counts = |column: u32| {
            let at = self.columns.iter().position(|known| known.index == column);
            at.is_some_and(|at| self.counting.get(at) == Some(&true))
        };
        let is_number = |value: Value<'_>| match value {
            Value::Text(text) => looks_like_figure(text),
            _ => true,
        };
        row.iter().filter(|(column, value)| is_number(*value) && counts(*column)).count()
    }

    fn repeats_header(&self, row: &Row) -> bool {
        self.header_rows.iter().any(|header| {
            let enough = row.len() * 2 >= header.len() && row.len() >= 2;
            enough && row.iter().all(|(column, value)| {
                matches!(value, Value::Text(text) if header.get(&column).is_some_and(|name| name == text))
            })
        })
    }

    /// Right under the header: 甲 乙 1 2 3, (1) (2) (3), or plain figures that count six columns or more from 1.
    fn numbers_columns(&self, row: &Row) -> bool {
        if row.len() < 3 || row.len() * 10 < self.columns.len() * 8 || self.header_rows.is_empty() {
            return false;
        }
        let mut marked = row.len() >= 6;
        let mut next = 1_u32;
        for (at, (_, value)) in row.iter().enumerate() {
            let text = shown(value);
            let text = text.trim_matches(['(', ')', '（', '）']);
            if matches!(text, "甲" | "乙" | "丙" | "丁" | "戊" | "栏次" | "行次") && at < 5 {
                marked = true;
            } else if text.parse() == Ok(next) {
                marked |= matches!(value, Value::Text(whole) if whole.len() != text.len());
                next += 1;
            } else {
                return false;
            }
        }
        marked && next >= 3
    }
}

/// 合计 in the first cell or beside it, or 某镇小计 before figures.
fn is_totals_row(row: &Row, first: &str) -> bool {
    if !may_add_up(row.texts()) {
        return false;
    }
    let [opens, is_second] = [text_of(row.value(0)), text_of(row.value(1))];
    let named = opens.is_some_and(is_total) || is_second.is_some_and(is_total);
    named || is_like_total(first) && !is_organisation(first) && (row.len() == 1 || is_mostly_figures(row))
}

/// Two cells and more that are signatures, with at most as many beside them that are names or days: `制表人 | 张某 | 审核人 | 李某`.
fn is_signed(row: &Row) -> bool {
    // The first text tells nearly all records.
    if row.len() < 2 || !row.iter().find_map(|(_, value)| text_of(value)).is_some_and(may_sign) {
        return false;
    }
    let (mut signs, mut others) = (0, 0);
    for (_, value) in row.iter() {
        match value {
            Value::Text(text) if is_organisation(text) && !is_labelled_value(text) => return false,
            Value::Text(text) if may_sign(text) => signs += 1,
            Value::Text(text) if text.chars().count() > 11 => return false,
            _ => others += 1,
        }
    }
    signs >= 2 && others <= signs
}

fn text_of(value: Value<'_>) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Figures are as many as texts, in cells of figures or written as texts; a code is none.
fn is_mostly_figures(row: &Row) -> bool {
    let is_figure = |value: Value<'_>| match value {
        Value::Number(_) => true,
        Value::Text(text) => !has_long_number(text) && looks_like_figure(text),
        _ => false,
    };
    let figures = row.iter().filter(|(_, value)| is_figure(*value)).count();
    figures > 0 && figures * 2 >= row.len()
}

/// The reason of a row made of closing texts alone and so many figures. A word for "nothing" beside figures is a cell
/// without value in a record.
fn closing_reason(texts: &[&str], figures: usize) -> Option<Reason> {
    let reasons = || texts.iter().filter_map(|text| reason_alone(text));
    if reasons().any(|reason| reason == Reason::Total) || texts.iter().any(|text| is_part_of_total(text)) {
        return Some(Reason::Total);
    }
    if texts.iter().any(|text| is_signature(text)) {
        return Some(Reason::Signature);
    }
    let is_open = |text: &&str| text.trim_end().ends_with([':', '：']);
    let counts = |text: &&str| text.contains('共') && reason_alone(text).is_some();
    match figures {
        0 => Some(Reason::Note),
        _ if texts.iter().all(counts) => Some(Reason::Total),
        // 打印时间： | 2025-03-31
        _ if texts.iter().all(is_open) && figures <= texts.len() => Some(Reason::Note),
        _ => None,
    }
}

/// Whether a word of a total may stand among the texts of a row: one look at all of them together.
fn may_add_up(texts: &str) -> bool {
    ['计', '总', '汇', '均', '最'].iter().any(|sign| texts.contains(*sign))
        || ["otal", "OTAL"].iter().any(|word| texts.contains(word))
}

/// By its first sign: digits with what stands before them.
fn looks_like_figure(text: &str) -> bool {
    let sign = text.trim_start_matches(['-', '+', '(', '（', '¥', '￥', '.']).bytes().next();
    sign.is_some_and(|sign| sign.is_ascii_digit())
}

/// Six digits and more: a code, the number of a document.
fn has_long_number(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 6
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::super::Column;
    use super::*;

    /// The reason for a row of a table with these columns.
    fn reason(columns: &[&str], cells: &[&str]) -> Option<Reason> {
        let columns: Vec<Column> = (0..)
            .zip(columns)
            .map(|(index, name)| Column { name: (*name).to_owned(), own: Vec::new(), index })
            .collect();
        let known = Known::for_tests(columns, HashMap::new(), HashSet::new());
        let mut row = Row::new(9);
        for (column, text) in (0..).zip(cells).filter(|(_, text)| !text.is_empty()) {
            row.push(column, Value::Text(text));
        }
        known.reason(&row, &Place { before: None, is_first: false, follows_blank: false })
    }

    const PAYMENTS: [&str; 7] = ["补贴文件", "企业名称", "代码", "项目名称", "金额", "类型", "时间"];
    const BUILDERS: [&str; 4] = ["行政区划", "企业名称", "代码", "地址"];
    const COUNTED: [&str; 4] = ["序号", "乡镇", "企业名称", "金额"];

    #[test]
    fn a_closing_line_is_no_record_in_whatever_column_it_stands() {
        for text in [
            "合计金额",
            "合计人民币",
            "合计（大写）：壹万元整",
            "总金额",
            "共计2户",
            "合计2户",
            "其中：一期",
            "小计：",
            "累计数",
        ] {
            assert_eq!(reason(&PAYMENTS, &[text, "", "", "", "2000"]), Some(Reason::Total), "{text}");
            assert_eq!(reason(&PAYMENTS, &["", "", text, "", "2000"]), Some(Reason::Total), "{text}");
        }
        for text in [
            "以下空白",
            "（以下空白）",
            "——以下无正文——",
            "第1页 共2页",
            "打印时间：2024-12-31",
            "数据来源：财政局",
            "——————",
            "以上金额以万元计",
            "（万元）",
            "略",
            "本页共1条",
            "制表单位：住建局",
            "（此页无正文）",
            "2024年12月31日",
            "/",
            "共2户",
        ] {
            for place in 0..4 {
                let mut cells = [""; 4];
                cells[place] = text;
                assert!(reason(&BUILDERS, &cells).is_some(), "{text} in column {place}");
            }
        }
        assert_eq!(reason(&COUNTED, &["3", "", "合计", "70"]), Some(Reason::Total));
        assert_eq!(reason(&COUNTED, &["", "大丰镇", "小计", "70"]), Some(Reason::Total));
        assert_eq!(reason(&COUNTED, &["5", "", "以下空白", ""]), Some(Reason::Note));
        assert_eq!(
            reason(&["乡镇", "村", "企业名称", "金额"], &["大丰镇", "某某村", "合计", "70"]),
            Some(Reason::Total)
        );
        assert_eq!(reason(&PAYMENTS, &["/", "/", "／", "-", "/", "——", "/"]), Some(Reason::Note), "struck out");
        assert_eq!(reason(&BUILDERS, &["/", "/", "/", "/"]), Some(Reason::Note));
        assert_eq!(reason(&BUILDERS, &["审核：李某", "", "复核：王某", ""]), Some(Reason::Signature));
        assert_eq!(reason(&BUILDERS, &["打印时间：", "2025-03-31", "", ""]), Some(Reason::Note));
    }

    #[test]
    fn subtotals_and_sign_offs_of_several_cells_are_no_records() {
        let counted = ["企业名称", "代码", "户数", "面积"];
        for first in
            ["小计", "大丰镇小计", "一般纳税人小计", "小计-农村", "其中：一般纳税人", "其中一般纳税人", "合计（2户）"]
        {
            assert_eq!(reason(&counted, &[first, "", "12", "3.5"]), Some(Reason::Total), "{first}");
            assert_eq!(reason(&counted, &[first, "", "3", ""]), Some(Reason::Total), "{first}");
        }
        assert_eq!(reason(&["企业名称", "户数"], &["其中：一般纳税人", "3"]), Some(Reason::Total));
        for cells in [
            ["制表人：某某", "审核人：某某", "日期：2025-03-31", ""],
            ["制表人", "张某", "审核人", "李某"],
            ["制表人张某", "", "审核人李某", ""],
            ["填表人 张某", "", "日期", "2025年3月31日"],
            ["填表单位：住建局", "填表人：张某", "审核：李某", "日期：2025年"],
            ["制表人 张某  审核人 李某", "", "", ""],
            ["经手人：张某", "会计：李某", "出纳：王某", ""],
        ] {
            assert_eq!(reason(&counted, &cells), Some(Reason::Signature), "{cells:?}");
        }
        let eight = ["乡镇", "名称", "代码", "地址", "电话", "金额", "面积", "日期"];
        let signed = [
            "填表单位：住建局",
            "",
            "负责人：张某",
            "填表人：李某",
            "审核：王某",
            "电话：13900000001",
            "日期：三月",
            "",
        ];
        assert_eq!(reason(&eight, &signed), Some(Reason::Signature));
    }

    #[test]
    fn a_record_is_never_taken_for_a_closing_line() {
        for name in [
            "合计（新疆）商贸有限公司",
            "总计网络科技有限公司",
            "小计算机维修部",
            "第一页文化传媒有限公司",
            "略阳县某某有限公司",
            "无锡某某有限公司",
            "完美（中国）有限公司",
            "其中味餐厅",
            "本页书店",
            "共青团林场",
        ] {
            assert_eq!(reason(&BUILDERS, &["", name, "", ""]), None, "{name}");
            assert_eq!(reason(&PAYMENTS, &["", name, "", "", "100"]), None, "{name}");
        }
        assert_eq!(reason(&BUILDERS, &["大丰镇", "甲公司", "91652323MA7K30QT7J", "/"]), None);
        assert_eq!(reason(&PAYMENTS, &["", "无", "", "", "100"]), None, "a record without its name");
        assert_eq!(reason(&PAYMENTS, &["-", "-", "", "", "100"]), None);
        assert_eq!(reason(&BUILDERS, &["", "万元商贸有限公司", "", ""]), None);
        assert_eq!(reason(&["企业名称"], &["某某：公司"]), None);
        assert_eq!(reason(&["指标", "数值"], &["总面积", "300"]), None);
        let people = ["职务", "姓名", "电话", "单位"];
        assert_eq!(
            reason(&people, &["负责人", "张某", "13900000001", "大丰镇"]),
            None,
            "one word of signatures is a post"
        );
        assert_eq!(reason(&people, &["会计", "李某", "13900000002", "某某公司"]), None);
        assert_eq!(reason(&BUILDERS, &["", "某某会计师事务所", "", ""]), None);
        assert_eq!(reason(&PAYMENTS, &["", "日期食品店", "", "电话机维修", "100"]), None);
    }
}
