//! Codes of parties, and persons' numbers in columns of codes.

use super::*;

#[test]
fn a_code_in_the_wrong_column_of_its_party_is_moved_and_told() {
    let facts = sheet(
        &["合同编号", "受让单位名称", "受让单位统一社会信用代码", "受让单位工商注册号", "受让单位身份证号码"],
        &[],
    );
    let rows: [&[&str]; 3] = [
        &["a1", "示例有限公司", "", "91652323MA7A000172", ""],
        &["a2", "示例有限公司", "", "", "91652323MA7A000172"],
        &["a3", "某人", "11010519491231002X", "", ""],
    ];
    let (values, issues) = check(&facts, &rows, SetMode::Full);
    assert_eq!(values[0][2], "91652323MA7A000172");
    assert_eq!(values[0][4], "");
    assert_eq!(values[1][2], "91652323MA7A000172");
    assert_eq!((values[2][2].as_str(), values[2][5].as_str()), ("", "11010519491231002X"));
    assert_eq!(issues.iter().filter(|issue| issue.starts_with("warning moved-code")).count(), 3);
    assert!(!issues.iter().any(|issue| issue.starts_with("error")), "{issues:?}");
}

#[test]
fn a_code_is_its_partys_in_whatever_words_its_header_names_it() {
    let code = "91652323MA7A000172";
    for header in [
        "统一社会信用代码",
        "信用代码",
        "税号",
        "纳税人识别号",
        "纳税人识别号（统一社会信用代码）",
        "统一社会信用代码/纳税人识别号",
        "受让单位税号",
        "受让单位/信用代码",
        "受让单位名称/纳税人识别号",
        "受让单位的社会信用代码",
    ] {
        let facts = sheet(&["合同编号", "受让单位名称", header], &[]);
        let (values, issues) = check(&facts, &[&["a1", "示例有限公司", code]], SetMode::Full);
        assert_eq!(values[0][2], code, "{header} {issues:?}");
    }
    let facts = sheet(&["合同编号", "受让单位名称", "证件号码"], &[]);
    let (values, _) = check(&facts, &[&["a1", "某人", "11010519491231002X"]], SetMode::Full);
    assert_eq!(values[0][5], "11010519491231002X");
}

#[test]
fn a_certificate_of_another_sort_in_a_column_of_codes_is_a_persons_where_the_name_is() {
    let told = |name: &str, code: &str| {
        let facts = sheet(&["合同编号", "供地单位名称", "供地单位统一社会信用代码", "受让单位名称"], &[]);
        let (values, issues) = check(&facts, &[&["a1", name, code, "示例有限公司"]], SetMode::Full);
        let issues: Vec<String> = issues.into_iter().filter(|issue| issue.ends_with("C2")).collect();
        (values[0].iter().any(|value| value == code), issues)
    };
    let person = vec!["warning person-in-code C2".to_owned()];
    for code in ["H1234567890", "M0123456789", "CHN110100000001", "军字第2001988号"] {
        assert_eq!(told("示例有限公司", code).1, person, "{code}");
    }
    for code in ["E12345678", "C12345678", "EA1234567"] {
        assert_eq!(told("张三", code).1, person, "{code}");
        let of_organisation = ["warning check-digit C2", "warning moved-code C2"].map(str::to_owned).to_vec();
        assert_eq!(told("示例有限公司", code), (true, of_organisation), "{code}");
    }
    assert_eq!(told("张三", "600037341").1, ["warning moved-code C2"], "the code of an organisation holds");
}

#[test]
fn a_persons_number_cut_by_any_signs_is_a_persons_in_a_column_of_codes_and_a_name_is_no_code() {
    let told = |code: &str| {
        let facts = sheet(&["合同编号", "供地单位名称", "供地单位统一社会信用代码", "受让单位名称"], &[]);
        let (values, issues) = check(&facts, &[&["a1", "示例有限公司", code, "示例有限公司"]], SetMode::Full);
        let leaks = values.iter().flatten().any(|value| value == code);
        (leaks, issues.into_iter().filter(|issue| issue.ends_with("C2")).collect::<Vec<_>>())
    };
    for code in ["110105.19491231.002X", "110105/19491231/002X", "110105·19491231·002X", "110105_19491231_002X"] {
        assert_eq!(told(code), (false, vec!["warning person-in-code C2".to_owned()]), "{code}");
    }
    assert_eq!(told("呼图壁县甲记农机店").1, ["error identifier C2"]);
}

#[test]
fn citizens_numbers_stand_nowhere_in_clear() {
    const NUMBER: &str = "11010519491231002X";
    let facts = sheet(
        &["合同编号", "受让单位名称", "受让单位统一社会信用代码", "受让单位工商注册号", "受让单位身份证号码", "收回"],
        &[],
    );
    let named = format!("张三{NUMBER}");
    let rows: [&[&str]; 4] = [
        &["a1", &named, "", "", "", ""],
        &["a2", "某人", NUMBER, "", "", ""],
        &["a3", "某人", "", "", "110105194912310021", ""],
        &["a3", "某人", "", "", "11010519491231", ""],
    ];
    let (values, issues, _) = check_all(&facts, &rows, SetMode::Full, None);
    assert_eq!(values[0][1], "张三1101************2X");
    assert_eq!(values[1][5], NUMBER, "the personal part keeps it");
    let rules: Vec<&str> = issues.iter().map(|issue| issue.rule.as_ref()).collect();
    for rule in ["citizen-in-text", "moved-code", "check-digit", "identifier"] {
        assert!(rules.contains(&rule), "{rule} {rules:?}");
    }
    for issue in &issues {
        let said = format!("{issue:?}");
        assert!(!said.contains("19491231"), "{said}");
    }
}

