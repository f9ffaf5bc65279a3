//! Persons' numbers and codes as offices really send them: with values of our own, and over the inputs of the field review where
//! they are.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::field_names::{Office, SUBSIDY, SUBSIDY_WORDS, rules};
use crate::real_data;

/// Persons' numbers in every form that offices write: none is anybody's.
const NUMBERS: [&str; 6] = [
    "11010519490101003X",
    "110105490101003",
    "965398198501010992",
    "11010519490101003X01",
    "110105194912310021",
    "440524188001010014",
];

/// What of them tells who it is: the day of birth and what follows.
const TELLING: [&str; 6] = ["490101003", "491231002", "19491231", "19850101", "188001010014", "10519491231"];

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() { files_below(&entry.path(), found) } else { found.push(entry.path()) }
    }
}

fn tells(text: &str) -> Option<&'static str> {
    TELLING.into_iter().find(|telling| text.contains(telling))
}

fn subsidy_rows() -> String {
    let row = |(at, number): (usize, &&str)| {
        let columns = if at % 2 == 0 { format!("{number},") } else { format!(",{number}") };
        format!("示文〔2024〕{at}号,演示县某某小吃店{at},{columns},项目{at},1000,贷款贴息,2024-05-0{}\n", at + 1)
    };
    NUMBERS.iter().enumerate().map(row).collect()
}

#[test]
fn a_persons_number_in_a_column_of_codes_leaves_in_nothing_that_comes_out() {
    let office = Office::new();
    office.write("补贴.csv", &format!("{SUBSIDY}\n{}", subsidy_rows()));
    let words: Vec<&str> = ["补贴.csv"].into_iter().chain(SUBSIDY_WORDS).collect();
    let report = office.intake(&words);
    assert_eq!(report["accepted"], true, "{report}");
    let told = rules(&report).iter().filter(|rule| rule.starts_with("warning person-in-code")).count();
    assert_eq!((told, tells(&report.to_string())), (NUMBERS.len(), None), "{report}");
    let mut said = vec![
        office.said(&["state", "fiscal_subsidy.payment", "--json"]).1,
        office.said(&["read", "补贴.csv", "--json", "--rows"]).1,
    ];
    for format in ["csv", "xlsx", "parquet"] {
        let (code, text) = office.said(&["export", "fiscal_subsidy.payment", "--format", format, "--out", format]);
        assert_eq!(code, Some(0), "{text}");
    }
    said.push(fs::read_to_string(office.path().join("csv/fiscal_subsidy.payment.csv")).unwrap());
    said.push(office.said(&["read", "xlsx/fiscal_subsidy.payment.xlsx", "--json", "--rows"]).1);
    for text in &said {
        assert_eq!(tells(text), None, "{text}");
        assert!(text.contains("小吃店"), "{text}");
    }
    assert!(said[0].contains("\"recipient_uscc\":\"person:hmac-sm3:"), "{}", said[0]);
    assert!(said[0].contains("\"recipient_person\":") || said[0].contains("recipient_person"), "{}", said[0]);
    let mut files = Vec::new();
    files_below(office.path(), &mut files);
    files.retain(|path| !path.ends_with("补贴.csv"));
    for path in files {
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(tells(&text), None, "{}", path.display());
    }
}

#[test]
fn two_people_are_two_and_one_person_is_one_whatever_column_the_number_stood_in() {
    let office = Office::new();
    office.write("补贴.csv", &format!("{SUBSIDY}\n{}", subsidy_rows()));
    let words: Vec<&str> = ["补贴.csv"].into_iter().chain(SUBSIDY_WORDS).collect();
    office.intake(&words);
    let (_, text) = office.said(&["state", "fiscal_subsidy.payment", "--json"]);
    let persons: Vec<String> = text
        .lines()
        .map(|line| {
            let row: Json = serde_json::from_str(line).unwrap();
            let codes = [&row["recipient_uscc"], &row["recipient_registration_number"]];
            codes.into_iter().filter_map(Json::as_str).collect::<String>()
        })
        .collect();
    assert_eq!(persons[0], persons[1], "eighteen signs and the old fifteen");
    assert_eq!(persons[0], persons[3], "and two more behind");
    let mut different = persons.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 4, "{persons:?}");
}

#[test]
fn codes_with_something_around_them_are_suggested_and_cyrillic_letters_named() {
    let office = Office::new();
    let ask = |value: &str| -> Json { serde_json::from_str(&office.said(&["code", "--json", "--", value]).1).unwrap() };
    for value in [
        "91652323MA7A000172（1-1）",
        "91652323MA7A000172(副本)",
        "信用代码：91652323MA7A000172",
        "91652323-MA7A0001-72",
    ] {
        let said = ask(value);
        assert_eq!(
            (&said["suggestion"], &said["verdict"]),
            (&"91652323MA7A000172".into(), &"invalid".into()),
            "{value}"
        );
    }
    let said = ask("91652323МА7А000172");
    assert_eq!(said["suggestion"], "91652323MA7A000172");
    assert!(said["notice"].as_str().unwrap().contains("西里尔字母"), "{said}");
    for (value, kind) in [
        ("965398198501010992", "citizen_id"),
        ("652323190002290018", "citizen_id"),
        ("652323198713010015", "citizen_id"),
        ("91652323MA7A000172", "uscc"),
        ("54652323MF0000013M", "uscc"),
    ] {
        assert_eq!(ask(value)["kind"], kind, "{value}");
    }
    let row = "示文〔2024〕1号,演示有限公司,91652323MA7A000172（1-1）,,项目,1000,贷款贴息,2024-05-01";
    office.write("补贴.csv", &format!("{SUBSIDY}\n{row}\n"));
    let words: Vec<&str> = ["补贴.csv"].into_iter().chain(SUBSIDY_WORDS).collect();
    let report = office.intake(&words);
    let issue = report["issues"].as_array().unwrap().iter().find(|issue| issue["cell"] == "C2").unwrap();
    assert!(issue["mend"].as_str().unwrap().contains("91652323MA7A000172"), "{issue}");
}

