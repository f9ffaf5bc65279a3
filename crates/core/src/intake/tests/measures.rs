//! What figures are measured in, wherever a sheet says so.

use super::*;

/// The measures of a sheet with these headers under this title: `price area`, and the rules broken with their cells.
fn priced(price: &str, area: &str, title: &str) -> (String, String, Vec<String>) {
    let titles: &[&str] = if title.is_empty() { &[] } else { &[title] };
    let facts = sheet(&["合同编号", "受让单位名称", price, area], titles);
    let (values, issues) = check(&facts, &[&["a1", "示例有限公司", "1000", "3"]], SetMode::Full);
    let errors = issues.into_iter().filter(|issue| issue.starts_with("error")).collect();
    (values[0][7].clone(), values[0][6].clone(), errors)
}

#[test]
fn a_measure_is_converted_or_refused_and_never_passed_over() {
    let read = |price, area, title| {
        let (price, area, errors) = priced(price, area, title);
        assert_eq!(errors, Vec::<String>::new());
        (price, area)
    };
    let both = |price: &str, area: &str| (price.to_owned(), area.to_owned());
    assert_eq!(read("成交价款[千元]", "面积【公顷】", ""), both("1000000", "30000"));
    assert_eq!(read("成交价款（百万元）", "面积（千公顷）", ""), both("1000000000", "30000000"));
    assert_eq!(read("成交价款", "面积", "金额单位：千元"), both("1000000", "3"));
    assert_eq!(read("成交价款万元", "面积：亩", ""), both("10000000", "2000"));
    assert_eq!(read("成交价款（含税）", "面积（合同约定）", "填报单位：自然资源局"), both("1000", "3"));
    assert_eq!(read("成交（万元）/成交价款", "面积", ""), both("10000000", "3"));
    let wrong = [
        ("成交价款（美元）", "面积", "", "error measure C1"),
        ("成交价款（十亿元）", "面积", "", "error measure C1"),
        ("成交价款（亩）", "面积", "", "error measure C1"),
        ("成交价款", "面积（吨）", "", "error measure D1"),
        ("成交价款", "面积[小亩]", "", "error measure D1"),
        ("成交价款", "面积", "金额单位：美元", "error measure C1"),
        ("成交价款", "面积", "金额单位：万元、补贴单位：元", "error measure C1"),
    ];
    for (price, area, title, error) in wrong {
        assert_eq!(priced(price, area, title).2, [error], "{price} {area} {title}");
    }
}

#[test]
fn a_measure_is_followed_wherever_and_however_the_sheet_states_it() {
    let (ten_thousands, mu) = ("10000000".to_owned(), "2000".to_owned());
    for title in [
        "土地出让表（以万元计）",
        "以万元计",
        "土地出让表 万元",
        "（单位／万元）",
        "金额：万元",
        "单位 万元",
        "万元",
        "单位：萬元",
        "注：金额单位为万元",
        "以上金额单位：万元",
        "单位：万",
    ] {
        let (price, area, errors) = priced("成交价款", "面积", title);
        assert_eq!((&price, area.as_str(), errors), (&ten_thousands, "3", Vec::new()), "{title}");
    }
    let (price, area, errors) = priced("成交价款", "面积", "单位：亩、万元");
    assert_eq!((price, area, errors), (ten_thousands.clone(), mu.clone(), Vec::new()));
    for header in ["成交价款（万）", "成交价款（萬元）", "成交价款万元", "成交价款/（万元）", "成交价款万元（含税）"]
    {
        let (price, _, errors) = priced(header, "面积", "");
        assert_eq!((&price, errors), (&ten_thousands, Vec::new()), "{header}");
    }
    for header in ["面积亩（毛）", "面积（亩（毛））", "面积mu", "面积（MU）", "面积（畝）"] {
        let (_, area, errors) = priced("成交价款", header, "");
        assert_eq!((&area, errors), (&mu, Vec::new()), "{header}");
    }
    for header in ["面积㎡", "面积（m2）", "面积（M²）"] {
        assert_eq!(priced("成交价款", header, "").1, "3", "{header}");
    }
    assert_eq!(priced("成交价款", "面积公顷(ha)", "").1, "30000");
    assert_eq!(priced("成交价款（W）", "面积", "").2, ["error measure C1"]);
    assert_eq!(priced("成交价款", "面积（万）", "").2, ["error measure D1"]);
}

#[test]
fn a_measure_in_a_header_of_its_own_a_group_a_note_or_the_sheets_name_counts() {
    let read = |facts: &SheetFacts| {
        let (values, issues) = check(facts, &[&["a1", "示例有限公司", "1000"]], SetMode::Full);
        let errors: Vec<String> = issues.into_iter().filter(|issue| issue.starts_with("error")).collect();
        (values[0][7].clone(), errors)
    };
    let headers = ["合同编号", "受让单位名称", "成交价款"];
    let plain = sheet(&headers, &[]);
    let followed = ("10000000".to_owned(), Vec::new());
    assert_eq!(read(&SheetFacts { notes: vec!["注：金额单位为万元".to_owned()], ..plain.clone() }), followed);
    assert_eq!(read(&SheetFacts { name: "出让（万元）".to_owned(), ..plain.clone() }), followed);
    assert_eq!(read(&sheet(&["合同编号", "受让单位名称", "成交价款", "单位：万元"], &[])), followed);
    assert_eq!(read(&sheet(&["合同编号", "受让单位名称", "成交价款", "万元"], &[])), followed);
    assert_eq!(read(&sheet(&["合同编号", "受让单位名称", "单位：万元/成交价款"], &[])), followed);
    let silent = ("1000".to_owned(), Vec::new());
    for title in ["5000万元以上项目清单", "新疆万元商贸有限公司出让表", "单位名称：示例局", "币种：人民币"]
    {
        assert_eq!(read(&sheet(&headers, &[title])), silent, "{title}");
    }
    let disagrees = SheetFacts {
        notes: vec!["注：金额单位为万元".to_owned()],
        ..sheet(&["合同编号", "受让单位名称", "成交价款（元）"], &[])
    };
    assert_eq!(read(&disagrees).1, ["error measure C1"]);
}

