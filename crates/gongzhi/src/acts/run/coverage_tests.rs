use gongzhi_core::messages::{Language, Translator};
use gongzhi_core::reports::FoundSheet;

use super::*;
use crate::acts::catalog::{CatalogPlace, get_catalog};

const HEADER: &str = "table,tax_kind,authority,from,to,as_of\n";

fn catalog() -> Catalog {
    get_catalog(&CatalogPlace::default()).unwrap()
}

fn read(line: &str) -> Result<Vec<Coverage>, ActError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coverage.csv");
    std::fs::write(&path, format!("{HEADER}{line}\n")).unwrap();
    read_coverage(&path, &catalog())
}

fn refusal(line: &str) -> String {
    read(line).unwrap_err().say(&Translator::new(Language::English))
}

#[test]
fn a_day_that_is_none_is_refused_with_its_line() {
    assert!(refusal("tax_payment,,652323,2025-01-01,2025-02-30,").contains("line 2"));
}

#[test]
fn a_table_or_tax_kind_that_is_none_is_refused_with_its_line_and_what_may_be_meant() {
    let told = refusal("tax_paymnt,,652323,2025-01-01,2025-12-31,");
    assert!(told.contains("line 2") && told.contains("(nearest: tax_payment)"), "{told}");
    let told = refusal("tax_payment,deed_tx,652323,2025-01-01,2025-12-31,");
    assert!(told.contains("line 2") && told.contains("(nearest: deed_tax)"), "{told}");
    let told = refusal("water_project,,652323,2025-01-01,2025-12-31,");
    assert!(told.contains("table") && told.contains("tax_payment"), "{told}");
}

#[test]
fn a_line_may_be_written_in_the_words_people_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coverage.csv");
    let written = "表,税种,税务机关,起,止,截至\n入库,契税,呼图壁县税务局,2025年1月1日,2025/12/31,2026-3-31\n\n申报,全部,652323,2025-01-01,2025-12-31,\n";
    std::fs::write(&path, written).unwrap();
    let read = read_coverage(&path, &catalog()).unwrap();
    let words: Vec<_> =
        read.iter().map(|one| (one.table.as_str(), one.tax_kind.as_str(), one.authority.as_str())).collect();
    assert_eq!(words, [("tax_payment", "deed_tax", "652323"), ("tax_return", "", "652323")]);
    assert_eq!(read[0].as_of, NaiveDate::from_ymd_opt(2026, 3, 31));
    assert!(refusal("税,,652323,2025-01-01,2025-12-31,").contains("line 2"), "several tables are called so");
}

#[test]
fn periods_and_names_are_read_as_people_write_them() {
    let read_whole = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("coverage.csv");
        std::fs::write(&path, text).unwrap();
        read_coverage(&path, &catalog()).unwrap()
    };
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    for (from, to, first, last) in [
        ("2025", "2025", "2025-01-01", "2025-12-31"),
        ("2025", "", "2025-01-01", "2025-12-31"),
        ("2025Q1", "2025Q2", "2025-01-01", "2025-06-30"),
        ("2025年第一季度", "", "2025-01-01", "2025-03-31"),
        ("2025年1月", "2025年12月", "2025-01-01", "2025-12-31"),
        ("２０２５-０１-０１", "２０２５年１２月３１日", "2025-01-01", "2025-12-31"),
        ("2025年上半年", "", "2025-01-01", "2025-06-30"),
        ("2025-01-01至2025-06-30", "", "2025-01-01", "2025-06-30"),
    ] {
        let found = read(&format!("tax_payment,,652323,{from},{to},")).unwrap();
        assert_eq!((found[0].from, found[0].to), (day(first), day(last)), "{from} {to}");
    }
    assert!(refusal("tax_payment,,652323,2025-01-01,,").contains("line 2"), "a day is no period");
    assert!(refusal("tax_payment,,652323,去年,,").contains("line 2"));
    for text in [
        "表，税种，机关，起，止，截至\n入库，房产，652323，2025，2025，2025年12月\n",
        "表,税种,机关,所属期\n入库，房产税,652323,2025年\n",
        "表\t税种\t机关\t所属期起\t所属期止\n入库税费\t房产\t６５２３２３\t2025\t2025\n",
    ] {
        let found = read_whole(text);
        assert_eq!((found[0].table.as_str(), found[0].tax_kind.as_str()), ("tax_payment", "property_tax"), "{text}");
        assert_eq!((found[0].authority.as_str(), found[0].to), ("652323", day("2025-12-31")), "{text}");
    }
    let kind = |word: &str| read(&format!("tax_payment,{word},652323,2025,2025,")).unwrap().remove(0).tax_kind;
    let kinds = ["增值", "房产", "契", "印花", "土地使用", "耕地占用", "环保", "残保金"].map(kind);
    let meant = ["vat", "property_tax", "deed_tax", "stamp_tax", "land_use_tax", "farmland_tax", "environment_tax"];
    assert_eq!(kinds[..7], meant);
    assert_eq!(kinds[7], "disability_levy");
    let told = refusal("tax_payment,土地,652323,2025,2025,");
    assert!(told.contains("土地增值税") && told.contains("土地闲置费"), "{told}");
    assert!(refusal("tax_payment,房屋税,652323,2025,2025,").contains("line 2"));
    assert!(refusal("tax_payment,,某某税务局,2025,2025,").contains("line 2"), "it would cover nothing in silence");
    assert!(refusal("入库税款,,652323,2025,2025,").contains("入库税费信息"));
}

#[test]
fn an_empty_kind_covers_every_kind_and_a_missing_file_covers_nothing() {
    let coverage = read("tax_payment,,652323,2025-01-01,2025-12-31,").unwrap();
    assert_eq!((coverage[0].tax_kind.as_str(), coverage[0].as_of), ("", None));
    let none = read_coverage(Path::new("no/such/file"), &catalog());
    assert!(none.unwrap().is_empty());
}

#[test]
fn months_that_do_not_follow_one_another_are_proposed_apart() {
    let sheet = FoundSheet { item: "tax_payment".to_owned(), ..FoundSheet::default() };
    let report = |period: &str| FileReport {
        period: period.parse().ok(),
        accepted: true,
        sheets: vec![sheet.clone()],
        ..FileReport::default()
    };
    let months = ["2025-12", "2025-01", "2025-02", "2025Q1"].map(|month| (month.to_owned(), report(month)));
    let proposed = propose_coverage(&catalog(), &BTreeMap::from(months), "652323");
    let lines = "tax_payment,,652323,2025-01-01,2025-03-31,2025-03-31\n\
                 tax_payment,,652323,2025-12-01,2025-12-31,2025-12-31\n";
    assert_eq!(proposed, format!("{HEADER}{lines}"));
}
