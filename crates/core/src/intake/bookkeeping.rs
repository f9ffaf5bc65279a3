//! Columns that an office or its program keeps for itself: who entered a row and when, what was decided about it, its number
//! in the program, flags of its way through the house.
//!
//! They are told by how their headers are made, not by a list of headers: something that is done with a row and who, when or
//! how (录入人, 最后更新时间, 审核意见), a part of the house (所属科室), a word of programs (uuid, create_time, 备用字段2). A field of
//! the template under a wrong name must not pass for one, so a word that fields use too (编号, 状态, 是否…) counts only where
//! the template lacks nothing that it could be.

use super::header::{KindHeaders, fold, split_bracket, without_number, without_repeat};
use crate::catalog::Column;

/// What is done with a row in an office or a program.
const ACTS: [&str; 46] = [
    "录入", "登录", "创建", "新建", "建档", "更新", "修改", "变更", "编辑", "删除", "导入", "导出", "上传", "下载",
    "提交", "上报", "填报", "填表", "填写", "制表", "采集", "审核", "初审", "复审", "终审", "复核", "审查", "核对",
    "核实", "校对", "校验", "经办", "承办", "维护", "操作", "推送", "同步", "接收", "归档", "签收", "打印", "生成",
    "抽取", "处理", "反馈", "督办",
];
/// Who does it, when and how.
const NOUNS: [&str; 40] = [
    "人员姓名",
    "人姓名",
    "人员",
    "人",
    "员",
    "者",
    "用户名",
    "用户",
    "账号",
    "账户",
    "工号",
    "时间戳",
    "时间",
    "日期",
    "日",
    "时",
    "部门",
    "单位",
    "机构",
    "科室",
    "股室",
    "处室",
    "岗位",
    "状态",
    "标志",
    "标识",
    "标记",
    "意见",
    "结果",
    "情况",
    "说明",
    "备注",
    "来源",
    "方式",
    "批次",
    "次数",
    "领导",
    "电话",
    "进度",
    "记录",
];
/// Words before such a pair.
const BEFORE: [&str; 13] =
    ["最后", "最近", "首次", "末次", "初次", "数据", "信息", "系统", "后台", "是否已", "是否", "已", "上次"];
/// Parts of the house and people of it.
const OF_HOUSE: [&str; 8] = ["所属", "责任", "承办", "主办", "经办", "主管", "分管", "包联"];
const HOUSE: [&str; 18] = [
    "科室",
    "股室",
    "处室",
    "内设机构",
    "部门",
    "分局",
    "所",
    "站所",
    "中队",
    "小组",
    "组",
    "网格",
    "领导",
    "干部",
    "人员",
    "人",
    "责任人",
    "负责人",
];
/// Ends of what was decided about a row.
const DECIDED: [&str; 7] = ["意见", "批示", "批注", "签批", "阅示", "批复意见", "签字"];
/// Whole headers of offices and programs.
const WHOLE: [&str; 53] = [
    "数据来源",
    "信息来源",
    "来源系统",
    "系统来源",
    "数据源",
    "数据出处",
    "来源",
    "数据状态",
    "数据批次",
    "主键",
    "流水号",
    "系统流水号",
    "序列号",
    "系统编号",
    "系统编码",
    "系统代码",
    "系统id",
    "记录号",
    "记录编号",
    "记录id",
    "行id",
    "数据id",
    "版本",
    "版本号",
    "批次",
    "批次号",
    "排序",
    "排序号",
    "顺序号",
    "档案号",
    "档号",
    "卷号",
    "盒号",
    "附件",
    "附件数",
    "扫描件",
    "照片",
    "图片",
    "链接",
    "网址",
    "二维码",
    "颜色",
    "标记",
    "打勾",
    "勾选",
    "选择",
    "有效标志",
    "删除标志",
    "是否有效",
    "是否删除",
    "网格员",
    "联络员",
    "对接人",
];
/// Fields of a program that stand empty until somebody uses them; a number may stand behind.
const SPARE: [&str; 8] = ["备用", "备用字段", "扩展", "扩展字段", "预留", "预留字段", "自定义", "自定义字段"];
/// Names that programs give.
const LATIN: [&str; 16] = [
    "id",
    "guid",
    "uuid",
    "rowid",
    "pk",
    "version",
    "ver",
    "operator",
    "creator",
    "editor",
    "owner",
    "deleted",
    "isdeleted",
    "delflag",
    "sort",
    "timestamp",
];
/// Words that are an office's own or a field of the template.
const EITHER: [&str; 18] = [
    "编号",
    "编码",
    "号码",
    "号",
    "状态",
    "标志",
    "标识",
    "类型",
    "类别",
    "级别",
    "等级",
    "分类",
    "进度",
    "进展",
    "进展情况",
    "完成情况",
    "落实情况",
    "办理情况",
];

/// How sure it is that a column is the office's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// The header says so.
    Surely,
    /// Unless the template lacks something that it could be.
    Perhaps,
}

