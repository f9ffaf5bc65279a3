use super::*;

fn shown(code: &str, digits: &str) -> String {
    match Words::of(code).and_then(|words| words.shown(digits)) {
        Some(Seen::Measured(text)) => text,
        Some(Seen::Text(text)) => format!("'{text}"),
        None => digits.to_owned(),
    }
}

#[test]
fn the_word_behind_the_digits_is_the_figures_own() {
    for (code, seen) in [
        ("0.00\"万元\"", "12.5万元"),
        ("0.00\"万\"", "12.5万"),
        ("#,##0.00\"千元\"", "12.5千元"),
        ("0.00\"亿元\"", "12.5亿元"),
        ("#,##0.00\\万\\元", "12.5万元"),
        ("0.00万元", "12.5万元"),
        ("0.00!万!元", "12.5万元"),
        ("0\"亩\"", "12.5亩"),
        ("0.0\"公顷\"", "12.5公顷"),
        ("#,##0.00\"元\"", "12.5元"),
        ("0.00 \"万元\"_);\\(0.00 \"万元\"\\)", "12.5万元"),
        ("[Red]0.00\"万元\"", "12.5万元"),
        ("0.00\\%", "12.5%"),
        ("\"￥\"#,##0.00\"万元\"", "12.5万元"),
        ("\"万元\"0.00", "12.5万元"),
        ("\"￥万元\"0.00", "12.5万元"),
        ("\"金额：万元 \"#,##0.00", "12.5万元"),
        ("\"亩\" 0.0", "12.5亩"),
        ("[$万元-804]0.00", "12.5万元"),
        ("0.00\"萬元\"", "12.5萬元"),
        ("0.00\"W\"", "12.5W"),
        ("0.00\"万块\"", "12.5万块"),
        ("0.00\"千RMB\"", "12.5千RMB"),
        ("\"合计\"0.00", "12.5"),
        ("\"约\"0.00", "12.5"),
    ] {
        assert_eq!(shown(code, "12.5"), seen, "{code}");
    }
}

#[test]
fn a_figure_that_is_only_shown_smaller_stands_as_it_is() {
    for (code, seen) in [
        ("0!.0,\"万元\"", "92340元"),
        ("0\\.0,\"万\"", "92340元"),
        ("0\\!.0,\"万元\"", "92340元"),
        ("0\"!\".0,\"万元\"", "92340元"),
        ("#,##0,\"千元\"", "92340元"),
        ("0.00,,\"百万元\"", "92340元"),
        ("0!.0000", "92340÷10000"),
        ("#,##0,", "92340÷1000"),
        ("0.00,\"万元\"", "92340÷1000万元"),
    ] {
        assert_eq!(shown(code, "92340"), seen, "{code}");
    }
}

#[test]
fn a_figure_shown_as_per_cent_says_so() {
    for code in ["0%", "0.00%", "#,##0.0%", "0.00%;[Red]-0.00%", "0.00%_ "] {
        assert_eq!(shown(code, "0.125"), "0.125×100%", "{code}");
    }
    assert_eq!(shown("0.00\"%\"", "12.5"), "12.5%");
    assert_eq!(shown("\"万元\"0!.0,", "92340"), "92340元");
}

#[test]
fn the_section_is_that_of_the_figure() {
    let code = "[>=10000]0!.0,\"万元\";0\"元\"";
    assert_eq!((shown(code, "92340"), shown(code, "500")), ("92340元".to_owned(), "500元".to_owned()));
    assert_eq!(shown("0\"万元\";-0\"万元\";\"-\"", "-3"), "-3万元");
    assert_eq!(shown("0.0;[Red]-0.0", "-3"), "-3");
}

#[test]
fn money_of_others_and_codes_are_texts_as_they_are_seen() {
    for (code, digits, seen) in [
        ("\"$\"#,##0.00", "500", "'$500"),
        ("[$$-409]#,##0.00", "500", "'$500"),
        ("[$USD] #,##0", "500", "'USD500"),
        ("[$€-2] #,##0", "500", "'€500"),
        ("[$¥-804]#,##0.00", "500", "500"),
        ("\"￥\"#,##0.00", "500", "500"),
        ("000000", "31100", "'031100"),
        ("000000000", "12345672", "'012345672"),
        ("\"HT\"0000", "7", "'HT0007"),
        ("0000", "2024", "2024"),
        ("0.00", "7", "7"),
    ] {
        assert_eq!(shown(code, digits), seen, "{code}");
    }
}

#[test]
fn formats_without_words_say_nothing() {
    for code in [
        "General",
        "\"第\"0\"日\"",
        "0",
        "0.00",
        "#,##0",
        "#,##0.00",
        "@",
        "0.00E+00",
        "# ?/?",
        "_-* #,##0.00_-",
        "_(* #,##0_);_(* \\(#,##0\\);_(* \"-\"_);_(@_)",
        "[DBNum2]General",
        "G/通用格式",
        "0\"元/平方米\"",
        "#,##0.00_ ",
    ] {
        assert_eq!(shown(code, "12"), "12", "{code}");
    }
}

#[test]
fn a_text_beside_the_figure_tells_the_same() {
    let beside = |digits, shown| match seen_beside(digits, shown) {
        Some(Seen::Measured(text)) => text,
        Some(Seen::Text(text)) => format!("'{text}"),
        None => digits.to_owned(),
    };
    assert_eq!(beside("12.5", "12.50万元"), "12.5万元");
    assert_eq!(beside("92340", "9.2万元"), "92340元");
    assert_eq!(beside("1200", "￥1,200.00"), "1200");
    assert_eq!(beside("500", "$500.00"), "'$500");
    assert_eq!(beside("15", "15亩"), "15亩");
    assert_eq!(beside("31100", "031100"), "'031100");
    assert_eq!(beside("7", "HT0007"), "'HT0007");
    assert_eq!(beside("7", "-7"), "7");
    assert_eq!(beside("0.125", "12.5%"), "0.125×100%");
    assert_eq!(beside("12.5", "12.50%"), "12.5%");
    assert_eq!(beside("0.33333", "33%"), "0.33333×100%");
    assert_eq!(beside("12.5", "万元12.50"), "12.5万元");
    assert_eq!(beside("45418", "2024年5月6日"), "45418");
}