#[test]
fn the_field_reviews_persons_leave_in_nothing_and_its_codes_are_told_apart() {
    let Some(data) = real_data::find("field") else { return };
    let office = Office::new();
    fs::copy(data.join("y01_id_in_uscc.csv"), office.path().join("y01.csv")).unwrap();
    let words: Vec<&str> = ["y01.csv"].into_iter().chain(SUBSIDY_WORDS).collect();
    let report = office.intake(&words);
    assert_eq!(report["accepted"], true, "{report}");
    let told = rules(&report);
    for cell in ["C2", "C3", "C4"] {
        assert!(told.contains(&format!("warning person-in-code {cell}")), "{told:?}");
    }
    office.said(&["export", "fiscal_subsidy.payment", "--out", "out"]);
    let exported = fs::read_to_string(office.path().join("out/fiscal_subsidy.payment.csv")).unwrap();
    for number in ["652323198001010017", "96539819850101001X", "652323800101001"] {
        assert!(!exported.contains(number), "{exported}");
    }
    assert!(exported.contains("'=1+1") && exported.contains("'@SUM(A1)"), "{exported}");
    let codes = fs::read_to_string(data.join("60-codes.txt")).unwrap();
    for line in codes.lines() {
        let said: Json = serde_json::from_str(&office.said(&["code", "--json", "--", line]).1).unwrap();
        let kind = said["kind"].as_str().unwrap();
        let is_person = ["652323195207032138", "96539819850101001X", "652323190002290018", "652323119104155931"];
        assert!(!is_person.contains(&line) || kind == "citizen_id", "{line}: {kind}");
        let has_company = line.contains(['：', '（', '(']) || line.contains("МА7");
        assert!(!has_company || said["suggestion"].is_string(), "{line}: {said}");
    }
}

/// A folder as a county sends it: the tax bureau's register, reports and payments, two departments' sheets.
fn county_of_one_builder(office: &Office) {
    let tax = "纳税人名称,社会信用代码（纳税人识别号）";
    office.write(
        "税务局/2025年03月/税务登记.csv",
        &format!("{tax},纳税人状态,登记日期\n演示县本地建材有限公司,91652323MA7A000172,正常,2020-05-18\n"),
    );
    office.write(
        "税务局/2025年03月/跨区域报验.csv",
        &format!(
            "{tax},跨区域涉税事项报验管理编号,报验日期\n演示外地建筑有限公司,93652323MA7A00017U,报验1号,2025-03-03\n"
        ),
    );
    office.write(
        "税务局/2025年03月/入库.csv",
        &format!(
            "{tax},征收项目,征收品目,税款所属期起,税款所属期止,实缴金额,入库日期,电子税票号码\n\
             某某甲,11010519491231002X,契税,存量房,2025-03-01,2025-03-31,3000,2025-03-20,税票1\n\
             某某乙,440524188001010014,契税,存量房,2025-03-01,2025-03-31,4000,2025-03-20,税票2\n"
        ),
    );
    office.write(
        "住建局/2025年第1季度/施工企业.csv",
        "建筑安装施工企业名称,统一社会信用代码,是否备案的外来建筑企业\n演示外地建筑有限公司,93652323MA7A00017U,是\n",
    );
    office.write(
        "不动产登记中心/2025年03月/房屋交易.csv",
        "房产证号,出售转让方名称,受让方名称,受让方身份证号,房产坐落,建筑面积（平方米）,成交价格（元）,成交日期\n\
         新（2025）演示县不动产权第0000001号,某某丙,某某甲,110105491231002,演示路1号,90,300000,2025-03-10\n",
    );
    office.write("coverage.csv", "表,税种,机关,起,止,截至\n入库,契税,652323,2025-01-01,2025-12-31,2026-03-31\n");
}

#[test]
fn a_builder_from_outside_is_certain_and_a_person_is_one_taxpayer_on_both_sides() {
    let office = Office::new();
    county_of_one_builder(&office);
    let words = ["run", ".", "--as-of", "2026-03-31", "--out", "out"];
    let (code, text) = office.said(&words);
    assert!(code.is_some_and(|code| code < 2), "{text}");
    let linked = fs::read_to_string(office.path().join("out/identity.jsonl")).unwrap();
    let builder: Json = serde_json::from_str(linked.lines().find(|line| line.contains("builder")).unwrap()).unwrap();
    assert_eq!((&builder["class"], &builder["uscc"]), (&"certain".into(), &"93652323MA7A00017U".into()));
    let rows = |kind: &str| -> Vec<Json> {
        let (_, text) = office.said(&["state", kind, "--json"]);
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (payments, deals) = (rows("tax_payment.payment"), rows("property_registration.transfer"));
    let buyer = deals[0]["buyer_person"].as_str().unwrap();
    assert!(buyer.starts_with("hmac-sm3:"), "{buyer}");
    assert_eq!(payments[0]["taxpayer_person"], buyer);
    assert_ne!(payments[1]["taxpayer_person"], buyer);
    assert_eq!(payments[0]["taxpayer_uscc"], format!("person:{buyer}"));
    assert!(deals[0]["seller_person"].is_null(), "{}", deals[0]);
    let mut files = Vec::new();
    files_below(&office.path().join("out"), &mut files);
    files_below(&office.path().join(".gongzhi"), &mut files);
    for path in files {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        assert_eq!(tells(&text), None, "{}", path.display());
    }
}