#[test]
fn a_measure_in_a_remark_against_the_sheets_own_is_told_once_and_blocks() {
    let told = |price: &str, remarks: [&str; 2]| {
        let facts = sheet(&["合同编号", "受让单位名称", price, "备注"], &[]);
        let rows: [&[&str]; 2] = [&["a1", "示例", "350", remarks[0]], &["a2", "示例", "360", remarks[1]]];
        let (_, issues) = check(&facts, &rows, SetMode::Full);
        issues.into_iter().filter(|issue| issue.contains("measure")).collect::<Vec<_>>()
    };
    assert_eq!(told("成交价款", ["金额单位：万元", "金额单位：万元"]), ["error measure D2"]);
    assert_eq!(told("成交价款（元）", ["", "以万元计"]), ["error measure D3"]);
    for (price, remark) in [
        ("成交价款（万元）", "单位：万元"),
        ("成交价款", "单位：元"),
        ("成交价款", "单位：亩"),
        ("成交价款", "已缴350万元"),
        ("成交价款", "分三期付款，每期100万元"),
    ] {
        assert_eq!(told(price, [remark, ""]), Vec::<String>::new(), "{price} {remark}");
    }
}

#[test]
fn so_much_for_each_is_told_where_a_sum_is_asked() {
    let told = |price: &str| {
        let facts = sheet(&["合同编号", "受让单位名称", price], &[]);
        let (values, issues) = check(&facts, &[&["a1", "示例有限公司", "1000"]], SetMode::Full);
        let issues: Vec<String> = issues.into_iter().filter(|issue| issue.contains("measure")).collect();
        (values[0][7].clone(), issues)
    };
    for header in ["成交价款（元/户）", "成交价款（元／人）", "成交价款（元/年）"] {
        // 价 is a price, so much for each of what it is the price of.
        assert_eq!(told(header), ("1000".to_owned(), Vec::new()), "{header}");
    }
    assert_eq!(told("成交价款（元/㎡）").1, Vec::<String>::new());
}

#[test]
fn a_figure_against_the_sheets_measure_is_told_in_either_direction() {
    let told = |header: &str, figure: &str| {
        let facts = sheet(&["合同编号", "受让单位名称", header], &[]);
        let (values, issues) = check(&facts, &[&["a1", "示例有限公司", figure]], SetMode::Full);
        let issues: Vec<String> = issues.into_iter().filter(|issue| issue.contains("measure")).collect();
        (values[0][7].clone(), issues)
    };
    let warned = vec!["warning measure C2".to_owned()];
    assert_eq!(told("成交价款（元）", "3.5万元"), ("35000".to_owned(), warned.clone()));
    assert_eq!(told("成交价款（万元）", "500元"), ("500".to_owned(), warned));
    assert_eq!(told("成交价款", "3.5万元"), ("35000".to_owned(), Vec::new()), "nothing says otherwise");
    assert_eq!(told("成交价款（万元）", "3.5万元"), ("35000".to_owned(), Vec::new()));
    assert_eq!(told("成交价款（元）", "500元"), ("500".to_owned(), Vec::new()));
    assert_eq!(told("成交价款", "0.125×100%").1, ["error measure C2"]);
}

#[test]
fn a_title_that_no_header_follows_blocks_and_one_that_some_follow_warns() {
    let told = |headers: [&str; 3], title: &str| -> Vec<String> {
        let facts = sheet(&["合同编号", "受让单位名称", headers[0], headers[1], headers[2]], &[title]);
        let row: &[&str] = &["a1", "示例有限公司", "1000", "3", ""];
        let issues = check(&facts, &[row], SetMode::Full).1;
        issues.into_iter().filter(|issue| issue.contains("measure")).collect()
    };
    assert_eq!(told(["成交价款（元）", "面积", "合同签订日期"], "单位：万元"), ["error measure C1"]);
    assert_eq!(
        told(["成交价款（元）", "面积（平方米）", "合同签订日期"], "单位：万元、亩"),
        ["error measure C1", "error measure D1"]
    );
    assert_eq!(told(["成交价款（万元）", "面积", "合同签订日期"], "单位：万元"), Vec::<String>::new());
    assert_eq!(told(["成交价款", "面积", "合同签订日期"], "单位：万元"), Vec::<String>::new());
    assert_eq!(told(["成交价款（元/平方米）", "面积", "合同签订日期"], "单位：万元"), Vec::<String>::new());
}
