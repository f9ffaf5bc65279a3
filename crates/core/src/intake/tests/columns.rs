//! Columns that are known, unknown, closed, missing, or the office's own.

use super::*;
use crate::intake::recognise::{Expected, Recognised, recognise};

#[test]
fn a_column_of_the_office_warns_and_what_may_be_a_field_under_a_wrong_name_blocks() {
    let own = ["审核意见", "数据来源", "更新时间", "创建时间", "所属科室", "领导批示", "录入账号", "是否审核"];
    let headers: Vec<&str> = ["合同编号", "受让单位名称"].into_iter().chain(own).collect();
    let row: Vec<&str> = ["a1", "示例"].into_iter().chain(own.map(|_| "同意")).collect();
    let (_, issues) = check(&sheet(&headers, &[]), &[&row, &row], SetMode::Full);
    assert!(!issues.iter().any(|issue| issue.starts_with("error unknown")), "{issues:?}");
    assert_eq!(issues.iter().filter(|issue| issue.starts_with("warning own-column")).count(), own.len(), "{issues:?}");
    // 编号 is the office's own where the contract's number is there, and may be it where it is not.
    let told = |headers: &[&str]| {
        let (_, issues) = check(&sheet(headers, &[]), &[&["a1", "示例", "7"]], SetMode::Full);
        issues.into_iter().filter(|issue| issue.contains("-column") && issue.ends_with("C1")).collect::<Vec<_>>()
    };
    assert_eq!(told(&["合同编号", "受让单位名称", "编号"]), ["warning own-column C1"]);
    assert_eq!(told(&["收回文件", "受让单位名称", "编号"]), ["error unknown-column C1"]);
    assert_eq!(told(&["合同编号", "受让单位名称", "成交价格"]), ["error unknown-column C1"]);
    assert_eq!(told(&["合同编号", "受让单位名称", "签订日期情况"]), ["error unknown-column C1"]);
}

#[test]
fn a_column_of_dashes_holds_nothing() {
    let facts = sheet(&["合同编号", "受让单位名称", "天气", "column_4"], &[]);
    let rows: [&[&str]; 3] = [&["a1", "示例", "—", "/"], &["a2", "示例", "", "－－"], &["a3", "示例", "---", "-"]];
    let (_, issues) = check(&facts, &rows, SetMode::Full);
    assert!(!issues.iter().any(|issue| issue.contains("unknown-column")), "{issues:?}");
}

#[test]
fn a_closed_column_is_read_over_and_told() {
    let facts = sheet(&["合同编号", "受让单位名称", "家庭住址"], &[]);
    let (values, issues) = check(&facts, &[&["a1", "示例", "某路1号"]], SetMode::Full);
    assert!(issues.contains(&"warning closed-column C1".to_owned()), "{issues:?}");
    assert_eq!(values[0][11], "");
}

#[test]
fn a_kind_is_told_by_its_headers_and_asked_for_when_two_fit() {
    let book = HeaderBook::new(&catalog());
    let found = |headers: &[&str]| recognise(&book, &sheet(headers, &[]), &Expected::default());
    let grant = Recognised::One("land_grant".to_owned(), "grant".to_owned());
    assert_eq!(found(&["合同编号", "面积", "成交价款"]), grant);
    assert_eq!(found(&["收回文件", "面积"]), Recognised::One("land_grant".to_owned(), "recovery".to_owned()));
    assert!(matches!(found(&["面积"]), Recognised::None(nearest) if nearest.len() == 2));
    assert_eq!(found(&["天气", "心情"]), Recognised::None(Vec::new()));
}

#[test]
fn a_header_that_stands_twice_is_named_as_it_is_written_with_both_cells() {
    let facts = sheet(&["合同编号", "受让单位名称", "面积（亩）", "面积（亩）_2"], &[]);
    let (_, issues, _) = check_all(&facts, &[&["a1", "示例", "1", "1"]], SetMode::Full, None);
    let twice = issues.iter().find(|issue| issue.rule == "header-twice").expect("told");
    let said: Vec<&str> = twice.message.values.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!((twice.value.as_str(), said), ("面积（亩）", vec!["面积（亩）", "D1", "C1"]));
}

#[test]
fn a_column_that_nobody_knows_blocks_only_once_it_holds_something() {
    let facts = sheet(&["合同编号", "受让单位名称", "天气"], &[]);
    let (_, issues) = check(&facts, &[&["a1", "示例", ""], &["a2", "示例", ""]], SetMode::Full);
    assert!(!issues.iter().any(|issue| issue.contains("unknown-column")), "{issues:?}");
    let (_, issues) =
        check(&facts, &[&["a1", "示例", ""], &["a2", "示例", "晴"], &["a3", "示例", "雨"]], SetMode::Full);
    let told: Vec<&String> = issues.iter().filter(|issue| issue.contains("unknown-column")).collect();
    assert_eq!(told, ["error unknown-column C1"]);
}

#[test]
fn an_offices_own_remarks_are_kept_beside_the_row_and_never_wrong() {
    let facts = sheet(&["合同编号", "受让单位名称", "备 注", "经办人", "联系电话"], &[]);
    let (_, issues, _) = check_all(&facts, &[&["a1", "示例", "补报", "张某", "0994-4501234"]], SetMode::Full, None);
    assert!(issues.iter().all(|issue| issue.rule == "missing-column"), "{issues:?}");
    for header in ["备注2", "备注（必填）", "说明", "填表人", "手机号码"] {
        assert!(header::is_remark(header), "{header}");
    }
    for header in ["项目负责人", "电话费", "注册资本"] {
        assert!(!header::is_remark(header), "{header}");
    }
}

#[test]
fn missing_columns_that_do_not_block_are_one_line_a_sheet() {
    let facts = sheet(&["合同编号", "受让单位名称"], &[]);
    let (_, issues) = check(&facts, &[&["a1", "示例"]], SetMode::Full);
    assert_eq!(issues.iter().filter(|issue| issue.contains("missing-column")).count(), 1, "{issues:?}");
}
