//! Merged cells.

use super::*;

#[test]
fn a_figure_merged_over_rows_counts_for_none_and_is_told_once_while_names_hold_for_all() {
    let facts = sheet(&["合同编号", "受让单位名称", "面积", "成交价款"], &[]);
    let rows: [&[&str]; 4] = [
        &["a1", "示例有限公司", "100", "900"],
        &["a2", "↓示例有限公司", "↓100", "↓900"],
        &["a3", "↓示例有限公司", "↓100", "↓900"],
        &["a4", "另一有限公司", "7", "8"],
    ];
    let (values, issues) = check(&facts, &rows, SetMode::Full);
    let errors: Vec<String> = issues.into_iter().filter(|issue| issue.starts_with("error")).collect();
    assert_eq!(errors, ["error merged C2", "error merged D2"]);
    let of = |row: usize| (values[row][1].as_str(), values[row][6].as_str(), values[row][7].as_str());
    assert_eq!((of(1), of(2)), (("示例有限公司", "", ""), ("示例有限公司", "", "")));
    assert_eq!(of(3), ("另一有限公司", "7", "8"));
}

#[test]
fn a_figure_merged_with_its_neighbour_is_told_and_how_to_mend_it() {
    let rows: [&[&str]; 2] = [&["a1", "示例", "", "1", "←", "2025-03-05", ""], &["a2", "←", "", "1", "2", "", ""]];
    let (_, issues, _) = check_all(&sheet(&ALL, &[]), &rows, SetMode::Full, None);
    let told: Vec<String> = issues
        .iter()
        .filter(|issue| issue.rule != "missing-column")
        .map(|issue| format!("{} {} {}", issue.severity.key(), issue.rule, issue.cell.unwrap().address()))
        .collect();
    assert_eq!(told, ["error merged B3", "warning merged E2"]);
    let merged = issues.iter().find(|issue| issue.rule == "merged").unwrap();
    assert!(merged.message.values.iter().any(|(name, value)| name == "cell" && value == "A3"), "{merged:?}");
}

#[test]
fn a_merge_across_two_columns_is_told_whatever_they_hold() {
    let headers = ["合同编号", "受让单位名称", "成交价款", "合同签订日期", "供应方式"];
    let rows: [&[&str]; 2] = [&["a1", "示例", "5000", "←", "挂牌"], &["a2", "示例", "5000", "2025-03-05", "←"]];
    let (_, issues) = check(&sheet(&headers, &[]), &rows, SetMode::Full);
    let told: Vec<&str> = issues.iter().map(String::as_str).filter(|issue| issue.contains("merged")).collect();
    assert_eq!(told, ["warning merged D2", "warning merged E3"], "{issues:?}");
}
