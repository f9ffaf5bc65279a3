use super::*;

fn all(text: &str) -> Vec<String> {
    let shown = |written: &Written| match written {
        Written::Period(period) => period.to_string(),
        Written::Days { text, .. } => format!("days {text}"),
        Written::Impossible(text) => format!("no {text}"),
    };
    periods_in(text).iter().map(shown).collect()
}

#[test]
fn periods_are_found_in_names_and_days_are_not_months() {
    assert_eq!(all("自然资源局_土地出让_2025年3月.xlsx"), ["2025-03"]);
    assert_eq!(all("2025Q1"), ["2025Q1"]);
    assert_eq!(all("2025年第一季度投资项目"), ["2025Q1"]);
    assert_eq!(all("2025年1-3月"), ["2025Q1"]);
    assert_eq!(all("报送202503"), ["2025-03"]);
    assert_eq!(all("20250408报送"), Vec::<String>::new());
    assert_eq!(all("2025年4月3日"), Vec::<String>::new());
    assert_eq!(all("2025-04-03"), Vec::<String>::new());
    assert_eq!(all("2024年度财政补贴"), ["2024"]);
    assert_eq!(all("652323"), Vec::<String>::new());
    assert_eq!(all("2024年-2025年补贴"), ["days 2024年-2025年"]);
    assert_eq!(all("2025年1月至2025年3月"), ["2025Q1"]);
    assert_eq!(all("2025年13月"), ["no 2025年13月"]);
    assert_eq!(all("2025年第5季度"), ["no 2025年第5季度"]);
    assert_eq!(all("2025-13号文"), ["2025"], "a number of a document");
}

#[test]
fn a_period_that_the_calendar_lacks_is_never_the_whole_year() {
    let said = |text: &str| periods_in_title(&format!("填报单位：某局 所属期：{text} 单位：万元"));
    for text in ["2025年13月", "2025年第5季度", "2025-13", "2025Q5", "2025年0月", "2025年00月"] {
        assert_eq!(said(text), [Written::Impossible(text.to_owned())], "{text}");
    }
    assert!(matches!(&said("2024年-2025年")[..], [Written::Days { text, .. }] if text == "2024年-2025年"));
    assert_eq!(said("2025年 第1季度"), [Written::Period(Period::Quarter(2025, 1))]);
    assert_eq!(said("2025年1月—2025年3月"), [Written::Period(Period::Quarter(2025, 1))]);
    assert_eq!(said("    年   月"), []);
    assert_eq!(said("2025年3月（第二批）"), [Written::Period(Period::Month(2025, 3))]);
}

#[test]
fn a_title_row_says_who_and_when() {
    assert_eq!(unit_text_in_title("填报单位：        填报日期：2024年4月5日"), None);
    let title = "填报单位（盖章）：呼图壁县自然资源局 所属期：2025年第1季度 单位：万元";
    assert_eq!(unit_text_in_title(title).as_deref(), Some("呼图壁县自然资源局"));
    assert_eq!(periods_in_title(title), [Written::Period(Period::Quarter(2025, 1))]);
    assert_eq!(periods_in_title("填报日期：2025年4月"), []);
}

#[test]
fn a_stretch_of_days_is_the_period_it_covers() {
    let period = |text| read_stretch(text).and_then(Stretch::as_period).map(|period| period.to_string());
    assert_eq!(period("2025-01-01至2025-03-31").as_deref(), Some("2025Q1"));
    assert_eq!(period("2025年1月—2025年3月").as_deref(), Some("2025Q1"));
    assert_eq!(period("2025.1.1-2025.12.31").as_deref(), Some("2025"));
    assert_eq!(period("2025年3月").as_deref(), Some("2025-03"));
    assert_eq!(period("2025-01-01-2025-01-20"), None);
    assert!(read_stretch("2025-01-01-2025-01-20").is_some());
    assert!(read_stretch("第一批").is_none());
}
