use chrono::NaiveDate;

use super::*;

fn sheet() -> OfficeSheet {
    let header =
        |upper: Option<&str>, lower: &str| OfficeHeader { upper: upper.map(str::to_owned), lower: lower.into() };
    OfficeSheet {
        name: "表一".into(),
        titles: vec!["示例表".into()],
        headers: vec![header(None, "序号"), header(Some("施工单位"), "名称"), header(Some("施工单位"), "代码")],
        rows: vec![vec![OfficeCell::Figure("1".into()), OfficeCell::Text("甲,乙".into()), OfficeCell::Empty]],
        footers: vec![],
        merges: vec![],
    }
}

#[test]
fn merged_cells_stand_once_and_the_measure_of_a_format_stands_in_no_cell() {
    let text = |text: &str| OfficeCell::Text(text.into());
    let row = |name, figure: &str| vec![text("1"), name, OfficeCell::Measured(figure.into(), "万元")];
    let merges = vec![Merge { column: 1, first_row: 0, last_row: 1 }];
    let rows = vec![row(text("甲"), "1.5"), row(OfficeCell::Empty, "2")];
    let sheet = OfficeSheet { rows, merges, ..sheet() };
    let html = String::from_utf8(html_of(&sheet)).unwrap();
    assert!(html.contains("<td rowspan=\"2\">甲</td><td>1.5万元</td></tr>\n<tr><td>1</td><td>2万元</td>"), "{html}");
    let day = NaiveDate::from_ymd_opt(2025, 1, 5).unwrap();
    assert!(workbook_of(&[sheet], day).unwrap().starts_with(b"PK"));
}

#[test]
fn a_comma_in_a_field_does_not_split_it() {
    let text = String::from_utf8(text_of(&sheet(), ',', TextEncoding::Utf8)).unwrap();
    assert_eq!(text.lines().last(), Some("1,\"甲,乙\","));
}

#[test]
fn the_first_row_stands_below_titles_and_both_header_rows() {
    assert_eq!(sheet().first_row(), 4);
    let text = String::from_utf8(text_of(&sheet(), '\t', TextEncoding::Utf8)).unwrap();
    assert!(text.lines().nth(3).unwrap().starts_with("1\t"));
}

#[test]
fn gbk_bytes_are_not_utf_8() {
    assert!(String::from_utf8(text_of(&sheet(), ',', TextEncoding::Gbk)).is_err());
}

#[test]
fn one_merged_header_spans_its_group_in_html() {
    let html = String::from_utf8(html_of(&sheet())).unwrap();
    assert_eq!(html.matches("colspan=\"2\">施工单位").count(), 1);
}

#[test]
fn a_workbook_is_a_zip() {
    let day = NaiveDate::from_ymd_opt(2025, 1, 5).unwrap();
    assert!(workbook_of(&[sheet()], day).unwrap().starts_with(b"PK"));
    assert_eq!(workbook_of(&[sheet()], day).unwrap(), workbook_of(&[sheet()], day).unwrap());
    assert!(archive_of(&[("a.csv".into(), vec![1])]).unwrap().starts_with(b"PK"));
}
