use super::*;

fn figure(text: &str) -> Option<String> {
    parse_decimal(text).and_then(|parsed| parsed.value()).map(|value| value.normalize().to_string())
}

#[test]
fn a_clean_text_is_borrowed_and_not_copied() {
    for text in ["呼图壁县", "91652323MA7A000172", "", "a b", "第一行\n第二行", "（全称）"] {
        assert!(matches!(narrow(text), Cow::Borrowed(same) if same == text), "{text}");
    }
}

#[test]
fn what_a_spreadsheet_takes_for_a_formula_is_guarded_and_comes_back_and_figures_are_left() {
    for text in
        ["=1+1", "+86 994", "-附件", "@某", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠某", "'=1", "''-5", "=-5"]
    {
        let safe = guarded(text);
        assert_eq!(safe, format!("'{text}"));
        assert_eq!(unguarded(&safe), text);
    }
    for text in ["", "-5.20", "+5", "0994-4500000", "甲=乙", "'007", "'", "路1号"] {
        assert_eq!((guarded(text).as_ref(), unguarded(text)), (text, text));
    }
}

#[test]
fn width_blanks_and_apostrophes_go_but_brackets_and_line_breaks_stay() {
    assert_eq!(narrow("９１６５２３２３ＭＡ７Ａ"), "91652323MA7A");
    assert_eq!(narrow("　甲公司（新疆） \n"), "甲公司（新疆）");
    assert_eq!(narrow("'91652323"), "91652323");
    assert_eq!(narrow("甲\u{200B}公司\u{FEFF}"), "甲公司");
    assert_eq!(narrow("\u{A0}甲\u{A0}乙"), "甲 乙");
    assert_eq!(narrow("上\n下"), "上\n下");
    assert_eq!(narrow(" \u{3000}\u{200B} "), "");
}

#[test]
fn figures_are_read_with_their_signs_and_words() {
    for (text, value) in [
        ("1234.50", "1234.5"),
        ("1,234.50", "1234.5"),
        ("１２３．４", "123.4"),
        ("¥3,000元", "3000"),
        ("3(万)", "30000"),
        ("57.2万人民币", "572000"),
        ("1.2亿", "120000000"),
        ("12%", "0.12"),
        ("(500.00)", "-500"),
        ("1.5E+3", "1500"),
        ("-7", "-7"),
        ("+7", "7"),
        ("1,000(万元人民币)", "10000000"),
        ("51.0440(万)", "510440"),
        ("人民币200万元", "2000000"),
        (".5", "0.5"),
        ("5百万", "5000000"),
        ("3.5萬元", "35000"),
        ("0", "0"),
        ("3 000", "3000"),
        ("￥1,200.00", "1200"),
        ("￥１２００", "1200"),
        ("5仟元", "5000"),
        ("壹万贰仟元整", "12000"),
        ("叁佰元", "300"),
        ("十万", "100000"),
        ("1万2千元", "12000"),
        ("△500", "-500"),
        ("﹣7", "-7"),
    ] {
        assert_eq!(figure(text).as_deref(), Some(value), "{text}");
    }
}

#[test]
fn a_text_with_digits_in_it_is_no_figure() {
    for text in [
        "1,2,3",
        "12a",
        "第3号",
        "1-2",
        "",
        "甲",
        "2024-03-05",
        "1.2.3",
        "3万吨",
        "12,34",
        "E5",
        "%",
        ".",
        "￥",
        "一百二",
    ] {
        assert_eq!(figure(text), None, "{text}");
    }
}

#[test]
fn money_of_others_is_no_figure() {
    for text in
        ["$500", "＄500", "US$500", "USD500", "HK$500", "€500", "£500", "￡500", "500美元", "500$", "NT$5", "₩500"]
    {
        assert_eq!(figure(text), None, "{text}");
    }
}

#[test]
fn a_column_in_ten_thousands_can_see_the_figure_before_its_words() {
    let parsed = parse_decimal("3(万)").expect("a figure");
    assert_eq!((parsed.figure, parsed.multiplier, parsed.changed), (Decimal::from(3), 10_000, true));
    assert!(!parse_decimal("3.00").expect("a figure").changed);
}

#[test]
fn a_cell_of_dashes_or_strokes_of_any_width_holds_nothing() {
    for text in ["-", "－", "／", "/", "———", "－－", "﹣", "— —", "——", "\\", "__"] {
        assert!(is_blank_mark(text), "{text}");
    }
    for text in ["", "-1", "无", "a/b", " "] {
        assert!(!is_blank_mark(text), "{text}");
    }
}

#[test]
fn yes_and_no_in_every_way_clerks_write_them() {
    for (text, value) in [("是", true), ("否", false), ("√", true), ("×", false), ("TRUE", true), ("n", false)] {
        assert_eq!(parse_boolean(text).map(|parsed| parsed.value), Some(value), "{text}");
    }
    assert_eq!(parse_boolean("也许"), None);
}