/// Whether a header is that of a column an office keeps for itself.
pub fn own(header: &str) -> Option<Own> {
    let folded = fold(without_repeat(header));
    let bare = without_number(split_bracket(&folded).map_or(folded.as_str(), |(outer, _)| outer));
    let lower = bare.rsplit('/').next().unwrap_or(bare);
    let word = lower.trim_end_matches(|sign: char| sign.is_ascii_digit());
    if word.is_empty() {
        return None;
    }
    if word.is_ascii() {
        return is_of_program(word).then_some(Own::Surely);
    }
    let is_sure = WHOLE.contains(&word)
        || SPARE.contains(&word)
        || DECIDED.iter().any(|end| word.strip_suffix(end).is_some_and(|rest| !rest.is_empty()))
        || is_of_house(word)
        || is_done(word);
    match is_sure {
        true => Some(Own::Surely),
        false => (EITHER.contains(&word) || word.starts_with("是否")).then_some(Own::Perhaps),
    }
}

/// 录入人, 最后更新时间, 是否已审核, 审核状态.
fn is_done(word: &str) -> bool {
    let mut rest = word;
    while let Some(shorter) = BEFORE.iter().find_map(|before| rest.strip_prefix(before)) {
        rest = shorter;
    }
    let flag = word.starts_with("是否") || word.starts_with('已');
    let behind = |act: &str| {
        let rest = rest.strip_prefix(act)?;
        Some(if rest.is_empty() { flag } else { NOUNS.contains(&rest) })
    };
    // 变更日期 and 变更情况 are what a table of changes tells.
    ACTS.iter().filter(|act| **act != "变更" || flag).filter_map(|act| behind(act)).any(|is_own| is_own)
}

/// 所属科室, 责任人, 分管领导.
fn is_of_house(word: &str) -> bool {
    OF_HOUSE.iter().any(|of| word.strip_prefix(of).is_some_and(|part| HOUSE.contains(&part)))
}

/// `create_time`, `updatedAt`, `modify_user`, `row_id`.
fn is_of_program(word: &str) -> bool {
    let bare: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
    let acts = ["create", "update", "modify", "modified", "insert", "delete", "import", "upload", "sync", "audit"];
    let nouns = ["time", "date", "at", "on", "by", "user", "userid", "name", "flag", "dept", "status", "id", ""];
    let is_act = || {
        let rest = acts.iter().filter_map(|act| bare.strip_prefix(act));
        rest.map(|rest| rest.strip_prefix('d').unwrap_or(rest)).any(|rest| nouns.contains(&rest))
    };
    LATIN.contains(&bare.as_str()) || is_act()
}

/// Whether a header may be that of a column which a sheet lacks, misspelt or shortened.
pub(super) fn may_be(header: &str, lacked: &Column, sureness: Own) -> bool {
    let folded = fold(without_repeat(header));
    let bare = without_number(split_bracket(&folded).map_or(folded.as_str(), |(outer, _)| outer));
    lacked.headers().map(fold).any(|name| {
        let name = split_bracket(&name).map_or(name.as_str(), |(outer, _)| outer);
        let likeness = strsim::normalized_damerau_levenshtein(bare, name);
        match sureness {
            Own::Surely => likeness >= 0.75,
            Own::Perhaps => likeness >= 0.5 || name.ends_with(end_of(bare)),
        }
    })
}

/// The last two signs, by which 编号 may be 合同编号.
fn end_of(word: &str) -> &str {
    word.char_indices().rev().nth(1).map_or(word, |(at, _)| &word[at..])
}

impl KindHeaders {
    /// Whether a header without any match is an office's own column, of a sheet that lacks these columns.
    pub(super) fn is_own<'a>(&self, header: &str, mut lacked: impl Iterator<Item = &'a Column> + Clone) -> bool {
        let Some(sureness) = own(header) else { return false };
        let lacks_required = sureness == Own::Perhaps && lacked.clone().any(|column| column.required);
        !lacks_required && !lacked.any(|column| may_be(header, column, sureness))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_an_office_are_told_by_how_their_headers_are_made() {
        for header in [
            "审核意见",
            "领导批示",
            "科室意见",
            "数据来源",
            "更新时间",
            "创建时间",
            "最后修改时间",
            "录入人",
            "录入人员",
            "录入日期",
            "所属科室",
            "责任科室",
            "承办人",
            "分管领导",
            "审核状态",
            "是否审核",
            "是否已上报",
            "系统编号",
            "流水号",
            "批次号",
            "ID",
            "create_time",
            "updatedAt",
            "UUID",
            "备用字段2",
            "扩展1",
            "上报时间",
            "审核人（签字）",
            "3.处理情况",
            "操作员",
            "修改人",
            "数据更新时间",
            "档案号",
            "附件",
            "经办科室",
            "导入批次",
        ] {
            assert_eq!(own(header), Some(Own::Surely), "{header}");
        }
        for header in ["编号", "编号1", "状态", "是否重点企业", "类型", "完成情况"] {
            assert_eq!(own(header), Some(Own::Perhaps), "{header}");
        }
    }

    #[test]
    fn what_a_report_tells_is_no_column_of_the_office() {
        for header in [
            "合同编号",
            "金额",
            "企业名称",
            "天气",
            "登记日期",
            "批准日期",
            "资金来源",
            "变更日期",
            "变更情况",
            "许可证号",
            "开工时间",
            "建设单位",
            "主管税务机关",
            "所属行业",
            "所属乡镇",
            "竣工日期",
            "处罚决定",
            "price",
            "name",
            "amount",
            "金额合计",
            "内部流水",
            "补贴依据",
            "单位",
            "面积",
            "法定代表人",
            "管理人",
        ] {
            assert_eq!(own(header), None, "{header}");
        }
    }
}