#[test]
fn a_persons_number_in_a_column_of_figures_is_an_error_at_its_cell_and_stands_nowhere() {
    let headers = ["合同编号", "受让单位名称", "面积", "成交价款"];
    for number in [
        "110105490101003",
        "11010519491231002X",
        "110105194912310021",
        "１１０１０５４９０１０１００３",
        "110105 490101 003",
        "110105490101003.00",
        "110,105,490,101,003",
    ] {
        let rows: [&[&str]; 2] = [&["a1", "示例", "100", number], &["a2", "示例", number, "100"]];
        let (values, issues, _) = check_all(&sheet(&headers, &[]), &rows, SetMode::Full, None);
        let told: Vec<String> = issues
            .iter()
            .filter(|issue| issue.rule != "missing-column")
            .map(|issue| format!("{} {} {}", issue.severity.key(), issue.rule, issue.cell.unwrap().address()))
            .collect();
        assert_eq!(told, ["error person-in-figure D2", "error person-in-figure C3"], "{number}");
        assert!(values[0][7].is_empty() && values[1][6].is_empty(), "{number}");
        assert!(issues.iter().all(|issue| !format!("{issue:?}").contains("49")), "{number} {issues:?}");
    }
    // What has no region and no day of birth in it is a figure.
    for figure in ["999999999999999", "33333.333333333336", "100000000000000", "12345678901.5"] {
        let (_, issues) = check(&sheet(&headers, &[]), &[&["a1", "示例", "100", figure]], SetMode::Full);
        assert!(issues.iter().all(|issue| issue.contains("missing")), "{figure} {issues:?}");
    }
}

const SUPPLIER: [&str; 5] =
    ["合同编号", "受让单位名称", "供地单位名称", "供地单位统一社会信用代码", "供地单位工商注册号"];

/// Position of the supplier's code and of its licence number.
const SUPPLIER_CODES: [usize; 2] = [14, 16];

#[test]
fn a_persons_number_in_a_column_of_codes_is_told_and_treated_as_a_persons_whatever_its_form() {
    let facts = sheet(&SUPPLIER, &[]);
    let numbers = [
        "11010519491231002X",
        "１１０１０５ 19491231 002x",
        "11010519491231002X01",
        "110105490101003",
        "965398198501010992",
        "110105194912310021",
    ];
    for number in numbers {
        for at in [3, 4] {
            let mut row = ["a1", "示例", "某店", "", ""];
            row[at] = number;
            let (values, issues, _) = check_all(&facts, &[&row], SetMode::Full, None);
            let told = issues.iter().find(|issue| issue.rule == "person-in-code").unwrap_or_else(|| panic!("{number}"));
            assert_eq!(told.severity, crate::catalog::Severity::Warning);
            assert!(values[0][SUPPLIER_CODES[at - 3]].contains("****"), "{number}: {:?}", values[0]);
            let said = format!("{issues:?} {values:?}");
            for telling in ["19491231", "19850101", "490101003"] {
                assert!(!said.contains(telling), "{said}");
            }
        }
    }
}

#[test]
fn codes_of_organisations_are_no_persons_and_a_licence_like_a_birthday_is_kept_and_told() {
    let facts = sheet(&SUPPLIER, &[]);
    let code = |code: &str| {
        let (values, issues) = check(&facts, &[&["a1", "示例", "某店", code, ""]], SetMode::Full);
        let told = issues.into_iter().find(|issue| issue.contains("person-in-code"));
        (SUPPLIER_CODES.map(|at| values[0][at].clone()).concat(), told)
    };
    for right in ["91652323MA7A000172", "911101085923662400", "652323050000016", "D2143569X"] {
        assert_eq!(code(right).1, None, "{right}");
    }
    // 1980-01-01 and the check digit of a licence at once: the check digit decides.
    assert_eq!(code("652323800101005"), ("652323800101005".to_owned(), Some("warning person-in-code D2".to_owned())));
}

#[test]
fn fifteen_digits_that_may_be_either_are_a_persons_where_the_party_is_named_as_people_are() {
    // The old number of the standard's own example has the check digit of a licence by chance.
    let facts = sheet(&SUPPLIER, &[]);
    let kept = |name: &str| {
        let (values, issues, _) =
            check_all(&facts, &[&["a1", "示例", name, "", "110105491231002"]], SetMode::Full, None);
        assert!(issues.iter().any(|issue| issue.rule == "person-in-code"), "{name}");
        (values[0][SUPPLIER_CODES[1]].clone(), format!("{issues:?}").contains("491231002"))
    };
    assert_eq!(kept("某某"), ("1101*********02".to_owned(), false));
    assert_eq!(kept("某店"), ("110105491231002".to_owned(), true));
}

#[test]
fn a_number_that_stands_in_both_columns_of_a_party_stays_in_the_persons_own() {
    let facts = sheet(&["合同编号", "受让单位名称", "受让单位统一社会信用代码", "受让单位身份证号码"], &[]);
    let number = "11010519491231002X";
    let (values, issues) = check(&facts, &[&["a1", "某人", number, number]], SetMode::Full);
    assert_eq!((values[0][2].as_str(), values[0][5].as_str()), ("", number));
    assert!(issues.contains(&"warning moved-code C2".to_owned()), "{issues:?}");
}
